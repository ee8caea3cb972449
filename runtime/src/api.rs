//! What the driver asks of a runtime, without `unsafe`: literals, module scopes,
//! errors, and text for people.

use crate::console::inspect;
use crate::ctx::{Runtime, make_immortal};
use crate::error;
use crate::host::Stream;
use crate::mem::object::{alloc, read, write};
use crate::object::cx::Cx;
use crate::rc::poll::{mem_add_ref, object_create};
use crate::string::atoms;
use crate::string::chars::Chars;
use ultra_abi::layout::{Closure, WorkerContext};
use ultra_abi::shape::{ErrorClass, META_SHAPE_MASK, SHAPE_CLOSURE};

impl Runtime {
    fn cx(&self) -> Cx {
        // SAFETY: the context lives as long as the runtime, which is borrowed.
        unsafe { Cx::new(self.context()) }
    }

    /// The context, for code that runs on this runtime.
    pub fn context_mut(&mut self) -> &mut WorkerContext {
        // SAFETY: the context is owned by the runtime, which is borrowed exclusively.
        unsafe { &mut *self.context() }
    }

    /// The word of a literal: immediate, or an immortal atom. `None` when memory is exhausted.
    pub fn literal(&mut self, units: &[u16]) -> Option<u64> {
        if units.iter().all(|&u| u < 256) {
            let bytes: Vec<u8> = units.iter().map(|&u| u as u8).collect();
            return atoms::intern(self.cx(), Chars::Latin1(&bytes)).ok();
        }
        atoms::intern(self.cx(), Chars::Utf16(units)).ok()
    }

    /// A new instance of a registered class that an external reference keeps alive, with
    /// its fields at their defaults. `None` when memory is exhausted.
    pub fn new_root(&mut self, class_index: u32, slots: u32) -> Option<u32> {
        // SAFETY: the context is live, and the new object is alive when its reference is added.
        unsafe {
            let id = object_create(self.context(), class_index as i32, slots as i32);
            if id == 0 {
                return None;
            }
            mem_add_ref(self.context(), id);
            Some(id)
        }
    }

    /// An immortal function value without environment.
    pub fn new_static_function(&mut self, func: u32) -> Option<u32> {
        // SAFETY: the context is live; all fields of the new object are written.
        unsafe {
            let id = alloc(self.context(), size_of::<Closure>() as u32, SHAPE_CLOSURE)?;
            write(self.context(), id, std::mem::offset_of!(Closure, func) as u32, func);
            write(self.context(), id, std::mem::offset_of!(Closure, env) as u32, 0u32);
            make_immortal(self.context(), id.0);
            debug_assert_eq!(read::<u32>(self.context(), id, 4) & META_SHAPE_MASK, SHAPE_CLOSURE);
            Some(id.0)
        }
    }

    /// Leaves a new built-in error as the pending exception.
    pub fn throw(&mut self, class: ErrorClass, message: &str) {
        error::throw(self.cx(), class, message);
    }

    /// What Node prints about an exception that nobody caught.
    pub fn uncaught_text(&mut self, exception: u64) -> String {
        error::format_uncaught(self.cx(), exception)
    }

    /// A value as `console.log` prints it.
    pub fn display(&mut self, word: u64) -> String {
        inspect::top_level(self.cx(), word, false)
    }

    /// Writes to stderr, after all that was printed before.
    pub fn write_stderr(&mut self, text: &str) {
        self.values.console.output.write(Stream::Err, text.as_bytes());
    }

    /// Writes out what is buffered.
    pub fn flush(&mut self) {
        self.values.console.output.flush();
    }
}

//! What the driver asks of objects and exceptions, without `unsafe`.

use crate::ctx::{Runtime, make_immortal};
use crate::error;
use crate::mem::object::{alloc, write};
use crate::object::cx::Cx;
use crate::rc::poll::{mem_add_ref, object_create};
use ultra_abi::layout::{Closure, WorkerContext};
use ultra_abi::shape::{ErrorClass, SHAPE_CLOSURE};

impl Runtime {
    /// The context, for code that runs on this runtime.
    pub fn context_mut(&mut self) -> &mut WorkerContext {
        self.leak_context()
    }

    /// The context for generated code that runs while the runtime is used by its entry
    /// points: valid as long as the runtime, which must outlive the run.
    pub fn leak_context(&mut self) -> &'static mut WorkerContext {
        // SAFETY: the context lives in an allocation of its own that only `Drop` frees.
        unsafe { &mut *self.context() }
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
            Some(id.0)
        }
    }

    /// Leaves a new built-in error as the pending exception.
    pub fn throw(&mut self, class: ErrorClass, message: &str) {
        // SAFETY: the context lives as long as the runtime, which is borrowed.
        error::throw(unsafe { Cx::new(self.context()) }, class, message);
    }
}

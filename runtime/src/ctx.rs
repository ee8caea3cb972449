//! The runtime of one program: heap, shapes, function records, payloads, and the
//! context that generated code works with.
//!
//! Entry points get a `*mut WorkerContext`; the accessors here lead from it to the
//! worker, which is its thread's own, and to the parts of the runtime, which all workers
//! share. Each returns a raw pointer to one part, so that holding one part while another
//! is changed aliases nothing; nobody keeps a `&mut Runtime` while workers run.

use crate::Error;
use crate::cycle::Cycles;
use crate::mem::heap::Heap;
use crate::mem::object::{addr, alloc};
use crate::mem::options::Options;
use crate::mem::payload::Payloads;
use crate::mem::shape::{ClassSpec, ShapeTable};
use crate::object::cx::Cx;
use crate::object::value::prepare_type_names;
use crate::rc::poll::{set_exception, throw_out_of_memory};
use crate::sync::Mutex;
use crate::values::ValuesState;
use crate::worker::{Worker, Workers};
use hashbrown::HashMap;
use ultra_abi::layout::{ErrorObject, Header, StrFlat, WorkerContext};
use ultra_abi::shape::*;
use ultra_abi::value::{UNDEFINED, from_heap_string, from_object};

/// What the host knows of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionRecord {
    pub name: Box<str>,
    /// Value of its `length`.
    pub arity: u32,
    /// Whether it is a class constructor, printed as such and not callable without `new`.
    pub is_class: bool,
    /// Shape of instances when it is a class, else 0.
    pub shape: u32,
}

/// External references: how many `mem_add_ref` calls of each object are not released.
#[derive(Default, Debug)]
pub struct Externals {
    counts: HashMap<u32, u32>,
}

impl Externals {
    pub fn add(&mut self, id: u32) {
        *self.counts.entry(id).or_insert(0) += 1;
    }

    /// Takes one reference off; false when there is none.
    pub fn remove(&mut self, id: u32) -> bool {
        let Some(count) = self.counts.get_mut(&id) else { return false };
        *count -= 1;
        if *count == 0 {
            self.counts.remove(&id);
        }
        true
    }

    pub fn count(&self, id: u32) -> u32 {
        self.counts.get(&id).copied().unwrap_or(0)
    }

    /// Objects with external references, in order of id.
    pub fn ids(&self) -> Vec<u32> {
        let mut ids: Vec<u32> = self.counts.keys().copied().collect();
        ids.sort_unstable();
        ids
    }
}

pub struct Runtime {
    pub heap: Heap,
    pub shapes: ShapeTable,
    pub payloads: Payloads,
    pub functions: Vec<FunctionRecord>,
    pub values: ValuesState,
    pub options: Options,
    pub externals: Mutex<Externals>,
    /// All workers, and how far each has come.
    pub workers: Workers,
    /// The cycle collector.
    pub cycles: Cycles,
    /// The error that reports an exhausted heap.
    pub memory_error: u32,
    stack_error: u32,
    /// The worker of the program's thread.
    pub(crate) main: *mut Worker,
}

impl Runtime {
    /// A runtime with an empty heap and one worker.
    ///
    /// # Errors
    /// When the system refuses address space or memory.
    pub fn new(mut options: Options) -> Result<Box<Runtime>, Error> {
        let heap = Heap::new(&options)?;
        let shapes = ShapeTable::new(&heap)?;
        // The first objects must exist before a failing allocation can be reported by them.
        let fail_alloc = options.fail_alloc.take();
        let mut rt = Box::new(Runtime {
            heap,
            shapes,
            payloads: Payloads::default(),
            functions: Vec::new(),
            values: ValuesState::default(),
            options,
            externals: Mutex::default(),
            workers: Workers::default(),
            cycles: Cycles::default(),
            memory_error: 0,
            stack_error: 0,
            main: std::ptr::null_mut(),
        });
        let main = Worker::start(&rt);
        rt.main = main;
        // SAFETY: the worker and its context were just made and point to this runtime, which stays in its box.
        unsafe {
            let context = (*main).context();
            rt.memory_error = new_immortal_error(context, "Out of memory: heap limit reached")?;
            rt.stack_error = new_immortal_error(context, "Maximum call stack size exceeded")?;
            prepare_type_names(Cx::new(context)).map_err(|_| Error::NoMemory)?;
            (*main).allocations = 0;
        }
        rt.options.fail_alloc = fail_alloc;
        Ok(rt)
    }

    /// The context of the program's thread.
    pub fn context(&self) -> *mut WorkerContext {
        // SAFETY: the main worker lives as long as the runtime.
        unsafe { (*self.main).context() }
    }

    /// The worker of the program's thread.
    pub fn main_worker(&self) -> *mut Worker {
        self.main
    }

    /// Sets the generated stack: `base` is its highest address, `limit` the lowest that
    /// prologues accept. To be called before generated code is entered.
    pub fn set_stack(&mut self, base: u64, limit: u64) {
        // SAFETY: the main worker lives as long as the runtime, and no generated code runs.
        unsafe { (*self.main).set_stack(base, limit) }
    }

    /// Adds a shape; see `ShapeTable::register`.
    ///
    /// # Errors
    /// As `ShapeTable::register`.
    pub fn register_class(&mut self, spec: ClassSpec) -> Result<u32, Error> {
        self.shapes.register(&self.heap, spec)
    }

    /// Adds a function record and returns its index.
    pub fn register_function(&mut self, record: FunctionRecord) -> u32 {
        self.functions.push(record);
        (self.functions.len() - 1) as u32
    }

    /// A RangeError about the stack, new when there is memory for it.
    ///
    /// # Safety
    /// `ctx` must be this runtime's context.
    pub(crate) unsafe fn new_stack_error(&self, ctx: *mut WorkerContext) -> u32 {
        let prepared = self.stack_error;
        // SAFETY: both are objects with the layout of `ErrorObject`; the copied words are immortal or not counted.
        unsafe {
            let Some(id) = alloc(ctx, size_of::<ErrorObject>() as u32, ErrorClass::RangeError.shape()) else {
                return prepared;
            };
            let from = addr(ctx, prepared, HEADER_SIZE);
            addr(ctx, id.0, HEADER_SIZE).copy_from_nonoverlapping(from, size_of::<ErrorObject>() - 8);
            id.0
        }
    }

    /// Leaves a RangeError with an ASCII message as the pending exception.
    ///
    /// # Safety
    /// `ctx` must be the live context of the calling worker.
    pub unsafe fn throw_range(ctx: *mut WorkerContext, message: &str) {
        // SAFETY: the caller vouches for `ctx`; the message's one reference is counted.
        unsafe {
            match new_error(ctx, message) {
                Some(error) => set_exception(ctx, from_object(error)),
                None => throw_out_of_memory(ctx),
            }
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.cycles.stop();
        // SAFETY: the main worker came from `Worker::start` and generated code has ended.
        unsafe { Worker::discard(self.main) }
    }
}

/// A flat Latin-1 string with this ASCII text.
unsafe fn new_ascii(ctx: *mut WorkerContext, text: &str) -> Option<u32> {
    debug_assert!(text.is_ascii());
    let size = size_of::<StrFlat>() + text.len();
    // SAFETY: the new object has room for header and text.
    unsafe {
        let id = alloc(ctx, size as u32, SHAPE_STR_FLAT)?;
        let at = addr(ctx, id.0, 0);
        (*at.cast::<StrFlat>()).len = text.len() as u32;
        at.add(size_of::<StrFlat>()).copy_from_nonoverlapping(text.as_ptr(), text.len());
        Some(id.0)
    }
}

unsafe fn new_error(ctx: *mut WorkerContext, message: &str) -> Option<u32> {
    // SAFETY: the caller vouches for `ctx`; all fields of the new error are written.
    unsafe {
        let text = new_ascii(ctx, message)?;
        let stack = new_ascii(ctx, &format!("RangeError: {message}"))?;
        let id = alloc(ctx, size_of::<ErrorObject>() as u32, ErrorClass::RangeError.shape())?;
        for string in [text, stack] {
            crate::rc::inc(ctx, string);
        }
        let error = addr(ctx, id.0, 0).cast::<ErrorObject>();
        (*error).message = from_heap_string(text);
        (*error).stack = from_heap_string(stack);
        (*error).cause = UNDEFINED;
        Some(id.0)
    }
}

unsafe fn new_immortal_error(ctx: *mut WorkerContext, message: &str) -> Result<u32, Error> {
    // SAFETY: the caller vouches for `ctx`; the error and its strings are live.
    unsafe {
        let id = new_error(ctx, message).ok_or(Error::NoMemory)?;
        let error = addr(ctx, id, 0).cast::<ErrorObject>();
        for object in [id, (*error).message as u32, (*error).stack as u32] {
            make_immortal(ctx, object);
        }
        Ok(id)
    }
}

/// Makes the object live for ever: its count is never written again. What it refers
/// to must be immortal too, or be kept alive by it for ever.
///
/// # Safety
/// `ctx` must be a live context and `id` a live object.
pub unsafe fn make_immortal(ctx: *mut WorkerContext, id: u32) {
    // SAFETY: a live object starts with its header.
    unsafe { (*addr(ctx, id, 0).cast::<Header>()).rc = RC_IMMORTAL }
}

/// The runtime behind a context.
///
/// # Safety
/// `ctx` must be a live context.
#[inline]
pub unsafe fn runtime(ctx: *mut WorkerContext) -> *mut Runtime {
    // SAFETY: the caller vouches for `ctx`.
    unsafe { (*ctx).runtime as *mut Runtime }
}

/// The worker behind a context.
///
/// # Safety
/// `ctx` must be a live context.
#[inline]
pub unsafe fn worker(ctx: *mut WorkerContext) -> *mut Worker {
    // SAFETY: the caller vouches for `ctx`.
    unsafe { (*ctx).worker as *mut Worker }
}

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident: $ty:ty;)*) => { $(
        $(#[$doc])*
        ///
        /// # Safety
        /// `ctx` must be a live context.
        #[inline]
        pub unsafe fn $name(ctx: *mut WorkerContext) -> *mut $ty {
            // SAFETY: the context leads to its runtime, which outlives it.
            unsafe { &raw mut (*runtime(ctx)).$name }
        }
    )* };
}

parts! {
    /// The heap.
    heap: Heap;
    /// Shapes.
    shapes: ShapeTable;
    /// Host-side parts of objects.
    payloads: Payloads;
    /// State of strings, objects and output.
    values: ValuesState;
    /// Function records.
    functions: Vec<FunctionRecord>;
}

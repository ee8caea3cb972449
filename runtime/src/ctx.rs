//! The runtime of one program: heap, shapes, function records, payloads, and the
//! context that generated code works with.
//!
//! Entry points get a `*mut WorkerContext`; the accessors here lead from it to the
//! parts of the runtime. Each returns a raw pointer to one part, so that holding one
//! part while another is changed aliases nothing; nobody keeps a `&mut Runtime`.

use crate::Error;
use crate::mem::heap::Heap;
use crate::mem::object::{addr, alloc};
use crate::mem::options::Options;
use crate::mem::payload::Payloads;
use crate::mem::shape::{ClassSpec, ShapeTable};
use crate::rc::poll::{set_exception, throw_out_of_memory};
use crate::rc::destroy::Destroyer;
use crate::rc::scan::ScanStats;
use crate::values::ValuesState;
use hashbrown::HashMap;
use ultra_abi::layout::{BumpRun, ErrorObject, Header, StrFlat, WorkerContext};
use ultra_abi::shape::*;
use ultra_abi::value::{UNDEFINED, from_heap_string, from_object};

/// Entries of the decrement log. 64 KiB of ids stay in the second-level cache, and a
/// scan's fixed cost is spread over enough of them.
const LOG_ENTRIES: usize = 16 << 10;
/// Bytes allocated between scans: what is young still is in the second-level cache then.
pub const SCAN_BYTES: usize = 256 << 10;

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
    pub externals: Externals,
    pub scans: ScanStats,
    /// Destructors that are due, and the variables that delay some.
    pub destroyer: Destroyer,
    /// Objects with count 0 that a scan found on the stack; their Z bit is set.
    pub zero_list: Vec<u32>,
    /// Decrements that runtime functions logged while the log was full.
    pub log_overflow: Vec<u32>,
    /// Pins and dead objects of the scan under way, kept for their capacity.
    pub(crate) pins: Vec<u32>,
    pub(crate) dead: Vec<u32>,
    /// The error that reports an exhausted heap.
    pub memory_error: u32,
    stack_error: u32,
    scan_threshold: usize,
    occasions: u32,
    allocations: u64,
    log: Box<[u32]>,
    context: *mut WorkerContext,
}

impl Runtime {
    /// A runtime with an empty heap and one context.
    ///
    /// # Errors
    /// When the system refuses address space or memory.
    pub fn new(options: Options) -> Result<Box<Runtime>, Error> {
        let mut heap = Heap::new(&options)?;
        let shapes = ShapeTable::new(&mut heap)?;
        let mut log = vec![0u32; LOG_ENTRIES].into_boxed_slice();
        let bounds = log.as_mut_ptr_range();
        let context = Box::into_raw(Box::new(new_context(&heap, bounds.start as u64, bounds.end as u64)));
        let mut rt = Box::new(Runtime {
            heap,
            shapes,
            payloads: Payloads::default(),
            functions: Vec::new(),
            values: ValuesState::default(),
            options,
            externals: Externals::default(),
            scans: ScanStats::default(),
            destroyer: Destroyer::default(),
            zero_list: Vec::new(),
            log_overflow: Vec::new(),
            pins: Vec::new(),
            dead: Vec::new(),
            memory_error: 0,
            stack_error: 0,
            scan_threshold: SCAN_BYTES,
            occasions: 0,
            allocations: 0,
            log,
            context,
        });
        // The first objects must exist before a failing allocation can be reported by them.
        let fail_alloc = rt.options.fail_alloc.take();
        // SAFETY: the context was just made and points to this runtime, which stays in its box.
        unsafe {
            (*context).runtime = (&raw mut *rt) as u64;
            rt.memory_error = new_immortal_error(context, "Out of memory: heap limit reached")?;
            rt.stack_error = new_immortal_error(context, "Maximum call stack size exceeded")?;
        }
        rt.options.fail_alloc = fail_alloc;
        rt.allocations = 0;
        Ok(rt)
    }

    /// The context of the program's thread.
    pub fn context(&self) -> *mut WorkerContext {
        self.context
    }

    /// Sets the generated stack: `base` is its highest address, `limit` the lowest that
    /// prologues accept. To be called before generated code is entered.
    pub fn set_stack(&mut self, base: u64, limit: u64) {
        // SAFETY: the context lives as long as the runtime, and no generated code runs.
        unsafe {
            (*self.context).stack_base = base;
            (*self.context).scan_top = base;
            (*self.context).real_stack_limit = limit;
            (*self.context).stack_limit = self.prologue_limit(limit);
        }
    }

    /// Address of the first entry of the decrement log.
    pub(crate) fn log_start(&self) -> *const u32 {
        self.log.as_ptr()
    }

    /// Adds a shape; see `ShapeTable::register`.
    ///
    /// # Errors
    /// As `ShapeTable::register`.
    pub fn register_class(&mut self, spec: ClassSpec) -> Result<u32, Error> {
        self.shapes.register(&mut self.heap, spec)
    }

    /// Adds a function record and returns its index.
    pub fn register_function(&mut self, record: FunctionRecord) -> u32 {
        self.functions.push(record);
        (self.functions.len() - 1) as u32
    }

    /// Whether so many bytes since the last scan call for one.
    #[inline]
    pub fn scan_is_due(&self, young_bytes: usize) -> bool {
        young_bytes >= self.scan_threshold
    }

    /// Sets when the next scan is due, given the bytes of stack in use: at least twice
    /// as many bytes are allocated in between, so that deep recursion stays cheap.
    pub(crate) fn set_scan_threshold(&mut self, stack_bytes: usize) {
        self.scan_threshold = SCAN_BYTES.max(stack_bytes * 2);
    }

    /// Counts an occasion to scan; true at every Nth under zeal.
    pub(crate) fn zeal_scan(&mut self) -> bool {
        let Some(every) = self.options.scan_every else { return false };
        self.occasions += 1;
        self.occasions.is_multiple_of(every)
    }

    /// Stack limit between polls: under zeal every prologue polls.
    pub(crate) fn prologue_limit(&self, real: u64) -> u64 {
        if self.options.scan_every.is_some() { u64::MAX } else { real }
    }

    /// Counts an allocation; true when zeal wants it to fail.
    pub(crate) fn allocation_must_fail(&mut self) -> bool {
        self.allocations += 1;
        self.options.fail_alloc == Some(self.allocations)
    }

    /// A RangeError about the stack, new when there is memory for it.
    ///
    /// # Safety
    /// `ctx` must be this runtime's context.
    pub(crate) unsafe fn new_stack_error(&mut self, ctx: *mut WorkerContext) -> u32 {
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
        // SAFETY: the context came from `Box::into_raw` in `new` and generated code has ended.
        drop(unsafe { Box::from_raw(self.context) });
    }
}

fn new_context(heap: &Heap, log_start: u64, log_end: u64) -> WorkerContext {
    WorkerContext {
        stack_limit: 0,
        attention: 0,
        reserved: 0,
        log_cur: log_start,
        log_end,
        exception: UNDEFINED,
        heap_base: heap.base() as u64,
        cells: 0,
        runtime_table: 0,
        stack_base: 0,
        real_stack_limit: 0,
        scan_top: 0,
        base_sp: 0,
        base_fp: 0,
        runtime: 0,
        compile_hook: 0,
        driver: 0,
        stat_slow_counts: 0,
        unwind_pc: 0,
        unwind_fp: 0,
        destroy_entry: 0,
        bump: [BumpRun { cur: 0, end: 0 }; INLINE_CLASSES],
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

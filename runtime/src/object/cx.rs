//! `Cx`: how the value library reaches the heap during one runtime call.
//!
//! A `Cx` is a promise made once, where compiled code enters: the context is the live
//! one of this worker, and every word and id passed to the methods is a live value of
//! its heap. Nothing in the library scans or frees, so what was live at entry, and what
//! is allocated later, stays valid until the call returns. With that promise the
//! methods are safe to use, and field accesses need no further reasoning.

use crate::ctx::FunctionRecord;
use crate::mem::object as mem;
use crate::mem::payload;
use crate::mem::region::ObjectId;
use crate::mem::shape::{ClassSpec, ShapeTable};
use crate::rc;
use crate::values::ValuesState;
use ultra_abi::layout::{ATTENTION_EXCEPTION, ShapeDesc, WorkerContext};
use ultra_abi::shape::*;
use ultra_abi::value::*;

/// A NaN-boxed value or a string word.
pub type Word = u64;

/// An exception is pending in the context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thrown;

pub type Res<T> = Result<T, Thrown>;

/// Bytes of stack that a runtime function may use below the limit of generated code.
const RUNTIME_STACK: u64 = 64 << 10;

#[derive(Clone, Copy, Debug)]
pub struct Cx(*mut WorkerContext);

impl Cx {
    /// # Safety
    /// `ctx` is the live context of the calling worker, no reference to its runtime is
    /// in use, and only live values of its heap will be passed to the methods.
    pub unsafe fn new(ctx: *mut WorkerContext) -> Cx {
        Cx(ctx)
    }

    pub fn ctx(self) -> *mut WorkerContext {
        self.0
    }

    /// The library's own state.
    pub fn library(self) -> &'static mut ValuesState {
        // SAFETY: the runtime outlives its workers, and by the promise of `new` nothing
        // else refers to the library's state during the call; callers do not hold two.
        unsafe { &mut *crate::ctx::values(self.0) }
    }

    #[inline]
    pub fn addr(self, id: u32, offset: u32) -> *mut u8 {
        // SAFETY: the context is live.
        unsafe { mem::addr(self.0, id, offset) }
    }

    #[inline]
    pub fn read<T: Copy>(self, id: u32, offset: u32) -> T {
        // SAFETY: `id` is live and its layout has the field, by the promise of `new`.
        unsafe { mem::read(self.0, ObjectId(id), offset) }
    }

    /// Writes a field that is not counted.
    #[inline]
    pub fn write<T: Copy>(self, id: u32, offset: u32, value: T) {
        // SAFETY: as `read`.
        unsafe { mem::write(self.0, ObjectId(id), offset, value) }
    }

    pub fn meta(self, id: u32) -> u32 {
        self.read(id, 4)
    }

    pub fn shape(self, id: u32) -> u32 {
        self.meta(id) & META_SHAPE_MASK
    }

    pub fn desc(self, shape: u32) -> &'static ShapeDesc {
        let offset = SHAPES_OFFSET + shape as u64 * SHAPE_DESC_SIZE;
        // SAFETY: descriptors of registered shapes are initialised and stay in place.
        unsafe { &*((*self.0).heap_base as *const u8).add(offset as usize).cast() }
    }

    pub fn kind(self, id: u32) -> ObjKind {
        kind_from(self.desc(self.shape(id)).kind)
    }

    /// Sets or clears META bits.
    pub fn set_meta(self, id: u32, clear: u32, set: u32) {
        self.write(id, 4, (self.meta(id) & !clear) | set);
    }

    /// A zeroed object.
    pub fn alloc(self, size: u32, meta: u32) -> Res<u32> {
        // SAFETY: the context is live.
        match unsafe { mem::alloc(self.0, size, meta) } {
            Some(id) => Ok(id.0),
            None => Err(self.out_of_memory()),
        }
    }

    /// Whether a recursion must stop: half of what generated code leaves to runtime
    /// functions below its own limit is used up.
    #[inline(never)]
    pub fn stack_is_low(self) -> bool {
        let here = 0u8;
        if cfg!(target_arch = "wasm32") {
            // Rust has a stack of its own there, which grows down to address 0.
            return ((&raw const here) as u64) < RUNTIME_STACK / 2;
        }
        // SAFETY: the context is live.
        let limit = unsafe { (*self.0).real_stack_limit };
        // Without a limit (no generated frame below) the callers' own limits of depth hold.
        limit != 0 && ((&raw const here) as u64) < limit.saturating_sub(RUNTIME_STACK / 2)
    }

    /// The host side of shapes.
    pub fn shapes(self) -> &'static mut ShapeTable {
        // SAFETY: as `library`.
        unsafe { &mut *crate::ctx::shapes(self.0) }
    }

    /// Registers a shape made at run time.
    pub fn register_shape(self, spec: ClassSpec) -> Option<u32> {
        // SAFETY: as `library`; shapes and heap are separate parts of the runtime.
        unsafe { (*crate::ctx::shapes(self.0)).register(&*crate::ctx::heap(self.0), spec).ok() }
    }

    /// The record of a function index.
    pub fn function(self, index: u32) -> Option<&'static FunctionRecord> {
        // SAFETY: as `library`; records are only added between calls.
        unsafe { (&*crate::ctx::functions(self.0)).get(index as usize) }
    }

    /// The dictionary of further properties of an object.
    pub fn overflow(self, id: u32) -> Option<u32> {
        // SAFETY: the object is live by the promise of `new`.
        unsafe { payload::overflow(self.0, ObjectId(id)).map(|d| d.0) }
    }

    /// Gives an object that has none a dictionary of further properties.
    pub fn set_overflow(self, id: u32, dictionary: u32) {
        // SAFETY: as `overflow`.
        unsafe { payload::set_overflow(self.0, ObjectId(id), ObjectId(dictionary)) }
    }

    /// An object whose fields the caller writes before it returns.
    pub fn alloc_uninit(self, size: u32, meta: u32) -> Res<u32> {
        // SAFETY: the context is live.
        match unsafe { mem::alloc_uninit(self.0, size, meta) } {
            Some(id) => Ok(id.0),
            None => Err(self.out_of_memory()),
        }
    }

    #[cold]
    fn out_of_memory(self) -> Thrown {
        // SAFETY: the context is live.
        unsafe { rc::poll::throw_out_of_memory(self.0) };
        Thrown
    }

    /// Leaves `value` as the pending exception.
    pub fn throw(self, value: Word) -> Thrown {
        // SAFETY: the context is live.
        unsafe {
            (*self.0).exception = value;
            (*self.0).attention |= ATTENTION_EXCEPTION;
        }
        Thrown
    }

    /// Takes the pending exception; `undefined` when there is none.
    pub fn take_exception(self) -> Word {
        // SAFETY: the context is live.
        let word = unsafe { (*self.0).exception };
        self.clear_exception();
        word
    }

    /// Forgets the pending exception.
    pub fn clear_exception(self) {
        // SAFETY: the context is live.
        unsafe {
            (*self.0).exception = UNDEFINED;
            (*self.0).attention &= !ATTENTION_EXCEPTION;
        }
    }

    /// Counts one more reference to what a word refers to, for raw copies.
    pub fn inc_word(self, word: Word) {
        // SAFETY: the word is live by the promise of `new`.
        unsafe { rc::inc_raw(self.0, rc::word_id(word)) }
    }

    pub fn inc(self, id: u32) {
        // SAFETY: as `inc_word`.
        unsafe { rc::inc_raw(self.0, id) }
    }

    /// Logs that a counted reference is gone.
    pub fn log_dec_word(self, word: Word) {
        // SAFETY: as `inc_word`.
        unsafe { rc::log_dec_word(self.0, word) }
    }

    pub fn log_dec(self, id: u32) {
        // SAFETY: as `inc_word`.
        unsafe { rc::log_dec(self.0, id) }
    }

    /// Bytes the object may use where it is.
    pub fn cell_bytes(self, id: u32) -> u32 {
        // SAFETY: the object is live by the promise of `new`.
        unsafe { mem::capacity(self.0, ObjectId(id)) }
    }

    pub fn grow_in_place(self, id: u32, bytes: u32) -> bool {
        // SAFETY: as `cell_bytes`.
        unsafe { mem::grow_in_place(self.0, ObjectId(id), bytes) }
    }

    /// First write of a reference slot of a new object.
    pub fn init_ref(self, object: u32, offset: u32, id: u32) {
        // SAFETY: the slot exists by the promise of `new`.
        unsafe { rc::init_ref(self.0, object, offset, id) }
    }

    /// First write of a string or `any` slot of a new object.
    pub fn init_word(self, object: u32, offset: u32, word: Word) {
        // SAFETY: as `init_ref`.
        unsafe { rc::init_word(self.0, object, offset, word) }
    }

    /// Overwrites a reference slot.
    pub fn store_ref(self, object: u32, offset: u32, id: u32) {
        // SAFETY: as `init_ref`.
        unsafe { rc::store_ref(self.0, object, offset, id) }
    }

    /// Overwrites a string or `any` slot.
    pub fn store_word(self, object: u32, offset: u32, word: Word) {
        // SAFETY: as `init_ref`.
        unsafe { rc::store_word(self.0, object, offset, word) }
    }
}

/// The object id in an object word.
pub fn object_of(word: Word) -> Option<u32> {
    (tag(word) == TAG_OBJECT).then_some(word as u32)
}

pub fn is_string(word: Word) -> bool {
    matches!(tag(word), TAG_STRING | TAG_SMALL_STRING)
}

pub fn is_nullish(word: Word) -> bool {
    matches!(word, UNDEFINED | NULL)
}

/// A reference slot's content as `any`.
pub fn from_ref(id: u32) -> Word {
    match id {
        REF_UNDEFINED => UNDEFINED,
        REF_NULL => NULL,
        _ => from_object(id),
    }
}

/// A double as `any`: other NaNs become the canonical one.
#[inline]
pub fn from_f64(x: f64) -> Word {
    if x.is_nan() {
        return if x.to_bits() == UNDEFINED_F64 {
            UNDEFINED
        } else if x.to_bits() == HOLE_F64 {
            HOLE
        } else {
            CANONICAL_NAN
        };
    }
    x.to_bits()
}

/// The double or int32 in a word.
#[inline]
pub fn number_of(word: Word) -> Option<f64> {
    if is_double(word) {
        Some(f64::from_bits(word))
    } else if tag(word) == TAG_INT32 {
        Some(word as u32 as i32 as f64)
    } else {
        None
    }
}

fn kind_from(byte: u8) -> ObjKind {
    const KINDS: [ObjKind; 13] = [
        ObjKind::Free,
        ObjKind::StrFlat,
        ObjKind::StrSlice,
        ObjKind::StrBuffer,
        ObjKind::Store,
        ObjKind::Array,
        ObjKind::Instance,
        ObjKind::Dictionary,
        ObjKind::Closure,
        ObjKind::Box64,
        ObjKind::Map,
        ObjKind::Set,
        ObjKind::Native,
    ];
    KINDS.get(byte as usize).copied().unwrap_or(ObjKind::Free)
}

//! Object headers, the fixed shapes, and the map of the heap region.
//!
//! ```text
//! u32 RC    bits 0-26 count | 27 I immortal | 28 Z on a zero list | 29 B with the collector | 30 C candidate | 31 S shared
//! u32 META  bits 0-21 shape | 22-23 lock | 24 dead | 25 looked at when it dies | 26 has overflow map | 27 UTF-16 | 28 no destructor due | 29-31 free
//! ```
//! A count that grows into bit 27 becomes immortal by itself: it leaks one object
//! rather than overflow. A free cell has META 0, since shape 0 is never an object.

use crate::value::{KIND_COUNT, Kind};

pub const RC_COUNT_MASK: u32 = (1 << 27) - 1;
pub const RC_IMMORTAL: u32 = 1 << 27;
pub const RC_ZERO_LISTED: u32 = 1 << 28;
pub const RC_COLLECTOR: u32 = 1 << 29;
pub const RC_CANDIDATE: u32 = 1 << 30;
pub const RC_SHARED: u32 = 1 << 31;

/// Count word of a new object: count 0, and on a list, which is the young list. A
/// decrement to 0 then leaves the object to that list, which is swept in address order.
pub const RC_NEW: u32 = RC_ZERO_LISTED;

pub const META_SHAPE_MASK: u32 = (1 << 22) - 1;
pub const META_LOCK_MASK: u32 = 3 << 22;
pub const META_DEAD: u32 = 1 << 24;
/// The object's death is of interest: destructor, weak references, or `free`.
pub const META_FINALIZE: u32 = 1 << 25;
pub const META_OVERFLOW: u32 = 1 << 26;
pub const META_UTF16: u32 = 1 << 27;
/// With META_FINALIZE: the destructor has been queued, or there is none.
pub const META_DESTROYED: u32 = 1 << 28;

pub const CELL_ALIGN: u32 = 16;
pub const HEADER_SIZE: u32 = 8;

pub const SHAPE_DESC_SIZE: u64 = 64;

/// The map of the region where ids are scaled and address space is plentiful (x86-64).
pub mod scaled {
    use super::SHAPE_DESC_SIZE;

    /// Object id = byte offset in the region divided by this.
    pub const ID_SCALE: u32 = 8;
    /// Bytes of address space reserved for the region.
    pub const REGION_SIZE: u64 = 32 << 30;
    /// Shape descriptors start here in the region; shape `i` is at `SHAPES_OFFSET + i * 64`.
    /// The first page before it is never accessible, so ids 0 and 1 never resolve.
    pub const SHAPES_OFFSET: u64 = 1 << 20;
    pub const MAX_SHAPES: u64 = 1 << 22;
    /// Method tables (u32 code-cell indices) start here.
    pub const VTABLES_OFFSET: u64 = SHAPES_OFFSET + MAX_SHAPES * SHAPE_DESC_SIZE;
    pub const VTABLES_SIZE: u64 = 64 << 20;
    /// First byte that the allocator hands out: 512 MiB into the region, so ids below 64 Mi are never objects.
    pub const HEAP_OFFSET: u64 = 512 << 20;
}

/// The map of the region in linear memory (wasm32), which begins at address 0: an id is an
/// address. Below the shapes lie the runtime's own data and stack; its allocator takes
/// what the memory grows by, beyond the region.
pub mod linear {
    use super::SHAPE_DESC_SIZE;

    pub const ID_SCALE: u32 = 1;
    pub const REGION_SIZE: u64 = 2 << 30;
    pub const SHAPES_OFFSET: u64 = 16 << 20;
    pub const MAX_SHAPES: u64 = 1 << 16;
    pub const VTABLES_OFFSET: u64 = SHAPES_OFFSET + MAX_SHAPES * SHAPE_DESC_SIZE;
    pub const VTABLES_SIZE: u64 = 4 << 20;
    pub const HEAP_OFFSET: u64 = 32 << 20;
}

#[cfg(target_arch = "wasm32")]
pub use linear::*;
#[cfg(not(target_arch = "wasm32"))]
pub use scaled::*;

pub const PAGE_SIZE: u32 = 32 << 10;
/// Cells of 16, 32, ... 512 bytes are allocated inline by compiled code.
pub const INLINE_CLASSES: usize = 32;
pub const INLINE_MAX: u32 = 512;

/// Index of the inline size class for `bytes` (1..=512).
pub const fn size_class(bytes: u32) -> u32 {
    bytes.div_ceil(CELL_ALIGN) - 1
}

/// What an object is; kept in its shape descriptor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum ObjKind {
    Free,
    StrFlat,
    StrSlice,
    StrBuffer,
    Store,
    Array,
    /// A class instance, an object literal or a scope: slots described by the shape.
    Instance,
    /// An object used as a map: properties in a host-side table.
    Dictionary,
    Closure,
    Box64,
    Map,
    Set,
    /// Payload owned by the runtime (iterators, dates, regular expressions).
    Native,
}

pub const SHAPE_FREE: u32 = 0;
pub const SHAPE_STR_FLAT: u32 = 1;
pub const SHAPE_STR_SLICE: u32 = 2;
pub const SHAPE_STR_BUFFER: u32 = 3;
pub const SHAPE_CLOSURE: u32 = 4;
pub const SHAPE_BOX64: u32 = 5;
pub const SHAPE_DICTIONARY: u32 = 6;
pub const SHAPE_MAP: u32 = 7;
pub const SHAPE_SET: u32 = 8;
/// The empty object literal, root of shape transitions.
pub const SHAPE_EMPTY_OBJECT: u32 = 9;
pub const SHAPE_NATIVE: u32 = 10;
/// What weak references to one object share: header and the target's id, not counted.
pub const SHAPE_WEAK_CELL: u32 = 11;
/// Stores of element kind `k` have shape `SHAPE_STORE0 + k`.
pub const SHAPE_STORE0: u32 = 16;
/// Arrays of element kind `k` have shape `SHAPE_ARRAY0 + k`.
pub const SHAPE_ARRAY0: u32 = 32;
/// `Error` and its built-in subclasses, in the order of `ErrorClass`.
pub const SHAPE_ERROR0: u32 = 48;
/// Typed arrays of element kind `TYPED_KINDS[i]` have shape `SHAPE_TYPED0 + i`. They are laid
/// out as `Array`, so the kind of any array's elements follows from the shape of its store.
pub const SHAPE_TYPED0: u32 = 56;
/// Classes of the program get shapes from here on.
pub const FIRST_PROGRAM_SHAPE: u32 = 64;

const _: () = assert!(KIND_COUNT <= 16);

pub const fn store_shape(kind: Kind) -> u32 {
    SHAPE_STORE0 + kind as u32
}

pub const fn array_shape(kind: Kind) -> u32 {
    SHAPE_ARRAY0 + kind as u32
}

/// Element kinds of JavaScript's typed arrays: Int8Array, Uint8Array, Int16Array,
/// Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array.
pub const TYPED_KINDS: [Kind; 8] =
    [Kind::I8, Kind::U8, Kind::I16, Kind::U16, Kind::I32, Kind::U32, Kind::F32, Kind::F64];

const _: () = assert!(SHAPE_TYPED0 + TYPED_KINDS.len() as u32 <= FIRST_PROGRAM_SHAPE);
const _: () = assert!(SHAPE_ERROR0 + ErrorClass::ALL.len() as u32 <= SHAPE_TYPED0);

/// Shape of the typed arrays with elements of `kind`, if there are any.
pub const fn typed_shape(kind: Kind) -> Option<u32> {
    let mut i = 0;
    while i < TYPED_KINDS.len() {
        if TYPED_KINDS[i] as u8 == kind as u8 {
            return Some(SHAPE_TYPED0 + i as u32);
        }
        i += 1;
    }
    None
}

/// Built-in error classes. All have the layout of `ErrorObject`; each but the first extends `Error`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum ErrorClass {
    Error,
    TypeError,
    RangeError,
    ReferenceError,
    SyntaxError,
    EvalError,
    UriError,
}

impl ErrorClass {
    pub const ALL: [ErrorClass; 7] = [
        ErrorClass::Error,
        ErrorClass::TypeError,
        ErrorClass::RangeError,
        ErrorClass::ReferenceError,
        ErrorClass::SyntaxError,
        ErrorClass::EvalError,
        ErrorClass::UriError,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            ErrorClass::Error => "Error",
            ErrorClass::TypeError => "TypeError",
            ErrorClass::RangeError => "RangeError",
            ErrorClass::ReferenceError => "ReferenceError",
            ErrorClass::SyntaxError => "SyntaxError",
            ErrorClass::EvalError => "EvalError",
            ErrorClass::UriError => "URIError",
        }
    }

    pub const fn shape(self) -> u32 {
        SHAPE_ERROR0 + self as u32
    }
}

/// Messages that compiled code throws by number, so that a throw site is two
/// immediates and one call. `{0}` is the first operand of the throwing instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum ThrowKind {
    /// RangeError: Division by zero
    DivideByZero,
    /// RangeError: a value does not fit the type it is narrowed to.
    NarrowingFailed,
    /// RangeError: index out of range of a typed array.
    IndexOutOfRange,
    /// RangeError: Invalid array length
    InvalidLength,
    /// RangeError: Maximum call stack size exceeded
    StackOverflow,
    /// TypeError: Cannot read properties of undefined or null
    NullAccess,
    /// TypeError: value is not a function
    NotCallable,
    /// TypeError: a value is not of the declared type.
    TypeMismatch,
    /// ReferenceError: Cannot access a variable before initialization
    Uninitialized,
    /// TypeError: Assignment to constant variable.
    ConstAssignment,
}

impl ThrowKind {
    pub const ALL: [ThrowKind; 10] = [
        ThrowKind::DivideByZero,
        ThrowKind::NarrowingFailed,
        ThrowKind::IndexOutOfRange,
        ThrowKind::InvalidLength,
        ThrowKind::StackOverflow,
        ThrowKind::NullAccess,
        ThrowKind::NotCallable,
        ThrowKind::TypeMismatch,
        ThrowKind::Uninitialized,
        ThrowKind::ConstAssignment,
    ];
}

//! The structs that compiled code touches, defined once.
//!
//! The `structs!` list expands to `#[repr(C)]` types for the runtime and to
//! `STRUCTS` for the compiler, which names fields by (struct, field) and never
//! writes an offset. Heap structs contain no host pointer and have one layout on
//! every target; `WorkerContext` and `Frame` are host structs.

use crate::shape::INLINE_CLASSES;
use crate::value::Kind;
use core::mem::{offset_of, size_of};

/// One field as the compiler sees it. `offset` is in bytes from the object's address.
#[derive(Debug, Clone, Copy)]
pub struct FieldInfo {
    pub name: &'static str,
    pub offset: u32,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy)]
pub struct StructInfo {
    pub name: &'static str,
    pub size: u32,
    pub fields: &'static [FieldInfo],
}

macro_rules! structs {
    ($( $(#[$m:meta])* struct $name:ident { $( $(#[$fm:meta])* $f:ident : $ty:ty = $kind:ident ),* $(,)? } )*) => {
        $( $(#[$m])* #[repr(C)] #[derive(Clone, Copy, Debug)] pub struct $name { $( $(#[$fm])* pub $f: $ty ),* } )*

        /// Names a struct of the list.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum StructId { $( $name ),* }

        /// All structs, indexed by `StructId`.
        pub static STRUCTS: &[StructInfo] = &[ $( StructInfo {
            name: stringify!($name),
            size: size_of::<$name>() as u32,
            fields: &[ $( FieldInfo { name: stringify!($f), offset: offset_of!($name, $f) as u32, kind: Kind::$kind } ),* ],
        } ),* ];
    };
}

structs! {
    /// Starts every heap object.
    struct Header {
        rc: u32 = U32,
        meta: u32 = U32,
    }

    /// An array: a header and its store. Length and capacity are in the store, so
    /// that one load of `store` yields a consistent pair.
    struct Array {
        rc: u32 = U32,
        meta: u32 = U32,
        store: u32 = Ref,
        reserved: u32 = U32,
    }

    /// A contiguous run of elements, which follow this header.
    struct Store {
        rc: u32 = U32,
        meta: u32 = U32,
        /// Elements in use.
        len: u32 = U32,
        /// Elements that fit.
        cap: u32 = U32,
    }

    /// A string with its bytes inline after this header; Latin-1, or UTF-16 when
    /// META_UTF16 is set. `len` is in UTF-16 code units. `hash` is 0 until computed.
    struct StrFlat {
        rc: u32 = U32,
        meta: u32 = U32,
        len: u32 = U32,
        hash: u32 = U32,
    }

    /// A string that is a window of a `StrBuffer`.
    struct StrSlice {
        rc: u32 = U32,
        meta: u32 = U32,
        len: u32 = U32,
        hash: u32 = U32,
        buffer: u32 = Ref,
        /// First unit of the window, in code units from the buffer's start.
        offset: u32 = U32,
    }

    /// Shared bytes behind slices; grows at both ends, `front..used` is claimed.
    struct StrBuffer {
        rc: u32 = U32,
        meta: u32 = U32,
        cap: u32 = U32,
        front: u32 = U32,
        used: u32 = U32,
        reserved: u32 = U32,
    }

    /// A function value. `func` indexes the code cells (generic entry) and the
    /// function records (name, length); `env` is the captured scope.
    struct Closure {
        rc: u32 = U32,
        meta: u32 = U32,
        func: u32 = U32,
        env: u32 = Ref,
    }

    /// A 64-bit integer that does not fit inline in `any`.
    struct Box64 {
        rc: u32 = U32,
        meta: u32 = U32,
        bits: u64 = U64,
    }

    /// `Error` and its built-in subclasses; user subclasses append fields.
    struct ErrorObject {
        rc: u32 = U32,
        meta: u32 = U32,
        message: u64 = Str,
        stack: u64 = Any,
        cause: u64 = Any,
    }

    /// Describes a shape; 64 bytes, in the region at `SHAPES_OFFSET`.
    struct ShapeDesc {
        /// Object size in bytes, header included (fixed part for stores and strings).
        size: u32 = U32,
        /// `ObjKind`.
        kind: u8 = U8,
        /// Number of ancestors.
        depth: u8 = U8,
        flags: u16 = U16,
        /// Shape of the base class, or 0.
        parent: u32 = U32,
        /// Class-registry entry, or u32::MAX.
        class: u32 = U32,
        /// First entry in the method tables.
        vtable: u32 = U32,
        slot_count: u32 = U32,
        /// Index of the host-side slot list (names, kinds, offsets).
        slots: u32 = U32,
        proto: u32 = Ref,
        /// Bit i: the 4-byte word at 8 + 4*i is a counted reference.
        ref_map: u64 = U64,
        /// Bit i: the 8-byte word at 8 + 4*i is a counted string or any.
        word_map: u64 = U64,
        /// Ancestors at depth 0..4, the shape itself included at its own depth.
        display0: u32 = U32,
        display1: u32 = U32,
        display2: u32 = U32,
        display3: u32 = U32,
    }

    /// A run of free cells being bumped through; `cur` and `end` are object ids.
    struct BumpRun {
        cur: u32 = U32,
        end: u32 = U32,
    }
}

/// Set in `ShapeDesc::flags` when an object is larger than the two maps can describe,
/// so the scanner must use the host-side slot list.
pub const SHAPE_LARGE: u16 = 1;
/// Set when no instance can be part of a reference cycle.
pub const SHAPE_ACYCLIC: u16 = 2;
/// Set when the two maps do not describe all references: stores of elements, objects
/// with host-side payloads, and objects with `SHAPE_LARGE`.
pub const SHAPE_SPECIAL: u16 = 4;

/// Bits of `WorkerContext::attention`.
pub const ATTENTION_EXCEPTION: u32 = 1;
pub const ATTENTION_POLL: u32 = 2;
/// Left by a poll: destructors are due, the stub calls `destroy_entry`.
pub const ATTENTION_DESTROY: u32 = 4;

/// Per-thread state of generated code; its address is pinned in r15.
///
/// Addresses are host addresses kept as `u64` so that the layout does not depend
/// on the target.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct WorkerContext {
    /// Lowest stack address that a prologue accepts; raised to force a poll.
    pub stack_limit: u64,
    /// Nonzero when a runtime function left an exception or wants a poll.
    pub attention: u32,
    /// A store into a container whose count word is below this (as a signed number) goes
    /// through the runtime: 0 for shared ones alone, or the highest when all stores must.
    pub barrier: i32,
    /// Next free entry of the decrement log (u32 ids).
    pub log_cur: u64,
    pub log_end: u64,
    /// Pending exception, an `any` word.
    pub exception: u64,
    pub heap_base: u64,
    /// Table of code addresses, indexed by function.
    pub cells: u64,
    /// Table of runtime-function entry points, indexed by `RtFn`.
    pub runtime_table: u64,
    /// Highest address of this worker's generated stack: scans stop here.
    pub stack_base: u64,
    /// The real stack limit, to which `stack_limit` returns after a poll.
    pub real_stack_limit: u64,
    /// Stack pointer of the generated code that entered the runtime; scans start here.
    pub scan_top: u64,
    /// Stack pointer and frame pointer at the base entry stub, for uncaught exceptions.
    pub base_sp: u64,
    pub base_fp: u64,
    /// `*mut Runtime` of the runtime crate.
    pub runtime: u64,
    /// `*mut Worker` of the runtime crate.
    pub worker: u64,
    /// Address of the driver's `extern "C" fn(ctx, function index) -> code address`.
    pub compile_hook: u64,
    /// Opaque pointer for the driver.
    pub driver: u64,
    /// Count operations performed out of line, for `--mem-stats`.
    pub stat_slow_counts: u64,
    /// Code address and return-address scratch of the unwinder stub.
    pub unwind_pc: u64,
    pub unwind_fp: u64,
    /// Address of generated code without parameters that runs the destructors that are due, or 0.
    pub destroy_entry: u64,
    pub bump: [BumpRun; INLINE_CLASSES],
}

macro_rules! context_offsets {
    ($($name:ident = $field:ident),* $(,)?) => {
        /// Byte offsets of `WorkerContext` fields, for instruction selection.
        pub mod ctx {
            use super::*;
            $( pub const $name: i32 = offset_of!(WorkerContext, $field) as i32; )*
        }
    };
}

context_offsets! {
    STACK_LIMIT = stack_limit,
    ATTENTION = attention,
    BARRIER = barrier,
    LOG_CUR = log_cur,
    LOG_END = log_end,
    EXCEPTION = exception,
    HEAP_BASE = heap_base,
    CELLS = cells,
    RUNTIME_TABLE = runtime_table,
    STACK_BASE = stack_base,
    REAL_STACK_LIMIT = real_stack_limit,
    SCAN_TOP = scan_top,
    BASE_SP = base_sp,
    BASE_FP = base_fp,
    RUNTIME = runtime,
    COMPILE_HOOK = compile_hook,
    UNWIND_PC = unwind_pc,
    UNWIND_FP = unwind_fp,
    DESTROY_ENTRY = destroy_entry,
    BUMP = bump,
}

impl StructId {
    pub fn info(self) -> &'static StructInfo {
        &STRUCTS[self as usize]
    }

    /// The field called `name`; panics when the list has none, which a test of every caller finds.
    pub fn field(self, name: &str) -> &'static FieldInfo {
        match self.info().fields.iter().find(|f| f.name == name) {
            Some(f) => f,
            None => panic!("{} has no field {name}", self.info().name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_pinned() {
        for (id, size) in [
            (StructId::Header, 8),
            (StructId::Array, 16),
            (StructId::Store, 16),
            (StructId::StrFlat, 16),
            (StructId::StrSlice, 24),
            (StructId::StrBuffer, 24),
            (StructId::Closure, 16),
            (StructId::Box64, 16),
            (StructId::ErrorObject, 32),
            (StructId::ShapeDesc, 64),
            (StructId::BumpRun, 8),
        ] {
            assert_eq!(id.info().size, size, "{id:?}");
        }
        assert_eq!(size_of::<ShapeDesc>() as u64, crate::shape::SHAPE_DESC_SIZE);
    }

    #[test]
    fn no_padding_hides_between_fields() {
        for s in STRUCTS {
            let mut at = 0;
            for f in s.fields {
                assert_eq!(f.offset, at, "{}.{}", s.name, f.name);
                at += f.kind.size();
            }
            assert_eq!(at, s.size, "{}", s.name);
        }
    }
}

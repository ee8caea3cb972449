//! How values are represented in registers and slots.
//!
//! ```text
//! any (64 bits, NaN-boxed)
//!   0000_0000_0000_0000 ..= FFF8_FFFF_FFFF_FFFF   a double, as it is
//!   FFF9 0000 iiiiiiii                            heap object, id in the low 32 bits
//!   FFFA 0000 iiiiiiii                            heap string, id in the low 32 bits
//!   FFFB llcc cccc cccc                           immediate string: length, then up to 5 Latin-1 bytes (first byte lowest)
//!   FFFC 0000 vvvvvvvv                            int32 (accepted, never produced: numbers in `any` are doubles)
//!   FFFD vvvv vvvv vvvv                           int64 that fits 48 bits, sign-extended
//!   FFFE 0000 0000 000k                           undefined, null, false, true, hole, absent
//!   FFFF kkkk iiiiiiii                            boxed int64 / uint64 / bigint / symbol, id in the low 32 bits
//! ```
//! A `Str` word is the same 64 bits restricted to the two string tags, so that
//! boxing a string costs nothing. A `Ref` is 32 bits: an object id, 0 for
//! `undefined`, 1 for `null`. A `number` slot is a double in which two signaling
//! NaNs are reserved; arithmetic quiets them into ordinary NaNs.

pub const TAG_SHIFT: u32 = 48;
pub const TAG_OBJECT: u64 = 0xFFF9;
pub const TAG_STRING: u64 = 0xFFFA;
pub const TAG_SMALL_STRING: u64 = 0xFFFB;
pub const TAG_INT32: u64 = 0xFFFC;
pub const TAG_INT48: u64 = 0xFFFD;
pub const TAG_MISC: u64 = 0xFFFE;
pub const TAG_BOX: u64 = 0xFFFF;

/// Words at or above this are not doubles.
pub const FIRST_TAGGED: u64 = TAG_OBJECT << TAG_SHIFT;

pub const UNDEFINED: u64 = TAG_MISC << TAG_SHIFT;
pub const NULL: u64 = (TAG_MISC << TAG_SHIFT) | 1;
pub const FALSE: u64 = (TAG_MISC << TAG_SHIFT) | 2;
pub const TRUE: u64 = (TAG_MISC << TAG_SHIFT) | 3;
/// An element of an array that was never written.
pub const HOLE: u64 = (TAG_MISC << TAG_SHIFT) | 4;
/// A slot whose property was deleted or not yet added.
pub const ABSENT: u64 = (TAG_MISC << TAG_SHIFT) | 5;

/// `undefined` in a `number` slot: a signaling NaN, which every arithmetic operation quiets.
pub const UNDEFINED_F64: u64 = 0x7FF0_0000_0000_0001;
/// A hole in a `number[]`.
pub const HOLE_F64: u64 = 0x7FF0_0000_0000_0002;
/// The NaN that conversions produce.
pub const CANONICAL_NAN: u64 = 0x7FF8_0000_0000_0000;

/// `undefined` in a reference slot.
pub const REF_UNDEFINED: u32 = 0;
/// `null` in a reference slot. Odd, so it can never be an object.
pub const REF_NULL: u32 = 1;

/// Sub-kinds of `TAG_BOX`, in bits 32..48.
pub const BOX_INT64: u64 = 1;
pub const BOX_UINT64: u64 = 2;
pub const BOX_BIGINT: u64 = 3;
pub const BOX_SYMBOL: u64 = 4;

/// Most Latin-1 characters that fit into an immediate string.
pub const SMALL_STRING_MAX: usize = 5;
pub const SMALL_STRING_LEN_SHIFT: u32 = 40;
/// The empty string.
pub const EMPTY_STRING: u64 = TAG_SMALL_STRING << TAG_SHIFT;

#[inline]
pub const fn tag(word: u64) -> u64 {
    word >> TAG_SHIFT
}

#[inline]
pub const fn is_double(word: u64) -> bool {
    word < FIRST_TAGGED
}

#[inline]
pub const fn from_object(id: u32) -> u64 {
    (TAG_OBJECT << TAG_SHIFT) | id as u64
}

#[inline]
pub const fn from_heap_string(id: u32) -> u64 {
    (TAG_STRING << TAG_SHIFT) | id as u64
}

#[inline]
pub const fn from_bool(b: bool) -> u64 {
    if b { TRUE } else { FALSE }
}

/// The immediate string of `bytes` (Latin-1), if it is short enough.
#[inline]
pub const fn small_string(bytes: &[u8]) -> Option<u64> {
    if bytes.len() > SMALL_STRING_MAX {
        return None;
    }
    let mut word = EMPTY_STRING | ((bytes.len() as u64) << SMALL_STRING_LEN_SHIFT);
    let mut i = 0;
    while i < bytes.len() {
        word |= (bytes[i] as u64) << (8 * i);
        i += 1;
    }
    Some(word)
}

/// What a slot of a heap struct, an array element or a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
    Bool,
    /// A counted 4-byte object id.
    Ref,
    /// A counted 8-byte string word.
    Str,
    /// A counted 8-byte NaN-boxed value.
    Any,
}

pub const KIND_COUNT: usize = 14;

impl Kind {
    pub const ALL: [Kind; KIND_COUNT] = [
        Kind::I8,
        Kind::U8,
        Kind::I16,
        Kind::U16,
        Kind::I32,
        Kind::U32,
        Kind::I64,
        Kind::U64,
        Kind::F32,
        Kind::F64,
        Kind::Bool,
        Kind::Ref,
        Kind::Str,
        Kind::Any,
    ];

    /// Size in bytes, a power of two.
    #[inline]
    pub const fn size(self) -> u32 {
        match self {
            Kind::I8 | Kind::U8 | Kind::Bool => 1,
            Kind::I16 | Kind::U16 => 2,
            Kind::I32 | Kind::U32 | Kind::F32 | Kind::Ref => 4,
            Kind::I64 | Kind::U64 | Kind::F64 | Kind::Str | Kind::Any => 8,
        }
    }

    /// Whether a slot of this kind can hold a counted reference.
    #[inline]
    pub const fn is_counted(self) -> bool {
        matches!(self, Kind::Ref | Kind::Str | Kind::Any)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Kind::I8 => "i8",
            Kind::U8 => "u8",
            Kind::I16 => "i16",
            Kind::U16 => "u16",
            Kind::I32 => "i32",
            Kind::U32 => "u32",
            Kind::I64 => "i64",
            Kind::U64 => "u64",
            Kind::F32 => "f32",
            Kind::F64 => "f64",
            Kind::Bool => "bool",
            Kind::Ref => "ref",
            Kind::Str => "str",
            Kind::Any => "any",
        }
    }

    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|k| k.name() == name)
    }

    /// The register type that a load of this kind yields.
    pub const fn reg_ty(self) -> RtTy {
        match self {
            Kind::I8 | Kind::U8 | Kind::I16 | Kind::U16 | Kind::I32 | Kind::U32 => RtTy::I32,
            Kind::I64 | Kind::U64 => RtTy::I64,
            Kind::F32 => RtTy::F32,
            Kind::F64 => RtTy::F64,
            Kind::Bool => RtTy::Bool,
            Kind::Ref => RtTy::Ref,
            Kind::Str => RtTy::Str,
            Kind::Any => RtTy::Any,
        }
    }
}

/// The type of a value in a register: what SSA values have and what runtime
/// functions take and return. Narrow integers are `I32` values kept sign- or
/// zero-extended; `uint32` is an `I32` on which unsigned operations are used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub enum RtTy {
    /// No value.
    Void,
    I32,
    I64,
    F32,
    F64,
    /// 0 or 1 in a 32-bit register.
    Bool,
    /// 4-byte object id (0 undefined, 1 null), zero-extended.
    Ref,
    Str,
    Any,
    /// An address: of elements, of a frame area, or of host memory.
    Ptr,
}

impl RtTy {
    pub const ALL: [RtTy; 10] = [
        RtTy::Void,
        RtTy::I32,
        RtTy::I64,
        RtTy::F32,
        RtTy::F64,
        RtTy::Bool,
        RtTy::Ref,
        RtTy::Str,
        RtTy::Any,
        RtTy::Ptr,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            RtTy::Void => "void",
            RtTy::I32 => "i32",
            RtTy::I64 => "i64",
            RtTy::F32 => "f32",
            RtTy::F64 => "f64",
            RtTy::Bool => "bool",
            RtTy::Ref => "ref",
            RtTy::Str => "str",
            RtTy::Any => "any",
            RtTy::Ptr => "ptr",
        }
    }

    pub const fn is_float(self) -> bool {
        matches!(self, RtTy::F32 | RtTy::F64)
    }

    pub const fn is_int(self) -> bool {
        matches!(self, RtTy::I32 | RtTy::I64)
    }

    /// Whether a value of this type can keep an object alive when found by a scan.
    pub const fn is_reference(self) -> bool {
        matches!(self, RtTy::Ref | RtTy::Str | RtTy::Any | RtTy::Ptr)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_nans_are_signaling() {
        for bits in [UNDEFINED_F64, HOLE_F64] {
            assert!(f64::from_bits(bits).is_nan());
            assert_eq!(bits & (1 << 51), 0);
            let sum = f64::from_bits(std::hint::black_box(bits)) + std::hint::black_box(1.0);
            assert_ne!(sum.to_bits(), bits);
        }
    }

    #[test]
    fn default_nan_of_the_machine_is_a_double() {
        let zero = std::hint::black_box(0.0f64);
        assert!(is_double((zero / zero).to_bits()));
        assert!(is_double(0xFFF8_0000_0000_0000));
    }

    #[test]
    fn small_strings() {
        assert_eq!(small_string(b""), Some(EMPTY_STRING));
        assert_eq!(small_string(b"ab"), Some(0xFFFB_0200_0000_6261));
        assert_eq!(small_string(b"abcdef"), None);
    }
}

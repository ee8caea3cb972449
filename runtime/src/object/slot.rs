//! Typed slots and elements as `any`, and back with checks.

use crate::convert::int::{exact_i64, exact_u64};
use crate::error;
use crate::object::cx::*;
use crate::object::value;
use ultra_abi::value::*;

/// The content of a slot of `kind`, as `any`.
pub fn load(cx: Cx, object: u32, offset: u32, kind: Kind) -> Res<Word> {
    let number = |x: f64| Ok(x.to_bits());
    match kind {
        Kind::I8 => number(cx.read::<i8>(object, offset) as f64),
        Kind::U8 => number(cx.read::<u8>(object, offset) as f64),
        Kind::I16 => number(cx.read::<i16>(object, offset) as f64),
        Kind::U16 => number(cx.read::<u16>(object, offset) as f64),
        Kind::I32 => number(cx.read::<i32>(object, offset) as f64),
        Kind::U32 => number(cx.read::<u32>(object, offset) as f64),
        Kind::I64 => value::from_i64(cx, cx.read(object, offset)),
        Kind::U64 => value::from_u64(cx, cx.read(object, offset)),
        Kind::F32 => Ok(from_f64(cx.read::<f32>(object, offset) as f64)),
        Kind::F64 => Ok(from_f64(f64::from_bits(cx.read(object, offset)))),
        Kind::Bool => Ok(from_bool(cx.read::<u8>(object, offset) != 0)),
        // SAFETY: what a slot refers to is live.
        Kind::Ref => Ok(from_ref(unsafe { crate::weak::weak_deref(cx.ctx(), cx.read(object, offset)) })),
        Kind::Str | Kind::Any => Ok(cx.read(object, offset)),
    }
}

/// The name a kind has in UltraScript.
pub fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::I8 => "int8",
        Kind::U8 => "uint8",
        Kind::I16 => "int16",
        Kind::U16 => "uint16",
        Kind::I32 => "int32",
        Kind::U32 => "uint32",
        Kind::I64 => "int64",
        Kind::U64 => "uint64",
        Kind::F32 => "float32",
        Kind::F64 => "number",
        Kind::Bool => "boolean",
        Kind::Ref => "object",
        Kind::Str => "string",
        Kind::Any => "any",
    }
}

/// The bits that a slot of `kind` holds for a value: checked narrowing.
///
/// # Errors
/// RangeError when a number does not fit, TypeError when the value is of another type.
pub fn encode(cx: Cx, kind: Kind, word: Word) -> Res<u64> {
    let mismatch = || error::type_mismatch(cx, word, type_name(kind));
    match kind {
        Kind::Any => Ok(if tag(word) == TAG_INT32 { (word as u32 as i32 as f64).to_bits() } else { word }),
        Kind::Str => is_string(word).then_some(word).ok_or_else(mismatch),
        Kind::Bool if word == TRUE || word == FALSE => Ok((word == TRUE) as u64),
        Kind::Bool => Err(mismatch()),
        Kind::Ref => match word {
            UNDEFINED | HOLE => Ok(REF_UNDEFINED as u64),
            NULL => Ok(REF_NULL as u64),
            _ => object_of(word).map(u64::from).ok_or_else(mismatch),
        },
        Kind::F64 => match word {
            UNDEFINED => Ok(UNDEFINED_F64),
            HOLE => Ok(HOLE_F64),
            _ => value::numeric(cx, word).map(|n| n.as_f64().to_bits()).ok_or_else(mismatch),
        },
        Kind::F32 => {
            let n = value::numeric(cx, word).ok_or_else(mismatch)?;
            Ok((n.as_f64() as f32).to_bits() as u64)
        }
        Kind::I64 => any_to_i64(cx, word, kind).map(|v| v as u64),
        Kind::U64 => any_to_u64(cx, word),
        Kind::I8 => narrow(cx, word, kind, i8::MIN as i64, i8::MAX as i64),
        Kind::U8 => narrow(cx, word, kind, 0, u8::MAX as i64),
        Kind::I16 => narrow(cx, word, kind, i16::MIN as i64, i16::MAX as i64),
        Kind::U16 => narrow(cx, word, kind, 0, u16::MAX as i64),
        Kind::I32 => narrow(cx, word, kind, i32::MIN as i64, i32::MAX as i64),
        Kind::U32 => narrow(cx, word, kind, 0, u32::MAX as i64),
    }
}

fn narrow(cx: Cx, word: Word, kind: Kind, min: i64, max: i64) -> Res<u64> {
    let v = any_to_i64(cx, word, kind)?;
    if (min..=max).contains(&v) { Ok(v as u64) } else { Err(error::narrowing(cx, word, type_name(kind))) }
}

/// A number in `any` as int64, for a slot of `kind`.
///
/// # Errors
/// RangeError when it is not integral or out of range, TypeError when it is no number.
pub fn any_to_i64(cx: Cx, word: Word, kind: Kind) -> Res<i64> {
    let n = value::numeric(cx, word).ok_or_else(|| error::type_mismatch(cx, word, type_name(kind)))?;
    let v = match n {
        value::Num::F64(x) => exact_i64(x),
        value::Num::I64(v) => Some(v),
        value::Num::U64(v) => i64::try_from(v).ok(),
    };
    v.ok_or_else(|| error::narrowing(cx, word, type_name(kind)))
}

/// A number in `any` as uint64.
///
/// # Errors
/// As `any_to_i64`.
pub fn any_to_u64(cx: Cx, word: Word) -> Res<u64> {
    let n = value::numeric(cx, word).ok_or_else(|| error::type_mismatch(cx, word, "uint64"))?;
    let v = match n {
        value::Num::F64(x) => exact_u64(x),
        value::Num::I64(v) => u64::try_from(v).ok(),
        value::Num::U64(v) => Some(v),
    };
    v.ok_or_else(|| error::narrowing(cx, word, "uint64"))
}

/// Overwrites a slot with a value, checked.
pub fn store(cx: Cx, object: u32, offset: u32, kind: Kind, word: Word) -> Res<()> {
    let bits = encode(cx, kind, word)?;
    store_bits(cx, object, offset, kind, bits);
    Ok(())
}

/// Overwrites a slot with bits of its kind.
pub fn store_bits(cx: Cx, object: u32, offset: u32, kind: Kind, bits: u64) {
    match kind {
        Kind::Ref => cx.store_ref(object, offset, bits as u32),
        Kind::Str | Kind::Any => cx.store_word(object, offset, bits),
        _ => match kind.size() {
            1 => cx.write(object, offset, bits as u8),
            2 => cx.write(object, offset, bits as u16),
            4 => cx.write(object, offset, bits as u32),
            _ => cx.write(object, offset, bits),
        },
    }
}

/// Reads a slot's bits.
pub fn load_bits(cx: Cx, object: u32, offset: u32, kind: Kind) -> u64 {
    match kind.size() {
        1 => cx.read::<u8>(object, offset) as u64,
        2 => cx.read::<u16>(object, offset) as u64,
        4 => cx.read::<u32>(object, offset) as u64,
        _ => cx.read(object, offset),
    }
}

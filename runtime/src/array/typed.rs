//! JavaScript's typed arrays: `Uint8Array` and its relatives.
//!
//! ```text
//! Array with a shape of TYPED_KINDS -> Store of the same kind, len == cap for ever
//! ```
//! They are laid out as arrays, so compiled code reads and writes elements alike. What
//! differs is here: a stored value is converted rather than checked, nothing changes the
//! length, an index out of range names no property, and the length is inherited, not own.

use crate::array::{ops, store};
use crate::convert::int::to_int32;
use crate::convert::number;
use crate::error;
use crate::object::cx::*;
use crate::object::value::{self, Num};
use crate::object::{dynamic, property};
use crate::string::heap;
use ultra_abi::shape::*;
use ultra_abi::value::*;

const CLASS_NAMES: [&str; TYPED_KINDS.len()] = [
    "Int8Array",
    "Uint8Array",
    "Int16Array",
    "Uint16Array",
    "Int32Array",
    "Uint32Array",
    "Float32Array",
    "Float64Array",
];

/// The class of typed arrays with a shape; `None` for other shapes.
pub fn class_name(shape: u32) -> Option<&'static str> {
    CLASS_NAMES.get(shape.wrapping_sub(SHAPE_TYPED0) as usize).copied()
}

/// Whether an object is a typed array.
pub fn is_typed(cx: Cx, id: u32) -> bool {
    class_name(cx.shape(id)).is_some()
}

/// A zero-filled typed array.
///
/// # Errors
/// RangeError for a length that is negative or too large, TypeError for a kind that has none.
pub fn new(cx: Cx, kind: Kind, len: i64) -> Res<u32> {
    let Some(shape) = typed_shape(kind) else {
        return Err(error::type_error(
            cx,
            &format!("There are no typed arrays of {}", crate::object::slot::type_name(kind)),
        ));
    };
    let Some(count) = u32::try_from(len).ok().filter(|&n| n <= MAX_LENGTH) else {
        return Err(error::range_error(cx, &format!("Invalid typed array length: {len}")));
    };
    let array = cx.alloc(16, shape)?;
    let store = store::new(cx, kind, count, count)?;
    store::set_store(cx, array, store);
    Ok(array)
}

/// Lengths are below 2^31, as compiled code assumes.
const MAX_LENGTH: u32 = i32::MAX as u32;

/// `new Uint8Array(source)`: a copy of what an iterable or array-like object holds, or as
/// many zeros as a primitive value says.
///
/// # Errors
/// As `new`, and what converting an element throws.
pub fn from(cx: Cx, kind: Kind, source: Word) -> Res<u32> {
    let Some(id) = object_of(source) else {
        let n = value::to_f64(cx, source)?;
        // ToIndex: NaN is 0, fractions are cut off.
        return new(cx, kind, n as i64);
    };
    if cx.kind(id) == ObjKind::Array {
        let array = new(cx, kind, store::array_len(cx, id) as i64)?;
        copy_from(cx, array, 0, id)?;
        return Ok(array);
    }
    if matches!(cx.kind(id), ObjKind::Map | ObjKind::Set) {
        let items = dynamic::iter_to_array(cx, source, dynamic::OF)?;
        return from(cx, kind, from_object(items));
    }
    let len = match property::own_by_text(cx, id, "length")? {
        Some(word) => value::to_f64(cx, word)?.max(0.0),
        None => 0.0,
    };
    let array = new(cx, kind, len as i64)?;
    for i in 0..store::array_len(cx, array) {
        let word = property::get_element(cx, source, (i as f64).to_bits())?;
        ops::set(cx, array, i, word)?;
    }
    Ok(array)
}

/// Writes the elements of an array from index `at` on, each converted. Both may be the same.
///
/// # Errors
/// RangeError when they do not fit, and what converting an element throws.
pub fn copy_from(cx: Cx, array: u32, at: u32, source: u32) -> Res<()> {
    let count = store::array_len(cx, source);
    if at as u64 + count as u64 > store::array_len(cx, array) as u64 {
        return Err(error::range_error(cx, "offset is out of bounds"));
    }
    let kind = store::element_kind(cx, array);
    if kind == store::element_kind(cx, source) && is_typed(cx, source) {
        store::copy_elements(cx, kind, store::store_of(cx, source), 0, store::store_of(cx, array), at, count);
        return Ok(());
    }
    let words: Vec<Word> = (0..count).map(|i| ops::get(cx, source, i)).collect::<Res<_>>()?;
    for (i, word) in words.into_iter().enumerate() {
        ops::set(cx, array, at + i as u32, word)?;
    }
    Ok(())
}

/// The bits that an element holds for a value: ToNumber, then modulo the element's size or rounded.
///
/// # Errors
/// What ToNumber throws.
pub fn encode(cx: Cx, kind: Kind, word: Word) -> Res<u64> {
    let n = match value::numeric(cx, word) {
        Some(n) => n,
        None => Num::F64(value::to_f64(cx, word)?),
    };
    Ok(match (kind, n) {
        (Kind::F32, n) => (n.as_f64() as f32).to_bits() as u64,
        // A number's reserved NaNs mean something in other arrays of doubles.
        (Kind::F64, n) if n.as_f64().is_nan() => CANONICAL_NAN,
        (Kind::F64, n) => n.as_f64().to_bits(),
        (_, Num::F64(x)) => to_int32(x) as u32 as u64,
        (_, Num::I64(v)) => v as u32 as u64,
        (_, Num::U64(v)) => v as u32 as u64,
    })
}

/// A property that typed arrays inherit: their sizes.
pub fn inherited(cx: Cx, array: u32, name: Word) -> Option<Word> {
    let chars = heap::chars(cx, &name);
    let len = || store::array_len(cx, array) as f64;
    let element = || store::element_kind(cx, array).size() as f64;
    let x = if chars.is_str("length") {
        len()
    } else if chars.is_str("byteLength") {
        len() * element()
    } else if chars.is_str("BYTES_PER_ELEMENT") {
        element()
    } else if chars.is_str("byteOffset") {
        0.0
    } else {
        return None;
    };
    Some(x.to_bits())
}

/// Whether a name is the text of a number: such names are indices, in range or not, and
/// never name other properties.
pub fn is_numeric_name(cx: Cx, name: Word) -> bool {
    let chars = heap::chars(cx, &name);
    if chars.is_str("-0") {
        return true;
    }
    let text = number::f64_text(chars.to_number());
    chars.len() == text.len() && chars.units().zip(text.iter()).all(|(a, &b)| a == b as u16)
}

/// Assigning the length, which has no setter.
#[cold]
pub fn length_is_fixed(cx: Cx) -> Thrown {
    error::type_error(cx, "Cannot set property length of [object Object] which has only a getter")
}

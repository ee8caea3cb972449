//! Sorting without a comparator: by text as ECMA-262 says, or by number for typed code.

use crate::array::ops;
use crate::array::store::{self, array_len, element_kind, store_of};
use crate::object::cx::*;
use crate::object::{slot, value};
use crate::string::heap;
use core::cmp::Ordering;
use ultra_abi::value::*;

/// `array.sort()`: by the elements' texts, `undefined` last, holes after it.
pub fn by_text(cx: Cx, array: u32) -> Res<()> {
    let kind = element_kind(cx, array);
    let len = array_len(cx, array);
    let mut keyed = Vec::with_capacity(len as usize);
    let (mut undefined, mut holes) = (0, 0);
    for i in 0..len {
        let word = ops::raw_element(cx, array, i)?;
        match word {
            UNDEFINED => undefined += 1,
            HOLE => holes += 1,
            _ => {
                let bits = slot::load_bits(cx, store_of(cx, array), store::offset(kind, i), kind);
                keyed.push((value::to_str(cx, word)?, bits));
            }
        }
    }
    keyed.sort_by(|(a, _), (b, _)| heap::chars(cx, a).compare(heap::chars(cx, b)));
    // Only a kind that holds `undefined` can have met one.
    let undefined_bits = if undefined > 0 { slot::encode(cx, kind, UNDEFINED)? } else { 0 };
    let tail = std::iter::repeat_n(undefined_bits, undefined);
    let bits: Vec<u64> = keyed.iter().map(|&(_, b)| b).chain(tail).collect();
    let all = bits.into_iter().chain(std::iter::repeat_n(store::default_bits(kind), holes));
    write_back(cx, array, all);
    Ok(())
}

/// Sorts numbers in place, ascending or descending; NaN and `undefined` last.
pub fn by_number(cx: Cx, array: u32, descending: bool) -> Res<()> {
    let kind = element_kind(cx, array);
    let len = array_len(cx, array) as usize;
    let data = cx.addr(store_of(cx, array), store::offset(kind, 0));
    macro_rules! typed {
        ($t:ty) => {{
            // SAFETY: the store has `len` elements of this type, and nothing else uses it meanwhile.
            let all = unsafe { std::slice::from_raw_parts_mut(data.cast::<$t>(), len) };
            all.sort_unstable();
            if descending {
                all.reverse();
            }
        }};
    }
    match kind {
        Kind::I8 => typed!(i8),
        Kind::U8 | Kind::Bool => typed!(u8),
        Kind::I16 => typed!(i16),
        Kind::U16 => typed!(u16),
        Kind::I32 => typed!(i32),
        Kind::U32 => typed!(u32),
        Kind::I64 => typed!(i64),
        Kind::U64 => typed!(u64),
        Kind::F32 | Kind::F64 | Kind::Ref | Kind::Str | Kind::Any => return by_value(cx, array, descending),
    }
    Ok(())
}

/// Stable order of values as numbers compare.
fn by_value(cx: Cx, array: u32, descending: bool) -> Res<()> {
    let kind = element_kind(cx, array);
    let mut keyed = Vec::new();
    for i in 0..array_len(cx, array) {
        let bits = slot::load_bits(cx, store_of(cx, array), store::offset(kind, i), kind);
        let number = match ops::raw_element(cx, array, i)? {
            UNDEFINED | HOLE => None,
            word => Some(value::to_f64(cx, word)?).filter(|x| !x.is_nan()),
        };
        keyed.push((number, bits));
    }
    keyed.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some(a), Some(b)) => {
            let order = a.partial_cmp(b).unwrap_or(Ordering::Equal);
            if descending { order.reverse() } else { order }
        }
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Greater,
        (_, None) => Ordering::Less,
    });
    write_back(cx, array, keyed.into_iter().map(|(_, bits)| bits));
    Ok(())
}

/// Writes a permutation of the elements back: counts stay as they are.
fn write_back(cx: Cx, array: u32, bits: impl Iterator<Item = u64>) {
    let (kind, store) = (element_kind(cx, array), store_of(cx, array));
    for (i, b) in bits.enumerate() {
        let at = store::offset(kind, i as u32);
        match kind.size() {
            1 => cx.write(store, at, b as u8),
            2 => cx.write(store, at, b as u16),
            4 => cx.write(store, at, b as u32),
            _ => cx.write(store, at, b),
        }
    }
}

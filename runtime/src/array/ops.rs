//! Array.prototype's functions without callbacks, for every element kind.
//!
//! Results have the kind of their source unless the operands force `any`. Holes read
//! as `undefined`, except where ECMA-262 skips or keeps them.

use crate::array::store::{self, array_len, element_kind, store_of};
use crate::array::typed;
use crate::error;
use crate::object::cx::*;
use crate::object::{slot, value};
use crate::string::chars::Builder;
use crate::string::heap;
use ultra_abi::value::*;

/// Element `i`, in range, as it is stored: holes stay holes.
pub fn raw_element(cx: Cx, array: u32, i: u32) -> Res<Word> {
    let kind = element_kind(cx, array);
    let word = slot::load(cx, store_of(cx, array), store::offset(kind, i), kind)?;
    // Typed arrays hold numbers alone: what would mean a hole elsewhere is a NaN here.
    let reserved = kind == Kind::F64 && !is_double(word) && typed::is_typed(cx, array);
    Ok(if reserved { CANONICAL_NAN } else { word })
}

/// `array[i]`: `undefined` for holes and out of range.
pub fn get(cx: Cx, array: u32, i: u32) -> Res<Word> {
    if i >= array_len(cx, array) {
        return Ok(UNDEFINED);
    }
    let word = raw_element(cx, array, i)?;
    Ok(if word == HOLE { UNDEFINED } else { word })
}

/// The bits that an element of the array holds for a value: converted for typed arrays,
/// checked for others.
fn encode(cx: Cx, array: u32, kind: Kind, word: Word) -> Res<u64> {
    if typed::is_typed(cx, array) { typed::encode(cx, kind, word) } else { slot::encode(cx, kind, word) }
}

/// `array[i] = word`, extending the array as needed. Typed arrays ignore what is out of range.
pub fn set(cx: Cx, array: u32, i: u32, word: Word) -> Res<()> {
    let kind = element_kind(cx, array);
    let bits = encode(cx, array, kind, word)?;
    let len = array_len(cx, array);
    if i >= len {
        if typed::is_typed(cx, array) {
            return Ok(());
        }
        store::set_array_len(cx, array, i.checked_add(1).ok_or_else(|| error::invalid_array_length(cx))?)?;
    }
    slot::store_bits(cx, store_of(cx, array), store::offset(kind, i), kind, bits);
    Ok(())
}

/// Appends a value; checked for typed kinds. Returns the new length.
pub fn push(cx: Cx, array: u32, word: Word) -> Res<u32> {
    let kind = element_kind(cx, array);
    let bits = slot::encode(cx, kind, word)?;
    let len = array_len(cx, array);
    let store = store::reserve(cx, array, len + 1)?;
    // The place beyond the length may hold anything, so it is made empty before the store.
    slot_reset(cx, store, kind, len);
    slot::store_bits(cx, store, store::offset(kind, len), kind, bits);
    store::set_len(cx, store, len + 1);
    Ok(len + 1)
}

fn slot_reset(cx: Cx, store: u32, kind: Kind, i: u32) {
    match kind {
        Kind::Ref => cx.write(store, store::offset(kind, i), 0u32),
        Kind::Str | Kind::Any => cx.write(store, store::offset(kind, i), UNDEFINED),
        _ => {}
    }
}

/// Removes and returns the last element.
pub fn pop(cx: Cx, array: u32) -> Res<Word> {
    let len = array_len(cx, array);
    if len == 0 {
        return Ok(UNDEFINED);
    }
    let word = get(cx, array, len - 1)?;
    store::set_array_len(cx, array, len - 1)?;
    Ok(word)
}

/// Removes and returns the first element.
pub fn shift(cx: Cx, array: u32) -> Res<Word> {
    let len = array_len(cx, array);
    if len == 0 {
        return Ok(UNDEFINED);
    }
    let word = get(cx, array, 0)?;
    let (kind, store) = (element_kind(cx, array), store_of(cx, array));
    store::release_elements(cx, kind, store, 0, 1);
    store::copy_elements(cx, kind, store, 1, store, 0, len - 1);
    store::set_len(cx, store, len - 1);
    store::clear_spare(cx, kind, store, len - 1, len);
    Ok(word)
}

/// Inserts a value at the front; returns the new length.
pub fn unshift(cx: Cx, array: u32, word: Word) -> Res<u32> {
    let len = array_len(cx, array);
    insert_gap(cx, array, 0, 1)?;
    put(cx, array, 0, word)?;
    Ok(len + 1)
}

/// Opens `count` places of defaults at `at`.
fn insert_gap(cx: Cx, array: u32, at: u32, count: u32) -> Res<()> {
    let len = array_len(cx, array);
    let kind = element_kind(cx, array);
    let total = len.checked_add(count).ok_or_else(|| error::invalid_array_length(cx))?;
    let store = store::reserve(cx, array, total)?;
    store::copy_elements(cx, kind, store, at, store, at + count, len - at);
    for i in at..at + count {
        store::init_element(cx, store, kind, i, store::default_bits(kind));
    }
    store::set_len(cx, store, total);
    Ok(())
}

/// Overwrites an element in range, checked.
fn put(cx: Cx, array: u32, i: u32, word: Word) -> Res<()> {
    let kind = element_kind(cx, array);
    slot::store(cx, store_of(cx, array), store::offset(kind, i), kind, word)
}

/// A relative index of ECMA-262: negative counts from the end, clamped to the length.
pub fn relative(index: i32, len: u32) -> u32 {
    if index < 0 { (len as i64 + index as i64).max(0) as u32 } else { (index as u32).min(len) }
}

/// `array.slice(from, to)`.
pub fn slice(cx: Cx, array: u32, from: i32, to: i32) -> Res<u32> {
    let len = array_len(cx, array);
    let from = relative(from, len);
    let to = relative(to, len).max(from);
    copy_range(cx, array, from, to)
}

/// A range as an array of the same class.
fn copy_range(cx: Cx, array: u32, from: u32, to: u32) -> Res<u32> {
    let kind = element_kind(cx, array);
    if typed::is_typed(cx, array) {
        let result = typed::new(cx, kind, (to - from) as i64)?;
        store::copy_elements(cx, kind, store_of(cx, array), from, store_of(cx, result), 0, to - from);
        return Ok(result);
    }
    let result = store::new_array(cx, kind, 0, to - from)?;
    let store = store_of(cx, result);
    store::copy_elements(cx, kind, store_of(cx, array), from, store, 0, to - from);
    store::count_elements(cx, kind, store, 0, to - from);
    store::set_len(cx, store, to - from);
    Ok(result)
}

/// `a.concat(b)`: an array is spread, any other value (a typed array too) appended.
pub fn concat(cx: Cx, a: u32, b: Word) -> Res<u32> {
    let len = array_len(cx, a);
    let other = array_of_word(cx, b).filter(|&id| !typed::is_typed(cx, id));
    let kind = element_kind(cx, a);
    let same = match other {
        Some(id) => element_kind(cx, id) == kind,
        None => kind == Kind::Any || kind == Kind::Str && is_string(b),
    };
    let result = copy_range(cx, a, 0, len)?;
    if !same {
        store::generalize(cx, result)?;
    }
    match other {
        Some(id) if same => {
            let count = array_len(cx, id);
            let store = store::reserve(cx, result, len + count)?;
            store::copy_elements(cx, kind, store_of(cx, id), 0, store, len, count);
            store::count_elements(cx, kind, store, len, len + count);
            store::set_len(cx, store, len + count);
        }
        Some(id) => {
            for i in 0..array_len(cx, id) {
                let word = raw_element(cx, id, i)?;
                push(cx, result, word)?;
            }
        }
        None => {
            push(cx, result, b)?;
        }
    }
    Ok(result)
}

/// The array in a word.
pub fn array_of_word(cx: Cx, word: Word) -> Option<u32> {
    let id = object_of(word)?;
    (cx.kind(id) == ultra_abi::shape::ObjKind::Array).then_some(id)
}

/// Whether stored elements of `kind` can be compared to `word` by their bits; the bits.
fn search_bits(cx: Cx, kind: Kind, word: Word) -> Option<u64> {
    match kind {
        Kind::I32 | Kind::U32 | Kind::I8 | Kind::U8 | Kind::I16 | Kind::U16 => {
            let x = value::numeric(cx, word)?.as_f64();
            let fits = x.trunc() == x && x.abs() < 4294967296.0;
            fits.then_some(x as i64 as u64)
        }
        _ => None,
    }
}

/// First index at or after `from` (relative) whose element is strictly equal, or -1.
pub fn index_of(cx: Cx, array: u32, word: Word, from: i32) -> Res<i32> {
    find(cx, array, word, from, |cx, e, w| e != HOLE && value::strict_eq(cx, e, w))
}

/// Whether an element is the same value; holes count as `undefined`.
pub fn includes(cx: Cx, array: u32, word: Word, from: i32) -> Res<bool> {
    find(cx, array, word, from, value::same_value_zero).map(|i| i >= 0)
}

fn find(cx: Cx, array: u32, word: Word, from: i32, same: fn(Cx, Word, Word) -> bool) -> Res<i32> {
    let len = array_len(cx, array);
    let from = relative(from, len);
    let kind = element_kind(cx, array);
    let store = store_of(cx, array);
    if kind.size() < 8 && kind != Kind::F32 && kind != Kind::Ref && kind != Kind::Bool {
        let Some(bits) = search_bits(cx, kind, word) else { return Ok(-1) };
        let signed = matches!(kind, Kind::I8 | Kind::I16 | Kind::I32);
        let hit = (from..len).find(|&i| {
            let raw = slot::load_bits(cx, store, store::offset(kind, i), kind);
            let shift = 64 - kind.size() * 8;
            let wide = if signed { (((raw << shift) as i64) >> shift) as u64 } else { raw };
            wide == bits
        });
        return Ok(hit.map_or(-1, |i| i as i32));
    }
    for i in from..len {
        let element = slot::load(cx, store, store::offset(kind, i), kind)?;
        if same(cx, element, word) {
            return Ok(i as i32);
        }
    }
    Ok(-1)
}

/// Last index at or before `from` (relative) whose element is strictly equal, or -1.
pub fn last_index_of(cx: Cx, array: u32, word: Word, from: i32) -> Res<i32> {
    let len = array_len(cx, array) as i64;
    let start = if from < 0 { len + from as i64 } else { (from as i64).min(len - 1) };
    let mut i = start;
    while i >= 0 {
        let element = raw_element(cx, array, i as u32)?;
        if element != HOLE && value::strict_eq(cx, element, word) {
            return Ok(i as i32);
        }
        i -= 1;
    }
    Ok(-1)
}

/// Reverses in place.
pub fn reverse(cx: Cx, array: u32) {
    let (kind, store, len) = (element_kind(cx, array), store_of(cx, array), array_len(cx, array));
    // Swapping moves references within one store: counts stay as they are.
    let size = kind.size() as usize;
    let first = cx.addr(store, store::offset(kind, 0));
    for i in 0..len as usize / 2 {
        let j = len as usize - 1 - i;
        // SAFETY: both elements are in range and differ.
        unsafe { std::ptr::swap_nonoverlapping(first.add(i * size), first.add(j * size), size) };
    }
}

/// `array.fill(value, from, to)`.
pub fn fill(cx: Cx, array: u32, word: Word, from: i32, to: i32) -> Res<()> {
    let len = array_len(cx, array);
    let kind = element_kind(cx, array);
    let bits = encode(cx, array, kind, word)?;
    let store = store_of(cx, array);
    for i in relative(from, len)..relative(to, len) {
        slot::store_bits(cx, store, store::offset(kind, i), kind, bits);
    }
    Ok(())
}

/// Removes `count` elements at `at` (relative) and puts the elements of `items` (an
/// array, or 0 for none) in their place; returns the removed ones.
pub fn splice(cx: Cx, array: u32, at: i32, count: i32, items: u32) -> Res<u32> {
    let len = array_len(cx, array);
    let at = relative(at, len);
    let count = (count.max(0) as u32).min(len - at);
    let removed = copy_range(cx, array, at, at + count)?;
    let words: Vec<Word> = match items {
        REF_UNDEFINED | REF_NULL => Vec::new(),
        _ => (0..array_len(cx, items)).map(|i| raw_element(cx, items, i)).collect::<Res<_>>()?,
    };
    let kind = element_kind(cx, array);
    // All are checked before anything changes.
    let bits: Vec<u64> = words.iter().map(|&w| slot::encode(cx, kind, w)).collect::<Res<_>>()?;
    let store = store_of(cx, array);
    let added = bits.len() as u32;
    if added > count {
        insert_gap(cx, array, at + count, added - count)?;
    } else if added < count {
        store::release_elements(cx, kind, store, at + added, at + count);
        store::copy_elements(cx, kind, store, at + count, store, at + added, len - at - count);
        store::set_len(cx, store, len - (count - added));
        store::clear_spare(cx, kind, store, len - (count - added), len);
    }
    let store = store_of(cx, array);
    for (i, &b) in bits.iter().enumerate() {
        slot::store_bits(cx, store, store::offset(kind, at + i as u32), kind, b);
    }
    Ok(removed)
}

/// Arrays within arrays that `join` follows before it takes them for a cycle.
const MAX_JOIN_DEPTH: usize = 1000;

/// `array.join(separator)`; without one, a comma.
pub fn join(cx: Cx, array: u32, separator: Option<Word>) -> Res<Word> {
    let separator = separator.unwrap_or(const { small(b",") });
    let mut out = Builder::new();
    let mut open = Vec::new();
    join_into(cx, array, separator, &mut out, &mut open)?;
    heap::from_builder(cx, &out)
}

const fn small(text: &[u8]) -> Word {
    match small_string(text) {
        Some(word) => word,
        None => EMPTY_STRING,
    }
}

fn join_into(cx: Cx, array: u32, separator: Word, out: &mut Builder, open: &mut Vec<u32>) -> Res<()> {
    // An array inside itself joins as the empty string.
    if open.contains(&array) {
        return Ok(());
    }
    if open.len() > MAX_JOIN_DEPTH || cx.stack_is_low() {
        return Err(error::stack_overflow(cx));
    }
    open.push(array);
    for i in 0..array_len(cx, array) {
        if i > 0 {
            out.push(heap::chars(cx, &separator));
        }
        let word = raw_element(cx, array, i)?;
        if is_nullish(word) || word == HOLE {
            continue;
        }
        if let Some(n) = value::numeric(cx, word) {
            out.push_bytes(&value::num_text(n));
        } else if let Some(inner) = array_of_word(cx, word) {
            join_into(cx, inner, small(b","), out, open)?;
        } else {
            let text = value::to_str(cx, word)?;
            out.push(heap::chars(cx, &text));
        }
        if out.len() > heap::MAX_LENGTH {
            return Err(error::invalid_string_length(cx));
        }
    }
    open.pop();
    Ok(())
}

/// A copy with elements of another kind, each checked.
pub fn convert(cx: Cx, array: u32, kind: Kind) -> Res<u32> {
    let len = array_len(cx, array);
    if kind == element_kind(cx, array) && !typed::is_typed(cx, array) {
        return copy_range(cx, array, 0, len);
    }
    let result = store::new_array(cx, kind, 0, len)?;
    for i in 0..len {
        let word = raw_element(cx, array, i)?;
        push(cx, result, word)?;
    }
    Ok(result)
}

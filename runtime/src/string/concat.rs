//! Concatenation: short results are copied, growing ones share a buffer.
//!
//! ```text
//! StrBuffer   | header 24 | free | claimed: front .. used | free |   (cap units)
//!                                 ^ slices are windows of this part
//! ```
//! A string that ends where its buffer's claimed part ends is appended to in place by
//! claiming more (one compare-exchange on `used`); likewise at the front. Only one of
//! two strings that share an end can win the claim; the other copies. So building a
//! string at either end costs amortised constant time per unit, even when older
//! versions are still in use.

use crate::error;
use crate::object::cx::{Cx, Res, Word};
use crate::string::chars::{Builder, Chars};
use crate::string::heap::{self, BUFFER_HEADER, DATA};
use core::sync::atomic::{AtomicU32, Ordering};
use ultra_abi::shape::*;
use ultra_abi::value::*;

/// Results shorter than this many units are flat copies: cheaper than buffer and slice.
const BUFFER_MIN: usize = 128;
/// Units of a first buffer beyond its contents: as many as the contents.
const GROWTH: usize = 2;

const CAP: u32 = 8;
const FRONT: u32 = 12;
const USED: u32 = 16;

/// `a + b`.
pub fn concat(cx: Cx, a: Word, b: Word) -> Res<Word> {
    let (la, lb) = (heap::len(cx, a), heap::len(cx, b));
    if lb == 0 {
        return Ok(a);
    }
    if la == 0 {
        return Ok(b);
    }
    let total = la + lb;
    if total > heap::MAX_LENGTH {
        return Err(error::invalid_string_length(cx));
    }
    if total >= BUFFER_MIN {
        if let Some(word) = append_in_place(cx, a, b, total)? {
            return Ok(word);
        }
        if let Some(word) = prepend_in_place(cx, a, b, total)? {
            return Ok(word);
        }
        // When the shorter side is at least half of the longer, copying is amortised anyway.
        if la.min(lb) * 2 < la.max(lb) {
            return in_new_buffer(cx, a, b, total);
        }
    }
    flat_concat(cx, &[heap::chars(cx, &a), heap::chars(cx, &b)], total)
}

/// `a + b + c` without the intermediate string, unless the result is built in a buffer.
pub fn concat3(cx: Cx, a: Word, b: Word, c: Word) -> Res<Word> {
    let total = heap::len(cx, a) + heap::len(cx, b) + heap::len(cx, c);
    if total >= BUFFER_MIN {
        // The longest part decides the order, so that the buffer it may sit in is used.
        if heap::len(cx, c) > heap::len(cx, a) {
            let tail = concat(cx, b, c)?;
            return concat(cx, a, tail);
        }
        let head = concat(cx, a, b)?;
        return concat(cx, head, c);
    }
    flat_concat(cx, &[heap::chars(cx, &a), heap::chars(cx, &b), heap::chars(cx, &c)], total)
}

/// The concatenation of all words.
pub fn concat_all(cx: Cx, words: &[Word]) -> Res<Word> {
    let total: usize = words.iter().map(|&w| heap::len(cx, w)).sum();
    if total >= BUFFER_MIN {
        // The longest part may sit in a buffer with room at the end it grows at.
        return words.iter().try_fold(EMPTY_STRING, |all, &w| concat(cx, all, w));
    }
    let parts: smallvec::SmallVec<[Chars<'_>; 8]> = words.iter().map(|w| heap::chars(cx, w)).collect();
    flat_concat(cx, &parts, total)
}

/// All parts in one flat (or immediate) string of `total` units.
fn flat_concat(cx: Cx, parts: &[Chars<'_>], total: usize) -> Res<Word> {
    if parts.iter().all(|p| matches!(p, Chars::Latin1(_))) {
        return heap::from_latin1_parts(cx, parts, total);
    }
    let mut b = Builder::with_capacity(total);
    parts.iter().for_each(|&p| b.push(p));
    heap::from_builder(cx, &b)
}

/// Whether `part` can be written with units of the given width.
fn fits(part: Chars<'_>, wide: bool) -> bool {
    wide || part.is_latin1()
}

/// Units by which slice offsets of a buffer are ahead of its own positions.
fn bias(wide: bool) -> u32 {
    (BUFFER_HEADER - DATA) / if wide { 2 } else { 1 }
}

/// Buffer, first position and width of a slice of a `StrBuffer`.
fn buffer_of(cx: Cx, word: Word) -> Option<(u32, u32, bool)> {
    if tag(word) != TAG_STRING || cx.shape(word as u32) != SHAPE_STR_SLICE {
        return None;
    }
    let (owner, offset) = heap::owner(cx, word as u32);
    let wide = heap::is_wide(cx, word as u32);
    (cx.shape(owner) == SHAPE_STR_BUFFER).then(|| (owner, offset - bias(wide), wide))
}

/// Moves one end of a buffer's claimed part, if it still is where the caller saw it.
fn claim(cx: Cx, buffer: u32, field: u32, from: u32, to: u32) -> bool {
    // SAFETY: the field is an aligned u32 of a live buffer; all writers use atomics.
    let end = unsafe { AtomicU32::from_ptr(cx.addr(buffer, field).cast()) };
    end.compare_exchange(from, to, Ordering::Relaxed, Ordering::Relaxed).is_ok()
}

fn append_in_place(cx: Cx, a: Word, b: Word, total: usize) -> Res<Option<Word>> {
    let Some((buffer, start, wide)) = buffer_of(cx, a) else { return Ok(None) };
    let part = heap::chars(cx, &b);
    let end = start + (total - part.len()) as u32;
    let new_end = start as usize + total;
    if new_end > cx.read::<u32>(buffer, CAP) as usize || !fits(part, wide) {
        return Ok(None);
    }
    if !claim(cx, buffer, USED, end, new_end as u32) {
        return Ok(None);
    }
    write_units(cx, buffer, end, part, wide);
    heap::window(cx, buffer, start + bias(wide), total, wide).map(Some)
}

fn prepend_in_place(cx: Cx, a: Word, b: Word, total: usize) -> Res<Option<Word>> {
    let Some((buffer, start, wide)) = buffer_of(cx, b) else { return Ok(None) };
    let part = heap::chars(cx, &a);
    let Some(new_start) = start.checked_sub(part.len() as u32) else { return Ok(None) };
    if !fits(part, wide) || !claim(cx, buffer, FRONT, start, new_start) {
        return Ok(None);
    }
    write_units(cx, buffer, new_start, part, wide);
    heap::window(cx, buffer, new_start + bias(wide), total, wide).map(Some)
}

/// Copies both into a new buffer that has room at the end that grew.
fn in_new_buffer(cx: Cx, a: Word, b: Word, total: usize) -> Res<Word> {
    let (ca, cb) = (heap::chars(cx, &a), heap::chars(cx, &b));
    let wide = !(ca.is_latin1() && cb.is_latin1());
    let unit = if wide { 2 } else { 1 };
    let cap = (total * GROWTH).min(heap::MAX_LENGTH);
    let meta = if wide { SHAPE_STR_BUFFER | META_UTF16 } else { SHAPE_STR_BUFFER };
    let buffer = cx.alloc_uninit(BUFFER_HEADER + (cap * unit) as u32, meta)?;
    let appending = ca.len() >= cb.len();
    let start = if appending { 0 } else { cap - total };
    cx.write(buffer, CAP, cap as u32);
    cx.write(buffer, FRONT, start as u32);
    cx.write(buffer, USED, (start + total) as u32);
    cx.write(buffer, 20, 0u32);
    write_units(cx, buffer, start as u32, ca, wide);
    write_units(cx, buffer, (start + ca.len()) as u32, cb, wide);
    heap::window(cx, buffer, start as u32 + bias(wide), total, wide)
}

/// Writes units into claimed positions of a buffer.
fn write_units(cx: Cx, buffer: u32, at: u32, part: Chars<'_>, wide: bool) {
    let data = cx.addr(buffer, BUFFER_HEADER);
    // SAFETY: the caller claimed `part.len()` positions from `at` on, which are within
    // the buffer's capacity and which no other string covers yet.
    unsafe {
        if wide {
            let to = data.cast::<u16>().add(at as usize);
            match part {
                Chars::Utf16(u) => to.copy_from_nonoverlapping(u.as_ptr(), u.len()),
                Chars::Latin1(u) => u.iter().enumerate().for_each(|(i, &c)| to.add(i).write(c as u16)),
            }
        } else {
            let to = data.add(at as usize);
            match part {
                Chars::Latin1(u) => to.copy_from_nonoverlapping(u.as_ptr(), u.len()),
                Chars::Utf16(u) => u.iter().enumerate().for_each(|(i, &c)| to.add(i).write(c as u8)),
            }
        }
    }
}

//! String.prototype's functions on words.

use crate::array::store;
use crate::error;
use crate::object::cx::*;
use crate::object::value;
use crate::string::chars::{self, Builder, Chars};
use crate::string::heap;
use ultra_abi::value::*;

/// A relative index: negative counts from the end, clamped.
fn relative(index: i32, len: usize) -> usize {
    if index < 0 { (len as i64 + index as i64).max(0) as usize } else { (index as usize).min(len) }
}

pub fn slice(cx: Cx, s: Word, from: i32, to: i32) -> Res<Word> {
    let len = heap::len(cx, s);
    heap::slice(cx, s, relative(from, len), relative(to, len))
}

pub fn substring(cx: Cx, s: Word, from: i32, to: i32) -> Res<Word> {
    let len = heap::len(cx, s);
    let clamp = |i: i32| (i.max(0) as usize).min(len);
    let (a, b) = (clamp(from), clamp(to));
    heap::slice(cx, s, a.min(b), a.max(b))
}

pub fn trim(cx: Cx, s: Word, start: bool, end: bool) -> Res<Word> {
    let (from, to) = heap::chars(cx, &s).trim_range(start, end);
    heap::slice(cx, s, from, to)
}

pub fn repeat(cx: Cx, s: Word, count: f64) -> Res<Word> {
    let n = if count.is_nan() { 0.0 } else { count.trunc() };
    if n < 0.0 || n.is_infinite() {
        let text = crate::convert::number::f64_text(count);
        let text = String::from_utf8_lossy(&text).into_owned();
        return Err(error::range_error(cx, &format!("Invalid count value: {text}")));
    }
    let unit = heap::chars(cx, &s);
    if unit.is_empty() || n == 0.0 {
        return Ok(EMPTY_STRING);
    }
    if unit.len() as f64 * n > heap::MAX_LENGTH as f64 {
        return Err(error::invalid_string_length(cx));
    }
    match unit {
        Chars::Latin1(u) => heap::from_latin1(cx, &u.repeat(n as usize)),
        Chars::Utf16(u) => heap::from_utf16(cx, &u.repeat(n as usize)),
    }
}

pub fn pad(cx: Cx, s: Word, target: i32, filler: Word, at_end: bool) -> Res<Word> {
    let text = heap::chars(cx, &s);
    let fill = heap::chars(cx, &filler);
    if target as i64 <= text.len() as i64 || fill.is_empty() {
        return Ok(s);
    }
    if target as usize > heap::MAX_LENGTH {
        return Err(error::invalid_string_length(cx));
    }
    let missing = target as usize - text.len();
    let mut b = Builder::with_capacity(target as usize);
    if at_end {
        b.push(text);
    }
    let mut left = missing;
    while left > 0 {
        let n = left.min(fill.len());
        b.push(fill.slice(0, n));
        left -= n;
    }
    if !at_end {
        b.push(text);
    }
    heap::from_builder(cx, &b)
}

/// Appends the replacement template's expansion for a match at `at..at + len`.
fn push_replacement(out: &mut Builder, template: Chars<'_>, text: Chars<'_>, at: usize, len: usize) {
    let mut i = 0;
    while i < template.len() {
        let unit = template.at(i);
        let next = template.get(i + 1).map_or(0, u32::from);
        let piece = match (unit as u32, char::from_u32(next)) {
            (0x24, Some('$')) => Some(template.slice(i, i + 1)),
            (0x24, Some('&')) => Some(text.slice(at, at + len)),
            (0x24, Some('`')) => Some(text.slice(0, at)),
            (0x24, Some('\'')) => Some(text.slice(at + len, text.len())),
            _ => None,
        };
        match piece {
            Some(p) => {
                out.push(p);
                i += 2;
            }
            None => {
                out.push_unit(unit);
                i += 1;
            }
        }
    }
}

pub fn replace(cx: Cx, s: Word, what: Word, with: Word, all: bool) -> Res<Word> {
    let (text, needle, template) = (heap::chars(cx, &s), heap::chars(cx, &what), heap::chars(cx, &with));
    let mut out = Builder::new();
    let plain = template.find(Chars::Latin1(b"$"), 0).is_none();
    let (mut copied, mut from) = (0, 0);
    while let Some(at) = text.find(needle, from) {
        out.push(text.slice(copied, at));
        if plain {
            out.push(template);
        } else {
            push_replacement(&mut out, template, text, at, needle.len());
        }
        if out.len() > heap::MAX_LENGTH {
            return Err(error::invalid_string_length(cx));
        }
        copied = at + needle.len();
        from = at + needle.len().max(1);
        if !all || from > text.len() {
            break;
        }
    }
    if out.is_empty() && copied == 0 {
        return Ok(s);
    }
    out.push(text.slice(copied, text.len()));
    heap::from_builder(cx, &out)
}

/// `s.split(separator, limit)`: an array of kind str.
pub fn split(cx: Cx, s: Word, separator: Word, limit: Word) -> Res<u32> {
    let limit = if limit == UNDEFINED {
        u32::MAX
    } else {
        crate::convert::int::to_int32(value::to_f64(cx, limit)?) as u32
    };
    let mut parts = Vec::new();
    if limit > 0 && separator == UNDEFINED {
        parts.push(s);
    } else if limit > 0 {
        let separator = value::to_str(cx, separator)?;
        split_into(cx, s, heap::chars(cx, &separator), limit as usize, &mut parts)?;
    }
    store::array_of(cx, Kind::Str, &parts)
}

fn split_into(cx: Cx, s: Word, separator: Chars<'_>, limit: usize, parts: &mut Vec<Word>) -> Res<()> {
    let text = heap::chars(cx, &s);
    if separator.is_empty() {
        for unit in text.units().take(limit) {
            parts.push(heap::from_unit(cx, unit)?);
        }
        return Ok(());
    }
    let mut from = 0;
    while let Some(at) = text.find(separator, from) {
        parts.push(heap::slice(cx, s, from, at)?);
        if parts.len() == limit {
            return Ok(());
        }
        from = at + separator.len();
    }
    parts.push(heap::slice(cx, s, from, text.len())?);
    Ok(())
}

pub fn from_code_point(cx: Cx, x: f64) -> Res<Word> {
    if x != x.trunc() || !(0.0..=1114111.0).contains(&x) {
        let text = crate::convert::number::f64_text(x);
        let text = String::from_utf8_lossy(&text).into_owned();
        return Err(error::range_error(cx, &format!("Invalid code point {text}")));
    }
    heap::from_code_point(cx, x as u32)
}

pub fn to_upper(cx: Cx, s: Word) -> Res<Word> {
    heap::from_builder(cx, &chars::to_upper(heap::chars(cx, &s)))
}

pub fn to_lower(cx: Cx, s: Word) -> Res<Word> {
    heap::from_builder(cx, &chars::to_lower(heap::chars(cx, &s)))
}

//! String words: what they resolve to, and how new ones are made.
//!
//! ```text
//! immediate   up to 5 Latin-1 units inside the word
//! StrFlat     16-byte header, then units
//! StrSlice    header, buffer, offset  ->  StrBuffer (24-byte header) or StrFlat
//!             units start at  address(buffer) + 16 + offset * unit size
//! ```
//! The offset counts from byte 16 for both owners, so that reading needs no test;
//! in a `StrBuffer` the header's last 8 bytes count as units.
//!
//! Canonical forms. A text of at most 5 units that are all Latin-1 is always
//! immediate, so an immediate never equals a heap string. A new flat string is UTF-16
//! only if some unit needs it. A UTF-16 *slice* may happen to hold Latin-1 units
//! only; so content equality compares across encodings, and hashes do not depend on
//! the encoding: they are taken of the Latin-1 form where there is one.

use crate::object::cx::{Cx, Res, Word};
use crate::string::chars::{Builder, Chars};
use core::hash::{BuildHasher, Hasher};
use ultra_abi::shape::*;
use ultra_abi::value::*;

/// Bytes from an owner's address to where slice offsets count from, and a flat string's units.
pub const DATA: u32 = 16;
/// Bytes of the header of a `StrBuffer`.
pub const BUFFER_HEADER: u32 = 24;
pub const LEN: u32 = 8;
pub const HASH: u32 = 12;
pub const BUFFER: u32 = 16;
pub const OFFSET: u32 = 20;
/// V8's limit of a string's length; beyond it "Invalid string length" is thrown.
pub const MAX_LENGTH: usize = 0x1FFF_FFE8;
/// Substrings shorter than this many bytes are copied: a slice's cell takes 32.
const SLICE_MIN_BYTES: usize = 64;
/// Set in META of atoms.
pub const META_ATOM: u32 = 1 << 28;

/// The units of a string word. Immediate text is read inside `word` itself.
pub fn chars(cx: Cx, word: &Word) -> Chars<'_> {
    if tag(*word) == TAG_SMALL_STRING {
        let len = small_len(*word);
        // SAFETY: the word's low bytes are the text, first byte lowest, at most 5.
        return Chars::Latin1(unsafe { std::slice::from_raw_parts((word as *const Word).cast(), len) });
    }
    let id = *word as u32;
    let (owner, offset) = owner(cx, id);
    units_at(cx, owner, offset, cx.read::<u32>(id, LEN) as usize, is_wide(cx, id))
}

/// As `chars`, for a heap string whose life the caller vouches for by using it only during the call.
fn units_at<'a>(cx: Cx, owner: u32, offset: u32, len: usize, wide: bool) -> Chars<'a> {
    let data = cx.addr(owner, DATA);
    // SAFETY: live strings have `len` initialised units at the offset of their owner, and
    // nothing is freed during a call.
    unsafe {
        if wide {
            Chars::Utf16(std::slice::from_raw_parts(data.cast::<u16>().add(offset as usize), len))
        } else {
            Chars::Latin1(std::slice::from_raw_parts(data.add(offset as usize), len))
        }
    }
}

fn small_len(word: Word) -> usize {
    ((word >> SMALL_STRING_LEN_SHIFT) & 0xFF) as usize
}

/// The object that holds a heap string's units, and where they start in it.
pub fn owner(cx: Cx, id: u32) -> (u32, u32) {
    if cx.shape(id) == SHAPE_STR_SLICE { (cx.read(id, BUFFER), cx.read(id, OFFSET)) } else { (id, 0) }
}

pub fn is_wide(cx: Cx, id: u32) -> bool {
    cx.meta(id) & META_UTF16 != 0
}

/// Length in code units.
pub fn len(cx: Cx, word: Word) -> usize {
    if tag(word) == TAG_SMALL_STRING { small_len(word) } else { cx.read::<u32>(word as u32, LEN) as usize }
}

/// The code unit at `index`.
pub fn unit_at(cx: Cx, word: Word, index: usize) -> Option<u16> {
    chars(cx, &word).get(index)
}

fn flat(cx: Cx, len: usize, wide: bool) -> Res<u32> {
    if len > MAX_LENGTH {
        return Err(crate::error::invalid_string_length(cx));
    }
    let (bytes, meta) = if wide { (len * 2, SHAPE_STR_FLAT | META_UTF16) } else { (len, SHAPE_STR_FLAT) };
    let id = cx.alloc_uninit(DATA + bytes as u32, meta)?;
    cx.write(id, LEN, len as u32);
    cx.write(id, HASH, 0u32);
    Ok(id)
}

/// The string of Latin-1 units.
pub fn from_latin1(cx: Cx, units: &[u8]) -> Res<Word> {
    if let Some(word) = small_string(units) {
        return Ok(word);
    }
    let id = flat(cx, units.len(), false)?;
    // SAFETY: the new cell has room for the units after its header.
    unsafe { cx.addr(id, DATA).copy_from_nonoverlapping(units.as_ptr(), units.len()) };
    Ok(from_heap_string(id))
}

/// The string of Latin-1 parts of `total` units together; other parts are left out.
pub fn from_latin1_parts(cx: Cx, parts: &[Chars<'_>], total: usize) -> Res<Word> {
    let mut short = [0u8; SMALL_STRING_MAX];
    let (id, mut to) = if total <= SMALL_STRING_MAX {
        (0, short.as_mut_ptr())
    } else {
        let id = flat(cx, total, false)?;
        (id, cx.addr(id, DATA))
    };
    let mut left = total;
    for part in parts {
        if let Chars::Latin1(u) = part {
            let n = u.len().min(left);
            // SAFETY: `left` bytes of the new cell, or of the array, remain at `to`.
            unsafe {
                to.copy_from_nonoverlapping(u.as_ptr(), n);
                to = to.add(n);
            }
            left -= n;
        }
    }
    Ok(if id != 0 { from_heap_string(id) } else { small_string(&short[..total]).unwrap_or(EMPTY_STRING) })
}

/// The string of UTF-16 units, narrowed when possible.
pub fn from_utf16(cx: Cx, units: &[u16]) -> Res<Word> {
    if units.iter().all(|&u| u < 256) {
        return from_narrow_units(cx, units);
    }
    let id = flat(cx, units.len(), true)?;
    // SAFETY: the new cell has room for the units after its header.
    unsafe { cx.addr(id, DATA).cast::<u16>().copy_from_nonoverlapping(units.as_ptr(), units.len()) };
    Ok(from_heap_string(id))
}

fn from_narrow_units(cx: Cx, units: &[u16]) -> Res<Word> {
    let bytes: smallvec::SmallVec<[u8; 64]> = units.iter().map(|&u| u as u8).collect();
    from_latin1(cx, &bytes)
}

pub fn from_chars(cx: Cx, chars: Chars<'_>) -> Res<Word> {
    match chars {
        Chars::Latin1(u) => from_latin1(cx, u),
        Chars::Utf16(u) => from_utf16(cx, u),
    }
}

pub fn from_builder(cx: Cx, builder: &Builder) -> Res<Word> {
    from_chars(cx, builder.chars())
}

/// The string of a Rust text.
pub fn from_str(cx: Cx, text: &str) -> Res<Word> {
    if text.is_ascii() {
        return from_latin1(cx, text.as_bytes());
    }
    from_utf16(cx, &text.encode_utf16().collect::<Vec<u16>>())
}

/// The one-unit string, always immediate for Latin-1.
pub fn from_unit(cx: Cx, unit: u16) -> Res<Word> {
    from_utf16(cx, &[unit])
}

/// The one-unit string where it needs no allocation.
pub fn small_unit(unit: u16) -> Option<Word> {
    if unit < 256 { small_string(&[unit as u8]) } else { None }
}

pub fn from_code_point(cx: Cx, c: u32) -> Res<Word> {
    let mut b = Builder::new();
    b.push_code_point(c);
    from_builder(cx, &b)
}

/// Units `from..to` of a string, in range: copied when short, else a window.
pub fn slice(cx: Cx, word: Word, from: usize, to: usize) -> Res<Word> {
    let all = chars(cx, &word);
    if from == 0 && to == all.len() {
        return Ok(word);
    }
    if from >= to {
        return Ok(EMPTY_STRING);
    }
    let part = all.slice(from, to);
    let bytes = match part {
        Chars::Latin1(u) => u.len(),
        Chars::Utf16(u) => u.len() * 2,
    };
    if tag(word) == TAG_SMALL_STRING || bytes < SLICE_MIN_BYTES {
        return from_chars(cx, part);
    }
    let (owner, offset) = owner(cx, word as u32);
    window(cx, owner, offset + from as u32, part.len(), matches!(part, Chars::Utf16(_)))
}

/// A slice object.
pub fn window(cx: Cx, owner: u32, offset: u32, len: usize, wide: bool) -> Res<Word> {
    let meta = if wide { SHAPE_STR_SLICE | META_UTF16 } else { SHAPE_STR_SLICE };
    let id = cx.alloc_uninit(24, meta)?;
    cx.write(id, LEN, len as u32);
    cx.write(id, HASH, 0u32);
    cx.init_ref(id, BUFFER, owner);
    cx.write(id, OFFSET, offset);
    Ok(from_heap_string(id))
}

/// Equality of contents.
pub fn equals(cx: Cx, a: Word, b: Word) -> bool {
    if a == b {
        return true;
    }
    if tag(a) == TAG_SMALL_STRING || tag(b) == TAG_SMALL_STRING {
        return false;
    }
    let (ia, ib) = (a as u32, b as u32);
    if cx.read::<u32>(ia, LEN) != cx.read::<u32>(ib, LEN) {
        return false;
    }
    if cx.meta(ia) & cx.meta(ib) & META_ATOM != 0 {
        return false;
    }
    let (ha, hb) = (cx.read::<u32>(ia, HASH), cx.read::<u32>(ib, HASH));
    if ha != 0 && hb != 0 && ha != hb {
        return false;
    }
    chars(cx, &a).equals(chars(cx, &b))
}

/// Hash of the contents, never 0; cached in heap strings.
pub fn hash(cx: Cx, word: Word) -> u32 {
    if tag(word) == TAG_SMALL_STRING {
        return mix(word);
    }
    let id = word as u32;
    let cached = cx.read::<u32>(id, HASH);
    if cached != 0 {
        return cached;
    }
    let h = hash_chars(chars(cx, &word));
    cx.write(id, HASH, h);
    h
}

/// Hash of units that do not form an immediate string.
pub fn hash_chars(chars: Chars<'_>) -> u32 {
    let mut hasher = seed().build_hasher();
    match chars {
        Chars::Latin1(u) => hasher.write(u),
        Chars::Utf16(u) if chars.is_latin1() => {
            let narrow: Vec<u8> = u.iter().map(|&c| c as u8).collect();
            hasher.write(&narrow);
        }
        Chars::Utf16(u) => {
            // SAFETY: any initialised units can be read as bytes.
            hasher.write(unsafe { std::slice::from_raw_parts(u.as_ptr().cast(), u.len() * 2) });
        }
    }
    (hasher.finish() as u32).max(1)
}

/// Spreads the bits of a word, for hashes of immediates and numbers.
///
/// Small integers as doubles differ in their upper bits only, so the upper half of the
/// product matters as much as the lower one (folded multiplication, as in wyhash).
#[inline]
pub fn mix(word: u64) -> u32 {
    let product = u128::from(word ^ seed_bits()) * 0x9E37_79B9_7F4A_7C15;
    let folded = (product >> 64) as u64 ^ product as u64;
    ((folded >> 32) as u32 ^ folded as u32).max(1)
}

/// The process's seed: hashes of user keys must not be predictable.
#[inline]
fn seed_bits() -> u64 {
    static SEED: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    *SEED.get_or_init(|| std::collections::hash_map::RandomState::new().hash_one(0u8))
}

fn seed() -> foldhash::fast::FixedState {
    foldhash::fast::FixedState::with_seed(seed_bits())
}

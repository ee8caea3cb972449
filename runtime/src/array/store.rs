//! Stores of elements: making, growing, truncating.
//!
//! ```text
//! Array { store } -> Store { len, cap } element0 element1 ...
//! ```
//! Invariant: elements below `len` are initialised; the rest of the cell is anything.

use crate::error;
use crate::object::cx::*;
use ultra_abi::shape::*;
use ultra_abi::value::*;

const STORE: u32 = 8;
const LEN: u32 = 8;
const CAP: u32 = 12;
const ELEMENTS: u32 = 16;

/// Elements that fit after the first push: a cell of 48 bytes for 8-byte elements.
pub const FIRST_CAPACITY: u32 = 4;
/// ECMA-262's limit of an array's length, which the 4 GiB reach of offsets lowers for wide elements.
const MAX_BYTES: u64 = 0xFFFF_FF00;

/// Capacity for at least `needed` elements when `cap` no longer suffices.
pub fn grown_capacity(cap: u32, needed: u32) -> u32 {
    needed.max(cap.saturating_mul(2)).max(FIRST_CAPACITY)
}

/// Bytes from a store's address to element `i`.
#[inline]
pub fn offset(kind: Kind, i: u32) -> u32 {
    ELEMENTS + i * kind.size()
}

#[inline]
pub fn len(cx: Cx, store: u32) -> u32 {
    cx.read(store, LEN)
}

#[inline]
pub fn cap(cx: Cx, store: u32) -> u32 {
    cx.read(store, CAP)
}

pub fn set_len(cx: Cx, store: u32, len: u32) {
    cx.write(store, LEN, len);
}

fn bytes(cx: Cx, kind: Kind, cap: u32) -> Res<u32> {
    let bytes = ELEMENTS as u64 + cap as u64 * kind.size() as u64;
    if bytes > MAX_BYTES { Err(error::invalid_array_length(cx)) } else { Ok(bytes as u32) }
}

/// A store of zeroed elements, `len` of them in use.
pub fn new(cx: Cx, kind: Kind, len: u32, cap: u32) -> Res<u32> {
    let cap = cap.max(len);
    let id = cx.alloc(bytes(cx, kind, cap)?, store_shape(kind))?;
    cx.write(id, LEN, len);
    cx.write(id, CAP, cap);
    Ok(id)
}

/// What an element that was never written holds.
pub fn default_bits(kind: Kind) -> u64 {
    match kind {
        Kind::F64 => HOLE_F64,
        Kind::Any => HOLE,
        Kind::Str => EMPTY_STRING,
        _ => 0,
    }
}

/// An array; elements are holes, `undefined`, empty strings or 0 by kind.
pub fn new_array(cx: Cx, kind: Kind, len: u32, cap: u32) -> Res<u32> {
    let array = cx.alloc(16, array_shape(kind))?;
    let cap = cap.max(len);
    // Even an empty array has a store, so that compiled code loads lengths without a test.
    let store = new(cx, kind, len, cap)?;
    fill_default(cx, store, kind, 0, len);
    set_store(cx, array, store);
    Ok(array)
}

fn fill_default(cx: Cx, store: u32, kind: Kind, from: u32, to: u32) {
    let bits = default_bits(kind);
    for i in from..to {
        write_bits(cx, store, kind, i, bits);
    }
}

/// Writes uncounted bits of an element that holds no reference yet.
fn write_bits(cx: Cx, store: u32, kind: Kind, i: u32, bits: u64) {
    let at = offset(kind, i);
    match kind.size() {
        1 => cx.write(store, at, bits as u8),
        2 => cx.write(store, at, bits as u16),
        4 => cx.write(store, at, bits as u32),
        _ => cx.write(store, at, bits),
    }
}

/// First write of an element of a new store or beyond the length.
pub fn init_element(cx: Cx, store: u32, kind: Kind, i: u32, bits: u64) {
    match kind {
        Kind::Ref => cx.inc(bits as u32),
        Kind::Str | Kind::Any => cx.inc_word(bits),
        _ => {}
    }
    write_bits(cx, store, kind, i, bits);
}

pub fn element_kind(cx: Cx, array: u32) -> Kind {
    // The store's shape: those of arrays are in two ranges.
    Kind::ALL[(cx.shape(store_of(cx, array)) - SHAPE_STORE0) as usize]
}

/// Gives a new array its store.
pub fn set_store(cx: Cx, array: u32, store: u32) {
    cx.init_ref(array, STORE, store);
}

pub fn store_of(cx: Cx, array: u32) -> u32 {
    cx.read(array, STORE)
}

pub fn array_len(cx: Cx, array: u32) -> u32 {
    len(cx, store_of(cx, array))
}

/// Room for `needed` elements; returns the store. Length is unchanged.
pub fn reserve(cx: Cx, array: u32, needed: u32) -> Res<u32> {
    let store = store_of(cx, array);
    let old_cap = cap(cx, store);
    if needed <= old_cap {
        return Ok(store);
    }
    let kind = element_kind(cx, array);
    let new_cap = grown_capacity(old_cap, needed);
    // A large store may grow where it is.
    let size = bytes(cx, kind, new_cap).or_else(|_| bytes(cx, kind, needed))?;
    let room = (size - ELEMENTS) / kind.size();
    if size > PAGE_SIZE && cx.grow_in_place(store, size) {
        clear_spare(cx, kind, store, old_cap, room);
        cx.write(store, CAP, room);
        return Ok(store);
    }
    let count = len(cx, store);
    let new = new_uninit(cx, kind, count, room)?;
    copy_elements(cx, kind, store, 0, new, 0, count);
    clear_spare(cx, kind, new, count, room);
    if kind.is_counted() {
        if is_exclusive(cx, store) {
            // The references move: the old store gives them up with its length.
            set_len(cx, store, 0);
        } else {
            count_elements(cx, kind, new, 0, count);
        }
    }
    cx.store_ref(array, STORE, new);
    Ok(new)
}

/// Keeps the invariant that slots of a counted kind beyond the length hold no reference:
/// compiled code appends with the full barrier, which reads what the slot held.
pub fn clear_spare(cx: Cx, kind: Kind, store: u32, from: u32, to: u32) {
    if kind.is_counted() {
        let bytes = ((to - from) * kind.size()) as usize;
        // SAFETY: the range lies within the capacity of the store.
        unsafe { cx.addr(store, offset(kind, from)).write_bytes(0, bytes) };
    }
}

fn new_uninit(cx: Cx, kind: Kind, len: u32, cap: u32) -> Res<u32> {
    let id = cx.alloc_uninit(bytes(cx, kind, cap)?, store_shape(kind))?;
    cx.write(id, LEN, len);
    cx.write(id, CAP, cap);
    Ok(id)
}

/// Whether one local reference is all that leads to the store.
fn is_exclusive(cx: Cx, store: u32) -> bool {
    let rc = cx.read::<u32>(store, 0);
    rc & RC_COUNT_MASK == 1 && rc & (RC_SHARED | RC_IMMORTAL) == 0
}

/// Copies raw elements, without counting.
pub fn copy_elements(cx: Cx, kind: Kind, from: u32, at: u32, to: u32, to_at: u32, count: u32) {
    let bytes = (count * kind.size()) as usize;
    let (source, target) = (cx.addr(from, offset(kind, at)), cx.addr(to, offset(kind, to_at)));
    // SAFETY: the callers keep both ranges within the stores' capacities; they may overlap.
    unsafe { target.copy_from(source, bytes) };
}

/// Counts the references of a range that was copied raw.
pub fn count_elements(cx: Cx, kind: Kind, store: u32, from: u32, to: u32) {
    for i in from..to {
        match kind {
            Kind::Ref => cx.inc(cx.read(store, offset(kind, i))),
            Kind::Str | Kind::Any => cx.inc_word(cx.read(store, offset(kind, i))),
            _ => return,
        }
    }
}

/// Logs that the references of a range are gone.
pub fn release_elements(cx: Cx, kind: Kind, store: u32, from: u32, to: u32) {
    for i in from..to {
        match kind {
            Kind::Ref => cx.log_dec(cx.read(store, offset(kind, i))),
            Kind::Str | Kind::Any => cx.log_dec_word(cx.read(store, offset(kind, i))),
            _ => return,
        }
    }
}

/// Truncates, or extends with the kind's default.
pub fn set_array_len(cx: Cx, array: u32, new_len: u32) -> Res<()> {
    let kind = element_kind(cx, array);
    let old = array_len(cx, array);
    if new_len <= old {
        let store = store_of(cx, array);
        set_len(cx, store, new_len);
        release_elements(cx, kind, store, new_len, old);
        clear_spare(cx, kind, store, new_len, old);
        return Ok(());
    }
    let store = reserve(cx, array, new_len)?;
    fill_default(cx, store, kind, old, new_len);
    set_len(cx, store, new_len);
    Ok(())
}

/// The array with elements of kind `any`: generalises the store of another kind in place of it.
pub fn generalize(cx: Cx, array: u32) -> Res<()> {
    let kind = element_kind(cx, array);
    if kind == Kind::Any {
        return Ok(());
    }
    let old = store_of(cx, array);
    let count = len(cx, old);
    let new = new(cx, Kind::Any, 0, count)?;
    for i in 0..count {
        let word = crate::object::slot::load(cx, old, offset(kind, i), kind)?;
        init_element(cx, new, Kind::Any, i, word);
        set_len(cx, new, i + 1);
    }
    cx.store_ref(array, STORE, new);
    cx.set_meta(array, META_SHAPE_MASK, array_shape(Kind::Any));
    Ok(())
}

/// A new array of kind `any` (or another) with these bits.
pub fn array_of(cx: Cx, kind: Kind, elements: &[u64]) -> Res<u32> {
    let array = new_array(cx, kind, 0, elements.len() as u32)?;
    let store = store_of(cx, array);
    for (i, &bits) in elements.iter().enumerate() {
        init_element(cx, store, kind, i as u32, bits);
    }
    set_len(cx, store, elements.len() as u32);
    Ok(array)
}

//! The insertion-ordered hash table behind Map, Set and dictionaries, built of stores.
//!
//! ```text
//! object { entries, index, seqs, live, base, next }
//!   entries  Store<any>   key0 value0 key1 value1 ...      removed: key is ABSENT
//!   index    Store<u32>   open addressing, entry number + 1; none for small tables
//!   seqs     Store<u32>   positions of the entries, once compaction closed gaps
//! ```
//! Everything lives in the heap, so counting and tracing need no special case.
//! A *position* names an entry for iteration and never changes: without `seqs` it is
//! `base` plus the entry's number, otherwise it is looked up. So loops survive deletion,
//! insertion, clearing and compaction.
//! Invariants: the index maps every live key to its entry; entries of removed keys may
//! still be in the index, and match nothing.

use crate::array::store;
use crate::object::bigint;
use crate::object::cx::*;
use crate::object::value::{self, Num};
use crate::string::heap;
use ultra_abi::shape::{SHAPE_DICTIONARY, SHAPE_MAP, SHAPE_SET};
use ultra_abi::value::*;

pub const TABLE_SIZE: u32 = 32;
const ENTRIES: u32 = 8;
const INDEX: u32 = 12;
const SEQS: u32 = 16;
const LIVE: u32 = 20;
const BASE: u32 = 24;
const NEXT: u32 = 28;

/// Entries of a new table, and up to how many no index is kept: comparing a few words is faster.
const SMALL: u32 = 8;

/// A Map, a Set or a dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table(pub u32);

/// A new empty table object with one of the table shapes.
pub fn new(cx: Cx, shape: u32) -> Res<Table> {
    debug_assert!(matches!(shape, SHAPE_MAP | SHAPE_SET | SHAPE_DICTIONARY));
    Ok(Table(cx.alloc(TABLE_SIZE, shape)?))
}

/// Makes an existing object, whose slots the caller emptied, a table.
pub fn init(cx: Cx, id: u32) -> Table {
    for offset in (ENTRIES..TABLE_SIZE).step_by(4) {
        cx.write(id, offset, 0u32);
    }
    Table(id)
}

/// Hash of a key: equal for keys that are the same value.
fn hash_key(cx: Cx, key: Word) -> u32 {
    if is_double(key) {
        return heap::mix(key);
    }
    if is_string(key) {
        return heap::hash(cx, key);
    }
    match value::numeric(cx, key) {
        Some(Num::F64(x)) => hash_f64(x),
        Some(Num::I64(v)) if v as f64 as i128 == v as i128 => hash_f64(v as f64),
        Some(Num::U64(v)) if v as f64 as i128 == v as i128 => hash_f64(v as f64),
        Some(Num::I64(v)) => heap::mix(v as u64),
        Some(Num::U64(v)) => heap::mix(v),
        None if bigint::is(key) => bigint::hash(cx, key),
        None => heap::mix(key),
    }
}

/// As that of the word of the double, which is never -0 here.
fn hash_f64(x: f64) -> u32 {
    heap::mix(from_f64(x))
}

/// A key as tables keep it: numbers are doubles where they can be, and -0 is 0.
fn normal(key: Word) -> Word {
    match number_of(key) {
        Some(x) => from_f64(x + 0.0),
        None => key,
    }
}

/// Whether a kept key is a normal one.
#[inline]
fn same_key(cx: Cx, kept: Word, key: Word) -> bool {
    if kept == key {
        return true;
    }
    // Equal doubles have equal bits, but an integer in a box can equal a double.
    if is_double(key) && is_double(kept) {
        return false;
    }
    same_but_other_word(cx, kept, key)
}

#[inline(never)]
fn same_but_other_word(cx: Cx, kept: Word, key: Word) -> bool {
    match tag(kept) {
        TAG_STRING => tag(key) == TAG_STRING && heap::equals(cx, kept, key),
        TAG_SMALL_STRING | TAG_OBJECT | TAG_MISC => false,
        _ => value::same_value_zero(cx, kept, key),
    }
}

impl Table {
    fn entries(self, cx: Cx) -> u32 {
        cx.read(self.0, ENTRIES)
    }

    /// Entry numbers in use, removed ones included.
    pub fn used(self, cx: Cx) -> u32 {
        match self.entries(cx) {
            0 => 0,
            entries => store::len(cx, entries) / 2,
        }
    }

    /// Number of live entries.
    pub fn len(self, cx: Cx) -> u32 {
        cx.read(self.0, LIVE)
    }

    pub fn is_empty(self, cx: Cx) -> bool {
        self.len(cx) == 0
    }

    fn set_len(self, cx: Cx, live: u32) {
        cx.write(self.0, LIVE, live);
    }

    /// Key of an entry number; ABSENT when removed.
    pub fn key(self, cx: Cx, entry: u32) -> Word {
        cx.read(self.entries(cx), store::offset(Kind::Any, entry * 2))
    }

    /// Value of an entry number.
    pub fn value(self, cx: Cx, entry: u32) -> Word {
        cx.read(self.entries(cx), store::offset(Kind::Any, entry * 2 + 1))
    }

    pub fn set_value(self, cx: Cx, entry: u32, value: Word) {
        cx.store_word(self.entries(cx), store::offset(Kind::Any, entry * 2 + 1), value);
    }

    /// Live entry numbers in insertion order.
    pub fn live(self, cx: Cx) -> impl Iterator<Item = u32> {
        (0..self.used(cx)).filter(move |&e| self.key(cx, e) != ABSENT)
    }

    /// Entry number of a key.
    pub fn find(self, cx: Cx, key: Word) -> Option<u32> {
        let key = normal(key);
        match cx.read::<u32>(self.0, INDEX) {
            0 => self.find_small(cx, key),
            index => self.find_hashed(cx, index, key, hash_key(cx, key)),
        }
    }

    fn find_small(self, cx: Cx, key: Word) -> Option<u32> {
        (0..self.used(cx)).find(|&e| same_key(cx, self.key(cx, e), key))
    }

    fn find_hashed(self, cx: Cx, index: u32, key: Word, hash: u32) -> Option<u32> {
        let entries = self.entries(cx);
        let mask = store::len(cx, index) - 1;
        let mut at = hash & mask;
        loop {
            let entry = cx.read::<u32>(index, store::offset(Kind::U32, at));
            if entry == 0 {
                return None;
            }
            let kept = cx.read(entries, store::offset(Kind::Any, (entry - 1) * 2));
            if same_key(cx, kept, key) {
                return Some(entry - 1);
            }
            at = (at + 1) & mask;
        }
    }

    pub fn get(self, cx: Cx, key: Word) -> Option<Word> {
        self.find(cx, key).map(|e| self.value(cx, e))
    }

    /// Sets the value of a key, adding the key at the end when it is new.
    pub fn set(self, cx: Cx, key: Word, value: Word) -> Res<()> {
        let key = normal(key);
        let index = cx.read::<u32>(self.0, INDEX);
        let (hash, entry) = if index == 0 {
            (None, self.find_small(cx, key))
        } else {
            let hash = hash_key(cx, key);
            (Some(hash), self.find_hashed(cx, index, key, hash))
        };
        match entry {
            Some(entry) => {
                self.set_value(cx, entry, value);
                Ok(())
            }
            None => self.append(cx, key, value, hash),
        }
    }

    /// Adds a key that is not in the table.
    fn append(self, cx: Cx, key: Word, value: Word, hash: Option<u32>) -> Res<()> {
        let entries = self.entries(cx);
        if entries == 0 || store::len(cx, entries) == store::cap(cx, entries) {
            self.make_room(cx)?;
        }
        let entries = self.entries(cx);
        let entry = store::len(cx, entries) / 2;
        cx.store_word(entries, store::offset(Kind::Any, entry * 2), key);
        cx.store_word(entries, store::offset(Kind::Any, entry * 2 + 1), value);
        store::set_len(cx, entries, entry * 2 + 2);
        let seq = cx.read::<u32>(self.0, NEXT);
        cx.write(self.0, NEXT, seq + 1);
        let seqs = cx.read::<u32>(self.0, SEQS);
        if seqs != 0 {
            cx.write(seqs, store::offset(Kind::U32, entry), seq);
        }
        self.set_len(cx, self.len(cx) + 1);
        let index = cx.read::<u32>(self.0, INDEX);
        if index != 0 {
            insert_index(cx, index, hash.unwrap_or_else(|| hash_key(cx, key)), entry);
        }
        Ok(())
    }

    /// Replaces the entries by a store with room: compact when much was removed, else of double size.
    fn make_room(self, cx: Cx) -> Res<()> {
        let (used, live) = (self.used(cx), self.len(cx));
        let compact = live < used - used / 4;
        let cap = if compact { (live * 2).max(SMALL) } else { (used * 2).max(SMALL) };
        let new = store::new(cx, Kind::Any, 0, cap * 2)?;
        let old_seqs = cx.read::<u32>(self.0, SEQS);
        let needs_seqs = old_seqs != 0 || compact;
        let seqs = if needs_seqs { store::new(cx, Kind::U32, cap, cap)? } else { 0 };
        let index =
            if cap > SMALL { store::new(cx, Kind::U32, (cap * 2).next_power_of_two(), 0)? } else { 0 };
        let mut to = 0;
        for entry in 0..used {
            let key = self.key(cx, entry);
            if compact && key == ABSENT {
                continue;
            }
            cx.init_word(new, store::offset(Kind::Any, to * 2), key);
            cx.init_word(new, store::offset(Kind::Any, to * 2 + 1), self.value(cx, entry));
            if seqs != 0 {
                cx.write(seqs, store::offset(Kind::U32, to), self.seq(cx, entry));
            }
            if index != 0 && key != ABSENT {
                insert_index(cx, index, hash_key(cx, key), to);
            }
            to += 1;
        }
        store::set_len(cx, new, to * 2);
        cx.store_ref(self.0, ENTRIES, new);
        cx.store_ref(self.0, INDEX, index);
        cx.store_ref(self.0, SEQS, seqs);
        Ok(())
    }

    /// Removes a key; whether it was there.
    pub fn delete(self, cx: Cx, key: Word) -> bool {
        let Some(entry) = self.find(cx, key) else { return false };
        let entries = self.entries(cx);
        cx.store_word(entries, store::offset(Kind::Any, entry * 2), ABSENT);
        cx.store_word(entries, store::offset(Kind::Any, entry * 2 + 1), UNDEFINED);
        self.set_len(cx, self.len(cx) - 1);
        true
    }

    pub fn clear(self, cx: Cx) {
        cx.store_ref(self.0, ENTRIES, 0);
        cx.store_ref(self.0, INDEX, 0);
        cx.store_ref(self.0, SEQS, 0);
        self.set_len(cx, 0);
        cx.write(self.0, BASE, cx.read::<u32>(self.0, NEXT));
    }

    /// Position of an entry number.
    fn seq(self, cx: Cx, entry: u32) -> u32 {
        match cx.read::<u32>(self.0, SEQS) {
            0 => cx.read::<u32>(self.0, BASE) + entry,
            seqs => cx.read(seqs, store::offset(Kind::U32, entry)),
        }
    }

    /// First entry number whose position is at least `position`.
    fn entry_from(self, cx: Cx, position: u32) -> u32 {
        let used = self.used(cx);
        if cx.read::<u32>(self.0, SEQS) == 0 {
            return position.saturating_sub(cx.read(self.0, BASE)).min(used);
        }
        let (mut low, mut high) = (0, used);
        while low < high {
            let middle = (low + high) / 2;
            if self.seq(cx, middle) < position {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The entry number at a position, unless removed.
    pub fn at(self, cx: Cx, position: u32) -> Option<u32> {
        let entry = self.entry_from(cx, position);
        (entry < self.used(cx) && self.seq(cx, entry) == position && self.key(cx, entry) != ABSENT)
            .then_some(entry)
    }

    /// The first position at or after `position` that holds an entry.
    pub fn next_position(self, cx: Cx, position: u32) -> Option<u32> {
        let from = self.entry_from(cx, position);
        (from..self.used(cx)).find(|&e| self.key(cx, e) != ABSENT).map(|e| self.seq(cx, e))
    }

    /// Positions given out so far.
    pub fn positions(self, cx: Cx) -> u32 {
        cx.read(self.0, NEXT)
    }
}

fn insert_index(cx: Cx, index: u32, hash: u32, entry: u32) {
    let mask = store::len(cx, index) - 1;
    let mut at = hash & mask;
    while cx.read::<u32>(index, store::offset(Kind::U32, at)) != 0 {
        at = (at + 1) & mask;
    }
    cx.write(index, store::offset(Kind::U32, at), entry + 1);
}

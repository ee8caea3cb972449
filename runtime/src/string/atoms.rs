//! The atom table: one immortal string per contents, for literals and property names.
//!
//! Sharded by hash and insert-only; two atoms are equal when their words are. Short
//! Latin-1 texts are immediate words and need no entry.

use crate::object::cx::{Cx, Res, Word};
use crate::string::chars::{Builder, Chars};
use crate::string::heap;
use hashbrown::HashTable;
use std::sync::Mutex;
use ultra_abi::shape::*;
use ultra_abi::value::*;

/// A power of two well above the number of cores.
const SHARDS: usize = 16;

#[derive(Debug)]
pub struct Atoms {
    shards: [Mutex<HashTable<(u32, u32)>>; SHARDS],
}

impl Default for Atoms {
    fn default() -> Atoms {
        Atoms { shards: std::array::from_fn(|_| Mutex::new(HashTable::new())) }
    }
}

impl Atoms {
    fn shard(&self, hash: u32) -> std::sync::MutexGuard<'_, HashTable<(u32, u32)>> {
        let shard = &self.shards[hash as usize % SHARDS];
        // A panic cannot leave a shard half written: entries are inserted whole.
        shard.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Atoms in the table.
    pub fn len(&self) -> usize {
        (0..SHARDS).map(|i| self.shard(i as u32).len()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A text of at most 5 Latin-1 units as a word.
fn immediate(chars: Chars<'_>) -> Option<Word> {
    if chars.len() > SMALL_STRING_MAX || !chars.is_latin1() {
        return None;
    }
    let bytes: smallvec::SmallVec<[u8; 8]> = chars.units().map(|u| u as u8).collect();
    small_string(&bytes)
}

/// The atom with these units, made if there is none.
pub fn intern(cx: Cx, chars: Chars<'_>) -> Res<Word> {
    if let Some(word) = immediate(chars) {
        return Ok(word);
    }
    let hash = heap::hash_chars(chars);
    let atoms = &cx.library().atoms;
    let mut shard = atoms.shard(hash);
    if let Some(&(_, id)) = shard.find(hash as u64, |&(h, id)| h == hash && same(cx, id, chars)) {
        return Ok(from_heap_string(id));
    }
    let word = heap::from_chars(cx, chars)?;
    let id = word as u32;
    cx.write(id, heap::HASH, hash);
    cx.set_meta(id, 0, heap::META_ATOM);
    cx.write(id, 0, cx.read::<u32>(id, 0) | RC_IMMORTAL);
    shard.insert_unique(hash as u64, (hash, id), |&(h, _)| h as u64);
    Ok(word)
}

fn same(cx: Cx, id: u32, chars: Chars<'_>) -> bool {
    let word = from_heap_string(id);
    heap::chars(cx, &word).equals(chars)
}

/// The atom with these units, if there is one.
pub fn find(cx: Cx, chars: Chars<'_>) -> Option<Word> {
    if let Some(word) = immediate(chars) {
        return Some(word);
    }
    let hash = heap::hash_chars(chars);
    let shard = cx.library().atoms.shard(hash);
    shard.find(hash as u64, |&(h, id)| h == hash && same(cx, id, chars)).map(|&(_, id)| from_heap_string(id))
}

pub fn is_atom(cx: Cx, word: Word) -> bool {
    tag(word) == TAG_SMALL_STRING || cx.meta(word as u32) & heap::META_ATOM != 0
}

/// The atom with the contents of a string.
pub fn intern_word(cx: Cx, word: Word) -> Res<Word> {
    if is_atom(cx, word) { Ok(word) } else { intern(cx, heap::chars(cx, &word)) }
}

/// The atom with the contents of a string, if there is one.
pub fn find_word(cx: Cx, word: Word) -> Option<Word> {
    if is_atom(cx, word) { Some(word) } else { find(cx, heap::chars(cx, &word)) }
}

/// The atom of a Rust text.
pub fn intern_str(cx: Cx, text: &str) -> Res<Word> {
    let mut b = Builder::new();
    b.push_str(text);
    intern(cx, b.chars())
}

//! Symbols: primitive values that name properties.
//!
//! A symbol is an immortal box that holds its number in the library's table. As a property
//! key it is the string `@@name` for the well-known ones and `@@:number:description` for
//! others, so that objects need one kind of key; loops over keys leave such strings out.

use crate::object::cx::*;
use crate::string::{atoms, heap};
use ultra_abi::shape::{RC_IMMORTAL, SHAPE_BOX64};
use ultra_abi::value::*;

/// What every key of a symbol starts with.
const PREFIX: &str = "@@";

/// One symbol: its word, description, key as a property, and whether `Symbol.for` made it.
#[derive(Debug)]
pub struct Symbol {
    word: Word,
    description: Option<Box<str>>,
    key: Word,
    registered: bool,
}

pub fn is(word: Word) -> bool {
    tag(word) == TAG_BOX && (word >> 32) & 0xFFFF == BOX_SYMBOL
}

fn of(cx: Cx, word: Word) -> &'static Symbol {
    let index = cx.read::<u64>(word as u32, 8) as usize;
    &cx.library().symbols[index]
}

fn add(cx: Cx, description: Option<String>, key: String, registered: bool) -> Res<Word> {
    let id = cx.alloc_uninit(16, SHAPE_BOX64)?;
    let list = &mut cx.library().symbols;
    cx.write(id, 8, list.len() as u64);
    cx.write(id, 0, cx.read::<u32>(id, 0) | RC_IMMORTAL);
    let word = TAG_BOX << TAG_SHIFT | BOX_SYMBOL << 32 | id as u64;
    let key = atoms::intern_str(cx, &key)?;
    cx.library().symbols.push(Symbol { word, description: description.map(Into::into), key, registered });
    Ok(word)
}

/// `Symbol(description)`.
pub fn new(cx: Cx, description: Option<String>) -> Res<Word> {
    let n = cx.library().symbols.len();
    let key = format!("{PREFIX}:{n}:{}", description.as_deref().unwrap_or(""));
    add(cx, description, key, false)
}

/// `Symbol.for(key)`.
pub fn registered(cx: Cx, name: &str) -> Res<Word> {
    let same = |s: &&Symbol| s.registered && s.description.as_deref() == Some(name);
    if let Some(s) = cx.library().symbols.iter().find(same) {
        return Ok(s.word);
    }
    let n = cx.library().symbols.len();
    add(cx, Some(name.into()), format!("{PREFIX}:{n}:{name}"), true)
}

/// `Symbol.iterator` and its like, by name.
pub fn well_known(cx: Cx, name: &str) -> Res<Word> {
    let key = format!("{PREFIX}{name}");
    let atom = atoms::intern_str(cx, &key)?;
    if let Some(s) = cx.library().symbols.iter().find(|s| s.key == atom) {
        return Ok(s.word);
    }
    add(cx, Some(format!("Symbol.{name}")), key, false)
}

/// The name that `Symbol.for` gave, if it made the symbol.
pub fn key_for(cx: Cx, word: Word) -> Option<&'static str> {
    let s = of(cx, word);
    if s.registered { s.description.as_deref() } else { None }
}

pub fn description(cx: Cx, word: Word) -> Option<&'static str> {
    of(cx, word).description.as_deref()
}

/// `Symbol(description)`, as symbols are printed.
pub fn text(cx: Cx, word: Word) -> String {
    format!("Symbol({})", description(cx, word).unwrap_or(""))
}

/// The property key that a symbol stands for.
pub fn key(cx: Cx, word: Word) -> Word {
    of(cx, word).key
}

/// Whether a property key is that of a symbol.
pub fn is_key(cx: Cx, key: Word) -> bool {
    let chars = heap::chars(cx, &key);
    chars.len() > 2 && chars.at(0) == u16::from(b'@') && chars.at(1) == u16::from(b'@')
}

/// The symbol behind a property key.
pub fn from_key(cx: Cx, key: Word) -> Res<Option<Word>> {
    if !is_key(cx, key) {
        return Ok(None);
    }
    if let Some(s) = cx.library().symbols.iter().find(|s| s.key == key) {
        return Ok(Some(s.word));
    }
    let text = heap::chars(cx, &key).to_utf8();
    well_known(cx, &text[PREFIX.len()..]).map(Some)
}

//! JSON.stringify of values without user code (no toJSON, no replacer).
//!
//! One pass over the value with an explicit list of the open containers, which finds
//! cycles and names the way to them in the error as V8 does.

use crate::array::ops;
use crate::array::store;
use crate::array::typed;
use crate::console::inspect;
use crate::convert::int::to_int32;
use crate::error;
use crate::object::cx::*;
use crate::object::property;
use crate::object::value::{self, Num};
use crate::string::chars::{Builder, Chars};
use crate::string::heap;
use ultra_abi::shape::ObjKind;
use ultra_abi::value::*;

/// Nesting beyond which a RangeError is thrown: the native stack is finite.
pub const MAX_DEPTH: usize = 2000;

struct Writer {
    cx: Cx,
    out: Builder,
    indent: String,
    /// Open containers and the key under which each was reached.
    open: Vec<(u32, Key)>,
}

#[derive(Clone)]
enum Key {
    Root,
    Index(u32),
    Name(String),
}

/// `JSON.stringify(value, undefined, indent)`; `undefined` for what JSON cannot say.
pub fn stringify(cx: Cx, word: Word, indent: Word) -> Res<Word> {
    let mut w = Writer { cx, out: Builder::new(), indent: indent_text(cx, indent), open: Vec::new() };
    if !w.is_serializable(word) {
        return Ok(UNDEFINED);
    }
    w.value(word, Key::Root)?;
    heap::from_builder(cx, &w.out)
}

fn indent_text(cx: Cx, indent: Word) -> String {
    if is_string(indent) {
        let chars = heap::chars(cx, &indent);
        return chars.slice(0, chars.len().min(10)).to_utf8();
    }
    match value::numeric(cx, indent) {
        Some(n) => " ".repeat(to_int32(n.as_f64()).clamp(0, 10) as usize),
        None => String::new(),
    }
}

/// Appends a JSON string literal.
pub fn quote(out: &mut Builder, chars: Chars<'_>) {
    out.push_unit(b'"' as u16);
    let plain = |u: u16| u >= 0x20 && u != 0x22 && u != 0x5C && !(0xD800..0xE000).contains(&u);
    let mut i = 0;
    while i < chars.len() {
        let run = (i..chars.len()).take_while(|&k| plain(chars.at(k))).count();
        out.push(chars.slice(i, i + run));
        i += run;
        if i < chars.len() {
            i += escape(out, chars, i);
        }
    }
    out.push_unit(b'"' as u16);
}

/// Appends the escaped unit(s) at `i`; how many units were taken.
fn escape(out: &mut Builder, chars: Chars<'_>, i: usize) -> usize {
    let (c, n) = chars.code_point(i);
    match c {
        0x08 => out.push_str("\\b"),
        0x09 => out.push_str("\\t"),
        0x0A => out.push_str("\\n"),
        0x0C => out.push_str("\\f"),
        0x0D => out.push_str("\\r"),
        0x22 => out.push_str("\\\""),
        0x5C => out.push_str("\\\\"),
        0x10000.. => out.push_code_point(c),
        _ => out.push_str(&format!("\\u{c:04x}")),
    }
    n
}

impl Writer {
    fn is_serializable(&self, word: Word) -> bool {
        match object_of(word) {
            Some(id) => self.cx.kind(id) != ObjKind::Closure,
            None => !matches!(value::type_of(self.cx, word), "undefined" | "symbol"),
        }
    }

    fn value(&mut self, word: Word, key: Key) -> Res<()> {
        let cx = self.cx;
        if is_string(word) {
            quote(&mut self.out, heap::chars(cx, &word));
            return Ok(());
        }
        match value::numeric(cx, word) {
            Some(Num::F64(x)) if !x.is_finite() => self.out.push_str("null"),
            Some(n) => self.out.push_bytes(&value::num_text(n)),
            None => match object_of(word) {
                Some(id) => return self.object(id, key),
                None if crate::object::bigint::is(word) => {
                    return Err(error::type_error(cx, "Do not know how to serialize a BigInt"));
                }
                None if word == TRUE => self.out.push_str("true"),
                None if word == FALSE => self.out.push_str("false"),
                None => self.out.push_str("null"),
            },
        }
        Ok(())
    }

    fn object(&mut self, id: u32, key: Key) -> Res<()> {
        if let Some(at) = self.open.iter().position(|&(o, _)| o == id) {
            return Err(self.circular(at, key));
        }
        if self.open.len() >= MAX_DEPTH || self.cx.stack_is_low() {
            return Err(error::stack_overflow(self.cx));
        }
        if self.out.len() > heap::MAX_LENGTH {
            return Err(error::invalid_string_length(self.cx));
        }
        self.open.push((id, key));
        // Typed arrays are objects with indices for names.
        let is_array = self.cx.kind(id) == ObjKind::Array && !typed::is_typed(self.cx, id);
        if is_array {
            self.array(id)?
        } else {
            self.members(id)?
        }
        self.open.pop();
        Ok(())
    }

    fn array(&mut self, id: u32) -> Res<()> {
        let len = store::array_len(self.cx, id);
        self.out.push_unit(b'[' as u16);
        for i in 0..len {
            if i > 0 {
                self.out.push_unit(b',' as u16);
            }
            self.line_break();
            let word = ops::get(self.cx, id, i)?;
            let word = if self.is_serializable(word) { word } else { NULL };
            self.value(word, Key::Index(i))?;
        }
        self.close(len > 0, b']');
        Ok(())
    }

    fn members(&mut self, id: u32) -> Res<()> {
        self.out.push_unit(b'{' as u16);
        let mut any = false;
        for name in property::own_keys(self.cx, from_object(id))? {
            let word = property::get(self.cx, from_object(id), name)?;
            if !self.is_serializable(word) {
                continue;
            }
            if any {
                self.out.push_unit(b',' as u16);
            }
            any = true;
            self.line_break();
            quote(&mut self.out, heap::chars(self.cx, &name));
            self.out.push_str(if self.indent.is_empty() { ":" } else { ": " });
            let key = if tag(word) == TAG_OBJECT {
                Key::Name(heap::chars(self.cx, &name).to_utf8())
            } else {
                Key::Root
            };
            self.value(word, key)?;
        }
        self.close(any, b'}');
        Ok(())
    }

    fn line_break(&mut self) {
        if !self.indent.is_empty() {
            let text = format!("\n{}", self.indent.repeat(self.open.len()));
            self.out.push_str(&text);
        }
    }

    fn close(&mut self, any: bool, bracket: u8) {
        if any && !self.indent.is_empty() {
            let text = format!("\n{}", self.indent.repeat(self.open.len() - 1));
            self.out.push_str(&text);
        }
        self.out.push_unit(bracket as u16);
    }

    /// The error about a cycle that `key` closes back to the container at `at`.
    fn circular(&self, at: usize, key: Key) -> Thrown {
        let step = |k: &Key| match k {
            Key::Index(i) => format!("index {i}"),
            Key::Name(n) => format!("property '{n}'"),
            Key::Root => String::new(),
        };
        let class = |id: u32| inspect::constructor_name(self.cx, id);
        let mut text = format!(
            "Converting circular structure to JSON\n    --> starting at object with constructor '{}'",
            class(self.open[at].0)
        );
        let between = &self.open[at + 1..];
        for (i, (id, k)) in between.iter().enumerate() {
            // Long ways are shown by their first two steps and the last.
            if i < 2 || i + 1 == between.len() {
                text += &format!("\n    |     {} -> object with constructor '{}'", step(k), class(*id));
            } else if i == 2 {
                text += "\n    |     ...";
            }
        }
        text += &format!("\n    --- {} closes the circle", step(&key));
        error::type_error(self.cx, &text)
    }
}

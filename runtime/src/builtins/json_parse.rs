//! JSON.parse, with V8's error messages.
//!
//! The text is read once, by recursive descent over its code units, straight into
//! objects; numbers with at most 15 digits take no detour over a decimal parser.

use crate::array::{ops, store};
use crate::builtins::json::MAX_DEPTH;
use crate::convert::parse;
use crate::error;
use crate::object::cx::*;
use crate::object::property;
use crate::string::chars::{Builder, Chars};
use crate::string::{atoms, heap};
use ultra_abi::value::*;

struct Parser<'a> {
    cx: Cx,
    text: Chars<'a>,
    at: usize,
    depth: usize,
}

/// `JSON.parse(text)`.
pub fn parse(cx: Cx, text: Word) -> Res<Word> {
    let mut p = Parser { cx, text: heap::chars(cx, &text), at: 0, depth: 0 };
    let word = p.value()?;
    p.skip_space();
    if p.at < p.text.len() {
        return Err(p.fail_at("Unexpected non-whitespace character after JSON"));
    }
    Ok(word)
}

impl Parser<'_> {
    fn peek(&self) -> u16 {
        self.text.get(self.at).unwrap_or(0)
    }

    fn is(&self, c: u8) -> bool {
        self.at < self.text.len() && self.text.at(self.at) == c as u16
    }

    fn is_digit(&self) -> bool {
        (0x30..0x3A).contains(&self.peek())
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), 0x20 | 0x09 | 0x0A | 0x0D) {
            self.at += 1;
        }
    }

    /// "message at position 3 (line 1 column 4)".
    fn fail_at(&self, message: &str) -> Thrown {
        let (mut line, mut column) = (1, 1);
        for i in 0..self.at {
            let u = self.text.at(i);
            let crlf = u == 0x0D && self.text.get(i + 1) == Some(0x0A);
            if (u == 0x0A || u == 0x0D) && !crlf {
                line += 1;
                column = 1;
            } else {
                column += 1;
            }
        }
        let at = self.at;
        error::syntax_error(self.cx, &format!("{message} at position {at} (line {line} column {column})"))
    }

    /// An unexpected token, shown with its surroundings.
    fn unexpected(&self) -> Thrown {
        const AROUND: usize = 10;
        let len = self.text.len();
        if self.at >= len {
            return error::syntax_error(self.cx, "Unexpected end of JSON input");
        }
        match self.peek() {
            0x30..=0x39 | 0x2D => return self.fail_at("Unexpected number in JSON"),
            0x22 => return self.fail_at("Unexpected string in JSON"),
            _ => {}
        }
        if self.text.is_str("undefined") || self.text.is_str("[object Object]") {
            let whole = self.text.to_utf8();
            return error::syntax_error(self.cx, &format!("\"{whole}\" is not valid JSON"));
        }
        let (start, end) = if len <= AROUND * 2 {
            (0, len)
        } else {
            (self.at.saturating_sub(AROUND), (self.at + AROUND).min(len))
        };
        let excerpt = self.text.slice(start, end).to_utf8();
        let before = if start > 0 { "..." } else { "" };
        let after = if end < len { "..." } else { "" };
        let token = self.text.slice(self.at, self.at + 1).to_utf8();
        let message = format!("Unexpected token '{token}', {before}\"{excerpt}\"{after} is not valid JSON");
        error::syntax_error(self.cx, &message)
    }

    fn value(&mut self) -> Res<Word> {
        self.skip_space();
        match self.peek() as u8 as char {
            _ if self.peek() > 0x7F => Err(self.unexpected()),
            '{' => self.nested(Self::object),
            '[' => self.nested(Self::array),
            '"' => {
                self.at += 1;
                self.string(false)
            }
            't' => self.literal("true", TRUE),
            'f' => self.literal("false", FALSE),
            'n' => self.literal("null", NULL),
            '-' | '0'..='9' => self.number(),
            _ => Err(self.unexpected()),
        }
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Res<Word>) -> Res<Word> {
        if self.depth >= MAX_DEPTH || self.cx.stack_is_low() {
            return Err(error::stack_overflow(self.cx));
        }
        self.depth += 1;
        self.at += 1;
        let word = inner(self)?;
        self.depth -= 1;
        Ok(word)
    }

    fn literal(&mut self, text: &str, word: Word) -> Res<Word> {
        for b in text.bytes() {
            if !self.is(b) {
                return Err(self.unexpected());
            }
            self.at += 1;
        }
        Ok(word)
    }

    fn number(&mut self) -> Res<Word> {
        let start = self.at;
        if self.is(b'-') {
            self.at += 1;
            if !self.is_digit() {
                return Err(self.fail_at("No number after minus sign in JSON"));
            }
        }
        if self.is(b'0') {
            self.at += 1;
            if self.is_digit() {
                return Err(self.fail_at("Unexpected number in JSON"));
            }
        }
        self.digits();
        if self.is(b'.') {
            self.at += 1;
            if !self.is_digit() {
                return Err(self.fail_at("Unterminated fractional number in JSON"));
            }
            self.digits();
        }
        if self.is(b'e') || self.is(b'E') {
            self.at += 1;
            if self.is(b'+') || self.is(b'-') {
                self.at += 1;
            }
            if !self.is_digit() {
                return Err(self.fail_at("Exponent part is missing a number in JSON"));
            }
            self.digits();
        }
        let x = match self.text.slice(start, self.at) {
            Chars::Latin1(u) => parse::parse_float(u),
            Chars::Utf16(u) => parse::parse_float(u),
        };
        Ok(from_f64(x))
    }

    fn digits(&mut self) {
        while self.is_digit() {
            self.at += 1;
        }
    }

    /// The rest of a string literal; property names become atoms.
    fn string(&mut self, name: bool) -> Res<Word> {
        let start = self.at;
        let plain = |u: u16| u != 0x22 && u != 0x5C && u >= 0x20;
        let rest = self.text.slice(start, self.text.len());
        let run = match rest {
            Chars::Latin1(u) => u.iter().position(|&b| !plain(b as u16)),
            Chars::Utf16(u) => u.iter().position(|&c| !plain(c)),
        };
        self.at = run.map_or(self.text.len(), |n| start + n);
        if self.is(b'"') {
            let part = self.text.slice(start, self.at);
            self.at += 1;
            return if name { atoms::intern(self.cx, part) } else { heap::from_chars(self.cx, part) };
        }
        let mut out = Builder::new();
        out.push(self.text.slice(start, self.at));
        loop {
            if self.at >= self.text.len() {
                return Err(self.fail_at("Unterminated string in JSON"));
            }
            let unit = self.peek();
            match unit {
                0x22 => break,
                0x5C => self.escape(&mut out)?,
                0..=0x1F => return Err(self.fail_at("Bad control character in string literal in JSON")),
                _ => {
                    out.push_unit(unit);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        if name { atoms::intern(self.cx, out.chars()) } else { heap::from_builder(self.cx, &out) }
    }

    fn escape(&mut self, out: &mut Builder) -> Res<()> {
        self.at += 1;
        if self.at >= self.text.len() {
            return Err(self.unexpected());
        }
        let unit = match self.peek() {
            0x22 => 0x22,
            0x5C => 0x5C,
            0x2F => 0x2F,
            0x62 => 0x08,
            0x66 => 0x0C,
            0x6E => 0x0A,
            0x72 => 0x0D,
            0x74 => 0x09,
            0x75 => {
                let mut value = 0;
                for _ in 0..4 {
                    self.at += 1;
                    let digit = char::from_u32(self.peek() as u32).and_then(|c| c.to_digit(16));
                    match digit {
                        Some(d) => value = value * 16 + d,
                        None => return Err(self.fail_at("Bad Unicode escape in JSON")),
                    }
                }
                value as u16
            }
            _ => return Err(self.fail_at("Bad escaped character in JSON")),
        };
        out.push_unit(unit);
        self.at += 1;
        Ok(())
    }

    fn array(&mut self) -> Res<Word> {
        let array = store::new_array(self.cx, Kind::Any, 0, 0)?;
        self.skip_space();
        if self.is(b']') {
            self.at += 1;
            return Ok(from_object(array));
        }
        loop {
            let word = self.value()?;
            ops::push(self.cx, array, word)?;
            self.skip_space();
            if self.is(b']') {
                self.at += 1;
                return Ok(from_object(array));
            }
            if !self.is(b',') {
                return Err(self.fail_at("Expected ',' or ']' after array element in JSON"));
            }
            self.at += 1;
        }
    }

    fn object(&mut self) -> Res<Word> {
        let object = property::new_object(self.cx)?;
        self.skip_space();
        if self.is(b'}') {
            self.at += 1;
            return Ok(from_object(object));
        }
        let mut first = true;
        loop {
            self.skip_space();
            if !self.is(b'"') {
                let message = if first {
                    "Expected property name or '}' in JSON"
                } else {
                    "Expected double-quoted property name in JSON"
                };
                return Err(self.fail_at(message));
            }
            first = false;
            self.at += 1;
            let name = self.string(true)?;
            self.skip_space();
            if !self.is(b':') {
                return Err(self.fail_at("Expected ':' after property name in JSON"));
            }
            self.at += 1;
            let word = self.value()?;
            property::set(self.cx, from_object(object), name, word)?;
            self.skip_space();
            if self.is(b'}') {
                self.at += 1;
                return Ok(from_object(object));
            }
            if !self.is(b',') {
                return Err(self.fail_at("Expected ',' or '}' after property value in JSON"));
            }
            self.at += 1;
        }
    }
}

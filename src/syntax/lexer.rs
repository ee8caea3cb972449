//! Text to tokens, one at a time, on demand.
//!
//! What a `/` or a `}` means depends on the grammar around it, so the parser drives: it asks for
//! the next token and, where the grammar calls for it, asks to read the current one again as a
//! regular expression, as the continuation of a template, or as a single `>`.
//!
//! Invariants: `pos` is on a character boundary and never passes the end; every call advances or
//! returns `Eof`; no input makes a function here panic.

use unicode_id_start::{is_id_continue, is_id_start};

use super::ast::Span;
use super::names::{Interner, Name, names};
use super::token::{T, Token};
use crate::diag::{Diagnostic, registry as diag};

/// A comment, kept for formatting and documentation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Comment {
    /// From the opening to the end of the closing, or to the end of the line.
    pub span: Span,
    /// `/* */`
    pub is_block: bool,
}

/// The reader of one text.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    pub(super) text: &'a str,
    bytes: &'a [u8],
    pub(super) pos: usize,
    pub(super) interner: &'a mut Interner,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) comments: Vec<Comment>,
    /// `<!--` and `-->` begin comments (scripts in plain JavaScript).
    pub(super) html_comments: bool,
    /// U+0085 and U+200B are white space (TypeScript).
    pub(super) loose_space: bool,
}

const fn is_ascii_part(b: u8) -> bool {
    matches!(b, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$')
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, interner: &'a mut Interner, html_comments: bool) -> Lexer<'a> {
        let mut lexer = Lexer {
            text,
            bytes: text.as_bytes(),
            pos: 0,
            interner,
            diagnostics: Vec::new(),
            comments: Vec::new(),
            html_comments,
            loose_space: false,
        };
        if text.starts_with('\u{feff}') {
            lexer.pos = 3;
        }
        if text[lexer.pos..].starts_with("#!") {
            lexer.skip_line();
        }
        lexer
    }

    /// Goes on in another text.
    pub(super) fn resume(&mut self, text: &'a str, pos: usize) {
        (self.text, self.bytes, self.pos) = (text, text.as_bytes(), pos);
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.pos + ahead).copied().unwrap_or(0)
    }

    fn at_end(&self) -> bool {
        self.pos >= self.bytes.len()
    }

    fn char(&self) -> Option<char> {
        self.text.get(self.pos..)?.chars().next()
    }

    fn span_from(&self, start: usize) -> Span {
        Span::new(start as u32, self.pos as u32)
    }

    fn skip_line(&mut self) {
        while let Some(&b) = self.bytes.get(self.pos) {
            match b {
                b'\n' | b'\r' => break,
                0xE2 if matches!(self.bytes.get(self.pos + 1..self.pos + 3), Some([0x80, 0xA8 | 0xA9])) => {
                    break;
                }
                _ => self.pos += 1,
            }
        }
    }

    /// Skips white space and comments; returns whether a line terminator was among them.
    fn skip_trivia(&mut self, at_line_start: bool) -> bool {
        let mut newline = false;
        while let Some(&b) = self.bytes.get(self.pos) {
            match b {
                b' ' | b'\t' | 0x0B | 0x0C => self.pos += 1,
                b'\n' | b'\r' => {
                    newline = true;
                    self.pos += 1;
                }
                b'/' if self.byte(1) == b'/' => self.line_comment(),
                b'/' if self.byte(1) == b'*' => newline |= self.block_comment(),
                b'<' if self.html_comments && self.bytes[self.pos..].starts_with(b"<!--") => {
                    self.line_comment();
                }
                b'-' if self.html_comments
                    && (newline || at_line_start)
                    && self.bytes[self.pos..].starts_with(b"-->") =>
                {
                    self.line_comment();
                }
                0x80.. => match self.char() {
                    Some('\u{2028}' | '\u{2029}') => {
                        newline = true;
                        self.pos += 3;
                    }
                    Some(c)
                        if c == '\u{feff}'
                            || is_space_separator(c)
                            || (self.loose_space && matches!(c, '\u{85}' | '\u{200b}')) =>
                    {
                        self.pos += c.len_utf8()
                    }
                    _ => break,
                },
                _ => break,
            }
        }
        newline
    }

    fn line_comment(&mut self) {
        let start = self.pos;
        self.skip_line();
        let span = self.span_from(start);
        self.comments.push(Comment { span, is_block: false });
    }

    fn block_comment(&mut self) -> bool {
        let start = self.pos;
        let rest = &self.text[start + 2..];
        let length = rest.find("*/");
        let body = &rest[..length.unwrap_or(rest.len())];
        self.pos = start + 2 + body.len() + if length.is_some() { 2 } else { 0 };
        let newline = body.contains(['\n', '\r', '\u{2028}', '\u{2029}']);
        let span = self.span_from(start);
        if length.is_none() {
            self.diagnostics.push(diag::unterminated_comment(Span::new(span.start, span.start + 2)));
        }
        self.comments.push(Comment { span, is_block: true });
        newline
    }

    /// Reads the next token.
    pub(super) fn next_token(&mut self) -> Token {
        let first = self.pos == 0;
        let newline_before = self.skip_trivia(first);
        let start = self.pos;
        let mut token = Token {
            kind: T::Eof,
            newline_before,
            escaped: false,
            span: Span::empty(start as u32),
            name: names::EMPTY,
        };
        if self.at_end() {
            return token;
        }
        match self.bytes[start] {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | b'\\' | 0x80.. => self.word(&mut token),
            b'0'..=b'9' => token.kind = self.number(),
            b'.' if self.byte(1).is_ascii_digit() => token.kind = self.number(),
            quote @ (b'"' | b'\'') => {
                self.string(quote);
                token.kind = T::String;
            }
            b'`' => {
                self.pos += 1;
                token.kind = if self.template_chunk() { T::TemplateHead } else { T::Template };
            }
            b'#' => self.private_name(&mut token),
            _ => token.kind = self.punctuator(),
        }
        if token.kind == T::Invalid && self.pos == start {
            self.invalid_character();
            if self.curly_string(start) {
                token.kind = T::String;
            }
        }
        token.span = self.span_from(start);
        token
    }

    fn invalid_character(&mut self) {
        let start = self.pos;
        let Some(c) = self.char() else { return };
        self.pos += c.len_utf8();
        let shown = match c {
            ' '..='~' => format!("`{c}`"),
            c => format!("U+{:04X}", c as u32),
        };
        let span = self.span_from(start);
        let mut error = diag::unexpected_character(span, &shown);
        if let Some(plain) = plain_form(c) {
            error = error.with_fix(format!("did you mean `{plain}`?"), span, plain);
        }
        self.diagnostics.push(error);
    }

    /// After a curly quote: reads on to the closing one on the same line, as if it were a string.
    fn curly_string(&mut self, start: usize) -> bool {
        let close: &[char] = match self.text[start..].chars().next() {
            Some('\u{201c}' | '\u{201d}' | '\u{201e}') => &['\u{201c}', '\u{201d}', '"'],
            Some('\u{2018}' | '\u{2019}') => &['\u{2018}', '\u{2019}', '\''],
            _ => return false,
        };
        let line = self.text[self.pos..].split(['\n', '\r']).next().unwrap_or("");
        let Some(at) = line.find(close) else { return false };
        self.pos += at;
        self.pos += self.char().map_or(0, char::len_utf8);
        true
    }

    fn word(&mut self, token: &mut Token) {
        match self.scan_word() {
            Some((name, escaped)) => {
                token.name = name;
                token.escaped = escaped;
                token.kind = if name.is_reserved() { T::Keyword } else { T::Ident };
            }
            None => token.kind = T::Invalid,
        }
    }

    fn private_name(&mut self, token: &mut Token) {
        let start = self.pos;
        self.pos += 1;
        match self.scan_word() {
            Some((name, escaped)) => {
                token.name = name;
                token.escaped = escaped;
                token.kind = T::PrivateName;
            }
            None => {
                self.pos = start;
                token.kind = T::Invalid;
            }
        }
    }

    /// Reads an identifier name; `None` (nothing consumed) when there is none.
    fn scan_word(&mut self) -> Option<(Name, bool)> {
        let start = self.pos;
        while self.bytes.get(self.pos).is_some_and(|&b| is_ascii_part(b)) {
            self.pos += 1;
        }
        let plain_start = start < self.pos && !self.bytes[start].is_ascii_digit();
        if plain_start && !matches!(self.bytes.get(self.pos), Some(b'\\' | 0x80..)) {
            return Some((self.interner.intern(&self.text[start..self.pos]), false));
        }
        self.pos = start;
        self.scan_slow_word()
    }

    fn scan_slow_word(&mut self) -> Option<(Name, bool)> {
        let start = self.pos;
        let mut decoded = String::new();
        let mut escaped = false;
        while let Some(c) = self.char() {
            let at = self.pos;
            let c = if c == '\\' {
                self.pos += 1;
                match self.unicode_escape() {
                    Some(c) => {
                        escaped = true;
                        c
                    }
                    None => {
                        let span = Span::new(at as u32, self.pos as u32);
                        self.diagnostics.push(diag::bad_escape(span, "Unicode"));
                        decoded.push('_');
                        continue;
                    }
                }
            } else {
                self.pos += c.len_utf8();
                c
            };
            let fits = c == '$'
                || c == '_'
                || if decoded.is_empty() {
                    is_id_start(c)
                } else {
                    is_id_continue(c) || c == '\u{200c}' || c == '\u{200d}'
                };
            if fits {
                decoded.push(c);
            } else if self.bytes[at] == b'\\' {
                self.diagnostics.push(diag::bad_identifier(Span::new(at as u32, self.pos as u32)));
                decoded.push('_');
            } else {
                self.pos = at;
                break;
            }
        }
        if self.pos == start {
            return None;
        }
        Some((self.interner.intern(&decoded), escaped))
    }

    /// Reads `uXXXX` or `u{X...}` after a backslash.
    fn unicode_escape(&mut self) -> Option<char> {
        if self.byte(0) != b'u' {
            return None;
        }
        self.pos += 1;
        let braced = self.byte(0) == b'{';
        self.pos += usize::from(braced);
        let mut value = 0u32;
        let mut digits = 0;
        while let Some(d) = (self.byte(0) as char).to_digit(16) {
            value = value.saturating_mul(16).saturating_add(d);
            digits += 1;
            self.pos += 1;
            if !braced && digits == 4 {
                break;
            }
        }
        if braced {
            if self.byte(0) != b'}' || digits == 0 {
                return None;
            }
            self.pos += 1;
        } else if digits != 4 {
            return None;
        }
        char::from_u32(value)
    }

    fn digits(&mut self, radix: u32) -> usize {
        let start = self.pos;
        let mut last_separator = true;
        while !self.at_end() {
            let b = self.byte(0);
            if b == b'_' {
                if last_separator {
                    self.bad_number("a separator must stand between digits");
                }
                last_separator = true;
            } else if (b as char).is_digit(radix) {
                last_separator = false;
            } else {
                break;
            }
            self.pos += 1;
        }
        if self.pos > start && last_separator {
            self.bad_number("a separator must stand between digits");
        }
        self.pos - start
    }

    fn bad_number(&mut self, why: &str) {
        let at = self.pos as u32;
        self.diagnostics.push(diag::bad_number(Span::new(at, at + 1), why));
    }

    fn number(&mut self) -> T {
        let radix = match (self.byte(0), self.byte(1) | 0x20) {
            (b'0', b'x') => 16,
            (b'0', b'o') => 8,
            (b'0', b'b') => 2,
            _ => 10,
        };
        let mut kind = T::Number;
        if radix != 10 {
            self.pos += 2;
            if self.digits(radix) == 0 {
                self.bad_number("digits are missing");
            }
            kind = self.bigint_suffix(kind);
        } else if self.byte(0) == b'0' && matches!(self.byte(1), b'0'..=b'9' | b'_') {
            self.legacy_number();
        } else {
            let integral = self.byte(0) != b'.';
            if integral {
                self.digits(10);
            }
            if integral && self.byte(0) == b'n' {
                kind = self.bigint_suffix(kind);
            } else {
                self.fraction_and_exponent();
            }
        }
        if self
            .char()
            .is_some_and(|c| is_id_start(c) || c == '$' || c == '_' || c.is_ascii_digit() || c == '\\')
        {
            self.bad_number("a letter or digit follows directly");
            let before = self.pos;
            if self.scan_word().is_none() {
                self.pos = before;
            }
        }
        kind
    }

    fn bigint_suffix(&mut self, kind: T) -> T {
        if self.byte(0) == b'n' {
            self.pos += 1;
            return T::BigInt;
        }
        kind
    }

    /// `017` and `08`, which only sloppy code may contain; the parser checks that.
    fn legacy_number(&mut self) {
        let start = self.pos;
        while matches!(self.byte(0), b'0'..=b'9' | b'_') {
            if self.byte(0) == b'_' {
                self.bad_number("no separator may follow a leading zero");
            }
            self.pos += 1;
        }
        if self.bytes[start..self.pos].iter().any(|b| matches!(b, b'8' | b'9')) {
            self.fraction_and_exponent();
        }
    }

    fn fraction_and_exponent(&mut self) {
        if self.byte(0) == b'.' {
            self.pos += 1;
            if self.byte(0) == b'_' {
                self.bad_number("a separator must stand between digits");
            }
            self.digits(10);
        }
        if self.byte(0) | 0x20 == b'e' {
            self.pos += 1;
            if matches!(self.byte(0), b'+' | b'-') {
                self.pos += 1;
            }
            if self.digits(10) == 0 {
                self.bad_number("the exponent has no digits");
            }
        }
    }

    fn string(&mut self, quote: u8) {
        let start = self.pos;
        self.pos += 1;
        loop {
            match self.bytes.get(self.pos) {
                Some(&b) if b == quote => {
                    self.pos += 1;
                    return;
                }
                Some(b'\\') => {
                    self.pos += 1;
                    if self.byte(0) == b'\r' && self.byte(1) == b'\n' {
                        self.pos += 1;
                    }
                    self.pos += self.char().map_or(0, char::len_utf8);
                }
                None | Some(b'\n' | b'\r') => {
                    let span = Span::new(start as u32, start as u32 + 1);
                    self.diagnostics.push(diag::unterminated_string(span));
                    return;
                }
                Some(_) => self.pos += 1,
            }
        }
    }

    /// Skips to the end of a template chunk; true when it ends at `${`.
    fn template_chunk(&mut self) -> bool {
        let start = self.pos;
        loop {
            match self.bytes.get(self.pos) {
                Some(b'`') => {
                    self.pos += 1;
                    return false;
                }
                Some(b'$') if self.byte(1) == b'{' => {
                    self.pos += 2;
                    return true;
                }
                Some(b'\\') => {
                    self.pos += 1;
                    self.pos += self.char().map_or(0, char::len_utf8);
                }
                None => {
                    let at = start.saturating_sub(1) as u32;
                    self.diagnostics.push(diag::unterminated_template(Span::new(at, at + 1)));
                    return false;
                }
                Some(_) => self.pos += 1,
            }
        }
    }

    /// Reads on from the `}` that ends a substitution.
    pub(super) fn rescan_template(&mut self, brace: Token) -> Token {
        self.pos = brace.span.start as usize + 1;
        let kind = if self.template_chunk() { T::TemplateMiddle } else { T::TemplateTail };
        Token { kind, span: self.span_from(brace.span.start as usize), ..brace }
    }

    /// Reads a regular expression where `/` or `/=` was read.
    pub(super) fn rescan_regexp(&mut self, slash: Token) -> Token {
        let start = slash.span.start as usize;
        self.pos = start + 1;
        let mut in_class = false;
        loop {
            match self.char() {
                None | Some('\n' | '\r' | '\u{2028}' | '\u{2029}') => {
                    self.diagnostics.push(diag::unterminated_regexp(slash.span));
                    break;
                }
                Some('/') if !in_class => {
                    self.pos += 1;
                    self.regexp_flags();
                    break;
                }
                Some('\\') => {
                    self.pos += 1;
                    match self.char() {
                        Some('\n' | '\r' | '\u{2028}' | '\u{2029}') | None => {}
                        Some(c) => self.pos += c.len_utf8(),
                    }
                }
                Some(c) => {
                    in_class = (in_class || c == '[') && c != ']';
                    self.pos += c.len_utf8();
                }
            }
        }
        Token { kind: T::RegExp, span: self.span_from(start), ..slash }
    }

    fn regexp_flags(&mut self) {
        let start = self.pos;
        while self.char().is_some_and(|c| is_id_continue(c) || c == '$' || c == '\\') {
            self.pos += self.char().map_or(0, char::len_utf8);
        }
        let flags = &self.text[start..self.pos];
        let known = flags.bytes().all(|b| b"dgimsuvy".contains(&b));
        let mut seen = [false; 256];
        let repeated = flags.bytes().any(|b| std::mem::replace(&mut seen[b as usize], true));
        if !known || repeated || (seen[b'u' as usize] && seen[b'v' as usize]) {
            self.diagnostics.push(diag::bad_regexp_flags(self.span_from(start), flags));
        }
    }

    /// Cuts an operator that starts with `>` down to that one character.
    pub(super) fn split_greater(&mut self, token: Token) -> Token {
        self.pos = token.span.start as usize + 1;
        Token { kind: T::Gt, span: self.span_from(token.span.start as usize), ..token }
    }

    /// Cuts `<<` or `<<=` down to `<`.
    pub(super) fn split_less(&mut self, token: Token) -> Token {
        self.pos = token.span.start as usize + 1;
        Token { kind: T::Lt, span: self.span_from(token.span.start as usize), ..token }
    }

    fn punctuator(&mut self) -> T {
        let (kind, len) = punctuator(&self.bytes[self.pos..]);
        self.pos += len;
        kind
    }
}

/// The character of the language that looks like another one, as word processors produce it.
fn plain_form(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{201c}' | '\u{201d}' | '\u{ff02}' | '\u{201e}' => "\"",
        '\u{2018}' | '\u{2019}' | '\u{ff07}' => "'",
        '\u{2013}' | '\u{2014}' | '\u{2212}' => "-",
        '\u{ff1b}' | '\u{37e}' => ";",
        '\u{ff0c}' => ",",
        '\u{ff08}' => "(",
        '\u{ff09}' => ")",
        '\u{ff1a}' => ":",
        '\u{ff1d}' => "=",
        '\u{d7}' => "*",
        '\u{f7}' => "/",
        '\u{2026}' => "...",
        '\u{2264}' => "<=",
        '\u{2265}' => ">=",
        '\u{2260}' => "!==",
        '\u{21d2}' => "=>",
        _ => return None,
    })
}

/// White space outside ASCII: Unicode category Zs.
fn is_space_separator(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// The punctuator at the start of `b` and its length; `Invalid` and 0 when there is none.
pub(super) fn punctuator(b: &[u8]) -> (T, usize) {
    let at = |i: usize| b.get(i).copied().unwrap_or(0);
    let pick = |options: &[(&[u8], T)], otherwise: T| {
        for (text, kind) in options {
            if b[1..].starts_with(text) {
                return (*kind, 1 + text.len());
            }
        }
        (otherwise, 1)
    };
    match at(0) {
        b'{' => (T::LBrace, 1),
        b'}' => (T::RBrace, 1),
        b'(' => (T::LParen, 1),
        b')' => (T::RParen, 1),
        b'[' => (T::LBracket, 1),
        b']' => (T::RBracket, 1),
        b';' => (T::Semi, 1),
        b',' => (T::Comma, 1),
        b':' => (T::Colon, 1),
        b'~' => (T::Tilde, 1),
        b'@' => (T::At, 1),
        b'.' => pick(&[(b"..", T::DotDotDot)], T::Dot),
        b'?' if at(1) == b'.' && !at(2).is_ascii_digit() => (T::QuestionDot, 2),
        b'?' => pick(&[(b"?=", T::QuestionQuestionEq), (b"?", T::QuestionQuestion)], T::Question),
        b'<' => pick(&[(b"<=", T::ShlEq), (b"<", T::Shl), (b"=", T::Le)], T::Lt),
        b'>' => pick(
            &[(b">>=", T::UShrEq), (b">>", T::UShr), (b">=", T::ShrEq), (b">", T::Shr), (b"=", T::Ge)],
            T::Gt,
        ),
        b'=' => pick(&[(b"==", T::EqEqEq), (b"=", T::EqEq), (b">", T::Arrow)], T::Eq),
        b'!' => pick(&[(b"==", T::NotEqEq), (b"=", T::NotEq)], T::Bang),
        b'+' => pick(&[(b"+", T::PlusPlus), (b"=", T::PlusEq)], T::Plus),
        b'-' => pick(&[(b"-", T::MinusMinus), (b"=", T::MinusEq)], T::Minus),
        b'*' => pick(&[(b"*=", T::StarStarEq), (b"*", T::StarStar), (b"=", T::StarEq)], T::Star),
        b'/' => pick(&[(b"=", T::SlashEq)], T::Slash),
        b'%' => pick(&[(b"=", T::PercentEq)], T::Percent),
        b'&' => pick(&[(b"&=", T::AmpAmpEq), (b"&", T::AmpAmp), (b"=", T::AmpEq)], T::Amp),
        b'|' => pick(&[(b"|=", T::PipePipeEq), (b"|", T::PipePipe), (b"=", T::PipeEq)], T::Pipe),
        b'^' => pick(&[(b"=", T::CaretEq)], T::Caret),
        _ => (T::Invalid, 0),
    }
}

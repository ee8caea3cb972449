//! Finds the parenthesis that closes another, ahead of the parser.
//!
//! `(a, b) => c` and `(a, b) + c` differ only behind the closing parenthesis. Instead of parsing
//! twice, the parser asks this scanner where a parenthesis closes. One scan records every pair
//! inside the one it was asked for, so that each stretch of text is scanned once and the parser
//! stays linear even for parentheses in parentheses.
//!
//! The scanner tells a division from a regular expression by the token before it (after `)` and
//! `}` by what stood before the opening bracket), which is right for all but contrived programs;
//! those get a syntax error, never a wrong tree. Total work is bounded by a multiple of the length of the text.

use hashbrown::HashMap;

use super::lexer::punctuator;
use super::token::T;

const UNMATCHED: u32 = u32::MAX;
/// How often, on average, a byte may be scanned; two suffice unless the text is full of errors.
const BUDGET_PER_BYTE: usize = 8;

/// The pairs of one text found so far.
#[derive(Debug)]
pub(super) struct Pairs<'a> {
    bytes: &'a [u8],
    /// Offset of `(` to the offset after its `)`.
    close: HashMap<u32, u32, foldhash::fast::FixedState>,
    budget: usize,
}

/// What the previous token was, as far as a following `/` is concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Prev {
    /// The end of an operand: `/` divides.
    Operand,
    /// An operator, an opening bracket or the like: `/` starts a regular expression.
    Operator,
    /// `if`, `while`, `for`, `with`: their parentheses are no operand.
    Header,
}

#[derive(Clone, Copy)]
struct Open {
    bracket: u8,
    at: u32,
    /// What to assume after the closing bracket.
    after: Prev,
}

impl<'a> Pairs<'a> {
    pub(super) fn new(text: &'a str) -> Pairs<'a> {
        Pairs {
            bytes: text.as_bytes(),
            close: HashMap::with_hasher(foldhash::fast::FixedState::default()),
            budget: text.len().saturating_mul(BUDGET_PER_BYTE).saturating_add(1024),
        }
    }

    /// The offset after the `)` that closes the `(` at `open`.
    pub(super) fn close_of(&mut self, open: u32) -> Option<u32> {
        if let Some(&end) = self.close.get(&open) {
            return (end != UNMATCHED).then_some(end);
        }
        let end = self.scan(open);
        self.budget = self.budget.saturating_sub(end - open as usize);
        self.close.get(&open).copied().filter(|&end| end != UNMATCHED)
    }

    /// Scans from an opening parenthesis to its end, or to the end of the text; records the pairs.
    fn scan(&mut self, open: u32) -> usize {
        let mut stack: Vec<Open> = Vec::new();
        let mut prev = Prev::Operator;
        let mut i = open as usize;
        let limit = self.bytes.len().min(i.saturating_add(self.budget));
        while i < limit {
            let b = self.bytes[i];
            match b {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C => i += 1,
                b'/' if self.bytes[i + 1..].first() == Some(&b'/') => i = self.line_end(i),
                b'/' if self.bytes[i + 1..].first() == Some(&b'*') => {
                    i = memchr_pair(&self.bytes[i + 2..]).map_or(limit, |n| i + 2 + n + 2);
                }
                b'/' if prev != Prev::Operand => {
                    i = self.regexp_end(i);
                    prev = Prev::Operand;
                }
                b'"' | b'\'' => {
                    i = self.string_end(i);
                    prev = Prev::Operand;
                }
                b'`' => (i, prev) = self.template(i + 1, &mut stack),
                b'}' if stack.last().is_some_and(|o| o.bracket == b'`') => {
                    stack.pop();
                    (i, prev) = self.template(i + 1, &mut stack);
                }
                b'(' | b'[' | b'{' => {
                    let after = match (b, prev) {
                        (b'(', Prev::Header) => Prev::Operator,
                        (b'{', Prev::Operand) => Prev::Operator,
                        _ => Prev::Operand,
                    };
                    stack.push(Open { bracket: b, at: i as u32, after });
                    prev = Prev::Operator;
                    i += 1;
                }
                b')' | b']' | b'}' => {
                    i += 1;
                    prev = self.close(b, i as u32, &mut stack);
                    if stack.is_empty() {
                        return i;
                    }
                }
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | b'\\' | b'#' | 0x80.. => {
                    let end = self.word_end(i);
                    prev = classify_word(&self.bytes[i..end]);
                    i = end;
                }
                b'0'..=b'9' => {
                    i = self.word_end(i);
                    prev = Prev::Operand;
                }
                _ => {
                    let (kind, length) = punctuator(&self.bytes[i..]);
                    if !matches!(kind, T::PlusPlus | T::MinusMinus | T::Bang) {
                        prev = Prev::Operator;
                    }
                    i += length.max(1);
                }
            }
        }
        for open in stack.iter().filter(|o| o.bracket == b'(') {
            self.close.insert(open.at, UNMATCHED);
        }
        limit
    }

    fn close(&mut self, bracket: u8, end: u32, stack: &mut Vec<Open>) -> Prev {
        let wanted = match bracket {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        if !stack.iter().rev().take(64).any(|o| o.bracket == wanted) {
            return Prev::Operand;
        }
        while let Some(open) = stack.pop() {
            if open.bracket == b'(' {
                let found = if wanted == b'(' { end } else { UNMATCHED };
                self.close.insert(open.at, found);
            }
            if open.bracket == wanted {
                return open.after;
            }
        }
        Prev::Operand
    }

    fn template(&self, mut i: usize, stack: &mut Vec<Open>) -> (usize, Prev) {
        while let Some(&b) = self.bytes.get(i) {
            match b {
                b'`' => return (i + 1, Prev::Operand),
                b'\\' => i += 2,
                b'$' if self.bytes.get(i + 1) == Some(&b'{') => {
                    stack.push(Open { bracket: b'`', at: i as u32, after: Prev::Operand });
                    return (i + 2, Prev::Operator);
                }
                _ => i += 1,
            }
        }
        (i, Prev::Operand)
    }

    fn line_end(&self, i: usize) -> usize {
        self.bytes[i..].iter().position(|b| matches!(b, b'\n' | b'\r')).map_or(self.bytes.len(), |n| i + n)
    }

    fn string_end(&self, start: usize) -> usize {
        let mut i = start + 1;
        while let Some(&b) = self.bytes.get(i) {
            match b {
                b'\\' => i += 2,
                b'\n' | b'\r' => return i,
                b if b == self.bytes[start] => return i + 1,
                _ => i += 1,
            }
        }
        i
    }

    fn regexp_end(&self, start: usize) -> usize {
        let (mut i, mut in_class) = (start + 1, false);
        while let Some(&b) = self.bytes.get(i) {
            match b {
                b'\\' => i += 1,
                b'\n' | b'\r' => return i,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => return self.word_end(i + 1),
                _ => {}
            }
            i += 1;
        }
        i
    }

    fn word_end(&self, start: usize) -> usize {
        let part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'\\' | b'#' | 0x80..);
        let rest = &self.bytes[start.min(self.bytes.len())..];
        start + rest.iter().position(|b| !part(b)).unwrap_or(rest.len())
    }
}

fn memchr_pair(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|w| w == b"*/")
}

fn classify_word(word: &[u8]) -> Prev {
    match word {
        b"if" | b"while" | b"for" | b"with" => Prev::Header,
        b"return" | b"typeof" | b"instanceof" | b"in" | b"of" | b"new" | b"delete" | b"void" | b"throw"
        | b"case" | b"do" | b"else" | b"yield" | b"await" | b"default" | b"extends" | b"export" | b"go" => {
            Prev::Operator
        }
        _ => Prev::Operand,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(text: &str) -> Option<&str> {
        Pairs::new(text).close_of(0).map(|end| &text[end as usize..])
    }

    #[test]
    fn finds_the_closing_parenthesis() {
        assert_eq!(close("(a) => b"), Some(" => b"));
        assert_eq!(close("(a, ')', `)${(b)})`, /[)/]/, x / 2 / (3)) z"), Some(" z"));
        assert_eq!(close("(/* ) */ a // )\n) z"), Some(" z"));
        assert_eq!(close("((a)"), None);
        assert_eq!(close("(function () { if (a) /)/.test(b) }) z"), Some(" z"));
        assert_eq!(close("({ a: 1 } / 2 / (b)) z"), Some(" z"));
        assert_eq!(close("([)) z"), Some(") z"));
        assert_eq!(close("(a! / 2 /) z"), Some(" z"));
    }

    #[test]
    fn nested_pairs_are_scanned_once() {
        let n = 20_000;
        let text = "(".repeat(n) + &")".repeat(n);
        let mut pairs = Pairs::new(&text);
        for i in 0..n as u32 {
            assert_eq!(pairs.close_of(i), Some(2 * n as u32 - i));
        }
        assert_eq!(pairs.close.len(), n);
        assert!(pairs.budget > text.len() * (BUDGET_PER_BYTE - 2));
    }
}

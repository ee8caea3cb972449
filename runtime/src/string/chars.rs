//! String algorithms on code units, without the heap.
//!
//! `Chars` is what every string word resolves to: a run of Latin-1 bytes or of UTF-16
//! units. All positions are UTF-16 code units, as in ECMA-262. Results that need
//! memory are collected in a `Builder`, which stays Latin-1 until a wider unit comes.

use crate::convert::parse::{is_space, trim};
use core::cmp::Ordering;
use memchr::memmem;

/// Borrowed code units of a string.
#[derive(Clone, Copy, Debug)]
pub enum Chars<'a> {
    Latin1(&'a [u8]),
    Utf16(&'a [u16]),
}

/// Runs an expression over the slice of either width.
#[macro_export]
macro_rules! with_units {
    ($chars:expr, $units:ident => $body:expr) => {
        match $chars {
            $crate::string::chars::Chars::Latin1($units) => $body,
            $crate::string::chars::Chars::Utf16($units) => $body,
        }
    };
}

impl<'a> Chars<'a> {
    pub fn len(self) -> usize {
        with_units!(self, u => u.len())
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The code unit at `i`, which must be in range.
    pub fn at(self, i: usize) -> u16 {
        match self {
            Chars::Latin1(u) => u[i] as u16,
            Chars::Utf16(u) => u[i],
        }
    }

    pub fn get(self, i: usize) -> Option<u16> {
        (i < self.len()).then(|| self.at(i))
    }

    pub fn slice(self, from: usize, to: usize) -> Chars<'a> {
        match self {
            Chars::Latin1(u) => Chars::Latin1(&u[from..to]),
            Chars::Utf16(u) => Chars::Utf16(&u[from..to]),
        }
    }

    pub fn units(self) -> impl DoubleEndedIterator<Item = u16> + ExactSizeIterator + 'a {
        (0..self.len()).map(move |i| self.at(i))
    }

    /// Whether every unit is below 256.
    pub fn is_latin1(self) -> bool {
        match self {
            Chars::Latin1(_) => true,
            Chars::Utf16(u) => u.iter().all(|&c| c < 256),
        }
    }

    /// Code point at `i` (a lone surrogate stands for itself) and its length in units.
    pub fn code_point(self, i: usize) -> (u32, usize) {
        let first = self.at(i) as u32;
        if first & 0xFC00 == 0xD800
            && let Some(second) = self.get(i + 1)
            && second & 0xFC00 == 0xDC00
        {
            return (0x10000 + ((first & 0x3FF) << 10) + (second as u32 & 0x3FF), 2);
        }
        (first, 1)
    }

    /// Code points in order.
    pub fn code_points(self) -> impl Iterator<Item = u32> + 'a {
        let mut i = 0;
        std::iter::from_fn(move || {
            (i < self.len()).then(|| {
                let (c, n) = self.code_point(i);
                i += n;
                c
            })
        })
    }

    /// UTF-8 with U+FFFD for lone surrogates.
    pub fn to_utf8(self) -> String {
        let mut out = String::with_capacity(self.len());
        self.push_utf8(&mut out);
        out
    }

    pub fn push_utf8(self, out: &mut String) {
        match self {
            Chars::Latin1(u) if u.is_ascii() => out.extend(u.iter().map(|&b| b as char)),
            Chars::Latin1(u) => out.extend(u.iter().map(|&b| b as char)),
            Chars::Utf16(_) => {
                out.extend(self.code_points().map(|c| char::from_u32(c).unwrap_or('\u{FFFD}')));
            }
        }
    }

    /// Whether the contents equal an ASCII text.
    pub fn is_str(self, ascii: &str) -> bool {
        self.len() == ascii.len() && self.units().zip(ascii.bytes()).all(|(a, b)| a == b as u16)
    }

    pub fn equals(self, other: Chars<'_>) -> bool {
        match (self, other) {
            (Chars::Latin1(a), Chars::Latin1(b)) => a == b,
            (Chars::Utf16(a), Chars::Utf16(b)) => a == b,
            (Chars::Latin1(a), Chars::Utf16(b)) | (Chars::Utf16(b), Chars::Latin1(a)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(&x, &y)| x as u16 == y)
            }
        }
    }

    /// Order by code units.
    pub fn compare(self, other: Chars<'_>) -> Ordering {
        match (self, other) {
            (Chars::Latin1(a), Chars::Latin1(b)) => a.cmp(b),
            (Chars::Utf16(a), Chars::Utf16(b)) => a.cmp(b),
            _ => self.units().cmp(other.units()),
        }
    }

    /// First position at or after `from` where `needle` occurs.
    pub fn find(self, needle: Chars<'_>, from: usize) -> Option<usize> {
        let from = from.min(self.len());
        if needle.len() > self.len() - from {
            return None;
        }
        if needle.is_empty() {
            return Some(from);
        }
        match (self, needle) {
            (Chars::Latin1(h), Chars::Latin1(n)) => {
                let rest = &h[from..];
                let at = if n.len() == 1 { memchr::memchr(n[0], rest) } else { memmem::find(rest, n) };
                at.map(|i| i + from)
            }
            (Chars::Utf16(h), Chars::Utf16(n)) => find_wide(h, n, from),
            (Chars::Utf16(h), Chars::Latin1(n)) => {
                let wide: Vec<u16> = n.iter().map(|&b| b as u16).collect();
                find_wide(h, &wide, from)
            }
            (Chars::Latin1(_), Chars::Utf16(n)) => {
                if n.iter().any(|&c| c > 255) {
                    return None;
                }
                let narrow: Vec<u8> = n.iter().map(|&c| c as u8).collect();
                self.find(Chars::Latin1(&narrow), from)
            }
        }
    }

    /// Last position at or before `from` where `needle` occurs.
    pub fn rfind(self, needle: Chars<'_>, from: usize) -> Option<usize> {
        let last = self.len().checked_sub(needle.len())?.min(from);
        if let (Chars::Latin1(h), Chars::Latin1(n)) = (self, needle) {
            return memmem::rfind(&h[..last + n.len()], n);
        }
        (0..=last).rev().find(|&i| self.slice(i, i + needle.len()).equals(needle))
    }

    /// Whether `needle` occurs at position `at`.
    pub fn has_at(self, needle: Chars<'_>, at: usize) -> bool {
        at <= self.len()
            && needle.len() <= self.len() - at
            && self.slice(at, at + needle.len()).equals(needle)
    }

    /// Range without white space at the start and/or the end.
    pub fn trim_range(self, start: bool, end: bool) -> (usize, usize) {
        let len = self.len();
        let from = if start { self.units().take_while(|&u| is_space(u as u32)).count() } else { 0 };
        let tail = if end { self.units().rev().take_while(|&u| is_space(u as u32)).count() } else { 0 };
        if from == len { (len, len) } else { (from, len - tail) }
    }

    pub fn to_number(self) -> f64 {
        with_units!(self, u => crate::convert::parse::to_number(u))
    }

    /// Value as a canonical array index (no leading zeros, below 2^32 - 1).
    pub fn array_index(self) -> Option<u32> {
        let len = self.len();
        if len == 0 || len > 10 || (len > 1 && self.at(0) == b'0' as u16) {
            return None;
        }
        let mut value = 0u64;
        for u in self.units() {
            if !(0x30..0x3A).contains(&u) {
                return None;
            }
            value = value * 10 + (u - 0x30) as u64;
        }
        (value < u32::MAX as u64).then_some(value as u32)
    }

    /// Contents trimmed, as a new view.
    pub fn trimmed(self) -> Chars<'a> {
        match self {
            Chars::Latin1(u) => Chars::Latin1(trim(u)),
            Chars::Utf16(u) => Chars::Utf16(trim(u)),
        }
    }
}

/// Search in UTF-16: scan for the needle's first unit, then compare.
fn find_wide(haystack: &[u16], needle: &[u16], from: usize) -> Option<usize> {
    let first = needle[0];
    let last = haystack.len() - needle.len();
    let mut i = from;
    while i <= last {
        i += haystack[i..=last].iter().position(|&c| c == first)?;
        if &haystack[i..i + needle.len()] == needle {
            return Some(i);
        }
        i += 1;
    }
    None
}

/// Collects code units, as narrow as they allow.
#[derive(Debug, Default, Clone)]
pub struct Builder {
    narrow: Vec<u8>,
    wide: Vec<u16>,
    is_wide: bool,
}

impl Builder {
    pub fn new() -> Builder {
        Builder::default()
    }

    pub fn with_capacity(units: usize) -> Builder {
        Builder { narrow: Vec::with_capacity(units), ..Builder::default() }
    }

    pub fn len(&self) -> usize {
        if self.is_wide { self.wide.len() } else { self.narrow.len() }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn chars(&self) -> Chars<'_> {
        if self.is_wide { Chars::Utf16(&self.wide) } else { Chars::Latin1(&self.narrow) }
    }

    fn widen(&mut self) {
        if !self.is_wide {
            self.wide = self.narrow.iter().map(|&b| b as u16).collect();
            self.narrow = Vec::new();
            self.is_wide = true;
        }
    }

    pub fn push_unit(&mut self, unit: u16) {
        if self.is_wide {
            self.wide.push(unit);
        } else if unit < 256 {
            self.narrow.push(unit as u8);
        } else {
            self.widen();
            self.wide.push(unit);
        }
    }

    pub fn push_code_point(&mut self, c: u32) {
        if c < 0x10000 {
            self.push_unit(c as u16);
        } else {
            self.push_unit(0xD800 + ((c - 0x10000) >> 10) as u16);
            self.push_unit(0xDC00 + ((c - 0x10000) & 0x3FF) as u16);
        }
    }

    pub fn push(&mut self, chars: Chars<'_>) {
        match chars {
            Chars::Latin1(u) if !self.is_wide => self.narrow.extend_from_slice(u),
            Chars::Latin1(u) => self.wide.extend(u.iter().map(|&b| b as u16)),
            Chars::Utf16(u) if !self.is_wide && u.iter().all(|&c| c < 256) => {
                self.narrow.extend(u.iter().map(|&c| c as u8));
            }
            Chars::Utf16(u) => {
                self.widen();
                self.wide.extend_from_slice(u);
            }
        }
    }

    pub fn push_str(&mut self, text: &str) {
        if text.is_ascii() {
            self.push(Chars::Latin1(text.as_bytes()));
        } else {
            text.encode_utf16().for_each(|u| self.push_unit(u));
        }
    }

    pub fn push_bytes(&mut self, latin1: &[u8]) {
        self.push(Chars::Latin1(latin1));
    }
}

/// toUpperCase (full mappings, without locale).
pub fn to_upper(chars: Chars<'_>) -> Builder {
    let mut out = Builder::with_capacity(chars.len());
    if let Chars::Latin1(u) = chars
        && u.is_ascii()
    {
        out.narrow.extend(u.iter().map(u8::to_ascii_uppercase));
        return out;
    }
    for c in chars.code_points() {
        match char::from_u32(c) {
            Some(c) => c.to_uppercase().for_each(|m| out.push_code_point(m as u32)),
            None => out.push_code_point(c),
        }
    }
    out
}

/// toLowerCase (full mappings and the final sigma, without locale).
pub fn to_lower(chars: Chars<'_>) -> Builder {
    let mut out = Builder::with_capacity(chars.len());
    if let Chars::Latin1(u) = chars
        && u.is_ascii()
    {
        out.narrow.extend(u.iter().map(u8::to_ascii_lowercase));
        return out;
    }
    let points: Vec<u32> = chars.code_points().collect();
    for (i, &c) in points.iter().enumerate() {
        match char::from_u32(c) {
            Some('\u{3A3}') => out.push_code_point(if is_final_sigma(&points, i) { 0x3C2 } else { 0x3C3 }),
            Some(c) => c.to_lowercase().for_each(|m| out.push_code_point(m as u32)),
            None => out.push_code_point(c),
        }
    }
    out
}

/// Unicode's Final_Sigma condition, decided by the standard library on the
/// neighbourhood of the letter.
fn is_final_sigma(points: &[u32], at: usize) -> bool {
    let from = at.saturating_sub(32);
    let to = (at + 33).min(points.len());
    let to_char = |&c: &u32| char::from_u32(c).unwrap_or('\u{FFFD}');
    let before: String = points[from..at].iter().map(to_char).collect();
    let after: String = points[at + 1..to].iter().map(to_char).collect();
    let lower = format!("{before}\u{3A3}").to_lowercase();
    lower.ends_with('\u{3C2}') && !format!("A\u{3A3}{after}").to_lowercase().starts_with("a\u{3C3}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn narrowest(units: &[u16]) -> Builder {
        let mut b = Builder::new();
        units.iter().for_each(|&u| b.push_unit(u));
        b
    }

    fn text(b: Builder) -> String {
        b.chars().to_utf8()
    }

    fn of(s: &str) -> Builder {
        let mut b = Builder::new();
        b.push_str(s);
        b
    }

    #[test]
    fn case() {
        for (s, up, low) in [
            ("straße", "STRASSE", "straße"),
            ("ÿ", "Ÿ", "ÿ"),
            ("µ", "Μ", "µ"),
            ("ΟΔΥΣΣΕΥΣ", "ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
            ("Σ", "Σ", "σ"),
            ("ΑΣ.", "ΑΣ.", "ας."),
            ("ΑΣΑ", "ΑΣΑ", "ασα"),
            ("İ", "İ", "i̇"),
            ("ﬁ", "FI", "ﬁ"),
            ("𐐀", "𐐀", "𐐨"),
        ] {
            assert_eq!(text(to_upper(of(s).chars())), up, "{s}");
            assert_eq!(text(to_lower(of(s).chars())), low, "{s}");
        }
    }

    #[test]
    fn indices() {
        for (s, want) in [
            ("0", Some(0)),
            ("10", Some(10)),
            ("01", None),
            ("4294967294", Some(4294967294)),
            ("4294967295", None),
            ("", None),
            ("-1", None),
            ("1.5", None),
        ] {
            assert_eq!(of(s).chars().array_index(), want, "{s}");
        }
    }

    proptest! {
        #[test]
        fn search_agrees_with_windows(
            h in prop::collection::vec(prop::sample::select(vec![97u16, 98, 0x100, 0xE9]), 0..40),
            n in prop::collection::vec(prop::sample::select(vec![97u16, 98, 0x100, 0xE9]), 0..4),
            from in 0usize..45,
        ) {
            let (hb, nb) = (narrowest(&h), narrowest(&n));
            let at = |i: usize| i + n.len() <= h.len() && h[i..i + n.len()] == n[..];
            let start = from.min(h.len());
            let first = (start..=h.len()).find(|&i| at(i));
            let last = (0..=from.min(h.len())).rev().find(|&i| at(i));
            for needle in [nb.chars(), Chars::Utf16(&n)] {
                for hay in [hb.chars(), Chars::Utf16(&h)] {
                    prop_assert_eq!(hay.find(needle, from), first);
                    prop_assert_eq!(hay.rfind(needle, from), last);
                    prop_assert_eq!(hay.equals(needle), h == n);
                    prop_assert_eq!(hay.compare(needle), h.cmp(&n));
                }
            }
        }
    }
}

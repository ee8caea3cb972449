//! How printed parts are put together: Node's `util.inspect` layout, on finished texts.
//!
//! ```text
//! entries  ->  columns (arrays of more than 6)  ->  one line when short, else one entry a line
//! ```
//! Widths follow Node: columns are measured in terminal cells, the limits of a line
//! in UTF-16 units, both without colour codes.

use crate::string::chars::{Builder, Chars};
use unicode_width::UnicodeWidthChar;

/// Length at which a value is split over lines.
pub const BREAK_LENGTH: usize = 80;
/// Innermost levels that may share a line.
pub const COMPACT: usize = 3;
/// Entries of arrays, maps and sets that are printed.
pub const MAX_ENTRIES: usize = 100;
/// Units of a string inside a container that are printed.
pub const MAX_STRING: usize = 10_000;
/// Strings up to this length are never split at line feeds.
const MIN_LINE_WIDTH: usize = 16;

/// Colours of `util.inspect`, by what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Special,
    Number,
    Boolean,
    Undefined,
    Null,
    Text,
    Symbol,
    Date,
    Plain,
}

impl Style {
    fn codes(self) -> Option<(u8, u8)> {
        match self {
            Style::Special => Some((36, 39)),
            Style::Number | Style::Boolean => Some((33, 39)),
            Style::Undefined => Some((90, 39)),
            Style::Null => Some((1, 22)),
            Style::Text | Style::Symbol => Some((32, 39)),
            Style::Date => Some((35, 39)),
            Style::Plain => None,
        }
    }

    /// `text` in this style's colour.
    pub fn paint(self, text: String, colors: bool) -> String {
        match self.codes() {
            Some((on, off)) if colors => format!("\u{1b}[{on}m{text}\u{1b}[{off}m"),
            _ => text,
        }
    }
}

/// Characters of `text` that are not part of a colour sequence.
fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    let mut in_escape = false;
    text.chars().filter(move |&c| {
        let hidden = in_escape || c == '\u{1b}';
        in_escape = hidden && !(in_escape && c == 'm');
        !hidden
    })
}

/// Length in UTF-16 units, without colours.
pub fn length(text: &str) -> usize {
    if !text.contains('\u{1b}') && text.is_ascii() {
        return text.len();
    }
    visible(text).map(char::len_utf16).sum()
}

/// Terminal cells that `text` occupies.
pub fn width(text: &str) -> usize {
    if !text.contains('\u{1b}') && text.bytes().all(|b| (0x20..0x7F).contains(&b)) {
        return text.len();
    }
    visible(text).map(|c| c.width().unwrap_or(0)).sum()
}

/// Whether a key prints without quotes.
pub fn is_plain_key(key: Chars<'_>) -> bool {
    let letter = |u: u16| u == b'_' as u16 || (u < 128 && (u as u8).is_ascii_alphabetic());
    let digit = |u: u16| (0x30..0x3A).contains(&u);
    !key.is_empty() && letter(key.at(0)) && key.units().all(|u| letter(u) || digit(u))
}

/// A string literal of `chars`: quotes are chosen to need no escapes if possible.
pub fn quote(chars: Chars<'_>) -> String {
    let has = |c: u8| chars.units().any(|u| u == c as u16);
    let quote = if !has(b'\'') {
        '\''
    } else if !has(b'"') {
        '"'
    } else if !has(b'`') && chars.find(Chars::Latin1(b"${"), 0).is_none() {
        '`'
    } else {
        '\''
    };
    let mut out = String::with_capacity(chars.len() + 2);
    out.push(quote);
    for c in chars.code_points() {
        push_escaped(&mut out, c, quote);
    }
    out.push(quote);
    out
}

fn push_escaped(out: &mut String, c: u32, quote: char) {
    match c {
        0x08 => out.push_str("\\b"),
        0x09 => out.push_str("\\t"),
        0x0A => out.push_str("\\n"),
        0x0C => out.push_str("\\f"),
        0x0D => out.push_str("\\r"),
        0x5C => out.push_str("\\\\"),
        0x27 if quote == '\'' => out.push_str("\\'"),
        0x00..=0x1F | 0x7F..=0x9F => out.push_str(&format!("\\x{c:02X}")),
        _ => match char::from_u32(c) {
            Some(c) => out.push(c),
            None => out.push_str(&format!("\\u{c:x}")),
        },
    }
}

/// A string inside a container: quoted, split at line feeds when too long for the line.
pub fn quote_in_container(chars: Chars<'_>, indentation: usize, colors: bool) -> String {
    let shown = chars.slice(0, chars.len().min(MAX_STRING));
    let trailer = match chars.len() - shown.len() {
        0 => String::new(),
        1 => "... 1 more character".to_string(),
        n => format!("... {n} more characters"),
    };
    let limit = BREAK_LENGTH as i64 - indentation as i64 - 4;
    if shown.len() <= MIN_LINE_WIDTH || shown.len() as i64 <= limit {
        return Style::Text.paint(quote(shown), colors) + &trailer;
    }
    let mut lines = Vec::new();
    let mut from = 0;
    for i in 0..shown.len() {
        if shown.at(i) == b'\n' as u16 && i + 1 < shown.len() {
            lines.push(Style::Text.paint(quote(shown.slice(from, i + 1)), colors));
            from = i + 1;
        }
    }
    lines.push(Style::Text.paint(quote(shown.slice(from, shown.len())), colors));
    lines.join(&format!(" +\n{}", " ".repeat(indentation + 2))) + &trailer
}

/// The text of what a limit cut off.
pub fn more_items(n: usize) -> String {
    format!("... {n} more item{}", if n > 1 { "s" } else { "" })
}

/// The text of a run of holes.
pub fn empty_items(n: usize) -> String {
    format!("<{n} empty item{}>", if n > 1 { "s" } else { "" })
}

/// What `reduce` needs to know about the value and its place.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Columns by which the value is indented.
    pub indentation: usize,
    /// How many levels of containers the deepest value printed so far has, minus this one's.
    pub levels_inside: usize,
    /// Whether entries are those of an array, so that they may form columns.
    pub array: bool,
    /// Whether every entry is a number, so that columns align to the right.
    pub numeric: bool,
    /// Whether the last entry tells what was cut off.
    pub has_more: bool,
}

/// Joins the entries of a container: on one line when short and not too deep.
pub fn reduce(entries: Vec<String>, base: &str, open: &str, close: &str, place: Place) -> String {
    let count = entries.len();
    let entries = if place.array && count > 6 { columns(entries, place) } else { entries };
    let prefix = if base.is_empty() { String::new() } else { format!("{base} ") };
    if place.levels_inside < COMPACT && count == entries.len() {
        let start = entries.len() + place.indentation + length(open) + length(base) + 10;
        if fits(&entries, start, base) {
            let joined = entries.join(", ");
            if !joined.contains('\n') {
                return format!("{prefix}{open} {joined} {close}");
            }
        }
    }
    let indentation = format!("\n{}", " ".repeat(place.indentation));
    let joined = entries.join(&format!(",{indentation}  "));
    format!("{prefix}{open}{indentation}  {joined}{indentation}{close}")
}

fn fits(entries: &[String], start: usize, base: &str) -> bool {
    let mut total = entries.len() + start;
    if total + entries.len() > BREAK_LENGTH {
        return false;
    }
    for entry in entries {
        total += length(entry);
        if total > BREAK_LENGTH {
            return false;
        }
    }
    !base.contains('\n')
}

/// Groups many short entries into aligned columns; unchanged when that looks bad.
fn columns(entries: Vec<String>, place: Place) -> Vec<String> {
    const SEPARATOR: usize = 2;
    let shown = entries.len() - usize::from(place.has_more);
    let widths: Vec<usize> = entries[..shown].iter().map(|e| width(e)).collect();
    let total: usize = widths.iter().map(|w| w + SEPARATOR).sum();
    let widest = widths.iter().copied().max().unwrap_or(0);
    let cell = widest + SEPARATOR;
    let worthwhile =
        cell * 3 + place.indentation < BREAK_LENGTH && (total as f64 / cell as f64 > 5.0 || widest <= 6);
    if !worthwhile {
        return entries;
    }
    // Columns so that the block looks square: a character is about 2.5 times as high as wide.
    let bias = (cell as f64 - total as f64 / entries.len() as f64).sqrt();
    let biased = (cell as f64 - 3.0 - bias).max(1.0);
    let square = ((2.5 * biased * shown as f64).sqrt() / biased + 0.5).floor() as usize;
    let count = square.min((BREAK_LENGTH - place.indentation) / cell).min(COMPACT * 4).min(15);
    if count <= 1 {
        return entries;
    }
    let column_widths: Vec<usize> = (0..count)
        .map(|c| widths.iter().skip(c).step_by(count).copied().max().unwrap_or(0) + SEPARATOR)
        .collect();
    let mut lines: Vec<String> = (0..shown)
        .step_by(count)
        .map(|from| {
            let to = (from + count).min(shown);
            let mut line = String::new();
            for i in from..to {
                let last = i + 1 == to;
                let padding = " ".repeat(column_widths[i - from] - SEPARATOR - widths[i]);
                if place.numeric {
                    line.push_str(&padding);
                }
                line.push_str(&entries[i]);
                if !last {
                    line.push_str(", ");
                    if !place.numeric {
                        line.push_str(&padding);
                    }
                }
            }
            line
        })
        .collect();
    lines.extend(entries.into_iter().skip(shown));
    lines
}

/// Text of an escaped property key.
pub fn key_text(key: Chars<'_>, colors: bool) -> String {
    if key.is_str("__proto__") {
        return "['__proto__']".to_string();
    }
    if is_plain_key(key) {
        return key.to_utf8();
    }
    Style::Text.paint(quote(key), colors)
}

/// Units of a Rust string.
pub fn units_of(text: &str) -> Builder {
    let mut b = Builder::new();
    b.push_str(text);
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(s: &str) -> String {
        quote(units_of(s).chars())
    }

    #[test]
    fn quotes() {
        for (s, want) in [
            ("a", "'a'"),
            ("it's", "\"it's\""),
            ("it's \"x\"", "`it's \"x\"`"),
            ("'\"`", "'\\'\"`'"),
            ("'\"${", "'\\'\"${'"),
            ("\n\t\u{0}\u{7f}\\", "'\\n\\t\\x00\\x7F\\\\'"),
            ("é😀", "'é😀'"),
        ] {
            assert_eq!(q(s), want);
        }
        assert_eq!(quote(Chars::Utf16(&[0xD83D])), "'\\ud83d'");
    }

    #[test]
    fn widths() {
        assert_eq!(width("\u{1b}[33m12\u{1b}[39m"), 2);
        assert_eq!(length("\u{1b}[33m😀\u{1b}[39m"), 2);
        assert_eq!(width("中文"), 4);
    }
}

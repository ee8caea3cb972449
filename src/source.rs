//! Source files and positions in them.
//!
//! A [`Span`] is a half-open range of byte offsets into one file's text; nothing else in the
//! compiler stores lines or columns. [`SourceFile`] turns an offset into a line and a column when
//! something is shown to a person, through a table of line starts made once per file.
//!
//! The modules of a program share one text, so that one offset says both file and place:
//!
//! ```text
//! offsets   0 ........... a.ts ... | ... b.ts ........ | ... c.json ... | library
//! parts     SourceId 0             | SourceId 1        | SourceId 2     |
//! ```
//! Text between two parts, and what follows the last, is not of any file; places there are shown
//! as the end of the part before.
//!
//! Invariants: offsets are below `u32::MAX` (longer texts are refused by [`SourceFile::new`]); the
//! line table is sorted and starts with 0; parts are sorted, do not overlap, and one exists.

use std::fmt;

/// A half-open range of byte offsets into the text of one source file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The range from `start` up to `end`.
    pub const fn new(start: u32, end: u32) -> Span {
        Span { start, end }
    }

    /// An empty range at `at`.
    pub const fn empty(at: u32) -> Span {
        Span { start: at, end: at }
    }

    /// The smallest range that contains both.
    pub fn to(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// Length in bytes.
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether the range contains no byte.
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// A one-based line and column; the column counts Unicode scalar values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineCol {
    /// One-based line number.
    pub line: u32,
    /// One-based column, in characters.
    pub col: u32,
}

/// Why a text cannot become a [`SourceFile`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SourceError {
    /// The text has `u32::MAX` bytes or more, so spans cannot address it.
    TooLong,
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("source file is longer than 4 GiB")
    }
}

impl std::error::Error for SourceError {}

/// Names a file of a program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct SourceId(pub u32);

/// Where the text of a file stands in the text of the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// The path that diagnostics show.
    pub path: String,
    /// The file's text.
    pub span: Span,
}

/// The text of a program, with the paths of its files.
#[derive(Clone, Debug)]
pub struct SourceFile {
    text: String,
    line_starts: Vec<u32>,
    parts: Vec<Part>,
}

impl SourceFile {
    /// Takes the text of a file.
    ///
    /// # Errors
    /// [`SourceError::TooLong`] when the text cannot be addressed by 32-bit offsets.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Result<SourceFile, SourceError> {
        let text = text.into();
        let span = Span::new(0, text.len().min(u32::MAX as usize) as u32);
        SourceFile::of_parts(text, vec![Part { path: path.into(), span }])
    }

    /// Takes the text of several files, of which there is at least one, in order.
    ///
    /// # Errors
    /// As for [`SourceFile::new`].
    pub fn of_parts(text: String, parts: Vec<Part>) -> Result<SourceFile, SourceError> {
        if text.len() >= u32::MAX as usize {
            return Err(SourceError::TooLong);
        }
        let line_starts = line_starts(&text);
        Ok(SourceFile { text, line_starts, parts })
    }

    /// The same files with more text behind them.
    ///
    /// # Errors
    /// As for [`SourceFile::new`].
    pub fn followed_by(&self, more: &str) -> Result<SourceFile, SourceError> {
        SourceFile::of_parts(format!("{}{more}", self.text), self.parts.clone())
    }

    /// Like [`SourceFile::new`], for bytes that may not be UTF-8: each bad sequence becomes U+FFFD.
    ///
    /// # Errors
    /// As for [`SourceFile::new`].
    pub fn from_bytes(path: impl Into<String>, bytes: &[u8]) -> Result<SourceFile, SourceError> {
        SourceFile::new(path, String::from_utf8_lossy(bytes).into_owned())
    }

    /// The path of the first file, as shown in diagnostics.
    pub fn path(&self) -> &str {
        &self.parts[0].path
    }

    /// The files.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Where the text of the last file ends; what follows is the library.
    pub fn end(&self) -> u32 {
        self.parts.last().map_or(0, |p| p.span.end)
    }

    /// The file that an offset lies in.
    pub fn source_at(&self, offset: u32) -> SourceId {
        SourceId(self.parts.partition_point(|p| p.span.start <= offset).saturating_sub(1) as u32)
    }

    /// A file's path and place.
    pub fn part(&self, id: SourceId) -> &Part {
        &self.parts[id.0 as usize]
    }

    /// The path of the file that an offset lies in.
    pub fn path_at(&self, offset: u32) -> &str {
        &self.part(self.source_at(offset)).path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span; empty when the span does not lie on character boundaries of this file.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Number of lines; a text that ends in a line terminator has an empty last line.
    pub fn line_count(&self) -> u32 {
        self.line_starts.len() as u32
    }

    /// Line and column of a byte offset in its file; offsets after the file's end count as the end.
    pub fn line_col(&self, offset: u32) -> LineCol {
        let part = self.part(self.source_at(offset)).span;
        let mut offset = offset.clamp(part.start, part.end) as usize;
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line_of = |at: usize| self.line_starts.partition_point(|&s| s as usize <= at) - 1;
        let line = line_of(offset);
        let start = self.line_starts[line].max(part.start) as usize;
        let col = self.text[start..offset].chars().count();
        LineCol { line: (line - line_of(part.start as usize)) as u32 + 1, col: col as u32 + 1 }
    }

    /// The one-based line of an offset in the text of all files, for [`SourceFile::line_text`].
    pub fn text_line(&self, offset: u32) -> u32 {
        self.line_starts.partition_point(|&s| s <= offset) as u32
    }

    /// The text of a one-based line without its terminator; `None` when there is no such line.
    pub fn line_text(&self, line: u32) -> Option<&str> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.line_starts.get(index)? as usize;
        let end = self.line_starts.get(index + 1).map_or(self.text.len(), |&e| e as usize);
        Some(self.text[start..end].trim_end_matches(['\n', '\r', '\u{2028}', '\u{2029}']))
    }
}

/// Offsets after each ECMAScript line terminator (LF, CR, CR LF, U+2028, U+2029), and 0.
fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    let mut i = 0;
    while i < bytes.len() {
        let step = match bytes[i] {
            b'\n' => 1,
            b'\r' if bytes.get(i + 1) == Some(&b'\n') => 2,
            b'\r' => 1,
            0xE2 if matches!(bytes.get(i + 1..i + 3), Some([0x80, 0xA8 | 0xA9])) => 3,
            _ => 0,
        };
        i += step.max(1);
        if step > 0 {
            starts.push(i as u32);
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns() {
        let file = SourceFile::new("a.js", "ab\r\nc\u{2028}é=1\n").unwrap();
        assert_eq!(file.line_count(), 4);
        assert_eq!(file.line_col(0), LineCol { line: 1, col: 1 });
        assert_eq!(file.line_col(4), LineCol { line: 2, col: 1 });
        let eq = file.text().find('=').unwrap() as u32;
        assert_eq!(file.line_col(eq), LineCol { line: 3, col: 2 });
        assert_eq!(file.line_col(9999), LineCol { line: 4, col: 1 });
        assert_eq!(file.line_text(1), Some("ab"));
        assert_eq!(file.line_text(2), Some("c"));
        assert_eq!(file.line_text(5), None);
    }

    #[test]
    fn places_are_those_in_the_file() {
        let part = |path: &str, start, end| Part { path: path.into(), span: Span::new(start, end) };
        let text = "a\nb\n(x\ny)z".to_string();
        let file = SourceFile::of_parts(text, vec![part("a.js", 0, 4), part("x.json", 5, 8)]).unwrap();
        assert_eq!(file.path_at(2), "a.js");
        assert_eq!(file.line_col(2), LineCol { line: 2, col: 1 });
        assert_eq!((file.path_at(5), file.line_col(5)), ("x.json", LineCol { line: 1, col: 1 }));
        assert_eq!(file.line_col(7), LineCol { line: 2, col: 1 });
        assert_eq!(file.line_col(10), LineCol { line: 2, col: 2 });
        let more = file.followed_by("more").unwrap();
        assert_eq!((more.path_at(12), more.parts().len()), ("x.json", 2));
    }

    #[test]
    fn bad_utf8_is_replaced() {
        let file = SourceFile::from_bytes("a.js", b"x\xff").unwrap();
        assert_eq!(file.text(), "x\u{fffd}");
        assert_eq!(file.slice(Span::new(2, 3)), "");
    }
}

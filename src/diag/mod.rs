//! Diagnostics: what the compiler tells a person about a program.
//!
//! Stages make a [`Diagnostic`] through the functions of [`registry`], one per kind, and collect
//! them in order; nothing prints before the driver calls [`render`]. A diagnostic holds spans, not
//! text, so that making one costs little and an editor can use it as it is.

pub mod registry;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

pub use registry::Code;

use crate::source::{SourceFile, SourceId, Span};

/// How bad a diagnostic is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Severity {
    /// The program does not run.
    Error,
    /// The program runs, though perhaps not as meant.
    Warning,
}

/// Advice on what to do about a diagnostic.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Help {
    /// The advice, in the style of messages.
    pub text: String,
    /// A replacement that follows the advice, when there is one that is sure to be meant.
    pub fix: Option<(Span, String)>,
}

/// One finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Which kind.
    pub code: Code,
    /// The place the caret points at.
    pub span: Span,
    /// The message with its arguments filled in.
    pub message: String,
    /// Other places that matter, each with a remark.
    pub labels: Vec<(Span, String)>,
    /// What to do about it.
    pub help: Option<Help>,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, span: Span, message: String) -> Diagnostic {
        Diagnostic { code, span, message, labels: Vec::new(), help: None }
    }

    /// Whether it keeps the program from running.
    pub fn is_error(&self) -> bool {
        self.code.severity() == Severity::Error
    }

    /// Adds a remark at another place.
    pub fn with_label(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push((span, text.into()));
        self
    }

    /// Adds advice.
    pub fn with_help(mut self, text: impl Into<String>) -> Diagnostic {
        self.help = Some(Help { text: text.into(), fix: None });
        self
    }

    /// Adds advice with the replacement that follows it.
    pub fn with_fix(mut self, text: impl Into<String>, span: Span, new: impl Into<String>) -> Diagnostic {
        self.help = Some(Help { text: text.into(), fix: Some((span, new.into())) });
        self
    }
}

/// The text of a file of the program.
fn text_of(file: &SourceFile, id: SourceId) -> &str {
    file.slice(file.part(id).span)
}

/// The byte range of a span in the text of a file, moved to character boundaries.
fn byte_range(file: &SourceFile, id: SourceId, span: Span) -> std::ops::Range<usize> {
    let text = text_of(file, id);
    let base = file.part(id).span.start;
    let mut start = (span.start.saturating_sub(base) as usize).min(text.len());
    let mut end = (span.end.saturating_sub(base) as usize).clamp(start, text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

/// Shows a diagnostic: code and message, `path:line:column`, the source line with a caret, and
/// the advice. `color` adds ANSI escapes. The text ends without a line feed.
pub fn render(diagnostic: &Diagnostic, file: &SourceFile, color: bool) -> String {
    let level = match diagnostic.code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let home = file.source_at(diagnostic.span.start);
    let mut snippet = Snippet::source(text_of(file, home))
        .path(file.part(home).path.as_str())
        .annotation(AnnotationKind::Primary.span(byte_range(file, home, diagnostic.span)));
    let mut elsewhere = Vec::new();
    for (span, text) in &diagnostic.labels {
        let id = file.source_at(span.start);
        let label = AnnotationKind::Context.span(byte_range(file, id, *span)).label(text.as_str());
        if id == home {
            snippet = snippet.annotation(label);
        } else {
            elsewhere
                .push(Snippet::source(text_of(file, id)).path(file.part(id).path.as_str()).annotation(label));
        }
    }
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.as_str());
    let mut main = title.element(snippet).elements(elsewhere);
    let mut groups: Vec<Group<'_>> = Vec::new();
    match &diagnostic.help {
        Some(Help { text, fix: Some((span, new)) }) => {
            let id = file.source_at(span.start);
            let patch = Patch::new(byte_range(file, id, *span), new.as_str());
            let shown = Snippet::source(text_of(file, id)).path(file.part(id).path.as_str()).patch(patch);
            groups.push(Level::HELP.secondary_title(text.as_str()).element(shown));
        }
        Some(Help { text, fix: None }) => main = main.element(Level::HELP.message(text.as_str())),
        None => {}
    }
    groups.insert(0, main);
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii).render(&groups)
}

/// A diagnostic as one line of JSON: code, severity, message, place (one-based lines and columns in
/// characters, and byte offsets), other places, and the advice with its replacement.
pub fn json(diagnostic: &Diagnostic, file: &SourceFile) -> String {
    let severity = match diagnostic.code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut out = format!(
        "{{\"code\":\"{}\",\"severity\":\"{severity}\",\"message\":{},\"file\":{},{}",
        diagnostic.code,
        quoted(&diagnostic.message),
        quoted(file.path_at(diagnostic.span.start)),
        json_place(diagnostic.span, file)
    );
    if !diagnostic.labels.is_empty() {
        let label = |(span, text): &(Span, String)| {
            format!("{{\"message\":{},{}}}", quoted(text), json_place(*span, file))
        };
        let labels: Vec<String> = diagnostic.labels.iter().map(label).collect();
        out.push_str(&format!(",\"labels\":[{}]", labels.join(",")));
    }
    if let Some(help) = &diagnostic.help {
        out.push_str(&format!(",\"help\":{}", quoted(&help.text)));
        if let Some((span, new)) = &help.fix {
            out.push_str(&format!(",\"fix\":{{\"text\":{},{}}}", quoted(new), json_place(*span, file)));
        }
    }
    out.push('}');
    out
}

fn json_place(span: Span, file: &SourceFile) -> String {
    let id = file.source_at(span.start);
    let range = byte_range(file, id, span);
    let base = file.part(id).span.start;
    // The end of a file's text is still of that file.
    let end_at = (base + range.end as u32).min(file.part(id).span.end);
    let (start, end) = (file.line_col(base + range.start as u32), file.line_col(end_at));
    format!(
        "\"line\":{},\"column\":{},\"endLine\":{},\"endColumn\":{},\"start\":{},\"end\":{}",
        start.line, start.col, end.line, end.col, range.start, range.end
    )
}

/// A JSON string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn codes_are_unique_and_sorted() {
        for pair in Code::ALL.windows(2) {
            assert!(pair[0].as_str() < pair[1].as_str(), "{} {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn renders_place_line_caret_and_help() {
        let file = SourceFile::new("dir/a.uts", "let a = 1\nlet é = a +\n").unwrap();
        let d = registry::expected(Span::new(18, 19), "an expression", "the end of the line")
            .with_label(Span::new(4, 5), "declared here")
            .with_help("write the right operand");
        expect![[r#"
            error[U0101]: expected an expression, found the end of the line
             --> dir/a.uts:2:8
              |
            1 | let a = 1
              |     - declared here
            2 | let é = a +
              |        ^
              |
              = help: write the right operand"#]]
        .assert_eq(&render(&d, &file, false));
        assert!(render(&d, &file, true).contains('\u{1b}'));
    }

    #[test]
    fn renders_a_fix() {
        let file = SourceFile::new("a.uts", "go f\n").unwrap();
        let d = registry::go_needs_call(Span::new(3, 4)).with_fix("call the function", Span::new(4, 4), "()");
        expect![[r#"
            error[U0113]: `go` needs a call or a function expression
             --> a.uts:1:4
              |
            1 | go f
              |    ^
              |
            help: call the function
              |
            1 | go f()
              |     ++"#]]
        .assert_eq(&render(&d, &file, false));
    }

    #[test]
    fn spans_outside_the_text_are_harmless() {
        let file = SourceFile::new("a.uts", "é").unwrap();
        for span in [Span::new(1, 1), Span::new(1, 9), Span::new(70, 80), Span::new(9, 3)] {
            assert!(render(&registry::unterminated_string(span), &file, false).contains("U0002"));
        }
    }
}

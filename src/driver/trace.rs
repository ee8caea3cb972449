//! Where an exception came from, in the words of the source: the frames of `error.stack`
//! and the heading of an uncaught exception.
//!
//! ```text
//! return addresses ── exec::frames ──> byte offsets ── Map ──> "    at Shape.area (f.ts:3:9)"
//! ```
//! The runtime asks through a plain function pointer, so what it needs lies in a static that a
//! session fills. A frame is named by the innermost function around its position, since an
//! inlined call has no frame of its own but a position. Frames of the library are left out.

use std::fmt::Write;
use std::sync::RwLock;

use ultra_abi::layout::WorkerContext;
use ultra_backends::exec::frames;

use crate::program::{ClassBase, ClassDeclId, FnDecl, FnKind, Program};
use crate::source::{SourceFile, Span};

/// Frames in a stack text, as many as V8's.
const LIMIT: usize = 10;
/// Frames that are looked at; those of the library are dropped.
const WALKED: usize = 64;

struct Map {
    file: SourceFile,
    /// By start; inner functions come after those around them.
    functions: Vec<Function>,
}

struct Function {
    span: Span,
    label: Box<str>,
    /// A constructor of an error class, which does not show in the error that it makes.
    makes_error: bool,
}

static MAP: RwLock<Option<Map>> = RwLock::new(None);

/// Makes the functions of a program known to `stack`.
pub fn install(file: &SourceFile, program: &Program) {
    let end = file.end();
    let user = program.fns.iter().filter(|(id, f)| *id != program.main && f.span.end <= end);
    let mut functions: Vec<Function> = user
        .map(|(_, f)| Function {
            span: f.span,
            label: label(program, f),
            makes_error: makes_error(program, f),
        })
        .collect();
    functions.sort_by_key(|f| (f.span.start, std::cmp::Reverse(f.span.end)));
    *MAP.write().unwrap_or_else(|e| e.into_inner()) = Some(Map { file: file.clone(), functions });
}

fn label(program: &Program, f: &FnDecl) -> Box<str> {
    let name = program.strings.text(f.name);
    if f.class.is_none() {
        return name.into();
    }
    let class = program.strings.text(program.classes[f.class].name);
    let class = if class.is_empty() { "<anonymous>".into() } else { class };
    match f.kind {
        FnKind::Constructor | FnKind::FieldInit => format!("new {class}").into(),
        FnKind::StaticInit => class.into(),
        _ => format!("{class}.{name}").into(),
    }
}

fn makes_error(program: &Program, f: &FnDecl) -> bool {
    matches!(f.kind, FnKind::Constructor | FnKind::FieldInit) && is_error(program, f.class)
}

fn is_error(program: &Program, mut class: ClassDeclId) -> bool {
    // A chain that is longer than the table would be a circle.
    for _ in 0..=program.classes.len() {
        match program.classes.get(class).map(|c| c.base) {
            Some(ClassBase::Decl(base)) => class = base,
            Some(ClassBase::Builtin(name)) => return program.strings.text(name).ends_with("Error"),
            _ => return false,
        }
    }
    false
}

impl Map {
    fn is_user(&self, pos: u32) -> bool {
        pos < self.file.end().max(1)
    }

    fn function_at(&self, pos: u32) -> Option<&Function> {
        let n = self.functions.partition_point(|f| f.span.start <= pos);
        self.functions[..n].iter().rev().find(|f| pos < f.span.end)
    }

    fn frame(&self, pos: u32, out: &mut String) {
        let at = self.file.line_col(pos);
        let place = format!("{}:{}:{}", self.file.path_at(pos), at.line, at.col);
        let label = self.function_at(pos).map_or("", |f| &f.label);
        let written = if label.is_empty() {
            write!(out, "\n    at {place}")
        } else {
            write!(out, "\n    at {label} ({place})")
        };
        written.expect("strings take everything");
    }
}

/// The frames below the runtime function that is running, one a line, each after "\n    at ".
pub fn stack(ctx: *mut WorkerContext) -> String {
    let mut out = String::new();
    let map = MAP.read().unwrap_or_else(|e| e.into_inner());
    let Some(map) = map.as_ref() else { return out };
    let found = frames(ctx, WALKED);
    let user = found.iter().map(|f| f.frame.pos).filter(|&pos| map.is_user(pos));
    let shown = user.skip_while(|&pos| map.function_at(pos).is_some_and(|f| f.makes_error));
    for pos in shown.take(LIMIT) {
        map.frame(pos, &mut out);
    }
    out
}

/// The heading of an uncaught exception: the place, its line and a caret below the column.
/// `positions` are those of the frames at the throw, innermost first.
pub fn heading(positions: &[u32]) -> String {
    let map = MAP.read().unwrap_or_else(|e| e.into_inner());
    let Some(map) = map.as_ref() else { return String::new() };
    let Some(&pos) = positions.iter().find(|&&pos| map.is_user(pos)) else { return String::new() };
    let at = map.file.line_col(pos);
    let line = map.file.line_text(map.file.text_line(pos)).unwrap_or("");
    let indent: String =
        line.chars().take(at.col as usize - 1).map(|c| if c == '\t' { c } else { ' ' }).collect();
    format!("{}:{}\n{line}\n{indent}^\n", map.file.path_at(pos), at.line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_named_by_the_innermost_function() {
        let span = |start, end| Span { start, end };
        let function = |s, label: &str| Function { span: s, label: label.into(), makes_error: false };
        let map = Map {
            file: SourceFile::new("a.ts", "0123456789\n".repeat(4)).expect("short"),
            functions: vec![
                function(span(0, 30), "f"),
                function(span(5, 12), ""),
                function(span(15, 20), "h"),
            ],
        };
        let shown = |pos| {
            let mut out = String::new();
            map.frame(pos, &mut out);
            out
        };
        assert_eq!(shown(3), "\n    at f (a.ts:1:4)");
        assert_eq!(shown(11), "\n    at a.ts:2:1");
        assert_eq!(shown(13), "\n    at f (a.ts:2:3)");
        assert_eq!(shown(16), "\n    at h (a.ts:2:6)");
        assert_eq!(shown(35), "\n    at a.ts:4:3");
        assert!(!map.is_user(u32::MAX));
    }
}

//! `ultra check`: reports what is wrong with programs and runs nothing.

use std::rc::Rc;

use crate::check;
use crate::diag::{Diagnostic, json, render};
use crate::source::SourceFile;
use crate::syntax::{Dialect, Interner, parse};

/// What to check and how to show it.
pub struct Request<'a> {
    pub files: &'a [(SourceFile, Dialect)],
    pub color: bool,
    /// One line of JSON for each diagnostic, on standard output.
    pub json: bool,
    /// Show how long the stages took.
    pub time: bool,
}

/// Checks files: status 1 when one of them has errors.
pub fn check(request: &Request<'_>) -> u8 {
    let mut failed = false;
    for (file, dialect) in request.files {
        let found = diagnostics(file, *dialect, request.time);
        failed |= found.iter().any(Diagnostic::is_error);
        for d in &found {
            if request.json {
                println!("{}", json(d, file));
            } else {
                eprintln!("{}\n", render(d, file, request.color));
            }
        }
    }
    u8::from(failed)
}

/// What is wrong with a file, in the order of its text.
pub fn diagnostics(file: &SourceFile, dialect: Dialect, time: bool) -> Vec<Diagnostic> {
    let mut names = Interner::default();
    let start = std::time::Instant::now();
    let mut parsed = parse(file, dialect, &mut names);
    let parse_time = start.elapsed();
    let mut found = std::mem::take(&mut parsed.diagnostics);
    if !found.iter().any(Diagnostic::is_error) {
        let start = std::time::Instant::now();
        let checked = check::check(file, &Rc::new(parsed), &mut names, dialect);
        found.extend(checked.diagnostics);
        if time {
            let lines = file.line_count();
            eprintln!(
                "{}: {lines} lines, parse {:.1} ms, check {:.1} ms, {} types",
                file.path(),
                parse_time.as_secs_f64() * 1e3,
                start.elapsed().as_secs_f64() * 1e3,
                checked.types
            );
        }
    }
    found.sort_by_key(|d| d.span.start);
    found
}

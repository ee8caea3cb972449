//! `ultra check`: reports what is wrong with programs and runs nothing.

use std::rc::Rc;

use crate::check::{self, Which};
use crate::diag::{Diagnostic, json, render};
use crate::source::SourceFile;
use crate::syntax::{Dialect, Interner};
use crate::{modules, resolve};

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
        let (whole, found) = diagnostics(file, *dialect, request.time);
        failed |= found.iter().any(Diagnostic::is_error);
        for d in &found {
            if request.json {
                println!("{}", json(d, &whole));
            } else {
                eprintln!("{}\n", render(d, &whole, request.color));
            }
        }
    }
    u8::from(failed)
}

/// What is wrong with a program, in the order of its text, which has the files that it imports.
pub fn diagnostics(file: &SourceFile, dialect: Dialect, time: bool) -> (SourceFile, Vec<Diagnostic>) {
    let mut names = Interner::default();
    let start = std::time::Instant::now();
    let loaded = match modules::load(file, dialect, &mut names) {
        Ok(loaded) => loaded,
        Err((whole, mut found)) => {
            found.sort_by_key(|d| d.span.start);
            return (whole, found);
        }
    };
    let parse_time = start.elapsed();
    let (whole, mut parsed, modules) = (loaded.file, loaded.parsed, loaded.modules);
    let mut found = std::mem::take(&mut parsed.diagnostics);
    if !modules.is_empty() {
        let resolved = resolve::resolve(&parsed.ast, &parsed.module_body, &modules, &names, dialect);
        found.extend(resolved.diagnostics.into_iter().filter(|d| d.code.is_about_modules()));
    }
    let start = std::time::Instant::now();
    let checked = check::check(&whole, &Rc::new(parsed), &modules, Which::Typed, &mut names, dialect);
    let about_modules: Vec<_> = found.iter().map(|d| d.span).collect();
    found.extend(checked.diagnostics.into_iter().filter(|d| !about_modules.contains(&d.span)));
    if time {
        let lines = whole.line_count();
        eprintln!(
            "{}: {lines} lines, parse {:.1} ms, check {:.1} ms, {} types",
            file.path(),
            parse_time.as_secs_f64() * 1e3,
            start.elapsed().as_secs_f64() * 1e3,
            checked.types
        );
    }
    found.sort_by_key(|d| d.span.start);
    (whole, found)
}

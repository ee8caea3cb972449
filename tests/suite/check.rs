//! Diagnostics of `ultra check`, pinned exactly, and programs that must have none.
//!
//! A file of `tests/check` holds many cases. A case starts with a line `//# NAME.EXT` and its
//! program follows; the expectation stands beside the file in `FILE.out`, by name, as
//! `ultra check --json` reports it: position, code, message and advice.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use ultra::cmd::check::diagnostics;
use ultra::diag::json;
use ultra::source::SourceFile;
use ultra::syntax::Dialect;

use super::{blessing, expect, file_name, files, read, trial};

/// Run programs that are no correct TypeScript on purpose: they show what happens when they run.
const UNSOUND: &str = include_str!("../check/unsound.txt");

/// Stack of a check, as in the command: it recurses over nested programs.
const STACK: usize = 256 << 20;

pub fn trials() -> Vec<Trial> {
    let mut out = Vec::new();
    for path in files("tests/check", &["cases"]) {
        out.push(trial(format!("check/{}", file_name(&path)), move || cases(&path)));
    }
    let programs = files("tests/run", &["ts", "uts"]).into_iter().chain(files("examples", &["uts"]));
    for path in programs {
        let name = file_name(&path);
        if UNSOUND.lines().all(|l| l != name) {
            out.push(trial(format!("check/clean/{name}"), move || clean(path)));
        }
    }
    out
}

fn dialect(name: &str) -> Dialect {
    match name.rsplit('.').next() {
        Some("uts") => Dialect::Uts,
        Some("js") => Dialect::Js,
        _ => Dialect::Ts,
    }
}

fn report(name: &str, text: &str) -> Result<String, String> {
    let file = SourceFile::new(name, text).map_err(|e| e.to_string())?;
    let dialect = dialect(name);
    let work = move || -> String { diagnostics(&file, dialect, false).iter().map(|d| json(d, &file) + "\n").collect() };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work).map_err(|e| e.to_string())?;
    thread.join().map_err(|_| format!("{name}: the checker panicked"))
}

fn cases(path: &Path) -> Result<(), String> {
    let text = read(path).ok_or("no file")?;
    let mut out = String::new();
    for case in text.split("//# ").skip(1) {
        let (name, program) = case.split_once('\n').unwrap_or((case, ""));
        let found = report(name.trim(), program)?;
        let _ = write!(out, "//# {}\n{found}", name.trim());
        // A case pins something; only those named so pin that there is nothing.
        if found.is_empty() && !name.starts_with("ok_") && !blessing() {
            return Err(format!("{name} reports nothing"));
        }
    }
    expect(&path.with_extension("out"), &out)
}

fn clean(path: PathBuf) -> Result<(), String> {
    let text = read(&path).ok_or("no program")?;
    let found = report(&file_name(&path), &text)?;
    if found.is_empty() { Ok(()) } else { Err(found) }
}

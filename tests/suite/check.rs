//! Diagnostics of `ultra check`, pinned exactly, and programs that must have none.
//!
//! A file of `tests/check` holds many cases. A case starts with a line `//# NAME.EXT` and its
//! program follows; the expectation stands beside the file in `FILE.out`, by name, as
//! `ultra check --json` reports it: position, code, message and advice. A directory holds a program
//! of several files, which begins with `main`.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use ultra::cmd::check::diagnostics;
use ultra::diag::{Code, json};
use ultra::source::SourceFile;
use ultra::syntax::Dialect;

use super::{blessing, directories, expect, file_name, files, read, trial};

/// Run programs that are no correct TypeScript on purpose: they show what happens when they run.
const UNSOUND: &str = include_str!("../check/unsound.txt");

/// Stack of a check, as in the command: it recurses over nested programs.
const STACK: usize = 256 << 20;

pub fn trials() -> Vec<Trial> {
    let mut out = Vec::new();
    for path in files("tests/check", &["cases"]) {
        out.push(trial(format!("check/{}", file_name(&path)), move || cases(&path)));
    }
    for (name, main) in directories("tests/check") {
        out.push(trial(format!("check/{name}"), move || program(&main)));
    }
    out.push(trial("check/every_code".to_owned(), every_code));
    for (name, main) in directories("tests/run") {
        if UNSOUND.lines().all(|l| l != name) {
            out.push(trial(format!("check/clean/{name}"), move || clean_program(&main)));
        }
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
        Some("js" | "mjs" | "cjs") => Dialect::Js,
        _ => Dialect::Ts,
    }
}

fn report(name: &str, text: &str) -> Result<String, String> {
    let file = SourceFile::new(name, text).map_err(|e| e.to_string())?;
    let dialect = dialect(name);
    let work = move || -> String {
        let (whole, found) = diagnostics(&file, dialect, false);
        found.iter().map(|d| json(d, &whole) + "\n").collect()
    };
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

/// A program of several files.
fn program(main: &Path) -> Result<(), String> {
    let found = report_file(main)?;
    if found.is_empty() && !blessing() {
        return Err("nothing is reported".into());
    }
    expect(&main.with_extension("out"), &found)
}

/// Kinds that no program of a test can have, each with the reason.
const NOT_PINNED: &[(Code, &str)] = &[
    (Code::U0604, "needs a file that cannot be read, which a privileged user can"),
    (Code::U0609, "needs 4 GiB of text"),
];

/// Every kind of diagnostic is in an expectation.
fn every_code() -> Result<(), String> {
    let mut all = String::new();
    for directory in ["tests/check", "tests/fail"] {
        for path in files(directory, &["out", "err"]) {
            all.push_str(&read(&path).unwrap_or_default());
        }
        for (_, main) in directories(directory) {
            for extension in ["out", "err"] {
                all.push_str(&read(&main.with_extension(extension)).unwrap_or_default());
            }
        }
    }
    let is_listed = |code: &&Code| NOT_PINNED.iter().any(|(c, _)| c == *code);
    let missing: Vec<&str> =
        Code::ALL.iter().filter(|c| !is_listed(c) && !all.contains(c.as_str())).map(|c| c.as_str()).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("in no expectation: {}", missing.join(", "))) }
}

/// What is reported for a program, with paths from its directory on.
fn report_file(main: &Path) -> Result<String, String> {
    let text = read(main).ok_or("no program")?;
    let dir = main.parent().ok_or("no directory")?;
    let here = std::env::current_dir().map_err(|e| e.to_string())?;
    let shown = dir.strip_prefix(&here).unwrap_or(dir).display().to_string() + "/";
    let found = report(&main.display().to_string(), &text)?;
    Ok(found.replace(&format!("{}/", dir.display()), "").replace(&shown, ""))
}

fn clean_program(main: &Path) -> Result<(), String> {
    let found = report_file(main)?;
    if found.is_empty() { Ok(()) } else { Err(found) }
}

fn clean(path: PathBuf) -> Result<(), String> {
    let text = read(&path).ok_or("no program")?;
    let found = report(&file_name(&path), &text)?;
    if found.is_empty() { Ok(()) } else { Err(found) }
}

//! What the kinds of tests share: where files are, how expectations are compared.

pub mod check;
pub mod cli;
pub mod docs;
pub mod fail;
pub mod filetest;
pub mod judge;
pub mod language;
pub mod memory;
pub mod mutate;
pub mod parse;
pub mod process;
pub mod run;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};

/// A path in the repository.
pub fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Whether expectations are to be rewritten.
pub fn blessing() -> bool {
    flag("ULTRA_BLESS")
}

/// Whether an environment variable is set to something but `0`.
pub fn flag(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|v| !v.is_empty() && v != "0")
}

/// The files of a directory with one of these extensions, sorted by name.
pub fn files(directory: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let path = root(directory);
    let entries = std::fs::read_dir(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut found: Vec<PathBuf> = entries
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| p.extension().and_then(|x| x.to_str()).is_some_and(|x| extensions.contains(&x)))
        .collect();
    found.sort();
    found
}

/// Programs of several files: the name of each directory that holds a `main`, and that file.
pub fn directories(under: &str) -> Vec<(String, PathBuf)> {
    let in_it = |dir: &Path| std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
    let is_main = |p: &PathBuf| {
        p.file_stem().is_some_and(|s| s == "main") && p.extension().is_some_and(|e| e != "out" && e != "err")
    };
    let main = |dir: PathBuf| Some((file_name(&dir), in_it(&dir).find(is_main)?));
    let mut out: Vec<_> = in_it(&root(under)).filter(|p| p.is_dir()).filter_map(main).collect();
    out.sort();
    out
}

/// The last part of a path, as text.
pub fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A test from a function that says what is wrong.
pub fn trial(name: String, test: impl FnOnce() -> Result<(), String> + Send + 'static) -> Trial {
    Trial::test(name, move || test().map_err(Failed::from))
}

/// The text of a file; none when there is no such file.
pub fn read(path: &Path) -> Option<String> {
    match std::fs::read(path) {
        Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        Err(_) => None,
    }
}

/// Compares with the expectation in a file, or rewrites it when blessing.
///
/// # Errors
/// The lines that differ, when they do and may not be rewritten.
pub fn expect(path: &Path, actual: &str) -> Result<(), String> {
    let expected = read(path).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    let shown = difference(&expected, actual);
    if !blessing() {
        return Err(format!("{} differs:\n{shown}", path.display()));
    }
    println!("rewriting {}\n{shown}", path.display());
    let written = if actual.is_empty() { std::fs::remove_file(path) } else { std::fs::write(path, actual) };
    written.map_err(|e| format!("{}: {e}", path.display()))
}

/// Most lines of a difference that are shown.
const SHOWN_LINES: usize = 40;

/// The lines between the longest common head and tail, `-` expected and `+` actual.
pub fn difference(expected: &str, actual: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (expected.split('\n').collect(), actual.split('\n').collect());
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let most = a.len().min(b.len()) - head;
    let tail = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(x, y)| x == y).count();
    let mut out = format!("@ line {}\n", head + 1);
    for (sign, lines) in [('-', &a[head..a.len() - tail]), ('+', &b[head..b.len() - tail])] {
        for line in lines.iter().take(SHOWN_LINES) {
            let _ = writeln!(out, "{sign}{line}");
        }
        if lines.len() > SHOWN_LINES {
            let _ = writeln!(out, "{sign}... {} more", lines.len() - SHOWN_LINES);
        }
    }
    out
}

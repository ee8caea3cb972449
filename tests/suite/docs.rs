//! Documents that state what the code also knows: they are compared with it.
//!
//! The layout tables are generated between two marks and rewritten by `ULTRA_BLESS=1`.
//! Every file that a document names in code style or by a link must exist, unless `NAME`
//! stands for a part of it.

use std::fmt::Write;

use libtest_mimic::Trial;
use ultra_abi::{Kind, STRUCTS};

use super::{expect, read, root, trial};

pub fn trials() -> Vec<Trial> {
    let mut out = vec![trial("docs/layouts.md".into(), layouts)];
    for document in [
        "README.md",
        "ARCHITECTURE.md",
        "docs/adding-an-operation.md",
        "docs/testing.md",
        "docs/layouts.md",
        "docs/status.md",
    ] {
        out.push(trial(format!("docs/paths in {document}"), move || paths(document)));
    }
    out
}

const BEGIN: &str = "<!-- generated from ultra_abi::STRUCTS -->\n";
const END: &str = "<!-- end -->\n";

fn layouts() -> Result<(), String> {
    let path = root("docs/layouts.md");
    let text = read(&path).ok_or("docs/layouts.md is missing")?;
    let (head, rest) = text.split_once(BEGIN).ok_or("the mark before the tables is missing")?;
    let (_, tail) = rest.split_once(END).ok_or("the mark after the tables is missing")?;
    expect(&path, &format!("{head}{BEGIN}{}{END}{tail}", tables()))
}

/// One table per struct.
fn tables() -> String {
    let mut out = String::new();
    for s in STRUCTS {
        let _ = write!(
            out,
            "\n### `{}`, {} bytes\n\n| offset | bytes | field | kind |\n|--:|--:|---|---|\n",
            s.name, s.size
        );
        for f in s.fields {
            let _ = writeln!(out, "| {} | {} | `{}` | {} |", f.offset, f.kind.size(), f.name, kind(f.kind));
        }
    }
    out.push('\n');
    out
}

/// What a field holds, in words.
fn kind(kind: Kind) -> String {
    match kind {
        Kind::Ref => "reference (object id), counted".into(),
        Kind::Str => "string word, counted".into(),
        Kind::Any => "any word, counted".into(),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// Looks up what stands in backquotes and has the form of a path in this repository.
fn paths(document: &str) -> Result<(), String> {
    let text = read(&root(document)).ok_or("the document is missing")?;
    let mut in_block = false;
    let mut missing = Vec::new();
    for line in text.lines() {
        in_block ^= line.starts_with("```");
        if in_block {
            continue;
        }
        for word in line.split('`').skip(1).step_by(2).chain(links(line)) {
            let place = word.split(['#', ' ']).next().unwrap_or("");
            if is_path(place) && !place.contains("NAME") && !found(document, place) {
                missing.push(place.to_string());
            }
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(format!("no such file: {}", missing.join(", "))) }
}

/// Targets of links to files.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|l| l.split(')').next()).filter(|l| !l.contains("://"))
}

fn is_path(word: &str) -> bool {
    const TOPS: [&str; 9] =
        ["src/", "ir/", "backends/", "runtime/", "tests/", "docs/", "examples/", "scripts/", "benches/"];
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    plain && (TOPS.iter().any(|t| word.starts_with(t)) || word.ends_with(".md"))
}

/// Relative to the document or to the root.
fn found(document: &str, place: &str) -> bool {
    let beside = root(document).parent().map(|d| d.join(place));
    root(place).exists() || beside.is_some_and(|p| p.exists())
}

//! Trees and diagnostics of the parser: one test per program of `tests/parse`.
//!
//! `NAME.tree` holds the diagnostics as they are shown, then the tree. A first line
//! `// goal: script`, `module` or `commonjs` replaces what the extension says. A program without
//! diagnostics must also give the same tree after printing.

use std::path::Path;

use libtest_mimic::Trial;
use ultra::diag::render;
use ultra::source::SourceFile;
use ultra::syntax::{Dialect, Goal, Interner, ParseOptions, dump_ast, parse_with, print::print};

use super::{expect, file_name, files, read, trial};

const EXTENSIONS: &[&str] = &["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "uts"];

pub fn trials() -> Vec<Trial> {
    let programs = files("tests/parse", EXTENSIONS);
    programs
        .into_iter()
        .map(|path| trial(format!("parse/{}", file_name(&path)), move || check(&path)))
        .collect()
}

fn check(path: &Path) -> Result<(), String> {
    let text = read(path).ok_or("no program")?;
    let name = file_name(path);
    let dialect = match path.extension().and_then(|x| x.to_str()) {
        Some("uts") => Dialect::Uts,
        Some("js" | "mjs" | "cjs") => Dialect::Js,
        _ => Dialect::Ts,
    };
    let mut options = ParseOptions::for_path(&name, dialect);
    if let Some(goal) = text.lines().next().and_then(|l| l.strip_prefix("// goal: ")) {
        options.goal = match goal.trim() {
            "script" => Goal::Script,
            "module" => Goal::Module,
            "commonjs" => Goal::CommonJs,
            other => return Err(format!("unknown goal {other}")),
        };
    }
    let file = SourceFile::new(name.clone(), text).map_err(|e| e.to_string())?;
    let mut names = Interner::new();
    let parsed = parse_with(&file, options, &mut names);
    let tree = dump_ast(&parsed, &names);
    let mut shown: Vec<String> = parsed.diagnostics.iter().map(|d| render(d, &file, false)).collect();
    shown.push(tree.clone());
    expect(&path.with_extension("tree"), &shown.join("\n\n"))?;
    if !parsed.diagnostics.is_empty() {
        return Ok(());
    }
    let printed = SourceFile::new(name, print(&parsed, &names)).map_err(|e| e.to_string())?;
    let mut again_names = Interner::new();
    let again = parse_with(&printed, options, &mut again_names);
    if dump_ast(&again, &again_names) == tree {
        Ok(())
    } else {
        Err(format!("another tree after printing:\n{}", printed.text()))
    }
}

//! Tests of resolution and lowering. Every program is also put through the verifier.

use expect_test::{Expect, expect};
use ultra_ir::verify::{Dialect as IrDialect, verify};

use super::{dump, lower_program};
use crate::diag::{Diagnostic, render};
use crate::program::Program;
use crate::source::SourceFile;
use crate::syntax::{Dialect, Interner, parse};

fn lower(name: &str, text: &str, dialect: Dialect) -> (Program, Vec<Diagnostic>, SourceFile) {
    let file = SourceFile::new(name, text).unwrap();
    let mut names = Interner::new();
    let parsed = parse(&file, dialect, &mut names);
    let errors: Vec<String> = parsed.diagnostics.iter().map(|d| render(d, &file, false)).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    let (program, diagnostics) = lower_program(&file, &parsed, &names, dialect);
    let module = dump::strings(&program);
    for f in program.fns.values() {
        if let Err(e) = verify(&f.body, &module, IrDialect::Any) {
            panic!("{name}: {e}\n{}", dump(&program));
        }
    }
    (program, diagnostics, file)
}

/// The dump of an UltraScript program without diagnostics.
fn uts(text: &str) -> String {
    let (program, diagnostics, file) = lower("t.uts", text, Dialect::Uts);
    let shown: Vec<String> = diagnostics.iter().map(|d| render(d, &file, false)).collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
    dump(&program)
}

fn check(text: &str, expected: Expect) {
    expected.assert_eq(&uts(text));
}

/// Codes, lines and messages of the diagnostics of a program.
fn diagnostics(text: &str, dialect: Dialect) -> String {
    let (_, diagnostics, file) = lower("t.uts", text, dialect);
    let line = |d: &Diagnostic| format!("{} {} {}\n", d.code, file.line_col(d.span.start).line, d.message);
    diagnostics.iter().map(line).collect()
}

/// Lowers every program of a directory of run tests and reports what is not supported.
#[test]
fn run_tests_lower() {
    let Some(dir) = std::env::var_os("ULTRA_RUN_TESTS") else {
        eprintln!("SKIPPED: set ULTRA_RUN_TESTS to a directory of programs");
        return;
    };
    let mut paths: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let mut refused = Vec::new();
    let mut count = 0;
    for path in paths {
        let dialect = match path.extension().and_then(|e| e.to_str()) {
            Some("uts") => Dialect::Uts,
            Some("ts") => Dialect::Ts,
            Some("js") => Dialect::Js,
            _ => continue,
        };
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        eprintln!("{name}");
        let (_, diagnostics, file) = lower(&name, &text, dialect);
        refused.extend(diagnostics.iter().map(|d| render(d, &file, false)));
        count += 1;
    }
    assert!(count > 0, "no programs");
    assert!(refused.is_empty(), "{}", refused.join("\n\n"));
}

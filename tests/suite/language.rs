//! The examples of `docs/language.md`: each is run, or refused, and its output compared.
//!
//! A block starts with `uts run` or `uts error`; the block after it, `output`, is what must come.
//! For an error that is one line per diagnostic: code, line and column, message.

use std::time::Duration;

use libtest_mimic::Trial;
use ultra::cmd::check::diagnostics;
use ultra::source::SourceFile;
use ultra::syntax::Dialect;

use super::process::{End, ultra};
use super::{difference, read, root, trial};

const LIMIT: Duration = Duration::from_secs(60);
const STACK: usize = 256 << 20;

struct Example {
    /// Line of the block in the document.
    line: usize,
    fails: bool,
    code: String,
    output: String,
}

pub fn trials() -> Vec<Trial> {
    let text = read(&root("docs/language.md")).unwrap_or_default();
    let all = examples(&text);
    let count = all.len();
    let mut out: Vec<Trial> =
        all.into_iter().map(|e| trial(format!("docs/language.md:{}", e.line), move || check(&e))).collect();
    out.push(trial("docs/language.md has examples".into(), move || {
        if count > 10 { Ok(()) } else { Err(format!("{count}")) }
    }));
    out
}

fn examples(text: &str) -> Vec<Example> {
    let mut out: Vec<Example> = Vec::new();
    let mut block: Option<(usize, &str, String)> = None;
    for (i, line) in text.lines().enumerate() {
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(kind)) => block = Some((i + 1, kind, String::new())),
            (Some(_), Some(_)) => {
                let Some((line, kind, body)) = block.take() else { continue };
                match (kind, out.last_mut()) {
                    ("uts run" | "uts error", _) => {
                        out.push(Example {
                            line,
                            fails: kind == "uts error",
                            code: body,
                            output: String::new(),
                        });
                    }
                    ("output", Some(last)) => last.output = body,
                    _ => {}
                }
            }
            (Some((_, _, body)), None) => {
                body.push_str(line);
                body.push('\n');
            }
            (None, None) => {}
        }
    }
    out
}

fn check(e: &Example) -> Result<(), String> {
    let actual = if e.fails { refused(&e.code)? } else { run(&e.code)? };
    if actual == e.output { Ok(()) } else { Err(difference(&e.output, &actual)) }
}

fn run(code: &str) -> Result<String, String> {
    let outcome = ultra(&["-e", code], &root("docs"), &[], LIMIT)?;
    match outcome.end {
        End::Exit(0) => Ok(outcome.stdout),
        end => Err(format!("{end}: {}", outcome.stderr)),
    }
}

/// What the checker says, provided that it keeps the program from running.
fn refused(code: &str) -> Result<String, String> {
    let file = SourceFile::new("example.uts", code).map_err(|e| e.to_string())?;
    let work = move || -> Result<String, String> {
        let (_, found) = diagnostics(&file, Dialect::Uts, false);
        if !found.iter().any(|d| d.code.stops_run()) {
            return Err("the program would run".into());
        }
        let line = |d: &ultra::diag::Diagnostic| {
            let at = file.line_col(d.span.start);
            format!("{} {}:{} {}\n", d.code, at.line, at.col, d.message)
        };
        Ok(found.iter().map(line).collect())
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work).map_err(|e| e.to_string())?;
    thread.join().map_err(|_| "the checker panicked".to_owned())?
}

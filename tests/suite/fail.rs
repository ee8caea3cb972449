//! Programs and command lines that must fail, with the exact text of the failure.
//!
//! A program may name its command line in its first line: `// ultra ARGUMENTS`, where
//! `$FILE` is the program itself. Without it the program is run.

use std::path::Path;
use std::time::Duration;

use libtest_mimic::Trial;

use super::process::{End, ultra};
use super::{blessing, directories, expect, file_name, files, read, trial};

const LIMIT: Duration = Duration::from_secs(60);

pub fn trials() -> Vec<Trial> {
    let programs = files("tests/fail", &["uts", "ts", "js"]);
    let single = programs.into_iter().map(|path| (file_name(&path), path));
    let all = single.chain(directories("tests/fail"));
    all.map(|(name, path)| trial(format!("fail/{name}"), move || check(&path))).collect()
}

fn check(path: &Path) -> Result<(), String> {
    let directory = path.parent().ok_or("no directory")?;
    let source = read(path).ok_or("no program")?;
    let line = source.lines().next().and_then(|l| l.strip_prefix("// ultra")).unwrap_or(" $FILE");
    let name = file_name(path);
    let args: Vec<&str> =
        line.split_whitespace().map(|a| if a == "$FILE" { name.as_str() } else { a }).collect();
    let outcome = ultra(&args, directory, &[], LIMIT)?;
    // Blessing must not turn a crash or an internal fault into an expectation.
    if !matches!(outcome.end, End::Exit(1 | 2)) {
        return Err(format!("{}: {}", outcome.end, outcome.first_errors()));
    }
    let expected = path.with_extension("err");
    if !expected.exists() && !blessing() {
        return Err(format!("{} is missing", expected.display()));
    }
    expect(&expected, &format!("{}\n{}", outcome.end, outcome.stderr))?;
    expect(&path.with_extension("out"), &outcome.stdout)
}

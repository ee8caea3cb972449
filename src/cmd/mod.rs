//! The command line: options shared by the subcommands, and what they print on misuse.
//!
//! Status: 0 success, 1 errors in the program, 2 wrong usage, 70 a fault of ours.

mod build;
pub mod check;
mod run;

use std::ffi::OsString;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use lexopt::prelude::*;

use crate::driver::{Dump, Options};
use crate::modules::dialect_of;
use crate::source::SourceFile;
use crate::syntax::Dialect;

const HELP: &str = "\
Usage: ultra [run] [OPTIONS] FILE [ARGUMENTS]
       ultra [OPTIONS] -e CODE        run CODE
       ultra [OPTIONS] -              run the program on standard input
       ultra check [OPTIONS] FILE...  report errors, run nothing
       ultra build [OPTIONS] FILE     compile FILE to a WebAssembly module

Options:
  --lang=LANG       js, ts or uts; otherwise by the file's extension
  --dump=LIST       show stages: tokens, ast, js, types, inference, ir, ir:PASS, asm
  --time-passes     show the time of each stage and pass
  --mem-stats       show allocations, frees and what is alive at exit
  --json            check: one line of JSON for each diagnostic
  --check-leaks     fail when objects are alive at a normal exit
  -O0               do not optimise
  -o FILE           where build writes the module
  -h, --help        show this
  -V, --version     show the version
";

/// What the command line asked for.
struct Request {
    command: Command,
    source: Source,
    dialect: Option<Dialect>,
    options: Options,
    /// Where `build` writes.
    output: Option<PathBuf>,
    /// Files after the first, for `check`.
    more: Vec<OsString>,
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Command {
    Run,
    Check,
    Build,
}

enum Source {
    File(OsString),
    Code(String),
    Stdin,
}

enum Parsed {
    Request(Request),
    /// Text to print, successfully.
    Show(String),
}

/// Runs the command; its exit status.
pub fn main(args: Vec<OsString>) -> u8 {
    match parse(args) {
        Ok(Parsed::Show(text)) => {
            print!("{text}");
            0
        }
        Ok(Parsed::Request(r)) => perform(r),
        Err(message) => {
            eprintln!("ultra: {message}\nTry 'ultra --help'.");
            2
        }
    }
}

fn parse(args: Vec<OsString>) -> Result<Parsed, String> {
    let mut parser = lexopt::Parser::from_args(args);
    let mut command = None;
    let mut source = None;
    let mut dialect = None;
    let mut output = None;
    let (mut more, mut json) = (Vec::new(), false);
    let mut options = Options {
        color: std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        ..Options::default()
    };
    while source.is_none() {
        let Some(arg) = parser.next().map_err(|e| e.to_string())? else { break };
        match arg {
            Short('h') | Long("help") => return Ok(Parsed::Show(HELP.into())),
            Short('V') | Long("version") => {
                return Ok(Parsed::Show(format!("ultra {}\n", env!("CARGO_PKG_VERSION"))));
            }
            Short('e') => source = Some(Source::Code(text(&mut parser)?)),
            Short('o') => output = Some(parser.value().map_err(|e| e.to_string())?.into()),
            Short('O') => match text(&mut parser)?.as_str() {
                "0" => options.unoptimized = true,
                _ => options.unoptimized = false,
            },
            Long("lang") => {
                let name = text(&mut parser)?;
                dialect =
                    Some(dialect_named(&name).ok_or(format!("unknown language '{name}': js, ts or uts"))?);
            }
            Long("dump") => {
                for name in text(&mut parser)?.split(',') {
                    let dump =
                        Dump::parse(name).ok_or(format!("unknown stage '{name}': one of {}", Dump::NAMES))?;
                    options.dumps.push(dump);
                }
            }
            Long("time-passes") => options.time_passes = true,
            Long("json") => json = true,
            Long("mem-stats") => options.mem_stats = true,
            Long("check-leaks") => options.check_leaks = true,
            Value(v) if command.is_none() && v == "run" => command = Some(Command::Run),
            Value(v) if command.is_none() && v == "check" => command = Some(Command::Check),
            Value(v) if command.is_none() && v == "build" => command = Some(Command::Build),
            Value(v) if v == "-" => source = Some(Source::Stdin),
            Value(v) => source = Some(Source::File(v)),
            other => return Err(unknown(&other.unexpected().to_string())),
        }
    }
    let source = source.ok_or("no program given")?;
    let command = command.unwrap_or(Command::Run);
    if command == Command::Check {
        while let Some(arg) = parser.next().map_err(|e| e.to_string())? {
            match arg {
                Value(v) => more.push(v),
                Long("json") => json = true,
                other => return Err(unknown(&other.unexpected().to_string())),
            }
        }
    } else if json {
        return Err("--json belongs to check".into());
    } else if let Ok(rest) = parser.raw_args() {
        options.args = rest.map(|a| a.to_string_lossy().into_owned()).collect();
    }
    Ok(Parsed::Request(Request { command, source, dialect, options, output, more, json }))
}

fn text(parser: &mut lexopt::Parser) -> Result<String, String> {
    let value = parser.value().map_err(|e| e.to_string())?;
    value.into_string().map_err(|_| "an option's value is not valid Unicode".into())
}

/// Adds the nearest option to a message about an unknown one.
fn unknown(message: &str) -> String {
    const KNOWN: &[&str] = &[
        "--lang",
        "--dump",
        "--time-passes",
        "--mem-stats",
        "--check-leaks",
        "--json",
        "--help",
        "--version",
    ];
    let given = message.split('\'').nth(1).unwrap_or("");
    let near = KNOWN.iter().map(|k| (distance(k, given), *k)).min().filter(|(d, _)| *d <= 3);
    match near {
        Some((_, name)) => format!("{message}; did you mean '{name}'?"),
        None => message.into(),
    }
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for j in 0..b.len() {
            let next = (row[j + 1] + 1).min(row[j] + 1).min(diagonal + (x != b[j]) as usize);
            diagonal = std::mem::replace(&mut row[j + 1], next);
        }
    }
    row[b.len()]
}

fn dialect_named(name: &str) -> Option<Dialect> {
    Some(match name {
        "js" => Dialect::Js,
        "ts" => Dialect::Ts,
        "uts" => Dialect::Uts,
        _ => return None,
    })
}

fn load(source: &Source, dialect: Option<Dialect>) -> Result<(SourceFile, Dialect), String> {
    let (path, bytes, found) = match source {
        Source::File(p) => {
            let path = Path::new(p);
            let bytes =
                crate::host::read(path).map_err(|e| format!("cannot read '{}': {e}", path.display()))?;
            (path.display().to_string(), bytes, dialect_of(path))
        }
        Source::Code(code) => ("[eval]".into(), code.clone().into_bytes(), Some(Dialect::Uts)),
        Source::Stdin => {
            let mut bytes = Vec::new();
            std::io::stdin()
                .read_to_end(&mut bytes)
                .map_err(|e| format!("cannot read standard input: {e}"))?;
            ("[stdin]".into(), bytes, Some(Dialect::Uts))
        }
    };
    let file = SourceFile::from_bytes(path.clone(), &bytes).map_err(|e| format!("{path}: {e}"))?;
    let dialect = dialect.or(found).ok_or(format!("{path}: unknown extension; say --lang=js, ts or uts"))?;
    Ok((file, dialect))
}

fn perform(request: Request) -> u8 {
    let (file, dialect) = match load(&request.source, request.dialect) {
        Ok(ok) => ok,
        Err(message) => {
            eprintln!("ultra: {message}");
            return 1;
        }
    };
    match request.command {
        Command::Run => run::run(&file, dialect, &request.options),
        Command::Check => check_all(file, dialect, &request),
        Command::Build => build::build(&file, dialect, &request.options, request.output.as_deref()),
    }
}

/// Checks all files of a command line; one that cannot be read is a failure.
fn check_all(first: SourceFile, dialect: Dialect, request: &Request) -> u8 {
    let mut files = vec![(first, dialect)];
    for path in &request.more {
        match load(&Source::File(path.clone()), request.dialect) {
            Ok(loaded) => files.push(loaded),
            Err(message) => {
                eprintln!("ultra: {message}");
                return 1;
            }
        }
    }
    let (color, time) = (request.options.color, request.options.time_passes);
    check::check(&check::Request { files: &files, color, json: request.json, time })
}

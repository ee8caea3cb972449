//! Programs with expected output, each in several modes.
//!
//! ```text
//!               no zeal   scan=1   scan=3,poison,audit   noreuse,poison   failalloc=N
//! optimised       yes        .              .                   .              .
//! -O0             yes        .              .                   .              .
//!                           one of these for each program, by seed; all with ULTRA_FULL=1
//! ```
//! In every mode the output must be the expected one byte for byte, the status 0, and
//! nothing alive at exit, which `--check-leaks` turns into a failure (it lets garbage
//! in cycles pass, since nothing collects that yet). A failing
//! allocation may end the program, but only by an exception.
//!
//! What cannot pass yet stands in `pending.txt` with its reason. A pending program is
//! run too: when it passes, that is a failure until the line is removed, and a crash
//! must be named there, so the list stays true.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use libtest_mimic::Trial;

use super::process::{End, Outcome, ultra};
use super::{blessing, difference, directories, expect, file_name, files, flag, read, root, trial};

/// Where programs are. Examples are run without zeal modes: they compute for longer.
const DIRECTORIES: [(&str, bool); 2] = [("run", true), ("examples", false)];

/// For one program in one mode: generous, since tests share the machine.
const LIMIT: Duration = Duration::from_secs(60);
/// Zeal modes scan the stack at every turn, so that deep recursion takes quadratic time.
const ZEAL_STACK: &str = "256k";

const ZEAL: [Zeal; 4] = [
    Zeal::Modes("scan=1"),
    Zeal::Modes("scan=3,poison,audit"),
    Zeal::Modes("noreuse,poison"),
    Zeal::FailAlloc,
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Zeal {
    None,
    Modes(&'static str),
    /// One allocation fails, a different one for each program and seed.
    FailAlloc,
}

/// How a program is run.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Mode {
    optimized: bool,
    zeal: Zeal,
}

impl Mode {
    const BASE: [Mode; 2] =
        [Mode { optimized: false, zeal: Zeal::None }, Mode { optimized: true, zeal: Zeal::None }];

    fn all_zeal() -> impl Iterator<Item = Mode> {
        ZEAL.into_iter().flat_map(|zeal| [false, true].map(|optimized| Mode { optimized, zeal }))
    }

    fn name(self) -> String {
        let level = if self.optimized { "O" } else { "O0" };
        match self.zeal {
            Zeal::None => level.into(),
            Zeal::Modes(modes) => format!("{level},{modes}"),
            Zeal::FailAlloc => format!("{level},failalloc"),
        }
    }
}

#[derive(Clone)]
struct Program {
    path: PathBuf,
    name: String,
}

impl Program {
    /// What is wrong with a run in this mode.
    fn check(&self, mode: Mode) -> Result<(), String> {
        let outcome = self.run(mode)?;
        if mode.zeal == Zeal::FailAlloc {
            return check_failed_allocation(&outcome);
        }
        if outcome.end != End::Exit(0) {
            return Err(format!("{}: {}", outcome.end, outcome.first_errors()));
        }
        let expected = read(&self.path.with_extension("out")).ok_or("the expected output is missing")?;
        if outcome.stdout != expected {
            return Err(format!("the output differs\n{}", difference(&expected, &outcome.stdout)));
        }
        Ok(())
    }

    fn run(&self, mode: Mode) -> Result<Outcome, String> {
        let mut args = vec!["--check-leaks"];
        if !mode.optimized {
            args.push("-O0");
        }
        let file = file_name(&self.path);
        args.push(&file);
        let modes = match mode.zeal {
            Zeal::None => String::new(),
            Zeal::Modes(modes) => modes.into(),
            Zeal::FailAlloc => {
                format!("failalloc={}", 1 + hash(seed() + 1, &self.name) % FAILING_ALLOCATIONS)
            }
        };
        let env: &[(&str, &str)] =
            if modes.is_empty() { &[] } else { &[("ULTRA_ZEAL", &modes), ("ULTRA_STACK", ZEAL_STACK)] };
        ultra(&args, self.path.parent().unwrap_or(Path::new(".")), env, LIMIT)
    }

    /// Rewrites the expected output, provided that both base modes agree on it.
    fn bless(&self) -> Result<(), String> {
        let [plain, optimized] = Mode::BASE.map(|mode| self.run(mode));
        let (plain, optimized) = (plain?, optimized?);
        for outcome in [&plain, &optimized] {
            if outcome.end != End::Exit(0) {
                return Err(format!("{}: {}", outcome.end, outcome.first_errors()));
            }
        }
        if plain.stdout != optimized.stdout {
            return Err(format!(
                "-O0 and optimised code disagree\n{}",
                difference(&plain.stdout, &optimized.stdout)
            ));
        }
        expect(&self.path.with_extension("out"), &plain.stdout)
    }
}

/// The failing allocation is one of the first so many.
const FAILING_ALLOCATIONS: u64 = 400;

/// A program may catch the exception of a failed allocation or end by it, nothing else.
fn check_failed_allocation(outcome: &Outcome) -> Result<(), String> {
    match outcome.end {
        End::Exit(0 | 1) if !outcome.stderr.contains("panicked") => Ok(()),
        _ => Err(format!("{}: {}", outcome.end, outcome.first_errors())),
    }
}

/// One line of pending.txt.
struct Pending {
    /// The one mode that is meant; without it, the program cannot pass in the base modes.
    mode: Option<String>,
    reason: String,
}

/// Reads `NAME: reason` and `NAME [mode]: reason`.
fn parse_pending(text: &str) -> Result<BTreeMap<String, Vec<Pending>>, String> {
    let mut out: BTreeMap<String, Vec<Pending>> = BTreeMap::new();
    for (i, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#')) {
        let (head, reason) = line.split_once(": ").ok_or(format!("pending.txt:{}: no reason", i + 1))?;
        let (name, mode) = match head.split_once(" [") {
            Some((name, mode)) => (name, Some(mode.trim_end_matches(']').to_string())),
            None => (head, None),
        };
        out.entry(name.into()).or_default().push(Pending { mode, reason: reason.into() });
    }
    Ok(out)
}

/// A reason that starts so says that the failure is an abnormal end, which no other may be.
const CRASH: &str = "crash";

/// A mode whose reason starts so is not run, since it would take minutes.
const SLOW: &str = "slow";

/// Passes as long as the program fails in one of the modes, in the way that is stated.
fn check_pending(program: &Program, modes: &[Mode], reason: &str) -> Result<(), String> {
    let failures: Vec<String> = modes.iter().filter_map(|&m| program.check(m).err()).collect();
    if failures.is_empty() {
        return Err(format!("now passes: remove it from tests/run/pending.txt\n  ({reason})"));
    }
    let abnormal = |f: &&String| {
        ["signal", "exit 70", "no end"].iter().any(|end| f.starts_with(end)) || f.contains("panicked")
    };
    let crash = failures.iter().find(abnormal);
    match crash {
        Some(how) if !reason.starts_with(CRASH) => {
            Err(format!("a pending program must fail cleanly, or its reason start with '{CRASH}': {how}"))
        }
        _ => Ok(()),
    }
}

pub fn trials() -> Vec<Trial> {
    let text = read(&root("tests/run/pending.txt")).unwrap_or_default();
    let pending = match parse_pending(&text) {
        Ok(pending) => pending,
        Err(message) => return vec![trial("pending.txt".into(), move || Err(message))],
    };
    let mut out = Vec::new();
    let mut known = Vec::new();
    for (directory, zeal) in DIRECTORIES {
        let under = if directory == "run" { "tests/run" } else { directory };
        let single =
            files(under, &["uts", "ts"]).into_iter().map(|path| Program { name: file_name(&path), path });
        let several = directories(under).into_iter().map(|(name, path)| Program { name, path });
        for program in single.chain(several) {
            known.push(program.name.clone());
            let listed = pending.get(&program.name).map_or(&[][..], |l| l);
            add(&mut out, directory, zeal, &program, listed);
        }
    }
    out.push(trial("run/pending.txt".into(), move || check_list(&text, &known)));
    out
}

/// The tests of one program.
fn add(out: &mut Vec<Trial>, directory: &str, zeal: bool, program: &Program, listed: &[Pending]) {
    let whole = listed.iter().find(|p| p.mode.is_none());
    if blessing() && whole.is_none() {
        let p = program.clone();
        out.push(trial(format!("{directory}/{} (bless)", p.name), move || p.bless()));
        return;
    }
    if let Some(entry) = whole {
        let (p, reason) = (program.clone(), entry.reason.clone());
        out.push(trial(format!("pending/{}", p.name), move || check_pending(&p, &Mode::BASE, &reason)));
        return;
    }
    for mode in modes(&program.name, zeal, listed) {
        let p = program.clone();
        let name = mode.name();
        match listed.iter().find(|l| l.mode.as_ref() == Some(&name)) {
            Some(entry) if entry.reason.starts_with(SLOW) => {}
            Some(entry) => {
                let reason = entry.reason.clone();
                out.push(trial(format!("pending/{} [{name}]", p.name), move || {
                    check_pending(&p, &[mode], &reason)
                }));
            }
            None => out.push(trial(format!("{directory}/{} [{name}]", p.name), move || p.check(mode))),
        }
    }
}

/// The base modes and, with zeal, a sample: those that are listed are always looked at.
fn modes(name: &str, zeal: bool, listed: &[Pending]) -> Vec<Mode> {
    let mut modes = Mode::BASE.to_vec();
    if zeal {
        let all: Vec<Mode> = Mode::all_zeal().collect();
        let chosen = hash(seed(), name) as usize % all.len();
        let wanted = |i: usize, m: &Mode| {
            flag("ULTRA_FULL") || i == chosen || listed.iter().any(|l| l.mode == Some(m.name()))
        };
        modes.extend(all.iter().enumerate().filter(|(i, m)| wanted(*i, m)).map(|(_, m)| *m));
    }
    modes
}

/// Every line must name a program, and a mode that exists.
fn check_list(text: &str, known: &[String]) -> Result<(), String> {
    let modes: Vec<String> = Mode::BASE.into_iter().chain(Mode::all_zeal()).map(Mode::name).collect();
    for (name, entries) in parse_pending(text)? {
        if !known.contains(&name) {
            return Err(format!("no program is called {name}"));
        }
        if let Some(mode) = entries.iter().filter_map(|p| p.mode.as_ref()).find(|m| !modes.contains(m)) {
            return Err(format!("{name}: no mode is called {mode}; one of: {}", modes.join("  ")));
        }
    }
    Ok(())
}

fn seed() -> u64 {
    std::env::var("ULTRA_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1)
}

/// FNV-1a over a seed and a name: a sample that is the same on every machine.
fn hash(seed: u64, name: &str) -> u64 {
    let bytes = seed.to_le_bytes().into_iter().chain(name.bytes());
    let h = bytes.fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ b as u64).wrapping_mul(0x100_0000_01b3));
    h ^ (h >> 29)
}

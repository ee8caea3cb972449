//! Broken programs: the parser must answer every text with a tree and diagnostics, in time
//! proportional to its length.
//!
//! Mutations start from the programs of the repository (and those below `ULTRA_REAL_CODE`):
//! tokens and bytes are deleted, doubled, swapped, and parts of other programs are spliced in. Each
//! result is parsed in a dialect, with and without JSX, its diagnostics are rendered, and if it has
//! none it must survive printing and parsing again, and the checker. `ULTRA_FUZZ=N` sets the number of inputs,
//! `ULTRA_SEED=N` the sequence. What ends the process leaves its input in the file that
//! `ULTRA_FUZZ_KEEP` names.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use ultra::check::{Which, check};
use ultra::diag::render;
use ultra::source::SourceFile;
use ultra::syntax::{Dialect, Goal, Interner, ParseOptions, dump_ast, parse_with, print::print};

use super::{files, flag, read, trial};

/// Inputs when nothing else is said.
const DEFAULT_COUNT: u64 = 4000;
/// Most bytes of a program that are mutated; longer ones are cut at random places.
const MAX_BYTES: usize = 6000;
/// An input that takes longer is taken for a hang. Generous, for machines under load.
const LIMIT: Duration = Duration::from_secs(20);
/// Bytes of stack, as the command has.
const STACK: usize = 256 << 20;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("mutate/programs".to_owned(), || deep(programs)),
        trial("mutate/nesting".to_owned(), || deep(nesting)),
        trial("mutate/long".to_owned(), || deep(long)),
        trial("mutate/bytes".to_owned(), || deep(bytes)),
    ]
}

/// Runs a test on a stack like the command's: the checker recurses over nested programs.
fn deep(test: fn() -> Result<(), String>) -> Result<(), String> {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(test).map_err(|e| e.to_string())?;
    thread.join().map_err(|_| "panic outside an input".to_owned())?
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.next() % n as u64) as usize }
    }
}

/// The words, runs of blanks and single characters of a text.
fn pieces(text: &str) -> Vec<&str> {
    let kind = |c: char| {
        if c.is_alphanumeric() || c == '_' {
            0
        } else if c.is_whitespace() {
            1
        } else {
            2
        }
    };
    let mut out = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (i, c) in text.char_indices() {
        if last.is_some_and(|l| l != kind(c) || l == 2) {
            out.push(&text[start..i]);
            start = i;
        }
        last = Some(kind(c));
    }
    out.push(&text[start..]);
    out
}

fn cut<'a>(text: &'a str, random: &mut Random) -> &'a str {
    if text.len() <= MAX_BYTES {
        return text;
    }
    let mut start = random.below(text.len() - MAX_BYTES);
    let mut end = start + MAX_BYTES;
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[start..end]
}

fn mutate(corpus: &[String], random: &mut Random) -> String {
    let text = cut(&corpus[random.below(corpus.len())], random);
    let other = cut(&corpus[random.below(corpus.len())], random);
    let mut list = pieces(text);
    let donor = pieces(other);
    for _ in 0..1 + random.below(4) {
        let (i, j) = (random.below(list.len()), random.below(list.len()));
        let run = 1 + random.below(6);
        match random.below(6) {
            0 => drop(list.drain(i..(i + run).min(list.len()))),
            1 => list.swap(i, j),
            2 => {
                let copy: Vec<&str> = list[i..(i + run).min(list.len())].to_vec();
                list.splice(j..j, copy);
            }
            3 => {
                let from = random.below(donor.len());
                list.splice(i..i, donor[from..(from + run * 4).min(donor.len())].iter().copied());
            }
            4 => list.truncate(i + 1),
            _ => {
                let odd = [
                    "(", ")", "{", "}", "[", "]", "`", "${", "/", "'", "\\", "<", ">", "=>", "?", ":",
                    "async ", "await ", "yield ", "...", "@", "#", "=", ",", "\u{2028}", "let ", "class ",
                    "*", "0", "//", "/*",
                ];
                list.insert(i, odd[random.below(odd.len())]);
            }
        }
        if list.is_empty() {
            list.push("x");
        }
    }
    list.concat()
}

/// Parses a text in every way that matters; what is wrong with the answer.
fn examine(text: &str, options: ParseOptions) -> Result<(), String> {
    let file = SourceFile::new("input", text).map_err(|e| e.to_string())?;
    let mut names = Interner::new();
    let parsed = parse_with(&file, options, &mut names);
    for d in parsed.diagnostics.iter().take(5) {
        if render(d, &file, false).is_empty() {
            return Err("a diagnostic has no text".to_owned());
        }
    }
    if !parsed.diagnostics.is_empty() {
        return Ok(());
    }
    let goal = if parsed.is_module { Goal::Module } else { options.goal };
    let printed = print(&parsed, &names);
    let again_file = SourceFile::new("printed", printed.clone()).map_err(|e| e.to_string())?;
    let mut again_names = Interner::new();
    let again = parse_with(&again_file, ParseOptions { goal, ..options }, &mut again_names);
    if let Some(d) = again.diagnostics.first() {
        return Err(format!("printed text is refused: {}\n{printed}", render(d, &again_file, false)));
    }
    let (before, after) = (dump_ast(&parsed, &names), dump_ast(&again, &again_names));
    if before == after && options.dialect.has_types() {
        let (tree, dialect) = (std::rc::Rc::new(parsed), options.dialect);
        check(&file, &tree, &ultra_ir::ids::Table::new(), Which::Typed, &mut names, dialect);
    }
    if before != after {
        let difference = before.lines().zip(after.lines()).find(|(a, b)| a != b);
        return Err(format!("printed text has another tree: {difference:?}\n{printed}"));
    }
    Ok(())
}

fn checked(text: &str, options: ParseOptions) -> Result<Duration, String> {
    let start = Instant::now();
    match catch_unwind(AssertUnwindSafe(|| examine(text, options))) {
        Ok(Ok(())) => Ok(start.elapsed()),
        Ok(Err(why)) => Err(format!("{options:?}: {why}\ninput:\n{text}")),
        Err(_) => Err(format!("{options:?}: panic\ninput:\n{text}")),
    }
}

fn corpus() -> Vec<String> {
    let mut out = Vec::new();
    for directory in ["tests/run", "tests/fail", "tests/parse", "examples"] {
        out.extend(files(directory, &["uts", "ts", "js", "tsx"]).iter().filter_map(|p| read(p)));
    }
    if let Some(root) = std::env::var_os("ULTRA_REAL_CODE") {
        let mut more = Vec::new();
        super::judge::files_below(Path::new(&root), &["js", "ts", "tsx"], &mut more);
        out.extend(more.iter().filter_map(|p| read(p)));
    }
    out
}

/// Ends the process when the current input takes too long, after showing it.
fn watch(current: Arc<Mutex<(Instant, String)>>) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            if let Ok(now) = current.lock() {
                if !now.1.is_empty() && now.0.elapsed() > LIMIT {
                    eprintln!("mutate/programs: no answer for this input:\n{}", now.1);
                    std::process::exit(1);
                }
            }
        }
    });
}

fn programs() -> Result<(), String> {
    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let count = number("ULTRA_FUZZ").unwrap_or(DEFAULT_COUNT);
    let mut random = Random(number("ULTRA_SEED").unwrap_or(1));
    let keep = std::env::var_os("ULTRA_FUZZ_KEEP");
    let corpus = corpus();
    let current = Arc::new(Mutex::new((Instant::now(), String::new())));
    watch(Arc::clone(&current));
    let dialects = [Dialect::Js, Dialect::Ts, Dialect::Uts];
    let goals = [Goal::Auto, Goal::Auto, Goal::Script, Goal::Module];
    let (mut slowest, mut bad) = (Duration::ZERO, Vec::new());
    let mut examined = 0;
    for _ in 0..count {
        examined += 1;
        let text = mutate(&corpus, &mut random);
        let options = ParseOptions {
            goal: goals[random.below(goals.len())],
            jsx: random.below(4) == 0,
            ..ParseOptions::new(dialects[random.below(3)])
        };
        if let Ok(mut now) = current.lock() {
            *now = (Instant::now(), text.clone());
        }
        if let Some(path) = &keep {
            std::fs::write(path, format!("// {options:?}\n{text}")).map_err(|e| e.to_string())?;
        }
        match checked(&text, options) {
            Ok(time) => slowest = slowest.max(time),
            Err(why) => bad.push(why),
        }
        if bad.len() >= 5 {
            break;
        }
    }
    if let Ok(mut now) = current.lock() {
        now.1.clear();
    }
    println!("mutate: {examined} inputs from {} programs, the slowest took {slowest:?}", corpus.len());
    if bad.is_empty() { Ok(()) } else { Err(bad.join("\n----\n")) }
}

/// Repeated openings, of which most never close.
const NESTS: &[&str] = &[
    "(",
    "[",
    "{",
    "`${",
    "((a) =>",
    "a => ",
    "async (",
    "async <T>(",
    "a ? (b) : ",
    "a ? b : ",
    "({a = ",
    "({a: ",
    "[a = ",
    "x[",
    "x[1:",
    "x?.[",
    "f(",
    "new ",
    "!",
    "- ",
    "typeof ",
    "await ",
    "function f() {",
    "class A { a = ",
    "class A { [",
    "class A { static {",
    "if (a) ",
    "if (a) {} else ",
    "for (;;) ",
    "for (a of ",
    "switch (a) { case (b): ",
    "label: ",
    "try {",
    "do ",
    "with (a) ",
    "a<b<",
    "f<A, ",
    "f<<T>(x: ",
    "<T>(",
    "<T>(a = ",
    "<a>",
    "<a b={",
    "<a>{",
    "type A = (",
    "type A = [",
    "type A = {a: ",
    "type A = B extends ",
    "type A = infer B extends ",
    "type A = keyof ",
    "type A = `${",
    "let x: (a: ",
    "(a: ",
    "(a?: ",
    "(a = (b): c => ",
    "@(",
    "import(",
    "namespace A {",
    "interface A { a: {",
    "enum A { a = ",
    "go ",
    "atomic ",
    "print (",
    "a = ",
    "a, ",
    "a ** ",
    "a && ",
    "a ?? ",
    "a.b",
    "a!",
    "a?.b",
    "a++ + ",
    "/(",
    "\"\\u{",
    "/* ",
    "<!--",
    "#x in ",
    "yield* ",
    "let [",
    "let {a: ",
    "var {a = ",
    "`",
    "\\",
    "export {",
    "a as ",
    "a satisfies (",
    "async\n",
    "x = {a, b: [",
    "case a: ",
];

fn nesting() -> Result<(), String> {
    for &nest in NESTS {
        for (dialect, jsx) in
            [(Dialect::Js, false), (Dialect::Ts, false), (Dialect::Ts, true), (Dialect::Uts, false)]
        {
            let options = ParseOptions { jsx, ..ParseOptions::new(dialect) };
            // Just below the limit of nesting, many times over, and far above it.
            let below = nest.repeat(600) + ";\n";
            for text in [nest.repeat(100_000), below.repeat(20)] {
                let time = checked(&text, options).map_err(|e| e.chars().take(2000).collect::<String>())?;
                if time > LIMIT {
                    return Err(format!("{nest:?} in {options:?} takes {time:?} for {} bytes", text.len()));
                }
            }
        }
    }
    Ok(())
}

/// A file of 50 MB with `ULTRA_FULL`, else of 2 MB; a line of 10 MB or 1 MB.
fn long() -> Result<(), String> {
    let (file, line) = if flag("ULTRA_FULL") { (50_000_000, 10_000_000) } else { (2_000_000, 1_000_000) };
    let unit = "function f(a, b) { if (a < b) { return [a, ...b, { c: `x${a}` }] } else { return /x/g.exec('y') } }\n";
    let one_line = "x = f(a, (b, c) => [b + 1, { c }], 'text', `t${1}`) / 2; ";
    for dialect in [Dialect::Js, Dialect::Ts, Dialect::Uts] {
        for text in [unit.repeat(file / unit.len()), one_line.repeat(line / one_line.len())] {
            let source = SourceFile::new("long", text).map_err(|e| e.to_string())?;
            let mut names = Interner::new();
            let start = Instant::now();
            let parsed = parse_with(&source, ParseOptions::new(dialect), &mut names);
            let rate = source.text().len() as f64 / 1e6 / start.elapsed().as_secs_f64();
            println!("{dialect:?}: {} bytes, {rate:.1} MB/s", source.text().len());
            if let Some(d) = parsed.diagnostics.first() {
                return Err(render(d, &source, false).chars().take(1000).collect());
            }
        }
    }
    Ok(())
}

/// Bytes that are no text.
fn bytes() -> Result<(), String> {
    let mut random = Random(7);
    for round in 0..300 {
        let length = 1 + random.below(3000);
        let ascii = round % 2 == 0;
        let data: Vec<u8> =
            (0..length).map(|_| if ascii { random.below(127) as u8 } else { random.next() as u8 }).collect();
        let text = String::from_utf8_lossy(&data).into_owned();
        for dialect in [Dialect::Js, Dialect::Ts, Dialect::Uts] {
            checked(&text, ParseOptions { jsx: round % 3 == 0, ..ParseOptions::new(dialect) })?;
        }
    }
    Ok(())
}

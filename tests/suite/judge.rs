//! The parser against what others collected: conformance suites that are not part of the
//! repository, found through environment variables.
//!
//! | variable | what it names |
//! |---|---|
//! | `ULTRA_PARSER_TESTS` | the npm package `test262-parser-tests` 0.0.5 |
//! | `ULTRA_TEST262` | a checkout of tc39/test262 |
//! | `ULTRA_STC` | a checkout of dudykr/stc; with `ULTRA_TYPESCRIPT`, npm's package `typescript` 5.9, and `ULTRA_NODE` if `node` is not in the path |
//! | `ULTRA_REAL_CODE` | a directory of real programs (`.js`, `.ts`, `.tsx`, ...) |
//!
//! Without its variable a test is listed as ignored and a line on standard error says so. Each
//! suite ends with its totals; `ULTRA_JUDGE_LIST=1` lists every deviation.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use ultra::source::SourceFile;
use ultra::syntax::{
    Dialect, Goal, Interner, ParseOptions, Parsed, dump_ast, dump_meaning, parse_with, print::print,
};

use super::{flag, trial};

/// Files of `early` and `fail` that ECMAScript 2025 allows, each with the reason.
const NOW_VALID: &[(&str, &str)] = &[
    ("0d5e450f1da8a92a.js", "12.9.4: \\8 and \\9 in sloppy code"),
    ("748656edbfb2d0bb.js", "12.9.4: \\8 and \\9 in sloppy code"),
    ("79f882da06f88c9f.js", "12.9.4: \\8 and \\9 in sloppy code"),
    ("92b6af54adef3624.js", "12.9.4: \\8 and \\9 in sloppy code"),
    ("647e21f8f157c338.js", "12.9.4: U+2028 in string literals"),
    ("8af69d8f15295ed2.js", "12.9.4: U+2029 in string literals"),
    ("98204d734f8c72b3.js", "15.7: class fields"),
    ("ef81b93cf9bdb4ec.js", "15.7: class fields"),
    ("c060a3014ad24dfd.js", "12.7: ID_Start of a newer Unicode"),
    ("e3fbcf63d7e43ead.js", "B.3.5: initialisers in for-in heads"),
    ("0f5f47108da5c34e.js", "B.3.4: a var may repeat the name of a catch, in for-of too"),
    ("12a74c60f52a60de.js", "B.3.2.4: repeated functions in sloppy blocks"),
    ("1aff49273f3e3a98.js", "B.3.2.4: repeated functions in sloppy blocks"),
    ("be7329119eaa3d47.js", "B.3.2.4: repeated functions in sloppy blocks"),
    ("ec31fa5e521c5df4.js", "B.3.2.4: repeated functions in sloppy blocks"),
];

/// Files whose `pass-explicit` form is another program: with other names or numbers, or with
/// two arguments where `pass` has one comma expression.
const OTHER_PROGRAM: &[&str] = &[
    "0339fa95c78c11bd.js",
    "0426f15dac46e92d.js",
    "06f7278423cef571.js",
    "0b4d61559ccce0f9.js",
    "0f88c334715d2489.js",
    "1093d98f5fc0758d.js",
    "15d9592709b947a0.js",
    "2179895ec5cc6276.js",
    "247a3a57e8176ebd.js",
    "441a92357939904a.js",
    "47f974d6fc52e3e4.js",
    "4e1a0da46ca45afe.js",
    "5829d742ab805866.js",
    "589dc8ad3b9aa28f.js",
    "598a5cedba92154d.js",
    "72d79750e81ef03d.js",
    "7788d3c1e1247da9.js",
    "7b72d7b43bedc895.js",
    "7dab6e55461806c9.js",
    "82c827ccaecbe22b.js",
    "87a9b0d1d80812cc.js",
    "8c80f7ee04352eba.js",
    "96f5d93be9a54573.js",
    "988e362ed9ddcac5.js",
    "9bcae7c7f00b4e3c.js",
    "a8a03a88237c4e8f.js",
    "ad06370e34811a6a.js",
    "b0fdc038ee292aba.js",
    "b62c6dd890bef675.js",
    "cb211fadccb029c7.js",
    "ce968fcdf3a1987c.js",
    "db3c01738aaf0b92.js",
    "e1387fe892984e2b.js",
    "e71c1d5f0b6b833c.js",
    "e8ea384458526db0.js",
];

/// Directories of test262 that are left out, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[(
    "test/annexB/language/expressions/assignmenttargettype",
    "calls as assignment targets that throw when executed: optional, and not in ECMAScript 2025",
)];

/// Features of test262 that are no part of ECMAScript 2025 and concern syntax.
const PROPOSALS: &[&str] = &[
    "decorators",
    "explicit-resource-management",
    "import-defer",
    "import-bytes",
    "import-text",
    "source-phase-imports",
    "source-phase-imports-module-source",
    "export-defer",
    "pattern-matching",
    "regexp-buffer-boundaries",
];

/// The share of test262's negative tests that must be refused.
const REFUSED_SHARE: f64 = 0.99;

pub fn trials() -> Vec<Trial> {
    vec![
        judge("parser-tests", "ULTRA_PARSER_TESTS", parser_tests),
        judge("test262", "ULTRA_TEST262", test262),
        judge("typescript", "ULTRA_STC", typescript),
        judge("real-code", "ULTRA_REAL_CODE", real_code),
    ]
}

fn judge(name: &str, variable: &str, test: fn(&Path) -> Result<(), String>) -> Trial {
    let Some(path) = std::env::var_os(variable).filter(|v| !v.is_empty()) else {
        eprintln!("judge/{name}: NOT RUN, {variable} is not set (see docs/testing.md)");
        return trial(format!("judge/{name}"), || Ok(())).with_ignored_flag(true);
    };
    trial(format!("judge/{name}"), move || test(Path::new(&path)))
}

fn parsed(text: &str, goal: Goal) -> Result<(Parsed, Interner), String> {
    let options = ParseOptions { goal, ..ParseOptions::new(Dialect::Js) };
    parsed_as("test.js", text, options)
}

fn parsed_as(path: &str, text: &str, options: ParseOptions) -> Result<(Parsed, Interner), String> {
    catch_unwind(AssertUnwindSafe(|| {
        let mut interner = Interner::new();
        let file = SourceFile::new(path, text).map_err(|e| e.to_string())?;
        let parsed = parse_with(&file, options, &mut interner);
        Ok((parsed, interner))
    }))
    .unwrap_or_else(|_| Err("panic".to_owned()))
}

/// What is wrong with a text, in one line; none when it parses.
fn refusal(text: &str, goal: Goal) -> Result<Option<String>, String> {
    let (parsed, _) = parsed(text, goal)?;
    Ok(first_error(&parsed, text))
}

fn first_error(parsed: &Parsed, text: &str) -> Option<String> {
    let d = parsed.diagnostics.iter().find(|d| d.is_error())?;
    let line = 1 + text.as_bytes()[..(d.span.start as usize).min(text.len())]
        .iter()
        .filter(|b| **b == b'\n')
        .count();
    Some(format!("line {line}: {} {}", d.code, d.message))
}

fn read(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// All files under a directory with one of the extensions, sorted.
pub fn files_below(directory: &Path, extensions: &[&str], out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files_below(&path, extensions, out);
        } else if path.extension().and_then(|x| x.to_str()).is_some_and(|x| extensions.contains(&x)) {
            out.push(path);
        }
    }
}

/// Deviations, of which a sample or all are shown.
#[derive(Default)]
struct Deviations(Vec<String>);

impl Deviations {
    fn add(&mut self, text: String) {
        self.0.push(text);
    }

    fn finish(self) -> Result<(), String> {
        let shown = if flag("ULTRA_JUDGE_LIST") { usize::MAX } else { 20 };
        if self.0.is_empty() {
            return Ok(());
        }
        let lines: Vec<&str> = self.0.iter().take(shown).map(String::as_str).collect();
        Err(format!("{} deviations\n{}", self.0.len(), lines.join("\n")))
    }
}

fn parser_tests(root: &Path) -> Result<(), String> {
    let mut bad = Deviations::default();
    let mut counts = [0usize; 3];
    let listed = |list: &[(&str, &str)], name: &str| list.iter().any(|(n, _)| *n == name);
    for directory in ["pass", "fail", "early"] {
        let mut files = Vec::new();
        files_below(&root.join(directory), &["js"], &mut files);
        if files.is_empty() {
            return Err(format!("{} has no tests", root.join(directory).display()));
        }
        for path in files {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text = read(&path)?;
            let goal = if name.contains(".module.") { Goal::Module } else { Goal::Script };
            let refused = refusal(&text, goal)?;
            let valid = (directory == "pass") || listed(NOW_VALID, &name);
            match (valid, &refused) {
                (true, Some(error)) => bad.add(format!("{directory}/{name} refused: {error}")),
                (false, None) => bad.add(format!("{directory}/{name} accepted: {}", text.trim())),
                _ => counts[["pass", "fail", "early"].iter().position(|d| *d == directory).unwrap_or(0)] += 1,
            }
            if directory == "pass" && refused.is_none() {
                let options = ParseOptions { goal, ..ParseOptions::new(Dialect::Js) };
                let (tree, names) = parsed(&text, goal)?;
                if let Some(difference) = print_again(&name, &tree, &names, options)? {
                    bad.add(format!("pass/{name}: {difference}"));
                }
            }
            if directory == "pass" && refused.is_none() && !OTHER_PROGRAM.contains(&name.as_str()) {
                let explicit = read(&root.join("pass-explicit").join(&name))?;
                let (a, names_a) = parsed(&text, goal)?;
                let (b, names_b) = parsed(&explicit, goal)?;
                if dump_meaning(&a, &names_a) != dump_meaning(&b, &names_b) {
                    bad.add(format!("pass/{name}: tree differs from pass-explicit"));
                }
            }
        }
    }
    println!("parser-tests: pass {} fail {} early {} as expected", counts[0], counts[1], counts[2]);
    bad.finish()
}

/// The frontmatter of a test of test262, as far as it matters here.
struct Frontmatter {
    flags: Vec<String>,
    features: Vec<String>,
    negative_parse: bool,
}

fn list_of(yaml: &str, key: &str) -> Vec<String> {
    let Some(at) = yaml.find(&format!("{key}:")) else { return Vec::new() };
    let rest = &yaml[at + key.len() + 1..];
    let line = rest.lines().next().unwrap_or("");
    if let Some(open) = line.find('[') {
        let close = rest.find(']').unwrap_or(rest.len());
        return rest[open + 1..close].split(',').map(|s| s.trim().to_owned()).collect();
    }
    rest.lines().skip(1).map_while(|l| l.trim().strip_prefix("- ")).map(|s| s.trim().to_owned()).collect()
}

fn frontmatter(text: &str) -> Frontmatter {
    let yaml = text.split_once("/*---").and_then(|(_, rest)| rest.split_once("---*/")).map_or("", |(y, _)| y);
    let negative = yaml.split_once("negative:").map_or("", |(_, rest)| rest);
    Frontmatter {
        flags: list_of(yaml, "flags"),
        features: list_of(yaml, "features"),
        negative_parse: negative.lines().take(4).any(|l| l.trim() == "phase: parse"),
    }
}

fn test262(root: &Path) -> Result<(), String> {
    let mut files = Vec::new();
    files_below(&root.join("test"), &["js"], &mut files);
    files.retain(|p| !p.to_string_lossy().ends_with("_FIXTURE.js"));
    if files.is_empty() {
        return Err(format!("{} has no tests", root.display()));
    }
    let mut bad = Deviations::default();
    let mut accepted = Deviations::default();
    let (mut positive, mut negative, mut refused_count, mut skipped) = (0, 0, 0, 0);
    for path in &files {
        let text = read(path)?;
        let front = frontmatter(&text);
        let left_out = LEFT_OUT.iter().any(|(directory, _)| path.starts_with(root.join(directory)));
        if left_out || front.features.iter().any(|f| PROPOSALS.contains(&f.as_str())) {
            skipped += 1;
            continue;
        }
        let has = |f: &str| front.flags.iter().any(|g| g == f);
        let strict = format!("\"use strict\";\n{text}");
        let runs: Vec<(Goal, &str)> = if has("module") {
            vec![(Goal::Module, &text)]
        } else if has("raw") || has("noStrict") {
            vec![(Goal::Script, &text)]
        } else if has("onlyStrict") {
            vec![(Goal::Script, &strict)]
        } else {
            vec![(Goal::Script, &text), (Goal::Script, &strict)]
        };
        let shown = path.strip_prefix(root).unwrap_or(path).display();
        for (goal, text) in runs {
            let refused = refusal(text, goal).map_err(|e| format!("{shown}: {e}"))?;
            match (front.negative_parse, refused) {
                (true, Some(_)) => (negative, refused_count) = (negative + 1, refused_count + 1),
                (true, None) => {
                    negative += 1;
                    accepted.add(format!("{shown}: accepted"));
                }
                (false, None) => {
                    positive += 1;
                    let options = ParseOptions { goal, ..ParseOptions::new(Dialect::Js) };
                    let (tree, names) = parsed(text, goal)?;
                    if let Some(difference) = print_again("test.js", &tree, &names, options)? {
                        bad.add(format!("{shown}: {difference}"));
                    }
                }
                (false, Some(error)) => bad.add(format!("{shown}: refused: {error}")),
            }
        }
    }
    let share = f64::from(refused_count) / f64::from(negative.max(1));
    println!(
        "test262: {positive} positive runs parse; {refused_count} of {negative} negative runs refused ({:.2} %); {skipped} files of proposals left out",
        share * 100.0
    );
    if share < REFUSED_SHARE {
        bad.0.extend(accepted.0);
    } else if flag("ULTRA_JUDGE_LIST") {
        println!("{}", accepted.0.join("\n"));
    }
    bad.finish()
}

/// The share of files that TypeScript refuses and this parser may accept.
const ACCEPTED_SHARE: f64 = 0.02;

/// The first error of the grammar; early errors, which TypeScript reports after parsing or not at
/// all, are left out.
fn first_grammar_error(parsed: &Parsed, text: &str) -> Option<String> {
    let mut grammar =
        parsed.diagnostics.iter().filter(|d| d.is_error() && !d.code.as_str().starts_with("U02"));
    let d = grammar.next()?;
    let line = 1 + text.as_bytes()[..(d.span.start as usize).min(text.len())]
        .iter()
        .filter(|b| **b == b'\n')
        .count();
    Some(format!("line {line}: {} {}", d.code, d.message))
}

/// The lines of scripts/typescript-parse.mjs; with `names` of its checker on these files.
fn ask_typescript(module: &Path, root: &Path, names: Option<&str>) -> Result<String, String> {
    let node = std::env::var_os("ULTRA_NODE").unwrap_or_else(|| "node".into());
    let input = std::env::temp_dir().join(format!("ultra-typescript-{}", std::process::id()));
    std::fs::write(&input, names.unwrap_or("")).map_err(|e| e.to_string())?;
    let output = std::process::Command::new(node)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/typescript-parse.mjs"))
        .args([module, root])
        .args(names.map(|_| "--checker"))
        .stdin(std::fs::File::open(&input).map_err(|e| e.to_string())?)
        .output()
        .map_err(|e| format!("node: {e}"));
    let _ = std::fs::remove_file(&input);
    let output = output?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn typescript(root: &Path) -> Result<(), String> {
    let module = std::env::var_os("ULTRA_TYPESCRIPT").ok_or("ULTRA_TYPESCRIPT is not set")?;
    let listing = ask_typescript(Path::new(&module), root, None)?;
    let (mut files, mut theirs, mut accepted, mut refused) = (0, 0, 0, 0);
    let mut differences = String::new();
    let mut candidates: Vec<(String, String)> = Vec::new();
    let mut unprintable = Deviations::default();
    for line in listing.lines() {
        let (name, error) = line.split_once('\t').ok_or("a line without a tab")?;
        let text = read(&root.join(name))?;
        let (parsed, names) = parsed_as(name, &text, ParseOptions::for_path(name, Dialect::Ts))?;
        // An early error is a refusal too, but TypeScript need not report it as one of syntax.
        let ours = first_grammar_error(&parsed, &text);
        let refused_here = first_error(&parsed, &text).is_some();
        files += 1;
        theirs += usize::from(!error.is_empty());
        if ours.is_none() && !refused_here {
            let options = ParseOptions::for_path(name, Dialect::Ts);
            if let Some(difference) = print_again(name, &parsed, &names, options)? {
                unprintable.add(format!("{name}: {difference}"));
            }
        }
        match (error, ours) {
            ("", Some(ours)) => candidates.push((name.to_owned(), ours)),
            (error, _) if !error.is_empty() && !refused_here => {
                accepted += 1;
                differences.push_str(&format!("accepted {name}: {error}\n"));
            }
            _ => {}
        }
    }
    // What its parser accepts its checker may still refuse for the grammar.
    let names: Vec<&str> = candidates.iter().map(|(n, _)| n.as_str()).collect();
    let later = ask_typescript(Path::new(&module), root, Some(&names.join("\n")))?;
    for ((name, ours), line) in candidates.iter().zip(later.lines()) {
        if line.split_once('\t').is_some_and(|(n, error)| n == name && error.is_empty()) {
            refused += 1;
            differences.push_str(&format!("refused {name}: {ours}\n"));
        }
    }
    let share = f64::from(accepted) / (theirs.max(1) as f64);
    println!(
        "typescript: {files} files, {theirs} with a syntax error of TypeScript; {refused} refused here only, {accepted} accepted here only ({:.2} %)",
        share * 100.0
    );
    let list = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parse/typescript-differences.txt"));
    super::expect(list, &differences)?;
    unprintable.finish()?;
    if share > ACCEPTED_SHARE { Err(format!("{accepted} files accepted")) } else { Ok(()) }
}

/// Prints a tree and parses the text; what differs.
fn print_again(
    name: &str,
    parsed: &Parsed,
    names: &Interner,
    options: ParseOptions,
) -> Result<Option<String>, String> {
    let goal = match options.goal {
        Goal::Auto if parsed.is_module => Goal::Module,
        goal => goal,
    };
    let text = print(parsed, names);
    let (again, again_names) = parsed_as(name, &text, ParseOptions { goal, ..options })?;
    if let Some(error) = first_error(&again, &text) {
        return Ok(Some(format!("printed text is refused: {error}")));
    }
    let (before, after) = (dump_ast(parsed, names), dump_ast(&again, &again_names));
    if before == after {
        return Ok(None);
    }
    let differing = before.lines().zip(after.lines()).find(|(a, b)| a != b);
    Ok(Some(format!("printed text has another tree: {differing:?}")))
}

fn real_code(root: &Path) -> Result<(), String> {
    let mut files = Vec::new();
    files_below(root, &["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"], &mut files);
    if files.is_empty() {
        return Err(format!("{} has no programs", root.display()));
    }
    let mut bad = Deviations::default();
    let mut bytes = 0;
    for path in &files {
        let text = read(path)?;
        bytes += text.len();
        let name = path.to_string_lossy();
        let types = path.extension().is_some_and(|x| x.to_string_lossy().contains("ts"));
        let dialect = if types { Dialect::Ts } else { Dialect::Js };
        let options = ParseOptions::for_path(&name, dialect);
        let (parsed, names) = parsed_as(&name, &text, options)?;
        if let Some(error) = first_error(&parsed, &text) {
            bad.add(format!("{name}: refused: {error}"));
            continue;
        }
        if let Some(difference) = print_again(&name, &parsed, &names, options)? {
            bad.add(format!("{name}: {difference}"));
        }
    }
    println!(
        "real-code: {} files, {bytes} bytes parse, and parse to the same tree after printing",
        files.len()
    );
    bad.finish()
}

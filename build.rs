//! Makes the index of the library that is written in the language (`runtime/lib/prelude.js`):
//! which lines are which function, what each needs, and the words that make it likely that a
//! program uses it. The text is split at declarations that start in the first column.
//! Makes the same for the declarations that the checker reads (`src/check/lib`): where the section
//! of each name is, so that a start looks at no text that is not used.

use std::fmt::Write;
use std::path::Path;

fn main() {
    // A fixed address spares the relocation of thousands of words at every start.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-link-arg-bin=ultra=-no-pie");
    }
    const SOURCE: &str = "runtime/lib/prelude.js";
    println!("cargo:rerun-if-changed={SOURCE}");
    println!("cargo:rerun-if-changed=build.rs");
    let text = std::fs::read_to_string(SOURCE).expect("the library is part of the source");
    let units = units(&text);
    let mut out = String::from("pub static UNITS: &[Unit] = &[\n");
    for u in &units {
        let body = &text[u.start..u.end];
        let needs: Vec<usize> =
            (0..units.len()).filter(|&i| units[i].name != u.name && mentions(body, units[i].name)).collect();
        let words = words(u.name);
        writeln!(
            out,
            "    Unit {{ name: {:?}, start: {}, end: {}, needs: &{needs:?}, words: &{words:?} }},",
            u.name, u.start, u.end
        )
        .expect("strings take everything");
    }
    out += "];\n";
    let dir = std::env::var_os("OUT_DIR").expect("set by cargo");
    std::fs::write(Path::new(&dir).join("library_index.rs"), out).expect("the output directory is writable");
    let out = sections();
    std::fs::write(Path::new(&dir).join("check_sections.rs"), out).expect("the output directory is writable");
}

/// The files of declarations, in the order of `TEXTS` in `src/check/lib.rs`; the last one adds to
/// sections of the others.
const DECLARATIONS: [&str; 4] = ["core", "types", "host", "ultra"];

/// The tables of sections: a section starts with a line `//@ NAMES`.
fn sections() -> String {
    let mut names: Vec<(String, usize)> = Vec::new();
    let mut sections: Vec<(usize, [usize; 4])> = Vec::new();
    for (file, name) in DECLARATIONS.iter().enumerate() {
        let path = format!("src/check/lib/{name}.d.ts");
        println!("cargo:rerun-if-changed={path}");
        let text = std::fs::read_to_string(&path).expect("the declarations are part of the source");
        let heads: Vec<usize> = text.match_indices("//@ ").map(|m| m.0).collect();
        for (i, &at) in heads.iter().enumerate() {
            let end = heads.get(i + 1).copied().unwrap_or(text.len());
            let body = text[at..end].find('\n').map_or(end, |n| at + n + 1);
            let mut words = text[at + 4..body].split_whitespace();
            if file == DECLARATIONS.len() - 1 {
                let first = words.next().expect("a section has names");
                let (_, of) = names.iter().find(|n| n.0 == first).expect("a section that exists");
                sections[*of].1[2..].copy_from_slice(&[body, end]);
                continue;
            }
            names.extend(words.map(|w| (w.to_owned(), sections.len())));
            sections.push((file, [body, end, 0, 0]));
        }
    }
    names.sort();
    println!("cargo:rerun-if-changed=src/check/lib/opaque.txt");
    let opaque = std::fs::read_to_string("src/check/lib/opaque.txt").expect("the list is part of the source");
    let mut opaque: Vec<&str> = opaque.split_whitespace().collect();
    opaque.sort_unstable();
    format!(
        "/// Names and their sections, sorted.\nstatic NAMES: &[(&str, u32)] = &{names:?};\n\
         /// Text, start and end in it, start and end in the text for UltraScript.\n\
         static SECTIONS: &[(u32, [u32; 4])] = &{sections:?};\n\
         /// Sorted.\nstatic OPAQUE: &[&str] = &{opaque:?};\n"
    )
}

struct Unit<'a> {
    name: &'a str,
    start: usize,
    end: usize,
}

fn units(text: &str) -> Vec<Unit<'_>> {
    let mut units: Vec<Unit<'_>> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some(name) = declared(line) {
            if let Some(last) = units.last_mut() {
                last.end = at;
            }
            units.push(Unit { name, start: at, end: text.len() });
        }
        at += line.len();
    }
    units.sort_by_key(|u| u.name);
    units
}

/// The name that a line declares, if it is the first line of a declaration.
fn declared(line: &str) -> Option<&str> {
    const HEADS: &[&str] = &[
        "function* ",
        "function ",
        "async function* ",
        "async function ",
        "class ",
        "const ",
        "let ",
        "var ",
    ];
    let rest = HEADS.iter().find_map(|h| line.strip_prefix(h))?;
    let end = rest.find(|c: char| !is_part(c))?;
    Some(&rest[..end])
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$'
}

/// Whether a text contains a name as a whole word.
fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part))
}

/// `__ultra_array_from_map` is likely used where `from` or `map` is written, and
/// `__ultra_array_pushAll` where `push` is. A wrong guess costs time only.
fn words(name: &str) -> Vec<String> {
    let rest = name.strip_prefix("__ultra_").unwrap_or(name);
    // Functions that stand for built-in ones are asked for by inference alone.
    if rest.starts_with("v_") {
        return Vec::new();
    }
    let parts: Vec<&str> = rest.split('_').collect();
    let parts = if parts.len() > 1 { &parts[1..] } else { &parts[..] };
    let mut words: Vec<String> = Vec::new();
    for p in parts.iter().filter(|p| !p.is_empty()) {
        words.push(p.to_string());
        let head: String = p.chars().take_while(|c| c.is_ascii_lowercase()).collect();
        if head.len() < p.len() && head.len() > 2 {
            words.push(head);
        }
    }
    words
}

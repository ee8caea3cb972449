//! The library that is written in the language, and which parts of it a program needs.
//!
//! ```text
//! runtime/lib/prelude.js ── build.rs ──> UNITS   one entry per declaration
//! program's names ── mentioned ──> Selection ── text ──> parsed behind the program's own text
//!                                    ▲
//! lowering, inference ── gaps ───────┘   what was asked for but not selected: lower again
//! ```
//! The library grows while most programs use little of it, so only selected units are ever
//! parsed. Names are a guess; what the guess misses is found by inference, which asks for every
//! library function that the program calls.
//!
//! Invariant: a selection contains what its units need.

use crate::syntax::Interner;

/// One top-level declaration of the library.
pub struct Unit {
    pub name: &'static str,
    start: u32,
    end: u32,
    /// Indices of the units that its text names.
    needs: &'static [u32],
    /// A program that calls it usually contains one of these.
    words: &'static [&'static str],
}

include!(concat!(env!("OUT_DIR"), "/library_index.rs"));

const TEXT: &str = include_str!("../runtime/lib/prelude.js");

/// Whether a function is of the library, by its name.
pub fn is_library(name: &str) -> bool {
    name.starts_with("__ultra_")
}

/// The library's name for a function, if it has one.
pub fn known(name: &str) -> Option<&'static str> {
    find(name).map(|i| UNITS[i].name)
}

fn find(name: &str) -> Option<usize> {
    UNITS.binary_search_by_key(&name, |u| u.name).ok()
}

/// Units of the library, closed under what they need.
#[derive(Clone, Debug)]
pub struct Selection {
    chosen: Vec<bool>,
    /// Those added since `take_text`, in order.
    added: Vec<usize>,
}

impl Selection {
    /// The units that a program is likely to use, by the names in it.
    pub fn mentioned(names: &Interner, text: &str) -> Selection {
        let mut s = Selection { chosen: vec![false; UNITS.len()], added: Vec::new() };
        let used = |word: &str| match names.get(word) {
            // Words of the grammar are always in the table.
            Some(n) if n.is_seed() => text.contains(word),
            found => found.is_some(),
        };
        for (i, unit) in UNITS.iter().enumerate() {
            if unit.words.iter().any(|w| used(w)) || names.get(unit.name).is_some() {
                s.add(i);
            }
        }
        s
    }

    fn add(&mut self, i: usize) {
        if std::mem::replace(&mut self.chosen[i], true) {
            return;
        }
        self.added.push(i);
        for &n in UNITS[i].needs {
            self.add(n as usize);
        }
    }

    /// Adds units by name; whether one was new.
    pub fn extend(&mut self, names: &[&str]) -> bool {
        for i in names.iter().filter_map(|n| find(n)) {
            self.add(i);
        }
        !self.added.is_empty()
    }

    /// The text of the units added since the last call.
    pub fn take_text(&mut self) -> String {
        let mut text = String::new();
        for i in std::mem::take(&mut self.added) {
            text += &TEXT[UNITS[i].start as usize..UNITS[i].end as usize];
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;
    use crate::syntax::{Dialect, parse};

    fn file(text: &str) -> SourceFile {
        SourceFile::new("library.js", text).expect("a short text")
    }

    fn selected(text: &str) -> Vec<&'static str> {
        let mut names = Interner::new();
        parse(&file(text), Dialect::Uts, &mut names);
        let s = Selection::mentioned(&names, text);
        (0..UNITS.len()).filter(|&i| s.chosen[i]).map(|i| UNITS[i].name).collect()
    }

    #[test]
    fn a_program_gets_what_it_names_and_what_that_needs() {
        assert_eq!(selected("console.log(1)"), [""; 0]);
        let got = selected("[1].slice(1)");
        assert!(got.contains(&"__ultra_array_slice") && got.contains(&"__ultra_relative"), "{got:?}");
        assert!(!got.contains(&"__ultra_array_map"), "{got:?}");
    }

    #[test]
    fn every_unit_parses_alone() {
        for u in UNITS {
            let text = &TEXT[u.start as usize..u.end as usize];
            let parsed = parse(&file(text), Dialect::Uts, &mut Interner::new());
            assert!(parsed.diagnostics.is_empty(), "{}: {:?}", u.name, parsed.diagnostics);
            assert!(is_library(u.name), "{}", u.name);
        }
    }

    #[test]
    fn gaps_are_added_once() {
        let mut names = Interner::new();
        let parsed = parse(&file("1"), Dialect::Uts, &mut names);
        assert!(parsed.diagnostics.is_empty());
        let mut s = Selection::mentioned(&names, "1");
        assert!(s.extend(&["__ultra_array_slice", "no such"]));
        assert!(s.take_text().contains("function __ultra_relative"));
        assert!(!s.extend(&["__ultra_relative"]));
    }
}

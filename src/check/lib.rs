//! The declarations of the global objects, as text in TypeScript's syntax.
//!
//! The text is divided into sections that start with a line `//@ names`; a section is parsed when
//! one of its names is asked for, so that a small program pays for little. `build.rs` finds them.

use std::rc::Rc;

use super::bind::{bind, flag};
use super::types::{Column, SymId, Ty};
use super::{Checker, File};
use crate::syntax::{Dialect, Name};

const TEXTS: [&str; 3] =
    [include_str!("lib/core.d.ts"), include_str!("lib/types.d.ts"), include_str!("lib/host.d.ts")];

/// What UltraScript adds to declarations above, by the first name of their section.
const ULTRA: &str = include_str!("lib/ultra.d.ts");

include!(concat!(env!("OUT_DIR"), "/check_sections.rs"));

/// Which sections have been read.
#[derive(Debug)]
pub(super) struct Sections {
    loaded: Vec<bool>,
}

impl Sections {
    pub fn new() -> Sections {
        Sections { loaded: vec![false; SECTIONS.len()] }
    }

    /// All names that are declared, sorted.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|n| n.0)
    }
}

/// Whether a name exists without a declaration that is followed: such values and types are `any`.
pub(super) fn is_opaque(text: &str) -> bool {
    OPAQUE.binary_search(&text).is_ok()
}

impl Checker<'_> {
    /// The library's symbol of a name, if one of these flags holds of it.
    pub(super) fn global_symbol(&mut self, name: Name, flags: u16) -> Option<SymId> {
        self.load(name);
        self.s.local(self.global, name).filter(|&s| self.s.symbols[s].flags & flags != 0)
    }

    fn load(&mut self, name: Name) {
        let text = self.names.resolve(name);
        let Ok(found) = NAMES.binary_search_by_key(&text, |n| n.0) else { return };
        let section = NAMES[found].1 as usize;
        if std::mem::replace(&mut self.lib.loaded[section], true) {
            return;
        }
        let (file, [start, end, more, more_end]) = SECTIONS[section];
        let mut text = std::borrow::Cow::Borrowed(&TEXTS[file as usize][start as usize..end as usize]);
        if self.dialect.is_ultra() {
            text.to_mut().push_str(&ULTRA[more as usize..more_end as usize]);
        }
        let Ok(source) = crate::source::SourceFile::new("lib", text.as_ref()) else { return };
        let parsed = Rc::new(crate::syntax::parse(&source, Dialect::Ts, self.names));
        debug_assert!(parsed.diagnostics.is_empty(), "{:?} in {text}", parsed.diagnostics);
        let file = self.files.len() as u32;
        let scopes = bind(&mut self.s, &parsed.ast, &parsed.module_body, file, self.global);
        self.files.push(Rc::new(File { parsed, scopes, is_lib: true }));
        self.nodes.push(Column::default());
    }

    /// A symbol of the library that rules name.
    pub(super) fn known(&mut self, name: &'static str) -> SymId {
        if let Some(&s) = self.known.syms.get(name) {
            return s;
        }
        let interned = self.names.intern(name);
        let sym = self.global_symbol(interned, flag::TYPE | flag::VALUE).unwrap_or(SymId::NONE);
        debug_assert!(!sym.is_none(), "the library declares {name}");
        self.known.syms.insert(name, sym);
        sym
    }

    /// An instance of a generic class of the library.
    pub(super) fn known_ref(&mut self, name: &'static str, args: &[Ty]) -> Ty {
        let sym = self.known(name);
        if sym.is_none() {
            return Ty::ANY;
        }
        self.t.intern(super::types::Data::Ref(sym, args.into()), false)
    }
}

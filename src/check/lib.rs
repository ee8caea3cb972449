//! The declarations of the global objects, as text in TypeScript's syntax.
//!
//! The text is divided into sections that start with a line `//@ names`; a section is parsed when
//! one of its names is asked for, so that a small program pays for little.

use std::rc::Rc;

use hashbrown::HashMap;

use super::bind::{bind, flag};
use super::types::{Column, SymId, Ty};
use super::{Checker, File};
use crate::syntax::{Dialect, Name};

const TEXTS: [&str; 3] = [include_str!("lib/core.d.ts"), include_str!("lib/types.d.ts"), include_str!("lib/host.d.ts")];

/// What UltraScript adds to declarations above, by the first name of their section.
const ULTRA: &str = include_str!("lib/ultra.d.ts");

/// Values and types that exist, but have no declaration here: they are `any`.
const OPAQUE: &str = include_str!("lib/opaque.txt");

/// Where the sections are and which have been read.
#[derive(Debug)]
pub(super) struct Sections {
    of_name: HashMap<&'static str, u32>,
    texts: Vec<Option<&'static str>>,
}

impl Sections {
    pub fn new() -> Sections {
        let mut s = Sections { of_name: HashMap::new(), texts: Vec::new() };
        for text in TEXTS {
            let parts = text.split("//@ ").skip(1);
            for part in parts {
                let (head, body) = part.split_once('\n').unwrap_or((part, ""));
                for name in head.split_whitespace() {
                    s.of_name.insert(name, s.texts.len() as u32);
                }
                s.texts.push(Some(body));
            }
        }
        s
    }

    /// All names that are declared, sorted.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = self.of_name.keys().copied().collect();
        names.sort_unstable();
        names
    }
}

/// Whether a name exists without a declaration that is followed.
pub(super) fn is_opaque(text: &str) -> bool {
    static NAMES: std::sync::OnceLock<hashbrown::HashSet<&'static str>> = std::sync::OnceLock::new();
    NAMES.get_or_init(|| OPAQUE.split_whitespace().collect()).contains(text)
}

impl Checker<'_> {
    /// The library's symbol of a name, if one of these flags holds of it.
    pub(super) fn global_symbol(&mut self, name: Name, flags: u16) -> Option<SymId> {
        self.load(name);
        self.s.local(self.global, name).filter(|&s| self.s.symbols[s].flags & flags != 0)
    }

    fn load(&mut self, name: Name) {
        let Some(&section) = self.lib.of_name.get(self.names.resolve(name)) else { return };
        let Some(text) = self.lib.texts[section as usize].take() else { return };
        let mut text = std::borrow::Cow::Borrowed(text);
        if self.dialect.is_ultra() {
            for part in ULTRA.split("//@ ").skip(1) {
                let (head, body) = part.split_once('\n').unwrap_or((part, ""));
                let first = head.split_whitespace().next().unwrap_or("");
                if self.lib.of_name.get(first) == Some(&section) {
                    text.to_mut().push_str(body);
                }
            }
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

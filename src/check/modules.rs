//! Imports and exports in the checker: an imported name is the exporting module's symbol.
//!
//! ```text
//! import {a} from "m"  ── entry `a` of the importing scope = symbol of m (through re-exports)
//! import * as n        ── a symbol of a namespace, whose scope has m's symbols
//! export default e     ── the symbol `default` of the module's scope
//! ```
//! All modules share one tree, so they are one file here, each with a scope and a frame of its own.
//! What cannot be followed (JavaScript, JSON, what is missing or ambiguous) stays an import, which
//! is `any`; whether an export exists is reported by `resolve`.

use std::rc::Rc;

use hashbrown::{HashMap, HashSet};
use ultra_ir::Table;

use super::bind::{Decl, DeclKind, FrameId, ScopeId, Scopes, bind_all, flag};
use super::types::{Column, SymId};
use super::{Checker, File};
use crate::modules::{Format, Module, ModuleId};
use crate::resolve::link::{Export, Tables, Take, tables};
use crate::syntax::ast::{Ast, Expr, Stmt, StmtId};
use crate::syntax::{Name, Parsed, well_known as names};

impl Checker<'_> {
    /// Adds the modules of a program; the scopes of their top levels.
    pub(super) fn add_modules(
        &mut self,
        parsed: &Rc<Parsed>,
        modules: &Table<ModuleId, Module>,
    ) -> Vec<ScopeId> {
        let mut tops = Vec::new();
        for _ in modules.ids() {
            let frame = self.s.frames.push(FrameId::NONE);
            tops.push(self.s.new_scope(self.global, 0, frame));
        }
        let bodies: Vec<(&[StmtId], ScopeId)> =
            modules.values().zip(&tops).map(|(m, &top)| (&*m.body, top)).collect();
        let tables = tables(&parsed.ast, self.names, modules);
        let scopes = bind_all(&mut self.s, &parsed.ast, &bodies, 0, |s| {
            let ast = &parsed.ast;
            Linker { ast, modules, tables: &tables, tops: &tops, s, spaces: HashMap::new() }.link();
        });
        self.files.push(Rc::new(File { parsed: Rc::clone(parsed), scopes, is_lib: false }));
        self.nodes.push(Column::default());
        for (id, &top) in modules.ids().zip(&tops) {
            if modules[id].dialect.is_ultra() {
                let exported = |name: Name| {
                    tables[id].exports.iter().any(|(_, e)| matches!(e, Export::Local(n) if *n == name))
                };
                self.merge_globals(top, exported);
            }
        }
        tops
    }
}

struct Linker<'a> {
    ast: &'a Ast,
    modules: &'a Table<ModuleId, Module>,
    tables: &'a Table<ModuleId, Tables>,
    tops: &'a [ScopeId],
    s: &'a mut Scopes,
    /// Symbols of namespaces.
    spaces: HashMap<ModuleId, SymId>,
}

impl Linker<'_> {
    fn link(&mut self) {
        for id in self.modules.ids() {
            let mut imports: Vec<(Name, ModuleId, Take)> =
                self.tables[id].imports.iter().map(|(n, &(m, take))| (*n, m, take)).collect();
            imports.sort_by_key(|i| i.0);
            for (local, m, take) in imports {
                let top = self.top(id);
                // A declaration of the same name is reported elsewhere.
                let is_import = |s: &SymId| self.s.symbols[*s].flags & !flag::AMBIENT == flag::IMPORT;
                if self.s.local(top, local).is_some_and(|s| is_import(&s))
                    && let Some(sym) = self.take(m, take, local, &mut HashSet::new())
                {
                    self.s.alias(top, local, sym);
                }
            }
        }
    }

    fn top(&self, m: ModuleId) -> ScopeId {
        self.tops[m.0 as usize]
    }

    /// Whether the types of a module's exports are written in it.
    fn is_typed(&self, m: ModuleId) -> bool {
        self.modules[m].dialect.has_types() && self.modules[m].format != Format::Json
    }

    fn take(
        &mut self,
        m: ModuleId,
        take: Take,
        local: Name,
        seen: &mut HashSet<(ModuleId, Name)>,
    ) -> Option<SymId> {
        if !self.is_typed(m) {
            return None;
        }
        match take {
            Take::Name(name) => self.export(m, name, seen),
            Take::Namespace | Take::Value => match self.assigned(m) {
                Some(name) => self.local(m, name?, seen),
                None => Some(self.space(m, local)),
            },
        }
    }

    /// What `export =` assigns: its name, if it is one.
    fn assigned(&self, m: ModuleId) -> Option<Option<Name>> {
        self.modules[m].body.iter().find_map(|&s| match self.ast[s] {
            Stmt::ExportAssign(e) => Some(match self.ast[self.ast.unparen(e)] {
                Expr::Name(n) => Some(n),
                _ => None,
            }),
            _ => None,
        })
    }

    /// What a name of a module's top level is; an import is followed.
    fn local(&mut self, m: ModuleId, name: Name, seen: &mut HashSet<(ModuleId, Name)>) -> Option<SymId> {
        let sym = self.s.local(self.top(m), name)?;
        if self.s.symbols[sym].flags & !flag::AMBIENT != flag::IMPORT {
            return Some(sym);
        }
        let &(from, take) = self.tables[m].imports.get(&name)?;
        self.take(from, take, name, seen)
    }

    /// The symbol of an export; `seen` ends circles.
    fn export(&mut self, m: ModuleId, name: Name, seen: &mut HashSet<(ModuleId, Name)>) -> Option<SymId> {
        if !self.is_typed(m) || !seen.insert((m, name)) || self.assigned(m).is_some() {
            return None;
        }
        let own = self.tables[m].exports.iter().find(|e| e.0 == name).map(|e| e.1);
        match own {
            Some(Export::Local(local)) => self.local(m, local, seen),
            Some(Export::From(from, take)) => self.take(from, take, name, seen),
            Some(Export::Default) => self.default(m, seen),
            None if name == names::DEFAULT => None,
            None => {
                let stars = self.tables[m].stars.clone();
                let mut found: Vec<SymId> =
                    stars.into_iter().filter_map(|star| self.export(star, name, seen)).collect();
                found.dedup();
                <[SymId; 1]>::try_from(found).ok().map(|[sym]| sym)
            }
        }
    }

    /// `export default`: an expression that is a name means what the name means, its types too.
    fn default(&mut self, m: ModuleId, seen: &mut HashSet<(ModuleId, Name)>) -> Option<SymId> {
        let sym = self.s.local(self.top(m), names::DEFAULT)?;
        match self.s.symbols[sym].decls[0].kind {
            DeclKind::Default(e) => match self.ast[self.ast.unparen(e)] {
                Expr::Name(n) if self.s.local(self.top(m), n).is_some() => self.local(m, n, seen),
                _ => Some(sym),
            },
            _ => Some(sym),
        }
    }

    /// The namespace of a module.
    fn space(&mut self, m: ModuleId, local: Name) -> SymId {
        if let Some(&sym) = self.spaces.get(&m) {
            return sym;
        }
        let top = self.top(m);
        let frame = self.s.scopes[top].frame;
        let decl = Decl { file: 0, scope: top, kind: DeclKind::Import, span: self.modules[m].span };
        let flags = flag::NAMESPACE | flag::INSTANTIATED | flag::CONST;
        let sym = self.s.new_symbol(local, flags, decl, frame);
        self.spaces.insert(m, sym);
        let mut list = Vec::new();
        if !self.names_of(m, &mut HashSet::new(), &mut list) {
            // Names that are not known could be any.
            self.s.symbols[sym].flags = flag::IMPORT;
            return sym;
        }
        let scope = self.s.new_scope(ScopeId::NONE, 0, frame);
        self.s.symbols[sym].exports = scope;
        let mut members = Vec::new();
        for name in list {
            let found = self.export(m, name, &mut HashSet::new());
            let member = found.unwrap_or_else(|| self.s.new_symbol(name, flag::IMPORT, decl, frame));
            self.s.alias(scope, name, member);
            members.push((name, member));
        }
        self.s.exported.insert(scope, members);
        sym
    }

    /// Names that a module exports; whether they are all.
    fn names_of(&self, m: ModuleId, seen: &mut HashSet<ModuleId>, out: &mut Vec<Name>) -> bool {
        if !seen.insert(m) {
            return true;
        }
        if !self.is_typed(m) {
            return false;
        }
        let is_entry = out.is_empty();
        let own = self.tables[m].exports.iter().map(|e| e.0).filter(|n| is_entry || *n != names::DEFAULT);
        for name in own {
            if !out.contains(&name) {
                out.push(name);
            }
        }
        self.tables[m].stars.iter().all(|&star| self.names_of(star, seen, out))
    }
}

//! Links modules: an imported name is the exporting module's binding itself, so that bindings are
//! live and inference sees through modules.
//!
//! ```text
//! import {a} from "m" ── names[a] of the importing scope = binding of m (through re-exports)
//! import * as n       ── a namespace, whose members are the bindings of m
//! from CommonJS       ── module.exports is one binding; a named import is its property, read once
//! ```
//! Linking stands between the walk, which declares names, and the resolution of references.

use hashbrown::{HashMap, HashSet};

use super::*;
use crate::diag::registry;
use crate::modules::{Format, How, Module, distance};
use crate::syntax::ast::{
    Expr, Ident, ImportEqualsTarget, ModuleName, Pat, PatId, Prop, PropKey, Stmt, StrValue,
};

/// What an import or a re-export takes of a module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Take {
    Name(Name),
    Namespace,
    /// `module.exports`, or the namespace of a module without it.
    Value,
}

/// What a name that a module exports is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Found {
    /// A name of a module's own scope.
    Local(ModuleId, Name),
    Default(ModuleId),
    Namespace(ModuleId),
    /// `module.exports`
    Value(ModuleId),
    /// A property of `module.exports`.
    Property(ModuleId, Name),
    Ambiguous,
}

/// What a module's declarations say of imports and exports.
#[derive(Default)]
pub(crate) struct Tables {
    /// Local names that are imports.
    pub imports: HashMap<Name, (ModuleId, Take)>,
    pub exports: Vec<(Name, Export)>,
    /// Modules named by `export *`.
    pub stars: Vec<ModuleId>,
}

/// Where an exported name comes from.
#[derive(Clone, Copy)]
pub(crate) enum Export {
    Local(Name),
    Default,
    From(ModuleId, Take),
}

struct Linker<'a> {
    ast: &'a Ast,
    names: &'a Interner,
    modules: &'a Table<ModuleId, Module>,
    tables: Table<ModuleId, Tables>,
}

/// What each module's declarations say.
pub(crate) fn tables(
    ast: &Ast,
    names: &Interner,
    modules: &Table<ModuleId, Module>,
) -> Table<ModuleId, Tables> {
    let l = Linker { ast, names, modules, tables: Table::new() };
    let mut out = Table::new();
    for id in modules.ids() {
        out.push(l.tables_of(id));
    }
    out
}

pub(super) fn link(r: &mut Resolved, ast: &Ast, names: &Interner, modules: &Table<ModuleId, Module>) {
    let l = Linker { ast, names, modules, tables: tables(ast, names, modules) };
    for id in modules.ids() {
        l.namespace_names(r, id);
    }
    for id in modules.ids() {
        l.bind_imports(r, id);
    }
}

fn name_of(name: &ModuleName) -> Option<Name> {
    match *name {
        ModuleName::Ident(i) => Some(i.name),
        ModuleName::String(StrValue::Text(n), _) => Some(n),
        ModuleName::String(..) => None,
    }
}

fn span_of(name: &ModuleName) -> Span {
    match *name {
        ModuleName::Ident(i) => i.span,
        ModuleName::String(_, span) => span,
    }
}

impl Linker<'_> {
    fn asked(&self, id: ModuleId, source: StrValue) -> Option<ModuleId> {
        self.modules[id].module(source, How::Import)
    }

    fn tables_of(&self, id: ModuleId) -> Tables {
        let mut t = Tables::default();
        for &s in &self.modules[id].body {
            match &self.ast[s] {
                Stmt::Import(i) => {
                    let Some(m) = self.asked(id, i.source) else { continue };
                    t.imports.extend(i.default.map(|d| (d.name, (m, Take::Name(names::DEFAULT)))));
                    t.imports.extend(i.namespace.map(|n| (n.name, (m, Take::Namespace))));
                    for s in &i.named {
                        t.imports.extend(name_of(&s.imported).map(|n| (s.local.name, (m, Take::Name(n)))));
                    }
                }
                Stmt::ImportEquals(i) => self.import_equals(id, i, &mut t),
                Stmt::ExportNamed(e) => {
                    let from = e.source.map(|(source, _)| self.asked(id, source));
                    for s in &e.specifiers {
                        let (Some(local), Some(exported)) = (name_of(&s.local), name_of(&s.exported)) else {
                            continue;
                        };
                        match from {
                            None => t.exports.push((exported, Export::Local(local))),
                            Some(Some(m)) => t.exports.push((exported, Export::From(m, Take::Name(local)))),
                            Some(None) => {}
                        }
                    }
                }
                Stmt::ExportAll(e) => match (self.asked(id, e.source), &e.exported) {
                    (Some(m), None) => t.stars.push(m),
                    (Some(m), Some(name)) => {
                        t.exports.extend(name_of(name).map(|n| (n, Export::From(m, Take::Namespace))))
                    }
                    (None, _) => {}
                },
                Stmt::ExportDecl(s) => {
                    if let Stmt::ImportEquals(i) = &self.ast[*s] {
                        self.import_equals(id, i, &mut t);
                    }
                    let mut declared = Vec::new();
                    self.declared(*s, &mut declared);
                    t.exports.extend(declared.into_iter().map(|n| (n, Export::Local(n))));
                }
                Stmt::ExportDefaultDecl(s) => {
                    let name = match &self.ast[*s] {
                        Stmt::Function(f) => self.ast[*f].name,
                        Stmt::Class(c) => self.ast[*c].name,
                        Stmt::Interface(i) => Some(i.name),
                        _ => None,
                    };
                    t.exports.push((names::DEFAULT, name.map_or(Export::Default, |n| Export::Local(n.name))));
                }
                Stmt::ExportDefaultExpr(_) => t.exports.push((names::DEFAULT, Export::Default)),
                _ => {}
            }
        }
        t
    }

    fn import_equals(&self, id: ModuleId, i: &crate::syntax::ast::ImportEquals, t: &mut Tables) {
        if let ImportEqualsTarget::Require(source, _) = i.target
            && let Some(m) = self.asked(id, source)
        {
            t.imports.insert(i.local.name, (m, Take::Value));
        }
    }

    /// The names that a declaration declares.
    fn declared(&self, s: StmtId, out: &mut Vec<Name>) {
        match &self.ast[s] {
            Stmt::Var { decls, .. } => decls.iter().for_each(|d| self.pattern(d.pat, out)),
            Stmt::Function(f) => out.extend(self.ast[*f].name.map(|n| n.name)),
            Stmt::Class(c) => out.extend(self.ast[*c].name.map(|n| n.name)),
            Stmt::TypeAlias(t) => out.push(t.name.name),
            Stmt::Interface(i) => out.push(i.name.name),
            Stmt::Enum(e) => out.push(e.name.name),
            Stmt::ImportEquals(i) => out.push(i.local.name),
            Stmt::Namespace(n) => {
                if let crate::syntax::ast::NamespaceName::Path(path) = &n.name {
                    out.extend(path.first().map(|i| i.name));
                }
            }
            _ => {}
        }
    }

    fn pattern(&self, pat: PatId, out: &mut Vec<Name>) {
        match &self.ast[pat] {
            Pat::Missing | Pat::Expr(_) => {}
            Pat::Name(n) => out.push(*n),
            Pat::Array { elems, rest } => {
                elems.iter().flatten().for_each(|e| self.pattern(e.pat, out));
                rest.iter().for_each(|p| self.pattern(*p, out));
            }
            Pat::Object { props, rest } => {
                props.iter().for_each(|p| self.pattern(p.value.pat, out));
                rest.iter().for_each(|p| self.pattern(*p, out));
            }
        }
    }

    /// What a module's export is; `seen` ends circles of `export *`.
    fn export(
        &self,
        r: &Resolved,
        m: ModuleId,
        name: Name,
        seen: &mut HashSet<(ModuleId, Name)>,
    ) -> Option<Found> {
        if !seen.insert((m, name)) {
            return None;
        }
        if r.modules[m].has_value {
            return Some(match name {
                names::DEFAULT => Found::Value(m),
                _ => Found::Property(m, name),
            });
        }
        let table = &self.tables[m];
        if let Some((_, e)) = table.exports.iter().find(|e| e.0 == name) {
            return match *e {
                Export::Default => Some(Found::Default(m)),
                Export::Local(local) => match table.imports.get(&local) {
                    Some(&(from, take)) if !r.lexes[r.modules[m].lex].names.contains_key(&local) => {
                        self.take(r, from, take, seen)
                    }
                    _ => Some(Found::Local(m, local)),
                },
                Export::From(from, take) => self.take(r, from, take, seen),
            };
        }
        if name == names::DEFAULT {
            return None;
        }
        let mut found = None;
        for &star in &table.stars {
            if r.modules[star].has_value && self.lacks(r, star, name) {
                continue;
            }
            let Some(one) = self.export(r, star, name, seen) else { continue };
            match found {
                None => found = Some(one),
                Some(other) if other == one => {}
                Some(_) => return Some(Found::Ambiguous),
            }
        }
        found
    }

    fn take(
        &self,
        r: &Resolved,
        m: ModuleId,
        take: Take,
        seen: &mut HashSet<(ModuleId, Name)>,
    ) -> Option<Found> {
        let has_value = r.modules[m].has_value;
        match take {
            Take::Name(name) => self.export(r, m, name, seen),
            Take::Namespace | Take::Value if has_value => Some(Found::Value(m)),
            Take::Namespace | Take::Value => Some(Found::Namespace(m)),
        }
    }

    /// Whether it is certain that `module.exports` lacks a property.
    fn lacks(&self, r: &Resolved, m: ModuleId, name: Name) -> bool {
        self.modules[m].format == Format::Json || !known_exports(r, self.ast, m).contains(&name)
    }

    /// Names that a module exports, own ones first.
    fn export_names(&self, m: ModuleId, seen: &mut HashSet<ModuleId>, out: &mut Vec<Name>) {
        if !seen.insert(m) {
            return;
        }
        for (name, _) in &self.tables[m].exports {
            if !out.contains(name) {
                out.push(*name);
            }
        }
        let own = out.contains(&names::DEFAULT);
        for &star in &self.tables[m].stars {
            self.export_names(star, seen, out);
        }
        if !own {
            out.retain(|n| *n != names::DEFAULT);
        }
    }

    /// The members of a module's namespace.
    fn namespace_names(&self, r: &mut Resolved, m: ModuleId) {
        if r.modules[m].has_value {
            return;
        }
        let mut list = Vec::new();
        self.export_names(m, &mut HashSet::new(), &mut list);
        list.sort_by(|a, b| self.names.resolve(*a).cmp(self.names.resolve(*b)));
        for name in list {
            let Some(found) = self.export(r, m, name, &mut HashSet::new()) else { continue };
            // Properties of CommonJS modules are read by the module that re-exports them.
            let lex = r.modules[m].namespace_lex;
            let home = (r.modules[m].lex, m);
            self.bind(r, home, lex, name, found);
        }
    }

    /// Makes `name` in the scope `lex` mean what was found; whether it is anything.
    fn bind(&self, r: &mut Resolved, home: (LexId, ModuleId), lex: LexId, name: Name, found: Found) -> bool {
        let (value, types) = match found {
            Found::Local(m, local) => {
                let from = r.modules[m].lex;
                let has_types = r.types_of(from, local).is_some();
                (r.lexes[from].names.get(&local).copied(), has_types.then_some((from, local)))
            }
            Found::Default(m) => (r.modules[m].default.some(), None),
            Found::Namespace(m) => (Some(r.modules[m].namespace), None),
            Found::Value(m) => (Some(r.modules[m].value), None),
            Found::Property(m, property) => (Some(property_binding(r, home, m, property)), None),
            Found::Ambiguous => return false,
        };
        if let Some(b) = value {
            r.lexes[lex].names.insert(name, b);
        }
        if let Some(from) = types {
            r.type_imports.insert((lex, name), from);
        }
        value.is_some() || types.is_some()
    }

    fn bind_imports(&self, r: &mut Resolved, id: ModuleId) {
        for &s in &self.modules[id].body {
            let (locals, source): (Vec<(Ident, Take, Span, bool)>, StrValue) = match &self.ast[s] {
                Stmt::Import(i) => {
                    let default =
                        i.default.iter().map(|d| (*d, Take::Name(names::DEFAULT), d.span, i.is_type));
                    let space = i.namespace.iter().map(|n| (*n, Take::Namespace, n.span, i.is_type));
                    let named = i.named.iter().filter_map(|s| {
                        Some((
                            s.local,
                            Take::Name(name_of(&s.imported)?),
                            span_of(&s.imported),
                            s.is_type || i.is_type,
                        ))
                    });
                    (default.chain(space).chain(named).collect(), i.source)
                }
                Stmt::ImportEquals(i) => self.equals_locals(i),
                Stmt::ExportDecl(d) => match &self.ast[*d] {
                    Stmt::ImportEquals(i) => self.equals_locals(i),
                    _ => continue,
                },
                Stmt::ExportNamed(e) => {
                    self.check_reexports(r, id, e);
                    continue;
                }
                _ => continue,
            };
            let Some(m) = self.asked(id, source) else { continue };
            let lex = r.modules[id].lex;
            for (local, take, span, is_type) in locals {
                let found = self.take(r, m, take, &mut HashSet::new());
                let lacks = matches!(found, Some(Found::Property(m, name)) if self.modules[m].format == Format::Json || self.is_missing(r, m, name));
                let done = match found {
                    Some(found) if !lacks => self.bind(r, (lex, id), lex, local.name, found),
                    _ => false,
                };
                r.imported.insert((id, local.name));
                if !done && !is_type {
                    self.report(r, m, take, found, span);
                }
            }
        }
    }

    /// Whether a CommonJS module certainly has no such property.
    fn is_missing(&self, r: &Resolved, m: ModuleId, name: Name) -> bool {
        let scope = &r.modules[m];
        scope.assigned.is_empty() && !scope.is_open && !known_exports(r, self.ast, m).contains(&name)
    }

    fn equals_locals(
        &self,
        i: &crate::syntax::ast::ImportEquals,
    ) -> (Vec<(Ident, Take, Span, bool)>, StrValue) {
        match i.target {
            ImportEqualsTarget::Require(source, span) => {
                (vec![(i.local, Take::Value, span, i.is_type)], source)
            }
            ImportEqualsTarget::Path(_) => (Vec::new(), StrValue::Text(names::EMPTY)),
        }
    }

    fn check_reexports(&self, r: &mut Resolved, id: ModuleId, e: &crate::syntax::ast::ExportNamed) {
        let Some(m) = e.source.and_then(|(source, _)| self.asked(id, source)) else { return };
        for s in e.specifiers.iter().filter(|s| !s.is_type && !e.is_type) {
            let Some(name) = name_of(&s.local) else { continue };
            let found = self.export(r, m, name, &mut HashSet::new());
            let is_there = match found {
                Some(Found::Local(m, local)) => {
                    let lex = r.modules[m].lex;
                    r.lexes[lex].names.contains_key(&local) || r.types_of(lex, local).is_some()
                }
                Some(Found::Ambiguous) | None => false,
                Some(_) => true,
            };
            if !is_there {
                self.report(r, m, Take::Name(name), found, span_of(&s.local));
            }
        }
    }

    fn report(&self, r: &mut Resolved, m: ModuleId, take: Take, found: Option<Found>, span: Span) {
        let Take::Name(name) = take else { return };
        let text = self.names.resolve(name);
        let path = self.modules[m].path.file_name().and_then(|n| n.to_str()).unwrap_or("").to_string();
        if found == Some(Found::Ambiguous) {
            r.diagnostics.push(registry::ambiguous_export(span, &path, text));
            return;
        }
        let mut list = Vec::new();
        self.export_names(m, &mut HashSet::new(), &mut list);
        if r.modules[m].has_value {
            list = known_exports(r, self.ast, m);
        }
        if self.modules[m].format == Format::Json {
            list.clear();
        }
        let near = list.iter().map(|n| self.names.resolve(*n)).map(|n| (distance(n, text), n)).min();
        let d = registry::no_such_export(span, &path, text);
        r.diagnostics.push(match near {
            Some((n, near)) if n <= 1 + text.len() / 4 => d.with_help(format!("did you mean `{near}`?")),
            _ if name == names::DEFAULT && !list.is_empty() => d.with_help("import it by name, in braces"),
            _ if self.modules[m].format == Format::Json => {
                d.with_help("a JSON module has a default export only")
            }
            _ => d,
        });
    }
}

/// The variable of an importing module that holds a property of `module.exports`.
fn property_binding(r: &mut Resolved, home: (LexId, ModuleId), m: ModuleId, name: Name) -> BindingId {
    if let Some(p) = r.modules[home.1].properties.iter().find(|p| (p.1, p.2) == (m, name)) {
        return p.0;
    }
    let b = walk::hidden_binding(r, home.0, name, BindKind::Const, 0);
    r.bindings[b].inits = 1;
    r.required.insert(b, Required { module: Some(m), call: None, name: Some(name) });
    r.modules[home.1].properties.push((b, m, name));
    b
}

/// Names that a CommonJS module gives to `exports` as far as its text shows.
pub(super) fn known_exports(r: &Resolved, ast: &Ast, m: ModuleId) -> Vec<Name> {
    let scope = &r.modules[m];
    let mut out: Vec<Name> = scope.named.iter().map(|n| n.0).collect();
    for &(value, _) in &scope.assigned {
        if let Expr::Object(props) = &ast[ast.unparen(value)] {
            out.extend(props.iter().filter_map(|p| prop_name(p).map(|p| p.0)));
        }
    }
    out
}

/// Name and value of a plain property.
fn prop_name(p: &Prop) -> Option<(Name, Option<ExprId>)> {
    match p {
        Prop::Value { key: PropKey::Ident(i), value } => Some((i.name, Some(*value))),
        Prop::Value { key: PropKey::String(StrValue::Text(n), _), value } => Some((*n, Some(*value))),
        Prop::Method { key: PropKey::Ident(i), .. } => Some((i.name, None)),
        Prop::Shorthand(i) => Some((i.name, None)),
        _ => None,
    }
}

/// How many modules may pass a class or function on.
const MAX_STEPS: usize = 16;

/// Whether an expression is an object literal of plain properties.
pub(super) fn is_plain_literal(ast: &Ast, e: ExprId) -> bool {
    match &ast[e] {
        Expr::Object(props) => {
            !props.is_empty() && props.iter().all(|p| prop_name(p).is_some_and(|p| p.0 != names::PROTO))
        }
        _ => false,
    }
}

/// Gives names bound to `require("m")` and its properties what they hold, where that is one class
/// or function for certain.
pub(super) fn follow_required(r: &mut Resolved, ast: &Ast, modules: &Table<ModuleId, Module>) {
    let mut list: Vec<(BindingId, Required)> = r.required.iter().map(|(b, q)| (*b, *q)).collect();
    list.sort_by_key(|l| l.0);
    // A chain of re-exports is followed from its end; each pass follows one step of all.
    for _ in 0..4 {
        for &(b, q) in &list {
            if r.bindings[b].assigns > 0 || r.bindings[b].inits > 1 || r.bindings[b].bound != BoundTo::Unknown
            {
                continue;
            }
            let module = q.module.or_else(|| required_module(r, ast, modules, q.call?));
            let Some(m) = module.filter(|&m| !modules[m].is_cyclic) else { continue };
            let bound = exported_through(r, ast, modules, m, q.name);
            if matches!(bound, BoundTo::Class(_) | BoundTo::Function(_)) {
                r.bindings[b].bound = bound;
            }
        }
    }
}

/// The module of a call of `require`.
pub(super) fn required_module(
    r: &Resolved,
    ast: &Ast,
    modules: &Table<ModuleId, Module>,
    call: ExprId,
) -> Option<ModuleId> {
    let source = crate::modules::required(ast, &ast[call])?;
    let Expr::Call { callee, .. } = &ast[call] else { return None };
    let reference = &r.refs[*r.expr_ref.get(*callee)?];
    let Target::Binding(b) = reference.target else { return None };
    let home = r.frames[reference.frame].module;
    (r.bindings[b].kind == BindKind::Require && !home.is_none())
        .then(|| modules[home].module(source, How::Require))?
}

/// What `module.exports` or its property is, where modules pass on what they require.
pub(super) fn exported_through(
    r: &Resolved,
    ast: &Ast,
    modules: &Table<ModuleId, Module>,
    mut m: ModuleId,
    mut name: Option<Name>,
) -> BoundTo {
    for _ in 0..MAX_STEPS {
        let bound = exported(r, ast, m, name);
        if bound != BoundTo::Unknown {
            return bound;
        }
        // `exports.name = require("other")`, perhaps with `.member` behind it.
        let Some((Some(value), None)) = exported_value(r, ast, m, name) else { break };
        let value = ast.unparen(value);
        let (call, member) = match ast[value] {
            Expr::Member { object, name, .. } => (ast.unparen(object), Some(name.name)),
            _ => (value, None),
        };
        match required_module(r, ast, modules, call).filter(|&m| !modules[m].is_cyclic) {
            Some(next) => (m, name) = (next, member),
            None => break,
        }
    }
    BoundTo::Unknown
}

/// The only value that `module.exports` or its property has, or the offset of a shorthand property.
fn exported_value(
    r: &Resolved,
    ast: &Ast,
    m: ModuleId,
    name: Option<Name>,
) -> Option<(Option<ExprId>, Option<u32>)> {
    let scope = &r.modules[m];
    Some(match (name, &*scope.assigned) {
        (None, [(value, true)]) => (Some(*value), None),
        (Some(name), []) => match scope.named.iter().find(|n| n.0 == name) {
            Some((_, Some(value))) => (Some(*value), None),
            _ => return None,
        },
        (Some(name), [(value, true)]) => {
            let Expr::Object(props) = &ast[ast.unparen(*value)] else { return None };
            let is_it = |p: &&Prop| prop_name(p).is_some_and(|p| p.0 == name);
            match props.iter().rfind(is_it) {
                Some(Prop::Shorthand(i)) => (None, Some(i.span.start)),
                Some(p) => (prop_name(p).and_then(|p| p.1), None),
                None => return None,
            }
        }
        _ => return None,
    })
}

/// What `module.exports` or its property is.
pub(super) fn exported(r: &Resolved, ast: &Ast, m: ModuleId, name: Option<Name>) -> BoundTo {
    let Some((value, shorthand)) = exported_value(r, ast, m, name) else { return BoundTo::Unknown };
    let reference = match (value.map(|v| ast.unparen(v)), shorthand) {
        (Some(v), _) => match ast[v] {
            Expr::Class(c) => return BoundTo::Class(c),
            Expr::Function(f) => return BoundTo::Function(f),
            _ => r.expr_ref.get(v),
        },
        (None, Some(at)) => r.shorthand_ref.get(&at),
        (None, None) => None,
    };
    let Some(Target::Binding(b)) = reference.map(|&id| r.refs[id].target) else { return BoundTo::Unknown };
    match (r.class_of_binding(b), r.function_of_binding(b)) {
        (Some(c), _) => BoundTo::Class(c),
        (_, Some(f)) => BoundTo::Function(f),
        _ => BoundTo::Unknown,
    }
}

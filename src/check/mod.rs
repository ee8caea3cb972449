//! The gradual checker: types of TypeScript and UltraScript, for diagnostics.
//!
//! ```text
//! tree ── bind ──────> scopes, symbols                  names in values and in types
//!      ── annot ─────> Ty                               types as written
//!      ── decl ──────> Ty of a symbol, members          on demand, once
//!      ── stmt, expr ─> diagnostics                     statements in order, with a flow state
//!              │  call, infer                           overloads, type arguments
//!              │  flow                                  what conditions and assignments prove
//!              └─ relate, members, inst                 questions about types
//! lib (text, parsed by sections when a name of it is used)
//! ```
//! Rules that hold everywhere:
//! - What is not followed is `any`, and `any` is never wrong. A diagnostic needs certainty.
//! - Every recursion over types has a limit, past which the answer is `any` or "yes".
//! - Facts about declarations are made once, whoever asks first. Diagnostics made meanwhile go to
//!   `done`; those of code that is only tried (an argument under one of several overloads, a loop
//!   before its types settle) are taken back by truncating `diags`.
//! - Types are not part of what `run` does with `.ts` and `.js`: nothing calls this module then.

mod annot;
mod bind;
mod call;
mod decl;
mod expr;
mod flow;
mod infer;
mod inst;
mod known;
mod lib;
mod literal;
mod member;
mod modules;
mod number;
mod oper;
mod print;
mod props;
mod relate;
mod report;
mod rules;
mod stmt;
#[cfg(test)]
mod tests;
mod types;

use std::rc::Rc;

use hashbrown::{HashMap, HashSet};
use ultra_ir::Table;

use bind::{FileScopes, FrameId, ScopeId, Scopes, bind};
use flow::State;
use types::{Column, Node, ParamId, Shape, SigId, SymId, Ty, Types};

use crate::diag::Diagnostic;
use crate::modules::{Module, ModuleId};
use crate::source::{SourceFile, Span};
use crate::syntax::ast::{Ast, ExprId, FunctionId};
use crate::syntax::{Dialect, Interner, Name, Parsed};

/// What a check found.
#[derive(Debug)]
pub struct Checked {
    /// In the order of the text.
    pub diagnostics: Vec<Diagnostic>,
    /// How many types the check made.
    pub types: usize,
}

/// Which files of a program to check; types of declarations are followed into the others too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// Those of a dialect with types.
    Typed,
    /// Those of UltraScript.
    Ultra,
}

/// Checks the types of a program that parsed without errors: a file, or `modules` when there are
/// some.
pub fn check(
    source: &SourceFile,
    parsed: &Rc<Parsed>,
    modules: &Table<ModuleId, Module>,
    which: Which,
    names: &mut Interner,
    dialect: Dialect,
) -> Checked {
    let is_wanted = |d: Dialect| if which == Which::Ultra { d.is_ultra() } else { d.has_types() };
    // Where UltraScript takes part, its rules, which are wider, hold for all.
    let ultra = modules.values().any(|m| m.dialect.is_ultra());
    let mut c = Checker::new(names, if ultra { Dialect::Uts } else { dialect });
    if modules.is_empty() {
        c.add_file(parsed);
        if is_wanted(dialect) {
            c.check_file();
        }
    } else {
        let tops = c.add_modules(parsed, modules);
        for (m, &top) in modules.values().zip(&tops).filter(|(m, _)| is_wanted(m.dialect)) {
            c.check_module(&m.body, top);
        }
    }
    c.done.append(&mut c.diags);
    let mut diagnostics = std::mem::take(&mut c.done);
    ignore(&mut diagnostics, source, parsed);
    diagnostics.sort_by_key(|d| (d.span.start, d.span.end, d.code));
    diagnostics.dedup_by(|a, b| a.span == b.span && (a.code == b.code || a.message == b.message));
    Checked { diagnostics, types: c.t.len() }
}

/// Leaves out what comments turn off: `// @ts-nocheck` the file, `// @ts-ignore` and
/// `// @ts-expect-error` the next line with code.
fn ignore(diagnostics: &mut Vec<Diagnostic>, source: &SourceFile, parsed: &Parsed) {
    for c in &parsed.comments {
        if diagnostics.is_empty() {
            return;
        }
        let home = source.source_at(c.span.start);
        let words = source.slice(c.span).trim_start_matches(['/', '*', ' ', '\t']);
        if words.starts_with("@ts-nocheck") {
            diagnostics.retain(|d| source.source_at(d.span.start) != home);
        } else if words.starts_with("@ts-ignore") || words.starts_with("@ts-expect-error") {
            let mut line = source.text_line(c.span.end) + 1;
            let skipped = |text: &str| text.trim().is_empty() || text.trim_start().starts_with("//");
            while source.line_text(line).is_some_and(skipped) {
                line += 1;
            }
            diagnostics.retain(|d| source.text_line(d.span.start) != line);
        }
    }
}

/// One parsed file with its declarations.
#[derive(Debug)]
struct File {
    parsed: Rc<Parsed>,
    scopes: FileScopes,
    is_lib: bool,
}

impl File {
    fn ast(&self) -> &Ast {
        &self.parsed.ast
    }
}

/// A parameter of a signature.
#[derive(Clone, Debug)]
struct SigParam {
    name: Name,
    ty: Ty,
    optional: bool,
    rest: bool,
}

/// `x is T`
#[derive(Clone, Copy, Debug)]
struct Predicate {
    /// Which parameter; none for `this`.
    param: Option<u32>,
    asserts: bool,
    /// None for `asserts x`.
    ty: Option<Ty>,
}

/// What can be called.
#[derive(Clone, Debug)]
struct Sig {
    tparams: Rc<[ParamId]>,
    params: Rc<[SigParam]>,
    this: Option<Ty>,
    /// [`Ty::NONE`] until the function's body has been looked at.
    ret: Ty,
    func: Option<(u32, FunctionId)>,
    /// The generic signature and its substitution.
    base: Option<(SigId, types::MapperId)>,
    predicate: Option<Predicate>,
    /// Parameters of methods are compared both ways.
    is_method: bool,
    is_abstract: bool,
    /// May be called with `new` alone, or is a private constructor.
    access: Option<crate::syntax::ast::Access>,
}

/// The function whose body is being checked.
#[derive(Clone, Debug)]
struct Function {
    /// What `return` must give; `any` when nothing is known.
    expected: Ty,
    /// Whether `expected` is an annotation.
    annotated: bool,
    is_async: bool,
    is_generator: bool,
    /// Types of the values returned.
    returns: Vec<Ty>,
    yields: Vec<Ty>,
    this: Ty,
    frame: FrameId,
}

/// A loop, `switch` or labelled statement that `break` may leave.
#[derive(Clone, Debug)]
struct Target {
    label: Option<Name>,
    is_loop: bool,
    breaks: Option<State>,
    continues: Option<State>,
}

/// Nesting of types past which the answer is `any`.
const MAX_DEPTH: u32 = 60;
/// Steps over types in one top-level statement past which generics are not followed any more: some
/// types of libraries are programs. About a second of work.
const MAX_INSTANTIATIONS: u32 = 400_000;

struct Checker<'a> {
    names: &'a mut Interner,
    dialect: Dialect,
    files: Vec<Rc<File>>,
    s: Scopes,
    t: Types,
    global: ScopeId,
    lib: lib::Sections,
    sigs: Table<SigId, Sig>,
    /// Where the walk is.
    file: u32,
    scope: ScopeId,
    func: Function,
    state: State,
    targets: Vec<Target>,
    diags: Vec<Diagnostic>,
    done: Vec<Diagnostic>,
    // Facts, each made once.
    nodes: Vec<Column<Ty>>,
    node_scopes: HashMap<Node, ScopeId>,
    node_params: HashMap<Node, Rc<[ParamId]>>,
    sym_ty: Column<Ty>,
    sym_busy: HashSet<SymId>,
    alias_ty: Column<Ty>,
    alias_names: HashMap<Ty, (SymId, types::List)>,
    shapes: Column<Rc<Shape>>,
    shape_busy: HashSet<SymId>,
    value_shapes: Column<Rc<Shape>>,
    node_shapes: HashMap<Node, Rc<Shape>>,
    mapped_shapes: HashMap<Ty, Ty>,
    bases: Column<Rc<[Ty]>>,
    function_sigs: HashMap<(u32, FunctionId), SigId>,
    inst_memo: HashMap<(Ty, types::MapperId), Ty>,
    sig_memo: HashMap<(SigId, types::MapperId), SigId>,
    relations: HashMap<(Ty, Ty), bool>,
    /// Signatures with type parameters of their own, for calls inside their declarations.
    copies: HashMap<SigId, SigId>,
    enums: HashMap<SymId, Rc<decl::EnumInfo>>,
    member_syms: HashMap<(u32, u32, u32), SymId>,
    refs: flow::Refs,
    arrows: HashMap<(FunctionId, Ty, u32), (Ty, Vec<Diagnostic>)>,
    bodies: HashSet<(u32, FunctionId)>,
    /// Number of the walk over a loop: results of one walk do not serve another.
    pass: u32,
    depth: u32,
    relate_depth: u32,
    instantiations: u32,
    // Questions asked often.
    tparams: Column<Rc<[ParamId]>>,
    ref_mappers: HashMap<(Ty, Ty), types::MapperId>,
    prop_memo: HashMap<(Ty, Name), Option<types::Prop>>,
    known: Known,
}

/// Symbols and names that the rules ask for.
#[derive(Clone, Debug, Default)]
struct Known {
    syms: HashMap<&'static str, SymId>,
}

impl<'a> Checker<'a> {
    fn new(names: &'a mut Interner, dialect: Dialect) -> Checker<'a> {
        let mut s = Scopes::default();
        let frame = s.frames.push(FrameId::NONE);
        let global = s.new_scope(ScopeId::NONE, 0, frame);
        let func = Function {
            expected: Ty::ANY,
            annotated: false,
            is_async: true,
            is_generator: false,
            returns: Vec::new(),
            yields: Vec::new(),
            this: Ty::ANY,
            frame,
        };
        Checker {
            names,
            dialect,
            files: Vec::new(),
            s,
            t: Types::default(),
            global,
            lib: lib::Sections::new(),
            sigs: Table::new(),
            file: 0,
            scope: global,
            func,
            state: State::default(),
            targets: Vec::new(),
            diags: Vec::new(),
            done: Vec::new(),
            nodes: Vec::new(),
            node_scopes: HashMap::new(),
            node_params: HashMap::new(),
            sym_ty: Column::default(),
            sym_busy: HashSet::new(),
            alias_ty: Column::default(),
            alias_names: HashMap::new(),
            shapes: Column::default(),
            shape_busy: HashSet::new(),
            value_shapes: Column::default(),
            node_shapes: HashMap::new(),
            mapped_shapes: HashMap::new(),
            bases: Column::default(),
            function_sigs: HashMap::new(),
            inst_memo: HashMap::new(),
            sig_memo: HashMap::new(),
            relations: HashMap::new(),
            copies: HashMap::new(),
            enums: HashMap::new(),
            member_syms: HashMap::new(),
            refs: flow::Refs::default(),
            arrows: HashMap::new(),
            bodies: HashSet::new(),
            pass: 0,
            depth: 0,
            relate_depth: 0,
            instantiations: 0,
            tparams: Column::default(),
            ref_mappers: HashMap::new(),
            prop_memo: HashMap::new(),
            known: Known::default(),
        }
    }

    /// Adds the program's file.
    fn add_file(&mut self, parsed: &Rc<Parsed>) {
        let frame = self.s.scopes[self.global].frame;
        let top = self.s.new_scope(self.global, 0, frame);
        let scopes = bind(&mut self.s, &parsed.ast, &parsed.module_body, 0, top);
        self.files.push(Rc::new(File { parsed: Rc::clone(parsed), scopes, is_lib: false }));
        self.nodes.push(Column::default());
        self.scope = top;
        if !parsed.is_module || self.dialect.is_ultra() {
            self.merge_globals(top, |_| false);
        }
    }

    /// Interfaces of a script that the library declares too are additions to it, but for those that
    /// are exported.
    fn merge_globals(&mut self, top: ScopeId, is_exported: impl Fn(Name) -> bool) {
        let syms = self.s.declared_in(top).collect::<Vec<_>>();
        for sym in syms {
            if self.s.symbols[sym].flags & !bind::flag::AMBIENT != bind::flag::INTERFACE {
                continue;
            }
            let name = self.s.symbols[sym].name;
            if is_exported(name) {
                continue;
            }
            if let Some(lib) = self.global_symbol(name, bind::flag::INTERFACE) {
                let mut decls = self.s.symbols[lib].decls.clone();
                decls.extend(self.s.symbols[sym].decls.drain(..));
                let flags = self.s.symbols[lib].flags;
                self.s.symbols[sym].flags |= flags;
                self.s.symbols[sym].decls = decls.clone();
                self.s.symbols[lib].decls = decls;
                self.s.alias(top, name, lib);
            }
        }
    }

    fn file_of(&self, file: u32) -> Rc<File> {
        Rc::clone(&self.files[file as usize])
    }

    fn text(&self, name: Name) -> &str {
        self.names.resolve(name)
    }

    /// Whether null and undefined are types of their own.
    fn strict(&self) -> bool {
        !self.dialect.is_ultra()
    }

    fn is_lib(&self) -> bool {
        self.files[self.file as usize].is_lib
    }

    fn error(&mut self, d: Diagnostic) {
        if !self.is_lib() && self.state.reachable {
            self.diags.push(d);
        }
    }

    /// Runs something in another place: what is on the way there does not matter to it.
    fn elsewhere<T>(&mut self, file: u32, scope: ScopeId, f: impl FnOnce(&mut Self) -> T) -> T {
        let frame = self.s.scopes[scope].frame;
        let func = Function {
            expected: Ty::ANY,
            annotated: false,
            is_async: true,
            is_generator: false,
            returns: Vec::new(),
            yields: Vec::new(),
            this: Ty::ANY,
            frame,
        };
        let saved = (self.file, self.scope, self.pass);
        let func = std::mem::replace(&mut self.func, func);
        let state = std::mem::take(&mut self.state);
        let targets = std::mem::take(&mut self.targets);
        let diags = std::mem::take(&mut self.diags);
        (self.file, self.scope, self.pass) = (file, scope, 0);
        self.func.this = self.this_of_scope(scope);
        let out = f(self);
        let mut found = std::mem::replace(&mut self.diags, diags);
        self.done.append(&mut found);
        (self.file, self.scope, self.pass) = saved;
        (self.func, self.state, self.targets) = (func, state, targets);
        out
    }

    /// Runs something whose diagnostics do not count.
    fn quietly<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let mark = self.diags.len();
        let out = f(self);
        self.diags.truncate(mark);
        out
    }

    fn expr_span(&self, e: ExprId) -> Span {
        self.files[self.file as usize].ast().expr_span(e)
    }
}

//! Symbols and scopes: what a file declares, in values and in types.
//!
//! ```text
//! Scope    a region in which names are declared; scopes form a tree over all files
//! Symbol   a name with all its declarations (an interface may have several, and a namespace
//!          may share its name with a function)
//! Root     what a pattern of variables takes its type from: an initialiser, a parameter, ...
//! Frame    a function; narrowing does not cross from one to another
//! ```
//! This is not `resolve`, which finds storage for values: types need type parameters, overloads,
//! merged declarations and ambient ones, which have no storage.
//!
//! The walk also lists assignments in order of text, so that a loop knows what changes in it and
//! a closure whether a variable still changes after it.

use hashbrown::{HashMap, HashSet};
use la_arena::ArenaMap;
use smallvec::SmallVec;
use ultra_ir::{Table, entity};

use super::types::{MapperId, ParamId, SymId};
use crate::source::Span;
use crate::syntax::ast::*;
use crate::syntax::{Name, well_known as names};

entity! {
    /// A region with declarations.
    ScopeId = "scope";
    /// What a pattern takes its type from.
    RootId = "root";
    /// A function body, or the top level of a file.
    FrameId = "frame";
}

/// What a symbol is; several may hold.
pub mod flag {
    pub const VAR: u16 = 1;
    pub const FUNCTION: u16 = 2;
    pub const CLASS: u16 = 4;
    pub const INTERFACE: u16 = 8;
    pub const ALIAS: u16 = 16;
    pub const ENUM: u16 = 32;
    pub const NAMESPACE: u16 = 64;
    pub const TYPE_PARAM: u16 = 128;
    pub const IMPORT: u16 = 256;
    pub const CONST: u16 = 512;
    /// `let`, `const`, class or enum: has a place before which it may not be used.
    pub const BLOCK: u16 = 1024;
    pub const PARAM: u16 = 2048;
    /// A namespace with something that exists at run time.
    pub const INSTANTIATED: u16 = 4096;
    /// Without code: `declare`.
    pub const AMBIENT: u16 = 8192;
    pub const VALUE: u16 = VAR | FUNCTION | CLASS | ENUM | INSTANTIATED | IMPORT;
    pub const TYPE: u16 = CLASS | INTERFACE | ALIAS | ENUM | TYPE_PARAM | IMPORT;
}

/// One declaration of a symbol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeclKind {
    Var(RootId),
    Function(FunctionId),
    Class(ClassId),
    Interface(StmtId),
    Alias(StmtId),
    Enum(StmtId),
    Namespace(StmtId),
    TypeParam(ParamId),
    Import,
    /// The value of `export default`.
    Default(ExprId),
    /// A member of a class, by its place.
    ClassMember(ClassId, u32),
    /// A parameter of a constructor that is a field.
    ParamProp(FunctionId, u32),
    /// A member of an interface, by its place.
    InterfaceMember(StmtId, u32),
    /// A member of an object type.
    ObjectMember(TypeId, u32),
}

/// A declaration with where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Decl {
    pub file: u32,
    pub scope: ScopeId,
    pub kind: DeclKind,
    pub span: Span,
}

/// A declared name.
#[derive(Clone, Debug)]
pub struct Symbol {
    pub name: Name,
    pub flags: u16,
    pub decls: SmallVec<[Decl; 1]>,
    /// The next symbol of the same scope.
    next: SymId,
    /// The class, enum or namespace around.
    pub parent: SymId,
    /// Names inside a namespace.
    pub exports: ScopeId,
    pub frame: FrameId,
    /// Offset after the last assignment, 0 without one.
    pub last_assign: u32,
    /// Some function inside its own assigns it.
    pub closure_assign: bool,
}

/// Where names are looked up.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    pub parent: ScopeId,
    pub frame: FrameId,
    /// The class whose members are inside.
    pub class: Option<ClassId>,
    pub file: u32,
    is_var_scope: bool,
    /// A bit for each name that is declared in it: most scopes on the way out have none of them.
    filter: u64,
    /// The chain of its symbols.
    first: SymId,
    last: SymId,
}

/// What a pattern takes its type from.
#[derive(Clone, Copy, Debug)]
pub enum RootKind {
    Declarator {
        kind: VarKind,
        ty: Option<TypeId>,
        init: Option<ExprId>,
        definite: bool,
    },
    ForOf {
        iterable: ExprId,
        ty: Option<TypeId>,
        is_await: bool,
    },
    ForIn,
    /// `for each`; whether it is the key.
    ForEach {
        object: ExprId,
        is_key: bool,
    },
    Param(FunctionId, u32),
    Catch(Option<TypeId>),
}

/// A pattern of variables and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Root {
    pub file: u32,
    pub scope: ScopeId,
    pub pat: PatId,
    pub kind: RootKind,
}

/// A type parameter as declared.
#[derive(Clone, Copy, Debug)]
pub struct TParam {
    pub name: Name,
    pub file: u32,
    pub scope: ScopeId,
    pub constraint: Option<TypeId>,
    pub default: Option<TypeId>,
    pub is_const: bool,
    /// The type of `this` in a class or interface.
    pub this_of: SymId,
    /// Under which to read the constraint: that of a copy.
    pub rename: MapperId,
}

/// An assignment to a variable, or to what is reached from it.
#[derive(Clone, Copy, Debug)]
pub struct Assign {
    pub name: Name,
    scope: ScopeId,
    pos: u32,
    member: bool,
    /// What is assigned; none for `this` and names that nothing declares.
    pub sym: SymId,
}

/// All scopes and symbols.
#[derive(Debug, Default)]
pub struct Scopes {
    pub scopes: Table<ScopeId, Scope>,
    pub symbols: Table<SymId, Symbol>,
    pub roots: Table<RootId, Root>,
    pub tparams: Table<ParamId, TParam>,
    pub frames: Table<FrameId, FrameId>,
    entries: HashMap<(ScopeId, Name), SymId>,
    /// Members of the namespaces of modules, under the names that they are exported by.
    pub exported: HashMap<ScopeId, Vec<(Name, SymId)>>,
    /// Assigned, but declared nowhere.
    pub implicit: HashSet<Name>,
    /// Members of these are assigned somewhere.
    pub expando: HashSet<SymId>,
}

/// Where the nodes of a file declare things.
#[derive(Debug, Default)]
pub struct FileScopes {
    pub scope: ScopeIdOrRoot,
    pub stmt: ArenaMap<StmtId, ScopeId>,
    pub tries: ArenaMap<StmtId, [ScopeId; 3]>,
    pub function: ArenaMap<FunctionId, ScopeId>,
    pub class: ArenaMap<ClassId, ScopeId>,
    pub class_sym: ArenaMap<ClassId, SymId>,
    pub function_sym: ArenaMap<FunctionId, SymId>,
    pub stmt_sym: ArenaMap<StmtId, SymId>,
    pub pat_sym: ArenaMap<PatId, SymId>,
    pub pat_root: ArenaMap<PatId, RootId>,
    pub param_root: HashMap<(FunctionId, u32), RootId>,
    /// The assignments inside a loop or `try`, as a range of `assigns`.
    pub assigned_in: ArenaMap<StmtId, (u32, u32)>,
    pub assigns: Vec<Assign>,
    /// `this.name = ...` in a constructor or method, arrow functions inside included.
    pub this_fields: HashSet<(FunctionId, Name)>,
    /// Constructors that call `super`.
    pub super_calls: HashSet<FunctionId>,
    pub frame_function: HashMap<FrameId, FunctionId>,
}

/// The scope of a file's top level.
#[derive(Clone, Copy, Debug)]
pub struct ScopeIdOrRoot(pub ScopeId);

impl Default for ScopeIdOrRoot {
    fn default() -> Self {
        ScopeIdOrRoot(ScopeId::NONE)
    }
}

fn filter_bit(name: Name) -> u64 {
    1 << (name.index() & 63)
}

impl Scopes {
    pub fn new_scope(&mut self, parent: ScopeId, file: u32, frame: FrameId) -> ScopeId {
        let class = None;
        self.scopes.push(Scope {
            parent,
            frame,
            class,
            file,
            is_var_scope: false,
            filter: 0,
            first: SymId::NONE,
            last: SymId::NONE,
        })
    }

    /// The symbols of a scope in order of declaration.
    pub fn declared_in(&self, scope: ScopeId) -> impl Iterator<Item = SymId> {
        std::iter::successors(self.scopes[scope].first.some(), |&s| self.symbols[s].next.some())
    }

    /// The symbol of a name in a scope itself.
    pub fn local(&self, scope: ScopeId, name: Name) -> Option<SymId> {
        self.entries.get(&(scope, name)).copied()
    }

    /// The symbol that a name means from a scope outwards, if one of these flags holds of it.
    pub fn lookup(&self, mut scope: ScopeId, name: Name, flags: u16) -> Option<SymId> {
        let bit = filter_bit(name);
        while !scope.is_none() {
            let s = &self.scopes[scope];
            if s.filter & bit != 0
                && let Some(&sym) = self.entries.get(&(scope, name))
                && self.symbols[sym].flags & flags != 0
            {
                return Some(sym);
            }
            scope = s.parent;
        }
        None
    }

    /// Declares a name, or adds a declaration to it.
    pub fn declare(&mut self, scope: ScopeId, name: Name, flags: u16, decl: Decl) -> SymId {
        let frame = self.scopes[scope].frame;
        self.scopes[scope].filter |= filter_bit(name);
        if let Some(&sym) = self.entries.get(&(scope, name)) {
            let s = &mut self.symbols[sym];
            s.flags |= flags;
            s.decls.push(decl);
            return sym;
        }
        let sym = self.new_symbol(name, flags, decl, frame);
        self.entries.insert((scope, name), sym);
        match std::mem::replace(&mut self.scopes[scope].last, sym).some() {
            Some(last) => self.symbols[last].next = sym,
            None => self.scopes[scope].first = sym,
        }
        sym
    }

    /// Whether a scope is another one or inside it.
    pub fn is_inside(&self, mut scope: ScopeId, outer: ScopeId) -> bool {
        while !scope.is_none() {
            if scope == outer {
                return true;
            }
            scope = self.scopes[scope].parent;
        }
        false
    }

    /// Makes a name of a scope mean another symbol.
    pub fn alias(&mut self, scope: ScopeId, name: Name, sym: SymId) {
        self.scopes[scope].filter |= filter_bit(name);
        self.entries.insert((scope, name), sym);
    }

    /// The names in the scope of a namespace, in order.
    pub fn names_in(&self, scope: ScopeId) -> Vec<(Name, SymId)> {
        match self.exported.get(&scope) {
            Some(list) => list.clone(),
            None => self.declared_in(scope).map(|s| (self.symbols[s].name, s)).collect(),
        }
    }

    /// A symbol that no scope names.
    pub fn new_symbol(&mut self, name: Name, flags: u16, decl: Decl, frame: FrameId) -> SymId {
        self.symbols.push(Symbol {
            name,
            flags,
            decls: smallvec::smallvec![decl],
            next: SymId::NONE,
            parent: SymId::NONE,
            exports: ScopeId::NONE,
            frame,
            last_assign: 0,
            closure_assign: false,
        })
    }

    /// Declares type parameters.
    pub fn type_params(&mut self, scope: ScopeId, file: u32, params: &[TypeParam]) {
        for p in params {
            let (constraint, default, is_const) = (p.constraint, p.default, p.is_const);
            let name = p.name.name;
            let (this_of, rename) = (SymId::NONE, MapperId::IDENTITY);
            let id = self.tparams.push(TParam {
                name,
                file,
                scope,
                constraint,
                default,
                is_const,
                this_of,
                rename,
            });
            let decl = Decl { file, scope, kind: DeclKind::TypeParam(id), span: p.name.span };
            self.declare(scope, name, flag::TYPE_PARAM, decl);
        }
    }

    /// Declares the type `this` of a class or interface.
    pub fn this_param(&mut self, scope: ScopeId, file: u32, of: SymId, span: Span) {
        let (name, is_const) = (names::THIS, false);
        let (this_of, rename) = (of, MapperId::IDENTITY);
        let id = self.tparams.push(TParam {
            name,
            file,
            scope,
            constraint: None,
            default: None,
            is_const,
            this_of,
            rename,
        });
        let decl = Decl { file, scope, kind: DeclKind::TypeParam(id), span };
        self.declare(scope, name, flag::TYPE_PARAM, decl);
    }

    /// The type `this` at a scope.
    pub fn this_at(&self, scope: ScopeId) -> Option<ParamId> {
        match self.symbols[self.lookup(scope, names::THIS, flag::TYPE_PARAM)?].decls[0].kind {
            DeclKind::TypeParam(p) => Some(p),
            _ => None,
        }
    }

    /// The type parameters declared in a scope, in order.
    pub fn params_of(&self, scope: ScopeId) -> Vec<ParamId> {
        let param = |s: SymId| match self.symbols[s].decls[0].kind {
            DeclKind::TypeParam(p) if self.tparams[p].this_of.is_none() => Some(p),
            _ => None,
        };
        self.declared_in(scope).filter_map(param).collect()
    }
}

/// Declares everything in a file.
pub fn bind(scopes: &mut Scopes, ast: &Ast, body: &[StmtId], file: u32, top: ScopeId) -> FileScopes {
    bind_all(scopes, ast, &[(body, top)], file, |_| ())
}

/// Declares everything in the files that share a tree, each in a scope of its own; `link` runs when
/// all names are declared and before it is known what is assigned.
pub fn bind_all(
    scopes: &mut Scopes,
    ast: &Ast,
    files: &[(&[StmtId], ScopeId)],
    file: u32,
    link: impl FnOnce(&mut Scopes),
) -> FileScopes {
    let scope = files.first().map_or(ScopeId::NONE, |f| f.1);
    let mut b =
        Binder { ast, s: scopes, out: FileScopes::default(), file, scope, ambient: false, method: None };
    b.out.scope = ScopeIdOrRoot(scope);
    for &(body, top) in files {
        b.scope = top;
        b.s.scopes[top].is_var_scope = true;
        b.stmts(body);
    }
    link(b.s);
    b.settle()
}

struct Binder<'a> {
    ast: &'a Ast,
    s: &'a mut Scopes,
    out: FileScopes,
    file: u32,
    scope: ScopeId,
    ambient: bool,
    /// The innermost function that has a `this` of its own.
    method: Option<FunctionId>,
}

impl Binder<'_> {
    /// Finds out what the assignments assign.
    fn settle(mut self) -> FileScopes {
        for a in &mut self.out.assigns {
            if a.name == names::THIS {
                continue;
            }
            let Some(sym) = self.s.lookup(a.scope, a.name, flag::VALUE) else {
                if !a.member {
                    self.s.implicit.insert(a.name);
                }
                continue;
            };
            a.sym = sym;
            if a.member {
                self.s.expando.insert(sym);
                continue;
            }
            let frame = self.s.scopes[a.scope].frame;
            let symbol = &mut self.s.symbols[sym];
            symbol.last_assign = symbol.last_assign.max(a.pos);
            symbol.closure_assign |= symbol.frame != frame;
        }
        self.out
    }

    fn frame(&self) -> FrameId {
        self.s.scopes[self.scope].frame
    }

    fn child(&mut self) -> ScopeId {
        let frame = self.frame();
        self.s.new_scope(self.scope, self.file, frame)
    }

    fn within<T>(&mut self, scope: ScopeId, f: impl FnOnce(&mut Self) -> T) -> T {
        let saved = std::mem::replace(&mut self.scope, scope);
        let out = f(self);
        self.scope = saved;
        out
    }

    fn var_scope(&self) -> ScopeId {
        let mut scope = self.scope;
        while !self.s.scopes[scope].is_var_scope && !self.s.scopes[scope].parent.is_none() {
            scope = self.s.scopes[scope].parent;
        }
        scope
    }

    fn declare(&mut self, name: Ident, flags: u16, kind: DeclKind) -> SymId {
        let ambient = if self.ambient { flag::AMBIENT } else { 0 };
        let decl = Decl { file: self.file, scope: self.scope, kind, span: name.span };
        self.s.declare(self.scope, name.name, flags | ambient, decl)
    }

    fn stmts(&mut self, list: &[StmtId]) {
        for &s in list {
            self.stmt(s);
        }
    }

    fn block(&mut self, list: &[StmtId]) -> ScopeId {
        let scope = self.child();
        self.within(scope, |b| b.stmts(list));
        scope
    }

    fn listing_assigns(&mut self, id: StmtId, f: impl FnOnce(&mut Self)) {
        let start = self.out.assigns.len() as u32;
        f(self);
        self.out.assigned_in.insert(id, (start, self.out.assigns.len() as u32));
    }

    fn stmt(&mut self, id: StmtId) {
        let ast = self.ast;
        match &ast[id] {
            Stmt::Missing | Stmt::Empty | Stmt::Debugger | Stmt::Directive(_) => {}
            Stmt::Break { .. } | Stmt::Continue { .. } | Stmt::ExportAsNamespace(_) => {}
            Stmt::ExportNamed(_) | Stmt::ExportAll(_) => {}
            Stmt::Expr(e) | Stmt::Throw(e) | Stmt::ExportAssign(e) => self.expr(*e),
            Stmt::ExportDefaultExpr(e) => {
                let name = Ident { name: names::DEFAULT, span: ast.expr_span(*e) };
                self.declare(name, flag::VAR | flag::CONST, DeclKind::Default(*e));
                self.expr(*e);
            }
            Stmt::Free { target, .. } => self.expr(*target),
            Stmt::Block(list) => {
                let scope = self.block(list);
                self.out.stmt.insert(id, scope);
            }
            Stmt::Atomic(s) | Stmt::ExportDecl(s) => self.stmt(*s),
            Stmt::ExportDefaultDecl(s) => {
                self.stmt(*s);
                self.anonymous_default(*s);
            }
            Stmt::Labeled { body, .. } => self.stmt(*body),
            Stmt::Var { kind, decls, is_declare } => {
                let saved = self.ambient;
                self.ambient |= *is_declare;
                self.var(*kind, decls);
                self.ambient = saved;
            }
            Stmt::Function(f) => {
                if let Some(name) = ast[*f].name {
                    let sym = self.declare(name, flag::FUNCTION, DeclKind::Function(*f));
                    self.out.function_sym.insert(*f, sym);
                }
                self.function(*f);
            }
            Stmt::Class(c) => self.class(*c, true),
            Stmt::If { .. } => {
                let mut at = Some(id);
                while let Some(s) = at {
                    let Stmt::If { test, yes, no } = ast[s] else {
                        self.stmt(s);
                        break;
                    };
                    self.expr(test);
                    self.stmt(yes);
                    at = no;
                }
            }
            Stmt::While { test, body } | Stmt::DoWhile { body, test } => self.listing_assigns(id, |b| {
                b.expr(*test);
                b.stmt(*body);
            }),
            Stmt::For { init, test, update, body } => {
                let scope = self.child();
                self.out.stmt.insert(id, scope);
                self.within(scope, |b| {
                    match init {
                        Some(ForInit::Decl(s)) => b.stmt(*s),
                        Some(ForInit::Expr(e)) => b.expr(*e),
                        None => {}
                    }
                    b.listing_assigns(id, |b| {
                        test.iter().chain(update).for_each(|e| b.expr(*e));
                        b.stmt(*body);
                    });
                });
            }
            Stmt::ForIn { head, object, body } => {
                self.expr(*object);
                self.for_loop(id, head, RootKind::ForIn, *body);
            }
            Stmt::ForOf { head, iterable, body, is_await } => {
                self.expr(*iterable);
                let ty = match head {
                    ForHead::Decl { ty, .. } => *ty,
                    ForHead::Target(_) => None,
                };
                let kind = RootKind::ForOf { iterable: *iterable, ty, is_await: *is_await };
                self.for_loop(id, head, kind, *body);
            }
            Stmt::ForEach(each) => {
                self.expr(each.object);
                let outer = self.scope;
                let scope = self.child();
                self.out.stmt.insert(id, scope);
                self.within(scope, |b| {
                    let flags = var_flags(each.kind);
                    for (pat, is_key) in each.key.iter().map(|p| (*p, true)).chain([(each.value, false)]) {
                        b.pattern(pat, flags, outer, RootKind::ForEach { object: each.object, is_key });
                    }
                    b.listing_assigns(id, |b| b.stmt(each.body));
                });
            }
            Stmt::Return(e) => e.iter().for_each(|e| self.expr(*e)),
            Stmt::Switch { value, cases } => {
                self.expr(*value);
                let scope = self.child();
                self.out.stmt.insert(id, scope);
                self.within(scope, |b| {
                    for case in cases {
                        case.test.iter().for_each(|e| b.expr(*e));
                        b.stmts(&case.body);
                    }
                });
            }
            Stmt::Try(t) => self.listing_assigns(id, |b| b.try_stmt(id, t)),
            Stmt::With { object, body } => {
                self.expr(*object);
                self.stmt(*body);
            }
            Stmt::Print(args) => self.args(args),
            Stmt::Import(i) => {
                let named = i.named.iter().map(|s| s.local);
                for local in i.default.into_iter().chain(i.namespace).chain(named) {
                    self.declare(local, flag::IMPORT, DeclKind::Import);
                }
            }
            Stmt::ImportEquals(i) => {
                self.declare(i.local, flag::IMPORT, DeclKind::Import);
            }
            Stmt::TypeAlias(t) => {
                let sym = self.declare(t.name, flag::ALIAS, DeclKind::Alias(id));
                self.out.stmt_sym.insert(id, sym);
                self.type_scope(id, &t.type_params);
            }
            Stmt::Interface(i) => {
                let sym = self.declare(i.name, flag::INTERFACE, DeclKind::Interface(id));
                self.out.stmt_sym.insert(id, sym);
                self.type_scope(id, &i.type_params);
                let scope = self.out.stmt[id];
                self.s.this_param(scope, self.file, sym, i.name.span);
            }
            Stmt::Enum(e) => {
                let sym = self.declare(e.name, flag::ENUM | flag::BLOCK, DeclKind::Enum(id));
                self.out.stmt_sym.insert(id, sym);
                e.members.iter().filter_map(|m| m.value).for_each(|v| self.expr(v));
            }
            Stmt::Namespace(n) => self.namespace(id, n),
        }
    }

    /// Gives a declaration without a name, which only `export default` allows, the name `default`.
    fn anonymous_default(&mut self, s: StmtId) {
        match &self.ast[s] {
            Stmt::Function(f) if self.ast[*f].name.is_none() => {
                let name = Ident { name: names::DEFAULT, span: self.ast.stmt_span(s) };
                let sym = self.declare(name, flag::FUNCTION, DeclKind::Function(*f));
                self.out.function_sym.insert(*f, sym);
            }
            Stmt::Class(c) if self.ast[*c].name.is_none() => {
                if let Some(&sym) = self.out.class_sym.get(*c) {
                    self.s.alias(self.scope, names::DEFAULT, sym);
                }
            }
            _ => {}
        }
    }

    fn type_scope(&mut self, id: StmtId, params: &[TypeParam]) {
        let scope = self.child();
        self.out.stmt.insert(id, scope);
        self.s.type_params(scope, self.file, params);
    }

    fn namespace(&mut self, id: StmtId, n: &Namespace) {
        let Some(body) = &n.body else { return };
        let NamespaceName::Path(path) = &n.name else {
            // Additions to the library; what other modules contain is not followed.
            if matches!(n.name, NamespaceName::Global(_)) {
                let global = self.s.scopes[self.out.scope.0].parent;
                self.out.stmt.insert(id, global);
                self.within(global, |b| b.stmts(body));
            }
            return;
        };
        let saved = (self.scope, self.ambient);
        self.ambient |= n.is_declare;
        let instantiated = body.iter().any(|&s| has_code(self.ast, s));
        let mut first = true;
        for name in path {
            let flags = flag::NAMESPACE | if instantiated { flag::INSTANTIATED } else { 0 };
            let sym = self.declare(*name, flags, DeclKind::Namespace(id));
            if std::mem::take(&mut first) {
                self.out.stmt_sym.insert(id, sym);
            }
            let mut inner = self.s.symbols[sym].exports;
            if inner.is_none() {
                inner = self.child();
                self.s.scopes[inner].is_var_scope = true;
                self.s.symbols[sym].exports = inner;
            }
            self.scope = inner;
        }
        self.out.stmt.insert(id, self.scope);
        self.stmts(body);
        (self.scope, self.ambient) = saved;
    }

    fn try_stmt(&mut self, id: StmtId, t: &TryStmt) {
        let block = self.block(&t.block);
        let handler = self.child();
        if let Some(h) = &t.handler {
            self.within(handler, |b| {
                if let Some(p) = h.param {
                    let scope = b.scope;
                    b.pattern(p, flag::VAR | flag::BLOCK, scope, RootKind::Catch(h.ty));
                }
                b.stmts(&h.body);
            });
        }
        let finalizer = self.child();
        if let Some(f) = &t.finalizer {
            self.within(finalizer, |b| b.stmts(f));
        }
        self.out.tries.insert(id, [block, handler, finalizer]);
    }

    fn for_loop(&mut self, id: StmtId, head: &ForHead, kind: RootKind, body: StmtId) {
        let outer = self.scope;
        let scope = self.child();
        self.out.stmt.insert(id, scope);
        self.within(scope, |b| {
            if let ForHead::Decl { kind: var, pat, init, .. } = *head {
                init.iter().for_each(|e| b.expr(*e));
                b.pattern(pat, var_flags(var), outer, kind);
            }
            b.listing_assigns(id, |b| {
                if let ForHead::Target(pat) = *head {
                    b.assign(pat);
                }
                b.stmt(body);
            });
        });
    }

    fn var(&mut self, kind: VarKind, decls: &[Declarator]) {
        for d in decls {
            let root = RootKind::Declarator { kind, ty: d.ty, init: d.init, definite: d.is_definite };
            let scope = self.scope;
            self.pattern(d.pat, var_flags(kind), scope, root);
            d.init.iter().for_each(|e| self.expr(*e));
        }
    }

    /// Declares the variables of a pattern; `at` is where its source is evaluated.
    fn pattern(&mut self, pat: PatId, flags: u16, at: ScopeId, kind: RootKind) -> RootId {
        let root = self.s.roots.push(Root { file: self.file, scope: at, pat, kind });
        self.out.pat_root.insert(pat, root);
        self.bind_pat(pat, flags, root);
        root
    }

    fn bind_pat(&mut self, pat: PatId, flags: u16, root: RootId) {
        let ast = self.ast;
        match &ast[pat] {
            Pat::Missing | Pat::Expr(_) => {}
            Pat::Name(name) => {
                let ident = Ident { name: *name, span: ast.pat_span(pat) };
                let is_var = flags & (flag::BLOCK | flag::PARAM) == 0;
                let scope = if is_var { self.var_scope() } else { self.scope };
                let sym = self.within(scope, |b| b.declare(ident, flags, DeclKind::Var(root)));
                self.out.pat_sym.insert(pat, sym);
            }
            Pat::Array { elems, rest } => {
                for e in elems.iter().flatten() {
                    self.bind_pat(e.pat, flags, root);
                    e.default.iter().for_each(|e| self.expr(*e));
                }
                rest.iter().for_each(|r| self.bind_pat(*r, flags, root));
            }
            Pat::Object { props, rest } => {
                for p in props {
                    self.key(&p.key);
                    self.bind_pat(p.value.pat, flags, root);
                    p.value.default.iter().for_each(|e| self.expr(*e));
                }
                rest.iter().for_each(|r| self.bind_pat(*r, flags, root));
            }
        }
    }

    fn record(&mut self, name: Name, pos: u32, member: bool) {
        let sym = SymId::NONE;
        self.out.assigns.push(Assign { name, scope: self.scope, pos, member, sym });
    }

    fn assign(&mut self, pat: PatId) {
        let ast = self.ast;
        match &ast[pat] {
            Pat::Missing => {}
            Pat::Name(name) => self.record(*name, ast.pat_span(pat).end, false),
            Pat::Expr(e) => {
                self.expr(*e);
                self.assign_expr(*e);
            }
            Pat::Array { elems, rest } => {
                for e in elems.iter().flatten() {
                    self.assign(e.pat);
                    e.default.iter().for_each(|e| self.expr(*e));
                }
                rest.iter().for_each(|r| self.assign(*r));
            }
            Pat::Object { props, rest } => {
                for p in props {
                    self.key(&p.key);
                    self.assign(p.value.pat);
                    p.value.default.iter().for_each(|e| self.expr(*e));
                }
                rest.iter().for_each(|r| self.assign(*r));
            }
        }
    }

    /// The variable at the root of a member access that is assigned.
    fn assign_expr(&mut self, mut e: ExprId) {
        let pos = self.ast.expr_span(e).end;
        let mut member = false;
        loop {
            match &self.ast[e] {
                Expr::Paren(inner) | Expr::NonNull(inner) | Expr::OptionalChain(inner) => e = *inner,
                Expr::As { expr, .. } | Expr::TypeAssertion { expr, .. } | Expr::Satisfies { expr, .. } => {
                    e = *expr
                }
                Expr::Member { object, name, .. } | Expr::PrivateMember { object, name, .. } => {
                    if let (Expr::This, Some(m)) = (&self.ast[*object], self.method) {
                        self.out.this_fields.insert((m, name.name));
                    }
                    member = true;
                    e = *object;
                }
                Expr::Index { object, .. } => {
                    member = true;
                    e = *object;
                }
                Expr::Name(name) => return self.record(*name, pos, member),
                Expr::This => return self.record(names::THIS, pos, true),
                _ => return,
            }
        }
    }

    fn key(&mut self, key: &PropKey) {
        if let PropKey::Computed(e) = key {
            self.expr(*e);
        }
    }

    fn function(&mut self, id: FunctionId) {
        let ast = self.ast;
        let f = &ast[id];
        let outer = self.frame();
        let frame = self.s.frames.push(outer);
        let scope = self.s.new_scope(self.scope, self.file, frame);
        self.s.scopes[scope].is_var_scope = true;
        self.out.function.insert(id, scope);
        self.out.frame_function.insert(frame, id);
        let method = self.method;
        if f.kind != FunctionKind::Arrow {
            self.method = Some(id);
        }
        self.s.type_params(scope, self.file, &f.type_params);
        self.within(scope, |b| {
            for (i, p) in f.params.iter().enumerate() {
                let root = b.pattern(p.pat, flag::VAR | flag::PARAM, scope, RootKind::Param(id, i as u32));
                b.out.param_root.insert((id, i as u32), root);
                p.default.iter().for_each(|e| b.expr(*e));
            }
            match &f.body {
                FunctionBody::None => {}
                FunctionBody::Block(list) => b.stmts(list),
                FunctionBody::Expr(e) => b.expr(*e),
            }
        });
        self.method = method;
    }

    fn class(&mut self, id: ClassId, is_decl: bool) {
        let ast = self.ast;
        let c = &ast[id];
        let saved = self.ambient;
        self.ambient |= c.is_declare;
        let span = c.name.map_or(ast.class_span(id), |n| n.span);
        let scope = self.child();
        self.s.scopes[scope].class = Some(id);
        self.out.class.insert(id, scope);
        let flags = flag::CLASS | flag::BLOCK;
        let sym = match c.name {
            Some(name) if is_decl => self.declare(name, flags, DeclKind::Class(id)),
            Some(name) => self.within(scope, |b| b.declare(name, flags, DeclKind::Class(id))),
            None => {
                let decl = Decl { file: self.file, scope: self.scope, kind: DeclKind::Class(id), span };
                let frame = self.frame();
                self.s.new_symbol(names::EMPTY, flags, decl, frame)
            }
        };
        self.out.class_sym.insert(id, sym);
        self.s.type_params(scope, self.file, &c.type_params);
        self.s.this_param(scope, self.file, sym, span);
        for h in &c.extends {
            self.expr(h.expr);
        }
        self.within(scope, |b| {
            for m in &c.members {
                m.decorators.iter().for_each(|e| b.expr(*e));
                match &m.kind {
                    MemberKind::Method { key, function, .. } => {
                        b.key(key);
                        b.function(*function);
                    }
                    MemberKind::Field { key, value, .. } => {
                        b.key(key);
                        b.initializer(*value);
                    }
                    MemberKind::StaticBlock(f) | MemberKind::Operator { function: f, .. } => b.function(*f),
                    MemberKind::IndexSignature(_) => {}
                }
            }
        });
        self.ambient = saved;
    }

    /// A field's initialiser runs like a function of its own.
    fn initializer(&mut self, value: Option<ExprId>) {
        value.iter().for_each(|e| self.expr(*e));
    }

    fn args(&mut self, args: &[Arg]) {
        for a in args {
            match *a {
                Arg::Item(e) | Arg::Spread(e) | Arg::Named { value: e, .. } => self.expr(e),
            }
        }
    }

    fn props(&mut self, props: &[Prop]) {
        for p in props {
            match p {
                Prop::Value { key, value } => {
                    self.key(key);
                    self.expr(*value);
                }
                Prop::Shorthand(_) => {}
                Prop::Method { key, function } => {
                    self.key(key);
                    self.function(*function);
                }
                Prop::Spread(e) => self.expr(*e),
            }
        }
    }

    fn expr(&mut self, mut id: ExprId) {
        let ast = self.ast;
        // Left spines are walked in a loop.
        while let Expr::Binary { left, right, .. } | Expr::Logical { left, right, .. } = &ast[id] {
            self.expr(*right);
            id = *left;
        }
        match &ast[id] {
            Expr::Function(f) => {
                match ast[*f].name {
                    Some(name) => {
                        let scope = self.child();
                        self.within(scope, |b| {
                            let sym = b.declare(name, flag::FUNCTION, DeclKind::Function(*f));
                            b.out.function_sym.insert(*f, sym);
                            b.function(*f);
                        });
                    }
                    None => self.function(*f),
                };
            }
            Expr::Class(c) => self.class(*c, false),
            Expr::Object(props) => self.props(props),
            Expr::Array(elems) => {
                for e in elems {
                    if let ArrayElem::Item(e) | ArrayElem::Spread(e) = e {
                        self.expr(*e);
                    }
                }
            }
            Expr::Update { target, .. } => {
                self.expr(*target);
                self.assign_expr(*target);
            }
            Expr::Assign { target, value, .. } => {
                self.expr(*value);
                self.assign(*target);
            }
            Expr::Call { callee, args, .. } => {
                if let (Expr::Super, Some(m)) = (&ast[*callee], self.method) {
                    self.out.super_calls.insert(m);
                }
                self.expr(*callee);
                self.args(args);
            }
            Expr::New { callee, args, fields, .. } => {
                self.expr(*callee);
                self.args(args);
                fields.iter().for_each(|f| self.props(f));
            }
            Expr::Subscript { object, items, .. } => {
                self.expr(*object);
                for item in items {
                    match *item {
                        Subscript::Item(e) => self.expr(e),
                        Subscript::Slice { start, end, step, .. } => {
                            start.iter().chain(&end).chain(&step).for_each(|e| self.expr(*e));
                        }
                    }
                }
            }
            other => each_child(other, &mut |e| self.expr(e)),
        }
    }
}

fn var_flags(kind: VarKind) -> u16 {
    flag::VAR
        | match kind {
            VarKind::Var => 0,
            VarKind::Let => flag::BLOCK,
            VarKind::Const | VarKind::Using | VarKind::AwaitUsing => flag::BLOCK | flag::CONST,
        }
}

/// Whether a statement of a namespace exists at run time.
fn has_code(ast: &Ast, id: StmtId) -> bool {
    match &ast[id] {
        Stmt::Interface(_) | Stmt::TypeAlias(_) => false,
        Stmt::ExportDecl(s) => has_code(ast, *s),
        Stmt::Namespace(n) => n.body.iter().any(|b| b.iter().any(|&s| has_code(ast, s))),
        _ => true,
    }
}

/// Calls `f` for the operands of an expression that binds nothing itself.
pub fn each_child(e: &Expr, f: &mut dyn FnMut(ExprId)) {
    match e {
        Expr::Template { exprs, .. } | Expr::Sequence(exprs) => exprs.iter().for_each(|e| f(*e)),
        Expr::TaggedTemplate { tag, exprs, .. } => {
            f(*tag);
            exprs.iter().for_each(|e| f(*e));
        }
        Expr::Unary { operand, .. } => f(*operand),
        Expr::PrivateIn { object, .. } => f(*object),
        Expr::Conditional { test, yes, no } => [*test, *yes, *no].into_iter().for_each(f),
        Expr::Member { object, .. } | Expr::PrivateMember { object, .. } => f(*object),
        Expr::RawSubscript { object, .. } => f(*object),
        Expr::Index { object, index, .. } => {
            f(*object);
            f(*index);
        }
        Expr::ImportCall { specifier, options } => {
            f(*specifier);
            options.iter().for_each(|e| f(*e));
        }
        Expr::Yield { value, .. } => value.iter().for_each(|e| f(*e)),
        Expr::As { expr, .. } | Expr::TypeAssertion { expr, .. } => f(*expr),
        Expr::Satisfies { expr, .. } | Expr::Instantiation { expr, .. } => f(*expr),
        Expr::OptionalChain(e) | Expr::Paren(e) | Expr::Await(e) | Expr::AsConst(e) => f(*e),
        Expr::NonNull(e) | Expr::Go(e) | Expr::Atomic(e) => f(*e),
        _ => {}
    }
}

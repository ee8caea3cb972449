//! Lowering: the resolved tree to tables and dynamic-dialect functions.
//!
//! ```text
//! tree ── resolve ── tables (classes, scopes, variables)  prepass, `tables`
//!                └─ one Func per frame                    `function` (frame, scopes, variables)
//!                      ├─ stmt, loops, tries              statements
//!                      ├─ cond                            branches and what they prove
//!                      └─ expr, call, assign, literal     expressions
//! ```
//!
//! Frames and functions have the same numbers: `FnId(n)` is `FrameId(n)`. Each frame is lowered
//! once, whatever the number of places that make its closure (a `finally` body is lowered once
//! per way of leaving).
//!
//! Invariants: every instruction that may throw inside `try` is followed by `br_exc`, since all
//! are made by `Body::op`; no code is emitted while no block is open; what is not supported gives
//! a diagnostic and the value undefined.

mod assign;
mod call;
mod class;
mod cond;
mod dump;
mod expr;
mod function;
mod hold;
mod literal;
mod loops;
mod module;
mod stmt;
mod tables;
#[cfg(test)]
mod tests;
mod tries;
mod types;

use hashbrown::HashMap;
use la_arena::ArenaMap;
use ultra_ir::builder::Var;
use ultra_ir::{StrId, Table};

use crate::diag::{Diagnostic, registry};
use crate::modules::{Module, ModuleId};
use crate::program::{
    ClassDecl, ClassDeclId, FnDecl, FnId, IfaceDecl, IfaceId, Options, Program, ScopeDecl, ScopeId, Strings,
    TypeId, Types, VarDecl, VarId,
};
use crate::resolve::{self, BindingId, LexId, Resolved};
use crate::source::{SourceFile, Span};
use crate::syntax::ast::{Ast, ClassId, ExprId, NumberId, PropKey, StrValue};
use crate::syntax::{Dialect, Interner, Name, Parsed, well_known};

pub use dump::dump;
pub(crate) use types::distance;

/// How names of the prelude begin.
pub const LIBRARY: &str = "__ultra_";
/// Global names of classes that the prelude defines.
pub const GLOBAL_CLASSES: [&str; 4] = ["WeakRef", "WeakMap", "WeakSet", "FinalizationRegistry"];
/// The method of that name is the destructor, for code that does not know the class.
pub const DESTRUCTOR: &str = "__ultra_destroy";

/// Lowers a parsed file. The program is complete even after diagnostics, with `undefined` where
/// something could not be lowered; it must not run when one of them is an error.
pub fn lower_program(
    file: &SourceFile,
    parsed: &Parsed,
    names: &Interner,
    dialect: Dialect,
    modules: &Table<ModuleId, Module>,
    args: &[String],
) -> (Program, Vec<Diagnostic>) {
    let resolved = resolve::resolve(&parsed.ast, &parsed.module_body, modules, names, dialect);
    let mut l = Lowerer::new(file, &parsed.ast, &resolved, names, dialect, modules);
    l.args = args;
    l.diagnostics.extend(resolved.diagnostics.iter().cloned());
    l.survey();
    l.tables();
    l.has_destructors = l.classes.values().any(|c| c.destructor.is_some());
    for frame in resolved.frames.ids() {
        function::lower_frame(&mut l, frame, &parsed.module_body);
    }
    l.name_library_classes();
    let main = FnId(resolved.main.0);
    let program = Program {
        strings: l.strings,
        types: l.types,
        ifaces: l.ifaces,
        fns: l.fns,
        classes: l.classes,
        scopes: l.scopes,
        vars: l.vars,
        main,
        options: Options { enforced: dialect.is_ultra() || modules.values().any(|m| m.dialect.is_ultra()) },
        gaps: l.gaps,
    };
    (program, l.diagnostics)
}

/// State shared by all functions of a file.
struct Lowerer<'a> {
    file: &'a SourceFile,
    ast: &'a Ast,
    r: &'a Resolved,
    names: &'a Interner,
    /// Of the code that is being lowered.
    dialect: Dialect,
    /// Of code that is of no module.
    own_dialect: Dialect,
    /// Some modules are of UltraScript and some are not.
    is_mixed: bool,
    modules: &'a Table<ModuleId, Module>,
    /// The command line of the program: `process.argv`.
    args: &'a [String],
    /// Classes of the `exports` objects of CommonJS modules.
    exports_classes: Table<ModuleId, ClassDeclId>,
    /// Those of namespaces that are values.
    namespace_classes: HashMap<ModuleId, ClassDeclId>,
    /// The program has iterators that want to know when a loop ends early.
    closes_iterators: bool,
    /// The program has `delete`.
    deletes: bool,
    diagnostics: Vec<Diagnostic>,
    /// Library functions that the text lacks.
    gaps: Vec<&'static str>,
    strings: Strings,
    types: Types,
    ifaces: Table<IfaceId, IfaceDecl>,
    fns: Table<FnId, FnDecl>,
    classes: Table<ClassDeclId, ClassDecl>,
    scopes: Table<ScopeId, ScopeDecl>,
    vars: Table<VarId, VarDecl>,
    class_ids: ArenaMap<ClassId, ClassDeclId>,
    /// Classes of object literals with getters or setters.
    accessor_classes: ArenaMap<ExprId, ClassDeclId>,
    scope_ids: Table<LexId, ScopeId>,
    var_ids: Table<BindingId, VarId>,
    binding_types: Table<BindingId, Option<TypeId>>,
    /// SSA variables of bindings that are not captured, and of scope objects.
    locals: Table<BindingId, Var>,
    scope_vars: Table<LexId, Var>,
    type_memo: types::Memo,
    /// Some class has a destructor.
    has_destructors: bool,
}

impl<'a> Lowerer<'a> {
    /// Looks for what makes loops do more: iterators that loops close, and properties that go away.
    fn survey(&mut self) {
        use crate::syntax::ast::{Expr, MemberKind, Prop, UnaryOp};
        let is_return =
            |key: &PropKey| matches!(key, PropKey::Ident(i) if self.names.resolve(i.name) == "return");
        let closes = |e: &Expr| match e {
            Expr::Object(props) => props
                .iter()
                .any(|p| matches!(p, Prop::Value { key, .. } | Prop::Method { key, .. } if is_return(key))),
            _ => false,
        };
        let member = |k: &MemberKind| matches!(k, MemberKind::Method { key, .. } | MemberKind::Field { key, .. } if is_return(key));
        self.closes_iterators = self.ast.exprs().any(closes)
            || self.ast.functions().any(|f| f.is_generator)
            || self.ast.classes().any(|c| c.members.iter().any(|m| member(&m.kind)));
        self.deletes = self.ast.exprs().any(|e| matches!(e, Expr::Unary { op: UnaryOp::Delete, .. }));
    }

    fn new(
        file: &'a SourceFile,
        ast: &'a Ast,
        r: &'a Resolved,
        names: &'a Interner,
        dialect: Dialect,
        modules: &'a Table<ModuleId, Module>,
    ) -> Self {
        Lowerer {
            file,
            ast,
            r,
            names,
            dialect,
            own_dialect: dialect,
            is_mixed: modules.values().any(|m| m.dialect.is_ultra())
                && modules.values().any(|m| !m.dialect.is_ultra()),
            modules,
            args: &[],
            exports_classes: Table::new(),
            namespace_classes: HashMap::new(),
            closes_iterators: false,
            deletes: false,
            diagnostics: Vec::new(),
            gaps: Vec::new(),
            strings: Strings::default(),
            types: Types::default(),
            ifaces: Table::new(),
            fns: Table::new(),
            classes: Table::new(),
            scopes: Table::new(),
            vars: Table::new(),
            class_ids: ArenaMap::default(),
            accessor_classes: ArenaMap::default(),
            scope_ids: Table::filled(r.lexes.len(), ScopeId::NONE),
            var_ids: Table::filled(r.bindings.len(), VarId::NONE),
            binding_types: Table::filled(r.bindings.len(), None),
            locals: Table::filled(r.bindings.len(), Var::NONE),
            scope_vars: Table::filled(r.lexes.len(), Var::NONE),
            type_memo: types::Memo::default(),
            has_destructors: false,
        }
    }

    /// Programs see such classes of the prelude under their global names.
    fn name_library_classes(&mut self) {
        for c in self.classes.ids() {
            let text = self.strings.text(self.classes[c].name);
            if let Some(name) = text.strip_prefix(LIBRARY).filter(|n| GLOBAL_CLASSES.contains(n)) {
                self.classes[c].name = self.strings.intern(name);
            }
        }
    }

    /// The language of a frame's code.
    /// Whether annotations in a scope count: beside UltraScript modules those of others promise nothing.
    pub(super) fn is_enforced(&self, lex: LexId) -> bool {
        !self.is_mixed || self.dialect_of(self.r.lexes[lex].frame).is_ultra()
    }

    pub(super) fn dialect_of(&self, frame: resolve::FrameId) -> Dialect {
        self.r.module_of(frame).map_or(self.own_dialect, |m| self.modules[m].dialect)
    }

    fn str(&mut self, name: Name) -> StrId {
        self.strings.intern(self.names.resolve(name))
    }

    /// The property name of `#name`.
    fn private(&mut self, name: Name) -> StrId {
        let text = format!("#{}", self.names.resolve(name));
        self.strings.intern(&text)
    }

    fn str_value(&mut self, value: StrValue) -> StrId {
        match value {
            StrValue::Text(name) => self.str(name),
            StrValue::Lone(index) => self.strings.intern_units(self.ast.lone_string(index)),
        }
    }

    /// The name of a key that is known without running the program. `[Symbol.x]` is `@@x`.
    fn key_name(&mut self, key: &PropKey) -> Option<StrId> {
        use crate::syntax::ast::Expr;
        match *key {
            PropKey::Ident(i) => Some(self.str(i.name)),
            PropKey::Private(i) => Some(self.private(i.name)),
            PropKey::String(v, _) => Some(self.str_value(v)),
            PropKey::Number(n, _) => self.number_key(n),
            PropKey::BigInt(..) => None,
            PropKey::Computed(e) => match &self.ast[self.ast.unparen(e)] {
                Expr::String(v) => Some(self.str_value(*v)),
                Expr::Number(n) => self.number_key(*n),
                Expr::Template { chunks, exprs } if exprs.is_empty() => {
                    Some(self.str_value(chunks.first()?.cooked?))
                }
                Expr::Member { object, name, .. } => match &self.ast[*object] {
                    Expr::Name(n) if self.names.resolve(*n) == "Symbol" => {
                        let text = format!("@@{}", self.names.resolve(name.name));
                        Some(self.strings.intern(&text))
                    }
                    _ => None,
                },
                _ => None,
            },
        }
    }

    /// The text of an integer; other numbers are converted when the program runs.
    fn number_key(&mut self, n: NumberId) -> Option<StrId> {
        let integer = self.ast[n].integer.filter(|&n| n < 1 << 53)?;
        Some(self.strings.intern(&integer.to_string()))
    }

    /// Whether an expression is UltraScript's `print`, which no declaration hides.
    fn is_print(&self, e: ExprId) -> bool {
        self.dialect.is_ultra() && self.global_name(e) == Some(well_known::PRINT)
    }

    fn unsupported(&mut self, span: Span, what: &str) {
        self.diagnostics.push(registry::not_supported(span, what));
    }
}

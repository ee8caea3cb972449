//! The walk over the tree that makes frames, scopes and bindings and collects references.
//!
//! Left spines of binary operators are walked in a loop: the parser bounds nesting, but a sum of
//! ten thousand terms nests to the left without nesting in the source.

use hashbrown::HashMap;
use la_arena::ArenaMap;
use ultra_ir::Table;

use super::*;
use crate::syntax::ast::*;
use crate::syntax::well_known as names;

pub(super) struct Walk<'a> {
    ast: &'a Ast,
    r: Resolved,
    lex: LexId,
    frame: FrameId,
    /// Whether the code runs whenever its frame's body runs this far.
    straight: bool,
    /// End of the enclosing `switch` clause, when directly in it.
    case_end: u32,
    /// Bindings of the pattern being declared.
    bound: Vec<BindingId>,
    module: ModuleId,
    exports_name: Option<Name>,
}

pub(super) fn walk(
    ast: &Ast,
    body: &[StmtId],
    modules: &Table<ModuleId, Module>,
    interner: &Interner,
) -> Resolved {
    let r = Resolved {
        bindings: Table::new(),
        lexes: Table::new(),
        frames: Table::new(),
        refs: Table::new(),
        main: FrameId(0),
        expr_ref: ArenaMap::default(),
        pat_ref: ArenaMap::default(),
        pat_binding: ArenaMap::default(),
        shorthand_ref: HashMap::new(),
        expr_this: ArenaMap::default(),
        stmt_lex: ArenaMap::default(),
        try_lex: ArenaMap::default(),
        stmt_binding: ArenaMap::default(),
        function_frame: ArenaMap::default(),
        function_binding: ArenaMap::default(),
        function_name_lex: ArenaMap::default(),
        static_block_lex: ArenaMap::default(),
        classes: ArenaMap::default(),
        class_order: Vec::new(),
        enum_values: ArenaMap::default(),
        enum_parts: ArenaMap::default(),
        namespaces: HashMap::new(),
        accessor_objects: ArenaMap::default(),
        modules: Table::new(),
        type_imports: HashMap::new(),
        imported: hashbrown::HashSet::new(),
        required: HashMap::new(),
        required_members: Vec::new(),
        diagnostics: Vec::new(),
        member_uses: Vec::new(),
    };
    let mut w = Walk {
        ast,
        r,
        lex: LexId::NONE,
        frame: FrameId::NONE,
        straight: true,
        case_end: u32::MAX,
        bound: Vec::new(),
        module: ModuleId::NONE,
        exports_name: interner.get("exports"),
    };
    let main = w.new_frame(FrameKind::Main, 0);
    w.r.main = main;
    w.in_frame(main, |w| {
        w.stmts(body);
        for (id, module) in modules.iter() {
            w.module(id, module, interner);
        }
    });
    w.r
}

impl Walk<'_> {
    fn new_frame(&mut self, kind: FrameKind, start: u32) -> FrameId {
        let frame = self.r.frames.push(Frame {
            kind,
            parent: self.frame,
            parent_lex: self.lex,
            lex: LexId::NONE,
            is_arrow: false,
            class: None,
            is_static: false,
            start,
            hoisted: None,
            this_binding: BindingId::NONE,
            arguments_binding: BindingId::NONE,
            uses_this: false,
            module: self.module,
            needs: Vec::new(),
            env: LexId::NONE,
        });
        let lex = self.new_lex(self.lex, frame);
        self.r.lexes[lex].is_var_scope = true;
        self.r.frames[frame].lex = lex;
        frame
    }

    fn new_lex(&mut self, parent: LexId, frame: FrameId) -> LexId {
        let depth = if parent.is_none() { 0 } else { self.r.lexes[parent].depth + 1 };
        self.r.lexes.push(Lex {
            parent,
            frame,
            depth,
            names: HashMap::new(),
            types: HashMap::new(),
            bindings: Vec::new(),
            hoisted: Vec::new(),
            is_var_scope: false,
            object: false,
            outer_object: LexId::NONE,
            storage: LexId::NONE,
            is_module: false,
        })
    }

    /// A file of the program: a frame of its own, whose variables exist once.
    fn module(&mut self, id: ModuleId, module: &Module, interner: &Interner) {
        self.module = id;
        let frame = self.new_frame(FrameKind::Module(id), module.span.start);
        let lex = self.r.frames[frame].lex;
        self.r.lexes[lex].is_module = true;
        let namespace_lex = self.new_lex(LexId::NONE, frame);
        let main_lex = self.r.module_lex();
        let is_export_assign = |&s: &StmtId| matches!(self.ast[s], Stmt::ExportAssign(_));
        let has_value = module.format != Format::Esm || module.body.iter().any(is_export_assign);
        let r = &mut self.r;
        // These are undefined from the start of the program on.
        let state = hidden_binding(r, main_lex, names::EMPTY, BindKind::Var, 0);
        let namespace_object = hidden_binding(r, main_lex, names::EMPTY, BindKind::Var, 0);
        for b in [state, namespace_object] {
            (r.bindings[b].early, r.bindings[b].captured) = (true, true);
        }
        let value = hidden_binding(r, lex, names::EXPORT, BindKind::Var, 0);
        let namespace = hidden_binding(r, lex, names::NAMESPACE, BindKind::Namespace, 0);
        let module_object = hidden_binding(r, lex, names::MODULE, BindKind::Var, 0);
        r.namespaces.insert(namespace, namespace_lex);
        r.bindings[value].captured = true;
        let mut scope = ModuleScope {
            frame,
            lex,
            has_value,
            value,
            exports: BindingId::NONE,
            state,
            default: BindingId::NONE,
            namespace,
            namespace_lex,
            namespace_frame: FrameId::NONE,
            namespace_object,
            module_object,
            require_frame: FrameId::NONE,
            properties: Vec::new(),
            assigned: Vec::new(),
            named: Vec::new(),
            is_compiled_esm: false,
            marker_frame: FrameId::NONE,
            export_writes: 0,
            is_write_only: false,
            is_open: false,
            starts_with_exports: true,
        };
        if module.format == Format::CommonJs {
            let exports = interner.get("exports").unwrap_or(names::EMPTY);
            scope.exports =
                declare_in(r, lex, exports, BindKind::Param, Span::empty(module.span.start), u32::MAX);
            declare_in(r, lex, names::REQUIRE, BindKind::Require, Span::empty(module.span.start), u32::MAX);
            for name in ["__filename", "__dirname"].iter().filter_map(|n| interner.get(n)) {
                declare_in(r, lex, name, BindKind::Param, Span::empty(module.span.start), u32::MAX);
            }
            // `module.exports` is a variable.
            let b = declare_in(
                r,
                lex,
                names::MODULE,
                BindKind::Namespace,
                Span::empty(module.span.start),
                u32::MAX,
            );
            let members = self.new_lex(LexId::NONE, frame);
            self.r.lexes[members].names.insert(exports, value);
            self.r.namespaces.insert(b, members);
        }
        self.r.modules.push(scope);
        self.in_frame(frame, |w| w.stmts(&module.body));
        if let (Format::Json, [s]) = (module.format, &*module.body)
            && let Stmt::Expr(e) = self.ast[*s]
        {
            self.r.modules[id].assigned.push((self.ast.unparen(e), true));
        }
        self.module = ModuleId::NONE;
    }

    /// Notes what a CommonJS module assigns to its exports.
    fn note_export(&mut self, target: PatId, value: ExprId) {
        let ast = self.ast;
        let Some(scope) = self.module.some().map(|m| &mut self.r.modules[m]).filter(|s| !s.exports.is_none())
        else {
            return;
        };
        let Pat::Expr(e) = ast[target] else { return };
        let is_sure = self.straight && self.frame == scope.frame;
        let is_module = |e: ExprId| matches!(ast[e], Expr::Name(n) if n == names::MODULE);
        let is_whole = |e: ExprId| match ast[e] {
            Expr::Member { object, name, .. } => is_module(object) && Some(name.name) == self.exports_name,
            _ => false,
        };
        if is_whole(e) {
            // `module.exports = exports = ...` assigns what the inner assignment does.
            let mut value = value;
            while let Expr::Assign { value: inner, .. } = ast[value] {
                value = inner;
            }
            scope.assigned.push((value, is_sure));
            scope.export_writes += 1;
            return;
        }
        let exports_name = self.exports_name;
        let is_exports =
            |e: ExprId| is_whole(e) || matches!(ast[e], Expr::Name(n) if Some(n) == exports_name);
        let Expr::Member { object, name, .. } = ast[e] else {
            scope.is_open |= matches!(ast[e], Expr::Index { object, .. } if is_exports(object));
            return;
        };
        if is_exports(object) {
            scope.export_writes += 1;
            match scope.named.iter_mut().find(|n| n.0 == name.name) {
                Some(old) => old.1 = None,
                None => scope.named.push((name.name, is_sure.then_some(value))),
            }
        }
    }

    fn in_frame<T>(&mut self, frame: FrameId, f: impl FnOnce(&mut Self) -> T) -> T {
        let lex = self.r.frames[frame].lex;
        let saved = (self.frame, self.lex, self.straight, self.case_end);
        (self.frame, self.lex, self.straight, self.case_end) = (frame, lex, true, u32::MAX);
        let out = f(self);
        (self.frame, self.lex, self.straight, self.case_end) = saved;
        out
    }

    fn in_lex<T>(&mut self, lex: LexId, f: impl FnOnce(&mut Self) -> T) -> T {
        let saved = (self.lex, self.case_end);
        (self.lex, self.case_end) = (lex, u32::MAX);
        let out = f(self);
        (self.lex, self.case_end) = saved;
        out
    }

    fn child_lex(&mut self) -> LexId {
        self.new_lex(self.lex, self.frame)
    }

    /// Code that may run any number of times, or not at all.
    fn conditional<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let saved = std::mem::replace(&mut self.straight, false);
        let out = f(self);
        self.straight = saved;
        out
    }

    fn declare(&mut self, name: Name, kind: BindKind, span: Span) -> BindingId {
        let lex = match kind {
            BindKind::Var => self.var_scope(),
            _ => self.lex,
        };
        declare_in(&mut self.r, lex, name, kind, span, self.case_end)
    }

    fn var_scope(&self) -> LexId {
        let mut lex = self.lex;
        while !self.r.lexes[lex].is_var_scope {
            lex = self.r.lexes[lex].parent;
        }
        lex
    }

    fn declare_type(&mut self, name: Name, decl: TypeDecl) {
        self.r.lexes[self.lex].types.entry(name).or_default().push(decl);
    }

    fn type_params(&mut self, params: &[TypeParam]) {
        for p in params {
            self.declare_type(p.name.name, TypeDecl::Opaque);
        }
    }

    fn reference(&mut self, name: Name, span: Span, access: Use, end: u32) -> RefId {
        let reference = self.reference_value(name, span, access, end);
        self.r.refs.push(reference)
    }

    fn reference_value(&self, name: Name, span: Span, access: Use, end: u32) -> Reference {
        Reference {
            name,
            lex: self.lex,
            frame: self.frame,
            pos: span.start,
            end,
            access,
            straight: self.straight,
            member: None,
            own_class: false,
            of_global: false,
            bound: false,
            target: Target::Global,
            check: Check::None,
        }
    }

    fn use_this(&mut self, expr: ExprId) {
        let source = super::this_source(&mut self.r, self.frame);
        self.r.expr_this.insert(expr, source);
    }

    // Statements.

    fn stmts(&mut self, list: &[StmtId]) {
        for &s in list {
            self.stmt(s);
        }
    }

    fn block(&mut self, list: &[StmtId]) -> LexId {
        let lex = self.child_lex();
        self.in_lex(lex, |w| w.stmts(list));
        lex
    }

    fn stmt(&mut self, id: StmtId) {
        let ast = self.ast;
        match &ast[id] {
            Stmt::Missing | Stmt::Empty | Stmt::Debugger | Stmt::Directive(_) => {}
            Stmt::Break { .. } | Stmt::Continue { .. } | Stmt::ExportAsNamespace(_) => {}
            Stmt::ExportDefaultExpr(e) => {
                self.expr(*e);
                let bound = match ast[ast.unparen(*e)] {
                    Expr::Function(f) => BoundTo::Function(f),
                    Expr::Class(c) => BoundTo::Class(c),
                    _ => BoundTo::Unknown,
                };
                self.default_export(BindKind::Const, ast.stmt_span(id).end, bound);
            }
            Stmt::ExportDefaultDecl(s) => match ast[*s] {
                Stmt::Function(f) if ast[f].name.is_none() && ast[f].body != FunctionBody::None => {
                    let b = self.default_export(BindKind::Function, 0, BoundTo::Function(f));
                    let frame = self.function(f, None, false);
                    if let Some(b) = b {
                        self.r.function_binding.insert(f, b);
                        self.r.lexes[self.lex].hoisted.push(f);
                        self.r.frames[frame].hoisted = Some(b);
                    }
                }
                Stmt::Class(c) if ast[c].name.is_none() => {
                    self.class(c, true);
                    self.default_export(BindKind::Const, ast.stmt_span(id).end, BoundTo::Class(c));
                }
                _ => self.stmt(*s),
            },
            Stmt::Expr(e) | Stmt::Throw(e) | Stmt::ExportAssign(e) => self.expr(*e),
            Stmt::Free { target, .. } => self.expr(*target),
            Stmt::Block(list) => {
                let lex = self.block(list);
                self.r.stmt_lex.insert(id, lex);
            }
            Stmt::Atomic(s) | Stmt::ExportDecl(s) => self.stmt(*s),
            // `break` may skip the rest of a labelled statement.
            Stmt::Labeled { body, .. } => self.conditional(|w| w.stmt(*body)),
            Stmt::Var { is_declare: true, .. } => {}
            Stmt::Var { kind, decls, .. } => self.var(*kind, decls),
            Stmt::Function(f) => self.function_decl(*f),
            Stmt::Class(c) => self.class(*c, true),
            Stmt::If { test, yes, no } => {
                self.expr(*test);
                self.conditional(|w| {
                    w.stmt(*yes);
                    // A chain of `else if` is walked in a loop.
                    let mut at = *no;
                    while let Some(s) = at {
                        let Stmt::If { test, yes, no } = w.ast[s] else {
                            w.stmt(s);
                            break;
                        };
                        w.expr(test);
                        w.stmt(yes);
                        at = no;
                    }
                });
            }
            Stmt::While { test, body } => self.conditional(|w| {
                w.expr(*test);
                w.stmt(*body);
            }),
            Stmt::DoWhile { body, test } => self.conditional(|w| {
                w.stmt(*body);
                w.expr(*test);
            }),
            Stmt::For { init, test, update, body } => {
                let lex = self.child_lex();
                self.r.stmt_lex.insert(id, lex);
                self.in_lex(lex, |w| {
                    match init {
                        Some(ForInit::Decl(s)) => w.stmt(*s),
                        Some(ForInit::Expr(e)) => w.expr(*e),
                        None => {}
                    }
                    w.conditional(|w| {
                        if let Some(e) = test {
                            w.expr(*e);
                        }
                        w.stmt(*body);
                        if let Some(e) = update {
                            w.expr(*e);
                        }
                    });
                });
            }
            Stmt::ForIn { head, object, body } => self.for_loop(id, head, *object, *body),
            Stmt::ForOf { head, iterable, body, .. } => self.for_loop(id, head, *iterable, *body),
            Stmt::ForEach(each) => {
                self.expr(each.object);
                let end = self.ast.expr_span(each.object).end;
                let lex = self.child_lex();
                self.r.stmt_lex.insert(id, lex);
                self.in_lex(lex, |w| {
                    w.conditional(|w| {
                        for pat in each.key.iter().chain([&each.value]) {
                            w.loop_binding(each.kind, *pat, None, end);
                        }
                        w.stmt(each.body);
                    });
                });
            }
            Stmt::Return(e) => {
                if let Some(e) = e {
                    self.expr(*e);
                }
            }
            Stmt::Switch { value, cases } => {
                self.expr(*value);
                let lex = self.child_lex();
                self.r.stmt_lex.insert(id, lex);
                self.in_lex(lex, |w| {
                    w.conditional(|w| {
                        for case in cases {
                            w.case_end = case.span.end;
                            if let Some(t) = case.test {
                                w.expr(t);
                            }
                            w.stmts(&case.body);
                        }
                    });
                });
            }
            Stmt::Try(t) => {
                let lexes = self.conditional(|w| {
                    let block = w.block(&t.block);
                    let handler = w.child_lex();
                    if let Some(h) = &t.handler {
                        w.in_lex(handler, |w| {
                            if let Some(p) = h.param {
                                let ty = h.ty.map(|t| (t, w.lex));
                                w.bind(p, BindKind::Catch, ty, BoundTo::Unknown);
                                w.settle(0, true);
                            }
                            w.stmts(&h.body);
                        });
                    }
                    let finalizer = w.child_lex();
                    if let Some(f) = &t.finalizer {
                        w.in_lex(finalizer, |w| w.stmts(f));
                    }
                    [block, handler, finalizer]
                });
                self.r.try_lex.insert(id, lexes);
            }
            Stmt::With { object, body } => {
                self.expr(*object);
                self.conditional(|w| w.stmt(*body));
            }
            Stmt::Print(args) => self.args(args),
            // Linking says what these names are.
            Stmt::Import(_) if !self.module.is_none() => {}
            Stmt::Import(i) => {
                let named = i.named.iter().map(|s| s.local);
                for local in i.default.into_iter().chain(i.namespace).chain(named) {
                    self.foreign(local);
                }
            }
            Stmt::ImportEquals(i)
                if self.module.is_none() || matches!(i.target, ImportEqualsTarget::Path(_)) =>
            {
                self.foreign(i.local);
            }
            Stmt::ImportEquals(_) => {}
            Stmt::ExportNamed(e) => {
                if e.source.is_none() && !e.is_type {
                    for s in &e.specifiers {
                        if let ModuleName::Ident(i) = s.local {
                            self.reference(i.name, i.span, Use::Read, i.span.end);
                        }
                    }
                }
            }
            Stmt::ExportAll(_) => {}
            Stmt::TypeAlias(t) => self.declare_type(t.name.name, TypeDecl::Alias(id)),
            Stmt::Interface(i) => self.declare_type(i.name.name, TypeDecl::Interface(id)),
            Stmt::Enum(e) => {
                self.declare_type(e.name.name, TypeDecl::Enum(id));
                if !e.is_declare || e.is_const {
                    let b = self.declare(e.name.name, BindKind::Enum, e.name.span);
                    self.enum_part(id, b);
                    let lex = self.child_lex();
                    self.r.stmt_lex.insert(id, lex);
                    self.in_lex(lex, |w| {
                        for m in &e.members {
                            if let Some(value) = m.value {
                                w.expr(value);
                            }
                            w.enum_name(&m.key, m.span);
                        }
                    });
                }
            }
            Stmt::Namespace(n) => {
                let NamespaceName::Path(path) = &n.name else { return };
                match (&n.body, path.first()) {
                    (Some(body), _) if !n.is_declare => self.namespace(id, path, body),
                    (_, Some(first)) => self.foreign(*first),
                    _ => {}
                }
            }
        }
    }

    fn enum_part(&mut self, id: StmtId, b: BindingId) {
        let binding = &mut self.r.bindings[b];
        binding.init_pos = 0;
        let first = match binding.bound {
            BoundTo::Enum(first) => first,
            _ => id,
        };
        binding.bound = BoundTo::Enum(first);
        match self.r.enum_parts.get_mut(first) {
            Some(parts) => parts.push(id),
            None => {
                self.r.enum_parts.insert(first, vec![id]);
            }
        }
        self.r.stmt_binding.insert(id, b);
    }

    /// Later initialisers of an enum see its members by name.
    fn enum_name(&mut self, key: &PropKey, span: Span) {
        let (PropKey::Ident(Ident { name, .. }) | PropKey::String(StrValue::Text(name), _)) = *key else {
            return;
        };
        let b = self.declare(name, BindKind::Const, span);
        let binding = &mut self.r.bindings[b];
        (binding.init_pos, binding.inits) = (0, 1);
    }

    /// Parts of one namespace share a scope, whose variables are those of the scope around.
    fn namespace(&mut self, id: StmtId, path: &[Ident], body: &[StmtId]) {
        let Some((first, rest)) = path.split_first() else {
            self.r.stmt_lex.insert(id, self.lex);
            self.stmts(body);
            return;
        };
        let b = self.declare(first.name, BindKind::Namespace, first.span);
        let binding = &mut self.r.bindings[b];
        if binding.kind == BindKind::Namespace {
            binding.init_pos = 0;
        }
        let lex = match self.r.namespaces.get(&b) {
            Some(&lex) => lex,
            None => {
                let lex = self.child_lex();
                let storage = self.r.lexes[self.lex].storage.some().unwrap_or(self.lex);
                let data = &mut self.r.lexes[lex];
                (data.storage, data.is_var_scope) = (storage, true);
                self.r.namespaces.insert(b, lex);
                lex
            }
        };
        self.in_lex(lex, |w| w.namespace(id, rest, body));
    }

    /// The variable behind `export default`; programs of one file have none.
    fn default_export(&mut self, kind: BindKind, init_pos: u32, bound: BoundTo) -> Option<BindingId> {
        let m = self.module.some()?;
        let b = hidden_binding(&mut self.r, self.lex, names::DEFAULT, kind, init_pos);
        let binding = &mut self.r.bindings[b];
        (binding.inits, binding.bound, binding.used) = (1, bound, true);
        self.r.modules[m].default = b;
        Some(b)
    }

    /// Names bound to `require("m")`, or to properties of it.
    fn note_required(&mut self, pat: PatId, init: ExprId) {
        let ast = self.ast;
        let mut call = ast.unparen(init);
        let mut name = None;
        if let Expr::Member { object, name: member, .. } = ast[call] {
            (call, name) = (ast.unparen(object), Some(member.name));
        }
        if crate::modules::required(ast, &ast[call]).is_none() {
            return;
        }
        let mut note = |pat: PatId, name| {
            if let Some(&b) = self.r.pat_binding.get(pat) {
                self.r.required.insert(b, Required { module: None, call: Some(call), name });
            }
        };
        match &ast[pat] {
            Pat::Name(_) => note(pat, name),
            Pat::Object { props, .. } if name.is_none() => {
                for p in props {
                    if let (PropKey::Ident(i), None) = (&p.key, p.value.default) {
                        note(p.value.pat, Some(i.name));
                    }
                }
            }
            _ => {}
        }
    }

    fn foreign(&mut self, local: Ident) {
        self.declare_type(local.name, TypeDecl::Opaque);
        let b = self.declare(local.name, BindKind::Foreign, local.span);
        self.r.bindings[b].init_pos = 0;
    }

    fn var(&mut self, kind: VarKind, decls: &[Declarator]) {
        let bind_kind = match kind {
            VarKind::Var => BindKind::Var,
            VarKind::Let => BindKind::Let,
            VarKind::Const | VarKind::Using | VarKind::AwaitUsing => BindKind::Const,
        };
        for d in decls {
            let bound = match d.init.map(|e| &self.ast[self.ast.unparen(e)]) {
                Some(Expr::Function(f)) => BoundTo::Function(*f),
                Some(Expr::Class(c)) => BoundTo::Class(*c),
                Some(Expr::New { callee, .. }) => BoundTo::Instance(*callee),
                Some(Expr::Name(_)) => {
                    d.init.map_or(BoundTo::Unknown, |e| BoundTo::Alias(self.ast.unparen(e)))
                }
                _ => BoundTo::Unknown,
            };
            self.bind(d.pat, bind_kind, d.ty.map(|t| (t, self.lex)), bound);
            if let (Some(e), false) = (d.init, self.module.is_none()) {
                self.note_required(d.pat, e);
            }
            let bound = std::mem::take(&mut self.bound);
            if let Some(e) = d.init {
                self.expr(e);
            }
            self.bound = bound;
            let initialises = kind != VarKind::Var || (d.init.is_some() && self.straight);
            if d.init.is_some() && !self.straight && kind == VarKind::Var {
                // The same variable may be initialised again.
                for i in 0..self.bound.len() {
                    let b = self.bound[i];
                    self.r.bindings[b].assigns += 1;
                }
            } else if d.init.is_some() || kind != VarKind::Var {
                for i in 0..self.bound.len() {
                    let b = self.bound[i];
                    self.r.bindings[b].inits += 1;
                }
            }
            self.settle(d.span.end, initialises);
        }
    }

    /// Ends a declaration: what it bound is initialised from `end` on.
    fn settle(&mut self, end: u32, initialises: bool) {
        for b in std::mem::take(&mut self.bound) {
            let binding = &mut self.r.bindings[b];
            if initialises && end < binding.init_pos {
                binding.init_pos = end;
            }
        }
    }

    fn loop_binding(&mut self, kind: VarKind, pat: PatId, ty: Option<TypeId>, end: u32) {
        let bind_kind = match kind {
            VarKind::Var => BindKind::Var,
            VarKind::Let => BindKind::Let,
            _ => BindKind::Const,
        };
        self.bind(pat, bind_kind, ty.map(|t| (t, self.lex)), BoundTo::Unknown);
        if kind == VarKind::Var {
            for i in 0..self.bound.len() {
                let b = self.bound[i];
                self.r.bindings[b].assigns += 1;
            }
        }
        self.settle(end, kind != VarKind::Var);
    }

    fn for_loop(&mut self, id: StmtId, head: &ForHead, object: ExprId, body: StmtId) {
        if let ForHead::Decl { init: Some(e), .. } = head {
            self.expr(*e);
        }
        self.expr(object);
        let end = self.ast.expr_span(object).end;
        let lex = self.child_lex();
        self.r.stmt_lex.insert(id, lex);
        self.in_lex(lex, |w| {
            w.conditional(|w| {
                match *head {
                    ForHead::Decl { kind, pat, ty, .. } => w.loop_binding(kind, pat, ty, end),
                    ForHead::Target(pat) => w.assign_pat(pat, Use::Write, end),
                }
                w.stmt(body);
            });
        });
    }

    // Patterns.

    /// Declares the names of a pattern; they gather in `bound`.
    fn bind(&mut self, pat: PatId, kind: BindKind, ty: Option<(TypeId, LexId)>, bound: BoundTo) {
        let ast = self.ast;
        match &ast[pat] {
            Pat::Missing | Pat::Expr(_) => {}
            Pat::Name(name) => {
                let b = self.declare(*name, kind, ast.pat_span(pat));
                let binding = &mut self.r.bindings[b];
                if binding.ty.is_none() {
                    binding.ty = ty;
                }
                binding.bound = if binding.inits + binding.assigns == 0 { bound } else { BoundTo::Unknown };
                self.r.pat_binding.insert(pat, b);
                self.bound.push(b);
            }
            Pat::Array { elems, rest } => {
                for elem in elems.iter().flatten() {
                    self.bind_elem(elem, kind);
                }
                if let Some(rest) = rest {
                    self.bind(*rest, kind, None, BoundTo::Unknown);
                }
            }
            Pat::Object { props, rest } => {
                for prop in props {
                    self.key(&prop.key);
                    self.bind_elem(&prop.value, kind);
                }
                if let Some(rest) = rest {
                    self.bind(*rest, kind, None, BoundTo::Unknown);
                }
            }
        }
    }

    fn bind_elem(&mut self, elem: &PatElem, kind: BindKind) {
        self.bind(elem.pat, kind, None, BoundTo::Unknown);
        if let Some(e) = elem.default {
            let bound = std::mem::take(&mut self.bound);
            self.conditional(|w| w.expr(e));
            self.bound = bound;
        }
    }

    fn assign_pat(&mut self, pat: PatId, access: Use, end: u32) {
        let ast = self.ast;
        match &ast[pat] {
            Pat::Missing => {}
            Pat::Name(name) => {
                let r = self.reference(*name, ast.pat_span(pat), access, end);
                self.r.pat_ref.insert(pat, r);
            }
            Pat::Expr(e) => match ast[*e] {
                Expr::Member { object, name, .. } => self.member_expr(*e, object, name, access, end),
                _ => self.expr(*e),
            },
            Pat::Array { elems, rest } => {
                for elem in elems.iter().flatten() {
                    self.assign_elem(elem, end);
                }
                if let Some(rest) = rest {
                    self.assign_pat(*rest, access, end);
                }
            }
            Pat::Object { props, rest } => {
                for prop in props {
                    self.key(&prop.key);
                    self.assign_elem(&prop.value, end);
                }
                if let Some(rest) = rest {
                    self.assign_pat(*rest, access, end);
                }
            }
        }
    }

    fn assign_elem(&mut self, elem: &PatElem, end: u32) {
        self.assign_pat(elem.pat, Use::Write, end);
        if let Some(e) = elem.default {
            self.conditional(|w| w.expr(e));
        }
    }

    fn key(&mut self, key: &PropKey) {
        if let PropKey::Computed(e) = key {
            self.expr(*e);
        }
    }

    // Functions and classes.

    fn function_decl(&mut self, f: FunctionId) {
        let function = &self.ast[f];
        if function.body == FunctionBody::None {
            return;
        }
        let Some(name) = function.name else {
            // `export default function () {}`
            self.function(f, None, false);
            return;
        };
        let b = self.declare(name.name, BindKind::Function, name.span);
        let binding = &mut self.r.bindings[b];
        binding.init_pos = 0;
        binding.inits += 1;
        if binding.inits + binding.assigns > 1 {
            binding.bound = BoundTo::Unknown;
            binding.assigns += 1;
        } else {
            binding.bound = BoundTo::Function(f);
        }
        self.r.function_binding.insert(f, b);
        let lex = self.lex;
        self.r.lexes[lex].hoisted.push(f);
        let frame = self.function(f, None, false);
        self.r.frames[frame].hoisted = Some(b);
    }

    fn function_expr(&mut self, f: FunctionId) {
        let function = &self.ast[f];
        match function.name {
            Some(name) if function.kind == FunctionKind::Function => {
                let lex = self.child_lex();
                self.r.function_name_lex.insert(f, lex);
                self.in_lex(lex, |w| {
                    let b = w.declare(name.name, BindKind::FunctionName, name.span);
                    let binding = &mut w.r.bindings[b];
                    (binding.init_pos, binding.inits, binding.bound) = (0, 1, BoundTo::Function(f));
                    w.function(f, None, false);
                });
            }
            _ => {
                self.function(f, None, false);
            }
        }
    }

    fn function(&mut self, f: FunctionId, class: Option<ClassId>, is_static: bool) -> FrameId {
        let function = &self.ast[f];
        let frame = self.new_frame(FrameKind::Function(f), self.ast.function_span(f).start);
        let data = &mut self.r.frames[frame];
        data.is_arrow = function.kind == FunctionKind::Arrow;
        data.class = class;
        data.is_static = is_static;
        self.r.function_frame.insert(f, frame);
        self.in_frame(frame, |w| {
            w.type_params(&function.type_params);
            let outer = std::mem::take(&mut w.bound);
            for p in &function.params {
                w.bind(p.pat, BindKind::Param, p.ty.map(|t| (t, w.lex)), BoundTo::Unknown);
                if p.is_optional {
                    for i in 0..w.bound.len() {
                        let b = w.bound[i];
                        w.r.bindings[b].optional = true;
                    }
                }
                w.settle(0, true);
                if let Some(e) = p.default {
                    w.conditional(|w| w.expr(e));
                }
            }
            w.bound = outer;
            match &function.body {
                FunctionBody::None => {}
                FunctionBody::Block(list) => w.stmts(list),
                FunctionBody::Expr(e) => w.expr(*e),
            }
        });
        frame
    }

    fn class(&mut self, c: ClassId, is_decl: bool) {
        let ast = self.ast;
        let class = &ast[c];
        let span = ast.class_span(c);
        let mut binding = BindingId::NONE;
        if is_decl && let Some(name) = class.name {
            self.declare_type(name.name, TypeDecl::Class(c));
            if class.is_declare {
                return;
            }
            binding = self.declare(name.name, BindKind::Class, name.span);
            self.name_class(binding, c, span);
        }
        for d in &class.decorators {
            self.expr(*d);
        }
        for h in &class.extends {
            self.expr(h.expr);
        }
        let lex = self.child_lex();
        self.in_lex(lex, |w| {
            w.type_params(&class.type_params);
            if !is_decl && let Some(name) = class.name {
                w.declare_type(name.name, TypeDecl::Class(c));
                binding = w.declare(name.name, BindKind::Class, name.span);
                w.name_class(binding, c, span);
            }
            let has_init = |m: &ClassMember| matches!(m.kind, MemberKind::Field { value: Some(_), .. });
            let is_static = |m: &ClassMember| {
                m.modifiers.is_static && matches!(m.kind, MemberKind::Field { .. })
                    || matches!(m.kind, MemberKind::StaticBlock(_))
            };
            // Initialisers of further bases run with those of the class.
            let has_inits = class.members.iter().any(|m| has_init(m) && !m.modifiers.is_static);
            let field_init = if has_inits || class.extends.len() > 1 {
                w.member_frame(FrameKind::FieldInit(c), c, false, span.start)
            } else {
                FrameId::NONE
            };
            let static_init = if class.members.iter().any(is_static) {
                w.member_frame(FrameKind::StaticInit(c), c, true, span.start)
            } else {
                FrameId::NONE
            };
            let frame = w.frame;
            w.r.classes
                .insert(c, ClassScope { lex, binding, field_init, static_init, env: LexId::NONE, frame });
            w.r.class_order.push(c);
            for m in &class.members {
                w.member(m, c, field_init, static_init);
            }
        });
    }

    fn name_class(&mut self, b: BindingId, c: ClassId, span: Span) {
        let binding = &mut self.r.bindings[b];
        binding.init_pos = span.start;
        binding.inits += 1;
        binding.bound = BoundTo::Class(c);
    }

    fn member_frame(&mut self, kind: FrameKind, c: ClassId, is_static: bool, start: u32) -> FrameId {
        let frame = self.new_frame(kind, start);
        self.r.frames[frame].class = Some(c);
        self.r.frames[frame].is_static = is_static;
        frame
    }

    fn member(&mut self, m: &ClassMember, c: ClassId, field_init: FrameId, static_init: FrameId) {
        for d in &m.decorators {
            self.expr(*d);
        }
        match &m.kind {
            MemberKind::Method { key, function, .. } => {
                self.key(key);
                // An abstract method is there for calls to find; it throws.
                if self.ast[*function].body != FunctionBody::None || m.modifiers.is_abstract {
                    self.function(*function, Some(c), m.modifiers.is_static);
                }
            }
            MemberKind::Operator { function, .. } => {
                self.function(*function, Some(c), m.modifiers.is_static);
            }
            MemberKind::Field { key, value, .. } => {
                self.key(key);
                if let Some(e) = *value {
                    let frame = if m.modifiers.is_static { static_init } else { field_init };
                    self.in_frame(frame, |w| w.expr(e));
                }
            }
            MemberKind::StaticBlock(f) => {
                let ast = self.ast;
                self.in_frame(static_init, |w| {
                    let lex = w.child_lex();
                    w.r.lexes[lex].is_var_scope = true;
                    w.r.static_block_lex.insert(*f, lex);
                    if let FunctionBody::Block(list) = &ast[*f].body {
                        w.in_lex(lex, |w| w.stmts(list));
                    }
                });
            }
            MemberKind::IndexSignature(_) => {}
        }
    }

    // Expressions.

    fn exprs(&mut self, list: &[ExprId]) {
        for &e in list {
            self.expr(e);
        }
    }

    fn args(&mut self, args: &[Arg]) {
        for a in args {
            match a {
                Arg::Item(e) | Arg::Spread(e) | Arg::Named { value: e, .. } => self.expr(*e),
            }
        }
    }

    /// The frames of getters and setters.
    fn props(&mut self, props: &[Prop]) -> Vec<FrameId> {
        let mut accessors = Vec::new();
        for p in props {
            match p {
                Prop::Value { key, value } => {
                    self.key(key);
                    self.expr(*value);
                }
                Prop::Shorthand(i) => {
                    let r = self.reference(i.name, i.span, Use::Read, i.span.end);
                    self.r.shorthand_ref.insert(i.span.start, r);
                }
                Prop::Method { key, function } => {
                    self.key(key);
                    let frame = self.function(*function, None, false);
                    if matches!(self.ast[*function].kind, FunctionKind::Getter | FunctionKind::Setter) {
                        accessors.push(frame);
                    }
                }
                Prop::Spread(e) => self.expr(*e),
            }
        }
        accessors
    }

    fn name(&mut self, id: ExprId, name: Name, access: Use, end: u32) {
        let r = self.reference(name, self.ast.expr_span(id), access, end);
        self.r.expr_ref.insert(id, r);
    }

    fn expr(&mut self, id: ExprId) {
        let ast = self.ast;
        match &ast[id] {
            Expr::Missing | Expr::Null | Expr::Bool(_) | Expr::Number(_) | Expr::BigInt(_) => {}
            Expr::String(_) | Expr::RegExp { .. } | Expr::ImportMeta => {}
            Expr::Name(name) => self.name(id, *name, Use::Read, 0),
            Expr::This | Expr::Super | Expr::NewTarget => self.use_this(id),
            Expr::Template { exprs, .. } => self.exprs(exprs),
            Expr::TaggedTemplate { tag, exprs, .. } => {
                self.expr(*tag);
                self.exprs(exprs);
            }
            Expr::Array(elems) => {
                for e in elems {
                    if let ArrayElem::Item(e) | ArrayElem::Spread(e) = e {
                        self.expr(*e);
                    }
                }
            }
            Expr::Object(props) => {
                let accessors = self.props(props);
                if !accessors.is_empty() {
                    self.r.accessor_objects.insert(id, accessors);
                }
            }
            Expr::Function(f) => self.function_expr(*f),
            Expr::Class(c) => self.class(*c, false),
            Expr::Update { target, .. } => match ast[ast.unparen(*target)] {
                Expr::Name(name) => {
                    self.name(ast.unparen(*target), name, Use::Modify, ast.expr_span(id).end);
                }
                Expr::Member { object, name, .. } => {
                    self.member_expr(ast.unparen(*target), object, name, Use::Modify, ast.expr_span(id).end);
                }
                _ => self.expr(*target),
            },
            Expr::Binary { .. } | Expr::Logical { .. } => self.spine(id),
            Expr::Assign { op, target, value } => {
                let access = if *op == AssignOp::Assign { Use::Write } else { Use::Modify };
                self.assign_pat(*target, access, ast.expr_span(id).end);
                if matches!(op, AssignOp::Logical(_)) {
                    self.conditional(|w| w.expr(*value));
                } else {
                    self.expr(*value);
                }
                // After those inside: in the order in which they happen.
                self.note_export(*target, *value);
            }
            Expr::Conditional { test, yes, no } => {
                self.expr(*test);
                self.conditional(|w| {
                    w.expr(*yes);
                    w.expr(*no);
                });
            }
            Expr::Call { callee, args, .. } => {
                self.expr(*callee);
                self.args(args);
            }
            Expr::New { callee, args, fields, .. } => {
                self.expr(*callee);
                self.args(args);
                if let Some(fields) = fields {
                    self.props(fields);
                }
            }
            Expr::Member { object, name, .. } => self.member_expr(id, *object, *name, Use::Read, 0),
            Expr::Index { object, index, .. } => {
                self.expr(*object);
                self.expr(*index);
            }
            Expr::Subscript { object, items, .. } => {
                self.expr(*object);
                for item in items {
                    match item {
                        Subscript::Item(e) => self.expr(*e),
                        Subscript::Slice { start, end, step, .. } => {
                            for e in [start, end, step].into_iter().flatten() {
                                self.expr(*e);
                            }
                        }
                    }
                }
            }
            Expr::ImportCall { specifier, options } => {
                self.expr(*specifier);
                if let Some(e) = options {
                    self.expr(*e);
                }
            }
            Expr::Sequence(list) => self.exprs(list),
            Expr::OptionalChain(e) => self.conditional(|w| w.expr(*e)),
            Expr::Unary { operand: e, .. }
            | Expr::PrivateIn { object: e, .. }
            | Expr::PrivateMember { object: e, .. }
            | Expr::RawSubscript { object: e, .. }
            | Expr::Paren(e)
            | Expr::Await(e)
            | Expr::As { expr: e, .. }
            | Expr::AsConst(e)
            | Expr::TypeAssertion { expr: e, .. }
            | Expr::Satisfies { expr: e, .. }
            | Expr::NonNull(e)
            | Expr::Instantiation { expr: e, .. }
            | Expr::Go(e)
            | Expr::Atomic(e) => self.expr(*e),
            Expr::Yield { value, .. } => {
                if let Some(e) = value {
                    self.expr(*e);
                }
            }
            Expr::Jsx(element) => element.expressions().for_each(|e| self.expr(e)),
        }
    }

    fn member_expr(&mut self, id: ExprId, object: ExprId, name: Ident, access: Use, end: u32) {
        self.expr(object);
        if let Some(&r) = self.r.expr_ref.get(object) {
            self.r.refs[r].member = Some(name.name);
        }
        if matches!(self.ast[object], Expr::Name(_) | Expr::Member { .. }) {
            let reference = self.reference_value(name.name, self.ast.expr_span(id), access, end);
            self.r.member_uses.push(MemberUse { expr: id, object, reference });
        }
    }

    /// A chain of operators that nests to the left.
    fn spine(&mut self, id: ExprId) {
        let ast = self.ast;
        let mut rights = Vec::new();
        let mut at = id;
        loop {
            match ast[at] {
                Expr::Binary { left, right, .. } => {
                    rights.push((right, false));
                    at = left;
                }
                Expr::Logical { left, right, .. } => {
                    rights.push((right, true));
                    at = left;
                }
                _ => break,
            }
        }
        self.expr(at);
        for (right, is_conditional) in rights.into_iter().rev() {
            if is_conditional {
                self.conditional(|w| w.expr(right));
            } else {
                self.expr(right);
            }
        }
    }
}

/// Declares a name in a scope, or finds it there.
pub(super) fn declare_in(
    r: &mut Resolved,
    lex: LexId,
    name: Name,
    kind: BindKind,
    span: Span,
    case_end: u32,
) -> BindingId {
    if let Some(&b) = r.lexes[lex].names.get(&name) {
        return b;
    }
    let init_pos = match kind {
        BindKind::Var | BindKind::Implicit | BindKind::Let | BindKind::Const | BindKind::Class => u32::MAX,
        _ => 0,
    };
    let home = r.lexes[lex].storage.some().unwrap_or(lex);
    let frame = r.lexes[home].frame;
    let b = r.bindings.push(Binding {
        name,
        kind,
        lex: home,
        frame,
        span,
        init_pos,
        assigns: 0,
        inits: 0,
        captured: false,
        early: false,
        case_end,
        ty: None,
        optional: false,
        bound: BoundTo::Unknown,
        used: false,
    });
    // Pseudo-variables are found through their frame, not by name.
    if !matches!(kind, BindKind::This | BindKind::Arguments) {
        r.lexes[lex].names.insert(name, b);
    }
    r.lexes[home].bindings.push(b);
    b
}

/// A variable that is not found by its name.
pub(super) fn hidden_binding(
    r: &mut Resolved,
    lex: LexId,
    name: Name,
    kind: BindKind,
    init_pos: u32,
) -> BindingId {
    let known = r.lexes[lex].names.remove(&name);
    let b = declare_in(r, lex, name, kind, Span::empty(0), u32::MAX);
    r.lexes[lex].names.remove(&name);
    if let Some(known) = known {
        r.lexes[lex].names.insert(name, known);
    }
    r.bindings[b].init_pos = init_pos;
    b
}

/// The frame of the function that makes a module's namespace a value.
pub(super) fn namespace_frame(r: &mut Resolved, m: ModuleId) -> FrameId {
    hidden_frame(r, m, FrameKind::Namespace(m))
}

/// The frame of the function that `require` of a module is as a value.
pub(super) fn require_frame(r: &mut Resolved, m: ModuleId) -> FrameId {
    hidden_frame(r, m, FrameKind::Require(m))
}

/// The frame of the getter that says that a module was compiled from an ECMAScript module.
pub(super) fn marker_frame(r: &mut Resolved, m: ModuleId) -> FrameId {
    hidden_frame(r, m, FrameKind::Marker(m))
}

fn hidden_frame(r: &mut Resolved, m: ModuleId, kind: FrameKind) -> FrameId {
    let parent_lex = r.module_lex();
    let like = r.frames[r.main].clone();
    let start = r.frames[r.modules[m].frame].start;
    let frame = r.frames.push(Frame {
        kind,
        parent: r.main,
        parent_lex,
        start,
        module: ModuleId::NONE,
        needs: Vec::new(),
        ..like
    });
    let like = r.lexes[r.modules[m].namespace_lex].clone();
    let lex = r.lexes.push(Lex {
        parent: parent_lex,
        frame,
        depth: 1,
        names: HashMap::new(),
        bindings: Vec::new(),
        ..like
    });
    let data = &mut r.frames[frame];
    (data.lex, data.this_binding, data.arguments_binding) = (lex, BindingId::NONE, BindingId::NONE);
    frame
}

/// A reference from `frame` to a pseudo-variable of an enclosing frame.
pub(super) fn pseudo_reference(r: &mut Resolved, frame: FrameId, b: BindingId) {
    let lex = r.frames[frame].lex;
    r.refs.push(Reference {
        name: names::THIS,
        lex,
        frame,
        pos: r.frames[frame].start,
        end: 0,
        access: Use::Read,
        straight: false,
        member: None,
        own_class: false,
        of_global: false,
        bound: true,
        target: Target::Binding(b),
        check: Check::None,
    });
}

//! The tables that exist before any function is lowered: declarations of functions, classes,
//! scopes and captured variables, so that every id a body names is known.

use ultra_ir::Func;

use super::Lowerer;
use crate::modules::{ES_MODULE, ModuleId};
use crate::program::{
    ClassBase, ClassDecl, ClassDeclId, ClassField, ClassMethod, FnDecl, FnId, FnKind, MethodKind, ParamDecl,
    ScopeDecl, ScopeId, Type, TypeId, VarDecl, VarId, VarKind,
};
use crate::resolve::{BindKind, BindingId, FrameId, FrameKind, LexId, ModuleScope, Target, is_property};
use crate::source::Span;
use crate::syntax::Name;
use crate::syntax::ast::{self, ClassId, Function, FunctionId, FunctionKind, MemberKind, OverloadOp, Pat};

impl Lowerer<'_> {
    pub(super) fn tables(&mut self) {
        for &c in &self.r.class_order {
            let id = self.classes.push(empty_class(self.ast.class_span(c)));
            self.class_ids.insert(c, id);
        }
        for (e, _) in self.r.accessor_objects.iter() {
            let id = self.classes.push(empty_class(self.ast.expr_span(e)));
            self.accessor_classes.insert(e, id);
        }
        for (m, scope) in self.r.modules.iter() {
            let class = self.exports_class(m, scope);
            let id = self.classes.push(class);
            self.exports_classes.push(id);
        }
        for (m, scope) in self.r.modules.iter().filter(|(_, s)| !s.namespace_frame.is_none()) {
            let class = self.namespace_class(m, scope);
            let id = self.classes.push(class);
            self.namespace_classes.insert(m, id);
        }
        self.make_scopes();
        for frame in self.r.frames.ids() {
            let decl = self.fn_decl(frame);
            self.fns.push(decl);
        }
        self.make_vars();
        for &c in &self.r.class_order {
            self.fill_class(c);
        }
        for (e, _) in self.r.accessor_objects.iter() {
            self.fill_accessors(e);
        }
    }

    /// `exports.__esModule`, which is not enumerable: a getter.
    fn marker(&mut self, scope: &ModuleScope) -> Option<ClassMethod> {
        let func = FnId(scope.marker_frame.some()?.0);
        let name = self.strings.intern(ES_MODULE);
        Some(ClassMethod { name, kind: MethodKind::Getter, is_static: false, func })
    }

    /// The class of a module's namespace as a value, which prints as the namespace it is.
    fn namespace_class(&mut self, m: ModuleId, scope: &ModuleScope) -> ClassDecl {
        let mut decl = empty_class(self.modules[m].span);
        decl.name = self.strings.intern("[Module: null prototype]");
        decl.late_fields = true;
        let mut names: Vec<Name> = self.r.lexes[scope.namespace_lex].names.keys().copied().collect();
        names.sort_by(|a, b| self.names.resolve(*a).cmp(self.names.resolve(*b)));
        for name in names {
            let name = self.str(name);
            decl.fields.push(ClassField { optional: true, ..set_field(name, decl.span) });
        }
        decl
    }

    /// The class of a module's `exports`: its fields are the properties that the text gives it.
    fn exports_class(&mut self, m: ModuleId, scope: &ModuleScope) -> ClassDecl {
        let mut decl = empty_class(self.modules[m].span);
        decl.name = self.strings.intern("Object");
        decl.late_fields = true;
        decl.methods.extend(self.marker(scope));
        for &(name, _) in &scope.named {
            let is_known = scope.is_write_only && self.r.is_known_export(self.ast, self.modules, m, name);
            let name = self.str(name);
            decl.fields.push(ClassField {
                has_init: is_known,
                optional: !is_known,
                ..set_field(name, decl.span)
            });
        }
        decl
    }

    /// The class behind an object literal with getters or setters. Other properties are its fields.
    fn fill_accessors(&mut self, e: ast::ExprId) {
        let ast::Expr::Object(props) = &self.ast[e] else { return };
        let id = self.accessor_classes[e];
        let mut decl = empty_class(self.ast.expr_span(e));
        decl.default_fields = self.own_dialect.is_ultra();
        decl.name = self.strings.intern("Object");
        for p in props {
            let (key, function) = match p {
                ast::Prop::Method { key, function } => (key, Some(*function)),
                ast::Prop::Value { key, .. } => (key, None),
                ast::Prop::Shorthand(i) => {
                    let name = self.str(i.name);
                    decl.fields.push(set_field(name, i.span));
                    continue;
                }
                ast::Prop::Spread(_) => continue,
            };
            let span = self.ast.key_span(key);
            let kind = function.map(|f| self.ast[f].kind);
            let accessor = match kind {
                Some(FunctionKind::Getter) => Some(MethodKind::Getter),
                Some(FunctionKind::Setter) => Some(MethodKind::Setter),
                _ => None,
            };
            match (self.key_name(key), accessor, function) {
                (Some(name), Some(kind), Some(f)) => {
                    let Some(frame) = self.r.function_frame.get(f) else { continue };
                    let func = FnId(frame.0);
                    (self.fns[func].name, self.fns[func].class) = (name, id);
                    decl.methods.push(ClassMethod { name, kind, is_static: false, func });
                }
                (None, Some(_), _) => self.unsupported(span, "accessors with computed names"),
                (Some(name), _, _) => decl.fields.push(set_field(name, span)),
                (None, ..) => {}
            }
        }
        self.classes[id] = decl;
    }

    fn make_scopes(&mut self) {
        let module = self.r.module_lex();
        for (lex, data) in self.r.lexes.iter() {
            if data.is_module {
                self.scope_ids[lex] = self.scope_ids[module];
                continue;
            }
            if lex == module || data.object {
                // Lexes are numbered outside in, so the parent has its number.
                let parent = self.scope_of(data.outer_object);
                let decl = ScopeDecl { parent, vars: Vec::new(), is_module: lex == module };
                self.scope_ids[lex] = self.scopes.push(decl);
            }
        }
    }

    /// The scope object of a lex, or `NONE`.
    pub(super) fn scope_of(&self, lex: LexId) -> ScopeId {
        if lex.is_none() { ScopeId::NONE } else { self.scope_ids[lex] }
    }

    fn make_vars(&mut self) {
        for b in self.r.bindings.ids() {
            let binding = &self.r.bindings[b];
            self.binding_types[b] = self.binding_type(b);
            if !binding.captured {
                continue;
            }
            let kind = match binding.kind {
                BindKind::Var
                | BindKind::Implicit
                | BindKind::Enum
                | BindKind::Namespace
                | BindKind::Foreign
                | BindKind::Require => VarKind::Var,
                BindKind::Let => VarKind::Let,
                BindKind::Const | BindKind::This | BindKind::Arguments => VarKind::Const,
                BindKind::Param => VarKind::Param,
                BindKind::Function | BindKind::FunctionName => VarKind::Function,
                BindKind::Class => VarKind::Class,
                BindKind::Catch => VarKind::Catch,
            };
            let function = self.r.function_of_binding(b).and_then(|f| self.r.function_frame.get(f));
            let class = self.r.class_of_binding(b).and_then(|c| self.class_ids.get(c)).copied();
            let decl = VarDecl {
                name: self.str(binding.name),
                scope: self.scope_ids[binding.lex],
                kind,
                ty: self.binding_types[b],
                never_reassigned: self.r.never_reassigned(b) && !binding.early,
                known_fn: function.map(|f| FnId(f.0)),
                known_class: class,
            };
            self.var_ids[b] = self.add_var(decl);
        }
    }

    fn add_var(&mut self, decl: VarDecl) -> VarId {
        let scope = decl.scope;
        let id = self.vars.push(decl);
        self.scopes[scope].vars.push(id);
        id
    }

    /// The annotation of a binding; `None` without one and for `any`.
    fn binding_type(&mut self, b: BindingId) -> Option<TypeId> {
        let binding = &self.r.bindings[b];
        let (ty, lex) = binding.ty?;
        let mut id = self.annotation(ty, lex)?;
        if binding.optional {
            id = self.or_undefined(id);
        }
        (self.types.table[id] != Type::Any || self.dialect.is_ultra()).then_some(id)
    }

    fn fn_decl(&mut self, frame: FrameId) -> FnDecl {
        let f = &self.r.frames[frame];
        let class = f.class.and_then(|c| self.class_ids.get(c)).copied().unwrap_or(ClassDeclId::NONE);
        let mut decl = FnDecl {
            name: self.strings.intern(""),
            kind: FnKind::Main,
            params: Vec::new(),
            ret: None,
            class,
            is_static: f.is_static,
            env: self.scope_of(f.env),
            uses_this: f.uses_this,
            is_fast: false,
            is_inline: false,
            span: Span::new(0, self.file.text().len() as u32),
            body: Func::default(),
        };
        match f.kind {
            FrameKind::Main => decl.name = self.strings.intern("main"),
            FrameKind::Module(_) | FrameKind::Namespace(_) => decl.kind = FnKind::Function,
            FrameKind::Require(_) => {
                decl.kind = FnKind::Function;
                decl.name = self.strings.intern("require");
                let name = self.strings.intern("id");
                decl.params.push(ParamDecl {
                    name,
                    ty: None,
                    optional: false,
                    has_default: false,
                    rest: false,
                });
            }
            FrameKind::Marker(m) => {
                decl.kind = FnKind::Getter;
                decl.name = self.strings.intern(ES_MODULE);
                decl.class = self.exports_classes[m];
            }
            FrameKind::Function(id) => self.describe(id, &mut decl),
            FrameKind::FieldInit(c) | FrameKind::StaticInit(c) => {
                decl.kind = if f.is_static { FnKind::StaticInit } else { FnKind::FieldInit };
                decl.span = self.ast.class_span(c);
                if let Some(name) = self.ast[c].name {
                    decl.name = self.str(name.name);
                }
            }
        }
        decl
    }

    fn describe(&mut self, id: FunctionId, decl: &mut FnDecl) {
        let function: &Function = &self.ast[id];
        let lex = self.r.frames[self.r.function_frame[id]].lex;
        decl.kind = match function.kind {
            FunctionKind::Function => FnKind::Function,
            FunctionKind::Arrow => FnKind::Arrow,
            FunctionKind::Method => FnKind::Method,
            FunctionKind::Getter => FnKind::Getter,
            FunctionKind::Setter => FnKind::Setter,
            FunctionKind::Constructor => FnKind::Constructor,
            FunctionKind::StaticBlock => FnKind::StaticInit,
            FunctionKind::Operator => FnKind::Operator,
            FunctionKind::Destructor => FnKind::Destructor,
        };
        if let Some(name) = function.name {
            decl.name = self.str(name.name);
        } else if self.r.function_binding.get(id).is_some() {
            // `export default function () {}`
            decl.name = self.str(crate::syntax::well_known::DEFAULT);
        }
        decl.ret = function.return_type.and_then(|t| self.annotation(t, lex));
        decl.is_fast = function.is_fast;
        decl.is_inline = function.is_inline;
        decl.span = self.ast.function_span(id);
        if !self.r.frames[self.r.function_frame[id]].arguments_binding.is_none() {
            // All arguments arrive in one array, from which the parameters are taken.
            let name = self.strings.intern("arguments");
            decl.params.push(ParamDecl { name, ty: None, optional: false, has_default: false, rest: true });
            return;
        }
        for p in &function.params {
            let name = match self.ast[p.pat] {
                Pat::Name(n) => self.str(n),
                _ => self.strings.intern(""),
            };
            decl.params.push(ParamDecl {
                name,
                ty: p.ty.and_then(|t| self.annotation(t, lex)),
                optional: p.is_optional,
                has_default: p.default.is_some(),
                rest: p.is_rest,
            });
        }
    }

    // Classes.

    fn fill_class(&mut self, c: ClassId) {
        let class = &self.ast[c];
        let id = self.class_ids[c];
        let scope = self.r.classes[c];
        let frame_fn = |f: FrameId| f.some().map(|f| FnId(f.0));
        let mut decl = empty_class(self.ast.class_span(c));
        decl.name = match class.name {
            Some(n) => self.str(n.name),
            None => self.strings.intern(""),
        };
        decl.is_abstract = class.is_abstract;
        decl.default_fields = self.dialect_of(scope.frame).is_ultra();
        decl.field_init = frame_fn(scope.field_init);
        decl.static_init = frame_fn(scope.static_init);
        self.class_bases(c, &mut decl);
        if let Some(d) = class.decorators.first() {
            self.unsupported(self.ast.expr_span(*d), "decorators");
        }
        for m in &class.members {
            self.class_member(m, c, &mut decl);
        }
        self.classes[id] = decl.clone();
        self.further_members(id, &mut decl);
        self.classes[id] = decl;
    }

    /// A class has the fields and methods of its further bases as if it declared them; of several
    /// members of one name the first counts.
    fn further_members(&self, class: ClassDeclId, decl: &mut ClassDecl) {
        let mut fields = self.first_base_fields(class);
        fields.extend(decl.fields.iter().map(|f| f.name));
        for &further in &decl.more_bases.clone() {
            let mut at = ClassBase::Decl(further);
            while let ClassBase::Decl(base) = at {
                let base = &self.classes[base];
                for f in &base.fields {
                    if !fields.contains(&f.name) {
                        fields.push(f.name);
                        decl.fields.push(f.clone());
                    }
                }
                for m in &base.methods {
                    let same =
                        |o: &ClassMethod| o.name == m.name && o.is_static == m.is_static && o.kind == m.kind;
                    if !decl.methods.iter().any(same) && !self.base_has(decl.base, m) {
                        decl.methods.push(m.clone());
                    }
                }
                at = base.base;
            }
        }
    }

    fn base_has(&self, mut base: ClassBase, m: &ClassMethod) -> bool {
        while let ClassBase::Decl(id) = base {
            let found =
                self.classes[id].methods.iter().any(|o| o.name == m.name && o.is_static == m.is_static);
            if found {
                return true;
            }
            base = self.classes[id].base;
        }
        false
    }

    fn class_bases(&mut self, c: ClassId, decl: &mut ClassDecl) {
        for (i, h) in self.ast[c].extends.iter().enumerate() {
            let span = self.ast.expr_span(h.expr);
            let known = self.r.class_of_expr(self.ast, h.expr).and_then(|c| self.class_ids.get(c)).copied();
            match known {
                Some(_) if self.extends_itself(h.expr, c) => {
                    self.unsupported(span, "a class that extends itself")
                }
                Some(base) if i == 0 => decl.base = ClassBase::Decl(base),
                Some(base) => decl.more_bases.push(base),
                None => match self.global_name(h.expr) {
                    Some(name) if i == 0 => decl.base = ClassBase::Builtin(self.str(name)),
                    _ => self.unsupported(span, "a base class that is computed when the program runs"),
                },
            }
        }
    }

    /// Whether the class that an expression names is `c` or extends it.
    fn extends_itself(&self, e: ast::ExprId, c: ClassId) -> bool {
        let mut work = vec![e];
        let mut seen = Vec::new();
        while let Some(e) = work.pop() {
            let Some(base) = self.r.class_of_expr(self.ast, e) else { continue };
            if base == c {
                return true;
            }
            if !seen.contains(&base) {
                seen.push(base);
                work.extend(self.ast[base].extends.iter().map(|h| h.expr));
            }
        }
        false
    }

    /// The name that an expression is, if nothing in the file declares it.
    pub(super) fn global_name(&self, e: ast::ExprId) -> Option<crate::syntax::Name> {
        let e = self.ast.unparen(e);
        let ast::Expr::Name(name) = self.ast[e] else { return None };
        let reference = *self.r.expr_ref.get(e)?;
        (self.r.refs[reference].target == Target::Global).then_some(name)
    }

    fn class_member(&mut self, m: &ast::ClassMember, c: ClassId, decl: &mut ClassDecl) {
        if let Some(d) = m.decorators.first() {
            self.unsupported(self.ast.expr_span(*d), "decorators");
        }
        if m.modifiers.is_accessor {
            self.unsupported(m.span, "auto-accessors");
        }
        match &m.kind {
            MemberKind::Method { key, function, .. } => self.class_method(m, key, *function, c, decl),
            MemberKind::Field { key, ty, value, is_optional, .. } => {
                if m.modifiers.is_declare {
                    return;
                }
                let Some(name) = self.key_name(key) else {
                    self.unsupported(m.span, "computed member names");
                    return;
                };
                let lex = self.r.classes[c].lex;
                let mut ty = ty.and_then(|t| self.annotation(t, lex));
                if *is_optional {
                    ty = ty.map(|t| self.or_undefined(t));
                }
                if m.modifiers.is_static {
                    self.static_field(name, ty, decl);
                    return;
                }
                decl.fields.push(ClassField {
                    name,
                    ty,
                    has_init: value.is_some(),
                    optional: *is_optional,
                    weak: m.modifiers.is_weak,
                    span: m.span,
                });
            }
            MemberKind::Operator { op, function } => {
                let Some(frame) = self.r.function_frame.get(*function) else { return };
                let symbol = self.strings.intern(operator_symbol(*op));
                let func = FnId(frame.0);
                self.fns[func].name = symbol;
                decl.operators.push((symbol, func));
            }
            MemberKind::StaticBlock(_) | MemberKind::IndexSignature(_) => {}
        }
    }

    fn static_field(&mut self, name: ultra_ir::StrId, ty: Option<TypeId>, decl: &mut ClassDecl) {
        let scope = self.scope_ids[self.r.module_lex()];
        let ty = ty.filter(|&t| self.types.table[t] != Type::Any);
        let var = self.add_var(VarDecl {
            name,
            scope,
            kind: VarKind::Static,
            ty,
            never_reassigned: false,
            known_fn: None,
            known_class: None,
        });
        decl.statics.push((name, var));
    }

    fn class_method(
        &mut self,
        m: &ast::ClassMember,
        key: &ast::PropKey,
        function: FunctionId,
        c: ClassId,
        decl: &mut ClassDecl,
    ) {
        // Overload signatures and abstract methods have no body.
        let Some(frame) = self.r.function_frame.get(function) else { return };
        let func = FnId(frame.0);
        let kind = match self.ast[function].kind {
            FunctionKind::Constructor => {
                decl.ctor = Some(func);
                self.fns[func].name = decl.name;
                self.parameter_properties(function, c, decl);
                return;
            }
            FunctionKind::Destructor => {
                decl.destructor = Some(func);
                let name = self.strings.intern(super::DESTRUCTOR);
                self.fns[func].name = self.strings.intern("destructor");
                decl.methods.push(ClassMethod { name, kind: MethodKind::Method, is_static: false, func });
                return;
            }
            FunctionKind::Getter => MethodKind::Getter,
            FunctionKind::Setter => MethodKind::Setter,
            _ => MethodKind::Method,
        };
        let Some(name) = self.key_name(key) else {
            self.unsupported(m.span, "computed member names");
            return;
        };
        self.fns[func].name = name;
        decl.methods.push(ClassMethod { name, kind, is_static: m.modifiers.is_static, func });
    }

    /// Parameters with a modifier are fields too.
    fn parameter_properties(&mut self, function: FunctionId, c: ClassId, decl: &mut ClassDecl) {
        for p in self.ast[function].params.iter().filter(|p| is_property(&p.modifiers)) {
            if let Pat::Name(n) = self.ast[p.pat] {
                let lex = self.r.classes[c].lex;
                let mut ty = p.ty.and_then(|t| self.annotation(t, lex));
                if p.is_optional {
                    ty = ty.map(|t| self.or_undefined(t));
                }
                let name = self.str(n);
                let optional = p.is_optional;
                decl.fields.push(ClassField {
                    name,
                    ty,
                    has_init: false,
                    optional,
                    weak: false,
                    span: p.span,
                });
            }
        }
    }
}

/// A field that the literal always sets.
fn set_field(name: ultra_ir::StrId, span: Span) -> ClassField {
    ClassField { name, ty: None, has_init: true, optional: false, weak: false, span }
}

fn empty_class(span: Span) -> ClassDecl {
    ClassDecl {
        name: ultra_ir::StrId::NONE,
        base: ClassBase::None,
        more_bases: Vec::new(),
        fields: Vec::new(),
        methods: Vec::new(),
        ctor: None,
        field_init: None,
        static_init: None,
        statics: Vec::new(),
        operators: Vec::new(),
        destructor: None,
        is_abstract: false,
        default_fields: false,
        late_fields: false,
        span,
    }
}

/// The symbol of an operator overload.
fn operator_symbol(op: OverloadOp) -> &'static str {
    use ast::{BinaryOp as B, UnaryOp as U};
    match op {
        OverloadOp::Index => "[]",
        OverloadOp::IndexSet => "[]=",
        OverloadOp::Slice => "[:]",
        OverloadOp::Call => "()",
        OverloadOp::Unary(u) => match u {
            U::Neg => "-",
            U::Plus => "+",
            U::Not => "!",
            U::BitNot => "~",
            U::Typeof => "typeof",
            U::Void => "void",
            U::Delete => "delete",
        },
        OverloadOp::Binary(b) => match b {
            B::Add => "+",
            B::Sub => "-",
            B::Mul => "*",
            B::Div => "/",
            B::Rem => "%",
            B::Pow => "**",
            B::BitAnd => "&",
            B::BitOr => "|",
            B::BitXor => "^",
            B::Shl => "<<",
            B::Shr => ">>",
            B::UShr => ">>>",
            B::Eq => "==",
            B::Ne => "!=",
            B::StrictEq => "===",
            B::StrictNe => "!==",
            B::Lt => "<",
            B::Le => "<=",
            B::Gt => ">",
            B::Ge => ">=",
            B::In => "in",
            B::InstanceOf => "instanceof",
            B::MatMul => "@",
        },
    }
}

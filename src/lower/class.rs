//! Classes: the value where the declaration stands, and the functions that run initialisers.

use ultra_ir::op::ConvertWhy;
use ultra_ir::{Op, StrId, Ty, Value};

use super::Lowerer;
use super::function::Body;
use crate::program::{ClassBase, ClassDeclId, Type};
use crate::resolve::{Check, Target, ThisSource};
use crate::syntax::ast::{ClassId, ClassMember, ExprId, FunctionBody, MemberKind, PropKey};
use crate::syntax::well_known as names;

impl Lowerer<'_> {
    /// The class that a class extends first, when it is known.
    fn base_of(&self, c: ClassId) -> Option<ClassId> {
        self.r.class_of_expr(self.ast, self.ast[c].extends.first()?.expr)
    }

    /// The classes that a class extends besides the first.
    fn further_bases(&self, c: ClassId) -> Vec<ClassId> {
        self.ast[c].extends.iter().skip(1).filter_map(|h| self.r.class_of_expr(self.ast, h.expr)).collect()
    }

    fn own_fields(&mut self, c: ClassId) -> Vec<StrId> {
        let ast = self.ast;
        let mut out = Vec::new();
        for m in ast[c].members.iter().filter(|m| !m.modifiers.is_static) {
            if let MemberKind::Field { key, .. } = &m.kind {
                out.extend(self.key_name(key));
            }
        }
        out
    }

    /// The names of the fields that a class has from its first base.
    pub(super) fn first_base_fields(&self, class: ClassDeclId) -> Vec<StrId> {
        let mut out = Vec::new();
        let mut at = self.classes[class].base;
        while let ClassBase::Decl(base) = at {
            out.extend(self.classes[base].fields.iter().map(|f| f.name));
            at = self.classes[base].base;
        }
        out
    }
}

impl Body<'_, '_> {
    pub fn class_decl(&mut self, c: ClassId) {
        if self.ast[c].is_declare {
            return;
        }
        self.class_value(c);
    }

    /// Bases are known classes, whose values are not needed, but they may not be initialised yet.
    fn check_bases(&mut self, c: ClassId) {
        for h in &self.ast[c].extends {
            let e = self.ast.unparen(h.expr);
            let Some(&id) = self.l.r.expr_ref.get(e) else { continue };
            let reference = &self.l.r.refs[id];
            if reference.check != Check::None && matches!(reference.target, Target::Binding(_)) {
                self.read_ref(id, self.ast.expr_span(e));
            }
        }
    }

    /// Makes the class, binds its name, then runs its static initialisers.
    pub fn class_value(&mut self, c: ClassId) -> Value {
        let r = self.l.r;
        let (Some(&scope), Some(&id)) = (r.classes.get(c), self.l.class_ids.get(c)) else {
            return self.undef();
        };
        let span = self.ast.class_span(c);
        self.make_scope(scope.lex);
        self.check_bases(c);
        self.at(span);
        let env = self.scope_object(scope.env);
        let v = self.op(ultra_ir::InstData {
            a: env.0,
            b: id.0,
            ..ultra_ir::InstData::new(Op::JsClass, Ty::Void)
        });
        if let Some(b) = scope.binding.some()
            && r.bindings[b].used
        {
            self.init_binding(b, v);
        }
        if let Some(frame) = scope.static_init.some() {
            let f = self.frame_closure(frame);
            self.at(span);
            self.op_list(Op::JsCall, 0, &[f, v], 0);
        }
        v
    }

    /// The body of a class's field-initialiser function.
    pub fn field_inits(&mut self, c: ClassId) {
        let ast = self.ast;
        let lex = self.lex;
        self.init_scope(lex);
        if let Some(&id) = self.l.class_ids.get(c) {
            let mut seen = self.l.first_base_fields(id);
            seen.extend(self.l.own_fields(c));
            for base in self.l.further_bases(c) {
                self.inherited_inits(base, &mut seen);
            }
        }
        for m in ast[c].members.iter().filter(|m| !m.modifiers.is_static) {
            if let MemberKind::Field { key, value: Some(value), .. } = &m.kind {
                self.field_init(m, key, *value);
            }
        }
    }

    /// Initialises the fields that come from a further base; fields named in `seen` come from elsewhere.
    fn inherited_inits(&mut self, c: ClassId, seen: &mut Vec<StrId>) {
        let ast = self.ast;
        let r = self.l.r;
        for base in self.l.base_of(c).into_iter().chain(self.l.further_bases(c)) {
            self.inherited_inits(base, seen);
        }
        let Some(scope) = r.classes.get(c) else { return };
        let captures = scope.field_init.some().is_some_and(|f| !r.frames[f].this_binding.is_none());
        if captures || !scope.env.is_none() {
            self.l.unsupported(
                ast.class_span(c),
                "functions in the field initialisers of a further base class",
            );
            return;
        }
        for m in ast[c].members.iter().filter(|m| !m.modifiers.is_static) {
            let MemberKind::Field { key, value, .. } = &m.kind else { continue };
            let Some(name) = self.l.key_name(key).filter(|n| !seen.contains(n)) else { continue };
            seen.push(name);
            if let Some(value) = value {
                self.field_init(m, key, *value);
            }
        }
    }

    fn field_init(&mut self, m: &ClassMember, key: &PropKey, value: ExprId) {
        let Some(name) = self.l.key_name(key) else { return };
        let v = self.field_value(m, key, value);
        let this = self.this_value(ThisSource::Own);
        self.at(m.span);
        self.set_prop(this, name, v, 1);
    }

    /// The value of a field initialiser, as the field's type.
    fn field_value(&mut self, m: &ClassMember, key: &PropKey, value: ExprId) -> Value {
        let v = self.named_expr(value, self.plain_key(key).unwrap_or(names::EMPTY));
        let span = self.ast.expr_span(value);
        let ty = match &m.kind {
            MemberKind::Field { ty: Some(t), is_optional, .. } => {
                let ty = self.l.resolve_type(*t, self.lex);
                Some(if *is_optional { self.l.or_undefined(ty) } else { ty })
            }
            _ => None,
        };
        match ty.filter(|&t| self.l.types.table[t] != Type::Any) {
            Some(ty) => self.convert(v, ty, ConvertWhy::Assign, span.start),
            None if self.may_be_literal(value) => self.widen(v),
            None => v,
        }
    }

    /// The body of a class's static-initialiser function: `this` is the class.
    pub fn static_inits(&mut self, c: ClassId) {
        let ast = self.ast;
        let lex = self.lex;
        self.init_scope(lex);
        for m in &ast[c].members {
            if !self.b.is_open() {
                return;
            }
            match &m.kind {
                MemberKind::Field { key, value, .. } if m.modifiers.is_static => {
                    self.static_field_init(c, m, key, *value)
                }
                MemberKind::StaticBlock(f) => {
                    if let (Some(&lex), FunctionBody::Block(list)) =
                        (self.l.r.static_block_lex.get(*f), &ast[*f].body)
                    {
                        self.scoped(lex, list);
                    }
                }
                _ => {}
            }
        }
    }

    fn static_field_init(&mut self, c: ClassId, m: &ClassMember, key: &PropKey, value: Option<ExprId>) {
        let Some(name) = self.l.key_name(key) else { return };
        let Some(&class) = self.l.class_ids.get(c) else { return };
        let Some(&(_, var)) = self.l.classes[class].statics.iter().find(|s| s.0 == name) else { return };
        let v = match (value, self.l.vars[var].ty) {
            (Some(e), _) => self.field_value(m, key, e),
            (None, Some(ty)) if self.l.dialect.is_ultra() => {
                self.at(m.span);
                self.default_of(ty)
            }
            (None, _) => self.undef(),
        };
        self.at(m.span);
        let scope = self.scope_object(self.l.r.module_lex());
        self.op(ultra_ir::InstData {
            a: scope.0,
            b: v.0,
            c: var.0,
            aux: 1,
            ..ultra_ir::InstData::new(Op::JsVarSet, Ty::Void)
        });
    }
}

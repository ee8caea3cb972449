//! Classes: the value where the declaration stands, and the functions that run initialisers.

use ultra_ir::op::ConvertWhy;
use ultra_ir::{Op, Ty, Value};

use super::function::Body;
use crate::program::Type;
use crate::resolve::ThisSource;
use crate::syntax::ast::{ClassId, ClassMember, ExprId, FunctionBody, MemberKind, PropKey};
use crate::syntax::well_known as names;

impl Body<'_, '_> {
    pub fn class_decl(&mut self, c: ClassId) {
        if self.ast[c].is_declare {
            return;
        }
        self.class_value(c);
    }

    /// Makes the class, binds its name, then runs its static initialisers.
    pub fn class_value(&mut self, c: ClassId) -> Value {
        let r = self.l.r;
        let (Some(&scope), Some(&id)) = (r.classes.get(c), self.l.class_ids.get(c)) else { return self.undef() };
        let span = self.ast.class_span(c);
        self.make_scope(scope.lex);
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
        for m in ast[c].members.iter().filter(|m| !m.modifiers.is_static) {
            if let MemberKind::Field { key, value: Some(value), .. } = &m.kind {
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
                MemberKind::Field { key, value, .. } if m.modifiers.is_static => self.static_field_init(c, m, key, *value),
                MemberKind::StaticBlock(f) => {
                    if let (Some(&lex), FunctionBody::Block(list)) = (self.l.r.static_block_lex.get(*f), &ast[*f].body) {
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

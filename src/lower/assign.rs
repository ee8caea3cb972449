//! Assignment, update and destructuring.
//!
//! The object and key of a member target are evaluated once, before the value. An array pattern
//! steps through the iteration of its value; one that meets an array literal of plain elements
//! (`[a, b] = [b, a]`) takes the elements as they are.

use ultra_ir::op::{JsBinOp, JsUnOp, NarrowTest};
use ultra_ir::{Op, StrId, Value};

use super::function::Body;
use crate::resolve::RefId;
use crate::source::Span;
use crate::syntax::ast::{
    ArrayElem, AssignOp, BinaryOp, Expr, ExprId, LogicalOp, Pat, PatElem, PatId, PatProp, PropKey,
};

/// Where an assignment goes, with its parts evaluated.
pub(super) enum Place {
    Name(RefId, Span),
    Prop(Value, StrId, Span),
    Elem(Value, Value, Span),
    /// Nothing that can be assigned; reported.
    Invalid,
}

/// The instruction for a binary operator of the source.
pub(super) fn binary_op(op: BinaryOp) -> Option<JsBinOp> {
    Some(match op {
        BinaryOp::Add => JsBinOp::Add,
        BinaryOp::Sub => JsBinOp::Sub,
        BinaryOp::Mul => JsBinOp::Mul,
        BinaryOp::Div => JsBinOp::Div,
        BinaryOp::Rem => JsBinOp::Rem,
        BinaryOp::Pow => JsBinOp::Pow,
        BinaryOp::BitAnd => JsBinOp::BitAnd,
        BinaryOp::BitOr => JsBinOp::BitOr,
        BinaryOp::BitXor => JsBinOp::BitXor,
        BinaryOp::Shl => JsBinOp::Shl,
        BinaryOp::Shr => JsBinOp::Shr,
        BinaryOp::UShr => JsBinOp::UShr,
        BinaryOp::Eq => JsBinOp::Eq,
        BinaryOp::Ne => JsBinOp::Ne,
        BinaryOp::StrictEq => JsBinOp::StrictEq,
        BinaryOp::StrictNe => JsBinOp::StrictNe,
        BinaryOp::Lt => JsBinOp::Lt,
        BinaryOp::Le => JsBinOp::Le,
        BinaryOp::Gt => JsBinOp::Gt,
        BinaryOp::Ge => JsBinOp::Ge,
        BinaryOp::In => JsBinOp::In,
        BinaryOp::InstanceOf => JsBinOp::InstanceOf,
        BinaryOp::MatMul => return None,
    })
}

impl Body<'_, '_> {
    // Places.

    /// Evaluates the object and key of a target.
    fn place_expr(&mut self, id: ExprId) -> Place {
        let ast = self.ast;
        match &ast[id] {
            Expr::Name(_) => match self.l.r.expr_ref.get(id) {
                Some(&r) => Place::Name(r, ast.expr_span(id)),
                None => Place::Invalid,
            },
            Expr::Paren(e) | Expr::NonNull(e) | Expr::As { expr: e, .. } | Expr::AsConst(e) => {
                self.place_expr(*e)
            }
            Expr::TypeAssertion { expr: e, .. } | Expr::Satisfies { expr: e, .. } => self.place_expr(*e),
            Expr::Member { object, name, .. } => {
                if let Some(&r) = self.l.r.expr_ref.get(id) {
                    return Place::Name(r, ast.expr_span(id));
                }
                if matches!(ast[*object], Expr::Super) {
                    // Without a setter in a base class the property is one of the object itself.
                    let this = self.this_of(*object);
                    return Place::Prop(this, self.l.str(name.name), name.span);
                }
                let o = self.expr(*object);
                Place::Prop(o, self.l.str(name.name), name.span)
            }
            Expr::PrivateMember { object, name, .. } => {
                let o = self.expr(*object);
                Place::Prop(o, self.l.private(name.name), name.span)
            }
            Expr::Index { object, index, .. } => {
                let o = self.expr(*object);
                if let Some(name) = self.literal_key(*index) {
                    return Place::Prop(o, name, ast.expr_span(*index));
                }
                let k = self.expr(*index);
                Place::Elem(o, k, ast.expr_span(id))
            }
            Expr::Subscript { .. } | Expr::RawSubscript { .. } => {
                self.l.unsupported(ast.expr_span(id), "assignment to slices and with several subscripts");
                Place::Invalid
            }
            _ => Place::Invalid,
        }
    }

    fn place(&mut self, pat: PatId) -> Place {
        match self.ast[pat] {
            Pat::Name(_) => match self.l.r.pat_ref.get(pat) {
                Some(&r) => Place::Name(r, self.ast.pat_span(pat)),
                None => Place::Invalid,
            },
            Pat::Expr(e) => self.place_expr(e),
            _ => Place::Invalid,
        }
    }

    fn read_place(&mut self, place: &Place) -> Value {
        match *place {
            Place::Name(r, span) => self.read_ref(r, span),
            Place::Prop(o, name, span) => {
                self.at(span);
                self.get_prop(o, name)
            }
            Place::Elem(o, k, span) => {
                self.at(span);
                self.op2(Op::JsElemGet, o, k)
            }
            Place::Invalid => self.undef(),
        }
    }

    /// Stores into a place; the value as it now stands there.
    fn write_place(&mut self, place: &Place, v: Value, literal: bool) -> Value {
        match *place {
            Place::Name(r, span) => self.write_ref(r, v, literal, span),
            Place::Prop(o, name, span) => {
                self.at(span);
                self.set_prop(o, name, v, 0);
                v
            }
            Place::Elem(o, k, span) => {
                self.at(span);
                self.op3(Op::JsElemSet, o, k, v);
                v
            }
            Place::Invalid => v,
        }
    }

    // Expressions.

    pub fn assignment(
        &mut self,
        id: ExprId,
        op: AssignOp,
        target: PatId,
        value: ExprId,
        used: bool,
    ) -> Value {
        match op {
            AssignOp::Assign => self.plain_assignment(target, value, used),
            AssignOp::Binary(op) => {
                let place = self.place(target);
                let old = self.read_place(&place);
                let v = self.expr(value);
                self.at(self.ast.expr_span(id));
                let v = self.binary_value(op, old, v, self.ast.expr_span(id));
                self.write_place(&place, v, false)
            }
            AssignOp::Logical(op) => self.logical_assignment(op, target, value),
        }
    }

    fn plain_assignment(&mut self, target: PatId, value: ExprId, used: bool) -> Value {
        let ast = self.ast;
        if matches!(ast[target], Pat::Array { .. } | Pat::Object { .. }) {
            if !used && self.assign_array_literal(target, value) {
                return self.undef();
            }
            let v = self.expr(value);
            self.at(ast.pat_span(target));
            self.assign_pat(target, v);
            return v;
        }
        let place = self.place(target);
        let v = match ast[target] {
            Pat::Name(name) => self.named_expr(value, name),
            _ => self.expr(value),
        };
        let literal = self.may_be_literal(value);
        self.write_place(&place, v, literal);
        v
    }

    fn logical_assignment(&mut self, op: LogicalOp, target: PatId, value: ExprId) -> Value {
        let place = self.place(target);
        let old = self.read_place(&place);
        let out = self.temp();
        self.set_temp(out, old);
        let (assign, keep, join) = (self.block(), self.block(), self.block());
        match op {
            LogicalOp::And => {
                let test = self.b.unary(Op::JsTruthy, old);
                self.b.branch(test, assign, keep);
            }
            LogicalOp::Or => {
                let test = self.b.unary(Op::JsTruthy, old);
                self.b.branch(test, keep, assign);
            }
            LogicalOp::Coalesce => {
                let test = self.b.unary(Op::JsIsNullish, old);
                self.b.branch(test, assign, keep);
            }
        }
        self.enter(keep);
        if op == LogicalOp::Coalesce {
            let v = self.narrow(old, NarrowTest::NotNullish);
            self.set_temp(out, v);
        }
        self.b.jump(join, &[]);
        self.enter(assign);
        let base = self.narrows.len();
        let v = self.expr(value);
        let literal = self.may_be_literal(value);
        let v = self.write_place(&place, v, literal);
        self.set_temp(out, v);
        self.restore(base);
        self.narrows.truncate(base);
        self.b.jump(join, &[]);
        self.enter(join);
        self.b.get(out)
    }

    pub fn update(&mut self, id: ExprId, increment: bool, prefix: bool, target: ExprId) -> Value {
        let span = self.ast.expr_span(id);
        let place = self.place_expr(target);
        let v = self.read_place(&place);
        self.at(span);
        let old = self.op1(Op::JsToNumeric, v);
        let new = self.un(if increment { JsUnOp::Inc } else { JsUnOp::Dec }, old);
        let stored = self.write_place(&place, new, false);
        if prefix { stored } else { old }
    }

    // Destructuring.

    /// Gives the names of a declared pattern their values.
    pub fn bind_pat(&mut self, pat: PatId, v: Value) {
        self.destructure(pat, v, true, false);
    }

    pub fn assign_pat(&mut self, pat: PatId, v: Value) {
        self.destructure(pat, v, false, false);
    }

    fn destructure(&mut self, pat: PatId, v: Value, declares: bool, literal: bool) {
        let ast = self.ast;
        match &ast[pat] {
            Pat::Missing => {}
            Pat::Name(_) if declares => {
                if let Some(&b) = self.l.r.pat_binding.get(pat) {
                    let is_param = self.l.r.bindings[b].kind == crate::resolve::BindKind::Param;
                    // Parameters were converted as such.
                    let v = if is_param { v } else { self.adapt(b, v, literal, ast.pat_span(pat)) };
                    self.init_binding(b, v);
                }
            }
            Pat::Name(_) | Pat::Expr(_) => {
                let place = self.place(pat);
                self.write_place(&place, v, literal);
            }
            Pat::Array { elems, rest } => self.array_pattern(elems, *rest, v, declares),
            Pat::Object { props, rest } => self.object_pattern(props, *rest, v, declares),
        }
    }

    fn pattern_element(&mut self, elem: &PatElem, v: Value, declares: bool) {
        let (v, literal) = match elem.default {
            Some(e) => (self.with_default(v, e), self.may_be_literal(e)),
            None => (v, false),
        };
        self.destructure(elem.pat, v, declares, literal);
    }

    fn array_pattern(&mut self, elems: &[Option<PatElem>], rest: Option<PatId>, v: Value, declares: bool) {
        let over = self.op1(Op::JsIter, v);
        let at = self.temp();
        let start = self.b.unary(Op::JsIterBegin, over);
        self.set_temp(at, start);
        let value = self.temp();
        for elem in elems {
            let position = self.b.get(at);
            let more = self.op2(Op::JsIterMore, over, position);
            let (some, none, join) = (self.block(), self.block(), self.block());
            self.b.branch(more, some, none);
            self.enter(none);
            let missing = self.undef();
            self.set_temp(value, missing);
            self.b.jump(join, &[]);
            self.enter(some);
            let v = self.op2(Op::JsIterValue, over, position);
            self.set_temp(value, v);
            let next = self.op2(Op::JsIterNext, over, position);
            self.set_temp(at, next);
            self.b.jump(join, &[]);
            self.enter(join);
            if let Some(elem) = elem {
                let v = self.b.get(value);
                self.pattern_element(elem, v, declares);
            }
        }
        if let Some(rest) = rest {
            let array = self.op_list(Op::JsArray, 0, &[], 0);
            let (head, inside, done) = (self.block(), self.block(), self.block());
            self.b.jump(head, &[]);
            self.b.switch_to(head);
            let position = self.b.get(at);
            let more = self.op2(Op::JsIterMore, over, position);
            self.b.branch(more, inside, done);
            self.enter(inside);
            let v = self.op2(Op::JsIterValue, over, position);
            self.op2(Op::JsArrayPush, array, v);
            let next = self.op2(Op::JsIterNext, over, position);
            self.set_temp(at, next);
            self.b.jump(head, &[]);
            self.b.seal(head);
            self.enter(done);
            self.destructure(rest, array, declares, false);
        } else if self.l.closes_iterators {
            self.op1(Op::JsIterClose, over);
        }
    }

    fn object_pattern(&mut self, props: &[PatProp], rest: Option<PatId>, v: Value, declares: bool) {
        let mut keys = Vec::new();
        for prop in props {
            let span = self.ast.key_span(&prop.key);
            let name = self.l.key_name(&prop.key);
            self.at(span);
            let got = match (name, &prop.key) {
                (Some(name), _) => {
                    if rest.is_some() {
                        keys.push(self.str_const(name));
                    }
                    self.get_prop(v, name)
                }
                (None, PropKey::Computed(e)) => {
                    let key = self.expr(*e);
                    keys.push(key);
                    self.at(span);
                    self.op2(Op::JsElemGet, v, key)
                }
                (None, _) => {
                    self.l.unsupported(span, "this property name in a pattern");
                    self.undef()
                }
            };
            self.pattern_element(&prop.value, got, declares);
        }
        if let Some(rest) = rest {
            self.at(self.ast.pat_span(rest));
            let object = self.op_list(Op::JsObject, 0, &[], 0);
            self.op2(Op::JsObjectSpread, object, v);
            for key in keys {
                self.op2(Op::JsDelete, object, key);
            }
            self.destructure(rest, object, declares, false);
        } else if props.is_empty() {
            // `{}` still refuses null and undefined: reading any property does.
            let name = self.l.strings.intern("constructor");
            self.get_prop(v, name);
        }
    }

    pub fn bind_array_literal(&mut self, pat: PatId, value: ExprId) -> bool {
        self.spread_literal(pat, value, true)
    }

    fn assign_array_literal(&mut self, pat: PatId, value: ExprId) -> bool {
        self.spread_literal(pat, value, false)
    }

    /// Destructures an array literal of plain elements without making the array.
    fn spread_literal(&mut self, pat: PatId, value: ExprId, declares: bool) -> bool {
        let ast = self.ast;
        let Pat::Array { elems, rest: None } = &ast[pat] else { return false };
        let Expr::Array(items) = &ast[ast.unparen(value)] else { return false };
        let simple = |e: &Option<PatElem>| match e {
            // Targets with parts would be evaluated after the values.
            Some(e) => declares || matches!(ast[e.pat], Pat::Name(_)) || matches!(ast[e.pat], Pat::Expr(_)),
            None => true,
        };
        if !elems.iter().all(simple) || !items.iter().all(|i| matches!(i, ArrayElem::Item(_))) {
            return false;
        }
        let mut values = Vec::new();
        for item in items {
            if let ArrayElem::Item(e) = item {
                let v = self.expr(*e);
                values.push((v, self.may_be_literal(*e)));
            }
        }
        for (i, elem) in elems.iter().enumerate() {
            let Some(elem) = elem else { continue };
            let (v, mut literal) = match values.get(i) {
                Some(&v) => v,
                None => (self.undef(), false),
            };
            let v = match elem.default {
                Some(e) => {
                    literal |= self.may_be_literal(e);
                    self.with_default(v, e)
                }
                None => v,
            };
            self.destructure(elem.pat, v, declares, literal);
        }
        true
    }
}

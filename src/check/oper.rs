//! Operators.

use super::Checker;
use super::flow::State;
use super::types::{Data, Ty};
use crate::diag::registry;
use crate::syntax::ast::{BinaryOp, Expr, ExprId, LogicalOp, UnaryOp};

impl Checker<'_> {
    /// A binary operator; a long chain to the left is walked in a loop.
    pub(super) fn binary_spine(&mut self, e: ExprId) -> Ty {
        let f = self.file_of(self.file);
        let ast = f.ast();
        let mut spine = Vec::new();
        let mut at = e;
        while let Expr::Binary { op, left, right } = ast[at] {
            spine.push((at, op, left, right));
            at = left;
        }
        let mut ty = self.expr(at, None);
        while let Some((node, op, left, right)) = spine.pop() {
            let other = self.expr(right, None);
            ty = self.operate(node, op, ty, other, Some(left), right);
        }
        ty
    }

    /// The result of a binary operator. `left` is none for an assignment operator.
    pub(super) fn operate(
        &mut self,
        e: ExprId,
        op: BinaryOp,
        a: Ty,
        b: Ty,
        left: Option<ExprId>,
        right: ExprId,
    ) -> Ty {
        use BinaryOp::*;
        let (a, b) = (self.force(a), self.force(b));
        match op {
            Eq | Ne | StrictEq | StrictNe => {
                self.check_comparison(e, op, a, b);
                Ty::BOOLEAN
            }
            Lt | Le | Gt | Ge => {
                self.check_order(e, op, a, b, left, right);
                if self.may_overload(a) || self.may_overload(b) { Ty::ANY } else { Ty::BOOLEAN }
            }
            In => {
                let of = self.base_constraint(b);
                if of != Ty::ANY && self.t.parts(of).iter().all(|&p| self.is_primitive(p)) && of != Ty::NEVER
                {
                    let shown = self.show(b);
                    let span = self.expr_span(right);
                    self.error(registry::bad_right_operand(span, "in", "an object", &shown));
                }
                Ty::BOOLEAN
            }
            InstanceOf => {
                self.check_instanceof(a, b, left, right);
                Ty::BOOLEAN
            }
            MatMul => Ty::ANY,
            Add => self.add(e, a, b, left, right),
            _ => self.arithmetic_op(e, op, a, b, left, right),
        }
    }

    /// UltraScript: operators may be overloaded, and arrays calculate elementwise.
    fn may_overload(&mut self, ty: Ty) -> bool {
        if !self.dialect.is_ultra() {
            return false;
        }
        let base = self.base_constraint(ty);
        self.t.parts(base).iter().any(|&p| !self.is_primitive(p) && p != Ty::NEVER)
    }

    fn is_any(&mut self, ty: Ty) -> bool {
        let base = self.base_constraint(ty);
        base == Ty::ANY || base == Ty::NEVER
    }

    fn add(&mut self, e: ExprId, a: Ty, b: Ty, left: Option<ExprId>, right: ExprId) -> Ty {
        let (x, y) = (self.base_constraint(a), self.base_constraint(b));
        let all = |c: &mut Self, t: Ty, f: fn(&mut Self, Ty) -> bool| c.t.parts(t).iter().all(|&p| f(c, p));
        let text = |c: &mut Self, t: Ty| c.is_string_like(t);
        let is_text = |c: &mut Self, t: Ty| t != Ty::NEVER && all(c, t, text);
        if is_text(self, x) && y != Ty::UNKNOWN || is_text(self, y) && x != Ty::UNKNOWN {
            if self.may_overload(x) || self.may_overload(y) {
                return if self.has_operators(x) || self.has_operators(y) { Ty::ANY } else { Ty::STRING };
            }
            return Ty::STRING;
        }
        if self.may_overload(x) || self.may_overload(y) || self.is_any(x) || self.is_any(y) {
            return Ty::ANY;
        }
        if self.is_number_like(x) && self.is_number_like(y) {
            return self.arithmetic(x, y);
        }
        if self.is_bigint(x) && self.is_bigint(y) {
            return Ty::BIGINT;
        }
        let nullish = [(x, left), (y, Some(right))];
        for (t, e) in nullish {
            if let Some(e) = e
                && self.report_nullish_operand(e, t)
            {
                return Ty::ANY;
            }
        }
        let mixed = |c: &mut Self, t: Ty| {
            c.t.parts(t).iter().all(|&p| c.is_string_like(p) || c.is_number_like(p) || p == Ty::ANY)
        };
        if mixed(self, x) && mixed(self, y) {
            // Text or number, by what the parts are.
            return self.t.union(&[Ty::STRING, Ty::NUMBER]);
        }
        if self.t.parts(x).contains(&Ty::ANY) || self.t.has_params(x) || self.t.has_params(y) {
            return Ty::ANY;
        }
        self.bad_operands(e, "+", a, b);
        Ty::ANY
    }

    fn has_operators(&self, ty: Ty) -> bool {
        use super::bind::DeclKind;
        use crate::syntax::ast::MemberKind;
        let Data::Ref(sym, _) = self.t.data(ty) else {
            return !matches!(self.t.data(ty), Data::Union(_)) && !self.is_primitive(ty);
        };
        self.s.symbols[*sym].decls.iter().any(|d| match d.kind {
            DeclKind::Class(c) => {
                let members = &self.files[d.file as usize].ast()[c].members;
                members.iter().any(|m| matches!(m.kind, MemberKind::Operator { .. }))
            }
            _ => true,
        })
    }

    pub(super) fn is_bigint(&self, ty: Ty) -> bool {
        let parts = self.t.parts(ty);
        !parts.is_empty() && parts.iter().all(|&p| matches!(self.t.data(p), Data::BigInt | Data::BigLit(..)))
    }

    fn arithmetic_op(
        &mut self,
        e: ExprId,
        op: BinaryOp,
        a: Ty,
        b: Ty,
        left: Option<ExprId>,
        right: ExprId,
    ) -> Ty {
        let (x, y) = (self.base_constraint(a), self.base_constraint(b));
        if self.is_bigint(x) && self.is_bigint(y) {
            return Ty::BIGINT;
        }
        if self.may_overload(x) || self.may_overload(y) {
            return Ty::ANY;
        }
        let mut wrong = false;
        for (t, e) in [(x, left), (y, Some(right))] {
            let fine = self.is_any(t) || self.is_number_like(t) || self.is_bigint(t) || self.mixes_numbers(t);
            if fine {
                continue;
            }
            wrong = true;
            let Some(e) = e else {
                let shown = self.show(t);
                let span = self.expr_span(right);
                self.error(registry::bad_operand(span, op_text(op), &shown));
                continue;
            };
            if t == Ty::UNKNOWN {
                self.report_unknown(e);
            } else if !self.report_nullish_operand(e, t) {
                let shown = self.show(t);
                let span = self.expr_span(e);
                self.error(registry::bad_operand(span, op_text(op), &shown));
            }
        }
        if !wrong
            && (self.is_bigint(x) && self.is_number_like(y) || self.is_number_like(x) && self.is_bigint(y))
        {
            if !self.dialect.is_ultra() {
                self.bad_operands(e, op_text(op), a, b);
            }
            return Ty::ANY;
        }
        if self.is_any(x) && !self.is_number_like(y) || self.is_any(y) && !self.is_number_like(x) {
            return Ty::ANY;
        }
        if self.is_bigint(x) || self.is_bigint(y) || self.mixes_numbers(x) && !self.is_number_like(x) {
            return Ty::ANY;
        }
        if self.dialect.is_ultra() && (self.is_any(x) || self.is_any(y)) {
            return Ty::ANY;
        }
        self.arithmetic(x, y)
    }

    fn mixes_numbers(&mut self, ty: Ty) -> bool {
        let parts = self.t.parts(ty);
        parts.iter().all(|&p| self.is_number_like(p) || self.is_bigint(p) || p == Ty::ANY)
    }

    fn check_order(&mut self, e: ExprId, op: BinaryOp, a: Ty, b: Ty, left: Option<ExprId>, right: ExprId) {
        // Two values of one type parameter have an order as far as that type has one.
        if a == b && matches!(self.t.data(a), Data::Param(_)) {
            return;
        }
        let (x, y) = (self.base_constraint(a), self.base_constraint(b));
        for (t, e) in [(x, left), (y, Some(right))] {
            let Some(e) = e else { continue };
            if t == Ty::UNKNOWN {
                self.report_unknown(e);
                return;
            }
            if self.report_nullish_operand(e, t) {
                return;
            }
        }
        if self.is_any(x) || self.is_any(y) || self.may_overload(x) || self.may_overload(y) {
            return;
        }
        let number = |c: &mut Self, t: Ty| c.mixes_numbers(t);
        let text = |c: &Self, t: Ty| c.t.parts(t).iter().all(|&p| c.is_string_like(p));
        if number(self, x) && number(self, y) || text(self, x) && text(self, y) || self.comparable(x, y) {
            return;
        }
        if self.is_primitive_union(x) && self.is_primitive_union(y) {
            self.bad_operands(e, op_text(op), a, b);
        }
    }

    fn is_primitive_union(&self, ty: Ty) -> bool {
        self.t.parts(ty).iter().all(|&p| self.is_primitive(p))
    }

    fn check_comparison(&mut self, e: ExprId, op: BinaryOp, a: Ty, b: Ty) {
        if self.may_overload(a) || self.may_overload(b) || self.comparable(a, b) {
            return;
        }
        let (x, y) = (self.show(a), self.show(b));
        let span = self.expr_span(e);
        self.error(registry::no_overlap(span, op_text(op), &x, &y));
    }

    fn check_instanceof(&mut self, a: Ty, b: Ty, left: Option<ExprId>, right: ExprId) {
        let base = self.base_constraint(a);
        if base != Ty::ANY
            && base != Ty::NEVER
            && !self.dialect.is_ultra()
            && self.t.parts(base).iter().all(|&p| self.is_primitive(p))
            && let Some(l) = left
        {
            let shown = self.show(a);
            let span = self.expr_span(l);
            self.error(registry::bad_left_operand(span, "instanceof", "an object", &shown));
        }
        let class = self.base_constraint(b);
        if class == Ty::ANY || class == Ty::UNKNOWN || self.is_open(class) {
            return;
        }
        let callable = !self.signatures(class, true).is_empty() || !self.signatures(class, false).is_empty();
        let name = self.names.intern("@@hasInstance");
        let function = self.known("Function");
        let fine =
            callable || self.prop_type(class, name).is_some() || self.base_of(class, function, 0).is_some();
        if !fine && !matches!(self.t.data(class), Data::Union(_)) {
            let shown = self.show(b);
            let span = self.expr_span(right);
            self.error(registry::bad_right_operand(span, "instanceof", "a class or function", &shown));
        }
    }

    /// `a && b && c`, in a loop over the operands: each runs where those before it did not decide.
    pub(super) fn logical(&mut self, op: LogicalOp, left: ExprId, right: ExprId, ctx: Option<Ty>) -> Ty {
        let f = self.file_of(self.file);
        let mut rest = vec![(left, right)];
        let mut first = left;
        while let Expr::Logical { op: inner, left, right } = f.ast()[first]
            && inner == op
        {
            rest.push((left, right));
            first = left;
        }
        let mut ty = self.expr(first, ctx);
        let mut last = first;
        let mut decided: Option<State> = None;
        while let Some((left, right)) = rest.pop() {
            if op != LogicalOp::Coalesce {
                self.check_condition(left, ty);
            }
            let before = self.state.clone();
            match op {
                LogicalOp::And => self.narrow(last, true),
                LogicalOp::Or => self.narrow(last, false),
                LogicalOp::Coalesce => self.assume_nullish(left, ty),
            }
            let context = match (ctx, op) {
                (Some(c), _) => Some(c),
                // The other operand tells what is meant.
                (None, LogicalOp::Or | LogicalOp::Coalesce) => {
                    Some(self.non_null(ty)).filter(|&t| t != Ty::NEVER)
                }
                _ => None,
            };
            let b = self.expr(right, context);
            let after = std::mem::replace(&mut self.state, before);
            match op {
                LogicalOp::And => self.narrow(last, false),
                LogicalOp::Or => self.narrow(last, true),
                LogicalOp::Coalesce => {}
            }
            let short = std::mem::replace(&mut self.state, after);
            decided = Some(self.join_option(decided, short));
            ty = self.logical_type(op, ty, b);
            last = right;
        }
        let state = std::mem::take(&mut self.state);
        self.state = self.join_option(decided, state);
        ty
    }

    /// What stands before `??` is null or undefined where the right side runs.
    fn assume_nullish(&mut self, left: ExprId, ty: Ty) {
        let Some(id) = self.ref_of(left) else { return };
        let parts = self.t.parts(ty);
        let nullish: Vec<Ty> =
            parts.iter().copied().filter(|&p| matches!(p, Ty::NULL | Ty::UNDEFINED)).collect();
        if !nullish.is_empty() {
            let ty = self.t.union(&nullish);
            self.assume(id, ty);
        }
    }

    fn logical_type(&mut self, op: LogicalOp, a: Ty, b: Ty) -> Ty {
        let kept = match op {
            LogicalOp::And => self.truthy(a, false),
            LogicalOp::Or => self.truthy(a, true),
            LogicalOp::Coalesce => self.non_null(a),
        };
        if op == LogicalOp::Or
            && kept != Ty::ANY
            && let Data::Ref(..) = self.t.data(kept)
            && let Some(elem) = self.array_elem(b)
            && elem == Ty::NEVER
        {
            return kept;
        }
        self.t.union(&[kept, b])
    }

    /// A condition: looked at for its own sake.
    pub(super) fn condition(&mut self, e: ExprId) {
        let ty = self.expr(e, None);
        self.check_condition(e, ty);
    }

    fn check_condition(&mut self, e: ExprId, ty: Ty) {
        if ty == Ty::VOID {
            let span = self.expr_span(e);
            self.error(registry::void_condition(span));
        }
    }

    pub(super) fn unary(&mut self, e: ExprId, op: UnaryOp, operand: ExprId) -> Ty {
        match op {
            UnaryOp::Typeof => {
                // A name that nothing declares is "undefined", not an error.
                let f = self.file_of(self.file);
                if let Expr::Name(n) = f.ast()[f.ast().unparen(operand)]
                    && self.value_sym(n).is_none()
                {
                    return Ty::STRING;
                }
                self.expr(operand, None);
                let kinds =
                    ["string", "number", "bigint", "boolean", "symbol", "undefined", "object", "function"];
                let all: Vec<Ty> = kinds
                    .iter()
                    .map(|k| {
                        let name = self.names.intern(k);
                        self.t.str_lit(name)
                    })
                    .collect();
                self.t.union(&all)
            }
            UnaryOp::Void => {
                self.expr(operand, None);
                Ty::UNDEFINED
            }
            UnaryOp::Delete => {
                self.expr(operand, None);
                self.check_delete(operand);
                Ty::BOOLEAN
            }
            UnaryOp::Not => {
                let ty = self.expr(operand, None);
                self.check_condition(operand, ty);
                if self.may_overload(ty) && self.has_operators(ty) {
                    return Ty::ANY;
                }
                match (self.truthy(ty, true), self.truthy(ty, false)) {
                    (Ty::NEVER, _) => Ty::TRUE,
                    (_, Ty::NEVER) if ty != Ty::NEVER => Ty::FALSE,
                    _ => Ty::BOOLEAN,
                }
            }
            UnaryOp::Neg | UnaryOp::Plus | UnaryOp::BitNot => self.sign(e, op, operand),
        }
    }

    fn sign(&mut self, e: ExprId, op: UnaryOp, operand: ExprId) -> Ty {
        let ty = self.expr(operand, None);
        if op == UnaryOp::Neg {
            match *self.t.data(ty) {
                Data::NumLit(bits) => return self.t.num_lit(-f64::from_bits(bits)),
                Data::BigLit(n, negative) => return self.t.intern(Data::BigLit(n, !negative), false),
                _ => {}
            }
        }
        let base = self.base_constraint(ty);
        if self.may_overload(base) || self.is_any(base) {
            return Ty::ANY;
        }
        if self.is_bigint(base) {
            if op == UnaryOp::Plus {
                let span = self.expr_span(e);
                self.error(registry::bad_operand(span, "+", "bigint"));
                return Ty::ANY;
            }
            return Ty::BIGINT;
        }
        if base == Ty::UNKNOWN {
            self.report_unknown(operand);
            return Ty::NUMBER;
        }
        if matches!(op, UnaryOp::Neg | UnaryOp::BitNot) && self.report_nullish_operand(operand, base) {
            return Ty::NUMBER;
        }
        match *self.t.data(base) {
            Data::Num(_) => base,
            _ => Ty::NUMBER,
        }
    }

    pub(super) fn update(&mut self, e: ExprId, target: ExprId) -> Ty {
        let ty = self.expr(target, None);
        self.check_readonly(target);
        let f = self.file_of(self.file);
        if let Expr::Name(name) = f.ast()[f.ast().unparen(target)]
            && let Some(sym) = self.value_sym(name)
        {
            let span = self.expr_span(target);
            self.check_constant(sym, name, span);
        }
        let base = self.base_constraint(ty);
        if self.is_any(base) || self.may_overload(base) {
            return Ty::ANY;
        }
        let out = if self.is_bigint(base) {
            Ty::BIGINT
        } else if let Data::Num(_) = self.t.data(base) {
            base
        } else {
            if !self.is_number_like(base)
                && !self.report_nullish_operand(target, base)
                && !self.mixes_numbers(base)
            {
                let shown = self.show(ty);
                let span = self.expr_span(e);
                self.error(registry::bad_operand(span, "++", &shown));
            }
            Ty::NUMBER
        };
        if let Some(id) = self.ref_of(target) {
            self.assume(id, out);
        }
        out
    }

    fn bad_operands(&mut self, e: ExprId, op: &str, a: Ty, b: Ty) {
        let (x, y) = (self.show(a), self.show(b));
        let span = self.expr_span(e);
        self.error(registry::bad_operands(span, op, &x, &y));
    }
}

/// An operator as written.
pub(super) fn op_text(op: BinaryOp) -> &'static str {
    use BinaryOp::*;
    match op {
        Add => "+",
        Sub => "-",
        Mul => "*",
        Div => "/",
        Rem => "%",
        Pow => "**",
        BitAnd => "&",
        BitOr => "|",
        BitXor => "^",
        Shl => "<<",
        Shr => ">>",
        UShr => ">>>",
        Eq => "==",
        Ne => "!=",
        StrictEq => "===",
        StrictNe => "!==",
        Lt => "<",
        Le => "<=",
        Gt => ">",
        Ge => ">=",
        In => "in",
        InstanceOf => "instanceof",
        MatMul => "@",
    }
}

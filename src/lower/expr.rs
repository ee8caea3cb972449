//! Expressions.
//!
//! `expr` leaves an open block, even after code that always throws: what follows such code goes
//! into a block that nothing reaches.

use ultra_ir::func::InstData;
use ultra_ir::op::{ConvertWhy, JsUnOp, NarrowTest};
use ultra_ir::{Op, Ty, Value};

use super::assign::binary_op;
use super::function::Body;
use crate::program::{FnKind, TypeId};
use crate::resolve::{BoundTo, EnumValue, Target};
use crate::source::Span;
use crate::syntax::ast::{BinaryOp, Expr, ExprId, LogicalOp, StrValue, Subscript, UnaryOp};
use crate::syntax::well_known as names;

impl Body<'_, '_> {
    /// An expression whose value nobody uses.
    pub fn expr_stmt(&mut self, id: ExprId) {
        match self.ast[self.ast.unparen(id)] {
            Expr::Assign { op, target, value } => {
                self.assignment(id, op, target, value, false);
            }
            Expr::Update { increment, target, .. } => {
                self.update(id, increment, true, target);
            }
            // A line with nothing but `print` prints an empty line.
            Expr::Name(names::PRINT) if self.l.is_print(id) => self.print(&[], self.ast.expr_span(id)),
            _ => {
                self.expr(id);
            }
        }
    }

    pub fn expr(&mut self, id: ExprId) -> Value {
        let ast = self.ast;
        let span = ast.expr_span(id);
        self.at(span);
        match &ast[id] {
            Expr::Missing => self.undef(),
            Expr::Name(_) => match self.l.r.expr_ref.get(id) {
                Some(&r) => self.read_ref(r, span),
                None => self.undef(),
            },
            Expr::This => self.this_of(id),
            Expr::Null => self.b.nullary(Op::JsNull),
            Expr::Bool(b) => self.bool_const(*b),
            Expr::Number(n) => self.number(*n, false),
            Expr::String(v) => {
                let s = self.l.str_value(*v);
                self.str_const(s)
            }
            Expr::RegExp { pattern, flags } => {
                let (pattern, flags) = (self.l.str(*pattern), self.l.str(*flags));
                let imm = u64::from(pattern.0) | u64::from(flags.0) << 32;
                self.op(InstData::imm64(Op::JsRegExp, Ty::Void, imm))
            }
            Expr::Template { chunks, exprs } => self.template(chunks, exprs, span),
            Expr::Array(elems) => self.array(elems, span),
            Expr::Object(props) => self.object(id, props, span),
            Expr::Function(f) => self.function_value(*f),
            Expr::Class(c) => self.class_value(*c),
            Expr::Unary { op, operand } => self.unary(*op, *operand, span),
            Expr::Update { increment, prefix, target } => self.update(id, *increment, *prefix, *target),
            Expr::Binary { .. } => self.binary(id),
            Expr::PrivateIn { name, object } => {
                let o = self.expr(*object);
                let key = self.l.private(name.name);
                self.at(span);
                let key = self.str_const(key);
                self.bin(ultra_ir::op::JsBinOp::In, key, o)
            }
            Expr::Logical { op, left, right } => self.logical(*op, *left, *right),
            Expr::Assign { op, target, value } => self.assignment(id, *op, *target, *value, true),
            Expr::Conditional { test, yes, no } => self.conditional(*test, *yes, *no, None),
            Expr::Call { callee, args, optional, .. } => self.call(id, *callee, args, *optional),
            Expr::New { callee, args, fields, .. } => self.new_expr(*callee, args, fields.as_deref(), span),
            Expr::Member { object, name, optional } => {
                if let Some(v) = self.enum_member(id, *object) {
                    return self.enum_value(&v);
                }
                if self.is_require(*object) {
                    return self.require_member(name.name, span);
                }
                if let Expr::ImportMeta = self.ast[*object] {
                    return self.import_meta(name.name, span);
                }
                if let Some(&r) = self.l.r.expr_ref.get(id) {
                    return self.read_ref(r, span);
                }
                if self.is_argv(*object, name.name) {
                    let args: Vec<Value> = self.l.args.iter().map(|a| self.text(a)).collect();
                    return self.op_list(Op::JsArray, 0, &args, 0);
                }
                let name_id = self.l.str(name.name);
                self.member(*object, name_id, name.span, *optional)
            }
            Expr::PrivateMember { object, name, optional } => {
                let name_id = self.l.private(name.name);
                self.member(*object, name_id, name.span, *optional)
            }
            Expr::Index { object, index, optional } => {
                if let Some(name) = self.literal_key(*index) {
                    return self.member(*object, name, span, *optional);
                }
                let o = self.object_of(*object, *optional);
                let k = self.expr(*index);
                self.at(span);
                self.op2(Op::JsElemGet, o, k)
            }
            Expr::OptionalChain(e) => self.optional_chain(*e),
            Expr::Sequence(list) => {
                let mut v = None;
                for (i, &e) in list.iter().enumerate() {
                    if i + 1 < list.len() {
                        self.expr_stmt(e);
                    } else {
                        v = Some(self.expr(e));
                    }
                }
                match v {
                    Some(v) => v,
                    None => self.undef(),
                }
            }
            Expr::Paren(e) | Expr::AsConst(e) | Expr::Instantiation { expr: e, .. } => self.expr(*e),
            Expr::Satisfies { expr: e, .. } => self.expr(*e),
            Expr::As { expr, ty } | Expr::TypeAssertion { expr, ty } => {
                let v = self.expr(*expr);
                let ty = self.l.resolve_type(*ty, self.lex);
                self.convert(v, ty, ConvertWhy::As, span.start)
            }
            // A promise that nothing enforces at run time: uses of the value still test it.
            Expr::NonNull(e) => self.expr(*e),
            Expr::Super => self.refuse(span, "`super` here"),
            // The class being constructed is what its instances call their constructor.
            Expr::NewTarget if self.kind == FnKind::Constructor => {
                let this = self.this_of(id);
                let name = self.l.strings.intern("constructor");
                self.get_prop(this, name)
            }
            Expr::NewTarget => self.refuse(span, "`new.target` outside constructors"),
            Expr::ImportMeta => self.refuse(span, "`import.meta` as a value"),
            Expr::BigInt(digits) => {
                let digits = self.l.str(*digits);
                self.b.imm(Op::JsBigInt, digits.0)
            }
            Expr::TaggedTemplate { tag, chunks, exprs, .. } => self.tagged(*tag, chunks, exprs, span),
            Expr::Subscript { object, items, optional, .. } => {
                self.subscript(*object, items, *optional, span)
            }
            Expr::RawSubscript { .. } => self.refuse(span, "brackets whose content is no expression"),
            Expr::ImportCall { .. } => self.refuse(span, "`import()`"),
            Expr::Await(_) => self.refuse(span, "`await`"),
            Expr::Yield { .. } => self.refuse(span, "`yield`"),
            Expr::Go(_) => self.refuse(span, "`go`"),
            Expr::Atomic(_) => self.refuse(span, "`atomic`"),
            Expr::Jsx(_) => self.refuse(span, "JSX"),
        }
    }

    pub fn refuse(&mut self, span: Span, what: &str) -> Value {
        self.l.unsupported(span, what);
        self.undef()
    }

    fn function_value(&mut self, f: crate::syntax::ast::FunctionId) -> Value {
        let r = self.l.r;
        let Some(&lex) = r.function_name_lex.get(f) else { return self.closure(f) };
        let used = r.lexes[lex].bindings.first().copied().filter(|&b| r.bindings[b].used);
        let Some(b) = used else { return self.closure(f) };
        self.make_scope(lex);
        let v = self.closure(f);
        self.init_binding(b, v);
        v
    }

    // Operators.

    fn unary(&mut self, op: UnaryOp, operand: ExprId, span: Span) -> Value {
        let js = match op {
            UnaryOp::Neg => {
                if let Expr::Number(n) = self.ast[self.ast.unparen(operand)] {
                    return self.number(n, true);
                }
                JsUnOp::Neg
            }
            UnaryOp::Plus => JsUnOp::Plus,
            UnaryOp::Not => JsUnOp::Not,
            UnaryOp::BitNot => JsUnOp::BitNot,
            UnaryOp::Typeof => return self.type_of(operand, span),
            UnaryOp::Void => {
                self.expr(operand);
                return self.undef();
            }
            UnaryOp::Delete => return self.delete(operand, span),
        };
        let v = self.expr(operand);
        self.at(span);
        self.un(js, v)
    }

    /// `typeof` of a name that may not exist.
    fn type_of(&mut self, operand: ExprId, span: Span) -> Value {
        let missing_ok = self.l.global_name(operand);
        let v = match missing_ok {
            Some(name) if crate::spec::builtins::global(self.l.names.resolve(name)).is_some() => {
                self.global(name)
            }
            Some(name) if name != names::UNDEFINED => self.global_if_any(name),
            None if self.is_require(operand) => return self.text("function"),
            _ => self.expr(operand),
        };
        self.at(span);
        self.un(JsUnOp::Typeof, v)
    }

    fn delete(&mut self, operand: ExprId, span: Span) -> Value {
        let ast = self.ast;
        match &ast[ast.unparen(operand)] {
            Expr::Member { .. } if self.l.r.expr_ref.get(ast.unparen(operand)).is_some() => {
                self.refuse(span, "`delete` of a member of a namespace")
            }
            Expr::Member { object, name, optional } => {
                let o = self.object_of(*object, *optional);
                let name = self.l.str(name.name);
                let k = self.str_const(name);
                self.at(span);
                self.op2(Op::JsDelete, o, k)
            }
            Expr::Index { object, index, optional } => {
                let o = self.object_of(*object, *optional);
                let k = self.expr(*index);
                self.at(span);
                self.op2(Op::JsDelete, o, k)
            }
            Expr::OptionalChain(e) => {
                let e = *e;
                self.in_chain(|s| s.delete(e, span), |s| s.bool_const(true))
            }
            _ => {
                self.expr(operand);
                self.bool_const(true)
            }
        }
    }

    /// A chain of binary operators that nests to the left, without recursion along it.
    fn binary(&mut self, id: ExprId) -> Value {
        let mut chain = Vec::new();
        let mut at = id;
        while let Expr::Binary { op, left, right } = self.ast[at] {
            chain.push((op, right, self.ast.expr_span(at)));
            at = left;
        }
        let mut v = self.expr(at);
        for (op, right, span) in chain.into_iter().rev() {
            let r = self.expr(right);
            self.at(span);
            v = self.binary_value(op, v, r, span);
        }
        v
    }

    pub fn binary_value(&mut self, op: BinaryOp, a: Value, b: Value, span: Span) -> Value {
        match binary_op(op) {
            Some(op) => self.bin(op, a, b),
            None => self.refuse(span, "the operator `@`"),
        }
    }

    fn logical(&mut self, op: LogicalOp, left: ExprId, right: ExprId) -> Value {
        let a = self.expr(left);
        let base = self.narrows.len();
        let out = self.temp();
        let (more, done, join) = (self.block(), self.block(), self.block());
        let kept = match op {
            LogicalOp::And => {
                let test = self.b.unary(Op::JsTruthy, a);
                self.b.branch(test, more, done);
                None
            }
            LogicalOp::Or => {
                let test = self.b.unary(Op::JsTruthy, a);
                self.b.branch(test, done, more);
                Some(NarrowTest::Truthy)
            }
            LogicalOp::Coalesce => {
                let test = self.b.unary(Op::JsIsNullish, a);
                self.b.branch(test, more, done);
                Some(NarrowTest::NotNullish)
            }
        };
        self.enter(done);
        let v = match kept {
            Some(test) => self.narrow(a, test),
            None => a,
        };
        self.set_temp(out, v);
        self.b.jump(join, &[]);
        self.enter(more);
        if op != LogicalOp::Coalesce {
            self.narrow_by(left, op == LogicalOp::And);
        }
        let b = self.expr(right);
        self.set_temp(out, b);
        self.restore(base);
        self.narrows.truncate(base);
        self.b.jump(join, &[]);
        self.enter(join);
        self.b.get(out)
    }

    /// `test ? yes : no`; both values convert to `ty`.
    pub fn conditional(&mut self, test: ExprId, yes: ExprId, no: ExprId, ty: Option<TypeId>) -> Value {
        let base = self.narrows.len();
        let (then, els, join) = (self.block(), self.block(), self.block());
        let out = self.temp();
        self.cond(test, then, els, base, 0);
        for (block, value, outcome) in [(then, yes, true), (els, no, false)] {
            self.enter(block);
            self.narrow_by(test, outcome);
            let mut v = self.expr_for(value, ty);
            if let Some(ty) = ty {
                v = self.convert(v, ty, ConvertWhy::Assign, self.ast.expr_span(value).start);
            }
            self.set_temp(out, v);
            self.restore(base);
            self.narrows.truncate(base);
            self.b.jump(join, &[]);
        }
        self.enter(join);
        self.b.get(out)
    }

    // Slices.

    /// `x[a:b:c]`: a call of the library's slice.
    fn subscript(&mut self, object: ExprId, items: &[Subscript], optional: bool, span: Span) -> Value {
        let [Subscript::Slice { start, end, step, .. }] = *items else {
            return self.refuse(span, "several subscripts");
        };
        let o = self.object_of(object, optional);
        let mut args = vec![o];
        for part in [start, end, step] {
            let v = match part {
                Some(e) => self.expr(e),
                None => self.undef(),
            };
            args.push(v);
        }
        self.library("__ultra_slice", &args, span)
    }

    /// Calls a function of the library that is written in the language.
    pub fn library(&mut self, name: &str, args: &[Value], span: Span) -> Value {
        let r = self.l.r;
        let binding = self.l.names.get(name).and_then(|n| r.lexes[r.module_lex()].names.get(&n));
        let frame = binding.and_then(|&b| r.function_of_binding(b)).and_then(|f| r.function_frame.get(f));
        let Some(&frame) = frame else {
            self.l.gaps.extend(crate::library::known(name));
            return self.undef();
        };
        self.at(span);
        let f = self.frame_closure(frame);
        let this = self.undef();
        let mut list = vec![f, this];
        list.extend(args);
        self.op_list(Op::JsCall, 0, &list, 0)
    }

    // Members.

    /// The value of `E.member` when it is a constant.
    pub fn enum_member(&self, id: ExprId, object: ExprId) -> Option<EnumValue> {
        let Expr::Member { name, .. } = self.ast[id] else { return None };
        let r = self.l.r;
        let Target::Binding(b) = r.refs[*r.expr_ref.get(object)?].target else { return None };
        let BoundTo::Enum(stmt) = r.bindings[b].bound else { return None };
        r.enum_constant(stmt, name.name).cloned()
    }

    /// The property name of a bracketed string literal that is no array index.
    pub fn literal_key(&mut self, index: ExprId) -> Option<ultra_ir::StrId> {
        if let Expr::Member { object, name, .. } = &self.ast[self.ast.unparen(index)]
            && self.l.global_name(*object).is_some_and(|n| self.l.names.resolve(n) == "Symbol")
        {
            let text = format!("@@{}", self.l.names.resolve(name.name));
            return Some(self.l.strings.intern(&text));
        }
        let Expr::String(v @ StrValue::Text(name)) = self.ast[self.ast.unparen(index)] else { return None };
        let text = self.l.names.resolve(name);
        let is_index = text.bytes().all(|b| b.is_ascii_digit());
        (!is_index).then(|| self.l.str_value(v))
    }

    /// The object of a member access; `?.` ends the chain when it is nullish.
    pub fn object_of(&mut self, object: ExprId, optional: bool) -> Value {
        let v = self.expr(object);
        if optional { self.unless_nullish(v) } else { v }
    }

    pub fn unless_nullish(&mut self, v: Value) -> Value {
        let Some(&end) = self.chains.last() else { return v };
        let test = self.b.unary(Op::JsIsNullish, v);
        let go_on = self.block();
        self.b.branch(test, end, go_on);
        self.enter(go_on);
        self.narrow(v, NarrowTest::NotNullish)
    }

    fn member(&mut self, object: ExprId, name: ultra_ir::StrId, at: Span, optional: bool) -> Value {
        if matches!(self.ast[object], Expr::Super) {
            return self.super_get(object, name, at);
        }
        let o = self.object_of(object, optional);
        self.at(at);
        self.get_prop(o, name)
    }

    fn optional_chain(&mut self, e: ExprId) -> Value {
        self.in_chain(|s| s.expr(e), |s| s.undef())
    }

    /// An optional chain: its value, or what stands for it when a link is nullish.
    fn in_chain(
        &mut self,
        whole: impl FnOnce(&mut Self) -> Value,
        cut: impl FnOnce(&mut Self) -> Value,
    ) -> Value {
        let (end, join) = (self.block(), self.block());
        let out = self.temp();
        self.chains.push(end);
        let v = whole(self);
        self.chains.pop();
        self.set_temp(out, v);
        self.b.jump(join, &[]);
        self.enter(end);
        let missing = cut(self);
        self.set_temp(out, missing);
        self.b.jump(join, &[]);
        self.enter(join);
        self.b.get(out)
    }
}

//! Literals: numbers, strings, templates, arrays and objects.

use ultra_ir::func::InstData;
use ultra_ir::op::JsBinOp;
use ultra_ir::{Op, Ty, Value};

use super::function::Body;
use crate::program::{ClassDeclId, Type, TypeId};
use crate::resolve::LexId;
use crate::source::Span;
use crate::syntax::Name;
use crate::syntax::ast::{
    ArrayElem, AssignOp, Expr, ExprId, FunctionKind, NumberId, Prop, PropKey, TemplateChunk, UnaryOp,
};
use crate::syntax::well_known as names;

impl Body<'_, '_> {
    /// A number literal; `aux` as the operation defines it.
    pub fn number_bits(&mut self, bits: u64, aux: u16) -> Value {
        self.b.emit(InstData::imm64(Op::JsNum, Ty::Void, bits).aux(aux))
    }

    pub fn f64_const(&mut self, n: f64) -> Value {
        let integral = n.fract() == 0.0 && n.abs() < 9e15 && (n != 0.0 || n.is_sign_positive());
        if integral {
            let magnitude = n.abs() as u64;
            return self.number_bits(magnitude, if n < 0.0 { 2 } else { 1 });
        }
        self.number_bits(n.to_bits(), 0)
    }

    pub fn bool_const(&mut self, b: bool) -> Value {
        self.b.imm64(Op::JsBool, Ty::Void, u64::from(b))
    }

    pub fn number(&mut self, id: NumberId, negative: bool) -> Value {
        let lit = self.ast[id];
        match lit.integer.and_then(|n| u64::try_from(n).ok()).filter(|_| lit.written_as_integer) {
            // -0 is no integer.
            Some(0) if negative => self.number_bits((-0.0f64).to_bits(), 0),
            Some(n) => self.number_bits(n, if negative { 2 } else { 1 }),
            None => self.number_bits(if negative { -lit.value } else { lit.value }.to_bits(), 0),
        }
    }

    /// Whether the value of an expression may be a number literal, whose type is open.
    pub fn may_be_literal(&self, id: ExprId) -> bool {
        match &self.ast[id] {
            Expr::Number(_) => true,
            Expr::Paren(e) | Expr::NonNull(e) | Expr::AsConst(e) => self.may_be_literal(*e),
            Expr::Satisfies { expr, .. } => self.may_be_literal(*expr),
            Expr::Unary { op: UnaryOp::Neg | UnaryOp::Plus | UnaryOp::BitNot, operand } => {
                self.may_be_literal(*operand)
            }
            Expr::Conditional { yes, no, .. } => self.may_be_literal(*yes) || self.may_be_literal(*no),
            Expr::Logical { left, right, .. } => self.may_be_literal(*right) || self.may_be_literal(*left),
            Expr::Binary { .. } => self.is_literal_sum(id),
            Expr::Assign { op: AssignOp::Assign, value, .. } => self.may_be_literal(*value),
            Expr::Sequence(list) => list.last().is_some_and(|&e| self.may_be_literal(e)),
            Expr::Member { object, .. } => self.enum_member(id, *object).is_some(),
            _ => false,
        }
    }

    /// Whether all operands along a chain of operators may be literals; one typed operand gives
    /// its type to all.
    fn is_literal_sum(&self, id: ExprId) -> bool {
        let mut at = id;
        while let Expr::Binary { left, right, .. } = self.ast[at] {
            if !self.may_be_literal(right) {
                return false;
            }
            at = left;
        }
        self.may_be_literal(at)
    }

    /// Concatenates the parts of a template.
    pub fn template(&mut self, chunks: &[TemplateChunk], exprs: &[ExprId], span: Span) -> Value {
        let mut out: Option<Value> = None;
        for (i, chunk) in chunks.iter().enumerate() {
            let text = chunk.cooked.map(|v| self.l.str_value(v));
            // The first part makes the whole a string even when it is empty.
            if let Some(s) = text.filter(|&s| !self.l.strings.table[s].is_empty() || chunks.len() == 1) {
                let v = self.str_const(s);
                out = Some(self.concat(out, v, span));
            }
            if let Some(&e) = exprs.get(i) {
                let v = self.expr(e);
                self.at(self.ast.expr_span(e));
                let v = self.op1(Op::JsToStr, v);
                out = Some(self.concat(out, v, span));
            }
        }
        match out {
            Some(v) => v,
            None => self.text(""),
        }
    }

    /// A call of the tag with the texts and the values.
    pub fn tagged(&mut self, tag: ExprId, chunks: &[TemplateChunk], exprs: &[ExprId], span: Span) -> Value {
        if self.is_string_raw(tag) {
            return self.raw_template(chunks, exprs, span);
        }
        let (f, this) = self.callee(tag);
        let mut texts = Vec::new();
        for chunk in chunks {
            let v = match chunk.cooked {
                Some(text) => {
                    let s = self.l.str_value(text);
                    self.str_const(s)
                }
                None => self.undef(),
            };
            texts.push(v);
        }
        self.at(span);
        let strings = self.op_list(Op::JsArray, 0, &texts, 0);
        if self.l.names.get("raw").is_some() {
            let raw: Vec<Value> = chunks.iter().map(|c| self.name_const(c.raw)).collect();
            let raw = self.op_list(Op::JsArray, 0, &raw, 0);
            let name = self.l.strings.intern("raw");
            self.set_prop(strings, name, raw, 0);
        }
        let mut list = vec![f, this, strings];
        for &e in exprs {
            list.push(self.expr(e));
        }
        self.at(span);
        self.op_list(Op::JsCall, 0, &list, 0)
    }

    fn name_const(&mut self, name: Name) -> Value {
        let s = self.l.str(name);
        self.str_const(s)
    }

    fn is_string_raw(&self, tag: ExprId) -> bool {
        let Expr::Member { object, name, .. } = self.ast[self.ast.unparen(tag)] else { return false };
        let is_string = self.l.global_name(object).is_some_and(|n| self.l.names.resolve(n) == "String");
        is_string && self.l.names.resolve(name.name) == "raw"
    }

    /// `String.raw`: the texts as they are written.
    fn raw_template(&mut self, chunks: &[TemplateChunk], exprs: &[ExprId], span: Span) -> Value {
        let mut out = None;
        for (i, chunk) in chunks.iter().enumerate() {
            let v = self.name_const(chunk.raw);
            out = Some(self.concat(out, v, span));
            if let Some(&e) = exprs.get(i) {
                let v = self.expr(e);
                self.at(self.ast.expr_span(e));
                let v = self.op1(Op::JsToStr, v);
                out = Some(self.concat(out, v, span));
            }
        }
        out.unwrap_or_else(|| self.text(""))
    }

    fn concat(&mut self, left: Option<Value>, right: Value, span: Span) -> Value {
        match left {
            Some(left) => {
                self.at(span);
                self.bin(JsBinOp::Add, left, right)
            }
            None => right,
        }
    }

    pub fn array(&mut self, elems: &[ArrayElem], span: Span) -> Value {
        let plain = elems.iter().take_while(|e| !matches!(e, ArrayElem::Spread(_))).count();
        let mut list = Vec::new();
        for e in &elems[..plain] {
            let v = match e {
                ArrayElem::Item(e) | ArrayElem::Spread(e) => self.expr(*e),
                ArrayElem::Hole => self.b.nullary(Op::JsHole),
            };
            list.push(v);
        }
        self.at(span);
        let array = self.op_list(Op::JsArray, 0, &list, 0);
        for e in &elems[plain..] {
            match e {
                ArrayElem::Item(e) => {
                    let v = self.expr(*e);
                    self.op2(Op::JsArrayPush, array, v);
                }
                ArrayElem::Hole => {
                    let v = self.b.nullary(Op::JsHole);
                    self.op2(Op::JsArrayPush, array, v);
                }
                ArrayElem::Spread(e) => {
                    let v = self.expr(*e);
                    self.at(self.ast.expr_span(*e));
                    self.op2(Op::JsArraySpread, array, v);
                }
            }
        }
        array
    }

    // Objects.

    /// Whether the property can be a key and value of the literal itself.
    fn is_static_prop(&mut self, p: &Prop) -> bool {
        match p {
            Prop::Value { key, .. } | Prop::Method { key, .. } => self.l.key_name(key).is_some(),
            Prop::Shorthand(_) => true,
            Prop::Spread(_) => false,
        }
    }

    pub fn object(&mut self, id: ExprId, props: &[Prop], span: Span) -> Value {
        if let Some(&class) = self.l.accessor_classes.get(id) {
            return self.object_with_accessors(id, class, props, span);
        }
        let mut fixed = 0;
        while fixed < props.len() && self.is_static_prop(&props[fixed]) {
            fixed += 1;
        }
        let mut list = Vec::new();
        for p in &props[..fixed] {
            let Some((name, v)) = self.static_prop(p) else { continue };
            let key = self.str_const(name);
            list.extend([key, v]);
        }
        self.at(span);
        let object = self.op_list(Op::JsObject, 0, &list, 0);
        self.props(object, &props[fixed..], 1);
        object
    }

    /// An object literal with getters or setters is an instance of a class of its own.
    fn object_with_accessors(&mut self, id: ExprId, class: ClassDeclId, props: &[Prop], span: Span) -> Value {
        let first = self.l.r.accessor_objects.get(id).and_then(|frames| frames.first());
        let env = first.map_or(LexId::NONE, |&f| self.l.r.frames[f].env);
        self.at(span);
        let env = self.scope_object(env);
        let class = self.op(InstData { a: env.0, b: class.0, ..InstData::new(Op::JsClass, Ty::Void) });
        let object = self.op_list(Op::JsNew, 0, &[class], 0);
        self.props(object, props, 1);
        object
    }

    /// Sets properties of an object one by one.
    pub fn props(&mut self, object: Value, props: &[Prop], aux: u16) {
        for p in props {
            match p {
                Prop::Spread(e) => {
                    let v = self.expr(*e);
                    self.at(self.ast.expr_span(*e));
                    self.op2(Op::JsObjectSpread, object, v);
                }
                _ if self.is_static_prop(p) => {
                    if let Some((name, v)) = self.static_prop(p) {
                        self.set_prop(object, name, v, aux);
                    }
                }
                Prop::Value { key, value } => {
                    if let Some(k) = self.computed_key(key) {
                        let v = self.expr(*value);
                        self.op3(Op::JsElemSet, object, k, v);
                    }
                }
                Prop::Method { key, function } => {
                    if let Some(k) = self.computed_key(key)
                        && self.is_plain_method(*function)
                    {
                        let v = self.closure(*function);
                        self.op3(Op::JsElemSet, object, k, v);
                    }
                }
                Prop::Shorthand(_) => {}
            }
        }
    }

    fn computed_key(&mut self, key: &PropKey) -> Option<Value> {
        match *key {
            PropKey::Computed(e) => Some(self.expr(e)),
            PropKey::Number(n, _) => Some(self.number(n, false)),
            _ => {
                self.l.unsupported(self.ast.key_span(key), "bigint property names");
                None
            }
        }
    }

    fn is_plain_method(&mut self, f: crate::syntax::ast::FunctionId) -> bool {
        // Accessors are in the class of the literal.
        self.ast[f].kind == FunctionKind::Method
    }

    /// Name and value of a property with a known name.
    fn static_prop(&mut self, p: &Prop) -> Option<(ultra_ir::StrId, Value)> {
        match p {
            Prop::Value { key, value } => {
                let name = self.l.key_name(key)?;
                let plain = self.plain_key(key);
                if plain == Some(names::PROTO) && !matches!(key, PropKey::Computed(_)) {
                    self.l.unsupported(self.ast.key_span(key), "`__proto__` in object literals");
                }
                let v = self.named_expr(*value, plain.unwrap_or(names::EMPTY));
                self.at(self.ast.key_span(key));
                Some((name, v))
            }
            Prop::Shorthand(i) => {
                let name = self.l.str(i.name);
                let r = *self.l.r.shorthand_ref.get(&i.span.start)?;
                let v = self.read_ref(r, i.span);
                Some((name, v))
            }
            Prop::Method { key, function } => {
                let name = self.l.key_name(key)?;
                if !self.is_plain_method(*function) {
                    return None;
                }
                self.name_function(*function, name);
                self.at(self.ast.key_span(key));
                let v = self.closure(*function);
                Some((name, v))
            }
            Prop::Spread(_) => None,
        }
    }

    /// Gives a function without name the name of what it is assigned to.
    pub fn name_function(&mut self, f: crate::syntax::ast::FunctionId, name: ultra_ir::StrId) {
        if let (None, Some(frame)) = (self.ast[f].name, self.l.r.function_frame.get(f)) {
            self.l.fns[crate::program::FnId(frame.0)].name = name;
        }
    }

    /// An expression whose value, if an anonymous function or class, takes a name.
    pub fn named_expr(&mut self, id: ExprId, name: Name) -> Value {
        match self.ast[self.ast.unparen(id)] {
            Expr::Function(f) if name != names::EMPTY => {
                let s = self.l.str(name);
                self.name_function(f, s);
            }
            Expr::Class(c) if self.ast[c].name.is_none() => {
                if let Some(&class) = self.l.class_ids.get(c) {
                    self.l.classes[class].name = self.l.str(name);
                }
            }
            _ => {}
        }
        self.expr(id)
    }

    /// An expression whose value becomes an integer type: the literals in the branches of a
    /// conditional take the type before they meet.
    pub fn expr_for(&mut self, id: ExprId, ty: Option<TypeId>) -> Value {
        let Some(ty) = ty.filter(|&t| matches!(self.l.types.table[t], Type::Int(_))) else {
            return self.expr(id);
        };
        match self.ast[self.ast.unparen(id)] {
            Expr::Conditional { test, yes, no } if self.may_be_literal(id) => {
                self.conditional(test, yes, no, Some(ty))
            }
            _ => self.expr(id),
        }
    }
}

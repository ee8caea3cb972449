//! Object and array literals, and which literal types widen.

use super::Checker;
use super::decl::known_prop;
use super::types::{Data, Elem, Index, Shape, Ty};
use crate::syntax::ast::{ArrayElem, Ast, Expr, ExprId, FunctionKind, LogicalOp, Prop, PropKey};

impl Checker<'_> {
    /// Whether the literal type of an expression stems from a literal here, so that a variable
    /// takes the base type.
    pub(super) fn is_fresh(&mut self, e: ExprId) -> bool {
        let f = self.file_of(self.file);
        match &f.ast()[e] {
            Expr::Paren(e) => self.is_fresh(*e),
            Expr::Conditional { yes, no, .. } => self.is_fresh(*yes) && self.is_fresh(*no),
            Expr::Logical { op: LogicalOp::Or | LogicalOp::Coalesce, left, right } => {
                self.is_fresh(*right) || self.is_fresh(*left)
            }
            Expr::Logical { right, .. } => self.is_fresh(*right),
            Expr::Name(name) => {
                // A constant without annotation passes its literal on.
                let Some(sym) = self.value_sym(*name) else { return true };
                !self.is_annotated(sym) && self.const_init_is_fresh(sym)
            }
            Expr::As { .. } | Expr::TypeAssertion { .. } | Expr::AsConst(_) | Expr::Satisfies { .. } => false,
            Expr::Call { .. } | Expr::Await(_) | Expr::Index { .. } => false,
            Expr::Member { object, .. } => {
                // A member of an enum.
                let ty = self.quietly(|c| c.expr(*object, None));
                matches!(self.t.data(ty), Data::Value(_))
            }
            _ => true,
        }
    }

    fn const_init_is_fresh(&mut self, sym: super::SymId) -> bool {
        use super::bind::{DeclKind, RootKind};
        let d = self.s.symbols[sym].decls[0];
        let DeclKind::Var(root) = d.kind else { return false };
        let r = self.s.roots[root];
        match r.kind {
            RootKind::Declarator { init: Some(e), ty: None, .. }
                if d.file == self.file && self.depth < 20 =>
            {
                self.depth += 1;
                let saved = std::mem::replace(&mut self.scope, r.scope);
                let out = self.is_fresh(e);
                self.scope = saved;
                self.depth -= 1;
                out
            }
            _ => false,
        }
    }

    /// The type of a literal's part: kept where a literal is expected, else widened.
    fn part_type(&mut self, e: ExprId, ctx: Option<Ty>) -> Ty {
        let ty = self.expr(e, ctx);
        if ctx.is_some_and(|c| self.keeps_literals(c)) || !self.is_fresh(e) {
            return ty;
        }
        self.widen(ty)
    }

    /// Whether an expected type keeps literals as they are.
    pub(super) fn keeps_literals(&mut self, ctx: Ty) -> bool {
        let parts = self.t.parts(ctx);
        parts.iter().any(|&p| {
            let p = self.force(p);
            match *self.t.data(p) {
                Data::Param(q) => {
                    let c = self.constraint(q);
                    self.s.tparams[q].is_const || self.wants_literals(c)
                }
                Data::Template { .. }
                | Data::Keyof(_)
                | Data::Cased(..)
                | Data::Indexed(..)
                | Data::Num(_) => true,
                _ => self.t.is_unit(p) && !matches!(p, Ty::NULL | Ty::UNDEFINED),
            }
        })
    }

    /// The parts of an expected union that a literal may be, told by its literal properties.
    pub(super) fn narrowed_context(&mut self, props: &[Prop], ctx: Ty) -> Ty {
        let ctx = self.base_if_param(ctx);
        let parts = self.t.parts(ctx);
        if parts.len() < 2 {
            return ctx;
        }
        let f = self.file_of(self.file);
        let mut kept: Vec<Ty> = parts.iter().copied().filter(|&p| !self.is_primitive(p)).collect();
        for p in props {
            let Prop::Value { key, value } = p else { continue };
            if !is_unit_literal(f.ast(), *value) {
                continue;
            }
            let Some(name) = self.member_name(self.file, key) else { continue };
            let ty = self.quietly(|c| c.expr(*value, None));
            let before = kept.clone();
            kept.retain(|&part| match self.prop_type(part, name) {
                Some(t) => self.assignable(ty, t),
                None => true,
            });
            if kept.is_empty() {
                kept = before;
            }
        }
        self.t.union(&kept)
    }

    /// What is expected of a property.
    fn prop_context(&mut self, ctx: Option<Ty>, name: crate::syntax::Name) -> Option<Ty> {
        let ctx = ctx?;
        let mut found = Vec::new();
        for &p in self.t.parts(ctx).iter() {
            if p == Ty::ANY || self.is_primitive(p) {
                continue;
            }
            if let Some(t) = self.prop_type(p, name) {
                found.push(t);
            }
        }
        if found.is_empty() { None } else { Some(self.t.union(&found)) }
    }

    pub(super) fn object_literal(&mut self, props: &[Prop], ctx: Option<Ty>) -> Ty {
        let f = self.file_of(self.file);
        let ctx = ctx.map(|c| {
            let c = self.force(c);
            self.narrowed_context(props, c)
        });
        let mut shape = Shape::default();
        let mut open = false;
        let saved = self.func.this;
        for p in props {
            match p {
                Prop::Value { key, value } => {
                    let name = self.literal_name(key);
                    let wanted = match name {
                        Some(n) => self.prop_context(ctx, n),
                        None => ctx.and_then(|c| self.index_type(c, Ty::STRING)),
                    };
                    let ty = self.part_type(*value, wanted);
                    self.add_prop(&mut shape, name, ty, key);
                }
                Prop::Shorthand(ident) => {
                    let ty = self.shorthand(*ident);
                    let wanted = self.prop_context(ctx, ident.name);
                    let keep = wanted.is_some_and(|c| self.keeps_literals(c));
                    let sym = self.value_sym(ident.name);
                    let fresh = sym.is_some_and(|s| !self.is_annotated(s) && self.const_init_is_fresh(s));
                    let ty = if keep || !fresh { ty } else { self.widen(ty) };
                    shape.props.set(known_prop(ident.name, ty));
                }
                Prop::Method { key, function } => {
                    let name = self.literal_name(key);
                    let wanted = name.and_then(|n| self.prop_context(ctx, n));
                    // `this` in a method is the object, which is not known yet.
                    self.func.this = Ty::ANY;
                    let kind = f.ast()[*function].kind;
                    let method_ctx = if kind == FunctionKind::Method { wanted } else { None };
                    let ty = self.expr_function(*function, method_ctx);
                    let ty = match kind {
                        FunctionKind::Getter => match self.signatures(ty, false).first() {
                            Some(&s) => self.ret_of(s),
                            None => Ty::ANY,
                        },
                        FunctionKind::Setter => match self.signatures(ty, false).first() {
                            Some(&s) => self.sigs[s].params.first().map_or(Ty::ANY, |p| p.ty),
                            None => Ty::ANY,
                        },
                        _ => ty,
                    };
                    if kind == FunctionKind::Setter && name.is_some_and(|n| shape.prop(n).is_some()) {
                        continue;
                    }
                    self.add_prop(&mut shape, name, ty, key);
                }
                Prop::Spread(e) => {
                    let ty = self.expr(*e, ctx);
                    open |= !self.spread(&mut shape, ty);
                }
            }
        }
        self.func.this = saved;
        self.check_duplicates(props);
        if open { Ty::ANY } else { self.object(shape) }
    }

    /// A method or accessor of an object literal.
    fn expr_function(&mut self, id: crate::syntax::ast::FunctionId, ctx: Option<Ty>) -> Ty {
        self.method_value(id, ctx)
    }

    fn literal_name(&mut self, key: &PropKey) -> Option<crate::syntax::Name> {
        if let Some(n) = self.member_name(self.file, key) {
            return Some(n);
        }
        let PropKey::Computed(e) = key else { return None };
        let ty = self.expr(*e, None);
        self.key_name(ty)
    }

    fn add_prop(&mut self, shape: &mut Shape, name: Option<crate::syntax::Name>, ty: Ty, key: &PropKey) {
        match name {
            Some(n) => shape.props.set(known_prop(n, ty)),
            None => {
                let key = match key {
                    PropKey::Computed(e) => {
                        let k = self.quietly(|c| c.expr(*e, None));
                        if self.is_number_like(k) { Ty::NUMBER } else { Ty::STRING }
                    }
                    _ => Ty::STRING,
                };
                match shape.index.iter_mut().find(|i| i.key == key) {
                    Some(i) => i.value = self.t.union(&[i.value, ty]),
                    None => shape.index.push(Index { key, value: ty, readonly: false }),
                }
            }
        }
    }

    /// Adds the properties of a spread; false when they are not known.
    fn spread(&mut self, shape: &mut Shape, ty: Ty) -> bool {
        let ty = self.force(ty);
        let parts = self.t.parts(ty);
        let falsy = |t: Ty| matches!(t, Ty::NULL | Ty::UNDEFINED | Ty::FALSE);
        let solid: Vec<Ty> = parts.iter().copied().filter(|&p| !falsy(p)).collect();
        let [one] = solid.as_slice() else { return solid.is_empty() };
        let optional = solid.len() < parts.len();
        if self.is_primitive(*one) {
            return true;
        }
        if self.is_open(*one) || self.t.has_params(*one) && matches!(self.t.data(*one), Data::Param(_)) {
            return false;
        }
        let Some((from, m)) = self.shape_of(*one) else { return false };
        for p in &from.props {
            // Methods of a class stand in its prototype.
            if p.method && !p.sym.is_none() && self.is_class_ref(*one) {
                continue;
            }
            let ty = self.type_of_prop(p, m);
            let may_miss = p.optional || optional;
            let old = shape.prop(p.name).cloned();
            let ty = match old {
                // What may be missing leaves what was there.
                Some(old) if may_miss => self.t.union(&[old.ty, ty]),
                _ => ty,
            };
            let missing = may_miss && shape.prop(p.name).is_none_or(|o| o.optional);
            shape.props.set(super::types::Prop { optional: missing, ..known_prop(p.name, ty) });
        }
        for i in &from.index {
            let value = self.inst(i.value, m);
            match shape.index.iter_mut().find(|o| o.key == i.key) {
                Some(o) => o.value = self.t.union(&[o.value, value]),
                None => shape.index.push(Index { key: i.key, value, readonly: false }),
            }
        }
        true
    }

    fn is_class_ref(&self, ty: Ty) -> bool {
        use super::bind::flag;
        matches!(self.t.data(ty), Data::Ref(s, _) if self.s.symbols[*s].flags & flag::CLASS != 0)
    }

    fn shorthand(&mut self, ident: crate::syntax::ast::Ident) -> Ty {
        use crate::syntax::well_known as names;
        if ident.name == names::UNDEFINED {
            return Ty::UNDEFINED;
        }
        if ident.name == names::ARGUMENTS {
            return Ty::ANY;
        }
        let Some(sym) = self.value_sym(ident.name) else {
            self.unknown_name(&ident);
            return Ty::ANY;
        };
        let declared = self.type_of(sym);
        let id = self.sym_ref(sym);
        self.narrowed(id).filter(|&t| t != Ty::UNDEFINED || declared == Ty::UNDEFINED).unwrap_or(declared)
    }

    pub(super) fn array_literal(&mut self, elems: &[ArrayElem], ctx: Option<Ty>) -> Ty {
        let ctx = ctx.map(|c| {
            let c = self.force(c);
            self.base_if_param(c)
        });
        let is_tuple = ctx.is_some_and(|c| self.expects_tuple(c));
        let mut out: Vec<(Ty, Elem)> = Vec::new();
        for (i, elem) in elems.iter().enumerate() {
            match *elem {
                ArrayElem::Hole => out.push((Ty::UNDEFINED, Elem::Required)),
                ArrayElem::Item(e) => {
                    let wanted = ctx.and_then(|c| self.elem_context(c, i));
                    let ty = self.part_type(e, wanted);
                    out.push((ty, Elem::Required));
                }
                ArrayElem::Spread(e) => {
                    let wanted = ctx.filter(|_| !is_tuple);
                    let ty = self.expr(e, wanted);
                    let before = out.len();
                    if let Data::Tuple { elems, .. } = self.t.data(ty).clone() {
                        out.extend(elems.iter().copied());
                    } else {
                        let t = match self.iterated(ty, false) {
                            Some(t) => t,
                            None => {
                                self.report_iteration(e, ty);
                                Ty::ANY
                            }
                        };
                        out.push((t, Elem::Rest));
                    }
                    debug_assert!(out.len() >= before);
                }
            }
        }
        if is_tuple {
            let rests = out.iter().filter(|e| e.1 == Elem::Rest).count();
            if rests <= 1 {
                return self.t.tuple(out, false);
            }
        }
        let all: Vec<Ty> = out.iter().map(|e| e.0).collect();
        let elem = if all.is_empty() {
            match ctx.and_then(|c| self.elem_context(c, 0)) {
                Some(t) if t != Ty::ANY && !self.t.has_params(t) => t,
                _ => Ty::NEVER,
            }
        } else {
            self.t.union(&all)
        };
        // UltraScript: literals take the element type that is expected.
        self.known_ref("Array", &[elem])
    }

    fn expects_tuple(&mut self, ctx: Ty) -> bool {
        let parts = self.t.parts(ctx);
        parts.iter().any(|&p| {
            let p = self.base_if_param(p);
            matches!(self.t.data(p), Data::Tuple { .. })
        })
    }

    /// What is expected of an element.
    fn elem_context(&mut self, ctx: Ty, i: usize) -> Option<Ty> {
        let mut found = Vec::new();
        for &p in self.t.parts(ctx).iter() {
            let p = self.base_if_param(p);
            match self.t.data(p).clone() {
                Data::Any | Data::Unknown => {}
                Data::Tuple { elems, .. } => {
                    if let Some((t, _)) = super::member::tuple_elem(&elems, i) {
                        found.push(self.force(t));
                    }
                }
                _ if self.is_primitive(p) => {}
                _ => {
                    if let Some(t) = self.array_elem(p) {
                        found.push(self.force(t));
                    } else if let Some(t) = self.iterated(p, false) {
                        found.push(t);
                    }
                }
            }
        }
        if found.is_empty() { None } else { Some(self.t.union(&found)) }
    }

    /// `expr as const`
    pub(super) fn const_expr(&mut self, e: ExprId) -> Ty {
        let f = self.file_of(self.file);
        match &f.ast()[e] {
            Expr::Paren(e) => self.const_expr(*e),
            Expr::Array(elems) => {
                let mut out = Vec::new();
                for elem in elems {
                    match *elem {
                        ArrayElem::Hole => out.push((Ty::UNDEFINED, Elem::Required)),
                        ArrayElem::Item(e) => out.push((self.const_expr(e), Elem::Required)),
                        ArrayElem::Spread(e) => {
                            let ty = self.const_expr(e);
                            self.spread_elem(ty, &mut out);
                        }
                    }
                }
                self.t.tuple(out, true)
            }
            Expr::Object(props) => {
                let mut shape = Shape::default();
                for p in props {
                    match p {
                        Prop::Value { key, value } => {
                            let name = self.literal_name(key);
                            let ty = self.const_expr(*value);
                            self.add_prop(&mut shape, name, ty, key);
                        }
                        Prop::Shorthand(i) => {
                            let ty = self.shorthand(*i);
                            shape.props.set(known_prop(i.name, ty));
                        }
                        _ => return self.object_literal(props, None),
                    }
                }
                shape.props.make_readonly();
                self.object(shape)
            }
            Expr::Template { .. } => self.expr(e, Some(Ty::ANY)),
            _ => self.expr(e, None),
        }
    }
}

fn is_unit_literal(ast: &Ast, e: ExprId) -> bool {
    match &ast[e] {
        Expr::String(_) | Expr::Number(_) | Expr::Bool(_) | Expr::Null => true,
        Expr::Template { exprs, .. } => exprs.is_empty(),
        Expr::Member { object, .. } => matches!(ast[*object], Expr::Name(_)),
        Expr::Paren(e) | Expr::AsConst(e) => is_unit_literal(ast, *e),
        Expr::Unary { operand, .. } => is_unit_literal(ast, *operand),
        Expr::Name(_) => true,
        _ => false,
    }
}

//! Types of expressions.
//!
//! `ctx` is the type that the place expects, when it is known: it decides what literals keep,
//! types the parameters of function expressions, and helps inference. It is never enforced here;
//! who expects a type compares (`report`).

use std::rc::Rc;

use super::Checker;
use super::bind::{DeclKind, flag};
use super::types::{Data, Elem, Shape, SymId, Ty};
use crate::diag::registry;
use crate::source::Span;
use crate::syntax::ast::{
    Access, AssignOp, Expr, ExprId, FunctionId, Ident, LogicalOp, Pat, PatId, StrValue, Subscript, UnaryOp,
};
use crate::syntax::{Name, well_known as names};

impl Checker<'_> {
    /// The type of an expression, where the walk is.
    pub(super) fn expr(&mut self, e: ExprId, ctx: Option<Ty>) -> Ty {
        // Overloads nested in arguments may ask for an expression again and again.
        self.instantiations += 1;
        if self.instantiations > 4 * super::MAX_INSTANTIATIONS {
            return Ty::ANY;
        }
        self.expr_new(e, ctx)
    }

    fn expr_new(&mut self, e: ExprId, ctx: Option<Ty>) -> Ty {
        let f = self.file_of(self.file);
        let ast = f.ast();
        match &ast[e] {
            Expr::Missing | Expr::NewTarget | Expr::ImportMeta | Expr::Jsx(_) => Ty::ANY,
            Expr::Name(name) => self.name(*name, e),
            Expr::This => {
                let ty = self.func.this;
                match self.ref_of(e).and_then(|id| self.narrowed(id)) {
                    Some(t) => t,
                    None => ty,
                }
            }
            Expr::Super => self.super_type(),
            Expr::Null => Ty::NULL,
            Expr::Bool(b) => {
                if *b {
                    Ty::TRUE
                } else {
                    Ty::FALSE
                }
            }
            Expr::Number(n) => {
                let value = ast[*n].value;
                self.t.num_lit(value)
            }
            Expr::BigInt(n) => self.t.intern(Data::BigLit(*n, false), false),
            Expr::String(StrValue::Text(n)) => self.t.str_lit(*n),
            Expr::String(StrValue::Lone(_)) => Ty::STRING,
            Expr::RegExp { .. } => self.known_ref("RegExp", &[]),
            Expr::Template { chunks, exprs } => {
                let mut types = Vec::new();
                for &x in exprs {
                    types.push(self.expr(x, None));
                }
                if exprs.is_empty()
                    && let Some(StrValue::Text(n)) = chunks[0].cooked
                {
                    return self.t.str_lit(n);
                }
                // Only where a literal is expected is the text's form kept.
                if ctx.is_some_and(|c| self.expects_text(c)) {
                    let texts: Vec<Name> = chunks
                        .iter()
                        .map(|c| match c.cooked {
                            Some(StrValue::Text(n)) => n,
                            _ => names::EMPTY,
                        })
                        .collect();
                    if types.iter().all(|&t| t != Ty::ANY && !self.t.has_params(t)) {
                        return self.template(&texts, &types);
                    }
                }
                Ty::STRING
            }
            Expr::TaggedTemplate { tag, exprs, .. } => {
                let ty = self.expr(*tag, None);
                for &x in exprs {
                    self.expr(x, None);
                }
                let sigs = self.signatures(ty, false);
                match sigs.as_slice() {
                    [one] if self.sigs[*one].tparams.is_empty() => self.ret_of(*one),
                    _ => Ty::ANY,
                }
            }
            Expr::Array(elems) => self.array_literal(elems, ctx),
            Expr::Object(props) => self.object_literal(props, ctx),
            Expr::Function(id) => self.function_expr(*id, ctx),
            Expr::Class(id) => {
                self.check_class(*id);
                let sym = f.scopes.class_sym[*id];
                self.type_of(sym)
            }
            Expr::Unary { op, operand } => self.unary(e, *op, *operand),
            Expr::Update { target, .. } => self.update(e, *target),
            Expr::Binary { .. } => self.binary_spine(e),
            Expr::PrivateIn { object, .. } => {
                self.expr(*object, None);
                Ty::BOOLEAN
            }
            Expr::Logical { op, left, right } => self.logical(*op, *left, *right, ctx),
            Expr::Assign { op, target, value } => self.assignment(e, *op, *target, *value),
            Expr::Conditional { test, yes, no } => {
                self.condition(*test);
                let before = self.state.clone();
                self.narrow(*test, true);
                let a = self.expr(*yes, ctx);
                let after = std::mem::replace(&mut self.state, before);
                self.narrow(*test, false);
                let b = self.expr(*no, ctx);
                let other = std::mem::take(&mut self.state);
                self.state = self.join(after, other);
                self.t.union(&[a, b])
            }
            Expr::Call { callee, type_args, args, optional } => {
                self.call(e, *callee, type_args, args, *optional, ctx)
            }
            Expr::New { callee, type_args, args, fields } => {
                let ty = self.new_expr(e, *callee, type_args, args, ctx);
                if let Some(fields) = fields {
                    self.new_fields(ty, fields);
                }
                ty
            }
            Expr::Member { object, name, optional } => {
                let ty = self.member(e, *object, *name, *optional);
                self.narrowed_read(e, ty)
            }
            Expr::PrivateMember { object, name, optional } => {
                let of = self.expr(*object, None);
                let of = self.not_null(of, *object, *optional);
                let text = format!("#{}", self.names.resolve(name.name));
                let key = self.names.intern(&text);
                let ty = self.prop_type(of, key).unwrap_or(Ty::ANY);
                let ty = if *optional { self.chain_result(ty, *object) } else { ty };
                self.narrowed_read(e, ty)
            }
            Expr::Index { object, index, optional } => {
                let ty = self.index(*object, *index, *optional);
                self.narrowed_read(e, ty)
            }
            Expr::Subscript { object, items, .. } => {
                let of = self.expr(*object, None);
                for item in items {
                    match *item {
                        Subscript::Item(x) => {
                            self.expr(x, None);
                        }
                        Subscript::Slice { start, end, step, .. } => {
                            for x in start.into_iter().chain(end).chain(step) {
                                self.expr(x, None);
                            }
                        }
                    }
                }
                let one_slice = matches!(items.as_ref(), [Subscript::Slice { .. }]);
                if one_slice && (self.is_array(of) || of == Ty::STRING) { of } else { Ty::ANY }
            }
            Expr::RawSubscript { object, .. } => {
                self.expr(*object, None);
                Ty::ANY
            }
            Expr::OptionalChain(inner) => {
                // What a chain proves of its objects holds inside it only.
                let before = self.state.clone();
                let ty = self.expr(*inner, ctx);
                self.state = before;
                ty
            }
            Expr::ImportCall { specifier, options } => {
                self.expr(*specifier, None);
                options.iter().for_each(|&o| {
                    self.expr(o, None);
                });
                self.known_ref("Promise", &[Ty::ANY])
            }
            Expr::Sequence(list) => {
                let mut last = Ty::ANY;
                for &x in list {
                    last = self.expr(x, None);
                }
                last
            }
            Expr::Paren(inner) => self.expr(*inner, ctx),
            Expr::Await(inner) => {
                let wanted = ctx.map(|c| {
                    let promise = self.known_ref("PromiseLike", &[c]);
                    self.t.union(&[c, promise])
                });
                let ty = self.expr(*inner, wanted);
                self.awaited(ty)
            }
            Expr::Yield { delegate, value } => {
                let ty = value.map_or(Ty::UNDEFINED, |v| self.expr(v, None));
                let ty = if *delegate {
                    self.iterated(ty, self.func.is_async).unwrap_or(Ty::ANY)
                } else if value.is_some_and(|v| self.is_fresh(v)) {
                    self.widen(ty)
                } else {
                    ty
                };
                self.func.yields.push(ty);
                Ty::ANY
            }
            Expr::As { expr, ty } | Expr::TypeAssertion { expr, ty } => {
                let target = self.annotation(self.file, *ty, self.scope);
                let target = self.force(target);
                let from = self.expr(*expr, Some(target));
                self.check_cast(e, from, target, *expr);
                target
            }
            Expr::AsConst(inner) => self.const_expr(*inner),
            Expr::Satisfies { expr, ty } => {
                let target = self.annotation(self.file, *ty, self.scope);
                let from = self.expr(*expr, Some(target));
                self.expect(*expr, from, target, super::report::Place::Satisfies);
                from
            }
            Expr::NonNull(inner) => {
                // `x!` may be read before it is assigned.
                if let Expr::Name(name) = ast[ast.unparen(*inner)]
                    && let Some(sym) = self.value_sym(name)
                {
                    let id = self.sym_ref(sym);
                    if self.narrowed(id) == Some(Ty::UNDEFINED) && self.is_annotated(sym) {
                        return self.type_of(sym);
                    }
                }
                let ty = self.quietly_assigned(*inner, ctx);
                let ty = self.non_null(ty);
                match *self.t.data(ty) {
                    Data::Param(_) | Data::Indexed(..) => {
                        let base = self.base_constraint(ty);
                        let non_null = self.non_null(base);
                        if base == Ty::UNKNOWN || base == Ty::ANY || non_null == base { ty } else { non_null }
                    }
                    _ => ty,
                }
            }
            Expr::Instantiation { expr, .. } => {
                self.expr(*expr, None);
                Ty::ANY
            }
            Expr::Go(inner) => {
                self.expr(*inner, None);
                Ty::ANY
            }
            Expr::Atomic(inner) => self.expr(*inner, ctx),
        }
    }

    /// The type of what stands before `!`.
    fn quietly_assigned(&mut self, e: ExprId, ctx: Option<Ty>) -> Ty {
        let f = self.file_of(self.file);
        if let Expr::Name(_) = f.ast()[f.ast().unparen(e)] {
            let early = |d: &crate::diag::Diagnostic| d.code == crate::diag::Code::U0308;
            let mark = self.diags.len();
            let ty = self.expr(e, ctx);
            if self.diags[mark..].iter().any(early) {
                self.diags.truncate(mark);
            }
            return ty;
        }
        self.expr(e, ctx)
    }

    fn expects_text(&mut self, ctx: Ty) -> bool {
        let parts = self.t.parts(ctx);
        parts.iter().any(|&p| {
            let p = self.base_if_param(p);
            self.t.parts(p).iter().any(|&q| matches!(self.t.data(q), Data::StrLit(_) | Data::Template { .. }))
        })
    }

    pub(super) fn base_if_param(&mut self, ty: Ty) -> Ty {
        match self.t.data(ty) {
            Data::Param(_) => self.base_constraint(ty),
            _ => ty,
        }
    }

    fn narrowed_read(&mut self, e: ExprId, ty: Ty) -> Ty {
        if self.state.is_plain() {
            return ty;
        }
        match self.ref_of(e).and_then(|id| self.narrowed(id)) {
            Some(t) => t,
            None => ty,
        }
    }

    // Names.

    /// What a name means as a value.
    pub(super) fn value_sym(&mut self, name: Name) -> Option<SymId> {
        if name == names::ARGUMENTS || name == names::UNDEFINED {
            return None;
        }
        self.lookup(self.scope, name, flag::VALUE)
    }

    fn name(&mut self, name: Name, e: ExprId) -> Ty {
        if name == names::UNDEFINED {
            return Ty::UNDEFINED;
        }
        if name == names::ARGUMENTS {
            return Ty::ANY;
        }
        if self.dialect.is_ultra() && self.s.lookup(self.scope, name, flag::VALUE).is_none() {
            if let Some(ty) = self.own_member(name) {
                return ty;
            }
            if super::number::num_named(self.names.resolve(name)).is_some() || name == names::PRINT {
                return Ty::ANY;
            }
        }
        let Some(sym) = self.value_sym(name) else {
            let ident = Ident { name, span: self.expr_span(e) };
            self.unknown_name(&ident);
            return Ty::ANY;
        };
        self.check_early(sym, name, e);
        let declared = self.type_of(sym);
        if self.state.is_plain() {
            return declared;
        }
        let id = self.sym_ref(sym);
        match self.narrowed(id) {
            Some(t) => self.check_assigned(sym, name, e, declared, t),
            None => declared,
        }
    }

    /// UltraScript: a name that is a member of the class around means `this.name`.
    fn own_member(&mut self, name: Name) -> Option<Ty> {
        let this = self.s.this_at(self.scope)?;
        let of = self.s.tparams[this].this_of;
        let class = self.declared_any(of);
        if let Some(t) = self.prop_type(class, name) {
            return Some(t);
        }
        let shape = self.value_shape(of);
        let p = shape.prop(name)?.clone();
        Some(self.type_of_prop(&p, super::types::MapperId::IDENTITY))
    }

    fn super_type(&mut self) -> Ty {
        let Some(this) = self.s.this_at(self.scope) else { return Ty::ANY };
        let of = self.s.tparams[this].this_of;
        if self.func.this == Ty::ANY || matches!(self.t.data(self.func.this), Data::Value(_)) {
            return Ty::ANY;
        }
        let bases = self.bases_of(of);
        match bases.as_ref() {
            [one] => *one,
            _ => Ty::ANY,
        }
    }

    // Members.

    /// A type as the object of an access: null and undefined in it are reported.
    pub(super) fn not_null(&mut self, ty: Ty, object: ExprId, optional: bool) -> Ty {
        let forced = self.force(ty);
        let clean = self.non_null(forced);
        if clean == forced {
            return forced;
        }
        if !optional && self.strict() {
            self.report_nullish(object, forced);
        } else if !optional {
            return if clean == Ty::NEVER { Ty::ANY } else { clean };
        }
        if clean == Ty::NEVER && !optional { Ty::ANY } else { clean }
    }

    /// The result of `?.`: undefined is possible when the object may be missing.
    fn chain_result(&mut self, ty: Ty, object: ExprId) -> Ty {
        let of = self.quietly(|c| c.expr(object, None));
        let missing = self.t.parts(of).iter().any(|&p| matches!(p, Ty::NULL | Ty::UNDEFINED | Ty::VOID));
        if missing { self.t.union(&[ty, Ty::UNDEFINED]) } else { ty }
    }

    /// An object inside a chain: `a?.b.c` reads `c` only when `a` is there.
    pub(super) fn chain_object(&mut self, object: ExprId) -> (Ty, bool) {
        let f = self.file_of(self.file);
        let ty = self.expr(object, None);
        let chained = has_optional(f.ast(), object);
        if chained && self.t.parts(ty).contains(&Ty::UNDEFINED) {
            // The undefined of the chain ends it; that of the last member's own type does not.
            let own = self.own_type(object);
            if !self.t.parts(own).contains(&Ty::UNDEFINED) {
                let parts: Vec<Ty> =
                    self.t.parts(ty).iter().copied().filter(|&p| p != Ty::UNDEFINED).collect();
                return (self.t.union(&parts), true);
            }
            return (ty, true);
        }
        (ty, chained)
    }

    /// The type of a link of a chain without the chain's undefined.
    fn own_type(&mut self, e: ExprId) -> Ty {
        let f = self.file_of(self.file);
        match &f.ast()[e] {
            Expr::Member { object, name, .. } => {
                let of = self.own_type(*object);
                let of = self.non_null(of);
                self.prop_type(of, name.name).unwrap_or(Ty::ANY)
            }
            Expr::Call { callee, .. } => {
                let of = self.own_type(*callee);
                let of = self.non_null(of);
                match self.signatures(of, false).as_slice() {
                    [one] if self.sigs[*one].tparams.is_empty() => self.ret_of(*one),
                    // Unknown: no undefined of its own is assumed.
                    _ => Ty::ANY,
                }
            }
            Expr::Index { object, index, .. } => {
                let of = self.own_type(*object);
                let of = self.non_null(of);
                let key = self.quietly(|c| c.expr(*index, None));
                self.index_type(of, key).unwrap_or(Ty::ANY)
            }
            _ => self.quietly(|c| c.expr(e, None)),
        }
    }

    fn member(&mut self, e: ExprId, object: ExprId, name: Ident, optional: bool) -> Ty {
        let (of, chained) = self.chain_object(object);
        let missing =
            optional && self.t.parts(of).iter().any(|&p| matches!(p, Ty::NULL | Ty::UNDEFINED | Ty::VOID));
        let of = self.not_null(of, object, optional);
        let ty = self.member_of(e, of, object, name);
        let of_chain = chained && {
            let whole = self.quietly(|c| c.expr(object, None));
            self.t.parts(whole).contains(&Ty::UNDEFINED)
        };
        if missing || of_chain { self.t.union(&[ty, Ty::UNDEFINED]) } else { ty }
    }

    fn member_of(&mut self, e: ExprId, of: Ty, object: ExprId, name: Ident) -> Ty {
        if of == Ty::ANY || of == Ty::NEVER {
            return Ty::ANY;
        }
        if of == Ty::UNKNOWN {
            self.report_unknown(object);
            return Ty::ANY;
        }
        match self.prop_type(of, name.name) {
            Some(t) => {
                self.check_access(of, name);
                t
            }
            None => {
                if !self.may_expand(object) && !self.is_union_of_literals(of) {
                    self.no_property(e, of, name);
                }
                Ty::ANY
            }
        }
    }

    /// Types of object literals that met in one array or variable are read leniently.
    fn is_union_of_literals(&self, ty: Ty) -> bool {
        match self.t.data(ty) {
            Data::Union(parts) => {
                parts.len() > 1
                    && parts.iter().filter(|p| matches!(self.t.data(**p), Data::Object(_))).count() > 1
            }
            _ => false,
        }
    }

    /// Properties may be added to functions by assignment.
    fn may_expand(&mut self, object: ExprId) -> bool {
        let f = self.file_of(self.file);
        let Expr::Name(name) = f.ast()[f.ast().unparen(object)] else { return false };
        let Some(sym) = self.value_sym(name) else { return false };
        let s = &self.s.symbols[sym];
        if s.flags & flag::FUNCTION != 0 {
            return true;
        }
        let DeclKind::Var(root) = s.decls[0].kind else { return false };
        let init = match self.s.roots[root].kind {
            super::bind::RootKind::Declarator { init: Some(i), ty: None, .. } => i,
            _ => return false,
        };
        s.decls[0].file == self.file && matches!(f.ast()[f.ast().unparen(init)], Expr::Function(_))
    }

    /// Reports a private or protected member that is used from outside.
    fn check_access(&mut self, of: Ty, name: Ident) {
        if matches!(self.t.data(of), Data::Union(_)) || self.is_lib() {
            return;
        }
        let Some(p) = self.prop(of, name.name) else { return };
        if p.sym.is_none() {
            return;
        }
        let Some(access) = self.access_of(p.sym) else { return };
        let owner = self.s.symbols[p.sym].parent;
        // Inside the class, or one that inherits from it.
        let mut scope = self.scope;
        while !scope.is_none() {
            let s = self.s.scopes[scope];
            if let Some(class) = s.class {
                let file = self.file_of(s.file);
                let here = file.scopes.class_sym[class];
                let ty = self.declared_any(here);
                if here == owner || access == Access::Protected && self.base_of(ty, owner, 0).is_some() {
                    return;
                }
            }
            scope = s.parent;
        }
        let class = self.text(self.s.symbols[owner].name).to_owned();
        let member = self.text(name.name).to_owned();
        let word = if access == Access::Private { "private" } else { "protected" };
        self.error(registry::member_not_accessible(name.span, &member, word, &class));
    }

    fn index(&mut self, object: ExprId, index: ExprId, optional: bool) -> Ty {
        let (of, chained) = self.chain_object(object);
        let missing = optional && self.t.parts(of).iter().any(|&p| matches!(p, Ty::NULL | Ty::UNDEFINED));
        let of = self.not_null(of, object, optional);
        let key = self.expr(index, None);
        let ty = self.index_of(of, key, object, index);
        let of_chain = chained && {
            let whole = self.quietly(|c| c.expr(object, None));
            self.t.parts(whole).contains(&Ty::UNDEFINED)
        };
        if missing || of_chain { self.t.union(&[ty, Ty::UNDEFINED]) } else { ty }
    }

    fn index_of(&mut self, of: Ty, key: Ty, object: ExprId, index: ExprId) -> Ty {
        if of == Ty::ANY || key == Ty::ANY || of == Ty::NEVER {
            return Ty::ANY;
        }
        if of == Ty::UNKNOWN {
            self.report_unknown(object);
            return Ty::ANY;
        }
        if self.dialect.is_ultra() && self.overloads_index(of) {
            return Ty::ANY;
        }
        if self.t.has_params(of) || self.t.has_params(key) {
            return match self.t.data(key) {
                Data::Param(_) | Data::Keyof(_) | Data::Indexed(..) => self.indexed(of, key),
                _ => match self.index_type(of, key) {
                    Some(t) => t,
                    None => match self.key_name(key) {
                        Some(name) => self.prop_type(of, name).unwrap_or(Ty::ANY),
                        None => Ty::ANY,
                    },
                },
            };
        }
        let keys = self.t.parts(key);
        let mut out = Vec::new();
        for &k in keys.iter() {
            let named = self.key_name(k);
            let found = match named {
                Some(name) => self.prop_type(of, name),
                None => self.index_type(of, k),
            };
            match found {
                Some(t) => out.push(t),
                None => {
                    if let (Some(name), 1) = (named, keys.len()) {
                        let span = self.expr_span(index);
                        if let Data::Tuple { elems, .. } = self.t.data(of).clone()
                            && matches!(self.t.data(k), Data::NumLit(_))
                        {
                            let shown = self.show(of);
                            let count = elems.len() as u32;
                            self.error(registry::tuple_index(span, &shown, count));
                        } else if !self.is_open(of)
                            && !self.may_expand(object)
                            && !self.is_union_of_literals(of)
                        {
                            self.no_property(index, of, Ident { name, span });
                        }
                    }
                    return Ty::ANY;
                }
            }
        }
        self.t.union(&out)
    }

    /// UltraScript: whether a class has an operator for brackets, itself or by a base.
    fn overloads_index(&mut self, ty: Ty) -> bool {
        use crate::syntax::ast::{MemberKind, OverloadOp};
        let Data::Ref(sym, _) = *self.t.data(ty) else { return false };
        let own = self.s.symbols[sym].decls.iter().any(|d| match d.kind {
            DeclKind::Class(c) => self.files[d.file as usize].ast()[c].members.iter().any(|m| {
                let MemberKind::Operator { op, .. } = m.kind else { return false };
                matches!(op, OverloadOp::Index | OverloadOp::IndexSet | OverloadOp::Slice)
            }),
            _ => false,
        });
        own || self.bases_of(sym).iter().any(|&b| self.overloads_index(b))
    }

    // Assignment.

    fn assignment(&mut self, e: ExprId, op: AssignOp, target: PatId, value: ExprId) -> Ty {
        match op {
            AssignOp::Assign => {
                let wanted = self.target_type(target);
                let ty = self.expr(value, wanted.filter(|&t| t != Ty::ANY));
                self.assign_to(target, ty, Some(value));
                ty
            }
            AssignOp::Binary(op) => {
                let left = self.target_read(target);
                let right = self.expr(value, None);
                let ty = self.operate(e, op, left, right, None, value);
                self.assign_compound(target, ty, value);
                ty
            }
            AssignOp::Logical(op) => {
                let left = self.target_read(target);
                let wanted = self.target_type(target);
                let right = self.expr(value, wanted);
                let kept = match op {
                    LogicalOp::And => self.truthy(left, false),
                    LogicalOp::Or => self.truthy(left, true),
                    LogicalOp::Coalesce => self.non_null(left),
                };
                let ty = self.t.union(&[kept, right]);
                self.assign_to(target, ty, None);
                if let Some(wanted) = wanted {
                    self.expect(value, right, wanted, super::report::Place::Assign);
                }
                ty
            }
        }
    }

    /// What may be assigned to a target.
    fn target_type(&mut self, target: PatId) -> Option<Ty> {
        let f = self.file_of(self.file);
        match &f.ast()[target] {
            Pat::Name(name) => {
                let sym = match self.value_sym(*name) {
                    Some(s) => s,
                    None => return None,
                };
                Some(self.type_of(sym))
            }
            Pat::Expr(e) => Some(self.quietly(|c| c.declared_target(*e))),
            Pat::Array { .. } => self.pattern_context(target),
            _ => None,
        }
    }

    /// The declared type of a member that is assigned.
    fn declared_target(&mut self, e: ExprId) -> Ty {
        let f = self.file_of(self.file);
        let saved = std::mem::take(&mut self.state);
        // The object is narrowed as usual, the member itself is not.
        let out = match &f.ast()[e] {
            Expr::Member { object, name, .. } => {
                self.state = saved.clone();
                let of = self.expr(*object, None);
                let of = self.non_null(of);
                self.prop_write(of, name.name)
            }
            Expr::Index { object, index, .. } => {
                self.state = saved.clone();
                let of = self.expr(*object, None);
                let of = self.non_null(of);
                let key = self.expr(*index, None);
                match self.key_name(key) {
                    Some(name) => self.prop_write(of, name),
                    None => self.index_of(of, key, *object, *index),
                }
            }
            Expr::Paren(e) | Expr::NonNull(e) => {
                self.state = saved.clone();
                self.declared_target(*e)
            }
            _ => {
                self.state = saved.clone();
                self.expr(e, None)
            }
        };
        self.state = saved;
        out
    }

    fn prop_write(&mut self, of: Ty, name: Name) -> Ty {
        // A setter may take more than the getter gives.
        if let Some(p) = self.prop_if_plain(of, name)
            && !p.sym.is_none()
            && self.s.symbols[p.sym].decls.len() > 1
            && !p.method
        {
            return Ty::ANY;
        }
        if matches!(self.t.data(of), Data::Union(_)) && of != Ty::BOOLEAN {
            // Whatever part it is, the value must fit.
            let mut all = Vec::new();
            for &p in self.t.parts(of).iter() {
                all.push(self.prop_type(p, name).unwrap_or(Ty::ANY));
            }
            return self.intersection(&all);
        }
        self.prop_type(of, name).unwrap_or(Ty::ANY)
    }

    fn prop_if_plain(&mut self, of: Ty, name: Name) -> Option<super::types::Prop> {
        if matches!(self.t.data(of), Data::Any | Data::Union(_) | Data::Unknown | Data::Never) {
            return None;
        }
        self.prop(of, name)
    }

    fn target_read(&mut self, target: PatId) -> Ty {
        let f = self.file_of(self.file);
        match &f.ast()[target] {
            Pat::Name(name) => match self.value_sym(*name) {
                Some(sym) => {
                    let declared = self.type_of(sym);
                    let id = self.sym_ref(sym);
                    self.narrowed(id).unwrap_or(declared)
                }
                None => self.own_member(*name).unwrap_or(Ty::ANY),
            },
            Pat::Expr(e) => self.expr(*e, None),
            _ => Ty::ANY,
        }
    }

    fn assign_compound(&mut self, target: PatId, ty: Ty, value: ExprId) {
        let f = self.file_of(self.file);
        match &f.ast()[target] {
            Pat::Name(_) => {
                let wanted = self.target_type(target);
                let fixed = !self.dialect.is_ultra()
                    || match f.ast()[target] {
                        Pat::Name(name) => self.value_sym(name).is_some_and(|s| self.is_annotated(s)),
                        _ => true,
                    };
                self.assign_to(target, ty, None);
                if let Some(wanted) = wanted
                    && fixed
                    && !self.assignable(ty, wanted)
                {
                    let span = f.ast().pat_span(target).to(self.expr_span(value));
                    self.mismatch(span, ty, wanted, super::report::Place::Assign);
                }
            }
            Pat::Expr(e) => {
                self.check_readonly(*e);
                let wanted = self.quietly(|c| c.declared_target(*e));
                if !self.assignable(ty, wanted) {
                    let span = self.expr_span(*e).to(self.expr_span(value));
                    self.mismatch(span, ty, wanted, super::report::Place::Assign);
                }
                if let Some(id) = self.ref_of(*e) {
                    self.assigned(id, wanted, ty);
                }
            }
            _ => {}
        }
    }

    /// Assigns a type to a target; `value` is the expression when there is one to point at.
    pub(super) fn assign_to(&mut self, target: PatId, ty: Ty, value: Option<ExprId>) {
        let f = self.file_of(self.file);
        let span = f.ast().pat_span(target);
        match &f.ast()[target] {
            Pat::Missing => {}
            Pat::Name(name) => self.assign_name(*name, span, ty, value),
            Pat::Expr(e) => {
                let e = *e;
                self.expr_target(e);
                self.check_readonly(e);
                let wanted = self.quietly(|c| c.declared_target(e));
                if let Some(v) = value {
                    self.expect(v, ty, wanted, super::report::Place::Assign);
                } else if !self.assignable(ty, wanted) {
                    self.mismatch(span, ty, wanted, super::report::Place::Assign);
                }
                if let Some(id) = self.ref_of(e) {
                    self.assigned(id, wanted, ty);
                }
            }
            Pat::Array { elems, rest } => {
                for (i, elem) in elems.iter().enumerate() {
                    let Some(elem) = elem else { continue };
                    let t = self.elem_at(ty, i);
                    let t = self.with_default(t, elem.default);
                    self.assign_to(elem.pat, t, None);
                }
                if let Some(rest) = rest {
                    self.assign_to(*rest, Ty::ANY, None);
                }
            }
            Pat::Object { props, rest } => {
                for p in props {
                    let t = match self.member_name(self.file, &p.key) {
                        Some(n) => self.prop_type(ty, n).unwrap_or(Ty::ANY),
                        None => Ty::ANY,
                    };
                    let t = self.with_default(t, p.value.default);
                    self.assign_to(p.value.pat, t, None);
                }
                if let Some(rest) = rest {
                    self.assign_to(*rest, Ty::ANY, None);
                }
            }
        }
    }

    /// Looks at the object and the key of a member that is assigned.
    fn expr_target(&mut self, e: ExprId) {
        let f = self.file_of(self.file);
        match &f.ast()[e] {
            Expr::Member { object, name, .. } => {
                let of = self.expr(*object, None);
                let of = self.not_null(of, *object, false);
                self.member_of(e, of, *object, *name);
            }
            Expr::Index { object, index, .. } => {
                let of = self.expr(*object, None);
                let of = self.not_null(of, *object, false);
                let key = self.expr(*index, None);
                self.index_of(of, key, *object, *index);
            }
            Expr::Paren(e) | Expr::NonNull(e) => self.expr_target(*e),
            _ => {
                self.expr(e, None);
            }
        }
    }

    fn assign_name(&mut self, name: Name, span: Span, ty: Ty, value: Option<ExprId>) {
        let Some(sym) = self.value_sym(name) else {
            if !self.dialect.is_ultra() {
                self.unknown_name(&Ident { name, span });
            }
            return;
        };
        self.check_constant(sym, name, span);
        let declared = self.type_of(sym);
        let annotated = self.is_annotated(sym);
        // UltraScript: a variable without annotation may change its type.
        if !self.dialect.is_ultra() || annotated {
            match value {
                Some(v) => {
                    self.expect(v, ty, declared, super::report::Place::Assign);
                }
                None if !self.assignable(ty, declared) => {
                    self.mismatch(span, ty, declared, super::report::Place::Assign);
                }
                None => {}
            }
        }
        let id = self.sym_ref(sym);
        self.assigned(id, declared, ty);
    }

    /// Whether a variable's type is written.
    pub(super) fn is_annotated(&self, sym: SymId) -> bool {
        use super::bind::RootKind;
        let d = self.s.symbols[sym].decls[0];
        let DeclKind::Var(root) = d.kind else { return false };
        match self.s.roots[root].kind {
            RootKind::Declarator { ty, .. } | RootKind::ForOf { ty, .. } => ty.is_some(),
            RootKind::Param(f, i) => self.files[d.file as usize].ast()[f].params[i as usize].ty.is_some(),
            _ => false,
        }
    }

    // Patterns.

    /// The element of an array or tuple that a pattern takes.
    pub(super) fn elem_at(&mut self, ty: Ty, i: usize) -> Ty {
        let of = self.base_constraint(ty);
        match self.t.data(of).clone() {
            Data::Tuple { elems, .. } => match super::member::tuple_elem(&elems, i) {
                Some((t, optional)) => {
                    let t = self.force(t);
                    if optional && self.strict() { self.t.union(&[t, Ty::UNDEFINED]) } else { t }
                }
                None => Ty::UNDEFINED,
            },
            Data::Union(parts) => {
                let all: Vec<Ty> = parts.iter().map(|&p| self.elem_at(p, i)).collect();
                self.t.union(&all)
            }
            _ => match self.array_elem(of) {
                Some(t) => self.force(t),
                None => self.iterated(of, false).unwrap_or(Ty::ANY),
            },
        }
    }

    /// A type whose undefined is replaced by a default value.
    pub(super) fn with_default(&mut self, ty: Ty, default: Option<ExprId>) -> Ty {
        let Some(e) = default else { return ty };
        let given = self.expr(e, Some(ty));
        let parts: Vec<Ty> = self.t.parts(ty).iter().copied().filter(|&p| p != Ty::UNDEFINED).collect();
        let kept = self.t.union(&parts);
        if kept == Ty::ANY {
            return Ty::ANY;
        }
        let given = if self.is_fresh(e) && self.assignable(given, kept) { kept } else { given };
        self.t.union(&[kept, given])
    }

    /// Gives the variables of a pattern their types. `infer`: nothing is annotated, so that
    /// literals widen; `report`: the walk is at the declaration.
    pub(super) fn destructure(&mut self, pat: PatId, ty: Ty, infer: bool, report: bool) {
        let f = self.file_of(self.file);
        match &f.ast()[pat] {
            Pat::Missing | Pat::Expr(_) => {}
            Pat::Name(_) => {
                if let Some(&sym) = f.scopes.pat_sym.get(pat) {
                    self.sym_ty.set(sym.0, ty);
                }
            }
            Pat::Array { elems, rest } => {
                for (i, elem) in elems.iter().enumerate() {
                    let Some(elem) = elem else { continue };
                    let t = self.elem_at(ty, i);
                    let t = self.with_default(t, elem.default);
                    self.destructure(elem.pat, t, infer, report);
                }
                if let Some(rest) = rest {
                    let t = self.rest_of(ty, elems.len());
                    self.destructure(*rest, t, infer, report);
                }
            }
            Pat::Object { props, rest } => {
                let of = self.force(ty);
                let of =
                    if self.strict() && report { self.pattern_object(pat, of) } else { self.non_null(of) };
                // Variables of one union depend on each other, which is not followed.
                let union = matches!(self.t.data(of), Data::Union(_)) && of != Ty::BOOLEAN && props.len() > 1;
                for p in props {
                    let name = self.member_name(self.file, &p.key);
                    let t = match name {
                        Some(n) if of != Ty::ANY => match self.prop_type(of, n) {
                            Some(t) => t,
                            None => {
                                // `{ a = 1 } = x ?? {}`: the default is for what is missing.
                                let expected =
                                    p.value.default.is_some() && self.t.parts(of).contains(&Ty::EMPTY);
                                if report && !expected && !self.is_union_of_literals(of) && of != Ty::UNKNOWN
                                {
                                    let span = f.ast().key_span(&p.key);
                                    self.no_property_at(of, Ident { name: n, span });
                                }
                                Ty::ANY
                            }
                        },
                        _ => Ty::ANY,
                    };
                    let t = if union { Ty::ANY } else { t };
                    let t = self.with_default(t, p.value.default);
                    self.destructure(p.value.pat, t, infer, report);
                }
                if let Some(rest) = rest {
                    self.destructure(*rest, Ty::ANY, infer, report);
                }
            }
        }
    }

    fn pattern_object(&mut self, pat: PatId, ty: Ty) -> Ty {
        let clean = self.non_null(ty);
        if clean != ty {
            let span = self.file_of(self.file).ast().pat_span(pat);
            let shown = self.show(ty);
            self.error(registry::destructure_nullish(span, &shown));
            if clean == Ty::NEVER {
                return Ty::ANY;
            }
        }
        clean
    }

    fn rest_of(&mut self, ty: Ty, from: usize) -> Ty {
        let of = self.base_constraint(ty);
        match self.t.data(of).clone() {
            Data::Tuple { elems, .. } => {
                let rest: Vec<(Ty, Elem)> = elems.iter().skip(from).copied().collect();
                self.t.tuple(rest, false)
            }
            _ => {
                let elem = self.elem_at(of, 0);
                self.known_ref("Array", &[elem])
            }
        }
    }

    // Function expressions.

    /// The type of a function expression; its body is checked here, once per expected type.
    pub(super) fn method_value(&mut self, id: FunctionId, ctx: Option<Ty>) -> Ty {
        self.function_expr(id, ctx)
    }

    fn function_expr(&mut self, id: FunctionId, ctx: Option<Ty>) -> Ty {
        let wanted = ctx.and_then(|c| self.expected_sig(c));
        let key = match wanted {
            Some(s) => {
                let sig = self.sigs[s].clone();
                let ret = self.ret_of(s);
                let rest = sig.params.iter().any(|p| p.rest);
                let mut list: Vec<(Ty, Elem)> = sig.params.iter().map(|p| (p.ty, Elem::Required)).collect();
                list.push((ret, if rest { Elem::Optional } else { Elem::Required }));
                self.t.tuple(list, false)
            }
            None => Ty::NONE,
        };
        if let Some((ty, found)) = self.arrows.get(&(id, key, self.pass)) {
            let (ty, found) = (*ty, found.clone());
            self.diags.extend(found);
            return ty;
        }
        let mark = self.diags.len();
        let ty = self.function_value(id, wanted);
        let found = self.diags[mark..].to_vec();
        self.arrows.insert((id, key, self.pass), (ty, found));
        ty
    }

    /// The one signature that a function is expected to have.
    pub(super) fn expected_sig(&mut self, ctx: Ty) -> Option<super::SigId> {
        let parts = self.t.parts(ctx);
        let mut found = None;
        for &p in parts.iter() {
            let p = self.base_if_param(p);
            if self.is_primitive(p) || p == Ty::ANY {
                continue;
            }
            let sigs = self.signatures(p, false);
            match (sigs.as_slice(), found) {
                ([], _) => {}
                ([one], None) => found = Some(*one),
                // Several ways to be called: parameters are any.
                _ => return None,
            }
        }
        let sig = found?;
        Some(self.erase(sig))
    }

    fn function_value(&mut self, id: FunctionId, wanted: Option<super::SigId>) -> Ty {
        let f = self.file_of(self.file);
        let func = &f.ast()[id];
        let scope = f.scopes.function[id];
        self.check_function_head(id);
        let expected = wanted.map(|s| self.sigs[s].clone());
        let mut params: Vec<super::SigParam> = Vec::new();
        for (i, p) in func.params.iter().enumerate() {
            let optional = p.is_optional || p.default.is_some();
            let name = self.param_name(self.file, p);
            let ty = match (p.ty, &expected) {
                (Some(t), _) => self.annotation(self.file, t, scope),
                (None, Some(s)) if p.is_rest => self.rest_param(s, i),
                (None, Some(s)) => match self.param_at(s, i) {
                    Some(t) => {
                        let missing = s.params.get(i).is_some_and(|q| q.optional && !q.rest);
                        if missing && self.strict() && p.default.is_none() {
                            self.t.union(&[t, Ty::UNDEFINED])
                        } else {
                            t
                        }
                    }
                    None => self.untyped_param(id, i),
                },
                (None, None) => self.untyped_param(id, i),
            };
            params.push(super::SigParam { name, ty, optional, rest: p.is_rest });
        }
        let ret_ctx = match (&expected, wanted) {
            (Some(_), Some(w)) => Some(self.ret_of(w)),
            _ => None,
        };
        let this = match (func.this_type, &expected) {
            (Some(t), _) => Some(self.annotation(self.file, t, scope)),
            (None, Some(s)) => s.this,
            _ => None,
        };
        let ret = match func.return_type {
            Some(t) => self.annotation(self.file, t, scope),
            None => Ty::NONE,
        };
        let predicate = func.return_type.and_then(|t| self.predicate(self.file, t, &func.params, scope));
        let params: Rc<[super::SigParam]> = params.into();
        let found = self.function_body(id, &params, ret, ret_ctx, this, true);
        let mut ret = if ret.is_none() { found } else { ret };
        if let Some((file, fid)) = Some((self.file, id)).filter(|_| f.scopes.function_sym.get(id).is_some())
            && let Some(&sig) = self.function_sigs.get(&(file, fid))
            && self.sigs[sig].ret.is_none()
        {
            self.sigs[sig].ret = ret;
        }
        // A filter by a condition on its only parameter is a guard.
        let predicate = predicate.or_else(|| self.inferred_guard(id, &params));
        if predicate.is_some() && func.return_type.is_none() {
            ret = Ty::BOOLEAN;
        }
        let tparams = self.s.params_of(scope);
        let sig = self.sigs.push(super::Sig {
            tparams: tparams.into(),
            params,
            this,
            ret,
            func: None,
            base: None,
            predicate,
            is_method: false,
            is_abstract: false,
            access: None,
        });
        self.object(Shape { calls: vec![sig], ..Shape::default() })
    }

    fn rest_param(&mut self, s: &super::Sig, i: usize) -> Ty {
        let mut elems = Vec::new();
        for p in s.params.iter().skip(i) {
            if p.rest {
                let rest = self.force(p.ty);
                if elems.is_empty() {
                    return rest;
                }
                self.spread_elem(rest, &mut elems);
            } else {
                elems.push((p.ty, if p.optional { Elem::Optional } else { Elem::Required }));
            }
        }
        self.t.tuple(elems, false)
    }

    fn untyped_param(&mut self, id: FunctionId, i: usize) -> Ty {
        let f = self.file_of(self.file);
        match f.scopes.param_root.get(&(id, i as u32)) {
            Some(&root) => self.root_type(root),
            None => Ty::ANY,
        }
    }

    /// `x => x !== null` guards: what its parameter is when it gives true.
    fn inferred_guard(&mut self, id: FunctionId, params: &[super::SigParam]) -> Option<super::Predicate> {
        use crate::syntax::ast::FunctionBody;
        let f = self.file_of(self.file);
        let func = &f.ast()[id];
        let FunctionBody::Expr(body) = func.body else { return None };
        if func.return_type.is_some() || func.is_async || params.is_empty() {
            return None;
        }
        let is_condition = matches!(
            f.ast()[f.ast().unparen(body)],
            Expr::Binary { .. }
                | Expr::Call { .. }
                | Expr::Unary { op: UnaryOp::Not, .. }
                | Expr::Logical { .. }
        );
        let Pat::Name(_) = f.ast()[func.params[0].pat] else { return None };
        let &sym = f.scopes.pat_sym.get(func.params[0].pat)?;
        let declared = params[0].ty;
        if !is_condition || self.s.symbols[sym].last_assign > 0 || self.t.parts(declared).len() < 2 {
            return None;
        }
        let saved = (self.scope, self.state.clone());
        self.scope = f.scopes.function[id];
        self.sym_ty.set(sym.0, declared);
        let ret = self.quietly(|c| c.expr(body, None));
        let mut out = None;
        if self.t.parts(ret).iter().all(|&p| matches!(p, Ty::TRUE | Ty::FALSE)) && ret != Ty::NEVER {
            let id = self.sym_ref(sym);
            self.narrow(body, true);
            let yes = self.narrowed(id).unwrap_or(declared);
            self.state = saved.1.clone();
            self.narrow(body, false);
            let no = self.narrowed(id).unwrap_or(declared);
            // It must tell exactly the values that fit.
            let overlap = self.t.parts(yes).iter().any(|p| self.t.parts(no).contains(p));
            if yes != declared && yes != Ty::NEVER && !overlap {
                out = Some(super::Predicate { param: Some(0), asserts: false, ty: Some(yes) });
            }
        }
        (self.scope, self.state) = saved;
        out
    }
}

/// Whether a link of a chain before this place is optional.
fn has_optional(ast: &crate::syntax::ast::Ast, mut e: ExprId) -> bool {
    loop {
        e = match &ast[e] {
            Expr::Member { object, optional, .. }
            | Expr::PrivateMember { object, optional, .. }
            | Expr::Index { object, optional, .. } => {
                if *optional {
                    return true;
                }
                *object
            }
            Expr::Call { callee, optional, .. } => {
                if *optional {
                    return true;
                }
                *callee
            }
            Expr::NonNull(inner) => *inner,
            _ => return false,
        };
    }
}

//! Calls and `new`: which overload is meant, its type arguments, and whether the arguments fit.
//!
//! Arguments that are functions with parameters to infer come last: their parameters take what
//! the other arguments say.

use std::rc::Rc;

use super::Checker;
use super::bind::flag;
use super::infer::Inference;
use super::relate::min_args;
use super::types::{Data, Elem, MapperId, Shape, SigId, Ty};
use crate::diag::registry;
use crate::source::Span;
use crate::syntax::Name;
use crate::syntax::ast::{Access, Arg, Ast, Expr, ExprId, FunctionBody, Prop, PropKey, TypeId};

/// An argument: an expression with its place, or elements of a spread tuple.
#[derive(Clone, Copy, Debug)]
enum Given {
    Expr(ExprId),
    /// An element of a spread; no literal to look into.
    Type(Ty, ExprId),
    /// A keyword argument.
    Named(Name, ExprId, Span),
}

/// The arguments of a call.
#[derive(Clone, Debug)]
struct Args {
    list: Vec<Given>,
    /// Some spread may give any number.
    open: bool,
}

impl Checker<'_> {
    pub(super) fn call(
        &mut self,
        e: ExprId,
        callee: ExprId,
        type_args: &[TypeId],
        args: &[Arg],
        optional: bool,
        ctx: Option<Ty>,
    ) -> Ty {
        let f = self.file_of(self.file);
        if let Expr::Super = f.ast()[callee] {
            return self.super_call(e, args);
        }
        let (of, chained) = self.chain_object(callee);
        let missing =
            optional && self.t.parts(of).iter().any(|&p| matches!(p, Ty::NULL | Ty::UNDEFINED | Ty::VOID));
        let fun = self.not_null(of, callee, optional);
        let chain_missing = chained && {
            let whole = self.quietly(|c| c.expr(callee, None));
            self.t.parts(whole).contains(&Ty::UNDEFINED)
        };
        let inside = chained || optional;
        let before = inside.then(|| self.state.clone());
        if inside {
            self.narrow_callee(callee, optional);
        }
        let ty = self.call_type(e, fun, callee, type_args, args, ctx);
        if let Some(before) = before {
            self.state = before;
        }
        self.after_call(fun, callee, args);
        if missing || chain_missing { self.t.union(&[ty, Ty::UNDEFINED]) } else { ty }
    }

    /// Arguments of a call in a chain run only when the chain gets there.
    fn narrow_callee(&mut self, callee: ExprId, optional: bool) {
        let f = self.file_of(self.file);
        let mut e = callee;
        let mut optional = optional;
        loop {
            if optional && let Some(id) = self.ref_of(e) {
                let ty = self.quietly(|c| c.expr(e, None));
                let new = self.non_null(ty);
                if new != ty {
                    self.assume(id, new);
                }
            }
            (e, optional) = match &f.ast()[e] {
                Expr::Member { object, optional, .. } | Expr::Index { object, optional, .. } => {
                    (*object, *optional)
                }
                Expr::Call { callee, optional, .. } => (*callee, *optional),
                Expr::NonNull(inner) | Expr::Paren(inner) => (*inner, false),
                _ => return,
            };
        }
    }

    /// What a call proves: assertions hold, and after one that never returns nothing runs.
    fn after_call(&mut self, fun: Ty, callee: ExprId, args: &[Arg]) {
        let sigs = self.signatures(fun, false);
        let [sig] = sigs.as_slice() else {
            return;
        };
        let s = &self.sigs[*sig];
        let asserts = s.predicate.is_some_and(|p| p.asserts);
        let never = s.ret == Ty::NEVER;
        if asserts {
            self.narrow_assertion(callee, args);
        }
        if never && self.is_declared_callee(callee) {
            self.state.reachable = false;
        }
    }

    /// Only a name or a path of names that is annotated ends control flow.
    fn is_declared_callee(&self, callee: ExprId) -> bool {
        let f = self.file_of(self.file);
        matches!(f.ast()[f.ast().unparen(callee)], Expr::Name(_) | Expr::Member { .. })
    }

    fn call_type(
        &mut self,
        e: ExprId,
        fun: Ty,
        callee: ExprId,
        type_args: &[TypeId],
        args: &[Arg],
        ctx: Option<Ty>,
    ) -> Ty {
        if fun == Ty::ANY || fun == Ty::NEVER {
            self.loose_args(args);
            return Ty::ANY;
        }
        if fun == Ty::UNKNOWN {
            self.loose_args(args);
            self.report_unknown(callee);
            return Ty::ANY;
        }
        let fun = self.base_constraint(fun);
        if let Data::Union(parts) = self.t.data(fun).clone() {
            return self.call_union(e, &parts, callee, args, ctx);
        }
        let sigs = self.signatures(fun, false);
        if sigs.is_empty() {
            self.loose_args(args);
            let is_function = fun == Ty::ANY || self.is_open(fun) || {
                let function = self.known("Function");
                self.base_of(fun, function, 0).is_some()
            };
            if !is_function && !self.has_call_operator(fun) {
                self.not_callable(fun, callee);
            }
            return Ty::ANY;
        }
        self.resolve(e, &sigs, type_args, args, ctx, Some(callee))
    }

    /// UltraScript: a class may overload `()`, and a number type converts.
    fn has_call_operator(&self, ty: Ty) -> bool {
        use crate::syntax::ast::{MemberKind, OverloadOp};
        let Data::Ref(sym, _) = self.t.data(ty) else { return false };
        self.s.symbols[*sym].decls.iter().any(|d| match d.kind {
            super::bind::DeclKind::Class(c) => {
                let members = &self.files[d.file as usize].ast()[c].members;
                members.iter().any(|m| matches!(m.kind, MemberKind::Operator { op: OverloadOp::Call, .. }))
            }
            _ => false,
        })
    }

    /// A call of one of several functions: the arguments must fit all, the result is any of theirs.
    fn call_union(&mut self, e: ExprId, parts: &[Ty], callee: ExprId, args: &[Arg], ctx: Option<Ty>) -> Ty {
        let mut out = Vec::new();
        let mut all = Vec::new();
        for &p in parts {
            let sigs = self.signatures(p, false);
            if sigs.is_empty() {
                self.loose_args(args);
                if !self.is_open(p) && p != Ty::ANY && !self.is_function(p) {
                    let whole = self.t.union(parts);
                    self.not_callable(whole, callee);
                }
                return Ty::ANY;
            }
            all.push(sigs);
        }
        for (i, sigs) in all.iter().enumerate() {
            // Diagnostics of the arguments count once.
            let ty = if i == 0 && sigs.len() == 1 && self.sigs[sigs[0]].tparams.is_empty() {
                self.resolve(e, sigs, &[], args, ctx, Some(callee))
            } else {
                self.quietly(|c| c.resolve(e, sigs, &[], args, ctx, Some(callee)))
            };
            out.push(ty);
        }
        self.t.union(&out)
    }

    fn is_function(&mut self, ty: Ty) -> bool {
        let function = self.known("Function");
        self.base_of(ty, function, 0).is_some()
    }

    /// Looks at arguments of which nothing is expected.
    pub(super) fn loose_args(&mut self, args: &[Arg]) {
        for a in args {
            match *a {
                Arg::Item(e) | Arg::Spread(e) | Arg::Named { value: e, .. } => {
                    self.expr(e, Some(Ty::ANY));
                }
            }
        }
    }

    fn gather(&mut self, args: &[Arg]) -> Args {
        let mut out = Args { list: Vec::new(), open: false };
        for a in args {
            match *a {
                Arg::Item(e) => out.list.push(Given::Expr(e)),
                Arg::Named { name, value } => out.list.push(Given::Named(name.name, value, name.span)),
                Arg::Spread(e) => {
                    let f = self.file_of(self.file);
                    let is_array = matches!(f.ast()[f.ast().unparen(e)], Expr::Array(_));
                    let ctx = is_array.then(|| self.t.tuple(vec![(Ty::ANY, Elem::Rest)], false));
                    let ty = self.expr(e, ctx);
                    let ty = self.base_constraint(ty);
                    match self.t.data(ty).clone() {
                        Data::Tuple { elems, .. } if elems.iter().all(|e| e.1 == Elem::Required) => {
                            for &(t, _) in elems.iter() {
                                out.list.push(Given::Type(t, e));
                            }
                        }
                        _ => {
                            out.open = true;
                            return Args { open: true, ..out };
                        }
                    }
                }
            }
        }
        out
    }

    fn resolve(
        &mut self,
        e: ExprId,
        sigs: &[SigId],
        type_args: &[TypeId],
        args: &[Arg],
        ctx: Option<Ty>,
        callee: Option<ExprId>,
    ) -> Ty {
        let given = self.gather(args);
        // What follows a spread of unknown length is looked at alone.
        if given.open {
            for a in args.iter().skip(given.list.len()) {
                match *a {
                    Arg::Item(x) | Arg::Named { value: x, .. } => {
                        self.expr(x, Some(Ty::ANY));
                    }
                    Arg::Spread(_) => {}
                }
            }
        }
        let type_args: Vec<Ty> =
            type_args.iter().map(|&t| self.annotation(self.file, t, self.scope)).collect();
        if let [one] = sigs {
            return self
                .apply(e, *one, &type_args, &given, ctx, true, callee)
                .unwrap_or_else(|| self.result_any(*one));
        }
        let mut reachable = Vec::new();
        for &s in sigs {
            if self.arity_fits(s, &given)
                && (type_args.is_empty() || self.sigs[s].tparams.len() >= type_args.len())
            {
                reachable.push(s);
            }
        }
        // Types of plain arguments do not depend on the overload.
        let mut known = given.clone();
        for g in &mut known.list {
            if let Given::Expr(x) = *g
                && self.is_plain_arg(x)
            {
                let ty = self.expr(x, None);
                *g = Given::Type(ty, x);
            }
        }
        for &s in &reachable {
            let mark = self.diags.len();
            let state = self.state.clone();
            if let Some(ty) = self.apply(e, s, &type_args, &known, ctx, false, callee) {
                return ty;
            }
            self.diags.truncate(mark);
            self.state = state;
        }
        self.no_overload(e, sigs, &reachable, &type_args, &known, ctx, callee)
    }

    #[allow(clippy::too_many_arguments)]
    fn no_overload(
        &mut self,
        e: ExprId,
        sigs: &[SigId],
        reachable: &[SigId],
        type_args: &[Ty],
        given: &Args,
        ctx: Option<Ty>,
        callee: Option<ExprId>,
    ) -> Ty {
        if let [one] = reachable {
            self.apply(e, *one, type_args, given, ctx, true, callee);
            return self.result_any(*one);
        }
        for g in &given.list {
            if let Given::Expr(x) | Given::Named(_, x, _) = *g {
                self.quietly(|c| c.expr(x, Some(Ty::ANY)));
            }
        }
        if !self.is_lenient_here(given) {
            if reachable.is_empty() {
                self.report_arity(e, sigs, given, callee);
            } else {
                let span = match given.list.first() {
                    Some(Given::Expr(x) | Given::Type(_, x) | Given::Named(_, x, _)) => self.expr_span(*x),
                    None => self.expr_span(e),
                };
                let count = sigs.len() as u32;
                let mut types = Vec::new();
                for g in &given.list {
                    let ty = match *g {
                        Given::Expr(x) | Given::Named(_, x, _) => self.quietly(|c| c.expr(x, None)),
                        Given::Type(t, _) => t,
                    };
                    let ty = self.widen(ty);
                    types.push(self.show(ty));
                }
                self.error(registry::no_overload(span, count, &types.join(", ")));
            }
        }
        self.result_any(sigs[sigs.len() - 1])
    }

    /// Whether something about the arguments is not known.
    fn is_lenient_here(&mut self, given: &Args) -> bool {
        given.open
    }

    /// The result of a call that went wrong.
    fn result_any(&mut self, sig: SigId) -> Ty {
        let sig = self.erase(sig);
        self.ret_of(sig)
    }

    /// Arguments whose type does not depend on what is expected.
    fn is_plain_arg(&self, e: ExprId) -> bool {
        let f = self.file_of(self.file);
        is_plain(f.ast(), e)
    }

    fn arity_fits(&mut self, sig: SigId, given: &Args) -> bool {
        let s = self.sigs[sig].clone();
        if given.list.iter().any(|g| matches!(g, Given::Named(..))) {
            return true;
        }
        let n = given.list.len();
        let (least, most) = self.arity(&s);
        if given.open { n <= most } else { n >= least && n <= most }
    }

    /// The least and the greatest number of arguments.
    fn arity(&mut self, s: &super::Sig) -> (usize, usize) {
        let mut least = min_args(s);
        // UltraScript: a parameter without annotation takes undefined too.
        if self.dialect.is_ultra() {
            while least > 0 && s.params[least - 1].ty == Ty::ANY {
                least -= 1;
            }
        }
        // Trailing parameters that accept `void` may be left out.
        while least > 0 {
            let ty = self.force(s.params[least - 1].ty);
            if !self.t.parts(ty).contains(&Ty::VOID) && ty != Ty::ANY || !self.is_lib_sig(s) && ty == Ty::ANY
            {
                break;
            }
            least -= 1;
        }
        match s.params.last() {
            Some(p) if p.rest => {
                let rest = self.base_constraint(p.ty);
                match self.t.data(rest).clone() {
                    Data::Tuple { elems, .. } => {
                        let open = elems.iter().any(|e| matches!(e.1, Elem::Rest | Elem::Variadic));
                        let fixed = s.params.len() - 1;
                        let required = elems.iter().filter(|e| e.1 == Elem::Required).count();
                        let least = if required > 0 { fixed + required } else { least };
                        (least, if open { usize::MAX } else { fixed + elems.len() })
                    }
                    _ => (least, usize::MAX),
                }
            }
            _ => (least, s.params.len()),
        }
    }

    fn is_lib_sig(&self, s: &super::Sig) -> bool {
        s.func.is_none_or(|f| self.files[f.0 as usize].is_lib)
    }

    fn report_arity(&mut self, e: ExprId, sigs: &[SigId], given: &Args, callee: Option<ExprId>) {
        let (mut least, mut most) = (usize::MAX, 0);
        for &s in sigs {
            let s = self.sigs[s].clone();
            let (a, b) = self.arity(&s);
            least = least.min(a);
            most = most.max(b);
        }
        let n = given.list.len();
        let wanted = match (least, most) {
            (a, b) if a == b => format!("{a}"),
            (a, usize::MAX) => format!("at least {a}"),
            (a, b) => format!("{a} to {b}"),
        };
        let plural = if wanted == "1" { "argument" } else { "arguments" };
        let wanted = format!("{wanted} {plural}");
        if n < least {
            let span = match callee {
                Some(c) => self.callee_span(c),
                None => self.expr_span(e),
            };
            let mut d = registry::too_few_arguments(span, &wanted, n as u32);
            if let [one] = sigs {
                let names: Vec<Name> =
                    self.sigs[*one].params.iter().skip(n).take(least - n).map(|p| p.name).collect();
                if names.iter().all(|&x| !self.text(x).is_empty()) {
                    d = d.with_help(format!("add {}", self.show_names(&names)));
                }
            }
            self.error(d);
        } else {
            let first = match given.list.get(most) {
                Some(Given::Expr(x) | Given::Type(_, x) | Given::Named(_, x, _)) => self.expr_span(*x),
                None => self.expr_span(e),
            };
            let last = match given.list.last() {
                Some(Given::Expr(x) | Given::Type(_, x) | Given::Named(_, x, _)) => self.expr_span(*x),
                None => first,
            };
            self.error(registry::too_many_arguments(first.to(last), &wanted, n as u32));
        }
    }

    /// The name of what is called.
    fn callee_span(&self, callee: ExprId) -> Span {
        let f = self.file_of(self.file);
        match &f.ast()[f.ast().unparen(callee)] {
            Expr::Member { name, .. } | Expr::PrivateMember { name, .. } => name.span,
            _ => f.ast().expr_span(callee),
        }
    }

    /// Calls by one signature: the result, or none when the arguments do not fit. With `report`
    /// what is wrong is reported.
    #[allow(clippy::too_many_arguments)]
    fn apply(
        &mut self,
        e: ExprId,
        sig: SigId,
        type_args: &[Ty],
        given: &Args,
        ctx: Option<Ty>,
        report: bool,
        callee: Option<ExprId>,
    ) -> Option<Ty> {
        let Some(given) = self.place_named(sig, given, report) else {
            self.args_quietly(given);
            return None;
        };
        let given = &given;
        if !self.arity_fits(sig, given) {
            self.args_quietly(given);
            if report {
                self.report_arity(e, &[sig], given, callee);
            }
            return None;
        }
        let sig = self.renamed(sig);
        let s = self.sigs[sig].clone();
        let mut m = MapperId::IDENTITY;
        if !s.tparams.is_empty() {
            m = self.type_arguments(sig, &s, type_args, given, ctx, report, e, callee)?;
        } else if !type_args.is_empty() && report {
            let span = self.expr_span(e);
            self.error(registry::type_argument_count(span, "this function", 0, type_args.len() as u32));
        }
        let mut fits = true;
        for (i, g) in given.list.iter().enumerate() {
            let Some(wanted) = self.param_at(&s, i) else { break };
            let wanted = self.inst(wanted, m);
            let wanted = self.force(wanted);
            let optional = s.params.get(i).is_some_and(|p| p.optional && !p.rest);
            let full =
                if optional && self.strict() { self.t.union(&[wanted, Ty::UNDEFINED]) } else { wanted };
            fits &= self.check_arg(*g, full, report);
            if !fits && !report {
                return None;
            }
        }
        if let Some(this) = s.this
            && this != Ty::ANY
        {
            self.check_this(callee, this, m);
        }
        if !fits {
            return None;
        }
        let ret = self.ret_of(sig);
        let ret = self.inst(ret, m);
        Some(self.force(ret))
    }

    /// A generic signature called inside its own declaration: a copy whose type parameters are not
    /// mistaken for those around.
    fn renamed(&mut self, sig: SigId) -> SigId {
        let tparams = Rc::clone(&self.sigs[sig].tparams);
        let Some(&first) = tparams.first() else { return sig };
        if !self.s.is_inside(self.scope, self.s.tparams[first].scope) {
            return sig;
        }
        if let Some(&done) = self.copies.get(&sig) {
            return done;
        }
        let copies: Vec<super::ParamId> =
            tparams.iter().map(|&p| self.s.tparams.push(self.s.tparams[p])).collect();
        let pairs: Vec<(super::ParamId, Ty)> =
            tparams.iter().zip(&copies).map(|(&p, &q)| (p, self.t.intern(Data::Param(q), false))).collect();
        let m = self.t.mapper(pairs);
        for &q in &copies {
            self.s.tparams[q].rename = m;
        }
        let new = self.inst_sig(sig, m);
        let copy = super::Sig { tparams: copies.into(), ..self.sigs[new].clone() };
        let copy = self.sigs.push(copy);
        self.copies.insert(sig, copy);
        copy
    }

    fn check_this(&mut self, callee: Option<ExprId>, this: Ty, m: MapperId) {
        let f = self.file_of(self.file);
        let Some(own) = self.object_of_callee(callee) else { return };
        let Some(Expr::Member { object, .. }) = callee.map(|c| &f.ast()[f.ast().unparen(c)]) else { return };
        let object = *object;
        let this = self.inst(this, m);
        if !self.assignable(own, this) && !self.t.has_params(this) {
            let (a, b) = (self.show(own), self.show(this));
            let span = self.expr_span(object);
            self.error(registry::wrong_this(span, &a, &b));
        }
    }

    fn args_quietly(&mut self, given: &Args) {
        for g in &given.list {
            if let Given::Expr(x) | Given::Named(_, x, _) = *g {
                self.expr(x, Some(Ty::ANY));
            }
        }
    }

    fn check_arg(&mut self, g: Given, wanted: Ty, report: bool) -> bool {
        match g {
            Given::Type(ty, e) => {
                let fits = self.assignable(ty, wanted);
                if !fits && report {
                    let span = self.expr_span(e);
                    self.mismatch(span, ty, wanted, super::report::Place::Argument);
                }
                fits
            }
            Given::Expr(e) | Given::Named(_, e, _) => {
                let ty = self.expr(e, Some(wanted));
                if report {
                    self.expect(e, ty, wanted, super::report::Place::Argument)
                } else {
                    self.assignable(ty, wanted) && !self.has_excess(e, wanted)
                }
            }
        }
    }

    /// UltraScript: puts keyword arguments where their parameters are.
    fn place_named(&mut self, sig: SigId, given: &Args, report: bool) -> Option<Args> {
        if !given.list.iter().any(|g| matches!(g, Given::Named(..))) {
            return Some(given.clone());
        }
        let s = self.sigs[sig].clone();
        let positional = given.list.iter().take_while(|g| !matches!(g, Given::Named(..))).count();
        let mut seen: Vec<Name> = s.params.iter().take(positional).map(|p| p.name).collect();
        let mut ok = true;
        for g in &given.list {
            let Given::Named(name, value, span) = *g else { continue };
            let Some(p) = s.params.iter().find(|p| p.name == name) else {
                ok = false;
                if report && s.func.is_some() {
                    self.unknown_parameter(&s, name, span);
                }
                continue;
            };
            if seen.contains(&name) {
                ok = false;
                if report {
                    let text = self.text(name).to_owned();
                    self.error(registry::argument_twice(span, &text));
                }
                continue;
            }
            seen.push(name);
            let wanted = self.force(p.ty);
            let wanted = if self.t.has_params(wanted) { Ty::ANY } else { wanted };
            ok &= self.check_arg(Given::Expr(value), wanted, report);
        }
        // What is not given is undefined: there is nothing to count.
        if ok { Some(Args { list: given.list[..positional].to_vec(), open: true }) } else { None }
    }

    fn unknown_parameter(&mut self, s: &super::Sig, name: Name, span: Span) {
        let text = self.text(name).to_owned();
        let function = match s.func {
            Some((file, id)) => {
                let f = self.file_of(file);
                f.ast()[id].name.map_or("this function".to_owned(), |n| self.text(n.name).to_owned())
            }
            None => "this function".to_owned(),
        };
        let names: Vec<String> = s.params.iter().map(|p| self.text(p.name).to_owned()).collect();
        let mut d = registry::unknown_parameter(span, &function, &text);
        if let Some(close) = super::report::nearest(&text, names.iter().map(String::as_str)) {
            d = d.with_fix(format!("did you mean `{close}`?"), span, close);
        }
        self.error(d);
    }

    // Type arguments.

    #[allow(clippy::too_many_arguments)]
    fn type_arguments(
        &mut self,
        sig: SigId,
        s: &super::Sig,
        type_args: &[Ty],
        given: &Args,
        ctx: Option<Ty>,
        report: bool,
        e: ExprId,
        callee: Option<ExprId>,
    ) -> Option<MapperId> {
        if !type_args.is_empty() {
            let least = s.tparams.iter().filter(|&&p| self.s.tparams[p].default.is_none()).count();
            if type_args.len() > s.tparams.len() || type_args.len() < least {
                if report {
                    let span = self.expr_span(e);
                    let wanted = s.tparams.len() as u32;
                    self.error(registry::type_argument_count(
                        span,
                        "this function",
                        wanted,
                        type_args.len() as u32,
                    ));
                }
                return None;
            }
            let filled = self.fill(&s.tparams, type_args);
            let m = self.t.mapper(s.tparams.iter().copied().zip(filled.iter().copied()).collect());
            for (&p, &ty) in s.tparams.iter().zip(&filled) {
                self.check_constraint(p, ty, m, self.expr_span(e));
            }
            return Some(m);
        }
        let mut inf = Inference::new(&s.tparams);
        let ret = self.ret_of(sig);
        if let Some(c) = ctx
            && c != Ty::ANY
            && !self.t.has_params(c)
        {
            inf.is_weak = true;
            self.infer(&mut inf, c, ret, false);
            inf.is_weak = false;
        }
        if let Some(this) = s.this
            && let Some(own) = self.object_of_callee(callee)
        {
            self.infer(&mut inf, own, this, false);
        }
        for sensitive in [false, true] {
            for (i, g) in given.list.iter().enumerate() {
                let Some(wanted) = self.param_at(s, i) else { break };
                match *g {
                    Given::Type(ty, _) if !sensitive => self.infer(&mut inf, ty, wanted, false),
                    Given::Type(..) => {}
                    Given::Expr(x) | Given::Named(_, x, _) => {
                        if self.is_sensitive(x) != sensitive {
                            continue;
                        }
                        let mark = self.diags.len();
                        let state = self.state.clone();
                        let c = if sensitive {
                            self.partial_context(&mut inf, wanted, ret)
                        } else {
                            // A bound or expected result may type literals already.
                            self.known_context(&inf, wanted)
                        };
                        let ty = self.expr(x, Some(c));
                        self.diags.truncate(mark);
                        self.state = state;
                        self.infer(&mut inf, ty, wanted, false);
                    }
                }
            }
        }
        if given.open {
            self.infer_open(&mut inf, s, given);
        }
        let mut m = self.solve(&inf, ret, false);
        // What does not satisfy its constraint becomes the constraint; the arguments then tell.
        for &p in s.tparams.iter() {
            let constraint = self.constraint(p);
            if constraint == Ty::UNKNOWN {
                continue;
            }
            let bound = self.inst(constraint, m);
            let ty = self.t.mapped(m, p).unwrap_or(Ty::ANY);
            if !self.assignable(ty, bound) {
                m = self.extend(m, p, bound);
            }
        }
        Some(m)
    }

    /// The type of the object whose method is called.
    fn object_of_callee(&mut self, callee: Option<ExprId>) -> Option<Ty> {
        let f = self.file_of(self.file);
        let Expr::Member { object, .. } = f.ast()[f.ast().unparen(callee?)] else { return None };
        let own = self.quietly(|c| c.expr(object, None));
        Some(self.non_null(own))
    }

    /// A spread of unknown length gives every parameter that is left.
    fn infer_open(&mut self, inf: &mut Inference, s: &super::Sig, given: &Args) {
        for p in s.params.iter().skip(given.list.len()) {
            self.infer(inf, Ty::ANY, p.ty, false);
        }
    }

    /// The expected type of an argument with what has been inferred put in.
    fn known_context(&mut self, inf: &Inference, wanted: Ty) -> Ty {
        let mut pairs = Vec::new();
        for i in 0..inf.params.len() {
            if inf.from[i].is_empty() && inf.fixed[i].is_none() && !inf.weak[i].is_empty() {
                let w = inf.weak[i].clone();
                pairs.push((inf.params[i], self.t.union(&w)));
            }
        }
        let m = self.t.mapper(pairs);
        self.inst(wanted, m)
    }

    /// The same for a function whose parameters are to be inferred: they take what is known, and
    /// what they depend on is decided by that.
    fn partial_context(&mut self, inf: &mut Inference, wanted: Ty, ret: Ty) -> Ty {
        let full = self.solve(inf, ret, true);
        let mut known = Vec::new();
        for i in 0..inf.params.len() {
            let decided = !inf.from[i].is_empty() || !inf.weak[i].is_empty() || inf.fixed[i].is_some();
            if decided && let Some(t) = self.t.mapped(full, inf.params[i]) {
                known.push((inf.params[i], t));
            }
        }
        let known = self.t.mapper(known);
        let Some(sig) = self.expected_sig(wanted) else { return self.inst(wanted, full) };
        let s = self.sigs[sig].clone();
        let params: Vec<super::SigParam> =
            s.params.iter().map(|p| super::SigParam { ty: self.inst(p.ty, full), ..p.clone() }).collect();
        for p in s.params.iter() {
            for i in 0..inf.params.len() {
                let q = inf.params[i];
                let probe = self.t.mapper(vec![(q, Ty::NEVER)]);
                if inf.fixed[i].is_none() && !inf.from[i].is_empty() && self.inst(p.ty, probe) != p.ty {
                    inf.fixed[i] = self.t.mapped(full, q);
                }
            }
        }
        let ret = self.ret_of(sig);
        let ret = self.inst(ret, known);
        let params: Rc<[super::SigParam]> = params.into();
        let new = self.sigs.push(super::Sig { params, ret, base: None, func: None, ..s });
        self.object(Shape { calls: vec![new], ..Shape::default() })
    }

    /// Whether the type of an argument depends on what is expected of its parameters.
    fn is_sensitive(&self, e: ExprId) -> bool {
        let f = self.file_of(self.file);
        is_sensitive(f.ast(), e)
    }

    // new and super.

    pub(super) fn new_expr(
        &mut self,
        e: ExprId,
        callee: ExprId,
        type_args: &[TypeId],
        args: &[Arg],
        ctx: Option<Ty>,
    ) -> Ty {
        let ty = self.expr(callee, None);
        let ty = self.base_constraint(ty);
        if ty == Ty::ANY || ty == Ty::NEVER || ty == Ty::UNKNOWN {
            self.loose_args(args);
            return Ty::ANY;
        }
        let sigs = self.signatures(ty, true);
        if sigs.is_empty() {
            self.loose_args(args);
            let plain_function = !self.signatures(ty, false).is_empty();
            if !self.is_open(ty)
                && !plain_function
                && !matches!(self.t.data(ty), Data::Union(_))
                && !self.is_function(ty)
            {
                let shown = self.show(ty);
                let span = self.expr_span(callee);
                self.error(registry::not_constructable(span, &shown));
            }
            return Ty::ANY;
        }
        let first = self.sigs[sigs[0]].clone();
        if first.is_abstract {
            let shown = self.callee_text(callee);
            let span = self.expr_span(e);
            self.error(registry::abstract_new(span, &shown));
        }
        if let Some(access) = first.access.filter(|a| *a != Access::Public) {
            self.check_constructor_access(e, callee, ty, access);
        }
        if self.dialect.is_ultra() && args.is_empty() {
            // What is not given is undefined or the default.
            let f = self.file_of(self.file);
            if let Expr::New { fields: Some(_), .. } = f.ast()[e] {
                return self.result_any(sigs[0]);
            }
        }
        self.resolve(e, &sigs, type_args, args, ctx, Some(callee))
    }

    fn callee_text(&self, callee: ExprId) -> String {
        let f = self.file_of(self.file);
        match &f.ast()[f.ast().unparen(callee)] {
            Expr::Name(n) => self.text(*n).to_owned(),
            Expr::Member { name, .. } => self.text(name.name).to_owned(),
            _ => "this class".to_owned(),
        }
    }

    fn check_constructor_access(&mut self, e: ExprId, callee: ExprId, ty: Ty, access: Access) {
        let Data::Value(owner) = *self.t.data(ty) else { return };
        let mut scope = self.scope;
        while !scope.is_none() {
            let s = self.s.scopes[scope];
            if let Some(class) = s.class {
                let f = self.file_of(s.file);
                let here = f.scopes.class_sym[class];
                let ty = self.declared_any(here);
                if here == owner || access == Access::Protected && self.base_of(ty, owner, 0).is_some() {
                    return;
                }
            }
            scope = s.parent;
        }
        let class = self.callee_text(callee);
        let word = if access == Access::Private { "private" } else { "protected" };
        let span = self.expr_span(e);
        self.error(registry::member_not_accessible(span, "constructor", word, &class));
    }

    fn super_call(&mut self, e: ExprId, args: &[Arg]) -> Ty {
        let f = self.file_of(self.file);
        let base = self.s.this_at(self.scope).map(|p| self.s.tparams[p].this_of);
        let Some(sym) = base else {
            self.loose_args(args);
            return Ty::VOID;
        };
        let bases = self.bases_of(sym);
        let [base] = bases.as_ref() else {
            self.loose_args(args);
            return Ty::VOID;
        };
        let Data::Ref(b, base_args) = self.t.data(*base).clone() else {
            self.loose_args(args);
            return Ty::VOID;
        };
        let value = if self.s.symbols[b].flags & flag::CLASS != 0 {
            self.t.intern(Data::Value(b), false)
        } else {
            self.type_of(b)
        };
        let mut sigs = self.signatures(value, true);
        if sigs.is_empty() {
            self.loose_args(args);
            return Ty::VOID;
        }
        // The type arguments are those of `extends`.
        for s in &mut sigs {
            let tparams = Rc::clone(&self.sigs[*s].tparams);
            if !tparams.is_empty() && tparams.len() == base_args.len() {
                let m = self.t.mapper(tparams.iter().copied().zip(base_args.iter().copied()).collect());
                let new = self.inst_sig(*s, m);
                let plain = super::Sig { tparams: Rc::from([]), ..self.sigs[new].clone() };
                *s = self.sigs.push(plain);
            }
        }
        let callee = match &f.ast()[e] {
            Expr::Call { callee, .. } => Some(*callee),
            _ => None,
        };
        self.resolve(e, &sigs, &[], args, None, callee);
        Ty::VOID
    }

    /// UltraScript: the fields of `new P{ x: 1 }`.
    pub(super) fn new_fields(&mut self, ty: Ty, fields: &[Prop]) {
        let f = self.file_of(self.file);
        for p in fields {
            let (key, value) = match p {
                Prop::Value { key, value } => (*key, Some(*value)),
                Prop::Shorthand(i) => (PropKey::Ident(*i), None),
                Prop::Method { .. } => continue,
                Prop::Spread(e) => {
                    self.expr(*e, None);
                    continue;
                }
            };
            let name = self.member_name(self.file, &key);
            let span = f.ast().key_span(&key);
            let wanted = match name {
                Some(n) if ty != Ty::ANY => match self.prop_type(ty, n) {
                    Some(t) => t,
                    None => {
                        self.unknown_field(ty, n, span);
                        Ty::ANY
                    }
                },
                _ => Ty::ANY,
            };
            if let Some(v) = value {
                let given = self.expr(v, Some(wanted));
                self.expect(v, given, wanted, super::report::Place::Property);
            }
        }
    }
}

fn is_plain(ast: &Ast, e: ExprId) -> bool {
    match &ast[e] {
        Expr::Paren(e) | Expr::NonNull(e) | Expr::OptionalChain(e) => is_plain(ast, *e),
        Expr::Name(_)
        | Expr::This
        | Expr::Member { .. }
        | Expr::Index { .. }
        | Expr::Number(_)
        | Expr::String(_)
        | Expr::Bool(_)
        | Expr::Null
        | Expr::RegExp { .. }
        | Expr::Unary { .. }
        | Expr::Binary { .. }
        | Expr::As { .. }
        | Expr::Update { .. } => true,
        Expr::Call { callee, args, .. } => {
            // A call that is generic may depend on what is expected; most are not.
            let member = matches!(&ast[*callee], Expr::Member { .. } | Expr::Name(_));
            member && args.iter().all(|a| matches!(a, Arg::Item(e) if is_plain(ast, *e)))
        }
        _ => false,
    }
}

fn is_sensitive(ast: &Ast, e: ExprId) -> bool {
    match &ast[e] {
        Expr::Paren(e) => is_sensitive(ast, *e),
        Expr::Function(f) => {
            let f = &ast[*f];
            let untyped = f.params.iter().any(|p| p.ty.is_none() && !matches!(p.modifiers.access, Some(_)));
            untyped || matches!(f.body, FunctionBody::Expr(b) if is_sensitive(ast, b))
        }
        Expr::Object(props) => props.iter().any(|p| match p {
            Prop::Value { value, .. } => is_sensitive(ast, *value),
            Prop::Method { function, .. } => ast[*function].params.iter().any(|p| p.ty.is_none()),
            _ => false,
        }),
        Expr::Array(elems) => elems.iter().any(|e| match e {
            crate::syntax::ast::ArrayElem::Item(e) => is_sensitive(ast, *e),
            _ => false,
        }),
        Expr::Conditional { yes, no, .. } => is_sensitive(ast, *yes) || is_sensitive(ast, *no),
        Expr::Logical { right, .. } => is_sensitive(ast, *right),
        _ => false,
    }
}

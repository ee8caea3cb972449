//! Inference of type arguments: from what is given to what is expected.
//!
//! Candidates gather per parameter: those from values, those from positions of parameters
//! (which bound from above), and those from the expected result, which count only when there is
//! nothing else.

use super::Checker;
use super::types::{Data, Elem, MapperId, ParamId, Ty};

const MAX_INFER: u32 = 24;
/// Pairs of object types past which one inference stops looking into them.
const MAX_PAIRS: usize = 200;

/// The state of one inference.
#[derive(Clone, Debug)]
pub(super) struct Inference {
    pub params: Vec<ParamId>,
    /// From values.
    pub from: Vec<Vec<Ty>>,
    /// From parameters of functions.
    contra: Vec<Vec<Ty>>,
    /// From the expected result.
    pub weak: Vec<Vec<Ty>>,
    /// Chosen already, since a function's parameters depended on it.
    pub fixed: Vec<Option<Ty>>,
    /// Candidates go to `weak`.
    pub is_weak: bool,
    /// Pairs whose members have been compared.
    seen: hashbrown::HashSet<(Ty, Ty, bool, bool)>,
    depth: u32,
}

impl Inference {
    pub fn new(params: &[ParamId]) -> Inference {
        let n = params.len();
        Inference {
            params: params.to_vec(),
            from: vec![Vec::new(); n],
            contra: vec![Vec::new(); n],
            weak: vec![Vec::new(); n],
            fixed: vec![None; n],
            is_weak: false,
            seen: hashbrown::HashSet::new(),
            depth: 0,
        }
    }
}

impl Checker<'_> {
    /// The types for the names after `infer` in a conditional type.
    pub(super) fn infer_types(&mut self, params: &[ParamId], s: Ty, t: Ty) -> Vec<Ty> {
        let mut inf = Inference::new(params);
        self.infer(&mut inf, s, t, false);
        (0..params.len())
            .map(|i| {
                if !inf.from[i].is_empty() {
                    self.t.union(&inf.from[i])
                } else if !inf.contra[i].is_empty() {
                    let c = inf.contra[i].clone();
                    self.intersection(&c)
                } else {
                    self.constraint(params[i])
                }
            })
            .collect()
    }

    /// Collects candidates from a type that is given where another is expected.
    pub(super) fn infer(&mut self, inf: &mut Inference, s: Ty, t: Ty, contra: bool) {
        if !self.t.has_params(t) || s == t || inf.depth > MAX_INFER {
            return;
        }
        self.instantiations += 1;
        if self.instantiations > super::MAX_INSTANTIATIONS {
            return;
        }
        inf.depth += 1;
        self.infer_step(inf, s, t, contra);
        inf.depth -= 1;
    }

    fn infer_step(&mut self, inf: &mut Inference, s: Ty, t: Ty, contra: bool) {
        if let Data::Param(p) = *self.t.data(t)
            && let Some(i) = inf.params.iter().position(|&q| q == p)
        {
            if s.is_none() {
                return;
            }
            let list = match (inf.is_weak, contra) {
                (true, _) => &mut inf.weak[i],
                (false, true) => &mut inf.contra[i],
                (false, false) => &mut inf.from[i],
            };
            if !list.contains(&s) {
                list.push(s);
            }
            return;
        }
        let (s, t) = (self.force(s), self.force(t));
        let (sd, td) = (self.t.data(s).clone(), self.t.data(t).clone());
        match (&sd, &td) {
            (_, Data::Union(parts)) => return self.infer_to_union(inf, s, parts, contra),
            (Data::Union(parts), _) => {
                for &p in parts.iter() {
                    self.infer(inf, p, t, contra);
                }
                return;
            }
            (_, Data::Intersection(parts)) => {
                for &p in parts.iter() {
                    self.infer(inf, s, p, contra);
                }
                return;
            }
            (Data::Keyof(a), Data::Keyof(b)) => return self.infer(inf, *a, *b, !contra),
            (_, Data::Keyof(_)) => return,
            (Data::Indexed(a, i), Data::Indexed(b, j)) => {
                self.infer(inf, *a, *b, contra);
                return self.infer(inf, *i, *j, contra);
            }
            (_, Data::Cond(node, m)) => return self.infer_to_branches(inf, s, *node, *m, contra),
            (_, Data::Mapped(node, m)) => return self.infer_to_mapped(inf, s, *node, *m),
            (_, Data::Template { texts, types }) => {
                if let Data::StrLit(n) = sd {
                    let text = self.names.resolve(n).to_owned();
                    self.infer_text(inf, &text, texts, types);
                } else if let Data::Template { types: from, .. } = &sd
                    && from.len() == types.len()
                {
                    for (&a, &b) in from.iter().zip(types.iter()) {
                        self.infer(inf, a, b, contra);
                    }
                } else {
                    for &b in types.iter() {
                        self.infer(inf, Ty::STRING, b, contra);
                    }
                }
                return;
            }
            (Data::Any, _) => return self.infer_any(inf, t),
            (Data::Ref(a, x), Data::Ref(b, y)) if a == b => {
                for (&p, &q) in x.iter().zip(y.iter()) {
                    self.infer(inf, p, q, contra);
                }
                return;
            }
            (Data::Tuple { elems: a, .. }, Data::Tuple { elems: b, .. }) => {
                return self.infer_tuples(inf, a, b, contra);
            }
            (Data::Ref(..), Data::Tuple { elems, .. }) => {
                if let Some(elem) = self.array_elem(s) {
                    for &(q, kind) in elems.iter() {
                        let from = if kind == Elem::Variadic { s } else { elem };
                        self.infer(inf, from, q, contra);
                    }
                }
                return;
            }
            (Data::Ref(..), Data::Ref(b, _)) => {
                if let Some(base) = self.base_of(s, *b, 0) {
                    return self.infer(inf, base, t, contra);
                }
            }
            (Data::Tuple { elems, .. }, Data::Ref(_, y)) if self.is_array(t) => {
                let all: Vec<Ty> = elems.iter().map(|e| e.0).collect();
                let elem = self.t.union(&all);
                return self.infer(inf, elem, y[0], contra);
            }
            _ => {}
        }
        self.infer_members(inf, s, t, contra);
    }

    /// The base of an instance that is of one declaration.
    pub(super) fn base_of(&mut self, ty: Ty, sym: super::SymId, depth: u32) -> Option<Ty> {
        let Data::Ref(s, args) = self.t.data(ty).clone() else { return None };
        if s == sym {
            return Some(ty);
        }
        if s == self.known("Array") && sym == self.known("ReadonlyArray") {
            return Some(self.t.intern(Data::Ref(sym, args), false));
        }
        if depth > 30 {
            return None;
        }
        let params = self.tparams_of(s);
        let m = self.t.mapper(params.iter().copied().zip(args.iter().copied()).collect());
        for &b in self.bases_of(s).iter() {
            let b = self.inst(b, m);
            if let Some(found) = self.base_of(b, sym, depth + 1) {
                return Some(found);
            }
        }
        None
    }

    fn infer_any(&mut self, inf: &mut Inference, t: Ty) {
        for i in 0..inf.params.len() {
            let p = inf.params[i];
            let m = self.t.mapper(vec![(p, Ty::NEVER)]);
            if self.inst(t, m) != t {
                let list = if inf.is_weak { &mut inf.weak[i] } else { &mut inf.from[i] };
                if !list.contains(&Ty::ANY) {
                    list.push(Ty::ANY);
                }
            }
        }
    }

    fn infer_to_union(&mut self, inf: &mut Inference, s: Ty, parts: &[Ty], contra: bool) {
        let is_naked = |c: &Self, t: Ty| matches!(c.t.data(t), Data::Param(p) if inf.params.contains(p));
        let naked: Vec<Ty> = parts.iter().copied().filter(|&t| is_naked(self, t)).collect();
        let others: Vec<Ty> = parts.iter().copied().filter(|&t| !is_naked(self, t)).collect();
        // What a part says already is not for the parameter.
        let mut left = Vec::new();
        for &p in self.t.parts(s).iter() {
            if !others.contains(&p) {
                left.push(p);
            }
        }
        let before: usize = inf.from.iter().chain(&inf.contra).chain(&inf.weak).map(Vec::len).sum();
        for &o in &others {
            for &p in &left {
                if self.may_match(p, o) {
                    self.infer(inf, p, o, contra);
                }
            }
        }
        let after: usize = inf.from.iter().chain(&inf.contra).chain(&inf.weak).map(Vec::len).sum();
        if naked.is_empty() {
            return;
        }
        if after > before && others.iter().any(|&o| self.t.has_params(o)) {
            // Matched inside another part, such as `PromiseLike<T>` of `T | PromiseLike<T>`.
            left.retain(|&p| !self.is_matched(p, &others));
        }
        if left.is_empty() {
            return;
        }
        let rest = self.t.union(&left);
        for n in naked {
            self.infer(inf, rest, n, contra);
        }
    }

    /// Whether the literal properties of two object types agree.
    fn may_match(&mut self, p: Ty, o: Ty) -> bool {
        if !matches!(self.t.data(p), Data::Object(_) | Data::Anon(..))
            || !matches!(self.t.data(o), Data::Ref(..) | Data::Anon(..))
        {
            return true;
        }
        let Some((shape, m)) = self.shape_of(o) else { return true };
        if shape.props.len() > 12 {
            return true;
        }
        for q in &shape.props {
            let wanted = self.type_of_prop(q, m);
            if self.t.is_unit(wanted)
                && let Some(own) = self.prop(p, q.name)
                && !self.comparable(own.ty, wanted)
            {
                return false;
            }
        }
        true
    }

    /// Whether a type is an instance of what one of these types is an instance of.
    fn is_matched(&mut self, p: Ty, others: &[Ty]) -> bool {
        others.iter().any(|&o| match *self.t.data(o) {
            Data::Ref(sym, _) => {
                self.base_of(p, sym, 0).is_some() || {
                    let like = self.known("PromiseLike");
                    let promise = self.known("Promise");
                    sym == like && self.base_of(p, promise, 0).is_some()
                }
            }
            Data::Object(_) => !self.signatures(p, false).is_empty(),
            _ => false,
        })
    }

    fn infer_to_branches(
        &mut self,
        inf: &mut Inference,
        s: Ty,
        node: super::types::Node,
        m: MapperId,
        contra: bool,
    ) {
        let f = self.file_of(node.file);
        let id = super::annot::type_of_node(node);
        let crate::syntax::ast::TypeExpr::Conditional { yes, no, .. } = f.ast()[id] else { return };
        let scope = self.node_scopes.get(&node).copied().unwrap_or(self.global);
        for branch in [yes, no] {
            let t = self.annotation(node.file, branch, scope);
            let t = self.inst(t, m);
            self.infer(inf, s, t, contra);
        }
    }

    /// From an object to a type mapped over the keys of a parameter: each property, read backwards.
    fn infer_to_mapped(&mut self, inf: &mut Inference, s: Ty, node: super::types::Node, m: MapperId) {
        use crate::syntax::ast::TypeExpr;
        let f = self.file_of(node.file);
        let TypeExpr::Mapped(mapped) = &f.ast()[super::annot::type_of_node(node)] else { return };
        let scope = self.node_scopes.get(&node).copied().unwrap_or(self.global);
        let constraint = self.annotation(node.file, mapped.constraint, scope);
        let constraint = self.inst(constraint, m);
        match *self.t.data(constraint) {
            Data::Keyof(of) => {
                let Data::Param(p) = *self.t.data(of) else { return };
                let Some(i) = inf.params.iter().position(|&q| q == p) else { return };
                let reversed = self.reverse_mapped(s, node, m, of);
                let list = if inf.is_weak { &mut inf.weak[i] } else { &mut inf.from[i] };
                if list.is_empty() {
                    list.push(reversed);
                }
            }
            Data::Param(_) => {
                let keys = self.keyof(s);
                self.infer(inf, keys, constraint, false);
                if let Some(t) = mapped.ty {
                    let t = self.annotation(node.file, t, scope);
                    let t = self.inst(t, m);
                    let Some((shape, sm)) = self.shape_of(s) else { return };
                    for p in &shape.props {
                        let ty = self.type_of_prop(p, sm);
                        self.infer(inf, ty, t, false);
                    }
                }
            }
            _ => {}
        }
    }

    fn reverse_mapped(&mut self, s: Ty, node: super::types::Node, m: MapperId, of: Ty) -> Ty {
        use crate::syntax::ast::TypeExpr;
        let f = self.file_of(node.file);
        let TypeExpr::Mapped(mapped) = &f.ast()[super::annot::type_of_node(node)] else { return Ty::ANY };
        let scope = self.node_scopes.get(&node).copied().unwrap_or(self.global);
        let Some(&key) = self.s.params_of(scope).first() else { return Ty::ANY };
        let Some(t) = mapped.ty else { return Ty::ANY };
        let template = self.annotation(node.file, t, scope);
        let template = self.inst(template, m);
        let key_ty = self.t.intern(Data::Param(key), false);
        let at = self.t.intern(Data::Indexed(of, key_ty), true);
        if template == at {
            return s;
        }
        // `{ [K in keyof T]: F<T[K]> }`: each property is inferred through F.
        let Some((shape, sm)) = self.shape_of(s) else { return Ty::ANY };
        if self.array_elem(s).is_some() || matches!(self.t.data(s), Data::Tuple { .. }) {
            return Ty::ANY;
        }
        let hole = key;
        let mut out = super::types::Shape::default();
        for p in &shape.props {
            let from = self.type_of_prop(p, sm);
            let found = self.infer_through(from, template, at, hole);
            out.props.push(super::decl::known_prop(p.name, found));
        }
        self.object(out)
    }

    /// What `T[K]` must be for a template to give a type.
    fn infer_through(&mut self, from: Ty, template: Ty, at: Ty, hole: ParamId) -> Ty {
        match (self.t.data(template).clone(), self.t.data(from).clone()) {
            _ if template == at => from,
            (Data::Ref(a, x), Data::Ref(b, y)) if a == b => {
                for (&p, &q) in x.iter().zip(y.iter()) {
                    if self.t.has_params(p) {
                        return self.infer_through(q, p, at, hole);
                    }
                }
                Ty::ANY
            }
            _ => Ty::ANY,
        }
    }

    fn infer_text(&mut self, inf: &mut Inference, text: &str, texts: &[crate::syntax::Name], types: &[Ty]) {
        let pieces: Vec<String> = texts.iter().map(|t| self.names.resolve(*t).to_owned()).collect();
        let Some(mut rest) = text.strip_prefix(pieces[0].as_str()) else { return };
        for (i, &t) in types.iter().enumerate() {
            let next = &pieces[i + 1];
            let last = i + 1 == types.len();
            let end = if last {
                if !rest.ends_with(next.as_str()) {
                    return;
                }
                rest.len() - next.len()
            } else if next.is_empty() {
                rest.chars().next().map_or(0, char::len_utf8)
            } else {
                match rest.find(next.as_str()) {
                    Some(e) => e,
                    None => return,
                }
            };
            let name = self.names.intern(&rest[..end]);
            let lit = self.t.str_lit(name);
            self.infer(inf, lit, t, false);
            rest = &rest[end + next.len()..];
        }
    }

    fn infer_tuples(&mut self, inf: &mut Inference, a: &[(Ty, Elem)], b: &[(Ty, Elem)], contra: bool) {
        let fixed_end = b.iter().rev().take_while(|e| !matches!(e.1, Elem::Rest | Elem::Variadic)).count();
        for (i, &(q, kind)) in b.iter().enumerate() {
            match kind {
                Elem::Variadic | Elem::Rest => {
                    let end = a.len().saturating_sub(fixed_end).max(i);
                    let middle = &a[i.min(a.len())..end.min(a.len())];
                    if kind == Elem::Variadic {
                        let tuple = self.t.tuple(middle.to_vec(), false);
                        self.infer(inf, tuple, q, contra);
                    } else {
                        for &(p, _) in middle {
                            self.infer(inf, p, q, contra);
                        }
                    }
                    let tail = a.len().saturating_sub(fixed_end).max(i);
                    for (x, y) in a[tail.min(a.len())..].iter().zip(&b[i + 1..]) {
                        self.infer(inf, x.0, y.0, contra);
                    }
                    return;
                }
                _ => {
                    if let Some(&(p, _)) = a.get(i) {
                        self.infer(inf, p, q, contra);
                    }
                }
            }
        }
    }

    fn infer_members(&mut self, inf: &mut Inference, s: Ty, t: Ty, contra: bool) {
        if !inf.seen.insert((s, t, contra, inf.is_weak)) || inf.seen.len() > MAX_PAIRS {
            return;
        }
        let Some((target, tm)) = self.shape_of(t) else { return };
        let from = self.apparent(s);
        // An array or string is looked into only for what it may be taken for.
        if target.props.len() > 25 && matches!(self.t.data(t), Data::Ref(..)) {
            return;
        }
        for p in &target.props {
            if let Some(own) = self.prop(from, p.name) {
                let wanted = self.type_of_prop(p, tm);
                self.infer(inf, own.ty, wanted, contra);
            }
        }
        for (list, construct) in [(&target.calls, false), (&target.constructs, true)] {
            if list.is_empty() {
                continue;
            }
            let own = self.signatures(from, construct);
            let Some(&o) = own.last() else { continue };
            for &wanted in list.iter().rev().take(1) {
                let wanted = self.inst_sig(wanted, tm);
                self.infer_sigs(inf, o, wanted, contra);
            }
        }
        for i in &target.index {
            let wanted = self.inst(i.value, tm);
            let key = self.inst(i.key, tm);
            if let Some(own) = self.index_type(from, key) {
                self.infer(inf, own, wanted, contra);
            } else if matches!(self.t.data(from), Data::Object(_) | Data::Anon(..))
                && let Some((shape, sm)) = self.shape_of(from)
            {
                for p in &shape.props {
                    if key == Ty::NUMBER && self.names.resolve(p.name).parse::<f64>().is_err() {
                        continue;
                    }
                    let ty = self.type_of_prop(p, sm);
                    self.infer(inf, ty, wanted, contra);
                }
            }
        }
    }

    fn infer_sigs(&mut self, inf: &mut Inference, s: super::SigId, t: super::SigId, contra: bool) {
        let s = self.erase(s);
        let (a, b) = (self.sigs[s].clone(), self.sigs[t].clone());
        for (i, p) in b.params.iter().enumerate() {
            if p.rest {
                // The rest of the parameters as a tuple.
                let mut elems = Vec::new();
                for q in a.params.iter().skip(i) {
                    if q.rest {
                        let rest = self.force(q.ty);
                        self.spread_elem(rest, &mut elems);
                    } else {
                        elems.push((q.ty, if q.optional { Elem::Optional } else { Elem::Required }));
                    }
                }
                let tuple = self.t.tuple(elems, false);
                self.infer(inf, tuple, p.ty, !contra);
                break;
            }
            if let Some(own) = self.param_at(&a, i) {
                self.infer(inf, own, p.ty, !contra);
            }
        }
        let wanted = self.ret_of(t);
        if self.t.has_params(wanted) {
            let own = self.ret_of(s);
            self.infer(inf, own, wanted, contra);
        }
        if let (Some(x), Some(y)) = (a.predicate.and_then(|p| p.ty), b.predicate.and_then(|p| p.ty)) {
            self.infer(inf, x, y, contra);
        }
    }

    /// The substitution that an inference found so far. Without candidates: the default, the
    /// constraint, or `unknown`.
    pub(super) fn solve(&mut self, inf: &Inference, ret: Ty, partial: bool) -> MapperId {
        let mut pairs: Vec<(ParamId, Ty)> = Vec::new();
        for i in 0..inf.params.len() {
            let p = inf.params[i];
            let ty = match inf.fixed[i] {
                Some(t) => t,
                None => self.choose(inf, i, ret, partial, &pairs),
            };
            pairs.push((p, ty));
        }
        self.t.mapper(pairs)
    }

    fn choose(&mut self, inf: &Inference, i: usize, ret: Ty, partial: bool, before: &[(ParamId, Ty)]) -> Ty {
        let p = inf.params[i];
        let tp = self.s.tparams[p];
        let constraint = self.constraint(p);
        // A parameter that a function's parameters depend on is a type, not one value.
        let keeps = tp.is_const || self.wants_literals(constraint) || !partial && self.is_direct(ret, p);
        let mut candidates = inf.from[i].clone();
        if candidates.is_empty() && !inf.contra[i].is_empty() {
            let all = inf.contra[i].clone();
            return self.intersection(&all);
        }
        if candidates.is_empty() {
            candidates = inf.weak[i].clone();
            if !candidates.is_empty() {
                let u = self.t.union(&candidates);
                return u;
            }
        }
        if candidates.is_empty() {
            let m = self.t.mapper(before.to_vec());
            return match tp.default {
                Some(node) => {
                    let ty = self.annotation(tp.file, node, tp.scope);
                    let ty = self.inst(ty, tp.rename);
                    self.inst(ty, m)
                }
                None if partial => Ty::UNKNOWN,
                None if constraint == Ty::UNKNOWN => Ty::UNKNOWN,
                None => {
                    // The constraint may mention parameters that are chosen later.
                    let all = inf.params.iter().map(|&q| (q, Ty::ANY));
                    let m = self.t.mapper(before.iter().copied().chain(all).collect());
                    self.inst(constraint, m)
                }
            };
        }
        if !keeps {
            candidates = candidates.iter().map(|&c| self.widen_top(c)).collect();
        }
        // The expected result decides between a literal and its base type.
        if let [w] = inf.weak[i].as_slice()
            && candidates.iter().all(|&c| self.assignable(c, *w))
            && !self.t.has_params(*w)
        {
            return *w;
        }
        self.common(&candidates)
    }

    /// The literal types of unit candidates become their base types.
    fn widen_top(&mut self, ty: Ty) -> Ty {
        match self.t.data(ty) {
            Data::StrLit(_) | Data::NumLit(_) | Data::BigLit(..) | Data::Bool(_) | Data::EnumLit(..) => {
                self.widen(ty)
            }
            _ => ty,
        }
    }

    /// A candidate that all others fit, or their union.
    fn common(&mut self, list: &[Ty]) -> Ty {
        for &c in list {
            if list.iter().all(|&o| self.assignable(o, c)) {
                return c;
            }
        }
        self.t.union(list)
    }

    /// Whether literals are kept for a parameter of this constraint.
    pub(super) fn wants_literals(&mut self, constraint: Ty) -> bool {
        let parts = self.t.parts(constraint);
        parts.iter().any(|&p| {
            let p = self.force(p);
            self.is_primitive(p) && !matches!(p, Ty::NULL | Ty::UNDEFINED | Ty::VOID)
                || matches!(self.t.data(p), Data::Keyof(_) | Data::Template { .. })
        })
    }

    /// Whether a parameter is the result itself, or a part of its union.
    fn is_direct(&mut self, ret: Ty, p: ParamId) -> bool {
        !ret.is_none()
            && self.t.parts(ret).iter().any(|&t| matches!(self.t.data(t), Data::Param(q) if *q == p))
    }
}

//! Relations between types: assignable, comparable.
//!
//! Answers are remembered by pair. A pair that is being compared counts as related, which ends
//! recursion over recursive types; so does nesting past a limit. What is still generic is related
//! to everything: a wrong "no" would be a false error, a wrong "yes" is only a missing one.

use std::rc::Rc;

use super::bind::flag;
use super::types::{Data, Elem, MapperId, Prop, Shape, SigId, Ty};
use super::{Checker, Sig};

const MAX_RELATE: u32 = 40;

/// Why a type cannot be assigned, as far as a message tells.
#[derive(Clone, Debug)]
pub(super) enum Why {
    /// Properties that are missing.
    Missing(Vec<crate::syntax::Name>),
    /// A property whose type does not fit.
    Property(crate::syntax::Name, Ty, Ty),
    Other,
}

impl Checker<'_> {
    /// Whether a value of type `s` may be where `t` is expected.
    pub(super) fn assignable(&mut self, s: Ty, t: Ty) -> bool {
        if s == t || s == Ty::ANY || t == Ty::ANY || t == Ty::UNKNOWN || s == Ty::NEVER {
            return true;
        }
        if let Some(&done) = self.relations.get(&(s, t)) {
            return done;
        }
        self.instantiations += 1;
        if self.relate_depth > MAX_RELATE || self.instantiations > super::MAX_INSTANTIATIONS {
            return true;
        }
        self.relations.insert((s, t), true);
        self.relate_depth += 1;
        let (fs, ft) = (self.force(s), self.force(t));
        let out = fs == ft || self.related(fs, ft);
        self.relate_depth -= 1;
        if !out {
            self.relations.insert((s, t), false);
        }
        out
    }

    fn is_deferred(&self, ty: Ty) -> bool {
        matches!(
            self.t.data(ty),
            Data::Cond(..)
                | Data::Indexed(..)
                | Data::Keyof(_)
                | Data::Mapped(..)
                | Data::Lazy(..)
                | Data::Alias(..)
        )
    }

    fn related(&mut self, s: Ty, t: Ty) -> bool {
        use Data::*;
        let (sd, td) = (self.t.data(s).clone(), self.t.data(t).clone());
        match (&sd, &td) {
            (Any | Never, _) | (_, Any | Unknown) => return true,
            (Union(parts), _) => {
                if let Union(others) = &td
                    && parts.iter().all(|p| others.binary_search(p).is_ok())
                {
                    return true;
                }
                return parts.iter().all(|&p| self.assignable(p, t));
            }
            (_, Union(parts)) => return self.to_union(s, parts, t),
            (_, Intersection(parts)) => return parts.iter().all(|&p| self.assignable(s, p)),
            _ => {}
        }
        if self.is_deferred(s) {
            // A key of something, or something at a key: its bound says what is known.
            let base = self.base_constraint(s);
            return base == Ty::ANY
                || base == Ty::UNKNOWN
                || self.is_deferred(base)
                || self.assignable(base, t);
        }
        if self.is_deferred(t) {
            return true;
        }
        match (&sd, &td) {
            (Intersection(parts), _) => {
                return parts.iter().any(|&p| self.assignable(p, t)) || self.structural(s, t);
            }
            (_, Never) => return false,
            (Param(p), _) => {
                if t == Ty::EMPTY || t == Ty::OBJECT {
                    let c = self.base_constraint(s);
                    return c != Ty::UNKNOWN && self.assignable(c, t);
                }
                let c = self.constraint(*p);
                return c != Ty::UNKNOWN && self.assignable(c, t);
            }
            (_, Param(_)) => return false,
            (Undefined, Void) => return true,
            (Undefined | Null | Void, _) if !self.strict() => return true,
            (Undefined | Null | Void | Unknown, _) => return false,
            (_, Undefined | Null | Void) => return false,
            _ => {}
        }
        if let Some(known) = self.primitive_related(s, &sd, t, &td) {
            return known;
        }
        match &td {
            NonPrimitive => !self.is_primitive(s),
            _ if t == Ty::EMPTY => true,
            Tuple { elems, readonly } => self.to_tuple(s, &sd, elems, *readonly),
            _ => self.object_related(s, &sd, t, &td),
        }
    }

    pub(super) fn is_primitive(&self, ty: Ty) -> bool {
        use Data::*;
        matches!(
            self.t.data(ty),
            String
                | StrLit(_)
                | Template { .. }
                | Cased(..)
                | Number
                | NumLit(_)
                | Num(_)
                | Bool(_)
                | BigInt
                | BigLit(..)
                | Symbol
                | Unique(_)
                | EnumLit(..)
                | Enum(_)
                | Null
                | Undefined
                | Void
        )
    }

    fn to_union(&mut self, s: Ty, parts: &[Ty], t: Ty) -> bool {
        if parts.binary_search(&s).is_ok() {
            return true;
        }
        if parts.iter().any(|&p| self.assignable(s, p)) {
            return true;
        }
        if let Data::Param(_) | Data::Intersection(_) = self.t.data(s) {
            let base = self.base_constraint(s);
            if base != s && base != Ty::UNKNOWN {
                return self.assignable(base, t);
            }
        }
        if parts.iter().any(|&p| self.is_deferred(p)) {
            return true;
        }
        self.split_by_discriminant(s, t)
    }

    /// An object whose property may be several literals fits a union that tells them apart.
    fn split_by_discriminant(&mut self, s: Ty, t: Ty) -> bool {
        if !matches!(self.t.data(s), Data::Object(_) | Data::Anon(..) | Data::Ref(..)) {
            return false;
        }
        let Some((shape, m)) = self.shape_of(s) else { return false };
        let mut splits = false;
        if shape.props.len() > 60 {
            return false;
        }
        for p in &shape.props {
            let ty = self.type_of_prop(p, m);
            let parts = self.t.parts(ty);
            splits |= parts.len() > 1 && parts.iter().any(|&x| self.t.is_unit(x));
        }
        if !splits {
            return false;
        }
        let (parts, mut fits) = (self.t.parts(t), false);
        for p in &shape.props {
            let ty = self.type_of_prop(p, m);
            let mut wanted = Vec::new();
            for &part in parts.iter() {
                if let Some(w) = self.prop_type(part, p.name) {
                    wanted.push(w);
                }
            }
            if wanted.is_empty() {
                continue;
            }
            fits = true;
            let wanted = self.t.union(&wanted);
            if !self.assignable(ty, wanted) {
                return false;
            }
        }
        fits
    }

    /// What is known of primitives; none when it depends on members.
    fn primitive_related(&mut self, s: Ty, sd: &Data, t: Ty, td: &Data) -> Option<bool> {
        use Data::*;
        let ultra = self.dialect.is_ultra();
        Some(match (sd, td) {
            (StrLit(_) | Template { .. } | Cased(..), String) => true,
            (NumLit(_), Number) => true,
            (BigLit(..), BigInt) => true,
            (Unique(_), Symbol) => true,
            (NumLit(bits), Num(n)) => super::number::fits(f64::from_bits(*bits), *n),
            (Number | Num(_), Number | Num(_)) if ultra => true,
            (BigInt | BigLit(..), Num(_)) if ultra => true,
            (Num(_), NumLit(_)) if ultra => true,
            (EnumLit(sym, i), EnumLit(other, j)) => {
                // Enums of one name in two places are the same when declared again.
                sym == other && i == j
            }
            (EnumLit(sym, _), Enum(other)) => sym == other,
            (Enum(a), EnumLit(b, _)) => a == b,
            (EnumLit(sym, i), _) if self.is_primitive(t) => {
                let value = self.enum_value(*sym, *i)?;
                self.assignable(value, t)
            }
            (Enum(_), _) if self.is_primitive(t) => self.is_number_like(t),
            (Number, EnumLit(..) | Enum(_)) => self.is_number_like(t),
            (NumLit(_), EnumLit(sym, i)) => self.enum_value(*sym, *i) == Some(s),
            (NumLit(_), Enum(_)) => true,
            (StrLit(n), Template { texts, types }) => {
                let text = self.names.resolve(*n).to_owned();
                let texts: Vec<std::string::String> =
                    texts.iter().map(|t| self.names.resolve(*t).to_owned()).collect();
                let types = Rc::clone(types);
                self.matches_template(&text, &texts, &types)
            }
            (StrLit(n), Cased(c, inner)) => {
                let inner = self.base_constraint(*inner);
                let _ = n;
                inner == Ty::STRING && self.cased(*c, s) == s
            }
            (Template { .. } | Cased(..), Template { .. } | Cased(..)) => true,
            _ if self.is_primitive(s) && (self.is_primitive(t) || *td == NonPrimitive) => false,
            _ => return None,
        })
    }

    /// Whether a text has the form of a template.
    fn matches_template(&mut self, text: &str, texts: &[String], types: &[Ty]) -> bool {
        let Some(rest) = text.strip_prefix(texts[0].as_str()) else { return false };
        let Some((&first, others)) = types.split_first() else { return rest.is_empty() };
        let next = &texts[1];
        let last = others.is_empty();
        let mut at = 0;
        loop {
            let end = if last && next.is_empty() {
                rest.len()
            } else {
                match rest[at..].find(next.as_str()) {
                    Some(i) => at + i,
                    None => return false,
                }
            };
            let piece = &rest[..end];
            let fits = match self.t.data(first) {
                Data::String | Data::Any => true,
                Data::Number => piece.parse::<f64>().is_ok() && !piece.trim().is_empty(),
                Data::BigInt => piece.parse::<i128>().is_ok(),
                _ => true,
            };
            if fits && self.matches_template(&rest[end..], &texts[1..], others) {
                return true;
            }
            match rest[end..].chars().next() {
                Some(c) if !(last && next.is_empty()) => at = end + c.len_utf8(),
                _ => return false,
            }
        }
    }

    fn to_tuple(&mut self, s: Ty, sd: &Data, target: &[(Ty, Elem)], t_readonly: bool) -> bool {
        let Data::Tuple { elems, readonly } = sd else {
            if let Some(elem) = self.array_elem(s) {
                // An array may have any length.
                let open = target.iter().all(|e| e.1 != Elem::Required);
                return open && target.iter().all(|e| self.assignable(elem, e.0));
            }
            return self.is_open(s);
        };
        if *readonly && !t_readonly {
            return false;
        }
        if elems.iter().chain(target).any(|e| e.1 == Elem::Variadic) {
            return true;
        }
        let required = |l: &[(Ty, Elem)]| l.iter().filter(|e| e.1 == Elem::Required).count();
        let has_rest = |l: &[(Ty, Elem)]| l.iter().any(|e| e.1 == Elem::Rest);
        let (from, to) = (elems.iter().as_slice(), target);
        if required(from) < required(to) || has_rest(from) && !has_rest(to) {
            return false;
        }
        if !has_rest(to) && from.len() > to.len() {
            return false;
        }
        for (i, &(ty, kind)) in from.iter().enumerate() {
            let Some((wanted, optional)) = super::member::tuple_elem(to, i) else {
                return kind == Elem::Rest;
            };
            let wanted =
                if optional && self.strict() { self.t.union(&[wanted, Ty::UNDEFINED]) } else { wanted };
            if !self.assignable(ty, wanted) {
                return false;
            }
        }
        true
    }

    fn object_related(&mut self, s: Ty, sd: &Data, t: Ty, td: &Data) -> bool {
        if let Data::Ref(sym, args) = td {
            if let Data::Ref(from, from_args) = sd {
                if let Some(found) = self.same_declaration(*from, from_args, *sym, args) {
                    return found;
                }
            }
            if *sym == self.known("Object") {
                return true;
            }
            if *sym == self.known("Function") {
                let (calls, constructs) = (self.signatures(s, false), self.signatures(s, true));
                return !calls.is_empty() || !constructs.is_empty() || self.is_open(s);
            }
        }
        self.structural(s, t)
    }

    /// Two instances of one generic declaration, or of one that inherits from it.
    fn same_declaration(&mut self, from: super::SymId, a: &[Ty], to: super::SymId, b: &[Ty]) -> Option<bool> {
        let array = self.known("Array");
        let readonly = self.known("ReadonlyArray");
        if from == to || (from == array && to == readonly) {
            let covariant = a.iter().zip(b).all(|(&x, &y)| self.assignable(x, y));
            if covariant {
                return Some(true);
            }
            let lib = self.files[self.s.symbols[from].decls[0].file as usize].is_lib;
            return if lib { Some(false) } else { None };
        }
        if from == readonly && to == array {
            return Some(false);
        }
        let params = self.tparams_of(from);
        let bases = self.bases_of(from);
        for &base in bases.iter() {
            if base == Ty::ANY {
                return Some(true);
            }
            let m = self.t.mapper(params.iter().copied().zip(a.iter().copied()).collect());
            let base = self.inst(base, m);
            if let Data::Ref(s, args) = self.t.data(base).clone()
                && let Some(true) = self.same_declaration(s, &args, to, b)
            {
                return Some(true);
            }
        }
        None
    }

    /// Compares members.
    fn structural(&mut self, s: Ty, t: Ty) -> bool {
        let from = self.apparent(s);
        if self.is_open(from) || self.is_open(t) {
            return true;
        }
        let Some((target, tm)) = self.shape_of(t) else {
            return self.is_primitive(t) == self.is_primitive(s);
        };
        if self.shape_of(from).is_none() {
            return false;
        }
        for p in &target.props {
            if !self.prop_related(from, p, tm, s) {
                return false;
            }
        }
        self.signatures_related(from, &target, tm)
            && self.index_related(from, &target, tm)
            && !self.is_weak_mismatch(s, from, &target)
    }

    fn prop_related(&mut self, from: Ty, p: &Prop, tm: MapperId, this: Ty) -> bool {
        let found = if from == this { self.prop(from, p.name) } else { self.prop(this, p.name) };
        let Some(own) = found else {
            if self.names.resolve(p.name).starts_with("@@") {
                return true;
            }
            return p.optional;
        };
        if !p.sym.is_none() && self.access_of(p.sym).is_some() && own.sym != p.sym {
            return false;
        }
        if !own.sym.is_none() && self.access_of(own.sym).is_some() && own.sym != p.sym {
            return false;
        }
        if own.optional && !p.optional && self.strict() {
            return false;
        }
        let wanted = self.type_of_prop(p, tm);
        let wanted =
            if p.optional && self.strict() { self.t.union(&[wanted, Ty::UNDEFINED]) } else { wanted };
        self.assignable(own.ty, wanted)
    }

    fn signatures_related(&mut self, from: Ty, target: &Rc<Shape>, tm: MapperId) -> bool {
        for (list, construct) in [(&target.calls, false), (&target.constructs, true)] {
            if list.is_empty() {
                continue;
            }
            let own = self.signatures(from, construct);
            for &wanted in list {
                let wanted = self.inst_sig(wanted, tm);
                if !own.iter().any(|&o| self.sig_related(o, wanted)) {
                    return false;
                }
            }
        }
        true
    }

    /// Whether a function of one signature may be called by another.
    pub(super) fn sig_related(&mut self, s: SigId, t: SigId) -> bool {
        if s == t {
            return true;
        }
        if self.sigs[s].is_abstract && !self.sigs[t].is_abstract {
            return false;
        }
        let s = self.erase(s);
        let t = self.erase(t);
        let (a, b): (Sig, Sig) = (self.sigs[s].clone(), self.sigs[t].clone());
        // A guard is expected: what is no guard does not do.
        if b.predicate.is_some_and(|p| !p.asserts) && a.predicate.is_none() && self.ret_of(s) != Ty::ANY {
            return false;
        }
        let required = min_args(&a);
        let most = if b.params.iter().any(|p| p.rest) { usize::MAX } else { b.params.len() };
        if required > most {
            return false;
        }
        let both_ways = a.is_method || b.is_method;
        let count = a.params.len().max(b.params.len()).min(64);
        for i in 0..count {
            let (Some(x), Some(y)) = (self.param_at(&a, i), self.param_at(&b, i)) else { break };
            let y = self.non_null_if(y, a.params.get(i).is_some_and(|p| p.optional));
            let fits = self.assignable(y, x) || both_ways && self.assignable(x, y);
            if !fits {
                return false;
            }
        }
        let wanted = self.ret_of(t);
        if wanted == Ty::VOID || wanted == Ty::ANY {
            return true;
        }
        let ret = self.ret_of(s);
        if ret == Ty::VOID && wanted == Ty::UNDEFINED {
            return true;
        }
        self.assignable(ret, wanted)
    }

    fn non_null_if(&mut self, ty: Ty, optional: bool) -> Ty {
        if !optional {
            return ty;
        }
        let parts: Vec<Ty> = self.t.parts(ty).iter().copied().filter(|&p| p != Ty::UNDEFINED).collect();
        self.t.union(&parts)
    }

    /// A signature with `any` for its own type parameters.
    pub(super) fn erase(&mut self, sig: SigId) -> SigId {
        let params = Rc::clone(&self.sigs[sig].tparams);
        if params.is_empty() {
            return sig;
        }
        let m = self.t.mapper(params.iter().map(|&p| (p, Ty::ANY)).collect());
        self.inst_sig(sig, m)
    }

    /// The type of an argument at a place.
    pub(super) fn param_at(&mut self, s: &Sig, i: usize) -> Option<Ty> {
        match s.params.get(i) {
            Some(p) if !p.rest => return Some(p.ty),
            _ => {}
        }
        let last = s.params.last().filter(|p| p.rest)?;
        let rest = self.base_constraint(last.ty);
        let at = i + 1 - s.params.len();
        match self.t.data(rest).clone() {
            Data::Tuple { elems, .. } => super::member::tuple_elem(&elems, at).map(|e| e.0),
            _ => match self.array_elem(rest) {
                Some(t) => Some(self.force(t)),
                None => Some(Ty::ANY),
            },
        }
    }

    fn index_related(&mut self, from: Ty, target: &Rc<Shape>, tm: MapperId) -> bool {
        for i in &target.index {
            let wanted = self.inst(i.value, tm);
            let wanted = self.force(wanted);
            if wanted == Ty::ANY && i.key == Ty::STRING {
                continue;
            }
            if let Some(own) = self.index_type(from, i.key) {
                if !self.assignable(own, wanted) {
                    return false;
                }
                continue;
            }
            // Types of object literals and aliases of them have implicit index signatures.
            let implicit = match self.t.data(from) {
                Data::Object(_) | Data::Anon(..) | Data::Mapped(..) | Data::Intersection(_) => true,
                Data::Value(s) => self.s.symbols[*s].flags & flag::CLASS == 0,
                _ => false,
            };
            if !implicit {
                return false;
            }
            let Some((shape, m)) = self.shape_of(from) else { return false };
            for p in &shape.props {
                let text = self.names.resolve(p.name);
                if i.key == Ty::NUMBER && text.parse::<f64>().is_err() {
                    continue;
                }
                if i.key == Ty::SYMBOL || text.starts_with("@@") {
                    continue;
                }
                if matches!(self.t.data(i.key), Data::Template { .. }) {
                    continue;
                }
                let ty = self.type_of_prop(p, m);
                let ty = if p.optional && self.strict() { self.t.union(&[ty, Ty::UNDEFINED]) } else { ty };
                if !self.assignable(ty, wanted) && !(p.optional && self.assignable(p.ty_or(ty), wanted)) {
                    return false;
                }
            }
        }
        true
    }

    /// A type that has none of the properties of a type whose properties are all optional.
    fn is_weak_mismatch(&mut self, s: Ty, from: Ty, target: &Rc<Shape>) -> bool {
        let weak = !target.props.is_empty()
            && target.props.iter().all(|p| p.optional)
            && target.calls.is_empty()
            && target.constructs.is_empty()
            && target.index.is_empty();
        if !weak || s == Ty::EMPTY || self.t.has_params(s) {
            return false;
        }
        let Some((own, _)) = self.shape_of(from) else { return false };
        let empty = own.props.is_empty() && own.calls.is_empty() && own.constructs.is_empty();
        let open = !own.index.is_empty();
        !empty && !open && target.props.iter().all(|p| own.prop(p.name).is_none())
    }

    /// What a message says about two types that do not fit.
    pub(super) fn why(&mut self, s: Ty, t: Ty) -> Why {
        let (s, t) = (self.force(s), self.force(t));
        let from = self.apparent(s);
        if matches!(self.t.data(s), Data::Union(_)) || matches!(self.t.data(t), Data::Union(_)) {
            return Why::Other;
        }
        let Some((target, tm)) = self.shape_of(t) else { return Why::Other };
        if self.is_primitive(s) || self.shape_of(from).is_none() || self.is_array(t) {
            return Why::Other;
        }
        let mut missing = Vec::new();
        for p in &target.props {
            if !p.optional && self.prop(from, p.name).is_none() {
                missing.push(p.name);
            }
        }
        if !missing.is_empty() {
            return Why::Missing(missing);
        }
        for p in &target.props {
            let Some(own) = self.prop(from, p.name) else { continue };
            let wanted = self.type_of_prop(p, tm);
            if !self.assignable(own.ty, wanted) {
                return Why::Property(p.name, own.ty, wanted);
            }
        }
        Why::Other
    }

    // Comparison.

    /// Whether values of two types can be equal at all.
    pub(super) fn comparable(&mut self, a: Ty, b: Ty) -> bool {
        let (a, b) = (self.base_constraint(a), self.base_constraint(b));
        let (xs, ys) = (self.t.parts(a), self.t.parts(b));
        if xs.is_empty() || ys.is_empty() {
            return true;
        }
        xs.iter().any(|&x| ys.iter().any(|&y| self.overlap(x, y)))
    }

    fn overlap(&mut self, x: Ty, y: Ty) -> bool {
        use Data::*;
        if x == y || x == Ty::ANY || y == Ty::ANY || x == Ty::UNKNOWN || y == Ty::UNKNOWN {
            return true;
        }
        let nullish = |t: Ty| matches!(t, Ty::NULL | Ty::UNDEFINED | Ty::VOID);
        if nullish(x) || nullish(y) {
            return true;
        }
        let (a, b) = (self.is_primitive(x), self.is_primitive(y));
        match (a, b) {
            (true, true) => {
                if self.is_number_like(x) && self.is_number_like(y) && self.dialect.is_ultra() {
                    return true;
                }
                if matches!(self.t.data(x), Template { .. } | Cased(..))
                    || matches!(self.t.data(y), Template { .. } | Cased(..))
                {
                    return self.is_string_like(x) && self.is_string_like(y);
                }
                self.assignable(x, y) || self.assignable(y, x)
            }
            (false, false) => true,
            // A primitive and an object overlap when the primitive has the object's members.
            (true, false) => self.assignable(x, y) || self.is_open(y),
            (false, true) => self.assignable(y, x) || self.is_open(x),
        }
    }
}

impl Prop {
    /// The type when it is known, else another.
    fn ty_or(&self, other: Ty) -> Ty {
        if self.ty.is_none() { other } else { self.ty }
    }
}

/// The least number of arguments.
pub(super) fn min_args(s: &Sig) -> usize {
    let required = |p: &super::SigParam| !p.optional && !p.rest;
    s.params.iter().rposition(required).map_or(0, |i| i + 1)
}

//! Members of any type: properties, signatures, index signatures, elements.

use std::rc::Rc;

use super::Checker;
use super::types::{Data, Elem, List, MapperId, Prop, Shape, SigId, Ty};
use crate::syntax::{Name, well_known as names};

impl Checker<'_> {
    /// The members of an object type and the substitution under which to read them.
    pub(super) fn shape_of(&mut self, ty: Ty) -> Option<(Rc<Shape>, MapperId)> {
        self.shape_under(ty, ty)
    }

    /// The same, with `this` as another type.
    pub(super) fn shape_under(&mut self, ty: Ty, this: Ty) -> Option<(Rc<Shape>, MapperId)> {
        let ty = self.force(ty);
        match self.t.data(ty).clone() {
            Data::Object(s) => Some((s, MapperId::IDENTITY)),
            Data::Anon(node, m) => Some((self.node_shape(node), m)),
            Data::Mapped(node, m) => {
                let done = self.eval_mapped(node, m, ty);
                if done == ty { None } else { self.shape_under(done, this) }
            }
            Data::Ref(sym, args) => {
                let shape = self.instance_shape(sym);
                if let Some(&m) = self.ref_mappers.get(&(ty, this)) {
                    return Some((shape, m));
                }
                let params = self.tparams_of(sym);
                let mut pairs: Vec<_> = params.iter().copied().zip(args.iter().copied()).collect();
                pairs.extend(self.this_params(sym).into_iter().map(|p| (p, this)));
                // Merged declarations have parameters of their own.
                if self.s.symbols[sym].decls.len() > 1 && !params.is_empty() {
                    for own in self.all_tparams(sym) {
                        pairs.extend(own.into_iter().zip(args.iter().copied()));
                    }
                }
                let m = self.t.mapper(pairs);
                self.ref_mappers.insert((ty, this), m);
                Some((shape, m))
            }
            Data::Value(sym) => Some((self.value_shape(sym), MapperId::IDENTITY)),
            Data::Tuple { elems, readonly } => {
                let all: Vec<Ty> = elems.iter().map(|e| e.0).collect();
                let elem = self.t.union(&all);
                let name = if readonly { "ReadonlyArray" } else { "Array" };
                let array = self.known_ref(name, &[elem]);
                self.shape_under(array, this)
            }
            Data::Intersection(parts) => Some((self.merged(&parts), MapperId::IDENTITY)),
            _ => None,
        }
    }

    fn all_tparams(&self, sym: super::SymId) -> Vec<Vec<super::ParamId>> {
        let scope = |d: &super::bind::Decl| {
            let f = &self.files[d.file as usize];
            match d.kind {
                super::bind::DeclKind::Class(c) => f.scopes.class.get(c).copied(),
                super::bind::DeclKind::Interface(s) => f.scopes.stmt.get(s).copied(),
                _ => None,
            }
        };
        self.s.symbols[sym].decls.iter().filter_map(scope).map(|s| self.s.params_of(s)).collect()
    }

    /// The members of an intersection.
    fn merged(&mut self, parts: &[Ty]) -> Rc<Shape> {
        let mut out = Shape::default();
        for &part in parts {
            let part = self.apparent(part);
            let Some((shape, m)) = self.shape_of(part) else { continue };
            for p in &shape.props {
                let ty = self.type_of_prop(p, m);
                match out.props.position(p.name) {
                    Some(at) => {
                        let old = &out.props[at];
                        let both = [old.ty, ty];
                        let (optional, readonly) = (old.optional && p.optional, old.readonly && p.readonly);
                        let ty = self.intersection(&both);
                        let old = out.props.at(at);
                        (old.ty, old.optional, old.readonly) = (ty, optional, readonly);
                    }
                    None => out.props.push(Prop { ty, mapper: MapperId::IDENTITY, ..p.clone() }),
                }
            }
            for &s in &shape.calls {
                let s = self.inst_sig(s, m);
                out.calls.push(s);
            }
            for &s in &shape.constructs {
                let s = self.inst_sig(s, m);
                out.constructs.push(s);
            }
            for i in &shape.index {
                let mut i = i.clone();
                i.value = self.inst(i.value, m);
                out.index.push(i);
            }
        }
        Rc::new(out)
    }

    /// The type whose members a value of a type has.
    pub(super) fn apparent(&mut self, ty: Ty) -> Ty {
        let ty = self.base_constraint(ty);
        match self.t.data(ty).clone() {
            Data::String | Data::StrLit(_) | Data::Template { .. } | Data::Cased(..) => {
                self.known_ref("String", &[])
            }
            Data::Number | Data::NumLit(_) | Data::Num(_) => self.known_ref("Number", &[]),
            Data::Bool(_) => self.known_ref("Boolean", &[]),
            Data::BigInt | Data::BigLit(..) => self.known_ref("BigInt", &[]),
            Data::Symbol | Data::Unique(_) => self.known_ref("Symbol", &[]),
            Data::EnumLit(sym, i) => match self.enum_value(sym, i) {
                Some(v) => self.apparent(v),
                None => Ty::ANY,
            },
            Data::Enum(_) => self.known_ref("Number", &[]),
            Data::Union(_) if ty == Ty::BOOLEAN => self.known_ref("Boolean", &[]),
            _ => ty,
        }
    }

    /// The type of a property under the substitution of its object, without `undefined`.
    pub(super) fn type_of_prop(&mut self, p: &Prop, m: MapperId) -> Ty {
        let ty = if p.ty.is_none() {
            let ty = self.type_of(p.sym);
            self.inst(ty, p.mapper)
        } else {
            p.ty
        };
        let ty = self.inst(ty, m);
        self.force(ty)
    }

    /// A property of a type that is no union; its type is filled in.
    pub(super) fn prop(&mut self, ty: Ty, name: Name) -> Option<Prop> {
        if let Some(found) = self.prop_memo.get(&(ty, name)) {
            return found.clone();
        }
        let found = self.find_prop(ty, name);
        // While something is being worked out, answers may be incomplete.
        if self.sym_busy.is_empty() && self.shape_busy.is_empty() && self.is_exact() {
            self.prop_memo.insert((ty, name), found.clone());
        }
        found
    }

    fn find_prop(&mut self, ty: Ty, name: Name) -> Option<Prop> {
        let of = self.apparent(ty);
        if let Data::Tuple { elems, .. } = self.t.data(of).clone()
            && let Some(p) = self.tuple_prop(&elems, name)
        {
            return Some(p);
        }
        if let Data::Intersection(parts) = self.t.data(of).clone() {
            return self.intersection_prop(&parts, name);
        }
        let this = if self.t.has_params(ty) { ty } else { of };
        let (shape, m) = self.shape_under(of, this)?;
        if let Some(p) = shape.prop(name) {
            let ty = self.type_of_prop(p, m);
            return Some(Prop { ty, ..p.clone() });
        }
        // What every object, and every function, has.
        let general =
            if !shape.calls.is_empty() || !shape.constructs.is_empty() { "Function" } else { "Object" };
        for general in [general, "Object"] {
            let of = self.known_ref(general, &[]);
            let Some((shape, _)) = self.shape_of(of) else { continue };
            if let Some(p) = shape.prop(name) {
                let ty = self.type_of_prop(p, MapperId::IDENTITY);
                return Some(Prop { ty, ..p.clone() });
            }
        }
        None
    }

    fn tuple_prop(&mut self, elems: &[(Ty, Elem)], name: Name) -> Option<Prop> {
        let fixed = elems.iter().all(|e| matches!(e.1, Elem::Required));
        if name == names::LENGTH {
            let ty = if fixed { self.t.num_lit(elems.len() as f64) } else { Ty::NUMBER };
            return Some(super::decl::known_prop(name, ty));
        }
        let index: usize = self.names.resolve(name).parse().ok()?;
        let (ty, optional) = tuple_elem(elems, index)?;
        let ty = self.force(ty);
        Some(Prop { optional, ..super::decl::known_prop(name, ty) })
    }

    fn intersection_prop(&mut self, parts: &[Ty], name: Name) -> Option<Prop> {
        let mut found: Option<Prop> = None;
        for &part in parts {
            let Some(p) = self.prop(part, name) else { continue };
            found = Some(match found {
                None => p,
                Some(old) => {
                    let ty = self.intersection(&[old.ty, p.ty]);
                    Prop {
                        ty,
                        optional: old.optional && p.optional,
                        readonly: old.readonly && p.readonly,
                        ..p
                    }
                }
            });
        }
        found
    }

    /// The type of a property as read, with `undefined` where it may be missing. `None` when there
    /// is no such property for certain.
    pub(super) fn prop_type(&mut self, ty: Ty, name: Name) -> Option<Ty> {
        let of = self.base_constraint(ty);
        match self.t.data(of).clone() {
            Data::Any | Data::Never => Some(Ty::ANY),
            Data::Unknown | Data::Null | Data::Undefined | Data::Void => None,
            Data::Union(parts) if of != Ty::BOOLEAN => {
                let mut out = Vec::new();
                for &p in parts.iter() {
                    out.push(self.prop_type(p, name)?);
                }
                Some(self.t.union(&out))
            }
            _ => {
                let this = if self.t.has_params(ty) { ty } else { of };
                if let Some(p) = self.prop(this, name) {
                    let undefined = p.optional && self.strict();
                    return Some(if undefined { self.t.union(&[p.ty, Ty::UNDEFINED]) } else { p.ty });
                }
                let text = self.names.resolve(name);
                if matches!(self.t.data(of), Data::Tuple { .. }) && text.parse::<u32>().is_ok() {
                    return None;
                }
                let key = if text.parse::<f64>().is_ok() { Ty::NUMBER } else { Ty::STRING };
                if let Some(t) = self.index_type(of, key) {
                    return Some(t);
                }
                if self.is_open(of) { Some(Ty::ANY) } else { None }
            }
        }
    }

    /// Whether a type has members that are not known: something it is made of is `any`.
    pub(super) fn is_open(&mut self, ty: Ty) -> bool {
        match self.t.data(ty).clone() {
            Data::Any | Data::Mapped(..) | Data::Cond(..) | Data::Lazy(..) | Data::Indexed(..) => true,
            Data::Ref(sym, _) => {
                let bases = self.bases_of(sym);
                bases.iter().any(|&b| self.is_open(b))
            }
            Data::Value(sym) => {
                let bases = self.bases_of(sym);
                bases.iter().any(|&b| self.is_open(b))
            }
            Data::Intersection(parts) | Data::Union(parts) => parts.iter().any(|&p| self.is_open(p)),
            _ => false,
        }
    }

    /// What an index signature gives for a key.
    pub(super) fn index_type(&mut self, ty: Ty, key: Ty) -> Option<Ty> {
        let of = self.apparent(ty);
        let of = self.force(of);
        match self.t.data(of).clone() {
            Data::Any => return Some(Ty::ANY),
            Data::Tuple { elems, .. } if self.is_number_like(key) => {
                let mut all: Vec<Ty> = elems.iter().map(|e| e.0).collect();
                if elems.iter().any(|e| e.1 == Elem::Optional) && self.strict() {
                    all.push(Ty::UNDEFINED);
                }
                return Some(self.t.union(&all));
            }
            Data::Intersection(parts) => {
                let found: Vec<Ty> = parts.iter().filter_map(|&p| self.index_type(p, key)).collect();
                return if found.is_empty() { None } else { Some(self.intersection(&found)) };
            }
            Data::Union(parts) => {
                let mut out = Vec::new();
                for &p in parts.iter() {
                    out.push(self.index_type(p, key)?);
                }
                return Some(self.t.union(&out));
            }
            _ => {}
        }
        let (shape, m) = self.shape_of(of)?;
        let numeric = self.is_number_like(key);
        let mut best = None;
        for i in &shape.index {
            let fits = i.key == key
                || numeric && i.key == Ty::NUMBER
                || i.key == Ty::STRING && (numeric || self.is_string_like(key))
                || i.key == Ty::SYMBOL && matches!(self.t.data(key), Data::Symbol | Data::Unique(_))
                || matches!(self.t.data(i.key), Data::Template { .. }) && self.is_string_like(key);
            if fits && (best.is_none() || numeric && i.key == Ty::NUMBER) {
                best = Some(i.value);
            }
        }
        let ty = self.inst(best?, m);
        Some(self.force(ty))
    }

    /// The signatures by which a type can be called or constructed.
    pub(super) fn signatures(&mut self, ty: Ty, construct: bool) -> Vec<SigId> {
        let of = self.apparent(ty);
        let Some((shape, m)) = self.shape_of(of) else { return Vec::new() };
        let list = if construct { &shape.constructs } else { &shape.calls };
        list.iter().map(|&s| self.inst_sig(s, m)).collect()
    }

    // Kinds of types.

    pub(super) fn is_array(&mut self, ty: Ty) -> bool {
        let Data::Ref(sym, _) = *self.t.data(ty) else { return false };
        sym == self.known("Array") || sym == self.known("ReadonlyArray")
    }

    /// The type of the elements of an array.
    pub(super) fn array_elem(&mut self, ty: Ty) -> Option<Ty> {
        let ty = self.force(ty);
        match self.t.data(ty).clone() {
            Data::Ref(_, args) if self.is_array(ty) => args.first().copied(),
            _ => None,
        }
    }

    pub(super) fn is_string_like(&self, ty: Ty) -> bool {
        match self.t.data(ty) {
            Data::String | Data::StrLit(_) | Data::Template { .. } | Data::Cased(..) => true,
            Data::EnumLit(sym, i) => {
                let value = self.enums.get(sym).and_then(|e| e.values.get(*i as usize));
                value.is_some_and(|v| matches!(self.t.data(*v), Data::StrLit(_)))
            }
            _ => false,
        }
    }

    /// Whether a type is a number of any kind.
    pub(super) fn is_number_like(&mut self, ty: Ty) -> bool {
        match self.t.data(ty).clone() {
            Data::Number | Data::NumLit(_) | Data::Num(_) | Data::Enum(_) => true,
            Data::EnumLit(sym, i) => self
                .enum_value(sym, i)
                .is_some_and(|v| matches!(self.t.data(v), Data::NumLit(_) | Data::Number)),
            Data::Union(parts) => parts.iter().all(|&p| self.is_number_like(p)),
            _ => false,
        }
    }

    /// The widened type of a literal: of a variable that may change.
    pub(super) fn widen(&mut self, ty: Ty) -> Ty {
        match self.t.data(ty).clone() {
            Data::StrLit(_) => Ty::STRING,
            Data::NumLit(_) => Ty::NUMBER,
            Data::BigLit(..) => Ty::BIGINT,
            Data::Bool(_) => Ty::BOOLEAN,
            Data::EnumLit(sym, _) => self.enum_type(sym),
            Data::Union(parts) => {
                let parts: Vec<Ty> = parts.iter().map(|&p| self.widen(p)).collect();
                self.t.union(&parts)
            }
            _ => ty,
        }
    }

    /// What `for-of` gives for each step.
    pub(super) fn iterated(&mut self, ty: Ty, is_await: bool) -> Option<Ty> {
        let ty = self.base_constraint(ty);
        match self.t.data(ty).clone() {
            Data::Any | Data::Never => return Some(Ty::ANY),
            Data::String | Data::StrLit(_) | Data::Template { .. } | Data::Cased(..) => {
                return Some(Ty::STRING);
            }
            Data::Union(parts) => {
                let mut out = Vec::new();
                for &p in parts.iter() {
                    out.push(self.iterated(p, is_await)?);
                }
                return Some(self.t.union(&out));
            }
            Data::Tuple { elems, .. } => {
                let all: Vec<Ty> = elems.iter().map(|e| self.force(e.0)).collect();
                return Some(self.t.union(&all));
            }
            _ => {}
        }
        if let Some(elem) = self.array_elem(ty) {
            return Some(if is_await { self.awaited(elem) } else { self.force(elem) });
        }
        if is_await {
            let name = self.names.intern("@@asyncIterator");
            if let Some(t) = self.step_of(ty, name) {
                return Some(t);
            }
        }
        let name = self.names.intern("@@iterator");
        let found = self.step_of(ty, name);
        match found {
            Some(t) if is_await => Some(self.awaited(t)),
            None if self.is_open(ty) => Some(Ty::ANY),
            found => found,
        }
    }

    fn step_of(&mut self, ty: Ty, method: Name) -> Option<Ty> {
        let method = self.prop_type(ty, method)?;
        if method == Ty::ANY {
            return Some(Ty::ANY);
        }
        let sig = *self.signatures(method, false).first()?;
        let iterator = self.ret_of(sig);
        let iterator = self.force(iterator);
        let next = self.names.intern("next");
        let Some(next) = self.prop_type(iterator, next) else { return Some(Ty::ANY) };
        let Some(&sig) = self.signatures(next, false).first() else { return Some(Ty::ANY) };
        let result = self.ret_of(sig);
        let result = self.awaited(result);
        Some(self.yielded(result))
    }

    /// The value of an iterator's result while it is not done.
    fn yielded(&mut self, result: Ty) -> Ty {
        let done = self.names.intern("done");
        let value = self.names.intern("value");
        let mut out = Vec::new();
        for &part in self.t.parts(result).iter() {
            if self.prop_type(part, done) == Some(Ty::TRUE) {
                continue;
            }
            out.push(self.prop_type(part, value).unwrap_or(Ty::ANY));
        }
        self.t.union(&out)
    }

    /// What `await` gives.
    pub(super) fn awaited(&mut self, ty: Ty) -> Ty {
        let ty = self.force(ty);
        match self.t.data(ty).clone() {
            Data::Union(parts) => {
                let parts: Vec<Ty> = parts.iter().map(|&p| self.awaited(p)).collect();
                self.t.union(&parts)
            }
            Data::Ref(sym, args) if sym == self.known("Promise") || sym == self.known("PromiseLike") => {
                args.first().map_or(Ty::ANY, |&t| self.awaited(t))
            }
            Data::Ref(..) | Data::Anon(..) | Data::Object(_) => {
                let then = self.names.intern("then");
                match self.prop(ty, then) {
                    // A class of promises, or what only looks like one.
                    Some(_) => self.promise_base(ty).unwrap_or(Ty::ANY),
                    None => ty,
                }
            }
            Data::Param(_) | Data::Indexed(..) | Data::Cond(..) => {
                let base = self.base_constraint(ty);
                if self.promise_base(base).is_some() || base == Ty::UNKNOWN || base == Ty::ANY {
                    Ty::ANY
                } else {
                    ty
                }
            }
            _ => ty,
        }
    }

    fn promise_base(&mut self, ty: Ty) -> Option<Ty> {
        let Data::Ref(sym, args) = self.t.data(ty).clone() else { return None };
        if sym == self.known("Promise") || sym == self.known("PromiseLike") {
            let of = args.first().copied()?;
            return Some(self.awaited(of));
        }
        let params = self.tparams_of(sym);
        let m = self.t.mapper(params.iter().copied().zip(args.iter().copied()).collect());
        for &b in self.bases_of(sym).iter() {
            let b = self.inst(b, m);
            if let Some(t) = self.promise_base(b) {
                return Some(t);
            }
        }
        None
    }

    /// What `for each` gives: elements and indices of arrays and strings, values and keys of
    /// others.
    pub(super) fn each_type(&mut self, ty: Ty, is_key: bool) -> Ty {
        let ty = self.base_constraint(ty);
        if let Some(elem) = self.array_elem(ty) {
            return if is_key { Ty::NUMBER } else { elem };
        }
        if self.is_string_like(ty) {
            return if is_key { Ty::NUMBER } else { Ty::STRING };
        }
        if let Data::Ref(sym, args) = self.t.data(ty).clone()
            && sym == self.known("Map")
        {
            return args.get(if is_key { 0 } else { 1 }).copied().unwrap_or(Ty::ANY);
        }
        Ty::ANY
    }

    /// A type without null and undefined.
    pub(super) fn non_null(&mut self, ty: Ty) -> Ty {
        let parts: List = self.t.parts(ty);
        if !parts.iter().any(|&p| matches!(p, Ty::NULL | Ty::UNDEFINED | Ty::VOID)) {
            return ty;
        }
        let kept: Vec<Ty> =
            parts.iter().copied().filter(|&p| !matches!(p, Ty::NULL | Ty::UNDEFINED | Ty::VOID)).collect();
        self.t.union(&kept)
    }
}

/// The type at a place of a tuple, and whether it may be missing.
pub(super) fn tuple_elem(elems: &[(Ty, Elem)], index: usize) -> Option<(Ty, bool)> {
    for (i, &(ty, kind)) in elems.iter().enumerate() {
        match kind {
            Elem::Rest => {
                // Elements after the rest are not told apart.
                return if i + 1 == elems.len() { Some((ty, false)) } else { Some((Ty::ANY, false)) };
            }
            Elem::Variadic => return Some((Ty::ANY, false)),
            _ if i == index => return Some((ty, kind == Elem::Optional)),
            _ => {}
        }
    }
    None
}

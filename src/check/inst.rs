//! Substitution, and the operators of the type language: conditional, mapped, indexed, `keyof`
//! and template types.
//!
//! An operator whose operands still mention type parameters stays as it is until they are
//! substituted. Depth and number of substitutions are bounded; past a bound the answer is `any`.

use super::annot::type_of_node;
use super::bind::flag;
use super::types::{Casing, Data, Elem, Index, List, MapperId, Node, ParamId, Prop, Shape, SigId, SymId, Ty};
use super::{Checker, MAX_DEPTH, MAX_INSTANTIATIONS, Predicate, Sig, SigParam};
use crate::syntax::ast::{MappedModifier, TypeExpr};
use crate::syntax::{Name, well_known as names};

/// Parts past which a product of unions becomes `string` or `any`.
const MAX_PARTS: usize = 2000;

impl Checker<'_> {
    /// The type with parameters replaced.
    pub(super) fn inst(&mut self, ty: Ty, m: MapperId) -> Ty {
        if m == MapperId::IDENTITY || !self.t.has_params(ty) {
            return ty;
        }
        if let Some(&done) = self.inst_memo.get(&(ty, m)) {
            return done;
        }
        self.instantiations += 1;
        if self.depth > MAX_DEPTH || self.instantiations > MAX_INSTANTIATIONS {
            return Ty::ANY;
        }
        self.depth += 1;
        let out = self.inst_new(ty, m);
        self.depth -= 1;
        self.inst_memo.insert((ty, m), out);
        out
    }

    /// Whether no limit has made types `any` that are none.
    pub(super) fn is_exact(&self) -> bool {
        self.depth < MAX_DEPTH / 2 && self.instantiations < MAX_INSTANTIATIONS
    }

    pub(super) fn inst_list(&mut self, list: &[Ty], m: MapperId) -> Vec<Ty> {
        list.iter().map(|&t| self.inst(t, m)).collect()
    }

    fn inst_new(&mut self, ty: Ty, m: MapperId) -> Ty {
        match self.t.data(ty).clone() {
            Data::Param(p) => self.t.mapped(m, p).unwrap_or(ty),
            Data::Ref(sym, args) => {
                let args = self.inst_list(&args, m);
                self.t.intern(Data::Ref(sym, args.into()), false)
            }
            Data::Alias(sym, args) => {
                let args = self.inst_list(&args, m);
                self.t.intern(Data::Alias(sym, args.into()), false)
            }
            Data::Tuple { elems, readonly } => {
                let mut out = Vec::with_capacity(elems.len());
                for &(t, kind) in elems.iter() {
                    let t = self.inst(t, m);
                    if kind == Elem::Variadic {
                        self.spread_elem(t, &mut out);
                    } else {
                        out.push((t, kind));
                    }
                }
                self.t.tuple(out, readonly)
            }
            Data::Object(shape) => {
                let mut new = Shape::default();
                for p in &shape.props {
                    let mut p = p.clone();
                    if p.ty.is_none() {
                        p.mapper = self.compose(p.mapper, m);
                    } else {
                        p.ty = self.inst(p.ty, m);
                    }
                    new.props.push(p);
                }
                new.calls = shape.calls.iter().map(|&s| self.inst_sig(s, m)).collect();
                new.constructs = shape.constructs.iter().map(|&s| self.inst_sig(s, m)).collect();
                for i in &shape.index {
                    let (key, value) = (self.inst(i.key, m), self.inst(i.value, m));
                    new.index.push(Index { key, value, readonly: i.readonly });
                }
                self.object(new)
            }
            Data::Anon(node, inner) => {
                let (m, free) = self.inst_node(node, inner, m);
                self.t.intern(Data::Anon(node, m), free)
            }
            Data::Lazy(node, inner) => {
                let m = self.compose(inner, m);
                let free = self.t.mapper_has_params(m);
                self.t.intern(Data::Lazy(node, m), free)
            }
            Data::Mapped(node, inner) => {
                let (m, free) = self.inst_node(node, inner, m);
                let deferred = self.t.intern(Data::Mapped(node, m), free);
                self.eval_mapped(node, m, deferred)
            }
            Data::Cond(node, inner) => {
                let (m, _) = self.inst_node(node, inner, m);
                self.eval_cond(node, m)
            }
            Data::Union(parts) => {
                let parts = self.inst_list(&parts, m);
                self.t.union(&parts)
            }
            Data::Intersection(parts) => {
                let parts = self.inst_list(&parts, m);
                self.intersection(&parts)
            }
            Data::Keyof(t) => {
                let t = self.inst(t, m);
                self.keyof(t)
            }
            Data::Indexed(o, i) => {
                let (o, i) = (self.inst(o, m), self.inst(i, m));
                self.indexed(o, i)
            }
            Data::Template { texts, types } => {
                let types = self.inst_list(&types, m);
                self.template(&texts, &types)
            }
            Data::Cased(c, t) => {
                let t = self.inst(t, m);
                self.cased(c, t)
            }
            _ => ty,
        }
    }

    /// An object type with these members.
    pub(super) fn object(&mut self, shape: Shape) -> Ty {
        let open = shape.calls.iter().chain(&shape.constructs).any(|&s| self.sig_has_params(s));
        self.t.object(shape, open)
    }

    /// Whether a type parameter may occur in a signature. A result that is not known yet comes
    /// from a body, which mentions at most the parameters around it.
    fn sig_has_params(&self, sig: SigId) -> bool {
        let s = &self.sigs[sig];
        let has = |t: Ty| self.t.has_params(t);
        s.ret.is_none()
            || has(s.ret)
            || s.params.iter().any(|p| has(p.ty))
            || s.this.is_some_and(has)
            || s.predicate.and_then(|p| p.ty).is_some_and(has)
    }

    /// The substitution of a node's free parameters after another one.
    fn inst_node(&mut self, node: Node, inner: MapperId, m: MapperId) -> (MapperId, bool) {
        let scope = self.node_scopes.get(&node).copied().unwrap_or(self.global);
        let params = self.free_params(node, scope);
        let mut pairs = Vec::with_capacity(params.len());
        let mut free = false;
        for &p in params.iter() {
            let own = self.t.intern(Data::Param(p), false);
            let ty = self.t.mapped(inner, p).unwrap_or(own);
            let ty = self.inst(ty, m);
            free |= self.t.has_params(ty);
            if ty != own {
                pairs.push((p, ty));
            }
        }
        (self.t.mapper(pairs), free)
    }

    /// `a`, then `b`.
    pub(super) fn compose(&mut self, a: MapperId, b: MapperId) -> MapperId {
        if a == MapperId::IDENTITY {
            return b;
        }
        if b == MapperId::IDENTITY {
            return a;
        }
        let mut pairs: Vec<(ParamId, Ty)> = Vec::new();
        for &(p, t) in self.t.pairs(a).iter() {
            pairs.push((p, self.inst(t, b)));
        }
        for &(p, t) in self.t.pairs(b).iter() {
            if pairs.iter().all(|e| e.0 != p) {
                pairs.push((p, t));
            }
        }
        self.t.mapper(pairs)
    }

    /// Adds a pair to a substitution.
    pub(super) fn extend(&mut self, m: MapperId, p: ParamId, ty: Ty) -> MapperId {
        let mut pairs: Vec<(ParamId, Ty)> = self.t.pairs(m).iter().copied().filter(|e| e.0 != p).collect();
        pairs.push((p, ty));
        self.t.mapper(pairs)
    }

    /// A signature under a substitution. Its own type parameters stay.
    pub(super) fn inst_sig(&mut self, sig: SigId, m: MapperId) -> SigId {
        if m == MapperId::IDENTITY {
            return sig;
        }
        if let Some(&done) = self.sig_memo.get(&(sig, m)) {
            return done;
        }
        let s = self.sigs[sig].clone();
        let mut changed = false;
        let mut map = |c: &mut Self, t: Ty| {
            let new = c.inst(t, m);
            changed |= new != t;
            new
        };
        let params: Vec<SigParam> =
            s.params.iter().map(|p| SigParam { ty: map(self, p.ty), ..p.clone() }).collect();
        let this = s.this.map(|t| map(self, t));
        let ret = if s.ret.is_none() { Ty::NONE } else { map(self, s.ret) };
        let ty = s.predicate.and_then(|p| p.ty).map(|t| map(self, t));
        let predicate = s.predicate.map(|p| Predicate { ty, ..p });
        let out = if changed || s.ret.is_none() {
            let base = match s.base {
                Some((b, inner)) => (b, self.compose(inner, m)),
                None => (sig, m),
            };
            self.sigs.push(Sig { params: params.into(), this, ret, predicate, base: Some(base), ..s })
        } else {
            sig
        };
        self.sig_memo.insert((sig, m), out);
        out
    }

    /// Works out what is deferred, as far as it can be.
    pub(super) fn force(&mut self, ty: Ty) -> Ty {
        match self.t.data(ty) {
            Data::Alias(..) | Data::Lazy(..) => {}
            _ => return ty,
        }
        if self.depth > MAX_DEPTH {
            return Ty::ANY;
        }
        self.depth += 1;
        let out = match self.t.data(ty).clone() {
            Data::Alias(sym, args) => {
                if self.sym_busy.contains(&sym) {
                    Ty::ANY
                } else {
                    let t = self.declared_type(sym, &args);
                    if t == ty { Ty::ANY } else { self.force(t) }
                }
            }
            Data::Lazy(node, m) => {
                let scope = self.node_scopes.get(&node).copied().unwrap_or(self.global);
                let t = self.annotation(node.file, type_of_node(node), scope);
                let t = self.inst(t, m);
                self.force(t)
            }
            _ => ty,
        };
        self.depth -= 1;
        // A union of deferred parts is made again from what they are.
        if let Data::Union(parts) = self.t.data(out).clone()
            && parts.iter().any(|&p| matches!(self.t.data(p), Data::Alias(..) | Data::Lazy(..)))
        {
            let parts: Vec<Ty> = parts.iter().map(|&p| self.force(p)).collect();
            return self.t.union(&parts);
        }
        out
    }

    // Conditional types.

    pub(super) fn eval_cond(&mut self, node: Node, m: MapperId) -> Ty {
        let f = self.file_of(node.file);
        let TypeExpr::Conditional { check, .. } = f.ast()[type_of_node(node)] else { return Ty::ANY };
        let scope = self.node_scopes.get(&node).copied().unwrap_or(self.global);
        let raw = self.annotation(node.file, check, scope);
        let ty = self.inst(raw, m);
        let ty = self.force(ty);
        // A naked type parameter distributes over a union.
        if let Data::Param(p) = *self.t.data(raw) {
            match self.t.data(ty).clone() {
                Data::Never => return Ty::NEVER,
                Data::Union(parts) => {
                    if parts.len() > MAX_PARTS {
                        return Ty::ANY;
                    }
                    let mut out = Vec::with_capacity(parts.len());
                    for &part in parts.iter() {
                        let inner = self.extend(m, p, part);
                        out.push(self.one_cond(node, inner, part));
                    }
                    return self.t.union(&out);
                }
                _ => {}
            }
        }
        self.one_cond(node, m, ty)
    }

    fn one_cond(&mut self, node: Node, m: MapperId, check: Ty) -> Ty {
        self.instantiations += 1;
        if self.depth > MAX_DEPTH * 3 || self.instantiations > MAX_INSTANTIATIONS {
            return Ty::ANY;
        }
        let f = self.file_of(node.file);
        let TypeExpr::Conditional { extends, yes, no, .. } = f.ast()[type_of_node(node)] else {
            return Ty::ANY;
        };
        let scope = self.node_scopes.get(&node).copied().unwrap_or(self.global);
        let target = self.annotation(node.file, extends, scope);
        let target = self.inst(target, m);
        let infers = self.s.params_of(scope);
        let open = self.t.has_params(check) || self.mentions_other(target, &infers);
        if open {
            return self.t.intern(Data::Cond(node, m), true);
        }
        self.depth += 1;
        let mut inner = m;
        let mut wanted = target;
        if !infers.is_empty() {
            let found = self.infer_types(&infers, check, target);
            for (&p, ty) in infers.iter().zip(found) {
                inner = self.extend(inner, p, ty);
            }
            wanted = self.inst(target, inner);
        }
        let out = if check == Ty::ANY && wanted != Ty::ANY && wanted != Ty::UNKNOWN {
            let a = self.branch(node.file, yes, scope, inner);
            let b = self.branch(node.file, no, scope, m);
            self.t.union(&[a, b])
        } else if self.assignable(check, wanted) {
            self.branch(node.file, yes, scope, inner)
        } else {
            self.branch(node.file, no, scope, m)
        };
        self.depth -= 1;
        out
    }

    fn branch(
        &mut self,
        file: u32,
        id: crate::syntax::ast::TypeId,
        scope: super::ScopeId,
        m: MapperId,
    ) -> Ty {
        let ty = self.annotation(file, id, scope);
        self.inst(ty, m)
    }

    /// Whether parameters other than these occur in a type.
    fn mentions_other(&mut self, ty: Ty, own: &[ParamId]) -> bool {
        if !self.t.has_params(ty) {
            return false;
        }
        if own.is_empty() {
            return !matches!(self.t.data(ty), Data::Object(_));
        }
        let m = self.t.mapper(own.iter().map(|&p| (p, Ty::ANY)).collect());
        let ty = self.inst(ty, m);
        self.t.has_params(ty) && !matches!(self.t.data(ty), Data::Object(_))
    }

    // Mapped types.

    /// A mapped type when its keys are known, else `deferred`.
    pub(super) fn eval_mapped(&mut self, node: Node, m: MapperId, deferred: Ty) -> Ty {
        if let Some(&done) = self.mapped_shapes.get(&deferred) {
            return done;
        }
        let f = self.file_of(node.file);
        let TypeExpr::Mapped(mapped) = &f.ast()[type_of_node(node)] else { return Ty::ANY };
        let scope = self.node_scopes.get(&node).copied().unwrap_or(self.global);
        let Some(&key) = self.s.params_of(scope).first() else { return Ty::ANY };
        // `keyof T` keeps the modifiers of T's properties, and maps arrays element by element.
        let source = match f.ast()[mapped.constraint] {
            TypeExpr::Keyof(t) => {
                let raw = self.annotation(node.file, t, scope);
                let ty = self.inst(raw, m);
                Some((raw, self.force(ty)))
            }
            _ => None,
        };
        let keys = self.annotation(node.file, mapped.constraint, scope);
        let constraint = keys;
        let keys = self.inst(keys, m);
        let keys = self.force(keys);
        let mut modifiers = source.map(|s| s.1);
        if let Some((raw, ty)) = source {
            if self.t.has_params(ty) && !self.is_concrete_shape(ty) {
                return deferred;
            }
            if let Data::Param(p) = *self.t.data(raw)
                && let Some(out) = self.map_special(node, m, p, key, ty)
            {
                return out;
            }
        } else if let Data::Param(p) = *self.t.data(constraint)
            && let Some(c) = self.s.tparams[p].constraint
        {
            // `K in P` with `P extends keyof T`: the modifiers of T's properties hold too.
            let tp = self.s.tparams[p];
            let bound = self.annotation(tp.file, c, tp.scope);
            if let Data::Keyof(of) = *self.t.data(bound) {
                let of = self.inst(of, m);
                modifiers = Some(self.force(of)).filter(|&t| !self.t.has_params(t));
            }
        }
        if self.t.has_params(keys) && !matches!(self.t.data(keys), Data::Union(_)) {
            return deferred;
        }
        let mut shape = Shape::default();
        for &k in self.t.parts(keys).iter() {
            if !self.map_key(node, m, key, k, modifiers, &mut shape) {
                return deferred;
            }
        }
        let out = self.object(shape);
        if let Some(name) = self.alias_names.get(&deferred).cloned() {
            self.alias_names.entry(out).or_insert(name);
        }
        self.mapped_shapes.insert(deferred, out);
        out
    }

    fn is_concrete_shape(&self, ty: Ty) -> bool {
        matches!(self.t.data(ty), Data::Ref(..) | Data::Object(_) | Data::Anon(..))
    }

    /// A homomorphic mapped type of something that is no plain object.
    fn map_special(&mut self, node: Node, m: MapperId, of: ParamId, key: ParamId, ty: Ty) -> Option<Ty> {
        match self.t.data(ty).clone() {
            Data::Any => Some(Ty::ANY),
            Data::Union(parts) => {
                let mut out = Vec::new();
                for &part in parts.iter() {
                    let inner = self.extend(m, of, part);
                    let deferred = self.t.intern(Data::Mapped(node, inner), false);
                    out.push(self.eval_mapped(node, inner, deferred));
                }
                Some(self.t.union(&out))
            }
            Data::Tuple { elems, readonly } => {
                let mut out = Vec::new();
                for (i, &(_, kind)) in elems.iter().enumerate() {
                    let name = self.names.intern(&i.to_string());
                    let k = self.t.str_lit(name);
                    let t = self.map_value(node, m, key, k)?;
                    out.push((self.force(t), self.map_elem(node, kind)));
                }
                Some(self.t.tuple(out, readonly))
            }
            Data::Ref(sym, _) if self.is_array(ty) => {
                let t = self.map_value(node, m, key, Ty::NUMBER)?;
                let t = self.force(t);
                Some(self.t.intern(Data::Ref(sym, [t].into()), false))
            }
            Data::Ref(..) | Data::Object(_) | Data::Anon(..) | Data::Mapped(..) | Data::Intersection(_) => {
                None
            }
            Data::Param(_) | Data::Value(_) | Data::NonPrimitive | Data::Unknown => None,
            _ => Some(ty),
        }
    }

    fn map_elem(&self, node: Node, kind: Elem) -> Elem {
        let f = self.file_of(node.file);
        let TypeExpr::Mapped(mapped) = &f.ast()[type_of_node(node)] else { return kind };
        match (mapped.optional, kind) {
            (MappedModifier::Add, Elem::Required) => Elem::Optional,
            (MappedModifier::Remove, Elem::Optional) => Elem::Required,
            _ => kind,
        }
    }

    /// The type for one key, read when it is needed.
    fn map_value(&mut self, node: Node, m: MapperId, key: ParamId, k: Ty) -> Option<Ty> {
        let f = self.file_of(node.file);
        let TypeExpr::Mapped(mapped) = &f.ast()[type_of_node(node)] else { return None };
        let inner = self.extend(m, key, k);
        let Some(t) = mapped.ty else { return Some(Ty::ANY) };
        let at = super::annot::node_of(node.file, t);
        let scope = self.node_scopes.get(&node).copied().unwrap_or(self.global);
        self.node_scopes.entry(at).or_insert(scope);
        let free = self.t.mapper_has_params(inner);
        Some(self.t.intern(Data::Lazy(at, inner), free))
    }

    fn map_key(
        &mut self,
        node: Node,
        m: MapperId,
        key: ParamId,
        k: Ty,
        of: Option<Ty>,
        shape: &mut Shape,
    ) -> bool {
        let f = self.file_of(node.file);
        let TypeExpr::Mapped(mapped) = &f.ast()[type_of_node(node)] else { return false };
        let Some(value) = self.map_value(node, m, key, k) else { return false };
        let mut named = vec![k];
        if let Some(rename) = mapped.rename {
            let scope = self.node_scopes.get(&node).copied().unwrap_or(self.global);
            let inner = self.extend(m, key, k);
            let t = self.annotation(node.file, rename, scope);
            let t = self.inst(t, inner);
            let t = self.force(t);
            if self.t.has_params(t) {
                return false;
            }
            named = self.t.parts(t).to_vec();
        }
        let before = match (of, self.key_name(k)) {
            (Some(of), Some(name)) => self.prop(of, name),
            _ => None,
        };
        let had = |b: bool, m: MappedModifier| match m {
            MappedModifier::None => b,
            MappedModifier::Add => true,
            MappedModifier::Remove => false,
        };
        let optional = had(before.as_ref().is_some_and(|p| p.optional), mapped.optional);
        let readonly = had(before.as_ref().is_some_and(|p| p.readonly), mapped.readonly);
        let sym = before.map_or(SymId::NONE, |p| p.sym);
        for n in named {
            if let Some(name) = self.key_name(n) {
                let mapper = MapperId::IDENTITY;
                if shape.prop(name).is_none() {
                    shape.props.push(Prop {
                        name,
                        ty: value,
                        sym,
                        mapper,
                        optional,
                        readonly,
                        method: false,
                    });
                }
            } else if matches!(
                self.t.data(n),
                Data::String | Data::Number | Data::Symbol | Data::Template { .. }
            ) {
                shape.index.push(Index { key: n, value, readonly });
            } else if n != Ty::NEVER && self.t.has_params(n) {
                return false;
            }
        }
        true
    }

    /// The property name that a literal type is.
    pub(super) fn key_name(&mut self, ty: Ty) -> Option<Name> {
        match *self.t.data(ty) {
            Data::StrLit(n) => Some(n),
            Data::NumLit(bits) => {
                let text = super::print::number_text(f64::from_bits(bits));
                Some(self.names.intern(&text))
            }
            Data::EnumLit(sym, i) => {
                let ty = self.enum_value(sym, i)?;
                self.key_name(ty)
            }
            _ => None,
        }
    }

    // keyof and indexed access.

    pub(super) fn keyof(&mut self, ty: Ty) -> Ty {
        let ty = self.force(ty);
        match self.t.data(ty).clone() {
            Data::Any | Data::Never => self.t.union(&[Ty::STRING, Ty::NUMBER, Ty::SYMBOL]),
            Data::Unknown => Ty::NEVER,
            Data::Param(_) | Data::Indexed(..) | Data::Cond(..) | Data::Lazy(..) => {
                self.t.intern(Data::Keyof(ty), true)
            }
            Data::Mapped(node, m) => {
                let f = self.file_of(node.file);
                let TypeExpr::Mapped(mapped) = &f.ast()[type_of_node(node)] else { return Ty::ANY };
                if mapped.rename.is_some() {
                    return self.t.intern(Data::Keyof(ty), true);
                }
                let scope = self.node_scopes.get(&node).copied().unwrap_or(self.global);
                let c = self.annotation(node.file, mapped.constraint, scope);
                self.inst(c, m)
            }
            Data::Union(parts) => {
                let keys: Vec<Ty> = parts.iter().map(|&p| self.keyof(p)).collect();
                self.intersection(&keys)
            }
            Data::Intersection(parts) => {
                let keys: Vec<Ty> = parts.iter().map(|&p| self.keyof(p)).collect();
                self.t.union(&keys)
            }
            _ => self.keys_of(ty),
        }
    }

    fn keys_of(&mut self, ty: Ty) -> Ty {
        let Some((shape, _)) = self.shape_of(ty) else { return Ty::NEVER };
        let mut keys = Vec::new();
        for i in &shape.index {
            keys.push(i.key);
            if i.key == Ty::STRING {
                keys.push(Ty::NUMBER);
            }
        }
        for p in &shape.props {
            let text = self.names.resolve(p.name);
            if text.starts_with('#') || text.starts_with("@@") || !self.is_public(p.sym) {
                continue;
            }
            let number = text.parse::<f64>().ok().filter(|n| super::print::number_text(*n) == text);
            keys.push(match number {
                Some(n) if !matches!(self.t.data(ty), Data::Tuple { .. }) => self.t.num_lit(n),
                _ => self.t.str_lit(p.name),
            });
        }
        if let Data::Tuple { elems, .. } = self.t.data(ty).clone() {
            for i in 0..elems.len() {
                let name = self.names.intern(&i.to_string());
                keys.push(self.t.str_lit(name));
            }
        }
        self.t.union(&keys)
    }

    /// `T[K]`
    pub(super) fn indexed(&mut self, object: Ty, index: Ty) -> Ty {
        let (object, index) = (self.force(object), self.force(index));
        if object == Ty::ANY || index == Ty::ANY {
            return Ty::ANY;
        }
        if let Data::Union(parts) = self.t.data(index).clone() {
            let out: Vec<Ty> = parts.iter().map(|&p| self.indexed(object, p)).collect();
            return self.t.union(&out);
        }
        let open =
            |d: &Data| matches!(d, Data::Param(_) | Data::Cond(..) | Data::Indexed(..) | Data::Keyof(_));
        if open(self.t.data(index)) || open(self.t.data(object)) {
            return self.t.intern(Data::Indexed(object, index), true);
        }
        match self.t.data(object).clone() {
            Data::Union(parts) => {
                let out: Vec<Ty> = parts.iter().map(|&p| self.indexed(p, index)).collect();
                return self.t.union(&out);
            }
            Data::Mapped(node, m) => {
                // The template with the key put in.
                let scope = self.node_scopes.get(&node).copied().unwrap_or(self.global);
                let Some(&key) = self.s.params_of(scope).first() else { return Ty::ANY };
                let t = self.map_value(node, m, key, index).unwrap_or(Ty::ANY);
                return self.force(t);
            }
            _ => {}
        }
        if let Some(name) = self.key_name(index) {
            if let Some(t) = self.prop_type(object, name) {
                return t;
            }
        }
        self.index_type(object, index).unwrap_or(Ty::ANY)
    }

    // Text.

    /// A template type; literals in it are joined, unions multiplied out.
    pub(super) fn template(&mut self, texts: &[Name], types: &[Ty]) -> Ty {
        let types: Vec<Ty> = types.iter().map(|&t| self.force(t)).collect();
        if let Some(i) = types.iter().position(|&t| matches!(self.t.data(t), Data::Union(_))) {
            let parts = self.t.parts(types[i]);
            let mut out = Vec::new();
            for &p in parts.iter() {
                let mut each = types.clone();
                each[i] = p;
                let t = self.template(texts, &each);
                out.push(t);
                if out.len() > MAX_PARTS {
                    return Ty::STRING;
                }
            }
            return self.t.union(&out);
        }
        if types.contains(&Ty::NEVER) {
            return Ty::NEVER;
        }
        let mut new_texts = vec![self.names.resolve(texts[0]).to_owned()];
        let mut new_types: Vec<Ty> = Vec::new();
        for (i, &t) in types.iter().enumerate() {
            let after = self.names.resolve(texts.get(i + 1).copied().unwrap_or(names::EMPTY)).to_owned();
            if let Some(text) = self.literal_text(t) {
                let last = new_texts.len() - 1;
                new_texts[last].push_str(&text);
                new_texts[last].push_str(&after);
            } else {
                new_types.push(t);
                new_texts.push(after);
            }
        }
        if new_types.is_empty() {
            let name = self.names.intern(&new_texts[0]);
            return self.t.str_lit(name);
        }
        if new_types == [Ty::STRING] && new_texts.iter().all(String::is_empty) {
            return Ty::STRING;
        }
        let texts: Vec<Name> = new_texts.iter().map(|t| self.names.intern(t)).collect();
        self.t.intern(Data::Template { texts: texts.into(), types: new_types.into() }, false)
    }

    /// What a literal type is as text.
    pub(super) fn literal_text(&mut self, ty: Ty) -> Option<String> {
        Some(match *self.t.data(ty) {
            Data::StrLit(n) => self.names.resolve(n).to_owned(),
            Data::NumLit(bits) => super::print::number_text(f64::from_bits(bits)),
            Data::Bool(b) => b.to_string(),
            Data::Null => "null".to_owned(),
            Data::Undefined => "undefined".to_owned(),
            Data::BigLit(n, negative) => {
                format!("{}{}", if negative { "-" } else { "" }, self.names.resolve(n))
            }
            Data::EnumLit(sym, i) => {
                let ty = self.enum_value(sym, i)?;
                return self.literal_text(ty);
            }
            _ => return None,
        })
    }

    pub(super) fn cased(&mut self, c: Casing, ty: Ty) -> Ty {
        let ty = self.force(ty);
        match self.t.data(ty).clone() {
            Data::StrLit(n) => {
                let text = self.names.resolve(n).to_owned();
                let mut chars = text.chars();
                let new: String = match c {
                    Casing::Upper => text.to_uppercase(),
                    Casing::Lower => text.to_lowercase(),
                    Casing::Capital => {
                        chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
                    }
                    Casing::Uncapital => {
                        chars.next().into_iter().flat_map(char::to_lowercase).chain(chars).collect()
                    }
                };
                let name = self.names.intern(&new);
                self.t.str_lit(name)
            }
            Data::Union(parts) => {
                let out: Vec<Ty> = parts.iter().map(|&p| self.cased(c, p)).collect();
                self.t.union(&out)
            }
            Data::Any | Data::Never => ty,
            Data::Param(_) | Data::Keyof(_) | Data::Indexed(..) | Data::Cond(..) => {
                self.t.intern(Data::Cased(c, ty), true)
            }
            _ => Ty::STRING,
        }
    }

    // Intersections.

    pub(super) fn intersection(&mut self, list: &[Ty]) -> Ty {
        let mut parts: Vec<Ty> = Vec::new();
        for &t in list {
            let t = self.force(t);
            match self.t.data(t).clone() {
                Data::Any => return Ty::ANY,
                Data::Never => return Ty::NEVER,
                Data::Unknown => {}
                Data::Intersection(inner) => inner.iter().for_each(|&p| {
                    if !parts.contains(&p) {
                        parts.push(p);
                    }
                }),
                _ if parts.contains(&t) => {}
                _ => parts.push(t),
            }
        }
        if parts.is_empty() {
            return Ty::UNKNOWN;
        }
        // A union multiplies out.
        if let Some(i) = parts.iter().position(|&t| matches!(self.t.data(t), Data::Union(_))) {
            if parts.len() == 1 {
                return parts[0];
            }
            let choices = self.t.parts(parts[i]);
            let mut out = Vec::new();
            for &c in choices.iter() {
                let mut each = parts.clone();
                each[i] = c;
                let t = self.intersection(&each);
                out.push(t);
                if out.len() > MAX_PARTS {
                    return Ty::ANY;
                }
            }
            return self.t.union(&out);
        }
        if self.is_disjoint(&mut parts) {
            return Ty::NEVER;
        }
        match parts.as_slice() {
            [one] => *one,
            _ => {
                let list: List = parts.into();
                self.t.intern(Data::Intersection(list), false)
            }
        }
    }

    /// Whether no value has all types; drops what another part says already.
    fn is_disjoint(&mut self, parts: &mut Vec<Ty>) -> bool {
        let base = |c: &Self, t: Ty| match c.t.data(t) {
            Data::String | Data::StrLit(_) | Data::Template { .. } | Data::Cased(..) => 1,
            Data::Number | Data::NumLit(_) => 2,
            Data::Bool(_) => 3,
            Data::BigInt | Data::BigLit(..) => 4,
            Data::Symbol | Data::Unique(_) => 5,
            Data::Null => 6,
            Data::Undefined | Data::Void => 7,
            Data::EnumLit(..) | Data::Enum(_) => 8,
            Data::NonPrimitive => 9,
            _ => 0,
        };
        let kinds: Vec<i32> = parts.iter().map(|&t| base(self, t)).filter(|&k| k != 0).collect();
        if kinds.windows(2).any(|w| w[0] != w[1] && !w.contains(&8)) {
            return true;
        }
        let units: Vec<Ty> = parts.iter().copied().filter(|&t| self.t.is_unit(t)).collect();
        if units.windows(2).any(|w| w[0] != w[1])
            && !units.iter().any(|&u| matches!(self.t.data(u), Data::EnumLit(..)))
        {
            return true;
        }
        let has_literal = |c: &Self, k: i32| parts.iter().any(|&t| base(c, t) == k && c.t.is_unit(t));
        let (s, n, b) = (has_literal(self, 1), has_literal(self, 2), has_literal(self, 4));
        let primitive = kinds.iter().any(|&k| (1..=5).contains(&k) || k == 8);
        let nullish = kinds.iter().any(|&k| k == 6 || k == 7);
        if nullish && parts.len() > 1 && parts.iter().any(|&t| base(self, t) == 0 && !self.t.has_params(t)) {
            return true;
        }
        parts.retain(|&t| match t {
            Ty::STRING => !s,
            Ty::NUMBER => !n,
            Ty::BIGINT => !b,
            Ty::EMPTY => !primitive,
            _ => true,
        });
        self.discriminants_clash(parts)
    }

    /// Two object types that give one property different literals.
    fn discriminants_clash(&mut self, parts: &[Ty]) -> bool {
        if parts.len() < 2 || parts.len() > 8 {
            return false;
        }
        let mut seen: Vec<(Name, Ty)> = Vec::new();
        for &t in parts {
            if !matches!(self.t.data(t), Data::Anon(..) | Data::Object(_) | Data::Ref(..))
                || self.t.has_params(t)
            {
                continue;
            }
            if matches!(self.t.data(t), Data::Ref(s, _) if self.s.symbols[*s].flags & flag::CLASS != 0) {
                continue;
            }
            let Some((shape, _)) = self.shape_of(t) else { continue };
            if shape.props.len() > 40 {
                continue;
            }
            for p in &shape.props {
                if p.optional || p.method {
                    continue;
                }
                let Some(ty) = self.prop_type(t, p.name) else { continue };
                if !self.t.is_unit(ty) {
                    continue;
                }
                if seen.iter().any(|e| e.0 == p.name && e.1 != ty) {
                    return true;
                }
                seen.push((p.name, ty));
            }
        }
        false
    }

    /// What stands for a type that is still open: its constraint.
    pub(super) fn constraint(&mut self, p: ParamId) -> Ty {
        let tp = self.s.tparams[p];
        if !tp.this_of.is_none() {
            let params = self.tparams_of(tp.this_of);
            let args: Vec<Ty> = params.iter().map(|&p| self.t.intern(Data::Param(p), false)).collect();
            return self.t.intern(Data::Ref(tp.this_of, args.into()), false);
        }
        match tp.constraint {
            Some(node) => {
                let ty = self.annotation(tp.file, node, tp.scope);
                let ty = self.inst(ty, tp.rename);
                self.force(ty)
            }
            None => Ty::UNKNOWN,
        }
    }

    /// Follows the parameters of a type to what they must be.
    pub(super) fn base_constraint(&mut self, ty: Ty) -> Ty {
        let mut ty = self.force(ty);
        for _ in 0..20 {
            ty = match *self.t.data(ty) {
                Data::Param(p) => self.constraint(p),
                Data::Indexed(o, i) => {
                    let (a, b) = (self.base_constraint(o), self.base_constraint(i));
                    if (a, b) == (o, i) || a == Ty::UNKNOWN { return Ty::ANY } else { self.indexed(a, b) }
                }
                Data::Keyof(_) => self.t.union(&[Ty::STRING, Ty::NUMBER, Ty::SYMBOL]),
                Data::Cond(..) | Data::Mapped(..) => return Ty::ANY,
                Data::Cased(..) | Data::Template { .. } => return Ty::STRING,
                _ => return ty,
            };
            ty = self.force(ty);
        }
        Ty::ANY
    }

    /// Whether anything about a member is hidden.
    fn is_public(&self, sym: SymId) -> bool {
        sym.is_none() || self.access_of(sym).is_none()
    }
}

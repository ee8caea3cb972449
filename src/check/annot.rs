//! Types as written to types.
//!
//! Each node is read once, with the type parameters in scope as themselves; what a generic
//! declaration means for its arguments is substitution (`inst`). Object types, mapped and
//! conditional types are only named here and read when their members are asked for.

use std::rc::Rc;

use super::bind::{Decl, DeclKind, ScopeId, flag};
use super::types::{Casing, Data, Elem, MapperId, Node, ParamId, Shape, SigId, SymId, Ty};
use super::{Checker, Predicate, Sig, SigParam};
use crate::diag::registry;
use crate::syntax::ast::{
    self, Ident, Param, Pat, Signature, StrValue, TypeExpr, TypeKeyword, TypeLiteral, TypeMemberKind,
};
use crate::syntax::{Name, well_known as names};

pub(super) fn node_of(file: u32, id: ast::TypeId) -> Node {
    Node { file, index: u32::from(id.into_raw()) }
}

pub(super) fn type_of_node(node: Node) -> ast::TypeId {
    ast::TypeId::from_raw(la_arena::RawIdx::from_u32(node.index))
}

impl Checker<'_> {
    /// The type written at a node, seen from a scope.
    pub(super) fn annotation(&mut self, file: u32, id: ast::TypeId, scope: ScopeId) -> Ty {
        let node = node_of(file, id);
        if let Some(ty) = self.nodes[file as usize].get(node.index) {
            return ty;
        }
        if self.depth > super::MAX_DEPTH * 4 {
            return Ty::ANY;
        }
        self.depth += 1;
        let saved = (self.file, std::mem::take(&mut self.diags));
        self.file = file;
        let ty = self.read(node, id, scope);
        let mut found = std::mem::replace(&mut self.diags, saved.1);
        self.done.append(&mut found);
        self.file = saved.0;
        self.depth -= 1;
        self.nodes[file as usize].set(node.index, ty);
        ty
    }

    fn list(&mut self, file: u32, list: &[ast::TypeId], scope: ScopeId) -> Vec<Ty> {
        list.iter().map(|&t| self.annotation(file, t, scope)).collect()
    }

    fn read(&mut self, node: Node, id: ast::TypeId, scope: ScopeId) -> Ty {
        let f = self.file_of(node.file);
        let file = node.file;
        match &f.ast()[id] {
            TypeExpr::Missing | TypeExpr::Import { .. } => Ty::ANY,
            TypeExpr::Keyword(TypeKeyword::This) => match self.s.this_at(scope) {
                Some(p) => self.t.intern(Data::Param(p), false),
                None => Ty::ANY,
            },
            TypeExpr::Keyword(k) => keyword(*k),
            TypeExpr::Ref { path, args } => self.named(file, path, args, scope, f.ast().type_span(id)),
            TypeExpr::Literal(l) => self.literal_type(*l),
            TypeExpr::Template { chunks, types } => {
                let texts = chunks.iter().map(|c| match c.cooked {
                    Some(StrValue::Text(n)) => n,
                    _ => names::EMPTY,
                });
                let texts: Vec<Name> = texts.collect();
                let types = self.list(file, types, scope);
                self.template(&texts, &types)
            }
            TypeExpr::Array(elem) => {
                let elem = self.annotation(file, *elem, scope);
                self.known_ref("Array", &[elem])
            }
            TypeExpr::Readonly(t) => {
                let ty = self.annotation(file, *t, scope);
                self.readonly(ty)
            }
            TypeExpr::Paren(t) => self.annotation(file, *t, scope),
            TypeExpr::Tuple(elems) => {
                let mut out = Vec::new();
                for e in elems {
                    let ty = self.annotation(file, e.ty, scope);
                    if e.is_rest {
                        self.spread_elem(ty, &mut out);
                    } else {
                        out.push((ty, if e.is_optional { Elem::Optional } else { Elem::Required }));
                    }
                }
                self.t.tuple(out, false)
            }
            TypeExpr::Union(parts) => {
                let parts = self.list(file, parts, scope);
                self.t.union(&parts)
            }
            TypeExpr::Intersection(parts) => {
                let parts = self.list(file, parts, scope);
                self.intersection(&parts)
            }
            TypeExpr::Function(s) => {
                let sig = self.written_sig(node, s, scope, false);
                self.object(Shape { calls: vec![sig], ..Shape::default() })
            }
            TypeExpr::Constructor { signature, is_abstract } => {
                let sig = self.written_sig(node, signature, scope, false);
                self.sigs[sig].is_abstract = *is_abstract;
                self.object(Shape { constructs: vec![sig], ..Shape::default() })
            }
            TypeExpr::Object(members) if members.is_empty() => Ty::EMPTY,
            TypeExpr::Object(_) => {
                self.node_scopes.insert(node, scope);
                let free = !self.free_params(node, scope).is_empty();
                self.t.intern(Data::Anon(node, MapperId::IDENTITY), free)
            }
            TypeExpr::Mapped(m) => {
                let inner = self.s.new_scope(scope, file, self.s.scopes[scope].frame);
                self.one_param(inner, file, m.param, Some(m.constraint));
                self.node_scopes.insert(node, inner);
                let free = !self.free_params(node, scope).is_empty();
                let ty = self.t.intern(Data::Mapped(node, MapperId::IDENTITY), free);
                if free { ty } else { self.eval_mapped(node, MapperId::IDENTITY, ty) }
            }
            TypeExpr::Conditional { extends, .. } => {
                let inner = self.s.new_scope(scope, file, self.s.scopes[scope].frame);
                self.infer_names(file, *extends, inner);
                self.node_scopes.insert(node, inner);
                let free = !self.free_params(node, scope).is_empty();
                let ty = self.t.intern(Data::Cond(node, MapperId::IDENTITY), free);
                if free { ty } else { self.eval_cond(node, MapperId::IDENTITY) }
            }
            TypeExpr::Infer { name, .. } => match self.s.lookup(scope, name.name, flag::TYPE_PARAM) {
                Some(sym) => self.declared_type(sym, &[]),
                None => Ty::ANY,
            },
            TypeExpr::Keyof(t) => {
                let ty = self.annotation(file, *t, scope);
                self.keyof(ty)
            }
            TypeExpr::Unique(_) => Ty::SYMBOL,
            TypeExpr::Typeof { path, .. } => self.typeof_path(path, scope),
            TypeExpr::Indexed { object, index } => {
                let object = self.annotation(file, *object, scope);
                let index = self.annotation(file, *index, scope);
                self.indexed(object, index)
            }
            TypeExpr::Predicate { asserts, .. } => {
                if *asserts {
                    Ty::VOID
                } else {
                    Ty::BOOLEAN
                }
            }
        }
    }

    fn one_param(&mut self, scope: ScopeId, file: u32, name: Ident, constraint: Option<ast::TypeId>) {
        let param =
            ast::TypeParam { name, is_const: false, is_in: false, is_out: false, constraint, default: None };
        self.s.type_params(scope, file, &[param]);
    }

    /// Declares the names after `infer` in an `extends` clause.
    fn infer_names(&mut self, file: u32, id: ast::TypeId, scope: ScopeId) {
        let f = self.file_of(file);
        let mut found = Vec::new();
        each_type(f.ast(), id, &mut |ty| {
            if let TypeExpr::Infer { name, constraint } = ty {
                found.push((*name, *constraint));
            }
        });
        for (name, constraint) in found {
            if self.s.local(scope, name.name).is_none() {
                self.one_param(scope, file, name, constraint);
            }
        }
    }

    /// The type parameters from outside that a node mentions.
    pub(super) fn free_params(&mut self, node: Node, scope: ScopeId) -> Rc<[ParamId]> {
        if let Some(done) = self.node_params.get(&node) {
            return Rc::clone(done);
        }
        let f = self.file_of(node.file);
        let mut found: Vec<ParamId> = Vec::new();
        let mut add = |c: &Self, name: Name| {
            if let Some(sym) = c.s.lookup(scope, name, flag::TYPE)
                && let DeclKind::TypeParam(p) = c.s.symbols[sym].decls[0].kind
                && !found.contains(&p)
            {
                found.push(p);
            }
        };
        each_type(f.ast(), type_of_node(node), &mut |ty| match ty {
            TypeExpr::Ref { path, .. } if path.len() == 1 => add(self, path[0].name),
            TypeExpr::Keyword(TypeKeyword::This) => add(self, names::THIS),
            // Inside an `extends` clause, the type that the clause is to find.
            TypeExpr::Infer { name, .. } => add(self, name.name),
            // The value's type may mention any of them.
            TypeExpr::Typeof { path, .. } => path.first().iter().for_each(|i| add(self, i.name)),
            _ => {}
        });
        let found: Rc<[ParamId]> = found.into();
        self.node_params.insert(node, Rc::clone(&found));
        found
    }

    fn literal_type(&mut self, l: TypeLiteral) -> Ty {
        match l {
            TypeLiteral::String(StrValue::Text(n)) => self.t.str_lit(n),
            TypeLiteral::String(StrValue::Lone(_)) => Ty::STRING,
            TypeLiteral::Number { value, negative } => {
                let v = self.files[self.file as usize].ast()[value].value;
                self.t.num_lit(if negative { -v } else { v })
            }
            TypeLiteral::BigInt { digits, negative } => self.t.intern(Data::BigLit(digits, negative), false),
            TypeLiteral::Bool(b) => {
                if b {
                    Ty::TRUE
                } else {
                    Ty::FALSE
                }
            }
        }
    }

    /// `...T` in a tuple.
    pub(super) fn spread_elem(&mut self, ty: Ty, out: &mut Vec<(Ty, Elem)>) {
        if let Data::Tuple { elems, .. } = self.t.data(ty).clone() {
            out.extend(elems.iter().copied());
        } else if let Some(elem) = self.array_elem(ty) {
            out.push((elem, Elem::Rest));
        } else if self.t.has_params(ty) {
            out.push((ty, Elem::Variadic));
        } else {
            out.push((Ty::ANY, Elem::Rest));
        }
    }

    /// `readonly` before an array or tuple.
    pub(super) fn readonly(&mut self, ty: Ty) -> Ty {
        match self.t.data(ty).clone() {
            Data::Tuple { elems, .. } => self.t.tuple(elems.to_vec(), true),
            Data::Ref(_, args) if self.is_array(ty) => self.known_ref("ReadonlyArray", &args),
            _ => ty,
        }
    }

    // Names.

    /// The namespace that a path of names means.
    pub(super) fn namespace(&mut self, path: &[Ident], scope: ScopeId) -> Option<ScopeId> {
        let (first, rest) = path.split_first()?;
        let mut sym = self.lookup(scope, first.name, flag::NAMESPACE)?;
        for name in rest {
            sym = self.s.local(self.s.symbols[sym].exports.some()?, name.name)?;
        }
        self.s.symbols[sym].exports.some()
    }

    /// Looks a name up through all scopes and the library.
    pub(super) fn lookup(&mut self, scope: ScopeId, name: Name, flags: u16) -> Option<SymId> {
        match self.s.lookup(scope, name, flags) {
            Some(s) => Some(s),
            None => self.global_symbol(name, flags),
        }
    }

    fn named(
        &mut self,
        file: u32,
        path: &[Ident],
        args: &[ast::TypeId],
        scope: ScopeId,
        span: crate::source::Span,
    ) -> Ty {
        let [name] = path else { return self.qualified(file, path, args, scope) };
        if self.dialect.is_ultra()
            && let Some(n) = super::number::num_named(self.names.resolve(name.name))
            && self.s.lookup(scope, name.name, flag::TYPE).is_none()
        {
            return n;
        }
        let Some(sym) = self.lookup(scope, name.name, flag::TYPE) else {
            self.unknown_type(name, scope);
            self.list(file, args, scope);
            return Ty::ANY;
        };
        let args = self.list(file, args, scope);
        self.check_type_args(sym, &args, span, file);
        self.declared_type(sym, &args)
    }

    fn qualified(&mut self, file: u32, path: &[Ident], args: &[ast::TypeId], scope: ScopeId) -> Ty {
        let [spaces @ .., name] = path else { return Ty::ANY };
        let args = self.list(file, args, scope);
        if let Some(inner) = self.namespace(spaces, scope) {
            return match self.s.local(inner, name.name) {
                Some(sym) if self.s.symbols[sym].flags & flag::TYPE != 0 => self.declared_type(sym, &args),
                _ => Ty::ANY,
            };
        }
        if let [first] = spaces
            && let Some(sym) = self.lookup(scope, first.name, flag::ENUM)
        {
            return self.enum_member_type(sym, name.name).unwrap_or(Ty::ANY);
        }
        Ty::ANY
    }

    fn typeof_path(&mut self, path: &[Ident], scope: ScopeId) -> Ty {
        let [first, rest @ ..] = path else { return Ty::ANY };
        if first.name == names::THIS {
            return Ty::ANY;
        }
        let Some(sym) = self.lookup(scope, first.name, flag::VALUE) else {
            if first.name == names::UNDEFINED {
                return Ty::UNDEFINED;
            }
            if !super::lib::is_opaque(self.names.resolve(first.name)) && !self.is_lib() {
                let d = self.undeclared(first, scope);
                self.error(d);
            }
            return Ty::ANY;
        };
        let mut ty = self.type_of(sym);
        for name in rest {
            ty = self.prop_type(ty, name.name).unwrap_or(Ty::ANY);
        }
        ty
    }

    /// The type that a symbol declares, with arguments for its parameters.
    pub(super) fn declared_type(&mut self, sym: SymId, args: &[Ty]) -> Ty {
        let flags = self.s.symbols[sym].flags;
        if flags & flag::TYPE_PARAM != 0 {
            return match self.s.symbols[sym].decls[0].kind {
                DeclKind::TypeParam(p) => self.t.intern(Data::Param(p), false),
                _ => Ty::ANY,
            };
        }
        if flags & (flag::CLASS | flag::INTERFACE) != 0 {
            let args = self.fill_args(sym, args);
            return self.t.intern(Data::Ref(sym, args.into()), false);
        }
        if flags & flag::ALIAS != 0 {
            return self.alias_type(sym, args);
        }
        if flags & flag::ENUM != 0 {
            return self.enum_type(sym);
        }
        Ty::ANY
    }

    /// Adds defaults for arguments that are not written.
    pub(super) fn fill_args(&mut self, sym: SymId, args: &[Ty]) -> Vec<Ty> {
        let params = self.tparams_of(sym);
        self.fill(&params, args)
    }

    pub(super) fn fill(&mut self, params: &[ParamId], args: &[Ty]) -> Vec<Ty> {
        let mut out: Vec<Ty> = Vec::with_capacity(params.len());
        for (i, &p) in params.iter().enumerate() {
            let ty = match args.get(i) {
                Some(&t) => t,
                None => {
                    let d = self.s.tparams[p];
                    match d.default {
                        Some(node) => {
                            let ty = self.annotation(d.file, node, d.scope);
                            let pairs = params.iter().copied().zip(out.iter().copied()).collect();
                            let m = self.t.mapper(pairs);
                            self.inst(ty, m)
                        }
                        None => Ty::ANY,
                    }
                }
            };
            out.push(ty);
        }
        out
    }

    fn alias_type(&mut self, sym: SymId, args: &[Ty]) -> Ty {
        let body = match self.alias_ty.get(sym.0) {
            Some(t) => t,
            None => {
                if self.sym_busy.contains(&sym) {
                    let args = self.fill_args(sym, args);
                    return self.t.intern(Data::Alias(sym, args.into()), false);
                }
                let decl =
                    self.s.symbols[sym].decls.iter().copied().find(|d| matches!(d.kind, DeclKind::Alias(_)));
                let Some(Decl { file, kind: DeclKind::Alias(stmt), .. }) = decl else { return Ty::ANY };
                let f = self.file_of(file);
                let ast::Stmt::TypeAlias(alias) = &f.ast()[stmt] else { return Ty::ANY };
                let scope = f.scopes.stmt[stmt];
                self.sym_busy.insert(sym);
                let mut ty = match f.ast()[alias.ty] {
                    TypeExpr::Keyword(TypeKeyword::Intrinsic) => self.intrinsic(sym),
                    _ => self.annotation(file, alias.ty, scope),
                };
                self.sym_busy.remove(&sym);
                if let Data::Alias(of, _) = *self.t.data(ty)
                    && of == sym
                {
                    if !f.is_lib {
                        let name = self.names.resolve(alias.name.name);
                        self.done.push(registry::circular_type(alias.name.span, name));
                    }
                    ty = Ty::ANY;
                }
                self.alias_ty.set(sym.0, ty);
                if self.tparams_of(sym).is_empty() && is_nameable(self.t.data(ty)) {
                    self.alias_names.entry(ty).or_insert_with(|| (sym, Rc::from([])));
                }
                ty
            }
        };
        let params = self.tparams_of(sym);
        if params.is_empty() {
            return body;
        }
        let args = self.fill(&params, args);
        let m = self.t.mapper(params.iter().copied().zip(args.iter().copied()).collect());
        let ty = self.inst(body, m);
        if is_nameable(self.t.data(ty)) {
            self.alias_names.entry(ty).or_insert_with(|| (sym, args.into()));
        }
        ty
    }

    /// The aliases whose meaning is built in; the others are `any`.
    fn intrinsic(&mut self, sym: SymId) -> Ty {
        let Some(&p) = self.tparams_of(sym).first() else { return Ty::ANY };
        let param = self.t.intern(Data::Param(p), false);
        let casing = match self.names.resolve(self.s.symbols[sym].name) {
            "Uppercase" => Casing::Upper,
            "Lowercase" => Casing::Lower,
            "Capitalize" => Casing::Capital,
            "Uncapitalize" => Casing::Uncapital,
            "NoInfer" => return param,
            _ => return Ty::ANY,
        };
        self.t.intern(Data::Cased(casing, param), false)
    }

    // Signatures.

    /// The signature written at a node.
    pub(super) fn written_sig(
        &mut self,
        node: Node,
        s: &Signature,
        scope: ScopeId,
        is_method: bool,
    ) -> SigId {
        let inner = self.s.new_scope(scope, node.file, self.s.scopes[scope].frame);
        self.s.type_params(inner, node.file, &s.type_params);
        let tparams = self.s.params_of(inner);
        let params: Vec<SigParam> =
            s.params.iter().map(|p| self.written_param(node.file, p, inner)).collect();
        let this = s.this_type.map(|t| self.annotation(node.file, t, inner));
        let ret = s.result.map_or(Ty::ANY, |t| self.annotation(node.file, t, inner));
        let predicate = s.result.and_then(|t| self.predicate(node.file, t, &s.params, inner));
        self.sigs.push(Sig {
            tparams: tparams.into(),
            params: params.into(),
            this,
            ret,
            func: None,
            base: None,
            predicate,
            is_method,
            is_abstract: false,
            access: None,
        })
    }

    pub(super) fn written_param(&mut self, file: u32, p: &Param, scope: ScopeId) -> SigParam {
        let ty = p.ty.map_or(Ty::ANY, |t| self.annotation(file, t, scope));
        let name = self.param_name(file, p);
        SigParam { name, ty, optional: p.is_optional || p.default.is_some(), rest: p.is_rest }
    }

    pub(super) fn param_name(&self, file: u32, p: &Param) -> Name {
        match self.files[file as usize].ast()[p.pat] {
            Pat::Name(n) => n,
            _ => names::EMPTY,
        }
    }

    /// `x is T` as a result.
    pub(super) fn predicate(
        &mut self,
        file: u32,
        id: ast::TypeId,
        params: &[Param],
        scope: ScopeId,
    ) -> Option<Predicate> {
        let f = self.file_of(file);
        let TypeExpr::Predicate { param, asserts, ty } = &f.ast()[id] else { return None };
        let index = params.iter().position(|p| self.param_name(file, p) == param.name);
        if index.is_none() && param.name != names::THIS {
            return None;
        }
        let ty = ty.map(|t| self.annotation(file, t, scope));
        Some(Predicate { param: index.map(|i| i as u32), asserts: *asserts, ty })
    }
}

/// Types that are shown by the name of their alias.
fn is_nameable(data: &Data) -> bool {
    use Data::*;
    matches!(data, Union(_) | Intersection(_) | Object(_) | Anon(..) | Mapped(..) | Cond(..) | Tuple { .. })
}

fn keyword(k: TypeKeyword) -> Ty {
    match k {
        TypeKeyword::Any | TypeKeyword::This | TypeKeyword::Intrinsic => Ty::ANY,
        TypeKeyword::Unknown => Ty::UNKNOWN,
        TypeKeyword::Never => Ty::NEVER,
        TypeKeyword::Void => Ty::VOID,
        TypeKeyword::Null => Ty::NULL,
        TypeKeyword::Undefined => Ty::UNDEFINED,
        TypeKeyword::String => Ty::STRING,
        TypeKeyword::Number => Ty::NUMBER,
        TypeKeyword::Boolean => Ty::BOOLEAN,
        TypeKeyword::Symbol => Ty::SYMBOL,
        TypeKeyword::BigInt => Ty::BIGINT,
        TypeKeyword::Object => Ty::OBJECT,
    }
}

/// Calls `f` for a type as written and all types inside it.
pub(super) fn each_type(ast: &ast::Ast, id: ast::TypeId, f: &mut dyn FnMut(&TypeExpr)) {
    let ty = &ast[id];
    f(ty);
    let mut all = |list: &[ast::TypeId]| list.iter().for_each(|&t| each_type(ast, t, f));
    match ty {
        TypeExpr::Missing | TypeExpr::Keyword(_) | TypeExpr::Literal(_) => {}
        TypeExpr::Ref { args, .. } | TypeExpr::Typeof { args, .. } | TypeExpr::Import { args, .. } => {
            all(args)
        }
        TypeExpr::Template { types, .. } => all(types),
        TypeExpr::Array(t)
        | TypeExpr::Readonly(t)
        | TypeExpr::Keyof(t)
        | TypeExpr::Unique(t)
        | TypeExpr::Paren(t) => {
            all(&[*t]);
        }
        TypeExpr::Tuple(elems) => elems.iter().for_each(|e| all(&[e.ty])),
        TypeExpr::Union(parts) | TypeExpr::Intersection(parts) => all(parts),
        TypeExpr::Function(s) | TypeExpr::Constructor { signature: s, .. } => each_in_sig(ast, s, f),
        TypeExpr::Object(members) => {
            for m in members {
                match &m.kind {
                    TypeMemberKind::Property { ty, .. } | TypeMemberKind::Getter { result: ty, .. } => {
                        ty.iter().for_each(|&t| each_type(ast, t, f));
                    }
                    TypeMemberKind::Method { signature: s, .. }
                    | TypeMemberKind::Setter { signature: s, .. }
                    | TypeMemberKind::Call(s)
                    | TypeMemberKind::Construct(s)
                    | TypeMemberKind::Index { signature: s, .. } => each_in_sig(ast, s, f),
                }
            }
        }
        TypeExpr::Mapped(m) => {
            all(&[m.constraint]);
            m.rename.iter().chain(&m.ty).for_each(|&t| each_type(ast, t, f));
        }
        TypeExpr::Conditional { check, extends, yes, no } => all(&[*check, *extends, *yes, *no]),
        TypeExpr::Infer { constraint, .. } => constraint.iter().for_each(|&t| each_type(ast, t, f)),
        TypeExpr::Indexed { object, index } => all(&[*object, *index]),
        TypeExpr::Predicate { ty, .. } => ty.iter().for_each(|&t| each_type(ast, t, f)),
    }
}

fn each_in_sig(ast: &ast::Ast, s: &Signature, f: &mut dyn FnMut(&TypeExpr)) {
    for p in &s.type_params {
        p.constraint.iter().chain(&p.default).for_each(|&t| each_type(ast, t, f));
    }
    let params = s.params.iter().filter_map(|p| p.ty);
    params.chain(s.this_type).chain(s.result).for_each(|t| each_type(ast, t, f));
}

//! What declarations mean: types of symbols, members of classes, interfaces and enums, signatures
//! of functions. Everything is worked out when it is first asked for; what asks for itself while
//! it is being worked out gets `any`.

use std::rc::Rc;

use super::bind::{Decl, DeclKind, RootId, RootKind, ScopeId, flag};
use super::types::{Data, Elem, Index, MapperId, Node, ParamId, Prop, Shape, SigId, SymId, Ty};
use super::{Checker, Sig, SigParam};
use crate::syntax::ast::{
    self, Access, ClassId, ClassMember, Expr, FunctionBody, FunctionId, FunctionKind, MemberKind, Pat, PatId,
    PropKey, Stmt, StrValue, TypeMember, TypeMemberKind, VarKind,
};
use crate::syntax::{Name, well_known as names};

/// The members of an enum.
#[derive(Debug)]
pub(super) struct EnumInfo {
    pub names: Vec<Name>,
    /// The literal type of each, or `number` when it is computed.
    pub values: Vec<Ty>,
    /// Every value is known.
    pub closed: bool,
    /// Where it is declared.
    pub scope: ScopeId,
}

/// Which members of a class or interface a symbol may be: spaces the keys of `member_syms`.
const CLASS_SPACE: u32 = 1 << 28;
const OBJECT_SPACE: u32 = 2 << 28;
const PARAM_SPACE: u32 = 3 << 28;

impl Checker<'_> {
    /// The type parameters of a class, interface or alias.
    pub(super) fn tparams_of(&mut self, sym: SymId) -> Rc<[ParamId]> {
        if let Some(p) = self.tparams.get(sym.0) {
            return p;
        }
        let params = self.find_tparams(sym);
        self.tparams.set(sym.0, Rc::clone(&params));
        params
    }

    fn find_tparams(&self, sym: SymId) -> Rc<[ParamId]> {
        for d in &self.s.symbols[sym].decls {
            let f = &self.files[d.file as usize];
            let scope = match d.kind {
                DeclKind::Class(c) => f.scopes.class.get(c),
                DeclKind::Interface(s) | DeclKind::Alias(s) => f.scopes.stmt.get(s),
                _ => None,
            };
            if let Some(&scope) = scope {
                return self.s.params_of(scope).into();
            }
        }
        Rc::from([])
    }

    /// The type of a value symbol as declared.
    pub(super) fn type_of(&mut self, sym: SymId) -> Ty {
        if let Some(t) = self.sym_ty.get(sym.0) {
            return t;
        }
        if !self.sym_busy.insert(sym) {
            return Ty::ANY;
        }
        let ty = self.symbol_type(sym);
        self.sym_busy.remove(&sym);
        // A pattern may have set it on the way.
        match self.sym_ty.get(sym.0) {
            Some(t) => t,
            None => {
                self.sym_ty.set(sym.0, ty);
                ty
            }
        }
    }

    fn symbol_type(&mut self, sym: SymId) -> Ty {
        let symbol = self.s.symbols[sym].clone();
        if symbol.flags & flag::IMPORT != 0 {
            return Ty::ANY;
        }
        if symbol.flags & (flag::CLASS | flag::ENUM | flag::INSTANTIATED) != 0 {
            return self.t.intern(Data::Value(sym), false);
        }
        let kind = |d: &&Decl| {
            !matches!(d.kind, DeclKind::Interface(_) | DeclKind::Alias(_) | DeclKind::Namespace(_))
        };
        let Some(first) = symbol.decls.iter().find(kind).copied() else { return Ty::ANY };
        match first.kind {
            DeclKind::Var(root) => {
                self.root_types(root);
                self.sym_ty.get(sym.0).unwrap_or(Ty::ANY)
            }
            // Properties are added to it by assignment.
            DeclKind::Function(_) if self.s.expando.contains(&sym) => Ty::ANY,
            DeclKind::Function(_) => {
                let calls = self.function_calls(&symbol.decls);
                self.object(Shape { calls, ..Shape::default() })
            }
            DeclKind::ClassMember(..) => self.class_member_type(&symbol.decls),
            DeclKind::ParamProp(f, i) => {
                let root = self.files[first.file as usize].scopes.param_root.get(&(f, i)).copied();
                root.map_or(Ty::ANY, |r| self.root_type(r))
            }
            DeclKind::InterfaceMember(..) | DeclKind::ObjectMember(..) => {
                self.written_member_type(&symbol.decls)
            }
            DeclKind::Default(e) => self.elsewhere(first.file, first.scope, |c| {
                let ty = c.expr(e, None);
                c.diags.clear();
                ty
            }),
            _ => Ty::ANY,
        }
    }

    /// The overloads of a function; the implementation counts only when it stands alone.
    fn function_calls(&mut self, decls: &[Decl]) -> Vec<SigId> {
        let functions: Vec<(u32, FunctionId)> = decls
            .iter()
            .filter_map(|d| match d.kind {
                DeclKind::Function(f) => Some((d.file, f)),
                DeclKind::ClassMember(c, i) => {
                    match &self.files[d.file as usize].ast()[c].members[i as usize].kind {
                        MemberKind::Method { function, .. } => Some((d.file, *function)),
                        _ => None,
                    }
                }
                _ => None,
            })
            .collect();
        let bare = |c: &Self, f: &(u32, FunctionId)| {
            matches!(c.files[f.0 as usize].ast()[f.1].body, FunctionBody::None)
        };
        let has_overloads = functions.len() > 1 && functions.iter().any(|f| bare(self, f));
        let mut out = Vec::new();
        for f in functions {
            if !has_overloads || bare(self, &f) {
                out.push(self.sig_of(f.0, f.1));
            }
        }
        out
    }

    // Variables.

    /// The type of what a pattern is matched with.
    pub(super) fn root_type(&mut self, root: RootId) -> Ty {
        let r = self.s.roots[root];
        match r.kind {
            RootKind::Declarator { ty: Some(t), .. } | RootKind::ForOf { ty: Some(t), .. } => {
                self.annotation(r.file, t, r.scope)
            }
            RootKind::Declarator { kind, init: Some(e), .. } => self.elsewhere(r.file, r.scope, |c| {
                let ctx = c.pattern_context(r.pat);
                let ty = c.expr(e, ctx);
                c.diags.clear();
                c.variable_type(r.pat, kind, e, ty)
            }),
            RootKind::Declarator { .. } => Ty::ANY,
            RootKind::ForOf { iterable, is_await, .. } => self.elsewhere(r.file, r.scope, |c| {
                let ty = c.expr(iterable, None);
                c.diags.clear();
                c.iterated(ty, is_await).unwrap_or(Ty::ANY)
            }),
            RootKind::ForIn => Ty::STRING,
            RootKind::ForEach { object, is_key } => self.elsewhere(r.file, r.scope, |c| {
                let ty = c.expr(object, None);
                c.diags.clear();
                c.each_type(ty, is_key)
            }),
            RootKind::Param(f, i) => self.param_type(r.file, f, i, r.scope),
            RootKind::Catch(Some(t)) => self.annotation(r.file, t, r.scope),
            RootKind::Catch(None) => {
                if self.strict() {
                    Ty::UNKNOWN
                } else {
                    Ty::ANY
                }
            }
        }
    }

    /// The type that a variable takes from its initialiser.
    pub(super) fn variable_type(&mut self, pat: PatId, kind: VarKind, init: ast::ExprId, ty: Ty) -> Ty {
        let f = self.file_of(self.file);
        let is_const = matches!(kind, VarKind::Const | VarKind::Using | VarKind::AwaitUsing);
        if let Some(sym) = f.scopes.pat_sym.get(pat)
            && self.s.expando.contains(sym)
            && matches!(f.ast()[f.ast().unparen(init)], Expr::Function(_))
        {
            return Ty::ANY;
        }
        if is_const && matches!(f.ast()[pat], Pat::Name(_)) {
            return ty;
        }
        let ty = if self.is_fresh(init) { self.widen(ty) } else { ty };
        // UltraScript: a variable without annotation may change its type.
        if self.dialect.is_ultra()
            && let Some(&sym) = f.scopes.pat_sym.get(pat)
            && self.s.symbols[sym].last_assign > 0
        {
            return Ty::ANY;
        }
        if ty == Ty::NULL || ty == Ty::UNDEFINED {
            return Ty::ANY;
        }
        // An empty array grows into any.
        if let Data::Ref(_, args) = self.t.data(ty)
            && args.first() == Some(&Ty::NEVER)
            && self.is_array(ty)
        {
            return self.known_ref("Array", &[Ty::ANY]);
        }
        ty
    }

    fn param_type(&mut self, file: u32, f: FunctionId, i: u32, scope: ScopeId) -> Ty {
        let source = self.file_of(file);
        let p = &source.ast()[f].params[i as usize];
        if let Some(t) = p.ty {
            let ty = self.annotation(file, t, scope);
            return if p.is_optional && self.strict() { self.t.union(&[ty, Ty::UNDEFINED]) } else { ty };
        }
        if source.ast()[f].kind == FunctionKind::Setter
            && let Some(t) = self.getter_of_setter(file, f)
        {
            return t;
        }
        match p.default {
            // UltraScript: a parameter without annotation takes what the call gives.
            Some(e) if !self.dialect.is_ultra() => self.elsewhere(file, scope, |c| {
                let ctx = c.pattern_context(p.pat);
                let ty = c.expr(e, ctx);
                c.diags.clear();
                let ty = c.widen(ty);
                if ty == Ty::NULL || ty == Ty::UNDEFINED { Ty::ANY } else { c.open_literals(ty) }
            }),
            _ if p.is_rest => self.known_ref("Array", &[Ty::ANY]),
            _ => Ty::ANY,
        }
    }

    /// Default values of parameters are examples: an empty object or array says nothing.
    fn open_literals(&mut self, ty: Ty) -> Ty {
        match self.t.data(ty).clone() {
            Data::Ref(_, args) if self.is_array(ty) && args.first() == Some(&Ty::NEVER) => {
                self.known_ref("Array", &[Ty::ANY])
            }
            _ => ty,
        }
    }

    fn getter_of_setter(&mut self, file: u32, f: FunctionId) -> Option<Ty> {
        let source = self.file_of(file);
        let scope = source.scopes.function.get(f).copied()?;
        let class = self.s.scopes[self.s.scopes[scope].parent].class?;
        let same = |k: &PropKey, m: &ClassMember| match &m.kind {
            MemberKind::Method { key, function, .. } => {
                let kind = source.ast()[*function].kind;
                (kind == FunctionKind::Getter && key_text(k) == key_text(key)).then_some(*function)
            }
            _ => None,
        };
        let members = &source.ast()[class].members;
        let key = members.iter().find_map(|m| match &m.kind {
            MemberKind::Method { key, function, .. } if *function == f => Some(*key),
            _ => None,
        })?;
        let getter = members.iter().find_map(|m| same(&key, m))?;
        let sig = self.sig_of(file, getter);
        Some(self.ret_of(sig))
    }

    /// Works out the variables of a pattern.
    fn root_types(&mut self, root: RootId) {
        let r = self.s.roots[root];
        let ty = self.root_type(root);
        let declared = matches!(r.kind, RootKind::Declarator { ty: Some(_), .. });
        self.elsewhere(r.file, r.scope, |c| {
            c.destructure(r.pat, ty, !declared, false);
            c.diags.clear();
        });
    }

    // Members.

    /// The symbol of a member, made on the first request.
    fn member_sym(&mut self, key: (u32, u32, u32), name: Name, decl: Decl, parent: SymId) -> SymId {
        if let Some(&s) = self.member_syms.get(&key) {
            return s;
        }
        let frame = self.s.scopes[decl.scope].frame;
        let sym = self.s.new_symbol(name, flag::VAR, decl, frame);
        self.s.symbols[sym].parent = parent;
        self.member_syms.insert(key, sym);
        sym
    }

    /// Own and inherited members of a class's instances or of an interface.
    pub(super) fn instance_shape(&mut self, sym: SymId) -> Rc<Shape> {
        if let Some(s) = self.shapes.get(sym.0) {
            return s;
        }
        if !self.shape_busy.insert(sym) {
            return Rc::new(Shape::default());
        }
        let mut shape = Shape::default();
        let decls = self.s.symbols[sym].decls.clone();
        for d in &decls {
            match d.kind {
                DeclKind::Class(c) => self.class_members(sym, d, c, false, &mut shape),
                DeclKind::Interface(s) => {
                    let f = self.file_of(d.file);
                    let scope = f.scopes.stmt[s];
                    if let Stmt::Interface(i) = &f.ast()[s] {
                        let index = u32::from(s.into_raw());
                        let make = |i| DeclKind::InterfaceMember(s, i);
                        self.type_members(d.file, index, &i.members, scope, &make, sym, &mut shape);
                    }
                }
                _ => {}
            }
        }
        let bases = self.bases_of(sym);
        for &base in bases.iter() {
            self.inherit(&mut shape, base, sym);
        }
        self.shape_busy.remove(&sym);
        let shape = Rc::new(shape);
        self.shapes.set(sym.0, Rc::clone(&shape));
        shape
    }

    fn inherit(&mut self, shape: &mut Shape, base: Ty, sym: SymId) {
        let this = self.own_this(sym);
        let Some((from, m)) = self.shape_under(base, this) else { return };
        for p in &from.props {
            let private = self.names.resolve(p.name).starts_with('#');
            if private || shape.prop(p.name).is_some() {
                continue;
            }
            let mut p = p.clone();
            if p.ty.is_none() {
                p.mapper = self.compose(p.mapper, m);
            } else {
                p.ty = self.inst(p.ty, m);
            }
            shape.props.push(p);
        }
        for &s in &from.calls {
            let s = self.inst_sig(s, m);
            shape.calls.push(s);
        }
        for &s in &from.constructs {
            let s = self.inst_sig(s, m);
            shape.constructs.push(s);
        }
        for i in &from.index {
            if shape.index.iter().all(|o| o.key != i.key) {
                let (key, value) = (self.inst(i.key, m), self.inst(i.value, m));
                shape.index.push(Index { key, value, readonly: i.readonly });
            }
        }
    }

    /// The type `this` inside a class or interface.
    pub(super) fn own_this(&mut self, sym: SymId) -> Ty {
        for d in self.s.symbols[sym].decls.clone() {
            let f = self.file_of(d.file);
            let scope = match d.kind {
                DeclKind::Class(c) => f.scopes.class.get(c).copied(),
                DeclKind::Interface(s) => f.scopes.stmt.get(s).copied(),
                _ => None,
            };
            if let Some(p) = scope.and_then(|s| self.s.this_at(s)) {
                return self.t.intern(Data::Param(p), false);
            }
        }
        Ty::ANY
    }

    /// The parameters that stand for `this` in the declarations of a symbol.
    pub(super) fn this_params(&self, sym: SymId) -> Vec<ParamId> {
        let scope = |d: &Decl| {
            let f = &self.files[d.file as usize];
            match d.kind {
                DeclKind::Class(c) => f.scopes.class.get(c).copied(),
                DeclKind::Interface(s) => f.scopes.stmt.get(s).copied(),
                _ => None,
            }
        };
        self.s.symbols[sym].decls.iter().filter_map(scope).filter_map(|s| self.s.this_at(s)).collect()
    }

    /// The base classes and interfaces; `any` for one that is not followed.
    pub(super) fn bases_of(&mut self, sym: SymId) -> Rc<[Ty]> {
        if let Some(b) = self.bases.get(sym.0) {
            return b;
        }
        self.bases.set(sym.0, Rc::from([]));
        let mut out = Vec::new();
        for d in self.s.symbols[sym].decls.clone() {
            let f = self.file_of(d.file);
            match d.kind {
                DeclKind::Class(c) => {
                    let scope = f.scopes.class[c];
                    for h in &f.ast()[c].extends {
                        let args: Vec<Ty> =
                            h.type_args.iter().map(|&t| self.annotation(d.file, t, scope)).collect();
                        let ty = self.elsewhere(d.file, d.scope, |c| {
                            let ty = c.expr(h.expr, None);
                            c.diags.clear();
                            c.instance_of_value(ty, &args)
                        });
                        if ty != Ty::NULL {
                            out.push(ty);
                        }
                    }
                }
                DeclKind::Interface(s) => {
                    if let Stmt::Interface(i) = &f.ast()[s] {
                        let scope = f.scopes.stmt[s];
                        for &e in &i.extends {
                            let ty = self.annotation(d.file, e, scope);
                            out.push(self.force(ty));
                        }
                    }
                }
                _ => {}
            }
        }
        // What inherits from itself has no base.
        let out: Vec<Ty> = out.into_iter().filter(|&b| !self.reaches(b, sym, 0)).collect();
        let out: Rc<[Ty]> = out.into();
        self.bases.set(sym.0, Rc::clone(&out));
        out
    }

    /// Whether a base leads back to a class or interface.
    fn reaches(&mut self, ty: Ty, sym: SymId, depth: u32) -> bool {
        match *self.t.data(ty) {
            Data::Ref(s, _) if s == sym => true,
            Data::Ref(s, _) if depth < 64 => {
                let bases = self.bases.get(s.0).unwrap_or_else(|| Rc::from([]));
                bases.iter().any(|&b| self.reaches(b, sym, depth + 1))
            }
            _ => depth >= 64,
        }
    }

    /// The type of `new` on a value.
    pub(super) fn instance_of_value(&mut self, ty: Ty, args: &[Ty]) -> Ty {
        if let Data::Value(sym) = *self.t.data(ty)
            && self.s.symbols[sym].flags & flag::CLASS != 0
        {
            return self.declared_type(sym, args);
        }
        if ty == Ty::NULL {
            return Ty::NULL;
        }
        let Some((shape, m)) = self.shape_of(ty) else { return Ty::ANY };
        for &sig in &shape.constructs {
            let sig = self.inst_sig(sig, m);
            let s = self.sigs[sig].clone();
            if s.tparams.len() >= args.len() || args.is_empty() {
                let filled = self.fill(&s.tparams, args);
                let m = self.t.mapper(s.tparams.iter().copied().zip(filled).collect());
                let ret = self.ret_of(sig);
                let ret = self.inst(ret, m);
                return self.force(ret);
            }
        }
        Ty::ANY
    }

    fn class_members(&mut self, sym: SymId, d: &Decl, class: ClassId, is_static: bool, shape: &mut Shape) {
        let f = self.file_of(d.file);
        let scope = f.scopes.class[class];
        for (i, m) in f.ast()[class].members.iter().enumerate() {
            if m.modifiers.is_static != is_static {
                continue;
            }
            let kind = DeclKind::ClassMember(class, i as u32);
            match &m.kind {
                MemberKind::Method { key, function, is_optional } => {
                    let f_kind = f.ast()[*function].kind;
                    if matches!(f_kind, FunctionKind::Constructor) {
                        if !is_static {
                            self.param_props(sym, d, *function, scope, shape);
                        }
                        continue;
                    }
                    if f_kind == FunctionKind::Destructor {
                        continue;
                    }
                    let Some(name) = self.member_name(d.file, key) else { continue };
                    let decl = Decl { file: d.file, scope, kind, span: f.ast().key_span(key) };
                    if let Some(at) = shape.props.position(name) {
                        let p = shape.props.at(at);
                        p.readonly &= f_kind != FunctionKind::Setter && f_kind != FunctionKind::Getter;
                        let of = p.sym;
                        if self.s.symbols[of].decls.iter().all(|o| o.kind != kind) {
                            self.s.symbols[of].decls.push(decl);
                        }
                        continue;
                    }
                    let method = f_kind == FunctionKind::Method;
                    let readonly = f_kind == FunctionKind::Getter;
                    let key = (d.file, CLASS_SPACE + u32::from(class.into_raw()), i as u32);
                    let of = self.member_sym(key, name, decl, sym);
                    shape.props.push(lazy_prop(name, of, *is_optional, readonly, method));
                }
                MemberKind::Field { key, is_optional, .. } => {
                    let Some(name) = self.member_name(d.file, key) else {
                        shape.index.push(Index { key: Ty::STRING, value: Ty::ANY, readonly: false });
                        continue;
                    };
                    let decl = Decl { file: d.file, scope, kind, span: f.ast().key_span(key) };
                    let key = (d.file, CLASS_SPACE + u32::from(class.into_raw()), i as u32);
                    let of = self.member_sym(key, name, decl, sym);
                    if shape.prop(name).is_none() {
                        shape.props.push(lazy_prop(name, of, *is_optional, m.modifiers.is_readonly, false));
                    }
                }
                MemberKind::IndexSignature(s) => {
                    let inner = self.index_signature(d.file, s, scope, m.modifiers.is_readonly);
                    shape.index.extend(inner);
                }
                MemberKind::StaticBlock(_) | MemberKind::Operator { .. } => {}
            }
        }
    }

    fn param_props(&mut self, sym: SymId, d: &Decl, f: FunctionId, scope: ScopeId, shape: &mut Shape) {
        let source = self.file_of(d.file);
        for (i, p) in source.ast()[f].params.iter().enumerate() {
            let m = p.modifiers;
            if m.access.is_none() && !m.is_readonly && !m.is_override {
                continue;
            }
            let Pat::Name(name) = source.ast()[p.pat] else { continue };
            let kind = DeclKind::ParamProp(f, i as u32);
            let decl = Decl { file: d.file, scope, kind, span: p.span };
            let key = (d.file, PARAM_SPACE + u32::from(f.into_raw()), i as u32);
            let of = self.member_sym(key, name, decl, sym);
            if shape.prop(name).is_none() {
                shape.props.push(lazy_prop(name, of, p.is_optional, m.is_readonly, false));
            }
        }
    }

    fn index_signature(
        &mut self,
        file: u32,
        s: &ast::Signature,
        scope: ScopeId,
        readonly: bool,
    ) -> Option<Index> {
        let key = s.params.first()?.ty?;
        let key = self.annotation(file, key, scope);
        let value = s.result.map_or(Ty::ANY, |t| self.annotation(file, t, scope));
        Some(Index { key: self.force(key), value, readonly })
    }

    #[allow(clippy::too_many_arguments)]
    fn type_members(
        &mut self,
        file: u32,
        owner: u32,
        members: &[TypeMember],
        scope: ScopeId,
        kind: &dyn Fn(u32) -> DeclKind,
        parent: SymId,
        shape: &mut Shape,
    ) {
        let space = match kind(0) {
            DeclKind::ObjectMember(..) => OBJECT_SPACE,
            _ => 0,
        };
        for (i, m) in members.iter().enumerate() {
            let i = i as u32;
            let (key, optional, readonly, method) = match &m.kind {
                TypeMemberKind::Property { key, is_optional, is_readonly, .. } => {
                    (key, *is_optional, *is_readonly, false)
                }
                TypeMemberKind::Method { key, is_optional, .. } => (key, *is_optional, false, true),
                TypeMemberKind::Getter { key, .. } => (key, false, true, false),
                TypeMemberKind::Setter { key, .. } => (key, false, false, false),
                TypeMemberKind::Call(s) => {
                    let node = Node { file, index: u32::MAX };
                    let sig = self.written_sig(node, s, scope, false);
                    shape.calls.push(sig);
                    continue;
                }
                TypeMemberKind::Construct(s) => {
                    let node = Node { file, index: u32::MAX };
                    let sig = self.written_sig(node, s, scope, false);
                    shape.constructs.push(sig);
                    continue;
                }
                TypeMemberKind::Index { signature, is_readonly } => {
                    let index = self.index_signature(file, signature, scope, *is_readonly);
                    shape.index.extend(index);
                    continue;
                }
            };
            let Some(name) = self.member_name(file, key) else { continue };
            let span = self.files[file as usize].ast().key_span(key);
            let decl = Decl { file, scope, kind: kind(i), span };
            if let Some(at) = shape.props.position(name) {
                let p = shape.props.at(at);
                p.readonly &= readonly || !matches!(m.kind, TypeMemberKind::Setter { .. });
                let of = p.sym;
                if !of.is_none()
                    && self.s.symbols[of].decls.iter().all(|o| (o.file, o.kind) != (file, kind(i)))
                {
                    self.s.symbols[of].decls.push(decl);
                }
                continue;
            }
            let of = self.member_sym((file, space + owner, i), name, decl, parent);
            shape.props.push(lazy_prop(name, of, optional, readonly, method));
        }
    }

    /// The members of an object type as written.
    pub(super) fn node_shape(&mut self, node: Node) -> Rc<Shape> {
        if let Some(s) = self.node_shapes.get(&node) {
            return Rc::clone(s);
        }
        self.node_shapes.insert(node, Rc::new(Shape::default()));
        let f = self.file_of(node.file);
        let id = super::annot::type_of_node(node);
        let mut shape = Shape::default();
        if let ast::TypeExpr::Object(members) = &f.ast()[id] {
            let scope = self.node_scopes.get(&node).copied().unwrap_or(self.global);
            let make = |i| DeclKind::ObjectMember(id, i);
            self.type_members(node.file, node.index, members, scope, &make, SymId::NONE, &mut shape);
        }
        let shape = Rc::new(shape);
        self.node_shapes.insert(node, Rc::clone(&shape));
        shape
    }

    /// The members of the value of a class, enum or namespace.
    pub(super) fn value_shape(&mut self, sym: SymId) -> Rc<Shape> {
        if let Some(s) = self.value_shapes.get(sym.0) {
            return s;
        }
        self.value_shapes.set(sym.0, Rc::new(Shape::default()));
        let symbol = self.s.symbols[sym].clone();
        let mut shape = Shape::default();
        for d in &symbol.decls {
            if let DeclKind::Class(c) = d.kind {
                self.class_members(sym, d, c, true, &mut shape);
                shape.constructs = self.constructors(sym, d, c);
                let ty = self.declared_any(sym);
                shape.props.push(known_prop(names::PROTOTYPE, ty));
                for &base in self.bases_of(sym).iter() {
                    if let Data::Ref(b, _) = *self.t.data(base) {
                        let from = self.value_shape_of(b);
                        for p in &from.props {
                            if shape.prop(p.name).is_none() {
                                shape.props.push(p.clone());
                            }
                        }
                    }
                }
            }
        }
        if symbol.flags & flag::ENUM != 0 {
            let info = self.enum_info(sym);
            for (i, &name) in info.names.iter().enumerate() {
                let ty = self.enum_lit(sym, &info, i);
                shape.props.push(Prop { readonly: true, ..known_prop(name, ty) });
            }
            shape.index.push(Index { key: Ty::NUMBER, value: Ty::STRING, readonly: true });
        }
        if let Some(exports) = symbol.exports.some() {
            for (name, of) in self.s.names_in(exports) {
                if self.s.symbols[of].flags & flag::VALUE != 0 && shape.prop(name).is_none() {
                    shape.props.push(lazy_prop(name, of, false, false, false));
                }
            }
        }
        if symbol.decls.iter().any(|d| matches!(d.kind, DeclKind::Function(_))) {
            shape.calls = self.function_calls(&symbol.decls);
        }
        let shape = Rc::new(shape);
        self.value_shapes.set(sym.0, Rc::clone(&shape));
        shape
    }

    /// Static members of a class, or of the value that has the name of a library's interface.
    fn value_shape_of(&mut self, sym: SymId) -> Rc<Shape> {
        if self.s.symbols[sym].flags & flag::CLASS != 0 {
            return self.value_shape(sym);
        }
        let any = Index { key: Ty::STRING, value: Ty::ANY, readonly: false };
        let ty = self.type_of(sym);
        match self.shape_of(ty) {
            Some((s, _)) => s,
            None => Rc::new(Shape { index: vec![any], ..Shape::default() }),
        }
    }

    /// A class or interface with `any` for its parameters.
    pub(super) fn declared_any(&mut self, sym: SymId) -> Ty {
        let args: Vec<Ty> = self.tparams_of(sym).iter().map(|_| Ty::ANY).collect();
        self.declared_type(sym, &args)
    }

    /// The construct signatures of a class: its own, else those of its base.
    fn constructors(&mut self, sym: SymId, d: &Decl, class: ClassId) -> Vec<SigId> {
        let f = self.file_of(d.file);
        let tparams = self.tparams_of(sym);
        let args: Vec<Ty> = tparams.iter().map(|&p| self.t.intern(Data::Param(p), false)).collect();
        let ret = self.t.intern(Data::Ref(sym, args.into()), false);
        let own: Vec<FunctionId> = f.ast()[class]
            .members
            .iter()
            .filter_map(|m| match &m.kind {
                MemberKind::Method { function, .. }
                    if f.ast()[*function].kind == FunctionKind::Constructor =>
                {
                    Some(*function)
                }
                _ => None,
            })
            .collect();
        let is_abstract = f.ast()[class].is_abstract;
        let bare = |id: &FunctionId| matches!(f.ast()[*id].body, FunctionBody::None);
        let overloads = own.len() > 1 && own.iter().any(bare);
        let mut out = Vec::new();
        for id in own.iter().filter(|id| !overloads || bare(id)) {
            let sig = self.sig_of(d.file, *id);
            let access = f.ast()[class].members.iter().find_map(|m| match &m.kind {
                MemberKind::Method { function, .. } if function == id => m.modifiers.access,
                _ => None,
            });
            let s = Sig { tparams: Rc::clone(&tparams), ret, is_abstract, access, ..self.sigs[sig].clone() };
            out.push(self.sigs.push(s));
        }
        if !out.is_empty() {
            return out;
        }
        for &base in self.bases_of(sym).iter() {
            if base == Ty::ANY {
                return vec![self.any_sig(ret, &tparams, is_abstract)];
            }
            let Data::Ref(b, base_args) = self.t.data(base).clone() else { continue };
            let value = self.value_shape_of(b);
            let from_params = self.tparams_of(b);
            for &s in &value.constructs {
                let old = self.sigs[s].clone();
                let params =
                    if self.s.symbols[b].flags & flag::CLASS != 0 { &from_params } else { &old.tparams };
                let m = self.t.mapper(params.iter().copied().zip(base_args.iter().copied()).collect());
                let new = self.inst_sig(s, m);
                let s = Sig {
                    tparams: Rc::clone(&tparams),
                    ret,
                    is_abstract,
                    base: None,
                    ..self.sigs[new].clone()
                };
                out.push(self.sigs.push(s));
            }
            if !out.is_empty() {
                return out;
            }
        }
        let s = Sig { params: Rc::from([]), ..self.bare_sig(ret, &tparams, is_abstract) };
        vec![self.sigs.push(s)]
    }

    fn bare_sig(&self, ret: Ty, tparams: &Rc<[ParamId]>, is_abstract: bool) -> Sig {
        Sig {
            tparams: Rc::clone(tparams),
            params: Rc::from([]),
            this: None,
            ret,
            func: None,
            base: None,
            predicate: None,
            is_method: false,
            is_abstract,
            access: None,
        }
    }

    /// A signature that accepts everything.
    fn any_sig(&mut self, ret: Ty, tparams: &Rc<[ParamId]>, is_abstract: bool) -> SigId {
        let ty = self.known_ref("Array", &[Ty::ANY]);
        let rest = SigParam { name: names::EMPTY, ty, optional: true, rest: true };
        let s = Sig { params: Rc::from([rest]), ..self.bare_sig(ret, tparams, is_abstract) };
        self.sigs.push(s)
    }

    fn class_member_type(&mut self, decls: &[Decl]) -> Ty {
        let d = decls[0];
        let DeclKind::ClassMember(class, i) = d.kind else { return Ty::ANY };
        let f = self.file_of(d.file);
        let m = &f.ast()[class].members[i as usize];
        match &m.kind {
            MemberKind::Field { ty: Some(t), .. } => self.annotation(d.file, *t, d.scope),
            MemberKind::Field { value: Some(e), .. } => {
                let is_static = m.modifiers.is_static;
                let ty = self.elsewhere(d.file, d.scope, |c| {
                    if is_static {
                        c.func.this = Ty::ANY;
                    }
                    let ty = c.expr(*e, None);
                    c.diags.clear();
                    let keep = m.modifiers.is_readonly || !c.is_fresh(*e);
                    if keep { ty } else { c.widen(ty) }
                });
                if ty == Ty::NULL
                    || ty == Ty::UNDEFINED
                    || self.dialect.is_ultra() && !self.is_number_like(ty)
                {
                    Ty::ANY
                } else {
                    self.open_literals(ty)
                }
            }
            MemberKind::Method { function, .. } => match f.ast()[*function].kind {
                FunctionKind::Getter => {
                    let sig = self.sig_of(d.file, *function);
                    self.ret_of(sig)
                }
                FunctionKind::Setter => {
                    let getter = decls.iter().find_map(|d| match d.kind {
                        DeclKind::ClassMember(c, i) => match &f.ast()[c].members[i as usize].kind {
                            MemberKind::Method { function: g, .. }
                                if f.ast()[*g].kind == FunctionKind::Getter =>
                            {
                                Some(*g)
                            }
                            _ => None,
                        },
                        _ => None,
                    });
                    match getter {
                        Some(g) => {
                            let sig = self.sig_of(d.file, g);
                            self.ret_of(sig)
                        }
                        None => {
                            let sig = self.sig_of(d.file, *function);
                            self.sigs[sig].params.first().map_or(Ty::ANY, |p| p.ty)
                        }
                    }
                }
                _ => {
                    let calls = self.function_calls(decls);
                    self.object(Shape { calls, ..Shape::default() })
                }
            },
            _ => Ty::ANY,
        }
    }

    fn written_member_type(&mut self, decls: &[Decl]) -> Ty {
        let mut calls = Vec::new();
        for d in decls {
            let f = self.file_of(d.file);
            let member = match d.kind {
                DeclKind::InterfaceMember(s, i) => match &f.ast()[s] {
                    Stmt::Interface(decl) => &decl.members[i as usize],
                    _ => continue,
                },
                DeclKind::ObjectMember(t, i) => match &f.ast()[t] {
                    ast::TypeExpr::Object(members) => &members[i as usize],
                    _ => continue,
                },
                _ => continue,
            };
            match &member.kind {
                TypeMemberKind::Property { ty, .. } | TypeMemberKind::Getter { result: ty, .. } => {
                    return ty.map_or(Ty::ANY, |t| self.annotation(d.file, t, d.scope));
                }
                TypeMemberKind::Setter { signature, .. } => {
                    let ty = signature.params.first().and_then(|p| p.ty);
                    return ty.map_or(Ty::ANY, |t| self.annotation(d.file, t, d.scope));
                }
                TypeMemberKind::Method { signature, .. } => {
                    let node = Node { file: d.file, index: u32::MAX };
                    calls.push(self.written_sig(node, signature, d.scope, true));
                }
                _ => {}
            }
        }
        self.object(Shape { calls, ..Shape::default() })
    }

    /// Who may use a member; none for everybody.
    pub(super) fn access_of(&self, sym: SymId) -> Option<Access> {
        let d = self.s.symbols[sym].decls.first()?;
        let f = &self.files[d.file as usize];
        let access = match d.kind {
            DeclKind::ClassMember(c, i) => f.ast()[c].members[i as usize].modifiers.access,
            DeclKind::ParamProp(id, i) => f.ast()[id].params[i as usize].modifiers.access,
            _ => None,
        };
        access.filter(|a| *a != Access::Public)
    }

    /// The name of a member; none when it is computed.
    pub(super) fn member_name(&mut self, file: u32, key: &PropKey) -> Option<Name> {
        let f = self.file_of(file);
        match *key {
            PropKey::Ident(i) => Some(i.name),
            PropKey::String(StrValue::Text(n), _) => Some(n),
            PropKey::Number(n, _) => {
                let text = super::print::number_text(f.ast()[n].value);
                Some(self.names.intern(&text))
            }
            PropKey::Private(i) => {
                let text = format!("#{}", self.names.resolve(i.name));
                Some(self.names.intern(&text))
            }
            PropKey::Computed(e) => match &f.ast()[f.ast().unparen(e)] {
                Expr::String(StrValue::Text(n)) => Some(*n),
                Expr::Number(n) => {
                    let text = super::print::number_text(f.ast()[*n].value);
                    Some(self.names.intern(&text))
                }
                Expr::Member { object, name, .. } => match f.ast()[*object] {
                    Expr::Name(n) if self.names.resolve(n) == "Symbol" => {
                        let text = format!("@@{}", self.names.resolve(name.name));
                        Some(self.names.intern(&text))
                    }
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    // Functions.

    /// The signature of a declared function or method.
    pub(super) fn sig_of(&mut self, file: u32, id: FunctionId) -> SigId {
        if let Some(&s) = self.function_sigs.get(&(file, id)) {
            return s;
        }
        let f = self.file_of(file);
        let func = &f.ast()[id];
        let scope = f.scopes.function[id];
        let placeholder = Sig { func: None, ..self.bare_sig(Ty::ANY, &Rc::from([]), false) };
        let sig = self.sigs.push(placeholder);
        self.function_sigs.insert((file, id), sig);
        let tparams = self.s.params_of(scope);
        let mut params: Vec<SigParam> = Vec::new();
        for (i, p) in func.params.iter().enumerate() {
            let ty = match p.ty {
                Some(t) => self.annotation(file, t, scope),
                None => match f.scopes.param_root.get(&(id, i as u32)) {
                    Some(&root) => self.root_type(root),
                    None => Ty::ANY,
                },
            };
            let name = self.param_name(file, p);
            params.push(SigParam {
                name,
                ty,
                optional: p.is_optional || p.default.is_some(),
                rest: p.is_rest,
            });
        }
        let this = func.this_type.map(|t| self.annotation(file, t, scope));
        let has_body = !matches!(func.body, FunctionBody::None);
        let ret = match func.return_type {
            Some(t) => self.annotation(file, t, scope),
            None if has_body && func.kind != FunctionKind::Constructor => Ty::NONE,
            None => Ty::ANY,
        };
        let predicate = func.return_type.and_then(|t| self.predicate(file, t, &func.params, scope));
        self.sigs[sig] = Sig {
            tparams: tparams.into(),
            params: params.into(),
            this,
            ret,
            func: Some((file, id)),
            base: None,
            predicate,
            is_method: matches!(func.kind, FunctionKind::Method | FunctionKind::Constructor),
            is_abstract: false,
            access: None,
        };
        sig
    }

    /// What a signature returns; a body without annotation is looked at.
    pub(super) fn ret_of(&mut self, sig: SigId) -> Ty {
        let s = &self.sigs[sig];
        if !s.ret.is_none() {
            return s.ret;
        }
        if let Some((base, m)) = s.base {
            let ret = self.ret_of(base);
            let ret = self.inst(ret, m);
            // A body in progress may know more later.
            if !self.sigs[base].ret.is_none() {
                self.sigs[sig].ret = ret;
            }
            return ret;
        }
        let Some((file, id)) = s.func else { return Ty::ANY };
        if self.bodies.contains(&(file, id)) || self.depth > super::MAX_DEPTH {
            return Ty::ANY;
        }
        self.depth += 1;
        self.check_function(file, id);
        self.depth -= 1;
        match self.sigs[sig].ret {
            t if t.is_none() => Ty::ANY,
            t => t,
        }
    }

    /// `this` where a scope is.
    pub(super) fn this_of_scope(&mut self, scope: ScopeId) -> Ty {
        match self.s.this_at(scope) {
            Some(p) => self.t.intern(Data::Param(p), false),
            None => Ty::ANY,
        }
    }

    // Enums.

    pub(super) fn enum_info(&mut self, sym: SymId) -> Rc<EnumInfo> {
        if let Some(i) = self.enums.get(&sym) {
            return Rc::clone(i);
        }
        let scope = self.s.symbols[sym].decls[0].scope;
        let empty = EnumInfo { names: Vec::new(), values: Vec::new(), closed: false, scope };
        self.enums.insert(sym, Rc::new(empty));
        let mut info = EnumInfo { names: Vec::new(), values: Vec::new(), closed: true, scope };
        for d in self.s.symbols[sym].decls.clone() {
            let DeclKind::Enum(stmt) = d.kind else { continue };
            let f = self.file_of(d.file);
            let Stmt::Enum(e) = &f.ast()[stmt] else { continue };
            let mut next = Some(0.0);
            for m in &e.members {
                let Some(name) = self.member_name(d.file, &m.key) else { continue };
                let value = match m.value {
                    None => next.map(|n| self.t.num_lit(n)),
                    Some(v) => self.enum_constant(d.file, v, &info),
                };
                next = match value.map(|v| self.t.data(v).clone()) {
                    Some(Data::NumLit(bits)) => Some(f64::from_bits(bits) + 1.0),
                    _ => None,
                };
                info.closed &= value.is_some();
                info.names.push(name);
                info.values.push(value.unwrap_or(Ty::NUMBER));
            }
        }
        let info = Rc::new(info);
        self.enums.insert(sym, Rc::clone(&info));
        info
    }

    fn enum_constant(&mut self, file: u32, e: ast::ExprId, info: &EnumInfo) -> Option<Ty> {
        let f = self.file_of(file);
        let ast = f.ast();
        Some(match &ast[e] {
            Expr::Paren(e) => return self.enum_constant(file, *e, info),
            Expr::Number(n) => self.t.num_lit(ast[*n].value),
            Expr::String(StrValue::Text(n)) => self.t.str_lit(*n),
            Expr::Template { chunks, exprs } if exprs.is_empty() => match chunks.first()?.cooked? {
                StrValue::Text(n) => self.t.str_lit(n),
                StrValue::Lone(_) => return None,
            },
            Expr::Name(n) => info.values[info.names.iter().position(|m| m == n)?],
            Expr::Member { object, name, .. } => {
                let Expr::Name(n) = ast[*object] else { return None };
                match info.names.iter().position(|m| *m == name.name) {
                    Some(i) => info.values[i],
                    None => {
                        let of = self.s.lookup(info.scope, n, flag::ENUM)?;
                        let other = self.enum_info(of);
                        other.values[other.names.iter().position(|m| *m == name.name)?]
                    }
                }
            }
            Expr::Unary { op, operand } => {
                let v = self.enum_number(file, *operand, info)?;
                let v = match op {
                    ast::UnaryOp::Neg => -v,
                    ast::UnaryOp::Plus => v,
                    ast::UnaryOp::BitNot => f64::from(!(v as i64 as i32)),
                    _ => return None,
                };
                self.t.num_lit(v)
            }
            Expr::Binary { .. } => {
                let mut rest = Vec::new();
                let mut first = e;
                while let Expr::Binary { op, left, right } = ast[first] {
                    rest.push((op, right));
                    first = left;
                }
                let mut v = self.enum_number(file, first, info)?;
                while let Some((op, right)) = rest.pop() {
                    v = enum_operation(op, v, self.enum_number(file, right, info)?)?;
                }
                self.t.num_lit(v)
            }
            _ => return None,
        })
    }

    fn enum_number(&mut self, file: u32, e: ast::ExprId, info: &EnumInfo) -> Option<f64> {
        match self.enum_constant(file, e, info).map(|t| self.t.data(t).clone()) {
            Some(Data::NumLit(bits)) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    fn enum_lit(&mut self, sym: SymId, info: &EnumInfo, i: usize) -> Ty {
        let data = if info.closed { Data::EnumLit(sym, i as u32) } else { Data::Enum(sym) };
        self.t.intern(data, false)
    }

    /// The type that an enum declares.
    pub(super) fn enum_type(&mut self, sym: SymId) -> Ty {
        let info = self.enum_info(sym);
        if !info.closed || info.names.is_empty() {
            return self.t.intern(Data::Enum(sym), false);
        }
        let all: Vec<Ty> = (0..info.names.len()).map(|i| self.enum_lit(sym, &info, i)).collect();
        self.t.union(&all)
    }

    pub(super) fn enum_member_type(&mut self, sym: SymId, name: Name) -> Option<Ty> {
        let info = self.enum_info(sym);
        let i = info.names.iter().position(|n| *n == name)?;
        Some(self.enum_lit(sym, &info, i))
    }

    /// The literal type that a member of an enum stands for.
    pub(super) fn enum_value(&mut self, sym: SymId, i: u32) -> Option<Ty> {
        self.enum_info(sym).values.get(i as usize).copied()
    }

    /// What a pattern without annotation expects of its initialiser: tuples where it takes
    /// elements apart.
    pub(super) fn pattern_context(&mut self, pat: PatId) -> Option<Ty> {
        let f = self.file_of(self.file);
        match &f.ast()[pat] {
            Pat::Array { elems, rest } => {
                let mut out: Vec<(Ty, Elem)> = Vec::new();
                for e in elems {
                    let inner = e.and_then(|e| self.pattern_context(e.pat)).unwrap_or(Ty::ANY);
                    out.push((inner, Elem::Required));
                }
                if rest.is_some() {
                    out.push((Ty::ANY, Elem::Rest));
                }
                Some(self.t.tuple(out, false))
            }
            Pat::Object { props, .. } => {
                let mut shape = Shape::default();
                for p in props {
                    if let Some(inner) = self.pattern_context(p.value.pat)
                        && let Some(name) = self.member_name(self.file, &p.key)
                    {
                        shape.props.push(known_prop(name, inner));
                    }
                }
                if shape.props.is_empty() { None } else { Some(self.object(shape)) }
            }
            _ => None,
        }
    }
}

fn key_text(key: &PropKey) -> Option<Name> {
    match *key {
        PropKey::Ident(i) => Some(i.name),
        PropKey::String(StrValue::Text(n), _) => Some(n),
        _ => None,
    }
}

pub(super) fn lazy_prop(name: Name, sym: SymId, optional: bool, readonly: bool, method: bool) -> Prop {
    Prop { name, ty: Ty::NONE, sym, mapper: MapperId::IDENTITY, optional, readonly, method }
}

pub(super) fn known_prop(name: Name, ty: Ty) -> Prop {
    let (sym, mapper) = (SymId::NONE, MapperId::IDENTITY);
    Prop { name, ty, sym, mapper, optional: false, readonly: false, method: false }
}

/// The value of a constant operation in an enum.
fn enum_operation(op: ast::BinaryOp, a: f64, b: f64) -> Option<f64> {
    let (x, y) = (a as i64 as i32, b as i64 as i32);
    Some(match op {
        ast::BinaryOp::Add => a + b,
        ast::BinaryOp::Sub => a - b,
        ast::BinaryOp::Mul => a * b,
        ast::BinaryOp::Div => a / b,
        ast::BinaryOp::BitOr => f64::from(x | y),
        ast::BinaryOp::BitAnd => f64::from(x & y),
        ast::BinaryOp::BitXor => f64::from(x ^ y),
        ast::BinaryOp::Shl => f64::from(x.wrapping_shl(y as u32 & 31)),
        ast::BinaryOp::Shr => f64::from(x.wrapping_shr(y as u32 & 31)),
        _ => return None,
    })
}

//! Rules about declarations: initial values, classes and what they extend and implement, type
//! arguments, constants, casts.

use hashbrown::{HashMap, HashSet};

use super::Checker;
use super::bind::{DeclKind, flag};
use super::types::{Data, ParamId, SymId, Ty};
use crate::diag::registry;
use crate::source::Span;
use crate::syntax::ast::{
    ClassId, Expr, ExprId, FunctionBody, FunctionId, FunctionKind, MemberKind, Prop, PropKey, Stmt, StmtId,
    TypeMemberKind,
};
use crate::syntax::{Name, well_known as names};

impl Checker<'_> {
    /// A use before the declaration in the same function.
    pub(super) fn check_early(&mut self, sym: SymId, name: Name, e: ExprId) {
        let s = &self.s.symbols[sym];
        if s.flags & flag::BLOCK == 0
            || s.flags & (flag::AMBIENT | flag::PARAM) != 0
            || s.frame != self.func.frame
        {
            return;
        }
        let d = s.decls[0];
        if d.file != self.file || self.is_lib() {
            return;
        }
        let span = self.expr_span(e);
        let early = match d.kind {
            DeclKind::Class(_) | DeclKind::Enum(_) => span.start < d.span.start,
            DeclKind::Var(_) => span.start < d.span.start,
            _ => false,
        };
        if early && !self.in_type_query(span) {
            let text = self.text(name).to_owned();
            let d = registry::used_before_declaration(span, &text).with_label(d.span, "declared here");
            self.error(d);
        }
    }

    fn in_type_query(&self, _span: Span) -> bool {
        false
    }

    /// A variable that holds no value yet. Gives the type to go on with.
    pub(super) fn check_assigned(&mut self, sym: SymId, name: Name, e: ExprId, declared: Ty, now: Ty) -> Ty {
        if !self.t.parts(now).contains(&Ty::UNDEFINED)
            || declared == Ty::ANY
            || declared == Ty::UNKNOWN
            || self.t.parts(declared).iter().any(|&p| matches!(p, Ty::UNDEFINED | Ty::VOID))
            || self.s.symbols[sym].flags & flag::PARAM != 0
        {
            return now;
        }
        if self.s.symbols[sym].frame == self.func.frame && self.is_annotated(sym) {
            let span = self.expr_span(e);
            let text = self.text(name).to_owned();
            self.error(registry::used_before_assignment(span, &text));
        }
        declared
    }

    pub(super) fn check_constant(&mut self, sym: SymId, name: Name, span: Span) {
        let s = &self.s.symbols[sym];
        let text = self.text(name).to_owned();
        if s.flags & flag::CONST != 0 {
            let at = s.decls[0].span;
            let file = s.decls[0].file;
            let d = registry::constant_assignment(span, &text);
            let d = if file == self.file { d.with_label(at, "declared here") } else { d };
            self.error(d);
            return;
        }
        let what = match s.flags {
            f if f & flag::VAR != 0 => return,
            f if f & flag::CLASS != 0 => "a class",
            f if f & flag::ENUM != 0 => "an enum",
            f if f & flag::FUNCTION != 0 => "a function",
            f if f & flag::IMPORT != 0 => "an import",
            _ => return,
        };
        if self.dialect.is_ultra() {
            return;
        }
        self.error(registry::declaration_assignment(span, &text, what));
    }

    /// An assignment to a member that is read-only.
    pub(super) fn check_readonly(&mut self, e: ExprId) {
        let f = self.file_of(self.file);
        let (object, name, span) = match &f.ast()[e] {
            Expr::Member { object, name, .. } => (*object, name.name, name.span),
            Expr::Index { object, index, .. } => {
                let key = self.quietly(|c| c.expr(*index, None));
                let of = self.quietly(|c| c.expr(*object, None));
                let of = self.non_null(of);
                let span = self.expr_span(*index);
                match self.key_name(key) {
                    Some(n) if !self.is_number_like(key) => (*object, n, span),
                    _ => {
                        let base = self.base_constraint(of);
                        let fixed = match self.t.data(base).clone() {
                            Data::Tuple { readonly, .. } => readonly,
                            Data::Ref(sym, _) => sym == self.known("ReadonlyArray"),
                            _ => match self.shape_of(base) {
                                Some((s, _)) => {
                                    let text = self.key_name(key);
                                    text.is_none_or(|n| s.prop(n).is_none())
                                        && s.index.iter().any(|i| i.readonly)
                                        && s.index.iter().all(|i| i.readonly)
                                }
                                None => false,
                            },
                        };
                        if fixed {
                            let shown = self.show(of);
                            self.error(registry::readonly_assignment(span, &shown));
                        }
                        return;
                    }
                }
            }
            Expr::Paren(e) | Expr::NonNull(e) => return self.check_readonly(*e),
            _ => return,
        };
        let of = self.quietly(|c| c.expr(object, None));
        let of = self.non_null(of);
        let base = self.base_constraint(of);
        if matches!(self.t.data(base), Data::Any | Data::Unknown | Data::Never | Data::Union(_)) {
            return;
        }
        let Some(p) = self.prop(base, name) else { return };
        if !p.readonly || self.is_setting_own_field(object, p.sym) {
            return;
        }
        if p.sym.is_none() && self.may_be_computed(p.ty) {
            return;
        }
        let text = self.text(name).to_owned();
        self.error(registry::readonly_assignment(span, &text));
    }

    fn may_be_computed(&self, ty: Ty) -> bool {
        ty.is_none()
    }

    /// `this.x = ...` in the constructor of the class that declares x.
    fn is_setting_own_field(&self, object: ExprId, sym: SymId) -> bool {
        let f = self.file_of(self.file);
        if !matches!(f.ast()[f.ast().unparen(object)], Expr::This) || sym.is_none() {
            return false;
        }
        let d = self.s.symbols[sym].decls[0];
        if let DeclKind::ClassMember(c, i) = d.kind
            && matches!(
                self.files[d.file as usize].ast()[c].members[i as usize].kind,
                MemberKind::Method { .. }
            )
        {
            return false;
        }
        let mut scope = self.scope;
        while !scope.is_none() {
            let s = self.s.scopes[scope];
            if let Some(c) = s.class {
                return f.scopes.class_sym[c] == self.s.symbols[sym].parent && self.in_constructor();
            }
            scope = s.parent;
        }
        false
    }

    fn in_constructor(&self) -> bool {
        let f = self.file_of(self.file);
        let function = f.scopes.frame_function.get(&self.func.frame);
        function.is_some_and(|&id| f.ast()[id].kind == FunctionKind::Constructor)
    }

    pub(super) fn check_cast(&mut self, e: ExprId, from: Ty, to: Ty, _expr: ExprId) {
        if self.dialect.is_ultra() || self.t.has_params(from) || self.t.has_params(to) {
            return;
        }
        let wide = self.widen(from);
        if self.comparable(wide, to) || self.assignable(to, wide) || self.comparable(from, to) {
            let (a, b) = (self.show_if_clash(from, to), ());
            if let Some((x, y)) = a {
                let span = self.expr_span(e);
                self.error(
                    registry::bad_cast(span, &x, &y).with_help("assert `unknown` first if this is meant"),
                );
            }
            let () = b;
            return;
        }
        let (x, y) = (self.show(from), self.show(to));
        let span = self.expr_span(e);
        self.error(registry::bad_cast(span, &x, &y).with_help("assert `unknown` first if this is meant"));
    }

    /// Two types of objects that share nothing: a cast between them is a mistake.
    fn show_if_clash(&mut self, from: Ty, to: Ty) -> Option<(String, String)> {
        let (a, b) = (self.force(from), self.force(to));
        let instance = |c: &Self, t: Ty| matches!(c.t.data(t), Data::Ref(s, _) if c.s.symbols[*s].flags & flag::CLASS != 0);
        if !instance(self, a) || !instance(self, b) || self.assignable(a, b) || self.assignable(b, a) {
            return None;
        }
        if self.t.has_params(a) || self.t.has_params(b) {
            return None;
        }
        Some((self.show(from), self.show(to)))
    }

    pub(super) fn check_case(&mut self, value: ExprId, ty: Ty, test: ExprId, given: Ty, is_true: bool) {
        if is_true || self.comparable(ty, given) || self.dialect.is_ultra() {
            return;
        }
        let _ = value;
        let (a, b) = (self.show(given), self.show(ty));
        let span = self.expr_span(test);
        self.error(registry::case_no_overlap(span, &a, &b));
    }

    /// The number and bounds of type arguments.
    pub(super) fn check_type_args(&mut self, sym: SymId, args: &[Ty], span: Span, file: u32) {
        if self.files[file as usize].is_lib {
            return;
        }
        let params = self.tparams_of(sym);
        let least = params.iter().filter(|&&p| self.s.tparams[p].default.is_none()).count();
        if args.len() > params.len() || args.len() < least {
            // A generic class of the library may have no type parameters here.
            let text = self.sym_text(sym);
            let what = format!("`{text}`");
            let uts_default = args.is_empty() && self.dialect.is_ultra();
            if !uts_default && self.s.symbols[sym].flags & flag::IMPORT == 0 {
                self.error(registry::type_argument_count(
                    span,
                    &what,
                    params.len() as u32,
                    args.len() as u32,
                ));
            }
            return;
        }
        if self.sym_busy.contains(&sym) || self.depth > 20 {
            return;
        }
        let m = self.t.mapper(params.iter().copied().zip(args.iter().copied()).collect());
        for (&p, &ty) in params.iter().zip(args) {
            self.check_constraint(p, ty, m, span);
        }
    }

    pub(super) fn check_constraint(&mut self, p: ParamId, ty: Ty, m: super::types::MapperId, span: Span) {
        if self.t.has_params(ty) || self.s.tparams[p].constraint.is_none() {
            return;
        }
        let constraint = self.constraint(p);
        let constraint = self.inst(constraint, m);
        if !self.assignable(ty, constraint) {
            let (a, b) = (self.show(ty), self.show(constraint));
            self.error(registry::constraint_violated(span, &a, &b));
        }
    }

    /// The annotations of a function and the order of its parameters.
    pub(super) fn check_function_head(&mut self, id: FunctionId) {
        let f = self.file_of(self.file);
        let func = &f.ast()[id];
        let scope = f.scopes.function[id];
        for t in func.type_params.iter().flat_map(|p| p.constraint.into_iter().chain(p.default)) {
            self.annotation(self.file, t, scope);
        }
        let mut optional = false;
        for p in &func.params {
            if let Some(t) = p.ty {
                let ty = self.annotation(self.file, t, scope);
                if p.is_rest && !self.t.has_params(ty) && ty != Ty::ANY {
                    let of = self.force(ty);
                    let fine = self.array_elem(of).is_some()
                        || matches!(self.t.data(of), Data::Tuple { .. } | Data::Union(_) | Data::Any)
                        || self.is_open(of);
                    if !fine {
                        let shown = self.show(ty);
                        self.error(registry::rest_not_array(f.ast().type_span(t), &shown));
                    }
                }
            }
            if optional && !p.is_optional && p.default.is_none() && !p.is_rest && !self.dialect.is_ultra() {
                let text = self.text(self.param_name(self.file, p)).to_owned();
                self.error(registry::required_after_optional(p.span, &text));
            }
            optional |= p.is_optional;
        }
        if let Some(t) = func.return_type {
            self.annotation(self.file, t, scope);
        }
    }

    /// A result that some path does not give.
    pub(super) fn check_return_paths(&mut self, id: FunctionId, expected: Ty) {
        let f = self.file_of(self.file);
        let func = &f.ast()[id];
        if func.is_generator || matches!(func.kind, FunctionKind::Constructor | FunctionKind::Setter) {
            return;
        }
        let parts = self.t.parts(expected);
        let loose = parts.iter().any(|&p| matches!(p, Ty::ANY | Ty::VOID | Ty::UNDEFINED | Ty::UNKNOWN));
        if loose || self.dialect.is_ultra() && !self.is_number_like(expected) && !self.func.returns.is_empty()
        {
            return;
        }
        let Some(t) = func.return_type else { return };
        if expected == Ty::NEVER || self.t.has_params(expected) && !self.func.returns.is_empty() {
            return;
        }
        let span = f.ast().type_span(t);
        let shown = self.show(expected);
        self.error(registry::missing_return(span, &shown));
    }

    pub(super) fn check_delete(&mut self, operand: ExprId) {
        if !self.strict() {
            return;
        }
        let f = self.file_of(self.file);
        let Expr::Member { object, name, .. } = &f.ast()[f.ast().unparen(operand)] else { return };
        let (object, name) = (*object, *name);
        let of = self.quietly(|c| c.expr(object, None));
        let of = self.non_null(of);
        if matches!(self.t.data(of), Data::Any | Data::Union(_) | Data::Unknown) {
            return;
        }
        let Some(p) = self.prop(of, name.name) else { return };
        let parts = self.t.parts(p.ty);
        let may_miss = p.optional
            || parts.iter().any(|&t| matches!(t, Ty::ANY | Ty::UNKNOWN | Ty::UNDEFINED | Ty::NEVER));
        if !may_miss {
            let text = self.text(name.name).to_owned();
            let span = self.expr_span(operand);
            self.error(registry::delete_required(span, &text));
        }
    }

    /// A property that a literal gives twice.
    pub(super) fn check_duplicates(&mut self, props: &[Prop]) {
        let f = self.file_of(self.file);
        let mut seen: HashMap<Name, bool> = HashMap::new();
        for p in props {
            let (key, accessor) = match p {
                Prop::Value { key, .. } => (*key, false),
                Prop::Shorthand(i) => (PropKey::Ident(*i), false),
                Prop::Method { key, function } => {
                    (*key, matches!(f.ast()[*function].kind, FunctionKind::Getter | FunctionKind::Setter))
                }
                Prop::Spread(_) => {
                    // What comes after may replace what was before on purpose.
                    seen.clear();
                    continue;
                }
            };
            if matches!(key, PropKey::Computed(_)) {
                continue;
            }
            let Some(name) = self.member_name(self.file, &key) else { continue };
            // For each name, whether all so far were accessors.
            let before = seen.get(&name).copied();
            seen.insert(name, accessor && before.unwrap_or(true));
            if before.is_some_and(|accessors| !(accessors && accessor)) {
                let text = self.text(name).to_owned();
                self.error(registry::duplicate_property(f.ast().key_span(&key), &text));
            }
        }
    }

    /// Reads all of a type's declaration, so that what is wrong in it is found.
    pub(super) fn check_type_decl(&mut self, id: StmtId) {
        let f = self.file_of(self.file);
        let scope = f.scopes.stmt.get(id).copied().unwrap_or(self.scope);
        let file = self.file;
        match &f.ast()[id] {
            Stmt::TypeAlias(a) => {
                for t in a.type_params.iter().flat_map(|p| p.constraint.into_iter().chain(p.default)) {
                    self.annotation(file, t, scope);
                }
                let sym = f.scopes.stmt_sym[id];
                if a.type_params.is_empty() {
                    self.declared_type(sym, &[]);
                }
                self.read_all(a.ty, scope);
            }
            Stmt::Interface(i) => {
                for t in i.type_params.iter().flat_map(|p| p.constraint.into_iter().chain(p.default)) {
                    self.annotation(file, t, scope);
                }
                for &t in &i.extends {
                    self.annotation(file, t, scope);
                }
                self.read_members(&i.members, scope);
                let sym = f.scopes.stmt_sym[id];
                self.check_circular(sym, i.name.span);
                self.check_extends(sym, i.name.span);
            }
            Stmt::Enum(e) => {
                for v in e.members.iter().filter_map(|m| m.value) {
                    self.enum_initialiser(v);
                }
            }
            _ => {}
        }
    }

    fn enum_initialiser(&mut self, v: ExprId) {
        let f = self.file_of(self.file);
        // Names in it are members first, which are not in a scope.
        if !matches!(
            f.ast()[v],
            Expr::Name(_) | Expr::Binary { .. } | Expr::Unary { .. } | Expr::Template { .. }
        ) {
            self.expr(v, None);
        }
    }

    /// Reads the parts of an object type that are read on demand.
    fn read_all(&mut self, id: crate::syntax::ast::TypeId, scope: super::ScopeId) {
        let f = self.file_of(self.file);
        if let crate::syntax::ast::TypeExpr::Object(members) = &f.ast()[id] {
            self.annotation(self.file, id, scope);
            self.read_members(members, scope);
        }
    }

    fn read_members(&mut self, members: &[crate::syntax::ast::TypeMember], scope: super::ScopeId) {
        for m in members {
            match &m.kind {
                TypeMemberKind::Property { ty: Some(t), .. }
                | TypeMemberKind::Getter { result: Some(t), .. } => {
                    self.annotation(self.file, *t, scope);
                    self.read_all(*t, scope);
                }
                // Signatures have type parameters of their own; those without are read here.
                TypeMemberKind::Method { signature: s, .. } if s.type_params.is_empty() => {
                    for t in s.params.iter().filter_map(|p| p.ty).chain(s.result) {
                        let f = self.file_of(self.file);
                        if !matches!(f.ast()[t], crate::syntax::ast::TypeExpr::Predicate { .. }) {
                            self.annotation(self.file, t, scope);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    // Classes and interfaces.

    fn check_circular(&mut self, sym: SymId, span: Span) {
        let declared: usize = self.s.symbols[sym].decls.len();
        let _ = declared;
        let mut list = vec![sym];
        let mut at = 0;
        while at < list.len() && list.len() < 64 {
            for base in self.written_bases(list[at]) {
                if base == sym {
                    let text = self.sym_text(sym);
                    self.error(registry::circular_base(span, &text));
                    return;
                }
                if !list.contains(&base) {
                    list.push(base);
                }
            }
            at += 1;
        }
    }

    /// The symbols of the bases as they are written, circular ones included.
    fn written_bases(&mut self, sym: SymId) -> Vec<SymId> {
        let mut out = Vec::new();
        for d in self.s.symbols[sym].decls.clone() {
            let f = self.file_of(d.file);
            match d.kind {
                DeclKind::Interface(s) => {
                    if let Stmt::Interface(i) = &f.ast()[s] {
                        for &t in &i.extends {
                            let ty = self.annotation(d.file, t, f.scopes.stmt[s]);
                            if let Data::Ref(b, _) = *self.t.data(ty) {
                                out.push(b);
                            }
                        }
                    }
                }
                DeclKind::Class(c) => {
                    for h in &f.ast()[c].extends {
                        if let Expr::Name(n) = f.ast()[f.ast().unparen(h.expr)]
                            && let Some(b) = self.s.lookup(d.scope, n, flag::CLASS)
                        {
                            out.push(b);
                        }
                    }
                }
                _ => {}
            }
        }
        out
    }

    fn check_extends(&mut self, sym: SymId, span: Span) {
        let own = self.own_ref(sym);
        for &base in self.bases_of(sym).iter() {
            if self.is_open(base) || self.t.has_params(base) {
                continue;
            }
            let Some((shape, m)) = self.shape_of(base) else { continue };
            for p in &shape.props {
                let Some(mine) = self.prop(own, p.name) else { continue };
                if mine.sym == p.sym || self.t.has_params(mine.ty) {
                    continue;
                }
                let wanted = self.type_of_prop(p, m);
                if !self.assignable(mine.ty, wanted) || mine.optional && !p.optional {
                    let (a, b) = (self.sym_text(sym), self.show(base));
                    let member = self.text(p.name).to_owned();
                    self.error(registry::bad_extends(span, &a, &b, &member));
                    break;
                }
            }
        }
    }

    /// A class or interface applied to its own parameters.
    fn own_ref(&mut self, sym: SymId) -> Ty {
        let params = self.tparams_of(sym);
        let args: Vec<Ty> = params.iter().map(|&p| self.t.intern(Data::Param(p), false)).collect();
        self.declared_type(sym, &args)
    }

    pub(super) fn check_class_rules(&mut self, id: ClassId, sym: SymId) {
        let f = self.file_of(self.file);
        let class = &f.ast()[id];
        let span = class.name.map_or(f.ast().class_span(id), |n| n.span);
        self.check_circular(sym, span);
        let own = self.own_ref(sym);
        let name = match class.name {
            Some(n) => self.text(n.name).to_owned(),
            None => "(anonymous)".to_owned(),
        };
        let scope = f.scopes.class[id];
        for &t in &class.implements {
            let ty = self.annotation(self.file, t, scope);
            let ty = self.force(ty);
            if !self.t.has_params(ty) && !self.assignable(own, ty) {
                let shown = self.show(ty);
                let mut d = registry::bad_implements(span, &name, &shown);
                if let super::relate::Why::Missing(names) = self.why(own, ty) {
                    d = d.with_help(format!("add {}", self.show_names(&names)));
                } else if let super::relate::Why::Property(p, a, b) = self.why(own, ty) {
                    let (a, b) = (self.show(a), self.show(b));
                    d = d.with_help(format!("member `{}` is `{a}`, but must be `{b}`", self.text(p)));
                }
                self.error(d);
            }
        }
        self.check_bases(id, sym, own, &name, span);
        if self.strict() && !class.is_declare && !self.s_ambient(sym) {
            self.check_initialised(id, sym);
        }
        self.check_super_call(id);
        self.check_member_names(id);
    }

    fn s_ambient(&self, sym: SymId) -> bool {
        self.s.symbols[sym].flags & flag::AMBIENT != 0
    }

    fn check_bases(&mut self, id: ClassId, sym: SymId, own: Ty, name: &str, span: Span) {
        let f = self.file_of(self.file);
        let class = &f.ast()[id];
        let bases = self.bases_of(sym);
        for &base in bases.iter() {
            if self.is_open(base) {
                continue;
            }
            if !class.is_abstract {
                self.check_abstract(base, own, name, span);
            }
        }
        for m in &class.members {
            if m.modifiers.is_static {
                continue;
            }
            let (MemberKind::Method { key, .. } | MemberKind::Field { key, .. }) = &m.kind else { continue };
            let Some(n) = self.member_name(self.file, key) else { continue };
            if n == names::CONSTRUCTOR || self.text(n).starts_with('#') {
                continue;
            }
            let mut found = bases.iter().any(|&b| self.is_open(b));
            for &base in bases.iter() {
                if self.is_open(base) || self.t.has_params(base) {
                    found |= self.t.has_params(base);
                    continue;
                }
                let Some(theirs) = self.prop(base, n).filter(|p| self.is_declared(p.sym)) else { continue };
                found = true;
                let Some(mine) = self.prop(own, n) else { continue };
                if !self.tparams_of(sym).is_empty() || self.dialect.is_ultra() {
                    continue;
                }
                if !self.assignable(mine.ty, theirs.ty) {
                    let shown = self.show(base);
                    let text = self.text(n).to_owned();
                    let (a, b) = (self.show(mine.ty), self.show(theirs.ty));
                    let d = registry::bad_override(f.ast().key_span(key), &text, name, &shown);
                    self.error(d.with_help(format!("it is `{a}`, but must be `{b}`")));
                }
            }
            if m.modifiers.is_override && !found {
                let text = self.text(n).to_owned();
                let base = bases.first().map_or("the class has no base".to_owned(), |&b| self.show(b));
                let d = registry::bad_override_modifier(f.ast().key_span(key), &text, &base);
                self.error(d);
            }
        }
    }

    /// Whether a member stems from a declaration, not from what every object has.
    fn is_declared(&mut self, sym: SymId) -> bool {
        if sym.is_none() {
            return true;
        }
        let parent = self.s.symbols[sym].parent;
        parent.is_none() || parent != self.known("Object") && parent != self.known("Function")
    }

    fn check_abstract(&mut self, base: Ty, own: Ty, name: &str, span: Span) {
        let Some((shape, _)) = self.shape_of(base) else { return };
        let mut missing = Vec::new();
        for p in &shape.props {
            if p.sym.is_none() || !self.is_abstract_member(p.sym) {
                continue;
            }
            if let Some(mine) = self.prop(own, p.name)
                && (mine.sym == p.sym || !mine.sym.is_none() && self.is_abstract_member(mine.sym))
            {
                missing.push(p.name);
            }
        }
        if !missing.is_empty() {
            let (names, shown) = (self.show_names(&missing), self.show(base));
            self.error(registry::abstract_not_implemented(span, name, &names, &shown));
        }
    }

    fn is_abstract_member(&self, sym: SymId) -> bool {
        let d = self.s.symbols[sym].decls[0];
        match d.kind {
            DeclKind::ClassMember(c, i) => {
                self.files[d.file as usize].ast()[c].members[i as usize].modifiers.is_abstract
            }
            _ => false,
        }
    }

    /// Fields without initial value that the constructor does not set.
    fn check_initialised(&mut self, id: ClassId, sym: SymId) {
        let f = self.file_of(self.file);
        let class = &f.ast()[id];
        let constructor = class.members.iter().find_map(|m| match &m.kind {
            MemberKind::Method { function, .. }
                if f.ast()[*function].kind == FunctionKind::Constructor
                    && !matches!(f.ast()[*function].body, FunctionBody::None) =>
            {
                Some(*function)
            }
            _ => None,
        });
        let scope = f.scopes.class[id];
        for m in &class.members {
            let MemberKind::Field { key, ty: Some(t), value: None, is_optional: false, is_definite: false } =
                &m.kind
            else {
                continue;
            };
            if m.modifiers.is_static || m.modifiers.is_abstract || m.modifiers.is_declare {
                continue;
            }
            // As in TypeScript, fields named by a string or number are not followed.
            if !matches!(key, PropKey::Ident(_) | PropKey::Private(_)) {
                continue;
            }
            let ty = self.annotation(self.file, *t, scope);
            let ty = self.force(ty);
            let loose = self
                .t
                .parts(ty)
                .iter()
                .any(|&p| matches!(p, Ty::ANY | Ty::UNKNOWN | Ty::UNDEFINED | Ty::VOID));
            if loose {
                continue;
            }
            let Some(name) = self.member_name(self.file, key) else { continue };
            if constructor.is_some_and(|c| self.sets_field(c, name)) {
                continue;
            }
            let text = self.text(name).to_owned();
            let d = registry::field_not_initialised(f.ast().key_span(key), &text);
            self.error(d.with_help("give it a value, or write `!` after the name"));
        }
        let _ = sym;
    }

    /// Whether a constructor assigns a field of `this` anywhere. On which paths is not followed.
    fn sets_field(&self, function: FunctionId, name: Name) -> bool {
        let f = self.file_of(self.file);
        let plain = self.text(name).strip_prefix('#').and_then(|t| self.names.get(t)).unwrap_or(name);
        f.scopes.this_fields.contains(&(function, plain))
    }

    fn check_super_call(&mut self, id: ClassId) {
        let f = self.file_of(self.file);
        let class = &f.ast()[id];
        if class.extends.len() != 1 || self.dialect.is_ultra() {
            return;
        }
        if matches!(f.ast()[f.ast().unparen(class.extends[0].expr)], Expr::Null) {
            return;
        }
        for m in &class.members {
            let MemberKind::Method { key, function, .. } = &m.kind else { continue };
            let func = &f.ast()[*function];
            if func.kind != FunctionKind::Constructor || matches!(func.body, FunctionBody::None) {
                continue;
            }
            if !f.scopes.super_calls.contains(function) {
                self.error(registry::missing_super_call(f.ast().key_span(key)));
            }
        }
    }

    /// Members that are declared twice.
    fn check_member_names(&mut self, id: ClassId) {
        let f = self.file_of(self.file);
        let mut seen: HashSet<(Name, bool)> = HashSet::new();
        for m in &f.ast()[id].members {
            let MemberKind::Field { key, .. } = &m.kind else {
                if let MemberKind::Method { key, function, .. } = &m.kind
                    && f.ast()[*function].kind == FunctionKind::Method
                    && let Some(n) = self.member_name(self.file, key)
                    && seen.contains(&(n, m.modifiers.is_static))
                {
                    let text = self.text(n).to_owned();
                    self.error(registry::member_duplicate(f.ast().key_span(key), &text));
                }
                continue;
            };
            let Some(n) = self.member_name(self.file, key) else { continue };
            if matches!(key, PropKey::Private(_)) {
                continue;
            }
            if seen.contains(&(n, m.modifiers.is_static)) {
                let text = self.text(n).to_owned();
                self.error(registry::member_duplicate(f.ast().key_span(key), &text));
            }
            seen.insert((n, m.modifiers.is_static));
        }
    }
}

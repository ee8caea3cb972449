//! Narrowing: what conditions and assignments prove about references.
//!
//! ```text
//! Refs    x, this, x.y, x.y.z as 4-byte ids (hash-consed paths)
//! State   the refs whose type is known better than declared; and whether the place can be
//!         reached at all
//! ```
//! The walk goes forward with one state. Where branches meet, states are joined: what only one of
//! them knows is forgotten. A loop that assigns what is narrowed is walked until its state settles.

use hashbrown::HashMap;

use super::Checker;
use super::bind::{DeclKind, RootKind, flag};
use super::known::Facts;
use super::types::{Data, List, SymId, Ty};
use crate::syntax::ast::{Arg, AssignOp, BinaryOp, Expr, ExprId, LogicalOp, Pat, StrValue, UnaryOp, VarKind};
use crate::syntax::{Name, well_known as names};

/// A reference that can be narrowed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Key {
    Sym(SymId),
    This,
    Member(u32, Name),
}

/// The references met so far.
#[derive(Debug, Default)]
pub(super) struct Refs {
    keys: Vec<Key>,
    table: HashMap<Key, u32>,
    /// The paths that are one member longer.
    longer: Vec<Vec<u32>>,
}

impl Refs {
    fn id(&mut self, key: Key) -> u32 {
        if let Some(&id) = self.table.get(&key) {
            return id;
        }
        let id = self.keys.len() as u32;
        self.keys.push(key);
        self.longer.push(Vec::new());
        if let Key::Member(p, _) = key {
            self.longer[p as usize].push(id);
        }
        self.table.insert(key, id);
        id
    }

    fn parent(&self, id: u32) -> Option<u32> {
        match self.keys[id as usize] {
            Key::Member(p, _) => Some(p),
            _ => None,
        }
    }

    fn root(&self, mut id: u32) -> Key {
        while let Some(p) = self.parent(id) {
            id = p;
        }
        self.keys[id as usize]
    }

    /// Calls `f` for all paths that go through this one.
    fn inside(&self, id: u32, f: &mut impl FnMut(u32)) {
        for &l in &self.longer[id as usize] {
            f(l);
            self.inside(l, f);
        }
    }

    /// The roots of what is assigned, as far as a path with them was met.
    fn roots(&self, assigns: &[super::bind::Assign]) -> Vec<u32> {
        let key = |a: &super::bind::Assign| if a.name == names::THIS { Key::This } else { Key::Sym(a.sym) };
        let mut roots: Vec<u32> = assigns.iter().filter_map(|a| self.table.get(&key(a)).copied()).collect();
        roots.sort_unstable();
        roots.dedup();
        roots
    }
}

/// What is known at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    narrowed: Facts,
    pub reachable: bool,
}

impl Default for State {
    fn default() -> Self {
        State { narrowed: Facts::default(), reachable: true }
    }
}

impl State {
    fn get(&self, id: u32) -> Option<Ty> {
        self.narrowed.get(id)
    }

    fn set(&mut self, id: u32, ty: Ty) {
        self.narrowed.set(id, ty);
    }

    pub fn unreachable() -> State {
        State { reachable: false, ..State::default() }
    }

    /// Whether nothing is narrowed.
    pub fn is_plain(&self) -> bool {
        self.narrowed.is_empty()
    }
}

impl Checker<'_> {
    /// What is known after either of two places.
    pub(super) fn join(&mut self, a: State, b: State) -> State {
        if !a.reachable {
            return b;
        }
        if !b.reachable || a.narrowed.is_same(&b.narrowed) {
            return a;
        }
        let narrowed = a.narrowed.join(&b.narrowed, &mut |x, y| self.t.union(&[x, y]));
        State { narrowed, reachable: true }
    }

    pub(super) fn join_option(&mut self, a: Option<State>, b: State) -> State {
        match a {
            Some(a) => self.join(a, b),
            None => b,
        }
    }

    /// The narrowed type of a reference.
    pub(super) fn narrowed(&self, id: u32) -> Option<Ty> {
        self.state.get(id)
    }

    /// The reference that an expression is.
    pub(super) fn ref_of(&mut self, e: ExprId) -> Option<u32> {
        let f = self.file_of(self.file);
        match &f.ast()[e] {
            Expr::Paren(e) | Expr::NonNull(e) | Expr::OptionalChain(e) => self.ref_of(*e),
            Expr::As { expr, .. } | Expr::Satisfies { expr, .. } | Expr::TypeAssertion { expr, .. } => {
                self.ref_of(*expr)
            }
            Expr::Name(name) => {
                let sym = self.value_sym(*name)?;
                Some(self.refs.id(Key::Sym(sym)))
            }
            Expr::This => Some(self.refs.id(Key::This)),
            // `(x = f()) !== null` tells of x.
            Expr::Assign { op: AssignOp::Assign, target, .. } => match f.ast()[*target] {
                Pat::Name(name) => {
                    let sym = self.value_sym(name)?;
                    Some(self.refs.id(Key::Sym(sym)))
                }
                _ => None,
            },
            Expr::Member { object, name, .. } => {
                let o = self.ref_of(*object)?;
                Some(self.refs.id(Key::Member(o, name.name)))
            }
            Expr::PrivateMember { object, name, .. } => {
                let o = self.ref_of(*object)?;
                let text = format!("#{}", self.names.resolve(name.name));
                let name = self.names.intern(&text);
                Some(self.refs.id(Key::Member(o, name)))
            }
            Expr::Index { object, index, .. } => {
                let name = match &f.ast()[f.ast().unparen(*index)] {
                    Expr::String(StrValue::Text(n)) => *n,
                    Expr::Number(n) => {
                        let text = super::print::number_text(f.ast()[*n].value);
                        self.names.intern(&text)
                    }
                    // `x[key]` with a key that never changes.
                    Expr::Name(n) => {
                        let sym = self.value_sym(*n)?;
                        let s = &self.s.symbols[sym];
                        if s.last_assign > 0 || s.flags & (flag::CONST | flag::PARAM) == 0 {
                            return None;
                        }
                        let text = format!("[{}]", sym.0);
                        self.names.intern(&text)
                    }
                    _ => return None,
                };
                let o = self.ref_of(*object)?;
                Some(self.refs.id(Key::Member(o, name)))
            }
            _ => None,
        }
    }

    pub(super) fn sym_ref(&mut self, sym: SymId) -> u32 {
        self.refs.id(Key::Sym(sym))
    }

    /// A reference was assigned: what was known of it and of what it leads to is void.
    pub(super) fn assigned(&mut self, id: u32, declared: Ty, ty: Ty) {
        let known = &mut self.state.narrowed;
        self.refs.inside(id, &mut |inner| known.remove(inner));
        let narrowed = self.assigned_type(declared, ty);
        // Nothing better than declared is worth an entry, unless it says that a variable has a value.
        if narrowed != declared || self.state.get(id).is_some() {
            self.state.set(id, narrowed);
        }
    }

    fn assigned_type(&mut self, declared: Ty, ty: Ty) -> Ty {
        if declared == ty || !matches!(self.t.data(declared), Data::Union(_)) || ty == Ty::ANY {
            return declared;
        }
        let given = self.t.parts(ty);
        let parts = self.t.parts(declared);
        let mut kept = Vec::new();
        for &p in parts.iter() {
            let from = given.iter().any(|&g| self.assignable(g, p));
            if from {
                kept.push(p);
            }
        }
        if kept.is_empty() { declared } else { self.t.union(&kept) }
    }

    /// The state at the start of a function that is made here: what cannot change any more.
    pub(super) fn closure_state(&mut self, pos: u32) -> State {
        let keep = |c: &Self, id: u32| match c.refs.keys[id as usize] {
            Key::Sym(s) => {
                let sym = &c.s.symbols[s];
                sym.flags & flag::CONST != 0 || !sym.closure_assign && sym.last_assign <= pos
            }
            Key::This => false,
            Key::Member(..) => match c.refs.root(id) {
                Key::Sym(s) => c.s.symbols[s].flags & flag::CONST != 0 && c.is_readonly_path(id),
                _ => false,
            },
        };
        State { narrowed: self.state.narrowed.filter(&mut |id| keep(self, id)), reachable: true }
    }

    fn is_readonly_path(&self, _id: u32) -> bool {
        false
    }

    /// Whether one of these assignments changes something that is narrowed.
    pub(super) fn changes_narrowed(&self, assigns: &[super::bind::Assign]) -> bool {
        if self.state.is_plain() {
            return false;
        }
        let mut found = false;
        for root in self.refs.roots(assigns) {
            found |= self.state.get(root).is_some();
            self.refs.inside(root, &mut |id| found |= self.state.get(id).is_some());
        }
        found
    }

    /// Forgets what is known of what these assignments change.
    pub(super) fn forget(&mut self, assigns: &[super::bind::Assign]) {
        let known = &mut self.state.narrowed;
        for root in self.refs.roots(assigns) {
            known.remove(root);
            self.refs.inside(root, &mut |id| known.remove(id));
        }
    }

    // Conditions.

    /// Adds what a condition proves when it is true or false.
    pub(super) fn narrow(&mut self, e: ExprId, truth: bool) {
        if !self.state.reachable {
            return;
        }
        let f = self.file_of(self.file);
        match &f.ast()[e] {
            Expr::Paren(inner) => self.narrow(*inner, truth),
            Expr::Unary { op: UnaryOp::Not, operand } => self.narrow(*operand, !truth),
            Expr::Logical { op, .. } if *op != LogicalOp::Coalesce => self.narrow_chain_of(e, *op, truth),
            Expr::Binary { op, left, right } => self.narrow_binary(*op, *left, *right, truth),
            Expr::Call { callee, args, .. } => self.narrow_call(*callee, args, truth),
            Expr::OptionalChain(inner) => {
                if truth {
                    self.narrow_chain(*inner);
                }
                self.narrow(*inner, truth);
            }
            Expr::Assign { op: AssignOp::Assign, target, .. } => {
                if let Pat::Name(name) = f.ast()[*target]
                    && let Some(sym) = self.value_sym(name)
                {
                    let id = self.refs.id(Key::Sym(sym));
                    let ty = match self.state.get(id) {
                        Some(t) => t,
                        None => self.type_of(sym),
                    };
                    let ty = self.truthy(ty, truth);
                    self.state.set(id, ty);
                }
            }
            Expr::Name(name) => {
                if !self.narrow_alias(*name, truth) {
                    self.narrow_truth(e, truth);
                }
            }
            Expr::Member { .. } | Expr::PrivateMember { .. } | Expr::Index { .. } | Expr::This => {
                self.narrow_truth(e, truth);
            }
            _ => {}
        }
    }

    /// A constant that holds a condition stands for it.
    fn narrow_alias(&mut self, name: Name, truth: bool) -> bool {
        let Some(sym) = self.value_sym(name) else { return false };
        if self.s.symbols[sym].flags & flag::CONST == 0 || self.depth > 5 {
            return false;
        }
        let d = self.s.symbols[sym].decls[0];
        if d.file != self.file {
            return false;
        }
        let DeclKind::Var(root) = d.kind else { return false };
        let r = self.s.roots[root];
        let RootKind::Declarator { kind: VarKind::Const, ty: None, init: Some(init), .. } = r.kind else {
            return false;
        };
        let f = self.file_of(self.file);
        let is_condition = matches!(
            f.ast()[f.ast().unparen(init)],
            Expr::Binary { .. }
                | Expr::Logical { .. }
                | Expr::Call { .. }
                | Expr::Unary { op: UnaryOp::Not, .. }
        );
        if !is_condition || !self.is_constant_condition(init) {
            return false;
        }
        self.depth += 1;
        self.narrow(init, truth);
        self.depth -= 1;
        true
    }

    /// Whether the references of a condition never change.
    fn is_constant_condition(&mut self, mut e: ExprId) -> bool {
        let f = self.file_of(self.file);
        while let Expr::Binary { left, right, .. } | Expr::Logical { left, right, .. } = f.ast()[e] {
            if !self.is_constant_condition(right) {
                return false;
            }
            e = left;
        }
        match &f.ast()[e] {
            Expr::Name(n) => match self.value_sym(*n) {
                Some(s) => {
                    let s = &self.s.symbols[s];
                    s.flags & (flag::CONST | flag::FUNCTION | flag::CLASS) != 0 || s.last_assign == 0
                }
                None => true,
            },
            Expr::Call { args, .. } => args.iter().all(|a| match a {
                Arg::Item(e) => self.is_constant_condition(*e),
                _ => false,
            }),
            other => {
                let mut all = true;
                super::bind::each_child(other, &mut |e| all &= self.is_constant_condition(e));
                all
            }
        }
    }

    fn current(&mut self, e: ExprId) -> Ty {
        self.quietly(|c| c.expr(e, None))
    }

    fn set_ref(&mut self, id: u32, ty: Ty) {
        if ty == Ty::NEVER && self.state.get(id) == Some(Ty::NEVER) {
            return;
        }
        self.state.set(id, ty);
    }

    fn narrow_truth(&mut self, e: ExprId, truth: bool) {
        let Some(id) = self.ref_of(e) else { return };
        let ty = self.current(e);
        let new = self.truthy(ty, truth);
        if new != ty {
            self.set_ref(id, new);
        }
        self.narrow_owner(e, &mut |c, t| {
            let kept = c.truthy(t, truth);
            kept != Ty::NEVER
        });
    }

    /// Narrows the object of a member access by what is known of the member.
    fn narrow_owner(&mut self, e: ExprId, keep: &mut dyn FnMut(&mut Self, Ty) -> bool) {
        let f = self.file_of(self.file);
        let (object, name) = match &f.ast()[f.ast().unparen(e)] {
            Expr::Member { object, name, .. } => (*object, name.name),
            Expr::Index { object, index, .. } => match &f.ast()[f.ast().unparen(*index)] {
                Expr::String(StrValue::Text(n)) => (*object, *n),
                Expr::Number(n) => {
                    let text = super::print::number_text(f.ast()[*n].value);
                    (*object, self.names.intern(&text))
                }
                _ => return,
            },
            Expr::OptionalChain(inner) | Expr::NonNull(inner) => return self.narrow_owner(*inner, keep),
            _ => return,
        };
        let Some(id) = self.ref_of(object) else { return };
        let ty = self.current(object);
        let ty = self.base_if_union(ty);
        let mut whole = ty;
        if !matches!(self.t.data(ty), Data::Union(_)) {
            // The last part that is left of a union is still told from nothing.
            let declared = self.declared_of(object);
            whole = self.base_if_union(declared);
            if !matches!(self.t.data(whole), Data::Union(_)) || !self.t.parts(whole).contains(&ty) {
                return;
            }
        }
        let parts: List = self.t.parts(ty);
        // Only a property that tells the parts apart narrows.
        let all = self.t.parts(whole);
        if !self.is_discriminant(&all, name) {
            return;
        }
        let mut kept = Vec::new();
        for &p in parts.iter() {
            let fits = if matches!(p, Ty::NULL | Ty::UNDEFINED) {
                keep(self, Ty::UNDEFINED)
            } else {
                match self.prop_type(p, name) {
                    Some(t) => keep(self, t),
                    None => keep(self, Ty::UNDEFINED),
                }
            };
            if fits {
                kept.push(p);
            }
        }
        if kept.len() < parts.len() {
            let new = self.t.union(&kept);
            self.set_ref(id, new);
        }
    }

    /// The type that a reference has when nothing is known of it; `any` for what is no reference.
    fn declared_of(&mut self, e: ExprId) -> Ty {
        let f = self.file_of(self.file);
        match f.ast()[f.ast().unparen(e)] {
            Expr::Name(name) => self.value_sym(name).map_or(Ty::ANY, |s| self.type_of(s)),
            Expr::Member { object, name, .. } => {
                let of = self.current(object);
                let of = self.non_null(of);
                self.prop_type(of, name.name).unwrap_or(Ty::ANY)
            }
            _ => Ty::ANY,
        }
    }

    /// The constraint of a type parameter when it is a union, else the type.
    fn base_if_union(&mut self, ty: Ty) -> Ty {
        if let Data::Param(_) = self.t.data(ty) {
            let base = self.base_constraint(ty);
            if matches!(self.t.data(base), Data::Union(_)) {
                return base;
            }
        }
        ty
    }

    fn is_discriminant(&mut self, parts: &[Ty], name: Name) -> bool {
        let mut any_unit = false;
        for &p in parts {
            if matches!(p, Ty::NULL | Ty::UNDEFINED) {
                any_unit = true;
                continue;
            }
            let Some(t) = self.prop_type(p, name) else { continue };
            any_unit |= self.t.parts(t).iter().any(|&u| self.t.is_unit(u));
        }
        any_unit
    }

    fn narrow_binary(&mut self, op: BinaryOp, left: ExprId, right: ExprId, truth: bool) {
        match op {
            BinaryOp::StrictEq | BinaryOp::Eq => self.narrow_equal(left, right, truth, op == BinaryOp::Eq),
            BinaryOp::StrictNe | BinaryOp::Ne => self.narrow_equal(left, right, !truth, op == BinaryOp::Ne),
            BinaryOp::InstanceOf => self.narrow_instance(left, right, truth),
            BinaryOp::In => self.narrow_in(left, right, truth),
            _ => {}
        }
    }

    /// `left == right` is true or false.
    pub(super) fn narrow_equal(&mut self, left: ExprId, right: ExprId, truth: bool, loose: bool) {
        let f = self.file_of(self.file);
        for (a, b) in [(left, right), (right, left)] {
            let a = f.ast().unparen(a);
            if let Expr::Unary { op: UnaryOp::Typeof, operand } = f.ast()[a]
                && let Expr::String(StrValue::Text(kind)) = f.ast()[f.ast().unparen(b)]
            {
                let kind = self.names.resolve(kind).to_owned();
                if let Some(id) = self.ref_of(operand) {
                    let ty = self.current(operand);
                    let new = self.by_typeof(ty, &kind, truth);
                    self.set_ref(id, new);
                }
                if truth && kind != "undefined" || !truth && kind == "undefined" {
                    self.narrow_chain(operand);
                }
                return;
            }
        }
        self.narrow_side(left, right, truth, loose);
        self.narrow_side(right, left, truth, loose);
    }

    fn narrow_side(&mut self, e: ExprId, other: ExprId, truth: bool, loose: bool) {
        let f = self.file_of(self.file);
        if matches!(
            f.ast()[f.ast().unparen(e)],
            Expr::Null | Expr::String(_) | Expr::Number(_) | Expr::Bool(_)
        ) {
            return;
        }
        let value = self.current(other);
        // `x?.y === value` proves that x is there, when the value is not undefined.
        let nullish = self
            .t
            .parts(value)
            .iter()
            .any(|&p| matches!(p, Ty::UNDEFINED | Ty::ANY | Ty::UNKNOWN | Ty::VOID))
            || loose && self.t.parts(value).contains(&Ty::NULL);
        let only_nullish = self.t.parts(value).iter().all(|&p| p == Ty::UNDEFINED || p == Ty::NULL && loose);
        if truth && !nullish || !truth && only_nullish {
            self.narrow_chain(e);
        }
        if let Some(id) = self.ref_of(e) {
            let ty = self.current(e);
            let new = self.by_equality(ty, value, truth, loose);
            if new != ty {
                self.set_ref(id, new);
            }
        }
        self.narrow_owner(e, &mut |c, t| c.by_equality(t, value, truth, loose) != Ty::NEVER);
    }

    /// `a || b || c`, in a loop over the operands.
    fn narrow_chain_of(&mut self, e: ExprId, op: LogicalOp, truth: bool) {
        let f = self.file_of(self.file);
        let mut operands = Vec::new();
        let mut at = e;
        while let Expr::Logical { op: inner, left, right } = f.ast()[at]
            && inner == op
        {
            operands.push(right);
            at = left;
        }
        operands.push(at);
        operands.reverse();
        if (op == LogicalOp::Or) != truth {
            // All of them have it.
            operands.into_iter().for_each(|o| self.narrow(o, truth));
            return;
        }
        // One of them has it, after those before it did not.
        let last = operands.pop();
        let mut any: Option<State> = None;
        for o in operands {
            let before = self.state.clone();
            self.narrow(o, truth);
            let by_this = std::mem::replace(&mut self.state, before);
            any = Some(self.join_option(any, by_this));
            self.narrow(o, !truth);
        }
        last.into_iter().for_each(|o| self.narrow(o, truth));
        let by_last = std::mem::take(&mut self.state);
        self.state = self.join_option(any, by_last);
    }

    /// The objects of an optional chain that gave something are there.
    fn narrow_chain(&mut self, e: ExprId) {
        let f = self.file_of(self.file);
        let (object, optional) = match &f.ast()[e] {
            Expr::Paren(inner) | Expr::OptionalChain(inner) | Expr::NonNull(inner) => {
                return self.narrow_chain(*inner);
            }
            Expr::Member { object, optional, .. }
            | Expr::PrivateMember { object, optional, .. }
            | Expr::Index { object, optional, .. } => (*object, *optional),
            Expr::Call { callee, optional, .. } => (*callee, *optional),
            _ => return,
        };
        if optional && let Some(id) = self.ref_of(object) {
            let ty = self.current(object);
            let new = self.non_null(ty);
            if new != ty {
                self.set_ref(id, new);
            }
        }
        self.narrow_chain(object);
    }

    fn narrow_instance(&mut self, left: ExprId, right: ExprId, truth: bool) {
        let class = self.current(right);
        let instance = self.instance_of_value(class, &[]);
        let Some(id) = self.ref_of(left) else { return };
        let ty = self.current(left);
        let object = self.known("Object");
        let function = self.known("Function");
        if ty == Ty::ANY && matches!(self.t.data(instance), Data::Ref(s, _) if *s == object || *s == function)
        {
            return;
        }
        if instance == Ty::ANY {
            if truth && ty == Ty::UNKNOWN {
                self.set_ref(id, Ty::ANY);
            } else if truth {
                // Something of which nothing is known.
                self.set_ref(id, Ty::ANY);
            }
            return;
        }
        let new = self.by_type(ty, instance, truth, true);
        self.set_ref(id, new);
        if truth {
            self.narrow_chain(left);
        }
    }

    fn narrow_in(&mut self, left: ExprId, right: ExprId, truth: bool) {
        let key = self.current(left);
        let Some(name) = self.key_name(key) else { return };
        let Some(id) = self.ref_of(right) else { return };
        let ty = self.current(right);
        let parts = self.t.parts(ty);
        let mut kept = Vec::new();
        for &p in parts.iter() {
            let base = self.base_constraint(p);
            let found = self.prop(base, name);
            let open = self.is_open(base) || self.index_type(base, Ty::STRING).is_some();
            match (found, truth) {
                (Some(_), true) => kept.push(p),
                (Some(f), false) if f.optional => kept.push(p),
                (Some(_), false) => {}
                (None, true) if open => kept.push(p),
                (None, true) => {
                    if parts.len() == 1 {
                        let mut shape = super::types::Shape::default();
                        shape.props.push(super::decl::known_prop(name, Ty::UNKNOWN));
                        let has = self.object(shape);
                        let base = if p == Ty::UNKNOWN { Ty::OBJECT } else { p };
                        let new = self.intersection(&[base, has]);
                        kept.push(if new == Ty::NEVER { Ty::ANY } else { new });
                    }
                }
                (None, false) => kept.push(p),
            }
        }
        let new = self.t.union(&kept);
        self.set_ref(id, new);
    }

    fn narrow_call(&mut self, callee: ExprId, args: &[Arg], truth: bool) {
        let Some((p, target)) = self.guard_of(callee, args) else { return };
        let Some(ty) = p.ty else { return };
        if p.asserts {
            return;
        }
        self.apply_guard(target, ty, truth);
    }

    /// A call of an assertion function proves its condition.
    pub(super) fn narrow_assertion(&mut self, callee: ExprId, args: &[Arg]) {
        let Some((p, target)) = self.guard_of(callee, args) else { return };
        if !p.asserts {
            return;
        }
        match p.ty {
            Some(ty) => self.apply_guard(target, ty, true),
            None => self.narrow(target, true),
        }
    }

    /// The predicate of a call and the expression that it is about.
    fn guard_of(&mut self, callee: ExprId, args: &[Arg]) -> Option<(super::Predicate, ExprId)> {
        let f = self.file_of(self.file);
        let ty = self.current(callee);
        let ty = self.non_null(ty);
        let sigs = self.signatures(ty, false);
        let sig = sigs.iter().copied().find(|&s| self.sigs[s].predicate.is_some())?;
        let p = self.sigs[sig].predicate?;
        let target = match p.param {
            Some(i) => match args.get(i as usize)? {
                Arg::Item(e) => *e,
                _ => return None,
            },
            None => match &f.ast()[f.ast().unparen(callee)] {
                Expr::Member { object, .. } => *object,
                _ => return None,
            },
        };
        // A generic guard says what its arguments make of it.
        let tparams = std::rc::Rc::clone(&self.sigs[sig].tparams);
        let ty = match p.ty {
            Some(t) if !tparams.is_empty() => {
                let mut inf = super::infer::Inference::new(&tparams);
                for (i, a) in args.iter().enumerate() {
                    let s = self.sigs[sig].clone();
                    if let (Arg::Item(e), Some(wanted)) = (a, self.param_at(&s, i)) {
                        let given = self.current(*e);
                        self.infer(&mut inf, given, wanted, false);
                    }
                }
                let m = self.solve(&inf, Ty::NONE, false);
                Some(self.inst(t, m))
            }
            t => t,
        };
        Some((super::Predicate { ty, ..p }, target))
    }

    fn apply_guard(&mut self, target: ExprId, ty: Ty, truth: bool) {
        if truth {
            self.narrow_chain(target);
        }
        let Some(id) = self.ref_of(target) else { return };
        let current = self.current(target);
        let new = self.by_type(current, ty, truth, false);
        self.set_ref(id, new);
    }

    // Filters.

    /// A type without the parts that are always false, or always true.
    pub(super) fn truthy(&mut self, ty: Ty, truth: bool) -> Ty {
        let parts = self.t.parts(ty);
        let mut kept = Vec::with_capacity(parts.len());
        for &p in parts.iter() {
            let falsy = match *self.t.data(p) {
                Data::Null | Data::Undefined | Data::Void | Data::Bool(false) => Some(true),
                Data::Bool(true) => Some(false),
                Data::NumLit(bits) => Some(f64::from_bits(bits) == 0.0),
                Data::StrLit(n) => Some(n == names::EMPTY),
                Data::BigLit(n, _) => Some(self.names.resolve(n) == "0"),
                Data::EnumLit(sym, i) => match self.enum_value(sym, i).map(|v| self.t.data(v).clone()) {
                    Some(Data::NumLit(bits)) => Some(f64::from_bits(bits) == 0.0),
                    _ => None,
                },
                Data::Ref(..) | Data::Object(_) | Data::Anon(..) | Data::Tuple { .. } | Data::Value(_) => {
                    Some(false)
                }
                Data::NonPrimitive | Data::Symbol => Some(false),
                _ => None,
            };
            match (falsy, truth) {
                (Some(true), true) | (Some(false), false) => {}
                (None, true) if p == Ty::UNKNOWN => kept.push(Ty::EMPTY),
                _ => kept.push(p),
            }
        }
        self.t.union(&kept)
    }

    fn typeof_kind(&mut self, ty: Ty) -> Option<&'static str> {
        use Data::*;
        Some(match self.t.data(ty).clone() {
            String | StrLit(_) | Template { .. } | Cased(..) => "string",
            Number | NumLit(_) | Num(_) | Enum(_) => "number",
            Bool(_) => "boolean",
            BigInt | BigLit(..) => "bigint",
            Symbol | Unique(_) => "symbol",
            Undefined | Void => "undefined",
            Null => "object",
            EnumLit(sym, i) => {
                let v = self.enum_value(sym, i)?;
                return self.typeof_kind(v);
            }
            Object(_) | Anon(..) | Value(_) | Ref(..) | Tuple { .. } => {
                if ty == Ty::EMPTY {
                    return None;
                }
                if let Ref(sym, _) = *self.t.data(ty)
                    && sym == self.known("Function")
                {
                    return Some("function");
                }
                let called = !self.signatures(ty, false).is_empty() || !self.signatures(ty, true).is_empty();
                if called { "function" } else { "object" }
            }
            _ => return None,
        })
    }

    fn by_typeof(&mut self, ty: Ty, kind: &str, truth: bool) -> Ty {
        let stands = match kind {
            "string" => Ty::STRING,
            "number" => Ty::NUMBER,
            "boolean" => Ty::BOOLEAN,
            "bigint" => Ty::BIGINT,
            "symbol" => Ty::SYMBOL,
            "undefined" => Ty::UNDEFINED,
            "function" => self.known_ref("Function", &[]),
            "object" => self.t.union(&[Ty::OBJECT, Ty::NULL]),
            _ => return ty,
        };
        let parts = self.t.parts(ty);
        let mut kept = Vec::new();
        for &p in parts.iter() {
            match (self.typeof_kind(p), truth) {
                (Some(k), _) => {
                    if (k == kind) == truth {
                        kept.push(p);
                    }
                }
                (None, true) => {
                    let new = match *self.t.data(p) {
                        Data::Any if matches!(kind, "object" | "function") => Ty::ANY,
                        Data::Any | Data::Unknown => stands,
                        Data::NonPrimitive if kind == "object" => p,
                        Data::NonPrimitive if kind == "function" => stands,
                        Data::NonPrimitive => continue,
                        _ if p == Ty::EMPTY && kind == "object" => Ty::OBJECT,
                        _ if p == Ty::EMPTY && kind != "undefined" => stands,
                        _ => {
                            let base = self.base_constraint(p);
                            let base = if base == Ty::UNKNOWN || base == Ty::ANY {
                                stands
                            } else {
                                self.by_typeof(base, kind, true)
                            };
                            if base == Ty::NEVER {
                                continue;
                            }
                            self.intersection(&[p, base])
                        }
                    };
                    kept.push(new);
                }
                (None, false) => {
                    // Of something unknown, not being undefined or an object is knowledge too.
                    kept.push(p);
                }
            }
        }
        self.t.union(&kept)
    }

    fn by_equality(&mut self, ty: Ty, value: Ty, truth: bool, loose: bool) -> Ty {
        let nullish = |t: Ty| matches!(t, Ty::NULL | Ty::UNDEFINED);
        let values = self.t.parts(value);
        let parts = self.t.parts(ty);
        let mut kept = Vec::new();
        if !truth {
            // Only a value that is one value excludes itself.
            if values.len() != 1 || !self.t.is_unit(value) {
                return ty;
            }
            for &p in parts.iter() {
                let same = p == value || loose && nullish(value) && (nullish(p) || p == Ty::VOID);
                if !same {
                    kept.push(p);
                }
            }
            return self.t.union(&kept);
        }
        if values.contains(&Ty::ANY) || values.contains(&Ty::UNKNOWN) {
            return ty;
        }
        for &p in parts.iter() {
            if p == Ty::ANY {
                return ty;
            }
            if p == Ty::UNKNOWN {
                if values.iter().all(|&v| self.t.is_unit(v)) && !loose {
                    return value;
                }
                return ty;
            }
            if matches!(self.t.data(p), Data::Param(_) | Data::Indexed(..) | Data::Cond(..)) {
                kept.push(p);
                continue;
            }
            for &v in values.iter() {
                if p == v || nullish(p) && loose && nullish(v) {
                    kept.push(p);
                } else if nullish(p) || nullish(v) {
                    // Only equal to itself.
                } else if loose && self.is_primitive(p) != self.is_primitive(v) {
                    kept.push(p);
                } else if self.assignable(v, p) {
                    kept.push(if self.t.is_unit(v) && self.is_primitive(p) && !loose { v } else { p });
                } else if self.assignable(p, v)
                    || self.comparable(p, v) && !(self.is_primitive(p) && self.is_primitive(v))
                {
                    kept.push(p);
                } else if loose && self.is_primitive(p) {
                    kept.push(p);
                }
            }
        }
        self.t.union(&kept)
    }

    /// Narrows to, or away from, a type that a guard tests for.
    fn by_type(&mut self, ty: Ty, target: Ty, truth: bool, by_class: bool) -> Ty {
        let parts = self.t.parts(ty);
        if parts.is_empty() {
            return ty;
        }
        let mut kept = Vec::new();
        if !truth {
            for &p in parts.iter() {
                let gone = match (by_class, self.t.data(target).clone()) {
                    (true, Data::Ref(sym, _)) => self.base_of(p, sym, 0).is_some(),
                    _ => {
                        p != Ty::ANY
                            && self.assignable(p, target)
                            && !matches!(self.t.data(p), Data::Param(_))
                    }
                };
                if !gone {
                    kept.push(p);
                }
            }
            return self.t.union(&kept);
        }
        let targets = self.t.parts(target);
        for &p in parts.iter() {
            if p == Ty::ANY || p == Ty::UNKNOWN {
                return target;
            }
            for &t in targets.iter() {
                if matches!(self.t.data(p), Data::Param(_)) {
                    let both = self.intersection(&[p, t]);
                    if both != Ty::NEVER {
                        kept.push(both);
                    }
                } else if self.is_sub(p, t) {
                    kept.push(p);
                } else if self.assignable(t, p) {
                    let t = self.fill_from(t, p);
                    kept.push(t);
                } else if self.assignable(p, t) {
                    kept.push(p);
                }
            }
        }
        if kept.is_empty() {
            for &p in parts.iter() {
                if !self.is_primitive(p) {
                    let both = self.intersection(&[p, target]);
                    kept.push(both);
                }
            }
        }
        self.t.union(&kept)
    }

    /// A type is of another by declaration, or fits it and not the other way round.
    fn is_sub(&mut self, p: Ty, t: Ty) -> bool {
        if p == t {
            return true;
        }
        if let Data::Ref(sym, _) = *self.t.data(t) {
            if let Some(base) = self.base_of(p, sym, 0) {
                return self.assignable(base, t);
            }
        }
        self.assignable(p, t) && !self.assignable(t, p)
    }

    /// A generic class tested by `instanceof` takes its arguments from what the value was.
    fn fill_from(&mut self, t: Ty, p: Ty) -> Ty {
        let (Data::Ref(a, args), Data::Ref(b, given)) = (self.t.data(t).clone(), self.t.data(p).clone())
        else {
            return t;
        };
        if a == b && args.iter().all(|&x| x == Ty::ANY) {
            return self.t.intern(Data::Ref(a, given), false);
        }
        t
    }
}

impl Checker<'_> {
    /// Sets what is known of a reference.
    pub(super) fn assume(&mut self, id: u32, ty: Ty) {
        self.state.set(id, ty);
    }
}

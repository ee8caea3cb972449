//! Statements in order, and the bodies of functions and classes.

use std::rc::Rc;

use super::bind::{RootId, RootKind, ScopeId};
use super::flow::State;
use super::report::Place;
use super::types::{Data, Ty};
use super::{Checker, Function, SigParam, Target};
use crate::diag::registry;
use crate::syntax::Name;
use crate::syntax::ast::{
    Arg, Case, ClassId, Declarator, Expr, ForHead, ForInit, FunctionBody, FunctionId, FunctionKind,
    MemberKind, PatId, Stmt, StmtId, TryStmt,
};

/// Walks over a loop until what is known of its start settles; past it nothing is known.
const MAX_PASSES: u32 = 4;

impl Checker<'_> {
    /// Checks the program's file.
    pub(super) fn check_file(&mut self) {
        let f = self.file_of(0);
        self.file = 0;
        self.scope = f.scopes.scope.0;
        self.func.this = Ty::ANY;
        for &s in &f.parsed.module_body {
            self.instantiations = 0;
            self.stmt(s);
        }
    }

    /// Checks the statements of a module.
    pub(super) fn check_module(&mut self, body: &[StmtId], top: ScopeId) {
        self.file = 0;
        self.scope = top;
        self.func.this = Ty::ANY;
        self.func.frame = self.s.scopes[top].frame;
        self.state = State::default();
        self.targets.clear();
        for &s in body {
            self.instantiations = 0;
            self.stmt(s);
        }
    }

    fn in_scope<T>(&mut self, scope: ScopeId, f: impl FnOnce(&mut Self) -> T) -> T {
        let saved = std::mem::replace(&mut self.scope, scope);
        let out = f(self);
        self.scope = saved;
        out
    }

    pub(super) fn stmts(&mut self, list: &[StmtId]) {
        for &s in list {
            self.stmt(s);
        }
    }

    fn stmt(&mut self, id: StmtId) {
        let f = self.file_of(self.file);
        let ast = f.ast();
        match &ast[id] {
            Stmt::Missing | Stmt::Empty | Stmt::Debugger | Stmt::Directive(_) => {}
            Stmt::Import(_) | Stmt::ImportEquals(_) | Stmt::ExportAll(_) | Stmt::ExportAsNamespace(_) => {}
            Stmt::ExportNamed(_) => {}
            Stmt::Expr(e) => {
                self.expr(*e, None);
            }
            Stmt::ExportDefaultExpr(e) | Stmt::ExportAssign(e) => {
                self.expr(*e, None);
            }
            Stmt::Throw(e) => {
                self.expr(*e, None);
                self.state.reachable = false;
            }
            Stmt::Free { target, .. } => {
                self.expr(*target, None);
            }
            Stmt::Block(list) => {
                let scope = f.scopes.stmt[id];
                self.in_scope(scope, |c| c.stmts(list));
            }
            Stmt::Atomic(s) | Stmt::ExportDecl(s) | Stmt::ExportDefaultDecl(s) => self.stmt(*s),
            Stmt::Labeled { label, body } => {
                let is_loop = is_loop(&ast[*body]);
                self.targets.push(Target {
                    label: Some(label.name),
                    is_loop: false,
                    breaks: None,
                    continues: None,
                });
                if is_loop {
                    self.loop_label(*body, label.name);
                } else {
                    self.stmt(*body);
                }
                let target = self.targets.pop();
                self.leave(target.and_then(|t| t.breaks));
            }
            Stmt::Var { decls, is_declare, .. } => {
                for d in decls {
                    self.declarator(d, *is_declare);
                }
            }
            Stmt::Function(id) => self.check_function(self.file, *id),
            Stmt::Class(id) => self.check_class(*id),
            Stmt::If { .. } => self.if_chain(id),
            Stmt::While { .. } | Stmt::DoWhile { .. } | Stmt::For { .. } => self.plain_loop(id, None),
            Stmt::ForIn { .. } | Stmt::ForOf { .. } | Stmt::ForEach(_) => self.plain_loop(id, None),
            Stmt::Return(e) => self.return_stmt(id, *e),
            Stmt::Break { label, outer } => self.jump(label.map(|l| l.name), *outer, false),
            Stmt::Continue { label, outer } => self.jump(label.map(|l| l.name), *outer, true),
            Stmt::Switch { value, cases } => {
                let scope = f.scopes.stmt[id];
                self.in_scope(scope, |c| c.switch(*value, cases));
            }
            Stmt::Try(t) => self.try_stmt(id, t),
            Stmt::With { object, body } => {
                self.expr(*object, None);
                self.stmt(*body);
            }
            Stmt::Print(args) => {
                for a in args {
                    match *a {
                        Arg::Item(e) | Arg::Spread(e) | Arg::Named { value: e, .. } => {
                            self.expr(e, None);
                        }
                    }
                }
            }
            Stmt::TypeAlias(_) | Stmt::Interface(_) | Stmt::Enum(_) => self.check_type_decl(id),
            Stmt::Namespace(n) => {
                if let (Some(body), Some(&scope)) = (&n.body, f.scopes.stmt.get(id)) {
                    self.in_scope(scope, |c| c.stmts(body));
                }
            }
        }
    }

    /// Joins a state with the present one.
    fn leave(&mut self, other: Option<State>) {
        if let Some(o) = other {
            let now = std::mem::take(&mut self.state);
            self.state = self.join(now, o);
        }
    }

    /// A condition that is a literal decides what can be reached.
    fn dead_if_never(&mut self, test: crate::syntax::ast::ExprId, truth: bool) {
        let f = self.file_of(self.file);
        match f.ast()[f.ast().unparen(test)] {
            Expr::Bool(b) if b != truth => self.state.reachable = false,
            _ => {}
        }
    }

    // Variables.

    fn declarator(&mut self, d: &Declarator, is_declare: bool) {
        let f = self.file_of(self.file);
        let Some(&root) = f.scopes.pat_root.get(d.pat) else { return };
        let RootKind::Declarator { kind, ty, init, definite } = self.s.roots[root].kind else { return };
        let declared = ty.map(|t| {
            let t = self.annotation(self.file, t, self.scope);
            self.force(t)
        });
        let Some(init) = init else {
            if let Some(declared) = declared {
                self.destructure(d.pat, declared, false, false);
                let loose = declared == Ty::ANY || declared == Ty::UNKNOWN;
                let holds_undefined =
                    self.t.parts(declared).iter().any(|&p| matches!(p, Ty::UNDEFINED | Ty::VOID));
                if self.strict()
                    && !definite
                    && !loose
                    && !holds_undefined
                    && !is_declare
                    && !self.t.has_params(declared)
                {
                    self.set_unassigned(d.pat);
                }
            }
            return;
        };
        match declared {
            Some(declared) => {
                let given = self.expr(init, Some(declared));
                self.expect(init, given, declared, Place::Variable);
                self.destructure(d.pat, declared, false, true);
                self.set_initial(d.pat, declared, given);
            }
            None => {
                let sym = f.scopes.pat_sym.get(d.pat).copied();
                // What refers to the variable in its own initialiser gets any.
                let busy = sym.filter(|s| self.sym_ty.get(s.0).is_none() && self.sym_busy.insert(*s));
                let ctx = self.pattern_context(d.pat);
                let given = self.expr(init, ctx);
                if let Some(s) = busy {
                    self.sym_busy.remove(&s);
                }
                let ty = self.variable_type(d.pat, kind, init, given);
                // A function that was looked at before knows the type already.
                self.destructure(d.pat, ty, true, true);
                if !matches!(f.ast()[d.pat], crate::syntax::ast::Pat::Name(_)) {
                    return;
                }
                self.set_initial(d.pat, ty, given);
            }
        }
    }

    fn set_initial(&mut self, pat: PatId, declared: Ty, given: Ty) {
        let f = self.file_of(self.file);
        if let Some(&sym) = f.scopes.pat_sym.get(pat) {
            let id = self.sym_ref(sym);
            if matches!(self.t.data(declared), Data::Union(_)) {
                self.assigned(id, declared, given);
            } else if !self.state.is_plain() {
                self.assigned(id, declared, declared);
            }
        }
    }

    /// A variable that has a type and no value yet holds undefined.
    fn set_unassigned(&mut self, pat: PatId) {
        let f = self.file_of(self.file);
        if let Some(&sym) = f.scopes.pat_sym.get(pat) {
            let id = self.sym_ref(sym);
            self.assume(id, Ty::UNDEFINED);
        }
    }

    /// `if`, and in a loop the `if`s after its `else`s.
    fn if_chain(&mut self, id: StmtId) {
        let f = self.file_of(self.file);
        let mut ends = Vec::new();
        let mut at = Some(id);
        while let Some(s) = at {
            let Stmt::If { test, yes, no } = f.ast()[s] else {
                self.stmt(s);
                break;
            };
            self.condition(test);
            let before = self.state.clone();
            self.narrow(test, true);
            self.dead_if_never(test, true);
            self.stmt(yes);
            ends.push(std::mem::replace(&mut self.state, before));
            self.narrow(test, false);
            self.dead_if_never(test, false);
            at = no;
        }
        while let Some(end) = ends.pop() {
            self.leave(Some(end));
        }
    }

    // Loops and jumps.

    fn loop_label(&mut self, id: StmtId, label: Name) {
        self.plain_loop(id, Some(label));
    }

    /// A loop: walked until what is known at its start is known at its end too.
    fn plain_loop(&mut self, id: StmtId, label: Option<Name>) {
        let f = self.file_of(self.file);
        self.loop_head(id);
        let (from, to) = f.scopes.assigned_in.get(id).copied().unwrap_or((0, 0));
        let assigns = &f.scopes.assigns[from as usize..to as usize];
        if self.state.reachable && self.changes_narrowed(assigns) {
            let entry = self.state.clone();
            let pass = self.pass;
            for n in 1..=MAX_PASSES {
                self.pass = pass * (MAX_PASSES + 1) + n;
                let start = self.state.clone();
                let mark = self.diags.len();
                let (exit, back) = self.loop_body(id, label);
                let next = self.join(entry.clone(), back);
                if next == start {
                    self.pass = pass;
                    self.state = exit;
                    return;
                }
                self.diags.truncate(mark);
                self.state = next;
            }
            // It never settles: the last walk assumes nothing.
            self.pass = pass;
            self.forget(assigns);
            self.pass = self.pass.wrapping_mul(MAX_PASSES + 1).wrapping_add(MAX_PASSES + 1);
            let (exit, _) = self.loop_body(id, label);
            self.pass = pass;
            self.state = exit;
            return;
        }
        let (exit, _) = self.loop_body(id, label);
        self.state = exit;
    }

    /// What runs once before a loop.
    fn loop_head(&mut self, id: StmtId) {
        let f = self.file_of(self.file);
        match &f.ast()[id] {
            Stmt::For { init, .. } => {
                let scope = f.scopes.stmt[id];
                self.in_scope(scope, |c| match init {
                    Some(ForInit::Decl(s)) => c.stmt(*s),
                    Some(ForInit::Expr(e)) => {
                        c.expr(*e, None);
                    }
                    None => {}
                });
            }
            Stmt::ForIn { object, .. } => {
                self.expr(*object, None);
            }
            Stmt::ForOf { iterable, is_await, .. } => {
                let ty = self.expr(*iterable, None);
                if self.iterated(ty, *is_await).is_none() {
                    self.report_iteration(*iterable, ty);
                }
            }
            Stmt::ForEach(each) => {
                self.expr(each.object, None);
            }
            _ => {}
        }
    }

    /// One walk over a loop: the states after it and at the end of its body.
    fn loop_body(&mut self, id: StmtId, label: Option<Name>) -> (State, State) {
        let f = self.file_of(self.file);
        self.targets.push(Target { label, is_loop: true, breaks: None, continues: None });
        let scope = f.scopes.stmt.get(id).copied().unwrap_or(self.scope);
        let (exit, back) = self.in_scope(scope, |c| match &f.ast()[id] {
            Stmt::While { test, body } => {
                c.condition(*test);
                let start = c.state.clone();
                c.narrow(*test, true);
                c.stmt(*body);
                c.end_of_body();
                let back = std::mem::replace(&mut c.state, start);
                c.after_test(Some(*test));
                (std::mem::take(&mut c.state), back)
            }
            Stmt::DoWhile { body, test } => {
                c.stmt(*body);
                c.end_of_body();
                c.condition(*test);
                let end = c.state.clone();
                c.narrow(*test, true);
                let back = std::mem::replace(&mut c.state, end);
                c.after_test(Some(*test));
                (std::mem::take(&mut c.state), back)
            }
            Stmt::For { test, update, body, .. } => {
                if let Some(t) = test {
                    c.condition(*t);
                }
                let start = c.state.clone();
                if let Some(t) = test {
                    c.narrow(*t, true);
                }
                c.stmt(*body);
                c.end_of_body();
                if let Some(u) = update {
                    c.expr(*u, None);
                }
                let back = std::mem::replace(&mut c.state, start);
                match test {
                    Some(t) => c.after_test(Some(*t)),
                    None => c.state = State::unreachable(),
                }
                (std::mem::take(&mut c.state), back)
            }
            Stmt::ForIn { head, body, .. } | Stmt::ForOf { head, body, .. } => {
                let start = c.state.clone();
                c.loop_variable(head, id);
                c.stmt(*body);
                c.end_of_body();
                let back = std::mem::take(&mut c.state);
                (c.join(start, back.clone()), back)
            }
            Stmt::ForEach(each) => {
                let start = c.state.clone();
                for pat in each.key.iter().chain([&each.value]) {
                    if let Some(&root) = f.scopes.pat_root.get(*pat) {
                        let ty = c.root_type(root);
                        c.destructure(*pat, ty, true, true);
                    }
                }
                c.stmt(each.body);
                c.end_of_body();
                let back = std::mem::take(&mut c.state);
                (c.join(start, back.clone()), back)
            }
            _ => (c.state.clone(), c.state.clone()),
        });
        let target = self.targets.pop();
        let exit = self.join_option(target.and_then(|t| t.breaks), exit);
        (exit, back)
    }

    /// After a loop its condition is false.
    fn after_test(&mut self, test: Option<crate::syntax::ast::ExprId>) {
        let Some(test) = test else { return };
        let f = self.file_of(self.file);
        if let Expr::Bool(true) = f.ast()[f.ast().unparen(test)] {
            self.state = State::unreachable();
            return;
        }
        self.narrow(test, false);
    }

    /// What `continue` knows joins the end of the body.
    fn end_of_body(&mut self) {
        if let Some(t) = self.targets.last_mut() {
            let c = t.continues.take();
            self.leave(c);
        }
    }

    fn loop_variable(&mut self, head: &ForHead, id: StmtId) {
        let f = self.file_of(self.file);
        match *head {
            ForHead::Decl { pat, .. } => {
                if let Some(&root) = f.scopes.pat_root.get(pat) {
                    let ty = self.loop_root_type(root, id);
                    self.destructure(pat, ty, true, true);
                }
            }
            ForHead::Target(pat) => {
                let ty = match &f.ast()[id] {
                    Stmt::ForIn { .. } => Ty::STRING,
                    Stmt::ForOf { iterable, is_await, .. } => {
                        let ty = self.quietly(|c| c.expr(*iterable, None));
                        self.iterated(ty, *is_await).unwrap_or(Ty::ANY)
                    }
                    _ => Ty::ANY,
                };
                self.assign_to(pat, ty, None);
            }
        }
    }

    /// The type of a loop's variable, with what is known here about the iterable.
    fn loop_root_type(&mut self, root: RootId, id: StmtId) -> Ty {
        let f = self.file_of(self.file);
        match (&f.ast()[id], self.s.roots[root].kind) {
            (Stmt::ForOf { iterable, is_await, .. }, RootKind::ForOf { ty: None, .. }) => {
                let outer = self.s.scopes[self.scope].parent;
                let ty = self.in_scope(outer, |c| c.quietly(|c| c.expr(*iterable, None)));
                self.iterated(ty, *is_await).unwrap_or(Ty::ANY)
            }
            _ => self.root_type(root),
        }
    }

    fn jump(&mut self, label: Option<Name>, outer: u32, is_continue: bool) {
        let state = self.state.clone();
        let mut left = outer;
        let mut at = None;
        for (i, t) in self.targets.iter().enumerate().rev() {
            let found = match label {
                Some(l) => t.label == Some(l) && (!is_continue || t.is_loop),
                None if is_continue || outer > 0 => t.is_loop,
                None => t.label.is_none() || t.is_loop,
            };
            if !found {
                continue;
            }
            if left == 0 {
                at = Some(i);
                break;
            }
            left -= 1;
        }
        if let Some(i) = at {
            let t = &mut self.targets[i];
            let old = if is_continue { t.continues.take() } else { t.breaks.take() };
            let new = self.join_option(old, state);
            let t = &mut self.targets[i];
            if is_continue {
                t.continues = Some(new);
            } else {
                t.breaks = Some(new);
            }
        }
        self.state.reachable = false;
    }

    fn switch(&mut self, value: crate::syntax::ast::ExprId, cases: &[Case]) {
        let ty = self.expr(value, None);
        let f = self.file_of(self.file);
        let is_true = matches!(f.ast()[f.ast().unparen(value)], Expr::Bool(true));
        self.targets.push(Target { label: None, is_loop: false, breaks: None, continues: None });
        // `rest` is what holds when no clause so far was taken.
        let mut rest = self.state.clone();
        let mut falling = State::unreachable();
        let mut default_entry = None;
        let mut ends = Vec::new();
        // A default in the middle is entered with what no other clause takes.
        let default_at = cases.iter().position(|c| c.test.is_none());
        if let Some(at) = default_at
            && at + 1 < cases.len()
        {
            let saved = self.state.clone();
            for case in cases {
                if let Some(t) = case.test {
                    self.case_narrow(value, t, is_true, false);
                }
            }
            default_entry = Some(std::mem::replace(&mut self.state, saved));
        }
        for case in cases {
            self.state = rest.clone();
            match case.test {
                Some(t) => {
                    let given = self.expr(t, Some(ty));
                    self.check_case(value, ty, t, given, is_true);
                    let before = self.state.clone();
                    self.case_narrow(value, t, is_true, true);
                    let taken = std::mem::replace(&mut self.state, before);
                    self.case_narrow(value, t, is_true, false);
                    rest = std::mem::replace(&mut self.state, taken);
                }
                None => {
                    if let Some(d) = default_entry.take() {
                        self.state = d;
                    }
                }
            }
            let entry = std::mem::take(&mut self.state);
            self.state = self.join(entry, falling);
            self.stmts(&case.body);
            falling = std::mem::take(&mut self.state);
        }
        ends.push(falling);
        if default_at.is_none() {
            // Every value has a clause when nothing is left.
            self.state = rest.clone();
            let left = self.quietly(|c| c.expr(value, None));
            if left == Ty::NEVER && ty != Ty::NEVER || self.exhausted(value, cases, ty) {
                rest.reachable = false;
            }
            ends.push(rest);
        }
        let target = self.targets.pop();
        let mut out = State::unreachable();
        for s in ends.into_iter().chain(target.and_then(|t| t.breaks)) {
            out = self.join(out, s);
        }
        self.state = out;
    }

    /// Whether the clauses name every value of a type that is no reference.
    fn exhausted(&mut self, value: crate::syntax::ast::ExprId, cases: &[Case], ty: Ty) -> bool {
        let f = self.file_of(self.file);
        let mut left: Vec<Ty> = self.t.parts(ty).to_vec();
        if let Expr::Unary { op: crate::syntax::ast::UnaryOp::Typeof, operand } =
            f.ast()[f.ast().unparen(value)]
        {
            // `switch (typeof x)`: nothing is left of x.
            let now = self.quietly(|c| c.expr(operand, None));
            return now == Ty::NEVER;
        }
        if left.is_empty() || !left.iter().all(|&p| self.t.is_unit(p)) {
            return false;
        }
        for c in cases {
            if let Some(t) = c.test {
                let t = self.quietly(|c| c.expr(t, Some(ty)));
                left.retain(|&p| p != t);
            }
        }
        left.is_empty()
    }

    fn case_narrow(
        &mut self,
        value: crate::syntax::ast::ExprId,
        test: crate::syntax::ast::ExprId,
        is_true: bool,
        truth: bool,
    ) {
        if is_true {
            self.narrow(test, truth);
        } else {
            self.narrow_equal(value, test, truth, false);
        }
    }

    fn try_stmt(&mut self, id: StmtId, t: &TryStmt) {
        let f = self.file_of(self.file);
        let [block, handler, finalizer] = f.scopes.tries[id];
        let before = self.state.clone();
        let jumps: Vec<(Option<State>, Option<State>)> =
            self.targets.iter().map(|t| (t.breaks.clone(), t.continues.clone())).collect();
        self.in_scope(block, |c| c.stmts(&t.block));
        let mut end = std::mem::take(&mut self.state);
        // Anything in the block may have thrown: only what it does not change is known.
        let mut thrown = self.unchanged(before.clone(), id);
        let partial = self.join(thrown.clone(), end.clone());
        thrown = if end.reachable { partial } else { thrown };
        if let Some(h) = &t.handler {
            self.state = thrown.clone();
            self.in_scope(handler, |c| {
                if let Some(p) = h.param
                    && let Some(&root) = c.file_of(c.file).scopes.pat_root.get(p)
                {
                    let ty = c.root_type(root);
                    c.destructure(p, ty, false, false);
                }
                c.stmts(&h.body);
            });
            let after = std::mem::take(&mut self.state);
            end = self.join(end, after);
        }
        if let Some(list) = &t.finalizer {
            let start = self.join(end.clone(), thrown);
            let start = if start.reachable { start } else { self.unchanged(before, id) };
            self.state = start;
            self.in_scope(finalizer, |c| c.stmts(list));
            let completes = self.state.reachable;
            let mut after = std::mem::take(&mut self.state);
            after.reachable = completes && end.reachable;
            // What the block knew still holds where the finalizer changes nothing.
            end = if after.reachable && end.reachable && completes { self.refine(end, after) } else { after };
            if !completes {
                // A jump out of the finalizer replaces those of the block.
                for (t, (b, c)) in self.targets.iter_mut().zip(jumps) {
                    (t.breaks, t.continues) = (t.breaks.clone().or(b), t.continues.clone().or(c));
                }
            }
        }
        self.state = end;
    }

    /// What stays known when some of a `try` may have run.
    fn unchanged(&mut self, before: State, id: StmtId) -> State {
        let f = self.file_of(self.file);
        let (from, to) = f.scopes.assigned_in.get(id).copied().unwrap_or((0, 0));
        let saved = std::mem::replace(&mut self.state, before);
        self.forget(&f.scopes.assigns[from as usize..to as usize]);
        std::mem::replace(&mut self.state, saved)
    }

    /// After a finalizer: what was known before it, unless it changed.
    fn refine(&mut self, end: State, after: State) -> State {
        let _ = end;
        after
    }

    fn return_stmt(&mut self, id: StmtId, e: Option<crate::syntax::ast::ExprId>) {
        let expected = self.func.expected;
        match e {
            Some(e) => {
                let ctx = if expected == Ty::ANY {
                    None
                } else if self.func.is_async {
                    let promise = self.known_ref("PromiseLike", &[expected]);
                    Some(self.t.union(&[expected, promise]))
                } else {
                    Some(expected)
                };
                let mut ty = self.expr(e, ctx);
                if self.func.is_async {
                    ty = self.awaited(ty);
                }
                if self.func.annotated && self.state.reachable {
                    self.expect(e, ty, expected, Place::Return);
                }
                let ty = if self.is_fresh(e) { self.fresh_return(ty, expected) } else { ty };
                if self.state.reachable {
                    self.func.returns.push(ty);
                }
            }
            None => {
                if self.func.annotated && self.strict() && self.state.reachable {
                    let fine = expected == Ty::ANY
                        || self
                            .t
                            .parts(expected)
                            .iter()
                            .any(|&p| matches!(p, Ty::VOID | Ty::UNDEFINED | Ty::ANY | Ty::UNKNOWN))
                        || self.t.has_params(expected);
                    if !fine && !self.func.is_generator {
                        let span = self.file_of(self.file).ast().stmt_span(id);
                        let shown = self.show(expected);
                        self.error(registry::return_without_value(span, &shown));
                    }
                }
                if self.state.reachable {
                    self.func.returns.push(Ty::UNDEFINED);
                }
            }
        }
        self.state.reachable = false;
    }

    /// The literal types of a fresh result stay for now: a single one widens at the end.
    fn fresh_return(&mut self, ty: Ty, _expected: Ty) -> Ty {
        ty
    }

    // Functions.

    /// Checks a declared function, once; finds out what it returns.
    pub(super) fn check_function(&mut self, file: u32, id: FunctionId) {
        if !self.bodies.insert((file, id)) {
            return;
        }
        let f = self.file_of(file);
        let scope = f.scopes.function[id];
        let outer = self.s.scopes[scope].parent;
        let sig = self.sig_of(file, id);
        self.elsewhere(file, outer, |c| {
            c.check_function_head(id);
            let (params, ret) = (Rc::clone(&c.sigs[sig].params), c.sigs[sig].ret);
            let func = &f.ast()[id];
            if matches!(func.body, FunctionBody::None) {
                return;
            }
            let ret = if func.return_type.is_some() { ret } else { Ty::NONE };
            let this = c.sigs[sig].this.or_else(|| c.this_of_function(id));
            let found = c.function_body(id, &params, ret, None, this, false);
            if c.sigs[sig].ret.is_none() {
                c.sigs[sig].ret = found;
            }
        });
    }

    /// `this` in a method: that of its class; static members have the class.
    fn this_of_function(&mut self, id: FunctionId) -> Option<Ty> {
        let f = self.file_of(self.file);
        let func = &f.ast()[id];
        match func.kind {
            FunctionKind::Function => Some(Ty::ANY),
            FunctionKind::Arrow => None,
            _ => {
                let class = self.s.scopes[self.scope].class?;
                let is_static = f.ast()[class].members.iter().any(|m| {
                    m.modifiers.is_static
                        && match &m.kind {
                            MemberKind::Method { function, .. } => *function == id,
                            _ => false,
                        }
                });
                if is_static || matches!(func.kind, FunctionKind::StaticBlock | FunctionKind::Operator) {
                    return Some(Ty::ANY);
                }
                Some(self.this_of_scope(self.scope))
            }
        }
    }

    /// Checks a body with these parameters: what it returns. `ret` is the annotation, or none.
    pub(super) fn function_body(
        &mut self,
        id: FunctionId,
        params: &[SigParam],
        ret: Ty,
        ret_ctx: Option<Ty>,
        this: Option<Ty>,
        inherit: bool,
    ) -> Ty {
        let f = self.file_of(self.file);
        let func = &f.ast()[id];
        let scope = f.scopes.function[id];
        let is_async = func.is_async || self.dialect.is_ultra() && func.has_await;
        let annotated = !ret.is_none();
        let declared = if annotated { Some(ret) } else { ret_ctx.filter(|&t| t != Ty::VOID) };
        let expected = match declared {
            Some(t) => self.inner_result(t, is_async, func.is_generator),
            None => Ty::ANY,
        };
        let this = match (this, func.kind) {
            (Some(t), _) => t,
            (None, FunctionKind::Arrow) => self.func.this,
            _ => Ty::ANY,
        };
        let frame = self.s.scopes[scope].frame;
        let start =
            if inherit { self.closure_state(f.ast().function_span(id).start) } else { State::default() };
        let new = Function {
            expected,
            annotated,
            is_async,
            is_generator: func.is_generator,
            returns: Vec::new(),
            yields: Vec::new(),
            this,
            frame,
        };
        let saved = std::mem::replace(&mut self.func, new);
        let state = std::mem::replace(&mut self.state, start);
        let targets = std::mem::take(&mut self.targets);
        let outer = std::mem::replace(&mut self.scope, scope);
        for (p, s) in func.params.iter().zip(params) {
            let optional = p.is_optional && p.default.is_none() && self.strict();
            let ty = if optional && !p.is_rest { self.t.union(&[s.ty, Ty::UNDEFINED]) } else { s.ty };
            if let Some(d) = p.default {
                let given = self.expr(d, Some(s.ty));
                if p.ty.is_some() {
                    self.expect(d, given, s.ty, Place::Default);
                }
            }
            let ty = self.force(ty);
            self.destructure(p.pat, ty, false, true);
        }
        match &func.body {
            FunctionBody::None => {}
            FunctionBody::Block(list) => self.stmts(list),
            FunctionBody::Expr(e) => {
                let ctx = (expected != Ty::ANY).then_some(expected);
                let ctx = match ctx {
                    Some(c) if is_async => {
                        let promise = self.known_ref("PromiseLike", &[c]);
                        Some(self.t.union(&[c, promise]))
                    }
                    c => c,
                };
                let mut ty = self.expr(*e, ctx);
                if is_async {
                    ty = self.awaited(ty);
                }
                if annotated {
                    self.expect(*e, ty, expected, Place::Return);
                }
                if ret_ctx == Some(Ty::VOID) {
                    ty = Ty::VOID;
                }
                self.func.returns.push(ty);
                self.state.reachable = false;
            }
        }
        let ends = self.state.reachable;
        if annotated && ends {
            self.check_return_paths(id, expected);
        }
        let inner = std::mem::replace(&mut self.func, saved);
        let keep = ret_ctx.is_some_and(|c| self.keeps_literals(c) || self.t.has_params(c));
        let found = self.result_type(&inner, ends, keep);
        (self.state, self.targets, self.scope) = (state, targets, outer);
        if inner.is_generator {
            let yields = self.t.union(&inner.yields);
            let name = if is_async { "AsyncGenerator" } else { "Generator" };
            return self.known_ref(name, &[yields, found, Ty::ANY]);
        }
        if is_async { self.known_ref("Promise", &[found]) } else { found }
    }

    /// What `return` must give for an annotated result.
    fn inner_result(&mut self, ty: Ty, is_async: bool, is_generator: bool) -> Ty {
        if is_generator {
            let of = self.force(ty);
            return match self.t.data(of).clone() {
                Data::Ref(_, args) if args.len() >= 2 => args[1],
                _ => Ty::ANY,
            };
        }
        if is_async { self.awaited(ty) } else { self.force(ty) }
    }

    fn result_type(&mut self, inner: &Function, ends: bool, keep: bool) -> Ty {
        let mut list = inner.returns.clone();
        if list.is_empty() {
            return if ends { Ty::VOID } else { Ty::NEVER };
        }
        if list.iter().all(|&t| t == Ty::UNDEFINED) && ends {
            return Ty::VOID;
        }
        if ends && self.strict() {
            list.push(Ty::UNDEFINED);
        }
        let ty = self.t.union(&list);
        if !keep
            && (self.t.is_unit(ty) || ty == Ty::TRUE || ty == Ty::FALSE)
            && !matches!(ty, Ty::NULL | Ty::UNDEFINED)
        {
            return self.widen(ty);
        }
        ty
    }

    // Classes.

    pub(super) fn check_class(&mut self, id: ClassId) {
        let f = self.file_of(self.file);
        let class = &f.ast()[id];
        for h in &class.extends {
            self.expr(h.expr, None);
        }
        let scope = f.scopes.class[id];
        let sym = f.scopes.class_sym[id];
        let this = self.own_this(sym);
        let saved = std::mem::replace(&mut self.func.this, this);
        self.in_scope(scope, |c| {
            for t in class.type_params.iter().flat_map(|p| p.constraint.into_iter().chain(p.default)) {
                c.annotation(c.file, t, scope);
            }
            for &t in &class.implements {
                c.annotation(c.file, t, scope);
            }
            for m in &class.members {
                for &d in &m.decorators {
                    c.expr(d, None);
                }
                match &m.kind {
                    MemberKind::Method { function, .. } => c.check_function(c.file, *function),
                    MemberKind::Field { ty, value, .. } => {
                        let declared = ty.map(|t| c.annotation(c.file, t, scope));
                        if let Some(v) = value {
                            c.field_value(*v, declared, m.modifiers.is_static);
                        }
                    }
                    MemberKind::StaticBlock(function) => c.check_function(c.file, *function),
                    MemberKind::Operator { function, .. } => c.check_function(c.file, *function),
                    MemberKind::IndexSignature(s) => {
                        let types = s.params.iter().filter_map(|p| p.ty).chain(s.result);
                        types.for_each(|t| {
                            c.annotation(c.file, t, scope);
                        });
                    }
                }
            }
        });
        self.func.this = saved;
        self.check_class_rules(id, sym);
    }

    fn field_value(&mut self, value: crate::syntax::ast::ExprId, declared: Option<Ty>, is_static: bool) {
        let saved = (self.func.this, self.state.clone());
        if is_static {
            self.func.this = Ty::ANY;
        }
        self.state = self.closure_state(u32::MAX);
        let in_field = std::mem::replace(&mut self.func.frame, super::FrameId::NONE);
        let given = self.expr(value, declared);
        if let Some(declared) = declared {
            self.expect(value, given, declared, Place::Property);
        }
        self.func.frame = in_field;
        (self.func.this, self.state) = saved;
    }
}

fn is_loop(s: &Stmt) -> bool {
    matches!(
        s,
        Stmt::While { .. }
            | Stmt::DoWhile { .. }
            | Stmt::For { .. }
            | Stmt::ForIn { .. }
            | Stmt::ForOf { .. }
            | Stmt::ForEach(_)
    )
}

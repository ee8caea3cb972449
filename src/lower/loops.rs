//! Loops.
//!
//! ```text
//! before ─> head ── test ──> body ─> cont (update) ─┐
//!            ^└────────────> done ─> after          │
//!            └──────────────────────────────────────┘
//! ```
//! `break` goes to `after`; when nothing breaks, `done` is `after` and keeps what the test
//! proved. Loops over iterables keep the position in an SSA variable.

use ultra_ir::builder::Var;
use ultra_ir::{Block, Op, Value};

use super::function::{Around, Body};
use crate::resolve::{BindKind, LexId};
use crate::syntax::Name;
use crate::syntax::ast::{ExprId, ForEach, ForHead, ForInit, PatId, StmtId};

impl Body<'_, '_> {
    fn push_loop(&mut self, labels: Vec<Name>, brk: Block, cont: Block) {
        let (narrows, marks) = (self.narrows.len(), self.marks.len());
        self.around.push(Around::Loop { labels, brk, cont, narrows, marks, broken: false });
    }

    /// Ends a loop; whether something breaks out of it.
    fn pop_loop(&mut self) -> bool {
        matches!(self.around.pop(), Some(Around::Loop { broken: true, .. }))
    }

    /// Goes to `cont` at the end of a loop's body.
    fn end_body(&mut self, cont: Block, narrows: usize) {
        if self.b.is_open() {
            self.restore(narrows);
            self.b.jump(cont, &[]);
        }
        self.narrows.truncate(narrows);
    }

    /// Continues after a loop whose test fails into `done`.
    fn after(&mut self, done: Block, brk: Block, broken: bool, test: Option<ExprId>) {
        self.join(done);
        let falls = self.b.has_preds(done);
        if broken {
            if falls {
                self.b.jump(brk, &[]);
            }
            self.join(brk);
        } else if let (true, Some(test)) = (falls, test) {
            self.narrow_by(test, false);
        }
    }

    pub fn while_loop(&mut self, labels: Vec<Name>, test: ExprId, body: StmtId) {
        let (head, inside, done, brk) = (self.block(), self.block(), self.block(), self.block());
        let narrows = self.narrows.len();
        self.b.jump(head, &[]);
        self.b.switch_to(head);
        self.cond(test, inside, done, narrows, 0);
        self.push_loop(labels, brk, head);
        self.enter(inside);
        self.narrow_by(test, true);
        self.stmt(body);
        let broken = self.pop_loop();
        self.end_body(head, narrows);
        self.b.seal(head);
        self.after(done, brk, broken, Some(test));
    }

    pub fn do_while(&mut self, labels: Vec<Name>, body: StmtId, test: ExprId) {
        let (head, cont, done, brk) = (self.block(), self.block(), self.block(), self.block());
        let narrows = self.narrows.len();
        self.b.jump(head, &[]);
        self.b.switch_to(head);
        self.push_loop(labels, brk, cont);
        self.stmt(body);
        let broken = self.pop_loop();
        self.end_body(cont, narrows);
        self.b.seal(cont);
        let tested = self.b.has_preds(cont);
        if tested {
            self.b.switch_to(cont);
            self.cond(test, head, done, narrows, 0);
        }
        self.b.seal(head);
        self.after(done, brk, broken, tested.then_some(test));
    }

    pub fn for_loop(
        &mut self,
        id: StmtId,
        labels: Vec<Name>,
        init: Option<&ForInit>,
        test: Option<ExprId>,
        update: Option<ExprId>,
        body: StmtId,
    ) {
        let lex = self.l.r.stmt_lex.get(id).copied();
        let outer = lex.map(|l| self.enter_scope(l));
        match init {
            Some(ForInit::Decl(s)) => self.stmt(*s),
            Some(ForInit::Expr(e)) => self.expr_stmt(*e),
            None => {}
        }
        let (head, inside, cont) = (self.block(), self.block(), self.block());
        let (done, brk) = (self.block(), self.block());
        let narrows = self.narrows.len();
        self.b.jump(head, &[]);
        self.b.switch_to(head);
        match test {
            Some(test) => self.cond(test, inside, done, narrows, 0),
            None => self.b.jump(inside, &[]),
        }
        self.push_loop(labels, brk, cont);
        self.enter(inside);
        if let Some(test) = test {
            self.narrow_by(test, true);
        }
        self.stmt(body);
        let broken = self.pop_loop();
        self.end_body(cont, narrows);
        self.b.seal(cont);
        if self.b.has_preds(cont) {
            self.b.switch_to(cont);
            if let Some(lex) = lex {
                self.fresh_iteration(lex);
            }
            if let Some(update) = update {
                self.expr_stmt(update);
            }
            self.b.jump(head, &[]);
        }
        self.b.seal(head);
        self.after(done, brk, broken, test);
        if let Some(outer) = outer {
            self.leave_scope(outer);
        }
    }

    /// Copies the captured variables of a `for` head into a new scope object.
    fn fresh_iteration(&mut self, lex: LexId) {
        let r = self.l.r;
        if !r.lexes[lex].object {
            return;
        }
        let captured = |&&b: &&_| r.bindings[b].captured;
        let is_let =
            r.lexes[lex].bindings.iter().filter(captured).any(|&b| r.bindings[b].kind == BindKind::Let);
        if !is_let {
            return;
        }
        let parent = self.scope_object(r.lexes[lex].outer_object);
        let fresh = self.new_scope(lex, parent);
        let old = self.scope_object(lex);
        for &b in r.lexes[lex].bindings.iter().filter(captured) {
            let var = self.l.var_ids[b];
            let v = self.b.unary_imm(Op::JsVarGet, ultra_ir::Ty::Any, old, var.0);
            self.b.binary_imm(Op::JsVarSet, fresh, v, var.0, 1);
        }
        let var = self.l.scope_vars[lex];
        self.set_temp(var, fresh);
    }

    // Iteration.

    /// Opens a loop over an iterable: iteration, position, and the blocks.
    fn iteration(&mut self, object: ExprId, aux: u16, labels: Vec<Name>) -> Iteration {
        let v = self.expr(object);
        self.at(self.ast.expr_span(object));
        let over = self.op(ultra_ir::InstData {
            a: v.0,
            aux,
            ..ultra_ir::InstData::new(Op::JsIter, ultra_ir::Ty::Void)
        });
        let start = self.b.unary(Op::JsIterBegin, over);
        let at = self.temp();
        self.set_temp(at, start);
        let (head, inside, cont) = (self.block(), self.block(), self.block());
        let (done, brk) = (self.block(), self.block());
        self.b.jump(head, &[]);
        self.b.switch_to(head);
        let position = self.b.get(at);
        let more = self.op2(Op::JsIterMore, over, position);
        self.b.branch(more, inside, done);
        let closer = (aux == 0 && self.l.closes_iterators).then(|| {
            self.cold += 1;
            let landing = self.block();
            self.cold -= 1;
            self.around.push(Around::Finally { pads: Vec::new() });
            landing
        });
        self.push_loop(labels, brk, cont);
        if let Some(landing) = closer {
            self.handlers.push(landing);
        }
        self.enter(inside);
        Iteration { source: v, over, at, head, cont, done, brk, narrows: self.narrows.len(), closer }
    }

    fn close(&mut self, over: Value, aux: u16) {
        self.op(ultra_ir::InstData {
            a: over.0,
            aux,
            ..ultra_ir::InstData::new(Op::JsIterClose, ultra_ir::Ty::Void)
        });
    }

    /// What leaves a loop early closes the iterator on its way: `return`, jumps to loops around, exceptions.
    fn close_paths(&mut self, it: &Iteration, landing: Block) {
        let narrows = it.narrows;
        let pads = match self.around.pop() {
            Some(Around::Finally { pads }) => pads,
            _ => Vec::new(),
        };
        for (exit, pad) in pads {
            self.enter(pad);
            self.close(it.over, 0);
            let v = match (exit, self.result) {
                (super::tries::Exit::Return, Some(var)) => Some(self.b.get(var)),
                _ => None,
            };
            self.exit(exit, v);
            self.narrows.truncate(narrows);
        }
        self.b.seal(landing);
        if self.b.has_preds(landing) {
            self.b.switch_to(landing);
            self.cold += 1;
            let error = self.b.nullary(Op::CatchValue);
            self.close(it.over, 1);
            self.throw(error);
            self.cold -= 1;
            self.narrows.truncate(narrows);
        }
    }

    fn end_iteration(&mut self, mut it: Iteration) {
        if it.closer.is_some() {
            self.handlers.pop();
        }
        let broken = self.pop_loop();
        self.end_body(it.cont, it.narrows);
        if let Some(landing) = it.closer {
            self.close_paths(&it, landing);
            if broken {
                let after = self.block();
                self.enter(it.brk);
                self.close(it.over, 0);
                self.b.jump(after, &[]);
                it.brk = after;
            }
        }
        self.b.seal(it.cont);
        if self.b.has_preds(it.cont) {
            self.b.switch_to(it.cont);
            let position = self.b.get(it.at);
            let next = self.op2(Op::JsIterNext, it.over, position);
            self.set_temp(it.at, next);
            self.b.jump(it.head, &[]);
        }
        self.b.seal(it.head);
        self.after(it.done, it.brk, broken, None);
    }

    fn element(&mut self, it: &Iteration, op: Op) -> Value {
        let position = self.b.get(it.at);
        self.op2(op, it.over, position)
    }

    /// `for-of` (`aux` 0) and `for-in` (1).
    pub fn for_of(
        &mut self,
        id: StmtId,
        labels: Vec<Name>,
        head: &ForHead,
        object: ExprId,
        body: StmtId,
        aux: u16,
    ) {
        if let ForHead::Decl { init: Some(e), pat, .. } = head {
            let v = self.expr(*e);
            self.bind_pat(*pat, v);
        }
        let it = self.iteration(object, aux, labels);
        let outer = self.loop_scope(id);
        let v = self.element(&it, Op::JsIterValue);
        if aux == 1 && self.l.deletes {
            // A property that the loop deleted before its turn is not visited.
            let still = self.library("__ultra_has_key", &[it.source, v], self.ast.expr_span(object));
            let test = self.b.unary(Op::JsTruthy, still);
            let (visit, skip) = (self.block(), it.cont);
            self.b.branch(test, visit, skip);
            self.enter(visit);
        }
        match *head {
            ForHead::Decl { pat, .. } => self.loop_variable(pat, v),
            ForHead::Target(pat) => self.assign_pat(pat, v),
        }
        self.stmt(body);
        self.leave_scope(outer);
        self.end_iteration(it);
    }

    pub fn for_each(&mut self, id: StmtId, labels: Vec<Name>, each: &ForEach) {
        let it = self.iteration(each.object, 2, labels);
        let outer = self.loop_scope(id);
        if let Some(key) = each.key {
            let k = self.element(&it, Op::JsIterKey);
            self.loop_variable(key, k);
        }
        let v = self.element(&it, Op::JsIterValue);
        self.loop_variable(each.value, v);
        self.stmt(each.body);
        self.leave_scope(outer);
        self.end_iteration(it);
    }

    fn loop_scope(&mut self, id: StmtId) -> LexId {
        match self.l.r.stmt_lex.get(id) {
            Some(&lex) => self.enter_scope(lex),
            None => self.lex,
        }
    }

    /// Gives the variable of a loop its value for one turn.
    fn loop_variable(&mut self, pat: PatId, v: Value) {
        self.at(self.ast.pat_span(pat));
        self.bind_pat(pat, v);
    }
}

/// A loop over an iterable.
struct Iteration {
    source: Value,
    over: Value,
    at: Var,
    head: Block,
    cont: Block,
    done: Block,
    brk: Block,
    narrows: usize,
    /// Where exceptions of the body land, when the iterator must be closed.
    closer: Option<Block>,
}

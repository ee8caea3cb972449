//! `try`, `throw`, and leaving statements through finalizers.
//!
//! A finalizer is lowered once per way of leaving its `try`: normally, by an exception, by
//! `return`, and by each `break` or `continue` target. Ways are collected as pads while the
//! protected code is lowered; each pad runs the finalizer and goes on to the next finalizer
//! around, or to its target. Copies keep the types of variables apart per path; finalizers inside
//! finalizers are limited since copies multiply.

use ultra_ir::builder::Var;
use ultra_ir::{Block, Op, Value};

use super::function::{Around, Body};
use crate::program::FnKind;
use crate::resolve::TryScopes;
use crate::syntax::ast::{StmtId, TryStmt};

/// How many finalizers may nest directly inside each other.
const MAX_NESTED_FINALIZERS: u32 = 4;

/// A way of leaving statements. Numbers are positions in `Body::around`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Exit {
    Break(usize),
    Continue(usize),
    Return,
}

impl Body<'_, '_> {
    /// Throws `v`; closes the block.
    pub fn throw(&mut self, v: Value) {
        self.op1(Op::JsThrow, v);
        self.b.unreachable();
    }

    /// Leaves through the finalizers around. A `Return` carries its value.
    pub fn exit(&mut self, exit: Exit, value: Option<Value>) {
        if let (Exit::Return, Some(v)) = (exit, value) {
            let var = self.return_var();
            if let Some(var) = var {
                self.set_temp(var, v);
            }
        }
        let floor = match exit {
            Exit::Break(i) | Exit::Continue(i) => i,
            Exit::Return => 0,
        };
        for i in (floor..self.around.len()).rev() {
            if !matches!(self.around[i], Around::Finally { .. }) {
                continue;
            }
            let pad = self.pad(i, exit);
            self.b.jump(pad, &[]);
            return;
        }
        match exit {
            Exit::Return => {
                if self.kind == FnKind::Destructor {
                    self.base_destructor();
                }
                self.release_from(0);
                let v = value.unwrap_or_else(|| self.undef());
                self.b.ret(v);
            }
            Exit::Break(i) | Exit::Continue(i) => self.jump_out(i, matches!(exit, Exit::Continue(_))),
        }
    }

    fn jump_out(&mut self, i: usize, is_continue: bool) {
        let (target, narrows, marks) = match self.around[i] {
            Around::Loop { cont, narrows, marks, .. } if is_continue => (cont, narrows, marks),
            Around::Loop { brk, narrows, marks, .. } | Around::Plain { brk, narrows, marks, .. } => {
                (brk, narrows, marks)
            }
            Around::Finally { .. } => return,
        };
        self.release_from(marks);
        self.restore(narrows);
        self.b.jump(target, &[]);
    }

    /// The variable that holds the result on its way through finalizers; none outside of them.
    fn return_var(&mut self) -> Option<Var> {
        let inside = self.around.iter().any(|a| matches!(a, Around::Finally { .. }));
        inside.then(|| match self.result {
            Some(var) => var,
            None => {
                let var = self.temp();
                self.result = Some(var);
                var
            }
        })
    }

    /// The block in which a finalizer's copy for an exit begins.
    fn pad(&mut self, i: usize, exit: Exit) -> Block {
        if let Around::Finally { pads } = &self.around[i]
            && let Some(&(_, block)) = pads.iter().find(|p| p.0 == exit)
        {
            return block;
        }
        let block = self.block();
        if let Around::Finally { pads } = &mut self.around[i] {
            pads.push((exit, block));
        }
        block
    }

    pub fn try_stmt(&mut self, id: StmtId, t: &TryStmt) {
        let Some(&lexes) = self.l.r.try_lex.get(id) else { return };
        match &t.finalizer {
            Some(finalizer) => self.try_finally(id, t, finalizer, lexes),
            None => self.try_catch(t, lexes),
        }
    }

    fn cold_block(&mut self) -> Block {
        self.cold += 1;
        let block = self.block();
        self.cold -= 1;
        block
    }

    fn try_catch(&mut self, t: &TryStmt, lexes: TryScopes) {
        let Some(handler) = &t.handler else {
            self.scoped(lexes[0], &t.block);
            return;
        };
        let (base, marks) = (self.narrows.len(), self.marks.len());
        let (landing, join) = (self.cold_block(), self.block());
        self.handlers.push(landing);
        self.scoped(lexes[0], &t.block);
        self.handlers.pop();
        if self.b.is_open() {
            self.restore(base);
            self.b.jump(join, &[]);
        }
        self.narrows.truncate(base);
        self.b.seal(landing);
        // A block that cannot throw leaves no handler.
        if self.b.has_preds(landing) {
            self.b.switch_to(landing);
            self.cold += 1;
            self.b.set_pos(handler.span.start);
            let error = self.b.nullary(Op::CatchValue);
            self.release_inner(marks);
            let outer = self.enter_scope(lexes[1]);
            if let Some(p) = handler.param {
                self.bind_pat(p, error);
            }
            self.stmts(&handler.body);
            self.leave_scope(outer);
            self.cold -= 1;
            if self.b.is_open() {
                self.restore(base);
                self.b.jump(join, &[]);
            }
            self.narrows.truncate(base);
        }
        self.join(join);
    }

    fn try_finally(&mut self, id: StmtId, t: &TryStmt, finalizer: &[StmtId], lexes: TryScopes) {
        if self.finally_depth >= MAX_NESTED_FINALIZERS {
            self.l.unsupported(self.ast.stmt_span(id), "`finally` nested this deep inside `finally`");
            return;
        }
        let (base, marks) = (self.narrows.len(), self.marks.len());
        let landing = self.cold_block();
        let normal = self.block();
        self.handlers.push(landing);
        self.around.push(Around::Finally { pads: Vec::new() });
        self.try_catch(t, lexes);
        if self.b.is_open() {
            self.restore(base);
            self.b.jump(normal, &[]);
        }
        self.narrows.truncate(base);
        self.handlers.pop();
        let pads = match self.around.pop() {
            Some(Around::Finally { pads }) => pads,
            _ => Vec::new(),
        };
        self.finally_depth += 1;
        for (exit, pad) in pads {
            self.enter(pad);
            self.release_inner(marks);
            self.scoped(lexes[2], finalizer);
            if self.b.is_open() {
                let v = match (exit, self.result) {
                    (Exit::Return, Some(var)) => Some(self.b.get(var)),
                    _ => None,
                };
                self.exit(exit, v);
            }
            self.narrows.truncate(base);
        }
        self.b.seal(landing);
        if self.b.has_preds(landing) {
            self.b.switch_to(landing);
            self.cold += 1;
            self.at(self.ast.stmt_span(id));
            let error = self.b.nullary(Op::CatchValue);
            self.release_inner(marks);
            self.scoped(lexes[2], finalizer);
            if self.b.is_open() {
                self.at(self.ast.stmt_span(id));
                self.throw(error);
            }
            self.cold -= 1;
            self.narrows.truncate(base);
        }
        self.b.seal(normal);
        if self.b.has_preds(normal) {
            self.b.switch_to(normal);
            self.scoped(lexes[2], finalizer);
        }
        self.finally_depth -= 1;
    }
}

//! Scopes of variables that hold objects with destructors.
//!
//! Types decide which scopes exist: a scope none of whose variables can hold such an
//! object, and to which no handler cuts back, is nothing at all.

use super::*;
use crate::spec::escape::{self, Fate};
use ultra_abi::rtfn::{HOLD_ALIASED, HOLD_ALONE, HOLD_RETURNED};

impl Lower<'_> {
    /// Finds the scopes that have something to do.
    pub(super) fn find_marks(&mut self) {
        if self.w.drain.is_none() {
            return;
        }
        for &block in &self.body.layout {
            if !self.w.specs[self.s].reachable[block] {
                continue;
            }
            for &inst in &self.body.blocks[block].insts {
                let d = &self.body.insts[inst];
                let live = match d.op {
                    Op::JsHold => self.w.may_destroy(self.w.specs[self.s].types[d.arg_b()]),
                    Op::JsScopeExit => d.aux == 1,
                    _ => false,
                };
                if live && !self.marks.contains(&d.arg_a()) {
                    self.marks.push(d.arg_a());
                }
            }
        }
    }

    pub(super) fn scope_enter(&mut self, inst: Inst, d: &InstData) -> Value {
        let n = self.b.iconst(Ty::I32, d.a as i64);
        if self.body.result(inst).is_some_and(|v| self.marks.contains(&v)) {
            self.rt(RtFn::ScopeEnter, &[n])
        } else {
            n
        }
    }

    fn behind(&mut self, mark: Value, n: u32) -> Value {
        let mark = self.val(mark);
        if n == 0 {
            return mark;
        }
        let n = self.b.iconst(Ty::I32, n as i64);
        self.b.binary(Op::IAdd, mark, n)
    }

    pub(super) fn scope_hold(&mut self, d: &InstData) -> Res<()> {
        if !self.marks.contains(&d.arg_a()) {
            return Ok(());
        }
        let value = self.tv(d.arg_b());
        // Any variable of a scope that is followed lets go of what it held.
        let flags = if self.w.may_destroy(value.t) {
            match escape::fate(self.w, &mut self.code.summaries, self.s, &self.body, d.arg_b()) {
                Fate::Escapes => 0,
                Fate::Returned => HOLD_RETURNED,
                Fate::Stays { holds: 1 } => HOLD_ALONE,
                Fate::Stays { .. } => HOLD_ALONE | HOLD_ALIASED,
            }
        } else {
            0
        };
        let variable = self.behind(d.arg_a(), d.c);
        let (boxed, flags) = (self.boxed(value), self.b.iconst(Ty::I32, flags as i64));
        let due = self.rt(RtFn::ScopeHold, &[variable, boxed, flags]);
        self.drain_if(due)
    }

    pub(super) fn scope_exit(&mut self, d: &InstData) -> Res<()> {
        if !self.marks.contains(&d.arg_a()) {
            return Ok(());
        }
        let mark = self.behind(d.arg_a(), d.b);
        let due = self.rt(RtFn::ScopeExit, &[mark]);
        self.drain_if(due)
    }

    /// Runs the destructors that are due.
    fn drain_if(&mut self, due: Value) -> Res<()> {
        let Some(drain) = self.w.drain else { return Ok(()) };
        let (run, done) = (self.b.block(), self.b.block());
        self.b.branch(due, run, done);
        self.b.switch_to(run);
        let func = self.code.spec_func[drain];
        self.b.call(Op::Call, Ty::Void, func.0, &[], 0);
        self.after_throw();
        self.b.jump(done, &[]);
        self.b.switch_to(done);
        Ok(())
    }
}

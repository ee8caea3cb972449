//! Bounds checks of counted loops move in front of the loop.
//!
//! ```text
//! pre: branch 0 <= init + off && limit - 1 + off < len, loop, loop'
//! loop(i):  jump ok  (was: branch i + off < len, ok, cold) ...; branch i + 1 < limit, loop(i + 1), exit
//! loop'(i): as it was
//! ```
//! An innermost loop whose variable moves by a constant towards a limit, both known in front
//! of it, visits a known range of indices. When one test in front shows that all are in
//! bounds, a version of the loop without those checks runs; else the loop runs as it was, so
//! that nothing is lost when it would have ended early.
//!
//! The test computes in 64 bits. Terms that are i64 themselves are first tested to be below
//! 2^40 in magnitude, so that no sum wraps; sums of i32 terms cannot. An i32 index that the
//! loop computes wrapped agrees with the wide sum where the latter is in bounds.

use super::copy;
use super::edit::{args_of, const_int, make};
use super::simplify::{bin, un};
use crate::analysis::{Cfg, DomTree, LoopForest, LoopId, def_block, inst_blocks};
use crate::ids::*;
use crate::op::*;
use crate::{Def, Func, InstData, Module, Ty};

/// Largest loop that is copied, and most instructions that are copied in one function.
const MAX_LOOP: usize = 80;
const MAX_GROWTH: usize = 400;
/// Most checks that move in front of one loop, and most invariant terms of one index.
const MAX_CHECKS: usize = 6;
const MAX_TERMS: usize = 3;
/// Magnitude of 64-bit terms.
const WIDE: i64 = 1 << 40;

pub fn run(f: &mut Func, _m: &Module) -> bool {
    let mut changed = false;
    let mut growth = 0;
    let mut seen: Vec<Block> = Vec::new();
    // Copying changes the forest, so each round redoes the analysis; every header is tried once.
    loop {
        let cfg = Cfg::new(f);
        let dom = DomTree::new(f, &cfg);
        let loops = LoopForest::new(f, &cfg, &dom);
        if loops.irreducible {
            return changed;
        }
        let home = inst_blocks(f);
        let outer = loops.outer();
        let next = loops.inner_first().find_map(|l| {
            let h = loops.loops[l].header;
            let size = copy::size(f, &loops, l);
            if outer[l] || f.blocks[h].cold || seen.contains(&h) || growth + size > MAX_GROWTH || size > MAX_LOOP {
                return None;
            }
            seen.push(h);
            plan(f, &cfg, &loops, l, &home).filter(|_| copy::can_version(f, &loops, l)).map(|p| (l, p, size))
        });
        let Some((l, plan, size)) = next else { return changed };
        growth += size;
        changed = true;
        apply(f, &loops, l, &plan);
    }
}

/// A loop variable and the values that it takes: from `init` by `step` while `limit` allows.
struct Counter {
    /// Position among the header's parameters.
    at: usize,
    value: Value,
    step: i64,
    limit: Value,
    /// What is added to the limit to give the last value at most (least, when counting down).
    last: i64,
}

/// An index: counter, invariant terms with their signs, constant.
#[derive(Default)]
struct Index {
    terms: Vec<(Value, bool)>,
    offset: i64,
}

struct Check {
    terminator: Inst,
    /// The edge that is taken in bounds.
    ok: BlockCallId,
    index: Index,
    len: Value,
}

struct Plan {
    counter: Counter,
    checks: Vec<Check>,
}

struct Context<'a> {
    f: &'a Func,
    loops: &'a LoopForest,
    l: LoopId,
    home: &'a Table<Inst, Block>,
}

fn plan(f: &Func, cfg: &Cfg, loops: &LoopForest, l: LoopId, home: &Table<Inst, Block>) -> Option<Plan> {
    let cx = Context { f, loops, l, home };
    let counter = cx.counter(cfg)?;
    let mut checks = Vec::new();
    for &b in &loops.loops[l].blocks {
        if f.blocks[b].cold {
            continue;
        }
        if let Some(c) = cx.check(b, &counter) {
            checks.push(c);
        }
    }
    checks.truncate(MAX_CHECKS);
    (!checks.is_empty() && cx.one_way_around(&checks)).then_some(Plan { counter, checks })
}

impl Context<'_> {
    fn invariant(&self, v: Value) -> bool {
        !self.loops.contains(self.l, def_block(self.f, self.home, v))
    }

    /// The variable that the test at the only latch compares with an invariant.
    fn counter(&self, cfg: &Cfg) -> Option<Counter> {
        let f = self.f;
        let x = &self.loops.loops[self.l];
        let hot: Vec<Block> = x.latches.iter().copied().filter(|&b| !f.blocks[b].cold).collect();
        let &[latch] = hot.as_slice() else { return None };
        let t = f.insts[f.terminator(latch)?];
        if t.op != Op::Branch {
            return None;
        }
        let back = cfg.preds[x.header].iter().find(|p| p.block == latch)?.call;
        let d = f.def(t.arg_a()).filter(|d| d.op == Op::ICmp && f.ty(d.arg_a()).is_int())?;
        let mut cc = IntCc::get(d.aux)?;
        if BlockCallId(t.c) == back {
            cc = cc.inverse();
        }
        let (mut a, mut limit) = (d.arg_a(), d.arg_b());
        if self.invariant(a) {
            (a, limit, cc) = (limit, a, cc.swap());
        }
        if !self.invariant(limit) {
            return None;
        }
        // The compared value may be the widened one.
        let tested = self.narrow(a);
        let args = args_of(f, back);
        let at = args.iter().position(|&v| v == tested || v == a)?;
        let value = f.blocks[x.header].params[at];
        let step = f.def(args[at]).filter(|d| matches!(d.op, Op::IAdd | Op::ISub) && d.arg_a() == value)?;
        let c = const_int(f, step.arg_b())?;
        let c = if step.op == Op::ISub { c.checked_neg()? } else { c };
        let last = match (cc, c > 0) {
            (IntCc::Slt, true) => -1,
            (IntCc::Sgt, false) => 1,
            (IntCc::Sle, true) | (IntCc::Sge, false) => 0,
            _ => return None,
        };
        (c != 0 && c.abs() <= 1 << 20).then_some(Counter { at, value, step: c, limit, last })
    }

    /// Whether only the hot latch is left when the checks always hold: another could move the counter at will.
    fn one_way_around(&self, checks: &[Check]) -> bool {
        let f = self.f;
        let x = &self.loops.loops[self.l];
        let mut reached = vec![x.header];
        let mut at = 0;
        while at < reached.len() {
            let b = reached[at];
            at += 1;
            let Some(t) = f.terminator(b) else { continue };
            let held = checks.iter().find(|c| c.terminator == t);
            for c in f.target_ids(t) {
                let s = f.block_calls[c].block;
                if held.is_none_or(|k| k.ok == c) && self.loops.contains(self.l, s) && !reached.contains(&s) {
                    reached.push(s);
                }
            }
        }
        x.latches.iter().filter(|&b| reached.contains(b)).count() == 1
    }

    fn narrow(&self, v: Value) -> Value {
        self.f.def(v).filter(|d| d.op == Op::SExt32).map_or(v, |d| d.arg_a())
    }

    /// A check at the end of a block that the counter decides.
    fn check(&self, b: Block, counter: &Counter) -> Option<Check> {
        let f = self.f;
        let terminator = f.terminator(b)?;
        let t = f.insts[terminator];
        if t.op != Op::Branch {
            return None;
        }
        let d = f.def(t.arg_a()).filter(|d| d.op == Op::ICmp && f.ty(d.arg_a()).is_int())?;
        let (x, y) = (d.arg_a(), d.arg_b());
        let (index, len, holds) = match IntCc::get(d.aux)? {
            IntCc::Ult => (x, y, true),
            IntCc::Uge => (x, y, false),
            IntCc::Ugt => (y, x, true),
            IntCc::Ule => (y, x, false),
            _ => return None,
        };
        let (ok, cold, unlikely) = if holds { (t.b, t.c, 2) } else { (t.c, t.b, 1) };
        if t.aux != unlikely && !f.blocks[f.block_calls[BlockCallId(cold)].block].cold || !self.is_length(len) {
            return None;
        }
        let mut sum = Index::default();
        let counted = self.sum(index, true, counter, &mut sum, 0)?;
        (counted && sum.terms.len() <= MAX_TERMS).then_some(Check { terminator, ok: BlockCallId(ok), index: sum, len })
    }

    /// An invariant that is a length: not negative.
    fn is_length(&self, v: Value) -> bool {
        let d = self.f.def(v).filter(|d| d.op == Op::ZExt32);
        let narrow = d.map_or(v, |d| d.arg_a());
        let load = self.f.def(narrow).is_some_and(|d| d.op == Op::LoadField && d.ty == Ty::I32);
        (load || const_int(self.f, v).is_some_and(|c| c >= 0)) && self.invariant(v)
    }

    /// Adds `v` to the sum; whether the counter is in it. None when `v` is not of that form.
    fn sum(&self, v: Value, plus: bool, counter: &Counter, sum: &mut Index, depth: u32) -> Option<bool> {
        let f = self.f;
        if v == counter.value {
            return plus.then_some(true);
        }
        if let Some(c) = const_int(f, v) {
            let c = if plus { c } else { c.checked_neg()? };
            sum.offset = sum.offset.checked_add(c).filter(|c| c.abs() < WIDE)?;
            return Some(false);
        }
        if self.invariant(v) {
            sum.terms.push((v, plus));
            return Some(false);
        }
        if depth > 4 {
            return None;
        }
        let Def::Inst(i) = f.values[v].def else { return None };
        let d = &f.insts[i];
        match d.op {
            Op::IAdd | Op::ISub => {
                let x = self.sum(d.arg_a(), plus, counter, sum, depth + 1)?;
                let y = self.sum(d.arg_b(), plus == (d.op == Op::IAdd), counter, sum, depth + 1)?;
                (!(x && y)).then_some(x || y)
            }
            // A sum that wraps before it is widened is not the wide sum.
            Op::SExt32 if d.arg_a() == counter.value => plus.then_some(true),
            _ => None,
        }
    }
}

/// Code of the test: the bitwise or of numbers none of which may be negative.
struct Test<'a> {
    f: &'a mut Func,
    out: &'a mut Vec<Inst>,
    all: Option<Value>,
}

impl Test<'_> {
    fn put(&mut self, d: InstData) -> Value {
        let (i, v) = make(self.f, d, u32::MAX);
        self.out.push(i);
        v
    }

    fn konst(&mut self, c: i64) -> Value {
        self.put(InstData::imm64(Op::IConst, Ty::I64, c as u64))
    }

    fn not_negative(&mut self, v: Value) {
        if const_int(self.f, v).is_some_and(|c| c >= 0) {
            return;
        }
        self.all = Some(match self.all {
            None => v,
            Some(a) => self.put(bin(Op::IOr, a, v)),
        });
    }

    /// `a <= b`, where the difference does not wrap.
    fn at_most(&mut self, a: Value, b: Value) {
        let d = match (const_int(self.f, a), const_int(self.f, b)) {
            (Some(x), Some(y)) => self.konst(y - x),
            (Some(x), None) => self.add(b, -x),
            _ => self.put(bin(Op::ISub, b, a)),
        };
        self.not_negative(d);
    }

    /// A term in 64 bits, small enough that sums of a few do not wrap.
    fn wide(&mut self, v: Value) -> Value {
        if let Some(c) = const_int(self.f, v).filter(|c| c.abs() < WIDE) {
            return self.konst(c);
        }
        if self.f.ty(v) == Ty::I32 {
            return self.put(un(Op::SExt32, Ty::I64, v));
        }
        let extended = self.f.def(v).is_some_and(|d| matches!(d.op, Op::SExt32 | Op::ZExt32));
        if !extended {
            // Where one of these wraps, the other is negative.
            let half = self.konst(WIDE);
            let (up, down) = (self.put(bin(Op::IAdd, v, half)), self.put(bin(Op::ISub, half, v)));
            self.not_negative(up);
            self.not_negative(down);
        }
        v
    }

    fn add(&mut self, a: Value, c: i64) -> Value {
        if c == 0 {
            return a;
        }
        if let Some(x) = const_int(self.f, a) {
            return self.konst(x + c);
        }
        let c = self.konst(c);
        self.put(bin(Op::IAdd, a, c))
    }
}

fn apply(f: &mut Func, loops: &LoopForest, l: LoopId, plan: &Plan) {
    copy::version(f, loops, l, |f, out, entry| {
        let mut t = Test { f, out, all: None };
        let c = &plan.counter;
        let init = t.wide(entry[c.at]);
        let limit = t.wide(c.limit);
        let last = t.add(limit, c.last);
        let tested = c.last == 0 || c.step.abs() > 1 || t.f.ty(c.limit) != Ty::I32;
        steps_fit(&mut t, c, init, last, tested);
        for check in &plan.checks {
            in_bounds(&mut t, check, c, init, last);
        }
        let zero = t.konst(0);
        let all = t.all.unwrap_or(zero);
        t.put(InstData { aux: IntCc::Sge as u16, ..bin(Op::ICmp, all, zero) })
    });
    for check in &plan.checks {
        f.insts[check.terminator] = InstData { a: check.ok.0, ..InstData::new(Op::Jump, Ty::Void) };
    }
}

/// Steps must not wrap: neither from the last value nor from the first, which no test precedes.
fn steps_fit(t: &mut Test<'_>, c: &Counter, init: Value, last: Value, tested: bool) {
    if t.f.ty(c.value) != Ty::I32 {
        return;
    }
    for (v, needed) in [(last, tested), (init, true)] {
        if needed && c.step > 0 {
            let most = t.konst(i32::MAX as i64 - c.step);
            t.at_most(v, most);
        } else if needed {
            let least = t.konst(i32::MIN as i64 - c.step);
            t.at_most(least, v);
        }
    }
}

/// The first and the last index, whichever way the loop counts.
fn in_bounds(t: &mut Test<'_>, check: &Check, c: &Counter, init: Value, last: Value) {
    let mut off: Option<Value> = None;
    for &(v, plus) in &check.index.terms {
        let v = t.wide(v);
        off = Some(match (off, plus) {
            (None, true) => v,
            (None, false) => t.put(un(Op::INeg, Ty::I64, v)),
            (Some(o), true) => t.put(bin(Op::IAdd, o, v)),
            (Some(o), false) => t.put(bin(Op::ISub, o, v)),
        });
    }
    let at = |t: &mut Test<'_>, v: Value| {
        let v = off.map_or(v, |o| if const_int(t.f, v) == Some(0) { o } else { t.put(bin(Op::IAdd, v, o)) });
        t.add(v, check.index.offset)
    };
    let (first, end) = (at(t, init), at(t, last));
    let len = if t.f.ty(check.len) == Ty::I32 { t.put(un(Op::ZExt32, Ty::I64, check.len)) } else { check.len };
    let most = t.add(len, -1);
    t.not_negative(first);
    t.at_most(first, most);
    if c.step > 0 {
        t.at_most(end, most);
    } else {
        t.not_negative(end);
    }
}

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
//! Two variables that move towards each other (`i < j; i++, j--`) stay between their first
//! values. A further variable that moves by a constant makes as many steps as the loop does, so
//! its last value is known too when the tested variable moves by one. An index may multiply its
//! variable by an invariant i32 (`a[k * n + j]`); between its first and its last value it is
//! monotonic.
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
use crate::{Func, InstData, Module, Ty};

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
            if outer[l]
                || f.blocks[h].cold
                || seen.contains(&h)
                || growth + size > MAX_GROWTH
                || size > MAX_LOOP
            {
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

/// A loop variable and the values that it takes: from its value on entry by `step` to `end`.
#[derive(Clone, Copy)]
struct Counter {
    /// Position among the header's parameters.
    at: usize,
    value: Value,
    step: i64,
    end: End,
}

/// The value that a counter has at most (at least, when counting down).
#[derive(Clone, Copy)]
enum End {
    /// An invariant and what is added to it.
    Limit(Value, i64),
    /// The value on entry of the header's parameter at this position, and what is added to it.
    Entry(usize, i64),
    /// As many steps as the first counter makes, which moves by one.
    Beside,
}

/// An index: counter, times `scale`, plus invariant terms with their signs, plus a constant.
#[derive(Default)]
struct Index {
    /// Which of the counters.
    counter: Option<usize>,
    /// Of type i32, or its extension.
    scale: Option<Value>,
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
    /// The one or two that the latch tests come first.
    counters: Vec<Counter>,
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
    let counters = cx.counters(cfg)?;
    let mut checks = Vec::new();
    for &b in &loops.loops[l].blocks {
        if f.blocks[b].cold {
            continue;
        }
        if let Some(c) = cx.check(b, &counters) {
            checks.push(c);
        }
    }
    checks.truncate(MAX_CHECKS);
    (!checks.is_empty() && cx.one_way_around(&checks)).then_some(Plan { counters, checks })
}

impl Context<'_> {
    fn invariant(&self, v: Value) -> bool {
        !self.loops.contains(self.l, def_block(self.f, self.home, v))
    }

    /// The variables that move by constants, those first that the test at the only latch compares.
    fn counters(&self, cfg: &Cfg) -> Option<Vec<Counter>> {
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
        let args = args_of(f, back);
        // The compared value may be the widened one.
        let moved = |v: Value| args.iter().position(|&a| a == v || a == self.narrow(v));
        let mut out = Vec::new();
        for (v, other, cc) in [(d.arg_a(), d.arg_b(), cc), (d.arg_b(), d.arg_a(), cc.swap())] {
            let Some((at, step)) = moved(v).and_then(|at| Some((at, self.step(at, &args)?))) else {
                continue;
            };
            let last = match (cc, step > 0) {
                (IntCc::Slt, true) => -1,
                (IntCc::Sgt, false) => 1,
                (IntCc::Sle, true) | (IntCc::Sge, false) => 0,
                _ => continue,
            };
            let end = if self.invariant(other) {
                End::Limit(other, last)
            } else {
                // The other must come closer, so that its first value is the farthest.
                match moved(other).and_then(|at| Some((at, self.step(at, &args)?))) {
                    Some((to, back)) if (back > 0) != (step > 0) => End::Entry(to, last),
                    _ => continue,
                }
            };
            out.push(Counter { at, value: f.blocks[x.header].params[at], step, end });
        }
        let first = *out.first()?;
        if first.step.abs() == 1 && matches!(first.end, End::Limit(..)) {
            for at in (0..args.len()).filter(|&at| at != first.at) {
                if let Some(step) = self.step(at, &args) {
                    out.push(Counter { at, value: f.blocks[x.header].params[at], step, end: End::Beside });
                }
            }
        }
        Some(out)
    }

    /// By how much the header's parameter at a position moves in each trip.
    fn step(&self, at: usize, args: &[Value]) -> Option<i64> {
        let f = self.f;
        let value = f.blocks[self.loops.loops[self.l].header].params[at];
        let step = f.def(args[at]).filter(|d| matches!(d.op, Op::IAdd | Op::ISub) && d.arg_a() == value)?;
        let c = const_int(f, step.arg_b())?;
        let c = if step.op == Op::ISub { c.checked_neg()? } else { c };
        (c != 0 && c.abs() <= 1 << 20).then_some(c)
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
    fn check(&self, b: Block, counters: &[Counter]) -> Option<Check> {
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
        if t.aux != unlikely && !f.blocks[f.block_calls[BlockCallId(cold)].block].cold || !self.is_length(len)
        {
            return None;
        }
        let mut sum = Index::default();
        self.sum(index, true, counters, &mut sum, 0)?;
        let known = sum.counter.is_some() && sum.terms.len() <= MAX_TERMS;
        known.then_some(Check { terminator, ok: BlockCallId(ok), index: sum, len })
    }

    /// An invariant that is a length: not negative.
    fn is_length(&self, v: Value) -> bool {
        let d = self.f.def(v).filter(|d| d.op == Op::ZExt32);
        let narrow = d.map_or(v, |d| d.arg_a());
        let load = self.f.def(narrow).is_some_and(|d| d.op == Op::LoadField && d.ty == Ty::I32);
        (load || const_int(self.f, v).is_some_and(|c| c >= 0)) && self.invariant(v)
    }

    /// The counter that a value is, or the widening of.
    fn counter_of(&self, v: Value, counters: &[Counter]) -> Option<usize> {
        // A sum that wraps before it is widened is not the wide sum.
        let narrow = self.narrow(v);
        counters.iter().position(|c| c.value == v || c.value == narrow)
    }

    /// Adds `v` to the sum. None when `v` is not of that form.
    fn sum(&self, v: Value, plus: bool, counters: &[Counter], sum: &mut Index, depth: u32) -> Option<()> {
        let f = self.f;
        if let Some(c) = self.counter_of(v, counters) {
            return (plus && sum.counter.replace(c).is_none()).then_some(());
        }
        if let Some(c) = const_int(f, v) {
            let c = if plus { c } else { c.checked_neg()? };
            sum.offset = sum.offset.checked_add(c).filter(|c| c.abs() < WIDE)?;
            return Some(());
        }
        if self.invariant(v) {
            sum.terms.push((v, plus));
            return Some(());
        }
        if depth > 4 {
            return None;
        }
        let d = f.def(v)?;
        match d.op {
            Op::IAdd | Op::ISub => {
                self.sum(d.arg_a(), plus, counters, sum, depth + 1)?;
                self.sum(d.arg_b(), plus == (d.op == Op::IAdd), counters, sum, depth + 1)
            }
            Op::IMul => {
                let (x, y) = (d.arg_a(), d.arg_b());
                let (c, scale) = match self.counter_of(x, counters) {
                    Some(c) => (c, y),
                    None => (self.counter_of(y, counters)?, x),
                };
                let small =
                    const_int(f, scale).map_or(f.ty(self.narrow(scale)) == Ty::I32, |c| c.abs() < 1 << 31);
                let narrow = f.ty(counters[c].value) == Ty::I32;
                if !(plus && small && narrow && self.invariant(scale) && sum.counter.replace(c).is_none()) {
                    return None;
                }
                sum.scale = Some(scale);
                Some(())
            }
            _ => None,
        }
    }
}

/// `base + offset` in 64 bits.
#[derive(Clone, Copy)]
struct Linear {
    base: Option<Value>,
    offset: i64,
}

impl Linear {
    fn plus(self, c: i64) -> Linear {
        Linear { offset: self.offset + c, ..self }
    }
}

/// The values of a counter: both ends, the lesser first.
#[derive(Clone, Copy)]
struct Span {
    low: Linear,
    high: Linear,
}

/// Code of the test: the bitwise or of numbers none of which may be negative. Of the demands
/// on one value only the strictest is tested.
struct Test<'a> {
    f: &'a mut Func,
    out: &'a mut Vec<Inst>,
    all: Option<Value>,
    wides: Vec<(Value, Value)>,
    /// A base and a term with its sign, and their sum.
    sums: Vec<((Option<Value>, (Value, bool)), Linear)>,
    /// `base + offset >= 0`.
    lows: Vec<(Value, i64)>,
    /// `base + offset < length`.
    highs: Vec<(Value, Option<Value>, i64)>,
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
        self.all = Some(match self.all {
            None => v,
            Some(a) => self.put(bin(Op::IOr, a, v)),
        });
    }

    fn add(&mut self, a: Value, c: i64) -> Value {
        if c == 0 {
            return a;
        }
        let c = self.konst(c);
        self.put(bin(Op::IAdd, a, c))
    }

    /// A term in 64 bits, small enough that sums of a few do not wrap.
    fn wide(&mut self, v: Value) -> Linear {
        if let Some(c) = const_int(self.f, v).filter(|c| c.abs() < WIDE) {
            return Linear { base: None, offset: c };
        }
        if let Some(&(_, w)) = self.wides.iter().find(|w| w.0 == v) {
            return Linear { base: Some(w), offset: 0 };
        }
        let mut w = v;
        if self.f.ty(v) == Ty::I32 {
            w = self.put(un(Op::SExt32, Ty::I64, v));
        } else if !self.f.def(v).is_some_and(|d| matches!(d.op, Op::SExt32 | Op::ZExt32)) {
            // Where one of these wraps, the other is negative.
            let half = self.konst(WIDE);
            let (up, down) = (self.put(bin(Op::IAdd, v, half)), self.put(bin(Op::ISub, half, v)));
            self.not_negative(up);
            self.not_negative(down);
        }
        self.wides.push((v, w));
        Linear { base: Some(w), offset: 0 }
    }

    fn value(&mut self, v: Linear) -> Value {
        match v.base {
            None => self.konst(v.offset),
            Some(b) => self.add(b, v.offset),
        }
    }

    fn impossible(&mut self) {
        let v = self.konst(-1);
        self.not_negative(v);
    }

    /// Demands `v >= 0`.
    fn low(&mut self, v: Linear) {
        match v.base {
            None if v.offset < 0 => self.impossible(),
            None => {}
            Some(b) => match self.lows.iter_mut().find(|l| l.0 == b) {
                Some(l) => l.1 = l.1.min(v.offset),
                None => self.lows.push((b, v.offset)),
            },
        }
    }

    /// Demands `v < length`.
    fn below(&mut self, v: Linear, length: Linear) {
        let offset = v.offset - length.offset;
        let Some(b) = v.base else {
            // offset < length.base
            return match length.base {
                None if offset >= 0 => self.impossible(),
                None => {}
                Some(n) => self.low(Linear { base: Some(n), offset: -1 - offset }),
            };
        };
        match self.highs.iter_mut().find(|h| h.0 == b && h.1 == length.base) {
            Some(h) => h.2 = h.2.max(offset),
            None => self.highs.push((b, length.base, offset)),
        }
    }

    /// Demands `a <= b`.
    fn at_most(&mut self, a: Linear, b: Linear) {
        self.below(a, b.plus(1));
    }

    /// A value that is negative if a demand is not met.
    fn finish(mut self) -> Value {
        for (v, offset) in std::mem::take(&mut self.lows) {
            let v = self.add(v, offset);
            self.not_negative(v);
        }
        for (v, length, offset) in std::mem::take(&mut self.highs) {
            let d = match length {
                Some(n) => {
                    let d = self.put(bin(Op::ISub, n, v));
                    self.add(d, -1 - offset)
                }
                None => {
                    let c = self.konst(-1 - offset);
                    self.put(bin(Op::ISub, c, v))
                }
            };
            self.not_negative(d);
        }
        match self.all {
            Some(v) => v,
            None => self.konst(0),
        }
    }
}

fn apply(f: &mut Func, loops: &LoopForest, l: LoopId, plan: &Plan) {
    copy::version(f, loops, l, |f, out, entry| {
        let mut t = Test {
            f,
            out,
            all: None,
            wides: Vec::new(),
            sums: Vec::new(),
            lows: Vec::new(),
            highs: Vec::new(),
        };
        let mut first = None;
        // The tested counters are needed whether or not an index holds them: their steps must not wrap.
        let mut spans: Vec<Option<Span>> = Vec::new();
        for (n, c) in plan.counters.iter().enumerate() {
            let span = match c.end {
                End::Limit(limit, offset) => Some(span(&mut t, c, entry[c.at], limit, offset)),
                End::Entry(at, offset) => Some(span(&mut t, c, entry[c.at], entry[at], offset)),
                End::Beside if plan.checks.iter().any(|k| k.index.counter == Some(n)) => {
                    first.map(|tested| beside(&mut t, c, entry[c.at], tested))
                }
                End::Beside => None,
            };
            first = first.or(span);
            spans.push(span);
        }
        for check in &plan.checks {
            if let Some(span) = check.index.counter.and_then(|n| spans[n]) {
                in_bounds(&mut t, check, span);
            }
        }
        let all = t.finish();
        let (i, zero) = make(f, InstData::imm64(Op::IConst, Ty::I64, 0), u32::MAX);
        out.push(i);
        let (i, holds) = make(f, InstData { aux: IntCc::Sge as u16, ..bin(Op::ICmp, all, zero) }, u32::MAX);
        out.push(i);
        holds
    });
    for check in &plan.checks {
        f.insts[check.terminator] = InstData { a: check.ok.0, ..InstData::new(Op::Jump, Ty::Void) };
    }
}

/// The values of a counter that the loop tests, with the demands that there are such and that steps do not wrap.
fn span(t: &mut Test<'_>, c: &Counter, init: Value, limit: Value, offset: i64) -> Span {
    let init = t.wide(init);
    let last = t.wide(limit).plus(offset);
    let span = if c.step > 0 { Span { low: init, high: last } } else { Span { low: last, high: init } };
    // A loop that ends after its first trip need not be the fast one.
    t.at_most(span.low, span.high);
    // A limit of the same width that is never reached leaves room for one step.
    if offset == 0 || c.step.abs() > 1 || t.f.ty(limit) != Ty::I32 {
        steps_fit(t, c, span);
    }
    span
}

/// The values of a counter that makes as many steps as another, which moves by one over `tested`.
fn beside(t: &mut Test<'_>, c: &Counter, init: Value, tested: Span) -> Span {
    let init = t.wide(init);
    let (low, high) = (t.value(tested.low), t.value(tested.high));
    let trips = t.put(bin(Op::ISub, high, low));
    let step = t.konst(c.step);
    let way = t.put(bin(Op::IMul, trips, step));
    let init_value = t.value(init);
    let last = Linear { base: Some(t.put(bin(Op::IAdd, init_value, way))), offset: 0 };
    let span = if c.step > 0 { Span { low: init, high: last } } else { Span { low: last, high: init } };
    steps_fit(t, c, span);
    span
}

/// Demands that a step from the last value does not wrap.
fn steps_fit(t: &mut Test<'_>, c: &Counter, span: Span) {
    if t.f.ty(c.value) != Ty::I32 {
        return;
    }
    if c.step > 0 {
        t.at_most(span.high, Linear { base: None, offset: i32::MAX as i64 - c.step });
    } else {
        t.low(span.low.plus(c.step - i32::MIN as i64));
    }
}

/// Demands that the least and the greatest index are in bounds.
fn in_bounds(t: &mut Test<'_>, check: &Check, span: Span) {
    let len = if t.f.ty(check.len) == Ty::I32 && const_int(t.f, check.len).is_none() {
        length(t, check.len)
    } else {
        t.wide(check.len)
    };
    let (x, y) = (index(t, &check.index, span.low), index(t, &check.index, span.high));
    t.low(x);
    t.below(y, len);
    // A factor of unknown sign may turn the direction.
    if check.index.scale.is_some() {
        t.low(y);
        t.below(x, len);
    }
}

/// A length in 64 bits: it is never negative, so its extension is the same for all.
fn length(t: &mut Test<'_>, len: Value) -> Linear {
    if let Some(&(_, w)) = t.wides.iter().find(|w| w.0 == len) {
        return Linear { base: Some(w), offset: 0 };
    }
    let w = t.put(un(Op::ZExt32, Ty::I64, len));
    t.wides.push((len, w));
    Linear { base: Some(w), offset: 0 }
}

/// The index at a value of its counter.
fn index(t: &mut Test<'_>, x: &Index, at: Linear) -> Linear {
    let mut at = at;
    if let Some(s) = x.scale.filter(|_| at.base.is_some() || at.offset != 0) {
        let (v, s) = (t.value(at), t.wide(s));
        let s = t.value(s);
        at = Linear { base: Some(t.put(bin(Op::IMul, v, s))), offset: 0 };
    }
    for n in 0..x.terms.len() {
        // Indices often differ by constants only, so equal sums are made once.
        let form = (at.base, x.terms[n]);
        let sum = match t.sums.iter().find(|s| s.0 == form) {
            Some(s) => s.1,
            None => {
                let sum = add_term(t, at.base, x.terms[n]);
                t.sums.push((form, sum));
                sum
            }
        };
        at = Linear { offset: at.offset + sum.offset, base: sum.base };
    }
    at.plus(x.offset)
}

fn add_term(t: &mut Test<'_>, base: Option<Value>, (term, plus): (Value, bool)) -> Linear {
    let term = t.wide(term);
    let Some(v) = term.base else {
        return Linear { base, offset: if plus { term.offset } else { -term.offset } };
    };
    let sum = match (base, plus) {
        (None, true) => v,
        (None, false) => t.put(un(Op::INeg, Ty::I64, v)),
        (Some(b), true) => t.put(bin(Op::IAdd, b, v)),
        (Some(b), false) => t.put(bin(Op::ISub, b, v)),
    };
    Linear { base: Some(sum), offset: 0 }
}

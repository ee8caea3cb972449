//! Value ranges of integers and doubles, refined by the comparisons that dominate a use.
//!
//! Every i32, i64 and f64 value gets an interval; a double also says whether it can be
//! NaN, -0 or a fraction. The fixpoint starts from nothing and widens at loop heads,
//! then applies the equations again without widening to win bounds back.
//!
//! **The step assumption.** A loop variable that starts somewhere and only moves by integer
//! constants of magnitude at most 16 is taken to stay within 2^48 steps of its start: at
//! one step a nanosecond 2^48 steps take 78 hours of one loop. The assumption is made for
//! f64 and i64 alone, where it separates "counts" from "may lose exactness", and not for
//! i32, which wraps within seconds.
//!
//! **Lengths.** `Store.len`, `Store.cap` and string lengths are taken to be below 2^31;
//! the runtime refuses larger ones.

use super::{Cfg, DomTree, LoopForest, def_block, inst_blocks};
use crate::ids::*;
use crate::op::*;
use crate::pass::edit::{const_f64, const_int};
use crate::{Def, Func, InstData, Kind, Module, Ty};
use ultra_abi::layout::StructId;
use ultra_abi::rtfn::RtFn;

/// Largest step of a counting loop.
const MAX_STEP: f64 = 16.0;
/// Most steps that a loop variable makes; see the file's header.
const MAX_STEPS: f64 = (1u64 << 48) as f64;
/// Doubles up to here represent every integer.
pub const EXACT: f64 = (1u64 << 53) as f64;

/// Possible values of an f64.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FRange {
    pub lo: f64,
    pub hi: f64,
    /// Every finite value is an integer.
    pub integral: bool,
    pub neg_zero: bool,
    pub nan: bool,
}

impl FRange {
    pub const FULL: FRange =
        FRange { lo: f64::NEG_INFINITY, hi: f64::INFINITY, integral: false, neg_zero: true, nan: true };

    pub fn has_zero(&self) -> bool {
        self.lo <= 0.0 && self.hi >= 0.0
    }

    /// Exactly representable integers, so that integer arithmetic gives the same; -0 and NaN excluded.
    pub fn is_int(&self) -> bool {
        self.is_int_or_neg_zero() && !self.neg_zero
    }

    /// As `is_int`, but -0 may occur.
    pub fn is_int_or_neg_zero(&self) -> bool {
        self.integral && !self.nan && self.lo >= -EXACT && self.hi <= EXACT
    }

    pub fn fits_i32(&self) -> bool {
        self.lo >= i32::MIN as f64 && self.hi <= i32::MAX as f64
    }
}

/// Possible values of a value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Range {
    /// Not computed yet, or never defined at run time.
    Empty,
    /// Signed bounds of an i32 or i64.
    Int(i64, i64),
    Float(FRange),
    /// Of a type without ranges.
    Any,
}

pub fn full(ty: Ty) -> Range {
    match ty {
        Ty::I32 => Range::Int(i32::MIN as i64, i32::MAX as i64),
        Ty::I64 => Range::Int(i64::MIN, i64::MAX),
        Ty::F64 => Range::Float(FRange::FULL),
        _ => Range::Any,
    }
}

fn join(a: Range, b: Range) -> Range {
    match (a, b) {
        (Range::Empty, x) | (x, Range::Empty) => x,
        (Range::Int(a, b), Range::Int(c, d)) => Range::Int(a.min(c), b.max(d)),
        (Range::Float(a), Range::Float(b)) => Range::Float(FRange {
            lo: a.lo.min(b.lo),
            hi: a.hi.max(b.hi),
            integral: a.integral && b.integral,
            neg_zero: a.neg_zero || b.neg_zero,
            nan: a.nan || b.nan,
        }),
        _ => Range::Any,
    }
}

/// A comparison that holds in a block and all it dominates.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    pub block: Block,
    pub cond: Cond,
    /// The other operand; the value that the fact is about stands on the left.
    pub other: Value,
}

/// A comparison; floats also know that the opposite condition failed, which NaN makes different.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cond {
    Int(IntCc),
    /// The condition and whether it holds.
    Float(FloatCc, bool),
}

impl Cond {
    fn swap(self) -> Cond {
        match self {
            Cond::Int(c) => Cond::Int(c.swap()),
            Cond::Float(c, t) => Cond::Float(c.swap(), t),
        }
    }
}

/// The comparison behind a condition value, when it has the truth value `truth`.
pub fn condition(f: &Func, v: Value, truth: bool) -> Option<(Value, Cond, Value)> {
    let d = f.def(v)?;
    match d.op {
        Op::BNot => condition(f, d.arg_a(), !truth),
        Op::ICmp if f.ty(d.arg_a()).is_int() => {
            let cc = IntCc::get(d.aux)?;
            Some((d.arg_a(), Cond::Int(if truth { cc } else { cc.inverse() }), d.arg_b()))
        }
        Op::FCmp if f.ty(d.arg_a()) == Ty::F64 => {
            Some((d.arg_a(), Cond::Float(FloatCc::get(d.aux)?, truth), d.arg_b()))
        }
        _ => None,
    }
}

/// The condition value and truth that an edge out of a block implies.
pub fn edge_condition(f: &Func, from: Block, call: BlockCallId) -> Option<(Value, bool)> {
    let t = f.terminator(from)?;
    let d = &f.insts[t];
    if d.op != Op::Branch || f.block_calls[BlockCallId(d.b)].block == f.block_calls[BlockCallId(d.c)].block {
        return None;
    }
    Some((d.arg_a(), BlockCallId(d.b) == call))
}

/// The integer that a double was made of.
fn converted(f: &Func, v: Value) -> Option<Value> {
    f.def(v).filter(|d| d.op == Op::SToF && d.ty == Ty::F64).map(|d| d.arg_a())
}

/// Facts by value. An integer may have facts about the double that was made of it.
pub fn facts(f: &Func, cfg: &Cfg) -> Table<Value, Vec<Fact>> {
    let mut t: Table<Value, Vec<Fact>> = Table::filled(f.values.len(), Vec::new());
    for &b in &cfg.rpo {
        let [p] = cfg.preds[b].as_slice() else { continue };
        let Some((v, truth)) = edge_condition(f, p.block, p.call) else { continue };
        if let Some((x, cond, y)) = condition(f, v, truth) {
            // A constant is known already, and may be compared very often.
            let constant = |v: Value| f.def(v).is_some_and(|d| matches!(d.op, Op::IConst | Op::F64Const));
            if !constant(x) {
                t[x].push(Fact { block: b, cond, other: y });
            }
            if !constant(y) {
                t[y].push(Fact { block: b, cond: cond.swap(), other: x });
            }
            // A double made of an integer speaks for the integer.
            if let Some(x) = converted(f, x) {
                t[x].push(Fact { block: b, cond, other: y });
            }
            if let Some(y) = converted(f, y) {
                t[y].push(Fact { block: b, cond: cond.swap(), other: x });
            }
        }
    }
    t
}

/// A loop variable that only moves by small constants.
#[derive(Clone, Debug)]
struct Step {
    inits: Vec<Value>,
    down: f64,
    up: f64,
}

/// The result of the analysis. Queries name the block in which the value is used.
pub struct Ranges<'a> {
    f: &'a Func,
    m: &'a Module,
    pub cfg: &'a Cfg,
    pub dom: &'a DomTree,
    pub facts: Table<Value, Vec<Fact>>,
    of: Table<Value, Range>,
    steps: Table<Value, Option<Step>>,
    block_of: Table<Inst, Block>,
}

impl<'a> Ranges<'a> {
    pub fn new(f: &'a Func, m: &'a Module, cfg: &'a Cfg, dom: &'a DomTree, loops: &LoopForest) -> Ranges<'a> {
        let mut r = Ranges {
            f,
            m,
            cfg,
            dom,
            facts: facts(f, cfg),
            of: Table::filled(f.values.len(), Range::Empty),
            steps: Table::filled(f.values.len(), None),
            block_of: inst_blocks(f),
        };
        r.find_steps(loops);
        r.solve(loops);
        r
    }

    /// Bounds anywhere.
    pub fn get(&self, v: Value) -> Range {
        self.of[v]
    }

    /// Bounds where `block` runs.
    pub fn at(&self, v: Value, block: Block) -> Range {
        let mut r = self.of[v];
        for fact in &self.facts[v] {
            if self.dom.dominates(fact.block, block) {
                r = refine(r, fact.cond, self.of[fact.other]);
            }
        }
        r
    }

    /// Bounds on an edge.
    pub fn on_edge(&self, v: Value, from: Block, call: BlockCallId) -> Range {
        let mut r = self.at(v, from);
        if let Some((c, truth)) = edge_condition(self.f, from, call)
            && let Some((x, cond, y)) = condition(self.f, c, truth)
        {
            if x == v {
                r = refine(r, cond, self.at(y, from));
            }
            if y == v {
                r = refine(r, cond.swap(), self.at(x, from));
            }
            if converted(self.f, x) == Some(v) {
                r = refine(r, cond, self.at(y, from));
            }
            if converted(self.f, y) == Some(v) {
                r = refine(r, cond.swap(), self.at(x, from));
            }
        }
        r
    }

    pub fn int_at(&self, v: Value, block: Block) -> (i64, i64) {
        match self.at(v, block) {
            Range::Int(a, b) if a <= b => (a, b),
            _ if self.f.ty(v) == Ty::I32 => (i32::MIN as i64, i32::MAX as i64),
            _ => (i64::MIN, i64::MAX),
        }
    }

    pub fn float(&self, v: Value) -> FRange {
        match self.of[v] {
            Range::Float(r) => r,
            _ => FRange::FULL,
        }
    }

    pub fn float_at(&self, v: Value, block: Block) -> FRange {
        match self.at(v, block) {
            Range::Float(r) => r,
            _ => FRange::FULL,
        }
    }

    fn find_steps(&mut self, loops: &LoopForest) {
        for (id, l) in loops.loops.iter() {
            for &p in &self.f.blocks[l.header].params {
                if !matches!(self.f.ty(p), Ty::F64 | Ty::I64) {
                    continue;
                }
                let mut step = Step { inits: Vec::new(), down: 0.0, up: 0.0 };
                let mut seen = vec![p];
                let mut work = self.args(p);
                let mut ok = true;
                while let Some(v) = work.pop() {
                    if seen.contains(&v) {
                        continue;
                    }
                    seen.push(v);
                    let inside = loops.contains(id, def_block(self.f, &self.block_of, v));
                    if !inside || self.is_const(v) {
                        step.inits.push(v);
                    } else if let Some((x, c)) = self.small_step(v) {
                        step.down = step.down.max(-c);
                        step.up = step.up.max(c);
                        work.push(x);
                    } else if matches!(self.f.values[v].def, Def::Param(..)) {
                        work.extend(self.args(v));
                    } else {
                        ok = false;
                        break;
                    }
                    // A web that large is no counter.
                    ok &= seen.len() < 64;
                }
                if ok {
                    self.steps[p] = Some(step);
                }
            }
        }
    }

    fn is_const(&self, v: Value) -> bool {
        self.f.def(v).is_some_and(|d| matches!(d.op, Op::F64Const | Op::IConst))
    }

    fn args(&self, v: Value) -> Vec<Value> {
        match self.f.values[v].def {
            Def::Param(b, at) => self.cfg.preds[b]
                .iter()
                .map(|p| Value(self.f.list(self.f.block_calls[p.call].args)[at as usize]))
                .collect(),
            Def::Inst(_) => Vec::new(),
        }
    }

    /// `x + c` or `x - c` with a small integer constant.
    fn small_step(&self, v: Value) -> Option<(Value, f64)> {
        let d = self.f.def(v)?;
        let c = match d.op {
            Op::FAdd | Op::FSub => const_f64(self.f, d.arg_b())?,
            Op::IAdd | Op::ISub => const_int(self.f, d.arg_b())? as f64,
            _ => return None,
        };
        let c = if matches!(d.op, Op::FSub | Op::ISub) { -c } else { c };
        (c.abs() <= MAX_STEP && c.trunc() == c).then_some((d.arg_a(), c))
    }

    fn solve(&mut self, loops: &LoopForest) {
        let f = self.f;
        for &p in &f.blocks[f.entry()].params {
            self.of[p] = full(f.ty(p));
        }
        // Three plain rounds, then widening at loop heads. What has not settled by then is given up.
        const ROUNDS: usize = 40;
        let mut settled = false;
        for round in 0..ROUNDS {
            if !self.round(loops, Some(round).filter(|&r| r >= 3)) {
                settled = true;
                break;
            }
        }
        if !settled {
            for v in f.values.ids() {
                self.of[v] = full(f.ty(v));
            }
        }
        for _ in 0..3 {
            self.round(loops, None);
        }
    }

    /// Applies all equations once; whether anything changed. `widen` says that heads jump ahead.
    fn round(&mut self, loops: &LoopForest, widen: Option<usize>) -> bool {
        let f = self.f;
        let mut changed = false;
        for i in 0..self.cfg.rpo.len() {
            let b = self.cfg.rpo[i];
            let head =
                loops.irreducible || loops.innermost[b].some().is_some_and(|l| loops.loops[l].header == b);
            if b != f.entry() {
                for (at, &p) in f.blocks[b].params.iter().enumerate() {
                    let mut new = Range::Empty;
                    for e in &self.cfg.preds[b] {
                        let a = Value(f.list(f.block_calls[e.call].args)[at]);
                        new = join(new, self.on_edge(a, e.block, e.call));
                    }
                    if head && widen.is_some() {
                        new = widened(self.of[p], new, f.ty(p));
                    }
                    new = self.bounded(p, new);
                    changed |= self.set(p, new);
                }
            }
            for &i in &f.blocks[b].insts {
                if let Some(r) = f.result(i) {
                    let new = self.transfer(&f.insts[i], b);
                    changed |= self.set(r, new);
                }
            }
        }
        changed
    }

    fn set(&mut self, v: Value, new: Range) -> bool {
        let changed = self.of[v] != new;
        self.of[v] = new;
        changed
    }

    /// Applies the step assumption.
    fn bounded(&self, p: Value, r: Range) -> Range {
        let Some(step) = &self.steps[p] else { return r };
        let (mut lo, mut hi) = (f64::INFINITY, f64::NEG_INFINITY);
        for &i in &step.inits {
            match self.of[i] {
                Range::Float(x) => (lo, hi) = (lo.min(x.lo), hi.max(x.hi)),
                Range::Int(a, b) => (lo, hi) = (lo.min(a as f64), hi.max(b as f64)),
                Range::Empty => {}
                Range::Any => return r,
            }
        }
        if lo > hi || lo < -EXACT || hi > EXACT {
            return r;
        }
        let (lo, hi) = (lo - step.down * MAX_STEPS, hi + step.up * MAX_STEPS);
        match r {
            Range::Float(x) => Range::Float(FRange { lo: x.lo.max(lo), hi: x.hi.min(hi), ..x }),
            Range::Int(a, b) => Range::Int(a.max(lo as i64), b.min(hi as i64)),
            r => r,
        }
    }

    fn transfer(&self, d: &InstData, b: Block) -> Range {
        let whole = full(d.ty);
        if whole == Range::Any {
            return whole;
        }
        let n = d.op.info().args.len();
        let args = [d.a, d.b, d.c].map(Value);
        let get = |k: usize| if k < n { self.at(args[k], b) } else { Range::Any };
        let r = [get(0), get(1), get(2)];
        if r[..n].contains(&Range::Empty) {
            return Range::Empty;
        }
        let new = match (d.op, r[0], r[1]) {
            (Op::IConst, ..) => Range::Int(d.imm() as i64, d.imm() as i64),
            (Op::F64Const, ..) => constant(f64::from_bits(d.imm())),
            (Op::Select, _, x) => join(x, r[2]),
            (Op::LoadField, ..) => self.field(FieldId(d.b), whole),
            (Op::LoadElem, ..) => Kind::ALL.get(d.aux as usize).map_or(whole, |&k| kind_range(k)),
            (Op::StrLen, ..) => Range::Int(0, i32::MAX as i64),
            (Op::StrCharCode, ..) => Range::Int(0, 0xffff),
            (Op::BToI, ..) => Range::Int(0, 1),
            (Op::CallRt, ..) => self.runtime(d, b, whole),
            (_, Range::Int(a0, a1), Range::Int(b0, b1)) => int_binary(d, (a0, a1), (b0, b1), whole),
            (_, Range::Int(a0, a1), _) => int_unary(d, self.f.ty(d.arg_a()), a0, a1, whole),
            (_, Range::Float(x), Range::Float(y)) if d.ty == Ty::F64 => {
                Range::Float(float_binary(d.op, x, y))
            }
            (_, Range::Float(x), _) => float_unary(d, x, whole),
            _ => whole,
        };
        within(new, whole)
    }

    fn field(&self, field: FieldId, whole: Range) -> Range {
        let d = &self.m.fields[field];
        let store =
            [self.m.struct_field(StructId::Store, "len"), self.m.struct_field(StructId::Store, "cap")];
        if store.contains(&field) {
            return Range::Int(0, i32::MAX as i64);
        }
        within(kind_range(d.kind), whole)
    }

    fn runtime(&self, d: &InstData, b: Block, whole: Range) -> Range {
        let args: Vec<Value> = self.f.values_of(d.list()).collect();
        match RtFn::from_index(d.a) {
            Some(RtFn::MathRem) => match (self.at(args[0], b), self.at(args[1], b)) {
                (Range::Float(x), Range::Float(y)) => Range::Float(remainder(x, y)),
                (Range::Empty, _) | (_, Range::Empty) => Range::Empty,
                _ => whole,
            },
            Some(RtFn::StrLen | RtFn::MapSize | RtFn::MapPositions) => Range::Int(0, i32::MAX as i64),
            Some(RtFn::StrCharCodeAt) => Range::Int(-1, 0xffff),
            Some(RtFn::StrIndexOf | RtFn::StrLastIndexOf) => Range::Int(-1, i32::MAX as i64),
            _ => whole,
        }
    }
}

fn kind_range(k: Kind) -> Range {
    match k {
        Kind::I8 => Range::Int(-128, 127),
        Kind::U8 => Range::Int(0, 255),
        Kind::I16 => Range::Int(-32768, 32767),
        Kind::U16 => Range::Int(0, 65535),
        k => full(k.reg_ty()),
    }
}

/// Gives up an interval that leaves its type: the operation may have wrapped.
fn within(r: Range, whole: Range) -> Range {
    match (r, whole) {
        (Range::Int(a, b), Range::Int(c, d)) if a < c || b > d => Range::Int(c, d),
        (Range::Int(..), Range::Float(_)) | (Range::Float(_), Range::Int(..)) => whole,
        _ => r,
    }
}

fn constant(x: f64) -> Range {
    if x.is_nan() {
        return Range::Float(FRange {
            lo: f64::INFINITY,
            hi: f64::NEG_INFINITY,
            integral: true,
            neg_zero: false,
            nan: true,
        });
    }
    Range::Float(FRange {
        lo: x,
        hi: x,
        integral: x.trunc() == x,
        neg_zero: x == 0.0 && x.is_sign_negative(),
        nan: false,
    })
}

/// Where intervals stop on their way out.
fn widened(old: Range, new: Range, ty: Ty) -> Range {
    const STOPS: [i64; 9] = [0, 1, 255, 65535, i32::MAX as i64, u32::MAX as i64, 1 << 52, 1 << 53, i64::MAX];
    match (old, new) {
        (Range::Int(a, b), Range::Int(c, d)) => {
            let lo = if c >= a { a } else { STOPS.iter().map(|s| -s).find(|&s| s <= c).unwrap_or(i64::MIN) };
            let hi = if d <= b { b } else { STOPS.iter().copied().find(|&s| s >= d).unwrap_or(i64::MAX) };
            match within(Range::Int(lo, hi), full(ty)) {
                // Only the side that moved is given up.
                Range::Int(..) if ty == Ty::I32 => {
                    Range::Int(lo.max(i32::MIN as i64), hi.min(i32::MAX as i64))
                }
                r => r,
            }
        }
        (Range::Float(a), Range::Float(b)) => {
            let lo = if b.lo >= a.lo {
                a.lo
            } else {
                STOPS
                    .iter()
                    .map(|&s| -(s as f64))
                    .find(|&s| s <= b.lo && s >= -EXACT)
                    .unwrap_or(f64::NEG_INFINITY)
            };
            let hi = if b.hi <= a.hi {
                a.hi
            } else {
                STOPS.iter().map(|&s| s as f64).find(|&s| s >= b.hi && s <= EXACT).unwrap_or(f64::INFINITY)
            };
            Range::Float(FRange {
                lo,
                hi,
                integral: a.integral && b.integral,
                neg_zero: a.neg_zero || b.neg_zero,
                nan: a.nan || b.nan,
            })
        }
        (_, new) => new,
    }
}

/// Narrows `r` by a comparison with a value of range `other`.
pub fn refine(r: Range, cond: Cond, other: Range) -> Range {
    match (r, cond, other) {
        (Range::Int(a, b), Cond::Int(cc), Range::Int(c, d)) => refine_int(a, b, cc, c, d),
        (Range::Float(x), Cond::Float(cc, truth), Range::Float(y)) => {
            Range::Float(refine_float(x, cc, truth, y))
        }
        // The integer as a double: exact within 2^53, and no NaN or -0.
        (Range::Int(a, b), Cond::Float(cc, truth), Range::Float(y)) if a >= -(1 << 53) && b <= 1 << 53 => {
            let x = FRange { lo: a as f64, hi: b as f64, integral: true, neg_zero: false, nan: false };
            let n = refine_float(x, cc, truth, y);
            match (n.lo.ceil(), n.hi.floor()) {
                (lo, hi) if lo <= hi => Range::Int((lo as i64).max(a), (hi as i64).min(b)),
                _ => r,
            }
        }
        _ => r,
    }
}

fn refine_int(a: i64, b: i64, cc: IntCc, c: i64, d: i64) -> Range {
    let (mut lo, mut hi) = (a, b);
    match cc {
        IntCc::Eq => (lo, hi) = (a.max(c), b.min(d)),
        IntCc::Ne if c == d => {
            if lo == c {
                lo = lo.saturating_add(1);
            }
            if hi == c {
                hi = hi.saturating_sub(1);
            }
        }
        IntCc::Ne => {}
        IntCc::Slt => hi = b.min(d.saturating_sub(1)),
        IntCc::Sle => hi = b.min(d),
        IntCc::Sgt => lo = a.max(c.saturating_add(1)),
        IntCc::Sge => lo = a.max(c),
        // Below something that is not negative as signed: not negative itself.
        IntCc::Ult if c >= 0 => (lo, hi) = (a.max(0), b.min(d.saturating_sub(1))),
        IntCc::Ule if c >= 0 => (lo, hi) = (a.max(0), b.min(d)),
        IntCc::Ugt if a >= 0 && c >= 0 => lo = a.max(c.saturating_add(1)),
        IntCc::Uge if a >= 0 && c >= 0 => lo = a.max(c),
        _ => {}
    }
    // A contradiction means that the place cannot be reached; any interval will do.
    if lo > hi { Range::Int(a, b) } else { Range::Int(lo, hi) }
}

fn refine_float(x: FRange, cc: FloatCc, truth: bool, y: FRange) -> FRange {
    let mut r = x;
    let cc = if truth {
        cc
    } else if x.nan || y.nan {
        // The negation also holds when either is NaN; `ne` failing means equal.
        if cc != FloatCc::Ne {
            return r;
        }
        FloatCc::Eq
    } else {
        match cc {
            FloatCc::Eq => FloatCc::Ne,
            FloatCc::Ne => FloatCc::Eq,
            FloatCc::Lt => FloatCc::Ge,
            FloatCc::Le => FloatCc::Gt,
            FloatCc::Gt => FloatCc::Le,
            FloatCc::Ge => FloatCc::Lt,
        }
    };
    // Integers that differ, differ by one; beyond 2^53 adding one may do nothing, which is sound.
    let gap = if x.integral && y.integral { 1.0 } else { 0.0 };
    match cc {
        FloatCc::Eq => {
            (r.lo, r.hi, r.nan) = (x.lo.max(y.lo), x.hi.min(y.hi), false);
            r.integral |= y.integral;
        }
        FloatCc::Ne => return r,
        FloatCc::Lt => (r.hi, r.nan) = (x.hi.min(y.hi - gap), false),
        FloatCc::Le => (r.hi, r.nan) = (x.hi.min(y.hi), false),
        FloatCc::Gt => (r.lo, r.nan) = (x.lo.max(y.lo + gap), false),
        FloatCc::Ge => (r.lo, r.nan) = (x.lo.max(y.lo), false),
    }
    if r.lo > r.hi || r.lo.is_nan() || r.hi.is_nan() {
        return x;
    }
    r.neg_zero &= r.has_zero();
    r
}

/// The least 2^k - 1 that is at least `x`.
fn mask_of(x: i64) -> i64 {
    if x <= 0 { 0 } else { (((1i128 << (64 - x.leading_zeros())) - 1) as i64).max(x) }
}

fn clamp(lo: i128, hi: i128, whole: Range) -> Range {
    match whole {
        Range::Int(a, b) if lo >= a as i128 && hi <= b as i128 => Range::Int(lo as i64, hi as i64),
        w => w,
    }
}

fn corners(a: (i64, i64), b: (i64, i64), op: impl Fn(i128, i128) -> i128, whole: Range) -> Range {
    let all = [
        op(a.0 as i128, b.0 as i128),
        op(a.0 as i128, b.1 as i128),
        op(a.1 as i128, b.0 as i128),
        op(a.1 as i128, b.1 as i128),
    ];
    clamp(all.into_iter().min().unwrap_or(0), all.into_iter().max().unwrap_or(0), whole)
}

fn int_binary(d: &InstData, a: (i64, i64), b: (i64, i64), whole: Range) -> Range {
    let fixed = (b.0 == b.1).then_some(b.0);
    let width = if d.ty == Ty::I64 { 64 } else { 32 };
    match d.op {
        Op::IAdd => corners(a, b, |x, y| x + y, whole),
        Op::ISub => corners(a, b, |x, y| x - y, whole),
        Op::IMul => corners(a, b, |x, y| x * y, whole),
        Op::IAnd if a.0 >= 0 && b.0 >= 0 => Range::Int(0, a.1.min(b.1)),
        Op::IAnd if b.0 >= 0 => Range::Int(0, b.1),
        Op::IAnd if a.0 >= 0 => Range::Int(0, a.1),
        Op::IOr if a.0 >= 0 && b.0 >= 0 => Range::Int(a.0.max(b.0), mask_of(a.1.max(b.1))),
        Op::IXor if a.0 >= 0 && b.0 >= 0 => Range::Int(0, mask_of(a.1.max(b.1))),
        Op::Shl => match fixed.map(|c| c & (width - 1)) {
            Some(c) => clamp((a.0 as i128) << c, (a.1 as i128) << c, whole),
            None => whole,
        },
        Op::SShr => match fixed.map(|c| c & (width - 1)) {
            Some(c) => Range::Int(a.0 >> c, a.1 >> c),
            None => Range::Int(a.0.min(0), a.1.max(0)),
        },
        Op::UShr => match fixed.map(|c| c & (width - 1)) {
            Some(c) if a.0 >= 0 => Range::Int(a.0 >> c, a.1 >> c),
            Some(c) if c > 0 => {
                Range::Int(0, if width == 64 { (u64::MAX >> c) as i64 } else { (u32::MAX >> c) as i64 })
            }
            None if a.0 >= 0 => Range::Int(0, a.1),
            _ => whole,
        },
        Op::SDiv if b.0 > 0 => corners(a, b, |x, y| x / y, whole),
        Op::UDiv if b.0 > 0 && a.0 >= 0 => corners(a, b, |x, y| x / y, whole),
        Op::SRem if b.0 > 0 => {
            let m = b.1 - 1;
            Range::Int(if a.0 >= 0 { 0 } else { a.0.max(-m) }, if a.1 <= 0 { 0 } else { a.1.min(m) })
        }
        Op::URem if b.0 > 0 && a.0 >= 0 => Range::Int(0, a.1.min(b.1 - 1)),
        Op::URem if b.0 > 0 => Range::Int(0, b.1 - 1),
        _ => whole,
    }
}

fn int_unary(d: &InstData, from: Ty, a: i64, b: i64, whole: Range) -> Range {
    let keep = |lo: i64, hi: i64| if a >= lo && b <= hi { Range::Int(a, b) } else { Range::Int(lo, hi) };
    match d.op {
        Op::INeg => clamp(-(b as i128), -(a as i128), whole),
        Op::INot => Range::Int(!b, !a),
        Op::SExt8 => keep(-128, 127),
        Op::SExt16 => keep(-32768, 32767),
        Op::ZExt8 => keep(0, 255),
        Op::ZExt16 => keep(0, 65535),
        Op::SExt32 => Range::Int(a, b),
        Op::ZExt32 => keep(0, u32::MAX as i64),
        Op::Trunc => keep(i32::MIN as i64, i32::MAX as i64),
        Op::Clz => Range::Int(0, if d.ty == Ty::I64 { 64 } else { 32 }),
        Op::SToF if d.ty == Ty::F64 => int_float(a as f64, b as f64),
        Op::UToF if d.ty == Ty::F64 && a >= 0 => int_float(a as f64, b as f64),
        Op::UToF if d.ty == Ty::F64 && from == Ty::I32 => int_float(0.0, u32::MAX as f64),
        _ => whole,
    }
}

fn int_float(lo: f64, hi: f64) -> Range {
    Range::Float(FRange { lo, hi, integral: true, neg_zero: false, nan: false })
}

fn float_unary(d: &InstData, x: FRange, whole: Range) -> Range {
    let to_int = |lo: i64, hi: i64| {
        let (a, b) = (x.lo.trunc(), x.hi.trunc());
        (!x.nan && a >= lo as f64 && b <= hi as f64 && b < 9.2e18).then_some(Range::Int(a as i64, b as i64))
    };
    let crosses = x.lo < 0.0 && x.hi > -1.0;
    let r = match d.op {
        Op::FToS | Op::FToSSat if d.ty == Ty::I64 => return to_int(i64::MIN, i64::MAX).unwrap_or(whole),
        Op::FToS | Op::FToSSat | Op::FToInt32 => {
            return to_int(i32::MIN as i64, i32::MAX as i64).unwrap_or(whole);
        }
        Op::FFloor => FRange { lo: x.lo.floor(), hi: x.hi.floor(), integral: true, ..x },
        Op::FCeil => FRange {
            lo: x.lo.ceil(),
            hi: x.hi.ceil(),
            integral: true,
            neg_zero: x.neg_zero || (crosses && !x.integral),
            ..x
        },
        Op::FTrunc => FRange {
            lo: x.lo.trunc(),
            hi: x.hi.trunc(),
            integral: true,
            neg_zero: x.neg_zero || (crosses && !x.integral),
            ..x
        },
        Op::FNeg => FRange { lo: -x.hi, hi: -x.lo, neg_zero: x.has_zero(), ..x },
        Op::FAbs => FRange {
            lo: if x.has_zero() { 0.0 } else { x.lo.abs().min(x.hi.abs()) },
            hi: x.lo.abs().max(x.hi.abs()),
            neg_zero: false,
            ..x
        },
        Op::FCanon => x,
        Op::FSqrt if x.lo >= 0.0 => FRange { lo: x.lo.sqrt(), hi: x.hi.sqrt(), integral: false, ..x },
        _ => return whole,
    };
    Range::Float(r)
}

fn float_binary(op: Op, x: FRange, y: FRange) -> FRange {
    let infinite = |r: &FRange| r.lo == f64::NEG_INFINITY || r.hi == f64::INFINITY;
    let integral = x.integral && y.integral;
    let nan = x.nan || y.nan;
    let r = match op {
        Op::FAdd => FRange {
            lo: x.lo + y.lo,
            hi: x.hi + y.hi,
            integral,
            neg_zero: x.neg_zero && y.neg_zero,
            nan: nan || (infinite(&x) && infinite(&y)),
        },
        Op::FSub => FRange {
            lo: x.lo - y.hi,
            hi: x.hi - y.lo,
            integral,
            neg_zero: x.neg_zero && y.has_zero(),
            nan: nan || (infinite(&x) && infinite(&y)),
        },
        Op::FMul => {
            if infinite(&x) || infinite(&y) {
                return FRange { integral: false, ..FRange::FULL };
            }
            let c = [x.lo * y.lo, x.lo * y.hi, x.hi * y.lo, x.hi * y.hi];
            let positive = x.lo >= 0.0 && y.lo >= 0.0 && !x.neg_zero && !y.neg_zero;
            let zero =
                (x.has_zero() && (y.lo < 0.0 || y.neg_zero)) || (y.has_zero() && (x.lo < 0.0 || x.neg_zero));
            FRange {
                lo: c.iter().copied().fold(f64::INFINITY, f64::min),
                hi: c.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                integral,
                neg_zero: if integral { zero } else { !positive },
                nan,
            }
        }
        Op::FDiv if y.lo == y.hi && y.lo != 0.0 && y.lo.is_finite() && !y.nan => {
            let (a, b) = (x.lo / y.lo, x.hi / y.lo);
            FRange {
                lo: a.min(b),
                hi: a.max(b),
                integral: false,
                neg_zero: !(x.lo >= 0.0 && !x.neg_zero && y.lo > 0.0),
                nan: x.nan,
            }
        }
        Op::FMin => FRange {
            lo: x.lo.min(y.lo),
            hi: x.hi.min(y.hi),
            integral,
            neg_zero: x.neg_zero || y.neg_zero,
            nan,
        },
        Op::FMax => FRange {
            lo: x.lo.max(y.lo),
            hi: x.hi.max(y.hi),
            integral,
            neg_zero: x.neg_zero || y.neg_zero,
            nan,
        },
        _ => FRange::FULL,
    };
    // NaN among the bounds: infinities met, or an operand that is always NaN.
    if r.lo.is_nan() || r.hi.is_nan() || r.lo > r.hi { FRange::FULL } else { r }
}

/// Range of `x % y`.
fn remainder(x: FRange, y: FRange) -> FRange {
    let finite = x.lo.is_finite() && x.hi.is_finite();
    let exact = x.integral && y.integral && finite && !x.nan && !y.nan && !y.has_zero();
    let below = y.lo.abs().max(y.hi.abs()) - if x.integral && y.integral { 1.0 } else { 0.0 };
    let most = x.lo.abs().max(x.hi.abs()).min(below.max(0.0));
    let most = if most.is_nan() { f64::INFINITY } else { most };
    FRange {
        lo: if x.lo >= 0.0 { 0.0 } else { -most },
        hi: if x.hi <= 0.0 { 0.0 } else { most },
        integral: x.integral && y.integral,
        neg_zero: x.lo < 0.0 || x.neg_zero,
        nan: !exact && (x.nan || y.nan || !finite || y.has_zero()),
    }
}

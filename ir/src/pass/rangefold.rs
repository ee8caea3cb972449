//! Comparisons and widths that ranges decide: bounds checks above all.
//!
//! Three sources of knowledge about `x < y`: the intervals of both; facts from branches
//! that dominate the place; and chains of differences `x = z + c`, `z < y` followed through
//! loop variables, as in Bodik, Gupta and Sarkar, "ABCD: Eliminating Array Bounds Checks
//! on Demand" (PLDI 2000). A condition that a dominating branch has decided is replaced
//! by its outcome. Unsigned comparisons of what is not negative are treated as signed.

use super::edit::*;
use super::simplify::un;
use crate::analysis::range::{Cond, Ranges, condition, edge_condition};
use crate::analysis::{Cfg, DomTree, LoopForest, def_block, inst_blocks};
use crate::ids::*;
use crate::op::*;
use crate::{Def, Func, InstData, Module, Ty};
use std::cell::Cell;

/// Longest chain of differences that is followed.
const MAX_DEPTH: u32 = 10;
/// Most steps of one proof, so that a comparison among hundreds of facts stays cheap.
const MAX_STEPS: u32 = 400;

pub fn run(f: &mut Func, m: &Module) -> bool {
    let cfg = Cfg::new(f);
    let dom = DomTree::new(f, &cfg);
    let loops = LoopForest::new(f, &cfg, &dom);
    let mut plans: Vec<(Inst, InstData)> = Vec::new();
    let mut uses: Vec<(Inst, Value, bool)> = Vec::new();
    {
        let r = Ranges::new(f, m, &cfg, &dom, &loops);
        let known = decided(f, &cfg);
        let p = Prover { f, r: &r, blocks: inst_blocks(f), fuel: Cell::new(0) };
        for &b in &cfg.rpo {
            for &i in &f.blocks[b].insts {
                if let Some(d) = p.fold(i, b) {
                    plans.push((i, d));
                }
                f.for_each_arg(i, |v| {
                    if f.ty(v) == Ty::Bool
                        && let Some(&(_, truth)) = known[v].iter().find(|k| dom.dominates(k.0, b))
                    {
                        uses.push((i, v, truth));
                    }
                });
            }
        }
    }
    let changed = !plans.is_empty() || !uses.is_empty();
    for (i, v, truth) in uses {
        let (k, c) = make(f, InstData::imm64(Op::BConst, Ty::Bool, truth as u64), u32::MAX);
        let entry = f.entry();
        f.blocks[entry].insts.insert(0, k);
        f.map_args(i, |x| if x == v { c } else { x });
    }
    for (i, d) in plans {
        f.insts[i] = d;
    }
    changed
}

/// For each branch condition, the blocks in which it is known.
fn decided(f: &Func, cfg: &Cfg) -> Table<Value, Vec<(Block, bool)>> {
    let mut t = Table::filled(f.values.len(), Vec::new());
    for &b in &cfg.rpo {
        if let [p] = cfg.preds[b].as_slice()
            && let Some((v, truth)) = edge_condition(f, p.block, p.call)
        {
            t[v].push((b, truth));
        }
    }
    t
}

struct Prover<'a> {
    f: &'a Func,
    r: &'a Ranges<'a>,
    blocks: Table<Inst, Block>,
    /// Steps left to the current proof.
    fuel: Cell<u32>,
}

impl Prover<'_> {
    /// What an instruction becomes, given what is known in its block.
    fn fold(&self, i: Inst, b: Block) -> Option<InstData> {
        let d = self.f.insts[i];
        let boolean = |t: bool| InstData::imm64(Op::BConst, Ty::Bool, t as u64);
        match d.op {
            Op::ICmp if self.f.ty(d.arg_a()).is_int() => {
                let cc = IntCc::get(d.aux)?;
                if let Some(t) = self.decide(cc, d.arg_a(), d.arg_b(), b) {
                    return Some(boolean(t));
                }
                None
            }
            Op::SAddOv | Op::SSubOv | Op::SMulOv => {
                let (x, y) = (self.r.int_at(d.arg_a(), b), self.r.int_at(d.arg_b(), b));
                let op = |a: i64, b: i64| match d.op {
                    Op::SAddOv => a as i128 + b as i128,
                    Op::SSubOv => a as i128 - b as i128,
                    _ => a as i128 * b as i128,
                };
                let fits = |v: i128| {
                    if self.f.ty(d.arg_a()) == Ty::I64 {
                        i64::try_from(v).is_ok()
                    } else {
                        i32::try_from(v).is_ok()
                    }
                };
                let all = [op(x.0, y.0), op(x.0, y.1), op(x.1, y.0), op(x.1, y.1)];
                all.into_iter().all(fits).then(|| boolean(false))
            }
            Op::SExt32 | Op::ZExt32 if self.truncated(d.op, d.arg_a(), b).is_some() => {
                let x = self.truncated(d.op, d.arg_a(), b)?;
                // As an `or` of the value with itself, which value numbering removes.
                Some(InstData { a: x.0, b: x.0, ..InstData::new(Op::IOr, Ty::I64) })
            }
            // Of what is not negative, the unsigned forms are cheaper or as cheap.
            Op::SExt32 if self.r.int_at(d.arg_a(), b).0 >= 0 => Some(un(Op::ZExt32, Ty::I64, d.arg_a())),
            Op::SDiv | Op::SRem if self.r.int_at(d.arg_a(), b).0 >= 0 => {
                let c = const_int(self.f, d.arg_b())?;
                let op = if d.op == Op::SDiv { Op::UDiv } else { Op::URem };
                (c > 1 && (c as u64).is_power_of_two()).then_some(InstData { op, ..d })
            }
            Op::UToF if self.f.ty(d.arg_a()) == Ty::I32 && self.r.int_at(d.arg_a(), b).0 >= 0 => {
                Some(InstData { op: Op::SToF, ..d })
            }
            Op::IAnd => {
                // A mask that keeps every bit that can be set.
                let c = const_int(self.f, d.arg_b())?;
                let (lo, hi) = self.r.int_at(d.arg_a(), b);
                let all_ones = c >= 0 && (c as u64 + 1).is_power_of_two();
                (all_ones && lo >= 0 && hi <= c && c != -1).then(|| {
                    // As an `or` of the value with itself, which value numbering removes.
                    InstData { op: Op::IOr, b: d.a, ..d }
                })
            }
            _ => None,
        }
    }

    /// The i64 whose low half is extended again without loss.
    fn truncated(&self, op: Op, v: Value, b: Block) -> Option<Value> {
        let x = self.f.def(v).filter(|d| d.op == Op::Trunc)?.arg_a();
        let (lo, hi) = self.r.int_at(x, b);
        let fits = if op == Op::SExt32 {
            lo >= i32::MIN as i64 && hi <= i32::MAX as i64
        } else {
            lo >= 0 && hi <= u32::MAX as i64
        };
        fits.then_some(x)
    }

    fn decide(&self, cc: IntCc, x: Value, y: Value, b: Block) -> Option<bool> {
        let (a, c) = (self.r.int_at(x, b), self.r.int_at(y, b));
        if let Some(t) = compare(cc, a, c) {
            return Some(t);
        }
        let signed = match cc {
            IntCc::Ult | IntCc::Ule | IntCc::Ugt | IntCc::Uge if a.0 >= 0 && c.0 >= 0 => match cc {
                IntCc::Ult => IntCc::Slt,
                IntCc::Ule => IntCc::Sle,
                IntCc::Ugt => IntCc::Sgt,
                _ => IntCc::Sge,
            },
            IntCc::Ult | IntCc::Ule | IntCc::Ugt | IntCc::Uge => return None,
            cc => cc,
        };
        let le = |p: Value, q: Value, k: i64| {
            self.fuel.set(MAX_STEPS);
            self.prove(p, q, k, b, MAX_DEPTH, &mut Vec::new())
        };
        match signed {
            IntCc::Slt if le(x, y, -1) => Some(true),
            IntCc::Slt if le(y, x, 0) => Some(false),
            IntCc::Sle if le(x, y, 0) => Some(true),
            IntCc::Sle if le(y, x, -1) => Some(false),
            IntCc::Sgt if le(y, x, -1) => Some(true),
            IntCc::Sgt if le(x, y, 0) => Some(false),
            IntCc::Sge if le(y, x, 0) => Some(true),
            IntCc::Sge if le(x, y, -1) => Some(false),
            IntCc::Eq if le(x, y, -1) || le(y, x, -1) => Some(false),
            IntCc::Ne if le(x, y, -1) || le(y, x, -1) => Some(true),
            _ => None,
        }
    }

    /// Whether x - y <= k, as integers without wrapping, holds in block `b`.
    fn prove(
        &self,
        x: Value,
        y: Value,
        k: i64,
        b: Block,
        depth: u32,
        assumed: &mut Vec<(Value, Value, i64)>,
    ) -> bool {
        if x == y {
            return k >= 0;
        }
        let Some(fuel) = self.fuel.get().checked_sub(1) else { return false };
        self.fuel.set(fuel);
        let ((_, hi), (lo, _)) = (self.r.int_at(x, b), self.r.int_at(y, b));
        if hi as i128 - lo as i128 <= k as i128 {
            return true;
        }
        if depth == 0 || self.f.ty(x) != self.f.ty(y) {
            return depth > 0 && self.widths(x, y, k, b, depth, assumed);
        }
        // x < z and x <= z, from branches.
        for fact in &self.r.facts[x] {
            let Cond::Int(cc) = fact.cond else { continue };
            if !self.r.dom.dominates(fact.block, b) {
                continue;
            }
            let slack = match cc {
                IntCc::Slt => -1,
                IntCc::Sle | IntCc::Eq => 0,
                IntCc::Ult if self.r.int_at(fact.other, b).0 >= 0 => -1,
                IntCc::Ule if self.r.int_at(fact.other, b).0 >= 0 => 0,
                _ => continue,
            };
            if fact.other != x
                && k.checked_sub(slack).is_some_and(|k| self.prove(fact.other, y, k, b, depth - 1, assumed))
            {
                return true;
            }
        }
        self.by_definition(x, y, k, b, depth, assumed)
    }

    /// Follows the definition of x, or of y where it is a sum.
    fn by_definition(
        &self,
        x: Value,
        y: Value,
        k: i64,
        b: Block,
        depth: u32,
        assumed: &mut Vec<(Value, Value, i64)>,
    ) -> bool {
        if let Some((z, c)) = self.sum(x, b)
            && k.checked_sub(c).is_some_and(|k| self.prove(z, y, k, b, depth - 1, assumed))
        {
            return true;
        }
        if let Some((z, c)) = self.sum(y, b)
            && k.checked_add(c).is_some_and(|k| self.prove(x, z, k, b, depth - 1, assumed))
        {
            return true;
        }
        if self.widths(x, y, k, b, depth, assumed) {
            return true;
        }
        match self.f.values[x].def {
            Def::Inst(i) => {
                let d = &self.f.insts[i];
                match d.op {
                    // x & m, x >> s, x / c and x % m of what is not negative do not grow.
                    Op::IAnd => {
                        let (p, q) = (d.arg_a(), d.arg_b());
                        self.r.int_at(q, b).0 >= 0 && self.prove(q, y, k, b, depth - 1, assumed)
                            || self.r.int_at(p, b).0 >= 0 && self.prove(p, y, k, b, depth - 1, assumed)
                    }
                    Op::SShr | Op::UShr | Op::SDiv | Op::UDiv | Op::SRem | Op::URem
                        if self.r.int_at(d.arg_a(), b).0 >= 0 && self.r.int_at(d.arg_b(), b).0 >= 0 =>
                    {
                        self.prove(d.arg_a(), y, k, b, depth - 1, assumed)
                            || matches!(d.op, Op::SRem | Op::URem)
                                && self.r.int_at(d.arg_b(), b).0 > 0
                                && k.checked_add(1)
                                    .is_some_and(|k| self.prove(d.arg_b(), y, k, b, depth - 1, assumed))
                    }
                    Op::Select => {
                        self.prove(d.arg_b(), y, k, b, depth - 1, assumed)
                            && self.prove(d.arg_c(), y, k, b, depth - 1, assumed)
                    }
                    _ => false,
                }
            }
            Def::Param(at, index) => self.parameter(x, at, index, y, k, depth, assumed),
        }
    }

    /// A parameter is bounded when all its arguments are, assuming so for the ones that come around a loop.
    #[allow(clippy::too_many_arguments)]
    fn parameter(
        &self,
        x: Value,
        at: Block,
        index: u32,
        y: Value,
        k: i64,
        depth: u32,
        assumed: &mut Vec<(Value, Value, i64)>,
    ) -> bool {
        if assumed.iter().any(|&(p, q, c)| p == x && q == y && c <= k) {
            return true;
        }
        let home = def_block(self.f, &self.blocks, y);
        // y must be one value for all trips around a loop headed here.
        if at == self.f.entry() || home == at || !self.r.dom.dominates(home, at) {
            return false;
        }
        assumed.push((x, y, k));
        let ok = self.r.cfg.preds[at].iter().all(|e| {
            let a = args_of(self.f, e.call)[index as usize];
            self.on_edge(a, y, k, e.block, e.call, depth - 1, assumed)
        });
        assumed.pop();
        ok
    }

    #[allow(clippy::too_many_arguments)]
    fn on_edge(
        &self,
        a: Value,
        y: Value,
        k: i64,
        from: Block,
        call: BlockCallId,
        depth: u32,
        assumed: &mut Vec<(Value, Value, i64)>,
    ) -> bool {
        if let Some((c, truth)) = edge_condition(self.f, from, call)
            && let Some((p, Cond::Int(cc), q)) = condition(self.f, c, truth)
        {
            let holds = match cc {
                IntCc::Slt => p == a && q == y && k >= -1,
                IntCc::Sle | IntCc::Eq => p == a && q == y && k >= 0,
                IntCc::Sgt => q == a && p == y && k >= -1,
                IntCc::Sge => q == a && p == y && k >= 0,
                _ => false,
            };
            if holds {
                return true;
            }
        }
        self.prove(a, y, k, from, depth, assumed)
    }

    /// Compares through extensions to i64, which keep signed values.
    fn widths(
        &self,
        x: Value,
        y: Value,
        k: i64,
        b: Block,
        depth: u32,
        assumed: &mut Vec<(Value, Value, i64)>,
    ) -> bool {
        let inner = |v: Value| {
            let d = self.f.def(v)?;
            let keeps = d.op == Op::SExt32 || d.op == Op::ZExt32 && self.r.int_at(d.arg_a(), b).0 >= 0;
            keeps.then(|| d.arg_a())
        };
        match (inner(x), inner(y)) {
            (Some(p), Some(q)) => self.prove(p, q, k, b, depth - 1, assumed),
            (Some(p), None) if self.f.ty(y) == Ty::I32 => self.prove(p, y, k, b, depth - 1, assumed),
            (None, Some(q)) if self.f.ty(x) == Ty::I32 => self.prove(x, q, k, b, depth - 1, assumed),
            _ => false,
        }
    }

    /// `z + c` that does not wrap.
    fn sum(&self, v: Value, b: Block) -> Option<(Value, i64)> {
        let d = self.f.def(v).filter(|d| d.op == Op::IAdd)?;
        let c = const_int(self.f, d.arg_b())?;
        // The operand's range where the sum is computed, not where it is used.
        let home = self.f.def_inst(v).map_or(b, |i| self.blocks[i]);
        let (lo, hi) = self.r.int_at(d.arg_a(), home);
        let (min, max) =
            if d.ty == Ty::I64 { (i64::MIN, i64::MAX) } else { (i32::MIN as i64, i32::MAX as i64) };
        let fits = lo as i128 + c as i128 >= min as i128 && hi as i128 + c as i128 <= max as i128;
        fits.then(|| (d.arg_a(), c))
    }
}

/// The outcome of a comparison that two signed intervals decide.
fn compare(cc: IntCc, a: (i64, i64), c: (i64, i64)) -> Option<bool> {
    let both = |t: bool, f: bool| {
        if t {
            Some(true)
        } else if f {
            Some(false)
        } else {
            None
        }
    };
    let unsigned_like_signed = a.0 >= 0 && c.0 >= 0;
    match cc {
        IntCc::Eq => both(a.0 == a.1 && a == c, a.1 < c.0 || c.1 < a.0),
        IntCc::Ne => both(a.1 < c.0 || c.1 < a.0, a.0 == a.1 && a == c),
        IntCc::Slt => both(a.1 < c.0, a.0 >= c.1),
        IntCc::Sle => both(a.1 <= c.0, a.0 > c.1),
        IntCc::Sgt => both(a.0 > c.1, a.1 <= c.0),
        IntCc::Sge => both(a.0 >= c.1, a.1 < c.0),
        IntCc::Ult if unsigned_like_signed => compare(IntCc::Slt, a, c),
        IntCc::Ule if unsigned_like_signed => compare(IntCc::Sle, a, c),
        IntCc::Ugt if unsigned_like_signed => compare(IntCc::Sgt, a, c),
        IntCc::Uge if unsigned_like_signed => compare(IntCc::Sge, a, c),
        _ => None,
    }
}

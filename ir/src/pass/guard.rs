//! Loops over whole numbers that arrive as doubles.
//!
//! `a[i * n + j]` with an unannotated parameter `n` computes its index in doubles and tests
//! at each access that it is an integer, since `n` could be a fraction. Where the values
//! that do not change in a loop are all that stands in the way, the loop gets two versions:
//! in the first they are integers below 2^25 in magnitude, which one test of each in front
//! establishes, and `intrep` computes with integers there.
//!
//! ```text
//! pre: k = (f_to_s n) in 26 bits; branch bits(s_to_f k) == bits(n), loop[s_to_f k / n], loop'
//! ```
//! The bound keeps products of two such numbers, and sums of products, below 2^53. Comparing
//! bits keeps out -0 and NaN. A loop is only changed if the analysis of the result proves an
//! index or a conversion that it could not prove before.

use super::copy;
use super::edit::{args_of, const_f64, make, set_args};
use super::simplify::{bin, un};
use crate::analysis::range::Ranges;
use crate::analysis::{Cfg, DomTree, LoopForest, LoopId, def_block, inst_blocks};
use crate::ids::*;
use crate::op::*;
use crate::{Def, Func, InstData, Module, Ty};
use hashbrown::HashSet;
use ultra_abi::rtfn::RtFn;

/// Bits of the integers that are tested for, with the sign.
const BITS: u64 = 26;
/// Most values that are tested in front of one loop.
const MAX_VALUES: usize = 6;
/// Largest loop that is copied, and most instructions that are copied in one function.
const MAX_LOOP: usize = 400;
const MAX_GROWTH: usize = 800;
/// Largest slice that is looked at.
const MAX_SLICE: usize = 64;

pub fn run(f: &mut Func, m: &Module) -> bool {
    let mut seen: Vec<Block> = Vec::new();
    let mut growth = 0;
    // What is known where a loop is entered needs a block that only the entering edge reaches.
    let mut changed = super::licm::preheaders(f);
    // Copying changes the forest, so each round redoes the analysis; every header is tried once.
    while let Some((new, size)) = next(f, m, &mut seen, MAX_GROWTH - growth) {
        *f = new;
        growth += size;
        changed = true;
    }
    changed
}

/// The function with one more loop versioned, and the size of that loop.
fn next(f: &Func, m: &Module, seen: &mut Vec<Block>, room: usize) -> Option<(Func, usize)> {
    if !f.layout.iter().any(|&b| f.blocks[b].insts.iter().any(|&i| is_conversion(&f.insts[i]))) {
        return None;
    }
    let cfg = Cfg::new(f);
    let dom = DomTree::new(f, &cfg);
    let loops = LoopForest::new(f, &cfg, &dom);
    if loops.irreducible {
        return None;
    }
    let ranges = Ranges::new(f, m, &cfg, &dom, &loops);
    let home = inst_blocks(f);
    for l in loops.loops.ids() {
        let h = loops.loops[l].header;
        if seen.contains(&h) {
            continue;
        }
        seen.push(h);
        let size = copy::size(f, &loops, l);
        if f.blocks[h].cold || size > MAX_LOOP.min(room) || !copy::can_version(f, &loops, l) {
            continue;
        }
        let slicer = Slicer { f, r: &ranges, loops: &loops, l, home: &home };
        let values = slicer.values();
        if values.is_empty() || values.len() > MAX_VALUES {
            continue;
        }
        let mut new = f.clone();
        apply(&mut new, &loops, l, &values);
        if proven(&new, m, &loops, l) > count(f, &ranges, &loops, l) {
            return Some((new, size));
        }
    }
    None
}

/// A conversion of a double that costs less when the double is an integer.
fn is_conversion(d: &InstData) -> bool {
    matches!(d.op, Op::FToS | Op::FToInt32) || d.op == Op::CallRt && d.a == RtFn::MathRem as u32
}

fn operand(f: &Func, d: &InstData) -> Value {
    if d.op == Op::CallRt { f.values_of(d.list()).next().unwrap_or(Value::NONE) } else { d.arg_a() }
}

/// Conversions of integers in the hot part of a loop.
fn count(f: &Func, r: &Ranges<'_>, loops: &LoopForest, l: LoopId) -> usize {
    let hot = loops.loops[l].blocks.iter().filter(|&&b| !f.blocks[b].cold);
    let insts = hot.flat_map(|&b| f.blocks[b].insts.iter().map(move |&i| (b, i)));
    insts
        .filter(|&(b, i)| {
            is_conversion(&f.insts[i]) && r.float_at(operand(f, &f.insts[i]), b).is_int_or_neg_zero()
        })
        .count()
}

fn proven(f: &Func, m: &Module, old: &LoopForest, l: LoopId) -> usize {
    let cfg = Cfg::new(f);
    let dom = DomTree::new(f, &cfg);
    let loops = LoopForest::new(f, &cfg, &dom);
    let r = Ranges::new(f, m, &cfg, &dom, &loops);
    count(f, &r, old, l)
}

struct Slicer<'a> {
    f: &'a Func,
    r: &'a Ranges<'a>,
    loops: &'a LoopForest,
    l: LoopId,
    home: &'a Table<Inst, Block>,
}

impl Slicer<'_> {
    /// Invariant doubles that, were they integers, would make some conversion of the loop one of an integer.
    fn values(&self) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        for &b in self.loops.loops[self.l].blocks.iter().filter(|&&b| !self.f.blocks[b].cold) {
            for &i in &self.f.blocks[b].insts {
                let d = &self.f.insts[i];
                if !is_conversion(d) {
                    continue;
                }
                let v = operand(self.f, d);
                if self.f.ty(v) != Ty::F64 || self.r.float_at(v, b).is_int() || self.outside(v) {
                    continue;
                }
                let mut slice = Slice { seen: HashSet::new(), found: Vec::new() };
                if self.slice(v, &mut slice) {
                    for v in slice.found {
                        if !all.contains(&v) {
                            all.push(v);
                        }
                    }
                }
            }
        }
        all
    }

    fn outside(&self, v: Value) -> bool {
        !self.loops.contains(self.l, def_block(self.f, self.home, v))
    }

    /// Whether `v` is an integer if all of `found` are.
    fn slice(&self, v: Value, s: &mut Slice) -> bool {
        let f = self.f;
        if !s.seen.insert(v) || self.r.float(v).is_int() {
            return true;
        }
        if s.seen.len() > MAX_SLICE || f.ty(v) != Ty::F64 {
            return false;
        }
        if let Some(c) = const_f64(f, v) {
            return c.trunc() == c;
        }
        if self.outside(v) {
            s.found.push(v);
            return true;
        }
        match f.values[v].def {
            Def::Param(b, at) => {
                // What bounds a loop variable matters as well, but does not decide.
                self.bounds(v, s);
                self.r.cfg.preds[b].iter().all(|p| {
                    let a = Value(f.list(f.block_calls[p.call].args)[at as usize]);
                    self.bounds(a, s);
                    self.slice(a, s)
                })
            }
            Def::Inst(i) => {
                let d = f.insts[i];
                let (a, b) = (d.arg_a(), d.arg_b());
                match d.op {
                    Op::FAdd | Op::FSub | Op::FMul | Op::FMin | Op::FMax => {
                        self.slice(a, s) && self.slice(b, s)
                    }
                    Op::FNeg | Op::FAbs | Op::FCanon => self.slice(a, s),
                    Op::Select => self.slice(b, s) && self.slice(d.arg_c(), s),
                    Op::SToF | Op::FFloor | Op::FTrunc | Op::FCeil => true,
                    Op::CallRt if d.a == RtFn::MathRem as u32 => {
                        f.values_of(d.list()).collect::<Vec<_>>().into_iter().all(|a| self.slice(a, s))
                    }
                    _ => false,
                }
            }
        }
    }

    /// Invariants that a value is compared with.
    fn bounds(&self, v: Value, s: &mut Slice) {
        // Facts that hold in the loop: what they compare with is known in front of it.
        let facts = self.r.facts.get(v).into_iter().flatten();
        for fact in facts.filter(|x| self.loops.contains(self.l, x.block)) {
            let o = fact.other;
            let known = self.r.float(o).is_int() || const_f64(self.f, o).is_some();
            if self.f.ty(o) == Ty::F64 && self.outside(o) && !known && s.seen.insert(o) {
                s.found.push(o);
            }
        }
    }
}

struct Slice {
    seen: HashSet<Value>,
    found: Vec<Value>,
}

fn apply(f: &mut Func, loops: &LoopForest, l: LoopId, values: &[Value]) {
    let mut subst: Vec<(Value, Value)> = Vec::new();
    copy::version(f, loops, l, |f, out, _| {
        let put = |f: &mut Func, out: &mut Vec<Inst>, d: InstData| {
            let (i, v) = make(f, d, u32::MAX);
            out.push(i);
            v
        };
        let shift = put(f, out, InstData::imm64(Op::IConst, Ty::I64, 64 - BITS));
        let no = put(f, out, InstData::imm64(Op::BConst, Ty::Bool, 0));
        let mut ok: Option<Value> = None;
        for &v in values {
            let k = put(f, out, un(Op::FToS, Ty::I64, v));
            let k = put(f, out, bin(Op::Shl, k, shift));
            let k = put(f, out, bin(Op::SShr, k, shift));
            let x = put(f, out, un(Op::SToF, Ty::F64, k));
            let (p, q) = (put(f, out, un(Op::FBits, Ty::I64, x)), put(f, out, un(Op::FBits, Ty::I64, v)));
            let same = put(f, out, InstData { aux: IntCc::Eq as u16, ..bin(Op::ICmp, p, q) });
            subst.push((v, x));
            ok = Some(match ok {
                None => same,
                Some(before) => put(
                    f,
                    out,
                    InstData { a: before.0, b: same.0, c: no.0, ..InstData::new(Op::Select, Ty::Bool) },
                ),
            });
        }
        ok.unwrap_or(no)
    });
    let replaced = |a: Value| subst.iter().find(|s| s.0 == a).map_or(a, |s| s.1);
    for &b in &loops.loops[l].blocks {
        for k in 0..f.blocks[b].insts.len() {
            let i = f.blocks[b].insts[k];
            f.map_args(i, replaced);
        }
    }
    // Header parameters that start at a tested value start at its integer in the first version.
    for c in copy::entering_edges(f, loops, l) {
        let new: Vec<Value> = args_of(f, c).into_iter().map(replaced).collect();
        set_args(f, c, &new);
    }
}

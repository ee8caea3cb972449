//! Liveness, and from it two assignments: WebAssembly locals and shadow-stack slots.
//!
//! A value's interval is the hull of the places where it lives, over the blocks in
//! reverse postorder. Values of one WebAssembly type whose intervals are disjoint
//! share a local; references that live across an instruction that may scan get a
//! slot of the shadow frame in the same way.
//!
//! ```text
//! place:  block start | use of inst 0 | def of inst 0 | use of inst 1 | ...      (numbers grow)
//! ```
//! A parameter is written on the edges to its block, where only values that live on
//! that edge matter, so it counts as defined at the block's start.

use super::cfg::Cfg;
use std::collections::BTreeSet;
use ultra_ir::ids::Id;
use ultra_ir::{Block, Func, Inst, Value};
use wasm_encoder::ValType;

/// From the definition to the last use, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub start: u32,
    pub end: u32,
}

#[derive(Debug)]
pub struct Liveness {
    /// By value; `None` for one that is never defined in a reachable block.
    pub intervals: Vec<Option<Interval>>,
    /// Values that live across an instruction for which `crossing` held, by value.
    pub crosses: Vec<bool>,
}

/// Bit set over values.
#[derive(Clone, PartialEq, Eq)]
struct Bits(Vec<u64>);

impl Bits {
    fn new(len: usize) -> Bits {
        Bits(vec![0; len.div_ceil(64)])
    }

    fn set(&mut self, v: Value) {
        self.0[v.index() / 64] |= 1 << (v.index() % 64);
    }

    fn clear(&mut self, v: Value) {
        self.0[v.index() / 64] &= !(1 << (v.index() % 64));
    }

    /// Adds the bits of `other`; whether that changed anything.
    fn join(&mut self, other: &Bits) -> bool {
        let mut changed = false;
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            changed |= *b & !*a != 0;
            *a |= *b;
        }
        changed
    }

    fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        self.0.iter().enumerate().flat_map(|(i, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(Value(i as u32 * 64 + bit))
            })
        })
    }
}

impl Liveness {
    /// `tracked` says which values need a place at all; `crossing` which instructions may scan.
    pub fn new(
        func: &Func,
        cfg: &Cfg,
        tracked: impl Fn(Value) -> bool,
        crossing: impl Fn(Inst) -> bool,
    ) -> Liveness {
        let n = func.values.len();
        let live_in = block_live_in(func, cfg, &tracked);
        let mut out = Liveness { intervals: vec![None; n], crosses: vec![false; n] };
        let mut place = 0;
        for &block in &cfg.order {
            let start = place;
            let insts = &func.blocks[block].insts;
            let end = start + 1 + 2 * insts.len() as u32;
            place = end + 1;
            let mut live = live_out(func, block, &live_in, n);
            for v in live.iter() {
                out.extend(v, start, end);
            }
            for (i, &inst) in insts.iter().enumerate().rev() {
                let at = start + 1 + 2 * i as u32;
                if let Some(r) = func.result(inst).filter(|&r| tracked(r)) {
                    out.define(r, at + 1);
                    live.clear(r);
                }
                if crossing(inst) {
                    live.iter().for_each(|v| out.crosses[v.index()] = true);
                }
                func.for_each_arg(inst, |v| {
                    if tracked(v) {
                        live.set(v);
                        out.extend(v, start, at);
                    }
                });
            }
            for &p in func.blocks[block].params.iter().filter(|&&p| tracked(p)) {
                out.define(p, start);
            }
        }
        out
    }

    fn extend(&mut self, v: Value, start: u32, end: u32) {
        let i = &mut self.intervals[v.index()];
        *i = Some(match *i {
            Some(old) => Interval { start: old.start.min(start), end: old.end.max(end) },
            None => Interval { start, end },
        });
    }

    /// Shortens the interval's start from the block's to the definition, unless the value lives in earlier places.
    fn define(&mut self, v: Value, at: u32) {
        let i = &mut self.intervals[v.index()];
        match i {
            Some(old) => {
                // A definition dominates its uses, so nothing before it in this order is live.
                old.start = at;
                old.end = old.end.max(at);
            }
            None => *i = Some(Interval { start: at, end: at }),
        }
    }
}

/// Values that live at the start of each block, by block; parameters of the block are not among them.
fn block_live_in(func: &Func, cfg: &Cfg, tracked: &impl Fn(Value) -> bool) -> Vec<Bits> {
    let n = func.values.len();
    let mut live_in = vec![Bits::new(n); func.blocks.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for &block in cfg.order.iter().rev() {
            let mut live = live_out(func, block, &live_in, n);
            for &inst in func.blocks[block].insts.iter().rev() {
                if let Some(r) = func.result(inst) {
                    live.clear(r);
                }
                func.for_each_arg(inst, |v| {
                    if tracked(v) {
                        live.set(v);
                    }
                });
            }
            func.blocks[block].params.iter().for_each(|&p| live.clear(p));
            changed |= live_in[block.index()].join(&live);
        }
    }
    live_in
}

fn live_out(func: &Func, block: Block, live_in: &[Bits], n: usize) -> Bits {
    let mut live = Bits::new(n);
    for s in func.successors(block) {
        live.join(&live_in[s.index()]);
    }
    live
}

/// Gives values with disjoint intervals of one class the same number: classes are numbered apart, each from 0.
#[derive(Debug)]
pub struct Assignment<C> {
    /// Class and number, by value.
    pub places: Vec<Option<(C, u32)>>,
    /// How many numbers each class uses, in order of first use.
    pub counts: Vec<(C, u32)>,
}

/// Linear scan over the values for which `class` gives a class.
pub fn assign<C: Copy + PartialEq>(
    intervals: &[Option<Interval>],
    class: impl Fn(Value) -> Option<C>,
) -> Assignment<C> {
    let mut todo: Vec<(Interval, Value, C)> = Vec::new();
    for (i, interval) in intervals.iter().enumerate() {
        let v = Value(i as u32);
        if let (Some(interval), Some(c)) = (interval, class(v)) {
            todo.push((*interval, v, c));
        }
    }
    todo.sort_by_key(|(i, v, _)| (i.start, v.0));
    let mut out = Assignment { places: vec![None; intervals.len()], counts: Vec::new() };
    // Per class of `counts`: free numbers, and numbers in use ordered by the end of their interval.
    let mut free: Vec<BTreeSet<u32>> = Vec::new();
    let mut used: Vec<BTreeSet<(u32, u32)>> = Vec::new();
    for (interval, v, c) in todo {
        let k = out.counts.iter().position(|(known, _)| *known == c).unwrap_or_else(|| {
            out.counts.push((c, 0));
            free.push(BTreeSet::new());
            used.push(BTreeSet::new());
            out.counts.len() - 1
        });
        while let Some(&(end, number)) = used[k].first().filter(|(end, _)| *end < interval.start) {
            used[k].remove(&(end, number));
            free[k].insert(number);
        }
        let number = free[k].pop_first().unwrap_or_else(|| {
            out.counts[k].1 += 1;
            out.counts[k].1 - 1
        });
        used[k].insert((interval.end, number));
        out.places[v.index()] = Some((c, number));
    }
    out
}

/// The WebAssembly type of a register type; `None` for void.
pub fn val_type(ty: ultra_ir::Ty) -> Option<ValType> {
    use ultra_ir::Ty;
    Some(match ty {
        Ty::Void => return None,
        Ty::I32 | Ty::Bool | Ty::Ref | Ty::Ptr => ValType::I32,
        Ty::I64 | Ty::Str | Ty::Any => ValType::I64,
        Ty::F32 => ValType::F32,
        Ty::F64 => ValType::F64,
    })
}

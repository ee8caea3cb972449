//! Sparse conditional constant propagation (Wegman and Zadeck, TOPLAS 1991): values
//! start unknown-constant, blocks unreached, and both only move down, so that constants
//! that keep each other alive around loops are found.

use super::edit::*;
use crate::ids::*;
use crate::interp::scalar;
use crate::op::*;
use crate::{Def, Func, ListRef, Module};

#[derive(Clone, Copy, PartialEq, Debug)]
enum Lat {
    Top,
    Const(u64),
    Bottom,
}

fn meet(a: Lat, b: Lat) -> Lat {
    match (a, b) {
        (Lat::Top, x) | (x, Lat::Top) => x,
        (x, y) if x == y => x,
        _ => Lat::Bottom,
    }
}

struct Solver<'a> {
    f: &'a Func,
    value: Table<Value, Lat>,
    uses: Table<Value, Vec<Inst>>,
    block_of: Table<Inst, Block>,
    edges: Table<BlockCallId, bool>,
    reached: Table<Block, bool>,
    work: Vec<Inst>,
}

pub fn run(f: &mut Func, m: &Module) -> bool {
    let mut s = Solver {
        value: Table::filled(f.values.len(), Lat::Top),
        uses: Table::filled(f.values.len(), Vec::new()),
        block_of: crate::analysis::inst_blocks(f),
        edges: Table::filled(f.block_calls.len(), false),
        reached: Table::filled(f.blocks.len(), false),
        work: Vec::new(),
        f,
    };
    for &b in &f.layout {
        for &i in &f.blocks[b].insts {
            f.for_each_arg(i, |v| s.uses[v].push(i));
        }
    }
    for &p in &f.blocks[f.entry()].params {
        s.value[p] = Lat::Bottom;
    }
    s.reach(f.entry());
    while let Some(i) = s.work.pop() {
        if s.reached[s.block_of[i]] {
            s.visit(i);
        }
    }
    let Solver { value, .. } = s;
    rewrite(f, m, &value)
}

impl Solver<'_> {
    fn reach(&mut self, b: Block) {
        if !std::mem::replace(&mut self.reached[b], true) {
            self.work.extend(self.f.blocks[b].insts.iter().rev());
        }
    }

    fn lower(&mut self, v: Value, to: Lat) {
        let new = meet(self.value[v], to);
        if new != self.value[v] {
            self.value[v] = new;
            self.work.extend(self.uses[v].iter());
        }
    }

    fn take(&mut self, call: BlockCallId) {
        self.edges[call] = true;
        let bc = self.f.block_calls[call];
        for (i, a) in self.f.values_of(bc.args).enumerate() {
            self.lower(self.f.blocks[bc.block].params[i], self.value[a]);
        }
        self.reach(bc.block);
    }

    fn visit(&mut self, i: Inst) {
        let d = self.f.insts[i];
        match d.op {
            Op::Branch => match self.value[d.arg_a()] {
                Lat::Top => {}
                Lat::Const(c) => self.take(BlockCallId(if c != 0 { d.b } else { d.c })),
                Lat::Bottom => {
                    self.take(BlockCallId(d.b));
                    self.take(BlockCallId(d.c));
                }
            },
            Op::Switch => match self.value[d.arg_a()] {
                Lat::Top => {}
                Lat::Const(c) => {
                    let at =
                        self.f.list(ListRef(d.c)).iter().position(|&x| x as u64 == c).map_or(0, |i| i + 1);
                    self.take(BlockCallId(self.f.list(ListRef(d.b))[at]));
                }
                Lat::Bottom => self.f.target_ids(i).into_iter().for_each(|c| self.take(c)),
            },
            op if op.is_terminator() => self.f.target_ids(i).into_iter().for_each(|c| self.take(c)),
            _ => {
                if let Some(r) = self.f.result(i) {
                    let new = self.eval(i);
                    self.lower(r, new);
                }
            }
        }
    }

    fn eval(&self, i: Inst) -> Lat {
        let d = &self.f.insts[i];
        let n = d.op.info().args.len();
        let foldable =
            matches!(d.op.info().format, Format::Imm64 | Format::Unary | Format::Binary | Format::Ternary);
        if !foldable || d.op.is_dynamic() || d.op.fx().0 & !Fx::COMM.0 != 0 {
            return Lat::Bottom;
        }
        let mut args = [0u64; 3];
        for (k, &v) in [d.a, d.b, d.c][..n].iter().enumerate() {
            match self.value[Value(v)] {
                Lat::Top => return Lat::Top,
                Lat::Const(c) => args[k] = c,
                Lat::Bottom => return Lat::Bottom,
            }
        }
        let ty = if n > 0 { self.f.ty(d.arg_a()) } else { d.ty };
        match scalar::eval(d, ty, &args[..n]) {
            Some(bits) if scalar::constant(d.ty, bits).is_some() => Lat::Const(bits),
            _ => Lat::Bottom,
        }
    }
}

/// Turns constant results into constant instructions and gives constant parameters one.
fn rewrite(f: &mut Func, _m: &Module, value: &Table<Value, Lat>) -> bool {
    let mut changed = false;
    let mut subst = Subst::new(f);
    let entry = f.entry();
    for v in value_ids(value) {
        let Lat::Const(bits) = value[v] else { continue };
        let Some(d) = scalar::constant(f.ty(v), bits) else { continue };
        match f.values[v].def {
            Def::Inst(i) if f.insts[i] != d => {
                f.insts[i] = d;
                changed = true;
            }
            Def::Inst(_) => {}
            Def::Param(..) => {
                let (i, c) = make(f, d, u32::MAX);
                f.blocks[entry].insts.insert(0, i);
                subst.set(v, c);
            }
        }
    }
    subst.apply(f) | changed
}

fn value_ids(t: &Table<Value, Lat>) -> impl Iterator<Item = Value> + use<> {
    t.ids()
}

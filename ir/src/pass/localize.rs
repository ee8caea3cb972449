//! Values of inner loops get names of their own there, for the register allocator.
//!
//! No register outlives a call, so a value that is live over one has a home in the frame.
//! A loop without calls that uses such a value should hold it in a register all the same;
//! an allocator that has to cut the live range in many places may cut it within the loop.
//! Here the cut is made in advance: the value becomes a parameter of the loop's header that
//! every trip hands on, and only the parameter is used in the loop.
//!
//! Nothing may clean up parameters after this pass, since they all are trivial.

use super::edit::*;
use crate::analysis::{Cfg, DomTree, LoopForest, LoopId, def_block, inst_blocks};
use crate::ids::*;
use crate::op::*;
use crate::{Func, Module, Ty};

/// Most values of each register class that one loop gets.
const MAX_VALUES: usize = 8;

fn calls(f: &Func, b: Block) -> bool {
    f.blocks[b].insts.iter().any(|&i| {
        let op = f.insts[i].op;
        matches!(op, Op::CallRt | Op::NewObject) || op.fx().has(Fx::CALL)
    })
}

pub fn run(f: &mut Func, _m: &Module) -> bool {
    let with_calls: Vec<Block> = f.layout.iter().copied().filter(|&b| calls(f, b)).collect();
    if with_calls.is_empty() {
        return false;
    }
    let cfg = Cfg::new(f);
    let dom = DomTree::new(f, &cfg);
    let loops = LoopForest::new(f, &cfg, &dom);
    if loops.irreducible {
        return false;
    }
    let home = inst_blocks(f);
    let outer = loops.outer();
    let mut changed = false;
    for l in loops.inner_first() {
        let x = &loops.loops[l];
        let raises = |b: Block| f.terminator(b).is_some_and(|t| f.insts[t].op == Op::BrExc);
        let plain = !x.blocks.iter().any(|b| with_calls.contains(b))
            && !cfg.preds[x.header].iter().any(|p| raises(p.block));
        if !outer[l] && plain && x.header != f.entry() {
            changed |= localize(f, &cfg, &loops, l, &home);
        }
    }
    changed
}

fn localize(f: &mut Func, cfg: &Cfg, loops: &LoopForest, l: LoopId, home: &Table<Inst, Block>) -> bool {
    let x = &loops.loops[l];
    let mut used: Vec<Value> = Vec::new();
    let mut room = [MAX_VALUES; 2];
    for &b in &x.blocks {
        for &i in &f.blocks[b].insts {
            f.for_each_arg(i, |v| {
                let constant = f
                    .def(v)
                    .is_some_and(|d| matches!(d.op.info().format, Format::Imm64) || d.op == Op::StackSlot);
                let class = matches!(f.ty(v), Ty::F32 | Ty::F64) as usize;
                if !constant
                    && room[class] > 0
                    && !used.contains(&v)
                    && !loops.contains(l, def_block(f, home, v))
                {
                    used.push(v);
                    room[class] -= 1;
                }
            });
        }
    }
    for &v in &used {
        let p = f.add_param(x.header, f.ty(v));
        for &b in &x.blocks {
            for k in 0..f.blocks[b].insts.len() {
                let i = f.blocks[b].insts[k];
                f.map_args(i, |a| if a == v { p } else { a });
            }
        }
        for e in &cfg.preds[x.header] {
            let inside = loops.contains(l, e.block);
            push_arg(f, e.call, if inside { p } else { v });
        }
    }
    !used.is_empty()
}

//! Loop rotation: a loop that tests at the top becomes a test before the loop and one at
//! the bottom, so that the body runs at least once when it is entered.
//!
//! ```text
//! head(i): ... branch c, body, exit        pre: ... branch c', body, exit   (copy of head)
//! body: ... jump head(i+1)             ->  body: ... jump latch(i+1)
//!                                          latch(i): ... branch c, body, exit
//! ```
//! The header is copied into each entering edge's own block; the header itself becomes the
//! bottom test. Uses of what the header defines are repaired, since it now has copies.

use super::edit::*;
use super::effects;
use super::ssa::Variable;
use crate::analysis::{Cfg, DomTree, LoopForest, LoopId};
use crate::ids::*;
use crate::op::*;
use crate::{Func, Module};

/// Largest header, in instructions, that is copied.
const MAX_HEADER: usize = 12;

pub fn run(f: &mut Func, m: &Module) -> bool {
    let mut changed = false;
    // Rotation changes the forest, so each round redoes the analysis; a rotated loop is not rotated again.
    for _ in 0..64 {
        let cfg = Cfg::new(f);
        let dom = DomTree::new(f, &cfg);
        let loops = LoopForest::new(f, &cfg, &dom);
        if loops.irreducible {
            break;
        }
        let Some(l) = loops.inner_first().find(|&l| fits(f, m, &cfg, &loops, l)) else { break };
        rotate(f, &cfg, &loops, l);
        changed = true;
    }
    changed
}

/// The header ends in a branch of which one side stays and the other leaves, and is small and free of effects.
fn fits(f: &Func, m: &Module, cfg: &Cfg, loops: &LoopForest, l: LoopId) -> bool {
    let x = &loops.loops[l];
    let h = x.header;
    let Some(t) = f.terminator(h) else { return false };
    let succs = f.successors(h);
    if f.insts[t].op != Op::Branch || succs.len() != 2 || x.latches.contains(&h) {
        return false;
    }
    let stays: Vec<bool> = succs.iter().map(|&s| loops.contains(l, s)).collect();
    // A latch that already leaves the loop is a test at the bottom.
    let bottom = x.latches.iter().any(|&b| f.successors(b).iter().any(|&s| !loops.contains(l, s)));
    if stays[0] == stays[1] || bottom {
        return false;
    }
    let simple = f.blocks[h].insts.iter().all(|&i| {
        let d = &f.insts[i];
        i == t || effects::is_pure(m, d) || effects::reads(d).is_some()
    });
    simple
        && f.blocks[h].insts.len() <= MAX_HEADER
        && !cfg.preds[h].iter().any(|p| f.terminator(p.block).is_some_and(|t| f.insts[t].op == Op::BrExc))
}

fn rotate(f: &mut Func, cfg: &Cfg, loops: &LoopForest, l: LoopId) {
    let h = loops.loops[l].header;
    let mut defined: Vec<Value> = f.blocks[h].params.clone();
    defined.extend(f.blocks[h].insts.iter().filter_map(|&i| f.result(i)));
    let mut copies: Vec<(Block, Vec<(Value, Value)>)> = Vec::new();
    for p in cfg.preds[h].iter().filter(|p| !loops.contains(l, p.block)) {
        copies.push(copy_header(f, h, p.call));
    }
    // Each value of the header now has a definition there and one in each copy.
    let cfg = Cfg::new(f);
    for v in defined {
        let defs = copies.iter().filter_map(|(b, map)| Some((*b, map.iter().find(|p| p.0 == v)?.1)));
        let mut var = Variable::new(&cfg, f.ty(v), defs.chain([(h, v)]));
        for &b in cfg.rpo.iter().filter(|&&b| b != h) {
            for k in 0..f.blocks[b].insts.len() {
                let i = f.blocks[b].insts[k];
                let mut used = false;
                // Arguments for the parameters that the repair adds are its own business.
                f.for_each_arg(i, |a| used |= a == v);
                if used && !copies.iter().any(|c| c.0 == b) {
                    let new = var.start(f, b);
                    if new != v {
                        f.map_args(i, |a| if a == v { new } else { a });
                    }
                }
            }
        }
    }
}

/// Retargets an edge to a fresh copy of the header; the copy and what became of each value.
fn copy_header(f: &mut Func, h: Block, call: BlockCallId) -> (Block, Vec<(Value, Value)>) {
    let new = f.create_block();
    let at = f.layout.iter().position(|&b| b == h).unwrap_or(0);
    f.layout.insert(at, new);
    let mut map: Vec<(Value, Value)> = f.blocks[h].params.iter().copied().zip(args_of(f, call)).collect();
    for i in f.blocks[h].insts.clone() {
        let copy = clone_inst(f, i);
        f.map_args(copy, |v| map.iter().find(|p| p.0 == v).map_or(v, |p| p.1));
        if let (Some(r), Some(c)) = (f.result(i), f.result(copy)) {
            map.push((r, c));
        }
        f.blocks[new].insts.push(copy);
    }
    f.block_calls[call] = crate::BlockCall { block: new, args: crate::ListRef::EMPTY };
    (new, map)
}

/// An unplaced copy of an instruction that shares no list or block call with it.
pub fn clone_inst(f: &mut Func, i: Inst) -> Inst {
    let mut d = f.insts[i];
    let fmt = d.op.info().format;
    let copy_list = |f: &mut Func, l: u32| {
        let items = f.list(crate::ListRef(l)).to_vec();
        f.make_list(items).0
    };
    match fmt {
        Format::Call => d.b = copy_list(f, d.b),
        Format::Jump => d.a = copy_call(f, BlockCallId(d.a)).0,
        Format::Branch => {
            d.b = copy_call(f, BlockCallId(d.b)).0;
            d.c = copy_call(f, BlockCallId(d.c)).0;
        }
        Format::BrExc => {
            d.a = copy_call(f, BlockCallId(d.a)).0;
            d.b = copy_call(f, BlockCallId(d.b)).0;
        }
        Format::Switch => {
            let calls: Vec<u32> = f.list(crate::ListRef(d.b)).to_vec();
            let calls: Vec<u32> = calls.into_iter().map(|c| copy_call(f, BlockCallId(c)).0).collect();
            d.b = f.make_list(calls).0;
            d.c = copy_list(f, d.c);
        }
        _ => {}
    }
    let pos = f.positions[i];
    f.make_inst(d, pos)
}

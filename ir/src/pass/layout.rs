//! Block order: loops contiguous, cold blocks last, likely successors next.
//!
//! A block that can only end in an exception or in `unreachable`, or that only unlikely
//! edges reach, is cold. The order is a depth-first walk that continues with the likelier
//! successor and finishes a loop before it leaves it. A branch whose first target follows
//! is turned around by the backend, which knows its own conditions.

use crate::analysis::freq::edge_probabilities;
use crate::analysis::{Cfg, DomTree, LoopForest};
use crate::ids::*;
use crate::op::*;
use crate::{Func, Module};

pub fn run(f: &mut Func, _m: &Module) -> bool {
    let cfg = Cfg::new(f);
    let dom = DomTree::new(f, &cfg);
    let loops = LoopForest::new(f, &cfg, &dom);
    mark_cold(f, &cfg);
    let old = f.layout.clone();
    let order = walk(f, &cfg, &loops);
    let (hot, cold): (Vec<Block>, Vec<Block>) = order.into_iter().partition(|&b| !f.blocks[b].cold);
    f.layout = hot;
    f.layout.extend(cold);
    f.layout != old
}

/// Handlers and blocks that must throw are cold, and so is what only cold blocks and unlikely edges reach.
fn mark_cold(f: &mut Func, cfg: &Cfg) {
    for &b in cfg.rpo.iter().rev() {
        let dead_end = f.terminator(b).is_some_and(|t| f.insts[t].op == Op::Unreachable);
        let succs = f.successors(b);
        let to_cold =
            !succs.is_empty() && succs.iter().all(|&s| f.blocks[s].cold && cfg.index[s] > cfg.index[b]);
        if b != f.entry() && (dead_end || to_cold) {
            f.blocks[b].cold = true;
        }
    }
    for &b in &cfg.rpo[1..] {
        let cold = cfg.preds[b].iter().all(|p| {
            let unlikely = f.terminator(p.block).is_some_and(|t| {
                let d = &f.insts[t];
                match d.op {
                    Op::BrExc => BlockCallId(d.b) == p.call,
                    Op::Branch => {
                        (d.aux == 1 && BlockCallId(d.b) == p.call)
                            || (d.aux == 2 && BlockCallId(d.c) == p.call)
                    }
                    _ => false,
                }
            });
            f.blocks[p.block].cold || unlikely
        });
        f.blocks[b].cold |= cold;
    }
}

fn walk(f: &Func, cfg: &Cfg, loops: &LoopForest) -> Vec<Block> {
    let mut placed = Table::filled(f.blocks.len(), false);
    let mut order = Vec::with_capacity(cfg.rpo.len());
    // Pending blocks, the next one last. Deeper loops are taken first.
    let mut pending = vec![f.entry()];
    while let Some(b) = pending.pop() {
        if std::mem::replace(&mut placed[b], true) {
            continue;
        }
        order.push(b);
        let p = edge_probabilities(f, loops, b);
        let mut succs: Vec<(Block, f32)> = f.successors(b).into_iter().zip(p).collect();
        succs.reverse();
        // Last pushed is placed next: likelier, and within the loop.
        succs.sort_by(|x, y| {
            // Of equals, the one that leads into a loop.
            let ahead = |b: Block| f.successors(b).iter().map(|&s| loops.depth(s)).max().unwrap_or(0);
            let key = |s: &(Block, f32)| (!f.blocks[s.0].cold, loops.depth(s.0), s.1, ahead(s.0));
            key(x).partial_cmp(&key(y)).unwrap_or(std::cmp::Ordering::Equal)
        });
        for (s, _) in succs {
            if !placed[s] {
                pending.push(s);
            }
        }
        // Blocks of the loop at hand come before anything outside it.
        if let Some(l) = loops.innermost[b].some() {
            pending.sort_by_key(|&s| loops.contains(l, s));
        }
    }
    order
}

//! Static block frequencies: how often a block runs for one run of the entry, guessed
//! from structure alone. A loop runs 8 times, an unlikely or cold side 1 in 64, the two
//! sides of another branch half each.

use super::cfg::Cfg;
use super::loops::LoopForest;
use crate::Func;
use crate::ids::*;
use crate::op::Op;

const LOOP_TRIPS: f32 = 8.0;
const UNLIKELY: f32 = 1.0 / 64.0;

/// Probability of each successor of a block, in the order of its block calls.
pub fn edge_probabilities(f: &Func, loops: &LoopForest, b: Block) -> Vec<f32> {
    let Some(t) = f.terminator(b) else { return Vec::new() };
    let targets: Vec<Block> = f.target_ids(t).iter().map(|&c| f.block_calls[c].block).collect();
    let d = &f.insts[t];
    match (d.op, targets.as_slice()) {
        (Op::BrExc, _) => vec![1.0 - UNLIKELY, UNLIKELY],
        (Op::Branch, &[x, y]) => {
            let stays = |t: Block| loops.innermost[b].some().is_none_or(|l| loops.contains(l, t));
            let first = if d.aux == 1 || f.blocks[x].cold && !f.blocks[y].cold {
                UNLIKELY
            } else if d.aux == 2 || f.blocks[y].cold && !f.blocks[x].cold {
                1.0 - UNLIKELY
            } else if stays(x) && !stays(y) {
                1.0 - 1.0 / LOOP_TRIPS
            } else if stays(y) && !stays(x) {
                1.0 / LOOP_TRIPS
            } else {
                0.5
            };
            vec![first, 1.0 - first]
        }
        (_, t) => vec![1.0 / t.len() as f32; t.len()],
    }
}

/// Expected runs of each block per run of the function; 0 for unreachable blocks.
pub fn frequencies(f: &Func, cfg: &Cfg, loops: &LoopForest) -> Table<Block, f32> {
    let mut freq = Table::filled(f.blocks.len(), 0.0f32);
    freq[f.entry()] = 1.0;
    for &b in &cfg.rpo {
        if loops.innermost[b].some().is_some_and(|l| loops.loops[l].header == b) {
            freq[b] *= LOOP_TRIPS;
        }
        if f.blocks[b].cold {
            freq[b] = freq[b].min(UNLIKELY);
        }
        let p = edge_probabilities(f, loops, b);
        for (s, p) in f.successors(b).into_iter().zip(p) {
            // Back edges are covered by the factor at the header.
            if cfg.index[s] > cfg.index[b] {
                freq[s] += freq[b] * p;
            }
        }
    }
    freq
}

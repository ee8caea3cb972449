//! Facts about a function that passes compute when they need them: control flow,
//! dominators, loops, uses, frequencies, value ranges. Nothing here changes a function;
//! an analysis is dropped when the function changes.

pub mod cfg;
pub mod freq;
pub mod loops;
pub mod range;

pub use cfg::{Cfg, DomTree, Pred};
pub use loops::{LoopForest, LoopId};

use crate::Func;
use crate::ids::*;

/// How often each value is used as an operand by instructions that exist.
pub fn use_counts(f: &Func) -> Table<Value, u32> {
    let mut counts = Table::filled(f.values.len(), 0u32);
    for &b in &f.layout {
        for &i in &f.blocks[b].insts {
            f.for_each_arg(i, |v| counts[v] += 1);
        }
    }
    counts
}

/// The block each instruction stands in; `Block::NONE` for unplaced ones.
pub fn inst_blocks(f: &Func) -> Table<Inst, Block> {
    let mut blocks = Table::filled(f.insts.len(), Block::NONE);
    for &b in &f.layout {
        for &i in &f.blocks[b].insts {
            blocks[i] = b;
        }
    }
    blocks
}

/// The block a value is defined in.
pub fn def_block(f: &Func, inst_blocks: &Table<Inst, Block>, v: Value) -> Block {
    match f.values[v].def {
        crate::Def::Inst(i) => inst_blocks[i],
        crate::Def::Param(b, _) => b,
    }
}

//! Predecessors, reverse postorder and the dominator tree.
//!
//! Dominators follow Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm"
//! (2001): iterate over reverse postorder, intersecting along the tree built so far.

use crate::Func;
use crate::ids::*;
use smallvec::SmallVec;

/// An edge into a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pred {
    /// The block the edge leaves.
    pub block: Block,
    /// The block call that carries the arguments.
    pub call: BlockCallId,
}

/// Edges and a reverse postorder of the blocks that the entry reaches.
#[derive(Clone, Debug)]
pub struct Cfg {
    /// Edges into each block from reachable blocks, one per block call.
    pub preds: Table<Block, SmallVec<[Pred; 2]>>,
    /// Reachable blocks; every block after its dominators.
    pub rpo: Vec<Block>,
    /// Position in `rpo`, or u32::MAX.
    pub index: Table<Block, u32>,
}

impl Cfg {
    pub fn new(f: &Func) -> Cfg {
        let mut preds: Table<Block, SmallVec<[Pred; 2]>> = Table::filled(f.blocks.len(), SmallVec::new());
        let mut index = Table::filled(f.blocks.len(), u32::MAX);
        let mut post = Vec::new();
        // Depth first with an explicit stack: (block, successors, next successor).
        let mut stack = Vec::new();
        let mut seen = Table::filled(f.blocks.len(), false);
        seen[f.entry()] = true;
        stack.push((f.entry(), f.successors(f.entry()), 0));
        while let Some((b, succs, next)) = stack.last_mut() {
            if let Some(&s) = succs.get(*next) {
                *next += 1;
                if !std::mem::replace(&mut seen[s], true) {
                    stack.push((s, f.successors(s), 0));
                }
            } else {
                post.push(*b);
                stack.pop();
            }
        }
        post.reverse();
        for (i, &b) in post.iter().enumerate() {
            index[b] = i as u32;
            if let Some(t) = f.terminator(b) {
                for call in f.target_ids(t) {
                    preds[f.block_calls[call].block].push(Pred { block: b, call });
                }
            }
        }
        Cfg { preds, rpo: post, index }
    }

    pub fn is_reachable(&self, b: Block) -> bool {
        self.index[b] != u32::MAX
    }
}

/// Immediate dominators, with an interval numbering for constant-time queries.
#[derive(Clone, Debug)]
pub struct DomTree {
    /// `NONE` for the entry and for unreachable blocks.
    pub idom: Table<Block, Block>,
    pub children: Table<Block, Vec<Block>>,
    pre: Table<Block, u32>,
    last: Table<Block, u32>,
}

impl DomTree {
    pub fn new(f: &Func, cfg: &Cfg) -> DomTree {
        let entry = f.entry();
        let mut idom = Table::filled(f.blocks.len(), Block::NONE);
        idom[entry] = entry;
        let mut changed = true;
        while changed {
            changed = false;
            for &b in &cfg.rpo[1..] {
                let mut new = Block::NONE;
                for p in &cfg.preds[b] {
                    if idom[p.block].is_none() {
                        continue;
                    }
                    new = if new.is_none() { p.block } else { intersect(cfg, &idom, new, p.block) };
                }
                if idom[b] != new {
                    idom[b] = new;
                    changed = true;
                }
            }
        }
        idom[entry] = Block::NONE;
        let mut children = Table::filled(f.blocks.len(), Vec::new());
        for &b in &cfg.rpo[1..] {
            children[idom[b]].push(b);
        }
        let mut t = DomTree {
            idom,
            children,
            pre: Table::filled(f.blocks.len(), u32::MAX),
            last: Table::filled(f.blocks.len(), 0),
        };
        t.number(entry);
        t
    }

    fn number(&mut self, entry: Block) {
        let mut next = 0;
        let mut stack = vec![(entry, 0usize)];
        while let Some((b, at)) = stack.last_mut() {
            if *at == 0 && self.pre[*b] == u32::MAX {
                self.pre[*b] = next;
                next += 1;
            }
            match self.children[*b].get(*at) {
                Some(&c) => {
                    *at += 1;
                    stack.push((c, 0));
                }
                None => {
                    self.last[*b] = next - 1;
                    stack.pop();
                }
            }
        }
    }

    /// Whether every path to `b` passes `a`; a block dominates itself. False for unreachable blocks.
    pub fn dominates(&self, a: Block, b: Block) -> bool {
        self.pre[a] != u32::MAX
            && self.pre[b] != u32::MAX
            && self.pre[a] <= self.pre[b]
            && self.pre[b] <= self.last[a]
    }

    /// Blocks in dominator-tree preorder, parents first.
    pub fn preorder(&self, entry: Block) -> Vec<Block> {
        let mut out = Vec::new();
        let mut stack = vec![entry];
        while let Some(b) = stack.pop() {
            out.push(b);
            stack.extend(self.children[b].iter().rev());
        }
        out
    }
}

fn intersect(cfg: &Cfg, idom: &Table<Block, Block>, mut a: Block, mut b: Block) -> Block {
    while a != b {
        while cfg.index[a] > cfg.index[b] {
            a = idom[a];
        }
        while cfg.index[b] > cfg.index[a] {
            b = idom[b];
        }
    }
    a
}

//! Control-flow facts of one function: reverse postorder, dominator tree, loop headers, merges.
//!
//! ```text
//! layout of Func:  any order, maybe with unreachable blocks
//! order:           reachable blocks in reverse postorder; `number[b]` is the place of b in it
//! edge a -> b:     backward when number[b] <= number[a]; then b must dominate a, or the graph is irreducible
//! ```
//! Dominators by Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm".

use smallvec::SmallVec;
use ultra_ir::ids::Id;
use ultra_ir::{Block, Func};

/// Position in `Cfg::order`; `u32::MAX` for an unreachable block.
pub type Number = u32;

const UNREACHABLE: Number = u32::MAX;

#[derive(Debug)]
pub struct Cfg {
    /// Reachable blocks in reverse postorder.
    pub order: Vec<Block>,
    /// Place in `order`, by block.
    number: Vec<Number>,
    /// Immediate dominator, by place in `order`; the entry's is itself.
    idom: Vec<Number>,
    /// Blocks that a block immediately dominates, in reverse postorder.
    children: Vec<SmallVec<[Number; 4]>>,
    /// Target of a backward edge, by place in `order`.
    loop_header: Vec<bool>,
    /// Target of at least two forward edges (or one, if it is named twice), by place in `order`.
    merge: Vec<bool>,
}

/// An edge into the middle of a loop: from, to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Irreducible(pub Block, pub Block);

impl Cfg {
    /// Analyses `func`, which has at least one block.
    pub fn new(func: &Func) -> Result<Cfg, Irreducible> {
        let order = reverse_postorder(func);
        let mut number = vec![UNREACHABLE; func.blocks.len()];
        for (i, &b) in order.iter().enumerate() {
            number[b.index()] = i as Number;
        }
        let mut preds: Vec<SmallVec<[Number; 4]>> = vec![SmallVec::new(); order.len()];
        for (i, &b) in order.iter().enumerate() {
            for s in func.successors(b) {
                preds[number[s.index()] as usize].push(i as Number);
            }
        }
        let idom = dominators(&preds);
        let mut cfg = Cfg {
            children: vec![SmallVec::new(); order.len()],
            loop_header: vec![false; order.len()],
            merge: vec![false; order.len()],
            order,
            number,
            idom,
        };
        for i in 1..cfg.order.len() {
            cfg.children[cfg.idom[i] as usize].push(i as Number);
        }
        for (to, from) in preds.iter().enumerate() {
            let to = to as Number;
            for &f in from.iter().filter(|&&f| f >= to) {
                if !cfg.dominates(to, f) {
                    return Err(Irreducible(cfg.order[f as usize], cfg.order[to as usize]));
                }
                cfg.loop_header[to as usize] = true;
            }
            cfg.merge[to as usize] = from.iter().filter(|&&f| f < to).count() > 1;
        }
        Ok(cfg)
    }

    pub fn number(&self, block: Block) -> Number {
        self.number[block.index()]
    }

    pub fn is_loop_header(&self, block: Block) -> bool {
        self.loop_header[self.number(block) as usize]
    }

    pub fn is_merge(&self, block: Block) -> bool {
        self.merge[self.number(block) as usize]
    }

    /// Blocks that `block` immediately dominates, in reverse postorder.
    pub fn children(&self, block: Block) -> impl DoubleEndedIterator<Item = Block> + '_ {
        self.children[self.number(block) as usize].iter().map(|&n| self.order[n as usize])
    }

    /// Whether the edge leads to a block at or before its source.
    pub fn is_backward(&self, from: Block, to: Block) -> bool {
        self.number(to) <= self.number(from)
    }

    fn dominates(&self, a: Number, mut b: Number) -> bool {
        while b > a {
            b = self.idom[b as usize];
        }
        b == a
    }
}

fn reverse_postorder(func: &Func) -> Vec<Block> {
    let mut seen = vec![false; func.blocks.len()];
    let mut post = Vec::new();
    let entry = func.entry();
    seen[entry.index()] = true;
    let mut stack = vec![(entry, func.successors(entry), 0)];
    while let Some((block, succs, next)) = stack.last_mut() {
        // Later successors first, so that the first one comes directly after its block.
        let taken = *next;
        if taken == succs.len() {
            post.push(*block);
            stack.pop();
            continue;
        }
        *next += 1;
        let s = succs[succs.len() - 1 - taken];
        if !std::mem::replace(&mut seen[s.index()], true) {
            stack.push((s, func.successors(s), 0));
        }
    }
    post.reverse();
    post
}

fn dominators(preds: &[SmallVec<[Number; 4]>]) -> Vec<Number> {
    let mut idom = vec![UNREACHABLE; preds.len()];
    idom[0] = 0;
    let mut changed = true;
    while changed {
        changed = false;
        for b in 1..preds.len() {
            let mut new = UNREACHABLE;
            for &p in &preds[b] {
                if idom[p as usize] == UNREACHABLE {
                    continue;
                }
                new = if new == UNREACHABLE { p } else { intersect(&idom, p, new) };
            }
            if idom[b] != new {
                idom[b] = new;
                changed = true;
            }
        }
    }
    idom
}

fn intersect(idom: &[Number], mut a: Number, mut b: Number) -> Number {
    while a != b {
        while a > b {
            a = idom[a as usize];
        }
        while b > a {
            b = idom[b as usize];
        }
    }
    a
}

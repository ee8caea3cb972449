//! The loop forest: natural loops, one per header, nested by containment.
//!
//! Edges that go back to a block that does not dominate them (irreducible flow) make no
//! loop; `irreducible` says that there are some, and passes that move code then stay out.

use super::cfg::{Cfg, DomTree};
use crate::ids::*;
use crate::{Func, entity};

entity! {
    /// A natural loop of a function.
    LoopId = "loop";
}

#[derive(Clone, Debug)]
pub struct Loop {
    pub header: Block,
    /// The innermost loop around this one.
    pub parent: Option<LoopId>,
    /// 1 for outermost loops.
    pub depth: u32,
    /// Members, inner loops included, in reverse postorder.
    pub blocks: Vec<Block>,
    /// Sources of back edges.
    pub latches: Vec<Block>,
}

#[derive(Clone, Debug, Default)]
pub struct LoopForest {
    /// Outer loops come before the loops they contain.
    pub loops: Table<LoopId, Loop>,
    /// Innermost loop of each block, or NONE.
    pub innermost: Table<Block, LoopId>,
    pub irreducible: bool,
}

impl LoopForest {
    pub fn new(f: &Func, cfg: &Cfg, dom: &DomTree) -> LoopForest {
        let mut forest =
            LoopForest { innermost: Table::filled(f.blocks.len(), LoopId::NONE), ..Default::default() };
        for &header in &cfg.rpo {
            let mut latches: Vec<Block> = Vec::new();
            for p in &cfg.preds[header] {
                if dom.dominates(header, p.block) {
                    if !latches.contains(&p.block) {
                        latches.push(p.block);
                    }
                } else if cfg.index[p.block] >= cfg.index[header] {
                    forest.irreducible = true;
                }
            }
            if !latches.is_empty() {
                forest.add(f, cfg, header, latches);
            }
        }
        forest
    }

    fn add(&mut self, f: &Func, cfg: &Cfg, header: Block, latches: Vec<Block>) {
        let mut member = Table::filled(f.blocks.len(), false);
        member[header] = true;
        let mut work = latches.clone();
        while let Some(b) = work.pop() {
            if !std::mem::replace(&mut member[b], true) {
                work.extend(cfg.preds[b].iter().map(|p| p.block));
            }
        }
        let blocks: Vec<Block> = cfg.rpo.iter().copied().filter(|&b| member[b]).collect();
        // Headers come in reverse postorder, so the loop around this one is there already.
        let parent = self.innermost[header].some();
        let depth = parent.map_or(1, |p| self.loops[p].depth + 1);
        let id = self.loops.push(Loop { header, parent, depth, blocks, latches });
        for i in 0..self.loops[id].blocks.len() {
            self.innermost[self.loops[id].blocks[i]] = id;
        }
    }

    pub fn depth(&self, b: Block) -> u32 {
        self.innermost[b].some().map_or(0, |l| self.loops[l].depth)
    }

    pub fn contains(&self, l: LoopId, b: Block) -> bool {
        let mut at = self.innermost[b].some();
        while let Some(x) = at {
            if x == l {
                return true;
            }
            at = self.loops[x].parent;
        }
        false
    }

    /// Which loops contain other loops.
    pub fn outer(&self) -> Table<LoopId, bool> {
        let mut outer = Table::filled(self.loops.len(), false);
        for (_, l) in self.loops.iter() {
            if let Some(p) = l.parent {
                outer[p] = true;
            }
        }
        outer
    }

    /// Loops with the innermost first.
    pub fn inner_first(&self) -> impl Iterator<Item = LoopId> + use<> {
        self.loops.ids().rev()
    }
}

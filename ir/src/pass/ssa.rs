//! Repairs SSA form for a variable that has several definitions, as copying code makes
//! them: uses read the definition that reaches them, and parameters are added where
//! definitions meet. The reading is that of the builder (Braun et al., CC 2013), on a
//! finished graph; parameters that turn out trivial are left to cleanup.

use super::edit::push_arg;
use crate::analysis::Cfg;
use crate::ids::*;
use crate::{Func, Ty};
use hashbrown::HashMap;

/// One variable: the value that each defining block has at its end.
pub struct Variable<'a> {
    cfg: &'a Cfg,
    ty: Ty,
    at_end: HashMap<Block, Value>,
    at_start: HashMap<Block, Value>,
}

impl<'a> Variable<'a> {
    pub fn new(cfg: &'a Cfg, ty: Ty, defs: impl IntoIterator<Item = (Block, Value)>) -> Variable<'a> {
        Variable { cfg, ty, at_end: defs.into_iter().collect(), at_start: HashMap::new() }
    }

    /// The value at the end of a block.
    pub fn end(&mut self, f: &mut Func, b: Block) -> Value {
        match self.at_end.get(&b) {
            Some(&v) => v,
            None => self.start(f, b),
        }
    }

    /// The value at the start of a block. Every path to it must pass a definition.
    pub fn start(&mut self, f: &mut Func, b: Block) -> Value {
        let mut chain = Vec::new();
        let mut at = b;
        // Single predecessors are followed in a loop, so that long functions do not recurse.
        let v = loop {
            if let Some(&v) = self.at_start.get(&at) {
                break v;
            }
            match self.cfg.preds[at].as_slice() {
                [p] => {
                    chain.push(at);
                    if let Some(&v) = self.at_end.get(&p.block) {
                        break v;
                    }
                    at = p.block;
                }
                preds => {
                    let v = f.add_param(at, self.ty);
                    self.at_start.insert(at, v);
                    for p in preds {
                        let a = self.end(f, p.block);
                        push_arg(f, p.call, a);
                    }
                    break v;
                }
            }
        };
        for c in chain {
            self.at_start.insert(c, v);
        }
        v
    }
}

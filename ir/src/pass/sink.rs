//! Sinking: a pure value that is needed only where control leaves a loop is computed there.
//!
//! Conversions back to doubles are what this is for: a loop variable kept as an integer
//! is often wanted as a double once, after the loop. The value must be used by nothing but
//! the arguments of edges that leave the loop; each such edge gets a block with a copy.
//!
//! A comparison that a cold block branches on is made again there, so that code which is
//! executed often needs the flags alone and no boolean.

use super::edit::*;
use super::effects;
use super::rotate::clone_inst;
use crate::analysis::{Cfg, DomTree, LoopForest, LoopId, inst_blocks};
use crate::ids::*;
use crate::op::*;
use crate::{Func, InstData, Module, Ty};

pub fn run(f: &mut Func, m: &Module) -> bool {
    let mut changed = false;
    // A moved value makes a new block on its edge, so the next one is looked for in a fresh graph.
    for _ in 0..8 {
        if !round(f, m) {
            break;
        }
        super::cleanup::run(f, m);
        changed = true;
    }
    changed | compare_again(f)
}

/// Copies comparisons of other blocks to the cold branches that use them.
fn compare_again(f: &mut Func) -> bool {
    let home = inst_blocks(f);
    let mut changed = false;
    let cold: Vec<Block> = f.layout.iter().copied().filter(|&b| f.blocks[b].cold).collect();
    for b in cold {
        let Some(t) = f.terminator(b).filter(|&t| f.insts[t].op == Op::Branch) else { continue };
        let Some(i) = f.def_inst(f.insts[t].arg_a()) else { continue };
        if f.insts[i].op != Op::ICmp || home[i] == b {
            continue;
        }
        let copy = clone_inst(f, i);
        f.insts[t].a = f.results[copy].0;
        let at = f.blocks[b].insts.len() - 1;
        f.blocks[b].insts.insert(at, copy);
        changed = true;
    }
    changed
}

/// Moves one value of each loop block. The arguments that a new block passes on are not in
/// the graph that the round works on: they stay where they are until the next round.
fn round(f: &mut Func, m: &Module) -> bool {
    let cfg = Cfg::new(f);
    let dom = DomTree::new(f, &cfg);
    let loops = LoopForest::new(f, &cfg, &dom);
    let mut changed = false;
    // Values that something other than a jump or branch uses cannot move; most are out here already.
    let mut stays = Table::filled(f.values.len(), false);
    for &b in &cfg.rpo {
        for &i in &f.blocks[b].insts {
            if !matches!(f.insts[i].op, Op::Branch | Op::Jump) {
                f.for_each_arg(i, |v| stays[v] = true);
            }
        }
    }
    for &b in &cfg.rpo {
        let Some(l) = loops.innermost[b].some() else { continue };
        for k in (0..f.blocks[b].insts.len()).rev() {
            let i = f.blocks[b].insts[k];
            let Some(v) = f.result(i) else { continue };
            let d = f.insts[i];
            // What is cheap enough to be an immediate stays.
            if stays.get(v) != Some(&false)
                || d.op.info().format != Format::Unary
                || !effects::is_speculatable(f, m, &d)
            {
                continue;
            }
            if let Some(sites) = leaving_sites(f, &cfg, &loops, l, v) {
                for site in sites {
                    let jump = match site {
                        Site::Edge(from, call) => move_to_edge(f, from, call, i, v),
                        Site::Jump(block) => move_before_jump(f, block, i, v),
                    };
                    f.for_each_arg(jump, |a| {
                        if stays.get(a).is_some() {
                            stays[a] = true;
                        }
                    });
                }
                f.blocks[b].insts.remove(k);
                changed = true;
                break;
            }
        }
    }
    changed
}

/// Where a value is passed on that leaves a loop.
enum Site {
    /// An edge out of the loop, which gets a block.
    Edge(Block, BlockCallId),
    /// The jump at the end of a block that is in no other loop than those around this one.
    Jump(Block),
}

/// The places that are all uses of `v`; `None` when it is used otherwise or not at all.
fn leaving_sites(f: &Func, cfg: &Cfg, loops: &LoopForest, l: LoopId, v: Value) -> Option<Vec<Site>> {
    let mut sites = Vec::new();
    for &b in &cfg.rpo {
        for &i in &f.blocks[b].insts {
            let mut uses = 0;
            f.for_each_arg(i, |a| uses += (a == v) as usize);
            if uses == 0 {
                continue;
            }
            let inside = loops.contains(l, b);
            match f.insts[i].op {
                Op::Branch if inside => {
                    for call in f.target_ids(i) {
                        let n = args_of(f, call).iter().filter(|&&a| a == v).count();
                        if n > 0 && !loops.contains(l, f.block_calls[call].block) {
                            sites.push(Site::Edge(b, call));
                            uses -= n;
                        }
                    }
                    if uses > 0 {
                        return None;
                    }
                }
                Op::Jump
                    if !inside
                        && loops.innermost[b]
                            .some()
                            .is_none_or(|o| loops.contains(o, loops.loops[l].header)) =>
                {
                    sites.push(Site::Jump(b));
                }
                _ => return None,
            }
        }
    }
    (!sites.is_empty()).then_some(sites)
}

/// Puts a block with a copy of the instruction on an edge; its jump.
fn move_to_edge(f: &mut Func, from: Block, call: BlockCallId, i: Inst, v: Value) -> Inst {
    let target = f.block_calls[call].block;
    let new = f.create_block();
    let copy = clone_inst(f, i);
    let args: Vec<Value> =
        args_of(f, call).into_iter().map(|a| if a == v { f.results[copy] } else { a }).collect();
    f.blocks[new].insts.push(copy);
    let jump = f.make_block_call(target, &args);
    f.push_inst(new, InstData { a: jump.0, ..InstData::new(Op::Jump, Ty::Void) }, f.positions[i]);
    f.blocks[new].cold = f.blocks[target].cold;
    f.block_calls[call] = crate::BlockCall { block: new, args: crate::ListRef::EMPTY };
    let at = f.layout.iter().position(|&b| b == from).map_or(f.layout.len(), |x| x + 1);
    f.layout.insert(at, new);
    f.blocks[new].insts[1]
}

/// Puts a copy of the instruction before the jump that ends a block; the jump.
fn move_before_jump(f: &mut Func, b: Block, i: Inst, v: Value) -> Inst {
    let copy = clone_inst(f, i);
    let at = f.blocks[b].insts.len() - 1;
    let jump = f.blocks[b].insts[at];
    for call in f.target_ids(jump) {
        let args: Vec<Value> =
            args_of(f, call).into_iter().map(|a| if a == v { f.results[copy] } else { a }).collect();
        let args = f.make_values(&args);
        f.block_calls[call].args = args;
    }
    f.blocks[b].insts.insert(at, copy);
    jump
}

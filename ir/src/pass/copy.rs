//! Two versions of a loop behind one test.
//!
//! ```text
//! entering: jump h(x)            pre(x): test; branch ok, h(x), h'(x)
//! h: ... exit                 ->  h: ... exit        the version for which the test held
//!                                 h': ... exit       a cold copy
//! ```
//! Passes that find a loop which would be better if something held that they cannot prove
//! test it in front, and change the first version as if it always did. What the loop
//! defines has two definitions afterwards; uses behind it read the one that reaches them.

use super::rotate::clone_inst;
use super::ssa::Variable;
use crate::analysis::{Cfg, LoopForest, LoopId};
use crate::ids::*;
use crate::op::*;
use crate::{Func, InstData, Ty};

/// The copy of each block and value of a loop; itself or NONE for what is not of the loop.
pub struct Copy {
    pub block: Table<Block, Block>,
    pub value: Table<Value, Value>,
}

/// Edges that enter a loop at its header.
pub fn entering_edges(f: &Func, loops: &LoopForest, l: LoopId) -> Vec<BlockCallId> {
    let h = loops.loops[l].header;
    let outside =
        f.layout.iter().copied().filter(|&b| loops.innermost.get(b).is_none_or(|_| !loops.contains(l, b)));
    let edges = outside.filter_map(|b| f.terminator(b)).flat_map(|t| f.target_ids(t));
    edges.filter(|&c| f.block_calls[c].block == h).collect()
}

/// A block in front of the header that passes its parameters on. Edges still go past it.
pub fn front(f: &mut Func, h: Block) -> Block {
    let pre = f.create_block();
    let types: Vec<Ty> = f.blocks[h].params.iter().map(|&p| f.ty(p)).collect();
    let params: Vec<Value> = types.into_iter().map(|t| f.add_param(pre, t)).collect();
    let call = f.make_block_call(h, &params);
    f.push_inst(pre, InstData { a: call.0, ..InstData::new(Op::Jump, Ty::Void) }, u32::MAX);
    let at = f.layout.iter().position(|&b| b == h).unwrap_or(0);
    f.layout.insert(at, pre);
    pre
}

/// A block without parameters on the only edge to a header: arguments pass by it.
fn single_front(f: &mut Func, h: Block, entering: BlockCallId) -> Block {
    let pre = f.create_block();
    let args = super::edit::args_of(f, entering);
    let call = f.make_block_call(h, &args);
    f.push_inst(pre, InstData { a: call.0, ..InstData::new(Op::Jump, Ty::Void) }, u32::MAX);
    super::edit::set_args(f, entering, &[]);
    let at = f.layout.iter().position(|&b| b == h).unwrap_or(0);
    f.layout.insert(at, pre);
    pre
}

/// Whether `version` can copy a loop: it is no function's start, and nothing in it is tied to its place.
pub fn can_version(f: &Func, loops: &LoopForest, l: LoopId) -> bool {
    let x = &loops.loops[l];
    let pinned = |b: Block| f.blocks[b].insts.iter().any(|&i| f.insts[i].op == Op::StackSlot);
    let raises = |c: BlockCallId| {
        f.layout.iter().any(|&b| {
            f.terminator(b).is_some_and(|t| f.insts[t].op == Op::BrExc && f.target_ids(t).contains(&c))
        })
    };
    x.header != f.entry()
        && !x.blocks.iter().any(|&b| pinned(b))
        && !entering_edges(f, loops, l).into_iter().any(raises)
}

/// Number of instructions of a loop.
pub fn size(f: &Func, loops: &LoopForest, l: LoopId) -> usize {
    loops.loops[l].blocks.iter().map(|&b| f.blocks[b].insts.len()).sum()
}

/// Puts a test in front of a loop: where the value that `test` makes at the end of the given block
/// is false, a cold copy runs instead. `test` gets the values that enter as header parameters.
pub fn version(
    f: &mut Func,
    loops: &LoopForest,
    l: LoopId,
    test: impl FnOnce(&mut Func, &mut Vec<Inst>, &[Value]) -> Value,
) -> Copy {
    let x = &loops.loops[l];
    let h = x.header;
    let entering = entering_edges(f, loops, l);
    let pre = match entering[..] {
        [c] => single_front(f, h, c),
        _ => front(f, h),
    };
    f.blocks[pre].cold = f.blocks[h].cold;
    let jump = f.target_ids(f.blocks[pre].insts[0])[0];
    let params = super::edit::args_of(f, jump);
    for c in entering {
        f.block_calls[c].block = pre;
    }
    let copy = copy_blocks(f, &x.blocks);
    let mut insts = Vec::new();
    let ok = test(f, &mut insts, &params);
    let (fast, slow) = (f.make_block_call(h, &params), f.make_block_call(copy.block[h], &params));
    let branch = InstData { a: ok.0, b: fast.0, c: slow.0, aux: 2, ..InstData::new(Op::Branch, Ty::Void) };
    insts.push(f.make_inst(branch, u32::MAX));
    f.blocks[pre].insts = insts;
    join(f, loops, l, &copy);
    copy
}

/// Cold copies of blocks; edges among them lead to copies.
fn copy_blocks(f: &mut Func, blocks: &[Block]) -> Copy {
    let mut copy = Copy {
        block: Table::filled(f.blocks.len(), Block::NONE),
        value: Table::filled(f.values.len(), Value::NONE),
    };
    for &b in blocks {
        let new = f.create_block();
        f.blocks[new].cold = true;
        copy.block[b] = new;
        for p in f.blocks[b].params.clone() {
            copy.value[p] = f.add_param(new, f.ty(p));
        }
        for i in f.blocks[b].insts.clone() {
            let c = clone_inst(f, i);
            if let (Some(r), Some(c)) = (f.result(i), f.result(c)) {
                copy.value[r] = c;
            }
            f.blocks[new].insts.push(c);
        }
    }
    for &b in blocks {
        let new = copy.block[b];
        for k in 0..f.blocks[new].insts.len() {
            let i = f.blocks[new].insts[k];
            f.map_args(i, |v| copy.value.get(v).copied().filter(|c| !c.is_none()).unwrap_or(v));
        }
        for c in f.terminator(new).map(|t| f.target_ids(t)).unwrap_or_default() {
            let to = f.block_calls[c].block;
            if let Some(&t) = copy.block.get(to)
                && !t.is_none()
            {
                f.block_calls[c].block = t;
            }
        }
    }
    f.layout.extend(blocks.iter().map(|&b| copy.block[b]));
    copy
}

/// Gives uses behind the loop the definition that reaches them.
fn join(f: &mut Func, loops: &LoopForest, l: LoopId, copy: &Copy) {
    let cfg = Cfg::new(f);
    let mut users: Vec<(Value, Vec<Block>)> = Vec::new();
    let mut at = Table::filled(copy.value.len(), u32::MAX);
    for &b in &cfg.rpo {
        if loops.innermost.get(b).is_some_and(|_| loops.contains(l, b)) {
            continue;
        }
        for &i in &f.blocks[b].insts {
            f.for_each_arg(i, |v| {
                if copy.value.get(v).is_none_or(|c| c.is_none()) {
                    return;
                }
                if at[v] == u32::MAX {
                    at[v] = users.len() as u32;
                    users.push((v, Vec::new()));
                }
                let list = &mut users[at[v] as usize].1;
                if list.last() != Some(&b) {
                    list.push(b);
                }
            });
        }
    }
    let home = crate::analysis::inst_blocks(f);
    for (v, blocks) in users {
        let b = crate::analysis::def_block(f, &home, v);
        let mut var = Variable::new(&cfg, f.ty(v), [(b, v), (copy.block[b], copy.value[v])]);
        for user in blocks {
            let new = var.start(f, user);
            if new != v {
                for k in 0..f.blocks[user].insts.len() {
                    let i = f.blocks[user].insts[k];
                    f.map_args(i, |a| if a == v { new } else { a });
                }
            }
        }
    }
}

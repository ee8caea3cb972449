//! Cold paths leave their loop: the loop that stays is straight and free of calls.
//!
//! ```text
//! P: jump h(x)                                        pre: jump P(x)
//! h(i): ... branch ok, fast, slow                     P(j): jump h(j)  <-------------+
//! fast: jump join(a)                             ->   h(i): ... branch ok, fast, slow'
//! slow: (cold) b = call; jump join(b)                 fast: rest; branch c, h(i+1), exit
//! join(v): rest; branch c, h(i+1), exit               slow': b = call; rest'; branch c', P(i+1), exit
//! ```
//! The cold target of an unlikely edge and all that follows it up to the end of the trip is
//! copied; the copy of the back edge goes to `P`, in front of the loop. The inner loop then
//! has no calls of its slow paths, so what those could change is invariant in it and is
//! loaded again in `P`; and what its checks have decided stays decided. The copy is cold.
//!
//! Only innermost loops are split, within limits of size.

use super::cleanup::remove_unreachable;
use super::copy::{entering_edges, front};
use super::rotate::clone_inst;
use super::ssa::Variable;
use crate::analysis::{Cfg, DomTree, LoopForest, LoopId};
use crate::ids::*;
use crate::op::*;
use crate::{Def, Func, Module};

/// Largest copied part of one loop, in instructions.
const MAX_COPY: usize = 150;
/// Most instructions that are copied in one function.
const MAX_GROWTH: usize = 600;

pub fn run(f: &mut Func, _m: &Module) -> bool {
    let cfg = Cfg::new(f);
    let dom = DomTree::new(f, &cfg);
    let loops = LoopForest::new(f, &cfg, &dom);
    if loops.irreducible {
        return false;
    }
    let mut growth = 0;
    // Innermost loops share no block, so the forest stays valid for the ones to come.
    let outer = loops.outer();
    for l in loops.inner_first().filter(|&l| !outer[l]) {
        if let Some(plan) = plan(f, &loops, l) {
            let size = plan.tail.iter().map(|&b| f.blocks[b].insts.len()).sum::<usize>();
            if size <= MAX_COPY && growth + size <= MAX_GROWTH {
                growth += size;
                split(f, &loops, l, &plan);
            }
        }
    }
    growth > 0
}

struct Plan {
    /// Edges within the loop that are not expected to be taken.
    edges: Vec<BlockCallId>,
    /// Blocks that follow such an edge in the same trip, in reverse postorder.
    tail: Vec<Block>,
}

/// Edges of a block that are expected not to be taken.
fn cold_edges(f: &Func, b: Block) -> Vec<BlockCallId> {
    let Some(t) = f.terminator(b) else { return Vec::new() };
    let d = &f.insts[t];
    let unlikely =
        |c: BlockCallId| d.op == Op::Branch && (d.aux == 1 && d.b == c.0 || d.aux == 2 && d.c == c.0);
    f.target_ids(t).into_iter().filter(|&c| unlikely(c) || f.blocks[f.block_calls[c].block].cold).collect()
}

fn plan(f: &Func, loops: &LoopForest, l: LoopId) -> Option<Plan> {
    let x = &loops.loops[l];
    let h = x.header;
    let raises = |b: Block| f.terminator(b).is_some_and(|t| f.insts[t].op == Op::BrExc);
    if f.blocks[h].cold || h == f.entry() || x.blocks.iter().any(|&b| raises(b)) {
        return None;
    }
    let inside = |b: Block| b != h && loops.innermost[b] == l;
    let mut edges = Vec::new();
    // What the header reaches without unlikely edges; the loop must still come around.
    let mut hot = vec![h];
    let mut around = false;
    let mut at = 0;
    while at < hot.len() {
        let b = hot[at];
        at += 1;
        let cold = cold_edges(f, b);
        for c in f.terminator(b).map(|t| f.target_ids(t)).unwrap_or_default() {
            let s = f.block_calls[c].block;
            if cold.contains(&c) && inside(s) {
                edges.push(c);
            } else if s == h {
                around = true;
            } else if inside(s) && !hot.contains(&s) {
                hot.push(s);
            }
        }
    }
    if edges.is_empty() || !around {
        return None;
    }
    let mut reached: Vec<Block> = edges.iter().map(|&c| f.block_calls[c].block).collect();
    let mut member = Table::filled(f.blocks.len(), false);
    while let Some(b) = reached.pop() {
        if !std::mem::replace(&mut member[b], true) {
            reached.extend(f.successors(b).into_iter().filter(|&s| inside(s)));
        }
    }
    Some(Plan { edges, tail: x.blocks.iter().copied().filter(|&b| member[b]).collect() })
}

fn split(f: &mut Func, loops: &LoopForest, l: LoopId, plan: &Plan) {
    let h = loops.loops[l].header;
    let entering = entering_edges(f, loops, l);
    let mut twin = Table::filled(f.blocks.len(), Block::NONE);
    for &b in &plan.tail {
        twin[b] = f.create_block();
    }
    let pre = front(f, h);
    for c in entering {
        f.block_calls[c].block = pre;
    }
    // Values of the tail have two definitions from here on.
    let mut defs: Vec<(Block, Value, Value)> = Vec::new();
    for &b in &plan.tail {
        copy_block(f, b, &twin, h, pre, &mut defs);
    }
    for &c in &plan.edges {
        let to = f.block_calls[c].block;
        f.block_calls[c].block = twin[to];
    }
    f.layout.extend(plan.tail.iter().map(|&b| twin[b]));
    remove_unreachable(f);
    repair(f, loops, l, &twin, &defs);
}

/// Fills the twin of a block. Operands that other blocks define are left to `repair`.
fn copy_block(
    f: &mut Func,
    b: Block,
    twin: &Table<Block, Block>,
    h: Block,
    pre: Block,
    defs: &mut Vec<(Block, Value, Value)>,
) {
    let new = twin[b];
    f.blocks[new].cold = true;
    let first = defs.len();
    for p in f.blocks[b].params.clone() {
        let q = f.add_param(new, f.ty(p));
        defs.push((b, p, q));
    }
    for i in f.blocks[b].insts.clone() {
        let copy = clone_inst(f, i);
        f.map_args(copy, |v| defs[first..].iter().find(|d| d.1 == v).map_or(v, |d| d.2));
        if let (Some(r), Some(c)) = (f.result(i), f.result(copy)) {
            defs.push((b, r, c));
        }
        f.blocks[new].insts.push(copy);
    }
    for c in f.terminator(new).map(|t| f.target_ids(t)).unwrap_or_default() {
        let to = f.block_calls[c].block;
        if to == h {
            f.block_calls[c].block = pre;
        } else if let Some(&t) = twin.get(to)
            && !t.is_none()
        {
            f.block_calls[c].block = t;
        }
    }
}

/// Gives every use in the copies and behind the loop the definition that reaches it.
fn repair(
    f: &mut Func,
    loops: &LoopForest,
    l: LoopId,
    twin: &Table<Block, Block>,
    defs: &[(Block, Value, Value)],
) {
    let cfg = Cfg::new(f);
    let mut home = Table::filled(f.values.len(), u32::MAX);
    for (at, d) in defs.iter().enumerate() {
        home[d.1] = at as u32;
    }
    let mut users: Vec<Vec<Block>> = vec![Vec::new(); defs.len()];
    for &b in &cfg.rpo {
        // The loop itself is entered from in front only: it sees its own definitions.
        if loops.innermost.get(b).is_some_and(|&x| x == l) {
            continue;
        }
        for &i in &f.blocks[b].insts {
            f.for_each_arg(i, |v| {
                let at = home[v];
                if at != u32::MAX && users[at as usize].last() != Some(&b) {
                    users[at as usize].push(b);
                }
            });
        }
    }
    for (at, &(b, v, copy)) in defs.iter().enumerate() {
        if users[at].is_empty() {
            continue;
        }
        let ty = f.ty(v);
        let mut var = Variable::new(&cfg, ty, [(b, v), (twin[b], copy)]);
        for &user in &users[at] {
            let new = var.start(f, user);
            if new != v {
                for k in 0..f.blocks[user].insts.len() {
                    let i = f.blocks[user].insts[k];
                    f.map_args(i, |a| if a == v { new } else { a });
                }
            }
        }
    }
    debug_assert!(defs.iter().all(|d| !matches!(f.values[d.2].def, Def::Param(b, _) if b == f.entry())));
}

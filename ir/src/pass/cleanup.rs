//! Control-flow cleanup: what other passes leave behind.
//!
//! Constant branches become jumps, unreachable blocks go, jumps to jumps are threaded,
//! a block with one predecessor that jumps to it is merged into it, and parameters
//! whose arguments all agree are replaced. Runs to a fixpoint.

use super::edit::*;
use crate::analysis::Cfg;
use crate::ids::*;
use crate::op::*;
use crate::{Func, InstData, ListRef, Module};

pub fn run(f: &mut Func, _m: &Module) -> bool {
    let mut changed = false;
    // Each round strictly removes something, so the bound is never the reason to stop.
    for _ in 0..=f.blocks.len() {
        let mut now = fold_branches(f);
        now |= remove_unreachable(f);
        now |= thread_jumps(f);
        now |= merge_blocks(f);
        now |= trivial_params(f);
        changed |= now;
        if !now {
            break;
        }
    }
    changed
}

fn jump_to(f: &mut Func, t: Inst, call: BlockCallId) {
    f.insts[t] = InstData { a: call.0, ..InstData::new(Op::Jump, crate::Ty::Void) };
}

fn same_call(f: &Func, a: BlockCallId, b: BlockCallId) -> bool {
    f.block_calls[a].block == f.block_calls[b].block && args_of(f, a) == args_of(f, b)
}

/// Branches and switches on constants, branches whose targets agree, negated conditions.
fn fold_branches(f: &mut Func) -> bool {
    let mut changed = false;
    for b in f.layout.clone() {
        let Some(t) = f.terminator(b) else { continue };
        let d = f.insts[t];
        match d.op {
            Op::Branch => {
                let (x, y) = (BlockCallId(d.b), BlockCallId(d.c));
                let to = match const_bits(f, d.arg_a()) {
                    Some(c) => Some(if c != 0 { x } else { y }),
                    None => same_call(f, x, y).then_some(x),
                };
                if let Some(to) = to {
                    jump_to(f, t, to);
                    changed = true;
                } else if let Some(n) = f.def(d.arg_a())
                    && n.op == Op::BNot
                {
                    let aux = [0, 2, 1][d.aux as usize];
                    f.insts[t] = InstData { a: n.a, b: d.c, c: d.b, aux, ..d };
                    changed = true;
                }
            }
            Op::Switch => {
                let targets = f.list(ListRef(d.b)).to_vec();
                let cases = f.list(ListRef(d.c)).to_vec();
                let to = match const_bits(f, d.arg_a()) {
                    Some(c) => Some(cases.iter().position(|&x| x as u64 == c).map_or(0, |i| i + 1)),
                    None => targets
                        .iter()
                        .all(|&x| same_call(f, BlockCallId(x), BlockCallId(targets[0])))
                        .then_some(0),
                };
                if let Some(to) = to {
                    jump_to(f, t, BlockCallId(targets[to]));
                    changed = true;
                }
            }
            _ => {}
        }
    }
    changed
}

/// Drops blocks that the entry does not reach.
pub fn remove_unreachable(f: &mut Func) -> bool {
    let cfg = Cfg::new(f);
    let before = f.layout.len();
    f.layout.retain(|&b| cfg.is_reachable(b));
    f.layout.len() != before
}

/// The blocks in front of loops that cold code enters anew (see `split`). Cold code keeps going there, and
/// so must all that enter: else the block would be in the loop.
fn loop_fronts(f: &Func) -> Table<Block, bool> {
    let cfg = Cfg::new(f);
    let mut front = Table::filled(f.blocks.len(), false);
    for &b in cfg.rpo.iter().filter(|&&b| !f.blocks[b].cold && f.blocks[b].insts.len() == 1) {
        let Some(&[call]) = f.terminator(b).map(|t| f.target_ids(t)).as_deref() else { continue };
        let h = f.block_calls[call].block;
        let header = cfg.preds[h].iter().any(|p| p.block != b && cfg.index[p.block] >= cfg.index[h]);
        front[b] = header && cfg.preds[b].iter().any(|p| f.blocks[p.block].cold);
    }
    front
}

/// Retargets edges into blocks that do nothing but jump on.
fn thread_jumps(f: &mut Func) -> bool {
    let uses = crate::analysis::use_counts(f);
    let mut changed = false;
    let front = loop_fronts(f);
    for b in f.layout.clone() {
        let Some(t) = f.terminator(b) else { continue };
        for call in f.target_ids(t) {
            // A chain is followed over the rounds of `run`, one link a round.
            let via = f.block_calls[call].block;
            let &[only] = f.blocks[via].insts.as_slice() else { continue };
            let d = f.insts[only];
            if d.op != Op::Jump || via == b || front[via] {
                continue;
            }
            let next = BlockCallId(d.a);
            let target = f.block_calls[next].block;
            let inner = args_of(f, next);
            let params = f.blocks[via].params.clone();
            let local = params.iter().all(|&p| uses[p] == inner.iter().filter(|&&a| a == p).count() as u32);
            if target == via || !local {
                continue;
            }
            let outer = args_of(f, call);
            let args: Vec<Value> =
                inner.iter().map(|a| params.iter().position(|p| p == a).map_or(*a, |i| outer[i])).collect();
            let list = f.make_values(&args);
            f.block_calls[call] = crate::BlockCall { block: target, args: list };
            changed = true;
        }
    }
    changed && {
        remove_unreachable(f);
        true
    }
}

/// Appends blocks to the only predecessor that jumps to them.
fn merge_blocks(f: &mut Func) -> bool {
    let cfg = Cfg::new(f);
    let mut subst = Subst::new(f);
    let mut gone = Table::filled(f.blocks.len(), false);
    for &b in &cfg.rpo {
        if gone[b] {
            continue;
        }
        loop {
            let Some(t) = f.terminator(b) else { break };
            if f.insts[t].op != Op::Jump {
                break;
            }
            let call = BlockCallId(f.insts[t].a);
            let next = f.block_calls[call].block;
            if next == b || next == f.entry() || cfg.preds[next].len() != 1 || gone[next] {
                break;
            }
            let params = std::mem::take(&mut f.blocks[next].params);
            for (p, a) in params.into_iter().zip(args_of(f, call)) {
                subst.set(p, a);
            }
            let insts = std::mem::take(&mut f.blocks[next].insts);
            f.blocks[b].insts.pop();
            f.blocks[b].insts.extend(insts);
            gone[next] = true;
        }
    }
    let before = f.layout.len();
    f.layout.retain(|&b| !gone[b]);
    subst.apply(f);
    f.layout.len() != before
}

/// Replaces parameters that always receive one value, or themselves.
fn trivial_params(f: &mut Func) -> bool {
    let cfg = Cfg::new(f);
    let mut subst = Subst::new(f);
    let mut again = true;
    let mut dead = Table::filled(f.values.len(), false);
    while again {
        again = false;
        for &b in &cfg.rpo[1..] {
            for (at, &p) in f.blocks[b].params.iter().enumerate() {
                if dead[p] {
                    continue;
                }
                let mut same = Value::NONE;
                let trivial = cfg.preds[b].iter().all(|e| {
                    let a = subst.resolve(Value(f.list(f.block_calls[e.call].args)[at]));
                    if a == p || a == same {
                        return true;
                    }
                    let first = same.is_none();
                    same = a;
                    first
                });
                if trivial && !same.is_none() {
                    dead[p] = true;
                    subst.set(p, same);
                    again = true;
                }
            }
        }
    }
    for &b in &cfg.rpo[1..] {
        let drop: Vec<bool> = f.blocks[b].params.iter().map(|&p| dead[p]).collect();
        if drop.contains(&true) {
            retain_params(f, &cfg, b, |i| !drop[i]);
        }
    }
    subst.apply(f)
}

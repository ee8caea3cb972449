//! Moves of the allocator that change nothing: a spill of a register that its slot holds
//! already, a reload of a slot that the register holds already.
//!
//! The allocator decides per piece of a live range and writes a value back whenever it cuts
//! one; in loops with calls on cold paths that makes a chain of stores and loads through
//! memory. A forward analysis over all blocks keeps, for each spill slot, the set of registers
//! with the same content. Where blocks meet, the sets are intersected.

use super::minst::{Clobber, VCode};
use regalloc2::{Allocation, Block, Edit, Function, Inst, OperandKind, Output, PReg, ProgPoint, RegClass};

/// Registers equal to each slot, one bit a register.
type State = Vec<u32>;

fn bit(p: PReg) -> u32 {
    match p.class() {
        RegClass::Int => 1 << p.hw_enc(),
        _ => 1 << (16 + p.hw_enc()),
    }
}

/// Removes the moves without effect from the allocator's result.
pub fn remove_redundant(vc: &VCode, out: &mut Output) {
    if out.num_spillslots == 0 {
        return;
    }
    let slots = out.num_spillslots;
    // Not visited yet: everything is equal.
    let mut entry: Vec<State> = vec![vec![u32::MAX; slots]; vc.blocks.len()];
    entry[0] = vec![0; slots];
    let mut work: Vec<usize> = vec![0];
    let mut visited = vec![false; vc.blocks.len()];
    let mut queued = vec![false; vc.blocks.len()];
    while let Some(b) = work.pop() {
        queued[b] = false;
        visited[b] = true;
        let mut state = entry[b].clone();
        walk(vc, out, b, &mut state, &mut |_| {});
        for s in &vc.blocks[b].succs {
            let s = s.index();
            let mut changed = !visited[s];
            for (x, y) in entry[s].iter_mut().zip(&state) {
                changed |= *x & y != *x;
                *x &= y;
            }
            if changed && !std::mem::replace(&mut queued[s], true) {
                work.push(s);
            }
        }
    }
    let mut keep = vec![true; out.edits.len()];
    for b in (0..vc.blocks.len()).filter(|&b| visited[b]) {
        let mut state = entry[b].clone();
        walk(vc, out, b, &mut state, &mut |edit| keep[edit] = false);
    }
    let mut at = 0;
    out.edits.retain(|_| {
        at += 1;
        keep[at - 1]
    });
}

/// Goes through a block, and names the edits that change nothing.
fn walk(vc: &VCode, out: &Output, b: usize, state: &mut State, redundant: &mut dyn FnMut(usize)) {
    let insts = vc.block_insns(Block::new(b));
    let mut at = out.edits.partition_point(|e| e.0 < ProgPoint::before(insts.first()));
    for i in insts.iter() {
        edits(out, &mut at, ProgPoint::before(i), state, redundant);
        inst(vc, out, i, state);
        edits(out, &mut at, ProgPoint::after(i), state, redundant);
    }
}

fn edits(
    out: &Output,
    at: &mut usize,
    point: ProgPoint,
    state: &mut State,
    redundant: &mut dyn FnMut(usize),
) {
    while let Some((p, Edit::Move { from, to })) = out.edits.get(*at)
        && *p == point
    {
        if moved(*from, *to, state) {
            redundant(*at);
        }
        *at += 1;
    }
}

/// Applies a move; whether it changes nothing.
fn moved(from: Allocation, to: Allocation, state: &mut State) -> bool {
    match (from.as_reg(), to.as_reg(), from.as_stack(), to.as_stack()) {
        (Some(r), None, None, Some(slot)) => {
            let same = state[slot.index()] & bit(r) != 0;
            if !same {
                state[slot.index()] = bit(r);
            }
            same
        }
        (None, Some(r), Some(slot), None) => {
            let same = state[slot.index()] & bit(r) != 0;
            if !same {
                forget(state, bit(r));
                state[slot.index()] |= bit(r);
            }
            same
        }
        (Some(f), Some(t), None, None) if f != t => {
            forget(state, bit(t));
            for s in state.iter_mut().filter(|s| **s & bit(f) != 0) {
                *s |= bit(t);
            }
            false
        }
        _ => false,
    }
}

fn forget(state: &mut State, bits: u32) {
    for s in state.iter_mut() {
        *s &= !bits;
    }
}

/// What an instruction writes equals no slot any more.
fn inst(vc: &VCode, out: &Output, i: Inst, state: &mut State) {
    let mut bits = 0;
    if vc.insts[i.index()].clobber != Clobber::None {
        for r in vc.inst_clobbers(i) {
            bits |= bit(r);
        }
    }
    for (op, a) in vc.inst_operands(i).iter().zip(out.inst_allocs(i)) {
        if op.kind() != OperandKind::Def {
            continue;
        }
        if let Some(r) = a.as_reg() {
            bits |= bit(r);
        } else if let Some(slot) = a.as_stack() {
            state[slot.index()] = 0;
        }
    }
    if bits != 0 {
        forget(state, bits);
    }
}

//! Dead code elimination: keeps what effects and control need, and drops the rest,
//! block parameters that only feed themselves included.

use super::edit::*;
use super::effects;
use crate::analysis::Cfg;
use crate::ids::*;
use crate::op::*;
use crate::verify::may_throw;
use crate::{Def, Func, InstData, Module, Ty};

pub fn run(f: &mut Func, m: &Module) -> bool {
    let cfg = Cfg::new(f);
    let mut live = Table::filled(f.values.len(), false);
    let mut work: Vec<Value> = Vec::new();
    let need = |v: Value, live: &mut Table<Value, bool>, work: &mut Vec<Value>| {
        if !std::mem::replace(&mut live[v], true) {
            work.push(v);
        }
    };
    for &b in &cfg.rpo {
        for &i in &f.blocks[b].insts {
            let d = f.insts[i];
            if d.op.is_terminator() {
                if matches!(d.op, Op::Branch | Op::Switch | Op::Return) {
                    need(d.arg_a(), &mut live, &mut work);
                }
            } else if !effects::is_removable(m, &d) {
                f.for_each_arg(i, |v| need(v, &mut live, &mut work));
            }
        }
    }
    while let Some(v) = work.pop() {
        match f.values[v].def {
            Def::Inst(i) => f.for_each_arg(i, |v| need(v, &mut live, &mut work)),
            Def::Param(b, at) => {
                for p in &cfg.preds[b] {
                    need(Value(f.list(f.block_calls[p.call].args)[at as usize]), &mut live, &mut work);
                }
            }
        }
    }
    sweep(f, m, &cfg, &live)
}

/// An exception edge behind an instruction that is gone leads nowhere: only what throws stands in front of one.
pub(super) fn drop_handler(f: &mut Func, m: &Module, b: Block) {
    let insts = &f.blocks[b].insts;
    let Some(&last) = insts.last().filter(|&&i| f.insts[i].op == Op::BrExc) else { return };
    let thrower = insts.len().checked_sub(2).map(|k| insts[k]);
    if !thrower.is_some_and(|i| may_throw(f, m, i)) {
        f.insts[last] = InstData { a: f.insts[last].a, ..InstData::new(Op::Jump, Ty::Void) };
    }
}

fn sweep(f: &mut Func, m: &Module, cfg: &Cfg, live: &Table<Value, bool>) -> bool {
    let mut changed = false;
    for &b in &cfg.rpo {
        let mut insts = std::mem::take(&mut f.blocks[b].insts);
        let before = insts.len();
        insts.retain(|&i| {
            let d = &f.insts[i];
            d.op.is_terminator() || !effects::is_removable(m, d) || f.result(i).is_some_and(|r| live[r])
        });
        changed |= insts.len() != before;
        f.blocks[b].insts = insts;
        drop_handler(f, m, b);
        let keep: Vec<bool> = f.blocks[b].params.iter().map(|&p| live[p]).collect();
        if b != f.entry() && keep.contains(&false) {
            retain_params(f, cfg, b, |i| keep[i]);
            changed = true;
        }
    }
    changed
}

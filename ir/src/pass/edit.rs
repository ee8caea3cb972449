//! Small tools that passes share: replacing values, reading constants, changing edges.
//!
//! The IR has no value aliases, so a pass collects replacements in a `Subst` and applies
//! them to all operands once.

use crate::analysis::Cfg;
use crate::ids::*;
use crate::interp::scalar;
use crate::{BlockCall, Def, Func, InstData, Ty};

/// Replacements of values by values, resolved through chains.
#[derive(Clone, Debug)]
pub struct Subst {
    to: Table<Value, Value>,
    any: bool,
}

impl Subst {
    pub fn new(f: &Func) -> Subst {
        Subst { to: Table::filled(f.values.len(), Value::NONE), any: false }
    }

    pub fn set(&mut self, from: Value, to: Value) {
        debug_assert_ne!(self.resolve(to), from);
        while self.to.len() <= from.index() {
            self.to.push(Value::NONE);
        }
        self.to[from] = to;
        self.any = true;
    }

    pub fn resolve(&self, mut v: Value) -> Value {
        while let Some(&next) = self.to.get(v)
            && !next.is_none()
        {
            v = next;
        }
        v
    }

    pub fn is_empty(&self) -> bool {
        !self.any
    }

    /// Rewrites the operands of every placed instruction; whether there was anything to do.
    pub fn apply(&self, f: &mut Func) -> bool {
        if !self.any {
            return false;
        }
        for b in f.layout.clone() {
            for i in 0..f.blocks[b].insts.len() {
                let inst = f.blocks[b].insts[i];
                f.map_args(inst, |v| self.resolve(v));
            }
        }
        true
    }
}

/// The bits of a constant scalar.
pub fn const_bits(f: &Func, v: Value) -> Option<u64> {
    let d = f.def(v)?;
    if d.op.info().format != crate::op::Format::Imm64 || d.op.is_dynamic() {
        return None;
    }
    scalar::eval(d, d.ty, &[])
}

/// The value of a constant integer, sign-extended.
pub fn const_int(f: &Func, v: Value) -> Option<i64> {
    if !f.ty(v).is_int() {
        return None;
    }
    const_bits(f, v).map(|b| scalar::signed(f.ty(v), b))
}

/// The value of a constant double.
pub fn const_f64(f: &Func, v: Value) -> Option<f64> {
    if f.ty(v) != Ty::F64 {
        return None;
    }
    const_bits(f, v).map(f64::from_bits)
}

/// Makes an unplaced instruction with the result type that its rule gives; `d.ty` where the rule leaves it open.
pub fn make(f: &mut Func, mut d: InstData, pos: u32) -> (Inst, Value) {
    d.ty = f.result_ty(&d, d.ty);
    let i = f.make_inst(d, pos);
    (i, f.results[i])
}

/// Replaces an instruction in place, keeping its result value; the types must agree.
pub fn become_inst(f: &mut Func, i: Inst, mut d: InstData) {
    d.ty = f.result_ty(&d, d.ty);
    debug_assert_eq!(f.insts[i].ty, d.ty, "{:?}", d);
    f.insts[i] = d;
}

/// Replaces the arguments of a block call.
pub fn set_args(f: &mut Func, call: BlockCallId, args: &[Value]) {
    let list = f.make_values(args);
    f.block_calls[call].args = list;
}

/// The arguments of a block call.
pub fn args_of(f: &Func, call: BlockCallId) -> Vec<Value> {
    f.values_of(f.block_calls[call].args).collect()
}

/// A copy of a block call, so that each terminator owns its own.
pub fn copy_call(f: &mut Func, call: BlockCallId) -> BlockCallId {
    let BlockCall { block, .. } = f.block_calls[call];
    let args = args_of(f, call);
    f.make_block_call(block, &args)
}

/// Keeps the parameters for which `keep` holds, and the arguments of every edge with them.
pub fn retain_params(f: &mut Func, cfg: &Cfg, block: Block, keep: impl Fn(usize) -> bool) {
    for p in &cfg.preds[block] {
        let args: Vec<Value> =
            args_of(f, p.call).into_iter().enumerate().filter(|&(i, _)| keep(i)).map(|x| x.1).collect();
        set_args(f, p.call, &args);
    }
    let params = std::mem::take(&mut f.blocks[block].params);
    let kept: Vec<Value> = params.into_iter().enumerate().filter(|&(i, _)| keep(i)).map(|x| x.1).collect();
    for (i, &p) in kept.iter().enumerate() {
        f.values[p].def = Def::Param(block, i as u32);
    }
    f.blocks[block].params = kept;
}

/// Appends an argument to a block call.
pub fn push_arg(f: &mut Func, call: BlockCallId, v: Value) {
    let mut args = args_of(f, call);
    args.push(v);
    set_args(f, call, &args);
}

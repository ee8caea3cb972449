//! Scalar replacement: an object that nothing else can see becomes its fields.
//!
//! An object made by `new_object` stays inside the function when it is only loaded from,
//! stored into, compared, or asked for its class. Then each field is a variable, its
//! stores are assignments, and the allocation, the stores and their barriers go. Objects
//! held only by such objects follow in the next round.

use super::edit::*;
use super::simplify::un;
use super::ssa::Variable;
use crate::analysis::{Cfg, inst_blocks};
use crate::ids::*;
use crate::op::*;
use crate::{Func, InstData, Kind, Module, Ty};
use hashbrown::HashMap;
use ultra_abi::shape::META_FINALIZE;

pub fn run(f: &mut Func, m: &Module) -> bool {
    let mut changed = false;
    while let Some((inst, object)) = find(f, m) {
        replace(f, m, inst, object);
        changed = true;
    }
    changed
}

/// An allocation whose object does not leave the function.
fn find(f: &Func, m: &Module) -> Option<(Inst, Value)> {
    let mut escapes = Table::filled(f.values.len(), false);
    let mut accesses: Vec<(Value, FieldId)> = Vec::new();
    for &b in &f.layout {
        for &i in &f.blocks[b].insts {
            let d = &f.insts[i];
            match d.op {
                Op::RefIsNullish | Op::IsInstance => {}
                Op::LoadField => accesses.push((d.arg_a(), FieldId(d.b))),
                Op::ICmp if f.ty(d.arg_a()) == Ty::Ref => {}
                Op::StoreField => {
                    accesses.push((d.arg_a(), FieldId(d.c)));
                    escapes[d.arg_b()] = true;
                }
                _ => f.for_each_arg(i, |v| escapes[v] = true),
            }
        }
    }
    // Code for another class, which a class test keeps from running, may still name the object.
    let fits = |object: Value, class: ClassId| {
        accesses.iter().all(|&(v, field)| v != object || m.classes[class].fields.contains(&field))
    };
    let all = f.layout.iter().flat_map(|&b| f.blocks[b].insts.iter().copied());
    all.filter(|&i| {
        f.insts[i].op == Op::NewObject && m.classes[ClassId(f.insts[i].a)].meta_bits & META_FINALIZE == 0
    })
    .filter_map(|i| f.result(i).map(|v| (i, v)))
    .find(|&(i, v)| !escapes[v] && fits(v, ClassId(f.insts[i].a)))
}

/// What reading a slot that was never written gives: every field is stored before it can be seen.
fn zero(kind: Kind) -> Option<InstData> {
    match kind.reg_ty() {
        Ty::Str => None,
        Ty::Any => Some(InstData::imm64(Op::AnyConst, Ty::Any, ultra_abi::value::UNDEFINED)),
        ty => crate::interp::scalar::constant(ty, 0),
    }
}

fn replace(f: &mut Func, m: &Module, alloc: Inst, object: Value) {
    let cfg = Cfg::new(f);
    let blocks = inst_blocks(f);
    let class = ClassId(f.insts[alloc].a);
    let home = blocks[alloc];
    let mut subst = Subst::new(f);
    let mut dead: Vec<Inst> = vec![alloc];
    for &field in &m.classes[class].fields {
        let kind = m.fields[field].kind;
        // Values at the ends of blocks that store.
        let mut ends: HashMap<Block, Value> = HashMap::new();
        for &b in &cfg.rpo {
            for &i in &f.blocks[b].insts {
                let d = &f.insts[i];
                if d.op == Op::StoreField && d.arg_a() == object && d.c == field.0 {
                    ends.insert(b, d.arg_b());
                }
            }
        }
        let first = match (ends.contains_key(&home), zero(kind)) {
            (false, Some(d)) => {
                let (i, v) = make(f, d, u32::MAX);
                let at = f.blocks[home].insts.iter().position(|&x| x == alloc).unwrap_or(0);
                f.blocks[home].insts.insert(at, i);
                ends.insert(home, v);
                Some(v)
            }
            _ => None,
        };
        let mut var = Variable::new(&cfg, kind.reg_ty(), ends);
        for &b in &cfg.rpo {
            let mut now = if b == home { first } else { None };
            for k in 0..f.blocks[b].insts.len() {
                let i = f.blocks[b].insts[k];
                let d = f.insts[i];
                if d.op == Op::StoreField && d.arg_a() == object && d.c == field.0 {
                    now = Some(d.arg_b());
                    dead.push(i);
                } else if d.op == Op::LoadField && d.arg_a() == object && d.b == field.0 {
                    let v = match now {
                        Some(v) => v,
                        None => var.start(f, b),
                    };
                    now = Some(v);
                    load(f, i, kind, v, &mut subst, &mut dead);
                }
            }
        }
    }
    tests(f, m, class, object);
    for &b in &cfg.rpo {
        f.blocks[b].insts.retain(|i| !dead.contains(i));
    }
    super::dce::drop_handler(f, m, home);
    subst.apply(f);
}

/// A load becomes the stored value, narrowed as the slot would have.
fn load(f: &mut Func, i: Inst, kind: Kind, v: Value, subst: &mut Subst, dead: &mut Vec<Inst>) {
    let op = match kind {
        Kind::I8 => Op::SExt8,
        Kind::U8 => Op::ZExt8,
        Kind::I16 => Op::SExt16,
        Kind::U16 => Op::ZExt16,
        _ => {
            if let Some(r) = f.result(i)
                && subst.resolve(v) != r
            {
                subst.set(r, v);
            }
            dead.push(i);
            return;
        }
    };
    become_inst(f, i, un(op, Ty::I32, v));
}

/// Comparisons and class tests of an object that is like no other.
fn tests(f: &mut Func, m: &Module, class: ClassId, object: Value) {
    for b in f.layout.clone() {
        for i in f.blocks[b].insts.clone() {
            let d = f.insts[i];
            let truth = match d.op {
                Op::ICmp if d.arg_a() == object || d.arg_b() == object => {
                    (d.a == d.b) == (d.aux == IntCc::Eq as u16)
                }
                Op::RefIsNullish if d.arg_a() == object => false,
                Op::IsInstance if d.arg_a() == object => m.is_subclass(class, ClassId(d.b)),
                _ => continue,
            };
            f.insts[i] = InstData::imm64(Op::BConst, Ty::Bool, truth as u64);
        }
    }
}

//! Store-barrier lowering: removes count operations that deferred counting does not need.
//!
//! Within a block, from an allocation to the next instruction at which a scan may run, the
//! new object is fresh: local, count 0, known to nobody else. Then
//! - the first store into a slot has no old value to release: `full` becomes `init`;
//! - a stored value that is never counted (undefined, null, a literal, a number or boolean
//!   in an `any`, a global) needs no increment either: the barrier becomes `none`.
//!
//! See docs/passes.md for why this is sound.

use super::effects;
use crate::ids::*;
use crate::op::*;
use crate::{Func, Module};

pub fn run(f: &mut Func, m: &Module) -> bool {
    let mut changed = false;
    for b in f.layout.clone() {
        // Fresh objects, and which of their fields were stored with a counted value.
        let mut fresh: Vec<Value> = Vec::new();
        let mut written: Vec<(Value, FieldId)> = Vec::new();
        for i in f.blocks[b].insts.clone() {
            let d = f.insts[i];
            if d.op == Op::StoreField {
                let (object, field) = (d.arg_a(), FieldId(d.c));
                let uncounted = is_uncounted(f, d.arg_b());
                let first = fresh.contains(&object) && !written.contains(&(object, field));
                let old = Barrier::from_aux(d.aux);
                let new = match old {
                    Barrier::None => old,
                    _ if first && uncounted => Barrier::None,
                    // A reference to itself closes a cycle, for which the collector must know the object.
                    _ if first && object != d.arg_b() => Barrier::Init,
                    // An initialising store of something uncounted, wherever lowering put it.
                    Barrier::Init if uncounted => Barrier::None,
                    _ => old,
                };
                if new != old {
                    f.insts[i].aux = new as u16;
                    changed = true;
                }
                if !uncounted {
                    written.push((object, field));
                }
                // Whoever reaches the container may reach the stored object now, and share it.
                fresh.retain(|&v| v != d.arg_b());
                continue;
            }
            if d.op == Op::StoreElem {
                fresh.retain(|&v| v != d.arg_c());
            }
            // Nothing else that is no scan lets an object out: boxes and block arguments keep it in
            // this function, but a copy may be stored under another name.
            if matches!(d.op, Op::AnyFromRef | Op::Select | Op::PtrStore) {
                f.for_each_arg(i, |v| fresh.retain(|&x| x != v));
            }
            if effects::may_scan(m, &d) {
                fresh.clear();
                written.clear();
            }
            if d.op == Op::NewObject
                && let Some(r) = f.result(i)
            {
                fresh.push(r);
            }
        }
    }
    changed
}

/// Whether a value never holds a reference that is counted.
fn is_uncounted(f: &Func, v: Value) -> bool {
    f.def(v).is_some_and(|d| {
        matches!(
            d.op,
            Op::RefConst | Op::AnyConst | Op::StrConst | Op::GlobalRef | Op::AnyFromF64 | Op::AnyFromBool
        ) || d.op == Op::AnyFromStr && f.def(d.arg_a()).is_some_and(|s| s.op == Op::StrConst)
    })
}

//! Fields that may be read before their initialiser has run.
//!
//! In TypeScript and JavaScript such a read gives `undefined`, which the type of the field
//! must then include. It takes code that runs before: the constructor of a base class that
//! lets go of `this` (a call of a method, a closure), or an initialiser of an earlier field
//! that does. Code that only stores to fields of `this` and reads them cannot run other code
//! that sees a later field, so most classes keep exact types.

use hashbrown::HashMap;
use ultra_ir::{Func, InstData, Op, StrId, Value};

use crate::program::*;

/// What is known so far.
#[derive(Default)]
pub struct Early {
    /// Whether a function may let other code see its `this`.
    leaks: HashMap<FnId, bool>,
}

impl Early {
    /// Whether field `name` of a class may be read before it is initialised.
    pub fn sees(&mut self, prog: &Program, class: ClassDeclId, name: StrId) -> bool {
        if self.bases_leak(prog, class) {
            return true;
        }
        let Some(f) = prog.classes[class].field_init else { return false };
        read_before_store(&prog.fns[f].body, name)
    }

    /// Whether constructing the bases of a class may run code that sees the object.
    fn bases_leak(&mut self, prog: &Program, class: ClassDeclId) -> bool {
        let mut at = prog.classes[class].base;
        while let ClassBase::Decl(base) = at {
            let c = &prog.classes[base];
            for f in [c.ctor, c.field_init].into_iter().flatten() {
                if self.leaks(prog, f) {
                    return true;
                }
            }
            at = c.base;
        }
        false
    }

    fn leaks(&mut self, prog: &Program, f: FnId) -> bool {
        if let Some(&known) = self.leaks.get(&f) {
            return known;
        }
        let body = &prog.fns[f].body;
        let this = this_of(body);
        let mut leaks = false;
        for (inst, d) in body.insts.iter() {
            let _ = inst;
            leaks |= this.is_some_and(|t| lets_go(body, d, t));
        }
        self.leaks.insert(f, leaks);
        leaks
    }
}

fn this_of(body: &Func) -> Option<Value> {
    if body.layout.is_empty() {
        return None;
    }
    body.blocks[body.entry()].params.get(1).copied()
}

/// Whether an instruction gives `this` to other code, or keeps it where other code finds it.
fn lets_go(body: &Func, d: &InstData, this: Value) -> bool {
    match d.op {
        Op::JsCall | Op::JsCallMethod | Op::JsNew | Op::JsSuperMethod | Op::JsArray | Op::JsObject => {
            body.values_of(d.list()).any(|v| v == this)
        }
        Op::JsApply => d.arg_b() == this || d.arg_c() == this,
        // An object of a base class under construction.
        Op::JsSuperCall | Op::JsInitFields | Op::JsGet => false,
        Op::JsSet => d.arg_b() == this,
        Op::JsVarSet => d.arg_b() == this,
        Op::JsElemGet | Op::JsElemSet => d.arg_a() == this,
        Op::JsArrayPush | Op::JsNewApply => d.arg_b() == this,
        _ => false,
    }
}

/// Whether field initialisers may read a field before they store to it.
fn read_before_store(body: &Func, name: StrId) -> bool {
    let Some(this) = this_of(body) else { return false };
    let mut kept = false;
    for &block in &body.layout {
        for &inst in &body.blocks[block].insts {
            let d = &body.insts[inst];
            if d.op == Op::JsSet && d.arg_a() == this && StrId(d.c) == name {
                return false;
            }
            if d.op == Op::JsGet && d.arg_a() == this && StrId(d.b) == name {
                return true;
            }
            let calls = matches!(
                d.op,
                Op::JsCall | Op::JsCallMethod | Op::JsNew | Op::JsApply | Op::JsSuperMethod | Op::JsNewApply
            );
            // A closure that captured `this` sees it only when something runs it.
            if calls && (kept || lets_go(body, d, this)) {
                return true;
            }
            kept |= lets_go(body, d, this);
        }
    }
    false
}

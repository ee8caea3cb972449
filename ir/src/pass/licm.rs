//! Loop-invariant code motion into preheaders.
//!
//! What moves: pure instructions that may be executed anywhere, always; and instructions
//! that rely on a check or read memory (loads, unchecked conversions, pure runtime calls),
//! when every entry of the loop executes them (nothing that may leave comes first) and no
//! instruction of the loop writes what they read. Inner loops come first, so a value moves
//! out of several loops in one run. Constants move too: the backend rematerialises them.
//!
//! The store of an array and its length also move when a check comes first, if the array is
//! known to be one without that check: it is a parameter of the function or a new array, and
//! nothing in the function asks what it is (a union or a nullable type would be asked). Then
//! the load finds an array wherever it is executed.

use super::effects::*;
use crate::analysis::{Cfg, DomTree, LoopForest, LoopId, def_block, inst_blocks};
use crate::ids::*;
use crate::op::*;
use crate::{Def, Func, InstData, Module};
use ultra_abi::layout::StructId;
use ultra_abi::rtfn::RtFn;

pub fn run(f: &mut Func, m: &Module) -> bool {
    let made = preheaders(f);
    let cfg = Cfg::new(f);
    let dom = DomTree::new(f, &cfg);
    let loops = LoopForest::new(f, &cfg, &dom);
    let mut changed = made;
    if loops.irreducible {
        return changed;
    }
    let mut blocks = inst_blocks(f);
    let arrays = arrays(f, m);
    for l in loops.inner_first() {
        changed |= hoist(f, m, &cfg, &dom, &loops, l, &mut blocks, &arrays);
    }
    changed
}

/// Gives every loop one entering block that jumps to its header.
pub fn preheaders(f: &mut Func) -> bool {
    let cfg = Cfg::new(f);
    let dom = DomTree::new(f, &cfg);
    let loops = LoopForest::new(f, &cfg, &dom);
    let mut changed = false;
    for (id, l) in loops.loops.iter() {
        let entering: Vec<_> =
            cfg.preds[l.header].iter().filter(|p| !loops.contains(id, p.block)).copied().collect();
        if let [p] = entering.as_slice()
            && f.terminator(p.block).is_some_and(|t| f.insts[t].op == Op::Jump)
        {
            continue;
        }
        let new = f.create_block();
        let params: Vec<Value> =
            f.blocks[l.header].params.clone().into_iter().map(|p| f.add_param(new, f.ty(p))).collect();
        for p in entering {
            f.block_calls[p.call].block = new;
        }
        let call = f.make_block_call(l.header, &params);
        f.push_inst(new, InstData { a: call.0, ..InstData::new(Op::Jump, crate::Ty::Void) }, u32::MAX);
        f.blocks[new].cold = f.blocks[l.header].cold;
        let at = f.layout.iter().position(|&b| b == l.header).unwrap_or(0);
        f.layout.insert(at, new);
        changed = true;
    }
    changed
}

/// Values that are arrays wherever they are defined; see the file's header.
fn arrays(f: &Func, m: &Module) -> Table<Value, bool> {
    let store = m.struct_field(StructId::Array, "store");
    let mut t = Table::filled(f.values.len(), false);
    let mut loaded = Table::filled(f.values.len(), false);
    let insts = || f.layout.iter().flat_map(|&b| &f.blocks[b].insts);
    for &i in insts() {
        let d = &f.insts[i];
        if d.op == Op::LoadField && d.b == store.0 {
            loaded[d.arg_a()] = true;
        }
    }
    for v in f.values.ids().filter(|&v| loaded[v]) {
        t[v] = match f.values[v].def {
            Def::Param(b, _) => b == f.entry(),
            Def::Inst(i) => f.insts[i].op == Op::CallRt && f.insts[i].a == RtFn::NewArray as u32,
        };
    }
    for &i in insts() {
        let d = &f.insts[i];
        let harmless = match d.op {
            Op::LoadField => d.b == store.0,
            Op::Call | Op::CallRt | Op::Return | Op::Jump => true,
            // A new array can be seen as any value.
            Op::AnyFromRef => f.def(d.arg_a()).is_some(),
            _ => false,
        };
        if !harmless {
            f.for_each_arg(i, |v| t[v] = false);
        }
    }
    t
}

/// Whether what an instruction relies on holds wherever its operands are defined.
fn anywhere(f: &Func, m: &Module, d: &InstData, arrays: &Table<Value, bool>) -> bool {
    let store = m.struct_field(StructId::Array, "store");
    let of_store = |v: Value| f.def(v).is_some_and(|d| d.op == Op::LoadField && d.b == store.0);
    match d.op {
        Op::LoadField if d.b == store.0 => arrays.get(d.arg_a()) == Some(&true),
        Op::LoadField => d.b == m.struct_field(StructId::Store, "len").0 && of_store(d.arg_a()),
        Op::StoreData => of_store(d.arg_a()),
        _ => false,
    }
}

#[allow(clippy::too_many_arguments)]
fn hoist(
    f: &mut Func,
    m: &Module,
    cfg: &Cfg,
    dom: &DomTree,
    loops: &LoopForest,
    l: LoopId,
    blocks: &mut Table<Inst, Block>,
    arrays: &Table<Value, bool>,
) -> bool {
    let x = &loops.loops[l];
    let Some(pre) = cfg.preds[x.header].iter().map(|p| p.block).find(|&b| !loops.contains(l, b)) else {
        return false;
    };
    let mut all = false;
    let mut killed: Vec<Alias> = Vec::new();
    for &b in &x.blocks {
        for &i in &f.blocks[b].insts {
            match clobbers(m, &f.insts[i]) {
                Clobber::None => {}
                Clobber::One(a) => killed.push(a),
                Clobber::All => all = true,
            }
        }
    }
    let immutable = |a: Alias| matches!(a, Alias::Field(x) if m.fields[x].immutable);
    let clobbered =
        |a: Alias| killed.contains(&a) || (all && !immutable(a)) || (a == Alias::Raw && !killed.is_empty());
    // Blocks that every trip executes: they dominate all latches and every way out.
    let exits: Vec<Block> = x
        .blocks
        .iter()
        .copied()
        .filter(|&b| f.successors(b).iter().any(|&s| !loops.contains(l, s)))
        .collect();
    let mut certain = true;
    let mut moved: Vec<Inst> = Vec::new();
    for &b in &x.blocks {
        let always = x.latches.iter().chain(&exits).all(|&e| dom.dominates(b, e));
        // A block of an inner loop may never be left.
        let here = loops.innermost[b] == l;
        let mut kept = Vec::new();
        for i in std::mem::take(&mut f.blocks[b].insts) {
            let d = f.insts[i];
            let safe = f.result(i).is_some()
                && if is_speculatable(f, m, &d) {
                    true
                } else if anywhere(f, m, &d, arrays) {
                    reads(&d).is_none_or(|a| !clobbered(a))
                } else if always && here && certain {
                    is_pure(m, &d) || reads(&d).is_some_and(|a| !clobbered(a))
                } else {
                    false
                };
            let mut invariant = safe;
            if safe {
                f.for_each_arg(i, |v| invariant &= !loops.contains(l, def_block(f, blocks, v)));
            }
            if invariant {
                blocks[i] = pre;
                moved.push(i);
                continue;
            }
            if may_leave(f, m, i) {
                certain = false;
            }
            kept.push(i);
        }
        // Where control may leave, what comes later is no longer certain.
        if exits.contains(&b) || !always || !here {
            certain = certain && !exits.contains(&b) && here;
        }
        f.blocks[b].insts = kept;
    }
    let any = !moved.is_empty();
    super::intrep::insert_at_end(f, pre, moved);
    any
}

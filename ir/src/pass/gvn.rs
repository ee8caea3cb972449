//! Global value numbering with simplification on insert and load elimination.
//!
//! Blocks are visited in reverse postorder; an instruction equal to one in a dominating
//! place is replaced by it. A load is an ordinary instruction whose key also holds the
//! version of its alias class, which changes wherever the class may be written, at merges
//! of different versions, and at the head of a loop that writes it. A store enters the
//! load that would read it back, so later loads take the stored value; a store of what
//! the place is known to hold is dropped.

use super::edit::*;
use super::effects::*;
use super::simplify::{Ctx, Simple, simplify_fully};
use crate::analysis::{Cfg, DomTree, LoopForest, LoopId};
use crate::ids::*;
use crate::op::*;
use crate::{Func, InstData, Kind, Module, Ty};
use hashbrown::HashMap;
use smallvec::SmallVec;
use std::collections::BTreeMap;
use ultra_abi::rtfn::Effects;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    data: InstData,
    list: SmallVec<[u32; 4]>,
    version: u32,
}

/// Versions of alias classes at a point.
#[derive(Clone, Default)]
struct Versions {
    base: u32,
    of: BTreeMap<Alias, u32>,
}

struct Gvn<'a> {
    m: &'a Module,
    next_version: u32,
    table: HashMap<Key, SmallVec<[(Value, Block); 2]>, foldhash::fast::FixedState>,
    dom: DomTree,
}

pub fn run(f: &mut Func, m: &Module) -> bool {
    let cfg = Cfg::new(f);
    let dom = DomTree::new(f, &cfg);
    let loops = LoopForest::new(f, &cfg, &dom);
    let killed = loop_clobbers(f, m, &loops);
    let mut g = Gvn { m, next_version: 1, table: HashMap::default(), dom };
    let mut subst = Subst::new(f);
    let mut out: Table<Block, Option<Versions>> = Table::filled(f.blocks.len(), None);
    let mut changed = false;
    for &b in &cfg.rpo {
        let mut state = g.entry_state(f, &cfg, &loops, &killed, &out, b);
        changed |= g.block(f, &mut subst, &mut state, b);
        out[b] = Some(state);
    }
    subst.apply(f) | changed
}

/// What each loop may write, inner loops included.
fn loop_clobbers(f: &Func, m: &Module, loops: &LoopForest) -> Table<LoopId, (bool, Vec<Alias>)> {
    let mut t = Table::new();
    for (_, l) in loops.loops.iter() {
        let (mut all, mut some) = (false, Vec::new());
        for &b in &l.blocks {
            for &i in &f.blocks[b].insts {
                match clobbers(m, &f.insts[i]) {
                    Clobber::None => {}
                    Clobber::One(a) if some.contains(&a) => {}
                    Clobber::One(a) => some.push(a),
                    Clobber::All => all = true,
                }
            }
        }
        t.push((all, some));
    }
    t
}

impl Gvn<'_> {
    fn fresh(&mut self) -> u32 {
        self.next_version += 1;
        self.next_version
    }

    fn immutable(&self, a: Alias) -> bool {
        matches!(a, Alias::Field(x) if self.m.fields[x].immutable)
    }

    fn version(&self, s: &Versions, a: Alias) -> u32 {
        s.of.get(&a).copied().unwrap_or(if self.immutable(a) { 0 } else { s.base })
    }

    fn kill(&mut self, s: &mut Versions, c: Clobber) {
        match c {
            Clobber::None => {}
            Clobber::One(a) => {
                let v = self.fresh();
                s.of.insert(a, v);
                // Raw words may be anything.
                let raw = self.fresh();
                s.of.insert(Alias::Raw, raw);
                if a == Alias::Raw {
                    self.kill(s, Clobber::All);
                }
            }
            Clobber::All => {
                s.base = self.fresh();
                let m = self.m;
                s.of.retain(|a, _| matches!(a, Alias::Field(x) if m.fields[*x].immutable));
            }
        }
    }

    fn entry_state(
        &mut self,
        f: &Func,
        cfg: &Cfg,
        loops: &LoopForest,
        killed: &Table<LoopId, (bool, Vec<Alias>)>,
        out: &Table<Block, Option<Versions>>,
        b: Block,
    ) -> Versions {
        if b == f.entry() {
            return Versions { base: 1, of: BTreeMap::new() };
        }
        let header = loops.innermost[b].some().filter(|&l| loops.loops[l].header == b);
        let mut state: Option<Versions> = None;
        for p in &cfg.preds[b] {
            match &out[p.block] {
                Some(s) => {
                    state = Some(match state {
                        None => s.clone(),
                        Some(t) => self.merge(t, s),
                    })
                }
                // A back edge: covered by the loop's writes, unless it is no loop's.
                None if header.is_some_and(|l| loops.loops[l].latches.contains(&p.block)) => {}
                None => {
                    return Versions { base: self.fresh(), of: BTreeMap::new() };
                }
            }
        }
        let mut state = state.unwrap_or_default();
        if let Some(l) = header {
            let (all, some) = &killed[l];
            if *all || loops.irreducible {
                self.kill(&mut state, Clobber::All);
            }
            for &a in some {
                self.kill(&mut state, Clobber::One(a));
            }
        }
        state
    }

    fn merge(&mut self, a: Versions, b: &Versions) -> Versions {
        let base = if a.base == b.base { a.base } else { self.fresh() };
        let mut of = BTreeMap::new();
        for &k in a.of.keys().chain(b.of.keys()) {
            let (x, y) = (self.version(&a, k), self.version(b, k));
            let v = if x == y { x } else { self.fresh() };
            of.insert(k, v);
        }
        Versions { base, of }
    }

    fn find(&self, key: &Key, at: Block) -> Option<Value> {
        let list = self.table.get(key)?;
        list.iter().rev().find(|(_, b)| self.dom.dominates(*b, at)).map(|x| x.0)
    }

    fn block(&mut self, f: &mut Func, subst: &mut Subst, state: &mut Versions, b: Block) -> bool {
        let insts = std::mem::take(&mut f.blocks[b].insts);
        let mut kept = Vec::with_capacity(insts.len());
        let mut changed = false;
        for i in insts {
            f.map_args(i, |v| subst.resolve(v));
            let keep = match f.result(i) {
                Some(r) => self.valued(f, subst, state, b, i, r, &mut kept),
                None => self.effect(f, state, b, i),
            };
            if keep {
                kept.push(i);
            }
            changed |= !keep;
        }
        f.blocks[b].insts = kept;
        changed
    }

    /// A key for an instruction that equal instructions share; None when it must stay.
    fn key(&self, f: &Func, state: &Versions, d: &InstData) -> Option<Key> {
        let mut data = *d;
        let mut list = SmallVec::new();
        let mut version = 0;
        if d.op.info().format == Format::Call {
            list.extend(f.list(d.list()).iter().copied());
            data.b = 0;
            let reads_all = d.op == Op::CallRt && rt_effects(d) == Effects::READ;
            if reads_all {
                // Any write since changes the answer; only an unchanged base proves that there was none.
                if !state.of.is_empty() {
                    return None;
                }
                version = state.base;
            } else if !is_pure(self.m, d) {
                return None;
            }
        } else if let Some(a) = reads(d) {
            version = self.version(state, a);
        } else if !is_pure(self.m, d) {
            return None;
        }
        if d.op.fx().has(Fx::COMM) && data.a > data.b {
            std::mem::swap(&mut data.a, &mut data.b);
        }
        Some(Key { data, list, version })
    }

    /// Numbers an instruction with a result; whether it stays.
    #[allow(clippy::too_many_arguments)]
    fn valued(
        &mut self,
        f: &mut Func,
        subst: &mut Subst,
        state: &mut Versions,
        b: Block,
        i: Inst,
        r: Value,
        kept: &mut Vec<Inst>,
    ) -> bool {
        let pos = f.positions[i];
        let mut cx = Ctx { f, before: Vec::new(), pos };
        let d = cx.f.insts[i];
        let simple = simplify_fully(&mut cx, d);
        let before = std::mem::take(&mut cx.before);
        for n in before {
            // What a rule inserted is numbered like any other instruction.
            let nd = f.insts[n];
            let nr = f.results[n];
            match self.key(f, state, &nd).and_then(|k| self.find(&k, b)) {
                // The instruction that uses it is not placed yet, so the merge is by replacement.
                Some(v) => subst.set(nr, v),
                None => {
                    kept.push(n);
                    if let Some(k) = self.key(f, state, &nd) {
                        self.table.entry(k).or_default().push((nr, b));
                    }
                }
            }
        }
        let d = match simple {
            Simple::Value(v) => {
                subst.set(r, subst.resolve(v));
                return false;
            }
            Simple::Inst(d) => d,
        };
        f.insts[i] = d;
        f.map_args(i, |v| subst.resolve(v));
        let d = f.insts[i];
        if let Some(k) = self.key(f, state, &d) {
            if let Some(v) = self.find(&k, b) {
                subst.set(r, v);
                return false;
            }
            self.table.entry(k).or_default().push((r, b));
        }
        self.kill(state, clobbers(self.m, &d));
        true
    }

    /// An instruction without a result; whether it stays.
    fn effect(&mut self, f: &mut Func, state: &mut Versions, b: Block, i: Inst) -> bool {
        let d = f.insts[i];
        let load = stored_load(self.m, f, &d);
        if let Some((load, v)) = load
            && let Some(k) = self.key(f, state, &load)
            && self.find(&k, b) == Some(v)
        {
            return false;
        }
        self.kill(state, clobbers(self.m, &d));
        if let Some((load, v)) = load
            && let Some(k) = self.key(f, state, &load)
        {
            self.table.entry(k).or_default().push((v, b));
        }
        true
    }
}

/// The load that reads back what a store wrote, and the value it yields. None when the slot narrows.
fn stored_load(m: &Module, f: &Func, d: &InstData) -> Option<(InstData, Value)> {
    let (kind, v) = match d.op {
        Op::StoreField => (m.fields[FieldId(d.c)].kind, d.arg_b()),
        Op::StoreElem => (Kind::ALL[(d.aux & 0xff) as usize], d.arg_c()),
        _ => return None,
    };
    if matches!(kind, Kind::I8 | Kind::U8 | Kind::I16 | Kind::U16) {
        return None;
    }
    let ty: Ty = f.ty(v);
    let load = match d.op {
        Op::StoreField => InstData { a: d.a, b: d.c, ..InstData::new(Op::LoadField, ty) },
        _ => InstData { a: d.a, b: d.b, aux: d.aux & 0xff, ..InstData::new(Op::LoadElem, ty) },
    };
    Some((load, v))
}

//! The inliner: replaces direct calls by the callee's body.
//!
//! Which calls: `always_inline` callees, and callees that are small, the more so within
//! loops. Calls in cold blocks stay. A function that calls itself is expanded a few
//! levels within a budget, which turns the call tree of something like `fib` into fewer,
//! larger nodes. Exceptions: when the call stands in a `try`, every instruction of the
//! copy that may throw and has no handler of its own gets the caller's.

use super::edit::*;

use crate::analysis::{Cfg, DomTree, LoopForest};
use crate::ids::*;
use crate::op::*;
use crate::verify::may_throw;
use crate::{Func, INLINED, InstData, Module, Ty};
use hashbrown::HashMap;

/// Limits in instructions.
#[derive(Clone, Copy, Debug)]
pub struct InlineOptions {
    /// Largest callee outside loops.
    pub small: usize,
    /// Largest callee within a loop.
    pub in_loop: usize,
    /// The caller stops growing here.
    pub budget: usize,
    /// Levels of expansion of recursive calls.
    pub recursion: u32,
    /// Levels of calls within inlined bodies.
    pub depth: u32,
}

impl Default for InlineOptions {
    fn default() -> InlineOptions {
        InlineOptions { small: 30, in_loop: 80, budget: 600, recursion: 3, depth: 4 }
    }
}

/// Bodies of callees; `None` for what is not lowered or must not be looked at.
pub type Bodies<'a> = dyn Fn(FuncId) -> Option<&'a Func> + 'a;

/// Number of placed instructions.
pub fn size(f: &Func) -> usize {
    f.layout.iter().map(|&b| f.blocks[b].insts.len()).sum()
}

struct Site {
    inst: Inst,
    /// Functions whose copies the call stands in, outermost first.
    within: Vec<FuncId>,
}

/// Inlines calls in `f`, which is the body of `this`; whether anything changed.
pub fn inline(f: &mut Func, this: FuncId, m: &Module, bodies: &Bodies, options: &InlineOptions) -> bool {
    let original = f.clone();
    let mut sites: Vec<Site> = calls(f).into_iter().map(|inst| Site { inst, within: vec![] }).collect();
    let mut changed = false;
    let mut total = size(f);
    let mut at = 0;
    // Breadth first, so that recursion is expanded level by level.
    while at < sites.len() {
        let Site { inst, within } = &sites[at];
        let (inst, within) = (*inst, within.clone());
        at += 1;
        let id = FuncId(f.insts[inst].a);
        let callee = if id == this { Some(&original) } else { bodies(id) };
        let Some(callee) = callee else { continue };
        let Some((block, index)) = locate(f, inst) else { continue };
        if !wanted(f, m, this, id, callee, block, &within, total, options) {
            continue;
        }
        let copies = expand(f, m, block, index, callee);
        total += size(callee);
        changed = true;
        let mut path = within;
        path.push(id);
        sites.extend(copies.into_iter().map(|inst| Site { inst, within: path.clone() }));
    }
    changed
}

fn calls(f: &Func) -> Vec<Inst> {
    let all = f.layout.iter().flat_map(|&b| f.blocks[b].insts.iter().copied());
    all.filter(|&i| f.insts[i].op == Op::Call).collect()
}

fn locate(f: &Func, inst: Inst) -> Option<(Block, usize)> {
    f.layout.iter().find_map(|&b| f.blocks[b].insts.iter().position(|&i| i == inst).map(|at| (b, at)))
}

#[allow(clippy::too_many_arguments)]
fn wanted(
    f: &Func,
    m: &Module,
    this: FuncId,
    id: FuncId,
    callee: &Func,
    block: Block,
    within: &[FuncId],
    total: usize,
    options: &InlineOptions,
) -> bool {
    let decl = &m.funcs[id];
    let cost = size(callee);
    let typed = callee
        .layout
        .iter()
        .all(|&b| callee.blocks[b].insts.iter().all(|&i| !callee.insts[i].op.is_dynamic()));
    if decl.no_inline || !typed || callee.params != decl.sig.params || within.len() as u32 >= options.depth {
        return false;
    }
    let again = within.iter().filter(|&&x| x == id).count() as u32;
    let recursive = id == this || again > 0;
    if recursive && (again >= options.recursion || cost > options.small) {
        return false;
    }
    if decl.always_inline && !recursive {
        return total + cost <= options.budget * 4;
    }
    if f.blocks[block].cold || total + cost > options.budget {
        return false;
    }
    let cfg = Cfg::new(f);
    let dom = DomTree::new(f, &cfg);
    let loops = LoopForest::new(f, &cfg, &dom);
    cost <= if loops.depth(block) > 0 { options.in_loop } else { options.small }
}

/// Replaces the call at an index of a block; the calls of the copy.
fn expand(f: &mut Func, m: &Module, block: Block, index: usize, callee: &Func) -> Vec<Inst> {
    let call = f.blocks[block].insts[index];
    let pos = f.positions[call];
    let args: Vec<Value> = f.values_of(f.insts[call].list()).collect();
    let handler = f.handler_after(block, index);
    let cold = f.blocks[block].cold;
    // What follows the call moves to a block of its own, which receives the result.
    let rest = f.create_block();
    let tail: Vec<Inst> = f.blocks[block].insts.drain(index..).skip(1).collect();
    f.blocks[rest].cold = cold;
    if handler.is_some() {
        let ok = BlockCallId(f.insts[tail[0]].a);
        f.push_inst(rest, InstData { a: ok.0, ..InstData::new(Op::Jump, Ty::Void) }, pos);
    } else {
        f.blocks[rest].insts = tail;
    }
    if let Some(r) = f.result(call) {
        let p = f.add_param(rest, f.ty(r));
        let mut subst = Subst::new(f);
        subst.set(r, p);
        // `rest` is not in the layout yet, so its instructions are rewritten here.
        for k in 0..f.blocks[rest].insts.len() {
            let i = f.blocks[rest].insts[k];
            f.map_args(i, |v| subst.resolve(v));
        }
        subst.apply(f);
    }
    let mut copy = Copy {
        f,
        m,
        callee,
        rest,
        handler,
        pos,
        values: Table::filled(callee.values.len(), Value::NONE),
        blocks: Table::filled(callee.blocks.len(), Block::NONE),
        calls: Vec::new(),
        order: Vec::new(),
        positions: HashMap::new(),
    };
    copy.run(block, &args, cold);
    let Copy { calls, mut order, .. } = copy;
    order.push(rest);
    let at = f.layout.iter().position(|&b| b == block).map_or(f.layout.len(), |x| x + 1);
    f.layout.splice(at..at, order);
    calls
}

struct Copy<'a> {
    f: &'a mut Func,
    m: &'a Module,
    callee: &'a Func,
    rest: Block,
    handler: Option<BlockCallId>,
    pos: u32,
    values: Table<Value, Value>,
    blocks: Table<Block, Block>,
    calls: Vec<Inst>,
    order: Vec<Block>,
    /// Positions in the caller by those in the callee.
    positions: HashMap<u32, u32>,
}

impl Copy<'_> {
    /// The position of a copied instruction: the callee's, inlined at the call.
    fn position(&mut self, p: u32) -> u32 {
        if p == u32::MAX || self.pos == u32::MAX {
            return self.pos;
        }
        if let Some(&made) = self.positions.get(&p) {
            return made;
        }
        let (inner, outer) = match p & INLINED {
            0 => (p, self.pos),
            _ => {
                let (inner, outer) = self.callee.inlined[(p & !INLINED) as usize];
                (inner, self.position(outer))
            }
        };
        let made = INLINED | self.f.inlined.len() as u32;
        self.f.inlined.push((inner, outer));
        self.positions.insert(p, made);
        made
    }

    fn run(&mut self, from: Block, args: &[Value], cold: bool) {
        let c = self.callee;
        for &b in &c.layout {
            let new = self.f.create_block();
            self.blocks[b] = new;
            self.f.blocks[new].cold = c.blocks[b].cold || cold;
            for (k, &p) in c.blocks[b].params.iter().enumerate() {
                self.values[p] = if b == c.entry() { args[k] } else { self.f.add_param(new, c.ty(p)) };
            }
        }
        // Results exist before operands are mapped, because blocks may stand in any order.
        let mut made: Table<Inst, Inst> = Table::filled(c.insts.len(), Inst::NONE);
        for &b in &c.layout {
            for &i in &c.blocks[b].insts {
                let pos = self.position(c.positions[i]);
                let n = self.f.make_inst(c.insts[i], pos);
                made[i] = n;
                if let (Some(r), Some(v)) = (c.result(i), self.f.result(n)) {
                    self.values[r] = v;
                }
            }
        }
        let entry = self.blocks[c.entry()];
        let jump = self.f.make_block_call(entry, &[]);
        self.f.push_inst(from, InstData { a: jump.0, ..InstData::new(Op::Jump, Ty::Void) }, self.pos);
        for &b in &c.layout {
            self.block(b, &made);
        }
    }

    fn block(&mut self, b: Block, made: &Table<Inst, Inst>) {
        let c = self.callee;
        let mut at = self.blocks[b];
        self.order.push(at);
        let insts = &c.blocks[b].insts;
        for (k, &i) in insts.iter().enumerate() {
            let n = made[i];
            self.operands(i, n);
            self.f.blocks[at].insts.push(n);
            if c.insts[i].op == Op::Call {
                self.calls.push(n);
            }
            let guarded = insts.get(k + 1).is_some_and(|&x| c.insts[x].op == Op::BrExc);
            if let Some(h) = self.handler
                && !guarded
                && may_throw(c, self.m, i)
            {
                let next = self.f.create_block();
                self.f.blocks[next].cold = self.f.blocks[at].cold;
                let ok = self.f.make_block_call(next, &[]);
                let h = copy_call(self.f, h);
                self.f.push_inst(
                    at,
                    InstData { a: ok.0, b: h.0, ..InstData::new(Op::BrExc, Ty::Void) },
                    self.pos,
                );
                self.order.push(next);
                at = next;
            }
        }
    }

    /// Gives a copied instruction lists, block calls and operands of its own.
    fn operands(&mut self, i: Inst, n: Inst) {
        let c = self.callee;
        let mut d = c.insts[i];
        let map = |v: &u32, values: &Table<Value, Value>| values[Value(*v)].0;
        match d.op.info().format {
            Format::Call => {
                let items: Vec<u32> = c.list(d.list()).iter().map(|v| map(v, &self.values)).collect();
                d.b = self.f.make_list(items).0;
                self.f.insts[n] = d;
            }
            Format::Jump => {
                d.a = self.call(d.a);
                self.f.insts[n] = d;
            }
            Format::BrExc => {
                (d.a, d.b) = (self.call(d.a), self.call(d.b));
                self.f.insts[n] = d;
            }
            Format::Branch => {
                d.a = self.values[d.arg_a()].0;
                (d.b, d.c) = (self.call(d.b), self.call(d.c));
                self.f.insts[n] = d;
            }
            Format::Switch => {
                d.a = self.values[d.arg_a()].0;
                let calls: Vec<u32> = c.list(crate::ListRef(d.b)).iter().map(|&x| self.call(x)).collect();
                d.b = self.f.make_list(calls).0;
                d.c = self.f.make_list(c.list(crate::ListRef(d.c)).to_vec()).0;
                self.f.insts[n] = d;
            }
            _ if matches!(d.op, Op::Return | Op::ReturnVoid) => {
                let value: Vec<Value> =
                    if d.op == Op::Return { vec![self.values[d.arg_a()]] } else { vec![] };
                // A caller may ignore the result.
                let args = &value[..self.f.blocks[self.rest].params.len().min(value.len())];
                let jump = self.f.make_block_call(self.rest, args);
                self.f.insts[n] = InstData { a: jump.0, ..InstData::new(Op::Jump, Ty::Void) };
            }
            _ => {
                let values = &self.values;
                self.f.map_args(n, |v| values[v]);
            }
        }
    }

    fn call(&mut self, id: u32) -> u32 {
        let call = self.callee.block_calls[BlockCallId(id)];
        let args: Vec<Value> = self.callee.values_of(call.args).map(|v| self.values[v]).collect();
        self.f.make_block_call(self.blocks[call.block], &args).0
    }
}

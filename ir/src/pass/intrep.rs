//! Integer representation of doubles: what makes untyped `number` code run at the speed
//! of integers.
//!
//! A double that range analysis proves to be an integer of at most 2^53 in magnitude,
//! never -0 and never NaN, is computed exactly by integer arithmetic. Such values, loop
//! variables above all, get an integer twin; their double becomes `s_to_f` of the twin,
//! which dead code elimination drops where only integer uses are left.
//!
//! Two halves: `make_twins` converts webs of parameters and arithmetic when that pays,
//! `fold_uses` rewrites what consumes converted doubles: ToInt32, comparisons (also with
//! a bound that is an arbitrary double but does not change in the loop), remainders,
//! and divisions that are truncated or floored.

use super::edit::*;
use super::simplify::{bin, int_cc_of, un};
use crate::analysis::freq::frequencies;
use crate::analysis::range::{EXACT, FRange, Ranges};
use crate::analysis::{Cfg, DomTree, LoopForest, def_block, inst_blocks};
use crate::ids::*;
use crate::op::*;
use crate::{Def, Func, InstData, Module, Ty};
use ultra_abi::rtfn::RtFn;

pub fn run(f: &mut Func, m: &Module) -> bool {
    // Facts about the entry of a loop need a block of their own.
    let split = super::licm::preheaders(f);
    let made = make_twins(f, m);
    let folded = fold_uses(f, m);
    split | made | folded
}

/// How a candidate is computed on integers.
#[derive(Clone, Copy, PartialEq, Debug)]
enum How {
    No,
    Const(i64),
    /// From an integer value: as it is, or zero-extended.
    Source(Value),
    SourceU(Value),
    Param,
    Binary(Op, Value, Value),
    Neg(Value),
    Abs(Value),
    MinMax(IntCc, Value, Value),
    Select(Value, Value, Value),
    /// Floor of the quotient by a power of two (its logarithm) of any, or by a constant of a non-negative.
    Shift(Value, i64),
    Quotient(Value, i64),
    Copy(Value),
}

impl How {
    fn operands(self) -> ([Value; 2], usize) {
        match self {
            How::Binary(_, a, b) | How::MinMax(_, a, b) | How::Select(_, a, b) => ([a, b], 2),
            How::Neg(a) | How::Abs(a) | How::Shift(a, _) | How::Quotient(a, _) | How::Copy(a) => {
                ([a, Value::NONE], 1)
            }
            _ => ([Value::NONE; 2], 0),
        }
    }
}

/// `x` in `x / c` or `x * (1 / c)` with an integer constant `c` > 1.
fn divided(f: &Func, v: Value) -> Option<(Value, i64)> {
    let d = f.def(v).filter(|d| matches!(d.op, Op::FDiv | Op::FMul))?;
    let k = const_f64(f, d.arg_b())?;
    let c = match d.op {
        Op::FDiv => k,
        Op::FMul if k > 0.0 && k < 1.0 && (1.0 / k).to_bits() << 12 == 0 => 1.0 / k,
        _ => return None,
    };
    (c > 1.0 && c.trunc() == c && c <= EXACT).then_some((d.arg_a(), c as i64))
}

fn classify(f: &Func, r: &Ranges, blind: &Table<Value, bool>, v: Value) -> How {
    let range = r.float(v);
    if !(range.is_int() || blind[v] && range.is_int_or_neg_zero()) || f.ty(v) != Ty::F64 {
        return How::No;
    }
    let d = match f.values[v].def {
        Def::Param(b, _) => return if b == f.entry() { How::No } else { How::Param },
        Def::Inst(i) => &f.insts[i],
    };
    let (a, b) = (d.arg_a(), d.arg_b());
    match d.op {
        Op::F64Const => How::Const(f64::from_bits(d.imm()) as i64),
        Op::SToF => How::Source(a),
        Op::UToF if f.ty(a) == Ty::I32 => How::SourceU(a),
        Op::FAdd => How::Binary(Op::IAdd, a, b),
        Op::FSub => How::Binary(Op::ISub, a, b),
        Op::FMul => How::Binary(Op::IMul, a, b),
        Op::FNeg => How::Neg(a),
        Op::FAbs => How::Abs(a),
        Op::FMin => How::MinMax(IntCc::Slt, a, b),
        Op::FMax => How::MinMax(IntCc::Sgt, a, b),
        Op::Select => How::Select(a, b, d.arg_c()),
        Op::FCeil | Op::FTrunc | Op::FFloor if r.float(a).is_int_or_neg_zero() => How::Copy(a),
        Op::FCanon => How::Copy(a),
        Op::FFloor | Op::FTrunc => match divided(f, a) {
            Some((x, c)) if d.op == Op::FFloor && (c as u64).is_power_of_two() => {
                How::Shift(x, c.trailing_zeros() as i64)
            }
            Some((x, c)) if r.float(x).lo >= 0.0 => How::Quotient(x, c),
            _ => How::No,
        },
        Op::CallRt if d.a == RtFn::MathRem as u32 => {
            let args: Vec<Value> = f.values_of(d.list()).collect();
            if r.float(args[1]).has_zero() { How::No } else { How::Binary(Op::SRem, args[0], args[1]) }
        }
        _ => How::No,
    }
}

/// Candidates whose operands are candidates, down to a fixpoint.
fn candidates(f: &Func, r: &Ranges, cfg: &Cfg) -> Table<Value, How> {
    let mut how = Table::filled(f.values.len(), How::No);
    let blind = zero_blind(f, r);
    for &b in &cfg.rpo {
        for &p in &f.blocks[b].params {
            how[p] = classify(f, r, &blind, p);
        }
        for &i in &f.blocks[b].insts {
            if let Some(v) = f.result(i) {
                how[v] = classify(f, r, &blind, v);
            }
        }
    }
    loop {
        let mut changed = false;
        for v in f.values.ids() {
            let ok = match how[v] {
                How::No => continue,
                How::Param => match f.values[v].def {
                    Def::Param(b, at) => {
                        cfg.preds[b].iter().all(|p| how[args_of(f, p.call)[at as usize]] != How::No)
                    }
                    Def::Inst(_) => false,
                },
                h => {
                    let (ops, n) = h.operands();
                    ops[..n].iter().all(|&o| how[o] != How::No)
                }
            };
            if !ok {
                how[v] = How::No;
                changed = true;
            }
        }
        if !changed {
            return how;
        }
    }
}

/// Union-find over values.
struct Webs(Table<Value, Value>);

impl Webs {
    fn find(&mut self, v: Value) -> Value {
        let mut root = v;
        while self.0[root] != root {
            root = self.0[root];
        }
        let mut at = v;
        while self.0[at] != root {
            at = std::mem::replace(&mut self.0[at], root);
        }
        root
    }

    fn union(&mut self, a: Value, b: Value) {
        let (a, b) = (self.find(a), self.find(b));
        self.0[a] = b;
    }
}

/// Which webs of candidates are worth converting: gains of integer uses against the
/// conversions that the remaining uses as doubles need, weighted by block frequency.
fn profitable(f: &Func, cfg: &Cfg, loops: &LoopForest, how: &Table<Value, How>) -> (Webs, Table<Value, f32>) {
    let mut ids = Table::new();
    for v in f.values.ids() {
        ids.push(v);
    }
    let mut webs = Webs(ids);
    // Constants and conversions from integers are free everywhere, so they join nothing.
    let joins = |v: Value| !matches!(how[v], How::No | How::Const(_) | How::Source(_) | How::SourceU(_));
    for v in f.values.ids().filter(|&v| joins(v)) {
        let (ops, n) = how[v].operands();
        for &o in ops[..n].iter().filter(|&&o| joins(o)) {
            webs.union(v, o);
        }
        if let (How::Param, Def::Param(b, at)) = (how[v], f.values[v].def) {
            for p in &cfg.preds[b] {
                let a = args_of(f, p.call)[at as usize];
                if joins(a) {
                    webs.union(v, a);
                }
            }
        }
    }
    let freq = frequencies(f, cfg, loops);
    let mut score: Table<Value, f32> = Table::filled(f.values.len(), 0.0);
    let mut double_use = Table::filled(f.values.len(), false);
    let blocks = inst_blocks(f);
    for &b in &cfg.rpo {
        let w = freq[b];
        if loops.innermost[b].some().is_some_and(|l| loops.loops[l].header == b) {
            for &p in f.blocks[b].params.iter().filter(|&&p| joins(p)) {
                let web = webs.find(p);
                // A step of one cycle instead of four, carried around the loop.
                score[web] += 1.5 * w;
            }
        }
        for &i in &f.blocks[b].insts {
            let d = f.insts[i];
            let gain = match d.op {
                Op::FToInt32 => 4.0,
                Op::FToS | Op::FToSSat => 1.5,
                Op::FCmp => 0.5,
                Op::CallRt if f.result(i).is_some_and(|r| how[r] != How::No) => 10.0,
                Op::FFloor if f.result(i).is_some_and(|r| how[r] != How::No) => 4.0,
                _ => 0.0,
            };
            let converted = f.result(i).is_some_and(|r| how[r] != How::No);
            let to_params: Vec<(Value, Value)> = f
                .target_ids(i)
                .iter()
                .flat_map(|&c| args_of(f, c).into_iter().zip(f.blocks[f.block_calls[c].block].params.clone()))
                .collect();
            f.for_each_arg(i, |v| {
                if !joins(v) {
                    return;
                }
                let web = webs.find(v);
                let edge = to_params.iter().any(|&(a, p)| a == v && how[p] != How::No);
                if gain > 0.0 {
                    score[web] += gain * w;
                } else if !converted && !edge {
                    double_use[v] = true;
                }
            });
        }
    }
    for v in f.values.ids().filter(|&v| double_use[v]) {
        let b = def_block(f, &blocks, v);
        let web = webs.find(v);
        score[web] -= freq[b];
    }
    (webs, score)
}

fn make_twins(f: &mut Func, m: &Module) -> bool {
    let cfg = Cfg::new(f);
    let dom = DomTree::new(f, &cfg);
    let loops = LoopForest::new(f, &cfg, &dom);
    let (how, range) = {
        let r = Ranges::new(f, m, &cfg, &dom, &loops);
        let how = candidates(f, &r, &cfg);
        let range: Vec<FRange> = f.values.ids().map(|v| r.float(v)).collect();
        (how, range)
    };
    let (mut webs, score) = profitable(f, &cfg, &loops, &how);
    let mut twins =
        Twins { rep: Table::filled(how.len(), Ty::Void), int: Table::filled(how.len(), Value::NONE) };
    let mut any = false;
    // One wide member makes a web of counters wide: narrow ones would be extended at each use.
    let mut wide = Table::filled(how.len(), false);
    for v in how.ids().filter(|&v| how[v] != How::No && !range[v.index()].fits_i32()) {
        wide[webs.find(v)] = true;
    }
    for v in how.ids() {
        let source = matches!(how[v], How::Const(_) | How::Source(_) | How::SourceU(_));
        if how[v] == How::No || (!source && score[webs.find(v)] < 0.0) {
            continue;
        }
        any |= !source;
        let counts =
            matches!(how[v], How::Param | How::Binary(Op::IAdd | Op::ISub, ..)) && range[v.index()].lo >= 0.0;
        let narrow = range[v.index()].fits_i32() && !(wide[webs.find(v)] && counts);
        twins.rep[v] = if narrow { Ty::I32 } else { Ty::I64 };
    }
    if !any {
        return false;
    }
    twins.parameters(f, &how);
    let mut subst = Subst::new(f);
    for &b in &cfg.rpo {
        twins.block(f, b, &how, &mut subst);
    }
    subst.apply(f);
    twins.edges(f, &cfg, &how);
    true
}

struct Twins {
    /// Type of the twin; `Void` for none.
    rep: Table<Value, Ty>,
    int: Table<Value, Value>,
}

impl Twins {
    fn parameters(&mut self, f: &mut Func, how: &Table<Value, How>) {
        for b in f.layout.clone() {
            for p in f.blocks[b].params.clone() {
                if how.get(p) == Some(&How::Param) && self.rep[p] != Ty::Void {
                    self.int[p] = f.add_param(b, self.rep[p]);
                }
            }
        }
    }

    /// Emits the twins of a block's instructions before them; in reverse postorder operands come first.
    fn block(&mut self, f: &mut Func, b: Block, how: &Table<Value, How>, subst: &mut Subst) {
        let mut insts = std::mem::take(&mut f.blocks[b].insts);
        let mut out = Vec::with_capacity(insts.len());
        if insts.first().is_some_and(|&i| f.insts[i].op == Op::CatchValue) {
            out.push(insts.remove(0));
        }
        for p in f.blocks[b].params.clone() {
            if how.get(p) == Some(&How::Param) && self.rep[p] != Ty::Void {
                let (i, v) = make(f, un(Op::SToF, Ty::F64, self.int[p]), u32::MAX);
                out.push(i);
                subst.set(p, v);
            }
        }
        for i in insts {
            if let Some(v) = f.result(i)
                && v.index() < how.len()
                && self.rep[v] != Ty::Void
            {
                self.emit(f, &mut out, i, v, how);
            }
            out.push(i);
        }
        f.blocks[b].insts = out;
    }

    fn coerce(f: &mut Func, out: &mut Vec<Inst>, pos: u32, v: Value, ty: Ty) -> Value {
        let op = match (f.ty(v), ty) {
            (Ty::I32, Ty::I64) => Op::SExt32,
            (Ty::I64, Ty::I32) => Op::Trunc,
            _ => return v,
        };
        // A constant is made in the wanted type, so that what looks for constants finds it.
        let d = match const_int(f, v) {
            Some(c) => {
                InstData::imm64(Op::IConst, ty, if ty == Ty::I32 { c as i32 as i64 } else { c } as u64)
            }
            None => un(op, ty, v),
        };
        let (i, v) = make(f, d, pos);
        out.push(i);
        v
    }

    fn emit(&mut self, f: &mut Func, out: &mut Vec<Inst>, i: Inst, v: Value, how: &Table<Value, How>) {
        let pos = f.positions[i];
        let mut ty = self.rep[v];
        let (ops, n) = how[v].operands();
        // Operands wider than the result make the whole operation wide.
        if ops[..n].iter().any(|&o| self.rep[o] == Ty::I64) {
            ty = Ty::I64;
        }
        let arg = |f: &mut Func, out: &mut Vec<Inst>, o: Value| {
            let x = self.int[o];
            Twins::coerce(f, out, pos, x, ty)
        };
        let put = |f: &mut Func, out: &mut Vec<Inst>, d: InstData| {
            let (i, v) = make(f, d, pos);
            out.push(i);
            v
        };
        let konst = |f: &mut Func, out: &mut Vec<Inst>, x: i64| {
            put(f, out, InstData::imm64(Op::IConst, ty, x as u64))
        };
        let r = match how[v] {
            How::No | How::Param => return,
            How::Const(c) => konst(f, out, c),
            How::Source(x) => {
                // Already an integer; the double stays as it is.
                self.int[v] = x;
                self.rep[v] = f.ty(x);
                return;
            }
            How::SourceU(x) => put(f, out, un(Op::ZExt32, Ty::I64, x)),
            How::Binary(op, a, b) => {
                let (a, b) = (arg(f, out, a), arg(f, out, b));
                put(f, out, bin(op, a, b))
            }
            How::Neg(a) => {
                let a = arg(f, out, a);
                put(f, out, un(Op::INeg, ty, a))
            }
            How::Copy(a) => arg(f, out, a),
            How::Abs(a) => {
                let a = arg(f, out, a);
                let n = put(f, out, un(Op::INeg, ty, a));
                let zero = put(f, out, InstData::imm64(Op::IConst, ty, 0));
                let c = put(f, out, InstData { aux: IntCc::Slt as u16, ..bin(Op::ICmp, a, zero) });
                put(f, out, InstData { a: c.0, b: n.0, c: a.0, ..InstData::new(Op::Select, ty) })
            }
            How::MinMax(cc, a, b) => {
                let (a, b) = (arg(f, out, a), arg(f, out, b));
                let c = put(f, out, InstData { aux: cc as u16, ..bin(Op::ICmp, a, b) });
                put(f, out, InstData { a: c.0, b: a.0, c: b.0, ..InstData::new(Op::Select, ty) })
            }
            How::Select(c, a, b) => {
                let (a, b) = (arg(f, out, a), arg(f, out, b));
                put(f, out, InstData { a: c.0, b: a.0, c: b.0, ..InstData::new(Op::Select, ty) })
            }
            How::Shift(a, log) => {
                let a = arg(f, out, a);
                let c = put(f, out, InstData::imm64(Op::IConst, ty, log as u64));
                put(f, out, bin(Op::SShr, a, c))
            }
            How::Quotient(a, c) => {
                if ty == Ty::I32 && i32::try_from(c).is_err() {
                    put(f, out, InstData::imm64(Op::IConst, ty, 0))
                } else {
                    let a = arg(f, out, a);
                    let c = put(f, out, InstData::imm64(Op::IConst, ty, c as u64));
                    put(f, out, bin(Op::SDiv, a, c))
                }
            }
        };
        let r = Twins::coerce(f, out, pos, r, self.rep[v]);
        self.int[v] = r;
        if !matches!(how[v], How::Const(_)) {
            become_inst(f, i, un(Op::SToF, Ty::F64, r));
        }
    }

    /// Passes twins along the edges to the new parameters.
    fn edges(&mut self, f: &mut Func, cfg: &Cfg, how: &Table<Value, How>) {
        for &b in &cfg.rpo {
            let params: Vec<Value> = f.blocks[b].params.clone();
            let olds: Vec<(usize, Value)> = params
                .iter()
                .enumerate()
                .filter(|&(_, &p)| how.get(p) == Some(&How::Param) && self.rep[p] != Ty::Void)
                .map(|(i, &p)| (i, p))
                .collect();
            for p in &cfg.preds[b] {
                for &(at, old) in &olds {
                    let a = self.origin(f, args_of(f, p.call)[at]);
                    let mut out = Vec::new();
                    let x = Twins::coerce(f, &mut out, u32::MAX, a, self.rep[old]);
                    push_arg(f, p.call, x);
                    insert_at_end(f, p.block, out);
                }
            }
        }
    }

    /// The twin of an edge's argument, which may have become `s_to_f` of a parameter's twin.
    fn origin(&self, f: &Func, v: Value) -> Value {
        match self.int.get(v) {
            Some(&x) if !x.is_none() => x,
            _ => f.def(v).map_or(Value::NONE, |d| d.arg_a()),
        }
    }
}

/// Inserts before the terminator, and before the instruction that a `br_exc` belongs to.
pub fn insert_at_end(f: &mut Func, b: Block, insts: Vec<Inst>) {
    let list = &f.blocks[b].insts;
    let Some(&last) = list.last() else { return };
    let back = if f.insts[last].op == Op::BrExc { 2 } else { 1 };
    let at = list.len().saturating_sub(back);
    f.blocks[b].insts.splice(at..at, insts);
}

/// An integer that a double is the exact value of, with its type.
fn int_of(f: &Func, r: &Ranges, v: Value, b: Block) -> Option<Value> {
    let d = f.def(v)?;
    if d.op != Op::SToF || d.ty != Ty::F64 {
        return None;
    }
    let (lo, hi) = r.int_at(d.arg_a(), b);
    (f.ty(d.arg_a()) == Ty::I32 || (lo >= -(1 << 53) && hi <= 1 << 53)).then_some(d.arg_a())
}

/// What `fold_uses` decided for one instruction.
enum Fold {
    /// Replace it by this, operands coerced to one type first.
    Compare(IntCc, Value, Operand),
    /// ToInt32 of the integer.
    Low(Value),
    /// The integer as i32 or i64.
    As(Value, Ty),
    /// Comparison with a converted bound: round it this way, add this, compare so.
    Bound(Value, Value, Op, bool, IntCc),
    /// Low 32 bits of the truncated quotient.
    LowQuotient(Value, i64),
    /// Remainder as a double: the sign of zero does not matter.
    Remainder(Value, Operand),
    /// The cheap conversion does, because the value fits.
    Cheap,
}

#[derive(Clone, Copy)]
enum Operand {
    Value(Value),
    Const(i64),
}

fn fold_uses(f: &mut Func, m: &Module) -> bool {
    let cfg = Cfg::new(f);
    let dom = DomTree::new(f, &cfg);
    let loops = LoopForest::new(f, &cfg, &dom);
    let plans: Vec<(Block, Inst, Fold)> = {
        let r = Ranges::new(f, m, &cfg, &dom, &loops);
        let blind = zero_blind(f, &r);
        let blocks = inst_blocks(f);
        let mut plans = Vec::new();
        for &b in &cfg.rpo {
            for &i in &f.blocks[b].insts {
                if let Some(p) = plan(f, &r, &loops, &blocks, &blind, b, i) {
                    plans.push((b, i, p));
                }
            }
        }
        plans
    };
    let any = !plans.is_empty();
    for (b, i, p) in plans {
        apply(f, b, i, p);
    }
    any
}

/// Values of which no use can tell -0 from 0, directly or through arithmetic.
fn zero_blind(f: &Func, r: &Ranges) -> Table<Value, bool> {
    let mut blind = Table::filled(f.values.len(), true);
    loop {
        let mut changed = false;
        for &b in f.layout.iter().rev() {
            for &i in f.blocks[b].insts.iter().rev() {
                changed |= see_zeros(f, r, i, &mut blind);
            }
        }
        if !changed {
            return blind;
        }
    }
}

/// Marks operands whose zeros' signs an instruction sees; whether any is new.
fn see_zeros(f: &Func, r: &Ranges, i: Inst, blind: &mut Table<Value, bool>) -> bool {
    let d = f.insts[i];
    let (a, b) = (d.arg_a(), d.arg_b());
    let same = f.result(i).is_none_or(|v| blind[v]);
    let mut seen: smallvec::SmallVec<[Value; 4]> = smallvec::SmallVec::new();
    match d.op {
        Op::FToInt32 | Op::FToS | Op::FToSSat | Op::FCmp | Op::FAbs => {}
        Op::FMul
        | Op::FNeg
        | Op::FMin
        | Op::FMax
        | Op::FCanon
        | Op::FFloor
        | Op::FCeil
        | Op::FTrunc
        | Op::Select
            if same => {}
        Op::CallRt if d.a == RtFn::MathRem as u32 && same => {}
        // The quotient of -0 is a zero; the sign of a divisor shows in infinity.
        Op::FDiv if same => seen.push(b),
        // A sum with 0 loses the sign.
        Op::FAdd => {
            if !same && r.float(b).neg_zero {
                seen.push(a);
            }
            if !same && r.float(a).neg_zero {
                seen.push(b);
            }
        }
        Op::FSub => {
            if !same && r.float(b).has_zero() {
                seen.push(a);
            }
            if !same && r.float(a).neg_zero {
                seen.push(b);
            }
        }
        _ if d.op.is_terminator() => {
            let calls = f.target_ids(i);
            for c in &calls {
                let call = f.block_calls[*c];
                let args = f.values_of(call.args).zip(&f.blocks[call.block].params);
                seen.extend(args.filter(|&(_, &p)| !blind[p]).map(|x| x.0));
            }
            if calls.is_empty() {
                f.for_each_arg(i, |v| seen.push(v));
            }
        }
        _ => f.for_each_arg(i, |v| seen.push(v)),
    }
    let mut changed = false;
    for v in seen {
        changed |= std::mem::replace(&mut blind[v], false);
    }
    changed
}

fn integer_operand(f: &Func, r: &Ranges, v: Value, b: Block) -> Option<Operand> {
    if let Some(c) = const_f64(f, v) {
        return (c.trunc() == c && c.abs() <= EXACT).then_some(Operand::Const(c as i64));
    }
    int_of(f, r, v, b).map(Operand::Value)
}

#[allow(clippy::too_many_arguments)]
fn plan(
    f: &Func,
    r: &Ranges,
    loops: &LoopForest,
    blocks: &Table<Inst, Block>,
    blind: &Table<Value, bool>,
    b: Block,
    i: Inst,
) -> Option<Fold> {
    let d = &f.insts[i];
    let a = d.arg_a();
    match d.op {
        Op::FCmp if f.ty(a) == Ty::F64 => {
            let mut cc = FloatCc::get(d.aux)?;
            let (mut x, mut y) = (a, d.arg_b());
            if int_of(f, r, x, b).is_none() {
                (x, y, cc) = (y, x, cc.swap());
            }
            let i = int_of(f, r, x, b)?;
            match integer_operand(f, r, y, b) {
                Some(o) => Some(Fold::Compare(int_cc_of(cc), i, o)),
                None => bound(f, r, loops, blocks, b, i, y, cc),
            }
        }
        Op::FToInt32 => {
            if let Some(x) = int_of(f, r, a, b) {
                return Some(Fold::Low(x));
            }
            if let Some((x, c)) = divided(f, a)
                && let Some(x) = int_of(f, r, x, b)
            {
                return Some(Fold::LowQuotient(x, c));
            }
            let x = r.float_at(a, b);
            (!x.nan && x.fits_i32()).then_some(Fold::Cheap)
        }
        Op::FToS | Op::FToSSat => {
            let x = int_of(f, r, a, b)?;
            let fits = d.ty == Ty::I64 || r.float_at(a, b).fits_i32();
            fits.then_some(Fold::As(x, d.ty))
        }
        Op::CallRt if d.a == RtFn::MathRem as u32 => {
            let args: Vec<Value> = f.values_of(d.list()).collect();
            let x = int_of(f, r, args[0], b)?;
            let y = integer_operand(f, r, args[1], b)?;
            let nonzero = match y {
                Operand::Const(c) => c != 0,
                Operand::Value(_) => !r.float_at(args[1], b).has_zero(),
            };
            let signless = r.float_at(args[0], b).lo >= 0.0 || f.result(i).is_some_and(|v| blind[v]);
            (nonzero && signless).then_some(Fold::Remainder(x, y))
        }
        _ => None,
    }
}

/// An integer against a double that does not change in the loop: converting the bound once is cheaper.
#[allow(clippy::too_many_arguments)]
fn bound(
    f: &Func,
    r: &Ranges,
    loops: &LoopForest,
    blocks: &Table<Inst, Block>,
    b: Block,
    i: Value,
    n: Value,
    cc: FloatCc,
) -> Option<Fold> {
    let l = loops.innermost[b].some()?;
    if loops.contains(l, def_block(f, blocks, n)) || !loops.contains(l, def_block(f, blocks, i)) {
        return None;
    }
    let x = r.float_at(n, b);
    let (lo, hi) = r.int_at(i, b);
    // The bound saturates, and a NaN bound becomes 0.
    let counts_up = lo >= 0 && hi < 1 << 53;
    match cc {
        FloatCc::Lt if counts_up || !x.nan => Some(Fold::Bound(i, n, Op::FCeil, false, IntCc::Slt)),
        FloatCc::Le if !x.nan => Some(Fold::Bound(i, n, Op::FFloor, false, IntCc::Sle)),
        FloatCc::Le if counts_up => Some(Fold::Bound(i, n, Op::FFloor, true, IntCc::Slt)),
        FloatCc::Gt if !x.nan => Some(Fold::Bound(i, n, Op::FFloor, false, IntCc::Sgt)),
        FloatCc::Ge if !x.nan => Some(Fold::Bound(i, n, Op::FCeil, false, IntCc::Sge)),
        _ => None,
    }
}

fn apply(f: &mut Func, b: Block, i: Inst, plan: Fold) {
    let pos = f.positions[i];
    let mut out = Vec::new();
    let put = |f: &mut Func, out: &mut Vec<Inst>, d: InstData| {
        let (i, v) = make(f, d, pos);
        out.push(i);
        v
    };
    let operand = |f: &mut Func, out: &mut Vec<Inst>, o: Operand, ty: Ty| match o {
        Operand::Value(v) => Twins::coerce(f, out, pos, v, ty),
        Operand::Const(c) => put(f, out, InstData::imm64(Op::IConst, ty, c as u64)),
    };
    let wide = |f: &Func, x: Value, o: Operand| match o {
        Operand::Value(y) if f.ty(y) == Ty::I64 => true,
        Operand::Const(c) if i32::try_from(c).is_err() => true,
        _ => f.ty(x) == Ty::I64,
    };
    let ty_of = |w: bool| if w { Ty::I64 } else { Ty::I32 };
    // A conversion whose result is an existing value becomes an addition of zero, which
    // value numbering removes; there are no aliases to point at it.
    let copy = |f: &mut Func, out: &mut Vec<Inst>, v: Value| {
        let zero = put(f, out, InstData::imm64(Op::IConst, f.ty(v), 0));
        bin(Op::IAdd, v, zero)
    };
    let new = match plan {
        Fold::Compare(cc, x, y) => {
            let ty = ty_of(wide(f, x, y));
            let x = Twins::coerce(f, &mut out, pos, x, ty);
            let y = operand(f, &mut out, y, ty);
            InstData { aux: cc as u16, ..bin(Op::ICmp, x, y) }
        }
        Fold::Low(x) if f.ty(x) == Ty::I64 => un(Op::Trunc, Ty::I32, x),
        Fold::Low(x) => copy(f, &mut out, x),
        Fold::As(x, ty) if f.ty(x) == ty => copy(f, &mut out, x),
        Fold::As(x, Ty::I64) => un(Op::SExt32, Ty::I64, x),
        Fold::As(x, _) => un(Op::Trunc, Ty::I32, x),
        Fold::Bound(x, n, round, one, cc) => {
            let mut n = put(f, &mut out, un(round, Ty::F64, n));
            if one {
                let c = put(f, &mut out, InstData::imm64(Op::F64Const, Ty::F64, 1f64.to_bits()));
                n = put(f, &mut out, bin(Op::FAdd, n, c));
            }
            let n = put(f, &mut out, un(Op::FToSSat, Ty::I64, n));
            let x = Twins::coerce(f, &mut out, pos, x, Ty::I64);
            InstData { aux: cc as u16, ..bin(Op::ICmp, x, n) }
        }
        Fold::LowQuotient(x, c) => {
            let ty = ty_of(wide(f, x, Operand::Const(c)));
            let x = Twins::coerce(f, &mut out, pos, x, ty);
            let c = put(f, &mut out, InstData::imm64(Op::IConst, ty, c as u64));
            if ty == Ty::I32 {
                bin(Op::SDiv, x, c)
            } else {
                let q = put(f, &mut out, bin(Op::SDiv, x, c));
                un(Op::Trunc, Ty::I32, q)
            }
        }
        Fold::Remainder(x, y) => {
            let ty = ty_of(wide(f, x, y));
            let x = Twins::coerce(f, &mut out, pos, x, ty);
            let y = operand(f, &mut out, y, ty);
            let q = put(f, &mut out, bin(Op::SRem, x, y));
            un(Op::SToF, Ty::F64, q)
        }
        Fold::Cheap => un(Op::FToS, Ty::I32, f.insts[i].arg_a()),
    };
    become_inst(f, i, new);
    let at = f.blocks[b].insts.iter().position(|&x| x == i).unwrap_or(0);
    f.blocks[b].insts.splice(at..at, out);
}

//! Instruction selection: from IR to `VCode`.
//!
//! Blocks are walked backward, so that an instruction whose result nobody asked for is
//! never selected: consumers fold compares, addresses, constants and loads into
//! themselves simply by not asking. A load may move down to its only user when both
//! have the same *color*, the number of writes before them in the block.
//!
//! Every edge that leaves a block with several successors and carries arguments or
//! enters a block with several predecessors gets a block of its own; terminators can
//! then have operands and results (calls within `try`).

mod call;
mod cond;
mod float;
mod int;
mod mem;
mod values;

use super::minst::*;
use super::regs;
use super::{CompileError, Options};
use iced_x86::{Code, Register};
use regalloc2::{Block as MB, Operand, OperandConstraint, OperandKind, OperandPos, PReg, RegClass, VReg};
use ultra_ir::ids::Id;
use ultra_ir::op::Fx;
use ultra_ir::{Block, BlockCallId, Func, FuncId, Inst, InstData, Module, Op, Ty, Value};

/// A register of an address before operands are numbered.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Loc {
    None,
    V(VReg),
    P(Register),
    Slots,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Amode {
    base: Loc,
    index: Loc,
    scale: u8,
    disp: i32,
}

impl Amode {
    fn base(base: Loc, disp: i32) -> Amode {
        Amode { base, index: Loc::None, scale: 1, disp }
    }
}

/// Operands as selection writes them.
#[derive(Clone, Copy, Debug)]
pub(super) enum A {
    Def(VReg),
    Use(VReg),
    /// Register or stack slot.
    Any(VReg),
    /// First source and result in one register.
    Tied(VReg, VReg),
    Phys(Register),
    Imm(i64),
    Mem(Amode),
    Const(u32),
    /// Not encoded: a use or definition of a fixed register.
    FixedUse(VReg, PReg),
}

pub(super) struct Isel<'a> {
    f: &'a Func,
    m: &'a Module,
    id: FuncId,
    opt: &'a Options<'a>,
    /// Number of uses of each value in reachable code.
    uses: Vec<u32>,
    /// Whether selected code reads the value's register.
    used: Vec<bool>,
    /// Instructions that another one took over.
    taken: Vec<bool>,
    color: Vec<u32>,
    block_of: Vec<Block>,
    cur_color: u32,
    cur_block: Block,
    pos: u32,
    /// The instruction being selected, forward.
    buf: Vec<MInst>,
    /// Everything selected so far, backward.
    rev: Vec<MInst>,
    vc: VCode,
    next_vreg: usize,
    /// Position of each block in reverse postorder.
    rank: Vec<u32>,
    /// Which parameters of a loop header every trip hands on unchanged; empty for other blocks.
    handed_on: Vec<Vec<bool>>,
    /// Machine block of each IR block.
    mblock: Vec<MB>,
    /// Registers of the parameters in the entry block.
    params: Vec<VReg>,
    /// Machine block for each block call (edge block, or the target itself).
    edge: Vec<MB>,
}

type Res<T> = Result<T, CompileError>;

/// Reachable blocks in reverse postorder.
fn rpo(f: &Func) -> Vec<Block> {
    let mut seen = vec![false; f.blocks.len()];
    let mut post = Vec::new();
    let mut stack = vec![(f.entry(), f.successors(f.entry()), 0)];
    seen[f.entry().index()] = true;
    while let Some((b, succs, i)) = stack.last_mut() {
        // Later successors first, so that the first one directly follows its block.
        match succs.len().checked_sub(*i + 1).map(|k| succs[k]) {
            Some(s) => {
                *i += 1;
                if !std::mem::replace(&mut seen[s.index()], true) {
                    stack.push((s, f.successors(s), 0));
                }
            }
            None => {
                post.push(*b);
                stack.pop();
            }
        }
    }
    post.reverse();
    post
}

/// Whether an edge is not expected to be taken.
fn edge_cold(d: &InstData, index: usize) -> bool {
    match d.op {
        Op::Branch => d.aux as usize == index + 1,
        Op::BrExc => index == 1,
        _ => false,
    }
}

/// Blocks that are not expected to run.
fn cold_blocks(f: &Func, order: &[Block]) -> Vec<bool> {
    let mut hot_entry = vec![false; f.blocks.len()];
    let mut cold = vec![false; f.blocks.len()];
    hot_entry[f.entry().index()] = true;
    for &b in order {
        let ends_badly = f.terminator(b).is_some_and(|t| f.insts[t].op == Op::Unreachable);
        let c = f.blocks[b].cold || !hot_entry[b.index()] || (ends_badly && b != f.entry());
        cold[b.index()] = c;
        if c {
            continue;
        }
        if let Some(t) = f.terminator(b) {
            for (i, bc) in f.target_ids(t).into_iter().enumerate() {
                if !edge_cold(&f.insts[t], i) {
                    hot_entry[f.block_calls[bc].block.index()] = true;
                }
            }
        }
    }
    cold
}

pub(super) fn select(f: &Func, id: FuncId, m: &Module, opt: &Options<'_>) -> Res<VCode> {
    if f.layout.is_empty() {
        return Err(CompileError::Unsupported {
            func: f.name.clone(),
            what: "a function without blocks".into(),
        });
    }
    let order = rpo(f);
    let mut s = Isel {
        f,
        m,
        id,
        opt,
        uses: vec![0; f.values.len()],
        used: vec![false; f.values.len()],
        taken: vec![false; f.insts.len()],
        color: vec![0; f.insts.len()],
        block_of: vec![Block::NONE; f.insts.len()],
        cur_color: 0,
        cur_block: Block::NONE,
        pos: u32::MAX,
        buf: Vec::new(),
        rev: Vec::new(),
        vc: VCode::default(),
        next_vreg: f.values.len(),
        rank: vec![0; f.blocks.len()],
        handed_on: vec![Vec::new(); f.blocks.len()],
        mblock: vec![MB::invalid(); f.blocks.len()],
        params: Vec::new(),
        edge: vec![MB::invalid(); f.block_calls.len()],
    };
    s.analyse(&order)?;
    let edges = s.make_blocks(&order);
    s.lower_all(&order, &edges)?;
    Ok(s.finish())
}

/// An edge block: from machine block, through itself, to the target of the call.
struct Edge {
    block: MB,
    call: BlockCallId,
}

impl<'a> Isel<'a> {
    fn analyse(&mut self, order: &[Block]) -> Res<()> {
        for (n, &b) in order.iter().enumerate() {
            self.rank[b.index()] = n as u32;
        }
        for &b in order {
            let Some(t) = self.f.terminator(b) else { continue };
            for c in self.f.target_ids(t) {
                let call = self.f.block_calls[c];
                if self.rank[call.block.index()] > self.rank[b.index()] {
                    continue;
                }
                let params = &self.f.blocks[call.block].params;
                let known = &mut self.handed_on[call.block.index()];
                if known.is_empty() {
                    known.resize(params.len(), true);
                }
                for (k, a) in self.f.values_of(call.args).enumerate() {
                    known[k] &= a == params[k];
                }
            }
        }
        for &b in order {
            let mut color = 0;
            if self.f.terminator(b).is_none() {
                return self.unsupported(format!("{b} without a terminator"));
            }
            for &i in &self.f.blocks[b].insts {
                let op = self.f.insts[i].op;
                if op.is_dynamic() {
                    return self.unsupported(format!("operation {} of the dynamic dialect", op.name()));
                }
                self.block_of[i.index()] = b;
                self.color[i.index()] = color;
                let fx = op.fx();
                if [Fx::WRITE, Fx::CALL, Fx::ALLOC, Fx::THROW].into_iter().any(|e| fx.has(e)) {
                    color += 1;
                }
                let uses = &mut self.uses;
                self.f.for_each_arg(i, |v| uses[v.index()] += 1);
            }
        }
        // A value that only renames another passes its uses on, so that "single use" is true of registers.
        for &b in order.iter().rev() {
            for &i in self.f.blocks[b].insts.iter().rev() {
                let d = &self.f.insts[i];
                if is_rename(d.op)
                    && let Some(r) = self.f.result(i)
                {
                    let extra = self.uses[r.index()];
                    if extra > 1 {
                        self.uses[d.a as usize] += extra - 1;
                    }
                }
            }
        }
        Ok(())
    }

    fn make_blocks(&mut self, order: &[Block]) -> Vec<Vec<Edge>> {
        let f = self.f;
        let mut pred_count = vec![0u32; f.blocks.len()];
        pred_count[f.entry().index()] = 1;
        for &b in order {
            for s in f.successors(b) {
                pred_count[s.index()] += 1;
            }
        }
        let cold = cold_blocks(f, order);
        self.vc.blocks.push(MBlock::default());
        let mut edges: Vec<Vec<Edge>> = Vec::new();
        for &b in order {
            self.mblock[b.index()] = MB::new(self.vc.blocks.len());
            let params = f.blocks[b].params.iter().map(|&p| self.vreg(p)).collect();
            self.vc.blocks.push(MBlock { params, cold: cold[b.index()], ..MBlock::default() });
            let t = f.terminator(b).expect("checked");
            let targets = f.target_ids(t);
            let mut list = Vec::new();
            for (i, &bc) in targets.iter().enumerate() {
                let call = f.block_calls[bc];
                let needs = targets.len() > 1
                    && (pred_count[call.block.index()] > 1 || !f.list(call.args).is_empty());
                if needs {
                    let block = MB::new(self.vc.blocks.len());
                    let c = cold[b.index()] || cold[call.block.index()] || edge_cold(&f.insts[t], i);
                    self.vc.blocks.push(MBlock { cold: c, ..MBlock::default() });
                    self.edge[bc.index()] = block;
                    list.push(Edge { block, call: bc });
                }
            }
            edges.push(list);
        }
        for &b in order {
            for bc in f.target_ids(f.terminator(b).expect("checked")) {
                if self.edge[bc.index()] == MB::invalid() {
                    self.edge[bc.index()] = self.mblock[f.block_calls[bc].block.index()];
                }
            }
        }
        self.vc.order = emission_order(f, order, &self.mblock, &self.vc, &edges);
        edges
    }

    fn lower_all(&mut self, order: &[Block], edges: &[Vec<Edge>]) -> Res<()> {
        for (n, &b) in order.iter().enumerate().rev() {
            for e in edges[n].iter().rev() {
                self.pos = u32::MAX;
                self.cur_block = Block::NONE;
                let end = self.rev.len();
                let args = self.edge_args(e.call);
                let args = self.entry_copies(b, e.call, args);
                let target = self.mblock[self.f.block_calls[e.call].block.index()];
                self.push(MKind::Jump(target), Vec::new(), Clobber::None);
                self.flush();
                self.close_block(e.block, end, vec![target], vec![args]);
            }
            self.lower_block(b)?;
        }
        // The entry block defines the parameters and goes on in the first block.
        let end = self.rev.len();
        let entry = self.f.entry();
        self.lower_params(entry)?;
        let target = self.mblock[entry.index()];
        let args = self.f.blocks[entry].params.iter().map(|&p| self.param_copy(p)).collect();
        self.push(MKind::Jump(target), Vec::new(), Clobber::None);
        self.flush();
        self.close_block(MB::new(0), end, vec![target], vec![args]);
        Ok(())
    }

    fn lower_block(&mut self, b: Block) -> Res<()> {
        let f = self.f;
        let end = self.rev.len();
        let insts = &f.blocks[b].insts;
        self.cur_block = b;
        let term = insts.len() - 1;
        let t = insts[term];
        self.start(t);
        let (succs, args) = self.lower_terminator(b, t)?;
        self.flush();
        for &i in insts[..term].iter().rev() {
            if self.taken[i.index()] || !self.needed(i) {
                continue;
            }
            self.start(i);
            self.lower(i)?;
            self.flush();
        }
        let m = self.mblock[b.index()];
        self.close_block(m, end, succs, args);
        Ok(())
    }

    fn start(&mut self, i: Inst) {
        self.pos = self.f.positions[i];
        self.cur_color = self.color[i.index()];
    }

    fn flush(&mut self) {
        while let Some(i) = self.buf.pop() {
            self.rev.push(i);
        }
    }

    fn close_block(&mut self, m: MB, from: usize, succs: Vec<MB>, args: Vec<Vec<VReg>>) {
        let b = &mut self.vc.blocks[m.index()];
        b.insts = (from as u32, self.rev.len() as u32);
        b.succs = succs;
        b.args = args;
    }

    fn finish(mut self) -> VCode {
        let n = self.rev.len() as u32;
        self.rev.reverse();
        self.vc.insts = self.rev;
        self.vc.num_vregs = self.next_vreg;
        for i in 0..self.vc.blocks.len() {
            let (a, b) = self.vc.blocks[i].insts;
            self.vc.blocks[i].insts = (n - b, n - a);
            for s in self.vc.blocks[i].succs.clone() {
                self.vc.blocks[s.index()].preds.push(MB::new(i));
            }
        }
        self.vc
    }

    fn unsupported<T>(&self, what: String) -> Res<T> {
        Err(CompileError::Unsupported { func: self.f.name.clone(), what })
    }

    /// Whether the instruction must be selected even if nobody reads its result.
    fn needed(&self, i: Inst) -> bool {
        let d = &self.f.insts[i];
        if self.f.result(i).is_some_and(|r| self.used[r.index()]) {
            return true;
        }
        let fx = d.op.fx();
        match d.op {
            Op::CallRt => ultra_abi::RtFn::from_index(d.a).is_none_or(|f| !f.sig().effects.removable()),
            Op::Call => !(self.m.funcs.get(FuncId(d.a)).is_some_and(|f| f.pure_)),
            _ => fx.has(Fx::WRITE) || fx.has(Fx::CALL) || fx.has(Fx::THROW),
        }
    }

    // Registers.

    /// The value whose register `v` shares.
    fn resolve(&self, mut v: Value) -> Value {
        while let Some(d) = self.f.def(v) {
            if !is_rename(d.op) {
                break;
            }
            v = d.arg_a();
        }
        v
    }

    fn vreg(&self, v: Value) -> VReg {
        VReg::new(v.index(), regs::class_of(self.f.ty(v)))
    }

    fn tmp(&mut self, class: RegClass) -> VReg {
        self.next_vreg += 1;
        VReg::new(self.next_vreg - 1, class)
    }

    fn tmp_int(&mut self) -> VReg {
        self.tmp(RegClass::Int)
    }

    fn tmp_float(&mut self) -> VReg {
        self.tmp(RegClass::Float)
    }

    /// The register that the result of `i` is defined in.
    fn result(&self, i: Inst) -> VReg {
        self.vreg(self.f.results[i])
    }

    /// A register holding `v`; constants are materialised here.
    fn reg(&mut self, v: Value) -> VReg {
        let v = self.resolve(v);
        if let Some(c) = self.const_int(v) {
            let t = self.tmp_int();
            self.mov_imm(t, c);
            return t;
        }
        if let Some((bits, wide)) = self.const_float(v) {
            let t = self.tmp_float();
            self.load_float(t, bits, wide);
            return t;
        }
        self.used[v.index()] = true;
        self.vreg(v)
    }

    fn edge_args(&mut self, bc: BlockCallId) -> Vec<VReg> {
        let f = self.f;
        f.values_of(f.block_calls[bc].args).map(|v| self.reg(v)).collect()
    }

    /// On an edge that enters a loop, registers of their own for what the loop only hands on (see
    /// the pass `localize`). The allocator joins a parameter with its arguments; one of them may
    /// live over calls elsewhere and would make the parameter live in memory within the loop.
    fn entry_copies(&mut self, from: Block, bc: BlockCallId, args: Vec<VReg>) -> Vec<VReg> {
        let to = self.f.block_calls[bc].block;
        if self.rank[from.index()] >= self.rank[to.index()] {
            return args;
        }
        let fresh = args.into_iter().enumerate().map(|(k, v)| {
            // Constants and other temporaries are made here already.
            if !self.handed_on[to.index()].get(k).is_some_and(|&x| x) || v.vreg() >= self.f.values.len() {
                return v;
            }
            let t = self.tmp(v.class());
            self.mov(t, v, true);
            t
        });
        fresh.collect()
    }

    /// The bits of an integer-class constant, as a register holds them.
    fn const_int(&self, v: Value) -> Option<u64> {
        let v = self.resolve(v);
        let d = self.f.def(v)?;
        match d.op {
            Op::IConst if d.ty == Ty::I32 => Some(d.imm() as u32 as u64),
            Op::IConst | Op::AnyConst => Some(d.imm()),
            Op::BConst => Some(d.imm() & 1),
            Op::RefConst => Some(d.imm() as u32 as u64),
            Op::StrConst => self.m.string_words.get(ultra_ir::StrId(d.a)).copied(),
            Op::GlobalRef => self.m.globals.get(ultra_ir::GlobalId(d.a)).map(|&g| g as u64),
            Op::FuncCell => self.m.funcs.get(FuncId(d.a)).map(|f| f.cell as u64),
            _ => None,
        }
    }

    fn const_float(&self, v: Value) -> Option<(u64, bool)> {
        let d = self.f.def(v)?;
        match d.op {
            Op::F64Const => Some((d.imm(), true)),
            Op::F32Const => Some((d.imm() as u32 as u64, false)),
            _ => None,
        }
    }

    /// A constant that an instruction of this width can hold as a sign-extended 32-bit immediate.
    fn imm32(&self, v: Value) -> Option<i64> {
        let c = self.const_int(v)?;
        if self.is_wide(v) {
            (c as i64 == c as i32 as i64).then_some(c as i64)
        } else {
            Some(c as i32 as i64)
        }
    }

    /// Whether values of the type use 64-bit operations.
    fn is_wide(&self, v: Value) -> bool {
        is_wide_ty(self.f.ty(v))
    }

    fn constant(&mut self, bits: u128) -> u32 {
        if let Some(i) = self.vc.consts.iter().position(|&c| c == bits) {
            return i as u32;
        }
        self.vc.consts.push(bits);
        self.vc.consts.len() as u32 - 1
    }

    fn mov_imm(&mut self, dst: VReg, c: u64) {
        let ops = vec![Operand::reg_def(dst)];
        self.push(MKind::MovImm(c), ops, Clobber::None);
    }

    fn load_float(&mut self, dst: VReg, bits: u64, wide: bool) {
        if bits == 0 {
            // The source is undefined: xor makes it zero whatever it held.
            return self.push(
                MKind::Ins(Code::Xorps_xmm_xmmm128, [Arg::Reg(Reg::Op(0)), Arg::Reg(Reg::Op(0)), Arg::None]),
                vec![Operand::reg_def(dst)],
                Clobber::None,
            );
        }
        let c = self.constant(bits as u128);
        let code = if wide { Code::Movsd_xmm_xmmm64 } else { Code::Movss_xmm_xmmm32 };
        self.ins(code, &[A::Def(dst), A::Const(c)]);
    }

    // Emission.

    fn push(&mut self, kind: MKind, ops: Vec<Operand>, clobber: Clobber) {
        let a = self.vc.operands.len() as u32;
        self.vc.operands.extend(ops);
        let ops = (a, self.vc.operands.len() as u32);
        self.buf.push(MInst { kind, ops, clobber, pos: self.pos });
    }

    /// Turns an address into operands of an instruction. `late` keeps its registers until the end.
    fn mem_operands(&self, a: Amode, ops: &mut Vec<Operand>, late: bool) -> Mem {
        let mut reg = |l: Loc| match l {
            Loc::None => Reg::None,
            Loc::P(r) => Reg::Phys(r),
            Loc::Slots => Reg::Slots,
            Loc::V(v) => {
                ops.push(if late { Operand::reg_use_at_end(v) } else { Operand::reg_use(v) });
                Reg::Op(ops.len() as u8 - 1)
            }
        };
        Mem { base: reg(a.base), index: reg(a.index), scale: a.scale, disp: a.disp }
    }

    /// Emits an instruction with up to three encoded operands.
    fn ins(&mut self, code: Code, args: &[A]) {
        let mut ops = Vec::with_capacity(4);
        let mut out = [Arg::None; 3];
        let mut n = 0;
        for &a in args {
            let arg = match a {
                A::Def(v) => {
                    ops.push(Operand::reg_def(v));
                    Arg::Reg(Reg::Op(ops.len() as u8 - 1))
                }
                A::Use(v) => {
                    ops.push(Operand::reg_use(v));
                    Arg::Reg(Reg::Op(ops.len() as u8 - 1))
                }
                A::Any(v) => {
                    ops.push(Operand::any_use(v));
                    Arg::Reg(Reg::Op(ops.len() as u8 - 1))
                }
                A::Tied(src, dst) => {
                    ops.push(Operand::reg_use(src));
                    let i = ops.len() - 1;
                    ops.push(Operand::reg_reuse_def(dst, i));
                    Arg::Reg(Reg::Op(i as u8 + 1))
                }
                A::Phys(r) => Arg::Reg(Reg::Phys(r)),
                A::Imm(i) => Arg::Imm(i),
                A::Const(c) => Arg::Const(c),
                A::Mem(m) => Arg::Mem(self.mem_operands(m, &mut ops, false)),
                A::FixedUse(v, p) => {
                    ops.push(Operand::reg_fixed_use(v, p));
                    continue;
                }
            };
            out[n] = arg;
            n += 1;
        }
        self.push(MKind::Ins(code, out), ops, Clobber::None);
    }

    fn early_def(v: VReg) -> Operand {
        Operand::new(v, OperandConstraint::Reg, OperandKind::Def, OperandPos::Early)
    }

    /// Copies a register with the zero extension of its low half when `wide` is false.
    fn mov(&mut self, dst: VReg, src: VReg, wide: bool) {
        let code = match (dst.class(), wide) {
            (RegClass::Int, true) => Code::Mov_r64_rm64,
            (RegClass::Int, false) => Code::Mov_r32_rm32,
            _ => Code::Movaps_xmm_xmmm128,
        };
        self.ins(code, &[A::Def(dst), A::Use(src)]);
    }

    // Dispatch.

    fn lower_terminator(&mut self, b: Block, t: Inst) -> Res<(Vec<MB>, Vec<Vec<VReg>>)> {
        let f = self.f;
        let d = f.insts[t];
        match d.op {
            Op::Jump => {
                let bc = BlockCallId(d.a);
                let args = self.edge_args(bc);
                let args = self.entry_copies(b, bc, args);
                let target = self.edge[bc.index()];
                self.push(MKind::Jump(target), Vec::new(), Clobber::None);
                Ok((vec![target], vec![args]))
            }
            Op::Branch => {
                let (x, y) = (self.edge[d.b as usize], self.edge[d.c as usize]);
                let cond = self.branch_cond(d.arg_a(), t);
                self.push(MKind::Branch(cond, x, y), Vec::new(), Clobber::None);
                Ok((vec![x, y], vec![vec![], vec![]]))
            }
            Op::Switch => {
                let v = self.reg(d.arg_a());
                let targets: Vec<MB> =
                    f.list(ultra_ir::ListRef(d.b)).iter().map(|&bc| self.edge[bc as usize]).collect();
                let values = f.list(ultra_ir::ListRef(d.c));
                let mut cases: Vec<(i32, MB)> =
                    values.iter().zip(&targets[1..]).map(|(&v, &t)| (v as i32, t)).collect();
                cases.sort_by_key(|c| c.0);
                self.vc.switches.push(SwitchData { default: targets[0], cases });
                let n = self.vc.switches.len() as u32 - 1;
                let (t1, t2) = (self.tmp_int(), self.tmp_int());
                let ops = vec![Operand::reg_use_at_end(v), Self::early_def(t1), Self::early_def(t2)];
                self.push(MKind::Switch(n), ops, Clobber::None);
                let args = vec![vec![]; targets.len()];
                Ok((targets, args))
            }
            Op::BrExc => {
                let insts = &f.blocks[b].insts;
                let Some(&call) = insts.len().checked_sub(2).and_then(|n| insts.get(n)) else {
                    return self.unsupported("br_exc without an instruction that throws".into());
                };
                let (ok, handler) = (self.edge[d.a as usize], self.edge[d.b as usize]);
                if matches!(
                    f.insts[call].op,
                    Op::Call | Op::CallRt | Op::CallVirtual | Op::CallCell | Op::Poll
                ) {
                    self.start(call);
                    self.taken[call.index()] = true;
                    self.lower_call(call, Some((ok, handler)))?;
                } else if f.insts[call].op == Op::NewObject {
                    self.start(call);
                    self.taken[call.index()] = true;
                    self.new_object(call, Some((ok, handler)))?;
                } else {
                    return self.unsupported(format!("br_exc after {}", f.insts[call].op.name()));
                }
                Ok((vec![ok, handler], vec![vec![], vec![]]))
            }
            Op::Return => {
                let v = self.reg(d.arg_a());
                let p = if v.class() == RegClass::Int { regs::RAX } else { regs::XMM0 };
                self.push(MKind::Ret, vec![Operand::reg_fixed_use(v, p)], Clobber::None);
                Ok((vec![], vec![]))
            }
            Op::ReturnVoid => {
                self.push(MKind::Ret, vec![], Clobber::None);
                Ok((vec![], vec![]))
            }
            Op::Unreachable => {
                self.push(MKind::Unreachable, vec![], Clobber::None);
                Ok((vec![], vec![]))
            }
            _ => self.unsupported(format!("terminator {}", d.op.name())),
        }
    }

    fn lower(&mut self, i: Inst) -> Res<()> {
        use Op::*;
        let d = self.f.insts[i];
        match d.op {
            // Constants and renamings have no code of their own.
            IConst | F64Const | F32Const | BConst | RefConst | AnyConst | FuncCell | BToI | ZExt32
            | AnyFromStr | AnyToStr => Ok(()),
            StrConst | GlobalRef => self.unsupported(format!("{} without a runtime word", d.op.name())),
            IAdd | ISub | IMul | INeg | IAnd | IOr | IXor | INot | Shl | SShr | UShr | SDiv | UDiv | SRem
            | URem | SExt8 | SExt16 | ZExt8 | ZExt16 | SExt32 | Trunc | Clz => self.lower_int(i),
            FAdd | FSub | FMul | FDiv | FNeg | FAbs | FSqrt | FFloor | FCeil | FTrunc | FMin | FMax
            | FCanon | SToF | UToF | FToS | FToSSat | FToUSat | FToInt32 | FPromote | FDemote | FBits
            | FFromBits => self.lower_float(i),
            SAddOv | SSubOv | SMulOv | ICmp | FCmp | BNot | AnyIs | RefIsNullish | IsInstance => {
                self.lower_bool(i)
            }
            Select => self.lower_select(i),
            AnyFromF64 | AnyFromBool | AnyFromRef | AnyToF64 | AnyToRef | AnyToBool => self.lower_any(i),
            NewObject | LoadField | StoreField | StoreData | LoadElem | StoreElem | StackSlot | PtrLoad
            | PtrStore | ShapeOf | StrLen | StrCharCode => self.lower_mem(i),
            Call | CallRt | CallVirtual | CallCell | Poll => self.lower_call(i, None),
            CatchValue => self.lower_catch(i),
            _ => self.unsupported(format!("operation {}", d.op.name())),
        }
    }
}

fn is_rename(op: Op) -> bool {
    matches!(op, Op::BToI | Op::ZExt32 | Op::AnyFromStr | Op::AnyToStr)
}

fn is_wide_ty(ty: Ty) -> bool {
    matches!(ty, Ty::I64 | Ty::F64 | Ty::Str | Ty::Any | Ty::Ptr)
}

/// Hot blocks in reverse postorder, with bottom-tested loops, then cold blocks.
fn emission_order(f: &Func, order: &[Block], mblock: &[MB], vc: &VCode, edges: &[Vec<Edge>]) -> Vec<MB> {
    let mut index = vec![usize::MAX; f.blocks.len()];
    for (i, &b) in order.iter().enumerate() {
        index[b.index()] = i;
    }
    let mut list: Vec<Block> =
        order.iter().copied().filter(|b| !vc.blocks[mblock[b.index()].index()].cold).collect();
    rotate_loops(f, &mut list);
    let mut out = vec![MB::new(0)];
    let mut cold = Vec::new();
    let place = |b: Block, out: &mut Vec<MB>, cold: &mut Vec<MB>| {
        out.push(mblock[b.index()]);
        for e in &edges[index[b.index()]] {
            if vc.blocks[e.block.index()].cold { cold.push(e.block) } else { out.push(e.block) }
        }
    };
    for &b in &list {
        place(b, &mut out, &mut cold);
    }
    for &b in order.iter().filter(|b| vc.blocks[mblock[b.index()].index()].cold) {
        let mut here = vec![mblock[b.index()]];
        here.extend(edges[index[b.index()]].iter().map(|e| e.block));
        cold.extend(here);
    }
    out.extend(cold);
    out
}

/// Moves the header of a loop `H: if (c) body else exit; body: ...; jump H` behind its
/// body, so that each iteration takes one jump instead of two.
fn rotate_loops(f: &Func, list: &mut Vec<Block>) {
    let mut h = 0;
    while h < list.len() {
        let header = list[h];
        let last = (h + 1..list.len()).rev().find(|&i| {
            let t = f.terminator(list[i]).expect("checked");
            f.insts[t].op == Op::Jump && f.successors(list[i])[0] == header
        });
        let t = f.terminator(header).expect("checked");
        if let Some(last) = last
            && f.insts[t].op == Op::Branch
            && f.blocks[header].insts.len() <= 12
        {
            let succs = f.successors(header);
            let inside = |b: Block| list[h + 1..=last].contains(&b);
            // Exactly one way out, and the body directly follows.
            if inside(succs[0]) != inside(succs[1]) && (succs[0] == list[h + 1] || succs[1] == list[h + 1]) {
                list[h..=last].rotate_left(1);
                // The block now at `h` may itself head an inner loop.
                if f.terminator(list[h]).is_some() {
                    continue_inner(f, list, h, last);
                    h += 1;
                    continue;
                }
            }
        }
        h += 1;
    }
}

/// Rotates a loop whose header has just moved to `h`.
fn continue_inner(f: &Func, list: &mut [Block], h: usize, end: usize) {
    let header = list[h];
    let last = (h + 1..end).rev().find(|&i| {
        let t = f.terminator(list[i]).expect("checked");
        f.insts[t].op == Op::Jump && f.successors(list[i])[0] == header
    });
    let t = f.terminator(header).expect("checked");
    if let Some(last) = last
        && f.insts[t].op == Op::Branch
        && f.blocks[header].insts.len() <= 12
    {
        let succs = f.successors(header);
        let inside = |b: Block| list[h + 1..=last].contains(&b);
        if inside(succs[0]) != inside(succs[1]) {
            list[h..=last].rotate_left(1);
        }
    }
}

//! From allocated machine instructions to code.
//!
//! ```text
//! push rbp; mov rbp, rsp; sub rsp, N      only with calls, spills, slots or stack parameters
//! cmp rsp, [r15+stack_limit]; jb cold     only with calls: poll and stack overflow check
//! body                                    blocks in emission order, empty edge blocks threaded
//! cold code                               slow paths of the sequences, in order of appearance
//! frame   rbp+16.. stack parameters | rbp+8 return | rbp saved | spills | slots | outgoing | rsp
//! ```

use super::asm::{Asm, Label, Opnd, at, mem};
use super::minst::*;
use super::regs::{CTX, HEAP, full};
use super::{CompileError, CompiledCode, Options, Stub, Target};
use iced_x86::{Code, Register};
use regalloc2::{Allocation, Block, Edit, InstOrEdit, RegClass};
use ultra_abi::layout::ATTENTION_EXCEPTION;
use ultra_abi::layout::ctx;
use ultra_abi::rtfn::Effects;
use ultra_abi::shape::{self, RC_CANDIDATE, RC_COUNT_MASK, RC_IMMORTAL, RC_NEW, RC_SHARED};
use ultra_abi::{Kind, RtFn, StructId, value};
use ultra_ir::{Func, FuncId, Ty};

/// Frames above this cannot be checked against the stack's guard area.
const MAX_FRAME: u64 = 1 << 20;

type Cold = Box<dyn FnOnce(&mut Emit<'_>)>;

pub(super) struct Emit<'a> {
    a: Asm,
    vc: &'a VCode,
    out: &'a regalloc2::Output,
    labels: Vec<Label>,
    cold: Vec<Cold>,
    frame: u32,
    has_frame: bool,
    pos: u32,
    /// Block that follows in the emission order.
    next: Option<Block>,
}

pub(super) fn emit(
    f: &Func,
    id: FuncId,
    vc: VCode,
    out: &regalloc2::Output,
    opt: &Options<'_>,
) -> Result<CompiledCode, CompileError> {
    let spills = 8 * out.num_spillslots as u64;
    let size = (spills + vc.slot_bytes as u64 + vc.out_bytes as u64).next_multiple_of(16);
    if size > MAX_FRAME {
        return Err(CompileError::FrameTooLarge { func: f.name.clone(), bytes: size });
    }
    let mut a = Asm::new();
    a.consts = vc.consts.clone();
    let labels: Vec<Label> = vc.blocks.iter().map(|_| a.label()).collect();
    let has_frame = vc.has_calls || vc.can_throw || size > 0 || vc.stack_params;
    let mut e = Emit {
        a,
        vc: &vc,
        out,
        labels,
        cold: Vec::new(),
        frame: size as u32,
        has_frame,
        pos: u32::MAX,
        next: None,
    };
    e.function();
    let done = e.a.finish().map_err(|what| CompileError::Encoding { func: f.name.clone(), what })?;
    let mut code = CompiledCode {
        id: id.0,
        name: f.name.clone(),
        bytes: done.bytes,
        code_len: done.code_len,
        relocs: done.relocs,
        call_sites: done.call_sites,
        inlined: f.inlined.clone(),
        frame_size: size as u32,
        disassembly: String::new(),
    };
    if opt.disassemble {
        code.disassembly = super::disasm::disassemble(&code);
    }
    Ok(code)
}

use Opnd::{Const, Imm, Reg as R};

/// A context field.
fn cx(off: i32) -> Opnd {
    at(CTX, off)
}

/// `[heap + id*8 + disp]`.
fn obj(id: Register, disp: i32) -> Opnd {
    Opnd::Mem(mem(HEAP, id, shape::ID_SCALE, disp))
}

impl Emit<'_> {
    fn function(&mut self) {
        let forward = self.thread_jumps();
        for (b, &target) in forward.iter().enumerate() {
            self.labels[b] = self.labels[target];
        }
        let order: Vec<Block> =
            self.vc.order.iter().copied().filter(|b| forward[b.index()] == b.index()).collect();
        let aligned = self.loop_tops(&order, &forward);
        self.prologue();
        for (i, &b) in order.iter().enumerate() {
            self.next = order.get(i + 1).copied();
            if aligned[b.index()] {
                self.a.align(16);
            }
            let l = self.labels[b.index()];
            self.a.bind(l);
            let (vc, out) = (self.vc, self.out);
            for item in out.block_insts_and_edits(vc, b) {
                match item {
                    InstOrEdit::Inst(i) => self.inst(&vc.insts[i.index()], out.inst_allocs(i)),
                    InstOrEdit::Edit(Edit::Move { from, to }) => self.edit(*from, *to),
                }
            }
        }
        while !self.cold.is_empty() {
            for c in std::mem::take(&mut self.cold) {
                c(self);
            }
        }
    }

    /// Blocks that a later one jumps back to, without loops that contain another.
    fn loop_tops(&self, order: &[Block], forward: &[usize]) -> Vec<bool> {
        let mut place = vec![usize::MAX; self.vc.blocks.len()];
        for (i, &b) in order.iter().enumerate() {
            place[b.index()] = i;
        }
        let mut top = vec![false; self.vc.blocks.len()];
        let mut inner = 0;
        for (i, &b) in order.iter().enumerate() {
            let block = &self.vc.blocks[b.index()];
            if block.cold {
                break;
            }
            for s in &block.succs {
                let to = forward[s.index()];
                // Loops close in order of their ends: an outer one starts before an aligned inner one.
                if place[to] <= i && place[to] >= inner {
                    top[to] = true;
                    inner = place[to];
                }
            }
        }
        top
    }

    /// For each block, the block that its label stands for: blocks that only jump are skipped.
    fn thread_jumps(&self) -> Vec<usize> {
        let n = self.vc.blocks.len();
        let direct: Vec<usize> = (0..n)
            .map(|b| {
                let (x, y) = self.vc.blocks[b].insts;
                let MKind::Jump(target) = self.vc.insts[x as usize].kind else { return b };
                let moves = self.out.block_insts_and_edits(self.vc, Block::new(b)).any(|i| match i {
                    InstOrEdit::Edit(Edit::Move { from, to }) => from != to,
                    InstOrEdit::Inst(_) => false,
                });
                if y - x != 1 || moves || b == 0 { b } else { target.index() }
            })
            .collect();
        (0..n)
            .map(|b| {
                let mut at = b;
                // A cycle of empty blocks is an endless loop: stop after n steps.
                for _ in 0..n {
                    if direct[at] == at {
                        return at;
                    }
                    at = direct[at];
                }
                b
            })
            .collect()
    }

    fn op(&mut self, code: Code, ops: &[Opnd]) {
        self.a.op(code, ops);
    }

    fn prologue(&mut self) {
        if !self.has_frame {
            return;
        }
        self.op(Code::Push_r64, &[R(Register::RBP)]);
        self.op(Code::Mov_r64_rm64, &[R(Register::RBP), R(Register::RSP)]);
        if self.frame > 0 {
            self.adjust(Code::Sub_rm64_imm8, Code::Sub_rm64_imm32, self.frame);
        }
        if self.vc.has_calls {
            self.op(Code::Cmp_r64_rm64, &[R(Register::RSP), cx(ctx::STACK_LIMIT)]);
            let (slow, back) = (self.a.label(), self.a.label());
            self.a.jcc(Cc::B, slow);
            self.a.bind(back);
            let frame = self.frame;
            self.later(move |e| {
                e.a.bind(slow);
                // Nothing is in the frame yet: the poll may use its space.
                e.op(Code::Mov_r64_rm64, &[R(Register::RSP), R(Register::RBP)]);
                e.a.call(Target::Stub(Stub::Poll));
                e.a.call_site(None, u32::MAX);
                if frame > 0 {
                    e.adjust(Code::Sub_rm64_imm8, Code::Sub_rm64_imm32, frame);
                }
                e.a.jmp(back);
            });
        }
    }

    fn adjust(&mut self, short: Code, long: Code, n: u32) {
        let code = if n <= 127 { short } else { long };
        self.op(code, &[R(Register::RSP), Imm(n as i64)]);
    }

    /// Emits `f` after the hot code, with the source position of now.
    fn later(&mut self, f: impl FnOnce(&mut Emit<'_>) + 'static) {
        let pos = self.pos;
        self.cold.push(Box::new(move |e| {
            e.pos = pos;
            f(e);
        }));
    }

    fn spill(&self, a: Allocation) -> Option<Opnd> {
        a.as_stack().map(|s| at(Register::RBP, -8 * (s.index() as i32 + 1)))
    }

    fn edit(&mut self, from: Allocation, to: Allocation) {
        if from == to {
            return;
        }
        match (from.as_reg(), to.as_reg()) {
            (Some(f), Some(t)) => {
                let code =
                    if t.class() == RegClass::Int { Code::Mov_r64_rm64 } else { Code::Movaps_xmm_xmmm128 };
                self.op(code, &[R(full(t)), R(full(f))]);
            }
            (Some(f), None) => {
                let code =
                    if f.class() == RegClass::Int { Code::Mov_rm64_r64 } else { Code::Movsd_xmmm64_xmm };
                let m = self.spill(to).expect("stack allocation");
                self.op(code, &[m, R(full(f))]);
            }
            (None, Some(t)) => {
                let code =
                    if t.class() == RegClass::Int { Code::Mov_r64_rm64 } else { Code::Movsd_xmm_xmmm64 };
                let m = self.spill(from).expect("stack allocation");
                self.op(code, &[R(full(t)), m]);
            }
            (None, None) => unreachable!("the allocator makes no moves between stack slots"),
        }
    }

    fn reg_of(&self, r: Reg, allocs: &[Allocation]) -> Register {
        match r {
            Reg::None => Register::None,
            Reg::Phys(p) => p,
            Reg::Slots => Register::RSP,
            Reg::Op(i) => full(allocs[i as usize].as_reg().expect("operand in a register")),
        }
    }

    fn mem_of(&self, m: Mem, allocs: &[Allocation]) -> Opnd {
        let disp = if m.base == Reg::Slots { m.disp + self.vc.out_bytes as i32 } else { m.disp };
        let (mut base, mut index) = (self.reg_of(m.base, allocs), self.reg_of(m.index, allocs));
        // r13 and rbp as a base cost a displacement byte: exchange when the scale allows it.
        if m.scale == 1
            && disp == 0
            && base == Register::R13
            && index != Register::None
            && index != Register::RBP
        {
            std::mem::swap(&mut base, &mut index);
        }
        Opnd::Mem(mem(base, index, m.scale as u32, disp))
    }

    fn arg(&self, a: Arg, allocs: &[Allocation]) -> Option<Opnd> {
        Some(match a {
            Arg::None => return None,
            Arg::Reg(Reg::Op(i)) => match self.spill(allocs[i as usize]) {
                Some(m) => m,
                None => R(self.reg_of(Reg::Op(i), allocs)),
            },
            Arg::Reg(r) => R(self.reg_of(r, allocs)),
            Arg::Imm(i) => Imm(i),
            Arg::Mem(m) => self.mem_of(m, allocs),
            Arg::Const(c) => Const(c),
        })
    }

    fn goto(&mut self, b: Block) {
        if self.next.is_none_or(|n| self.labels[n.index()] != self.labels[b.index()]) {
            let l = self.labels[b.index()];
            self.a.jmp(l);
        }
    }

    fn branch(&mut self, cond: Cond, x: Block, y: Block) {
        let is_next = |e: &Self, b: Block| e.next.is_some_and(|n| e.labels[n.index()] == e.labels[b.index()]);
        let (cond, x, y) = if is_next(self, x) { (cond.inverse(), y, x) } else { (cond, x, y) };
        self.jump_if(cond, self.labels[x.index()]);
        self.goto(y);
    }

    fn jump_if(&mut self, cond: Cond, to: Label) {
        match cond {
            Cond::One(c) => self.a.jcc(c, to),
            Cond::Or(c, d) => {
                self.a.jcc(c, to);
                self.a.jcc(d, to);
            }
            Cond::And(c, d) => {
                let over = self.a.label();
                self.a.jcc(c.inverse(), over);
                self.a.jcc(d, to);
                self.a.bind(over);
            }
        }
    }

    fn mov_imm(&mut self, r: Register, c: u64) {
        if c == 0 {
            self.op(Code::Xor_r32_rm32, &[R(r), R(r)]);
        } else if c <= u32::MAX as u64 {
            self.op(Code::Mov_r32_imm32, &[R(r), Imm(c as i64)]);
        } else if c as i64 == c as i32 as i64 {
            self.op(Code::Mov_rm64_imm32, &[R(r), Imm(c as i64)]);
        } else {
            self.op(Code::Mov_r64_imm64, &[R(r), Imm(c as i64)]);
        }
    }

    fn inst(&mut self, i: &MInst, allocs: &[Allocation]) {
        self.pos = i.pos;
        let r = |n: usize| full(allocs[n].as_reg().expect("operand in a register"));
        match i.kind {
            MKind::Ins(code, args) => {
                let ops: smallvec::SmallVec<[Opnd; 3]> =
                    args.iter().map_while(|&a| self.arg(a, allocs)).collect();
                if is_self_move(code, &ops) {
                    return;
                }
                self.op(code, &ops);
            }
            MKind::MovImm(c) => self.mov_imm(r(0), c),
            MKind::Params => {}
            MKind::Jump(b) => self.goto(b),
            MKind::Branch(c, x, y) => self.branch(c, x, y),
            MKind::Switch(n) => self.switch(n, r(0), r(1), r(2)),
            MKind::Ret => {
                if self.has_frame {
                    if self.frame > 0 {
                        self.op(Code::Leaveq, &[]);
                    } else {
                        self.op(Code::Pop_r64, &[R(Register::RBP)]);
                    }
                }
                self.op(Code::Retnq, &[]);
            }
            MKind::Unreachable => self.op(Code::Ud2, &[]),
            MKind::Call(info) => self.call(info),
            MKind::Div { signed, wide, check } => self.div(signed, wide, check, r(1)),
            MKind::SetCond(cond) => {
                self.set_cond(cond, r(0), if allocs.len() > 1 { r(1) } else { Register::None })
            }
            MKind::SelectF(cond) => {
                let (other, dst) = (r(1), r(2));
                let over = self.a.label();
                self.jump_if(cond, over);
                self.op(Code::Movaps_xmm_xmmm128, &[R(dst), R(other)]);
                self.a.bind(over);
            }
            MKind::MinMax { max, wide } => self.min_max(max, wide, r(2), r(1)),
            MKind::Round { how, wide } => self.round(how, wide, [r(0), r(1), r(2), r(3)]),
            MKind::ToSSat { from_wide, wide } => self.to_s_sat(from_wide, wide, r(0), r(1)),
            MKind::ToUSat { from_wide, wide } => self.to_u_sat(from_wide, wide, [r(0), r(1), r(2), r(3)]),
            MKind::ToInt32 => self.to_int32(r(0), r(1)),
            MKind::UToF { wide } => self.u_to_f(wide, r(0), r(1), r(2)),
            MKind::AnyFromNumber => self.any_from_number(r(0), r(1)),
            MKind::Canon => self.canon(r(1), r(2)),
            MKind::NewObject { class, bytes, meta, exc } => {
                self.new_object(class, bytes, meta, r(0), r(1), exc.map(|(_, h)| self.labels[h.index()]));
                if let Some((ok, _)) = exc {
                    self.goto(ok);
                }
            }
            MKind::Store(n) => self.store(n, allocs),
            MKind::StrLen => self.str_len(r(0), r(1)),
            MKind::StrCharCode => self.str_char_code(r(0), r(1), r(2), r(3)),
        }
    }

    // Calls.

    fn call(&mut self, info: CallInfo) {
        let pad = info.exc.map(|(_, h)| self.labels[h.index()]);
        match info.callee {
            Callee::Direct(f) => self.a.call(Target::Func(f)),
            Callee::Cell(c) => self.a.call(Target::Cell(c)),
            Callee::Index => self.call_indexed(Register::R11),
            Callee::Virtual(slot) => {
                let t = Register::R11;
                let desc =
                    |f: &str| (shape::SHAPES_OFFSET as u32 + StructId::ShapeDesc.field(f).offset) as i32;
                self.op(
                    Code::Mov_r32_rm32,
                    &[R(t), obj(Register::RDI, StructId::Header.field("meta").offset as i32)],
                );
                self.op(Code::And_rm32_imm32, &[R(t), Imm(shape::META_SHAPE_MASK as i64)]);
                self.op(Code::Shl_rm32_imm8, &[R(t), Imm(shape::SHAPE_DESC_SIZE.trailing_zeros() as i64)]);
                self.op(Code::Mov_r32_rm32, &[R(t), Opnd::Mem(mem(HEAP, t, 1, desc("vtable")))]);
                let disp = shape::VTABLES_OFFSET as i64 + 4 * slot as i64;
                self.op(Code::Mov_r32_rm32, &[R(t), Opnd::Mem(mem(HEAP, t, 4, disp as i32))]);
                self.call_indexed(t);
            }
            Callee::Runtime(rt) => return self.call_runtime(rt, info, pad),
            Callee::Poll => {
                self.op(Code::Cmp_r64_rm64, &[R(Register::RSP), cx(ctx::STACK_LIMIT)]);
                let (slow, back) = (self.a.label(), self.a.label());
                self.a.jcc(Cc::B, slow);
                self.a.bind(back);
                self.later(move |e| {
                    e.a.bind(slow);
                    e.a.call(Target::Stub(Stub::Poll));
                    e.a.call_site(pad, e.pos);
                    e.a.jmp(back);
                });
                return self.continue_at(info);
            }
        }
        self.a.call_site(pad, self.pos);
        self.continue_at(info);
    }

    fn continue_at(&mut self, info: CallInfo) {
        if let Some((ok, _)) = info.exc {
            self.goto(ok);
        }
    }

    /// Calls through the cell whose index is in `r`, which must not be r10.
    fn call_indexed(&mut self, r: Register) {
        self.op(Code::Mov_r64_rm64, &[R(Register::R10), cx(ctx::CELLS)]);
        self.op(Code::Call_rm64, &[Opnd::Mem(mem(Register::R10, r, 8, 0))]);
    }

    fn call_runtime(&mut self, rt: RtFn, info: CallInfo, pad: Option<Label>) {
        let fx = rt.sig().effects;
        let attends = fx.has(Effects::THROW) || fx.has(Effects::ALLOC) || fx.has(Effects::SCAN);
        self.op(Code::Mov_r64_rm64, &[R(Register::RDI), R(CTX)]);
        if attends {
            // Stack walks and scans that start inside the runtime begin here.
            self.op(Code::Mov_rm64_r64, &[cx(ctx::SCAN_TOP), R(Register::RSP)]);
        }
        self.a.call(Target::Runtime(rt));
        self.a.runtime_site(pad, self.pos);
        match info.ret {
            Ty::I32 | Ty::Ref => self.op(Code::Mov_r32_rm32, &[R(Register::RAX), R(Register::RAX)]),
            Ty::Bool => self.op(Code::Movzx_r32_rm8, &[R(Register::RAX), R(Register::RAX)]),
            _ => {}
        }
        if fx.has(Effects::NORETURN) {
            self.a.call(Target::Stub(Stub::Attention));
            self.a.call_site(pad, self.pos);
            if info.exc.is_none() {
                // Reached only if nothing was thrown after all.
                self.op(Code::Ud2, &[]);
            }
        } else if attends {
            self.op(Code::Cmp_rm32_imm8, &[cx(ctx::ATTENTION), Imm(0)]);
            let (slow, back) = (self.a.label(), self.a.label());
            self.a.jcc(Cc::Ne, slow);
            self.a.bind(back);
            self.later(move |e| {
                e.a.bind(slow);
                e.a.call(Target::Stub(Stub::Attention));
                e.a.call_site(pad, e.pos);
                e.a.jmp(back);
            });
        }
        self.continue_at(info);
    }

    /// In cold code: calls a runtime function that keeps all registers, arguments and
    /// result through stack words. `rsp`-relative operands must not be among the arguments.
    fn preserving(&mut self, rt: RtFn, args: &[Opnd], dst: Option<Register>) {
        let bytes = 8 * args.len().max(1) as i32;
        self.op(Code::Lea_r64_m, &[R(Register::RSP), at(Register::RSP, -bytes)]);
        for (i, a) in args.iter().enumerate() {
            let slot = at(Register::RSP, 8 * i as i32);
            match *a {
                R(x) if x.is_xmm() => self.op(Code::Movsd_xmmm64_xmm, &[slot, R(x)]),
                R(x) => self.op(Code::Mov_rm64_r64, &[slot, R(x)]),
                Imm(n) => self.op(Code::Mov_rm64_imm32, &[slot, Imm(n)]),
                _ => unreachable!("arguments are registers and immediates"),
            }
        }
        self.a.call(Target::Stub(Stub::Preserving(rt)));
        if let Some(d) = dst {
            let code = if d.is_xmm() {
                Code::Movsd_xmm_xmmm64
            } else if matches!(rt.sig().ret, Ty::I32 | Ty::Ref | Ty::Bool) {
                Code::Mov_r32_rm32
            } else {
                Code::Mov_r64_rm64
            };
            self.op(code, &[R(d), at(Register::RSP, 0)]);
        }
        self.op(Code::Lea_r64_m, &[R(Register::RSP), at(Register::RSP, bytes)]);
    }

    // Control.

    fn switch(&mut self, n: u32, v: Register, t1: Register, t2: Register) {
        let data = &self.vc.switches[n as usize];
        let default = self.labels[data.default.index()];
        let cases: Vec<(i32, Label)> = data.cases.iter().map(|&(v, b)| (v, self.labels[b.index()])).collect();
        if let (Some(first), Some(last)) = (cases.first(), cases.last()) {
            let span = last.0 as i64 - first.0 as i64 + 1;
            if cases.len() >= 4 && span <= 2 * cases.len() as i64 + 8 {
                let mut table = vec![default; span as usize];
                for &(v, l) in &cases {
                    table[(v as i64 - first.0 as i64) as usize] = l;
                }
                let table = self.a.table(table);
                self.op(
                    Code::Lea_r32_m,
                    &[R(t1), Opnd::Mem(mem(v, Register::None, 1, first.0.wrapping_neg()))],
                );
                self.op(Code::Cmp_rm32_imm32, &[R(t1), Imm(span)]);
                self.a.jcc(Cc::Ae, default);
                self.op(Code::Lea_r64_m, &[R(t2), Opnd::Table(table)]);
                self.op(Code::Movsxd_r64_rm32, &[R(t1), Opnd::Mem(mem(t2, t1, 4, 0))]);
                self.op(Code::Add_r64_rm64, &[R(t1), R(t2)]);
                return self.op(Code::Jmp_rm64, &[R(t1)]);
            }
        }
        self.compare_tree(v, &cases, default);
    }

    fn compare_tree(&mut self, v: Register, cases: &[(i32, Label)], default: Label) {
        if cases.len() <= 3 {
            for &(c, l) in cases {
                self.op(Code::Cmp_rm32_imm32, &[R(v), Imm(c as i64)]);
                self.a.jcc(Cc::E, l);
            }
            return self.a.jmp(default);
        }
        let (low, high) = cases.split_at(cases.len() / 2);
        let upper = self.a.label();
        self.op(Code::Cmp_rm32_imm32, &[R(v), Imm(high[0].0 as i64)]);
        self.a.jcc(Cc::Ge, upper);
        self.compare_tree(v, low, default);
        self.a.bind(upper);
        self.compare_tree(v, high, default);
    }

    fn set_cond(&mut self, cond: Cond, dst: Register, t: Register) {
        let set = |e: &mut Self, c: Cc, r: Register| e.op(c.setcc(), &[R(r)]);
        match cond {
            Cond::One(c) => set(self, c, dst),
            Cond::And(c, d) => {
                set(self, c, dst);
                set(self, d, t);
                self.op(Code::And_r8_rm8, &[R(dst), R(t)]);
            }
            Cond::Or(c, d) => {
                set(self, c, dst);
                set(self, d, t);
                self.op(Code::Or_r8_rm8, &[R(dst), R(t)]);
            }
        }
        self.op(Code::Movzx_r32_rm8, &[R(dst), R(dst)]);
    }

    /// The dividend is in rax; quotient and remainder arrive in rax and rdx.
    fn div(&mut self, signed: bool, wide: bool, check: bool, d: Register) {
        let (rax, rdx) = (Register::RAX, Register::RDX);
        let (slow, back) = (self.a.label(), self.a.label());
        if check {
            // The least value by -1 would trap.
            self.op(if wide { Code::Cmp_rm64_imm8 } else { Code::Cmp_rm32_imm8 }, &[R(d), Imm(-1)]);
            self.a.jcc(Cc::E, slow);
            self.later(move |e| {
                e.a.bind(slow);
                e.op(if wide { Code::Neg_rm64 } else { Code::Neg_rm32 }, &[R(rax)]);
                e.op(Code::Xor_r32_rm32, &[R(rdx), R(rdx)]);
                e.a.jmp(back);
            });
        }
        match (signed, wide) {
            (true, false) => {
                self.op(Code::Cdq, &[]);
                self.op(Code::Idiv_rm32, &[R(d)]);
            }
            (true, true) => {
                self.op(Code::Cqo, &[]);
                self.op(Code::Idiv_rm64, &[R(d)]);
            }
            (false, _) => {
                self.op(Code::Xor_r32_rm32, &[R(rdx), R(rdx)]);
                self.op(if wide { Code::Div_rm64 } else { Code::Div_rm32 }, &[R(d)]);
            }
        }
        self.a.bind(back);
    }

    // Floats.

    fn min_max(&mut self, max: bool, wide: bool, dst: Register, b: Register) {
        let pick = move |s: Code, d: Code| if wide { d } else { s };
        let ucomi = pick(Code::Ucomiss_xmm_xmmm32, Code::Ucomisd_xmm_xmmm64);
        let (slow, back) = (self.a.label(), self.a.label());
        self.op(ucomi, &[R(dst), R(b)]);
        // Equal or unordered: zeros of different sign and NaN.
        self.a.jcc(Cc::E, slow);
        let code = if max {
            pick(Code::Maxss_xmm_xmmm32, Code::Maxsd_xmm_xmmm64)
        } else {
            pick(Code::Minss_xmm_xmmm32, Code::Minsd_xmm_xmmm64)
        };
        self.op(code, &[R(dst), R(b)]);
        self.a.bind(back);
        self.later(move |e| {
            e.a.bind(slow);
            let nan = e.a.label();
            e.a.jcc(Cc::P, nan);
            e.op(if max { Code::Andps_xmm_xmmm128 } else { Code::Orps_xmm_xmmm128 }, &[R(dst), R(b)]);
            e.a.jmp(back);
            e.a.bind(nan);
            e.op(pick(Code::Addss_xmm_xmmm32, Code::Addsd_xmm_xmmm64), &[R(dst), R(b)]);
            e.a.jmp(back);
        });
    }

    /// Rounding without SSE4.1: through int64, with the source's sign on a zero result.
    fn round(&mut self, how: Rounding, wide: bool, [x, y, t, u]: [Register; 4]) {
        let pick = move |s: Code, d: Code| if wide { d } else { s };
        let (whole, done) = (self.a.label(), self.a.label());
        let sign = self.a.constant(if wide { 1 << 63 } else { 1 << 31 });
        let one = self.a.constant(if wide { 1f64.to_bits() as u128 } else { 1f32.to_bits() as u128 });
        self.op(pick(Code::Cvttss2si_r64_xmmm32, Code::Cvttsd2si_r64_xmmm64), &[R(t), R(x)]);
        self.op(Code::Cmp_rm64_imm8, &[R(t), Imm(1)]);
        // Too large to have a fraction, infinite or NaN.
        self.a.jcc(Cc::O, whole);
        self.op(Code::Xorps_xmm_xmmm128, &[R(y), R(y)]);
        self.op(pick(Code::Cvtsi2ss_xmm_rm64, Code::Cvtsi2sd_xmm_rm64), &[R(y), R(t)]);
        if how != Rounding::Trunc {
            let exact = self.a.label();
            let (first, second) = if how == Rounding::Floor { (x, y) } else { (y, x) };
            self.op(pick(Code::Ucomiss_xmm_xmmm32, Code::Ucomisd_xmm_xmmm64), &[R(first), R(second)]);
            self.a.jcc(Cc::Ae, exact);
            let code = if how == Rounding::Floor {
                pick(Code::Subss_xmm_xmmm32, Code::Subsd_xmm_xmmm64)
            } else {
                pick(Code::Addss_xmm_xmmm32, Code::Addsd_xmm_xmmm64)
            };
            self.op(code, &[R(y), Const(one)]);
            self.a.bind(exact);
        }
        self.op(Code::Movaps_xmm_xmmm128, &[R(u), R(x)]);
        self.op(Code::Andps_xmm_xmmm128, &[R(u), Const(sign)]);
        self.op(Code::Orps_xmm_xmmm128, &[R(y), R(u)]);
        self.a.bind(done);
        self.later(move |e| {
            e.a.bind(whole);
            e.op(Code::Movaps_xmm_xmmm128, &[R(y), R(x)]);
            // Quiets a signaling NaN; anything else is unchanged.
            let one = e.a.constant(if wide { 1f64.to_bits() as u128 } else { 1f32.to_bits() as u128 });
            e.op(pick(Code::Mulss_xmm_xmmm32, Code::Mulsd_xmm_xmmm64), &[R(y), Const(one)]);
            e.a.jmp(done);
        });
    }

    fn to_s_sat(&mut self, from_wide: bool, wide: bool, x: Register, dst: Register) {
        let code = match (from_wide, wide) {
            (false, false) => Code::Cvttss2si_r32_xmmm32,
            (false, true) => Code::Cvttss2si_r64_xmmm32,
            (true, false) => Code::Cvttsd2si_r32_xmmm64,
            (true, true) => Code::Cvttsd2si_r64_xmmm64,
        };
        let (slow, back) = (self.a.label(), self.a.label());
        self.op(code, &[R(dst), R(x)]);
        // Only the least value overflows when 1 is subtracted.
        self.op(if wide { Code::Cmp_rm64_imm8 } else { Code::Cmp_rm32_imm8 }, &[R(dst), Imm(1)]);
        self.a.jcc(Cc::O, slow);
        self.a.bind(back);
        self.later(move |e| {
            e.a.bind(slow);
            let positive = e.a.label();
            let zero = e.a.constant(0);
            let ucomi = if from_wide { Code::Ucomisd_xmm_xmmm64 } else { Code::Ucomiss_xmm_xmmm32 };
            e.op(ucomi, &[R(x), Const(zero)]);
            e.a.jcc(Cc::A, positive);
            e.a.jcc(Cc::Np, back);
            e.op(Code::Xor_r32_rm32, &[R(dst), R(dst)]);
            e.a.jmp(back);
            e.a.bind(positive);
            e.op(if wide { Code::Not_rm64 } else { Code::Not_rm32 }, &[R(dst)]);
            e.a.jmp(back);
        });
    }

    fn to_u_sat(&mut self, from_wide: bool, wide: bool, [x, dst, t, u]: [Register; 4]) {
        let cvt = if from_wide { Code::Cvttsd2si_r64_xmmm64 } else { Code::Cvttss2si_r64_xmmm32 };
        let (slow, back) = (self.a.label(), self.a.label());
        self.op(cvt, &[R(dst), R(x)]);
        if wide {
            self.op(Code::Test_rm64_r64, &[R(dst), R(dst)]);
            self.a.jcc(Cc::S, slow);
        } else {
            self.op(Code::Mov_r64_rm64, &[R(t), R(dst)]);
            self.op(Code::Shr_rm64_imm8, &[R(t), Imm(32)]);
            self.a.jcc(Cc::Ne, slow);
        }
        self.a.bind(back);
        self.later(move |e| {
            e.a.bind(slow);
            let positive = e.a.label();
            let zero = e.a.constant(0);
            let ucomi = if from_wide { Code::Ucomisd_xmm_xmmm64 } else { Code::Ucomiss_xmm_xmmm32 };
            e.op(ucomi, &[R(x), Const(zero)]);
            e.a.jcc(Cc::A, positive);
            // Negative or NaN.
            e.op(Code::Xor_r32_rm32, &[R(dst), R(dst)]);
            e.a.jmp(back);
            e.a.bind(positive);
            if !wide {
                e.mov_imm(dst, u32::MAX as u64);
                return e.a.jmp(back);
            }
            let top = e.a.constant(if from_wide {
                9223372036854775808f64.to_bits() as u128
            } else {
                9223372036854775808f32.to_bits() as u128
            });
            let fits = e.a.label();
            e.op(Code::Movaps_xmm_xmmm128, &[R(u), R(x)]);
            e.op(
                if from_wide { Code::Subsd_xmm_xmmm64 } else { Code::Subss_xmm_xmmm32 },
                &[R(u), Const(top)],
            );
            e.op(cvt, &[R(dst), R(u)]);
            e.op(Code::Test_rm64_r64, &[R(dst), R(dst)]);
            e.a.jcc(Cc::Ns, fits);
            e.mov_imm(dst, u64::MAX);
            e.a.jmp(back);
            e.a.bind(fits);
            e.op(Code::Btc_rm64_imm8, &[R(dst), Imm(63)]);
            e.a.jmp(back);
        });
    }

    fn to_int32(&mut self, x: Register, dst: Register) {
        let (slow, back) = (self.a.label(), self.a.label());
        self.op(Code::Cvttsd2si_r64_xmmm64, &[R(dst), R(x)]);
        self.op(Code::Cmp_rm64_imm8, &[R(dst), Imm(1)]);
        self.a.jcc(Cc::O, slow);
        self.op(Code::Mov_r32_rm32, &[R(dst), R(dst)]);
        self.a.bind(back);
        self.later(move |e| {
            e.a.bind(slow);
            e.preserving(RtFn::F64ToInt32, &[R(x)], Some(dst));
            e.a.jmp(back);
        });
    }

    fn u_to_f(&mut self, wide: bool, x: Register, dst: Register, t: Register) {
        let cvt = if wide { Code::Cvtsi2sd_xmm_rm64 } else { Code::Cvtsi2ss_xmm_rm64 };
        let (slow, back) = (self.a.label(), self.a.label());
        self.op(Code::Xorps_xmm_xmmm128, &[R(dst), R(dst)]);
        self.op(Code::Test_rm64_r64, &[R(x), R(x)]);
        self.a.jcc(Cc::S, slow);
        self.op(cvt, &[R(dst), R(x)]);
        self.a.bind(back);
        self.later(move |e| {
            e.a.bind(slow);
            // Halve, keeping the lost bit as sticky, convert and double.
            let even = e.a.label();
            e.op(Code::Mov_r64_rm64, &[R(t), R(x)]);
            e.op(Code::Shr_rm64_imm8, &[R(t), Imm(1)]);
            e.a.jcc(Cc::Ae, even);
            e.op(Code::Or_rm64_imm8, &[R(t), Imm(1)]);
            e.a.bind(even);
            e.op(cvt, &[R(dst), R(t)]);
            e.op(if wide { Code::Addsd_xmm_xmmm64 } else { Code::Addss_xmm_xmmm32 }, &[R(dst), R(dst)]);
            e.a.jmp(back);
        });
    }

    fn any_from_number(&mut self, x: Register, dst: Register) {
        let (slow, back) = (self.a.label(), self.a.label());
        self.op(Code::Ucomisd_xmm_xmmm64, &[R(x), R(x)]);
        self.op(Code::Movq_rm64_xmm, &[R(dst), R(x)]);
        self.a.jcc(Cc::P, slow);
        self.a.bind(back);
        self.later(move |e| {
            e.a.bind(slow);
            // Is it one of the two reserved patterns, UNDEFINED_F64 and the next?
            const { assert!(value::HOLE_F64 == value::UNDEFINED_F64 + 1) };
            let c = e.a.constant(value::UNDEFINED_F64 as u128);
            e.op(Code::Sub_r64_rm64, &[R(dst), Const(c)]);
            e.op(Code::Cmp_rm64_imm8, &[R(dst), Imm(1)]);
            e.mov_imm(dst, value::UNDEFINED);
            e.a.jcc(Cc::Be, back);
            e.op(Code::Movq_rm64_xmm, &[R(dst), R(x)]);
            e.a.jmp(back);
        });
    }

    fn canon(&mut self, x: Register, t: Register) {
        let (slow, back) = (self.a.label(), self.a.label());
        self.op(Code::Ucomisd_xmm_xmmm64, &[R(x), R(x)]);
        self.a.jcc(Cc::P, slow);
        self.a.bind(back);
        self.later(move |e| {
            e.a.bind(slow);
            let c = e.a.constant(value::UNDEFINED_F64 as u128);
            let nan = e.a.constant(value::CANONICAL_NAN as u128);
            e.op(Code::Movq_rm64_xmm, &[R(t), R(x)]);
            e.op(Code::Sub_r64_rm64, &[R(t), Const(c)]);
            e.op(Code::Cmp_rm64_imm8, &[R(t), Imm(1)]);
            e.a.jcc(Cc::A, back);
            e.op(Code::Movsd_xmm_xmmm64, &[R(x), Const(nan)]);
            e.a.jmp(back);
        });
    }

    // Memory.

    fn new_object(
        &mut self,
        class: u32,
        bytes: u32,
        meta: u32,
        dst: Register,
        t: Register,
        handler: Option<Label>,
    ) {
        let run = ctx::BUMP + class as i32 * StructId::BumpRun.info().size as i32;
        let field = |f: &str| cx(run + StructId::BumpRun.field(f).offset as i32);
        let header = |f: &str| StructId::Header.field(f).offset as i32;
        let (slow, back) = (self.a.label(), self.a.label());
        self.op(Code::Mov_r32_rm32, &[R(dst), field("cur")]);
        self.op(Code::Lea_r32_m, &[R(t), at(dst, (bytes / shape::ID_SCALE) as i32)]);
        self.op(Code::Cmp_r32_rm32, &[R(t), field("end")]);
        self.a.jcc(Cc::A, slow);
        self.op(Code::Mov_rm32_r32, &[field("cur"), R(t)]);
        self.op(Code::Mov_rm32_imm32, &[obj(dst, header("rc")), Imm(RC_NEW as i64)]);
        self.op(Code::Mov_rm32_imm32, &[obj(dst, header("meta")), Imm(meta as i32 as i64)]);
        self.a.bind(back);
        self.later(move |e| {
            e.a.bind(slow);
            e.preserving(RtFn::AllocSlow, &[Imm(class as i64), Imm(meta as i64)], Some(dst));
            // Out of memory. A poll must wait: the fields hold nothing yet.
            e.op(Code::Test_rm32_imm32, &[cx(ctx::ATTENTION), Imm(ATTENTION_EXCEPTION as i64)]);
            e.a.jcc(Cc::E, back);
            if let Some(h) = handler {
                // The stub kept all registers, so this is an ordinary jump.
                return e.a.jmp(h);
            }
            e.a.call(Target::Stub(Stub::Attention));
            e.a.call_site(None, e.pos);
            e.op(Code::Ud2, &[]);
        });
    }

    /// ops: value, t1, t2, then the registers of the slot and of the container's count.
    fn store(&mut self, n: u32, allocs: &[Allocation]) {
        let info = self.vc.stores[n as usize];
        let r = |n: usize| full(allocs[n].as_reg().expect("operand in a register"));
        let (v, t1, t2) = (r(0), r(1), r(2));
        let slot = self.mem_of(info.slot, allocs);
        let rc = self.mem_of(info.rc, allocs);
        let word = info.kind != Kind::Ref;
        let (shared, done) = (self.a.label(), self.a.label());
        // The shared bit is the sign; while a collection watches stores, the barrier is above all counts.
        const { assert!(RC_SHARED == 1 << 31) };
        self.op(Code::Mov_r32_rm32, &[R(t1), rc]);
        self.op(Code::Cmp_r32_rm32, &[R(t1), cx(ctx::BARRIER)]);
        self.a.jcc(Cc::L, shared);
        self.inc_new(info, v, t1, t2);
        let store =
            |e: &mut Self| e.op(if word { Code::Mov_rm64_r64 } else { Code::Mov_rm32_r32 }, &[slot, R(v)]);
        if info.full {
            self.op(if word { Code::Mov_r64_rm64 } else { Code::Mov_r32_rm32 }, &[R(t1), slot]);
            store(self);
            self.log_old(info.kind, t1, t2, done);
        } else {
            store(self);
        }
        self.a.bind(done);
        self.later(move |e| {
            e.a.bind(shared);
            e.op(Code::Lea_r64_m, &[R(t1), slot]);
            e.op(Code::Lea_r64_m, &[R(t2), rc]);
            // The container's id from the address of its header.
            e.op(Code::Sub_r64_rm64, &[R(t2), R(HEAP)]);
            e.op(Code::Shr_rm64_imm8, &[R(t2), Imm(shape::ID_SCALE.trailing_zeros() as i64)]);
            let rt = match (info.full, word) {
                (true, false) => RtFn::StoreShared,
                (true, true) => RtFn::StoreSharedWord,
                (false, false) => RtFn::InitShared,
                (false, true) => RtFn::InitSharedWord,
            };
            e.preserving(rt, &[R(t2), R(t1), R(v)], None);
            e.a.jmp(done);
        });
    }

    /// Jumps to `skip` unless the word in `v` refers to the heap; clobbers `t`.
    fn unless_heap_word(&mut self, kind: Kind, v: Register, t: Register, skip: Label) {
        if kind == Kind::Ref {
            self.op(Code::Cmp_rm32_imm8, &[R(v), Imm(value::REF_NULL as i64)]);
            return self.a.jcc(Cc::Be, skip);
        }
        self.op(Code::Mov_r64_rm64, &[R(t), R(v)]);
        self.op(Code::Shr_rm64_imm8, &[R(t), Imm(value::TAG_SHIFT as i64)]);
        if kind == Kind::Str {
            self.op(Code::Cmp_rm32_imm32, &[R(t), Imm(value::TAG_STRING as i64)]);
            return self.a.jcc(Cc::Ne, skip);
        }
        // Objects and heap strings have the two lowest tags, boxes the highest.
        const { assert!(value::TAG_STRING == value::TAG_OBJECT + 1 && value::TAG_BOX == 0xFFFF) };
        let heap = self.a.label();
        self.op(Code::Sub_rm32_imm32, &[R(t), Imm(value::TAG_OBJECT as i64)]);
        self.op(Code::Cmp_rm32_imm8, &[R(t), Imm(1)]);
        self.a.jcc(Cc::Be, heap);
        self.op(Code::Cmp_rm32_imm8, &[R(t), Imm((value::TAG_BOX - value::TAG_OBJECT) as i64)]);
        self.a.jcc(Cc::Ne, skip);
        self.a.bind(heap);
    }

    /// Counts the reference that is about to be stored.
    fn inc_new(&mut self, info: StoreInfo, v: Register, t1: Register, t2: Register) {
        let (skip, slow) = (self.a.label(), self.a.label());
        self.unless_heap_word(info.kind, v, t1, skip);
        let id = if info.kind == Kind::Ref {
            v
        } else {
            self.op(Code::Mov_r32_rm32, &[R(t1), R(v)]);
            t1
        };
        let count = obj(id, StructId::Header.field("rc").offset as i32);
        self.op(Code::Mov_r32_rm32, &[R(t2), count]);
        self.op(Code::Test_rm32_imm32, &[R(t2), Imm((RC_SHARED | RC_IMMORTAL) as i32 as i64)]);
        self.a.jcc(Cc::Ne, slow);
        if info.candidate && info.kind != Kind::Str {
            let counted = self.a.label();
            self.op(Code::Test_rm32_imm32, &[R(t2), Imm(RC_COUNT_MASK as i64)]);
            self.a.jcc(Cc::Ne, counted);
            self.op(Code::Or_rm32_imm32, &[R(t2), Imm(RC_CANDIDATE as i64)]);
            self.a.bind(counted);
        }
        self.op(Code::Inc_rm32, &[R(t2)]);
        self.op(Code::Mov_rm32_r32, &[count, R(t2)]);
        self.a.bind(skip);
        self.later(move |e| {
            e.a.bind(slow);
            // Immortals are not counted.
            e.op(Code::Test_rm32_r32, &[R(t2), R(t2)]);
            e.a.jcc(Cc::Ns, skip);
            e.preserving(RtFn::IncSlow, &[R(id)], None);
            e.a.jmp(skip);
        });
    }

    /// Logs the decrement of the old word in `t1`.
    fn log_old(&mut self, kind: Kind, t1: Register, t2: Register, done: Label) {
        self.unless_heap_word(kind, t1, t2, done);
        let full_log = self.a.label();
        self.op(Code::Mov_r64_rm64, &[R(t2), cx(ctx::LOG_CUR)]);
        self.op(Code::Mov_rm32_r32, &[at(t2, 0), R(t1)]);
        self.op(Code::Add_rm64_imm8, &[R(t2), Imm(4)]);
        self.op(Code::Mov_rm64_r64, &[cx(ctx::LOG_CUR), R(t2)]);
        self.op(Code::Cmp_r64_rm64, &[R(t2), cx(ctx::LOG_END)]);
        self.a.jcc(Cc::E, full_log);
        self.later(move |e| {
            e.a.bind(full_log);
            e.preserving(RtFn::LogFull, &[], None);
            e.a.jmp(done);
        });
    }

    fn str_len(&mut self, s: Register, dst: Register) {
        let (small, back) = (self.a.label(), self.a.label());
        self.small_string_test(s, small);
        self.op(Code::Mov_r32_rm32, &[R(dst), R(s)]);
        self.op(Code::Mov_r32_rm32, &[R(dst), obj(dst, StructId::StrFlat.field("len").offset as i32)]);
        self.a.bind(back);
        self.later(move |e| {
            e.a.bind(small);
            e.op(Code::Mov_r64_rm64, &[R(dst), R(s)]);
            e.op(Code::Shr_rm64_imm8, &[R(dst), Imm(value::SMALL_STRING_LEN_SHIFT as i64)]);
            e.op(Code::Movzx_r32_rm8, &[R(dst), R(dst)]);
            e.a.jmp(back);
        });
    }

    /// Jumps to `small` for an immediate string: its tag is odd, that of heap strings even.
    fn small_string_test(&mut self, s: Register, small: Label) {
        const { assert!(value::TAG_STRING & 1 == 0 && value::TAG_SMALL_STRING & 1 == 1) };
        self.op(Code::Bt_rm64_imm8, &[R(s), Imm(value::TAG_SHIFT as i64)]);
        self.a.jcc(Cc::B, small);
    }

    fn str_char_code(&mut self, s: Register, index: Register, dst: Register, t: Register) {
        let (small, other, back) = (self.a.label(), self.a.label(), self.a.label());
        let chars = StructId::StrFlat.info().size as i32;
        self.small_string_test(s, small);
        self.op(Code::Mov_r32_rm32, &[R(dst), R(s)]);
        self.op(Code::Mov_r32_rm32, &[R(t), obj(dst, StructId::Header.field("meta").offset as i32)]);
        self.op(Code::And_rm32_imm32, &[R(t), Imm((shape::META_SHAPE_MASK | shape::META_UTF16) as i64)]);
        self.op(Code::Lea_r64_m, &[R(dst), obj(dst, 0)]);
        self.op(Code::Cmp_rm32_imm32, &[R(t), Imm(shape::SHAPE_STR_FLAT as i64)]);
        self.a.jcc(Cc::Ne, other);
        self.op(Code::Movzx_r32_rm8, &[R(dst), Opnd::Mem(mem(dst, index, 1, chars))]);
        self.a.bind(back);
        self.later(move |e| {
            e.a.bind(small);
            e.op(Code::Push_r64, &[R(s)]);
            e.op(Code::Movzx_r32_rm8, &[R(dst), Opnd::Mem(mem(Register::RSP, index, 1, 0))]);
            e.op(Code::Lea_r64_m, &[R(Register::RSP), at(Register::RSP, 8)]);
            e.a.jmp(back);
            e.a.bind(other);
            let slice = e.a.label();
            e.op(Code::Cmp_rm32_imm32, &[R(t), Imm((shape::SHAPE_STR_FLAT | shape::META_UTF16) as i64)]);
            e.a.jcc(Cc::Ne, slice);
            e.op(Code::Movzx_r32_rm16, &[R(dst), Opnd::Mem(mem(dst, index, 2, chars))]);
            e.a.jmp(back);
            e.a.bind(slice);
            e.preserving(RtFn::StrCharCodeAt, &[R(s), R(index)], Some(dst));
            e.a.jmp(back);
        });
    }
}

/// A full-width move of a register to itself.
fn is_self_move(code: Code, ops: &[Opnd]) -> bool {
    matches!(code, Code::Mov_r64_rm64 | Code::Movaps_xmm_xmmm128) && matches!(ops, [R(a), R(b)] if a == b)
}

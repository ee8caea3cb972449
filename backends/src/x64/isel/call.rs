//! Calls, parameters and landing pads.
//!
//! A call inside `try` is selected together with its `br_exc` as one terminator. It
//! clobbers every register even when it calls the runtime, because the handler is
//! entered from the unwinder, which restores rbp and rsp alone.

use super::*;
use crate::x64::regs::ArgLoc;
use ultra_abi::layout::ctx;
use ultra_abi::rtfn::Effects;
use ultra_abi::{RtFn, shape, value};

impl Isel<'_> {
    /// Defines the parameters in fresh registers, in the machine entry block.
    pub(super) fn lower_params(&mut self, entry: Block) -> Res<()> {
        let f = self.f;
        let types: Vec<Ty> = f.blocks[entry].params.iter().map(|&p| f.ty(p)).collect();
        if types != f.params {
            return self.unsupported("an entry block whose parameters differ from the signature".into());
        }
        let (locs, _) = regs::assign(types.iter().copied(), &regs::INT_ARGS);
        let mut ops = Vec::new();
        let mut loads = Vec::new();
        for (ty, loc) in types.iter().zip(locs) {
            let t = self.tmp(regs::class_of(*ty));
            self.params.push(t);
            match loc {
                ArgLoc::Reg(p) => ops.push(Operand::reg_fixed_def(t, p)),
                ArgLoc::Stack(n) => loads.push((t, n)),
            }
        }
        self.push(MKind::Params, ops, Clobber::None);
        for (t, n) in loads {
            self.vc.stack_params = true;
            // Above the saved rbp and the return address.
            let m = Amode::base(Loc::P(Register::RBP), 16 + 8 * n as i32);
            let code = if t.class() == RegClass::Int { Code::Mov_r64_rm64 } else { Code::Movsd_xmm_xmmm64 };
            self.ins(code, &[A::Def(t), A::Mem(m)]);
        }
        Ok(())
    }

    /// The register in which the machine entry block has parameter `v`.
    pub(super) fn param_copy(&self, v: Value) -> VReg {
        match self.f.values[v].def {
            ultra_ir::Def::Param(_, n) => self.params[n as usize],
            ultra_ir::Def::Inst(_) => self.vreg(v),
        }
    }

    /// Places arguments: fixed uses for registers, stores for the stack area.
    fn place_args(&mut self, args: &[Value], types: impl Iterator<Item = Ty>, ints: &[PReg]) -> Vec<Operand> {
        let (locs, words) = regs::assign(types, ints);
        self.vc.out_bytes = self.vc.out_bytes.max(8 * words);
        let mut ops = Vec::with_capacity(args.len() + 1);
        for (&v, loc) in args.iter().zip(&locs) {
            if let ArgLoc::Stack(n) = *loc {
                let r = self.reg(v);
                let m = Amode::base(Loc::P(Register::RSP), 8 * n as i32);
                let code =
                    if r.class() == RegClass::Int { Code::Mov_rm64_r64 } else { Code::Movsd_xmmm64_xmm };
                self.ins(code, &[A::Mem(m), A::Use(r)]);
            }
        }
        for (&v, loc) in args.iter().zip(&locs) {
            if let ArgLoc::Reg(p) = *loc {
                ops.push(Operand::reg_fixed_use(self.reg(v), p));
            }
        }
        ops
    }

    pub(super) fn lower_call(&mut self, i: Inst, exc: Option<(MB, MB)>) -> Res<()> {
        let f = self.f;
        let d = f.insts[i];
        self.vc.has_calls = true;
        if d.op == Op::Poll {
            let clobber = if exc.is_some() { Clobber::All } else { Clobber::None };
            self.push(MKind::Call(CallInfo { callee: Callee::Poll, exc, ret: Ty::Void }), vec![], clobber);
            return Ok(());
        }
        let list: Vec<Value> = f.values_of(d.list()).collect();
        let types = |v: &[Value]| v.iter().map(|&v| f.ty(v)).collect::<Vec<_>>().into_iter();
        let mut clobber = Clobber::All;
        let (callee, mut ops) = match d.op {
            Op::Call => {
                let callee = FuncId(d.a);
                let Some(decl) = self.m.funcs.get(callee) else {
                    return self.unsupported(format!("a call of unknown {callee}"));
                };
                if decl.sig.params.len() != list.len() {
                    return self.unsupported(format!(
                        "a call of {} with {} arguments",
                        decl.name,
                        list.len()
                    ));
                }
                let target = if callee == self.id || (self.opt.compiled)(callee) {
                    Callee::Direct(callee)
                } else {
                    Callee::Cell(decl.cell)
                };
                (target, self.place_args(&list, types(&list), &regs::INT_ARGS))
            }
            Op::CallVirtual => {
                if list.first().is_none_or(|&r| f.ty(r) != Ty::Ref) {
                    return self.unsupported("a virtual call without a receiver".into());
                }
                (Callee::Virtual(d.a), self.place_args(&list, types(&list), &regs::INT_ARGS))
            }
            Op::CallCell => {
                let Some((&index, args)) = list.split_first() else {
                    return self.unsupported("call_cell without an index".into());
                };
                let ops = self.place_args(args, types(args), &regs::INT_ARGS);
                let mut all = vec![Operand::reg_fixed_use(self.reg(index), regs::R11)];
                all.extend(ops);
                (Callee::Index, all)
            }
            _ => {
                let Some(rt) = RtFn::from_index(d.a) else {
                    return self.unsupported("an unknown runtime function".into());
                };
                if rt.sig().params.len() != list.len() {
                    return self.unsupported(format!(
                        "a call of {} with {} arguments",
                        rt.sig().name,
                        list.len()
                    ));
                }
                // A scan must see every reference: then nothing stays in a register.
                if exc.is_none() && !rt.sig().effects.has(Effects::SCAN) {
                    clobber = Clobber::Runtime;
                }
                (Callee::Runtime(rt), self.place_args(&list, types(&list), &regs::RT_INT_ARGS))
            }
        };
        if let Some(r) = f.result(i) {
            let p = if f.ty(r).is_float() { regs::XMM0 } else { regs::RAX };
            ops.push(Operand::reg_fixed_def(self.vreg(r), p));
        }
        self.push(MKind::Call(CallInfo { callee, exc, ret: d.ty }), ops, clobber);
        Ok(())
    }

    /// A call of a runtime function with arguments in registers.
    fn call_runtime(&mut self, rt: RtFn, args: &[VReg], dst: VReg, exc: Option<(MB, MB)>) {
        self.vc.has_calls = true;
        let mut ops: Vec<Operand> =
            args.iter().zip(regs::RT_INT_ARGS).map(|(&v, p)| Operand::reg_fixed_use(v, p)).collect();
        ops.push(Operand::reg_fixed_def(dst, regs::RAX));
        let clobber = if exc.is_some() { Clobber::All } else { Clobber::Runtime };
        self.push(
            MKind::Call(CallInfo { callee: Callee::Runtime(rt), exc, ret: rt.sig().ret }),
            ops,
            clobber,
        );
    }

    pub(super) fn alloc_large(&mut self, i: Inst, bytes: u32, meta: u32, exc: Option<(MB, MB)>) -> Res<()> {
        let (a, b) = (self.tmp_int(), self.tmp_int());
        self.mov_imm(a, bytes as u64);
        self.mov_imm(b, meta as u64);
        let dst = self.result(i);
        self.call_runtime(RtFn::AllocLarge, &[a, b], dst, exc);
        Ok(())
    }

    /// `is_instance` of a class too deep for the display.
    pub(super) fn instance_of_deep(&mut self, i: Inst) -> Res<()> {
        let d = self.f.insts[i];
        let Some(class) = self.m.classes.get(ultra_ir::ClassId(d.b)) else {
            return self.unsupported("an unknown class".into());
        };
        let shape_index = class.shape & shape::META_SHAPE_MASK;
        let (tag, word, s) = (self.tmp_int(), self.tmp_int(), self.tmp_int());
        let r = self.reg(d.arg_a());
        self.mov_imm(tag, value::from_object(0));
        self.ins(Code::Or_r64_rm64, &[A::Tied(tag, word), A::Use(r)]);
        self.mov_imm(s, shape_index as u64);
        let dst = self.result(i);
        debug_assert!(!RtFn::InstanceOfDeep.sig().effects.has(Effects::THROW));
        self.call_runtime(RtFn::InstanceOfDeep, &[word, s], dst, None);
        Ok(())
    }

    /// Takes the pending exception.
    pub(super) fn lower_catch(&mut self, i: Inst) -> Res<()> {
        let dst = self.result(i);
        let field = |off| A::Mem(Amode::base(Loc::P(regs::CTX), off));
        self.ins(Code::Mov_r64_rm64, &[A::Def(dst), field(ctx::EXCEPTION)]);
        let mask = !(ultra_abi::layout::ATTENTION_EXCEPTION as i64);
        self.ins(Code::And_rm32_imm8, &[field(ctx::ATTENTION), A::Imm(mask)]);
        Ok(())
    }
}

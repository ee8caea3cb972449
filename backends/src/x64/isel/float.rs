//! Floating point and conversions.

use super::*;

fn pick(wide: bool, single: Code, double: Code) -> Code {
    if wide { double } else { single }
}

impl Isel<'_> {
    /// An operand of a scalar float instruction: a constant, a load, a register or a stack slot.
    pub(super) fn float_rm(&mut self, v: Value, sink: bool) -> A {
        if let Some((bits, _)) = self.const_float(v)
            && bits != 0
        {
            return A::Const(self.constant(bits as u128));
        }
        if sink && let Some(m) = self.sink_load(v) {
            return A::Mem(m);
        }
        A::Any(self.reg(v))
    }

    /// Whether the result should take the register of `y` rather than that of `x`: an
    /// accumulator of a loop keeps its register, else a value that ends here gives its own.
    fn prefers_second(&self, x: Value, y: Value) -> bool {
        if self.can_sink(y) || self.const_float(y).is_some() {
            return false;
        }
        let is_param = |v: Value| self.f.def(v).is_none();
        match (is_param(x), is_param(y)) {
            (true, false) => false,
            (false, true) => true,
            _ => self.uses[x.index()] > 1 && self.uses[y.index()] == 1,
        }
    }

    fn zeroed(&mut self) -> VReg {
        let z = self.tmp_float();
        self.load_float(z, 0, true);
        z
    }

    pub(super) fn lower_float(&mut self, i: Inst) -> Res<()> {
        let d = self.f.insts[i];
        let dst = self.result(i);
        let a = d.arg_a();
        let from_wide = self.is_wide(a);
        let to_wide = is_wide_ty(d.ty);
        match d.op {
            Op::FAdd | Op::FSub | Op::FMul | Op::FDiv => {
                let (mut x, mut y) = (a, d.arg_b());
                let comm = matches!(d.op, Op::FAdd | Op::FMul);
                if comm
                    && (self.const_float(x).is_some()
                        || (self.can_sink(x) && !self.can_sink(y))
                        || self.prefers_second(x, y))
                {
                    (x, y) = (y, x);
                }
                let code = match d.op {
                    Op::FAdd => pick(to_wide, Code::Addss_xmm_xmmm32, Code::Addsd_xmm_xmmm64),
                    Op::FSub => pick(to_wide, Code::Subss_xmm_xmmm32, Code::Subsd_xmm_xmmm64),
                    Op::FMul => pick(to_wide, Code::Mulss_xmm_xmmm32, Code::Mulsd_xmm_xmmm64),
                    _ => pick(to_wide, Code::Divss_xmm_xmmm32, Code::Divsd_xmm_xmmm64),
                };
                let r = self.reg(x);
                let m = self.float_rm(y, true);
                self.ins(code, &[A::Tied(r, dst), m]);
            }
            Op::FNeg | Op::FAbs => {
                let r = self.reg(a);
                let (neg, mask) = (d.op == Op::FNeg, if to_wide { 1u128 << 63 } else { 1 << 31 });
                let width = if to_wide { (1u128 << 64) - 1 } else { (1 << 32) - 1 };
                let c = self.constant(if neg { mask } else { width & !mask });
                self.ins(
                    if neg { Code::Xorps_xmm_xmmm128 } else { Code::Andps_xmm_xmmm128 },
                    &[A::Tied(r, dst), A::Const(c)],
                );
            }
            Op::FSqrt => {
                // Taking the destination as an input ties it to the source: no false dependency.
                let r = self.reg(a);
                let code = pick(to_wide, Code::Sqrtss_xmm_xmmm32, Code::Sqrtsd_xmm_xmmm64);
                self.push(
                    MKind::Ins(code, [Arg::Reg(Reg::Op(1)), Arg::Reg(Reg::Op(1)), Arg::None]),
                    vec![Operand::reg_use(r), Operand::reg_reuse_def(dst, 0)],
                    Clobber::None,
                );
            }
            Op::FFloor | Op::FCeil | Op::FTrunc => {
                let r = self.reg(a);
                if self.opt.features.sse41 {
                    // 9, 10, 11: down, up, toward zero, without the inexact exception.
                    let mode = match d.op {
                        Op::FFloor => 9,
                        Op::FCeil => 10,
                        _ => 11,
                    };
                    let code = pick(to_wide, Code::Roundss_xmm_xmmm32_imm8, Code::Roundsd_xmm_xmmm64_imm8);
                    let args = [Arg::Reg(Reg::Op(1)), Arg::Reg(Reg::Op(1)), Arg::Imm(mode)];
                    self.push(
                        MKind::Ins(code, args),
                        vec![Operand::reg_use(r), Operand::reg_reuse_def(dst, 0)],
                        Clobber::None,
                    );
                } else {
                    let how = match d.op {
                        Op::FFloor => Rounding::Floor,
                        Op::FCeil => Rounding::Ceil,
                        _ => Rounding::Trunc,
                    };
                    let (t, u) = (self.tmp_int(), self.tmp_float());
                    let ops = vec![
                        Operand::reg_use_at_end(r),
                        Self::early_def(dst),
                        Self::early_def(t),
                        Self::early_def(u),
                    ];
                    self.push(MKind::Round { how, wide: to_wide }, ops, Clobber::None);
                }
            }
            Op::FMin | Op::FMax => {
                let (x, y) = (self.reg(a), self.reg(d.arg_b()));
                let ops =
                    vec![Operand::reg_use(x), Operand::reg_use_at_end(y), Operand::reg_reuse_def(dst, 0)];
                self.push(MKind::MinMax { max: d.op == Op::FMax, wide: to_wide }, ops, Clobber::None);
            }
            Op::FCanon => {
                let x = self.reg(a);
                let t = self.tmp_int();
                self.push(
                    MKind::Canon,
                    vec![Operand::reg_use(x), Operand::reg_reuse_def(dst, 0), Self::early_def(t)],
                    Clobber::None,
                );
            }
            Op::SToF => {
                // The conversion writes half of its register: start from zero.
                let z = self.zeroed();
                let code = match (from_wide, to_wide) {
                    (false, false) => Code::Cvtsi2ss_xmm_rm32,
                    (false, true) => Code::Cvtsi2sd_xmm_rm32,
                    (true, false) => Code::Cvtsi2ss_xmm_rm64,
                    (true, true) => Code::Cvtsi2sd_xmm_rm64,
                };
                let m = self.int_rm(a);
                self.ins(code, &[A::Tied(z, dst), m]);
            }
            Op::UToF if !from_wide => {
                let z = self.zeroed();
                let r = self.reg(a);
                self.ins(
                    pick(to_wide, Code::Cvtsi2ss_xmm_rm64, Code::Cvtsi2sd_xmm_rm64),
                    &[A::Tied(z, dst), A::Any(r)],
                );
            }
            Op::UToF => {
                let r = self.reg(a);
                let t = self.tmp_int();
                let ops = vec![Operand::reg_use_at_end(r), Self::early_def(dst), Self::early_def(t)];
                self.push(MKind::UToF { wide: to_wide }, ops, Clobber::None);
            }
            Op::FToS => {
                let code = match (from_wide, to_wide) {
                    (false, false) => Code::Cvttss2si_r32_xmmm32,
                    (false, true) => Code::Cvttss2si_r64_xmmm32,
                    (true, false) => Code::Cvttsd2si_r32_xmmm64,
                    (true, true) => Code::Cvttsd2si_r64_xmmm64,
                };
                let m = self.float_rm(a, true);
                self.ins(code, &[A::Def(dst), m]);
            }
            Op::FToSSat => {
                let r = self.reg(a);
                let ops = vec![Operand::reg_use_at_end(r), Self::early_def(dst)];
                self.push(MKind::ToSSat { from_wide, wide: to_wide }, ops, Clobber::None);
            }
            Op::FToUSat => {
                let r = self.reg(a);
                let (t, u) = (self.tmp_int(), self.tmp_float());
                let ops = vec![
                    Operand::reg_use_at_end(r),
                    Self::early_def(dst),
                    Self::early_def(t),
                    Self::early_def(u),
                ];
                self.push(MKind::ToUSat { from_wide, wide: to_wide }, ops, Clobber::None);
            }
            Op::FToInt32 => {
                let r = self.reg(a);
                self.push(
                    MKind::ToInt32,
                    vec![Operand::reg_use_at_end(r), Self::early_def(dst)],
                    Clobber::None,
                );
            }
            Op::FPromote | Op::FDemote => {
                let r = self.reg(a);
                let code =
                    if d.op == Op::FPromote { Code::Cvtss2sd_xmm_xmmm32 } else { Code::Cvtsd2ss_xmm_xmmm64 };
                self.push(
                    MKind::Ins(code, [Arg::Reg(Reg::Op(1)), Arg::Reg(Reg::Op(1)), Arg::None]),
                    vec![Operand::reg_use(r), Operand::reg_reuse_def(dst, 0)],
                    Clobber::None,
                );
            }
            Op::FBits => {
                let r = self.reg(a);
                self.ins(Code::Movq_rm64_xmm, &[A::Def(dst), A::Use(r)]);
            }
            Op::FFromBits => {
                let r = self.reg(a);
                self.ins(Code::Movq_xmm_rm64, &[A::Def(dst), A::Any(r)]);
            }
            _ => unreachable!("dispatched by op"),
        }
        Ok(())
    }
}

//! Integer arithmetic.

use super::*;
use crate::x64::magic;

/// Picks the 32-bit or the 64-bit code.
fn pick(wide: bool, narrow: Code, full: Code) -> Code {
    if wide { full } else { narrow }
}

/// Codes of a commutative or subtracting operation: register-memory, 8-bit and 32-bit immediate.
fn alu(op: Op, wide: bool) -> (Code, Code, Code) {
    use Code::*;
    match (op, wide) {
        (Op::IAdd, false) => (Add_r32_rm32, Add_rm32_imm8, Add_rm32_imm32),
        (Op::IAdd, true) => (Add_r64_rm64, Add_rm64_imm8, Add_rm64_imm32),
        (Op::ISub, false) => (Sub_r32_rm32, Sub_rm32_imm8, Sub_rm32_imm32),
        (Op::ISub, true) => (Sub_r64_rm64, Sub_rm64_imm8, Sub_rm64_imm32),
        (Op::IAnd, false) => (And_r32_rm32, And_rm32_imm8, And_rm32_imm32),
        (Op::IAnd, true) => (And_r64_rm64, And_rm64_imm8, And_rm64_imm32),
        (Op::IOr, false) => (Or_r32_rm32, Or_rm32_imm8, Or_rm32_imm32),
        (Op::IOr, true) => (Or_r64_rm64, Or_rm64_imm8, Or_rm64_imm32),
        (_, false) => (Xor_r32_rm32, Xor_rm32_imm8, Xor_rm32_imm32),
        (_, true) => (Xor_r64_rm64, Xor_rm64_imm8, Xor_rm64_imm32),
    }
}

impl Isel<'_> {
    pub(super) fn lower_int(&mut self, i: Inst) -> Res<()> {
        let d = self.f.insts[i];
        let dst = self.result(i);
        let wide = is_wide_ty(d.ty);
        match d.op {
            Op::IAdd => self.add(&d, dst, wide),
            Op::ISub if self.imm32(d.arg_b()).is_some_and(|c| c != i32::MIN as i64) => {
                let c = self.imm32(d.arg_b()).expect("just seen");
                self.add_imm(d.arg_a(), -c, dst, wide);
            }
            Op::ISub | Op::IAnd | Op::IOr | Op::IXor => self.alu_op(&d, dst, wide),
            Op::IMul => self.mul(&d, dst, wide),
            Op::INeg | Op::INot => {
                let a = self.reg(d.arg_a());
                let code = match d.op {
                    Op::INeg => pick(wide, Code::Neg_rm32, Code::Neg_rm64),
                    _ => pick(wide, Code::Not_rm32, Code::Not_rm64),
                };
                self.ins(code, &[A::Tied(a, dst)]);
            }
            Op::Shl | Op::SShr | Op::UShr => self.shift(&d, dst, wide),
            Op::SDiv | Op::UDiv | Op::SRem | Op::URem => self.div(&d, dst, wide),
            Op::SExt8 | Op::SExt16 | Op::ZExt8 | Op::ZExt16 | Op::SExt32 => {
                let code = match (d.op, wide) {
                    (Op::SExt8, false) => Code::Movsx_r32_rm8,
                    (Op::SExt8, true) => Code::Movsx_r64_rm8,
                    (Op::SExt16, false) => Code::Movsx_r32_rm16,
                    (Op::SExt16, true) => Code::Movsx_r64_rm16,
                    (Op::ZExt8, _) => Code::Movzx_r32_rm8,
                    (Op::ZExt16, _) => Code::Movzx_r32_rm16,
                    _ => Code::Movsxd_r64_rm32,
                };
                if d.op == Op::SExt32 && self.can_sink(d.arg_a()) {
                    let m = self.sink_load(d.arg_a()).expect("can sink");
                    self.ins(code, &[A::Def(dst), A::Mem(m)]);
                } else {
                    let a = self.reg(d.arg_a());
                    self.ins(code, &[A::Def(dst), A::Any(a)]);
                }
            }
            Op::Trunc => {
                let a = self.reg(d.arg_a());
                self.ins(Code::Mov_r32_rm32, &[A::Def(dst), A::Any(a)]);
            }
            Op::Clz => {
                let a = self.reg(d.arg_a());
                if self.opt.features.lzcnt {
                    self.ins(
                        pick(wide, Code::Lzcnt_r32_rm32, Code::Lzcnt_r64_rm64),
                        &[A::Def(dst), A::Any(a)],
                    );
                } else {
                    // bsr leaves its result undefined for 0: replace it by 2*width-1, which xor turns into the width.
                    let (t, k, u) = (self.tmp_int(), self.tmp_int(), self.tmp_int());
                    let width = if wide { 64 } else { 32 };
                    self.mov_imm(k, 2 * width - 1);
                    self.ins(pick(wide, Code::Bsr_r32_rm32, Code::Bsr_r64_rm64), &[A::Def(t), A::Use(a)]);
                    self.ins(Cc::E.cmov(wide), &[A::Tied(t, u), A::Use(k)]);
                    self.ins(Code::Xor_rm32_imm8, &[A::Tied(u, dst), A::Imm(width as i64 - 1)]);
                }
            }
            _ => unreachable!("dispatched by op"),
        }
        Ok(())
    }

    /// A shift left by 1, 2 or 3 that only this instruction reads, as (value, scale).
    fn scaled(&self, v: Value, wide: bool) -> Option<(Value, u8)> {
        if self.uses[v.index()] != 1 || self.is_wide(v) != wide {
            return None;
        }
        let d = self.f.def(v)?;
        if self.f.def_inst(v).is_none_or(|i| self.block_of[i.index()] != self.cur_block) {
            return None;
        }
        if !matches!(d.op, Op::Shl | Op::IMul) {
            return None;
        }
        let k = self.const_int(d.arg_b())?;
        match (d.op, k) {
            (Op::Shl, 1..=3) => Some((d.arg_a(), 1 << k)),
            (Op::IMul, 2 | 4 | 8) => Some((d.arg_a(), k as u8)),
            _ => None,
        }
    }

    fn lea(&mut self, dst: VReg, m: Amode, wide: bool) {
        self.ins(pick(wide, Code::Lea_r32_m, Code::Lea_r64_m), &[A::Def(dst), A::Mem(m)]);
    }

    fn add_imm(&mut self, a: Value, imm: i64, dst: VReg, wide: bool) {
        let imm = if wide { imm } else { imm as i32 as i64 };
        let shared = self.uses[self.resolve(a).index()] > 1;
        let x = self.reg(a);
        if shared && imm == imm as i32 as i64 {
            return self.lea(dst, Amode::base(Loc::V(x), imm as i32), wide);
        }
        let (_, i8, i32) = alu(Op::IAdd, wide);
        match imm {
            -128..=127 => self.ins(i8, &[A::Tied(x, dst), A::Imm(imm)]),
            _ if imm == imm as i32 as i64 => self.ins(i32, &[A::Tied(x, dst), A::Imm(imm)]),
            _ => {
                let t = self.tmp_int();
                self.mov_imm(t, imm as u64);
                self.ins(alu(Op::IAdd, wide).0, &[A::Tied(x, dst), A::Use(t)]);
            }
        }
    }

    fn add(&mut self, d: &InstData, dst: VReg, wide: bool) {
        let (mut a, mut b) = (d.arg_a(), d.arg_b());
        if self.const_int(a).is_some() {
            (a, b) = (b, a);
        }
        if let Some(imm) = self.imm32(b) {
            return self.add_imm(a, imm, dst, wide);
        }
        if self.scaled(b, wide).is_none() && self.scaled(a, wide).is_some() {
            (a, b) = (b, a);
        }
        if let Some((v, scale)) = self.scaled(b, wide) {
            let (x, y) = (self.reg(a), self.reg(v));
            return self.lea(dst, Amode { base: Loc::V(x), index: Loc::V(y), scale, disp: 0 }, wide);
        }
        let live = |s: &Self, v: Value| s.uses[s.resolve(v).index()] > 1;
        if (live(self, a) || live(self, b)) && !self.can_sink(a) && !self.can_sink(b) {
            let (x, y) = (self.reg(a), self.reg(b));
            return self.lea(dst, Amode { base: Loc::V(x), index: Loc::V(y), scale: 1, disp: 0 }, wide);
        }
        if !self.can_sink(b) && self.can_sink(a) {
            (a, b) = (b, a);
        }
        let x = self.reg(a);
        let y = self.int_rm(b);
        self.ins(alu(Op::IAdd, wide).0, &[A::Tied(x, dst), y]);
    }

    /// An operand that may be a load, a register or a stack slot.
    pub(super) fn int_rm(&mut self, v: Value) -> A {
        match self.sink_load(v) {
            Some(m) => A::Mem(m),
            None => A::Any(self.reg(v)),
        }
    }

    fn alu_op(&mut self, d: &InstData, dst: VReg, wide: bool) {
        let (mut a, mut b) = (d.arg_a(), d.arg_b());
        let comm = d.op != Op::ISub;
        if comm
            && (self.const_int(a).is_some()
                || (self.can_sink(a) && !self.can_sink(b) && self.const_int(b).is_none()))
        {
            (a, b) = (b, a);
        }
        let (rm, i8, i32) = alu(d.op, wide);
        if let Some(imm) = self.imm32(b) {
            if d.op == Op::IAnd && (imm == 0xFF || imm == 0xFFFF) {
                let x = self.reg(a);
                let code = if imm == 0xFF { Code::Movzx_r32_rm8 } else { Code::Movzx_r32_rm16 };
                return self.ins(code, &[A::Def(dst), A::Any(x)]);
            }
            let x = self.reg(a);
            let code = if imm == imm as i8 as i64 { i8 } else { i32 };
            return self.ins(code, &[A::Tied(x, dst), A::Imm(imm)]);
        }
        let x = self.reg(a);
        let y = self.int_rm(b);
        self.ins(rm, &[A::Tied(x, dst), y]);
    }

    fn mul(&mut self, d: &InstData, dst: VReg, wide: bool) {
        let (mut a, mut b) = (d.arg_a(), d.arg_b());
        if self.const_int(a).is_some() {
            (a, b) = (b, a);
        }
        let Some(c) = self.imm32(b) else {
            if self.can_sink(a) && !self.can_sink(b) {
                (a, b) = (b, a);
            }
            let x = self.reg(a);
            let y = self.int_rm(b);
            return self.ins(pick(wide, Code::Imul_r32_rm32, Code::Imul_r64_rm64), &[A::Tied(x, dst), y]);
        };
        let x = self.reg(a);
        self.mul_imm(x, c, dst, wide);
    }

    fn mul_imm(&mut self, x: VReg, c: i64, dst: VReg, wide: bool) {
        match c {
            0 => self.mov_imm(dst, 0),
            1 => self.mov(dst, x, wide),
            3 | 5 | 9 => {
                self.lea(dst, Amode { base: Loc::V(x), index: Loc::V(x), scale: c as u8 - 1, disp: 0 }, wide)
            }
            _ if c > 0 && c.count_ones() == 1 => {
                self.shift_imm(Op::Shl, x, c.trailing_zeros() as i64, dst, wide)
            }
            -128..=127 => self.ins(
                pick(wide, Code::Imul_r32_rm32_imm8, Code::Imul_r64_rm64_imm8),
                &[A::Def(dst), A::Any(x), A::Imm(c)],
            ),
            _ => self.ins(
                pick(wide, Code::Imul_r32_rm32_imm32, Code::Imul_r64_rm64_imm32),
                &[A::Def(dst), A::Any(x), A::Imm(c)],
            ),
        }
    }

    fn shift_imm(&mut self, op: Op, x: VReg, k: i64, dst: VReg, wide: bool) {
        if k == 0 {
            return self.mov(dst, x, wide);
        }
        if k == 1 && op == Op::Shl {
            return self.lea(dst, Amode { base: Loc::V(x), index: Loc::V(x), scale: 1, disp: 0 }, wide);
        }
        let code = match op {
            Op::Shl => pick(wide, Code::Shl_rm32_imm8, Code::Shl_rm64_imm8),
            Op::SShr => pick(wide, Code::Sar_rm32_imm8, Code::Sar_rm64_imm8),
            _ => pick(wide, Code::Shr_rm32_imm8, Code::Shr_rm64_imm8),
        };
        self.ins(code, &[A::Tied(x, dst), A::Imm(k)]);
    }

    fn shift(&mut self, d: &InstData, dst: VReg, wide: bool) {
        let mask = if wide { 63 } else { 31 };
        if let Some(k) = self.const_int(d.arg_b()) {
            // Rotations: (x << k) | (x >>> (w - k)) are left to a pass.
            let x = self.reg(d.arg_a());
            return self.shift_imm(d.op, x, (k & mask) as i64, dst, wide);
        }
        let x = self.reg(d.arg_a());
        let y = self.reg(d.arg_b());
        if self.opt.features.bmi2 {
            use Code::*;
            let code = match d.op {
                Op::Shl => pick(wide, VEX_Shlx_r32_rm32_r32, VEX_Shlx_r64_rm64_r64),
                Op::SShr => pick(wide, VEX_Sarx_r32_rm32_r32, VEX_Sarx_r64_rm64_r64),
                _ => pick(wide, VEX_Shrx_r32_rm32_r32, VEX_Shrx_r64_rm64_r64),
            };
            return self.ins(code, &[A::Def(dst), A::Any(x), A::Use(y)]);
        }
        let code = match d.op {
            Op::Shl => pick(wide, Code::Shl_rm32_CL, Code::Shl_rm64_CL),
            Op::SShr => pick(wide, Code::Sar_rm32_CL, Code::Sar_rm64_CL),
            _ => pick(wide, Code::Shr_rm32_CL, Code::Shr_rm64_CL),
        };
        self.ins(code, &[A::Tied(x, dst), A::Phys(Register::CL), A::FixedUse(y, regs::RCX)]);
    }

    fn div(&mut self, d: &InstData, dst: VReg, wide: bool) {
        let signed = matches!(d.op, Op::SDiv | Op::SRem);
        let rem = matches!(d.op, Op::SRem | Op::URem);
        if let Some(c) = self.const_int(d.arg_b()) {
            let c = if wide { c as i64 } else { c as i32 as i64 };
            let value = if wide || signed { c } else { c as u32 as i64 };
            if value != 0 {
                let x = self.reg(d.arg_a());
                return self.div_const(x, value, dst, wide, signed, rem);
            }
        }
        let x = self.reg(d.arg_a());
        let y = self.reg(d.arg_b());
        let (q, r) = if rem { (self.tmp_int(), dst) } else { (dst, self.tmp_int()) };
        let ops = vec![
            Operand::reg_fixed_use(x, regs::RAX),
            Operand::reg_use_at_end(y),
            Operand::reg_fixed_def(q, regs::RAX),
            Operand::reg_fixed_def(r, regs::RDX),
        ];
        self.push(MKind::Div { signed, wide, check: signed }, ops, Clobber::None);
    }

    /// Division of `x` by a constant other than 0.
    fn div_const(&mut self, x: VReg, c: i64, dst: VReg, wide: bool, signed: bool, rem: bool) {
        let magnitude = if signed { c.unsigned_abs() } else { c as u64 };
        if magnitude.is_power_of_two() {
            return self.div_pow2(x, c, magnitude.trailing_zeros(), dst, wide, signed, rem);
        }
        let q = if rem { self.tmp_int() } else { dst };
        match (signed, wide) {
            (true, true) => self.sdiv64(x, c, q),
            (true, false) => self.sdiv32(x, c, q),
            (false, true) => self.udiv64(x, magnitude, q),
            (false, false) => self.udiv32(x, magnitude as u32, q),
        }
        if rem {
            let p = self.tmp_int();
            match if wide { c } else { c as i32 as i64 } {
                k if k == k as i32 as i64 => self.mul_imm(q, k, p, wide),
                k => {
                    let t = self.tmp_int();
                    self.mov_imm(t, k as u64);
                    self.ins(Code::Imul_r64_rm64, &[A::Tied(t, p), A::Use(q)]);
                }
            }
            self.ins(pick(wide, Code::Sub_r32_rm32, Code::Sub_r64_rm64), &[A::Tied(x, dst), A::Use(p)]);
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn div_pow2(&mut self, x: VReg, c: i64, k: u32, dst: VReg, wide: bool, signed: bool, rem: bool) {
        let width = if wide { 64 } else { 32 };
        if k == 0 {
            // By 1 or, signed, by -1.
            if rem {
                return self.mov_imm(dst, 0);
            }
            if c == 1 {
                return self.mov(dst, x, wide);
            }
            return self.ins(pick(wide, Code::Neg_rm32, Code::Neg_rm64), &[A::Tied(x, dst)]);
        }
        let mask = (1u64 << k) - 1;
        if !signed {
            if !rem {
                return self.shift_imm(Op::UShr, x, k as i64, dst, wide);
            }
            return self.and_mask(x, mask, dst, wide);
        }
        // Round toward zero: add 2^k - 1 to negative dividends.
        let bias = self.tmp_int();
        if k == 1 {
            self.shift_imm(Op::UShr, x, width - 1, bias, wide);
        } else {
            let t = self.tmp_int();
            self.shift_imm(Op::SShr, x, width - 1, t, wide);
            self.shift_imm(Op::UShr, t, width - k as i64, bias, wide);
        }
        let sum = self.tmp_int();
        self.lea(sum, Amode { base: Loc::V(x), index: Loc::V(bias), scale: 1, disp: 0 }, wide);
        if rem {
            let low = self.tmp_int();
            self.and_mask(sum, mask, low, wide);
            return self
                .ins(pick(wide, Code::Sub_r32_rm32, Code::Sub_r64_rm64), &[A::Tied(low, dst), A::Use(bias)]);
        }
        if c < 0 {
            let t = self.tmp_int();
            self.shift_imm(Op::SShr, sum, k as i64, t, wide);
            return self.ins(pick(wide, Code::Neg_rm32, Code::Neg_rm64), &[A::Tied(t, dst)]);
        }
        self.shift_imm(Op::SShr, sum, k as i64, dst, wide);
    }

    fn and_mask(&mut self, x: VReg, mask: u64, dst: VReg, wide: bool) {
        if mask == u32::MAX as u64 {
            return self.mov(dst, x, false);
        }
        let (rm, _, imm32) = alu(Op::IAnd, wide);
        if mask <= i32::MAX as u64 {
            return self.ins(imm32, &[A::Tied(x, dst), A::Imm(mask as i64)]);
        }
        let t = self.tmp_int();
        self.mov_imm(t, mask);
        self.ins(rm, &[A::Tied(x, dst), A::Use(t)]);
    }

    fn sdiv32(&mut self, x: VReg, c: i64, q: VReg) {
        let (m, shift) = magic::signed(c, 32);
        let (wide_x, prod, hi, sign) = (self.tmp_int(), self.tmp_int(), self.tmp_int(), self.tmp_int());
        self.ins(Code::Movsxd_r64_rm32, &[A::Def(wide_x), A::Use(x)]);
        if m <= i32::MAX as u64 {
            self.ins(Code::Imul_r64_rm64_imm32, &[A::Def(prod), A::Use(wide_x), A::Imm(m as i64)]);
        } else {
            let t = self.tmp_int();
            self.mov_imm(t, m);
            self.ins(Code::Imul_r64_rm64, &[A::Tied(t, prod), A::Use(wide_x)]);
        }
        self.shift_imm(Op::SShr, prod, 32 + shift as i64, hi, true);
        self.shift_imm(Op::SShr, x, 31, sign, false);
        let (a, b) = if c < 0 { (sign, hi) } else { (hi, sign) };
        self.ins(Code::Sub_r32_rm32, &[A::Tied(a, q), A::Use(b)]);
    }

    /// The high half of a 64-bit product.
    fn mul_high(&mut self, x: VReg, m: u64, signed: bool) -> VReg {
        let (t, lo, hi) = (self.tmp_int(), self.tmp_int(), self.tmp_int());
        self.mov_imm(t, m);
        let ops = vec![
            Operand::reg_fixed_use(t, regs::RAX),
            Operand::reg_use(x),
            Operand::reg_fixed_def(lo, regs::RAX),
            Operand::reg_fixed_def(hi, regs::RDX),
        ];
        let code = if signed { Code::Imul_rm64 } else { Code::Mul_rm64 };
        self.push(MKind::Ins(code, [Arg::Reg(Reg::Op(1)), Arg::None, Arg::None]), ops, Clobber::None);
        hi
    }

    fn sdiv64(&mut self, x: VReg, c: i64, q: VReg) {
        let (m, shift) = magic::signed(c, 64);
        let mut hi = self.mul_high(x, m, true);
        if (m as i64) < 0 {
            // The multiplier stands for m - 2^64: add the missing x * 2^64.
            let t = self.tmp_int();
            self.ins(Code::Add_r64_rm64, &[A::Tied(hi, t), A::Use(x)]);
            hi = t;
        }
        let (s, sign) = (self.tmp_int(), self.tmp_int());
        self.shift_imm(Op::SShr, hi, shift as i64, s, true);
        self.shift_imm(Op::SShr, x, 63, sign, true);
        let (a, b) = if c < 0 { (sign, s) } else { (s, sign) };
        self.ins(Code::Sub_r64_rm64, &[A::Tied(a, q), A::Use(b)]);
    }

    fn udiv32(&mut self, x: VReg, c: u32, q: VReg) {
        if let Some((m, shift)) = magic::unsigned32(c) {
            let (t, prod) = (self.tmp_int(), self.tmp_int());
            if m <= i32::MAX as u32 {
                self.ins(Code::Imul_r64_rm64_imm32, &[A::Def(prod), A::Use(x), A::Imm(m as i64)]);
            } else {
                self.mov_imm(t, m as u64);
                self.ins(Code::Imul_r64_rm64, &[A::Tied(t, prod), A::Use(x)]);
            }
            return self.shift_imm(Op::UShr, prod, shift as i64, q, true);
        }
        // ceil(2^64 / c) is exact for all 32-bit dividends.
        let hi = self.mul_high(x, u64::MAX / c as u64 + 1, false);
        self.mov(q, hi, true);
    }

    fn udiv64(&mut self, x: VReg, c: u64, q: VReg) {
        let (m, extra, shift) = magic::unsigned64(c);
        let hi = self.mul_high(x, m, false);
        if !extra {
            return self.shift_imm(Op::UShr, hi, shift as i64, q, true);
        }
        // (x * (2^64 + m)) >> (64 + shift) without overflow: ((x - hi) / 2 + hi) >> (shift - 1).
        let (t, h, s) = (self.tmp_int(), self.tmp_int(), self.tmp_int());
        self.ins(Code::Sub_r64_rm64, &[A::Tied(x, t), A::Use(hi)]);
        self.shift_imm(Op::UShr, t, 1, h, true);
        self.ins(Code::Add_r64_rm64, &[A::Tied(h, s), A::Use(hi)]);
        self.shift_imm(Op::UShr, s, shift as i64 - 1, q, true);
    }
}

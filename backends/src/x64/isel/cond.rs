//! Conditions: values of type bool as flags, for branches, selects and registers.

use super::*;
use ultra_abi::layout::StructId;
use ultra_abi::{shape, value};
use ultra_ir::op::{AnyTest, FloatCc, IntCc};

fn int_cc(cc: IntCc) -> Cc {
    match cc {
        IntCc::Eq => Cc::E,
        IntCc::Ne => Cc::Ne,
        IntCc::Slt => Cc::L,
        IntCc::Sle => Cc::Le,
        IntCc::Sgt => Cc::G,
        IntCc::Sge => Cc::Ge,
        IntCc::Ult => Cc::B,
        IntCc::Ule => Cc::Be,
        IntCc::Ugt => Cc::A,
        IntCc::Uge => Cc::Ae,
    }
}

impl Isel<'_> {
    /// The condition of the branch `t`. A compare in another block is computed again
    /// only when nobody else needs its value.
    pub(super) fn branch_cond(&mut self, v: Value, t: Inst) -> Cond {
        if let Some(cond) = self.fused_overflow(v, t) {
            return cond;
        }
        self.cond(v)
    }

    /// `x = a + b; o = sadd_ov a, b; if (o)` becomes one addition whose overflow flag is
    /// tested, if nothing between reads x.
    fn fused_overflow(&mut self, v: Value, t: Inst) -> Option<Cond> {
        let test = self.f.def_inst(v)?;
        let d = self.f.insts[test];
        let plain = match d.op {
            Op::SAddOv => Op::IAdd,
            Op::SSubOv => Op::ISub,
            Op::SMulOv => Op::IMul,
            _ => return None,
        };
        if self.uses[v.index()] != 1 {
            return None;
        }
        let block = self.block_of[t.index()];
        let insts = &self.f.blocks[block].insts;
        let at = insts.iter().position(|&i| {
            let e = &self.f.insts[i];
            e.op == plain && (e.a, e.b) == (d.a, d.b)
        })?;
        let target = insts[at];
        let result = self.f.result(target)?;
        let mut read = false;
        for &i in &insts[at + 1..] {
            self.f.for_each_arg(i, |x| read |= self.resolve(x) == result);
        }
        // An edge argument of this block's own branch is read in an edge block, after it.
        let mut in_edges = false;
        for bc in self.f.target_ids(t) {
            in_edges |= self.f.values_of(self.f.block_calls[bc].args).any(|x| self.resolve(x) == result);
        }
        if (read && !in_edges) || !self.used[result.index()] {
            return None;
        }
        if read {
            let direct = insts[at + 1..insts.len() - 1].iter().any(|&i| {
                let mut r = false;
                self.f.for_each_arg(i, |x| r |= self.resolve(x) == result);
                r
            });
            if direct {
                return None;
            }
        }
        self.taken[target.index()] = true;
        let dst = self.vreg(result);
        let wide = self.is_wide(result);
        let a = self.reg(d.arg_a());
        let code = |x: Code, y: Code| if wide { y } else { x };
        if let Some(imm) = self.imm32(d.arg_b()) {
            match plain {
                Op::IAdd => self
                    .ins(code(Code::Add_rm32_imm32, Code::Add_rm64_imm32), &[A::Tied(a, dst), A::Imm(imm)]),
                Op::ISub => self
                    .ins(code(Code::Sub_rm32_imm32, Code::Sub_rm64_imm32), &[A::Tied(a, dst), A::Imm(imm)]),
                _ => self.ins(
                    code(Code::Imul_r32_rm32_imm32, Code::Imul_r64_rm64_imm32),
                    &[A::Def(dst), A::Use(a), A::Imm(imm)],
                ),
            }
        } else {
            let b = self.reg(d.arg_b());
            let c = match plain {
                Op::IAdd => code(Code::Add_r32_rm32, Code::Add_r64_rm64),
                Op::ISub => code(Code::Sub_r32_rm32, Code::Sub_r64_rm64),
                _ => code(Code::Imul_r32_rm32, Code::Imul_r64_rm64),
            };
            self.ins(c, &[A::Tied(a, dst), A::Any(b)]);
        }
        Some(Cond::One(Cc::O))
    }

    /// Sets the flags so that the returned condition holds exactly when `v` is true.
    pub(super) fn cond(&mut self, v: Value) -> Cond {
        // A compare with a constant costs no more than a test of its result.
        let cheap = |s: &Self, i: Inst| {
            let d = &s.f.insts[i];
            d.op == Op::RefIsNullish
                || (d.op == Op::ICmp && (s.imm32(d.arg_b()).is_some() || s.const_int(d.arg_a()).is_some()))
        };
        let local =
            |s: &Self, i: Inst| s.uses[v.index()] == 1 || s.block_of[i.index()] == s.cur_block || cheap(s, i);
        if let Some(i) = self.f.def_inst(v)
            && local(self, i)
            && let Some(c) = self.cond_of(i, self.uses[v.index()] == 1)
        {
            return c;
        }
        if let Some(m) = self.sink_byte(v) {
            self.ins(Code::Cmp_rm8_imm8, &[A::Mem(m), A::Imm(0)]);
            return Cond::One(Cc::Ne);
        }
        let r = self.reg(v);
        self.ins(Code::Test_rm32_r32, &[A::Use(r), A::Use(r)]);
        Cond::One(Cc::Ne)
    }

    /// The condition that instruction `i` computes, as flags; `None` when it is no test.
    pub(super) fn cond_of(&mut self, i: Inst, single: bool) -> Option<Cond> {
        let d = self.f.insts[i];
        match d.op {
            Op::ICmp => Some(Cond::One(self.icmp(&d, single))),
            Op::FCmp => Some(self.fcmp(&d, single)),
            Op::BNot => Some(self.cond(d.arg_a()).inverse()),
            Op::AnyIs => Some(self.any_is(&d)),
            Op::RefIsNullish => {
                let r = self.reg(d.arg_a());
                self.ins(Code::Cmp_rm32_imm8, &[A::Use(r), A::Imm(2)]);
                Some(Cond::One(Cc::B))
            }
            Op::SAddOv | Op::SSubOv | Op::SMulOv => {
                let wide = self.is_wide(d.arg_a());
                let a = self.reg(d.arg_a());
                let b = self.reg(d.arg_b());
                let t = self.tmp_int();
                let code = match (d.op, wide) {
                    (Op::SAddOv, false) => Code::Add_r32_rm32,
                    (Op::SAddOv, true) => Code::Add_r64_rm64,
                    (Op::SSubOv, false) => Code::Sub_r32_rm32,
                    (Op::SSubOv, true) => Code::Sub_r64_rm64,
                    (_, false) => Code::Imul_r32_rm32,
                    (_, true) => Code::Imul_r64_rm64,
                };
                self.ins(code, &[A::Tied(a, t), A::Any(b)]);
                Some(Cond::One(Cc::O))
            }
            Op::IsInstance => self.is_instance(&d),
            _ => None,
        }
    }

    fn icmp(&mut self, d: &InstData, single: bool) -> Cc {
        let (mut a, mut b) = (d.arg_a(), d.arg_b());
        let mut cc = IntCc::from_aux(d.aux);
        if self.const_int(a).is_some() && self.const_int(b).is_none() {
            (a, b) = (b, a);
            cc = cc.swap();
        }
        let wide = self.is_wide(a);
        if let Some(imm) = self.imm32(b) {
            let eq = matches!(cc, IntCc::Eq | IntCc::Ne);
            if eq
                && single
                && !wide
                && (0..=255).contains(&imm)
                && let Some(m) = self.sink_byte(a)
            {
                self.ins(Code::Cmp_rm8_imm8, &[A::Mem(m), A::Imm(imm as u8 as i8 as i64)]);
                return int_cc(cc);
            }
            if imm == 0 {
                if eq
                    && let Some(i) = self.f.def_inst(a)
                    && self.f.insts[i].op == Op::IAnd
                    && self.uses[a.index()] == 1
                {
                    self.test_and(i, wide);
                    return int_cc(cc);
                }
                if !self.can_sink(a) || !single {
                    let r = self.reg(a);
                    self.ins(
                        if wide { Code::Test_rm64_r64 } else { Code::Test_rm32_r32 },
                        &[A::Use(r), A::Use(r)],
                    );
                    return int_cc(cc);
                }
            }
            let small = imm == imm as i8 as i64;
            let code = match (wide, small) {
                (false, true) => Code::Cmp_rm32_imm8,
                (false, false) => Code::Cmp_rm32_imm32,
                (true, true) => Code::Cmp_rm64_imm8,
                (true, false) => Code::Cmp_rm64_imm32,
            };
            if single && let Some(m) = self.sink_load(a) {
                self.ins(code, &[A::Mem(m), A::Imm(imm)]);
            } else {
                let r = self.reg(a);
                self.ins(code, &[A::Any(r), A::Imm(imm)]);
            }
            return int_cc(cc);
        }
        if single && self.can_sink(b) {
            let x = self.reg(a);
            let m = self.sink_load(b).expect("can sink");
            self.ins(if wide { Code::Cmp_r64_rm64 } else { Code::Cmp_r32_rm32 }, &[A::Use(x), A::Mem(m)]);
            return int_cc(cc);
        }
        if single && self.can_sink(a) {
            let y = self.reg(b);
            let m = self.sink_load(a).expect("can sink");
            self.ins(if wide { Code::Cmp_r64_rm64 } else { Code::Cmp_r32_rm32 }, &[A::Use(y), A::Mem(m)]);
            return int_cc(cc.swap());
        }
        let x = self.reg(a);
        let y = self.reg(b);
        self.ins(if wide { Code::Cmp_r64_rm64 } else { Code::Cmp_r32_rm32 }, &[A::Use(x), A::Any(y)]);
        int_cc(cc)
    }

    fn test_and(&mut self, i: Inst, wide: bool) {
        let d = self.f.insts[i];
        let (a, b) =
            if self.const_int(d.arg_a()).is_some() { (d.arg_b(), d.arg_a()) } else { (d.arg_a(), d.arg_b()) };
        let x = self.reg(a);
        if let Some(imm) = self.imm32(b) {
            let code = match (wide, imm) {
                (_, 0..=127) => Code::Test_rm8_imm8,
                (false, _) => Code::Test_rm32_imm32,
                (true, _) => Code::Test_rm64_imm32,
            };
            self.ins(code, &[A::Use(x), A::Imm(imm)]);
        } else {
            let y = self.reg(b);
            self.ins(if wide { Code::Test_rm64_r64 } else { Code::Test_rm32_r32 }, &[A::Use(x), A::Use(y)]);
        }
    }

    fn fcmp(&mut self, d: &InstData, single: bool) -> Cond {
        let (mut a, mut b) = (d.arg_a(), d.arg_b());
        let mut cc = FloatCc::from_aux(d.aux);
        // "Above" is false for unordered operands, "below" is true: only use the former.
        if matches!(cc, FloatCc::Lt | FloatCc::Le) {
            (a, b) = (b, a);
            cc = cc.swap();
        }
        let code = if self.is_wide(a) { Code::Ucomisd_xmm_xmmm64 } else { Code::Ucomiss_xmm_xmmm32 };
        let x = self.reg(a);
        let y = self.float_rm(b, single);
        self.ins(code, &[A::Use(x), y]);
        match cc {
            FloatCc::Eq => Cond::And(Cc::E, Cc::Np),
            FloatCc::Ne => Cond::Or(Cc::Ne, Cc::P),
            FloatCc::Gt | FloatCc::Lt => Cond::One(Cc::A),
            FloatCc::Ge | FloatCc::Le => Cond::One(Cc::Ae),
        }
    }

    /// The tag of a word, in a register of its own.
    fn tag_of(&mut self, w: VReg) -> VReg {
        let t = self.tmp_int();
        self.ins(Code::Shr_rm64_imm8, &[A::Tied(w, t), A::Imm(value::TAG_SHIFT as i64)]);
        t
    }

    fn cmp_word(&mut self, w: VReg, word: u64) {
        let t = self.tmp_int();
        self.mov_imm(t, word);
        self.ins(Code::Cmp_r64_rm64, &[A::Use(w), A::Use(t)]);
    }

    fn any_is(&mut self, d: &InstData) -> Cond {
        let w = self.reg(d.arg_a());
        let cmp_tag = |s: &mut Self, tag: u64| {
            let t = s.tag_of(w);
            s.ins(Code::Cmp_rm32_imm32, &[A::Use(t), A::Imm(tag as i64)]);
        };
        let or1 = |s: &mut Self| {
            let t = s.tmp_int();
            s.ins(Code::Or_rm64_imm8, &[A::Tied(w, t), A::Imm(1)]);
            t
        };
        match AnyTest::from_aux(d.aux) {
            AnyTest::Double => {
                cmp_tag(self, value::TAG_OBJECT);
                Cond::One(Cc::B)
            }
            AnyTest::Object => {
                cmp_tag(self, value::TAG_OBJECT);
                Cond::One(Cc::E)
            }
            AnyTest::Str => {
                // The two string tags differ in their lowest bit only.
                const { assert!(value::TAG_STRING + 1 == value::TAG_SMALL_STRING && value::TAG_STRING & 1 == 0) };
                let t = self.tmp_int();
                self.ins(Code::Shr_rm64_imm8, &[A::Tied(w, t), A::Imm(value::TAG_SHIFT as i64 + 1)]);
                self.ins(Code::Cmp_rm32_imm32, &[A::Use(t), A::Imm((value::TAG_STRING >> 1) as i64)]);
                Cond::One(Cc::E)
            }
            AnyTest::Bool => {
                // false and true differ in their lowest bit only.
                let t = or1(self);
                self.cmp_word(t, value::TRUE);
                Cond::One(Cc::E)
            }
            AnyTest::Undefined => {
                self.cmp_word(w, value::UNDEFINED);
                Cond::One(Cc::E)
            }
            AnyTest::Null => {
                self.cmp_word(w, value::NULL);
                Cond::One(Cc::E)
            }
            AnyTest::Absent => {
                self.cmp_word(w, value::ABSENT);
                Cond::One(Cc::E)
            }
            AnyTest::Nullish => {
                let t = or1(self);
                self.cmp_word(t, value::NULL);
                Cond::One(Cc::E)
            }
            AnyTest::ObjectOrNullish => {
                let t = or1(self);
                self.cmp_word(t, value::NULL);
                let nullish = self.tmp_int();
                self.set_cond(nullish, Cond::One(Cc::E));
                cmp_tag(self, value::TAG_OBJECT);
                let object = self.tmp_int();
                self.set_cond(object, Cond::One(Cc::E));
                let both = self.tmp_int();
                self.ins(Code::Or_r32_rm32, &[A::Tied(nullish, both), A::Use(object)]);
                Cond::One(Cc::Ne)
            }
        }
    }

    /// Compares the class of an object. `None` for ancestors beyond the display.
    fn is_instance(&mut self, d: &InstData) -> Option<Cond> {
        let class = self.m.classes.get(ultra_ir::ClassId(d.b))?;
        const DISPLAY: [&str; 4] = ["display0", "display1", "display2", "display3"];
        if !class.leaf && class.depth as usize >= DISPLAY.len() {
            return None;
        }
        let shape_index = self.shape_of(d.arg_a());
        if class.leaf {
            self.ins(Code::Cmp_rm32_imm32, &[A::Use(shape_index), A::Imm(class.shape as i64)]);
        } else {
            let t = self.tmp_int();
            self.ins(
                Code::Shl_rm32_imm8,
                &[A::Tied(shape_index, t), A::Imm(shape::SHAPE_DESC_SIZE.trailing_zeros() as i64)],
            );
            let field = StructId::ShapeDesc.field(DISPLAY[class.depth as usize]).offset;
            let m = Amode {
                base: Loc::P(regs::HEAP),
                index: Loc::V(t),
                scale: 1,
                disp: (shape::SHAPES_OFFSET as u32 + field) as i32,
            };
            self.ins(Code::Cmp_rm32_imm32, &[A::Mem(m), A::Imm(class.shape as i64)]);
        }
        Some(Cond::One(Cc::E))
    }

    /// `dst` := 0 or 1.
    pub(super) fn set_cond(&mut self, dst: VReg, cond: Cond) {
        let mut ops = vec![Self::early_def(dst)];
        if !matches!(cond, Cond::One(_)) {
            let t = self.tmp_int();
            ops.push(Self::early_def(t));
        }
        self.push(MKind::SetCond(cond), ops, Clobber::None);
    }

    pub(super) fn lower_bool(&mut self, i: Inst) -> Res<()> {
        let dst = self.result(i);
        let d = self.f.insts[i];
        if d.op == Op::BNot {
            let is_test = self
                .f
                .def_inst(d.arg_a())
                .is_some_and(|x| self.uses[d.a as usize] == 1 && self.f.insts[x].op != Op::BNot);
            if !is_test {
                let a = self.reg(d.arg_a());
                self.ins(Code::Xor_rm32_imm8, &[A::Tied(a, dst), A::Imm(1)]);
                return Ok(());
            }
        }
        let single = self.uses[self.f.results[i].index()] == 1;
        match self.cond_of(i, single) {
            Some(c) => self.set_cond(dst, c),
            None => return self.instance_of_deep(i),
        }
        Ok(())
    }

    pub(super) fn lower_select(&mut self, i: Inst) -> Res<()> {
        let d = self.f.insts[i];
        let dst = self.result(i);
        if dst.class() == RegClass::Float {
            let (x, y) = (self.reg(d.arg_b()), self.reg(d.arg_c()));
            let cond = self.cond(d.arg_a());
            let ops = vec![Operand::reg_use(x), Operand::reg_use_at_end(y), Operand::reg_reuse_def(dst, 0)];
            self.push(MKind::SelectF(cond), ops, Clobber::None);
            return Ok(());
        }
        let wide = self.is_wide(d.arg_b());
        let (x, y) = (self.reg(d.arg_b()), self.reg(d.arg_c()));
        match self.cond(d.arg_a()) {
            Cond::One(c) => self.ins(c.cmov(wide), &[A::Tied(y, dst), A::Any(x)]),
            Cond::Or(c1, c2) => {
                let t = self.tmp_int();
                self.ins(c1.cmov(wide), &[A::Tied(y, t), A::Any(x)]);
                self.ins(c2.cmov(wide), &[A::Tied(t, dst), A::Any(x)]);
            }
            Cond::And(c1, c2) => {
                let t = self.tmp_int();
                self.ins(c1.inverse().cmov(wide), &[A::Tied(x, t), A::Any(y)]);
                self.ins(c2.inverse().cmov(wide), &[A::Tied(t, dst), A::Any(y)]);
            }
        }
        Ok(())
    }
}

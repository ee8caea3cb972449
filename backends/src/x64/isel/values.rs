//! Boxing and unboxing of `any`.

use super::*;
use ultra_abi::value;

impl Isel<'_> {
    pub(super) fn lower_any(&mut self, i: Inst) -> Res<()> {
        let d = self.f.insts[i];
        let dst = self.result(i);
        let a = self.reg(d.arg_a());
        match d.op {
            Op::AnyFromF64 if d.aux == 0 => self.ins(Code::Movq_rm64_xmm, &[A::Def(dst), A::Use(a)]),
            Op::AnyFromF64 => self.push(
                MKind::AnyFromNumber,
                vec![Operand::reg_use_at_end(a), Self::early_def(dst)],
                Clobber::None,
            ),
            Op::AnyFromBool => {
                let t = self.tmp_int();
                self.mov_imm(t, value::FALSE);
                self.ins(Code::Or_r64_rm64, &[A::Tied(t, dst), A::Any(a)]);
            }
            Op::AnyFromRef => {
                // undefined and null are 0 and 1 below the miscellaneous tag too.
                const {
                    assert!(
                        value::UNDEFINED == value::TAG_MISC << value::TAG_SHIFT
                            && value::NULL == value::UNDEFINED + 1
                    )
                };
                let (obj, misc, tag) = (self.tmp_int(), self.tmp_int(), self.tmp_int());
                self.mov_imm(obj, value::TAG_OBJECT << value::TAG_SHIFT);
                self.mov_imm(misc, value::UNDEFINED);
                self.ins(Code::Cmp_rm32_imm8, &[A::Use(a), A::Imm(2)]);
                self.ins(Cc::B.cmov(true), &[A::Tied(obj, tag), A::Any(misc)]);
                self.ins(Code::Or_r64_rm64, &[A::Tied(tag, dst), A::Any(a)]);
            }
            Op::AnyToF64 => self.ins(Code::Movq_xmm_rm64, &[A::Def(dst), A::Any(a)]),
            Op::AnyToRef => self.ins(Code::Mov_r32_rm32, &[A::Def(dst), A::Any(a)]),
            _ => self.ins(Code::And_rm32_imm8, &[A::Tied(a, dst), A::Imm(1)]),
        }
        Ok(())
    }
}

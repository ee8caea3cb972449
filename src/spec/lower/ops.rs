//! Unary, binary and comparison operators, as their plans say.

use super::*;
use crate::spec::plan::{self, Arith, Cmp, Opnd};
use ultra_abi::rtfn::{ArithOp, UnaryOp};
use ultra_abi::shape::ThrowKind;

impl Tv {
    fn opnd(&self) -> Opnd {
        Opnd { t: self.t, lit: self.lit }
    }
}

impl Lower<'_> {
    pub(super) fn unary(&mut self, d: &InstData, out: T) -> Res<Value> {
        let tv = self.tv(d.arg_a());
        let op = JsUnOp::from_aux(d.aux);
        if let Some(f) = infer::unary_overload(self.w, op, tv.t) {
            return self.operator_call(f, &[tv]);
        }
        match op {
            JsUnOp::Not => {
                let t = self.truthy(tv);
                return Ok(self.b.unary(Op::BNot, t));
            }
            JsUnOp::Typeof => {
                if let Some(text) = infer::typeof_text(tv.t) {
                    return Ok(self.str_const(text));
                }
                let v = self.boxed(tv);
                return Ok(self.rt(RtFn::AnyTypeof, &[v]));
            }
            JsUnOp::Plus => {
                if out.int_kind().is_some() || out == T::F32 {
                    return Ok(tv.v);
                }
                return self.to_number(tv);
            }
            _ => {}
        }
        if let Some(kind) = out.int_kind() {
            let r = match op {
                JsUnOp::Neg => self.b.unary(Op::INeg, tv.v),
                JsUnOp::BitNot => self.b.unary(Op::INot, tv.v),
                JsUnOp::Inc | JsUnOp::Dec => {
                    let one = self.b.iconst(out.rep(), 1);
                    self.b.binary(if op == JsUnOp::Inc { Op::IAdd } else { Op::ISub }, tv.v, one)
                }
                _ => tv.v,
            };
            return Ok(self.wrap(r, kind));
        }
        if out == T::F32 {
            return Ok(match op {
                JsUnOp::Neg => self.b.unary(Op::FNeg, tv.v),
                _ => {
                    let one = self.b.imm64(Op::F32Const, Ty::F32, 1f32.to_bits() as u64);
                    self.b.binary(if op == JsUnOp::Inc { Op::FAdd } else { Op::FSub }, tv.v, one)
                }
            });
        }
        if out == T::NUM {
            return self.unary_f64(op, tv);
        }
        // On any words: through the binary operators of the runtime.
        let op = match op {
            JsUnOp::Neg => UnaryOp::Neg,
            JsUnOp::BitNot => UnaryOp::BitNot,
            JsUnOp::Inc => UnaryOp::Inc,
            _ => UnaryOp::Dec,
        };
        self.dyn_unary(op, tv)
    }

    fn unary_f64(&mut self, op: JsUnOp, tv: Tv) -> Res<Value> {
        Ok(match op {
            JsUnOp::Neg => {
                let d = self.to_number(tv)?;
                let d = if tv.t.has(UNDEF) { self.b.unary(Op::FCanon, d) } else { d };
                self.b.unary(Op::FNeg, d)
            }
            JsUnOp::BitNot => {
                let i = self.to_int32(tv)?;
                let n = self.b.unary(Op::INot, i);
                self.b.unary_ty(Op::SToF, Ty::F64, n)
            }
            _ => {
                let d = self.to_number(tv)?;
                let one = self.b.f64const(1.0);
                self.b.binary(if op == JsUnOp::Inc { Op::FAdd } else { Op::FSub }, d, one)
            }
        })
    }

    pub(super) fn to_numeric(&mut self, tv: Tv, out: T) -> Res<Value> {
        if tv.t.widen() == out && passes(self.w, tv.t) {
            return Ok(tv.v);
        }
        match out.rep() {
            Ty::F64 => {
                let d = self.to_number(tv)?;
                Ok(if tv.t.has(UNDEF) { self.b.unary(Op::FCanon, d) } else { d })
            }
            _ => self.dyn_unary(UnaryOp::ToNumeric, tv),
        }
    }

    /// An operator of one operand on an any word: doubles inline, the rest in the runtime.
    fn dyn_unary(&mut self, op: UnaryOp, tv: Tv) -> Res<Value> {
        let v = self.boxed(tv);
        let double = self.any_is(v, AnyTest::Double);
        self.choose(
            double,
            Ty::Any,
            2,
            |l| {
                let d = l.b.unary(Op::AnyToF64, v);
                let r = match op {
                    UnaryOp::ToNumeric => return Ok(v),
                    UnaryOp::Neg => l.b.unary(Op::FNeg, d),
                    UnaryOp::BitNot => {
                        let i = l.b.unary(Op::FToInt32, d);
                        let n = l.b.unary(Op::INot, i);
                        l.b.unary_ty(Op::SToF, Ty::F64, n)
                    }
                    UnaryOp::Inc | UnaryOp::Dec => {
                        let one = l.b.f64const(1.0);
                        l.b.binary(if op == UnaryOp::Inc { Op::FAdd } else { Op::FSub }, d, one)
                    }
                };
                Ok(l.b.unary_aux(Op::AnyFromF64, 0, r))
            },
            |l| {
                let p = l.primitive(Tv { v, ..tv }, "number")?;
                let k = l.b.iconst(Ty::I32, op as i64);
                Ok(l.rt(RtFn::AnyUnary, &[k, p]))
            },
        )
    }

    /// The primitive value of what may be an object with functions of the program for it, as an any word.
    pub(super) fn primitive(&mut self, tv: Tv, hint: &str) -> Res<Value> {
        let v = self.boxed(tv);
        if !infer::coerces(self.w, tv.t) {
            return Ok(v);
        }
        let object = self.any_is(v, AnyTest::Object);
        self.choose(
            object,
            Ty::Any,
            0,
            |l| {
                let hint = l.str_const(hint);
                let args = [Tv { v, t: T::ANY, lit: None }, Tv { v: hint, t: T::STR, lit: None }];
                l.library_value(infer::TO_PRIMITIVE, &args, T::ANY)
            },
            |_| Ok(v),
        )
    }

    fn dyn_arith(&mut self, op: ArithOp, ta: Tv, tb: Tv) -> Res<Value> {
        let (a, b) = (self.boxed(ta), self.boxed(tb));
        let (x, y) = (self.any_is(a, AnyTest::Double), self.any_is(b, AnyTest::Double));
        let both = self.and(x, y);
        let fast = match op {
            ArithOp::Sub => Some(Op::FSub),
            ArithOp::Mul => Some(Op::FMul),
            ArithOp::Div => Some(Op::FDiv),
            _ => None,
        };
        let slow = |l: &mut Self| {
            let (p, q) =
                (l.primitive(Tv { v: a, ..ta }, "number")?, l.primitive(Tv { v: b, ..tb }, "number")?);
            let k = l.b.iconst(Ty::I32, op as i64);
            Ok(l.rt(RtFn::AnyArith, &[k, p, q]))
        };
        match fast {
            Some(f) => self.choose(
                both,
                Ty::Any,
                2,
                |l| {
                    let (p, q) = (l.b.unary(Op::AnyToF64, a), l.b.unary(Op::AnyToF64, b));
                    let r = l.b.binary(f, p, q);
                    Ok(l.b.unary_aux(Op::AnyFromF64, 0, r))
                },
                slow,
            ),
            None => slow(self),
        }
    }

    fn dyn_add(&mut self, ta: Tv, tb: Tv) -> Res<Value> {
        let (a, b) = (self.boxed(ta), self.boxed(tb));
        let (x, y) = (self.any_is(a, AnyTest::Double), self.any_is(b, AnyTest::Double));
        let both = self.and(x, y);
        self.choose(
            both,
            Ty::Any,
            2,
            |l| {
                let (p, q) = (l.b.unary(Op::AnyToF64, a), l.b.unary(Op::AnyToF64, b));
                let r = l.b.binary(Op::FAdd, p, q);
                Ok(l.b.unary_aux(Op::AnyFromF64, 0, r))
            },
            |l| {
                let (p, q) =
                    (l.primitive(Tv { v: a, ..ta }, "default")?, l.primitive(Tv { v: b, ..tb }, "default")?);
                Ok(l.rt(RtFn::AnyAdd, &[p, q]))
            },
        )
    }

    pub(super) fn binary(&mut self, d: &InstData, out: T) -> Res<Value> {
        let op = JsBinOp::from_aux(d.aux);
        if out == T::BOOL
            && let Some(b) = infer::typeof_comparison(self.w, self.s, &self.body, d)
        {
            let negate = matches!(op, JsBinOp::Ne | JsBinOp::StrictNe);
            return Ok(self.b.imm64(Op::BConst, Ty::Bool, (b != negate) as u64));
        }
        let (a, b) = (self.tv(d.arg_a()), self.tv(d.arg_b()));
        if let Some((f, _)) = infer::operator_overload(self.w, op, a.t, b.t) {
            return self.operator_call(f, &[a, b]);
        }
        use JsBinOp::*;
        match op {
            Lt | Le | Gt | Ge => self.relational(op, a, b),
            Eq | Ne | StrictEq | StrictNe => {
                let r = self.equality(a, b, matches!(op, Eq | Ne))?;
                Ok(if matches!(op, Ne | StrictNe) { self.b.unary(Op::BNot, r) } else { r })
            }
            InstanceOf => self.instanceof_op(a, b),
            In if let Some(class) = self.private_class(d.arg_a()) => self.has_private(class, a, b),
            In => {
                let (k, o) = (self.boxed(a), self.boxed(b));
                Ok(self.rt(RtFn::PropHas, &[o, k]))
            }
            Add if (a.t == T::STR || b.t == T::STR)
                && [a.t, b.t].iter().any(|t| infer::to_string_method(self.w, *t, true).is_some()) =>
            {
                let (x, y) = (self.to_str(a)?, self.to_str(b)?);
                Ok(self.concat(x, y))
            }
            _ => match plan::arith(op, a.opnd(), b.opnd()) {
                Arith::Concat => {
                    let (x, y) = (self.to_str(a)?, self.to_str(b)?);
                    Ok(self.concat(x, y))
                }
                Arith::Int(kind) => self.int_op(op, kind, a, b),
                Arith::F32 => self.f32_op(op, a, b),
                Arith::F64 => self.f64_op(op, a, b),
                Arith::Dyn if op == Add => self.dyn_add(a, b),
                Arith::Dyn => self.dyn_arith(arith_op(op), a, b),
            },
        }
    }

    /// The class that declares the private name that a key is.
    fn private_class(&self, key: Value) -> Option<ClassDeclId> {
        let d = self.body.def(key).filter(|d| d.op == Op::JsStr)?;
        let name = StrId(d.a);
        if !self.w.prog.strings.text(name).starts_with('#') {
            return None;
        }
        let declares = |c: &ClassDecl| {
            c.fields.iter().any(|f| f.name == name) || c.methods.iter().any(|m| m.name == name)
        };
        let home = self.w.prog.fns[self.w.specs[self.s].func].class;
        if !home.is_none() && declares(&self.w.prog.classes[home]) {
            return Some(home);
        }
        self.w.prog.classes.iter().find(|(_, c)| declares(c)).map(|(id, _)| id)
    }

    /// `#x in o`: instances of the class that declares the name have it.
    fn has_private(&mut self, class: ClassDeclId, key: Tv, o: Tv) -> Res<Value> {
        let v = self.boxed(o);
        let object = self.any_is(v, AnyTest::Object);
        let bad = self.b.unary(Op::BNot, object);
        self.unless(bad, |l| {
            let k = l.boxed(key);
            l.rt(RtFn::PropHas, &[v, k]);
            Ok(())
        })?;
        let class = self.w.cls_of_decl[class];
        self.instance_of(o, class)
    }

    pub(super) fn concat(&mut self, a: Value, b: Value) -> Value {
        self.rt(RtFn::StrConcat, &[a, b])
    }

    fn int_op(&mut self, op: JsBinOp, kind: Kind, a: Tv, b: Tv) -> Res<Value> {
        use JsBinOp::*;
        let x = self.int_operand(a, kind);
        let signed = plan::is_signed(kind);
        let ty = T::int(kind).rep();
        if matches!(op, Shl | Shr | UShr) {
            return self.shift(op, kind, x, b);
        }
        let y = self.int_operand(b, kind);
        let r = match op {
            Add => self.b.binary(Op::IAdd, x, y),
            Sub => self.b.binary(Op::ISub, x, y),
            Mul => self.b.binary(Op::IMul, x, y),
            BitAnd => self.b.binary(Op::IAnd, x, y),
            BitOr => self.b.binary(Op::IOr, x, y),
            BitXor => self.b.binary(Op::IXor, x, y),
            Div | Rem => {
                let known = b.lit.and_then(|l| l.int).is_some_and(|v| v != 0);
                if !known {
                    let zero = self.icmp_imm(IntCc::Eq, y, 0);
                    self.unless(zero, |l| {
                        let v = l.boxed(a);
                        l.throw_kind(ThrowKind::DivideByZero, v);
                        Ok(())
                    })?;
                }
                let op = match (op, signed) {
                    (Div, true) => Op::SDiv,
                    (Div, false) => Op::UDiv,
                    (_, true) => Op::SRem,
                    _ => Op::URem,
                };
                self.b.binary(op, x, y)
            }
            Pow => {
                let wide = |l: &mut Self, v| l.resize(v, kind, Kind::I64);
                let (p, q) = (wide(self, x), wide(self, y));
                let r = self.int_pow(p, q)?;
                self.resize(r, Kind::I64, kind)
            }
            _ => return self.unsupported("operator on integers"),
        };
        debug_assert_eq!(self.b.func.ty(r), ty);
        Ok(self.wrap(r, kind))
    }

    /// Wrapping power by squaring; a negative exponent truncates to 0 unless the base is 1 or -1.
    fn int_pow(&mut self, base: Value, exp: Value) -> Res<Value> {
        let (head, body, mul, next, exit) =
            (self.b.block(), self.b.block(), self.b.block(), self.b.block(), self.b.block());
        let (r, bp, e) =
            (self.b.param(head, Ty::I64), self.b.param(head, Ty::I64), self.b.param(head, Ty::I64));
        let nr = self.b.param(next, Ty::I64);
        let one = self.b.iconst(Ty::I64, 1);
        self.b.jump(head, &[one, base, exp]);
        self.b.switch_to(head);
        let more = self.icmp_imm(IntCc::Sgt, e, 0);
        self.b.branch(more, body, exit);
        self.b.switch_to(body);
        let one = self.b.iconst(Ty::I64, 1);
        let bit = self.b.binary(Op::IAnd, e, one);
        let odd = self.icmp_imm(IntCc::Ne, bit, 0);
        self.b.branch_args(odd, 0, mul, &[], next, &[r]);
        self.b.switch_to(mul);
        let m = self.b.binary(Op::IMul, r, bp);
        self.b.jump(next, &[m]);
        self.b.switch_to(next);
        let sq = self.b.binary(Op::IMul, bp, bp);
        let one = self.b.iconst(Ty::I64, 1);
        let half = self.b.binary(Op::SShr, e, one);
        self.b.jump(head, &[nr, sq, half]);
        self.b.switch_to(exit);
        let negative = self.icmp_imm(IntCc::Slt, exp, 0);
        self.choose(
            negative,
            Ty::I64,
            1,
            |l| {
                let one = l.b.iconst(Ty::I64, 1);
                let bit = l.b.binary(Op::IAnd, exp, one);
                let odd = l.icmp_imm(IntCc::Ne, bit, 0);
                let is_one = l.icmp_imm(IntCc::Eq, base, 1);
                let is_minus = l.icmp_imm(IntCc::Eq, base, -1);
                let zero = l.b.iconst(Ty::I64, 0);
                let signed = l.b.ternary(Op::Select, 0, odd, base, one);
                let unit = l.b.ternary(Op::Select, 0, is_minus, signed, zero);
                Ok(l.b.ternary(Op::Select, 0, is_one, one, unit))
            },
            |_| Ok(r),
        )
    }

    fn shift(&mut self, op: JsBinOp, kind: Kind, x: Value, b: Tv) -> Res<Value> {
        let ty = T::int(kind).rep();
        let count = self.to_int32(b)?;
        let bits = kind.size() * 8;
        // Counts are taken modulo the width of the left operand.
        let count = match bits {
            32 | 64 => count,
            _ => {
                let mask = self.b.iconst(Ty::I32, bits as i64 - 1);
                self.b.binary(Op::IAnd, count, mask)
            }
        };
        let count = if ty == Ty::I64 { self.b.unary(Op::ZExt32, count) } else { count };
        let r = match op {
            JsBinOp::Shl => self.b.binary(Op::Shl, x, count),
            JsBinOp::Shr if plan::is_signed(kind) => self.b.binary(Op::SShr, x, count),
            JsBinOp::Shr => self.b.binary(Op::UShr, x, count),
            _ => {
                // A logical shift sees the narrow value without its sign bits.
                let x = match kind {
                    Kind::I8 => self.b.unary(Op::ZExt8, x),
                    Kind::I16 => self.b.unary(Op::ZExt16, x),
                    _ => x,
                };
                self.b.binary(Op::UShr, x, count)
            }
        };
        Ok(self.wrap(r, kind))
    }

    fn f32_op(&mut self, op: JsBinOp, a: Tv, b: Tv) -> Res<Value> {
        let (x, y) = (self.f32_operand(a)?, self.f32_operand(b)?);
        Ok(match op {
            JsBinOp::Add => self.b.binary(Op::FAdd, x, y),
            JsBinOp::Sub => self.b.binary(Op::FSub, x, y),
            JsBinOp::Mul => self.b.binary(Op::FMul, x, y),
            JsBinOp::Div => self.b.binary(Op::FDiv, x, y),
            _ => {
                let (p, q) = (self.b.unary(Op::FPromote, x), self.b.unary(Op::FPromote, y));
                let f = if op == JsBinOp::Rem { RtFn::MathRem } else { RtFn::MathPow };
                let r = self.rt(f, &[p, q]);
                self.b.unary(Op::FDemote, r)
            }
        })
    }

    fn f32_operand(&mut self, tv: Tv) -> Res<Value> {
        if let Some(l) = tv.lit {
            return Ok(self.b.imm64(Op::F32Const, Ty::F32, (l.value as f32).to_bits() as u64));
        }
        Ok(self.conv(tv.v, tv.t, T::F32))
    }

    fn f64_op(&mut self, op: JsBinOp, a: Tv, b: Tv) -> Res<Value> {
        use JsBinOp::*;
        if matches!(op, BitAnd | BitOr | BitXor | Shl | Shr | UShr) {
            let (x, y) = (self.to_int32(a)?, self.to_int32(b)?);
            let iop = match op {
                BitAnd => Op::IAnd,
                BitOr => Op::IOr,
                BitXor => Op::IXor,
                Shl => Op::Shl,
                Shr => Op::SShr,
                _ => Op::UShr,
            };
            let r = self.b.binary(iop, x, y);
            let to = if op == UShr { Op::UToF } else { Op::SToF };
            return Ok(self.b.unary_ty(to, Ty::F64, r));
        }
        let (x, y) = (self.to_number(a)?, self.to_number(b)?);
        Ok(match op {
            Add => self.b.binary(Op::FAdd, x, y),
            Sub => self.b.binary(Op::FSub, x, y),
            Mul => self.b.binary(Op::FMul, x, y),
            Div => self.b.binary(Op::FDiv, x, y),
            Rem => self.rt(RtFn::MathRem, &[x, y]),
            _ => {
                // x ** 2 is the one power that is exact as a product.
                if b.lit.is_some_and(|l| l.value == 2.0) {
                    return Ok(self.b.binary(Op::FMul, x, x));
                }
                self.rt(RtFn::MathPow, &[x, y])
            }
        })
    }

    // Comparison.

    fn relational(&mut self, op: JsBinOp, a: Tv, b: Tv) -> Res<Value> {
        use JsBinOp::*;
        match plan::relational(a.opnd(), b.opnd()) {
            Cmp::Int(kind) => {
                let (x, y) = (self.int_operand(a, kind), self.int_operand(b, kind));
                let cc = match (op, plan::is_signed(kind)) {
                    (Lt, true) => IntCc::Slt,
                    (Le, true) => IntCc::Sle,
                    (Gt, true) => IntCc::Sgt,
                    (_, true) => IntCc::Sge,
                    (Lt, false) => IntCc::Ult,
                    (Le, false) => IntCc::Ule,
                    (Gt, false) => IntCc::Ugt,
                    _ => IntCc::Uge,
                };
                Ok(self.icmp(cc, x, y))
            }
            Cmp::F64 => {
                let (x, y) = (self.to_number(a)?, self.to_number(b)?);
                Ok(self.fcmp(op, x, y))
            }
            Cmp::Str => {
                let c = self.rt(RtFn::StrCmp, &[a.v, b.v]);
                let cc = match op {
                    Lt => IntCc::Slt,
                    Le => IntCc::Sle,
                    Gt => IntCc::Sgt,
                    _ => IntCc::Sge,
                };
                Ok(self.icmp_imm(cc, c, 0))
            }
            _ => self.dyn_relational(op, a, b),
        }
    }

    fn fcmp(&mut self, op: JsBinOp, x: Value, y: Value) -> Value {
        if let (Some(i), Some(j)) = (self.int_view(x), self.int_view(y)) {
            let cc = match op {
                JsBinOp::Lt => IntCc::Slt,
                JsBinOp::Le => IntCc::Sle,
                JsBinOp::Gt => IntCc::Sgt,
                JsBinOp::Ge => IntCc::Sge,
                _ => IntCc::Eq,
            };
            return self.icmp(cc, i, j);
        }
        let cc = match op {
            JsBinOp::Lt => FloatCc::Lt,
            JsBinOp::Le => FloatCc::Le,
            JsBinOp::Gt => FloatCc::Gt,
            JsBinOp::Ge => FloatCc::Ge,
            _ => FloatCc::Eq,
        };
        self.b.binary_aux(Op::FCmp, cc as u16, x, y)
    }

    fn dyn_relational(&mut self, op: JsBinOp, a: Tv, b: Tv) -> Res<Value> {
        let (x, y) = (self.boxed(a), self.boxed(b));
        let (p, q) = (self.any_is(x, AnyTest::Double), self.any_is(y, AnyTest::Double));
        let both = self.and(p, q);
        self.choose(
            both,
            Ty::Bool,
            2,
            |l| {
                let (p, q) = (l.b.unary(Op::AnyToF64, x), l.b.unary(Op::AnyToF64, y));
                Ok(l.fcmp(op, p, q))
            },
            |l| {
                let (p, q) =
                    (l.primitive(Tv { v: x, ..a }, "number")?, l.primitive(Tv { v: y, ..b }, "number")?);
                let c = l.rt(RtFn::AnyCompare, &[p, q]);
                Ok(match op {
                    JsBinOp::Lt => l.icmp_imm(IntCc::Eq, c, -1),
                    JsBinOp::Le => l.icmp_imm(IntCc::Sle, c, 0),
                    JsBinOp::Gt => l.icmp_imm(IntCc::Eq, c, 1),
                    _ => {
                        // 0 or 1; 2 means unordered.
                        let ge = l.icmp_imm(IntCc::Sge, c, 0);
                        let ordered = l.icmp_imm(IntCc::Ne, c, 2);
                        l.and(ge, ordered)
                    }
                })
            },
        )
    }

    pub(super) fn equality(&mut self, a: Tv, b: Tv, loose: bool) -> Res<Value> {
        Ok(match plan::equality(a.opnd(), b.opnd(), loose) {
            Cmp::Const(r) => self.b.imm64(Op::BConst, Ty::Bool, r as u64),
            Cmp::Int(kind) => {
                let (x, y) = (self.int_operand(a, kind), self.int_operand(b, kind));
                self.icmp(IntCc::Eq, x, y)
            }
            Cmp::F64 => {
                let (x, y) = (self.to_number(a)?, self.to_number(b)?);
                self.fcmp(JsBinOp::Eq, x, y)
            }
            Cmp::Str => self.rt(RtFn::StrEq, &[a.v, b.v]),
            Cmp::Bool | Cmp::Ref => self.icmp(IntCc::Eq, a.v, b.v),
            Cmp::RefLoose => {
                let same = self.icmp(IntCc::Eq, a.v, b.v);
                let (x, y) = (self.b.unary(Op::RefIsNullish, a.v), self.b.unary(Op::RefIsNullish, b.v));
                let both = self.and(x, y);
                self.or(same, both)
            }
            Cmp::IsUndef { left } => self.is_among(if left { b } else { a }, UNDEF),
            Cmp::IsNull { left } => self.is_among(if left { b } else { a }, NULL),
            Cmp::IsNullish { left } => self.is_among(if left { b } else { a }, NULLISH),
            Cmp::Dyn if loose && (infer::coerces(self.w, a.t) || infer::coerces(self.w, b.t)) => {
                self.loose_equality(a, b)?
            }
            Cmp::Dyn => {
                let (x, y) = (self.boxed_exact(a, b.t), self.boxed_exact(b, a.t));
                self.rt(if loose { RtFn::AnyLooseEq } else { RtFn::AnyStrictEq }, &[x, y])
            }
        })
    }

    /// An any word that, for a literal beyond 2^53 beside what may be a 64-bit integer, is exact.
    fn boxed_exact(&mut self, tv: Tv, other: T) -> Value {
        let exact = tv.lit.filter(|l| l.written_int && other.has(INTS)).and_then(|l| l.int);
        match exact.and_then(|v| i64::try_from(v).ok()).filter(|v| v.unsigned_abs() > 1 << 53) {
            Some(v) => {
                let v = self.b.iconst(Ty::I64, v);
                self.rt(RtFn::AnyFromI64, &[v])
            }
            None => self.boxed(tv),
        }
    }

    /// `==` where an operand may be an object with functions of the program for its primitive value:
    /// between two objects it is identity.
    fn loose_equality(&mut self, a: Tv, b: Tv) -> Res<Value> {
        let (x, y) = (self.boxed(a), self.boxed(b));
        let (p, q) = (self.any_is(x, AnyTest::ObjectOrNullish), self.any_is(y, AnyTest::ObjectOrNullish));
        let same_sort = self.and(p, q);
        self.choose(
            same_sort,
            Ty::Bool,
            0,
            |l| Ok(l.rt(RtFn::AnyLooseEq, &[x, y])),
            |l| {
                let (tx, ty) = (Tv { v: x, ..a }, Tv { v: y, ..b });
                // undefined and null equal no object.
                let (m, n) = (l.any_is(x, AnyTest::Nullish), l.any_is(y, AnyTest::Nullish));
                let either = l.or(m, n);
                l.choose(
                    either,
                    Ty::Bool,
                    0,
                    |l| Ok(l.b.imm64(Op::BConst, Ty::Bool, 0)),
                    |l| {
                        let (p, q) = (l.primitive(tx, "default")?, l.primitive(ty, "default")?);
                        Ok(l.rt(RtFn::AnyLooseEq, &[p, q]))
                    },
                )
            },
        )
    }

    fn instanceof_op(&mut self, a: Tv, b: Tv) -> Res<Value> {
        if let Some(f) = infer::has_instance(self.w, b.t) {
            let spec = infer::call_spec(self.w, f, b.t, &[a.t]);
            let out = self.w.cell(self.w.specs[spec].ret);
            return match self.call_fn(f, None, b, &[a], out)? {
                Some(v) => Ok(self.truthy(Tv { v, t: out, lit: None })),
                None if self.b.is_open() => Ok(self.b.imm64(Op::BConst, Ty::Bool, 0)),
                None => Ok(self.dead(Ty::Bool)),
            };
        }
        match b.t.obj {
            Obj::ClassVal(d) => {
                let class = self.w.cls_of_decl[d];
                self.instance_of(a, class)
            }
            Obj::Global(g) => {
                let name = crate::spec::builtins::GLOBALS[g as usize].name;
                let id = self.w.prog.strings.intern(name);
                match self.w.error_class(id) {
                    Some(class) => self.instance_of(a, class),
                    None => self.builtin_instance(a, name),
                }
            }
            _ => self.unsupported("instanceof with a class that is not known at compile time"),
        }
    }

    /// `x instanceof Array`, `Map`, `Set`, `Object`, `Function`: decided by the kind of shape.
    pub(super) fn builtin_instance(&mut self, a: Tv, name: &str) -> Res<Value> {
        use ultra_abi::shape::*;
        let shape_ranges: &[(u32, u32)] = match name {
            "Array" => &[(SHAPE_ARRAY0, SHAPE_ARRAY0 + 15)],
            "Map" => &[(SHAPE_MAP, SHAPE_MAP)],
            "Set" => &[(SHAPE_SET, SHAPE_SET)],
            "list" => &[(SHAPE_ARRAY0, SHAPE_ARRAY0 + 15), (SHAPE_TYPED0, SHAPE_TYPED0 + 7)],
            "Function" => &[(SHAPE_CLOSURE, SHAPE_CLOSURE)],
            "Object" => &[(SHAPE_CLOSURE, u32::MAX >> 1)],
            _ => return self.unsupported(format!("instanceof {name}")),
        };
        let r = match self.as_object(a) {
            Some(r) => r,
            None => return Ok(self.b.imm64(Op::BConst, Ty::Bool, 0)),
        };
        let (ref_v, is_obj) = r;
        self.choose(
            is_obj,
            Ty::Bool,
            0,
            |l| {
                let shape = l.b.unary(Op::ShapeOf, ref_v);
                let mut found = None;
                for &(lo, hi) in shape_ranges {
                    let a = l.icmp_imm(IntCc::Sge, shape, lo as i64);
                    let b = l.icmp_imm(IntCc::Sle, shape, hi as i64);
                    let within = l.and(a, b);
                    found = Some(match found {
                        None => within,
                        Some(f) => l.or(f, within),
                    });
                }
                Ok(found.unwrap_or(is_obj))
            },
            |l| Ok(l.b.imm64(Op::BConst, Ty::Bool, 0)),
        )
    }

    /// The reference of a value that may be an object, and whether it is one.
    fn as_object(&mut self, a: Tv) -> Option<(Value, Value)> {
        if !a.t.has(OBJ) {
            return None;
        }
        Some(match self.b.func.ty(a.v) {
            Ty::Ref => {
                let n = self.b.unary(Op::RefIsNullish, a.v);
                (a.v, self.b.unary(Op::BNot, n))
            }
            _ => {
                let is = self.any_is(a.v, AnyTest::Object);
                (self.b.unary(Op::AnyToRef, a.v), is)
            }
        })
    }

    /// Whether a value is an instance of a class, of one that extends it, or of one that mixes it in.
    pub(super) fn instance_of(&mut self, a: Tv, class: ultra_ir::ClassId) -> Res<Value> {
        let mut r = self.instance_of_one(a, class)?;
        for c in self.w.mixed_into(class) {
            let also = self.instance_of_one(a, c)?;
            r = self.or(r, also);
        }
        Ok(r)
    }

    fn instance_of_one(&mut self, a: Tv, class: ultra_ir::ClassId) -> Res<Value> {
        let Some((r, is_obj)) = self.as_object(a) else {
            return Ok(self.b.imm64(Op::BConst, Ty::Bool, 0));
        };
        if let Obj::Class(c) = a.t.obj
            && a.t.within(OBJ | NULLISH)
            && self.w.is_subclass(c, class)
        {
            return Ok(is_obj);
        }
        self.choose(
            is_obj,
            Ty::Bool,
            0,
            |l| Ok(l.b.unary_imm(Op::IsInstance, Ty::Bool, r, class.0)),
            |l| Ok(l.b.imm64(Op::BConst, Ty::Bool, 0)),
        )
    }
}

fn arith_op(op: JsBinOp) -> ArithOp {
    use JsBinOp::*;
    match op {
        Mul => ArithOp::Mul,
        Div => ArithOp::Div,
        Rem => ArithOp::Rem,
        Pow => ArithOp::Pow,
        BitAnd => ArithOp::BitAnd,
        BitOr => ArithOp::BitOr,
        BitXor => ArithOp::BitXor,
        Shl => ArithOp::Shl,
        Shr => ArithOp::Shr,
        UShr => ArithOp::UShr,
        _ => ArithOp::Sub,
    }
}

//! What each pure scalar operation computes, on bit patterns.
//!
//! The oracle runs on this and constant folding uses it, so the two cannot disagree.
//! A value of any type is a `u64`: i32 and ref zero-extended from 32 bits, bool 0 or 1,
//! floats as their bits. A NaN result is always the canonical one: NaN payloads of
//! arithmetic are not defined, and whoever compares results treats quiet NaNs alike.

use crate::op::*;
use crate::{InstData, Ty};
use ultra_abi::value::*;

/// Bits of a double result.
fn q(x: f64) -> u64 {
    if x.is_nan() { CANONICAL_NAN } else { x.to_bits() }
}

fn q32(x: f32) -> u64 {
    if x.is_nan() { 0x7fc0_0000 } else { x.to_bits() as u64 }
}

fn f(x: u64) -> f64 {
    f64::from_bits(x)
}

fn f32_(x: u64) -> f32 {
    f32::from_bits(x as u32)
}

/// Sign-extends an integer of type `ty`.
pub fn signed(ty: Ty, x: u64) -> i64 {
    match ty {
        Ty::I64 | Ty::Str | Ty::Any | Ty::Ptr => x as i64,
        _ => x as u32 as i32 as i64,
    }
}

/// Zero-extends an integer of type `ty`.
pub fn unsigned(ty: Ty, x: u64) -> u64 {
    match ty {
        Ty::I64 | Ty::Str | Ty::Any | Ty::Ptr => x,
        _ => x as u32 as u64,
    }
}

fn width(ty: Ty) -> u32 {
    if ty == Ty::I64 { 64 } else { 32 }
}

/// Wraps an integer to `ty`.
fn wrap(ty: Ty, x: i64) -> u64 {
    unsigned(ty, x as u64)
}

/// Whether a number slot holds undefined or a hole.
pub fn is_reserved(bits: u64) -> bool {
    bits == UNDEFINED_F64 || bits == HOLE_F64
}

/// ECMAScript ToInt32.
pub fn to_int32(x: f64) -> i32 {
    if !x.is_finite() {
        return 0;
    }
    let m = x.trunc() % 4294967296.0;
    m as i64 as i32
}

pub fn int_cc(cc: IntCc, ty: Ty, a: u64, b: u64) -> bool {
    let (s, t, u, v) = (signed(ty, a), signed(ty, b), unsigned(ty, a), unsigned(ty, b));
    match cc {
        IntCc::Eq => u == v,
        IntCc::Ne => u != v,
        IntCc::Slt => s < t,
        IntCc::Sle => s <= t,
        IntCc::Sgt => s > t,
        IntCc::Sge => s >= t,
        IntCc::Ult => u < v,
        IntCc::Ule => u <= v,
        IntCc::Ugt => u > v,
        IntCc::Uge => u >= v,
    }
}

pub fn float_cc(cc: FloatCc, a: f64, b: f64) -> bool {
    match cc {
        FloatCc::Eq => a == b,
        FloatCc::Ne => a != b,
        FloatCc::Lt => a < b,
        FloatCc::Le => a <= b,
        FloatCc::Gt => a > b,
        FloatCc::Ge => a >= b,
    }
}

pub fn any_test(t: AnyTest, w: u64) -> bool {
    let object = tag(w) == TAG_OBJECT;
    let nullish = w == UNDEFINED || w == NULL;
    match t {
        AnyTest::Double => is_double(w),
        AnyTest::Str => tag(w) == TAG_STRING || tag(w) == TAG_SMALL_STRING,
        AnyTest::Object => object,
        AnyTest::Bool => w == TRUE || w == FALSE,
        AnyTest::Undefined => w == UNDEFINED,
        AnyTest::Null => w == NULL,
        AnyTest::Nullish => nullish,
        AnyTest::ObjectOrNullish => object || nullish,
        AnyTest::Absent => w == ABSENT,
    }
}

/// Smaller (or with `max`, larger) of two: NaN if either is, -0 below +0.
fn min_max(a: f64, b: f64, max: bool) -> f64 {
    if a.is_nan() || b.is_nan() {
        return f64::NAN;
    }
    if a == b {
        return if a.is_sign_negative() != max { a } else { b };
    }
    if (a < b) != max { a } else { b }
}

fn int_op(op: Op, ty: Ty, a: u64, b: u64) -> Option<u64> {
    let (s, t, u, v) = (signed(ty, a), signed(ty, b), unsigned(ty, a), unsigned(ty, b));
    let shift = v as u32 & (width(ty) - 1);
    Some(match op {
        Op::IAdd => wrap(ty, s.wrapping_add(t)),
        Op::ISub => wrap(ty, s.wrapping_sub(t)),
        Op::IMul => wrap(ty, s.wrapping_mul(t)),
        Op::INeg => wrap(ty, s.wrapping_neg()),
        Op::IAnd => wrap(ty, s & t),
        Op::IOr => wrap(ty, s | t),
        Op::IXor => wrap(ty, s ^ t),
        Op::INot => wrap(ty, !s),
        Op::Shl => wrap(ty, s.wrapping_shl(shift)),
        Op::SShr => wrap(ty, s >> shift),
        Op::UShr => u >> shift,
        Op::SDiv => wrap(ty, (t != 0).then(|| s.wrapping_div(t))?),
        Op::SRem => wrap(ty, (t != 0).then(|| s.wrapping_rem(t))?),
        Op::UDiv => u.checked_div(v)?,
        Op::URem => u.checked_rem(v)?,
        Op::SExt8 => wrap(ty, s as i8 as i64),
        Op::SExt16 => wrap(ty, s as i16 as i64),
        Op::ZExt8 => u & 0xff,
        Op::ZExt16 => u & 0xffff,
        Op::Clz if ty == Ty::I64 => u.leading_zeros() as u64,
        Op::Clz => (u as u32).leading_zeros() as u64,
        Op::SAddOv | Op::SSubOv | Op::SMulOv => {
            let (x, y) = (s as i128, t as i128);
            let r = match op {
                Op::SAddOv => x + y,
                Op::SSubOv => x - y,
                _ => x * y,
            };
            let fits = if ty == Ty::I64 { i64::try_from(r).is_ok() } else { i32::try_from(r).is_ok() };
            !fits as u64
        }
        _ => return None,
    })
}

fn float_op(op: Op, ty: Ty, a: u64, b: u64) -> Option<u64> {
    macro_rules! both {
        (|$x:ident, $y:ident| $e:expr) => {
            if ty == Ty::F64 {
                let ($x, $y) = (f(a), f(b));
                q($e)
            } else {
                let ($x, $y) = (f32_(a), f32_(b));
                let _ = $y;
                q32($e)
            }
        };
    }
    Some(match op {
        Op::FAdd => both!(|x, y| x + y),
        Op::FSub => both!(|x, y| x - y),
        Op::FMul => both!(|x, y| x * y),
        Op::FDiv => both!(|x, y| x / y),
        Op::FNeg => both!(|x, _y| -x),
        Op::FAbs => both!(|x, _y| x.abs()),
        Op::FSqrt => both!(|x, _y| x.sqrt()),
        Op::FFloor => both!(|x, _y| x.floor()),
        Op::FCeil => both!(|x, _y| x.ceil()),
        Op::FTrunc => both!(|x, _y| x.trunc()),
        Op::FMin | Op::FMax if ty == Ty::F64 => q(min_max(f(a), f(b), op == Op::FMax)),
        Op::FMin | Op::FMax => q32(min_max(f32_(a) as f64, f32_(b) as f64, op == Op::FMax) as f32),
        _ => return None,
    })
}

fn convert(d: &InstData, from: Ty, a: u64) -> Option<u64> {
    let x = if from == Ty::F32 { f32_(a) as f64 } else { f(a) };
    let (s, u) = (signed(from, a), unsigned(from, a));
    Some(match d.op {
        Op::SToF if d.ty == Ty::F64 => (s as f64).to_bits(),
        Op::SToF => (s as f32).to_bits() as u64,
        Op::UToF if d.ty == Ty::F64 => (u as f64).to_bits(),
        Op::UToF => (u as f32).to_bits() as u64,
        Op::FToS => {
            let t = x.trunc();
            let (lo, hi) = if d.ty == Ty::I64 {
                (i64::MIN as f64, 9223372036854775808.0)
            } else {
                (i32::MIN as f64, 2147483648.0)
            };
            let least = if d.ty == Ty::I64 { i64::MIN } else { i32::MIN as i64 };
            wrap(d.ty, if t >= lo && t < hi { t as i64 } else { least })
        }
        Op::FToSSat if d.ty == Ty::I64 => x as i64 as u64,
        Op::FToSSat => wrap(d.ty, x as i32 as i64),
        Op::FToUSat if d.ty == Ty::I64 => x as u64,
        Op::FToUSat => x as u32 as u64,
        Op::FToInt32 => to_int32(x) as u32 as u64,
        Op::FPromote => q(x),
        Op::FDemote => q32(x as f32),
        Op::FBits | Op::FFromBits | Op::AnyFromStr | Op::AnyToF64 | Op::AnyToStr => a,
        Op::FCanon => {
            if is_reserved(a) {
                CANONICAL_NAN
            } else {
                a
            }
        }
        Op::BToI => a,
        Op::BNot => 1 - a,
        Op::SExt32 => s as u64,
        Op::ZExt32 => u,
        Op::Trunc => a as u32 as u64,
        Op::AnyFromF64 if d.aux == 1 && is_reserved(a) => UNDEFINED,
        Op::AnyFromF64 => a,
        Op::AnyFromBool => from_bool(a != 0),
        Op::AnyFromRef => match a as u32 {
            REF_UNDEFINED => UNDEFINED,
            REF_NULL => NULL,
            id => from_object(id),
        },
        Op::AnyIs => any_test(AnyTest::get(d.aux)?, a) as u64,
        Op::AnyToRef => match a {
            UNDEFINED => REF_UNDEFINED as u64,
            NULL => REF_NULL as u64,
            w => w as u32 as u64,
        },
        Op::AnyToBool => (a == TRUE) as u64,
        Op::RefIsNullish => (a < 2) as u64,
        _ => return None,
    })
}

/// The result of a pure scalar operation on operands `args`, the first of type `ty`.
/// None when the operation is not one, or is undefined on these operands.
pub fn eval(d: &InstData, ty: Ty, args: &[u64]) -> Option<u64> {
    let a = args.first().copied().unwrap_or(0);
    let b = args.get(1).copied().unwrap_or(0);
    match d.op {
        Op::IConst if d.ty == Ty::I32 => Some(d.imm() as u32 as u64),
        Op::F32Const => Some(d.imm() as u32 as u64),
        Op::IConst | Op::F64Const | Op::BConst | Op::RefConst | Op::AnyConst => Some(d.imm()),
        Op::ICmp => Some(int_cc(IntCc::get(d.aux)?, ty, a, b) as u64),
        Op::FCmp if ty == Ty::F64 => Some(float_cc(FloatCc::get(d.aux)?, f(a), f(b)) as u64),
        Op::FCmp => Some(float_cc(FloatCc::get(d.aux)?, f32_(a) as f64, f32_(b) as f64) as u64),
        Op::Select => Some(if a != 0 { b } else { *args.get(2)? }),
        op => int_op(op, ty, a, b).or_else(|| float_op(op, ty, a, b)).or_else(|| convert(d, ty, a)),
    }
}

/// The constant instruction of type `ty` with these bits; None for types without constants.
pub fn constant(ty: Ty, bits: u64) -> Option<InstData> {
    let (op, imm) = match ty {
        Ty::I32 => (Op::IConst, bits as u32 as i32 as i64 as u64),
        Ty::I64 => (Op::IConst, bits),
        Ty::F64 => (Op::F64Const, bits),
        Ty::F32 => (Op::F32Const, bits as u32 as u64),
        Ty::Bool => (Op::BConst, bits),
        Ty::Ref if bits < 2 => (Op::RefConst, bits),
        Ty::Any if tag(bits) != TAG_OBJECT && tag(bits) != TAG_STRING && tag(bits) != TAG_BOX => {
            (Op::AnyConst, bits)
        }
        _ => return None,
    };
    Some(InstData::imm64(op, ty, imm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_int32_wraps() {
        for (x, y) in [
            (4294967296.0, 0),
            (2147483648.0, i32::MIN),
            (-2147483649.0, i32::MAX),
            (1e20, 1661992960),
            (-1.9, -1),
            (f64::NAN, 0),
        ] {
            assert_eq!(to_int32(x), y);
        }
    }

    #[test]
    fn min_orders_zeros() {
        assert!(min_max(0.0, -0.0, false).is_sign_negative());
        assert!(min_max(-0.0, 0.0, false).is_sign_negative());
        assert!(min_max(-0.0, 0.0, true).is_sign_positive());
        assert!(min_max(f64::NAN, 0.0, true).is_nan());
    }

    #[test]
    fn f_to_s_gives_the_least_value() {
        let d = InstData::new(Op::FToS, Ty::I32);
        assert_eq!(eval(&d, Ty::F64, &[f64::to_bits(2147483648.0)]), Some(0x8000_0000));
        assert_eq!(eval(&d, Ty::F64, &[f64::to_bits(-2147483648.9)]), Some(0x8000_0000));
        assert_eq!(eval(&d, Ty::F64, &[f64::to_bits(7.9)]), Some(7));
    }
}

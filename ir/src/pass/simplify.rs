//! Rewrite rules on one instruction, applied wherever a pass inserts or meets one.
//!
//! Rules are directional: the result is never more expensive. Operands are looked at
//! one definition deep. Rules on doubles respect that a `number` may be one of the
//! reserved NaNs, which arithmetic quiets: `x * 1` is `x` only if `x` is none of them.

use super::edit::*;
use crate::ids::*;
use crate::interp::scalar;
use crate::op::*;
use crate::{Def, Func, InstData, Ty};

/// What an instruction can be replaced by.
#[derive(Clone, Copy, Debug)]
pub enum Simple {
    /// An existing value.
    Value(Value),
    /// A cheaper instruction of the same type.
    Inst(InstData),
}

/// Access to the function, and the instructions that a rule needs before the one it rewrites.
pub struct Ctx<'a> {
    pub f: &'a mut Func,
    pub before: Vec<Inst>,
    pub pos: u32,
}

impl Ctx<'_> {
    pub fn insert(&mut self, d: InstData) -> Value {
        let (i, v) = make(self.f, d, self.pos);
        self.before.push(i);
        v
    }

    pub fn iconst(&mut self, ty: Ty, x: i64) -> Value {
        let x = if ty == Ty::I32 { x as i32 as i64 } else { x };
        self.insert(InstData::imm64(Op::IConst, ty, x as u64))
    }

    fn def(&self, v: Value) -> Option<InstData> {
        self.f.def(v).copied()
    }

    fn int(&self, v: Value) -> Option<i64> {
        const_int(self.f, v)
    }
}

pub fn bin(op: Op, a: Value, b: Value) -> InstData {
    InstData { a: a.0, b: b.0, ..InstData::new(op, Ty::Void) }
}

pub fn un(op: Op, ty: Ty, a: Value) -> InstData {
    InstData { a: a.0, ..InstData::new(op, ty) }
}

fn konst(ty: Ty, x: i64) -> Option<Simple> {
    let bits = if ty == Ty::I32 { x as u32 as u64 } else { x as u64 };
    scalar::constant(ty, bits).map(Simple::Inst)
}

fn boolean(b: bool) -> Option<Simple> {
    konst(Ty::Bool, b as i64)
}

/// Whether a double can be none of the reserved NaNs.
pub fn not_reserved(f: &Func, v: Value) -> bool {
    let Some(d) = f.def(v) else { return false };
    match d.op {
        Op::F64Const => !scalar::is_reserved(d.imm()),
        Op::FAdd
        | Op::FSub
        | Op::FMul
        | Op::FDiv
        | Op::FSqrt
        | Op::FFloor
        | Op::FCeil
        | Op::FTrunc
        | Op::FMin
        | Op::FMax => true,
        Op::FCanon | Op::SToF | Op::UToF | Op::FPromote => true,
        Op::FNeg | Op::FAbs => true,
        Op::Call | Op::Select => false,
        Op::CallRt => super::effects::rt_effects(d) == ultra_abi::Effects::PURE,
        _ => false,
    }
}

/// The instruction `d` (operands already final), if a rule or folding applies.
pub fn simplify(cx: &mut Ctx, d: &InstData) -> Option<Simple> {
    let n = d.op.info().args.len();
    if n == 0 || d.op.is_dynamic() || d.op.is_terminator() {
        return None;
    }
    if let Some(s) = fold(cx.f, d, n) {
        return Some(s);
    }
    let (a, b) = (d.arg_a(), d.arg_b());
    if d.op.fx().has(Fx::COMM) && const_bits(cx.f, a).is_some() && const_bits(cx.f, b).is_none() {
        return Some(Simple::Inst(InstData { a: d.b, b: d.a, ..*d }));
    }
    let ty = cx.f.ty(a);
    match d.op {
        Op::IAdd | Op::ISub | Op::IMul | Op::INeg => arith(cx, d, ty, a, b),
        Op::IAnd | Op::IOr | Op::IXor | Op::INot => bits(cx, d, ty, a, b),
        Op::Shl | Op::SShr | Op::UShr => shifts(cx, d, ty, a, b),
        Op::SDiv | Op::UDiv | Op::SRem | Op::URem => division(cx, d, ty, a, b),
        Op::ICmp => icmp(cx, d, ty, a, b),
        Op::FCmp => fcmp(cx, d, a, b),
        Op::FAdd
        | Op::FSub
        | Op::FMul
        | Op::FDiv
        | Op::FNeg
        | Op::FAbs
        | Op::FCanon
        | Op::FFloor
        | Op::FCeil
        | Op::FTrunc => float(cx, d, a, b),
        Op::SAddOv | Op::SSubOv => (cx.int(b) == Some(0)).then(|| boolean(false)).flatten(),
        Op::BNot => bnot(cx, a),
        Op::Select => select(cx, d),
        Op::AnyFromF64 if d.aux == 1 && not_reserved(cx.f, a) => {
            Some(Simple::Inst(InstData { aux: 0, ..*d }))
        }
        Op::AnyIs => any_is(cx, d, a),
        Op::RefIsNullish => {
            matches!(cx.def(a)?.op, Op::NewObject | Op::GlobalRef).then(|| boolean(false)).flatten()
        }
        _ => conversions(cx, d, a),
    }
}

fn fold(f: &Func, d: &InstData, n: usize) -> Option<Simple> {
    if d.op.fx().0 & !Fx::COMM.0 != 0
        || !matches!(d.op.info().format, Format::Unary | Format::Binary | Format::Ternary)
    {
        return None;
    }
    let mut args = [0u64; 3];
    for (k, &v) in [d.a, d.b, d.c][..n].iter().enumerate() {
        args[k] = const_bits(f, Value(v))?;
    }
    let bits = scalar::eval(d, f.ty(d.arg_a()), &args[..n])?;
    scalar::constant(d.ty, bits).map(Simple::Inst)
}

fn arith(cx: &mut Ctx, d: &InstData, ty: Ty, a: Value, b: Value) -> Option<Simple> {
    if d.op == Op::INeg {
        let x = cx.def(a)?;
        return match x.op {
            Op::INeg => Some(Simple::Value(x.arg_a())),
            Op::ISub => Some(Simple::Inst(bin(Op::ISub, x.arg_b(), x.arg_a()))),
            _ => None,
        };
    }
    let c = cx.int(b);
    match (d.op, c) {
        (Op::IAdd | Op::ISub, Some(0)) | (Op::IMul, Some(1)) => return Some(Simple::Value(a)),
        (Op::IMul, Some(0)) => return konst(ty, 0),
        (Op::IMul, Some(-1)) => return Some(Simple::Inst(un(Op::INeg, ty, a))),
        (Op::ISub, _) if a == b => return konst(ty, 0),
        (Op::ISub, _) if cx.int(a) == Some(0) => return Some(Simple::Inst(un(Op::INeg, ty, b))),
        (Op::ISub, Some(c)) => {
            let c = cx.iconst(ty, c.wrapping_neg());
            return Some(Simple::Inst(bin(Op::IAdd, a, c)));
        }
        (Op::IMul, Some(c)) if c > 1 && (c as u64).is_power_of_two() => {
            let s = cx.iconst(ty, c.trailing_zeros() as i64);
            return Some(Simple::Inst(bin(Op::Shl, a, s)));
        }
        _ => {}
    }
    // (x + c1) + c2, (x * c1) * c2
    if let (Some(c2), Some(x)) = (c, cx.def(a))
        && x.op == d.op
        && let Some(c1) = cx.int(x.arg_b())
    {
        let c = if d.op == Op::IAdd { c1.wrapping_add(c2) } else { c1.wrapping_mul(c2) };
        let c = cx.iconst(ty, c);
        return Some(Simple::Inst(bin(d.op, x.arg_a(), c)));
    }
    // (x + y) - x, (x - y) + y
    let x = cx.def(a)?;
    match (d.op, x.op) {
        (Op::ISub, Op::IAdd) if x.arg_a() == b => Some(Simple::Value(x.arg_b())),
        (Op::ISub, Op::IAdd) if x.arg_b() == b => Some(Simple::Value(x.arg_a())),
        (Op::IAdd, Op::ISub) if x.arg_b() == b => Some(Simple::Value(x.arg_a())),
        _ => None,
    }
}

fn bits(cx: &mut Ctx, d: &InstData, ty: Ty, a: Value, b: Value) -> Option<Simple> {
    if d.op == Op::INot {
        let x = cx.def(a)?;
        return (x.op == Op::INot).then(|| Simple::Value(x.arg_a()));
    }
    if a == b {
        return if d.op == Op::IXor { konst(ty, 0) } else { Some(Simple::Value(a)) };
    }
    let c = cx.int(b)?;
    match (d.op, c) {
        (Op::IAnd, 0) => return konst(ty, 0),
        (Op::IOr, -1) => return konst(ty, -1),
        (Op::IAnd, -1) | (Op::IOr | Op::IXor, 0) => return Some(Simple::Value(a)),
        (Op::IXor, -1) => return Some(Simple::Inst(un(Op::INot, ty, a))),
        _ => {}
    }
    let x = cx.def(a)?;
    if x.op == d.op
        && let Some(c1) = cx.int(x.arg_b())
    {
        let c = match d.op {
            Op::IAnd => c & c1,
            Op::IOr => c | c1,
            _ => c ^ c1,
        };
        let c = cx.iconst(ty, c);
        return Some(Simple::Inst(bin(d.op, x.arg_a(), c)));
    }
    // A mask that keeps all that is there.
    let kept = match x.op {
        Op::ZExt8 => 0xff,
        Op::ZExt16 => 0xffff,
        _ => return None,
    };
    (d.op == Op::IAnd && c & kept == kept).then(|| Simple::Value(a))
}

fn shifts(cx: &mut Ctx, d: &InstData, ty: Ty, a: Value, b: Value) -> Option<Simple> {
    let width = if ty == Ty::I64 { 64 } else { 32 };
    let c = cx.int(b)? & (width - 1);
    if c == 0 {
        return Some(Simple::Value(a));
    }
    let x = cx.def(a)?;
    if x.op == d.op
        && let Some(c1) = cx.int(x.arg_b())
    {
        let sum = (c1 & (width - 1)) + c;
        if sum < width {
            let s = cx.iconst(ty, sum);
            return Some(Simple::Inst(bin(d.op, x.arg_a(), s)));
        }
    }
    None
}

fn division(cx: &mut Ctx, d: &InstData, ty: Ty, a: Value, b: Value) -> Option<Simple> {
    let c = cx.int(b)?;
    match (d.op, c) {
        (Op::SDiv | Op::UDiv, 1) => return Some(Simple::Value(a)),
        (Op::SRem | Op::URem, 1) | (Op::SRem, -1) => return konst(ty, 0),
        (Op::SDiv, -1) => return Some(Simple::Inst(un(Op::INeg, ty, a))),
        _ => {}
    }
    if c > 1 && (c as u64).is_power_of_two() {
        let log = cx.iconst(ty, c.trailing_zeros() as i64);
        match d.op {
            Op::UDiv => return Some(Simple::Inst(bin(Op::UShr, a, log))),
            Op::URem => {
                let mask = cx.iconst(ty, c - 1);
                return Some(Simple::Inst(bin(Op::IAnd, a, mask)));
            }
            _ => {}
        }
    }
    None
}

fn icmp(cx: &mut Ctx, d: &InstData, ty: Ty, a: Value, b: Value) -> Option<Simple> {
    let cc = IntCc::get(d.aux)?;
    if a == b {
        return boolean(matches!(cc, IntCc::Eq | IntCc::Sle | IntCc::Sge | IntCc::Ule | IntCc::Uge));
    }
    if const_bits(cx.f, a).is_some() && const_bits(cx.f, b).is_none() {
        return Some(Simple::Inst(InstData { a: d.b, b: d.a, aux: cc.swap() as u16, ..*d }));
    }
    let x = cx.def(a)?;
    // A reference to a fresh object or a global is neither undefined nor null.
    if ty == Ty::Ref && matches!(x.op, Op::NewObject | Op::GlobalRef) && const_bits(cx.f, b).is_some() {
        return boolean(cc == IntCc::Ne);
    }
    if matches!(ty, Ty::Bool) {
        let c = const_bits(cx.f, b)?;
        return match cc {
            IntCc::Eq | IntCc::Ne if (c == 1) == (cc == IntCc::Eq) => Some(Simple::Value(a)),
            IntCc::Eq | IntCc::Ne => Some(Simple::Inst(un(Op::BNot, Ty::Bool, a))),
            _ => None,
        };
    }
    let c = cx.int(b)?;
    if cc == IntCc::Ult && c == 0 {
        return boolean(false);
    }
    match x.op {
        Op::BToI if matches!(cc, IntCc::Eq | IntCc::Ne) && (c == 0 || c == 1) => {
            if (c == 1) == (cc == IntCc::Eq) {
                Some(Simple::Value(x.arg_a()))
            } else {
                Some(Simple::Inst(un(Op::BNot, Ty::Bool, x.arg_a())))
            }
        }
        // x + c1 == c2, x - y == 0
        Op::IAdd if matches!(cc, IntCc::Eq | IntCc::Ne) => {
            let c1 = cx.int(x.arg_b())?;
            let c = cx.iconst(ty, c.wrapping_sub(c1));
            Some(Simple::Inst(InstData { a: x.a, b: c.0, ..*d }))
        }
        Op::ISub if matches!(cc, IntCc::Eq | IntCc::Ne) && c == 0 => {
            Some(Simple::Inst(InstData { a: x.a, b: x.b, ..*d }))
        }
        Op::SExt32
            if i32::try_from(c).is_ok()
                && matches!(
                    cc,
                    IntCc::Eq | IntCc::Ne | IntCc::Slt | IntCc::Sle | IntCc::Sgt | IntCc::Sge
                ) =>
        {
            let c = cx.iconst(Ty::I32, c);
            Some(Simple::Inst(InstData { a: x.a, b: c.0, ..*d }))
        }
        _ => None,
    }
}

/// The i32 behind a double that is exactly it, and whether it is signed.
fn int_source(cx: &Ctx, v: Value) -> Option<(Value, bool)> {
    let d = cx.def(v)?;
    match d.op {
        Op::SToF if cx.f.ty(d.arg_a()) == Ty::I32 => Some((d.arg_a(), true)),
        Op::UToF if cx.f.ty(d.arg_a()) == Ty::I32 => Some((d.arg_a(), false)),
        _ => None,
    }
}

pub fn int_cc_of(cc: FloatCc) -> IntCc {
    match cc {
        FloatCc::Eq => IntCc::Eq,
        FloatCc::Ne => IntCc::Ne,
        FloatCc::Lt => IntCc::Slt,
        FloatCc::Le => IntCc::Sle,
        FloatCc::Gt => IntCc::Sgt,
        FloatCc::Ge => IntCc::Sge,
    }
}

fn fcmp(cx: &mut Ctx, d: &InstData, a: Value, b: Value) -> Option<Simple> {
    if cx.f.ty(a) != Ty::F64 {
        return None;
    }
    let cc = FloatCc::get(d.aux)?;
    if const_bits(cx.f, a).is_some() && const_bits(cx.f, b).is_none() {
        return Some(Simple::Inst(InstData { a: d.b, b: d.a, aux: cc.swap() as u16, ..*d }));
    }
    let (x, xs) = int_source(cx, a)?;
    let mut icc = int_cc_of(cc);
    if a == b {
        return boolean(matches!(cc, FloatCc::Eq | FloatCc::Le | FloatCc::Ge));
    }
    if let Some((y, ys)) = int_source(cx, b) {
        if xs == ys {
            if !xs {
                icc = to_unsigned(icc);
            }
            return Some(Simple::Inst(InstData {
                a: x.0,
                b: y.0,
                aux: icc as u16,
                ..InstData::new(Op::ICmp, Ty::Bool)
            }));
        }
        return None;
    }
    let c = const_f64(cx.f, b)?;
    if c.trunc() != c || c.abs() > 4294967296.0 {
        return None;
    }
    if xs && i32::try_from(c as i64).is_ok() {
        let y = cx.iconst(Ty::I32, c as i64);
        return Some(Simple::Inst(InstData {
            a: x.0,
            b: y.0,
            aux: icc as u16,
            ..InstData::new(Op::ICmp, Ty::Bool)
        }));
    }
    if !xs && (0.0..=4294967295.0).contains(&c) {
        let y = cx.iconst(Ty::I32, c as i64);
        return Some(Simple::Inst(InstData {
            a: x.0,
            b: y.0,
            aux: to_unsigned(icc) as u16,
            ..InstData::new(Op::ICmp, Ty::Bool)
        }));
    }
    None
}

pub fn to_unsigned(cc: IntCc) -> IntCc {
    match cc {
        IntCc::Slt => IntCc::Ult,
        IntCc::Sle => IntCc::Ule,
        IntCc::Sgt => IntCc::Ugt,
        IntCc::Sge => IntCc::Uge,
        cc => cc,
    }
}

fn float(cx: &mut Ctx, d: &InstData, a: Value, b: Value) -> Option<Simple> {
    let x = cx.def(a);
    match d.op {
        Op::FNeg => return x.filter(|x| x.op == Op::FNeg).map(|x| Simple::Value(x.arg_a())),
        Op::FAbs => return x.filter(|x| x.op == Op::FAbs).map(|_| Simple::Value(a)),
        Op::FCanon => return not_reserved(cx.f, a).then_some(Simple::Value(a)),
        Op::FFloor | Op::FCeil | Op::FTrunc => {
            let integral =
                x.is_some_and(|x| matches!(x.op, Op::SToF | Op::UToF | Op::FFloor | Op::FCeil | Op::FTrunc));
            return integral.then_some(Simple::Value(a));
        }
        _ => {}
    }
    let c = const_f64(cx.f, b)?;
    // Quieting of a reserved NaN must not be lost.
    let plain = not_reserved(cx.f, a);
    match d.op {
        Op::FAdd if plain && c == 0.0 && c.is_sign_negative() => Some(Simple::Value(a)),
        Op::FSub if plain && c == 0.0 && c.is_sign_positive() => Some(Simple::Value(a)),
        Op::FMul | Op::FDiv if plain && c == 1.0 => Some(Simple::Value(a)),
        // Division by a power of two is exact as a multiplication.
        Op::FDiv if c.is_normal() && c.to_bits() << 12 == 0 && (1.0 / c).is_normal() => {
            let r = cx.insert(InstData::imm64(Op::F64Const, Ty::F64, (1.0 / c).to_bits()));
            Some(Simple::Inst(bin(Op::FMul, a, r)))
        }
        _ => None,
    }
}

fn bnot(cx: &mut Ctx, a: Value) -> Option<Simple> {
    let x = cx.def(a)?;
    match x.op {
        Op::BNot => Some(Simple::Value(x.arg_a())),
        Op::ICmp => Some(Simple::Inst(InstData { aux: IntCc::get(x.aux)?.inverse() as u16, ..x })),
        Op::FCmp => match FloatCc::get(x.aux)? {
            FloatCc::Eq => Some(Simple::Inst(InstData { aux: FloatCc::Ne as u16, ..x })),
            FloatCc::Ne => Some(Simple::Inst(InstData { aux: FloatCc::Eq as u16, ..x })),
            _ => None,
        },
        _ => None,
    }
}

fn select(cx: &mut Ctx, d: &InstData) -> Option<Simple> {
    if let Some(c) = const_bits(cx.f, d.arg_a()) {
        return Some(Simple::Value(if c != 0 { d.arg_b() } else { d.arg_c() }));
    }
    if d.b == d.c {
        return Some(Simple::Value(d.arg_b()));
    }
    if cx.f.ty(d.arg_b()) == Ty::Bool
        && let (Some(x), Some(y)) = (const_bits(cx.f, d.arg_b()), const_bits(cx.f, d.arg_c()))
        && x != y
    {
        return Some(if x == 1 {
            Simple::Value(d.arg_a())
        } else {
            Simple::Inst(un(Op::BNot, Ty::Bool, d.arg_a()))
        });
    }
    let c = cx.def(d.arg_a())?;
    (c.op == Op::BNot).then(|| Simple::Inst(InstData { a: c.a, b: d.c, c: d.b, ..*d }))
}

fn any_is(cx: &mut Ctx, d: &InstData, a: Value) -> Option<Simple> {
    use AnyTest::*;
    let t = AnyTest::get(d.aux)?;
    let x = cx.def(a)?;
    match x.op {
        Op::AnyFromBool => boolean(t == Bool),
        Op::AnyFromStr => boolean(t == Str),
        Op::AnyFromF64 => {
            let plain = x.aux == 0 || not_reserved(cx.f, x.arg_a());
            match t {
                Str | Object | Bool | Null | Absent => boolean(false),
                Double if plain => boolean(true),
                Undefined | Nullish | ObjectOrNullish if plain => boolean(false),
                _ => None,
            }
        }
        Op::AnyFromRef => match t {
            Double | Str | Bool | Absent => boolean(false),
            ObjectOrNullish => boolean(true),
            Nullish => Some(Simple::Inst(un(Op::RefIsNullish, Ty::Bool, x.arg_a()))),
            Undefined | Null => {
                let c = cx.insert(InstData::imm64(Op::RefConst, Ty::Ref, (t == Null) as u64));
                Some(Simple::Inst(InstData { aux: IntCc::Eq as u16, ..bin(Op::ICmp, x.arg_a(), c) }))
            }
            Object => {
                let n = cx.insert(un(Op::RefIsNullish, Ty::Bool, x.arg_a()));
                Some(Simple::Inst(un(Op::BNot, Ty::Bool, n)))
            }
        },
        _ => None,
    }
}

/// Whether the low half of a 64-bit value can be computed on 32 bits without its high half.
fn is_narrow(cx: &Ctx, v: Value, depth: u32) -> bool {
    let Some(d) = cx.def(v) else { return false };
    match d.op {
        Op::IConst | Op::SExt32 | Op::ZExt32 => true,
        Op::IAdd | Op::ISub | Op::IMul | Op::IAnd | Op::IOr | Op::IXor if depth > 0 => {
            is_narrow(cx, d.arg_a(), depth - 1) && is_narrow(cx, d.arg_b(), depth - 1)
        }
        _ => false,
    }
}

/// The low half of a value for which `is_narrow` holds.
fn narrowed(cx: &mut Ctx, v: Value) -> Value {
    let Some(d) = cx.def(v) else { return v };
    match d.op {
        Op::IConst => cx.iconst(Ty::I32, d.imm() as i64),
        Op::SExt32 | Op::ZExt32 => d.arg_a(),
        op => {
            let (a, b) = (narrowed(cx, d.arg_a()), narrowed(cx, d.arg_b()));
            cx.insert(bin(op, a, b))
        }
    }
}

fn conversions(cx: &mut Ctx, d: &InstData, a: Value) -> Option<Simple> {
    let x = cx.def(a)?;
    if d.op == Op::Trunc
        && matches!(x.op, Op::IAdd | Op::ISub | Op::IMul | Op::IAnd | Op::IOr | Op::IXor)
        && is_narrow(cx, a, 4)
    {
        let (p, q) = (narrowed(cx, x.arg_a()), narrowed(cx, x.arg_b()));
        return Some(Simple::Inst(bin(x.op, p, q)));
    }
    let inner = Value(x.a);
    let same = |v: Value| Some(Simple::Value(v));
    match (d.op, x.op) {
        (Op::Trunc, Op::SExt32 | Op::ZExt32)
        | (Op::FDemote, Op::FPromote)
        | (Op::FBits, Op::FFromBits)
        | (Op::FFromBits, Op::FBits)
        | (Op::AnyToF64, Op::AnyFromF64)
        | (Op::AnyToRef, Op::AnyFromRef)
        | (Op::AnyToStr, Op::AnyFromStr)
        | (Op::AnyToBool, Op::AnyFromBool)
        | (Op::AnyFromStr, Op::AnyToStr) => same(inner),
        (Op::SExt8, Op::SExt8)
        | (Op::SExt16, Op::SExt8 | Op::SExt16)
        | (Op::ZExt8, Op::ZExt8)
        | (Op::ZExt16, Op::ZExt8 | Op::ZExt16) => same(a),
        (Op::SExt8, Op::ZExt8 | Op::ZExt16 | Op::SExt16)
        | (Op::ZExt8, Op::SExt8 | Op::SExt16 | Op::ZExt16)
        | (Op::SExt16, Op::ZExt16)
        | (Op::ZExt16, Op::SExt16) => Some(Simple::Inst(InstData { a: x.a, ..*d })),
        (Op::SToF, Op::SExt32) if d.ty == Ty::F64 => Some(Simple::Inst(un(Op::SToF, d.ty, inner))),
        (Op::SToF | Op::UToF, Op::ZExt32) if d.ty == Ty::F64 => Some(Simple::Inst(un(Op::UToF, d.ty, inner))),
        (Op::FToInt32, Op::SToF | Op::UToF) if cx.f.ty(inner) == Ty::I32 => same(inner),
        (Op::FToS | Op::FToSSat, Op::SToF) if cx.f.ty(inner) == Ty::I32 && x.ty == Ty::F64 => {
            if d.ty == Ty::I32 { same(inner) } else { Some(Simple::Inst(un(Op::SExt32, Ty::I64, inner))) }
        }
        (Op::FToS | Op::FToSSat, Op::UToF)
            if cx.f.ty(inner) == Ty::I32 && x.ty == Ty::F64 && d.ty == Ty::I64 =>
        {
            Some(Simple::Inst(un(Op::ZExt32, Ty::I64, inner)))
        }
        (Op::FToUSat, Op::UToF) if cx.f.ty(inner) == Ty::I32 && x.ty == Ty::F64 && d.ty == Ty::I32 => {
            same(inner)
        }
        (Op::AnyToF64, Op::AnyConst) => Some(Simple::Inst(InstData::imm64(Op::F64Const, Ty::F64, x.imm()))),
        (Op::ShapeOf, _) => None,
        _ => None,
    }
}

/// Simplifies `d` as far as rules go. Instructions that rules insert are left in `cx.before`.
pub fn simplify_fully(cx: &mut Ctx, d: InstData) -> Simple {
    let mut d = d;
    // The bound only guards against two rules that undo each other.
    for _ in 0..16 {
        match simplify(cx, &d) {
            None => break,
            Some(Simple::Value(v)) => return Simple::Value(v),
            Some(Simple::Inst(mut n)) => {
                n.ty = cx.f.result_ty(&n, n.ty);
                d = n;
            }
        }
    }
    Simple::Inst(d)
}

/// Whether a value is a block parameter of `b`.
pub fn is_param_of(f: &Func, v: Value, b: Block) -> bool {
    matches!(f.values[v].def, Def::Param(x, _) if x == b)
}

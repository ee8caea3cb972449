//! UltraScript's number types: names, which literals fit, and what operators give.

use super::Checker;
use super::types::{Data, Num, Ty};

/// The type of a name such as `int32`.
pub(super) fn num_named(text: &str) -> Option<Ty> {
    if text == "float64" {
        return Some(Ty::NUMBER);
    }
    Num::ALL.iter().find(|n| n.name() == text).map(|&n| Ty::num(n))
}

/// Whether a literal's value is a value of a type.
pub(super) fn fits(value: f64, n: Num) -> bool {
    if !n.is_int() {
        return true;
    }
    let (low, high) = range(n);
    value.fract() == 0.0 && value >= low as f64 && value <= high as f64
}

/// The least and greatest value of an integer type.
pub(super) fn range(n: Num) -> (i128, i128) {
    let bits = n.bits();
    if n.is_signed() { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) }
}

/// What an operator on two number types gives: the wider of one sign, the next wider signed of
/// mixed signs, `float64` where there is none.
pub(super) fn cast_up(a: Num, b: Num) -> Ty {
    if a == b {
        return Ty::num(a);
    }
    if !a.is_int() || !b.is_int() {
        let int = if a.is_int() { a } else { b };
        return if int.bits() <= 16 { Ty::F32 } else { Ty::NUMBER };
    }
    if a.is_signed() == b.is_signed() {
        return Ty::num(if a.bits() >= b.bits() { a } else { b });
    }
    let (signed, unsigned) = if a.is_signed() { (a, b) } else { (b, a) };
    if signed.bits() > unsigned.bits() {
        return Ty::num(signed);
    }
    match unsigned.bits() {
        8 => Ty::I16,
        16 => Ty::I32,
        32 => Ty::I64,
        _ => Ty::NUMBER,
    }
}

impl Checker<'_> {
    /// What arithmetic on two numbers gives.
    pub(super) fn arithmetic(&mut self, a: Ty, b: Ty) -> Ty {
        match (self.t.data(a).clone(), self.t.data(b).clone()) {
            (Data::Num(x), Data::Num(y)) => cast_up(x, y),
            // A literal adopts the other operand's type when it is exact in it.
            (Data::Num(n), Data::NumLit(v)) | (Data::NumLit(v), Data::Num(n)) => {
                if fits(f64::from_bits(v), n) { Ty::num(n) } else { Ty::NUMBER }
            }
            _ => Ty::NUMBER,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_go_up() {
        assert_eq!(cast_up(Num::I8, Num::I32), Ty::I32);
        assert_eq!(cast_up(Num::U8, Num::U16), Ty::U16);
        assert_eq!(cast_up(Num::I32, Num::U32), Ty::I64);
        assert_eq!(cast_up(Num::I16, Num::U8), Ty::I16);
        assert_eq!(cast_up(Num::I64, Num::U64), Ty::NUMBER);
        assert_eq!(cast_up(Num::F32, Num::U16), Ty::F32);
        assert_eq!(cast_up(Num::F32, Num::I32), Ty::NUMBER);
    }

    #[test]
    fn literals_fit() {
        assert!(fits(255.0, Num::U8) && !fits(256.0, Num::U8) && !fits(-1.0, Num::U8));
        assert!(fits(-128.0, Num::I8) && !fits(1.5, Num::I8) && fits(1.5, Num::F32));
        assert_eq!(range(Num::U64).1, u64::MAX as i128);
    }
}

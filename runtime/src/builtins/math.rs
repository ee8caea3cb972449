//! Math: what has no machine instruction, with JavaScript's special cases.

use ultra_abi::rtfn::MathFn;

/// `a ** b`: like C's pow, except that 1 to a NaN or infinite power is NaN.
pub fn pow(a: f64, b: f64) -> f64 {
    if b.is_nan() || (a.abs() == 1.0 && b.is_infinite()) {
        return f64::NAN;
    }
    a.powf(b)
}

/// `Math.round`: halves go up, and the sign of zero is kept.
fn round(x: f64) -> f64 {
    if !x.is_finite() || x.abs() >= 4503599627370496.0 {
        return x;
    }
    let floor = x.floor();
    let rounded = if x - floor >= 0.5 { floor + 1.0 } else { floor };
    rounded.copysign(x)
}

fn sign(x: f64) -> f64 {
    if x == 0.0 || x.is_nan() { x } else { 1f64.copysign(x) }
}

/// A function of one number.
pub fn apply(f: MathFn, x: f64) -> f64 {
    match f {
        MathFn::Sin => x.sin(),
        MathFn::Cos => x.cos(),
        MathFn::Tan => x.tan(),
        MathFn::Asin => x.asin(),
        MathFn::Acos => x.acos(),
        MathFn::Atan => x.atan(),
        MathFn::Sinh => x.sinh(),
        MathFn::Cosh => x.cosh(),
        MathFn::Tanh => x.tanh(),
        MathFn::Asinh => asinh(x),
        MathFn::Acosh => x.acosh(),
        MathFn::Atanh => x.atanh(),
        MathFn::Exp => x.exp(),
        MathFn::Expm1 => x.exp_m1(),
        MathFn::Log => x.ln(),
        MathFn::Log1p => x.ln_1p(),
        MathFn::Log2 => x.log2(),
        MathFn::Log10 => x.log10(),
        MathFn::Cbrt => x.cbrt(),
        MathFn::Round => round(x),
        MathFn::Sign => sign(x),
        MathFn::Fround => x as f32 as f64,
        MathFn::Clz32 => (crate::convert::int::to_int32(x) as u32).leading_zeros() as f64,
    }
}

/// Zero keeps its sign, which the standard library does not promise for every version.
fn asinh(x: f64) -> f64 {
    if x == 0.0 || x.is_infinite() { x } else { x.asinh() }
}

/// The generator of Math.random: xorshift128+, seeded by the process.
#[derive(Debug)]
pub struct Random {
    state: [u64; 2],
}

impl Default for Random {
    fn default() -> Random {
        use std::hash::BuildHasher;
        let source = std::collections::hash_map::RandomState::new();
        // The state must not be zero.
        Random { state: [source.hash_one(1u8) | 1, source.hash_one(2u8)] }
    }
}

impl Random {
    /// A number in 0..1 with 53 random bits.
    pub fn next_f64(&mut self) -> f64 {
        let [mut a, b] = self.state;
        a ^= a << 23;
        let next = a ^ b ^ (a >> 17) ^ (b >> 26);
        self.state = [b, next];
        (next.wrapping_add(b) >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding() {
        for (x, want) in [
            (0.5, 1.0),
            (-0.5, -0.0),
            (-0.2, -0.0),
            (2.5, 3.0),
            (-2.5, -2.0),
            (0.49999999999999994, 0.0),
            (4503599627370495.5, 4503599627370496.0),
            (-1.6, -2.0),
            (1e300, 1e300),
        ] {
            assert_eq!(round(x).to_bits(), f64::to_bits(want), "{x}");
        }
        assert!(round(f64::NAN).is_nan());
    }

    #[test]
    fn powers() {
        assert!(pow(1.0, f64::NAN).is_nan());
        assert!(pow(-1.0, f64::INFINITY).is_nan());
        assert_eq!(pow(f64::NAN, 0.0), 1.0);
        assert_eq!(pow(2.0, 10.0), 1024.0);
    }

    #[test]
    fn random_stays_in_range() {
        let mut r = Random::default();
        let all: Vec<f64> = (0..1000).map(|_| r.next_f64()).collect();
        assert!(all.iter().all(|x| (0.0..1.0).contains(x)));
        assert!((all.iter().sum::<f64>() / 1000.0 - 0.5).abs() < 0.1);
    }
}

/// `a % b`: through integers where both are small ones, which is exact and far cheaper than `fmod`.
pub fn rem(a: f64, b: f64) -> f64 {
    let (x, y) = (a as i64, b as i64);
    let small = 1 << 53;
    if x as f64 == a && y as f64 == b && x > 0 && y > 0 && x < small && y < small {
        return (x % y) as f64;
    }
    a % b
}

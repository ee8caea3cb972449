//! Number conversions of the machine types: ToInt32, checked narrowing, exact comparison.

use core::cmp::Ordering;

/// ECMA-262 ToInt32 for any double: modulo 2^32, NaN and infinities give 0.
pub fn to_int32(x: f64) -> i32 {
    let direct = x as i64;
    if (direct as f64) == x && direct != i64::MAX {
        return direct as i32;
    }
    to_int32_bits(x)
}

/// The general case of ToInt32, from the bits of the double.
fn to_int32_bits(x: f64) -> i32 {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i32 - 1075;
    if exponent == 0x7FF - 1075 || exponent >= 32 {
        return 0;
    }
    let significand = (bits & ((1 << 52) - 1)) | (1 << 52);
    let magnitude = if exponent >= 0 {
        significand.wrapping_shl(exponent as u32)
    } else if exponent > -64 {
        significand >> (-exponent)
    } else {
        0
    };
    let low = magnitude as u32 as i32;
    if (bits >> 63) != 0 { low.wrapping_neg() } else { low }
}

/// `x` as an int64 when it is integral and in range. Negative zero counts as 0.
pub fn exact_i64(x: f64) -> Option<i64> {
    if (-9223372036854775808.0..9223372036854775808.0).contains(&x) && x.trunc() == x {
        Some(x as i64)
    } else {
        None
    }
}

/// `x` as a uint64 when it is integral and in range.
pub fn exact_u64(x: f64) -> Option<u64> {
    if x > -1.0 && x < 18446744073709551616.0 && x.trunc() == x { Some(x as u64) } else { None }
}

/// Exact order of an integer and a double, or `None` for NaN.
pub fn compare_int_f64(a: i128, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    if b >= 18446744073709551616.0 {
        return Some(Ordering::Less);
    }
    if b < -9223372036854775808.0 {
        return Some(Ordering::Greater);
    }
    let floor = b.floor();
    Some(a.cmp(&(floor as i128)).then(if floor < b { Ordering::Less } else { Ordering::Equal }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_int32_wraps() {
        for (x, want) in [
            (0.0, 0),
            (-0.0, 0),
            (1.9, 1),
            (-1.9, -1),
            (2147483648.0, i32::MIN),
            (4294967295.0, -1),
            (4294967296.5, 0),
            (-2147483649.0, 2147483647),
            (f64::NAN, 0),
            (f64::INFINITY, 0),
            (1e20, 1661992960),
            (-1e20, -1661992960),
            (9223372036854775808.0, 0),
            (2f64.powi(84), 0),
            (2f64.powi(83), 0),
            (9007199254740993.0 * 1024.0, 0),
            (f64::MIN_POSITIVE, 0),
        ] {
            assert_eq!(to_int32(x), want, "{x}");
            assert_eq!(to_int32_bits(x), want, "{x}");
        }
    }

    #[test]
    fn narrowing_is_exact() {
        assert_eq!(exact_i64(9223372036854775808.0), None);
        assert_eq!(exact_i64(-9223372036854775808.0), Some(i64::MIN));
        assert_eq!(exact_i64(0.5), None);
        assert_eq!(exact_u64(-1.0), None);
        assert_eq!(exact_u64(-0.0), Some(0));
        assert_eq!(exact_u64(18446744073709549568.0), Some(18446744073709549568));
    }

    #[test]
    fn comparison_is_exact() {
        assert_eq!(compare_int_f64(9007199254740993, 9007199254740992.0), Some(Ordering::Greater));
        assert_eq!(compare_int_f64(i64::MAX as i128, 9223372036854775808.0), Some(Ordering::Less));
        assert_eq!(compare_int_f64(-1, -0.5), Some(Ordering::Less));
        assert_eq!(compare_int_f64(0, -0.5), Some(Ordering::Greater));
        assert_eq!(compare_int_f64(0, f64::NAN), None);
        assert_eq!(compare_int_f64(u64::MAX as i128, f64::INFINITY), Some(Ordering::Less));
    }
}

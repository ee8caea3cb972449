//! Text to numbers by the grammars of ECMA-262.
//!
//! The callers hand over code units of any width; the decimal part, which is ASCII,
//! is collected and converted by the standard library, which rounds correctly.

use smallvec::SmallVec;

/// White space and line terminators of ECMA-262.
pub fn is_space(unit: u32) -> bool {
    matches!(
        unit,
        9..=13 | 32 | 0xA0 | 0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000 | 0xFEFF
    )
}

/// A code unit of a string's representation.
pub trait Unit: Copy {
    fn unit(self) -> u32;
}

impl Unit for u8 {
    fn unit(self) -> u32 {
        self as u32
    }
}

impl Unit for u16 {
    fn unit(self) -> u32 {
        self as u32
    }
}

/// `units` without white space at the start and end.
pub fn trim<T: Unit>(mut units: &[T]) -> &[T] {
    while let [first, rest @ ..] = units {
        if !is_space(first.unit()) {
            break;
        }
        units = rest;
    }
    while let [rest @ .., last] = units {
        if !is_space(last.unit()) {
            break;
        }
        units = rest;
    }
    units
}

/// `Number(string)`: NaN when the text is not a numeric literal.
pub fn to_number<T: Unit>(units: &[T]) -> f64 {
    let units = trim(units);
    if units.is_empty() {
        return 0.0;
    }
    if units.len() > 2 && units[0].unit() == '0' as u32 {
        let radix = match units[1].unit() | 0x20 {
            0x78 => 16,
            0x6F => 8,
            0x62 => 2,
            _ => 0,
        };
        if radix != 0 {
            let (value, used) = digits_to_f64(&units[2..], radix);
            return if used == units.len() - 2 { value } else { f64::NAN };
        }
    }
    match decimal_prefix(units) {
        (value, used) if used == units.len() => value,
        _ => f64::NAN,
    }
}

/// `parseFloat(string)`.
pub fn parse_float<T: Unit>(units: &[T]) -> f64 {
    match decimal_prefix(trim(units)) {
        (_, 0) => f64::NAN,
        (value, _) => value,
    }
}

/// The longest prefix that is a signed decimal literal or `Infinity`; length 0 for none.
fn decimal_prefix<T: Unit>(units: &[T]) -> (f64, usize) {
    let at = |i: usize| units.get(i).map_or(0, |u| u.unit());
    let is_digit = |i: usize| (0x30..0x3A).contains(&at(i));
    let mut i = usize::from(at(0) == '+' as u32 || at(0) == '-' as u32);
    let negative = at(0) == '-' as u32;
    let infinity = "Infinity";
    if infinity.bytes().enumerate().all(|(k, b)| at(i + k) == b as u32) {
        let value = if negative { f64::NEG_INFINITY } else { f64::INFINITY };
        return (value, i + infinity.len());
    }
    let first = i;
    let mut digits = 0;
    while is_digit(i) {
        i += 1;
        digits += 1;
    }
    // Up to 15 digits are exact in a double without further work.
    if digits > 0 && digits <= 15 && at(i) != '.' as u32 && at(i) | 0x20 != 'e' as u32 {
        let value = units[first..i].iter().fold(0u64, |v, u| v * 10 + (u.unit() - 0x30) as u64) as f64;
        return (if negative { -value } else { value }, i);
    }
    if at(i) == '.' as u32 && (digits > 0 || is_digit(i + 1)) {
        i += 1;
        while is_digit(i) {
            i += 1;
            digits += 1;
        }
    }
    if digits == 0 {
        return (f64::NAN, 0);
    }
    if at(i) | 0x20 == 'e' as u32 {
        let sign = usize::from(at(i + 1) == '+' as u32 || at(i + 1) == '-' as u32);
        if is_digit(i + 1 + sign) {
            i += 1 + sign;
            while is_digit(i) {
                i += 1;
            }
        }
    }
    let text: SmallVec<[u8; 64]> = units[..i].iter().map(|u| u.unit() as u8).collect();
    let value = std::str::from_utf8(&text).ok().and_then(|t| t.parse().ok()).unwrap_or(f64::NAN);
    (value, i)
}

fn digit_value(unit: u32) -> u32 {
    match unit {
        0x30..=0x39 => unit - 0x30,
        0x41..=0x5A => unit - 0x41 + 10,
        0x61..=0x7A => unit - 0x61 + 10,
        _ => 99,
    }
}

/// Leading digits of a radix and how many there were; exact rounding for radix 10
/// and powers of two, the usual accumulation for the others. NaN without digits.
fn digits_to_f64<T: Unit>(units: &[T], radix: u32) -> (f64, usize) {
    let used = units.iter().take_while(|u| digit_value(u.unit()) < radix).count();
    if used == 0 {
        return (f64::NAN, 0);
    }
    let digits = units[..used].iter().map(|u| digit_value(u.unit()));
    let value = if (radix as f64).powi(used as i32) <= 9007199254740992.0 {
        digits.fold(0u64, |v, d| v * radix as u64 + d as u64) as f64
    } else if radix == 10 {
        let text: String = digits.map(|d| (b'0' + d as u8) as char).collect();
        text.parse().unwrap_or(f64::NAN)
    } else if radix.is_power_of_two() {
        binary_to_f64(digits, radix.trailing_zeros())
    } else {
        chunked_to_f64(digits, radix)
    };
    (value, used)
}

/// Accumulates digits in parts that stay below 2^32, as V8 does, so that results agree.
fn chunked_to_f64(digits: impl Iterator<Item = u32>, radix: u32) -> f64 {
    let limit = u32::MAX / 36;
    let (mut value, mut part, mut multiplier) = (0f64, 0u32, 1u32);
    for d in digits {
        if multiplier as u64 * radix as u64 > limit as u64 {
            value = value * multiplier as f64 + part as f64;
            part = 0;
            multiplier = 1;
        }
        part = part * radix + d;
        multiplier *= radix;
    }
    value * multiplier as f64 + part as f64
}

/// Digits of a power-of-two radix, rounded half to even.
fn binary_to_f64(digits: impl Iterator<Item = u32>, bits: u32) -> f64 {
    let (mut head, mut dropped, mut sticky) = (0u128, 0i32, false);
    for d in digits {
        if head >> 100 == 0 {
            head = (head << bits) | d as u128;
        } else {
            dropped = dropped.saturating_add(bits as i32);
            sticky |= d != 0;
        }
    }
    // A sticky bit far below the rounding position decides ties.
    let exact = (head << 1) | sticky as u128;
    let mut value = exact as f64;
    let mut exponent = dropped - 1;
    while exponent > 0 && value.is_finite() {
        let step = exponent.min(1000);
        value *= 2f64.powi(step);
        exponent -= step;
    }
    if exponent < 0 { value * 0.5 } else { value }
}

/// `parseInt(string, radix)`; radix 0 stands for an absent one.
pub fn parse_int<T: Unit>(units: &[T], radix: i32) -> f64 {
    let mut units = trim(units);
    let mut negative = false;
    if let [first, rest @ ..] = units
        && (first.unit() == '-' as u32 || first.unit() == '+' as u32)
    {
        negative = first.unit() == '-' as u32;
        units = rest;
    }
    if radix != 0 && !(2..=36).contains(&radix) {
        return f64::NAN;
    }
    let prefixed = units.len() >= 2 && units[0].unit() == '0' as u32 && units[1].unit() | 0x20 == 'x' as u32;
    let mut radix = radix as u32;
    if prefixed && (radix == 0 || radix == 16) {
        units = &units[2..];
        radix = 16;
    } else if radix == 0 {
        radix = 10;
    }
    let (value, _) = digits_to_f64(units, radix);
    if negative { -value } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(s: &str) -> f64 {
        let wide: Vec<u16> = s.encode_utf16().collect();
        let x = to_number(&wide);
        if s.is_ascii() {
            assert_eq!(x.to_bits(), to_number(s.as_bytes()).to_bits());
        }
        x
    }

    #[test]
    fn numbers() {
        for (s, want) in [
            ("", 0.0),
            ("  \n\u{FEFF} ", 0.0),
            (" 12 ", 12.0),
            ("-0", -0.0),
            ("+.5", 0.5),
            ("5.", 5.0),
            ("1e3", 1000.0),
            ("1E-3", 0.001),
            ("0x1F", 31.0),
            ("0b101", 5.0),
            ("0O17", 15.0),
            ("Infinity", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
            ("123456789012345678901234567890", 123456789012345678901234567890.0),
            ("0x20000000000001", 9007199254740992.0),
            ("0x20000000000003", 9007199254740996.0),
            ("1e1000", f64::INFINITY),
        ] {
            assert_eq!(n(s).to_bits(), want.to_bits(), "{s:?}");
        }
        for s in ["abc", "1 2", "1e", "0x", "0x1g", "-0x10", ".", "+", "1_000", "infinity", "e5", "1n"] {
            assert!(n(s).is_nan(), "{s:?}");
        }
    }

    #[test]
    fn prefixes() {
        assert_eq!(parse_float(b"3.14abc"), 3.14);
        assert_eq!(parse_float(b"  -.5e+2x"), -50.0);
        assert_eq!(parse_float(b"1e+"), 1.0);
        assert_eq!(parse_float(b"Infinityx"), f64::INFINITY);
        assert!(parse_float(b"x1").is_nan());
        assert_eq!(parse_int(b"42px", 0), 42.0);
        assert_eq!(parse_int(b" -0x1f", 0), -31.0);
        assert_eq!(parse_int(b"0x1f", 16), 31.0);
        assert_eq!(parse_int(b"0x1f", 10), 0.0);
        assert_eq!(parse_int(b"zz", 36), 1295.0);
        assert!(parse_int(b"", 0).is_nan());
        assert!(parse_int(b"9", 8).is_nan());
        assert!(parse_int(b"1", 37).is_nan());
        assert!(parse_int(b"1", 1).is_nan());
        assert_eq!(parse_int(b"-0", 0).to_bits(), (-0.0f64).to_bits());
        assert_eq!(parse_int(b"123456789012345678901234567890", 10), 123456789012345678901234567890.0);
        assert_eq!(parse_int(b"900719925474099267n", 0), 900719925474099267.0);
    }

    #[test]
    fn long_binary_rounds_to_even() {
        let mut s = String::from("0b1");
        s.push_str(&"0".repeat(52));
        s.push('1');
        assert_eq!(to_number(s.as_bytes()), 2f64.powi(53));
        s.push_str(&"0".repeat(200));
        s.push('1');
        assert_eq!(to_number(s.as_bytes()), (2f64.powi(53) + 2.0) * 2f64.powi(201));
        assert_eq!(parse_int("f".repeat(400).as_bytes(), 16), f64::INFINITY);
    }
}

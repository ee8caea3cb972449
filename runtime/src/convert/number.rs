//! Doubles and integers as text, exactly as ECMA-262 and V8 print them.
//!
//! Shortest digits come from `ryu-js`. Fixed and exponential forms use Rust's exact
//! decimal expansion, corrected where the two standards part: at an exact tie
//! ECMA-262 takes the larger magnitude, Rust the even digit. Radix output is the
//! shortest text that lies within half a unit in the last place, as V8 prints it.

use smallvec::SmallVec;
use std::fmt::Write;

/// ASCII text of a number. Most fit the inline part.
pub type Text = SmallVec<[u8; 32]>;

/// `String(x)`.
pub fn f64_text(x: f64) -> Text {
    if x == x.trunc() && x.abs() < 1e15 {
        return i64_text(x as i64);
    }
    let mut out = Text::new();
    if x.is_nan() {
        out.extend_from_slice(b"NaN");
    } else if x.is_infinite() {
        out.extend_from_slice(if x > 0.0 { b"Infinity" } else { b"-Infinity" });
    } else {
        out.extend_from_slice(ryu_js::Buffer::new().format_finite(x).as_bytes());
    }
    out
}

/// Decimal digits of an integer.
pub fn i64_text(x: i64) -> Text {
    let mut out = u64_text(x.unsigned_abs());
    if x < 0 {
        out.insert(0, b'-');
    }
    out
}

/// Decimal digits of an unsigned integer.
pub fn u64_text(mut x: u64) -> Text {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (x % 10) as u8;
        x /= 10;
        if x == 0 {
            break;
        }
    }
    Text::from_slice(&digits[at..])
}

/// Text of NaN and the infinities, for the forms that do not treat them further.
fn special(x: f64) -> Option<Text> {
    if x.is_finite() { None } else { Some(f64_text(x)) }
}

/// Number of fractional binary digits of a finite double.
fn fraction_bits(x: f64) -> u32 {
    if x == 0.0 {
        return 0;
    }
    let bits = x.to_bits();
    let biased = ((bits >> 52) & 0x7FF) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let (significand, exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | (1 << 52), biased - 1075) };
    let lowest = exponent + significand.trailing_zeros() as i32;
    if lowest < 0 { (-lowest) as u32 } else { 0 }
}

/// Adds one unit in the last place of a run of decimal digits with an optional point.
/// Returns whether a carry left the front.
fn increment_decimal(digits: &mut [u8]) -> bool {
    for d in digits.iter_mut().rev() {
        match *d {
            b'.' => {}
            b'9' => *d = b'0',
            _ => {
                *d += 1;
                return false;
            }
        }
    }
    true
}

/// `x.toFixed(digits)` for 0 <= digits <= 100.
pub fn to_fixed(x: f64, digits: usize) -> Text {
    if !x.is_finite() || x.abs() >= 1e21 {
        return f64_text(x);
    }
    let mut out = Text::new();
    let magnitude = x.abs();
    // At most `digits + 1` fractional bits mean at most as many decimal places, so
    // one place more shows the exact value and with it a tie.
    if fraction_bits(magnitude) <= digits as u32 + 1 {
        let mut text = format!("{magnitude:.*}", digits + 1).into_bytes();
        let last = text.pop();
        if text.last() == Some(&b'.') {
            text.pop();
        }
        if last == Some(b'5') && increment_decimal(&mut text) {
            text.insert(0, b'1');
        }
        out.extend_from_slice(&text);
    } else {
        out.extend_from_slice(format!("{magnitude:.digits$}").as_bytes());
    }
    // The sign stays even when all digits are 0, but not for a zero.
    if x < 0.0 {
        out.insert(0, b'-');
    }
    out
}

/// `count` significant decimal digits of a positive finite double, ties upward, and
/// the exponent of the first.
fn significant(x: f64, count: usize) -> (Vec<u8>, i32) {
    let split = |s: String| -> (Vec<u8>, i32) {
        let (mantissa, exponent) = s.split_once('e').unwrap_or((&s, "0"));
        (mantissa.bytes().filter(|&b| b != b'.').collect(), exponent.parse().unwrap_or(0))
    };
    let (longer, _) = split(format!("{x:.count$e}"));
    if longer.last() == Some(&b'5') {
        // 767 digits show any double exactly.
        let (exact, exponent) = split(format!("{x:.800e}"));
        if exact[count] == b'5' && exact[count + 1..].iter().all(|&b| b == b'0') {
            let mut digits = exact[..count].to_vec();
            if increment_decimal(&mut digits) {
                digits.insert(0, b'1');
                digits.pop();
                return (digits, exponent + 1);
            }
            return (digits, exponent);
        }
    }
    split(format!("{x:.*e}", count - 1))
}

fn push_exponential(out: &mut Text, digits: &[u8], exponent: i32) {
    out.push(digits[0]);
    if digits.len() > 1 {
        out.push(b'.');
        out.extend_from_slice(&digits[1..]);
    }
    out.push(b'e');
    out.push(if exponent < 0 { b'-' } else { b'+' });
    out.extend_from_slice(&u64_text(exponent.unsigned_abs() as u64));
}

/// `x.toPrecision(precision)` for 1 <= precision <= 100.
pub fn to_precision(x: f64, precision: usize) -> Text {
    if let Some(text) = special(x) {
        return text;
    }
    let mut out = Text::new();
    if x < 0.0 {
        out.push(b'-');
    }
    let (digits, exponent) =
        if x == 0.0 { (vec![b'0'; precision], 0) } else { significant(x.abs(), precision) };
    if exponent < -6 || exponent >= precision as i32 {
        push_exponential(&mut out, &digits, exponent);
    } else if exponent < 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', (-exponent - 1) as usize));
        out.extend_from_slice(&digits);
    } else {
        let whole = exponent as usize + 1;
        out.extend_from_slice(&digits[..whole]);
        if whole < precision {
            out.push(b'.');
            out.extend_from_slice(&digits[whole..]);
        }
    }
    out
}

/// `x.toExponential(digits)`; without a count, as many digits as identify the value.
pub fn to_exponential(x: f64, digits: Option<usize>) -> Text {
    if let Some(text) = special(x) {
        return text;
    }
    let mut out = Text::new();
    if x < 0.0 {
        out.push(b'-');
    }
    let (digits, exponent) = match digits {
        Some(n) if x == 0.0 => (vec![b'0'; n + 1], 0),
        Some(n) => significant(x.abs(), n + 1),
        None => {
            // Rust's `{:e}` prints the shortest digits that identify the double.
            let mut text = String::new();
            let _ = write!(text, "{:e}", x.abs());
            let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            (mantissa.bytes().filter(|&b| b != b'.').collect(), exponent.parse().unwrap_or(0))
        }
    };
    push_exponential(&mut out, &digits, exponent);
    out
}

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// Integer in a radix of 2..=36.
pub fn i64_radix(x: i64, radix: u32) -> Text {
    let mut out = Text::new();
    let mut rest = x.unsigned_abs();
    loop {
        out.push(DIGITS[(rest % radix as u64) as usize]);
        rest /= radix as u64;
        if rest == 0 {
            break;
        }
    }
    if x < 0 {
        out.push(b'-');
    }
    out.reverse();
    out
}

/// `x.toString(radix)` for 2 <= radix <= 36.
pub fn to_radix(x: f64, radix: u32) -> Text {
    if radix == 10 {
        return f64_text(x);
    }
    if let Some(text) = special(x) {
        return text;
    }
    if x == x.trunc() && x.abs() <= 9007199254740992.0 {
        return i64_radix(x as i64, radix);
    }
    let magnitude = x.abs();
    let mut whole = magnitude.floor();
    let (fraction, carried) = radix_fraction(magnitude, magnitude - whole, radix);
    if carried {
        whole += 1.0;
    }
    let mut out = Text::new();
    if x < 0.0 {
        out.push(b'-');
    }
    push_radix_whole(&mut out, whole, radix);
    if !fraction.is_empty() {
        out.push(b'.');
        out.extend(fraction.iter().map(|&d| DIGITS[d as usize]));
    }
    out
}

/// Digits of the fraction until the rest is below half a unit in the last place of
/// the whole value; true when rounding carried into the whole part.
fn radix_fraction(value: f64, fraction: f64, radix: u32) -> (SmallVec<[u8; 64]>, bool) {
    let mut digits = SmallVec::new();
    let mut rest = fraction;
    let mut delta = (0.5 * (value.next_up() - value)).max(f64::from_bits(1));
    if rest < delta {
        return (digits, false);
    }
    loop {
        rest *= radix as f64;
        delta *= radix as f64;
        let digit = rest as u8;
        digits.push(digit);
        rest -= digit as f64;
        let round_up = rest > 0.5 || (rest == 0.5 && digit & 1 == 1);
        if round_up && rest + delta > 1.0 {
            // Digits that were the highest vanish into the carry.
            while let Some(last) = digits.pop() {
                if (last as u32) + 1 < radix {
                    digits.push(last + 1);
                    return (digits, false);
                }
            }
            return (digits, true);
        }
        if rest < delta {
            return (digits, false);
        }
    }
}

/// Digits of an integral double; places beyond 53 bits are zeros.
fn push_radix_whole(out: &mut Text, whole: f64, radix: u32) {
    let radix = radix as f64;
    let start = out.len();
    let mut rest = whole;
    while rest / radix >= 9007199254740992.0 {
        rest /= radix;
        out.push(b'0');
    }
    loop {
        let digit = rest % radix;
        out.push(DIGITS[digit as usize]);
        rest = (rest - digit) / radix;
        if rest <= 0.0 {
            break;
        }
    }
    out[start..].reverse();
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn s(t: Text) -> String {
        String::from_utf8(t.to_vec()).unwrap()
    }

    #[test]
    fn plain() {
        for (x, want) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-1.5, "-1.5"),
            (1e21, "1e+21"),
            (123456789012345680000.0, "123456789012345680000"),
            (1e-7, "1e-7"),
            (0.000001, "0.000001"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
            (5e-324, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (9007199254740993.0, "9007199254740992"),
            (999999999999999.0, "999999999999999"),
            (1e15, "1000000000000000"),
        ] {
            assert_eq!(s(f64_text(x)), want);
        }
        assert_eq!(s(i64_text(i64::MIN)), "-9223372036854775808");
        assert_eq!(s(u64_text(u64::MAX)), "18446744073709551615");
    }

    #[test]
    fn fixed() {
        for (x, d, want) in [
            (0.5, 0, "1"),
            (1.5, 0, "2"),
            (2.5, 0, "3"),
            (-2.5, 0, "-3"),
            (1.005, 2, "1.00"),
            (1.45, 1, "1.4"),
            (8.345, 2, "8.35"),
            (0.000001, 7, "0.0000010"),
            (-0.0000001, 2, "-0.00"),
            (-0.0, 2, "0.00"),
            (9.5, 0, "10"),
            (99.95, 1, "100.0"),
            (1e21, 2, "1e+21"),
            (123.456, 2, "123.46"),
            (10.235, 2, "10.23"),
            (0.125, 2, "0.13"),
            (0.375, 2, "0.38"),
        ] {
            assert_eq!(s(to_fixed(x, d)), want, "{x} {d}");
        }
    }

    #[test]
    fn precision_and_exponential() {
        for (x, p, want) in [
            (123.456, 4, "123.5"),
            (0.000123, 2, "0.00012"),
            (1234.5, 2, "1.2e+3"),
            (1e21, 3, "1.00e+21"),
            (2.5, 1, "3"),
            (25.0, 1, "3e+1"),
            (9.5, 1, "1e+1"),
            (0.0, 3, "0.00"),
            (1e-7, 2, "1.0e-7"),
            (-1.25, 2, "-1.3"),
        ] {
            assert_eq!(s(to_precision(x, p)), want, "{x} {p}");
        }
        assert_eq!(s(to_exponential(123456.0, Some(2))), "1.23e+5");
        assert_eq!(s(to_exponential(123456.0, None)), "1.23456e+5");
        assert_eq!(s(to_exponential(0.0, None)), "0e+0");
        assert_eq!(s(to_exponential(-0.00015, Some(0))), "-1e-4");
    }

    #[test]
    fn radix() {
        for (x, r, want) in [
            (255.0, 16, "ff"),
            (-255.0, 2, "-11111111"),
            (0.5, 2, "0.1"),
            (0.1, 2, "0.0001100110011001100110011001100110011001100110011001101"),
            (std::f64::consts::PI, 16, "3.243f6a8885a3"),
            (0.1, 3, "0.0022002200220022002200220022002201"),
            (1e21, 36, "5v1j4f4ds7c000"),
            (1e21, 7, "5135235413265003022600000"),
            (123.456, 36, "3f.gez4w97ry"),
        ] {
            assert_eq!(s(to_radix(x, r)), want, "{x} {r}");
        }
    }

    #[test]
    fn texts_are_those_of_node() {
        let mut failures = String::new();
        for line in include_str!("testdata/numbers.txt").lines() {
            let parts: Vec<&str> = line.split(' ').collect();
            let x = f64::from_bits(u64::from_str_radix(parts[0], 16).unwrap());
            let n: usize = parts[2].parse().unwrap();
            let got = s(match parts[1] {
                "str" => f64_text(x),
                "fixed" => to_fixed(x, n),
                "precision" => to_precision(x, n),
                "exponential" => to_exponential(x, Some(n)),
                _ => to_radix(x, n as u32),
            });
            if got != parts[3] {
                failures += &format!("{line}: {got}\n");
            }
        }
        assert!(failures.is_empty(), "{failures}");
    }

    proptest! {
        #[test]
        fn text_round_trips(bits: u64) {
            let x = f64::from_bits(bits);
            if x.is_finite() {
                prop_assert_eq!(s(f64_text(x)).parse::<f64>().unwrap(), x);
                prop_assert_eq!(s(to_exponential(x, None)).parse::<f64>().unwrap(), x);
                prop_assert_eq!(s(to_precision(x, 17)).parse::<f64>().unwrap(), x);
            }
        }

        #[test]
        fn integers_agree_with_std(x: i64) {
            prop_assert_eq!(s(i64_text(x)), x.to_string());
            prop_assert_eq!(i64::from_str_radix(&s(i64_radix(x, 36)), 36).unwrap(), x);
        }
    }
}

//! Values of literals, decoded from their source text.

use super::ast::{NumberLit, Span};
use crate::diag::{Diagnostic, registry as diag};

/// The exact integer that a decimal literal denotes, if it is one below 2^128.
fn decimal_integer(digits: &str) -> Option<u128> {
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (&digits[..at], digits[at + 1..].parse::<i64>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    let trimmed = significant.trim_end_matches('0');
    let zeros = (significant.len() - trimmed.len()) as i64;
    let scale = exponent.checked_sub(fraction.len() as i64)?.checked_add(zeros)?;
    let power = 10u128.checked_pow(u32::try_from(scale).ok()?)?;
    trimmed.parse::<u128>().ok()?.checked_mul(power)
}

/// The nearest double of a number in a power-of-two radix, ties to even.
fn radix_value(digits: &str, radix: u32) -> f64 {
    let bits_per_digit = radix.trailing_zeros();
    let (mut top, mut dropped, mut sticky) = (0u128, 0u32, false);
    for d in digits.chars().filter_map(|c| c.to_digit(radix)) {
        if top >> 120 == 0 {
            top = top << bits_per_digit | u128::from(d);
        } else {
            dropped = dropped.saturating_add(bits_per_digit);
            sticky |= d != 0;
        }
    }
    // `top` keeps more than 64 significant bits, so that the lowest can stand for all that follow.
    let value = (top | u128::from(sticky)) as f64;
    value * 2f64.powi(dropped.min(4000) as i32)
}

/// The value of a numeric literal that is not a BigInt.
pub(super) fn number(text: &str) -> NumberLit {
    let clean: String = text.chars().filter(|&c| c != '_').collect();
    let bytes = clean.as_bytes();
    let radix = match (bytes.first(), bytes.get(1).map(|b| b | 0x20)) {
        (Some(b'0'), Some(b'x')) => Some((16, 2)),
        (Some(b'0'), Some(b'o')) => Some((8, 2)),
        (Some(b'0'), Some(b'b')) => Some((2, 2)),
        (Some(b'0'), Some(b'0'..=b'7')) if bytes.iter().all(|b| matches!(b, b'0'..=b'7')) => Some((8, 1)),
        _ => None,
    };
    if let Some((radix, skip)) = radix {
        let digits: String = clean[skip..].chars().take_while(|c| c.is_digit(radix)).collect();
        let integer = u128::from_str_radix(&digits, radix).ok();
        return NumberLit { value: radix_value(&digits, radix), integer, written_as_integer: true };
    }
    let end = clean
        .char_indices()
        .find(|&(i, c)| {
            let sign = matches!(c, '+' | '-') && i > 0 && matches!(bytes[i - 1], b'e' | b'E');
            !(c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E') || sign)
        })
        .map_or(clean.len(), |(i, _)| i);
    let digits = &clean[..end];
    NumberLit {
        value: digits.parse().unwrap_or(f64::NAN),
        integer: decimal_integer(digits),
        written_as_integer: !digits.contains(['.', 'e', 'E']),
    }
}

/// A decoded string: UTF-16 code units, and whether a legacy octal escape was used.
pub(super) struct Decoded {
    pub units: Vec<u16>,
    /// `\1`, `\08`, `\8` or `\9`.
    pub octal: Option<Span>,
}

/// The first legacy octal escape of a string literal that starts at byte `base`.
pub(super) fn octal_escape(text: &str, base: u32) -> Option<Span> {
    let body = text.get(1..text.len().checked_sub(1)?)?;
    if !body.contains('\\') {
        return None;
    }
    decode(body, base + 1, false).ok()?.octal
}

/// Decodes the escapes in the body of a string or template that starts at byte `base`.
///
/// # Errors
/// The first escape that is not valid (in a template an octal escape is one).
pub(super) fn decode(body: &str, base: u32, is_template: bool) -> Result<Decoded, Diagnostic> {
    let mut out = Decoded { units: Vec::with_capacity(body.len()), octal: None };
    let mut chars = body.char_indices().peekable();
    let mut buffer = [0u16; 2];
    while let Some((at, c)) = chars.next() {
        if is_template && c == '\r' {
            chars.next_if(|&(_, c)| c == '\n');
            out.units.push(u16::from(b'\n'));
            continue;
        }
        if c != '\\' {
            out.units.extend_from_slice(c.encode_utf16(&mut buffer));
            continue;
        }
        let Some((_, escape)) = chars.next() else { break };
        let span_to = |end: usize| Span::new(base + at as u32, base + end as u32);
        match escape {
            'n' => out.units.push(10),
            't' => out.units.push(9),
            'r' => out.units.push(13),
            'b' => out.units.push(8),
            'f' => out.units.push(12),
            'v' => out.units.push(11),
            '\r' => {
                chars.next_if(|&(_, c)| c == '\n');
            }
            '\n' | '\u{2028}' | '\u{2029}' => {}
            'x' => {
                let mut value = 0;
                for _ in 0..2 {
                    let digit = chars.next_if(|(_, c)| c.is_ascii_hexdigit());
                    let Some(d) = digit.and_then(|(_, c)| c.to_digit(16)) else {
                        return Err(diag::bad_escape(span_to(at + 2), "hexadecimal"));
                    };
                    value = value * 16 + d as u16;
                }
                out.units.push(value);
            }
            'u' => match unicode(&mut chars) {
                Some(value) if value < 0x10000 => out.units.push(value as u16),
                Some(value) => {
                    let high = value - 0x10000;
                    out.units.push(0xD800 + (high >> 10) as u16);
                    out.units.push(0xDC00 + (high & 0x3FF) as u16);
                }
                None => return Err(diag::bad_escape(span_to(at + 2), "Unicode")),
            },
            '0' if !chars.peek().is_some_and(|(_, c)| c.is_ascii_digit()) => out.units.push(0),
            '0'..='9' if is_template => {
                return Err(diag::bad_escape(span_to(at + 2), "octal"));
            }
            '0'..='7' => {
                let mut value = escape as u32 - '0' as u32;
                let more = if escape <= '3' { 2 } else { 1 };
                for _ in 0..more {
                    match chars.next_if(|(_, c)| matches!(c, '0'..='7')) {
                        Some((_, d)) => value = value * 8 + (d as u32 - '0' as u32),
                        None => break,
                    }
                }
                out.octal.get_or_insert(span_to(at + 2));
                out.units.push(value as u16);
            }
            '8' | '9' => {
                out.octal.get_or_insert(span_to(at + 2));
                out.units.push(escape as u16);
            }
            other => out.units.extend_from_slice(other.encode_utf16(&mut buffer)),
        }
    }
    Ok(out)
}

/// Reads `XXXX` or `{X...}` after `\u`; values up to 0x10FFFF.
fn unicode(chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>) -> Option<u32> {
    let braced = chars.next_if(|&(_, c)| c == '{').is_some();
    let (mut value, mut count) = (0u32, 0);
    while braced || count < 4 {
        let Some((_, c)) = chars.next_if(|(_, c)| c.is_ascii_hexdigit()) else { break };
        value = value.saturating_mul(16).saturating_add(c.to_digit(16)?);
        count += 1;
    }
    let complete = if braced { count > 0 && chars.next_if(|&(_, c)| c == '}').is_some() } else { count == 4 };
    (complete && value <= 0x10FFFF).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_exact_value() {
        let n = |t| number(t);
        assert_eq!(n("9223372036854775807").integer, Some(i64::MAX as u128));
        assert_eq!(n("0xFFFF_FFFF_FFFF_FFFF").integer, Some(u128::from(u64::MAX)));
        assert!(n("1_000").written_as_integer && !n("1e3").written_as_integer);
        assert_eq!(n("1e3").integer, Some(1000));
        assert_eq!(n("1.5e1").integer, Some(15));
        assert_eq!(n("1.50").integer, None);
        assert_eq!(n(".5").value, 0.5);
        assert_eq!(n("5.").integer, Some(5));
        assert_eq!(n("017").value, 15.0);
        assert_eq!(n("018").value, 18.0);
        assert_eq!(n("1e-400").value, 0.0);
        assert_eq!(n("1e-400").integer, None);
        assert_eq!(n("0").integer, Some(0));
        assert_eq!(n("0x20000000000001").value, 9007199254740992.0);
        assert_eq!(n("0x20000000000003").value, 9007199254740996.0);
        let huge = format!("0x{}", "f".repeat(400));
        assert_eq!(n(&huge).value, f64::INFINITY);
        // Half a unit in the last place, and a digit far behind that decides.
        let half = format!("0x100000000000008{}", "0".repeat(26));
        assert_eq!(n(&half).value, 2f64.powi(52 + 108));
        let more = format!("0x100000000000008{}1", "0".repeat(25));
        assert_eq!(n(&more).value, (2f64.powi(52) + 1.0) * 2f64.powi(108));
    }

    #[test]
    fn escapes() {
        let d = |t: &str| decode(t, 0, false).map(|d| String::from_utf16_lossy(&d.units)).ok();
        assert_eq!(
            d(r"a\n\x41\u0042\u{1F600}\
b\q\0")
            .as_deref(),
            Some("a\nAB\u{1F600}bq\0")
        );
        assert_eq!(d(r"\x4"), None);
        assert_eq!(d(r"\u{110000}"), None);
        assert_eq!(decode(r"\ud800", 0, false).ok().map(|d| d.units), Some(vec![0xD800]));
        assert!(decode(r"\101", 0, false).is_ok_and(|d| d.octal.is_some() && d.units == [65]));
        assert!(decode(r"\1", 0, true).is_err());
    }
}

//! bigint: integers of any size.
//!
//! ```text
//! word  BOX | BIGINT | id ──> Box64 { i64 }                         what fits 64 bits
//!                         └─> Store<u64> sign, digit0, digit1, ...  everything else
//! ```
//! Values that fit 64 bits are always kept in the first form, so equal values of different
//! size cannot exist. Arithmetic tries 64 bits first and goes on with `num-bigint` when they
//! overflow. Errors are those of ECMA-262 with V8's texts.

use crate::array::store;
use crate::error;
use crate::object::cx::*;
use crate::object::value::{self, Num};
use crate::string::chars::Chars;
use crate::string::heap;
use core::cmp::Ordering;
use num_bigint::{BigInt, Sign};
use ultra_abi::rtfn::{ArithOp, UnaryOp};
use ultra_abi::shape::SHAPE_BOX64;
use ultra_abi::value::*;

/// Bits beyond which V8 refuses a result.
const MAX_BITS: u64 = 1 << 30;

pub fn is(word: Word) -> bool {
    tag(word) == TAG_BOX && (word >> 32) & 0xFFFF == BOX_BIGINT
}

/// The value when it fits 64 bits.
fn small(cx: Cx, word: Word) -> Option<i64> {
    let id = word as u32;
    (cx.shape(id) == SHAPE_BOX64).then(|| cx.read(id, 8))
}

/// The value of a bigint word.
pub fn get(cx: Cx, word: Word) -> BigInt {
    if let Some(v) = small(cx, word) {
        return BigInt::from(v);
    }
    let id = word as u32;
    let digit = |i: u32| cx.read::<u64>(id, store::offset(Kind::U64, i));
    let bytes: Vec<u8> = (1..store::len(cx, id)).flat_map(|i| digit(i).to_le_bytes()).collect();
    BigInt::from_bytes_le(if digit(0) == 0 { Sign::Plus } else { Sign::Minus }, &bytes)
}

pub fn from_i64(cx: Cx, v: i64) -> Res<Word> {
    let id = cx.alloc_uninit(16, SHAPE_BOX64)?;
    cx.write(id, 8, v);
    Ok(TAG_BOX << TAG_SHIFT | BOX_BIGINT << 32 | id as u64)
}

pub fn from_big(cx: Cx, v: &BigInt) -> Res<Word> {
    if let Ok(v) = i64::try_from(v) {
        return from_i64(cx, v);
    }
    if v.bits() > MAX_BITS {
        return Err(error::range_error(cx, "Maximum BigInt size exceeded"));
    }
    let (sign, digits) = v.to_u64_digits();
    let n = digits.len() as u32 + 1;
    let id = store::new(cx, Kind::U64, n, n)?;
    cx.write(id, store::offset(Kind::U64, 0), u64::from(sign == Sign::Minus));
    for (i, d) in digits.iter().enumerate() {
        cx.write(id, store::offset(Kind::U64, i as u32 + 1), *d);
    }
    Ok(TAG_BOX << TAG_SHIFT | BOX_BIGINT << 32 | id as u64)
}

/// The integer that a text is: decimal with a sign, or with a prefix for another radix; nothing is 0.
pub fn parse(text: &str) -> Option<BigInt> {
    let text = text.trim();
    let lower = text.get(..2).map(str::to_ascii_lowercase);
    let (digits, radix) = match lower.as_deref() {
        Some("0x") => (&text[2..], 16),
        Some("0o") => (&text[2..], 8),
        Some("0b") => (&text[2..], 2),
        _ => (text, 10),
    };
    if text.is_empty() {
        return Some(BigInt::from(0));
    }
    let unsigned = if radix == 10 { digits.strip_prefix(['-', '+']).unwrap_or(digits) } else { digits };
    if unsigned.is_empty() || !unsigned.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    BigInt::parse_bytes(digits.as_bytes(), radix)
}

/// `BigInt(value)`.
pub fn convert(cx: Cx, word: Word) -> Res<Word> {
    if is(word) {
        return Ok(word);
    }
    match value::numeric(cx, word) {
        Some(Num::F64(x)) => {
            return match exact(x) {
                Some(v) => from_big(cx, &v),
                None => {
                    let text = value::to_str(cx, word)?;
                    let text = heap::chars(cx, &text).to_utf8();
                    let message = "cannot be converted to a BigInt because it is not an integer";
                    Err(error::range_error(cx, &format!("The number {text} {message}")))
                }
            };
        }
        Some(Num::I64(v)) => return from_i64(cx, v),
        Some(Num::U64(v)) => return from_big(cx, &BigInt::from(v)),
        None => {}
    }
    match word {
        TRUE => return from_i64(cx, 1),
        FALSE => return from_i64(cx, 0),
        _ => {}
    }
    if is_string(word) || tag(word) == TAG_OBJECT {
        let text = value::to_str(cx, word)?;
        let text = heap::chars(cx, &text).to_utf8();
        return match parse(&text) {
            Some(v) => from_big(cx, &v),
            None => Err(error::syntax_error(cx, &format!("Cannot convert {text} to a BigInt"))),
        };
    }
    let text = value::to_str(cx, word)?;
    Err(error::type_error(cx, &format!("Cannot convert {} to a BigInt", heap::chars(cx, &text).to_utf8())))
}

/// An integral double as an exact integer.
fn exact(x: f64) -> Option<BigInt> {
    if !x.is_finite() || x.trunc() != x {
        return None;
    }
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i64 - 1075;
    let significand = if (bits >> 52) & 0x7FF == 0 { 0 } else { bits & ((1 << 52) - 1) | 1 << 52 };
    let v = BigInt::from(significand);
    let v = if exponent >= 0 { v << exponent as u64 } else { v >> (-exponent).min(64) as u64 };
    Some(if x < 0.0 { -v } else { v })
}

/// Number(value): the nearest double.
pub fn to_f64(cx: Cx, word: Word) -> f64 {
    match small(cx, word) {
        Some(v) => v as f64,
        // The decimal text converts with correct rounding.
        None => get(cx, word).to_string().parse().unwrap_or(f64::NAN),
    }
}

pub fn text(cx: Cx, word: Word, radix: u32) -> String {
    match small(cx, word) {
        Some(v) if radix == 10 => v.to_string(),
        _ => get(cx, word).to_str_radix(radix),
    }
}

pub fn is_zero(cx: Cx, word: Word) -> bool {
    small(cx, word) == Some(0)
}

pub fn equals(cx: Cx, a: Word, b: Word) -> bool {
    match (small(cx, a), small(cx, b)) {
        (Some(x), Some(y)) => x == y,
        (None, None) => get(cx, a) == get(cx, b),
        _ => false,
    }
}

pub fn hash(cx: Cx, word: Word) -> u32 {
    match small(cx, word) {
        Some(v) => heap::mix(v as u64),
        None => {
            let (sign, digits) = get(cx, word).to_u64_digits();
            digits.iter().fold(heap::mix(u64::from(sign == Sign::Minus)), |h, d| heap::mix(d ^ u64::from(h)))
        }
    }
}

/// Order of a bigint and a primitive value; `None` when unordered.
pub fn compare(cx: Cx, a: Word, b: Word) -> Res<Option<Ordering>> {
    if is(a) && is(b) {
        return Ok(Some(match (small(cx, a), small(cx, b)) {
            (Some(x), Some(y)) => x.cmp(&y),
            _ => get(cx, a).cmp(&get(cx, b)),
        }));
    }
    if !is(a) {
        return Ok(compare(cx, b, a)?.map(Ordering::reverse));
    }
    if is_string(b) {
        return Ok(parse(&heap::chars(cx, &b).to_utf8()).map(|v| get(cx, a).cmp(&v)));
    }
    Ok(match value::to_num(cx, b)? {
        Num::F64(x) if x.is_nan() => None,
        Num::F64(x) if x.is_infinite() => Some(if x > 0.0 { Ordering::Less } else { Ordering::Greater }),
        Num::F64(x) => {
            let floor = x.floor();
            let whole = exact(floor).unwrap_or_default();
            Some(get(cx, a).cmp(&whole).then(if floor < x { Ordering::Less } else { Ordering::Equal }))
        }
        Num::I64(v) => Some(get(cx, a).cmp(&BigInt::from(v))),
        Num::U64(v) => Some(get(cx, a).cmp(&BigInt::from(v))),
    })
}

fn mixed(cx: Cx) -> Thrown {
    error::type_error(cx, "Cannot mix BigInt and other types, use explicit conversions")
}

pub fn add(cx: Cx, a: Word, b: Word) -> Res<Word> {
    if !is(a) || !is(b) {
        return Err(mixed(cx));
    }
    if let (Some(x), Some(y)) = (small(cx, a), small(cx, b))
        && let Some(sum) = x.checked_add(y)
    {
        return from_i64(cx, sum);
    }
    from_big(cx, &(get(cx, a) + get(cx, b)))
}

/// a op b for the other operators.
pub fn arith(cx: Cx, op: ArithOp, a: Word, b: Word) -> Res<Word> {
    if !is(a) || !is(b) {
        return Err(mixed(cx));
    }
    if let (Some(x), Some(y)) = (small(cx, a), small(cx, b))
        && let Some(r) = small_arith(op, x, y)
    {
        return from_i64(cx, r);
    }
    let (x, y) = (get(cx, a), get(cx, b));
    let zero = BigInt::ZERO;
    let r = match op {
        ArithOp::Sub => x - y,
        ArithOp::Mul => x * y,
        ArithOp::Div | ArithOp::Rem if y == zero => return Err(error::range_error(cx, "Division by zero")),
        ArithOp::Div => x / y,
        ArithOp::Rem => x % y,
        ArithOp::Pow => return power(cx, &x, &y),
        ArithOp::BitAnd => x & y,
        ArithOp::BitOr => x | y,
        ArithOp::BitXor => x ^ y,
        ArithOp::Shl => return shift(cx, x, &y),
        ArithOp::Shr => return shift(cx, x, &-y),
        ArithOp::UShr => {
            return Err(error::type_error(cx, "BigInts have no unsigned right shift, use >> instead"));
        }
    };
    from_big(cx, &r)
}

/// The result where operands and result fit 64 bits.
fn small_arith(op: ArithOp, x: i64, y: i64) -> Option<i64> {
    match op {
        ArithOp::Sub => x.checked_sub(y),
        ArithOp::Mul => x.checked_mul(y),
        ArithOp::Div => x.checked_div(y),
        ArithOp::Rem => x.checked_rem(y),
        ArithOp::Pow => u32::try_from(y).ok().and_then(|y| x.checked_pow(y)),
        ArithOp::BitAnd => Some(x & y),
        ArithOp::BitOr => Some(x | y),
        ArithOp::BitXor => Some(x ^ y),
        ArithOp::Shl if (0..63).contains(&y) && (x << y) >> y == x => Some(x << y),
        ArithOp::Shr if y >= 0 => Some(x >> y.min(63)),
        _ => None,
    }
}

fn power(cx: Cx, x: &BigInt, y: &BigInt) -> Res<Word> {
    if y.sign() == Sign::Minus {
        return Err(error::range_error(cx, "Exponent must be non-negative"));
    }
    let unit = x.bits() <= 1;
    let exponent = match u32::try_from(y) {
        Ok(e) if unit || x.bits().saturating_mul(u64::from(e)) <= MAX_BITS + x.bits() => e,
        // Of a power of 0, 1 and -1 only whether the exponent is odd matters.
        Err(_) if unit => 2 + u32::from(y.bit(0)),
        _ => return Err(error::range_error(cx, "Maximum BigInt size exceeded")),
    };
    from_big(cx, &x.pow(exponent))
}

/// x shifted to the left; a negative count shifts to the right, towards minus infinity.
fn shift(cx: Cx, x: BigInt, count: &BigInt) -> Res<Word> {
    let n = i64::try_from(count).unwrap_or(if count.sign() == Sign::Minus { i64::MIN } else { i64::MAX });
    if n > 0 && x.sign() != Sign::NoSign && n as u64 + x.bits() > MAX_BITS {
        return Err(error::range_error(cx, "Maximum BigInt size exceeded"));
    }
    let r = match n {
        _ if x.sign() == Sign::NoSign => x,
        0.. => x << n as u64,
        _ => x >> n.unsigned_abs().min(MAX_BITS + 1),
    };
    from_big(cx, &r)
}

/// A numeric operator of one operand.
pub fn unary(cx: Cx, op: UnaryOp, a: Word) -> Res<Word> {
    if let Some(v) = small(cx, a) {
        let r = match op {
            UnaryOp::ToNumeric => return Ok(a),
            UnaryOp::Neg => v.checked_neg(),
            UnaryOp::BitNot => Some(!v),
            UnaryOp::Inc => v.checked_add(1),
            UnaryOp::Dec => v.checked_sub(1),
        };
        if let Some(r) = r {
            return from_i64(cx, r);
        }
    }
    let v = get(cx, a);
    let r = match op {
        UnaryOp::ToNumeric => return Ok(a),
        UnaryOp::Neg => -v,
        UnaryOp::BitNot => -v - 1,
        UnaryOp::Inc => v + 1,
        UnaryOp::Dec => v - 1,
    };
    from_big(cx, &r)
}

/// The low `bits` of a bigint, as a signed or unsigned integer of that width.
pub fn as_int_n(cx: Cx, bits: f64, word: Word, signed: bool) -> Res<Word> {
    let bits = bits.trunc();
    if !(0.0..=9007199254740991.0).contains(&bits) {
        return Err(error::range_error(cx, "Invalid value: not (convertible to) a safe integer"));
    }
    if !is(word) {
        let text = value::to_str(cx, word)?;
        return Err(error::type_error(
            cx,
            &format!("Cannot convert {} to a BigInt", heap::chars(cx, &text).to_utf8()),
        ));
    }
    if let (Some(v), true) = (small(cx, word), bits <= 64.0) {
        return match (bits as u32, signed) {
            (0, _) => from_i64(cx, 0),
            (n, true) => from_i64(cx, v << (64 - n) >> (64 - n)),
            (64, false) => from_big(cx, &BigInt::from(v as u64)),
            (n, false) => from_i64(cx, (v as u64 & ((1 << n) - 1)) as i64),
        };
    }
    let v = get(cx, word);
    if bits as u64 > MAX_BITS {
        // Wider than any value: what is negative has no unsigned form that fits.
        return match v.sign() == Sign::Minus && !signed {
            true => Err(error::range_error(cx, "Maximum BigInt size exceeded")),
            false => Ok(word),
        };
    }
    let modulus = BigInt::from(1) << bits as u64;
    let mut r: BigInt = v & (&modulus - 1i32);
    if signed && bits > 0.0 && r.bit(bits as u64 - 1) {
        r -= modulus;
    }
    from_big(cx, &r)
}

/// A bigint written in the source: digits that may have a prefix for another radix.
pub fn literal(cx: Cx, chars: Chars<'_>) -> Res<Word> {
    let v = parse(&chars.to_utf8()).unwrap_or_default();
    from_big(cx, &v)
}

/// The low 64 bits, as elements of BigInt64Array and BigUint64Array keep them.
pub fn low_bits(cx: Cx, word: Word) -> u64 {
    match small(cx, word) {
        Some(v) => v as u64,
        None => {
            let low = get(cx, word) & BigInt::from(u64::MAX);
            low.to_u64_digits().1.first().copied().unwrap_or(0)
        }
    }
}

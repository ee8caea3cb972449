//! Operations on `any`: conversions, equality, order and arithmetic.
//!
//! Numbers in `any` are doubles, int64 (48 bits inline, else boxed) or uint64 (boxed).
//! int64 with int64 stays int64 and wraps, likewise uint64; every other mixture is
//! done in float64. Comparison is exact across the types.
//! Conversions of objects never call user code: what `toString` and `valueOf` of the
//! built-in classes give is done here, user methods are called by compiled code.

use crate::array;
use crate::builtins::math;
use crate::convert::int::{compare_int_f64, to_int32};
use crate::convert::number;
use crate::error;
use crate::object::bigint;
use crate::object::cx::*;
use crate::string::{atoms, concat, heap};
use core::cmp::Ordering;
use ultra_abi::rtfn::{ArithOp, UnaryOp};
use ultra_abi::shape::*;
use ultra_abi::value::*;

const INT48_MAX: i64 = (1 << 47) - 1;
const INT48_MIN: i64 = -(1 << 47);
const BITS: u32 = 8;

/// A number out of `any`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Num {
    F64(f64),
    I64(i64),
    U64(u64),
}

impl Num {
    pub fn as_f64(self) -> f64 {
        match self {
            Num::F64(x) => x,
            Num::I64(v) => v as f64,
            Num::U64(v) => v as f64,
        }
    }

    fn as_int(self) -> Option<i128> {
        match self {
            Num::F64(_) => None,
            Num::I64(v) => Some(v as i128),
            Num::U64(v) => Some(v as i128),
        }
    }

    /// Exact order; `None` when either is NaN.
    pub fn compare(self, other: Num) -> Option<Ordering> {
        match (self.as_int(), other.as_int()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            (Some(a), None) => compare_int_f64(a, other.as_f64()),
            (None, Some(b)) => compare_int_f64(b, self.as_f64()).map(Ordering::reverse),
            (None, None) => self.as_f64().partial_cmp(&other.as_f64()),
        }
    }
}

/// int64 as `any`.
pub fn from_i64(cx: Cx, v: i64) -> Res<Word> {
    if (INT48_MIN..=INT48_MAX).contains(&v) {
        return Ok((TAG_INT48 << TAG_SHIFT) | (v as u64 & ((1 << 48) - 1)));
    }
    boxed(cx, BOX_INT64, v as u64)
}

/// uint64 as `any`: always boxed, so that it keeps its type.
pub fn from_u64(cx: Cx, v: u64) -> Res<Word> {
    boxed(cx, BOX_UINT64, v)
}

fn boxed(cx: Cx, kind: u64, bits: u64) -> Res<Word> {
    let id = cx.alloc_uninit(16, SHAPE_BOX64)?;
    cx.write(id, BITS, bits);
    Ok((TAG_BOX << TAG_SHIFT) | (kind << 32) | id as u64)
}

fn box_kind(word: Word) -> u64 {
    (word >> 32) & 0xFFFF
}

pub fn from_num(cx: Cx, n: Num) -> Res<Word> {
    match n {
        Num::F64(x) => Ok(from_f64(x)),
        Num::I64(v) => from_i64(cx, v),
        Num::U64(v) => from_u64(cx, v),
    }
}

/// The number in a word, if it is one.
pub fn numeric(cx: Cx, word: Word) -> Option<Num> {
    if let Some(x) = number_of(word) {
        return Some(Num::F64(x));
    }
    match tag(word) {
        TAG_INT48 => Some(Num::I64(((word << 16) as i64) >> 16)),
        TAG_BOX if box_kind(word) == BOX_INT64 => Some(Num::I64(cx.read(word as u32, BITS))),
        TAG_BOX if box_kind(word) == BOX_UINT64 => Some(Num::U64(cx.read(word as u32, BITS))),
        _ => None,
    }
}

/// Boolean(value).
pub fn truthy(cx: Cx, word: Word) -> bool {
    match numeric(cx, word) {
        Some(Num::F64(x)) => x != 0.0 && !x.is_nan(),
        Some(Num::I64(v)) => v != 0,
        Some(Num::U64(v)) => v != 0,
        None if bigint::is(word) => !bigint::is_zero(cx, word),
        None => !matches!(word, UNDEFINED | NULL | FALSE | HOLE | ABSENT | EMPTY_STRING),
    }
}

/// typeof, as an ASCII text.
pub fn type_of(cx: Cx, word: Word) -> &'static str {
    match tag(word) {
        TAG_OBJECT if cx.kind(word as u32) == ObjKind::Closure => "function",
        TAG_OBJECT => "object",
        TAG_STRING | TAG_SMALL_STRING => "string",
        TAG_MISC => match word {
            TRUE | FALSE => "boolean",
            NULL => "object",
            _ => "undefined",
        },
        TAG_BOX if box_kind(word) == BOX_BIGINT => "bigint",
        TAG_BOX if box_kind(word) == BOX_SYMBOL => "symbol",
        _ => "number",
    }
}

/// Every result of `type_of`.
const TYPE_NAMES: [&str; 8] =
    ["function", "object", "string", "boolean", "undefined", "bigint", "symbol", "number"];

/// Makes the atoms of all results of typeof, which can then no longer fail.
pub fn prepare_type_names(cx: Cx) -> Res<()> {
    for text in TYPE_NAMES {
        let atom = atoms::intern_str(cx, text)?;
        cx.library().type_names.push((text, atom));
    }
    Ok(())
}

/// typeof, as an atom.
pub fn type_name_word(cx: Cx, word: Word) -> Word {
    let text = type_of(cx, word);
    match cx.library().type_names.iter().find(|(name, _)| *name == text) {
        Some(&(_, atom)) => atom,
        None => unreachable!("{text} is not among the names of types"),
    }
}

/// Text of a number as String(value) gives it.
pub fn num_text(n: Num) -> number::Text {
    match n {
        Num::F64(x) => number::f64_text(x),
        Num::I64(v) => number::i64_text(v),
        Num::U64(v) => number::u64_text(v),
    }
}

/// String(value) without calling user code.
pub fn to_str(cx: Cx, word: Word) -> Res<Word> {
    if is_string(word) {
        return Ok(word);
    }
    if let Some(n) = numeric(cx, word) {
        return heap::from_latin1(cx, &num_text(n));
    }
    match word {
        UNDEFINED | HOLE | ABSENT => return heap::from_str(cx, "undefined"),
        NULL => return heap::from_str(cx, "null"),
        TRUE => return heap::from_str(cx, "true"),
        FALSE => return heap::from_str(cx, "false"),
        _ => {}
    }
    match object_of(word) {
        Some(id) => object_to_str(cx, id),
        None if bigint::is(word) => heap::from_str(cx, &bigint::text(cx, word, 10)),
        None => Err(error::type_error(cx, "Cannot convert a Symbol value to a string")),
    }
}

fn object_to_str(cx: Cx, id: u32) -> Res<Word> {
    match cx.kind(id) {
        ObjKind::Array => array::ops::join(cx, id, None),
        ObjKind::Closure => {
            let record = cx.function(cx.read(id, 8));
            let name = record.map_or("", |r| &r.name);
            let text = if record.is_some_and(|r| r.is_class) {
                format!("class {name} {{ [native code] }}")
            } else {
                format!("function {name}() {{ [native code] }}")
            };
            heap::from_str(cx, &text)
        }
        ObjKind::Map => heap::from_str(cx, "[object Map]"),
        ObjKind::Set => heap::from_str(cx, "[object Set]"),
        _ if error::is_error(cx, id) => {
            let text = error::to_text(cx, id)?;
            heap::from_builder(cx, &text)
        }
        _ => heap::from_str(cx, "[object Object]"),
    }
}

/// Primitive value of an object, or the word itself.
pub fn to_primitive(cx: Cx, word: Word) -> Res<Word> {
    if tag(word) == TAG_OBJECT { to_str(cx, word) } else { Ok(word) }
}

/// The number that arithmetic makes of a value.
pub fn to_num(cx: Cx, word: Word) -> Res<Num> {
    if let Some(n) = numeric(cx, word) {
        return Ok(n);
    }
    let x = match word {
        UNDEFINED | HOLE | ABSENT => f64::NAN,
        NULL | FALSE => 0.0,
        TRUE => 1.0,
        _ if is_string(word) => heap::chars(cx, &word).to_number(),
        _ if tag(word) == TAG_OBJECT => {
            let text = to_primitive(cx, word)?;
            heap::chars(cx, &text).to_number()
        }
        _ if bigint::is(word) => {
            return Err(error::type_error(cx, "Cannot convert a BigInt value to a number"));
        }
        _ => return Err(error::type_error(cx, "Cannot convert a Symbol value to a number")),
    };
    Ok(Num::F64(x))
}

/// Number(value).
pub fn to_f64(cx: Cx, word: Word) -> Res<f64> {
    to_num(cx, word).map(Num::as_f64)
}

/// a === b.
pub fn strict_eq(cx: Cx, a: Word, b: Word) -> bool {
    if is_double(a) && is_double(b) {
        return f64::from_bits(a) == f64::from_bits(b);
    }
    if is_string(a) && is_string(b) {
        return heap::equals(cx, a, b);
    }
    if bigint::is(a) && bigint::is(b) {
        return bigint::equals(cx, a, b);
    }
    match (numeric(cx, a), numeric(cx, b)) {
        (Some(x), Some(y)) => x.compare(y) == Some(Ordering::Equal),
        _ => absent_as_undefined(a) == absent_as_undefined(b),
    }
}

fn absent_as_undefined(word: Word) -> Word {
    if matches!(word, HOLE | ABSENT) { UNDEFINED } else { word }
}

/// Equality of Map keys and `includes`: strict, but NaN equals itself.
pub fn same_value_zero(cx: Cx, a: Word, b: Word) -> bool {
    let nan = |w: Word| number_of(w).is_some_and(f64::is_nan);
    strict_eq(cx, a, b) || (nan(a) && nan(b))
}

/// a == b.
pub fn loose_eq(cx: Cx, a: Word, b: Word) -> Res<bool> {
    let (a, b) = (absent_as_undefined(a), absent_as_undefined(b));
    if is_nullish(a) || is_nullish(b) {
        return Ok(is_nullish(a) && is_nullish(b));
    }
    let object = |w| tag(w) == TAG_OBJECT;
    if object(a) && object(b) {
        return Ok(a == b);
    }
    let (a, b) = (to_primitive(cx, a)?, to_primitive(cx, b)?);
    if is_string(a) && is_string(b) {
        return Ok(heap::equals(cx, a, b));
    }
    let symbol = |w: Word| tag(w) == TAG_BOX && box_kind(w) == BOX_SYMBOL;
    if symbol(a) || symbol(b) {
        return Ok(a == b);
    }
    if bigint::is(a) || bigint::is(b) {
        return Ok(bigint::compare(cx, a, b)? == Some(Ordering::Equal));
    }
    Ok(to_num(cx, a)?.compare(to_num(cx, b)?) == Some(Ordering::Equal))
}

/// Order of two values as `<` sees it: `None` when unordered.
pub fn compare(cx: Cx, a: Word, b: Word) -> Res<Option<Ordering>> {
    let (a, b) = (to_primitive(cx, a)?, to_primitive(cx, b)?);
    if is_string(a) && is_string(b) {
        return Ok(Some(heap::chars(cx, &a).compare(heap::chars(cx, &b))));
    }
    if bigint::is(a) || bigint::is(b) {
        return bigint::compare(cx, a, b);
    }
    Ok(to_num(cx, a)?.compare(to_num(cx, b)?))
}

/// a + b.
pub fn add(cx: Cx, a: Word, b: Word) -> Res<Word> {
    if is_double(a) && is_double(b) {
        return Ok(from_f64(f64::from_bits(a) + f64::from_bits(b)));
    }
    let (a, b) = (to_primitive(cx, a)?, to_primitive(cx, b)?);
    if is_string(a) || is_string(b) {
        let (a, b) = (to_str(cx, a)?, to_str(cx, b)?);
        return concat::concat(cx, a, b);
    }
    if bigint::is(a) || bigint::is(b) {
        return bigint::add(cx, a, b);
    }
    let sum = match (to_num(cx, a)?, to_num(cx, b)?) {
        (Num::I64(x), Num::I64(y)) => Num::I64(x.wrapping_add(y)),
        (Num::U64(x), Num::U64(y)) => Num::U64(x.wrapping_add(y)),
        (x, y) => Num::F64(x.as_f64() + y.as_f64()),
    };
    from_num(cx, sum)
}

/// a op b for the other operators.
pub fn arith(cx: Cx, op: ArithOp, a: Word, b: Word) -> Res<Word> {
    if bigint::is(a) || bigint::is(b) {
        return bigint::arith(cx, op, to_primitive(cx, a)?, to_primitive(cx, b)?);
    }
    let (x, y) = (to_num(cx, a)?, to_num(cx, b)?);
    let shift = matches!(op, ArithOp::Shl | ArithOp::Shr | ArithOp::UShr);
    let result = match (x, y) {
        // The width of a shift is that of its left operand.
        (Num::I64(x), y) if shift => Num::I64(shift_i64(op, x, to_int32(y.as_f64()) as u32)),
        (Num::U64(x), y) if shift => Num::U64(shift_u64(op, x, to_int32(y.as_f64()) as u32)),
        (Num::I64(x), Num::I64(y)) => int_arith(cx, op, x, y)?,
        (Num::U64(x), Num::U64(y)) => uint_arith(cx, op, x, y)?,
        _ => Num::F64(float_arith(op, x.as_f64(), y.as_f64())),
    };
    from_num(cx, result)
}

fn shift_i64(op: ArithOp, x: i64, count: u32) -> i64 {
    match op {
        ArithOp::Shl => x.wrapping_shl(count),
        ArithOp::Shr => x.wrapping_shr(count),
        _ => (x as u64).wrapping_shr(count) as i64,
    }
}

fn shift_u64(op: ArithOp, x: u64, count: u32) -> u64 {
    if op == ArithOp::Shl { x.wrapping_shl(count) } else { x.wrapping_shr(count) }
}

fn int_arith(cx: Cx, op: ArithOp, x: i64, y: i64) -> Res<Num> {
    Ok(Num::I64(match op {
        ArithOp::Sub => x.wrapping_sub(y),
        ArithOp::Mul => x.wrapping_mul(y),
        ArithOp::Div | ArithOp::Rem if y == 0 => return Err(error::division_by_zero(cx)),
        ArithOp::Div => x.wrapping_div(y),
        ArithOp::Rem => x.wrapping_rem(y),
        ArithOp::Pow if y < 0 => return Ok(Num::F64(math::pow(x as f64, y as f64))),
        ArithOp::Pow => x.wrapping_pow(y.min(u32::MAX as i64) as u32),
        ArithOp::BitAnd => x & y,
        ArithOp::BitOr => x | y,
        ArithOp::BitXor => x ^ y,
        ArithOp::Shl | ArithOp::Shr | ArithOp::UShr => shift_i64(op, x, y as u32),
    }))
}

fn uint_arith(cx: Cx, op: ArithOp, x: u64, y: u64) -> Res<Num> {
    Ok(Num::U64(match op {
        ArithOp::Sub => x.wrapping_sub(y),
        ArithOp::Mul => x.wrapping_mul(y),
        ArithOp::Div | ArithOp::Rem if y == 0 => return Err(error::division_by_zero(cx)),
        ArithOp::Div => x / y,
        ArithOp::Rem => x % y,
        ArithOp::Pow => x.wrapping_pow(y.min(u32::MAX as u64) as u32),
        ArithOp::BitAnd => x & y,
        ArithOp::BitOr => x | y,
        ArithOp::BitXor => x ^ y,
        ArithOp::Shl | ArithOp::Shr | ArithOp::UShr => shift_u64(op, x, y as u32),
    }))
}

fn float_arith(op: ArithOp, x: f64, y: f64) -> f64 {
    let int = to_int32;
    match op {
        ArithOp::Sub => x - y,
        ArithOp::Mul => x * y,
        ArithOp::Div => x / y,
        ArithOp::Rem => x % y,
        ArithOp::Pow => math::pow(x, y),
        ArithOp::BitAnd => (int(x) & int(y)) as f64,
        ArithOp::BitOr => (int(x) | int(y)) as f64,
        ArithOp::BitXor => (int(x) ^ int(y)) as f64,
        ArithOp::Shl => int(x).wrapping_shl(int(y) as u32) as f64,
        ArithOp::Shr => int(x).wrapping_shr(int(y) as u32) as f64,
        ArithOp::UShr => (int(x) as u32).wrapping_shr(int(y) as u32) as f64,
    }
}

/// A numeric operator of one operand.
pub fn unary(cx: Cx, op: UnaryOp, a: Word) -> Res<Word> {
    if bigint::is(a) {
        return bigint::unary(cx, op, a);
    }
    let result = match (to_num(cx, a)?, op) {
        (n, UnaryOp::ToNumeric) => n,
        (Num::F64(x), UnaryOp::Neg) => Num::F64(-x),
        (Num::F64(x), UnaryOp::BitNot) => Num::F64(!to_int32(x) as f64),
        (Num::F64(x), UnaryOp::Inc) => Num::F64(x + 1.0),
        (Num::F64(x), UnaryOp::Dec) => Num::F64(x - 1.0),
        (Num::I64(v), UnaryOp::Neg) => Num::I64(v.wrapping_neg()),
        (Num::I64(v), UnaryOp::BitNot) => Num::I64(!v),
        (Num::I64(v), UnaryOp::Inc) => Num::I64(v.wrapping_add(1)),
        (Num::I64(v), UnaryOp::Dec) => Num::I64(v.wrapping_sub(1)),
        (Num::U64(v), UnaryOp::Neg) => Num::U64(v.wrapping_neg()),
        (Num::U64(v), UnaryOp::BitNot) => Num::U64(!v),
        (Num::U64(v), UnaryOp::Inc) => Num::U64(v.wrapping_add(1)),
        (Num::U64(v), UnaryOp::Dec) => Num::U64(v.wrapping_sub(1)),
    };
    from_num(cx, result)
}

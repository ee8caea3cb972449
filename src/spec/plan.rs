//! Decisions that inference and code generation share: what an operator does on
//! operands of given types. Inference takes the result type from a plan, code
//! generation follows it, so the two agree by construction.

use ultra_ir::Kind;
use ultra_ir::op::JsBinOp;

use super::ty::*;

/// The value of a numeric literal.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Lit {
    pub value: f64,
    /// The exact value when it is an integer.
    pub int: Option<i128>,
    /// Written without point or exponent: `2.0` and `1e3` are float64 wherever they stand.
    pub written_int: bool,
}

impl Lit {
    /// Whether the literal is a value of the integer kind.
    pub fn fits(self, kind: Kind) -> bool {
        self.int.is_some_and(|v| int_range(kind).contains(&v))
    }

    pub fn exact_in_f32(self) -> bool {
        (self.value as f32) as f64 == self.value
    }
}

/// Values of an integer kind.
pub fn int_range(kind: Kind) -> std::ops::RangeInclusive<i128> {
    match kind {
        Kind::I8 => -128..=127,
        Kind::U8 => 0..=255,
        Kind::I16 => -32768..=32767,
        Kind::U16 => 0..=65535,
        Kind::I32 => i32::MIN as i128..=i32::MAX as i128,
        Kind::U32 => 0..=u32::MAX as i128,
        Kind::I64 => i64::MIN as i128..=i64::MAX as i128,
        _ => 0..=u64::MAX as i128,
    }
}

pub fn is_signed(kind: Kind) -> bool {
    matches!(kind, Kind::I8 | Kind::I16 | Kind::I32 | Kind::I64)
}

/// An operand: its type and, for a literal, its value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Opnd {
    pub t: T,
    pub lit: Option<Lit>,
}

/// Numeric reading of an operand.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Numeric {
    Lit(Lit),
    Num,
    F32,
    Int(Kind),
}

/// How an arithmetic or bitwise operator is computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arith {
    /// On doubles; bitwise operators through int32 as in ECMAScript.
    F64,
    F32,
    /// On integers of the kind; shifts take the left operand's kind.
    Int(Kind),
    /// String concatenation.
    Concat,
    /// On `any` words.
    Dyn,
}

impl Arith {
    pub fn result(self, op: JsBinOp) -> T {
        match self {
            Arith::F64 => T::NUM,
            Arith::F32 => T::F32,
            Arith::Int(k) => T::int(k),
            Arith::Concat => T::STR,
            Arith::Dyn if op == JsBinOp::Add => {
                T::prim(NUM | STR | (INT0 << Kind::I64 as u32) | (INT0 << Kind::U64 as u32) | OTHER | BIG)
            }
            Arith::Dyn => {
                T::prim(NUM | (INT0 << Kind::I64 as u32) | (INT0 << Kind::U64 as u32) | OTHER | BIG)
            }
        }
    }
}

fn numeric(o: Opnd) -> Option<Numeric> {
    if let Some(lit) = o.lit {
        return Some(if lit.written_int || lit.int.is_none() { Numeric::Lit(lit) } else { Numeric::Num });
    }
    match o.t {
        t if t.within(NUM | LIT | UNDEF) || t == T::BOOL || t == T::NULL => Some(Numeric::Num),
        t if t == T::F32 => Some(Numeric::F32),
        t => t.int_kind().map(Numeric::Int),
    }
}

fn signed_of_size(size: u32) -> Option<Kind> {
    match size {
        1 => Some(Kind::I8),
        2 => Some(Kind::I16),
        4 => Some(Kind::I32),
        8 => Some(Kind::I64),
        _ => None,
    }
}

/// The integer type of two integer types under casting up, or none where it is float64.
fn common_int(a: Kind, b: Kind) -> Option<Kind> {
    if a == b {
        return Some(a);
    }
    if is_signed(a) == is_signed(b) {
        return Some(if a.size() >= b.size() { a } else { b });
    }
    let (signed, unsigned) = if is_signed(a) { (a, b) } else { (b, a) };
    if unsigned == Kind::U64 {
        return None;
    }
    if signed == Kind::I64 {
        return Some(Kind::I64);
    }
    signed_of_size(2 * signed.size().max(unsigned.size()))
}

/// Plans `a op b` for arithmetic, bitwise and shift operators.
pub fn arith(op: JsBinOp, a: Opnd, b: Opnd) -> Arith {
    use JsBinOp::*;
    if op == Add && (a.t == T::STR && to_str_known(b.t) || b.t == T::STR && to_str_known(a.t)) {
        return Arith::Concat;
    }
    let (Some(x), Some(y)) = (numeric(a), numeric(b)) else { return Arith::Dyn };
    if matches!(op, Shl | Shr | UShr) {
        return match x {
            Numeric::Int(k) => Arith::Int(k),
            _ => Arith::F64,
        };
    }
    let bitwise = matches!(op, BitAnd | BitOr | BitXor);
    match (x, y) {
        (Numeric::Int(p), Numeric::Int(q)) => common_int(p, q).map_or(Arith::F64, Arith::Int),
        (Numeric::Int(k), Numeric::Lit(l)) | (Numeric::Lit(l), Numeric::Int(k)) if l.fits(k) => Arith::Int(k),
        (Numeric::F32, Numeric::F32) if !bitwise => Arith::F32,
        (Numeric::F32, Numeric::Lit(l)) | (Numeric::Lit(l), Numeric::F32) if l.exact_in_f32() && !bitwise => {
            Arith::F32
        }
        (Numeric::F32, Numeric::Int(k)) | (Numeric::Int(k), Numeric::F32) if k.size() <= 2 && !bitwise => {
            Arith::F32
        }
        _ => Arith::F64,
    }
}

/// Whether `String(value)` of the type never runs user code, so that a concatenation
/// can be planned statically.
pub fn to_str_known(t: T) -> bool {
    t.bits != 0 && t.bits & (OBJ | OTHER | POS) == 0
}

/// How a comparison is computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cmp {
    /// Both as integers of the kind: I32, U32, I64 or U64.
    Int(Kind),
    F64,
    Str,
    Bool,
    /// By reference word; undefined and null differ.
    Ref,
    /// Loose equality of references: undefined and null agree.
    RefLoose,
    /// The answer does not depend on the values.
    Const(bool),
    /// One side is undefined or null and the other a `number`, reference or any word: `left` tells which is the constant.
    IsUndef {
        left: bool,
    },
    IsNull {
        left: bool,
    },
    IsNullish {
        left: bool,
    },
    /// On `any` words.
    Dyn,
}

fn wide_int(a: Kind, b: Kind) -> Option<Kind> {
    let k = if a == b { a } else { common_int(a, b)? };
    Some(match k {
        Kind::I8 | Kind::I16 | Kind::U8 | Kind::U16 | Kind::I32 => Kind::I32,
        other => other,
    })
}

fn numeric_cmp(a: Opnd, b: Opnd) -> Option<Cmp> {
    let (x, y) = (numeric(a)?, numeric(b)?);
    Some(match (x, y) {
        (Numeric::Int(p), Numeric::Int(q)) => match wide_int(p, q) {
            Some(k) => Cmp::Int(k),
            None => Cmp::Dyn,
        },
        (Numeric::Int(k), Numeric::Lit(l)) | (Numeric::Lit(l), Numeric::Int(k)) if l.fits(k) => {
            Cmp::Int(wide_int(k, k).unwrap_or(k))
        }
        // A 64-bit integer and a double compare exactly, which takes more than one conversion.
        (Numeric::Int(Kind::I64 | Kind::U64), _) | (_, Numeric::Int(Kind::I64 | Kind::U64)) => Cmp::Dyn,
        _ => Cmp::F64,
    })
}

/// Plans `<`, `<=`, `>`, `>=`.
pub fn relational(a: Opnd, b: Opnd) -> Cmp {
    if a.t == T::STR && b.t == T::STR {
        return Cmp::Str;
    }
    numeric_cmp(a, b).unwrap_or(Cmp::Dyn)
}

/// Plans `==` (loose) and `===`; the caller negates for the others.
pub fn equality(a: Opnd, b: Opnd, loose: bool) -> Cmp {
    let (s, t) = (a.t.widen(), b.t.widen());
    if s.is_bottom() || t.is_bottom() {
        return Cmp::Dyn;
    }
    if s.within(NULLISH) || t.within(NULLISH) {
        return nullish_equality(s, t, loose);
    }
    let num = |x: T| x.within(NUM | F32 | INTS | UNDEF) && (x.rep() != ultra_ir::Ty::Any);
    if num(s) && num(t) {
        // With undefined possible on both sides the reserved NaN must compare equal to itself.
        if s.has(UNDEF) && t.has(UNDEF) {
            return Cmp::Dyn;
        }
        return numeric_cmp(a, b).unwrap_or(Cmp::Dyn);
    }
    if s == T::STR && t == T::STR {
        return Cmp::Str;
    }
    if s == T::BOOL && t == T::BOOL {
        return Cmp::Bool;
    }
    if s.rep() == ultra_ir::Ty::Ref && t.rep() == ultra_ir::Ty::Ref {
        return if loose && s.has(NULLISH) && t.has(NULLISH) { Cmp::RefLoose } else { Cmp::Ref };
    }
    if !loose && !may_be_strictly_equal(s, t) {
        return Cmp::Const(false);
    }
    Cmp::Dyn
}

fn may_be_strictly_equal(s: T, t: T) -> bool {
    let fold = |b: u32| if b & (NUM | F32 | INTS) != 0 { b | NUM } else { b };
    fold(s.bits) & fold(t.bits) != 0
}

fn nullish_equality(s: T, t: T, loose: bool) -> Cmp {
    let left = s.within(NULLISH);
    let (c, v) = if left { (s, t) } else { (t, s) };
    if v.within(NULLISH) {
        let single = |x: T| x.bits == UNDEF || x.bits == NULL;
        return if loose {
            Cmp::Const(true)
        } else if single(c) && single(v) {
            Cmp::Const(c.bits == v.bits)
        } else {
            Cmp::Dyn
        };
    }
    let wanted = if loose { NULLISH } else { c.bits };
    if !v.has(wanted) {
        return Cmp::Const(false);
    }
    match wanted {
        UNDEF => Cmp::IsUndef { left },
        NULL => Cmp::IsNull { left },
        NULLISH if loose => Cmp::IsNullish { left },
        _ => Cmp::Dyn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(k: Kind) -> Opnd {
        Opnd { t: T::int(k), lit: None }
    }

    fn lit(v: i128) -> Opnd {
        Opnd { t: T::LIT, lit: Some(Lit { value: v as f64, int: Some(v), written_int: true }) }
    }

    #[test]
    fn integers_cast_up() {
        let add = |a, b| arith(JsBinOp::Add, a, b);
        assert_eq!(add(int(Kind::I8), int(Kind::I32)), Arith::Int(Kind::I32));
        assert_eq!(add(int(Kind::I32), int(Kind::U32)), Arith::Int(Kind::I64));
        assert_eq!(add(int(Kind::I64), int(Kind::U64)), Arith::F64);
        assert_eq!(add(int(Kind::I64), int(Kind::U8)), Arith::Int(Kind::I64));
        assert_eq!(add(int(Kind::I8), lit(100)), Arith::Int(Kind::I8));
        assert_eq!(add(int(Kind::I8), lit(200)), Arith::F64);
    }
}

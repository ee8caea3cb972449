//! Changes of representation: trusted ones (the type says what the word holds),
//! checked ones (annotations), and the conversions of ECMAScript.

use super::*;
use crate::spec::plan::{self, Lit};

impl Lower<'_> {
    /// Changes the representation of a value whose type lies within `to`, or of which a
    /// test has shown that it does.
    pub(super) fn conv(&mut self, v: Value, from: T, to: T) -> Value {
        if !passes(self.w, to) {
            return v;
        }
        let (rf, rt) = (self.b.func.ty(v), to.rep());
        if rf == rt {
            return v;
        }
        match (rf, rt) {
            (_, Ty::Any) => self.box_value(v, from),
            (Ty::Any, _) => self.unbox(v, from, to),
            (Ty::I32, Ty::F64) => {
                let op = if from.int_kind() == Some(Kind::U32) { Op::UToF } else { Op::SToF };
                self.b.unary_ty(op, Ty::F64, v)
            }
            (Ty::I64, Ty::F64) => {
                let op = if from.int_kind() == Some(Kind::U64) { Op::UToF } else { Op::SToF };
                self.b.unary_ty(op, Ty::F64, v)
            }
            (Ty::I32, Ty::I64) => {
                let op = if from.int_kind() == Some(Kind::U32) { Op::ZExt32 } else { Op::SExt32 };
                self.b.unary(op, v)
            }
            (Ty::I32, Ty::F32) => self.b.unary_ty(Op::SToF, Ty::F32, v),
            (Ty::F32, Ty::F64) => self.b.unary(Op::FPromote, v),
            (Ty::F64, Ty::F32) => self.b.unary(Op::FDemote, v),
            (Ty::Bool, Ty::F64) => {
                let i = self.b.unary(Op::BToI, v);
                self.b.unary_ty(Op::SToF, Ty::F64, i)
            }
            // Only code that inference proved unreachable pairs other representations.
            _ => self.default_of(rt),
        }
    }

    fn default_of(&mut self, ty: Ty) -> Value {
        match ty {
            Ty::F64 => self.b.f64const(f64::NAN),
            Ty::F32 => self.b.imm64(Op::F32Const, Ty::F32, 0),
            Ty::Bool => self.b.imm64(Op::BConst, Ty::Bool, 0),
            Ty::Ref => self.b.imm64(Op::RefConst, Ty::Ref, 0),
            Ty::Str => self.str_const(""),
            Ty::Any => self.any_const(word::UNDEFINED),
            ty => self.b.iconst(ty, 0),
        }
    }

    pub(super) fn boxed(&mut self, tv: Tv) -> Value {
        if tv.t == T::UNDEF {
            return self.any_const(word::UNDEFINED);
        }
        if tv.t == T::NULL {
            return self.any_const(word::NULL);
        }
        self.box_value(tv.v, tv.t)
    }

    fn box_value(&mut self, v: Value, t: T) -> Value {
        match self.b.func.ty(v) {
            Ty::F64 => self.b.unary_aux(Op::AnyFromF64, t.has(UNDEF) as u16, v),
            Ty::F32 => {
                let d = self.b.unary(Op::FPromote, v);
                self.b.unary_aux(Op::AnyFromF64, 0, d)
            }
            Ty::I32 => {
                let d = self.conv(v, t, T::NUM);
                self.b.unary_aux(Op::AnyFromF64, 0, d)
            }
            Ty::I64 => {
                let f = if t.int_kind() == Some(Kind::U64) { RtFn::AnyFromU64 } else { RtFn::AnyFromI64 };
                self.rt(f, &[v])
            }
            Ty::Bool => self.b.unary(Op::AnyFromBool, v),
            Ty::Ref => self.b.unary(Op::AnyFromRef, v),
            Ty::Str => self.b.unary(Op::AnyFromStr, v),
            _ => v,
        }
    }

    /// Takes a value of type `to` out of an `any` word that holds one.
    pub(super) fn unbox(&mut self, v: Value, from: T, to: T) -> Value {
        match to.rep() {
            Ty::F64 => {
                let d = self.b.unary(Op::AnyToF64, v);
                if !from.has(UNDEF) || !to.has(UNDEF) {
                    return d;
                }
                let is = self.any_is(v, AnyTest::Undefined);
                let u = self.b.imm64(Op::F64Const, Ty::F64, word::UNDEFINED_F64);
                self.b.ternary(Op::Select, 0, is, u, d)
            }
            Ty::F32 => {
                let d = self.b.unary(Op::AnyToF64, v);
                self.b.unary(Op::FDemote, d)
            }
            Ty::I32 => {
                let d = self.b.unary(Op::AnyToF64, v);
                self.f64_to_int_trusted(d, to)
            }
            Ty::I64 => {
                let f = if to.int_kind() == Some(Kind::U64) { RtFn::AnyToU64 } else { RtFn::AnyToI64 };
                self.rt(f, &[v])
            }
            Ty::Bool => self.b.unary(Op::AnyToBool, v),
            Ty::Ref => self.b.unary(Op::AnyToRef, v),
            Ty::Str => self.b.unary(Op::AnyToStr, v),
            _ => v,
        }
    }

    fn f64_to_int_trusted(&mut self, d: Value, to: T) -> Value {
        if to.int_kind() == Some(Kind::U32) {
            let i = self.b.unary_ty(Op::FToS, Ty::I64, d);
            return self.b.unary(Op::Trunc, i);
        }
        self.b.unary_ty(Op::FToS, Ty::I32, d)
    }

    // Literals.

    /// A literal as a constant of an integer kind that it fits.
    pub(super) fn int_literal(&mut self, lit: Lit, kind: Kind) -> Option<Value> {
        if !lit.fits(kind) {
            return None;
        }
        let v = lit.int?;
        Some(match kind {
            Kind::I64 => self.b.iconst(Ty::I64, v as i64),
            Kind::U64 => self.b.iconst(Ty::I64, v as u64 as i64),
            _ => self.b.iconst(Ty::I32, v as u32 as i32 as i64),
        })
    }

    // Checked conversions.

    pub(super) fn type_name(&self, t: T) -> String {
        let mut parts = Vec::new();
        if let Some(k) = t.int_kind() {
            let (sign, bits) =
                if plan::is_signed(k) { ("int", k.size() * 8) } else { ("uint", k.size() * 8) };
            return format!("{sign}{bits}");
        }
        for (bit, name) in [(NUM, "number"), (F32, "float32"), (BOOL, "boolean"), (STR, "string")] {
            if t.has(bit) {
                parts.push(name.to_string());
            }
        }
        if t.has(OBJ) {
            parts.push(match t.obj {
                Obj::Class(c) => self.w.prog.strings.text(self.w.cls[c].name),
                Obj::Arr(c) => format!("{}[]", self.type_name(self.w.cell(c).without(UNDEF))),
                _ => "object".to_string(),
            });
        }
        if t.has(NULL) {
            parts.push("null".to_string());
        }
        parts.join(" | ")
    }

    /// Converts to the type of an annotation as an assignment does: exact widening is
    /// free, narrowing is checked (RangeError), anything else is a TypeError.
    pub(super) fn convert_checked(&mut self, tv: Tv, want: T, ty: Option<TypeId>) -> Res<Value> {
        let _ = ty;
        let want_w = want.widen();
        if let Some(kind) = want_w.int_kind() {
            return self.to_int_checked(tv, kind, want_w);
        }
        let rep = want_w.rep();
        let have = self.b.func.ty(tv.v);
        if tv.t.widen().bits & !want_w.bits == 0 && (!tv.t.has(OBJ) || self.holds(want_w, tv.t)) {
            if !passes(self.w, tv.t) && rep == Ty::Any {
                return Ok(self.boxed(tv));
            }
            return Ok(self.conv(tv.v, tv.t, want_w));
        }
        match rep {
            Ty::Any if !passes(self.w, tv.t) => Ok(self.boxed(tv)),
            Ty::Any if want_w.bits == T::ANY.bits => Ok(self.boxed(tv)),
            Ty::F64 if have == Ty::F64 || tv.t.within(INTS | F32 | NUM | UNDEF) && have != Ty::Any => {
                Ok(self.conv(tv.v, tv.t, T::NUM))
            }
            Ty::F64 if tv.t == T::UNDEF => Ok(self.b.imm64(Op::F64Const, Ty::F64, word::UNDEFINED_F64)),
            Ty::F64 if have == Ty::Any => self.any_to_number(tv, want_w),
            Ty::F32 if have == Ty::F64 || have == Ty::I32 => {
                let d = self.conv(tv.v, tv.t, T::NUM);
                Ok(self.b.unary(Op::FDemote, d))
            }
            Ty::F32 if have == Ty::Any || have == Ty::I64 => {
                let d = match have {
                    Ty::I64 => self.conv(tv.v, tv.t, T::NUM),
                    _ => self.any_to_number(tv, T::NUM)?,
                };
                Ok(self.b.unary(Op::FDemote, d))
            }
            Ty::Ref => self.to_ref_checked(tv, want_w),
            _ if have == Ty::Any => self.any_checked(tv, want_w),
            // A number for a union with an integer type: checked, then boxed.
            Ty::Any if want_w.has(INTS) && tv.t.widen().within(NUM | F32 | INTS) => {
                let part = T::prim(want_w.bits & INTS);
                match part.int_kind() {
                    Some(kind) => {
                        let v = self.to_int_checked(tv, kind, part)?;
                        Ok(self.conv(v, part, T::ANY))
                    }
                    None => Ok(self.boxed(tv)),
                }
            }
            _ => {
                self.type_error(tv, want_w);
                Ok(self.dead(rep))
            }
        }
    }

    /// Whether every object of type `t` is one of type `want`.
    fn holds(&self, want: T, t: T) -> bool {
        match (want.obj, t.obj) {
            (a, b) if a == b => true,
            (Obj::Any, _) => true,
            (Obj::Func, Obj::Fn(_) | Obj::ClassVal(_)) => true,
            (Obj::Class(a), Obj::Class(b)) => self.w.is_subclass(b, a),
            (Obj::Arr(a), Obj::Arr(b)) | (Obj::Set(a), Obj::Set(b)) => self.w.find(a) == self.w.find(b),
            (Obj::Map(a, c), Obj::Map(b, d)) => {
                self.w.find(a) == self.w.find(b) && self.w.find(c) == self.w.find(d)
            }
            _ => false,
        }
    }

    /// After code that never goes on: a block nobody reaches, and some value there.
    pub(super) fn dead(&mut self, ty: Ty) -> Value {
        if !self.b.is_open() {
            let b = self.b.block();
            self.b.switch_to(b);
        }
        self.default_of(ty)
    }

    fn type_error(&mut self, tv: Tv, want: T) {
        let v = self.boxed(tv);
        let name = self.type_name(want);
        let name = self.str_const(&name);
        self.rt(RtFn::ThrowType, &[v, name]);
    }

    fn narrow_error(&mut self, v: Value, kind: Kind) {
        let name = self.type_name(T::int(kind));
        let name = self.str_const(&name);
        self.rt(RtFn::ThrowNarrow, &[v, name]);
    }

    fn any_to_number(&mut self, tv: Tv, want: T) -> Res<Value> {
        let is = self.any_is(tv.v, AnyTest::Double);
        self.choose(
            is,
            Ty::F64,
            2,
            |l| Ok(l.b.unary(Op::AnyToF64, tv.v)),
            |l| {
                let undef = l.any_is(tv.v, AnyTest::Undefined);
                l.choose(
                    undef,
                    Ty::F64,
                    0,
                    |l| Ok(l.b.imm64(Op::F64Const, Ty::F64, word::UNDEFINED_F64)),
                    |l| {
                        if tv.t.has(INTS) {
                            return Ok(l.rt(RtFn::AnyToF64, &[tv.v]));
                        }
                        l.type_error(tv, want);
                        Ok(Value::NONE)
                    },
                )
            },
        )
    }

    /// Tests the tag of an any word and takes the value out; TypeError when it is another.
    fn any_checked(&mut self, tv: Tv, want: T) -> Res<Value> {
        let test = match want.rep() {
            Ty::Str => AnyTest::Str,
            Ty::Bool => AnyTest::Bool,
            // A union that is itself an any word: test each part.
            _ => return self.any_union_checked(tv, want),
        };
        let ok = self.any_is(tv.v, test);
        let bad = self.b.unary(Op::BNot, ok);
        self.unless(bad, |l| {
            l.type_error(tv, want);
            Ok(())
        })?;
        Ok(self.unbox(tv.v, tv.t, want))
    }

    fn any_union_checked(&mut self, tv: Tv, want: T) -> Res<Value> {
        let mut ok = None;
        for (bit, test) in [
            (NUM | INTS, AnyTest::Double),
            (STR, AnyTest::Str),
            (BOOL, AnyTest::Bool),
            (UNDEF, AnyTest::Undefined),
            (NULL, AnyTest::Null),
            (OBJ, AnyTest::Object),
        ] {
            if want.has(bit) {
                let is = self.any_is(tv.v, test);
                ok = Some(match ok {
                    None => is,
                    Some(o) => self.or(o, is),
                });
            }
        }
        let Some(ok) = ok else { return Ok(tv.v) };
        let bad = self.b.unary(Op::BNot, ok);
        self.unless(bad, |l| {
            l.type_error(tv, want);
            Ok(())
        })?;
        Ok(tv.v)
    }

    fn to_ref_checked(&mut self, tv: Tv, want: T) -> Res<Value> {
        if tv.t.within(NULLISH) {
            let bits = if tv.t == T::NULL { 1 } else { 0 };
            if tv.t != T::NULL || want.has(NULL) {
                return Ok(self.b.imm64(Op::RefConst, Ty::Ref, bits));
            }
        }
        let r = match self.b.func.ty(tv.v) {
            Ty::Ref => tv.v,
            Ty::Any => {
                let ok = self.any_is(tv.v, AnyTest::ObjectOrNullish);
                let bad = self.b.unary(Op::BNot, ok);
                self.unless(bad, |l| {
                    l.type_error(tv, want);
                    Ok(())
                })?;
                self.b.unary(Op::AnyToRef, tv.v)
            }
            _ => {
                self.type_error(tv, want);
                return Ok(self.dead(Ty::Ref));
            }
        };
        if tv.t.has(OBJ) && self.holds(want, tv.t) {
            return self.forbid_null(r, tv, want);
        }
        let expected = match want.obj {
            Obj::Class(_) | Obj::Arr(_) => want.obj,
            _ => return self.forbid_null(r, tv, want),
        };
        // undefined and null pass (or are refused) without looking at a shape.
        let nullish = self.b.unary(Op::RefIsNullish, r);
        let (check, join) = (self.b.block(), self.b.block());
        self.b.branch_args(nullish, 0, join, &[], check, &[]);
        self.b.switch_to(check);
        let ok = match expected {
            Obj::Class(c) => self.b.unary_imm(Op::IsInstance, Ty::Bool, r, c.0),
            Obj::Arr(c) => {
                let shape = self.b.unary(Op::ShapeOf, r);
                let want_shape = ultra_abi::shape::array_shape(self.kind_of(c));
                self.icmp_imm(IntCc::Eq, shape, want_shape as i64)
            }
            _ => self.b.imm64(Op::BConst, Ty::Bool, 1),
        };
        let bad = self.b.unary(Op::BNot, ok);
        self.unless(bad, |l| {
            l.type_error(tv, want);
            Ok(())
        })?;
        self.b.jump(join, &[]);
        self.b.switch_to(join);
        self.forbid_null(r, tv, want)
    }

    fn forbid_null(&mut self, r: Value, tv: Tv, want: T) -> Res<Value> {
        if want.has(NULL) || !tv.t.has(NULL) {
            return Ok(r);
        }
        let bad = self.icmp_imm(IntCc::Eq, r, 1);
        self.unless(bad, |l| {
            l.type_error(tv, want);
            Ok(())
        })?;
        Ok(r)
    }

    /// To an integer kind, checked: RangeError when the value does not fit or is not integral.
    pub(super) fn to_int_checked(&mut self, tv: Tv, kind: Kind, want: T) -> Res<Value> {
        if let Some(lit) = tv.lit {
            if let Some(v) = self.int_literal(lit, kind) {
                return Ok(v);
            }
            let v = self.boxed(tv);
            self.narrow_error(v, kind);
            return Ok(self.dead(want.rep()));
        }
        if let Some(from) = tv.t.int_kind() {
            return self.int_to_int_checked(tv, from, kind);
        }
        match self.b.func.ty(tv.v) {
            Ty::F64 => self.f64_to_int_checked(tv.v, tv, kind),
            Ty::F32 => {
                let d = self.b.unary(Op::FPromote, tv.v);
                self.f64_to_int_checked(d, tv, kind)
            }
            Ty::Any => {
                let (f, from) = match kind {
                    Kind::U64 => (RtFn::AnyToU64, Kind::U64),
                    _ => (RtFn::AnyToI64, Kind::I64),
                };
                let v = self.rt(f, &[tv.v]);
                self.int_to_int_checked(Tv { v, t: T::int(from), lit: None }, from, kind)
            }
            _ => {
                self.type_error(tv, want);
                Ok(self.dead(want.rep()))
            }
        }
    }

    fn f64_to_int_checked(&mut self, d: Value, tv: Tv, kind: Kind) -> Res<Value> {
        let wide = if matches!(kind, Kind::I64 | Kind::U64 | Kind::U32) { Ty::I64 } else { Ty::I32 };
        let (i, back) = if kind == Kind::U64 {
            let i = self.b.unary_ty(Op::FToUSat, Ty::I64, d);
            (i, self.b.unary_ty(Op::UToF, Ty::F64, i))
        } else {
            let i = self.b.unary_ty(Op::FToS, wide, d);
            (i, self.b.unary_ty(Op::SToF, Ty::F64, i))
        };
        let mut ok = self.b.binary_aux(Op::FCmp, FloatCc::Eq as u16, back, d);
        if kind == Kind::U64 {
            // 2^64 saturates to a value that converts back to itself.
            let limit = self.b.f64const(18446744073709551616.0);
            let below = self.b.binary_aux(Op::FCmp, FloatCc::Lt as u16, d, limit);
            ok = self.and(ok, below);
        }
        let (lo, hi) = plan::int_range(kind).into_inner();
        let narrow = kind.size() < wide.size_bytes();
        if narrow {
            let a = self.icmp_imm(IntCc::Sge, i, lo as i64);
            let b = self.icmp_imm(IntCc::Sle, i, hi as i64);
            let both = self.and(a, b);
            ok = self.and(ok, both);
        }
        let bad = self.b.unary(Op::BNot, ok);
        self.unless(bad, |l| {
            let v = l.boxed(tv);
            l.narrow_error(v, kind);
            Ok(())
        })?;
        Ok(if kind == Kind::U32 { self.b.unary(Op::Trunc, i) } else { i })
    }

    fn int_to_int_checked(&mut self, tv: Tv, from: Kind, to: Kind) -> Res<Value> {
        if from == to {
            return Ok(tv.v);
        }
        let (lo, hi) = plan::int_range(to).into_inner();
        let (flo, fhi) = plan::int_range(from).into_inner();
        let mut bad = None;
        // Compare in the source's width; the bounds that matter fit it.
        let unsigned = !plan::is_signed(from);
        if flo < lo {
            bad = Some(self.icmp_imm(IntCc::Slt, tv.v, lo as i64));
        }
        if fhi > hi {
            let cc = if unsigned { IntCc::Ugt } else { IntCc::Sgt };
            let above = self.icmp_imm(cc, tv.v, hi as i64);
            bad = Some(match bad {
                None => above,
                Some(b) => self.or(b, above),
            });
        }
        if let Some(bad) = bad {
            self.unless(bad, |l| {
                let v = l.boxed(tv);
                l.narrow_error(v, to);
                Ok(())
            })?;
        }
        Ok(self.resize(tv.v, from, to))
    }

    /// Exact change of integer kind, for a value that fits.
    pub(super) fn resize(&mut self, v: Value, from: Kind, to: Kind) -> Value {
        match (from.size() == 8, to.size() == 8) {
            (false, true) if plan::is_signed(from) => self.b.unary(Op::SExt32, v),
            (false, true) => self.b.unary(Op::ZExt32, v),
            (true, false) => self.b.unary(Op::Trunc, v),
            _ => v,
        }
    }

    /// Brings a 32-bit result back into a narrow kind: two's complement wrap-around.
    pub(super) fn wrap(&mut self, v: Value, kind: Kind) -> Value {
        let op = match kind {
            Kind::I8 => Op::SExt8,
            Kind::I16 => Op::SExt16,
            Kind::U8 => Op::ZExt8,
            Kind::U16 => Op::ZExt16,
            _ => return v,
        };
        self.b.unary(op, v)
    }

    /// An integer operand in the kind of an operation; exact.
    pub(super) fn int_operand(&mut self, tv: Tv, kind: Kind) -> Value {
        if let Some(lit) = tv.lit
            && let Some(v) = self.int_literal(lit, kind)
        {
            return v;
        }
        match tv.t.int_kind() {
            Some(from) => self.resize(tv.v, from, kind),
            None => self.default_of(T::int(kind).rep()),
        }
    }

    /// Conversion by call, `int32(x)`: wraps integers, truncates and saturates floats, parses strings.
    pub(super) fn convert_call(&mut self, tv: Tv, kind: Kind) -> Res<Value> {
        if kind == Kind::F64 {
            return self.to_number(tv);
        }
        if kind == Kind::F32 {
            if tv.t == T::F32 {
                return Ok(tv.v);
            }
            let d = self.to_number(tv)?;
            return Ok(self.b.unary(Op::FDemote, d));
        }
        if let Some(lit) = tv.lit
            && let Some(v) = self.int_literal(lit, kind)
        {
            return Ok(v);
        }
        if let Some(from) = tv.t.int_kind() {
            let v = self.resize(tv.v, from, kind);
            return Ok(self.wrap(v, kind));
        }
        if kind.size() == 8 && matches!(self.b.func.ty(tv.v), Ty::Str | Ty::Any) {
            let v = self.boxed(tv);
            let k = self.b.iconst(Ty::I32, kind as i64);
            return Ok(self.rt(RtFn::ConvertInt, &[v, k]));
        }
        let d = self.to_number(tv)?;
        let op = if plan::is_signed(kind) { Op::FToSSat } else { Op::FToUSat };
        let ty = T::int(kind).rep();
        let i = self.b.unary_ty(op, ty, d);
        if kind.size() >= 4 {
            return Ok(i);
        }
        // Narrow kinds saturate at their own bounds.
        let (lo, hi) = plan::int_range(kind).into_inner();
        let cc = if plan::is_signed(kind) { IntCc::Sgt } else { IntCc::Ugt };
        let hi_v = self.b.iconst(Ty::I32, hi as i64);
        let above = self.icmp(cc, i, hi_v);
        let i = self.b.ternary(Op::Select, 0, above, hi_v, i);
        if !plan::is_signed(kind) {
            return Ok(i);
        }
        let lo_v = self.b.iconst(Ty::I32, lo as i64);
        let below = self.icmp(IntCc::Slt, i, lo_v);
        Ok(self.b.ternary(Op::Select, 0, below, lo_v, i))
    }

    // ECMAScript conversions.

    /// ToNumber as a double.
    pub(super) fn to_number(&mut self, tv: Tv) -> Res<Value> {
        if tv.t == T::UNDEF {
            return Ok(self.b.f64const(f64::NAN));
        }
        if tv.t == T::NULL {
            return Ok(self.b.f64const(0.0));
        }
        Ok(match self.b.func.ty(tv.v) {
            Ty::F64 => tv.v,
            Ty::Str => self.rt(RtFn::StrToF64, &[tv.v]),
            Ty::Ref => {
                let v = self.primitive(tv, "number")?;
                self.rt(RtFn::AnyToF64, &[v])
            }
            Ty::Any => {
                let is = self.any_is(tv.v, AnyTest::Double);
                return self.choose(
                    is,
                    Ty::F64,
                    2,
                    |l| Ok(l.b.unary(Op::AnyToF64, tv.v)),
                    |l| {
                        let v = l.primitive(tv, "number")?;
                        Ok(l.rt(RtFn::AnyToF64, &[v]))
                    },
                );
            }
            _ => self.conv(tv.v, tv.t, T::NUM),
        })
    }

    /// The int32 that a double was made from, if the definition shows one.
    pub(super) fn int_view(&mut self, v: Value) -> Option<Value> {
        let d = *self.b.func.def(v)?;
        match d.op {
            Op::SToF if self.b.func.ty(d.arg_a()) == Ty::I32 => Some(d.arg_a()),
            Op::F64Const => {
                let x = f64::from_bits(d.imm());
                let exact = x == (x as i32) as f64 && !(x == 0.0 && x.is_sign_negative());
                exact.then(|| self.b.iconst(Ty::I32, x as i32 as i64))
            }
            _ => None,
        }
    }

    /// ToInt32 of an operand of a bitwise operator.
    pub(super) fn to_int32(&mut self, tv: Tv) -> Res<Value> {
        if let Some(k) = tv.t.int_kind() {
            return Ok(if k.size() == 8 { self.b.unary(Op::Trunc, tv.v) } else { tv.v });
        }
        let d = self.to_number(tv)?;
        if let Some(i) = self.int_view(d) {
            return Ok(i);
        }
        if let Some(x) = self.b.func.def(d).copied()
            && x.op == Op::UToF
            && self.b.func.ty(x.arg_a()) == Ty::I32
        {
            return Ok(x.arg_a());
        }
        Ok(self.b.unary(Op::FToInt32, d))
    }

    /// ToIntegerOrInfinity clamped to int32, for indices of library functions.
    pub(super) fn to_clamped_int(&mut self, tv: Tv) -> Res<Value> {
        if let Some(k) = tv.t.int_kind()
            && k.size() <= 4
            && k != Kind::U32
        {
            return Ok(tv.v);
        }
        let d = self.to_number(tv)?;
        if let Some(i) = self.int_view(d) {
            return Ok(i);
        }
        Ok(self.b.unary_ty(Op::FToSSat, Ty::I32, d))
    }

    /// ToString.
    pub(super) fn to_str(&mut self, tv: Tv) -> Res<Value> {
        if tv.t == T::UNDEF {
            return Ok(self.str_const("undefined"));
        }
        if tv.t == T::NULL {
            return Ok(self.str_const("null"));
        }
        if infer::to_string_method(self.w, tv.t, false).is_none() && infer::coerces(self.w, tv.t) {
            let v = self.primitive(tv, "string")?;
            return Ok(self.rt(RtFn::AnyToStr, &[v]));
        }
        Ok(match self.b.func.ty(tv.v) {
            Ty::Str => tv.v,
            Ty::F64 => match self.int_view(tv.v) {
                Some(i) => self.rt(RtFn::I32ToStr, &[i]),
                None => self.rt(RtFn::F64ToStr, &[tv.v]),
            },
            Ty::F32 => self.rt(RtFn::F32ToStr, &[tv.v]),
            Ty::I32 if tv.t.int_kind() == Some(Kind::U32) => {
                let v = self.b.unary(Op::ZExt32, tv.v);
                self.rt(RtFn::I64ToStr, &[v])
            }
            Ty::I32 => self.rt(RtFn::I32ToStr, &[tv.v]),
            Ty::I64 if tv.t.int_kind() == Some(Kind::U64) => self.rt(RtFn::U64ToStr, &[tv.v]),
            Ty::I64 => self.rt(RtFn::I64ToStr, &[tv.v]),
            Ty::Bool => {
                let (yes, no) = (self.str_const("true"), self.str_const("false"));
                self.b.ternary(Op::Select, 0, tv.v, yes, no)
            }
            Ty::Ref => return self.object_to_str(tv),
            _ => self.rt(RtFn::AnyToStr, &[tv.v]),
        })
    }

    fn object_to_str(&mut self, tv: Tv) -> Res<Value> {
        let name = self.w.prog.strings.intern("toString");
        if let Obj::Class(c) = tv.t.obj
            && !tv.t.has(NULLISH)
            && self.w.method(c, name, MethodKind::Method, false).is_some()
        {
            // Inference saw no call here: specialise now only if it is already known.
            if let Some(v) = self.known_dispatch(tv, name)? {
                return self.to_str(v);
            }
        }
        let v = self.boxed(tv);
        Ok(self.rt(RtFn::AnyToStr, &[v]))
    }

    /// Boolean(value).
    pub(super) fn truthy(&mut self, tv: Tv) -> Value {
        if tv.t.within(NULLISH) {
            return self.b.imm64(Op::BConst, Ty::Bool, 0);
        }
        match self.b.func.ty(tv.v) {
            Ty::Bool => tv.v,
            Ty::I32 | Ty::I64 => self.icmp_imm(IntCc::Ne, tv.v, 0),
            Ty::F64 | Ty::F32 => {
                // Not zero and not NaN: less or greater than zero.
                let d = self.conv(tv.v, tv.t, T::NUM);
                if let Some(i) = self.int_view(d) {
                    return self.icmp_imm(IntCc::Ne, i, 0);
                }
                let zero = self.b.f64const(0.0);
                let a = self.b.unary(Op::FAbs, d);
                self.b.binary_aux(Op::FCmp, FloatCc::Gt as u16, a, zero)
            }
            Ty::Str => {
                let n = self.b.unary(Op::StrLen, tv.v);
                self.icmp_imm(IntCc::Ne, n, 0)
            }
            Ty::Ref => {
                let n = self.b.unary(Op::RefIsNullish, tv.v);
                self.b.unary(Op::BNot, n)
            }
            _ if tv.t.within(BOOL | NULLISH) => self.icmp_imm(IntCc::Eq, tv.v, word::TRUE as i64),
            _ => self.rt(RtFn::AnyTruthy, &[tv.v]),
        }
    }

    /// Whether a value is undefined (`UNDEF`), null, or either.
    pub(super) fn is_among(&mut self, tv: Tv, bits: u32) -> Value {
        let certain = if tv.t.within(bits) {
            Some(1)
        } else if !tv.t.has(bits) {
            Some(0)
        } else {
            None
        };
        if let Some(b) = certain {
            return self.b.imm64(Op::BConst, Ty::Bool, b);
        }
        let wanted = tv.t.bits & bits;
        match self.b.func.ty(tv.v) {
            Ty::F64 => {
                let b = self.b.unary(Op::FBits, tv.v);
                let u = self.icmp_imm(IntCc::Eq, b, word::UNDEFINED_F64 as i64);
                let h = self.icmp_imm(IntCc::Eq, b, word::HOLE_F64 as i64);
                self.or(u, h)
            }
            Ty::Ref if wanted == NULLISH => self.b.unary(Op::RefIsNullish, tv.v),
            Ty::Ref => self.icmp_imm(IntCc::Eq, tv.v, if wanted == NULL { 1 } else { 0 }),
            Ty::Any => {
                let test = match wanted {
                    UNDEF => AnyTest::Undefined,
                    NULL => AnyTest::Null,
                    _ => AnyTest::Nullish,
                };
                self.any_is(tv.v, test)
            }
            _ => self.b.imm64(Op::BConst, Ty::Bool, 0),
        }
    }
}

trait SizeBytes {
    fn size_bytes(self) -> u32;
}

impl SizeBytes for Ty {
    fn size_bytes(self) -> u32 {
        if self == Ty::I64 { 8 } else { 4 }
    }
}

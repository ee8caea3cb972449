//! Built-in functions and methods.

use super::*;
use crate::spec::builtins::{Builtin, P, R, Row, Special};

impl Lower<'_> {
    pub(super) fn builtin(
        &mut self,
        inst: Inst,
        b: Builtin,
        recv: Tv,
        args: &[Tv],
        out: T,
    ) -> Res<Option<Value>> {
        match b {
            Builtin::Rt(row) => self.row(row, recv, args, out),
            Builtin::Special(s) => self.special(inst, s, recv, args, out),
        }
    }

    fn arg(&mut self, args: &[Tv], i: usize) -> Tv {
        args.get(i).copied().unwrap_or_else(|| Tv {
            v: self.any_const(word::UNDEFINED),
            t: T::UNDEF,
            lit: None,
        })
    }

    pub(super) fn bigint_literal(&mut self, digits: StrId) -> Value {
        let text = self.w.prog.strings.text(digits).to_ascii_lowercase();
        let (rest, radix) = match text.get(..2) {
            Some("0x") => (&text[2..], 16),
            Some("0o") => (&text[2..], 8),
            Some("0b") => (&text[2..], 2),
            _ => (&text[..], 10),
        };
        match i64::from_str_radix(rest, radix) {
            Ok(v) => {
                let v = self.b.iconst(Ty::I64, v);
                self.rt(RtFn::BigFromI64, &[v])
            }
            Err(_) => {
                let s = self.b.imm(Op::StrConst, digits.0);
                self.rt(RtFn::BigLiteral, &[s])
            }
        }
    }

    /// One runtime call: receiver where the signature has room for it, then converted arguments.
    fn row(&mut self, row: &'static Row, recv: Tv, args: &[Tv], out: T) -> Res<Option<Value>> {
        let sig = row.rt.sig();
        let mut values = Vec::new();
        let taken = row.params.iter().filter(|p| **p != P::Unused).count();
        if sig.params.len() > taken {
            values.push(match sig.params[0] {
                Ty::Any => self.boxed(recv),
                Ty::F64 => self.to_number(recv)?,
                Ty::Str => self.to_str(recv)?,
                _ => recv.v,
            });
        }
        let mut next = 0;
        for p in row.params {
            if let P::Const(c) = p {
                values.push(self.b.iconst(Ty::I32, *c as i64));
                continue;
            }
            let given = args.get(next).copied().filter(|a| a.t != T::UNDEF);
            next += 1;
            if *p == P::Unused {
                if given.is_some_and(|g| !g.t.within(NULLISH)) {
                    return self.unsupported(format!("this argument of {}", row.name));
                }
                continue;
            }
            values.push(self.param(*p, given)?);
        }
        let v = self.rt(row.rt, &values);
        Ok(match row.ret {
            R::Void => None,
            R::Int => Some(self.int_to_num(v)),
            R::IntOrNan => Some(self.int_or(v, f64::NAN.to_bits())?),
            R::IntOrUndef => Some(self.int_or(v, word::UNDEFINED_F64)?),
            R::Any | R::Elem => Some(self.conv(v, T::ANY, out)),
            _ => Some(v),
        })
    }

    fn param(&mut self, p: P, given: Option<Tv>) -> Res<Value> {
        let Some(tv) = given else {
            return Ok(match p {
                P::Str => self.str_const("undefined"),
                P::StrOr(s) => self.str_const(s),
                P::Unused => self.any_const(word::UNDEFINED),
                P::Int(d) | P::Const(d) => self.b.iconst(Ty::I32, d as i64),
                P::Num(d) => self.b.f64const(d),
                P::Any => self.any_const(word::UNDEFINED),
                P::Ref | P::Obj => return self.unsupported("a missing array argument"),
            });
        };
        match p {
            P::Str => self.to_str(tv),
            P::StrOr(s) if tv.t.has(UNDEF) => {
                let missing = self.is_among(tv, UNDEF);
                self.choose(missing, Ty::Str, 0, |l| Ok(l.str_const(s)), |l| l.to_str(tv))
            }
            P::StrOr(_) => self.to_str(tv),
            P::Int(d) if tv.t.has(UNDEF) => {
                let missing = self.is_among(tv, UNDEF);
                self.choose(
                    missing,
                    Ty::I32,
                    0,
                    |l| Ok(l.b.iconst(Ty::I32, d as i64)),
                    |l| l.to_clamped_int(tv),
                )
            }
            P::Int(_) | P::Const(_) => self.to_clamped_int(tv),
            P::Num(_) => self.to_number(tv),
            P::Any | P::Unused => Ok(self.boxed(tv)),
            P::Ref => Ok(tv.v),
            P::Obj => Ok(self.conv(tv.v, tv.t, T::ANY_OBJ)),
        }
    }

    /// An int32 as a number, where -1 means a special value.
    fn int_or(&mut self, v: Value, bits: u64) -> Res<Value> {
        let ok = self.icmp_imm(IntCc::Sge, v, 0);
        self.choose(ok, Ty::F64, 2, |l| Ok(l.int_to_num(v)), |l| Ok(l.b.imm64(Op::F64Const, Ty::F64, bits)))
    }

    fn special(&mut self, _inst: Inst, s: Special, recv: Tv, args: &[Tv], out: T) -> Res<Option<Value>> {
        Ok(Some(match s {
            Special::ArrayPush => {
                let mut n = None;
                for a in args {
                    n = Some(self.push(recv, *a)?);
                }
                let n = match n {
                    Some(n) => n,
                    None => self.length_of(recv.v),
                };
                self.int_to_num(n)
            }
            Special::ArrayPop => self.pop(recv, out)?,
            Special::Library(name) => {
                let mut all = vec![recv];
                all.extend(args);
                return self.library(name, &all, out);
            }
            Special::ArrayFrom => {
                let name = infer::from_function(self.w, args.iter().map(|a| a.t));
                return self.library(name, args, out);
            }
            Special::ArrayConcat => return self.array_concat(recv, args, out),
            Special::ElemUnchecked => {
                let (a, i) = (self.arg(args, 0), self.arg(args, 1));
                return self.known_element(a, i, out).map(Some);
            }
            Special::IsHole => {
                let (a, i) = (self.arg(args, 0), self.arg(args, 1));
                self.is_hole(a, i)?
            }
            Special::IsList => {
                let tv = self.arg(args, 0);
                self.is_list(tv)?
            }
            Special::Opaque => {
                let tv = self.arg(args, 0);
                self.boxed(tv)
            }
            Special::StrIncludes => {
                let needle = self.arg(args, 0);
                let needle = self.to_str(needle)?;
                let from = args.get(1).copied();
                let from = self.param(P::Int(0), from)?;
                let at = self.rt(RtFn::StrIndexOf, &[recv.v, needle, from]);
                self.icmp_imm(IntCc::Sge, at, 0)
            }
            Special::StrConcat => {
                let mut s = recv.v;
                for a in args {
                    let x = self.to_str(*a)?;
                    s = self.concat(s, x);
                }
                s
            }
            Special::StrAt => return self.str_at(recv, args).map(Some),
            Special::ToStringNoArg | Special::ToStringCall => {
                let tv = if s == Special::ToStringCall { self.arg(args, 0) } else { recv };
                if s == Special::ToStringCall && args.is_empty() {
                    return Ok(Some(self.str_const("")));
                }
                self.to_str(tv)?
            }
            Special::ValueOf => recv.v,
            Special::NumToString => match args.first() {
                None => self.to_str(recv)?,
                Some(radix) => {
                    let r = self.to_clamped_int(*radix)?;
                    let d = self.to_number(recv)?;
                    self.rt(RtFn::F64ToRadix, &[d, r])
                }
            },
            Special::ConsoleLog => return self.console(0, args),
            Special::ConsoleError => return self.console(1, args),
            Special::MathOp(op) => {
                let x = self.arg(args, 0);
                let canon = x.t.has(UNDEF);
                let d = self.to_number(x)?;
                let d = if canon { self.b.unary(Op::FCanon, d) } else { d };
                self.b.unary(op, d)
            }
            Special::MathMinMax { max } => self.min_max(max, args)?,
            Special::MathImul => {
                let (a, b) = (self.arg(args, 0), self.arg(args, 1));
                let (x, y) = (self.to_int32(a)?, self.to_int32(b)?);
                let r = self.b.binary(Op::IMul, x, y);
                self.int_to_num(r)
            }
            Special::MathHypot => {
                let mut sum = self.b.f64const(0.0);
                for a in args {
                    let d = self.to_number(*a)?;
                    let sq = self.b.binary(Op::FMul, d, d);
                    sum = self.b.binary(Op::FAdd, sum, sq);
                }
                self.b.unary(Op::FSqrt, sum)
            }
            Special::Convert(kind) => {
                let tv = self.arg(args, 0);
                self.convert_call(tv, kind)?
            }
            Special::ToNumber => match args.first() {
                None => self.b.f64const(0.0),
                Some(a) if a.t.has(BIG) => {
                    let v = self.primitive(*a, "number")?;
                    self.rt(RtFn::AnyNumber, &[v])
                }
                Some(a) => {
                    let d = self.to_number(*a)?;
                    if a.t.has(UNDEF) { self.b.unary(Op::FCanon, d) } else { d }
                }
            },
            Special::ToBoolean => {
                let tv = self.arg(args, 0);
                self.truthy(tv)
            }
            Special::IsNaN | Special::NumberIsNaN => {
                let tv = self.arg(args, 0);
                self.number_test(tv, s == Special::IsNaN, |l, d| {
                    let same = l.b.binary_aux(Op::FCmp, FloatCc::Ne as u16, d, d);
                    Ok(same)
                })?
            }
            Special::IsFinite | Special::NumberIsFinite => {
                let tv = self.arg(args, 0);
                self.number_test(tv, s == Special::IsFinite, |l, d| {
                    let a = l.b.unary(Op::FAbs, d);
                    let inf = l.b.f64const(f64::INFINITY);
                    Ok(l.b.binary_aux(Op::FCmp, FloatCc::Lt as u16, a, inf))
                })?
            }
            Special::NumberIsInteger | Special::NumberIsSafeInteger => {
                let tv = self.arg(args, 0);
                let limit = if s == Special::NumberIsInteger { f64::INFINITY } else { 9007199254740992.0 };
                self.number_test(tv, false, |l, d| {
                    let t = l.b.unary(Op::FTrunc, d);
                    let whole = l.b.binary_aux(Op::FCmp, FloatCc::Eq as u16, t, d);
                    let a = l.b.unary(Op::FAbs, d);
                    let inf = l.b.f64const(limit);
                    let finite = l.b.binary_aux(Op::FCmp, FloatCc::Lt as u16, a, inf);
                    Ok(l.and(whole, finite))
                })?
            }
            Special::ArrayIsArray => {
                let tv = self.arg(args, 0);
                return self.is_array(tv).map(Some);
            }
            Special::ArrayOf => {
                let Obj::Arr(cell) = out.obj else { return self.unsupported("Array.of") };
                self.array_of(cell, args)?
            }
            Special::NewArray => {
                let Obj::Arr(cell) = out.obj else { return self.unsupported("new Array") };
                if args.len() == 1 && args[0].t.widen().within(NUM | INTS) {
                    let n = self.array_length(args[0])?;
                    self.array_of_length(self.kind_of(cell), n)
                } else {
                    self.array_of(cell, args)?
                }
            }
            Special::ArrayZeros => return self.filled(args, out, 0.0).map(Some),
            Special::ArrayOnes => return self.filled(args, out, 1.0).map(Some),
            Special::NewError => {
                let Obj::Class(class) = out.obj else { return self.unsupported("new Error") };
                let k = self.b.iconst(Ty::I32, class.0 as i64);
                let (m, o) = (self.arg(args, 0), self.arg(args, 1));
                let (m, o) = (self.boxed(m), self.boxed(o));
                self.rt(RtFn::NewError, &[k, m, o])
            }
            Special::NewTyped(kind) => {
                let k = self.b.iconst(Ty::I32, kind as i64);
                let source = self.arg(args, 0);
                if args.is_empty() || source.t.widen().within(NUM | INTS) {
                    let n =
                        if args.is_empty() { self.b.iconst(Ty::I32, 0) } else { self.array_length(source)? };
                    self.rt(RtFn::NewTyped, &[k, n])
                } else {
                    let v = self.boxed(source);
                    self.rt(RtFn::TypedFrom, &[k, v])
                }
            }
            Special::NewMap | Special::NewSet => {
                let is_set = s == Special::NewSet;
                let k = self.b.iconst(Ty::I32, is_set as i64);
                let m = self.rt(RtFn::MapNew, &[k]);
                if let Some(&init) = args.first()
                    && !infer::direct_source(init.t)
                {
                    let (t, v) = (self.b.unary(Op::AnyFromRef, m), self.boxed(init));
                    let all = [Tv { v: t, t: T::ANY, lit: None }, Tv { v, t: T::ANY, lit: None }];
                    self.library_value(infer::MAP_FILL, &all, T::ANY)?;
                } else if let Some(&init) = args.first()
                    && !init.t.within(NULLISH)
                {
                    let v = self.boxed(init);
                    self.rt(RtFn::MapExtend, &[m, v]);
                }
                m
            }
            Special::NewObject => self.rt(RtFn::NewObject, &[]),
            Special::MapGet => {
                let k = self.arg(args, 0);
                let k = self.boxed(k);
                let v = self.rt(RtFn::MapGet, &[recv.v, k]);
                self.conv(v, T::ANY, out)
            }
            Special::MapSet | Special::SetAdd => {
                let (k, v) = (self.arg(args, 0), self.arg(args, 1));
                let k = self.boxed(k);
                let v = if s == Special::SetAdd { k } else { self.boxed(v) };
                self.rt(RtFn::MapSet, &[recv.v, k, v]);
                recv.v
            }
            Special::MapHas | Special::MapDelete => {
                let k = self.arg(args, 0);
                let k = self.boxed(k);
                self.rt(if s == Special::MapHas { RtFn::MapHas } else { RtFn::MapDelete }, &[recv.v, k])
            }
            Special::MapClear => {
                self.rt(RtFn::MapClear, &[recv.v]);
                return Ok(None);
            }
            Special::HasOwn => {
                let k = self.arg(args, 0);
                let (o, k) = (self.boxed(recv), self.boxed(k));
                self.rt(RtFn::PropHasOwn, &[o, k])
            }
            Special::ArrayJoin if infer::coerces(self.w, recv.t) => {
                let sep = match args.first().copied().filter(|a| a.t != T::UNDEF) {
                    Some(a) => self.to_str(a)?,
                    None => self.str_const(","),
                };
                let v = self.boxed(recv);
                let args = [Tv { v, t: T::ANY, lit: None }, Tv { v: sep, t: T::STR, lit: None }];
                return self.library(infer::ARRAY_JOIN, &args, out);
            }
            Special::ArrayJoin => {
                let sep = args.first().copied().filter(|a| a.t != T::UNDEF);
                let sep = match sep {
                    Some(a) => self.to_str(a)?,
                    None => self.str_const(","),
                };
                self.rt(RtFn::ArrayJoin, &[recv.v, sep])
            }
            Special::StrFromCharCodes => {
                let mut s = None;
                for a in args {
                    let c = self.to_int32(*a)?;
                    let x = self.rt(RtFn::StrFromCharCode, &[c]);
                    s = Some(match s {
                        None => x,
                        Some(p) => self.concat(p, x),
                    });
                }
                match s {
                    Some(s) => s,
                    None => self.str_const(""),
                }
            }
            Special::ObjectFreeze => self.arg(args, 0).v,
            Special::Apply => {
                let (f, this, list) = (self.arg(args, 0), self.arg(args, 1), self.arg(args, 2));
                let list = self.conv(list.v, list.t, T::ANY_OBJ);
                self.apply_generic(f, this, list)?
            }
            Special::ObjectAssign => {
                let target = self.arg(args, 0);
                let t = self.boxed(target);
                for source in args.iter().skip(1) {
                    let v = self.boxed(*source);
                    self.rt(RtFn::ObjectAssign, &[t, v]);
                }
                target.v
            }
            Special::LibraryCall(name) => return self.library(name, args, out),
            Special::LibraryAny(name, n) => {
                let mut all = Vec::new();
                for i in 0..n {
                    let a = self.arg(args, i);
                    all.push(Tv { v: self.boxed(a), t: T::ANY, lit: None });
                }
                return self.library(name, &all, out);
            }
            Special::Group(by) => {
                if by > 0 && !args.is_empty() {
                    self.console(0, args)?;
                }
                let by = self.b.iconst(Ty::I32, by as i64);
                self.rt(RtFn::ConsoleGroup, &[by]);
                return Ok(None);
            }
            Special::JsonStringify => {
                let types: Vec<T> = args.iter().map(|a| a.t).collect();
                if !infer::json_replaces(self.w, &types) {
                    return self.row(&crate::spec::builtins::JSON_STRINGIFY, recv, args, out);
                }
                let mut all = Vec::new();
                for i in 0..3 {
                    let a = self.arg(args, i);
                    all.push(Tv { v: self.boxed(a), t: T::ANY, lit: None });
                }
                return self.library(infer::JSON_STRINGIFY, &all, out);
            }
            Special::JsonParse if args.len() > 1 => {
                let mut all = Vec::new();
                for a in &args[..2] {
                    all.push(Tv { v: self.boxed(*a), t: T::ANY, lit: None });
                }
                return self.library(infer::JSON_PARSE, &all, out);
            }
            Special::JsonParse => return self.row(&crate::spec::builtins::JSON_PARSE, recv, args, out),
        }))
    }

    /// Calls a function of the library prelude.
    pub(super) fn library(&mut self, name: &str, args: &[Tv], out: T) -> Res<Option<Value>> {
        let Some(f) = self.w.library(name) else {
            return self.unsupported(name.trim_start_matches("__ultra_").replace('_', "."));
        };
        let this = Tv { v: self.any_const(word::UNDEFINED), t: T::UNDEF, lit: None };
        let args: Vec<Tv> = args.iter().map(|a| Tv { t: a.t.widen(), ..*a }).collect();
        self.call_fn(f, None, this, &args, out)
    }

    /// The value that a function of the library prelude returns, for code that always goes on with one.
    pub(super) fn library_value(&mut self, name: &str, args: &[Tv], out: T) -> Res<Value> {
        match self.library(name, args, out)? {
            Some(v) => Ok(v),
            None if self.b.is_open() => Ok(self.constant_of(out)),
            None => Ok(self.dead(out.rep())),
        }
    }

    /// `concat`: arrays are spread, other values appended, one argument at a time.
    fn array_concat(&mut self, recv: Tv, args: &[Tv], out: T) -> Res<Option<Value>> {
        let mut acc = recv;
        if args.is_empty() {
            return self.library("__ultra_array_slice", &[recv], out);
        }
        for a in args {
            let name = infer::concat_function(a.t);
            let t = infer::concat_step(self.w, acc.t, a.t);
            match self.library(name, &[acc, *a], t)? {
                Some(v) => acc = Tv { v, t, lit: None },
                None => return Ok(None),
            }
        }
        Ok(Some(acc.v))
    }

    fn console(&mut self, stream: i64, args: &[Tv]) -> Res<Option<Value>> {
        let boxed: Vec<Value> = args.iter().map(|a| self.boxed(*a)).collect();
        let s = self.b.iconst(Ty::I32, stream);
        for v in boxed {
            self.rt(RtFn::ConsoleWrite, &[s, v]);
        }
        self.rt(RtFn::ConsoleEnd, &[s]);
        Ok(None)
    }

    fn min_max(&mut self, max: bool, args: &[Tv]) -> Res<Value> {
        let op = if max { Op::FMax } else { Op::FMin };
        let mut acc = None;
        for a in args {
            let d = self.to_number(*a)?;
            acc = Some(match acc {
                None => {
                    if args.len() == 1 && a.t.has(UNDEF) {
                        self.b.unary(Op::FCanon, d)
                    } else {
                        d
                    }
                }
                Some(p) => self.b.binary(op, p, d),
            });
        }
        Ok(match acc {
            Some(v) => v,
            None => self.b.f64const(if max { f64::NEG_INFINITY } else { f64::INFINITY }),
        })
    }

    /// A test of a number; other types are converted first, or answer false.
    fn number_test(
        &mut self,
        tv: Tv,
        convert: bool,
        test: impl FnOnce(&mut Self, Value) -> Res<Value>,
    ) -> Res<Value> {
        let numeric = tv.t.widen().within(NUM | F32 | INTS);
        if numeric || convert {
            let d = self.to_number(tv)?;
            return test(self, d);
        }
        if !tv.t.has(NUM | F32 | INTS | LIT) {
            return Ok(self.b.imm64(Op::BConst, Ty::Bool, 0));
        }
        let v = self.boxed(tv);
        let is = self.any_is(v, AnyTest::Double);
        self.choose(
            is,
            Ty::Bool,
            0,
            |l| {
                let d = l.b.unary(Op::AnyToF64, v);
                test(l, d)
            },
            |l| Ok(l.b.imm64(Op::BConst, Ty::Bool, 0)),
        )
    }

    fn is_array(&mut self, tv: Tv) -> Res<Value> {
        if !tv.t.has(OBJ) {
            return Ok(self.b.imm64(Op::BConst, Ty::Bool, 0));
        }
        if tv.t.within(OBJ) && matches!(tv.t.obj, Obj::Arr(_)) {
            return Ok(self.b.imm64(Op::BConst, Ty::Bool, 1));
        }
        self.builtin_instance(tv, "Array")
    }

    /// Whether a value is an array or a typed array.
    pub(super) fn is_list(&mut self, tv: Tv) -> Res<Value> {
        if !tv.t.has(OBJ) {
            return Ok(self.b.imm64(Op::BConst, Ty::Bool, 0));
        }
        if tv.t.within(OBJ) && matches!(tv.t.obj, Obj::Arr(_) | Obj::Typed(_)) {
            return Ok(self.b.imm64(Op::BConst, Ty::Bool, 1));
        }
        self.builtin_instance(tv, "list")
    }

    /// Whether an element that is in bounds is a hole; kinds without holes have none.
    fn is_hole(&mut self, a: Tv, i: Tv) -> Res<Value> {
        let no = self.b.imm64(Op::BConst, Ty::Bool, 0);
        let kind = match a.t.obj {
            Obj::Arr(cell) if a.t.within(OBJ) => self.kind_of(cell),
            Obj::Typed(_) if a.t.within(OBJ) => return Ok(no),
            _ => {
                let (o, k) = (self.boxed(a), self.boxed(i));
                let has = self.rt(RtFn::PropHas, &[o, k]);
                return Ok(self.b.unary(Op::BNot, has));
            }
        };
        if !matches!(kind, Kind::F64 | Kind::Any) {
            return Ok(no);
        }
        let store = self.store_of(a.v);
        let len = self.load_struct(StructId::Store, "len", store);
        let (i, ok) = self.index(i, len)?;
        self.choose(
            ok,
            Ty::Bool,
            2,
            |l| {
                let data = l.b.unary(Op::StoreData, store);
                let v = l.load_elem(data, i, kind);
                Ok(match kind {
                    Kind::F64 => {
                        let bits = l.b.unary(Op::FBits, v);
                        l.icmp_imm(IntCc::Eq, bits, word::HOLE_F64 as i64)
                    }
                    _ => l.icmp_imm(IntCc::Eq, v, word::HOLE as i64),
                })
            },
            |l| Ok(l.b.imm64(Op::BConst, Ty::Bool, 1)),
        )
    }

    fn str_at(&mut self, recv: Tv, args: &[Tv]) -> Res<Value> {
        let i = self.arg(args, 0);
        let i = self.to_clamped_int(i)?;
        let len = self.b.unary(Op::StrLen, recv.v);
        let negative = self.icmp_imm(IntCc::Slt, i, 0);
        let from_end = self.b.binary(Op::IAdd, i, len);
        let i = self.b.ternary(Op::Select, 0, negative, from_end, i);
        let ok = self.icmp(IntCc::Ult, i, len);
        self.choose(
            ok,
            Ty::Any,
            0,
            |l| {
                let c = l.rt(RtFn::StrCharAt, &[recv.v, i]);
                Ok(l.b.unary(Op::AnyFromStr, c))
            },
            |l| Ok(l.any_const(word::UNDEFINED)),
        )
    }

    fn array_of(&mut self, cell: CellId, args: &[Tv]) -> Res<Value> {
        let t = self.w.cell(cell);
        let mut values = Vec::new();
        for a in args {
            values.push(self.convert_checked(*a, t, None)?);
        }
        Ok(self.new_array_of(t.kind(), &values))
    }

    /// An array length as int32; RangeError "Invalid array length" where it is none.
    fn array_length(&mut self, tv: Tv) -> Res<Value> {
        let d = self.to_number(tv)?;
        if let Some(i) = self.int_view(d) {
            let bad = self.icmp_imm(IntCc::Slt, i, 0);
            self.invalid_length_if(bad, d)?;
            return Ok(i);
        }
        let i = self.b.unary_ty(Op::FToS, Ty::I64, d);
        let back = self.b.unary_ty(Op::SToF, Ty::F64, i);
        let exact = self.b.binary_aux(Op::FCmp, FloatCc::Eq as u16, back, d);
        let small = self.icmp_imm(IntCc::Ule, i, i32::MAX as i64);
        let ok = self.and(exact, small);
        let bad = self.b.unary(Op::BNot, ok);
        self.invalid_length_if(bad, d)?;
        Ok(self.b.unary(Op::Trunc, i))
    }

    fn invalid_length_if(&mut self, bad: Value, d: Value) -> Res<()> {
        self.unless(bad, |l| {
            let v = l.b.unary(Op::AnyFromF64, d);
            l.throw_kind(ultra_abi::shape::ThrowKind::InvalidLength, v);
            Ok(())
        })
    }

    fn array_of_length(&mut self, kind: Kind, n: Value) -> Value {
        let k = self.b.iconst(Ty::I32, kind as i64);
        self.rt(RtFn::NewArray, &[k, n, n])
    }

    /// `Array.zeros(shape, dtype)` and `Array.ones`: one dimension.
    fn filled(&mut self, args: &[Tv], out: T, with: f64) -> Res<Value> {
        let Obj::Arr(cell) = out.obj else { return self.unsupported("Array.zeros") };
        let t = self.w.cell(cell);
        let kind = t.kind();
        let shape = self.arg(args, 0);
        let n = match shape.t.obj {
            Obj::Arr(c) => {
                let store = self.store_of(shape.v);
                let len = self.load_struct(StructId::Store, "len", store);
                let one = self.icmp_imm(IntCc::Ne, len, 1);
                let s = self.str_const("arrays of more than one dimension are not supported yet");
                let s = self.b.unary(Op::AnyFromStr, s);
                self.unless(one, |l| {
                    l.throw_error(ultra_abi::shape::ErrorClass::TypeError, s);
                    Ok(())
                })?;
                let zero = self.b.iconst(Ty::I32, 0);
                let ct = self.w.cell(c);
                let v = self.element(store, zero, ct, ct);
                self.array_length(Tv { v, t: ct, lit: None })?
            }
            _ => self.array_length(shape)?,
        };
        let array = self.array_of_length(kind, n);
        // The runtime fills number arrays with holes; here every element has a value.
        let plain_zero = with == 0.0 && !matches!(kind, Kind::F64 | Kind::Any);
        if !plain_zero {
            let v = self.b.f64const(with);
            let v = match kind {
                Kind::F64 => self.b.unary_aux(Op::AnyFromF64, 0, v),
                Kind::Any => self.any_const(with.to_bits()),
                _ => self.b.unary_aux(Op::AnyFromF64, 0, v),
            };
            let (zero, end) = (self.b.iconst(Ty::I32, 0), self.b.iconst(Ty::I32, i32::MAX as i64));
            self.rt(RtFn::ArrayFill, &[array, v, zero, end]);
        }
        Ok(array)
    }

    /// An element that exists: outside the bounds, which only a callback that shrinks the array can reach, a RangeError.
    fn known_element(&mut self, a: Tv, i: Tv, out: T) -> Res<Value> {
        if !matches!(a.t.obj, Obj::Arr(_) | Obj::Typed(_)) || !a.t.within(OBJ) {
            let (o, k) = (self.boxed(a), self.boxed(i));
            let r = self.rt(RtFn::ElemGet, &[o, k]);
            return Ok(self.conv(r, T::ANY, out));
        }
        let store = self.store_of(a.v);
        let len = self.load_struct(StructId::Store, "len", store);
        let (i, ok) = self.index(i, len)?;
        let bad = self.b.unary(Op::BNot, ok);
        self.unless(bad, |l| {
            let k = l.any_const(word::UNDEFINED);
            l.throw_kind(ultra_abi::shape::ThrowKind::IndexOutOfRange, k);
            Ok(())
        })?;
        match a.t.obj {
            Obj::Arr(cell) => {
                let t = self.w.cell(cell);
                Ok(self.element(store, i, t, out))
            }
            Obj::Typed(kind) => Ok(self.typed_element(store, i, kind)),
            _ => self.unsupported("element of an unknown array"),
        }
    }
}

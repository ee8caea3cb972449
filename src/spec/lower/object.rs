//! Properties, elements, literals, scopes and iteration.

use super::*;
use crate::spec::infer::GetPlan;
use ultra_abi::shape::ThrowKind;
use ultra_ir::{ClassId, GlobalId};

impl Lower<'_> {
    /// Throws the TypeError of reading a property of undefined or null; then the value without them.
    pub(super) fn non_null(&mut self, tv: Tv, name: StrId) -> Res<Tv> {
        self.non_null_for(tv, name, RtFn::ThrowNull)
    }

    fn non_null_for(&mut self, tv: Tv, name: StrId, error: RtFn) -> Res<Tv> {
        let base = tv.t.without(NULLISH);
        if !tv.t.has(NULLISH) {
            return Ok(tv);
        }
        if base.is_bottom() {
            let v = self.boxed(tv);
            let n = self.b.imm(Op::StrConst, name.0);
            self.rt(error, &[v, n]);
            return Ok(Tv { v, t: T::BOTTOM, lit: None });
        }
        let bad = self.is_among(tv, NULLISH);
        self.unless(bad, |l| {
            let v = l.boxed(tv);
            let n = l.b.imm(Op::StrConst, name.0);
            l.rt(error, &[v, n]);
            Ok(())
        })?;
        let v = self.conv(tv.v, tv.t, base);
        Ok(Tv { v, t: base, lit: None })
    }

    pub(super) fn load_struct(&mut self, s: StructId, name: &str, obj: Value) -> Value {
        let f = self.field(s, name);
        let ty = self.code.module.fields[f].kind.reg_ty();
        self.b.unary_imm(Op::LoadField, ty, obj, f.0)
    }

    pub(super) fn store_of(&mut self, array: Value) -> Value {
        self.load_struct(StructId::Array, "store", array)
    }

    /// The length of an array as an int32.
    pub(super) fn length_of(&mut self, array: Value) -> Value {
        let store = self.store_of(array);
        self.load_struct(StructId::Store, "len", store)
    }

    pub(super) fn int_to_num(&mut self, i: Value) -> Value {
        self.b.unary_ty(Op::SToF, Ty::F64, i)
    }

    fn load_cls_field(&mut self, obj: Value, class: ClassId, index: usize) -> Value {
        let f = self.code.field_ids[class][index];
        let ty = self.code.module.fields[f].kind.reg_ty();
        self.b.unary_imm(Op::LoadField, ty, obj, f.0)
    }

    /// An any word out of a field that may have been deleted.
    fn present(&mut self, v: Value) -> Value {
        let absent = self.any_is(v, AnyTest::Absent);
        let u = self.any_const(word::UNDEFINED);
        self.b.ternary(Op::Select, 0, absent, u, v)
    }

    /// Stores into a field, counting where the field holds references.
    pub(super) fn store_field(&mut self, obj: Value, v: Value, f: FieldId, fresh: bool) {
        let counted = self.code.module.fields[f].kind.is_counted();
        let barrier = match (counted, fresh) {
            (false, _) => Barrier::None,
            (true, true) => Barrier::Init,
            (true, false) => Barrier::Full,
        };
        self.b.binary_imm(Op::StoreField, obj, v, f.0, barrier as u16);
    }

    fn store_elem(&mut self, data: Value, index: Value, v: Value, kind: Kind, fresh: bool) {
        let barrier = match (kind.is_counted(), fresh) {
            (false, _) => Barrier::None,
            (true, true) => Barrier::Init,
            (true, false) => Barrier::Full,
        };
        self.b.ternary(Op::StoreElem, kind as u16 | (barrier as u16) << 8, data, index, v);
    }

    pub(super) fn load_elem(&mut self, data: Value, index: Value, kind: Kind) -> Value {
        self.b.emit(InstData {
            a: data.0,
            b: index.0,
            ..InstData::new(Op::LoadElem, kind.reg_ty()).aux(kind as u16)
        })
    }

    // Properties.

    pub(super) fn get(&mut self, tv: Tv, name: StrId, out: T) -> Res<Option<Value>> {
        let o = self.non_null(tv, name)?;
        if o.t.is_bottom() {
            return Ok(None);
        }
        let plan = infer::get_plan(self.w, o.t, name);
        Ok(Some(match plan {
            GetPlan::StringLength => {
                let n = self.b.unary(Op::StrLen, o.v);
                self.int_to_num(n)
            }
            GetPlan::ArrayLength => {
                let n = self.length_of(o.v);
                self.int_to_num(n)
            }
            GetPlan::MapSize => {
                let n = self.rt(RtFn::MapSize, &[o.v]);
                self.int_to_num(n)
            }
            GetPlan::Constant(x) => self.b.f64const(x),
            GetPlan::FnLength(f) => {
                let n = self.w.prog.fns[f].params.iter().take_while(|p| !p.has_default && !p.rest).count();
                self.b.f64const(n as f64)
            }
            GetPlan::Field(class, i) => {
                let cell = self.w.cell(self.w.cls[class].fields[i].cell);
                if !passes(self.w, cell) {
                    return Ok(None);
                }
                let v = self.load_cls_field(o.v, class, i);
                if self.w.cls[class].fields[i].weak {
                    let v = self.rt(RtFn::WeakDeref, &[v]);
                    return Ok(Some(self.conv(v, self.weak_type(cell), out)));
                }
                let v = if self.w.cls[class].fields[i].deletable { self.present(v) } else { v };
                self.conv(v, cell, out)
            }
            GetPlan::Getter => {
                return match o.t.obj {
                    Obj::ClassVal(d) => {
                        let class = self.w.cls_of_decl[d];
                        match self.w.method(class, name, MethodKind::Getter, true) {
                            Some((_, f)) => self.call_fn(f, None, o, &[], out),
                            None => Ok(None),
                        }
                    }
                    Obj::Class(c) => self.dispatch(o, c, name, MethodKind::Getter, &[], out),
                    _ => self.unsupported("getter of an unknown object"),
                };
            }
            GetPlan::Static(var) => return self.read_var(var, None, out, false),
            GetPlan::BuiltinMethod => return Ok(None),
            GetPlan::WellKnown(name) => {
                let (n, zero) = (self.b.imm(Op::StrConst, name.0), self.b.iconst(Ty::I32, 0));
                self.rt(RtFn::SymbolOf, &[n, zero])
            }
            GetPlan::Name(text) => {
                // Library functions that stand for built-in ones have their names.
                let name = self.w.prog.strings.text(text);
                match name.strip_prefix("__ultra_v_") {
                    Some(shown) => self.str_const(shown.rsplit('_').next().unwrap_or(shown)),
                    None => self.b.imm(Op::StrConst, text.0),
                }
            }
            GetPlan::Constructor => {
                let Obj::Class(c) = o.t.obj else { return self.unsupported("constructor") };
                if !passes(self.w, out) {
                    return Ok(None);
                }
                self.constructor_of(o.v, c)?
            }
            GetPlan::Method(f) => {
                if !passes(self.w, out) {
                    return Ok(None);
                }
                self.closure(f, None)
            }
            GetPlan::ErrorName => {
                let v = self.boxed(o);
                let n = self.b.imm(Op::StrConst, name.0);
                let r = self.rt(RtFn::PropGet, &[v, n]);
                self.rt(RtFn::AnyToStr, &[r])
            }
            GetPlan::Dyn => {
                let v = self.boxed(o);
                let n = self.b.imm(Op::StrConst, name.0);
                self.rt(RtFn::PropGet, &[v, n])
            }
        }))
    }

    /// The class value of an instance, by testing the classes that extend its static class.
    fn constructor_of(&mut self, obj: Value, class: ClassId) -> Res<Value> {
        let mut order = vec![class];
        let mut at = 0;
        while at < order.len() {
            order.extend(self.w.subclasses[order[at]].iter().copied());
            at += 1;
        }
        let value = |l: &mut Self, c: ClassId| match l.w.decl_of(c) {
            Some(d) => {
                let g = l.code.class_global(d);
                l.b.imm(Op::GlobalRef, g.0)
            }
            None => l.b.imm64(Op::RefConst, Ty::Ref, 0),
        };
        let mut r = value(self, class);
        // Later entries are more derived, so a later match wins.
        for &c in &order[1..] {
            let is = self.b.unary_imm(Op::IsInstance, Ty::Bool, obj, c.0);
            let v = value(self, c);
            r = self.b.ternary(Op::Select, 0, is, v, r);
        }
        Ok(r)
    }

    pub(super) fn set(&mut self, o: Tv, name: StrId, v: Tv) -> Res<()> {
        let o = self.non_null_for(o, name, RtFn::ThrowNullSet)?;
        if o.t.is_bottom() {
            return Ok(());
        }
        match o.t.obj {
            Obj::Class(c) if o.t.within(OBJ) => {
                if let Some((owner, i)) = self.w.field(c, name) {
                    return self.set_field(o.v, owner, i, v, false);
                }
                if self.w.method(c, name, MethodKind::Setter, false).is_some() {
                    let v = Tv { t: v.t.widen(), ..v };
                    self.dispatch(o, c, name, MethodKind::Setter, &[v], T::UNDEF)?;
                    return Ok(());
                }
            }
            Obj::ClassVal(d) => {
                let class = self.w.cls_of_decl[d];
                if let GetPlan::Static(var) = infer::get_plan(self.w, o.t, name) {
                    return self.write_var(var, None, v, false);
                }
                if let Some((_, f)) = self.w.method(class, name, MethodKind::Setter, true) {
                    self.call_fn(f, None, o, &[v], T::UNDEF)?;
                    return Ok(());
                }
                return self.unsupported("new static property of a class");
            }
            Obj::Arr(_) if name == self.w.names.length => {
                let n = self.to_clamped_int(v)?;
                self.rt(RtFn::ArraySetLength, &[o.v, n]);
                return Ok(());
            }
            _ => {}
        }
        let (o, v) = (self.boxed(o), self.boxed(v));
        let n = self.b.imm(Op::StrConst, name.0);
        self.rt(RtFn::PropSet, &[o, n, v]);
        Ok(())
    }

    pub(super) fn set_field(&mut self, obj: Value, class: ClassId, i: usize, v: Tv, fresh: bool) -> Res<()> {
        let t = self.w.cell(self.w.cls[class].fields[i].cell);
        let f = self.code.field_ids[class][i];
        if self.w.cls[class].fields[i].weak {
            let v = self.convert_checked(v, self.weak_type(t), None)?;
            let cell = self.rt(RtFn::WeakCell, &[v]);
            self.store_field(obj, cell, f, fresh);
            return Ok(());
        }
        let v = self.slot_value(v, t)?;
        self.store_field(obj, v, f, fresh);
        Ok(())
    }

    /// What the weak cell of a field of type `t` leads to.
    fn weak_type(&self, t: T) -> T {
        if t.rep() == Ty::Ref { t.with(UNDEF) } else { T { bits: OBJ | NULLISH, obj: Obj::Any } }
    }

    /// A value in the representation of a slot of type `t`.
    fn slot_value(&mut self, v: Tv, t: T) -> Res<Value> {
        if !passes(self.w, t) && t.rep() == Ty::Ref {
            return Ok(self.constant_of(t));
        }
        self.convert_checked(v, t, None)
    }

    /// Stores what each field holds before it is assigned.
    pub(super) fn init_default_fields(&mut self, obj: Value, class: ClassId) {
        let mut at = class;
        while !at.is_none() {
            for i in 0..self.w.cls[at].fields.len() {
                let f = self.code.field_ids[at][i];
                if f.is_none() {
                    continue;
                }
                let t = self.w.cell(self.w.cls[at].fields[i].cell);
                let v = match self.w.starts_absent(at, i) {
                    true => self.any_const(word::ABSENT),
                    false => self.default_value(self.code.module.fields[f].kind, t),
                };
                self.b.binary_imm(Op::StoreField, obj, v, f.0, Barrier::None as u16);
            }
            at = self.w.cls[at].parent;
        }
    }

    fn default_value(&mut self, kind: Kind, t: T) -> Value {
        match kind {
            Kind::F64 if t.has(UNDEF) => self.b.imm64(Op::F64Const, Ty::F64, word::UNDEFINED_F64),
            Kind::F64 => self.b.f64const(0.0),
            Kind::F32 => self.b.imm64(Op::F32Const, Ty::F32, 0),
            Kind::Bool => self.b.imm64(Op::BConst, Ty::Bool, 0),
            Kind::Ref => self.b.imm64(Op::RefConst, Ty::Ref, 0),
            Kind::Str => self.str_const(""),
            Kind::Any => self.any_const(word::UNDEFINED),
            k => self.b.iconst(k.reg_ty(), 0),
        }
    }

    // Elements.

    /// An index as i32 or i64, and whether it is an integer below `len`.
    pub(super) fn index(&mut self, key: Tv, len: Value) -> Res<(Value, Value)> {
        if let Some(k) = key.t.int_kind() {
            if let Some(lit) = key.lit
                && let Some(i) = self.int_literal(lit, k)
            {
                let _ = i;
            }
            if k.size() == 8 {
                let n = self.b.unary(Op::ZExt32, len);
                let ok = self.icmp(IntCc::Ult, key.v, n);
                return Ok((key.v, ok));
            }
            let ok = self.icmp(IntCc::Ult, key.v, len);
            return Ok((key.v, ok));
        }
        let d = self.to_number(key)?;
        if let Some(i) = self.int_view(d) {
            let ok = self.icmp(IntCc::Ult, i, len);
            return Ok((i, ok));
        }
        let i = self.b.unary_ty(Op::FToS, Ty::I64, d);
        let back = self.b.unary_ty(Op::SToF, Ty::F64, i);
        let exact = self.b.binary_aux(Op::FCmp, FloatCc::Eq as u16, back, d);
        let n = self.b.unary(Op::ZExt32, len);
        let below = self.icmp(IntCc::Ult, i, n);
        Ok((i, self.and(exact, below)))
    }

    pub(super) fn elem_get(&mut self, d: &InstData, out: T) -> Res<Option<Value>> {
        let (o, key) = (self.tv(d.arg_a()), self.tv(d.arg_b()));
        if let Some(name) = infer::constant_key(self.w, &self.body, d.arg_b()) {
            return self.get(o, name, out);
        }
        let text = self.w.prog.strings.intern(&key.lit.map_or("0".to_string(), |l| format!("{}", l.value)));
        let o = self.non_null(o, text)?;
        if o.t.is_bottom() {
            return Ok(None);
        }
        if let Some(f) = infer::overload(self.w, "[]", &[o.t, key.t]) {
            return self.operator_call(f, &[o, key]).map(Some);
        }
        let numeric = key.t.widen().within(NUM | INTS | F32 | UNDEF) && self.b.func.ty(key.v) != Ty::Any;
        match o.t.obj {
            Obj::Arr(cell) if o.t.within(OBJ) && numeric => self.array_get(o.v, cell, key, out).map(Some),
            Obj::Typed(kind) if o.t.within(OBJ) && numeric => self.typed_get(o.v, kind, key).map(Some),
            _ if o.t == T::STR && numeric => {
                let len = self.b.unary(Op::StrLen, o.v);
                let (i, ok) = self.index(key, len)?;
                let i = if self.b.func.ty(i) == Ty::I64 { self.b.unary(Op::Trunc, i) } else { i };
                let r = self.choose(
                    ok,
                    Ty::Any,
                    2,
                    |l| {
                        let c = l.rt(RtFn::StrCharAt, &[o.v, i]);
                        Ok(l.b.unary(Op::AnyFromStr, c))
                    },
                    |l| Ok(l.any_const(word::UNDEFINED)),
                )?;
                Ok(Some(r))
            }
            _ => {
                let (o, k) = (self.boxed(o), self.primitive(key, "string")?);
                let r = self.rt(RtFn::ElemGet, &[o, k]);
                Ok(Some(self.conv(r, T::ANY, out)))
            }
        }
    }

    fn array_get(&mut self, array: Value, cell: CellId, key: Tv, out: T) -> Res<Value> {
        let store = self.store_of(array);
        let len = self.load_struct(StructId::Store, "len", store);
        let (i, ok) = self.index(key, len)?;
        let t = self.w.cell(cell);
        if !out.has(UNDEF) {
            let bad = self.b.unary(Op::BNot, ok);
            self.unless(bad, |l| {
                let k = l.boxed(key);
                l.throw_kind(ThrowKind::IndexOutOfRange, k);
                Ok(())
            })?;
            return Ok(self.element(store, i, t, out));
        }
        self.choose(
            ok,
            out.rep(),
            2,
            |l| Ok(l.element(store, i, t, out)),
            |l| {
                if !l.w.odd_keys || l.w.is_declared(cell) {
                    return Ok(l.constant_of(T { bits: out.bits, obj: Obj::None }));
                }
                let (a, k) = (l.b.unary(Op::AnyFromRef, array), l.boxed(key));
                let v = l.rt(RtFn::ElemGet, &[a, k]);
                Ok(l.conv(v, out.with(OTHER), out))
            },
        )
    }

    /// Reads a JavaScript typed array: a number, or undefined outside.
    fn typed_get(&mut self, array: Value, kind: Kind, key: Tv) -> Res<Value> {
        let store = self.store_of(array);
        let len = self.load_struct(StructId::Store, "len", store);
        let (i, ok) = self.index(key, len)?;
        self.choose(
            ok,
            Ty::F64,
            2,
            |l| Ok(l.typed_element(store, i, kind)),
            |l| Ok(l.b.imm64(Op::F64Const, Ty::F64, word::UNDEFINED_F64)),
        )
    }

    /// An element that is in bounds, as a number.
    pub(super) fn typed_element(&mut self, store: Value, i: Value, kind: Kind) -> Value {
        let data = self.b.unary(Op::StoreData, store);
        let v = self.load_elem(data, i, kind);
        self.conv(v, T::of_kind(kind), T::NUM)
    }

    /// Writes a JavaScript typed array: modulo the kind's width; outside, nothing happens.
    fn typed_set(&mut self, array: Value, kind: Kind, key: Tv, value: Tv) -> Res<()> {
        let v = match kind {
            Kind::F64 | Kind::F32 => {
                let d = self.to_number(value)?;
                let d = if value.t.has(UNDEF) { self.b.unary(Op::FCanon, d) } else { d };
                if kind == Kind::F32 { self.b.unary(Op::FDemote, d) } else { d }
            }
            _ => self.to_int32(value)?,
        };
        let store = self.store_of(array);
        let len = self.load_struct(StructId::Store, "len", store);
        let (i, ok) = self.index(key, len)?;
        let (fast, done) = (self.b.block(), self.b.block());
        self.b.branch_args(ok, 2, fast, &[], done, &[]);
        self.b.switch_to(fast);
        let data = self.b.unary(Op::StoreData, store);
        self.store_elem(data, i, v, kind, false);
        self.b.jump(done, &[]);
        self.b.switch_to(done);
        Ok(())
    }

    /// Loads an element that is in bounds.
    pub(super) fn element(&mut self, store: Value, i: Value, t: T, out: T) -> Value {
        let data = self.b.unary(Op::StoreData, store);
        let v = self.load_elem(data, i, t.kind());
        let v = match t.kind() {
            Kind::Any => {
                let hole = self.icmp_imm(IntCc::Eq, v, word::HOLE as i64);
                let u = self.any_const(word::UNDEFINED);
                self.b.ternary(Op::Select, 0, hole, u, v)
            }
            _ => v,
        };
        self.conv(v, t, out)
    }

    pub(super) fn elem_set(&mut self, d: &InstData) -> Res<()> {
        let (o, key, v) = (self.tv(d.arg_a()), self.tv(d.arg_b()), self.tv(d.arg_c()));
        if let Some(name) = infer::constant_key(self.w, &self.body, d.arg_b()) {
            return self.set(o, name, v);
        }
        let text = self.w.prog.strings.intern(&key.lit.map_or("0".to_string(), |l| format!("{}", l.value)));
        let o = self.non_null_for(o, text, RtFn::ThrowNullSet)?;
        if o.t.is_bottom() {
            return Ok(());
        }
        if let Some(f) = infer::overload(self.w, "[]=", &[o.t, key.t, v.t]) {
            self.operator_call(f, &[o, key, v])?;
            return Ok(());
        }
        let numeric = key.t.widen().within(NUM | INTS | F32 | UNDEF) && self.b.func.ty(key.v) != Ty::Any;
        if let Obj::Arr(cell) = o.t.obj
            && o.t.within(OBJ)
            && numeric
        {
            let t = self.w.cell(cell);
            let value = self.slot_value(v, t)?;
            let store = self.store_of(o.v);
            let len = self.load_struct(StructId::Store, "len", store);
            let (i, ok) = self.index(key, len)?;
            let (fast, slow, done) = (self.b.block(), self.b.block(), self.b.block());
            self.b.func.blocks[slow].cold = true;
            self.b.branch_args(ok, 2, fast, &[], slow, &[]);
            self.b.switch_to(fast);
            let data = self.b.unary(Op::StoreData, store);
            self.store_elem(data, i, value, t.kind(), false);
            self.b.jump(done, &[]);
            self.b.switch_to(slow);
            if !self.w.is_declared(cell) && matches!(t.kind(), Kind::Str | Kind::Bool) {
                self.refuse_gap(key, len)?;
            }
            let (a, k) = (self.boxed(o), self.boxed(key));
            let boxed = self.box_any(value, t);
            self.rt(RtFn::ElemSet, &[a, k, boxed]);
            self.b.jump(done, &[]);
            self.b.switch_to(done);
            return Ok(());
        }
        if let Obj::Typed(kind) = o.t.obj
            && o.t.within(OBJ)
            && numeric
        {
            return self.typed_set(o.v, kind, key, v);
        }
        let (o, k, v) = (self.boxed(o), self.primitive(key, "string")?, self.boxed(v));
        self.rt(RtFn::ElemSet, &[o, k, v]);
        Ok(())
    }

    /// Stops a store beyond the end of an array of a kind without holes, which would leave a gap of values.
    fn refuse_gap(&mut self, key: Tv, len: Value) -> Res<()> {
        let d = self.to_number(key)?;
        let n = self.int_to_num(len);
        let gap = self.b.binary_aux(Op::FCmp, FloatCc::Gt as u16, d, n);
        let text =
            self.str_const("not supported yet: a gap in an array that was made of strings or booleans alone");
        let text = self.b.unary(Op::AnyFromStr, text);
        self.unless(gap, |l| {
            l.throw_error(ultra_abi::shape::ErrorClass::Error, text);
            Ok(())
        })
    }

    fn box_any(&mut self, v: Value, t: T) -> Value {
        self.conv(v, t, T::ANY)
    }

    // Arrays.

    pub(super) fn array_literal(&mut self, inst: Inst, d: &InstData, out: T) -> Res<Value> {
        let _ = inst;
        let Obj::Arr(cell) = out.obj else { return self.unsupported("array literal without a type") };
        let t = self.w.cell(cell);
        let kind = t.kind();
        let list: Vec<Value> = self.body.values_of(d.list()).collect();
        let mut values = Vec::with_capacity(list.len());
        for &v in &list {
            let is_hole = self.body.def(v).is_some_and(|x| x.op == Op::JsHole);
            if is_hole {
                values.push(match kind {
                    Kind::F64 => self.b.imm64(Op::F64Const, Ty::F64, word::HOLE_F64),
                    Kind::Any => self.any_const(word::HOLE),
                    _ => self.default_value(kind, t),
                });
                continue;
            }
            let tv = self.tv(v);
            values.push(self.slot_value(tv, t)?);
        }
        Ok(self.new_array_of(kind, &values))
    }

    pub(super) fn new_array_of(&mut self, kind: Kind, values: &[Value]) -> Value {
        let k = self.b.iconst(Ty::I32, kind as i64);
        let n = self.b.iconst(Ty::I32, values.len() as i64);
        let array = self.rt(RtFn::NewArray, &[k, n, n]);
        if !values.is_empty() {
            let store = self.store_of(array);
            let data = self.b.unary(Op::StoreData, store);
            for (i, &v) in values.iter().enumerate() {
                let i = self.b.iconst(Ty::I32, i as i64);
                self.store_elem(data, i, v, kind, true);
            }
        }
        array
    }

    /// Appends an element.
    pub(super) fn push(&mut self, array: Tv, v: Tv) -> Res<Value> {
        let Obj::Arr(cell) = array.t.obj else {
            return self.unsupported("push on something that is no array");
        };
        let t = self.w.cell(cell);
        let value = self.slot_value(v, t)?;
        let store = self.store_of(array.v);
        let len = self.load_struct(StructId::Store, "len", store);
        let cap = self.load_struct(StructId::Store, "cap", store);
        let one = self.b.iconst(Ty::I32, 1);
        let next = self.b.binary(Op::IAdd, len, one);
        let full = self.icmp(IntCc::Uge, len, cap);
        let store =
            self.choose(full, Ty::Ref, 1, |l| Ok(l.rt(RtFn::ArrayGrow, &[array.v, next])), |_| Ok(store))?;
        let data = self.b.unary(Op::StoreData, store);
        // The slot beyond the length holds no counted reference.
        self.store_elem(data, len, value, t.kind(), false);
        let f = self.field(StructId::Store, "len");
        self.store_field(store, next, f, false);
        Ok(next)
    }

    pub(super) fn pop(&mut self, array: Tv, out: T) -> Res<Value> {
        let Obj::Arr(cell) = array.t.obj else {
            return self.unsupported("pop on something that is no array");
        };
        let t = self.w.cell(cell);
        let kind = t.kind();
        let store = self.store_of(array.v);
        let len = self.load_struct(StructId::Store, "len", store);
        let some = self.icmp_imm(IntCc::Ne, len, 0);
        self.choose(
            some,
            out.rep(),
            2,
            |l| {
                let one = l.b.iconst(Ty::I32, 1);
                let last = l.b.binary(Op::ISub, len, one);
                let v = l.element(store, last, t, out);
                if kind.is_counted() {
                    let data = l.b.unary(Op::StoreData, store);
                    let empty = match kind {
                        Kind::Ref => l.b.imm64(Op::RefConst, Ty::Ref, 0),
                        Kind::Str => l.str_const(""),
                        _ => l.any_const(word::UNDEFINED),
                    };
                    l.store_elem(data, last, empty, kind, false);
                }
                let f = l.field(StructId::Store, "len");
                l.store_field(store, last, f, false);
                Ok(v)
            },
            |l| Ok(l.constant_of(T { bits: out.bits, obj: Obj::None })),
        )
    }

    pub(super) fn array_spread(&mut self, array: Tv, source: Tv) -> Res<()> {
        let it_t = infer::iter_type(self.w, source.t, 0);
        let it = self.iterable(source, 0)?;
        let it = Tv { v: it, t: it_t, lit: None };
        let elem = infer::iter_value(self.w, it_t);
        let (head, body, exit) = (self.b.block(), self.b.block(), self.b.block());
        let pos = self.b.param(head, Ty::I32);
        let first = self.begin(it)?;
        self.b.jump(head, &[first]);
        self.b.switch_to(head);
        let more = self.more(it, pos)?;
        self.b.branch(more, body, exit);
        self.b.switch_to(body);
        let v = self.value_at(it, pos, elem)?;
        self.push(array, Tv { v, t: elem, lit: None })?;
        let next = self.advance(it, pos)?;
        self.b.jump(head, &[next]);
        self.b.switch_to(exit);
        Ok(())
    }

    pub(super) fn rest(&mut self, inst: Inst, d: &InstData, out: T) -> Res<Value> {
        let start = d.a as usize;
        let spec = &self.w.specs[self.s];
        if spec.generic {
            // The wrapper made the array: it is the parameter itself.
            let entry = self.body.entry();
            let p = self.body.blocks[entry].params.get(start + 2).copied();
            if let Some(p) = p
                && !self.vals[p].is_none()
            {
                return Ok(self.vals[p]);
            }
            if let Some(&(v, _)) = self.extra.first() {
                return Ok(v);
            }
            return self.unsupported("rest parameter of a function value");
        }
        let _ = inst;
        let Obj::Arr(cell) = out.obj else { return self.unsupported("rest parameter") };
        let t = self.w.cell(cell);
        let count = spec.key.len().saturating_sub(start + 1);
        let entry_params = self.body.blocks[self.body.entry()].params.clone();
        let mut extra = self.extra.clone().into_iter();
        let mut values = Vec::new();
        for i in 0..count {
            let at = self.w.specs[self.s].key[start + 1 + i];
            let tv = match entry_params.get(start + 2 + i) {
                Some(&p) => self.tv(p),
                None if passes(self.w, at) => {
                    let Some((v, t)) = extra.next() else { return self.unsupported("rest parameter") };
                    Tv { v, t, lit: None }
                }
                None => Tv { v: self.constant_of(at), t: at, lit: None },
            };
            values.push(self.slot_value(tv, t)?);
        }
        Ok(self.new_array_of(t.kind(), &values))
    }

    // Object literals and scopes.

    pub(super) fn object_literal(&mut self, d: &InstData, out: T) -> Res<Value> {
        let Obj::Class(class) = out.obj else { return self.unsupported("object literal without a type") };
        let list: Vec<Value> = self.body.values_of(d.list()).collect();
        let keys = infer::object_keys(&self.body, &list);
        let fields = self.w.cls[class].fields.clone();
        let mut values: Vec<Option<Value>> = vec![None; fields.len()];
        for (i, pair) in list.chunks_exact(2).enumerate() {
            let at = infer::field_of_key(&keys, i);
            let t = self.w.cell(fields[at].cell);
            let tv = self.tv(pair[1]);
            values[at] = Some(self.slot_value(tv, t)?);
        }
        let obj = self.new_instance(class);
        for (i, f) in fields.iter().enumerate() {
            let id = self.code.field_ids[class][i];
            let v = match values[i] {
                Some(v) => v,
                None => {
                    let t = self.w.cell(f.cell);
                    self.default_value(self.code.module.fields[id].kind, t)
                }
            };
            self.store_field(obj, v, id, true);
        }
        Ok(obj)
    }

    pub(super) fn new_scope(&mut self, scope: ScopeId, parent: Value) -> Res<Value> {
        let class = self.w.scope_cls[scope];
        let parent = (!self.w.prog.scopes[scope].parent.is_none()).then(|| self.tv(parent));
        let obj = self.new_instance(class);
        self.init_default_fields(obj, class);
        if let Some(p) = parent {
            let f = self.code.field_ids[class][0];
            let v = if self.b.func.ty(p.v) == Ty::Ref { p.v } else { self.b.imm64(Op::RefConst, Ty::Ref, 0) };
            self.store_field(obj, v, f, true);
        }
        Ok(obj)
    }

    pub(super) fn var_get(&mut self, d: &InstData, out: T) -> Res<Option<Value>> {
        let scope = self.tv(d.arg_a());
        self.read_var(VarId(d.b), Some(scope.v), out, d.aux != 0)
    }

    /// The scope object of a variable, when it is a module's.
    fn module_scope(&mut self, var: VarId) -> Res<Value> {
        let scope = self.w.prog.vars[var].scope;
        let global = self.code.scope_global[scope];
        if global.is_none() {
            return self.unsupported("static member of a class declared inside a function");
        }
        Ok(self.b.imm(Op::GlobalRef, GlobalId(global.0).0))
    }

    fn var_field(&self, var: VarId) -> (ClassId, usize) {
        let scope = self.w.prog.vars[var].scope;
        let class = self.w.scope_cls[scope];
        let first = !self.w.prog.scopes[scope].parent.is_none() as usize;
        let at = self.w.prog.scopes[scope].vars.iter().position(|v| *v == var).unwrap_or(0);
        (class, first + at)
    }

    pub(super) fn read_var(
        &mut self,
        var: VarId,
        scope: Option<Value>,
        out: T,
        test: bool,
    ) -> Res<Option<Value>> {
        let (class, i) = self.var_field(var);
        let v = &self.w.prog.vars[var];
        let known = v.never_reassigned && (v.known_fn.is_some() && v.kind == VarKind::Function);
        let scope = match scope {
            Some(s) => s,
            None => self.module_scope(var)?,
        };
        if test && !known {
            self.check_initialized(var, scope, class, i)?;
        }
        if !passes(self.w, out) {
            return Ok(None);
        }
        let v = self.load_cls_field(scope, class, i);
        let cell = self.w.cell(self.w.cls[class].fields[i].cell);
        // A known function or class is stored as a plain reference.
        let cell = if cell.is_bottom() { out } else { cell };
        Ok(Some(self.conv(v, cell, out)))
    }

    fn check_initialized(&mut self, var: VarId, scope: Value, class: ClassId, i: usize) -> Res<()> {
        let Some(flag) = self.w.cls[class].fields[i].flag else { return Ok(()) };
        let f = self.code.field_ids[class][flag as usize];
        if f.is_none() {
            return Ok(());
        }
        let set = self.b.unary_imm(Op::LoadField, Ty::Bool, scope, f.0);
        let bad = self.b.unary(Op::BNot, set);
        let name = self.w.prog.vars[var].name;
        self.unless(bad, |l| {
            let n = l.b.imm(Op::StrConst, name.0);
            let n = l.b.unary(Op::AnyFromStr, n);
            l.throw_kind(ThrowKind::Uninitialized, n);
            Ok(())
        })
    }

    pub(super) fn var_set(&mut self, d: &InstData) -> Res<()> {
        let (scope, v) = (self.tv(d.arg_a()), self.tv(d.arg_b()));
        self.write_var(VarId(d.c), Some(scope.v), v, d.aux != 0)
    }

    pub(super) fn write_var(&mut self, var: VarId, scope: Option<Value>, v: Tv, init: bool) -> Res<()> {
        let (class, i) = self.var_field(var);
        let scope = match scope {
            Some(s) => s,
            None => self.module_scope(var)?,
        };
        let t = self.w.cell(self.w.cls[class].fields[i].cell);
        if passes(self.w, t) {
            self.set_field(scope, class, i, v, false)?;
        }
        if init && let Some(flag) = self.w.cls[class].fields[i].flag {
            let f = self.code.field_ids[class][flag as usize];
            if !f.is_none() {
                let yes = self.b.imm64(Op::BConst, Ty::Bool, 1);
                self.store_field(scope, yes, f, false);
            }
        }
        Ok(())
    }

    // Iteration.

    pub(super) fn iter(&mut self, d: &InstData, out: T) -> Res<Value> {
        let tv = self.tv(d.arg_a());
        let _ = out;
        self.iterable(tv, d.aux)
    }

    /// What positions index: the array or string itself, or an array made of it.
    fn iterable(&mut self, tv: Tv, aux: u16) -> Res<Value> {
        if aux == 1 {
            let v = self.boxed(tv);
            let mode = self.b.iconst(Ty::I32, 3);
            return Ok(self.rt(RtFn::ObjectKeys, &[v, mode]));
        }
        let name = self.w.prog.strings.intern("Symbol(Symbol.iterator)");
        let tv = self.non_null(tv, name)?;
        let table = aux == 0 && matches!(tv.t.obj, Obj::Map(..) | Obj::Set(_));
        let listed = matches!(tv.t.obj, Obj::Arr(_) | Obj::Typed(_)) || table || self.is_iteration(tv.t);
        if listed && tv.t.within(OBJ) || tv.t == T::STR {
            return Ok(tv.v);
        }
        if aux == 0 {
            let Some(class) = self.w.iterator_class else {
                return self.unsupported("iteration without the library");
            };
            let v = self.boxed(tv);
            let text = self.str_const("");
            let args = [Tv { v, t: T::ANY, lit: None }, Tv { v: text, t: T::STR, lit: None }];
            return self.library_value("__ultra_iterate", &args, T::obj(Obj::Class(class)));
        }
        let v = self.boxed(tv);
        let mode = self.b.iconst(Ty::I32, aux as i64);
        // With mode 2 the array holds [key, value] pairs.
        Ok(self.rt(RtFn::IterToArray, &[v, mode]))
    }

    pub(super) fn iter_more(&mut self, d: &InstData) -> Res<Value> {
        let (it, pos) = (self.tv(d.arg_a()), self.val(d.arg_b()));
        self.more(it, pos)
    }

    /// Whether a type is the library's class of iterations.
    fn is_iteration(&self, t: T) -> bool {
        matches!(t.obj, Obj::Class(c) if self.w.iterator_class == Some(c))
    }

    fn more(&mut self, it: Tv, pos: Value) -> Res<Value> {
        match it.t.obj {
            // The position of a table is that of an entry, or negative at the end.
            Obj::Map(..) | Obj::Set(_) => return Ok(self.icmp_imm(IntCc::Sge, pos, 0)),
            Obj::Class(_) => return self.library_value(infer::ITER_STEP, &[it], T::BOOL),
            _ => {}
        }
        let n = if it.t == T::STR { self.b.unary(Op::StrLen, it.v) } else { self.length_of(it.v) };
        Ok(self.icmp(IntCc::Ult, pos, n))
    }

    pub(super) fn iter_value(&mut self, d: &InstData, out: T) -> Res<Option<Value>> {
        let (it, pos) = (self.tv(d.arg_a()), self.val(d.arg_b()));
        if infer::iterates_entries(self.w, self.s, &self.body, d.arg_a()) {
            return self.pair_part(it, pos, 1).map(Some);
        }
        self.value_at(it, pos, out).map(Some)
    }

    pub(super) fn iter_key(&mut self, d: &InstData) -> Res<Value> {
        let (it, pos) = (self.tv(d.arg_a()), self.val(d.arg_b()));
        if infer::iterates_entries(self.w, self.s, &self.body, d.arg_a()) {
            return self.pair_part(it, pos, 0);
        }
        Ok(self.int_to_num(pos))
    }

    /// Key (0) or value (1) of the pair at a position.
    fn pair_part(&mut self, it: Tv, pos: Value, part: i64) -> Res<Value> {
        let pair = self.value_at(it, pos, T::ANY)?;
        let pair = self.b.unary(Op::AnyToRef, pair);
        let store = self.store_of(pair);
        let i = self.b.iconst(Ty::I32, part);
        Ok(self.element(store, i, T::ANY, T::ANY))
    }

    fn value_at(&mut self, it: Tv, pos: Value, out: T) -> Res<Value> {
        if it.t == T::STR {
            let c = self.rt(RtFn::StrCodePointAt, &[it.v, pos]);
            let wide = self.icmp_imm(IntCc::Sgt, c, 0xFFFF);
            return self.choose(
                wide,
                Ty::Str,
                1,
                |l| {
                    let two = l.b.iconst(Ty::I32, 2);
                    let end = l.b.binary(Op::IAdd, pos, two);
                    Ok(l.rt(RtFn::StrSlice, &[it.v, pos, end]))
                },
                |l| Ok(l.rt(RtFn::StrCharAt, &[it.v, pos])),
            );
        }
        match it.t.obj {
            Obj::Set(cell) => {
                let t = self.w.cell(cell);
                let k = self.table_entry(it.v, pos, 0);
                return Ok(self.conv(k, t.with(OTHER | UNDEF), out));
            }
            Obj::Map(..) => {
                let (k, v) = (self.table_entry(it.v, pos, 0), self.table_entry(it.v, pos, 1));
                let pair = self.new_array_of(Kind::Any, &[k, v]);
                let t = T::obj(Obj::Arr(self.w.declared_cell(T::ANY)));
                return Ok(self.conv(pair, t, out));
            }
            Obj::Class(c) => {
                let name = self.w.prog.strings.intern("value");
                let Some((owner, i)) = self.w.field(c, name) else {
                    return self.unsupported("iteration without the library");
                };
                let t = self.w.cell(self.w.cls[owner].fields[i].cell);
                let v = self.load_cls_field(it.v, owner, i);
                return Ok(self.conv(v, t, out));
            }
            _ => {}
        }
        let store = self.store_of(it.v);
        let len = self.load_struct(StructId::Store, "len", store);
        let bad = self.icmp(IntCc::Uge, pos, len);
        self.unless(bad, |l| {
            let k = l.any_const(word::UNDEFINED);
            l.throw_kind(ThrowKind::IndexOutOfRange, k);
            Ok(())
        })?;
        match it.t.obj {
            Obj::Arr(cell) => {
                let t = self.w.cell(cell);
                Ok(self.element(store, pos, t, out))
            }
            Obj::Typed(kind) => Ok(self.typed_element(store, pos, kind)),
            _ => self.unsupported("iteration of an unknown value"),
        }
    }

    pub(super) fn iter_next(&mut self, d: &InstData) -> Res<Value> {
        let (it, pos) = (self.tv(d.arg_a()), self.val(d.arg_b()));
        self.advance(it, pos)
    }

    /// Key (0) or value (1) of an entry of a Map or Set.
    fn table_entry(&mut self, table: Value, pos: Value, part: i64) -> Value {
        let part = self.b.iconst(Ty::I32, part);
        self.rt(RtFn::MapEntry, &[table, pos, part])
    }

    /// The first position of an iteration.
    pub(super) fn iter_begin(&mut self, d: &InstData) -> Res<Value> {
        let it = self.tv(d.arg_a());
        self.begin(it)
    }

    fn begin(&mut self, it: Tv) -> Res<Value> {
        let zero = self.b.iconst(Ty::I32, 0);
        Ok(match it.t.obj {
            Obj::Map(..) | Obj::Set(_) => self.rt(RtFn::MapNext, &[it.v, zero]),
            _ => zero,
        })
    }

    fn advance(&mut self, it: Tv, pos: Value) -> Res<Value> {
        let one = self.b.iconst(Ty::I32, 1);
        if matches!(it.t.obj, Obj::Map(..) | Obj::Set(_)) {
            let next = self.b.binary(Op::IAdd, pos, one);
            return Ok(self.rt(RtFn::MapNext, &[it.v, next]));
        }
        if it.t != T::STR {
            return Ok(self.b.binary(Op::IAdd, pos, one));
        }
        let c = self.rt(RtFn::StrCodePointAt, &[it.v, pos]);
        let wide = self.icmp_imm(IntCc::Sgt, c, 0xFFFF);
        let two = self.b.iconst(Ty::I32, 2);
        let step = self.b.ternary(Op::Select, 0, wide, two, one);
        Ok(self.b.binary(Op::IAdd, pos, step))
    }
}

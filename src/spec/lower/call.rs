//! Calls: specialised functions, methods through the class hierarchy, construction,
//! function values and their generic entries.

use super::*;
use crate::spec::infer::CallPlan;
use ultra_ir::ClassId;

impl Lower<'_> {
    /// Calls a specialisation; `args` beyond what it takes are dropped, missing ones are undefined.
    fn call_spec(
        &mut self,
        spec: SpecId,
        env: Option<Value>,
        this: Tv,
        args: &[Tv],
        out: T,
    ) -> Res<Option<Value>> {
        if spec.0 as usize >= self.code.spec_func.len() {
            return self.unsupported("a call that inference did not see");
        }
        let mut values = Vec::new();
        for (i, t) in spec_params(self.w, spec) {
            let v = match i {
                0 => match env {
                    Some(e) => e,
                    None => self.b.imm64(Op::RefConst, Ty::Ref, 0),
                },
                1 => self.convert_checked(this, t, None)?,
                _ => {
                    let tv = args.get(i - 2).copied();
                    let tv = match tv {
                        Some(tv) => tv,
                        None => Tv { v: self.constant_of(T::UNDEF), t: T::UNDEF, lit: None },
                    };
                    self.convert_checked(tv, t, None)?
                }
            };
            values.push(v);
        }
        let func = self.code.spec_func[spec];
        let (ret, ty) = spec_ret(self.w, spec);
        let v = self.b.call(Op::Call, ty, func.0, &values, 0);
        self.after_throw();
        if ret.is_bottom() {
            self.b.unreachable();
            return Ok(None);
        }
        if ty == Ty::Void {
            if passes(self.w, out) {
                let c = self.constant_of(ret);
                return Ok(Some(self.conv_const(c, ret, out)));
            }
            return Ok(None);
        }
        Ok(Some(self.conv(v, ret, out)))
    }

    /// A constant of a unit type in the representation of a wider type.
    fn conv_const(&mut self, v: Value, from: T, to: T) -> Value {
        if from.is_unit() {
            return match (to.rep(), from == T::NULL) {
                (Ty::Ref, null) => self.b.imm64(Op::RefConst, Ty::Ref, null as u64),
                (Ty::F64, _) => self.b.imm64(Op::F64Const, Ty::F64, word::UNDEFINED_F64),
                _ => v,
            };
        }
        self.conv(v, from, to)
    }

    /// Calls a function declaration with the specialisation that inference chose.
    pub(super) fn call_fn(
        &mut self,
        f: FnId,
        env: Option<Value>,
        this: Tv,
        args: &[Tv],
        out: T,
    ) -> Res<Option<Value>> {
        let types: Vec<T> = args.iter().map(|a| a.t).collect();
        let spec = infer::call_spec(self.w, f, this.t, &types);
        self.call_spec(spec, env, this, args, out)
    }

    fn undef(&mut self) -> Tv {
        Tv { v: self.any_const(word::UNDEFINED), t: T::UNDEF, lit: None }
    }

    /// Calls an operator overload.
    pub(super) fn operator_call(&mut self, f: FnId, operands: &[Tv]) -> Res<Value> {
        let types: Vec<T> = operands.iter().map(|o| o.t).collect();
        let spec = infer::call_spec(self.w, f, T::UNDEF, &types);
        let this = self.undef();
        let out = self.w.cell(self.w.specs[spec].ret);
        match self.call_spec(spec, None, this, operands, out)? {
            Some(v) => Ok(v),
            None => Ok(self.constant_of(out)),
        }
    }

    /// Calls `recv.name(args)` on an instance: the implementation is known, or chosen by
    /// testing the classes that override it, most derived first.
    pub(super) fn dispatch(
        &mut self,
        recv: Tv,
        class: ClassId,
        name: StrId,
        kind: MethodKind,
        args: &[Tv],
        out: T,
    ) -> Res<Option<Value>> {
        let impls = self.w.implementations(class, name, kind);
        let ty = if passes(self.w, out) { out.rep() } else { Ty::Void };
        let [rest @ .., last] = impls.as_slice() else {
            return self.unsupported("method without implementation");
        };
        if rest.is_empty() {
            return self.call_impl(recv, last, args, out);
        }
        let join = self.b.block();
        let result = (ty != Ty::Void).then(|| self.b.param(join, ty));
        for target in rest {
            let (hit, miss) = (self.b.block(), self.b.block());
            let is = self.b.unary_imm(Op::IsInstance, Ty::Bool, recv.v, target.0.0);
            self.b.branch(is, hit, miss);
            self.b.switch_to(hit);
            self.call_into(recv, target, args, out, join, ty)?;
            self.b.switch_to(miss);
        }
        self.call_into(recv, last, args, out, join, ty)?;
        self.b.switch_to(join);
        if !self.b.has_preds(join) {
            self.b.unreachable();
            return Ok(None);
        }
        Ok(result)
    }

    fn call_into(
        &mut self,
        recv: Tv,
        target: &(ClassId, ClassId, FnId),
        args: &[Tv],
        out: T,
        join: Block,
        ty: Ty,
    ) -> Res<()> {
        let v = self.call_impl(recv, target, args, out)?;
        if self.b.is_open() {
            let args: Vec<Value> = match (ty, v) {
                (Ty::Void, _) => vec![],
                (_, Some(v)) => vec![v],
                (_, None) => vec![self.constant_of(out)],
            };
            self.b.jump(join, &args);
        }
        Ok(())
    }

    fn call_impl(
        &mut self,
        recv: Tv,
        target: &(ClassId, ClassId, FnId),
        args: &[Tv],
        out: T,
    ) -> Res<Option<Value>> {
        let this = Tv { v: recv.v, t: T::obj(Obj::Class(target.1)), lit: None };
        let types: Vec<T> = args.iter().map(|a| a.t.widen()).collect();
        let spec = infer::call_spec(self.w, target.2, this.t, &types);
        let env = self.method_env(target.2)?;
        self.call_spec(spec, env, this, args, out)
    }

    /// The environment of a method: the scope around its class, which must be a module's.
    fn method_env(&mut self, f: FnId) -> Res<Option<Value>> {
        if self.w.prog.fns[f].env.is_none() {
            return Ok(None);
        }
        self.unsupported("a class inside a function whose methods use that function's variables")
    }

    /// `recv.name()` when inference has already specialised it (conversions to string).
    pub(super) fn known_dispatch(&mut self, recv: Tv, name: StrId) -> Res<Option<Tv>> {
        let Obj::Class(c) = recv.t.obj else { return Ok(None) };
        let before = self.w.specs.len();
        let t = infer::dispatch(self.w, c, name, MethodKind::Method, &[]);
        if self.w.specs.len() != before || t.is_bottom() {
            return Ok(None);
        }
        Ok(self.dispatch(recv, c, name, MethodKind::Method, &[], t)?.map(|v| Tv { v, t, lit: None }))
    }

    pub(super) fn call(&mut self, inst: Inst, d: &InstData, out: T) -> Res<Option<Value>> {
        let list: Vec<Value> = self.body.values_of(d.list()).collect();
        let (f, this) = (self.tv(list[0]), self.tv(list[1]));
        let args: Vec<Tv> = list[2..].iter().map(|&v| self.tv(v)).collect();
        self.callee = (d.c != 0).then(|| StrId(d.c - 1));
        let r = self.call_value(inst, f, this, &args, out);
        self.callee = None;
        r
    }

    fn call_value(&mut self, inst: Inst, f: Tv, this: Tv, args: &[Tv], out: T) -> Res<Option<Value>> {
        match f.t.obj {
            Obj::Fn(id) if f.t.without(NULLISH).within(OBJ) => {
                let f = if f.t.has(NULLISH) { self.callable(f)? } else { f };
                let env = self.env_of(id, f.v);
                self.call_fn(id, env, this, args, out)
            }
            Obj::Global(g) if f.t.within(OBJ) => {
                match crate::spec::builtins::GLOBALS[g as usize].callable() {
                    Some(b) => self.builtin(inst, b, f, args, out),
                    None => self.not_a_function(f),
                }
            }
            Obj::ClassVal(d) if f.t.within(OBJ) => {
                let name = self.w.prog.strings.text(self.w.prog.classes[d].name);
                let text =
                    self.str_const(&format!("Class constructor {name} cannot be invoked without 'new'"));
                let text = self.b.unary(Op::AnyFromStr, text);
                self.throw_error(ultra_abi::shape::ErrorClass::TypeError, text);
                Ok(None)
            }
            _ if !f.t.has(OBJ) => self.not_a_function(f),
            _ => self.call_generic(f, this, args, out),
        }
    }

    fn env_of(&mut self, id: FnId, closure: Value) -> Option<Value> {
        (!self.w.prog.fns[id].env.is_none()).then(|| self.load_struct(StructId::Closure, "env", closure))
    }

    /// Refuses undefined and null as a callee.
    fn callable(&mut self, f: Tv) -> Res<Tv> {
        let bad = self.is_among(f, NULLISH);
        self.unless(bad, |l| {
            l.not_a_function(f)?;
            Ok(())
        })?;
        let t = f.t.without(NULLISH);
        let v = self.conv(f.v, f.t, t);
        Ok(Tv { v, t, lit: None })
    }

    fn not_a_function(&mut self, f: Tv) -> Res<Option<Value>> {
        let text = match self.callee {
            Some(text) => self.b.imm(Op::StrConst, text.0),
            None => {
                let v = self.boxed(f);
                self.rt(RtFn::AnyToStr, &[v])
            }
        };
        self.rt(RtFn::ThrowNotFunction, &[text]);
        Ok(None)
    }

    pub(super) fn throw_error(&mut self, class: ultra_abi::shape::ErrorClass, message: Value) {
        let class = self.b.iconst(Ty::I32, class as i64);
        let undef = self.any_const(word::UNDEFINED);
        let e = self.rt(RtFn::NewError, &[class, message, undef]);
        let e = self.b.unary(Op::AnyFromRef, e);
        self.throw_value(e);
    }

    /// Calls a value through its generic entry: boxed arguments in a frame area.
    fn call_generic(&mut self, f: Tv, this: Tv, args: &[Tv], out: T) -> Res<Option<Value>> {
        let this = self.boxed(this);
        let boxed: Vec<Value> = args.iter().map(|a| self.boxed(*a)).collect();
        let r = self.call_closure(f, this, &boxed)?;
        Ok(Some(self.conv(r, T::ANY, out)))
    }

    pub(super) fn call_closure(&mut self, f: Tv, this: Value, args: &[Value]) -> Res<Value> {
        let r = match self.b.func.ty(f.v) {
            Ty::Ref => {
                let bad = self.b.unary(Op::RefIsNullish, f.v);
                self.unless(bad, |l| {
                    l.not_a_function(f)?;
                    Ok(())
                })?;
                f.v
            }
            _ => {
                let v = self.boxed(f);
                let ok = self.any_is(v, AnyTest::Object);
                let bad = self.b.unary(Op::BNot, ok);
                self.unless(bad, |l| {
                    l.not_a_function(f)?;
                    Ok(())
                })?;
                self.b.unary(Op::AnyToRef, v)
            }
        };
        let shape = self.b.unary(Op::ShapeOf, r);
        let bad = self.icmp_imm(IntCc::Ne, shape, ultra_abi::shape::SHAPE_CLOSURE as i64);
        self.unless(bad, |l| {
            l.not_a_function(f)?;
            Ok(())
        })?;
        let area = self.b.imm(Op::StackSlot, args.len().max(1) as u32);
        for (i, &a) in args.iter().enumerate() {
            self.b.binary_imm(Op::PtrStore, area, a, i as u32 * 8, 0);
        }
        let cell = self.load_struct(StructId::Closure, "func", r);
        let env = self.load_struct(StructId::Closure, "env", r);
        let argc = self.b.iconst(Ty::I32, args.len() as i64);
        let sig = self
            .code
            .module
            .intern_sig(ultra_ir::Sig { params: vec![Ty::Ref, Ty::Any, Ty::I32, Ty::Ptr], ret: Ty::Any });
        let v = self.b.call(Op::CallCell, Ty::Any, 0, &[cell, env, this, argc, area], sig.0);
        self.after_throw();
        Ok(v)
    }

    pub(super) fn call_method(&mut self, inst: Inst, d: &InstData, out: T) -> Res<Option<Value>> {
        let list: Vec<Value> = self.body.values_of(d.list()).collect();
        let name = StrId(d.a);
        let recv = self.tv(list[0]);
        let args: Vec<Tv> = list[1..].iter().map(|&v| self.tv(v)).collect();
        let recv = self.non_null(recv, name)?;
        if recv.t.is_bottom() {
            return Ok(None);
        }
        self.callee = (d.c != 0).then(|| StrId(d.c - 1));
        let r = self.planned_method(inst, name, recv, &args, out);
        self.callee = None;
        r
    }

    fn planned_method(
        &mut self,
        inst: Inst,
        name: StrId,
        recv: Tv,
        args: &[Tv],
        out: T,
    ) -> Res<Option<Value>> {
        match infer::call_plan(self.w, recv.t, name) {
            CallPlan::Method => {
                let Obj::Class(c) = recv.t.obj else { return self.unsupported("method call") };
                self.dispatch(recv, c, name, MethodKind::Method, args, out)
            }
            CallPlan::Builtin(b) | CallPlan::Function(b) => self.builtin(inst, b, recv, args, out),
            CallPlan::Static(f) => {
                let env = self.method_env(f)?;
                self.call_fn(f, env, recv, args, out)
            }
            CallPlan::Property => {
                let t = self.property_type(recv.t, name);
                let f = match self.get(recv, name, t)? {
                    Some(v) => v,
                    None if self.b.is_open() => self.constant_of(t),
                    None => return Ok(None),
                };
                self.call_value(inst, Tv { v: f, t, lit: None }, recv, args, out)
            }
            CallPlan::FnMethod(m) => self.fn_method(inst, m, recv, args, out),
            CallPlan::Dyn => match infer::fn_method(&self.w.prog.strings.text(name)) {
                Some(m) if recv.t.has(OBJ) && recv.t.obj == Obj::Any => {
                    let v = self.boxed(recv);
                    let f = Tv { v, t: T::ANY, lit: None };
                    let is = self.builtin_instance(f, "Function")?;
                    let r = self.choose(
                        is,
                        Ty::Any,
                        0,
                        |l| match l.fn_method(inst, m, f, args, T::ANY)? {
                            Some(r) => Ok(r),
                            None => Ok(l.dead(Ty::Any)),
                        },
                        |l| match l.dynamic_method(recv, name, args, T::ANY)? {
                            Some(r) => Ok(r),
                            None => Ok(l.dead(Ty::Any)),
                        },
                    )?;
                    Ok(Some(self.conv(r, T::ANY, out)))
                }
                _ => self.dynamic_method(recv, name, args, out),
            },
        }
    }

    fn property_type(&mut self, o: T, name: StrId) -> T {
        use infer::GetPlan;
        match infer::get_plan(self.w, o, name) {
            GetPlan::Field(c, i) => self.w.cell(self.w.cls[c].fields[i].cell),
            GetPlan::Static(v) => self.w.cell(self.w.var_cells[v]),
            GetPlan::Getter => match o.obj {
                Obj::Class(c) => infer::dispatch(self.w, c, name, MethodKind::Getter, &[]),
                _ => T::ANY,
            },
            _ => T::ANY,
        }
    }

    /// A method of a receiver whose type is not known: strings, arrays, instances, or whatever has the property.
    pub(super) fn dynamic_method(
        &mut self,
        recv: Tv,
        name: StrId,
        args: &[Tv],
        out: T,
    ) -> Res<Option<Value>> {
        let v = self.boxed(recv);
        let boxed: Vec<Value> = args.iter().map(|a| self.boxed(*a)).collect();
        if let Some(f) = infer::dynamic_library(self.w, recv.t, name) {
            let any = Tv { v, t: T::ANY, lit: None };
            let list = self.is_list(any)?;
            let list = match f {
                "__ultra_any_forEach" => {
                    let (m, s) = (self.builtin_instance(any, "Map")?, self.builtin_instance(any, "Set")?);
                    let table = self.or(m, s);
                    self.or(list, table)
                }
                _ => list,
            };
            let r = self.choose(
                list,
                Ty::Any,
                0,
                |l| {
                    let mut all = vec![any];
                    all.extend(boxed.iter().map(|&v| Tv { v, t: T::ANY, lit: None }));
                    l.library_value(f, &all, T::ANY)
                },
                |l| l.dynamic_call(v, name, &boxed),
            )?;
            return Ok(Some(self.conv(r, T::ANY, out)));
        }
        let r = self.dynamic_call(v, name, &boxed)?;
        Ok(Some(self.conv(r, T::ANY, out)))
    }

    /// A method that the runtime has or finds.
    fn dynamic_call(&mut self, v: Value, name: StrId, boxed: &[Value]) -> Res<Value> {
        let n = self.b.imm(Op::StrConst, name.0);
        let area = self.b.imm(Op::StackSlot, boxed.len().max(1) as u32);
        for (i, &a) in boxed.iter().enumerate() {
            self.b.binary_imm(Op::PtrStore, area, a, i as u32 * 8, 0);
        }
        let argc = self.b.iconst(Ty::I32, boxed.len() as i64);
        // Built-in methods run at once; for the rest the runtime finds the function to call.
        let r = self.rt(RtFn::MethodCall, &[v, n, argc, area]);
        let absent = self.any_is(r, AnyTest::Absent);
        self.choose(
            absent,
            Ty::Any,
            0,
            |l| {
                let f = l.rt(RtFn::PropGet, &[v, n]);
                l.call_closure(Tv { v: f, t: T::ANY, lit: None }, v, boxed)
            },
            |_| Ok(r),
        )
    }

    pub(super) fn apply(&mut self, d: &InstData, out: T) -> Res<Option<Value>> {
        let (f, this, args) = (self.tv(d.arg_a()), self.tv(d.arg_b()), self.tv(d.arg_c()));
        if let Some((name, with_this)) = infer::apply_library(self.w, self.s, &self.body, d) {
            return self.library(name, &[this, args][!with_this as usize..], out);
        }
        if let Obj::Global(_) = f.t.obj {
            return self.unsupported("spread arguments of a built-in function");
        }
        let Obj::Arr(_) = args.t.obj else { return self.unsupported("spread arguments") };
        let v = self.apply_generic(f, this, args.v)?;
        Ok(Some(self.conv(v, T::ANY, out)))
    }

    /// Calls a function value with the elements of an array of any words.
    pub(super) fn apply_generic(&mut self, f: Tv, this: Tv, args: Value) -> Res<Value> {
        // Arguments of unknown number: the generic entry reads them from the array's store.
        let store = self.store_of(args);
        let argc = self.load_struct(StructId::Store, "len", store);
        let data = self.b.unary(Op::StoreData, store);
        let fv = self.boxed(f);
        let ok = self.any_is(fv, AnyTest::Object);
        let bad = self.b.unary(Op::BNot, ok);
        self.unless(bad, |l| {
            l.not_a_function(f)?;
            Ok(())
        })?;
        let r = self.b.unary(Op::AnyToRef, fv);
        let shape = self.b.unary(Op::ShapeOf, r);
        let bad = self.icmp_imm(IntCc::Ne, shape, ultra_abi::shape::SHAPE_CLOSURE as i64);
        self.unless(bad, |l| {
            l.not_a_function(f)?;
            Ok(())
        })?;
        let this = self.boxed(this);
        let cell = self.load_struct(StructId::Closure, "func", r);
        let env = self.load_struct(StructId::Closure, "env", r);
        let sig = self
            .code
            .module
            .intern_sig(ultra_ir::Sig { params: vec![Ty::Ref, Ty::Any, Ty::I32, Ty::Ptr], ret: Ty::Any });
        let v = self.b.call(Op::CallCell, Ty::Any, 0, &[cell, env, this, argc, data], sig.0);
        self.after_throw();
        Ok(v)
    }

    /// `f.call`, `f.apply` and `f.bind`.
    fn fn_method(
        &mut self,
        inst: Inst,
        m: infer::FnMethod,
        f: Tv,
        args: &[Tv],
        out: T,
    ) -> Res<Option<Value>> {
        let this = args.first().copied().unwrap_or_else(|| self.undef());
        let rest = args.get(1..).unwrap_or(&[]);
        match m {
            infer::FnMethod::Call => self.call_value(inst, f, this, rest, out),
            infer::FnMethod::Apply => {
                let list = match rest.first() {
                    None => self.new_array_of(Kind::Any, &[]),
                    Some(a) if a.t.within(NULLISH) => self.new_array_of(Kind::Any, &[]),
                    Some(a) => {
                        let v = self.boxed(*a);
                        let mode = self.b.iconst(Ty::I32, 0);
                        self.rt(RtFn::IterToArray, &[v, mode])
                    }
                };
                let v = self.apply_generic(f, this, list)?;
                Ok(Some(self.conv(v, T::ANY, out)))
            }
            infer::FnMethod::Bind => {
                let given: Vec<Value> = rest.iter().map(|a| self.boxed(*a)).collect();
                let list = self.new_array_of(Kind::Any, &given);
                let (f, this) = (self.boxed(f), self.boxed(this));
                let cell = self.w.declared_cell(T::ANY);
                let all = [
                    Tv { v: f, t: T::ANY, lit: None },
                    Tv { v: this, t: T::ANY, lit: None },
                    Tv { v: list, t: T::obj(Obj::Arr(cell)), lit: None },
                ];
                let v = self.library_value(infer::BIND, &all, T::ANY)?;
                Ok(Some(self.conv(v, T::ANY, out)))
            }
        }
    }

    // Construction.

    pub(super) fn construct(&mut self, inst: Inst, d: &InstData, out: T) -> Res<Option<Value>> {
        let list: Vec<Value> = self.body.values_of(d.list()).collect();
        let callee = self.tv(list[0]);
        let args: Vec<Tv> = list[1..].iter().map(|&v| self.tv(v)).collect();
        match callee.t.obj {
            Obj::ClassVal(decl) if callee.t.within(OBJ) => {
                let class = self.w.cls_of_decl[decl];
                let obj = self.new_instance(class);
                self.init_default_fields(obj, class);
                let this = Tv { v: obj, t: T::obj(Obj::Class(class)), lit: None };
                self.run_constructor(class, this, &args)?;
                Ok(Some(obj))
            }
            Obj::Global(g) if callee.t.within(OBJ) => match crate::spec::builtins::GLOBALS[g as usize]
                .construct
            {
                Some(s) => self.builtin(inst, crate::spec::builtins::Builtin::Special(s), callee, &args, out),
                None => self.unsupported(format!("new {}", crate::spec::builtins::GLOBALS[g as usize].name)),
            },
            _ => self.unsupported("new with a class that is not known at compile time"),
        }
    }

    fn run_constructor(&mut self, class: ClassId, this: Tv, args: &[Tv]) -> Res<()> {
        let Some(d) = self.w.decl_of(class) else {
            let undef = self.any_const(word::UNDEFINED);
            let message = match args.first() {
                Some(a) => self.boxed(*a),
                None => undef,
            };
            let options = match args.get(1) {
                Some(a) => self.boxed(*a),
                None => undef,
            };
            self.rt(RtFn::InitError, &[this.v, message, options]);
            return Ok(());
        };
        if let Some(f) = self.w.prog.classes[d].ctor {
            let this = Tv { t: T::obj(Obj::Class(class)), ..this };
            let env = self.method_env(f)?;
            self.call_fn(f, env, this, args, T::UNDEF)?;
            return Ok(());
        }
        let parent = self.w.cls[class].parent;
        if !parent.is_none() {
            self.run_constructor(parent, this, args)?;
        }
        self.init_fields(class, this)
    }

    pub(super) fn init_fields(&mut self, class: ClassId, this: Tv) -> Res<()> {
        let Some(d) = self.w.decl_of(class) else { return Ok(()) };
        for b in self.w.mixins(class).into_iter().chain([d]) {
            if let Some(f) = self.w.prog.classes[b].field_init {
                let this = Tv { t: T::obj(Obj::Class(class)), ..this };
                let env = self.method_env(f)?;
                self.call_fn(f, env, this, &[], T::UNDEF)?;
            }
        }
        Ok(())
    }

    pub(super) fn super_call(&mut self, d: &InstData) -> Res<Option<Value>> {
        let list: Vec<Value> = self.body.values_of(d.list()).collect();
        let this = self.tv(list[0]);
        let args: Vec<Tv> = list[1..].iter().map(|&v| self.tv(v)).collect();
        let class = self.w.cls_of_decl[ClassDeclId(d.a)];
        let parent = self.w.cls[class].parent;
        if !parent.is_none() {
            self.run_constructor(parent, this, &args)?;
        }
        Ok(Some(this.v))
    }

    pub(super) fn super_method(&mut self, d: &InstData, out: T) -> Res<Option<Value>> {
        let list: Vec<Value> = self.body.values_of(d.list()).collect();
        let this = self.tv(list[0]);
        let args: Vec<Tv> = list[1..].iter().map(|&v| self.tv(v)).collect();
        let class = self.w.cls_of_decl[ClassDeclId(d.c)];
        let parent = self.w.cls[class].parent;
        match self.w.method(parent, StrId(d.a), MethodKind::Method, false) {
            Some((owner, f)) => {
                let this = Tv { t: T::obj(Obj::Class(owner)), ..this };
                let env = self.method_env(f)?;
                self.call_fn(f, env, this, &args, out)
            }
            None if self.w.prog.strings.is(StrId(d.a), "toString") => {
                let v = self.boxed(this);
                Ok(Some(self.rt(RtFn::AnyToStr, &[v])))
            }
            None => {
                let name = self.w.prog.strings.text(StrId(d.a));
                let text = self.str_const(&format!("(intermediate value).{name}"));
                self.rt(RtFn::ThrowNotFunction, &[text]);
                Ok(None)
            }
        }
    }

    /// A function value. Without environment it is one immortal object, made once.
    pub(super) fn closure(&mut self, f: FnId, env: Option<Value>) -> Value {
        if self.w.prog.fns[f].env.is_none() {
            let g = self.code.closure_global(f);
            return self.b.imm(Op::GlobalRef, g.0);
        }
        let env = match env {
            Some(e) => e,
            None => self.b.imm64(Op::RefConst, Ty::Ref, 0),
        };
        let class = self.code.closure_class;
        let wrapper = self.code.wrappers[f];
        let obj = self.new_instance(class);
        let cell = self.b.imm(Op::FuncCell, wrapper.0);
        let (ff, ef) = (self.field(StructId::Closure, "func"), self.field(StructId::Closure, "env"));
        self.store_field(obj, cell, ff, true);
        self.store_field(obj, env, ef, true);
        obj
    }
}

/// The generic entry of a function value: unpacks boxed arguments and calls the all-any specialisation.
pub(super) fn wrapper(w: &mut World, code: &mut Code, f: FnId) -> Res<Func> {
    let sig = vec![Ty::Ref, Ty::Any, Ty::I32, Ty::Ptr];
    let name = function_name(w, f);
    let spec = w.generic[f];
    if spec.is_none() || spec.0 as usize >= code.spec_func.len() {
        return Err(Unsupported {
            what: format!("calling {name} through a value that inference did not follow"),
            pos: w.prog.fns[f].span.start,
        });
    }
    let mut b = Builder::new(Func::new(name, sig, Some(Ty::Any)));
    let entry = b.block();
    b.switch_to(entry);
    let env = b.param(entry, Ty::Ref);
    let this = b.param(entry, Ty::Any);
    let argc = b.param(entry, Ty::I32);
    let argv = b.param(entry, Ty::Ptr);
    let mut l = Lower {
        vals: Table::new(),
        blocks: Table::new(),
        body: Func::new("", vec![], None),
        b,
        w,
        code,
        s: spec,
        handler: None,
        extra: Vec::new(),
        callee: None,
        marks: Vec::new(),
    };
    let params = l.w.prog.fns[f].params.clone();
    let mut args = Vec::new();
    for (i, p) in params.iter().enumerate() {
        if p.rest {
            let v = l.rest_array(argc, argv, i)?;
            let cell = l.w.declared_cell(T::ANY);
            args.push(Tv { v, t: T::obj(Obj::Arr(cell)), lit: None });
            continue;
        }
        let have = l.icmp_imm(IntCc::Ugt, argc, i as i64);
        let v = l.choose(
            have,
            Ty::Any,
            0,
            |l| Ok(l.b.unary_imm(Op::PtrLoad, Ty::Any, argv, i as u32 * 8)),
            |l| Ok(l.any_const(word::UNDEFINED)),
        )?;
        args.push(Tv { v, t: T::ANY, lit: None });
    }
    let this = Tv { v: this, t: T::ANY, lit: None };
    let env = (!l.w.prog.fns[f].env.is_none()).then_some(env);
    let ret = spec_ret(l.w, spec).0;
    let r = l.call_spec(spec, env, this, &args, ret)?;
    if l.b.is_open() {
        let v = match r {
            Some(v) => l.conv(v, ret, T::ANY),
            None => {
                let c = l.constant_of(ret);
                l.conv(c, ret, T::ANY)
            }
        };
        l.b.ret(v);
    }
    Ok(l.b.finish())
}

impl Lower<'_> {
    /// The arguments from `start` on, as an array of any.
    fn rest_array(&mut self, argc: Value, argv: Value, start: usize) -> Res<Value> {
        let array = self.new_array_of(Kind::Any, &[]);
        let cell = self.w.declared_cell(T::ANY);
        let tv = Tv { v: array, t: T::obj(Obj::Arr(cell)), lit: None };
        let (head, body, exit) = (self.b.block(), self.b.block(), self.b.block());
        let i = self.b.param(head, Ty::I32);
        let first = self.b.iconst(Ty::I32, start as i64);
        self.b.jump(head, &[first]);
        self.b.switch_to(head);
        let more = self.icmp(IntCc::Slt, i, argc);
        self.b.branch(more, body, exit);
        self.b.switch_to(body);
        let v = self.b.emit(InstData {
            a: argv.0,
            b: i.0,
            ..InstData::new(Op::LoadElem, Ty::Any).aux(Kind::Any as u16)
        });
        self.push(tv, Tv { v, t: T::ANY, lit: None })?;
        let one = self.b.iconst(Ty::I32, 1);
        let next = self.b.binary(Op::IAdd, i, one);
        self.b.jump(head, &[next]);
        self.b.switch_to(exit);
        Ok(array)
    }
}

/// What calling a class value without `new` does.
pub(super) fn class_call(w: &mut World, d: ClassDeclId) -> Func {
    let text = format!(
        "Class constructor {} cannot be invoked without 'new'",
        w.prog.strings.text(w.prog.classes[d].name)
    );
    let text = w.prog.strings.intern(&text);
    let mut b = Builder::new(Func::new("class", vec![Ty::Ref, Ty::Any, Ty::I32, Ty::Ptr], Some(Ty::Any)));
    let entry = b.block();
    b.switch_to(entry);
    for ty in [Ty::Ref, Ty::Any, Ty::I32, Ty::Ptr] {
        b.param(entry, ty);
    }
    let text = b.imm(Op::StrConst, text.0);
    let text = b.unary(Op::AnyFromStr, text);
    let undef = b.imm64(Op::AnyConst, Ty::Any, word::UNDEFINED);
    let class = b.iconst(Ty::I32, ultra_abi::shape::ErrorClass::TypeError as i64);
    let e = b.call(Op::CallRt, Ty::Ref, RtFn::NewError as u32, &[class, text, undef], 0);
    let e = b.unary(Op::AnyFromRef, e);
    b.call(Op::CallRt, Ty::Void, RtFn::Throw as u32, &[e], 0);
    b.unreachable();
    b.finish()
}

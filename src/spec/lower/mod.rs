//! Typed code of one specialisation.
//!
//! Walks the reachable blocks of a dynamic function and writes typed operations,
//! guided by the types that inference found. A dynamic instruction may become several
//! blocks; a throwing one inside `try` gets an edge to a pad that takes the exception,
//! converts the live variables and goes to the handler, whose first parameter is the
//! exception.

mod builtin;
mod call;
mod convert;
mod destroy;
mod object;
mod ops;

use ultra_abi::rtfn::Effects;
use ultra_abi::value as word;
use ultra_abi::{RtFn, StructId};
use ultra_ir::builder::Builder;
use ultra_ir::op::*;
use ultra_ir::{
    Block, BlockCallId, FieldId, Func, FuncId, Inst, InstData, Kind, Op, StrId, Table, Ty, Value,
};

use super::infer::{self, Truth};
use super::layout::*;
use super::ty::*;
use super::world::*;
use crate::program::*;

/// What specialisation cannot compile yet, with a byte offset in the source.
#[derive(Clone, Debug)]
pub struct Unsupported {
    pub what: String,
    pub pos: u32,
}

type Res<T> = Result<T, Unsupported>;

/// Lowers a function of the module.
pub fn lower(w: &mut World, code: &mut Code, id: FuncId) -> Res<Func> {
    match code.sources[id] {
        Source::Spec(s) => lower_spec(w, code, s),
        Source::Wrapper(f) => call::wrapper(w, code, f),
        Source::Class(d) => Ok(call::class_call(w, d)),
    }
}

fn lower_spec(w: &mut World, code: &mut Code, s: SpecId) -> Res<Func> {
    let func = w.specs[s].func;
    let sig = spec_sig(w, s);
    let body = w.prog.fns[func].body.clone();
    let name = function_name(w, func);
    let ret = (sig.ret != Ty::Void).then_some(sig.ret);
    let mut l = Lower {
        b: Builder::new(Func::new(name, sig.params, ret)),
        vals: Table::filled(body.values.len(), Value::NONE),
        blocks: Table::filled(body.blocks.len(), Block::NONE),
        body,
        w,
        code,
        s,
        handler: None,
        extra: Vec::new(),
        callee: None,
        marks: Vec::new(),
    };
    l.find_marks();
    l.run()?;
    Ok(l.b.finish())
}

pub(super) struct Lower<'a> {
    w: &'a mut World,
    code: &'a mut Code,
    s: SpecId,
    body: Func,
    b: Builder,
    /// Typed value of each dynamic value, in the representation of its type.
    vals: Table<Value, Value>,
    /// Typed block of each dynamic block.
    blocks: Table<Block, Block>,
    /// Handler edge of the dynamic instruction being lowered.
    handler: Option<BlockCallId>,
    /// Arguments beyond the declared parameters.
    extra: Vec<(Value, T)>,
    /// What messages call the callee of the call being lowered.
    callee: Option<StrId>,
    /// Scopes that have something to release, by the dynamic value of their mark.
    marks: Vec<Value>,
}

/// A typed value with its type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tv {
    v: Value,
    t: T,
    lit: Option<super::plan::Lit>,
}

impl Lower<'_> {
    fn run(&mut self) -> Res<()> {
        let entry = self.body.entry();
        // Typed blocks with parameters first, so that edges can be made in any order.
        let layout = self.body.layout.clone();
        for &block in &layout {
            if !self.w.specs[self.s].reachable[block] {
                continue;
            }
            let typed = self.b.block();
            self.blocks[block] = typed;
            self.b.func.blocks[typed].cold = self.body.blocks[block].cold;
            if block == entry {
                continue;
            }
            if self.is_handler(block) {
                self.b.param(typed, Ty::Any);
            }
            for p in self.body.blocks[block].params.clone() {
                let t = self.ty(p);
                if passes(self.w, t) {
                    self.vals[p] = self.b.param(typed, t.rep());
                }
            }
        }
        self.entry_params();
        for &block in &layout {
            if self.w.specs[self.s].reachable[block] {
                self.block(block, block == entry)?;
            }
        }
        Ok(())
    }

    fn is_handler(&self, block: Block) -> bool {
        self.body.blocks[block].insts.first().is_some_and(|&i| self.body.insts[i].op == Op::CatchValue)
    }

    fn entry_params(&mut self) {
        let entry = self.body.entry();
        let typed = self.blocks[entry];
        let params = self.body.blocks[entry].params.clone();
        for (i, t) in spec_params(self.w, self.s) {
            let v = self.b.param(typed, t.rep());
            match params.get(i) {
                // The dynamic parameter may have been widened by a loop to the entry: it has none, so types agree.
                Some(&p) => self.vals[p] = v,
                None => self.extra.push((v, t)),
            }
        }
    }

    fn block(&mut self, block: Block, is_entry: bool) -> Res<()> {
        let typed = self.blocks[block];
        self.b.switch_to(typed);
        if self.is_handler(block) && !is_entry {
            let exc = self.b.func.blocks[typed].params[0];
            let first = self.body.blocks[block].insts[0];
            if let Some(v) = self.body.result(first) {
                self.vals[v] = exc;
            }
        }
        let insts = self.body.blocks[block].insts.clone();
        for (i, &inst) in insts.iter().enumerate() {
            let d = self.body.insts[inst];
            self.b.set_pos(self.body.positions[inst]);
            if d.op.is_terminator() {
                if self.b.is_open() {
                    self.terminator(inst, &d)?;
                }
                return Ok(());
            }
            self.handler = self.body.handler_after(block, i);
            let value = self.inst(inst, &d)?;
            self.handler = None;
            if !self.b.is_open() {
                return Ok(());
            }
            if let Some(result) = self.body.result(inst) {
                if let Some(v) = value {
                    self.vals[result] = v;
                }
                let t = self.ty(result);
                if t.is_bottom() && d.op != Op::JsFromBool && matches!(self.body.values[result].ty, Ty::Any) {
                    // Inference found that no value comes: the call always throws or never returns.
                    let v = self.any_const(word::UNDEFINED);
                    self.throw_kind(ultra_abi::shape::ThrowKind::TypeMismatch, v);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The inferred type of a dynamic value.
    fn ty(&self, v: Value) -> T {
        self.w.specs[self.s].types[v]
    }

    /// The typed value of a dynamic value; constants that are not passed are made here.
    fn val(&mut self, v: Value) -> Value {
        let known = self.vals[v];
        if !known.is_none() {
            return known;
        }
        let t = self.ty(v);
        self.constant_of(t)
    }

    /// The only value of a type that needs no register.
    fn constant_of(&mut self, t: T) -> Value {
        match t.obj {
            Obj::Fn(f) if t.within(OBJ) => self.closure(f, None),
            Obj::ClassVal(d) if t.within(OBJ) => {
                let g = self.code.class_global(d);
                self.b.imm(Op::GlobalRef, g.0)
            }
            Obj::Global(g) if t.within(OBJ) => match self.w.builtin_value(g, None) {
                Some(f) if !self.w.generic[f].is_none() => self.closure(f, None),
                _ => self.b.imm64(Op::RefConst, Ty::Ref, 0),
            },
            _ if t == T::NULL => self.any_const(word::NULL),
            _ => match t.rep() {
                Ty::F64 => self.b.imm64(Op::F64Const, Ty::F64, word::UNDEFINED_F64),
                Ty::Ref => self.b.imm64(Op::RefConst, Ty::Ref, 0),
                _ => self.any_const(word::UNDEFINED),
            },
        }
    }

    fn tv(&mut self, v: Value) -> Tv {
        let lit = infer::literal(&self.body, v);
        Tv { v: self.val(v), t: self.ty(v), lit }
    }

    fn any_const(&mut self, bits: u64) -> Value {
        self.b.imm64(Op::AnyConst, Ty::Any, bits)
    }

    fn str_const(&mut self, text: &str) -> Value {
        let id = self.w.prog.strings.intern(text);
        self.b.imm(Op::StrConst, id.0)
    }

    fn field(&self, s: StructId, name: &str) -> FieldId {
        self.code.module.struct_field(s, name)
    }

    fn unsupported<R>(&self, what: impl Into<String>) -> Res<R> {
        Err(Unsupported { what: what.into(), pos: self.b.pos() })
    }

    // Exceptions.

    /// Follows an instruction that may throw: inside `try` the block ends here with an edge to the handler.
    fn after_throw(&mut self) {
        let Some(bc) = self.handler else { return };
        let (ok, pad) = (self.b.block(), self.b.block());
        self.b.br_exc(ok, pad);
        self.b.func.blocks[pad].cold = true;
        self.b.switch_to(pad);
        let exc = self.b.nullary(Op::CatchValue);
        self.go_to_handler(bc, exc);
        self.b.switch_to(ok);
    }

    /// Allocates an instance; its fields are still to be stored.
    fn new_instance(&mut self, class: ultra_ir::ClassId) -> Value {
        let v = self.b.imm(Op::NewObject, class.0);
        self.after_throw();
        v
    }

    fn go_to_handler(&mut self, bc: BlockCallId, exc: Value) {
        let call = self.body.block_calls[bc];
        let mut args = vec![exc];
        args.extend(self.edge_args(bc));
        self.b.jump(self.blocks[call.block], &args);
    }

    fn rt_ty(&self, f: RtFn) -> Ty {
        f.sig().ret
    }

    /// Calls a runtime function.
    fn rt(&mut self, f: RtFn, args: &[Value]) -> Value {
        debug_assert_eq!(args.len(), f.sig().params.len(), "{}", f.sig().name);
        let v = self.b.call(Op::CallRt, self.rt_ty(f), f as u32, args, 0);
        if f.sig().effects.has(Effects::THROW) {
            self.after_throw();
        }
        if f.sig().effects.has(Effects::NORETURN) {
            self.b.unreachable();
        }
        v
    }

    /// Throws a built-in error; closes the block.
    fn throw_kind(&mut self, kind: ultra_abi::shape::ThrowKind, operand: Value) {
        let k = self.b.iconst(Ty::I32, kind as i64);
        self.rt(RtFn::ThrowKind, &[k, operand]);
    }

    /// Branches to code that `cold` writes when the condition holds; continues where it does not.
    fn unless(&mut self, bad: Value, cold: impl FnOnce(&mut Self) -> Res<()>) -> Res<()> {
        let (fail, ok) = (self.b.block(), self.b.block());
        self.b.func.blocks[fail].cold = true;
        self.b.branch_args(bad, 1, fail, &[], ok, &[]);
        self.b.switch_to(fail);
        cold(self)?;
        if self.b.is_open() {
            self.b.unreachable();
        }
        self.b.switch_to(ok);
        Ok(())
    }

    /// A value that differs by a condition.
    fn choose(
        &mut self,
        cond: Value,
        ty: Ty,
        cold: u16,
        then: impl FnOnce(&mut Self) -> Res<Value>,
        els: impl FnOnce(&mut Self) -> Res<Value>,
    ) -> Res<Value> {
        let (t, e, join) = (self.b.block(), self.b.block(), self.b.block());
        self.b.func.blocks[t].cold = cold == 1;
        self.b.func.blocks[e].cold = cold == 2;
        let result = self.b.param(join, ty);
        self.b.branch_args(cond, cold, t, &[], e, &[]);
        self.b.switch_to(t);
        let v = then(self)?;
        if self.b.is_open() {
            self.b.jump(join, &[v]);
        }
        self.b.switch_to(e);
        let v = els(self)?;
        if self.b.is_open() {
            self.b.jump(join, &[v]);
        }
        self.b.switch_to(join);
        Ok(result)
    }

    /// Both conditions, evaluated.
    fn and(&mut self, a: Value, b: Value) -> Value {
        let no = self.b.imm64(Op::BConst, Ty::Bool, 0);
        self.b.ternary(Op::Select, 0, a, b, no)
    }

    fn or(&mut self, a: Value, b: Value) -> Value {
        let yes = self.b.imm64(Op::BConst, Ty::Bool, 1);
        self.b.ternary(Op::Select, 0, a, yes, b)
    }

    fn icmp(&mut self, cc: IntCc, a: Value, b: Value) -> Value {
        self.b.binary_aux(Op::ICmp, cc as u16, a, b)
    }

    fn icmp_imm(&mut self, cc: IntCc, a: Value, imm: i64) -> Value {
        let ty = self.b.func.ty(a);
        let b = match ty {
            Ty::I32 | Ty::I64 => self.b.iconst(ty, imm),
            Ty::Ref => self.b.imm64(Op::RefConst, Ty::Ref, imm as u64),
            Ty::Bool => self.b.imm64(Op::BConst, Ty::Bool, imm as u64),
            _ => self.b.imm64(Op::AnyConst, Ty::Any, imm as u64),
        };
        self.icmp(cc, a, b)
    }

    fn any_is(&mut self, v: Value, test: AnyTest) -> Value {
        self.b.unary_aux(Op::AnyIs, test as u16, v)
    }

    // Control flow.

    /// Values of an edge's arguments in the representations of the target's parameters.
    fn edge_args(&mut self, bc: BlockCallId) -> Vec<Value> {
        let call = self.body.block_calls[bc];
        let params = self.body.blocks[call.block].params.clone();
        let args: Vec<Value> = self.body.values_of(call.args).collect();
        let mut out = Vec::new();
        for (p, a) in params.into_iter().zip(args) {
            let want = self.ty(p);
            if passes(self.w, want) {
                let tv = self.tv(a);
                out.push(self.conv(tv.v, tv.t, want));
            }
        }
        out
    }

    fn goto(&mut self, bc: BlockCallId) {
        let target = self.blocks[self.body.block_calls[bc].block];
        if target.is_none() {
            self.b.unreachable();
            return;
        }
        let args = self.edge_args(bc);
        self.b.jump(target, &args);
    }

    fn terminator(&mut self, inst: Inst, d: &InstData) -> Res<()> {
        match d.op {
            Op::Jump => self.goto(BlockCallId(d.a)),
            // The instruction before has made its own edges.
            Op::BrExc => self.goto(BlockCallId(d.a)),
            Op::Branch => {
                match infer::condition(self.w, self.s, &self.body, d.arg_a()) {
                    Truth::Always => self.goto(BlockCallId(d.b)),
                    Truth::Never => self.goto(BlockCallId(d.c)),
                    Truth::Unknown => {
                        let cond = self.val(d.arg_a());
                        // Conversions on an edge belong to that edge alone.
                        let (t, e) = (self.b.block(), self.b.block());
                        self.b.branch_args(cond, d.aux, t, &[], e, &[]);
                        self.b.switch_to(t);
                        self.goto(BlockCallId(d.b));
                        self.b.switch_to(e);
                        self.goto(BlockCallId(d.c));
                    }
                }
            }
            Op::Return => {
                let tv = self.tv(d.arg_a());
                let (want, ty) = spec_ret(self.w, self.s);
                if ty == Ty::Void {
                    self.b.ret_void();
                } else {
                    let v = self.conv(tv.v, tv.t, want);
                    self.b.ret(v);
                }
            }
            Op::ReturnVoid => self.b.ret_void(),
            Op::Unreachable => self.b.unreachable(),
            _ => return self.unsupported(format!("terminator {}", self.body.insts[inst].op.name())),
        }
        Ok(())
    }

    // Instructions.

    fn inst(&mut self, inst: Inst, d: &InstData) -> Res<Option<Value>> {
        let out = self.body.result(inst).map_or(T::BOTTOM, |v| self.ty(v));
        let v = match d.op {
            Op::JsNum => {
                let lit = infer::literal(&self.body, self.body.results[inst]);
                self.b.f64const(lit.map_or(f64::NAN, |l| l.value))
            }
            Op::JsStr => self.b.imm(Op::StrConst, d.a),
            Op::JsBigInt => self.bigint_literal(StrId(d.a)),
            Op::JsBool => self.b.imm64(Op::BConst, Ty::Bool, d.imm()),
            Op::JsNull | Op::JsUndef | Op::JsHole | Op::AnyConst => return Ok(None),
            Op::JsWiden => {
                let tv = self.tv(d.arg_a());
                if !passes(self.w, tv.t) {
                    return Ok(None);
                }
                self.conv(tv.v, tv.t, out)
            }
            Op::JsConvert => {
                let tv = self.tv(d.arg_a());
                if !passes(self.w, out) {
                    return Ok(None);
                }
                match (ConvertWhy::from_aux(d.aux), self.annotated_kind(TypeId(d.b))) {
                    (ConvertWhy::Call, Some(kind)) => self.convert_call(tv, kind)?,
                    _ => self.convert_checked(tv, out, Some(TypeId(d.b)))?,
                }
            }
            Op::JsNarrow => {
                let tv = self.tv(d.arg_a());
                if !passes(self.w, out) {
                    return Ok(None);
                }
                if out.is_bottom() {
                    self.b.unreachable();
                    return Ok(None);
                }
                self.conv(tv.v, tv.t, out)
            }
            Op::JsUnary => self.unary(d, out)?,
            Op::JsBinary => self.binary(d, out)?,
            Op::JsTruthy => {
                let tv = self.tv(d.arg_a());
                self.truthy(tv)
            }
            Op::JsFromBool => self.val(d.arg_a()),
            Op::BNot => {
                let v = self.val(d.arg_a());
                self.b.unary(Op::BNot, v)
            }
            Op::BConst => self.b.imm64(Op::BConst, Ty::Bool, d.imm()),
            Op::JsIsUndef => {
                let tv = self.tv(d.arg_a());
                self.is_among(tv, UNDEF)
            }
            Op::JsIsNullish => {
                let tv = self.tv(d.arg_a());
                self.is_among(tv, NULLISH)
            }
            Op::JsToStr => {
                let tv = self.tv(d.arg_a());
                self.to_str(tv)?
            }
            Op::JsToNumeric => {
                let tv = self.tv(d.arg_a());
                self.to_numeric(tv, out)?
            }
            Op::JsGet => {
                let tv = self.tv(d.arg_a());
                return self.get(tv, StrId(d.b), out);
            }
            Op::JsSet => {
                let (o, v) = (self.tv(d.arg_a()), self.tv(d.arg_b()));
                self.set(o, StrId(d.c), v)?;
                return Ok(None);
            }
            Op::JsElemGet => return self.elem_get(d, out),
            Op::JsElemSet => {
                self.elem_set(d)?;
                return Ok(None);
            }
            Op::JsDelete => {
                let (o, k) = (self.tv(d.arg_a()), self.tv(d.arg_b()));
                let (o, k) = (self.boxed(o), self.to_str(k)?);
                self.rt(RtFn::PropDelete, &[o, k])
            }
            Op::JsCall => return self.call(inst, d, out),
            Op::JsCallMethod => return self.call_method(inst, d, out),
            Op::JsNew => return self.construct(inst, d, out),
            Op::JsSuperCall => return self.super_call(d),
            Op::JsSuperMethod => return self.super_method(d, out),
            Op::JsInitFields => {
                let this = self.tv(d.arg_a());
                let class = self.w.cls_of_decl[ClassDeclId(d.b)];
                self.init_fields(class, this)?;
                return Ok(None);
            }
            Op::JsApply => return self.apply(d, out),
            Op::JsClosure => {
                if !passes(self.w, out) {
                    return Ok(None);
                }
                let env = self.tv(d.arg_a());
                let env = (env.t.rep() == Ty::Ref).then_some(env.v);
                self.closure(FnId(d.b), env)
            }
            // A class value is known by its type; static initialisers are called by name.
            Op::JsClass => return Ok(None),
            Op::JsGlobal => {
                let name = self.w.prog.strings.text(StrId(d.a));
                match name.as_str() {
                    "NaN" => self.b.f64const(f64::NAN),
                    "Infinity" => self.b.f64const(f64::INFINITY),
                    _ if out.is_bottom() => {
                        let msg = self.str_const(&format!("{name} is not defined"));
                        let msg = self.b.unary(Op::AnyFromStr, msg);
                        let class =
                            self.b.iconst(Ty::I32, ultra_abi::shape::ErrorClass::ReferenceError as i64);
                        let undef = self.any_const(word::UNDEFINED);
                        let e = self.rt(RtFn::NewError, &[class, msg, undef]);
                        let e = self.b.unary(Op::AnyFromRef, e);
                        self.throw_value(e);
                        return Ok(None);
                    }
                    _ => return Ok(None),
                }
            }
            Op::JsArray => self.array_literal(inst, d, out)?,
            Op::JsArrayPush => {
                let (a, v) = (self.tv(d.arg_a()), self.tv(d.arg_b()));
                self.push(a, v)?;
                return Ok(None);
            }
            Op::JsArraySpread => {
                let (a, v) = (self.tv(d.arg_a()), self.tv(d.arg_b()));
                self.array_spread(a, v)?;
                return Ok(None);
            }
            Op::JsObject => self.object_literal(d, out)?,
            Op::JsObjectSpread => {
                let (a, v) = (self.tv(d.arg_a()), self.tv(d.arg_b()));
                let (a, v) = (self.boxed(a), self.boxed(v));
                self.rt(RtFn::ObjectAssign, &[a, v]);
                return Ok(None);
            }
            Op::JsScope => self.new_scope(ScopeId(d.b), d.arg_a())?,
            Op::JsScopeParent => {
                let child = self.tv(d.arg_a());
                let Obj::Class(c) = child.t.obj else {
                    return self.unsupported("parent of an unknown scope");
                };
                let field = self.code.field_ids[c][0];
                self.b.unary_imm(Op::LoadField, Ty::Ref, child.v, field.0)
            }
            Op::JsModuleScope => {
                let global = self.code.scope_global[ScopeId(d.a)];
                self.b.imm(Op::GlobalRef, global.0)
            }
            Op::JsVarGet => return self.var_get(d, out),
            Op::JsVarSet => {
                self.var_set(d)?;
                return Ok(None);
            }
            Op::JsRest => self.rest(inst, d, out)?,
            Op::JsIter => self.iter(d, out)?,
            Op::JsIterBegin => self.iter_begin(d)?,
            Op::JsIterClose => {
                let it = self.tv(d.arg_a());
                if matches!(it.t.obj, Obj::Class(_)) {
                    let failed = self.b.imm64(Op::BConst, Ty::Bool, d.aux as u64);
                    self.library(
                        infer::ITER_CLOSE,
                        &[it, Tv { v: failed, t: T::BOOL, lit: None }],
                        T::UNDEF,
                    )?;
                }
                return Ok(None);
            }
            Op::JsIterMore => self.iter_more(d)?,
            Op::JsIterValue => return self.iter_value(d, out),
            Op::JsIterKey => self.iter_key(d)?,
            Op::JsIterNext => self.iter_next(d)?,
            Op::CatchValue => return Ok(None),
            Op::JsThrow => {
                let tv = self.tv(d.arg_a());
                let v = self.boxed(tv);
                self.throw_value(v);
                return Ok(None);
            }
            Op::JsThrowKind => {
                let tv = self.tv(d.arg_a());
                let v = self.boxed(tv);
                let kind = ultra_abi::shape::ThrowKind::ALL.get(d.b as usize).copied();
                let Some(kind) = kind else { return self.unsupported("unknown kind of error") };
                self.throw_kind(kind, v);
                return Ok(None);
            }
            Op::JsRefEq => {
                let tv = self.tv(d.arg_a());
                let class = self.w.cls_of_decl[ClassDeclId(d.b)];
                self.instance_of(tv, class)?
            }
            Op::JsScopeEnter => self.scope_enter(inst, d),
            Op::JsHold => {
                self.scope_hold(d)?;
                return Ok(None);
            }
            Op::JsScopeExit => {
                self.scope_exit(d)?;
                return Ok(None);
            }
            op => return self.unsupported(format!("{}", op.name())),
        };
        Ok(Some(v))
    }

    /// Throws: straight to the handler where there is one.
    fn throw_value(&mut self, v: Value) {
        match self.handler {
            Some(bc) => self.go_to_handler(bc, v),
            None => {
                self.rt(RtFn::Throw, &[v]);
            }
        }
    }

    /// The numeric kind that an annotation names.
    fn annotated_kind(&self, ty: TypeId) -> Option<Kind> {
        match self.w.prog.types.table[ty] {
            Type::Int(k) => Some(k),
            Type::F32 => Some(Kind::F32),
            Type::Number => Some(Kind::F64),
            _ => None,
        }
    }

    fn kind_of(&self, cell: CellId) -> Kind {
        self.w.cell(cell).kind()
    }
}

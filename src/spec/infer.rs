//! Type inference over dynamic functions: an optimistic fixpoint over all reachable
//! specialisations at once.
//!
//! Each round walks every reachable block of every specialisation and raises the
//! types of values, cells and results; calls create specialisations. Rounds repeat
//! until nothing changes. Branches whose condition is decided by types are followed
//! one way, so code behind `typeof` tests and defaults that never apply costs nothing.

use ultra_abi::Kind;
use ultra_ir::op::*;
use ultra_ir::{Block, BlockCallId, Func, Inst, InstData, Op, StrId, Value};

use super::builtins::{self, Builtin, R, Recv, Special};
use super::plan::{self, Lit, Opnd};
use super::ty::*;
use super::world::*;
use crate::program::*;

/// What a property read finds.
#[derive(Clone, Copy, Debug)]
pub enum GetPlan {
    ArrayLength,
    StringLength,
    MapSize,
    /// A field: the class that declares it and its index there.
    Field(ultra_ir::ClassId, usize),
    Getter,
    /// A static variable of a class.
    Static(VarId),
    Constant(f64),
    /// A method taken as a value.
    Method(FnId),
    ErrorName,
    FnLength(FnId),
    /// The class of an instance.
    Constructor,
    /// The name of a function or class.
    Name(StrId),
    /// A well-known symbol.
    WellKnown(StrId),
    /// A built-in method as a value.
    BuiltinMethod,
    Dyn,
}

/// What a method call reaches.
#[derive(Clone, Copy, Debug)]
pub enum CallPlan {
    /// Instance method; `World::implementations` lists the targets.
    Method,
    Builtin(Builtin),
    /// A built-in function on a namespace: no receiver.
    Function(Builtin),
    /// Static method.
    Static(FnId),
    /// A property that holds a function value; `this` is the receiver.
    Property,
    /// `call`, `apply` or `bind` of a function.
    FnMethod(FnMethod),
    Dyn,
}

/// The methods of functions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FnMethod {
    Call,
    Apply,
    Bind,
}

/// The method of functions with a name.
pub fn fn_method(name: &str) -> Option<FnMethod> {
    match name {
        "call" => Some(FnMethod::Call),
        "apply" => Some(FnMethod::Apply),
        "bind" => Some(FnMethod::Bind),
        _ => None,
    }
}

/// The library function that binds a function.
pub const BIND: &str = "__ultra_bind";

/// Whether a branch condition is decided by types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Truth {
    Always,
    Never,
    Unknown,
}

/// Runs inference to its fixpoint, starting from `main`.
pub fn infer(world: &mut World) {
    let main = world.prog.main;
    world.spec(main, vec![T::UNDEF]);
    let mut rounds = 0;
    loop {
        world.changed = false;
        let mut i = 0;
        while i < world.specs.len() {
            walk(world, SpecId(i as u32));
            i += 1;
        }
        world.settle_escapes();
        settle_coercions(world);
        rounds += 1;
        if (!world.changed || rounds > 150) && world.patient {
            world.patient = false;
            continue;
        }
        if !world.changed || rounds > 200 {
            break;
        }
    }
}

/// The literal that a value is, if its definition is one.
pub fn literal(body: &Func, v: Value) -> Option<Lit> {
    let d = body.def(v)?;
    if d.op != Op::JsNum {
        return None;
    }
    let imm = d.imm();
    Some(match d.aux {
        0 => {
            let value = f64::from_bits(imm);
            let integral =
                value.fract() == 0.0 && value.abs() < 1e30 && !(value == 0.0 && value.is_sign_negative());
            Lit { value, int: integral.then_some(value as i128), written_int: false }
        }
        1 => Lit { value: imm as f64, int: Some(imm as i128), written_int: true },
        _ if imm == 0 => Lit { value: -0.0, int: None, written_int: true },
        _ => Lit { value: -(imm as f64), int: Some(-(imm as i128)), written_int: true },
    })
}

fn walk(w: &mut World, s: SpecId) {
    let func = w.specs[s].func;
    // The body is moved out for the walk: nothing below looks at it through `World`.
    let body = std::mem::take(&mut w.prog.fns[func].body);
    if body.layout.is_empty() {
        w.prog.fns[func].body = body;
        return;
    }
    let entry = body.entry();
    w.specs[s].reachable[entry] = true;
    let params = body.blocks[entry].params.clone();
    for (i, &p) in params.iter().enumerate() {
        let t = param_type(w, s, i);
        w.set_type(s, p, t);
    }
    // Two sweeps settle most loops within one round.
    for _ in 0..2 {
        for &block in &body.layout {
            if w.specs[s].reachable[block] {
                walk_block(w, s, &body, block);
            }
        }
    }
    w.prog.fns[func].body = body;
}

/// Type of the body's entry parameter `i`: env, this, then the arguments.
pub fn param_type(w: &World, s: SpecId, i: usize) -> T {
    let spec = &w.specs[s];
    let env = w.prog.fns[spec.func].env;
    match i {
        0 if env.is_none() => T::UNDEF,
        0 => T::obj(Obj::Class(w.scope_cls[env])),
        _ => spec.key.get(i - 1).copied().unwrap_or(T::UNDEF),
    }
}

fn walk_block(w: &mut World, s: SpecId, body: &Func, block: Block) {
    for &inst in &body.blocks[block].insts {
        let d = body.insts[inst];
        if d.op.is_terminator() {
            terminator(w, s, body, inst, &d);
            return;
        }
        let t = transfer(w, s, body, inst, &d);
        if let Some(v) = body.result(inst) {
            w.set_type(s, v, t);
            // A value that can never exist: what follows does not run (yet).
            if t.is_bottom() && w.specs[s].types[v].is_bottom() && stops(d.op) {
                if let Some(t) = body.terminator(block)
                    && body.insts[t].op == Op::BrExc
                {
                    flow(w, s, body, BlockCallId(body.insts[t].b));
                }
                return;
            }
        }
    }
}

/// Operations whose bottom result means that control does not go on.
fn stops(op: Op) -> bool {
    matches!(
        op,
        Op::JsCall
            | Op::JsCallMethod
            | Op::JsNew
            | Op::JsSuperMethod
            | Op::JsGet
            | Op::JsElemGet
            | Op::JsVarGet
            | Op::JsIterValue
            | Op::JsBinary
            | Op::JsUnary
            | Op::JsConvert
    )
}

fn terminator(w: &mut World, s: SpecId, body: &Func, inst: Inst, d: &InstData) {
    match d.op {
        Op::Branch => {
            let truth = condition(w, s, body, d.arg_a());
            if truth != Truth::Never {
                flow(w, s, body, BlockCallId(d.b));
            }
            if truth != Truth::Always {
                flow(w, s, body, BlockCallId(d.c));
            }
        }
        Op::Return => {
            let t = w.specs[s].types[d.arg_a()];
            let ret = w.specs[s].ret;
            w.raise(ret, t);
            if w.specs[s].generic {
                w.escape(t);
            }
        }
        _ => {
            for bc in body.target_ids(inst) {
                flow(w, s, body, bc);
            }
        }
    }
}

fn flow(w: &mut World, s: SpecId, body: &Func, bc: BlockCallId) {
    let call = body.block_calls[bc];
    if !w.specs[s].reachable[call.block] {
        w.specs[s].reachable[call.block] = true;
        w.changed = true;
    }
    for (&p, v) in body.blocks[call.block].params.iter().zip(body.values_of(call.args)) {
        let t = w.specs[s].types[v];
        w.set_type(s, p, t);
    }
}

/// What types say about a boolean value that a branch tests.
pub fn condition(w: &World, s: SpecId, body: &Func, v: Value) -> Truth {
    let Some(d) = body.def(v) else { return Truth::Unknown };
    let ty = |v: Value| w.specs[s].types[v];
    match d.op {
        Op::JsTruthy => {
            if let Some(x) = body.def(d.arg_a())
                && x.op == Op::JsBool
            {
                return if x.imm() != 0 { Truth::Always } else { Truth::Never };
            }
            if let Some(x) = body.def(d.arg_a())
                && x.op == Op::JsBinary
                && let Some(b) = constant_comparison(w, s, body, x)
            {
                return if b { Truth::Always } else { Truth::Never };
            }
            truthiness(ty(d.arg_a()))
        }
        Op::JsIsUndef => among(ty(d.arg_a()), UNDEF),
        Op::JsIsNullish => among(ty(d.arg_a()), NULLISH),
        Op::BNot => match condition(w, s, body, d.arg_a()) {
            Truth::Always => Truth::Never,
            Truth::Never => Truth::Always,
            Truth::Unknown => Truth::Unknown,
        },
        Op::BConst => {
            if d.imm() != 0 {
                Truth::Always
            } else {
                Truth::Never
            }
        }
        _ => Truth::Unknown,
    }
}

fn constant_comparison(w: &World, s: SpecId, body: &Func, d: &InstData) -> Option<bool> {
    let op = JsBinOp::from_aux(d.aux);
    let negate = matches!(op, JsBinOp::Ne | JsBinOp::StrictNe);
    if !matches!(op, JsBinOp::Eq | JsBinOp::Ne | JsBinOp::StrictEq | JsBinOp::StrictNe) {
        return None;
    }
    if let Some(b) = typeof_comparison(w, s, body, d) {
        return Some(b != negate);
    }
    let loose = matches!(op, JsBinOp::Eq | JsBinOp::Ne);
    match plan::equality(operand(w, s, body, d.arg_a()), operand(w, s, body, d.arg_b()), loose) {
        plan::Cmp::Const(b) => Some(b != negate),
        _ => None,
    }
}

/// Whether `typeof x == literal` is decided by the type of x.
pub fn typeof_comparison(w: &World, s: SpecId, body: &Func, d: &InstData) -> Option<bool> {
    let side = |t: Value, lit: Value| -> Option<bool> {
        let t = body.def(t)?;
        let lit = body.def(lit)?;
        if t.op != Op::JsUnary || JsUnOp::from_aux(t.aux) != JsUnOp::Typeof || lit.op != Op::JsStr {
            return None;
        }
        let known = typeof_text(w.specs[s].types[t.arg_a()])?;
        Some(w.prog.strings.is(StrId(lit.a), known))
    };
    side(d.arg_a(), d.arg_b()).or_else(|| side(d.arg_b(), d.arg_a()))
}

/// The text of `typeof` where the type decides it.
pub fn typeof_text(t: T) -> Option<&'static str> {
    let t = t.widen();
    Some(match t {
        t if t.within(NUM | F32 | INTS) => "number",
        T::STR => "string",
        T::BOOL => "boolean",
        T::BIG => "bigint",
        T::SYMBOL => "symbol",
        T::UNDEF => "undefined",
        T::NULL => "object",
        t if t.within(OBJ) => match t.obj {
            Obj::Fn(_) | Obj::Func | Obj::ClassVal(_) => "function",
            Obj::Class(_) | Obj::Arr(_) | Obj::Typed(_) | Obj::Map(..) | Obj::Set(_) => "object",
            Obj::Global(g) if builtins::GLOBALS[g as usize].callable().is_some() => "function",
            Obj::Global(_) => "object",
            _ => return None,
        },
        _ => return None,
    })
}

fn among(t: T, bits: u32) -> Truth {
    if t.is_bottom() {
        Truth::Never
    } else if t.within(bits) {
        Truth::Always
    } else if !t.has(bits) {
        Truth::Never
    } else {
        Truth::Unknown
    }
}

fn truthiness(t: T) -> Truth {
    if t.is_bottom() {
        Truth::Never
    } else if t.within(NULLISH) {
        Truth::Never
    } else if t.within(OBJ) {
        Truth::Always
    } else {
        Truth::Unknown
    }
}

pub fn operand(w: &World, s: SpecId, body: &Func, v: Value) -> Opnd {
    Opnd { t: w.specs[s].types[v], lit: literal(body, v) }
}

fn transfer(w: &mut World, s: SpecId, body: &Func, inst: Inst, d: &InstData) -> T {
    let ty = |w: &World, v: Value| w.specs[s].types[v];
    match d.op {
        Op::JsNum => T::LIT,
        Op::JsStr => T::STR,
        Op::JsBigInt => T::BIG,
        Op::JsBool | Op::JsFromBool => T::BOOL,
        Op::JsNull => T::NULL,
        Op::JsUndef => T::UNDEF,
        Op::JsHole => T::UNDEF,
        Op::AnyConst => T::UNDEF,
        Op::JsWiden => ty(w, d.arg_a()).widen(),
        Op::JsConvert => {
            let t = ty(w, d.arg_a());
            // A conversion by call changes the value in every dialect; an annotation only promises.
            match (ConvertWhy::from_aux(d.aux), &w.prog.types.table[TypeId(d.b)]) {
                (ConvertWhy::Call, Type::Int(k)) if !t.is_bottom() => T::int(*k),
                (ConvertWhy::Call, Type::F32) if !t.is_bottom() => T::F32,
                (ConvertWhy::Call, Type::Number) if !t.is_bottom() => T::NUM,
                _ => convert_type(w, t, TypeId(d.b)),
            }
        }
        Op::JsNarrow => narrow(w, ty(w, d.arg_a()), NarrowTest::from_aux(d.aux), d.b),
        Op::JsUnary => {
            let (t, op) = (ty(w, d.arg_a()), JsUnOp::from_aux(d.aux));
            match unary_overload(w, op, t) {
                Some(f) => overload_result(w, f, &[t]),
                None => unary(t, literal(body, d.arg_a()), op),
            }
        }
        Op::JsBinary => binary(w, s, body, d),
        Op::JsToStr => {
            let t = ty(w, d.arg_a());
            if let Some((class, name)) = to_string_method(w, t, false) {
                dispatch(w, class, name, MethodKind::Method, &[]);
            }
            T::STR
        }
        Op::JsToNumeric => to_numeric(ty(w, d.arg_a())),
        Op::JsGet => get_result(w, ty(w, d.arg_a()), StrId(d.b)),
        Op::JsSet => {
            let (o, v) = (ty(w, d.arg_a()), ty(w, d.arg_b()));
            set_effect(w, o, StrId(d.c), v);
            T::BOTTOM
        }
        Op::JsElemGet => elem_get(w, s, body, ty(w, d.arg_a()), d.arg_b()),
        Op::JsElemSet => {
            let (o, k, v) = (ty(w, d.arg_a()), ty(w, d.arg_b()), ty(w, d.arg_c()));
            elem_set(w, s, body, d.arg_b(), o, k, v);
            T::BOTTOM
        }
        Op::JsDelete => {
            delete_effect(w, ty(w, d.arg_a()), constant_key(w, body, d.arg_b()));
            T::BOOL
        }
        Op::JsCall => {
            let args: Vec<T> = body.values_of(d.list()).map(|v| ty(w, v)).collect();
            call_value(w, s, inst, args[0], args[1], &args[2..])
        }
        Op::JsCallMethod => {
            let args: Vec<T> = body.values_of(d.list()).map(|v| ty(w, v)).collect();
            w.dtype = body.values_of(d.list()).last().and_then(|v| dtype(w, body, v));
            call_method(w, s, inst, args[0], StrId(d.a), &args[1..])
        }
        Op::JsNew => {
            let args: Vec<T> = body.values_of(d.list()).map(|v| ty(w, v)).collect();
            construct(w, s, inst, args[0], &args[1..])
        }
        Op::JsSuperCall => {
            let args: Vec<T> = body.values_of(d.list()).map(|v| ty(w, v)).collect();
            let class = w.cls_of_decl[ClassDeclId(d.a)];
            let parent = w.cls[class].parent;
            if !parent.is_none() {
                run_constructor(w, parent, &args[1..]);
            }
            args[0]
        }
        Op::JsSuperMethod => {
            let args: Vec<T> = body.values_of(d.list()).map(|v| ty(w, v)).collect();
            super_method(w, ClassDeclId(d.c), StrId(d.a), &args)
        }
        Op::JsInitFields => {
            let class = w.cls_of_decl[ClassDeclId(d.b)];
            init_fields(w, class);
            T::BOTTOM
        }
        Op::JsApply => {
            let (f, this, args) = (ty(w, d.arg_a()), ty(w, d.arg_b()), ty(w, d.arg_c()));
            if let Some((name, with_this)) = apply_library(w, s, body, d) {
                return library_result(w, name, &[this, args][!with_this as usize..]);
            }
            apply(w, s, inst, f, this, args)
        }
        Op::JsNewApply => {
            let args = ty(w, d.arg_b());
            w.escape(args);
            T::ANY
        }
        Op::JsClosure => T::obj(Obj::Fn(FnId(d.b))),
        Op::JsClass => T::obj(Obj::ClassVal(ClassDeclId(d.b))),
        Op::JsGlobal => global_type(w, StrId(d.a)),
        Op::JsArray => {
            let cell = w.site(s, inst, 0);
            if body.values_of(d.list()).next().is_none() {
                w.starts_empty(cell);
            }
            for v in body.values_of(d.list()) {
                let mut t = ty(w, v);
                if body.def(v).is_some_and(|x| x.op == Op::JsHole) {
                    t = T::UNDEF;
                }
                w.raise(cell, t);
            }
            T::obj(Obj::Arr(w.find(cell)))
        }
        Op::JsArrayPush => {
            let (a, v) = (ty(w, d.arg_a()), ty(w, d.arg_b()));
            if let Obj::Arr(c) = a.obj {
                w.raise(c, v);
            }
            T::BOTTOM
        }
        Op::JsArraySpread => {
            let (a, v) = (ty(w, d.arg_a()), ty(w, d.arg_b()));
            let it = iter_type(w, v, 0);
            let e = iter_value(w, it);
            if let Obj::Arr(c) = a.obj {
                w.raise(c, e);
            }
            T::BOTTOM
        }
        Op::JsObject => {
            let list: Vec<Value> = body.values_of(d.list()).collect();
            let keys = object_keys(body, &list);
            let class = w.literal_class(&keys);
            for (i, pair) in list.chunks_exact(2).enumerate() {
                let t = ty(w, pair[1]);
                let cell = w.cls[class].fields[field_of_key(&keys, i)].cell;
                w.raise(cell, t);
            }
            T::obj(Obj::Class(class))
        }
        Op::JsObjectSpread => {
            let (target, source) = (ty(w, d.arg_a()), ty(w, d.arg_b()));
            object_spread(w, target, source);
            T::BOTTOM
        }
        Op::JsScope => T::obj(Obj::Class(w.scope_cls[ScopeId(d.b)])),
        Op::JsScopeParent => T::obj(Obj::Class(w.scope_cls[ScopeId(d.b)])),
        Op::JsModuleScope => T::obj(Obj::Class(w.scope_cls[ScopeId(d.a)])),
        Op::JsVarGet => var_get(w, VarId(d.b)),
        Op::JsVarSet => {
            let t = ty(w, d.arg_b());
            let cell = w.var_cells[VarId(d.c)];
            w.raise(cell, t);
            T::BOTTOM
        }
        Op::JsRest => {
            let start = d.a as usize + 1;
            if w.specs[s].generic {
                return w.specs[s].key.get(start).copied().unwrap_or(T::UNDEF);
            }
            let cell = w.site(s, inst, 0);
            for t in w.specs[s].key.get(start..).unwrap_or(&[]).to_vec() {
                w.raise(cell, t);
            }
            T::obj(Obj::Arr(w.find(cell)))
        }
        Op::JsArguments => {
            let cell = w.declared_cell(T::ANY);
            T::obj(Obj::Arr(cell))
        }
        Op::JsIter => iter_type(w, ty(w, d.arg_a()), d.aux),
        Op::JsIterBegin | Op::JsIterNext => T::POS,
        Op::JsIterValue if iterates_entries(w, s, body, d.arg_a()) => T::ANY,
        Op::JsIterClose => {
            let it = ty(w, d.arg_a());
            if matches!(it.obj, Obj::Class(_)) {
                let name = w.names.return_;
                dynamic_methods(w, name, 0);
                library_result(w, ITER_CLOSE, &[it, T::BOOL]);
            }
            T::UNDEF
        }
        Op::JsIterKey if iterates_entries(w, s, body, d.arg_a()) => T::ANY,
        Op::JsIterMore => {
            let it = ty(w, d.arg_a());
            if matches!(it.obj, Obj::Class(_)) {
                library_result(w, ITER_STEP, &[it]);
            }
            T::BOOL
        }
        Op::JsIterValue => {
            let it = ty(w, d.arg_a());
            // What a Map holds flows through pairs of any words.
            if let Obj::Map(k, v) = it.obj {
                for c in [k, v] {
                    let t = w.cell(c);
                    w.escape(t);
                }
            }
            iter_value(w, it)
        }
        Op::JsIterKey => iter_key(ty(w, d.arg_a())),
        Op::CatchValue => T::ANY,
        Op::JsThrow => {
            let t = ty(w, d.arg_a());
            w.escape(t);
            T::BOTTOM
        }
        Op::JsTruthy | Op::JsIsUndef | Op::JsIsNullish | Op::JsRefEq | Op::BNot | Op::BConst => T::BOOL,
        Op::JsScopeEnter => T::POS,
        Op::JsHold | Op::JsScopeExit => T::BOTTOM,
        Op::JsRegExp => T::ANY,
        _ => T::ANY,
    }
}

/// The element kind that a string literal names.
fn dtype(w: &World, body: &Func, v: Value) -> Option<Kind> {
    let d = body.def(v).filter(|d| d.op == Op::JsStr)?;
    Some(match w.prog.strings.text(StrId(d.a)).as_str() {
        "int8" => Kind::I8,
        "uint8" => Kind::U8,
        "int16" => Kind::I16,
        "uint16" => Kind::U16,
        "int32" => Kind::I32,
        "uint32" => Kind::U32,
        "int64" => Kind::I64,
        "uint64" => Kind::U64,
        "float32" => Kind::F32,
        "float64" | "number" => Kind::F64,
        "bool" | "boolean" => Kind::Bool,
        _ => return None,
    })
}

/// The keys of an object literal's list, first occurrence of each.
pub fn object_keys(body: &Func, list: &[Value]) -> Vec<StrId> {
    list.chunks_exact(2)
        .map(|p| body.def(p[0]).filter(|d| d.op == Op::JsStr).map_or(StrId::NONE, |d| StrId(d.a)))
        .collect()
}

/// The field that pair `i` of a literal writes: a repeated key writes its first field.
pub fn field_of_key(keys: &[StrId], i: usize) -> usize {
    keys.iter().position(|k| *k == keys[i]).unwrap_or(i)
}

fn unary(t: T, lit: Option<Lit>, op: JsUnOp) -> T {
    let numeric = |t: T| match t {
        t if lit.is_some() && t == T::LIT => T::NUM,
        t if t.is_num() || t.within(NULLISH | BOOL) => T::NUM,
        T::F32 => T::F32,
        t if t.int_kind().is_some() => t,
        T::STR => T::NUM,
        t if t.is_bottom() => T::BOTTOM,
        T::BIG => T::BIG,
        _ => T::prim(NUM | (INT0 << Kind::I64 as u32) | (INT0 << Kind::U64 as u32) | OTHER | BIG),
    };
    match op {
        JsUnOp::Not => T::BOOL,
        JsUnOp::Typeof => T::STR,
        JsUnOp::Plus if t == T::STR || t == T::ANY => T::NUM,
        JsUnOp::BitNot if t == T::F32 => T::NUM,
        JsUnOp::Neg | JsUnOp::Plus | JsUnOp::BitNot | JsUnOp::Inc | JsUnOp::Dec => numeric(t),
    }
}

pub fn to_numeric(t: T) -> T {
    unary(t, None, JsUnOp::Inc)
}

fn binary(w: &mut World, s: SpecId, body: &Func, d: &InstData) -> T {
    let op = JsBinOp::from_aux(d.aux);
    let (a, b) = (operand(w, s, body, d.arg_a()), operand(w, s, body, d.arg_b()));
    if a.t.is_bottom() || b.t.is_bottom() {
        return T::BOTTOM;
    }
    if let Some((f, args)) = operator_overload(w, op, a.t, b.t) {
        return overload_result(w, f, &args);
    }
    use JsBinOp::*;
    if op == Add && (a.t == T::STR || b.t == T::STR) {
        for t in [a.t, b.t] {
            if let Some((class, name)) = to_string_method(w, t, true) {
                dispatch(w, class, name, MethodKind::Method, &[]);
                return T::STR;
            }
        }
    }
    if op == InstanceOf
        && let Some(f) = has_instance(w, b.t)
    {
        call_spec(w, f, b.t, &[a.t]);
        return T::BOOL;
    }
    match op {
        Lt | Le | Gt | Ge | Eq | Ne | StrictEq | StrictNe | InstanceOf | In => T::BOOL,
        // Mixtures of bigint with numbers throw.
        _ if a.t == T::BIG && b.t == T::BIG => T::BIG,
        _ => plan::arith(op, a, b).result(op),
    }
}

/// The `toString` that converting an instance to a string calls, when its class has one
/// and nothing that comes before it.
pub fn to_string_method(w: &World, t: T, add: bool) -> Option<(ultra_ir::ClassId, StrId)> {
    let Obj::Class(c) = t.obj else { return None };
    if !t.within(OBJ) || w.added_coercions {
        return None;
    }
    let n = w.names;
    let has = |name: StrId| {
        w.method(c, name, MethodKind::Method, false).is_some()
            || w.field(c, name).is_some()
            || w.subclass_defines(c, name)
    };
    if has(n.to_primitive) || add && has(n.value_of) {
        return None;
    }
    w.method(c, n.to_string, MethodKind::Method, false).map(|_| (c, n.to_string))
}

/// Whether converting a value to a primitive one may call a function of the program.
pub fn coerces(w: &World, t: T) -> bool {
    if !w.coercions || !t.has(OBJ) {
        return false;
    }
    match t.obj {
        Obj::Any => true,
        Obj::Class(c) => w.added_coercions || w.class_coerces(c),
        Obj::Arr(c) => coerces(w, w.cell(c)),
        _ => w.added_coercions,
    }
}

/// The library function that makes a primitive value of an object.
pub const TO_PRIMITIVE: &str = "__ultra_to_primitive";
/// The library function that joins an array whose elements have such functions.
pub const ARRAY_JOIN: &str = "__ultra_array_join";

/// Keeps what conversions may call callable: the functions themselves, with anything.
fn settle_coercions(w: &mut World) {
    if !w.coercions {
        return;
    }
    library_result(w, TO_PRIMITIVE, &[T::ANY, T::STR]);
    library_result(w, ARRAY_JOIN, &[T::ANY, T::STR]);
    let methods: Vec<FnId> = w
        .prog
        .classes
        .values()
        .flat_map(|c| c.methods.iter())
        .filter(|m| !m.is_static && w.is_coercion(m.name))
        .map(|m| m.func)
        .collect();
    for f in methods {
        w.generic_spec(f);
    }
    let classes: Vec<ultra_ir::ClassId> =
        w.cls.ids().filter(|&c| w.cls[c].kind == ClsKind::Literal && w.class_coerces(c)).collect();
    for c in classes {
        w.escape(T::obj(Obj::Class(c)));
    }
}

/// The static `[Symbol.hasInstance]` of a class.
pub fn has_instance(w: &World, class: T) -> Option<FnId> {
    let Obj::ClassVal(d) = class.obj else { return None };
    w.method(w.cls_of_decl[d], w.names.has_instance, MethodKind::Method, true).map(|(_, f)| f)
}

/// The text of an operator in a class's table of overloads.
pub fn operator_text(op: JsBinOp) -> Option<&'static str> {
    use JsBinOp::*;
    Some(match op {
        Add => "+",
        Sub => "-",
        Mul => "*",
        Div => "/",
        Rem => "%",
        Pow => "**",
        BitAnd => "&",
        BitOr => "|",
        BitXor => "^",
        Shl => "<<",
        Shr => ">>",
        Eq => "==",
        Ne => "!=",
        Lt => "<",
        Le => "<=",
        Gt => ">",
        Ge => ">=",
        _ => return None,
    })
}

/// The overload that a binary operator selects statically, with the operand types.
pub fn operator_overload(w: &World, op: JsBinOp, a: T, b: T) -> Option<(FnId, [T; 2])> {
    overload(w, operator_text(op)?, &[a, b]).map(|f| (f, [a, b]))
}

/// The overload of a unary operator.
pub fn unary_overload(w: &World, op: JsUnOp, t: T) -> Option<FnId> {
    let text = match op {
        JsUnOp::Neg => "-",
        JsUnOp::Plus => "+",
        JsUnOp::Not => "!",
        JsUnOp::BitNot => "~",
        _ => return None,
    };
    overload(w, text, &[t])
}

/// The most specific overload of an operator that accepts the operands; one of them is of its class.
pub fn overload(w: &World, text: &str, operands: &[T]) -> Option<FnId> {
    let mut best: Option<(u32, FnId)> = None;
    for t in operands {
        let Obj::Class(c) = t.obj else { continue };
        if !t.within(OBJ | NULLISH) {
            continue;
        }
        let mut at = c;
        while !at.is_none() {
            if let Some(d) = w.decl_of(at) {
                for &(symbol, f) in &w.prog.classes[d].operators {
                    let params = &w.prog.fns[f].params;
                    if !w.prog.strings.is(symbol, text) || params.len() != operands.len() {
                        continue;
                    }
                    let score = params
                        .iter()
                        .zip(operands)
                        .try_fold(0, |sum, (p, t)| Some(sum + matches_type(w, p.ty, *t)?));
                    if let Some(score) = score
                        && best.is_none_or(|(s, _)| score > s)
                    {
                        best = Some((score, f));
                    }
                }
            }
            at = w.cls[at].parent;
        }
    }
    best.map(|(_, f)| f)
}

/// Result of calling an operator overload.
fn overload_result(w: &mut World, f: FnId, operands: &[T]) -> T {
    let spec = call_spec(w, f, T::UNDEF, operands);
    w.cell(w.specs[spec].ret)
}

/// How specifically an annotation accepts a type; none when it does not.
fn matches_type(w: &World, ty: Option<TypeId>, t: T) -> Option<u32> {
    let Some(ty) = ty else { return Some(0) };
    let t = t.without(NULLISH);
    match &w.prog.types.table[ty] {
        Type::Any | Type::Object => Some(0),
        Type::Class(d) => match t.obj {
            Obj::Class(c) if t.within(OBJ) && w.is_subclass(c, w.cls_of_decl[*d]) => Some(4),
            _ => None,
        },
        Type::Number if t.is_num() => Some(if t.has(LIT) { 2 } else { 4 }),
        Type::Number if t.within(INTS | F32) => Some(1),
        Type::Int(k) if t.int_kind() == Some(*k) => Some(4),
        Type::Int(Kind::I64) if t.has(LIT) => Some(4),
        Type::Int(_) if t.has(LIT) => Some(3),
        Type::F32 if t == T::F32 => Some(4),
        Type::F32 if t.has(LIT) => Some(1),
        Type::Str if t == T::STR => Some(4),
        Type::Bool if t == T::BOOL => Some(4),
        _ => None,
    }
}

/// The type after a conversion to an annotation.
pub fn convert_type(w: &mut World, t: T, ty: TypeId) -> T {
    if t.is_bottom() {
        return t;
    }
    let Some(want) = w.annotation(ty) else { return t };
    convert_to(w, t, want)
}

pub fn convert_to(w: &mut World, t: T, want: T) -> T {
    if want.bits == T::ANY.bits {
        // In `any`, types of up to 32 bits are numbers; what else is known stays known.
        let narrow = t.int_kind().is_some_and(|k| k.size() <= 4) || t == T::F32;
        return if narrow { T::NUM } else { t };
    }
    if let (Obj::Arr(from), Obj::Arr(to)) = (t.obj, want.obj)
        && !w.is_declared(from)
    {
        w.unify(to, from);
    }
    if want == T::UNDEF {
        return T::UNDEF;
    }
    // A value that is already of the type keeps what else is known about it.
    if t.bits & !want.bits == 0 && !t.has(OBJ) {
        return t;
    }
    if t.has(OBJ) && want.has(OBJ) && t.bits & !(want.bits | UNDEF) == 0 {
        match (t.obj, want.obj) {
            (Obj::Class(c), Obj::Class(k)) if w.is_subclass(c, k) => return t,
            (Obj::Arr(a), Obj::Arr(b)) if w.find(a) == w.find(b) => return t,
            _ => {}
        }
    }
    // `undefined` reaches number and reference slots unchecked: both have a place for it.
    let undefined = t.bits & UNDEF;
    if undefined != 0 && (want.rep() == ultra_ir::Ty::F64 || want.rep() == ultra_ir::Ty::Ref) {
        return want.with(UNDEF);
    }
    want
}

fn narrow(w: &World, t: T, test: NarrowTest, class: u32) -> T {
    let keep = |bits: u32| -> T {
        let b = t.bits & bits;
        T { bits: b, obj: if b & OBJ != 0 { t.obj } else { Obj::None } }
    };
    match test {
        NarrowTest::Number => keep(NUM | LIT | F32 | INTS),
        NarrowTest::Str => keep(STR),
        NarrowTest::Bool => keep(BOOL),
        NarrowTest::Undefined => keep(UNDEF),
        NarrowTest::Null => keep(NULL),
        NarrowTest::Nullish => keep(NULLISH),
        NarrowTest::Object => match t.obj {
            Obj::Fn(_) | Obj::Func | Obj::ClassVal(_) => keep(NULL),
            _ => keep(OBJ | NULL),
        },
        NarrowTest::Function => match t.obj {
            Obj::Any if t.has(OBJ) => T::obj(Obj::Func),
            _ => keep(OBJ),
        },
        NarrowTest::NotUndefined => t.without(UNDEF),
        NarrowTest::NotNull => t.without(NULL),
        NarrowTest::NotNullish | NarrowTest::Truthy => t.without(NULLISH),
        NarrowTest::NotStr => t.without(STR),
        NarrowTest::NotNumber => t.without(NUM | LIT | F32 | INTS),
        NarrowTest::NotBool => t.without(BOOL),
        NarrowTest::Class => {
            if !t.has(OBJ) {
                return T::BOTTOM;
            }
            let c = w.cls_of_decl[ClassDeclId(class)];
            match t.obj {
                Obj::Class(k) if w.is_subclass(k, c) => T::obj(t.obj),
                _ => T::obj(Obj::Class(c)),
            }
        }
        NarrowTest::NotClass => t,
    }
}

pub fn global_type(w: &World, name: StrId) -> T {
    let text = w.prog.strings.text(name);
    match text.as_str() {
        "undefined" => T::UNDEF,
        "NaN" | "Infinity" => T::NUM,
        _ => match builtins::global(&text) {
            Some(g) => T::obj(Obj::Global(g)),
            None => T::BOTTOM,
        },
    }
}

fn var_get(w: &mut World, var: VarId) -> T {
    let v = &w.prog.vars[var];
    if v.never_reassigned {
        if let Some(f) = v.known_fn {
            return T::obj(Obj::Fn(f));
        }
        if let Some(c) = v.known_class {
            return T::obj(Obj::ClassVal(c));
        }
    }
    w.cell(w.var_cells[var])
}

// Properties.

pub fn get_plan(w: &World, o: T, name: StrId) -> GetPlan {
    let n = &w.names;
    let base = o.without(NULLISH);
    if base == T::STR && name == n.length {
        return GetPlan::StringLength;
    }
    if !base.within(OBJ) {
        return GetPlan::Dyn;
    }
    match base.obj {
        Obj::Arr(_) | Obj::Typed(_) if name == n.length => GetPlan::ArrayLength,
        Obj::Map(..) | Obj::Set(_) if name == n.size => GetPlan::MapSize,
        Obj::Class(c) => {
            if let Some((owner, i)) = w.field(c, name) {
                return GetPlan::Field(owner, i);
            }
            if w.method(c, name, MethodKind::Getter, false).is_some() {
                return GetPlan::Getter;
            }
            if let Some((_, f)) = w.method(c, name, MethodKind::Method, false) {
                return GetPlan::Method(f);
            }
            if name == n.name && w.is_subclass(c, ultra_ir::ClassId(0)) {
                return GetPlan::ErrorName;
            }
            if name == n.constructor && w.decl_of(c).is_some() {
                return GetPlan::Constructor;
            }
            GetPlan::Dyn
        }
        Obj::ClassVal(d) => match static_plan(w, d, name) {
            GetPlan::Dyn if name == n.name => GetPlan::Name(w.prog.classes[d].name),
            plan => plan,
        },
        Obj::Fn(f) if name == n.name => GetPlan::Name(w.prog.fns[f].name),
        Obj::Global(g) => match builtins::GLOBALS[g as usize].constant(&w.prog.strings.text(name)) {
            Some(v) => GetPlan::Constant(v),
            None if w.builtin_value(g, Some(&w.prog.strings.text(name))).is_some() => {
                w.builtin_value(g, Some(&w.prog.strings.text(name))).map_or(GetPlan::Dyn, GetPlan::Method)
            }
            None if builtins::is_well_known(g, &w.prog.strings.text(name)) => GetPlan::WellKnown(name),
            None if builtins::GLOBALS[g as usize].function(&w.prog.strings.text(name)).is_some() => {
                GetPlan::BuiltinMethod
            }
            None => GetPlan::Dyn,
        },
        Obj::Arr(_) if builtins::method(Recv::Array, &w.prog.strings.text(name)).is_some() => {
            GetPlan::BuiltinMethod
        }
        Obj::Fn(f) if name == n.length => GetPlan::FnLength(f),
        _ => GetPlan::Dyn,
    }
}

fn static_plan(w: &World, d: ClassDeclId, name: StrId) -> GetPlan {
    let mut at = w.cls_of_decl[d];
    while !at.is_none() {
        if let Some(d) = w.decl_of(at) {
            let c = &w.prog.classes[d];
            if let Some(&(_, var)) = c.statics.iter().find(|(n, _)| *n == name) {
                return GetPlan::Static(var);
            }
            if let Some(m) = c.methods.iter().find(|m| m.is_static && m.name == name) {
                return match m.kind {
                    MethodKind::Method => GetPlan::Method(m.func),
                    _ => GetPlan::Getter,
                };
            }
        }
        at = w.cls[at].parent;
    }
    GetPlan::Dyn
}

fn get_result(w: &mut World, o: T, name: StrId) -> T {
    if o.without(NULLISH).is_bottom() {
        return T::BOTTOM;
    }
    if let Obj::Global(g) = o.obj {
        let text = w.prog.strings.text(name);
        w.want_builtin_value(g, Some(&text));
    }
    match get_plan(w, o, name) {
        GetPlan::ArrayLength
        | GetPlan::StringLength
        | GetPlan::MapSize
        | GetPlan::Constant(_)
        | GetPlan::FnLength(_) => T::NUM,
        GetPlan::Field(c, i) => w.cell(w.cls[c].fields[i].cell),
        GetPlan::Getter => getter_result(w, o, name),
        GetPlan::Static(v) => w.cell(w.var_cells[v]),
        GetPlan::Method(f) => {
            w.generic_spec(f);
            T::obj(Obj::Fn(f))
        }
        GetPlan::ErrorName | GetPlan::Name(_) => T::STR,
        GetPlan::WellKnown(_) => T::SYMBOL,
        GetPlan::Constructor => constructor_type(w, o),
        GetPlan::BuiltinMethod => {
            T::obj(Obj::Global(builtins::global(builtins::BUILTIN_METHOD).unwrap_or(0)))
        }
        // A store that adds the property may yet be found.
        GetPlan::Dyn if w.patient && user_instance(w, o) => T::BOTTOM,
        GetPlan::Dyn => {
            w.escape(o);
            // A property that no class declares: any inferred value may come back.
            T::ANY
        }
    }
}

/// Whether a value is an instance of a class of the program, if anything.
fn user_instance(w: &World, t: T) -> bool {
    matches!(t.obj, Obj::Class(c) if t.without(NULLISH).within(OBJ) && w.decl_of(c).is_some())
}

/// The class value of an instance: known where no class extends its class.
pub fn constructor_type(w: &World, o: T) -> T {
    match o.obj {
        Obj::Class(c) if w.subclasses[c].is_empty() => {
            w.decl_of(c).map_or(T::ANY, |d| T::obj(Obj::ClassVal(d)))
        }
        _ => T::obj(Obj::Func),
    }
}

fn getter_result(w: &mut World, o: T, name: StrId) -> T {
    if let Obj::ClassVal(d) = o.obj {
        let class = w.cls_of_decl[d];
        let Some((_, f)) = w.method(class, name, MethodKind::Getter, true) else { return T::UNDEF };
        let spec = call_spec(w, f, T::obj(o.obj), &[]);
        return w.cell(w.specs[spec].ret);
    }
    let Obj::Class(c) = o.obj else { return T::ANY };
    dispatch(w, c, name, MethodKind::Getter, &[])
}

/// Specialises every implementation that a call may reach; their results share one cell.
pub fn dispatch(w: &mut World, class: ultra_ir::ClassId, name: StrId, kind: MethodKind, args: &[T]) -> T {
    let impls = w.implementations(class, name, kind);
    let mut first: Option<CellId> = None;
    for (_, owner, f) in impls {
        let spec = call_spec(w, f, T::obj(Obj::Class(owner)), args);
        let ret = w.specs[spec].ret;
        match first {
            Some(c) if !w.is_declared(c) && !w.is_declared(ret) => w.unify(c, ret),
            Some(_) => {}
            None => first = Some(ret),
        }
    }
    // Results that are declared differently meet as what both are.
    let mut t = T::BOTTOM;
    for (_, owner, f) in w.implementations(class, name, kind) {
        let spec = call_spec(w, f, T::obj(Obj::Class(owner)), args);
        let r = w.cell(w.specs[spec].ret);
        t = w.join(t, r);
    }
    t
}

/// The specialisation that a call with these argument types reaches.
pub fn call_spec(w: &mut World, f: FnId, this: T, args: &[T]) -> SpecId {
    let params = &w.prog.fns[f].params;
    let has_rest = params.last().is_some_and(|p| p.rest);
    let n = params.len() - has_rest as usize;
    let decl = &w.prog.fns[f];
    let is_member = !decl.class.is_none() && !decl.is_static && decl.kind != FnKind::Operator;
    let this = if decl.uses_this || is_member { this.without(NULLISH) } else { T::UNDEF };
    let mut key = vec![this];
    for i in 0..n {
        let t = args.get(i).copied().unwrap_or(T::UNDEF).widen();
        // A declared parameter is converted by the caller's side of the entry, so that
        // calls with different numbers share one specialisation.
        key.push(declared_param(w, f, i, t));
    }
    if has_rest {
        let elem = rest_element(w, f);
        key.extend(args.iter().skip(n).map(|t| match elem {
            Some(want) if t.widen().within(NUM | F32 | INTS) => want,
            _ => t.widen(),
        }));
    }
    w.spec(f, key)
}

/// The number type that a rest parameter's elements are declared to have.
fn rest_element(w: &mut World, f: FnId) -> Option<T> {
    let ty = w.prog.fns[f].params.last()?.ty?;
    let Type::Array(elem) = w.prog.types.table[ty] else { return None };
    w.annotation(elem).filter(|t| *t == T::NUM || *t == T::F32 || t.int_kind().is_some())
}

/// The parameter type that a call passes: the declared one where it is a plain scalar
/// and the argument converts to it without a check.
fn declared_param(w: &mut World, f: FnId, i: usize, t: T) -> T {
    let Some(ty) = w.prog.fns[f].params[i].ty else { return t };
    let Some(want) = w.annotation(ty) else { return t };
    // In `any`, integers of up to 32 bits are numbers.
    if want == T::ANY && (t == T::F32 || t.int_kind().is_some_and(|k| k.size() <= 4)) {
        return T::NUM;
    }
    if (want == T::NUM || want == T::F32 || want.int_kind().is_some())
        && t.within(NUM | F32 | INTS)
        && t.bits != 0
    {
        return want;
    }
    t
}

pub fn set_effect(w: &mut World, o: T, name: StrId, v: T) {
    if o.is_bottom() || v.is_bottom() {
        return;
    }
    let base = o.without(NULLISH);
    match base.obj {
        Obj::Class(c) if base.within(OBJ) => {
            if let Some((owner, i)) = w.field(c, name) {
                let cell = w.cls[owner].fields[i].cell;
                w.raise(cell, v);
            } else if w.method(c, name, MethodKind::Setter, false).is_some() {
                dispatch(w, c, name, MethodKind::Setter, &[v.widen()]);
            } else if w.decl_of(c).is_some() {
                let (owner, i) = w.add_field(c, name);
                let cell = w.cls[owner].fields[i].cell;
                w.raise(cell, v);
            } else {
                w.pollute(Some(name), v);
            }
        }
        Obj::ClassVal(d) => match static_plan(w, d, name) {
            GetPlan::Static(var) => {
                let cell = w.var_cells[var];
                w.raise(cell, v);
            }
            _ => {
                let class = w.cls_of_decl[d];
                if let Some((_, f)) = w.method(class, name, MethodKind::Setter, true) {
                    call_spec(w, f, base, &[v]);
                } else {
                    w.escape(v);
                }
            }
        },
        Obj::Arr(_) if name == w.names.length => {}
        _ => w.pollute(Some(name), v),
    }
}

/// A property that may be deleted is one that may be absent: its field holds `any`.
fn delete_effect(w: &mut World, o: T, name: Option<StrId>) {
    let classes: Vec<ultra_ir::ClassId> = match o.obj {
        Obj::Class(c) => {
            let mut chain = vec![c];
            while let Some(&last) = chain.last()
                && !w.cls[last].parent.is_none()
            {
                chain.push(w.cls[last].parent);
            }
            chain
        }
        Obj::Any => {
            w.escape(o);
            w.cls.ids().filter(|&c| w.cls[c].kind == ClsKind::Literal).collect()
        }
        _ => return,
    };
    for c in classes {
        for i in 0..w.cls[c].fields.len() {
            if name.is_none_or(|n| n == w.cls[c].fields[i].name) && !w.cls[c].fields[i].deletable {
                w.cls[c].fields[i].deletable = true;
                let cell = w.cls[c].fields[i].cell;
                w.raise(cell, T::ANY);
                w.changed = true;
            }
        }
    }
}

/// The field that a constant key names on an object of a known class.
pub fn constant_key(w: &World, body: &Func, key: Value) -> Option<StrId> {
    let d = body.def(key)?;
    let _ = w;
    (d.op == Op::JsStr).then_some(StrId(d.a))
}

fn elem_get(w: &mut World, s: SpecId, body: &Func, o: T, key: Value) -> T {
    let k = w.specs[s].types[key];
    let base = o.without(NULLISH);
    if base.is_bottom() || k.is_bottom() {
        return T::BOTTOM;
    }
    if let Some(name) = constant_key(w, body, key) {
        return get_result(w, o, name);
    }
    if let Some(f) = overload(w, "[]", &[base, k]) {
        return overload_result(w, f, &[base, k]);
    }
    let numeric = k.widen().within(NUM | INTS | F32 | UNDEF);
    match base.obj {
        Obj::Arr(c) if base.within(OBJ) && numeric => {
            let t = w.cell(c);
            // Outside a typed integer array a read throws; elsewhere it gives undefined.
            if w.is_declared(c) && (t.int_kind().is_some() || t == T::F32 || t == T::BOOL) {
                t
            } else {
                t.with(UNDEF)
            }
        }
        Obj::Typed(_) if base.within(OBJ) && numeric => T::prim(NUM | UNDEF),
        _ if base == T::STR && numeric => T::prim(STR | UNDEF),
        _ => {
            w.escape(o);
            T::ANY
        }
    }
}

fn elem_set(w: &mut World, _s: SpecId, body: &Func, key: Value, o: T, k: T, v: T) {
    let base = o.without(NULLISH);
    if base.is_bottom() || v.is_bottom() || k.is_bottom() {
        return;
    }
    if let Some(name) = constant_key(w, body, key) {
        return set_effect(w, o, name, v);
    }
    if let Some(f) = overload(w, "[]=", &[base, k, v]) {
        overload_result(w, f, &[base, k, v]);
        return;
    }
    let numeric = k.widen().within(NUM | INTS | F32 | UNDEF);
    match base.obj {
        Obj::Arr(c) if base.within(OBJ) && numeric => w.raise_element(c, v),
        Obj::Typed(_) if base.within(OBJ) && numeric => {}
        _ if numeric && base.within(OBJ) => w.pollute(Some(w.names.empty), v),
        _ => w.pollute(None, v),
    }
}

fn object_spread(w: &mut World, target: T, source: T) {
    w.escape(source);
    if let Obj::Class(_) = target.obj {
        // The literal grows properties at run time; its fields may be overwritten by name.
        if let Obj::Class(sc) = source.obj {
            let mut at = sc;
            while !at.is_none() {
                for f in w.cls[at].fields.clone() {
                    let t = w.cell(f.cell);
                    w.pollute(Some(f.name), t);
                }
                at = w.cls[at].parent;
            }
        } else {
            w.pollute(None, T::ANY);
        }
    }
}

// Iteration.

/// The type of what a loop iterates: an array, a string, or an array made for it.
pub fn iter_type(w: &mut World, t: T, aux: u16) -> T {
    let base = t.without(NULLISH);
    if t.is_bottom() || base.is_bottom() && aux != 1 {
        return T::BOTTOM;
    }
    match (aux, base.obj) {
        (1, _) => {
            w.escape(t);
            let cell = w.declared_cell(T::STR);
            T::obj(Obj::Arr(cell))
        }
        (_, Obj::Arr(_) | Obj::Typed(_)) if base.within(OBJ) => base,
        (0, _) if base == T::STR => T::STR,
        (2, _) if base == T::STR => T::STR,
        (0, Obj::Map(..) | Obj::Set(_)) if base.within(OBJ) => base,
        (0, Obj::Class(c)) if base.within(OBJ) && w.iterator_class == Some(c) => {
            library_result(w, ITER_STEP, &[base]);
            base
        }
        (0, _) => {
            w.escape(t);
            let name = w.names.iterator;
            dynamic_methods(w, name, 0);
            let name = w.names.next;
            dynamic_methods(w, name, 0);
            library_result(w, "__ultra_iterate", &[T::ANY, T::STR]);
            let Some(c) = w.iterator_class else { return T::BOTTOM };
            library_result(w, ITER_STEP, &[T::obj(Obj::Class(c))]);
            T::obj(Obj::Class(c))
        }
        _ => {
            w.escape(t);
            let cell = w.declared_cell(T::ANY);
            T::obj(Obj::Arr(cell))
        }
    }
}

/// Whether a `for each` goes over the [key, value] pairs of something that is neither array nor string.
pub fn iterates_entries(w: &World, s: SpecId, body: &Func, it: Value) -> bool {
    let Some(d) = body.def(it).filter(|d| d.op == Op::JsIter && d.aux == 2) else { return false };
    let t = w.specs[s].types[d.arg_a()].without(NULLISH);
    !t.is_bottom() && t != T::STR && !(matches!(t.obj, Obj::Arr(_) | Obj::Typed(_)) && t.within(OBJ))
}

/// The library function that advances an iteration of something only known when it runs.
pub const ITER_STEP: &str = "__ultra_iter_step";
/// The library function that ends such an iteration early.
pub const ITER_CLOSE: &str = "__ultra_iter_close";

pub fn iter_value(w: &mut World, it: T) -> T {
    match it.obj {
        _ if it == T::STR => T::STR,
        Obj::Arr(c) => w.cell(c),
        Obj::Typed(_) => T::NUM,
        Obj::Set(c) => w.cell(c),
        // A pair made for this turn.
        Obj::Map(..) => T::obj(Obj::Arr(w.declared_cell(T::ANY))),
        Obj::Class(_) => T::ANY,
        _ => T::BOTTOM,
    }
}

fn iter_key(it: T) -> T {
    if it.is_bottom() { T::BOTTOM } else { T::NUM }
}

// Calls.

pub fn call_value(w: &mut World, s: SpecId, inst: Inst, f: T, this: T, args: &[T]) -> T {
    if f.is_bottom() || args.iter().any(|t| t.is_bottom()) {
        return T::BOTTOM;
    }
    match f.obj {
        Obj::Fn(id) if f.without(NULLISH).within(OBJ) => {
            let spec = call_spec(w, id, this, args);
            w.cell(w.specs[spec].ret)
        }
        Obj::Global(g) if f.within(OBJ) => match builtins::GLOBALS[g as usize].callable() {
            Some(b) => builtin_result(w, s, inst, b, f, args),
            None => T::BOTTOM,
        },
        _ => {
            w.escape(this);
            args.iter().for_each(|t| w.escape(*t));
            T::ANY
        }
    }
}

pub fn call_plan(w: &World, recv: T, name: StrId) -> CallPlan {
    let base = recv.without(NULLISH).widen();
    let text = || w.prog.strings.text(name);
    let builtin = |kind: Recv| builtins::method(kind, &text()).map_or(CallPlan::Dyn, CallPlan::Builtin);
    if base == T::STR {
        return builtin(Recv::Str);
    }
    if base.within(NUM | F32 | INTS) && base.rep() != ultra_ir::Ty::Any {
        return builtin(Recv::Number);
    }
    if base == T::BIG {
        return builtin(Recv::BigInt);
    }
    if base == T::BOOL && matches!(text().as_str(), "toString") {
        return CallPlan::Builtin(Builtin::Special(Special::ToStringNoArg));
    }
    if !base.within(OBJ) {
        return CallPlan::Dyn;
    }
    match base.obj {
        Obj::Class(c) => {
            if w.method(c, name, MethodKind::Method, false).is_some() {
                return CallPlan::Method;
            }
            if w.field(c, name).is_some() || w.method(c, name, MethodKind::Getter, false).is_some() {
                return CallPlan::Property;
            }
            if w.prog.strings.is(name, "toString") && !w.subclass_defines(c, name) {
                return CallPlan::Builtin(Builtin::Special(Special::ToStringNoArg));
            }
            if w.prog.strings.is(name, "hasOwnProperty") {
                return CallPlan::Builtin(Builtin::Special(Special::HasOwn));
            }
            CallPlan::Dyn
        }
        Obj::Fn(_) | Obj::Func => fn_method(&text()).map_or(CallPlan::Dyn, CallPlan::FnMethod),
        Obj::Arr(_) | Obj::Typed(_) => builtin(Recv::Array),
        Obj::Map(..) => builtin(Recv::Map),
        Obj::Set(_) => builtin(Recv::Set),
        Obj::ClassVal(d) => {
            let class = w.cls_of_decl[d];
            match w.method(class, name, MethodKind::Method, true) {
                Some((_, f)) => CallPlan::Static(f),
                None => CallPlan::Property,
            }
        }
        Obj::Global(g) => match builtins::GLOBALS[g as usize].function(&text()) {
            Some(b) => CallPlan::Function(b),
            None => CallPlan::Dyn,
        },
        _ => CallPlan::Dyn,
    }
}

fn call_method(w: &mut World, s: SpecId, inst: Inst, recv: T, name: StrId, args: &[T]) -> T {
    if recv.without(NULLISH).is_bottom() || args.iter().any(|t| t.is_bottom()) {
        return T::BOTTOM;
    }
    match call_plan(w, recv, name) {
        CallPlan::Method => {
            let Obj::Class(c) = recv.obj else { return T::ANY };
            let args: Vec<T> = args.iter().map(|t| t.widen()).collect();
            dispatch(w, c, name, MethodKind::Method, &args)
        }
        CallPlan::Builtin(b) => builtin_result(w, s, inst, b, recv.without(NULLISH), args),
        CallPlan::Function(b) => builtin_result(w, s, inst, b, recv, args),
        CallPlan::Static(f) => {
            let spec = call_spec(w, f, recv.without(NULLISH), args);
            w.cell(w.specs[spec].ret)
        }
        CallPlan::Property => {
            let f = get_result(w, recv, name);
            call_value(w, s, inst, f, recv.without(NULLISH), args)
        }
        CallPlan::FnMethod(FnMethod::Call) => {
            let this = args.first().copied().unwrap_or(T::UNDEF);
            call_value(w, s, inst, recv.without(NULLISH), this, args.get(1..).unwrap_or(&[]))
        }
        CallPlan::FnMethod(m) => {
            w.escape(recv);
            args.iter().for_each(|t| w.escape(*t));
            if m == FnMethod::Bind {
                bind_result(w);
            }
            T::ANY
        }
        CallPlan::Dyn if w.patient && user_instance(w, recv) => T::BOTTOM,
        CallPlan::Dyn => {
            if fn_method(&w.prog.strings.text(name)) == Some(FnMethod::Bind) {
                bind_result(w);
            }
            w.escape(recv);
            args.iter().for_each(|t| w.escape(*t));
            dynamic_methods(w, name, args.len());
            if let Some(f) = dynamic_library(w, recv, name) {
                let t = library_result(w, f, &vec![T::ANY; args.len() + 1]);
                w.escape(t);
            }
            T::ANY
        }
    }
}

fn bind_result(w: &mut World) {
    let cell = w.declared_cell(T::ANY);
    let t = library_result(w, BIND, &[T::ANY, T::ANY, T::obj(Obj::Arr(cell))]);
    w.escape(t);
}

/// The library function behind a method name of arrays (of Maps and Sets too for `forEach`),
/// for a receiver that may be one.
pub fn dynamic_library(w: &World, recv: T, name: StrId) -> Option<&'static str> {
    if !recv.has(OBJ) || recv.obj != Obj::Any {
        return None;
    }
    match builtins::method(Recv::Array, &w.prog.strings.text(name)) {
        Some(Builtin::Special(Special::Library("__ultra_array_forEach"))) => Some("__ultra_any_forEach"),
        Some(Builtin::Special(Special::Library(f))) => Some(f),
        _ => None,
    }
}

/// A call of a method by name on an unknown receiver may reach every method of that name.
fn dynamic_methods(w: &mut World, name: StrId, _args: usize) {
    let found: Vec<FnId> = w
        .prog
        .classes
        .values()
        .flat_map(|c| c.methods.iter())
        .filter(|m| m.name == name && !m.is_static)
        .map(|m| m.func)
        .collect();
    for f in found {
        w.generic_spec(f);
    }
}

fn super_method(w: &mut World, decl: ClassDeclId, name: StrId, args: &[T]) -> T {
    let class = w.cls_of_decl[decl];
    let parent = w.cls[class].parent;
    match w.method(parent, name, MethodKind::Method, false) {
        Some((owner, f)) => {
            let spec = call_spec(w, f, T::obj(Obj::Class(owner)), &args[1..]);
            w.cell(w.specs[spec].ret)
        }
        None if w.prog.strings.is(name, "toString") => T::STR,
        None => T::BOTTOM,
    }
}

fn construct(w: &mut World, s: SpecId, inst: Inst, callee: T, args: &[T]) -> T {
    if callee.is_bottom() || args.iter().any(|t| t.is_bottom()) {
        return T::BOTTOM;
    }
    match callee.obj {
        Obj::ClassVal(d) => {
            let class = w.cls_of_decl[d];
            if w.destroys(class) {
                w.need_drain();
            }
            run_constructor(w, class, args);
            T::obj(Obj::Class(class))
        }
        Obj::Global(g) => match builtins::GLOBALS[g as usize].construct {
            Some(sp) => builtin_result(w, s, inst, Builtin::Special(sp), callee, args),
            None => T::BOTTOM,
        },
        _ => {
            args.iter().for_each(|t| w.escape(*t));
            T::ANY
        }
    }
}

/// Infers the construction of an instance of `class`: its constructor, or the nearest
/// inherited one and the field initialisers.
pub fn run_constructor(w: &mut World, class: ultra_ir::ClassId, args: &[T]) {
    let Some(d) = w.decl_of(class) else {
        // A built-in error: message and options.
        args.iter().for_each(|t| w.escape(*t));
        return;
    };
    if let Some(f) = w.prog.classes[d].ctor {
        call_spec(w, f, T::obj(Obj::Class(class)), args);
        return;
    }
    let parent = w.cls[class].parent;
    if !parent.is_none() {
        run_constructor(w, parent, args);
    }
    init_fields(w, class);
}

fn init_fields(w: &mut World, class: ultra_ir::ClassId) {
    let Some(d) = w.decl_of(class) else { return };
    for b in w.mixins(class).into_iter().chain([d]) {
        if let Some(f) = w.prog.classes[b].field_init {
            call_spec(w, f, T::obj(Obj::Class(class)), &[]);
        }
    }
}

/// The library function for a built-in that is called with spread arguments, and whether it takes the receiver.
pub fn apply_library(w: &World, s: SpecId, body: &Func, d: &InstData) -> Option<(&'static str, bool)> {
    let callee = body.def(d.arg_a()).filter(|c| c.op == Op::JsGet)?;
    let recv = w.specs[s].types[callee.arg_a()].without(NULLISH);
    let name = w.prog.strings.text(StrId(callee.b));
    match (recv.obj, name.as_str()) {
        (Obj::Arr(_), "push") if recv.within(OBJ) => Some(("__ultra_array_pushAll", true)),
        (Obj::Global(g), "max") if builtins::GLOBALS[g as usize].name == "Math" => {
            Some(("__ultra_math_max", false))
        }
        (Obj::Global(g), "min") if builtins::GLOBALS[g as usize].name == "Math" => {
            Some(("__ultra_math_min", false))
        }
        _ => None,
    }
}

fn apply(w: &mut World, s: SpecId, inst: Inst, f: T, this: T, args: T) -> T {
    let _ = (s, inst);
    if f.is_bottom() || args.is_bottom() {
        return T::BOTTOM;
    }
    if let Obj::Global(_) = f.obj {
        return T::NUM;
    }
    w.escape(args);
    w.escape(this);
    w.escape(f);
    T::ANY
}

/// Result type of a builtin on a receiver and arguments, and its effect on cells.
pub fn builtin_result(w: &mut World, s: SpecId, inst: Inst, b: Builtin, recv: T, args: &[T]) -> T {
    match b {
        Builtin::Rt(row) => match row.ret {
            R::Void => T::UNDEF,
            R::Int | R::IntOrNan | R::Num => T::NUM,
            R::IntOrUndef => T::prim(NUM | UNDEF),
            R::Bool => T::BOOL,
            R::Str => T::STR,
            R::Any | R::Elem => {
                args.iter().for_each(|t| {
                    if row.rt == ultra_abi::RtFn::ObjectKeys {
                        w.escape(*t)
                    }
                });
                T::ANY
            }
            R::StrArray => {
                let cell = w.declared_cell(T::STR);
                T::obj(Obj::Arr(cell))
            }
            R::AnyArray => {
                args.iter().for_each(|t| w.escape(*t));
                let cell = w.declared_cell(T::ANY);
                T::obj(Obj::Arr(cell))
            }
            R::Object => T::ANY_OBJ,
            R::Big => T::BIG,
            R::Symbol => T::SYMBOL,
            R::SameArray => recv,
        },
        Builtin::Special(sp) => special_result(w, s, inst, sp, recv, args),
    }
}

fn special_result(w: &mut World, s: SpecId, inst: Inst, sp: Special, recv: T, args: &[T]) -> T {
    let arg = |i: usize| args.get(i).copied().unwrap_or(T::UNDEF);
    match sp {
        Special::ArrayPush => {
            if let Obj::Arr(c) = recv.obj {
                args.iter().for_each(|t| w.raise(c, *t));
            }
            T::NUM
        }
        Special::ArrayPop => match recv.obj {
            Obj::Arr(c) => {
                let t = w.cell(c);
                t.with(UNDEF)
            }
            _ => T::ANY,
        },
        Special::Library(name) => {
            let Some(f) = w.library(name) else { return T::BOTTOM };
            let mut all = vec![recv];
            all.extend(args.iter().map(|t| t.widen()));
            let spec = call_spec(w, f, T::UNDEF, &all);
            w.cell(w.specs[spec].ret)
        }
        Special::StrIncludes
        | Special::MapHas
        | Special::MapDelete
        | Special::HasOwn
        | Special::ToBoolean
        | Special::IsNaN
        | Special::IsFinite
        | Special::NumberIsInteger
        | Special::NumberIsSafeInteger
        | Special::NumberIsNaN
        | Special::NumberIsFinite
        | Special::ArrayIsArray => T::BOOL,
        Special::StrConcat
        | Special::ToStringNoArg
        | Special::NumToString
        | Special::ToStringCall
        | Special::ArrayJoin
        | Special::StrFromCharCodes => {
            if sp == Special::ArrayJoin {
                return T::STR;
            }
            T::STR
        }
        Special::StrAt => T::prim(STR | UNDEF),
        Special::ValueOf => recv,
        Special::ConsoleLog | Special::ConsoleError | Special::MapClear => T::UNDEF,
        Special::MathOp(_)
        | Special::MathMinMax { .. }
        | Special::MathImul
        | Special::MathHypot
        | Special::ToNumber => T::NUM,
        Special::Convert(kind) => T::of_kind(kind),
        Special::ArrayOf => {
            let cell = w.site(s, inst, 0);
            args.iter().for_each(|t| w.raise(cell, *t));
            T::obj(Obj::Arr(w.find(cell)))
        }
        Special::ArrayFrom => {
            let all: Vec<T> = args.iter().map(|t| t.widen()).collect();
            let name = from_function(w, all.iter().copied());
            let Some(f) = w.library(name) else { return T::BOTTOM };
            let spec = call_spec(w, f, T::UNDEF, &all);
            w.cell(w.specs[spec].ret)
        }
        Special::ArrayConcat => {
            if args.is_empty() {
                return library_result(w, "__ultra_array_slice", &[recv]);
            }
            args.iter().fold(recv, |acc, a| concat_step(w, acc, *a))
        }
        Special::NewArray => {
            let cell = w.site(s, inst, 0);
            w.starts_empty(cell);
            let by_length = args.len() == 1 && arg(0).widen().within(NUM | INTS);
            if by_length {
                w.raise(cell, T::UNDEF);
            } else {
                args.iter().for_each(|t| w.raise(cell, *t));
            }
            T::obj(Obj::Arr(w.find(cell)))
        }
        Special::ArrayZeros | Special::ArrayOnes => {
            let t = w.dtype.take().map_or(T::ANY, T::of_kind);
            let cell = w.declared_cell(t);
            T::obj(Obj::Arr(cell))
        }
        Special::ElemUnchecked => match arg(0).obj {
            Obj::Arr(c) => w.cell(c),
            Obj::Typed(_) => T::NUM,
            _ if arg(0).is_bottom() => T::BOTTOM,
            _ => {
                w.escape(arg(0));
                T::ANY
            }
        },
        Special::IsHole | Special::IsList => T::BOOL,
        Special::Apply => T::ANY,
        Special::ObjectAssign => {
            for source in args.iter().skip(1) {
                object_spread(w, arg(0), *source);
            }
            w.escape(arg(0));
            arg(0)
        }
        Special::LibraryCall(name) => {
            let all: Vec<T> = args.iter().map(|t| t.widen()).collect();
            library_result(w, name, &all)
        }
        Special::LibraryAny(name, n) => {
            args.iter().for_each(|t| w.escape(*t));
            let t = library_result(w, name, &vec![T::ANY; n]);
            w.escape(t);
            t
        }
        Special::Group(_) => T::UNDEF,
        Special::JsonStringify => {
            args.iter().for_each(|t| w.escape(*t));
            if json_replaces(w, args) {
                dynamic_methods(w, w.names.to_json, 1);
                library_result(w, JSON_STRINGIFY, &[T::ANY, T::ANY, T::ANY]);
            }
            T::ANY
        }
        Special::JsonParse => {
            if args.len() > 1 {
                args.iter().for_each(|t| w.escape(*t));
                library_result(w, JSON_PARSE, &[T::ANY, T::ANY]);
            }
            T::ANY
        }
        Special::Opaque => {
            match arg(0).obj {
                Obj::Arr(c) | Obj::Set(c) => {
                    let t = w.cell(c);
                    w.escape(t);
                }
                Obj::Map(k, v) => {
                    for c in [k, v] {
                        let t = w.cell(c);
                        w.escape(t);
                    }
                }
                _ => w.escape(arg(0)),
            }
            T::ANY
        }
        Special::NewError => {
            args.iter().for_each(|t| w.escape(*t));
            let Obj::Global(g) = recv.obj else { return T::ANY };
            let name = builtins::GLOBALS[g as usize].name;
            let class = ultra_abi::shape::ErrorClass::ALL.iter().position(|e| e.name() == name);
            T::obj(Obj::Class(ultra_ir::ClassId(class.unwrap_or(0) as u32)))
        }
        Special::NewTyped(kind) => {
            args.iter().for_each(|t| w.escape(*t));
            T::obj(Obj::Typed(kind))
        }
        Special::NewMap => {
            let (k, v) = (w.site(s, inst, 0), w.site(s, inst, 1));
            if !args.is_empty() && !direct_source(arg(0)) {
                library_result(w, MAP_FILL, &[T::ANY, T::ANY]);
                dynamic_methods(w, w.names.iterator, 0);
                dynamic_methods(w, w.names.next, 0);
            }
            if !args.is_empty() && !arg(0).within(NULLISH) {
                w.escape(arg(0));
                w.raise(k, T::ANY);
                w.raise(v, T::ANY);
            }
            T::obj(Obj::Map(w.find(k), w.find(v)))
        }
        Special::NewSet => {
            let c = w.site(s, inst, 0);
            if !args.is_empty() && !direct_source(arg(0)) {
                library_result(w, MAP_FILL, &[T::ANY, T::ANY]);
            }
            if !args.is_empty() && !arg(0).within(NULLISH) {
                let it = iter_type(w, arg(0), 0);
                let e = iter_value(w, it);
                w.raise(c, e);
            }
            T::obj(Obj::Set(w.find(c)))
        }
        Special::NewObject => T::ANY_OBJ,
        Special::MapGet => match recv.obj {
            Obj::Map(_, v) => {
                let t = w.cell(v);
                t.with(UNDEF)
            }
            _ => T::ANY,
        },
        Special::MapSet => {
            if let Obj::Map(k, v) = recv.obj {
                w.raise(k, arg(0));
                w.raise(v, arg(1));
            }
            recv
        }
        Special::SetAdd => {
            if let Obj::Set(c) = recv.obj {
                w.raise(c, arg(0));
            }
            recv
        }
        Special::ObjectFreeze => arg(0),
    }
}

/// Library functions for JSON with functions of the program.
pub const JSON_STRINGIFY: &str = "__ultra_json_stringify";
pub const JSON_PARSE: &str = "__ultra_json_parse";

/// Whether functions of the program take part in JSON.stringify: a replacer, or some `toJSON`.
pub fn json_replaces(w: &World, args: &[T]) -> bool {
    w.has_to_json || args.get(1).is_some_and(|t| !t.within(NULLISH))
}

/// The library function that fills a Map or Set from an iterable.
pub const MAP_FILL: &str = "__ultra_map_fill";

/// Whether the runtime itself can visit what a Map or Set is made of.
pub fn direct_source(t: T) -> bool {
    t == T::STR
        || t.within(NULLISH)
        || t.within(OBJ) && matches!(t.obj, Obj::Arr(_) | Obj::Typed(_) | Obj::Map(..) | Obj::Set(_))
}

fn library_result(w: &mut World, name: &str, args: &[T]) -> T {
    let Some(f) = w.library(name) else { return T::BOTTOM };
    let args: Vec<T> = args.iter().map(|t| t.widen()).collect();
    let spec = call_spec(w, f, T::UNDEF, &args);
    w.cell(w.specs[spec].ret)
}

/// The library function that concatenates one argument of a type.
pub fn concat_function(t: T) -> &'static str {
    if matches!(t.obj, Obj::Arr(_)) && t.within(OBJ) {
        "__ultra_array_concat"
    } else {
        "__ultra_array_append"
    }
}

/// Type of an array after one more argument of `concat`.
pub fn concat_step(w: &mut World, acc: T, arg: T) -> T {
    if acc.is_bottom() || arg.is_bottom() {
        return T::BOTTOM;
    }
    library_result(w, concat_function(arg), &[acc, arg])
}

/// The library function behind `Array.from` for these arguments.
pub fn from_function(w: &World, mut args: impl Iterator<Item = T>) -> &'static str {
    let source = args.next().unwrap_or(T::UNDEF);
    let mapped = args.next().is_some_and(|t| t != T::UNDEF);
    match source.obj {
        Obj::Class(c) if w.field(c, w.names.length).is_some() => "__ultra_array_from_length",
        _ if mapped => "__ultra_array_from_map",
        _ => "__ultra_array_from",
    }
}

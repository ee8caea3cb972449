//! Whether a fresh object stays within the function that made it.
//!
//! Follows a value of a dynamic body, with the types of one specialisation, through
//! copies and joins. An object has not escaped when every use only looks at it, sets
//! its fields, or passes it to code that does no more: constructors, methods and
//! functions are followed in turn. Everything else counts as an escape: stores into
//! other objects and captured variables, results, exceptions, unknown callees.
//!
//! A proof decides only when a destructor runs. Memory is freed by counts and scans
//! whatever is concluded here.

use hashbrown::{HashMap, HashSet};
use ultra_ir::op::{JsBinOp, JsUnOp};
use ultra_ir::{Func, Inst, InstData, Op, StrId, Value};

use super::builtins;
use super::infer::{self, CallPlan, GetPlan};
use super::ty::*;
use super::world::*;
use crate::program::*;

/// How deep calls are followed.
const MAX_DEPTH: u32 = 12;

/// What is known about parameters: (specialisation, entry parameter) to whether it is kept.
#[derive(Debug, Default)]
pub struct Summaries {
    kept: HashMap<(SpecId, usize), bool>,
    /// Whether results are fresh objects.
    fresh: HashMap<SpecId, bool>,
    /// Numbers of specialisations when the program was laid out: later ones were never inferred.
    pub known: usize,
}

/// What became of a fresh object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    Escapes,
    /// Is the result, and nothing else keeps it.
    Returned,
    /// Stays; so many `js.hold` name it.
    Stays {
        holds: u32,
    },
}

/// The fate of what `v` holds: escapes, unless an instruction of the body makes the object.
pub fn fate(w: &mut World, summaries: &mut Summaries, s: SpecId, body: &Func, v: Value) -> Fate {
    let mut origin = v;
    while let Some(d) = body.def(origin) {
        match d.op {
            Op::JsConvert | Op::JsWiden | Op::JsNarrow => origin = d.arg_a(),
            Op::JsNew => {
                let callee = body.values_of(d.list()).next();
                let is_class = callee.is_some_and(|c| matches!(w.specs[s].types[c].obj, Obj::ClassVal(_)));
                if !is_class {
                    return Fate::Escapes;
                }
                let args: Vec<Value> = body.values_of(d.list()).skip(1).collect();
                let callee_class = callee.map(|c| w.specs[s].types[c].obj);
                if let Some(Obj::ClassVal(decl)) = callee_class {
                    let types: Vec<T> = args.iter().map(|&a| w.specs[s].types[a]).collect();
                    let class = w.cls_of_decl[decl];
                    if constructor_keeps(w, summaries, class, &types, 0) {
                        return Fate::Escapes;
                    }
                }
                let mut walk = Walk {
                    s,
                    body,
                    seen: HashSet::new(),
                    work: Vec::new(),
                    holds: 0,
                    depth: 0,
                    returns: false,
                };
                return if walk.escapes(w, summaries, origin) {
                    leaves(w, summaries, s, body, origin)
                } else {
                    Fate::Stays { holds: walk.holds }
                };
            }
            Op::JsCall | Op::JsCallMethod | Op::JsSuperMethod => {
                let Some(callees) = callees(w, s, body, d) else { return Fate::Escapes };
                if !callees.into_iter().all(|spec| makes_fresh(w, summaries, spec, 0)) {
                    return Fate::Escapes;
                }
                let mut walk = Walk {
                    s,
                    body,
                    seen: HashSet::new(),
                    work: Vec::new(),
                    holds: 0,
                    depth: 0,
                    returns: false,
                };
                return if walk.escapes(w, summaries, origin) {
                    leaves(w, summaries, s, body, origin)
                } else {
                    Fate::Stays { holds: walk.holds }
                };
            }
            _ => return Fate::Escapes,
        }
    }
    Fate::Escapes
}

/// What an object that does not stay does besides.
fn leaves(w: &mut World, m: &mut Summaries, s: SpecId, body: &Func, origin: Value) -> Fate {
    let mut walk =
        Walk { s, body, seen: HashSet::new(), work: Vec::new(), holds: 0, depth: 0, returns: true };
    if walk.escapes(w, m, origin) { Fate::Escapes } else { Fate::Returned }
}

/// The specialisations that a call reaches, when all are known.
fn callees(w: &mut World, s: SpecId, body: &Func, d: &InstData) -> Option<Vec<SpecId>> {
    let args: Vec<Value> = body.values_of(d.list()).collect();
    let types: Vec<T> = args.iter().map(|&a| w.specs[s].types[a]).collect();
    if d.op == Op::JsCall {
        let Obj::Fn(f) = types[0].obj else { return None };
        return types[0].within(OBJ).then(|| vec![infer::call_spec(w, f, types[1], &types[2..])]);
    }
    match (d.op, infer::call_plan(w, types[0].without(NULLISH), StrId(d.a)), types[0].without(NULLISH).obj) {
        (Op::JsCallMethod, CallPlan::Method, Obj::Class(c)) => {
            let types: Vec<T> = types[1..].iter().map(|t| t.widen()).collect();
            let found = w.implementations(c, StrId(d.a), MethodKind::Method);
            Some(
                found
                    .into_iter()
                    .map(|(_, owner, f)| infer::call_spec(w, f, T::obj(Obj::Class(owner)), &types))
                    .collect(),
            )
        }
        (Op::JsCallMethod, CallPlan::Static(f), _) => {
            Some(vec![infer::call_spec(w, f, types[0].without(NULLISH), &types[1..])])
        }
        _ => None,
    }
}

/// Whether every result of a specialisation is an object that it made and nothing else refers to.
fn makes_fresh(w: &mut World, m: &mut Summaries, s: SpecId, depth: u32) -> bool {
    if s.0 as usize >= m.known || depth > MAX_DEPTH {
        return false;
    }
    if let Some(&known) = m.fresh.get(&s) {
        return known;
    }
    m.fresh.insert(s, false);
    let body = w.prog.fns[w.specs[s].func].body.clone();
    let mut fresh = true;
    for &block in &body.layout {
        let end = body.terminator(block).map(|i| body.insts[i]);
        if let Some(d) = end.filter(|d| d.op == Op::Return && w.specs[s].reachable[block]) {
            fresh &= made_here(w, m, s, &body, d.arg_a(), depth);
        }
    }
    m.fresh.insert(s, fresh);
    fresh
}

fn made_here(w: &mut World, m: &mut Summaries, s: SpecId, body: &Func, v: Value, depth: u32) -> bool {
    let mut origin = v;
    while let Some(d) = body.def(origin) {
        let made = match d.op {
            Op::JsConvert | Op::JsWiden | Op::JsNarrow => {
                origin = d.arg_a();
                continue;
            }
            Op::JsNew => {
                let args: Vec<Value> = body.values_of(d.list()).collect();
                let types: Vec<T> = args.iter().map(|&a| w.specs[s].types[a]).collect();
                match types[0].obj {
                    Obj::ClassVal(decl) => {
                        let class = w.cls_of_decl[decl];
                        !constructor_keeps(w, m, class, &types[1..], depth + 1)
                    }
                    _ => false,
                }
            }
            Op::JsCall | Op::JsCallMethod => match callees(w, s, body, d) {
                Some(found) => found.into_iter().all(|spec| makes_fresh(w, m, spec, depth + 1)),
                None => false,
            },
            _ => false,
        };
        let mut walk =
            Walk { s, body, seen: HashSet::new(), work: Vec::new(), holds: 0, depth, returns: true };
        return made && !walk.escapes(w, m, origin);
    }
    false
}

/// Whether construction of a class keeps `this` somewhere.
fn constructor_keeps(
    w: &mut World,
    m: &mut Summaries,
    class: ultra_ir::ClassId,
    args: &[T],
    depth: u32,
) -> bool {
    let Some(d) = w.decl_of(class) else { return true };
    if let Some(f) = w.prog.classes[d].ctor {
        let spec = infer::call_spec(w, f, T::obj(Obj::Class(class)), args);
        return keeps(w, m, spec, 1, depth);
    }
    let parent = w.cls[class].parent;
    if !parent.is_none() && constructor_keeps(w, m, parent, args, depth) {
        return true;
    }
    initialisers_keep(w, m, class, depth)
}

fn initialisers_keep(w: &mut World, m: &mut Summaries, class: ultra_ir::ClassId, depth: u32) -> bool {
    let Some(d) = w.decl_of(class) else { return true };
    for b in w.mixins(class).into_iter().chain([d]) {
        if let Some(f) = w.prog.classes[b].field_init {
            let spec = infer::call_spec(w, f, T::obj(Obj::Class(class)), &[]);
            if keeps(w, m, spec, 1, depth) {
                return true;
            }
        }
    }
    false
}

/// Whether a specialisation keeps what its entry parameter `i` (1 is `this`) refers to.
fn keeps(w: &mut World, m: &mut Summaries, s: SpecId, i: usize, depth: u32) -> bool {
    if s.0 as usize >= m.known || depth > MAX_DEPTH {
        return true;
    }
    if let Some(&known) = m.kept.get(&(s, i)) {
        return known;
    }
    // Recursion is taken to keep it.
    m.kept.insert((s, i), true);
    let body = w.prog.fns[w.specs[s].func].body.clone();
    if body.layout.is_empty() || body.insts.values().any(|d| d.op == Op::JsArguments) {
        return true;
    }
    let Some(&param) = body.blocks[body.entry()].params.get(i) else { return true };
    let mut walk =
        Walk { s, body: &body, seen: HashSet::new(), work: Vec::new(), holds: 0, depth, returns: false };
    let kept = walk.escapes(w, m, param);
    m.kept.insert((s, i), kept);
    kept
}

/// Uses of one object in one body.
struct Walk<'a> {
    s: SpecId,
    body: &'a Func,
    seen: HashSet<Value>,
    work: Vec<Value>,
    holds: u32,
    depth: u32,
    /// A result is no escape.
    returns: bool,
}

impl Walk<'_> {
    fn escapes(&mut self, w: &mut World, m: &mut Summaries, origin: Value) -> bool {
        let body = self.body;
        self.copy(origin);
        while let Some(v) = self.work.pop() {
            for &block in &body.layout {
                if !w.specs[self.s].reachable[block] {
                    continue;
                }
                for &inst in &body.blocks[block].insts {
                    let d = body.insts[inst];
                    if self.names(inst, &d, v) && self.lets_go(w, m, inst, &d, v) {
                        return true;
                    }
                }
            }
        }
        false
    }

    fn copy(&mut self, v: Value) {
        if self.seen.insert(v) {
            self.work.push(v);
        }
    }

    /// Whether the instruction has `v` among its operands or the arguments of its edges.
    fn names(&self, inst: Inst, d: &InstData, v: Value) -> bool {
        let on_edge = d.op.is_terminator()
            && self
                .body
                .target_ids(inst)
                .into_iter()
                .any(|bc| self.body.values_of(self.body.block_calls[bc].args).any(|a| a == v));
        let mut found = on_edge;
        self.body.for_each_arg(inst, |a| found |= a == v);
        found
    }

    /// Whether this use of `v` may keep the object; copies are followed later.
    fn lets_go(&mut self, w: &mut World, m: &mut Summaries, inst: Inst, d: &InstData, v: Value) -> bool {
        let body = self.body;
        if d.op.is_terminator() && d.op != Op::Return {
            for bc in body.target_ids(inst) {
                let call = body.block_calls[bc];
                for (&p, a) in body.blocks[call.block].params.iter().zip(body.values_of(call.args)) {
                    if a == v {
                        self.copy(p);
                    }
                }
            }
            return false;
        }
        let t = w.specs[self.s].types[v];
        match d.op {
            Op::Return => !self.returns,
            Op::JsHold if d.arg_b() == v => {
                self.holds += 1;
                false
            }
            Op::JsConvert | Op::JsWiden | Op::JsNarrow => {
                self.copy(body.results[inst]);
                false
            }
            Op::JsTruthy | Op::JsIsUndef | Op::JsIsNullish | Op::JsRefEq => false,
            Op::JsUnary => !matches!(JsUnOp::from_aux(d.aux), JsUnOp::Not | JsUnOp::Typeof),
            Op::JsBinary => {
                let plain = matches!(
                    JsBinOp::from_aux(d.aux),
                    JsBinOp::StrictEq | JsBinOp::StrictNe | JsBinOp::InstanceOf
                );
                !plain
            }
            Op::JsGet => self.read_keeps(w, m, t, StrId(d.b)),
            Op::JsSet => d.arg_b() == v || self.write_keeps(w, m, d, t),
            Op::JsInitFields => initialisers_keep(w, m, w.cls_of_decl[ClassDeclId(d.b)], self.depth + 1),
            Op::JsSuperCall => {
                let args: Vec<Value> = body.values_of(d.list()).collect();
                let parent = w.cls[w.cls_of_decl[ClassDeclId(d.a)]].parent;
                let types: Vec<T> = args[1..].iter().map(|&a| w.specs[self.s].types[a]).collect();
                self.copy(body.results[inst]);
                args[1..].contains(&v)
                    || parent.is_none()
                    || constructor_keeps(w, m, parent, &types, self.depth + 1)
            }
            Op::JsSuperMethod => {
                let args: Vec<Value> = body.values_of(d.list()).collect();
                let parent = w.cls[w.cls_of_decl[ClassDeclId(d.c)]].parent;
                match w.method(parent, StrId(d.a), MethodKind::Method, false) {
                    Some((owner, f)) => self.call_keeps(w, m, f, T::obj(Obj::Class(owner)), &args, v),
                    None => true,
                }
            }
            Op::JsCallMethod => {
                let args: Vec<Value> = body.values_of(d.list()).collect();
                self.method_keeps(w, m, StrId(d.a), &args, v)
            }
            Op::JsCall => {
                let args: Vec<Value> = body.values_of(d.list()).collect();
                let callee = w.specs[self.s].types[args[0]];
                match callee.obj {
                    Obj::Fn(f) if callee.within(OBJ) && args[0] != v => {
                        let this = w.specs[self.s].types[args[1]];
                        self.call_keeps(w, m, f, this, &args[1..], v)
                    }
                    _ => true,
                }
            }
            Op::JsNew => {
                let args: Vec<Value> = body.values_of(d.list()).collect();
                let Obj::ClassVal(decl) = w.specs[self.s].types[args[0]].obj else { return true };
                match w.prog.classes[decl].ctor {
                    Some(f) => {
                        let class = w.cls_of_decl[decl];
                        let mut with_this = args.clone();
                        with_this[0] = Value::NONE;
                        self.call_keeps(w, m, f, T::obj(Obj::Class(class)), &with_this, v)
                    }
                    None => true,
                }
            }
            _ => true,
        }
    }

    fn read_keeps(&self, w: &mut World, m: &mut Summaries, t: T, name: StrId) -> bool {
        match infer::get_plan(w, t, name) {
            GetPlan::Field(..) | GetPlan::Constructor => false,
            GetPlan::Getter => match t.without(NULLISH).obj {
                Obj::Class(c) => self.implementations_keep(w, m, c, name, MethodKind::Getter, &[], &[]),
                _ => true,
            },
            _ => true,
        }
    }

    fn write_keeps(&self, w: &mut World, m: &mut Summaries, d: &InstData, t: T) -> bool {
        let Obj::Class(c) = t.without(NULLISH).obj else { return true };
        if w.field(c, StrId(d.c)).is_some() {
            return false;
        }
        let value = w.specs[self.s].types[d.arg_b()].widen();
        self.implementations_keep(w, m, c, StrId(d.c), MethodKind::Setter, &[value], &[])
    }

    /// A call of a method by name; the receiver is the first argument.
    fn method_keeps(&self, w: &mut World, m: &mut Summaries, name: StrId, args: &[Value], v: Value) -> bool {
        let recv = w.specs[self.s].types[args[0]];
        match infer::call_plan(w, recv.without(NULLISH), name) {
            CallPlan::Method => {
                let Obj::Class(c) = recv.obj else { return true };
                let types: Vec<T> = args[1..].iter().map(|&a| w.specs[self.s].types[a].widen()).collect();
                let places: Vec<usize> = (0..args.len()).filter(|&i| args[i] == v).collect();
                self.implementations_keep(w, m, c, name, MethodKind::Method, &types, &places)
            }
            // The console prints and keeps nothing.
            CallPlan::Function(_) => {
                !matches!(recv.obj, Obj::Global(g) if builtins::GLOBALS[g as usize].name == "console")
            }
            _ => true,
        }
    }

    /// Whether an implementation keeps `this` (no `places`), or an argument at one of the places
    /// (0 is the receiver).
    #[allow(clippy::too_many_arguments)]
    fn implementations_keep(
        &self,
        w: &mut World,
        m: &mut Summaries,
        class: ultra_ir::ClassId,
        name: StrId,
        kind: MethodKind,
        types: &[T],
        places: &[usize],
    ) -> bool {
        let found = w.implementations(class, name, kind);
        let this_only = [0];
        let places = if places.is_empty() { &this_only[..] } else { places };
        found.is_empty()
            || found.into_iter().any(|(_, owner, f)| {
                let spec = infer::call_spec(w, f, T::obj(Obj::Class(owner)), types);
                let fixed = w.prog.fns[f].params.iter().filter(|p| !p.rest).count();
                places.iter().any(|&p| p > fixed || keeps(w, m, spec, p + 1, self.depth + 1))
            })
    }

    /// Whether a known function keeps `v`, which is among the operands (`this` is the first).
    fn call_keeps(
        &self,
        w: &mut World,
        m: &mut Summaries,
        f: FnId,
        this: T,
        args: &[Value],
        v: Value,
    ) -> bool {
        let types: Vec<T> = args[1..].iter().map(|&a| w.specs[self.s].types[a]).collect();
        let spec = infer::call_spec(w, f, this, &types);
        let fixed = w.prog.fns[f].params.iter().filter(|p| !p.rest).count();
        (0..args.len()).any(|i| args[i] == v && (i > fixed || keeps(w, m, spec, i + 1, self.depth + 1)))
    }
}

//! Random typed functions for differential tests: passes and backends against the oracle.
//!
//! `generate` makes a module of a few functions from a seed. They use integers, doubles
//! (reserved NaNs included), booleans, an object, an array of doubles and one of int32,
//! bounded loops, calls and exceptions. They never break a precondition of an operation,
//! and each run ends, so whatever differs between two ways of running them is a fault.

use crate::builder::{Builder, Var};
use crate::ids::*;
use crate::interp::{Heap, Observed, observe};
use crate::op::*;
use crate::{ClassData, FieldData, Func, FuncDecl, InstData, Kind, Module, Sig, Ty};
use ultra_abi::layout::StructId;
use ultra_abi::rtfn::RtFn;
use ultra_abi::value::*;

/// What generated functions may contain.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Statements of a function, roughly.
    pub size: u32,
    pub heap: bool,
    pub calls: bool,
    pub throws: bool,
    /// Console output, which makes the order of effects visible.
    pub trace: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config { size: 24, heap: true, calls: true, throws: true, trace: true }
    }
}

/// A generated program: the last function is the one to run.
#[derive(Clone, Debug)]
pub struct Case {
    pub seed: u64,
    pub module: Module,
    pub main: FuncId,
}

/// Parameters of each generated function: i32, i64, two doubles, object, double array, int32 array.
pub const PARAMS: [Ty; 7] = [Ty::I32, Ty::I64, Ty::F64, Ty::F64, Ty::Ref, Ty::Ref, Ty::Ref];

/// Length of the arrays that `setup` makes; a power of two, so that a mask bounds an index.
const LEN: u32 = 8;

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
#[derive(Clone, Debug)]
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e3779b97f4a7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d049bb133111eb);
        z ^ z >> 31
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u32) -> u32 {
        (self.next() >> 32) as u32 % n
    }

    pub fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u32) as usize]
    }
}

const INTS: [i64; 12] = [0, 1, 2, 3, 5, 7, 8, -1, -2, 31, 255, 1 << 20];
const WILD_INTS: [i64; 6] = [i32::MAX as i64, i32::MIN as i64, i64::MAX, i64::MIN, 1 << 31, 1 << 53];
const FLOATS: [f64; 14] =
    [0.0, 1.0, 2.0, 3.0, 0.5, -1.0, 10.0, 7.0, 255.0, 1e6, -0.0, 4294967296.0, 1e300, f64::INFINITY];

/// Argument words for one run, made on the oracle's heap.
pub fn setup(m: &Module, heap: &mut Heap, seed: u64) -> Vec<u64> {
    let mut r = Rng(seed);
    let float = |r: &mut Rng| match r.below(12) {
        0 => UNDEFINED_F64,
        1 => CANONICAL_NAN,
        2 => (r.next() as i32 as f64).to_bits(),
        3 => (r.next() as f64 * 1e-3).to_bits(),
        _ => r.pick(&FLOATS).to_bits(),
    };
    let int = |r: &mut Rng| if r.chance(20) { r.pick(&WILD_INTS) } else { r.pick(&INTS) } as u64;
    let (i, l) = (int(&mut r) as u32 as u64, int(&mut r));
    let (x, y) = (float(&mut r), float(&mut r));
    let object = heap.new_instance(m, ClassId(0));
    let words = [float(&mut r), int(&mut r) as u32 as u64, r.next() & 0xff, int(&mut r), object];
    for (at, &f) in m.classes[ClassId(0)].fields.iter().enumerate() {
        if let Some(o) = heap.object_mut(object) {
            o.fields.insert(f, words[at]);
        }
    }
    let floats = heap.new_array(m, Kind::F64, LEN, LEN, 0);
    let ints = heap.new_array(m, Kind::I32, LEN, LEN, 0);
    let store = m.struct_field(StructId::Array, "store");
    for (array, is_float) in [(floats, true), (ints, false)] {
        let Some(s) = heap.object(array).and_then(|o| o.fields.get(&store)).copied() else { continue };
        for at in 0..LEN as usize {
            let w = if is_float { float(&mut r) } else { int(&mut r) as u32 as u64 };
            if let Some(o) = heap.object_mut(s) {
                o.elems[at] = w;
            }
        }
    }
    vec![i, l, x, y, object, floats, ints]
}

/// Runs `f` on the arguments of a seed.
pub fn run(m: &Module, f: &Func, fuel: u64, seed: u64) -> Observed {
    observe(m, f, fuel, &|heap| setup(m, heap, seed))
}

/// Generates a program.
pub fn generate(seed: u64, config: &Config) -> Case {
    let mut m = Module::new();
    point_class(&mut m);
    let mut rng = Rng(seed);
    let count = if config.calls { 1 + rng.below(3) } else { 1 };
    let mut main = FuncId(0);
    for n in 0..count {
        let sig = Sig { params: PARAMS.to_vec(), ret: Ty::F64 };
        let name = format!("f{n}");
        main = m.add_func(FuncDecl {
            name: name.clone().into(),
            sig,
            cell: n,
            nothrow: false,
            pure_: false,
            always_inline: false,
            no_inline: false,
        });
        let size = if n + 1 == count { config.size } else { 4 + rng.below(config.size / 2 + 1) };
        let body = Gen::new(&m, name, rng.next(), config, main).function(size);
        m.bodies[main] = Some(body);
    }
    Case { seed, module: m, main }
}

fn point_class(m: &mut Module) {
    let class = ClassId(0);
    let mut fields = Vec::new();
    for (name, kind, offset) in [
        ("x", Kind::F64, 8),
        ("y", Kind::I32, 16),
        ("b", Kind::U8, 20),
        ("z", Kind::I64, 24),
        ("next", Kind::Ref, 32),
    ] {
        fields.push(m.fields.push(FieldData { name: name.into(), kind, offset, immutable: false, class }));
    }
    m.classes.push(ClassData {
        name: "Point".into(),
        parent: ClassId::NONE,
        shape: ultra_abi::shape::FIRST_PROGRAM_SHAPE,
        size: 40,
        depth: 0,
        fields,
        leaf: true,
        acyclic: false,
        meta_bits: 0,
    });
}

struct Gen<'a> {
    m: &'a Module,
    b: Builder,
    r: Rng,
    config: &'a Config,
    this: FuncId,
    ints: Vec<Var>,
    longs: Vec<Var>,
    floats: Vec<Var>,
    objects: Vec<Var>,
    arrays: [Value; 2],
    handlers: Vec<Block>,
    depth: u32,
    budget: u32,
    calls: u32,
}

impl<'a> Gen<'a> {
    fn new(m: &'a Module, name: String, seed: u64, config: &'a Config, this: FuncId) -> Self {
        let b = Builder::new(Func::new(name, PARAMS.to_vec(), Some(Ty::F64)));
        let arrays = [Value::NONE; 2];
        Gen {
            m,
            b,
            r: Rng(seed),
            config,
            this,
            ints: vec![],
            longs: vec![],
            floats: vec![],
            objects: vec![],
            arrays,
            handlers: vec![],
            depth: 0,
            budget: 0,
            calls: 2,
        }
    }

    fn function(mut self, size: u32) -> Func {
        let entry = self.b.block();
        self.b.switch_to(entry);
        let params: Vec<Value> = PARAMS.iter().map(|&t| self.b.param(entry, t)).collect();
        self.b.seal(entry);
        self.arrays = [params[5], params[6]];
        for n in 0..3 {
            let v = self.b.var(Ty::I32);
            self.ints.push(v);
            let init = if n == 0 { params[0] } else { self.b.iconst(Ty::I32, n) };
            self.b.set(v, init);
        }
        for (list, n) in [(0, params[2]), (0, params[3]), (1, params[1])] {
            let v = self.b.var(if list == 0 { Ty::F64 } else { Ty::I64 });
            if list == 0 {
                self.floats.push(v)
            } else {
                self.longs.push(v)
            }
            self.b.set(v, n);
        }
        let v = self.b.var(Ty::F64);
        let zero = self.b.f64const(0.0);
        self.b.set(v, zero);
        self.floats.push(v);
        let o = self.b.var(Ty::Ref);
        self.b.set(o, params[4]);
        self.objects.push(o);
        self.budget = size;
        self.statements(size);
        if self.b.is_open() {
            self.result();
        }
        self.b.finish()
    }

    fn result(&mut self) {
        let mut sum = self.float(2);
        for v in self.ints.clone() {
            let x = self.b.get(v);
            let x = self.b.unary_ty(Op::SToF, Ty::F64, x);
            sum = self.b.binary(Op::FAdd, sum, x);
        }
        let l = self.long(1);
        let l = self.b.unary(Op::Trunc, l);
        let l = self.b.unary_ty(Op::SToF, Ty::F64, l);
        let sum = self.b.binary(Op::FAdd, sum, l);
        self.b.ret(sum);
    }

    fn statements(&mut self, n: u32) {
        for _ in 0..n {
            if !self.b.is_open() || self.budget == 0 {
                return;
            }
            self.budget -= 1;
            self.statement();
        }
    }

    fn statement(&mut self) {
        let deep = self.depth >= 3;
        match self.r.below(24) {
            0..=2 => {
                let x = self.int(3);
                let v = self.r.pick(&self.ints);
                self.b.set(v, x);
            }
            3..=5 => {
                let x = self.float(3);
                let v = self.r.pick(&self.floats);
                self.b.set(v, x);
            }
            6 => {
                let x = self.long(3);
                let v = self.r.pick(&self.longs);
                self.b.set(v, x);
            }
            7 | 8 if !deep => self.if_else(),
            9 | 10 if !deep => self.int_loop(),
            11 | 12 if !deep => self.float_loop(),
            13 if !deep => self.switch(),
            14 | 15 if self.config.heap => self.store_field(),
            16 | 17 if self.config.heap => self.store_elem(),
            18 if self.config.heap => self.new_object(),
            19 if self.config.calls && self.calls > 0 => self.call(),
            20 if self.config.throws && !deep => self.try_block(),
            21 if self.config.throws => self.maybe_throw(),
            22 if self.config.trace => self.trace(),
            _ => {
                let x = self.float(2);
                let v = self.floats[2];
                let old = self.b.get(v);
                let x = self.b.binary(Op::FAdd, old, x);
                self.b.set(v, x);
            }
        }
    }

    /// After an instruction that may throw.
    fn after_throwing(&mut self) {
        if let Some(&h) = self.handlers.last() {
            let ok = self.b.block();
            self.b.br_exc(ok, h);
            self.b.seal(ok);
            self.b.switch_to(ok);
        }
    }

    fn nested(&mut self, n: u32) {
        self.depth += 1;
        self.statements(n);
        self.depth -= 1;
    }

    fn if_else(&mut self) {
        let c = self.cond(2);
        let (t, e, join) = (self.b.block(), self.b.block(), self.b.block());
        self.b.branch(c, t, e);
        for side in [t, e] {
            self.b.seal(side);
            self.b.switch_to(side);
            let n = 1 + self.r.below(4);
            self.nested(n);
            if self.b.is_open() {
                self.b.jump(join, &[]);
            }
        }
        self.b.seal(join);
        if self.b.has_preds(join) {
            self.b.switch_to(join);
        }
    }

    fn switch(&mut self) {
        let x = self.int(2);
        let join = self.b.block();
        let sides: Vec<Block> = (0..3).map(|_| self.b.block()).collect();
        self.b.switch(x, sides[0], &[(1, sides[1]), (-2, sides[2])]);
        for side in sides {
            self.b.seal(side);
            self.b.switch_to(side);
            let n = 1 + self.r.below(2);
            self.nested(n);
            if self.b.is_open() {
                self.b.jump(join, &[]);
            }
        }
        self.b.seal(join);
        if self.b.has_preds(join) {
            self.b.switch_to(join);
        }
    }

    /// `for (i = a; i < b; i += c)` over int32.
    fn int_loop(&mut self) {
        let i = self.b.var(Ty::I32);
        let first = self.r.below(3) as i64;
        let trips = self.r.below(7) as i64;
        let step = 1 + self.r.below(2) as i64;
        let init = self.b.iconst(Ty::I32, first);
        self.b.set(i, init);
        let bound = if self.r.chance(30) { self.array_len(1) } else { self.b.iconst(Ty::I32, first + trips) };
        self.counted(
            i,
            |g, x| g.b.binary_aux(Op::ICmp, IntCc::Slt as u16, x, bound),
            |g, x| {
                let c = g.b.iconst(Ty::I32, step);
                g.b.binary(Op::IAdd, x, c)
            },
        );
    }

    /// The same over a `number`, as unannotated source has it.
    fn float_loop(&mut self) {
        let i = self.b.var(Ty::F64);
        let first = self.r.pick(&[0.0, 0.0, 0.0, 1.0, -2.0, 0.5, -0.0]);
        let trips = self.r.below(7) as f64;
        let step = self.r.pick(&[1.0, 1.0, 1.0, 2.0, 0.5]);
        let down = self.r.chance(20);
        let init = self.b.f64const(if down { first + trips } else { first });
        self.b.set(i, init);
        let bound = if down {
            self.b.f64const(first)
        } else if self.r.chance(40) {
            let l = self.array_len(0);
            self.b.unary_ty(Op::SToF, Ty::F64, l)
        } else {
            self.b.f64const(first + trips)
        };
        let cc = if down { FloatCc::Gt } else { self.r.pick(&[FloatCc::Lt, FloatCc::Le]) };
        self.counted(
            i,
            |g, x| g.b.binary_aux(Op::FCmp, cc as u16, x, bound),
            |g, x| {
                let c = g.b.f64const(if down { -step } else { step });
                g.b.binary(Op::FAdd, x, c)
            },
        );
    }

    fn counted(
        &mut self,
        i: Var,
        test: impl Fn(&mut Self, Value) -> Value,
        step: impl Fn(&mut Self, Value) -> Value,
    ) {
        let (head, body, exit) = (self.b.block(), self.b.block(), self.b.block());
        self.b.jump(head, &[]);
        self.b.switch_to(head);
        let x = self.b.get(i);
        let c = test(self, x);
        self.b.branch(c, body, exit);
        self.b.seal(body);
        self.b.switch_to(body);
        let is_int = self.b.func.ty(x) == Ty::I32;
        if is_int {
            self.ints.push(i)
        } else {
            self.floats.push(i)
        }
        // The counter is read but never assigned by the body: it is last in its list.
        let counter = if is_int { self.ints.pop() } else { self.floats.pop() };
        if self.r.chance(70) {
            self.use_counter(x);
        }
        let n = 1 + self.r.below(4);
        self.nested(n);
        if self.b.is_open() && self.r.chance(15) {
            let c = self.cond(1);
            let on = self.b.block();
            self.b.branch(c, on, exit);
            self.b.seal(on);
            self.b.switch_to(on);
        }
        if self.b.is_open() {
            if self.config.throws && self.r.chance(20) {
                self.b.nullary(Op::Poll);
                self.after_throwing();
            }
            let x = self.b.get(counter.unwrap_or(i));
            let next = step(self, x);
            self.b.set(i, next);
            self.b.jump(head, &[]);
        }
        self.b.seal(head);
        self.b.seal(exit);
        self.b.switch_to(exit);
    }

    /// Lets the loop counter flow into the variables, or index an array with a bounds check.
    fn use_counter(&mut self, x: Value) {
        let f = if self.b.func.ty(x) == Ty::I32 { self.b.unary_ty(Op::SToF, Ty::F64, x) } else { x };
        if self.config.heap && self.r.chance(50) {
            let e = self.checked_elem(f);
            let v = self.floats[1];
            self.b.set(v, e);
        } else {
            let v = self.floats[2];
            let old = self.b.get(v);
            let y = self.b.binary(Op::FAdd, old, f);
            self.b.set(v, y);
        }
    }

    /// `a[x]` of the double array, undefined when `x` is no index in bounds.
    fn checked_elem(&mut self, x: Value) -> Value {
        let at = self.b.unary_ty(Op::FToS, Ty::I32, x);
        let back = self.b.unary_ty(Op::SToF, Ty::F64, at);
        let exact = self.b.binary_aux(Op::FCmp, FloatCc::Eq as u16, x, back);
        let (check, inside, join) = (self.b.block(), self.b.block(), self.b.block());
        let undefined = self.b.imm64(Op::F64Const, Ty::F64, UNDEFINED_F64);
        let r = self.b.var(Ty::F64);
        self.b.set(r, undefined);
        self.b.branch(exact, check, join);
        self.b.seal(check);
        self.b.switch_to(check);
        let len = self.array_len(0);
        let ok = self.b.binary_aux(Op::ICmp, IntCc::Ult as u16, at, len);
        self.b.branch_args(ok, 2, inside, &[], join, &[]);
        self.b.seal(inside);
        self.b.switch_to(inside);
        let p = self.array_data(0);
        let e = self.load_elem(p, at, Kind::F64);
        self.b.set(r, e);
        self.b.jump(join, &[]);
        self.b.seal(join);
        self.b.switch_to(join);
        self.b.get(r)
    }

    fn store_of(&mut self, which: usize) -> Value {
        let f = self.m.struct_field(StructId::Array, "store");
        self.b.unary_imm(Op::LoadField, Ty::Ref, self.arrays[which], f.0)
    }

    fn array_len(&mut self, which: usize) -> Value {
        let s = self.store_of(which);
        let f = self.m.struct_field(StructId::Store, "len");
        self.b.unary_imm(Op::LoadField, Ty::I32, s, f.0)
    }

    fn array_data(&mut self, which: usize) -> Value {
        let s = self.store_of(which);
        self.b.unary(Op::StoreData, s)
    }

    fn load_elem(&mut self, p: Value, at: Value, kind: Kind) -> Value {
        self.b.emit(InstData {
            a: p.0,
            b: at.0,
            aux: kind as u16,
            ..InstData::new(Op::LoadElem, kind.reg_ty())
        })
    }

    fn masked_index(&mut self) -> Value {
        let x = self.int(2);
        let mask = self.b.iconst(Ty::I32, LEN as i64 - 1);
        self.b.binary(Op::IAnd, x, mask)
    }

    fn field(&self, at: usize) -> FieldId {
        self.m.classes[ClassId(0)].fields[at]
    }

    fn field_named(&self, name: &str) -> FieldId {
        let at = self.m.classes[ClassId(0)].fields.iter().position(|&f| &*self.m.fields[f].name == name);
        self.field(at.unwrap_or(0))
    }

    fn object(&mut self) -> Value {
        let v = self.r.pick(&self.objects);
        self.b.get(v)
    }

    fn store_field(&mut self) {
        let o = self.object();
        let (name, v) = match self.r.below(5) {
            0 => ("x", self.float(2)),
            1 => ("y", self.int(2)),
            2 => ("z", self.long(2)),
            3 => ("b", self.int(2)),
            _ => ("next", self.object()),
        };
        let barrier = if name == "next" { Barrier::Full } else { Barrier::None };
        let f = self.field_named(name);
        self.b.binary_imm(Op::StoreField, o, v, f.0, barrier as u16);
    }

    fn store_elem(&mut self) {
        let at = self.masked_index();
        if self.r.chance(50) {
            let x = self.float(2);
            let p = self.array_data(0);
            self.b.ternary(Op::StoreElem, Kind::F64 as u16, p, at, x);
        } else {
            let x = self.int(2);
            let p = self.array_data(1);
            self.b.ternary(Op::StoreElem, Kind::I32 as u16, p, at, x);
        }
    }

    fn new_object(&mut self) {
        let x = self.float(1);
        let (y, z) = (self.int(1), self.long(1));
        let next = self.object();
        let o = self.b.imm(Op::NewObject, 0);
        for (name, v) in [("x", x), ("y", y), ("z", z), ("b", y), ("next", next)] {
            let barrier = if name == "next" { Barrier::Init } else { Barrier::None };
            let f = self.field_named(name);
            self.b.binary_imm(Op::StoreField, o, v, f.0, barrier as u16);
        }
        if self.r.chance(60) {
            // Used here alone: a candidate for scalar replacement.
            let f = self.field_named("x");
            let back = self.b.unary_imm(Op::LoadField, Ty::F64, o, f.0);
            let v = self.floats[1];
            self.b.set(v, back);
        } else {
            let v = self.objects[0];
            self.b.set(v, o);
        }
    }

    fn call(&mut self) {
        if self.this.0 == 0 {
            return;
        }
        self.calls -= 1;
        let callee = self.r.below(self.this.0);
        let args = [
            self.int(1),
            self.long(1),
            self.float(1),
            self.float(1),
            self.object(),
            self.arrays[0],
            self.arrays[1],
        ];
        let r = self.b.call(Op::Call, Ty::F64, callee, &args, 0);
        self.after_throwing();
        let v = self.r.pick(&self.floats);
        self.b.set(v, r);
    }

    fn try_block(&mut self) {
        let (handler, join) = (self.b.block(), self.b.block());
        self.handlers.push(handler);
        let n = 1 + self.r.below(4);
        self.nested(n);
        self.handlers.pop();
        if self.b.is_open() {
            self.b.jump(join, &[]);
        }
        self.b.seal(handler);
        if self.b.has_preds(handler) {
            self.b.switch_to(handler);
            let e = self.b.nullary(Op::CatchValue);
            let number = self.b.unary_aux(Op::AnyIs, AnyTest::Double as u16, e);
            let (yes, after) = (self.b.block(), self.b.block());
            self.b.branch(number, yes, after);
            self.b.seal(yes);
            self.b.switch_to(yes);
            let x = self.b.unary(Op::AnyToF64, e);
            let v = self.floats[2];
            self.b.set(v, x);
            self.b.jump(after, &[]);
            self.b.seal(after);
            self.b.switch_to(after);
            self.b.jump(join, &[]);
        }
        self.b.seal(join);
        if self.b.has_preds(join) {
            self.b.switch_to(join);
        }
    }

    fn maybe_throw(&mut self) {
        let c = self.cond(2);
        let (t, join) = (self.b.block(), self.b.block());
        self.b.branch_args(c, 1, t, &[], join, &[]);
        self.b.seal(t);
        self.b.switch_to(t);
        self.b.func.blocks[t].cold = true;
        let x = self.float(1);
        let any = self.b.unary_aux(Op::AnyFromF64, 1, x);
        self.b.call(Op::CallRt, Ty::Void, RtFn::Throw as u32, &[any], 0);
        self.after_throwing();
        self.b.unreachable();
        self.b.seal(join);
        self.b.switch_to(join);
    }

    fn trace(&mut self) {
        let x = self.float(2);
        let any = self.b.unary_aux(Op::AnyFromF64, 1, x);
        let zero = self.b.iconst(Ty::I32, 0);
        self.b.call(Op::CallRt, Ty::Void, RtFn::ConsoleWrite as u32, &[zero, any], 0);
        self.after_throwing();
    }

    // Expressions.

    fn cond(&mut self, depth: u32) -> Value {
        match self.r.below(8) {
            0..=2 => {
                let (a, b) = (self.int(depth), self.int(depth));
                let cc = self.r.pick(IntCc::ALL);
                self.b.binary_aux(Op::ICmp, cc as u16, a, b)
            }
            3..=5 => {
                let (a, b) = (self.float(depth), self.float(depth));
                let cc = self.r.pick(FloatCc::ALL);
                self.b.binary_aux(Op::FCmp, cc as u16, a, b)
            }
            6 => {
                let (a, b) = (self.long(depth), self.long(depth));
                let cc = self.r.pick(IntCc::ALL);
                self.b.binary_aux(Op::ICmp, cc as u16, a, b)
            }
            _ => {
                let c = if depth == 0 { self.b.imm64(Op::BConst, Ty::Bool, 1) } else { self.cond(depth - 1) };
                self.b.unary(Op::BNot, c)
            }
        }
    }

    fn int(&mut self, depth: u32) -> Value {
        if depth == 0 || self.r.chance(30) {
            if self.r.chance(50) {
                let v = self.r.pick(&self.ints);
                return self.b.get(v);
            }
            let c =
                if self.r.chance(10) { self.r.pick(&WILD_INTS) as i32 as i64 } else { self.r.pick(&INTS) };
            return self.b.iconst(Ty::I32, c);
        }
        let d = depth - 1;
        match self.r.below(16) {
            0..=6 => self.int_binary(Ty::I32, d),
            7 => {
                let a = self.int(d);
                let op =
                    self.r.pick(&[Op::INeg, Op::INot, Op::SExt8, Op::SExt16, Op::ZExt8, Op::ZExt16, Op::Clz]);
                self.b.unary(op, a)
            }
            8 | 9 => {
                let x = self.float(d);
                self.b.unary(Op::FToInt32, x)
            }
            10 => {
                let x = self.float(d);
                let op = self.r.pick(&[Op::FToS, Op::FToSSat, Op::FToUSat]);
                self.b.unary_ty(op, Ty::I32, x)
            }
            11 => {
                let x = self.long(d);
                self.b.unary(Op::Trunc, x)
            }
            12 => {
                let c = self.cond(d);
                self.b.unary(Op::BToI, c)
            }
            13 if self.config.heap => {
                let at = self.masked_index();
                let p = self.array_data(1);
                self.load_elem(p, at, Kind::I32)
            }
            14 if self.config.heap => {
                let o = self.object();
                let name = self.r.pick(&["y", "b"]);
                let f = self.field_named(name);
                self.b.unary_imm(Op::LoadField, Ty::I32, o, f.0)
            }
            _ => {
                let (c, a, b) = (self.cond(d), self.int(d), self.int(d));
                self.b.ternary(Op::Select, 0, c, a, b)
            }
        }
    }

    fn int_binary(&mut self, ty: Ty, d: u32) -> Value {
        let get = |g: &mut Self| if ty == Ty::I32 { g.int(d) } else { g.long(d) };
        let (a, mut b) = (get(self), get(self));
        let op = self.r.pick(&[
            Op::IAdd,
            Op::IAdd,
            Op::ISub,
            Op::IMul,
            Op::IAnd,
            Op::IOr,
            Op::IXor,
            Op::Shl,
            Op::SShr,
            Op::UShr,
            Op::SDiv,
            Op::UDiv,
            Op::SRem,
            Op::URem,
        ]);
        if matches!(op, Op::SDiv | Op::UDiv | Op::SRem | Op::URem) {
            if self.r.chance(50) {
                let c = self.r.pick(&[1, 2, 3, 8, 10, -1, -7]);
                b = self.b.iconst(ty, c);
            } else {
                let one = self.b.iconst(ty, 1);
                b = self.b.binary(Op::IOr, b, one);
            }
        }
        self.b.binary(op, a, b)
    }

    fn long(&mut self, depth: u32) -> Value {
        if depth == 0 || self.r.chance(30) {
            if self.r.chance(50) {
                let v = self.r.pick(&self.longs);
                return self.b.get(v);
            }
            let c = if self.r.chance(10) { self.r.pick(&WILD_INTS) } else { self.r.pick(&INTS) };
            return self.b.iconst(Ty::I64, c);
        }
        let d = depth - 1;
        match self.r.below(8) {
            0..=3 => self.int_binary(Ty::I64, d),
            4 => {
                let x = self.int(d);
                let op = self.r.pick(&[Op::SExt32, Op::ZExt32]);
                self.b.unary(op, x)
            }
            5 => {
                let x = self.float(d);
                let op = self.r.pick(&[Op::FToS, Op::FToSSat, Op::FToUSat]);
                self.b.unary_ty(op, Ty::I64, x)
            }
            6 if self.config.heap => {
                let o = self.object();
                let f = self.field_named("z");
                self.b.unary_imm(Op::LoadField, Ty::I64, o, f.0)
            }
            _ => {
                let (c, a, b) = (self.cond(d), self.long(d), self.long(d));
                self.b.ternary(Op::Select, 0, c, a, b)
            }
        }
    }

    fn float(&mut self, depth: u32) -> Value {
        if depth == 0 || self.r.chance(30) {
            if self.r.chance(55) {
                let v = self.r.pick(&self.floats);
                return self.b.get(v);
            }
            let c = self.r.pick(&FLOATS);
            return self.b.f64const(c);
        }
        let d = depth - 1;
        match self.r.below(20) {
            0..=5 => {
                let (a, b) = (self.float(d), self.float(d));
                let op = self.r.pick(&[Op::FAdd, Op::FAdd, Op::FSub, Op::FMul, Op::FDiv, Op::FMin, Op::FMax]);
                self.b.binary(op, a, b)
            }
            6 => {
                let a = self.float(d);
                let op = self.r.pick(&[Op::FSqrt, Op::FFloor, Op::FCeil, Op::FTrunc, Op::FCanon]);
                self.b.unary(op, a)
            }
            7 => {
                let a = self.float(d);
                let a = self.b.unary(Op::FCanon, a);
                let op = self.r.pick(&[Op::FNeg, Op::FAbs]);
                self.b.unary(op, a)
            }
            8..=11 => {
                let x = self.int(d);
                let op = self.r.pick(&[Op::SToF, Op::SToF, Op::UToF]);
                self.b.unary_ty(op, Ty::F64, x)
            }
            12 => {
                let x = self.long(d);
                let op = self.r.pick(&[Op::SToF, Op::UToF]);
                self.b.unary_ty(op, Ty::F64, x)
            }
            13 | 14 => {
                let (a, b) = (self.float(d), self.float(d));
                self.b.call(Op::CallRt, Ty::F64, RtFn::MathRem as u32, &[a, b], 0)
            }
            15 => {
                let x = self.int(d);
                let x = self.b.unary_ty(Op::SToF, Ty::F64, x);
                let k = self.r.pick(&[2.0, 3.0, 10.0, -4.0]);
                let c = self.b.f64const(k);
                let q = self.b.binary(Op::FDiv, x, c);
                self.b.unary(Op::FFloor, q)
            }
            16 if self.config.heap => {
                let at = self.masked_index();
                let p = self.array_data(0);
                self.load_elem(p, at, Kind::F64)
            }
            17 if self.config.heap => {
                let o = self.object();
                let f = self.field_named("x");
                self.b.unary_imm(Op::LoadField, Ty::F64, o, f.0)
            }
            18 if self.config.heap => {
                let x = self.float(d);
                self.checked_elem(x)
            }
            _ => {
                let (c, a, b) = (self.cond(d), self.float(d), self.float(d));
                self.b.ternary(Op::Select, 0, c, a, b)
            }
        }
    }
}

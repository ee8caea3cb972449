//! Random functions on the oracle and as machine code: unoptimised, and after inlining and all passes.
//!
//! ```text
//! generate(seed) -> f0..fn ; entries call fn, one per input:
//!   make arguments on the heap | call fn in a try | write result or exception | write the heap
//! the same module on: oracle    x86-64    inline + optimize, then x86-64
//! ```
//! Everything that is compared goes through `console_write`, which is replaced by a recorder here,
//! so the arguments and the report are themselves code under test, and no host code looks into the
//! heap. The runtime is the real one; seeds choose zeal modes, register allocators, processor
//! features, lazy compilation and optimisation of the entry.
//! `ULTRA_FUZZ_CASES` sets the number of programs, `ULTRA_FUZZ_SEED` the first seed,
//! `ULTRA_FUZZ_SHOW` adds the program and its machine code to the report of a difference.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use ultra_abi::RtFn;
use ultra_abi::layout::{StructId, WorkerContext};
use ultra_abi::shape::{FIRST_PROGRAM_SHAPE, ObjKind};
use ultra_abi::value::*;
use ultra_backends::exec::{CodeSpace, Service, Stack, Uncaught, run_main};
use ultra_backends::x64;
use ultra_ir::builder::Builder;
use ultra_ir::interp::{BasicRuntime, Exit, Heap, Interp};
use ultra_ir::op::*;
use ultra_ir::pass::inline::{InlineOptions, inline};
use ultra_ir::pass::{NoHook, OptLevel, optimize};
use ultra_ir::testing::{Config, PARAMS, Rng, generate};
use ultra_ir::text::module_to_string;
use ultra_ir::verify::{Dialect, verify};
use ultra_ir::{ClassId, FieldId, Func, FuncDecl, FuncId, InstData, Module, Sig, Ty, Value};
use ultra_runtime::{ClassSpec, Runtime, SlotSpec};

/// Instructions of the oracle per run, the report included.
const FUEL: u64 = 60_000;
/// Runs of each program, each with arguments of its own.
const INPUTS: u64 = 3;
/// Elements of the array arguments: what generated functions rely on.
const LEN: u32 = 8;
/// Objects that the report follows along `next`.
const CHAIN: usize = 5;
/// Programs per runtime, so that heaps also get old and dirty.
const BATCH: u64 = 50;
const CODE_BYTES: usize = 1 << 20;

fn env(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|s| s.parse().ok()).unwrap_or(default)
}

// Entries.

/// A function without parameters that makes the arguments of an input, calls `callee` and reports.
fn entry(m: &Module, callee: FuncId, input: u64, r: &mut Rng) -> Func {
    let mut e = Entry { m, b: Builder::new(Func::new(format!("entry{input}"), vec![], None)), r };
    let start = e.b.block();
    e.b.switch_to(start);
    e.b.seal(start);
    let object = e.object();
    let (floats, ints) = (e.array(Kind::F64), e.array(Kind::I32));
    let (i, l) = (e.int(Ty::I32), e.int(Ty::I64));
    let (x, y) = (e.float(), e.float());
    let args = [i, l, x, y, object, floats, ints];
    assert!(
        args.iter().map(|&a| e.b.func.ty(a)).eq(PARAMS),
        "the generator's functions take other parameters"
    );
    let (ok, handler, report) = (e.b.block(), e.b.block(), e.b.block());
    let result = e.b.call(Op::Call, Ty::F64, callee.0, &args, 0);
    e.b.br_exc(ok, handler);
    e.b.seal(ok);
    e.b.seal(handler);
    e.b.switch_to(ok);
    e.write(result);
    e.b.jump(report, &[]);
    e.b.switch_to(handler);
    let thrown = e.b.nullary(Op::CatchValue);
    e.write_any(thrown);
    e.b.jump(report, &[]);
    e.b.seal(report);
    e.b.switch_to(report);
    e.report(object, floats, ints);
    e.b.ret_void();
    e.b.finish()
}

struct Entry<'a> {
    m: &'a Module,
    b: Builder,
    r: &'a mut Rng,
}

impl Entry<'_> {
    fn int(&mut self, ty: Ty) -> Value {
        let wild = [i32::MAX as i64, i32::MIN as i64, i64::MAX, i64::MIN, 1 << 31, 1 << 53];
        let v = match self.r.below(5) {
            0 => wild[self.r.below(wild.len() as u32) as usize],
            1 => self.r.next() as i64,
            _ => self.r.below(40) as i64 - 8,
        };
        self.b.iconst(ty, if ty == Ty::I32 { v as i32 as i64 } else { v })
    }

    fn float(&mut self) -> Value {
        let plain = [0.0, 1.0, 2.0, 7.0, 0.5, -1.0, -0.0, 10.0, 1e300, -1e-300, f64::INFINITY, 4294967296.0];
        let bits = match self.r.below(12) {
            0 => UNDEFINED_F64,
            1 => CANONICAL_NAN,
            2 => (self.r.next() as i32 as f64).to_bits(),
            3 => (self.r.next() as i64 as f64 * 1e-3).to_bits(),
            _ => plain[self.r.below(plain.len() as u32) as usize].to_bits(),
        };
        self.b.imm64(Op::F64Const, Ty::F64, bits)
    }

    fn fields(&self) -> Vec<FieldId> {
        self.m.classes[ClassId(0)].fields.clone()
    }

    fn object(&mut self) -> Value {
        let o = self.b.imm(Op::NewObject, 0);
        for f in self.fields() {
            let kind = self.m.fields[f].kind;
            let (v, barrier) = match kind {
                Kind::F64 => (self.float(), Barrier::None),
                Kind::Ref => (o, Barrier::Init),
                _ => (self.int(kind.reg_ty()), Barrier::None),
            };
            self.b.binary_imm(Op::StoreField, o, v, f.0, barrier as u16);
        }
        o
    }

    fn data(&mut self, array: Value) -> Value {
        let f = self.m.struct_field(StructId::Array, "store");
        let store = self.b.unary_imm(Op::LoadField, Ty::Ref, array, f.0);
        self.b.unary(Op::StoreData, store)
    }

    fn array(&mut self, kind: Kind) -> Value {
        let args = [kind as i64, LEN as i64, LEN as i64].map(|n| self.b.iconst(Ty::I32, n));
        let array = self.b.call(Op::CallRt, Ty::Ref, RtFn::NewArray as u32, &args, 0);
        for at in 0..LEN {
            let v = if kind == Kind::F64 { self.float() } else { self.int(Ty::I32) };
            let (p, at) = (self.data(array), self.b.iconst(Ty::I32, at as i64));
            self.b.ternary(Op::StoreElem, kind as u16, p, at, v);
        }
        array
    }

    fn write_any(&mut self, any: Value) {
        let zero = self.b.iconst(Ty::I32, 0);
        self.b.call(Op::CallRt, Ty::Void, RtFn::ConsoleWrite as u32, &[zero, any], 0);
    }

    fn write(&mut self, x: Value) {
        let any = self.b.unary_aux(Op::AnyFromF64, 1, x);
        self.write_any(any);
    }

    /// Writes a number of any type so that no bit is lost.
    fn write_number(&mut self, x: Value) {
        match self.b.func.ty(x) {
            Ty::F64 => self.write(x),
            Ty::I64 => {
                let low = self.b.unary(Op::Trunc, x);
                self.write_number(low);
                let by = self.b.iconst(Ty::I64, 32);
                let high = self.b.binary(Op::SShr, x, by);
                let high = self.b.unary(Op::Trunc, high);
                self.write_number(high);
            }
            _ => {
                let x = self.b.unary_ty(Op::SToF, Ty::F64, x);
                self.write(x);
            }
        }
    }

    fn report(&mut self, object: Value, floats: Value, ints: Value) {
        let mut at = object;
        for _ in 0..CHAIN {
            let same = self.b.binary_aux(Op::ICmp, IntCc::Eq as u16, at, object);
            let same = self.b.unary(Op::BToI, same);
            self.write_number(same);
            let mut next = at;
            for f in self.fields() {
                let kind = self.m.fields[f].kind;
                let v = self.b.unary_imm(Op::LoadField, kind.reg_ty(), at, f.0);
                if kind == Kind::Ref {
                    next = v;
                } else {
                    self.write_number(v);
                }
            }
            at = next;
        }
        for (array, kind) in [(floats, Kind::F64), (ints, Kind::I32)] {
            for at in 0..LEN {
                let (p, at) = (self.data(array), self.b.iconst(Ty::I32, at as i64));
                let v = self.b.emit(InstData {
                    a: p.0,
                    b: at.0,
                    aux: kind as u16,
                    ..InstData::new(Op::LoadElem, kind.reg_ty())
                });
                self.write_number(v);
            }
        }
    }
}

// Programs.

struct Program {
    seed: u64,
    module: Module,
    entries: Vec<FuncId>,
}

fn program(seed: u64) -> Program {
    // Large functions are for spills and long branches.
    let size = if seed.is_multiple_of(8) { 150 } else { Config::default().size };
    let case = generate(seed, &Config { size, ..Config::default() });
    let mut module = case.module;
    let mut r = Rng(seed ^ 0x5eed);
    let mut entries = Vec::new();
    for input in 0..INPUTS {
        let body = entry(&module, case.main, input, &mut r);
        let sig = Sig { params: vec![], ret: Ty::Void };
        let cell = module.funcs.len() as u32;
        let decl = FuncDecl {
            name: (&*body.name).into(),
            sig,
            cell,
            nothrow: false,
            pure_: false,
            always_inline: false,
            no_inline: false,
        };
        let id = module.add_func(decl);
        module.bodies[id] = Some(body);
        entries.push(id);
    }
    for id in module.funcs.ids() {
        let body = module.bodies[id].as_ref().expect("generated");
        verify(body, &module, Dialect::Typed).unwrap_or_else(|e| panic!("seed {seed}: generator: {e}"));
    }
    Program { seed, module, entries }
}

/// What a run showed: everything written, and whether an exception left the entry.
type Trace = (Vec<String>, bool);

/// Runs an entry on the oracle; `None` when it needs too long.
fn oracle(p: &Program, entry: FuncId) -> Option<Trace> {
    let bodies = |id: FuncId| p.module.bodies.get(id).and_then(Option::as_ref);
    let mut i = Interp::new(&p.module, &bodies, BasicRuntime::default(), FUEL);
    match i.run(bodies(entry)?, &[]) {
        Ok(_) => Some((i.rt.trace, false)),
        Err(Exit::Throw(_)) => Some((i.rt.trace, true)),
        Err(Exit::Fuel) => None,
        Err(Exit::Trap(what)) => {
            panic!("seed {}: the generator made a trap: {what}\n{}", p.seed, module_to_string(&p.module))
        }
    }
}

fn optimized(p: &Program) -> Module {
    let mut module = p.module.clone();
    // The verifier after each pass is for tests of the passes.
    let options = ultra_ir::pass::Options { level: OptLevel::Full, verify: false };
    let into_entries = p.seed.is_multiple_of(3);
    for id in p.module.funcs.ids() {
        let Some(f) = module.bodies[id].as_mut() else { continue };
        if into_entries || !p.entries.contains(&id) {
            inline(f, id, &p.module, &|id| p.module.bodies[id].as_ref(), &InlineOptions::default());
            optimize(f, &p.module, &options, &mut NoHook);
        }
    }
    module
}

// Machine.

/// What was written, by address of the context.
static WRITTEN: Mutex<BTreeMap<usize, Vec<u64>>> = Mutex::new(BTreeMap::new());

extern "C" fn record(ctx: *mut WorkerContext, _stream: i32, word: u64) {
    let mut written = WRITTEN.lock().unwrap_or_else(|e| e.into_inner());
    written.entry(ctx as usize).or_default().push(word);
}

/// A runtime with the class that generated programs use.
fn runtime(zeal: &str) -> Box<Runtime> {
    let mut options = ultra_runtime::Options::default();
    options.set_zeal(zeal).expect("zeal modes");
    let mut rt = Runtime::new(options).expect("runtime");
    let m = generate(1, &Config::default()).module;
    let class = &m.classes[ClassId(0)];
    let mut spec = ClassSpec::new(&*class.name, ObjKind::Instance, class.size);
    spec.slots = class
        .fields
        .iter()
        .map(|&f| &m.fields[f])
        .map(|f| SlotSpec::new(&*f.name, f.offset, f.kind))
        .collect();
    spec.class_index = 0;
    assert_eq!(rt.register_class(spec).expect("class"), FIRST_PROGRAM_SHAPE);
    rt
}

/// Compiles functions when they are first called.
struct Lazy<'a> {
    module: &'a Module,
    space: &'a CodeSpace,
    options: x64::Options<'a>,
    listing: String,
}

impl Lazy<'_> {
    fn place(&mut self, id: FuncId) -> u64 {
        let placed = |id: FuncId| self.space.address(id).is_some();
        let options = x64::Options { compiled: &placed, ..self.options };
        let body = self.module.bodies[id].as_ref().expect("a body");
        let code = x64::compile(body, id, self.module, &options).unwrap_or_else(|e| panic!("{e}"));
        let _ = writeln!(self.listing, "{}:\n{}", body.name, code.disassembly);
        let at = self.space.add(&code).expect("room for code");
        self.space.publish(self.module.funcs[id].cell, at);
        at
    }
}

impl Service for Lazy<'_> {
    fn compile(&mut self, cell: u32) -> Option<u64> {
        let id = self.module.funcs.ids().find(|&id| self.module.funcs[id].cell == cell)?;
        Some(self.place(id))
    }
}

struct Machine {
    rt: Box<Runtime>,
    stack: Stack,
}

impl Machine {
    fn new(zeal: &str) -> Machine {
        Machine { rt: runtime(zeal), stack: Stack::new(1 << 20).expect("stack") }
    }

    /// Runs entries of a module, with what the program's seed chooses; the traces and the machine code.
    fn run(&mut self, p: &Program, module: &Module, entries: &[FuncId], show: bool) -> (Vec<Trace>, String) {
        let mut table = ultra_runtime::entry::entry_points();
        table[RtFn::ConsoleWrite as usize] = record as *const () as usize as u64;
        let space = CodeSpace::new(&table, CODE_BYTES).expect("code space");
        space.ensure_cells(module.funcs.len()).expect("cells");
        let features =
            if p.seed.is_multiple_of(4) { x64::Features::BASELINE } else { x64::Features::detect() };
        let options = x64::Options {
            features,
            fast: p.seed.is_multiple_of(2),
            disassemble: show,
            ..x64::Options::default()
        };
        let mut service = Lazy { module, space: &space, options, listing: String::new() };
        if !p.seed.is_multiple_of(5) {
            // Callees come first, so that calls are direct.
            for id in module.funcs.ids() {
                service.place(id);
            }
        }
        let mut traces = Vec::new();
        for &entry in entries {
            let ctx = self.rt.leak_context();
            space.init_context(ctx);
            let key = ctx as *mut WorkerContext as usize;
            let end = run_main(&space, ctx, &mut service, module.funcs[entry].cell, &self.stack);
            let words = WRITTEN.lock().unwrap_or_else(|e| e.into_inner()).remove(&key).unwrap_or_default();
            let words = words.iter().map(|&w| Heap::new().describe(module, &[(Kind::Any, w)])).collect();
            traces.push((words, matches!(end, Err(Uncaught(_)))));
        }
        (traces, service.listing)
    }
}

const ZEAL: [&str; 3] = ["", "scan=7,poison", "scan=1,poison,noreuse"];

/// Expected traces of the entries that end on the oracle.
fn expected(p: &Program) -> Vec<(FuncId, Trace)> {
    p.entries.iter().filter_map(|&e| Some((e, oracle(p, e)?))).collect()
}

/// Runs a form of the program on a machine and reports the first difference.
fn compare(
    p: &Program,
    expected: &[(FuncId, Trace)],
    what: &str,
    module: &Module,
    machine: &mut Machine,
) -> Result<(), String> {
    let entries: Vec<FuncId> = expected.iter().map(|e| e.0).collect();
    let show = std::env::var_os("ULTRA_FUZZ_SHOW").is_some();
    let (traces, listing) = machine.run(p, module, &entries, show);
    for ((entry, want), got) in expected.iter().zip(&traces) {
        if want != got {
            let at =
                want.0.iter().zip(&got.0).position(|(a, b)| a != b).unwrap_or(want.0.len().min(got.0.len()));
            let text =
                if show { module_to_string(module) } else { "(ULTRA_FUZZ_SHOW=1 shows the program)".into() };
            let name = &p.module.funcs[*entry].name;
            let (a, b) = (want.0.get(at), got.0.get(at));
            return Err(format!(
                "seed {}, {what}, {name}: word {at} is {a:?} on the oracle, {b:?} as machine code\noracle {want:?}\nmachine {got:?}\n{text}\n{listing}",
                p.seed
            ));
        }
    }
    Ok(())
}

#[test]
fn machine_code_agrees_with_the_oracle() {
    let (first, cases) = (env("ULTRA_FUZZ_SEED", 1), env("ULTRA_FUZZ_CASES", 300));
    let mut runs = 0;
    for batch in (first..first + cases).step_by(BATCH as usize) {
        let zeal = ZEAL[(batch / BATCH) as usize % ZEAL.len()];
        let (mut plain, mut full) = (Machine::new(zeal), Machine::new(zeal));
        for seed in batch..(batch + BATCH).min(first + cases) {
            let p = program(seed);
            let expected = expected(&p);
            for (what, module, machine) in
                [("unoptimised", &p.module, &mut plain), ("optimised", &optimized(&p), &mut full)]
            {
                compare(&p, &expected, what, module, machine).unwrap_or_else(|e| panic!("{e}"));
            }
            runs += expected.len() as u64;
        }
        for m in [&mut plain, &mut full] {
            let left = m.rt.shutdown(&[]);
            assert!(left.is_clean(), "seeds {batch}..: {left:?}");
            let faults = m.rt.audit();
            assert!(faults.is_empty(), "seeds {batch}..: {faults:?}");
        }
    }
    println!("{cases} programs, {runs} runs at each of 2 levels");
    // Entries that do not end on the oracle compare nothing.
    assert!(runs * 10 >= cases * INPUTS * 6, "only {runs} of {} runs ended on the oracle", cases * INPUTS);
}

/// What the comparison is worth: the last addition of a program turned into a subtraction shows
/// unless the sum is no number or unused, which leaves about half of the programs.
#[test]
fn a_wrong_operation_is_noticed() {
    let mut machine = Machine::new("");
    let (mut changed, mut noticed) = (0, 0);
    for seed in 1..=60 {
        let p = program(seed);
        let mut module = p.module.clone();
        let main = FuncId(p.entries[0].0 - 1);
        let f = module.bodies[main].as_mut().expect("a body");
        let placed: Vec<_> = f.layout.iter().flat_map(|&b| f.blocks[b].insts.iter().copied()).collect();
        let Some(&add) = placed.iter().rfind(|&&i| f.insts[i].op == Op::FAdd) else { continue };
        f.insts[add].op = Op::FSub;
        changed += 1;
        noticed += compare(&p, &expected(&p), "wrong", &module, &mut machine).is_err() as u32;
    }
    println!("{noticed} of {changed} changes noticed");
    assert!(changed >= 40 && noticed * 3 >= changed, "{noticed} of {changed}");
}

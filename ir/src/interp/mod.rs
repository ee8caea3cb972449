//! The oracle: a reference interpreter of the typed dialect.
//!
//! It exists for tests alone. Passes are checked by running a function before and after
//! (`check`), backends by running machine code against it. It is simple rather than
//! fast, limited by fuel, and reports a broken precondition (an index out of bounds, a
//! field never written) as `Exit::Trap`, which is an error of whoever made the function.

pub mod heap;
pub mod rt;
pub mod scalar;

pub use heap::Heap;
pub use rt::{BasicRuntime, Runtime};

use crate::ids::*;
use crate::op::*;
use crate::{Func, InstData, Kind, ListRef, Module, Ty};
use ultra_abi::rtfn::RtFn;

/// Why a run did not return.
#[derive(Clone, Debug, PartialEq)]
pub enum Exit {
    /// An exception left the function; an `any` word.
    Throw(u64),
    /// The function broke a precondition of an operation.
    Trap(String),
    /// The limit on instructions or on depth was reached.
    Fuel,
}

/// Deepest recursion of the oracle.
const MAX_DEPTH: u32 = 200;

/// One run: heap, runtime and what is left of the fuel.
pub struct Interp<'a, R: Runtime> {
    pub module: &'a Module,
    /// Bodies by function; `module.bodies` unless replaced by a test.
    pub bodies: &'a dyn Fn(FuncId) -> Option<&'a Func>,
    pub heap: Heap,
    pub rt: R,
    pub fuel: u64,
    /// Instructions executed.
    pub steps: u64,
    /// Objects made by `new_object`.
    pub allocations: u64,
    globals: Table<GlobalId, u64>,
    depth: u32,
}

impl<'a, R: Runtime> Interp<'a, R> {
    pub fn new(module: &'a Module, bodies: &'a dyn Fn(FuncId) -> Option<&'a Func>, rt: R, fuel: u64) -> Self {
        Interp {
            module,
            bodies,
            heap: Heap::new(),
            rt,
            fuel,
            steps: 0,
            allocations: 0,
            globals: Table::new(),
            depth: 0,
        }
    }

    /// Runs `f` on bit patterns; the result's bits, 0 for none.
    pub fn run(&mut self, f: &Func, args: &[u64]) -> Result<u64, Exit> {
        if args.len() != f.params.len() {
            return Err(Exit::Trap(format!("{} arguments for {}", args.len(), f.name)));
        }
        if self.depth >= MAX_DEPTH {
            return Err(Exit::Fuel);
        }
        self.depth += 1;
        let r = Frame { values: Table::filled(f.values.len(), 0), f, exception: None }.run(self, args);
        self.depth -= 1;
        r
    }

    fn global(&mut self, g: GlobalId) -> u64 {
        while self.globals.len() <= g.0 as usize {
            let id = self.heap.new_array(self.module, Kind::Any, 0, 0, 0);
            self.globals.push(id);
        }
        self.globals[g]
    }
}

struct Frame<'f> {
    f: &'f Func,
    values: Table<Value, u64>,
    exception: Option<u64>,
}

/// Where control goes after an instruction.
enum Next {
    On,
    Block(BlockCallId),
    Return(u64),
}

fn trap<T>(message: impl Into<String>) -> Result<T, Exit> {
    Err(Exit::Trap(message.into()))
}

impl Frame<'_> {
    fn run<R: Runtime>(&mut self, m: &mut Interp<'_, R>, args: &[u64]) -> Result<u64, Exit> {
        let mut block = self.f.entry();
        for (&p, &a) in self.f.blocks[block].params.iter().zip(args) {
            self.values[p] = a;
        }
        'blocks: loop {
            let insts = &self.f.blocks[block].insts;
            let mut at = 0;
            while at < insts.len() {
                let inst = insts[at];
                m.steps += 1;
                if m.fuel == 0 {
                    return Err(Exit::Fuel);
                }
                m.fuel -= 1;
                let next = match self.step(m, inst) {
                    Err(Exit::Throw(word)) => match self.f.handler_after(block, at) {
                        Some(handler) => {
                            self.exception = Some(word);
                            Next::Block(handler)
                        }
                        None => return Err(Exit::Throw(word)),
                    },
                    r => r?,
                };
                match next {
                    Next::On => at += 1,
                    Next::Return(w) => return Ok(w),
                    Next::Block(call) => {
                        block = self.enter(call);
                        continue 'blocks;
                    }
                }
            }
            return trap(format!("{block} has no terminator"));
        }
    }

    fn enter(&mut self, call: BlockCallId) -> Block {
        let call = self.f.block_calls[call];
        let args: Vec<u64> = self.f.values_of(call.args).map(|v| self.values[v]).collect();
        for (&p, a) in self.f.blocks[call.block].params.iter().zip(args) {
            self.values[p] = a;
        }
        call.block
    }

    fn step<R: Runtime>(&mut self, m: &mut Interp<'_, R>, inst: Inst) -> Result<Next, Exit> {
        let d = self.f.insts[inst];
        let a = |s: &Self| s.values[d.arg_a()];
        match d.op {
            Op::Jump => return Ok(Next::Block(BlockCallId(d.a))),
            Op::Branch => return Ok(Next::Block(BlockCallId(if a(self) != 0 { d.b } else { d.c }))),
            Op::BrExc => return Ok(Next::Block(BlockCallId(d.a))),
            Op::Switch => {
                let cases = self.f.list(ListRef(d.c));
                let at = cases.iter().position(|&c| c as u64 == a(self)).map_or(0, |i| i + 1);
                return Ok(Next::Block(BlockCallId(self.f.list(ListRef(d.b))[at])));
            }
            Op::Return => return Ok(Next::Return(a(self))),
            Op::ReturnVoid => return Ok(Next::Return(0)),
            Op::Unreachable => return trap("unreachable was reached"),
            _ => {}
        }
        let value = self.value(m, &d)?;
        if let Some(r) = self.f.result(inst) {
            self.values[r] = value;
        }
        Ok(Next::On)
    }

    fn value<R: Runtime>(&mut self, m: &mut Interp<'_, R>, d: &InstData) -> Result<u64, Exit> {
        match d.op.info().format {
            Format::Imm64 | Format::Unary | Format::Binary | Format::Ternary
                if !matches!(
                    d.op,
                    Op::StrLen | Op::StrCharCode | Op::StoreData | Op::LoadElem | Op::StoreElem | Op::ShapeOf
                ) =>
            {
                let n = d.op.info().args.len();
                let args: Vec<u64> = [d.a, d.b, d.c][..n].iter().map(|&v| self.values[Value(v)]).collect();
                let ty = if n > 0 { self.f.ty(d.arg_a()) } else { d.ty };
                if let Some(r) = scalar::eval(d, ty, &args) {
                    return Ok(r);
                }
                trap(format!("{} is undefined on {args:x?}", d.op.name()))
            }
            Format::Call => self.call(m, d),
            _ => self.memory(m, d),
        }
    }

    fn call<R: Runtime>(&mut self, m: &mut Interp<'_, R>, d: &InstData) -> Result<u64, Exit> {
        let args: Vec<u64> = self.f.values_of(d.list()).map(|v| self.values[v]).collect();
        match d.op {
            Op::CallRt => match RtFn::from_index(d.a) {
                Some(rt) => m.rt.call(m.module, &mut m.heap, rt, &args),
                None => trap("no such runtime function"),
            },
            Op::Call => self.invoke(m, FuncId(d.a), &args),
            Op::CallCell => match m.module.funcs.iter().find(|(_, f)| f.cell as u64 == args[0]) {
                Some((id, _)) => self.invoke(m, id, &args[1..]),
                None => trap("no function has this code cell"),
            },
            op => trap(format!("the oracle has no {}", op.name())),
        }
    }

    fn invoke<R: Runtime>(&mut self, m: &mut Interp<'_, R>, id: FuncId, args: &[u64]) -> Result<u64, Exit> {
        match (m.bodies)(id) {
            Some(body) => m.run(body, args),
            None => trap(format!("{id} has no body")),
        }
    }

    fn memory<R: Runtime>(&mut self, m: &mut Interp<'_, R>, d: &InstData) -> Result<u64, Exit> {
        let v = |id: u32| self.values[Value(id)];
        let heap = &mut m.heap;
        let kind = Kind::ALL.get((d.aux & 0xff) as usize).copied().unwrap_or(Kind::I8);
        let index = |id: u32| scalar::signed(self.f.ty(Value(id)), v(id));
        match d.op {
            Op::StrConst => {
                let units = m.module.strings[StrId(d.a)].clone();
                Ok(heap.string(&units))
            }
            Op::GlobalRef => Ok(m.global(GlobalId(d.a))),
            Op::FuncCell => Ok(m.module.funcs[FuncId(d.a)].cell as u64),
            Op::NewObject => {
                m.allocations += 1;
                Ok(heap.new_instance(m.module, ClassId(d.a)))
            }
            Op::LoadField => match heap.object(v(d.a)).and_then(|o| o.fields.get(&FieldId(d.b))) {
                Some(&w) => Ok(w),
                None => trap(format!("load of {} of {:#x}", m.module.fields[FieldId(d.b)].name, v(d.a))),
            },
            Op::StoreField => {
                let (field, word) = (FieldId(d.c), narrow(m.module.fields[FieldId(d.c)].kind, v(d.b)));
                match heap.object_mut(v(d.a)) {
                    Some(o) => {
                        o.fields.insert(field, word);
                        Ok(0)
                    }
                    None => trap(format!("store to {:#x}", v(d.a))),
                }
            }
            Op::StoreData => match heap.object(v(d.a)) {
                Some(_) => Ok(v(d.a)),
                None => trap("store_data of no object"),
            },
            Op::LoadElem => {
                let at = index(d.b);
                heap.element(v(d.a), at, kind)
                    .map_or_else(|| trap(format!("load of element {at}")), |w| Ok(*w))
            }
            Op::StoreElem => {
                let (at, word) = (index(d.b), narrow(kind, v(d.c)));
                match heap.element(v(d.a), at, kind) {
                    Some(slot) => {
                        *slot = word;
                        Ok(0)
                    }
                    None => trap(format!("store of element {at}")),
                }
            }
            Op::StackSlot => Ok(heap.new_frame(d.a)),
            Op::PtrLoad => {
                heap.frame_word(v(d.a), d.b).map_or_else(|| trap("ptr_load outside a frame area"), |w| Ok(*w))
            }
            Op::PtrStore => match heap.frame_word(v(d.a), d.c) {
                Some(slot) => {
                    *slot = v(d.b);
                    Ok(0)
                }
                None => trap("ptr_store outside a frame area"),
            },
            Op::ShapeOf => {
                heap.object(v(d.a)).map_or_else(|| trap("shape_of no object"), |o| Ok(o.shape as u64))
            }
            Op::IsInstance => match heap.object(v(d.a)) {
                Some(o) => Ok((!o.class.is_none() && m.module.is_subclass(o.class, ClassId(d.b))) as u64),
                None => trap("is_instance of no object"),
            },
            Op::StrLen => {
                heap.units(v(d.a)).map_or_else(|| trap("str_len of no string"), |u| Ok(u.len() as u64))
            }
            Op::StrCharCode => match heap.units(v(d.a)).and_then(|u| u.get(v(d.b) as usize).copied()) {
                Some(u) => Ok(u as u64),
                None => trap("str_char_code out of bounds"),
            },
            Op::CatchValue => match self.exception.take() {
                Some(w) => Ok(w),
                None => trap("catch_value without an exception"),
            },
            Op::Poll => Ok(0),
            op => trap(format!("the oracle has no {}", op.name())),
        }
    }
}

/// What a slot of a kind keeps of a register, as a later load yields it.
pub fn narrow(kind: Kind, w: u64) -> u64 {
    match kind {
        Kind::I8 => w as i8 as i32 as u32 as u64,
        Kind::U8 => w as u8 as u64,
        Kind::I16 => w as i16 as i32 as u32 as u64,
        Kind::U16 => w as u16 as u64,
        Kind::I32 | Kind::U32 | Kind::F32 | Kind::Ref => w as u32 as u64,
        Kind::Bool => w & 1,
        Kind::I64 | Kind::U64 | Kind::F64 | Kind::Str | Kind::Any => w,
    }
}

/// What can be seen of a run: result or exit, console trace and the heap that arguments and result reach.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    pub exit: Result<String, Exit>,
    pub trace: Vec<String>,
    pub heap: String,
    /// Instructions executed; not compared by tests.
    pub steps: u64,
    pub allocations: u64,
}

impl Observed {
    /// Whether two runs cannot be told apart. A run that trapped or ran out of fuel shows nothing.
    pub fn same(&self, other: &Observed) -> bool {
        self.exit == other.exit && self.trace == other.trace && self.heap == other.heap
    }

    /// Whether the run ended by itself without breaking a precondition.
    pub fn is_valid(&self) -> bool {
        !matches!(self.exit, Err(Exit::Trap(_) | Exit::Fuel))
    }
}

/// The slot kind that describes a register type.
fn kind_of(ty: Ty) -> Kind {
    match ty {
        Ty::Void | Ty::I32 => Kind::I32,
        Ty::I64 | Ty::Ptr => Kind::I64,
        Ty::F32 => Kind::F32,
        Ty::F64 => Kind::F64,
        Ty::Bool => Kind::Bool,
        Ty::Ref => Kind::Ref,
        Ty::Str => Kind::Str,
        Ty::Any => Kind::Any,
    }
}

/// Runs `f` with arguments that `setup` puts on the heap, and reports what can be seen.
pub fn observe(m: &Module, f: &Func, fuel: u64, setup: &dyn Fn(&mut Heap) -> Vec<u64>) -> Observed {
    let bodies = |id: FuncId| m.bodies.get(id).and_then(Option::as_ref);
    let mut i = Interp::new(m, &bodies, BasicRuntime::default(), fuel);
    let args = setup(&mut i.heap);
    let exit = i.run(f, &args);
    let mut roots: Vec<(Kind, u64)> = f.params.iter().map(|&t| kind_of(t)).zip(args).collect();
    let exit = exit.map(|w| {
        let kind = kind_of(f.ret.unwrap_or(Ty::Void));
        roots.push((kind, w));
        String::new()
    });
    let exit = match exit {
        Err(Exit::Throw(w)) => {
            roots.push((Kind::Any, w));
            Err(Exit::Throw(0))
        }
        e => e,
    };
    Observed {
        exit,
        trace: std::mem::take(&mut i.rt.trace),
        heap: i.heap.describe(m, &roots),
        steps: i.steps,
        allocations: i.allocations,
    }
}

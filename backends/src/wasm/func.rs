//! One function: structured control flow around the instructions of `ops.rs`.
//!
//! The shape follows Ramsey, "Beyond Relooper" (ICFP 2022): the dominator tree is
//! walked in reverse postorder; a loop header opens a `loop`; each child where paths
//! merge is placed behind a `block` that ends just before it, so that every forward
//! branch leaves a block and every backward branch repeats a loop.
//!
//! ```text
//! tree(x):   [loop]  block y2  block y1  <x>  end tree(y1)  end tree(y2)  [end]
//!            y1, y2: merges that x immediately dominates, in reverse postorder
//! ```
//! The walk keeps its work on an explicit stack: nesting in the source must not
//! become recursion here.
//!
//! Locals: `sp`, the parameters, `fp`, scratch, then values. References that live
//! across an instruction that may scan are stored once, where they are defined, in
//! the shadow frame at `fp`; nothing moves, so they are never read back.

use super::cfg::Cfg;
use super::code::{Code, Helper, mem};
use super::image::immediate;
use super::live::{Liveness, assign, val_type};
use super::{Unit, WasmError};
use smallvec::SmallVec;
use ultra_abi::layout::{ATTENTION_EXCEPTION, ctx};
use ultra_abi::rtfn::{Effects, RtFn};
use ultra_abi::value::EMPTY_STRING;
use ultra_ir::ids::Id;
use ultra_ir::op::{Barrier, Op};
use ultra_ir::{
    Block, BlockCallId, FieldId, Func, FuncId, GlobalId, Inst, InstData, ListRef, Module, StrId, Ty, Value,
};
use wasm_encoder::{BlockType, Instruction as I, ValType};

/// The shadow-stack pointer is the first parameter of every compiled function.
pub const SP: u32 = 0;

/// Bytes of shadow stack that stand for one local and for the rest of an engine's frame: a quarter of
/// what the engine may use, as the shadow stack has a quarter of the size of the engine's stack.
const BYTES_PER_LOCAL: u32 = 2;
const BYTES_PER_FRAME: u32 = 16;
const FRAME_ALIGN: u32 = 16;
/// Locals are limited by the engines to 50,000.
const MAX_LOCALS: u32 = 50_000;

/// Longest shadow frame in bytes; the runtime's margin below the stack limit is larger.
const MAX_FRAME: u32 = 64 << 10;

/// Scratch locals, free for use within one instruction.
#[derive(Debug, Clone, Copy)]
pub struct Scratch {
    pub i32: [u32; 3],
    pub i64: u32,
    pub f64: u32,
}

enum Ctx {
    /// A branch here repeats the loop of this block.
    Loop(Block),
    /// A branch here goes to this block, which follows.
    Merge(Block),
    Plain,
}

enum Task {
    Tree(Block),
    Goto(Block, BlockCallId),
    Else,
    End,
}

/// Emits one function.
pub struct FuncGen<'m> {
    pub unit: &'m mut Unit,
    pub module: &'m Module,
    pub func: &'m Func,
    cfg: Cfg,
    pub code: Code,
    /// Local of each value that has one; constants have none and are written where they are used.
    locals: Vec<Option<u32>>,
    /// Byte offset in the shadow frame of each reference that needs one.
    slots: Vec<Option<u32>>,
    /// Byte offset in the shadow frame of each `stack_slot`, by instruction.
    areas: Vec<Option<u32>>,
    /// Number of reads, by value.
    uses: Vec<u32>,
    /// Local that holds this frame's shadow-stack pointer.
    pub fp: u32,
    /// Local that holds the exception between a `try_table` and `catch_value`.
    exc: u32,
    pub scratch: Scratch,
    /// Types of all locals after the parameters.
    types: Vec<ValType>,
    /// Bytes of the shadow frame.
    frame: u32,
    /// Whether the prologue tests depth and polls.
    checked: bool,
    ctxs: Vec<Ctx>,
    tasks: Vec<Task>,
    /// Position in `ctxs` of the block that takes the current instruction's exception.
    handler: Option<usize>,
}

/// A finished function.
pub struct Emitted {
    pub params: Vec<ValType>,
    pub result: Option<ValType>,
    pub locals: Vec<ValType>,
    pub code: Code,
}

/// Emits `func`, the body of `id`. The function has passed the verifier.
pub fn emit(unit: &mut Unit, module: &Module, id: FuncId, func: &Func) -> Result<Emitted, WasmError> {
    let name = &module.funcs[id].name;
    let malformed = |what: String| WasmError::Malformed { func: name.clone(), what: what.into() };
    if func.layout.is_empty() {
        return Err(malformed("it has no blocks".into()));
    }
    let cfg = Cfg::new(func).map_err(|e| WasmError::Irreducible { func: name.clone(), edge: e })?;
    for &block in &cfg.order {
        if func.terminator(block).is_none() {
            return Err(malformed(format!("{block} has no terminator")));
        }
        for &inst in &func.blocks[block].insts {
            let op = func.insts[inst].op;
            if op.is_dynamic() {
                return Err(WasmError::Unsupported { func: name.clone(), op: op.name() });
            }
        }
    }
    let mut g = FuncGen::new(unit, module, func, cfg);
    if g.types.len() as u32 > MAX_LOCALS {
        return Err(WasmError::TooLarge { func: name.clone(), what: "locals" });
    }
    if g.frame > MAX_FRAME {
        return Err(WasmError::TooLarge { func: name.clone(), what: "frame" });
    }
    g.prologue();
    g.run().map_err(|op| WasmError::Unsupported { func: name.clone(), op })?;
    g.code.push(I::Unreachable).end();
    let (params, result) = signature(&func.params, func.ret.unwrap_or(Ty::Void));
    Ok(Emitted { params, result, locals: g.types, code: g.code })
}

/// The WebAssembly signature of a compiled function.
pub fn signature(params: &[Ty], ret: Ty) -> (Vec<ValType>, Option<ValType>) {
    let mut out = vec![ValType::I32];
    out.extend(params.iter().filter_map(|&t| val_type(t)));
    (out, val_type(ret))
}

/// The WebAssembly signature of a runtime function. Addresses are `u64` on its side.
pub fn runtime_signature(f: RtFn) -> (Vec<ValType>, Option<ValType>) {
    let of = |&ty: &Ty| if ty == Ty::Ptr { Some(ValType::I64) } else { val_type(ty) };
    let mut params = vec![ValType::I32];
    params.extend(f.sig().params.iter().filter_map(of));
    (params, of(&f.sig().ret))
}

/// Whether an instruction may scan the stack: references that live across it must be in the shadow frame.
fn may_scan(module: &Module, d: &InstData) -> bool {
    match d.op {
        Op::Call | Op::CallVirtual | Op::CallCell | Op::Poll | Op::NewObject => true,
        Op::CallRt => RtFn::from_index(d.a).is_some_and(|f| f.sig().effects.has(Effects::SCAN)),
        Op::StoreField => d.aux == Barrier::Full as u16 && module.fields[FieldId(d.c)].kind.is_counted(),
        Op::StoreElem => d.aux >> 8 == Barrier::Full as u16,
        _ => false,
    }
}

fn is_constant(op: Op) -> bool {
    use Op::*;
    matches!(
        op,
        IConst | F64Const | F32Const | BConst | RefConst | AnyConst | StrConst | GlobalRef | FuncCell
    )
}

impl<'m> FuncGen<'m> {
    fn new(unit: &'m mut Unit, module: &'m Module, func: &'m Func, cfg: Cfg) -> FuncGen<'m> {
        let tracked = |v: Value| func.ty(v) != Ty::Void && !func.def(v).is_some_and(|d| is_constant(d.op));
        let live = Liveness::new(func, &cfg, tracked, |i| may_scan(module, &func.insts[i]));
        let entry = &func.blocks[func.entry()].params;

        let mut locals = vec![None; func.values.len()];
        for (i, &p) in entry.iter().enumerate() {
            locals[p.index()] = Some(i as u32 + 1);
        }
        let mut types = Vec::new();
        let base = entry.len() as u32 + 1;
        let mut local = |ty| {
            types.push(ty);
            base + types.len() as u32 - 1
        };
        let own_fp = local(ValType::I32);
        let exc = local(ValType::I64);
        let scratch = Scratch {
            i32: [local(ValType::I32), local(ValType::I32), local(ValType::I32)],
            i64: local(ValType::I64),
            f64: local(ValType::F64),
        };
        let named = assign(&live.intervals, |v| {
            (tracked(v) && locals[v.index()].is_none()).then(|| val_type(func.ty(v))).flatten()
        });
        let mut firsts = Vec::new();
        for &(ty, count) in &named.counts {
            let first = base + types.len() as u32;
            types.extend(std::iter::repeat_n(ty, count as usize));
            firsts.push((ty, first));
        }
        for (v, place) in named.places.iter().enumerate() {
            if let Some((ty, n)) = place {
                let first = firsts.iter().find(|(t, _)| t == ty).map_or(0, |f| f.1);
                locals[v] = Some(first + n);
            }
        }

        // The shadow frame: areas of stack_slot, then references.
        let mut frame = 0u32;
        let mut areas = vec![None; func.insts.len()];
        let mut uses = vec![0; func.values.len()];
        let mut calls = false;
        for &block in &cfg.order {
            for &inst in &func.blocks[block].insts {
                let d = &func.insts[inst];
                func.for_each_arg(inst, |v| uses[v.index()] += 1);
                calls |= matches!(d.op, Op::Call | Op::CallVirtual | Op::CallCell);
                if d.op == Op::StackSlot {
                    areas[inst.index()] = Some(frame);
                    frame = frame.saturating_add(d.a.saturating_mul(8)).min(MAX_FRAME + 1);
                }
            }
        }
        let spilled =
            assign(&live.intervals, |v| (live.crosses[v.index()] && func.ty(v).is_reference()).then_some(()));
        let slots = spilled.places.iter().map(|p| p.map(|(_, n)| frame + 4 * n)).collect();
        frame += 4 * spilled.counts.first().map_or(0, |c| c.1);
        if calls {
            let cold = 4 * entry.iter().filter(|&&p| func.ty(p).is_reference()).count() as u32;
            let engine = BYTES_PER_FRAME + BYTES_PER_LOCAL * (base + types.len() as u32);
            frame = frame.max(cold).max(engine);
        }
        frame = frame.next_multiple_of(FRAME_ALIGN);

        FuncGen {
            unit,
            module,
            func,
            cfg,
            code: Code::new(),
            locals,
            slots,
            areas,
            uses,
            fp: if frame == 0 { SP } else { own_fp },
            exc,
            scratch,
            types,
            frame,
            checked: calls,
            ctxs: Vec::new(),
            tasks: Vec::new(),
            handler: None,
        }
    }

    /// Makes the shadow frame; where this function calls others, tests depth and polls.
    fn prologue(&mut self) {
        if self.frame != 0 {
            self.code.get(SP).i32(self.frame as i32).push(I::I32Sub).set(self.fp);
        }
        if !self.checked {
            return;
        }
        self.below_limit();
        self.code.if_();
        let entry = self.func.entry();
        let refs = self.func.blocks[entry].params.iter().filter(|&&p| self.func.ty(p).is_reference());
        for (i, &p) in refs.enumerate() {
            if let Some(local) = self.locals[p.index()] {
                store_slot(&mut self.code, self.fp, 4 * i as u32, local, self.func.ty(p));
            }
        }
        self.code.set_scan_top(self.fp).context().rt(RtFn::Poll);
        self.raise_pending();
        self.code.end();
    }

    /// Leaves whether the shadow stack passed its limit or a poll is wanted.
    pub fn below_limit(&mut self) {
        self.code.get(self.fp).load_context(ctx::STACK_LIMIT).push(I::I32LtU);
    }

    fn raise_pending(&mut self) {
        self.code.load_context(ctx::ATTENTION).i32(ATTENTION_EXCEPTION as i32).push(I::I32And);
        self.code.if_().helper(Helper::Raise).end();
    }

    /// After a runtime call that may have left an exception: to the handler, or out.
    pub fn check_exception(&mut self) {
        match self.handler {
            None => self.raise_pending(),
            Some(at) => {
                let depth = (self.ctxs.len() - 1 - at) as u32;
                self.code.load_context(ctx::ATTENTION).i32(ATTENTION_EXCEPTION as i32).push(I::I32And);
                self.code.if_().helper(Helper::TakeException).br(depth + 1).end();
            }
        }
    }

    /// Emits code that stands in one more `if` than the structure knows of.
    pub fn nested(&mut self, emit: impl FnOnce(&mut Self)) {
        self.ctxs.push(Ctx::Plain);
        emit(self);
        self.ctxs.pop();
    }

    // Values.

    /// The local of a value that is no constant.
    pub fn local(&self, v: Value) -> Option<u32> {
        self.locals[v.index()]
    }

    /// Pushes a value that the instruction reads more than once.
    pub fn read(&mut self, v: Value) {
        match self.locals[v.index()] {
            Some(local) => {
                self.code.get(local);
            }
            None => self.constant(v),
        }
    }

    /// Pushes a value that the instruction reads once.
    pub fn get(&mut self, v: Value) {
        match self.locals[v.index()] {
            Some(local) => {
                self.code.get_once(local, self.uses[v.index()] == 1);
            }
            None => self.constant(v),
        }
    }

    fn constant(&mut self, v: Value) {
        let Some(d) = self.func.def(v).copied() else { return };
        let c = &mut self.code;
        match d.op {
            Op::F64Const => c.f64_bits(d.imm()),
            Op::F32Const => c.f32_bits(d.imm() as u32),
            Op::StrConst => match self.unit.literals.get(&StrId(d.a)) {
                Some(&global) => c.push(I::GlobalGet(global)),
                None => c.i64(immediate(self.module, StrId(d.a)).unwrap_or(EMPTY_STRING)),
            },
            Op::GlobalRef => match self.unit.globals.get(&GlobalId(d.a)) {
                Some(&global) => c.push(I::GlobalGet(global)),
                None => c.i32(0),
            },
            Op::FuncCell => c.i32(self.module.funcs[FuncId(d.a)].cell as i32),
            _ if val_type(d.ty) == Some(ValType::I64) => c.i64(d.imm()),
            _ => c.i32(d.imm() as i32),
        };
    }

    /// Whether `v` is a constant, and the instruction that makes it.
    pub fn const_def(&self, v: Value) -> Option<&InstData> {
        self.func.def(v).filter(|d| is_constant(d.op))
    }

    /// Pops the result of `inst`, storing it in the shadow frame when it must be found there.
    pub fn set_result(&mut self, inst: Inst) {
        let Some(v) = self.func.result(inst) else { return };
        let Some(local) = self.locals[v.index()] else { return };
        self.code.set(local);
        self.spill(v);
    }

    fn spill(&mut self, v: Value) {
        if let (Some(slot), Some(local)) = (self.slots[v.index()], self.locals[v.index()]) {
            store_slot(&mut self.code, self.fp, slot, local, self.func.ty(v));
        }
    }

    /// Pushes the address of a frame area.
    pub fn area(&mut self, inst: Inst) {
        let offset = self.areas[inst.index()].unwrap_or(0);
        self.code.get(self.fp).i32(offset as i32).push(I::I32Add);
    }

    pub fn catch_value(&mut self) {
        self.code.get(self.exc);
    }

    // Structure.

    fn run(&mut self) -> Result<(), &'static str> {
        self.tasks.push(Task::Tree(self.func.entry()));
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Tree(block) => self.tree(block)?,
                Task::Goto(from, call) => self.goto(from, call),
                Task::Else => {
                    self.code.else_();
                }
                Task::End => {
                    self.ctxs.pop();
                    self.code.end();
                }
            }
        }
        Ok(())
    }

    fn tree(&mut self, block: Block) -> Result<(), &'static str> {
        if self.cfg.is_loop_header(block) {
            self.code.push(I::Loop(BlockType::Empty));
            self.ctxs.push(Ctx::Loop(block));
            self.tasks.push(Task::End);
        }
        let merges: SmallVec<[Block; 4]> =
            self.cfg.children(block).filter(|&c| self.cfg.is_merge(c)).collect();
        for &merge in merges.iter().rev() {
            self.code.block();
            self.ctxs.push(Ctx::Merge(merge));
            self.tasks.push(Task::Tree(merge));
            self.tasks.push(Task::End);
        }
        self.node(block)
    }

    /// The instructions of one block, and tasks for where it goes.
    fn node(&mut self, block: Block) -> Result<(), &'static str> {
        let func = self.func;
        for &p in &func.blocks[block].params {
            self.spill(p);
        }
        let (&last, insts) = func.blocks[block].insts.split_last().ok_or("empty block")?;
        let end = func.insts[last];
        match insts.split_last() {
            Some((&thrower, before)) if end.op == Op::BrExc => {
                for &inst in before {
                    self.inst(inst)?;
                }
                self.guarded(block, thrower, &end)
            }
            _ => {
                for &inst in insts {
                    self.inst(inst)?;
                }
                self.terminator(block, &end)
            }
        }
    }

    /// ```text
    /// block                        the tasks left here: goto(handler) end goto(ok)
    ///   block (result i64)
    ///     <thrower>                a call stands in a try_table; a runtime call tests and branches
    ///     br 1
    ///   end
    ///   local.set exc
    /// ```
    fn guarded(&mut self, block: Block, thrower: Inst, end: &InstData) -> Result<(), &'static str> {
        self.code.block();
        self.ctxs.push(Ctx::Plain);
        self.code.block_i64();
        self.ctxs.push(Ctx::Plain);
        self.handler = Some(self.ctxs.len() - 1);
        let calls = matches!(self.func.insts[thrower].op, Op::Call | Op::CallVirtual | Op::CallCell);
        if calls {
            self.code.try_table();
            self.inst(thrower)?;
            self.code.end();
        } else {
            self.inst(thrower)?;
        }
        self.handler = None;
        self.code.br(1).end();
        self.ctxs.pop();
        self.code.set(self.exc);
        self.tasks.push(Task::Goto(block, BlockCallId(end.a)));
        self.tasks.push(Task::End);
        self.tasks.push(Task::Goto(block, BlockCallId(end.b)));
        Ok(())
    }

    fn terminator(&mut self, block: Block, d: &InstData) -> Result<(), &'static str> {
        match d.op {
            // An exception branch that begins its block has nothing that could throw.
            Op::Jump | Op::BrExc => self.tasks.push(Task::Goto(block, BlockCallId(d.a))),
            Op::Branch => {
                self.get(d.arg_a());
                self.code.if_();
                self.ctxs.push(Ctx::Plain);
                self.tasks.push(Task::End);
                self.tasks.push(Task::Goto(block, BlockCallId(d.c)));
                self.tasks.push(Task::Else);
                self.tasks.push(Task::Goto(block, BlockCallId(d.b)));
            }
            Op::Switch => self.switch(block, d),
            Op::Return => {
                self.get(d.arg_a());
                self.code.push(I::Return);
            }
            Op::ReturnVoid => {
                self.code.push(I::Return);
            }
            Op::Unreachable => {
                self.code.push(I::Unreachable);
            }
            op => return Err(op.name()),
        }
        Ok(())
    }

    /// A `br_table` where the cases lie close together, else a chain of comparisons; each arm is a `goto`.
    fn switch(&mut self, block: Block, d: &InstData) {
        let func = self.func;
        let targets = func.list(ListRef(d.b));
        let cases: SmallVec<[i32; 8]> = func.list(ListRef(d.c)).iter().map(|&c| c as i32).collect();
        // Arms in order: the default's, then each case's. Arm k begins after the k-th `end`.
        for _ in targets {
            self.code.block();
            self.ctxs.push(Ctx::Plain);
        }
        let (low, high) =
            (cases.iter().min().copied().unwrap_or(0), cases.iter().max().copied().unwrap_or(0));
        let span = i64::from(high) - i64::from(low) + 1;
        if span <= 4 * cases.len() as i64 + 8 {
            let mut table = vec![0; span as usize];
            for (k, &case) in cases.iter().enumerate().rev() {
                table[(i64::from(case) - i64::from(low)) as usize] = k as u32 + 1;
            }
            self.get(d.arg_a());
            self.code.i32(low).push(I::I32Sub).push(I::BrTable(table.into(), 0));
        } else {
            for (k, &case) in cases.iter().enumerate() {
                self.get(d.arg_a());
                self.code.i32(case).push(I::I32Eq).push(I::BrIf(k as u32 + 1));
            }
            self.code.br(0);
        }
        for &target in targets.iter().rev() {
            self.tasks.push(Task::Goto(block, BlockCallId(target)));
            self.tasks.push(Task::End);
        }
    }

    /// Passes the arguments of a branch and goes to its target, which follows here when no other path leads to it.
    fn goto(&mut self, from: Block, call: BlockCallId) {
        let func = self.func;
        let call = func.block_calls[call];
        let params = &func.blocks[call.block].params;
        // All arguments are on the operand stack before the first parameter is written: a parallel copy.
        let mut moved: SmallVec<[u32; 4]> = SmallVec::new();
        for (&p, arg) in params.iter().zip(func.values_of(call.args)) {
            let to = self.locals[p.index()];
            if to.is_some() && to != self.locals[arg.index()] {
                self.get(arg);
                moved.extend(to);
            }
        }
        for &local in moved.iter().rev() {
            self.code.set(local);
        }
        let backward = self.cfg.is_backward(from, call.block);
        if !backward && !self.cfg.is_merge(call.block) {
            self.tasks.push(Task::Tree(call.block));
            return;
        }
        let at = self.ctxs.iter().rposition(|c| match c {
            Ctx::Loop(b) => backward && *b == call.block,
            Ctx::Merge(b) => !backward && *b == call.block,
            Ctx::Plain => false,
        });
        // The dominator tree puts every such target around its sources.
        let at = at.unwrap_or_else(|| unreachable!("{} is not around {from}", call.block));
        self.code.br((self.ctxs.len() - 1 - at) as u32);
    }
}

/// Stores the 32 bits of a reference that name an object.
fn store_slot(code: &mut Code, fp: u32, offset: u32, local: u32, ty: Ty) {
    code.get(fp).push(I::LocalGet(local));
    if val_type(ty) == Some(ValType::I64) {
        code.push(I::I32WrapI64);
    }
    code.push(I::I32Store(mem(offset, 2)));
}

//! Tests that compile functions and run them, with a small runtime of their own.

mod arith;
mod control;
mod kernels;
mod memory;

use super::{CodeSpace, DEFAULT_CODE_BYTES, Stack, Uncaught};
use crate::x64::{self, Options};
use rustix::mm::{MapFlags, ProtFlags};
use ultra_abi::layout::{ATTENTION_EXCEPTION, WorkerContext};
use ultra_abi::{RtFn, shape};
use ultra_ir::builder::Builder;
use ultra_ir::{Func, FuncDecl, FuncId, Module, Op, Sig, Ty, Value};

/// What the runtime functions of the tests record; `ctx.runtime` points to it.
#[derive(Default)]
pub struct Events {
    pub log_full: u32,
    pub slow_allocs: u32,
    pub slow_incs: Vec<u32>,
    pub shared_stores: Vec<(u32, u64, u64)>,
    pub polls: u32,
    pub frames: Vec<super::Frame>,
    pub space: usize,
    pub fail_alloc: bool,
}

pub struct Machine {
    pub space: Box<CodeSpace>,
    pub ctx: Box<WorkerContext>,
    pub module: Module,
    pub stack: Stack,
    pub events: Box<Events>,
    pub log: Vec<u32>,
    region: *mut u8,
    pub fast: bool,
    pub baseline: bool,
}

const REGION: usize = 1 << 30;

unsafe extern "C" fn unexpected(_: *mut WorkerContext) -> u64 {
    eprintln!("unexpected runtime function");
    std::process::abort()
}

fn events<'a>(ctx: *mut WorkerContext) -> &'a mut Events {
    // SAFETY: the machine that runs keeps its events alive and unaliased while code runs.
    unsafe { &mut *((*ctx).runtime as *mut Events) }
}

unsafe extern "C" fn f64_to_int32(_: *mut WorkerContext, x: f64) -> u64 {
    // Garbage in the upper half: callers must not rely on it.
    let n = if x.is_finite() { (x.trunc() % 4294967296.0) as i64 as u32 } else { 0 };
    n as u64 | 0xDEAD_0000_0000_0000
}

unsafe extern "C" fn throw(ctx: *mut WorkerContext, word: u64) {
    // SAFETY: generated code passes its context.
    unsafe {
        (*ctx).exception = word;
        (*ctx).attention |= ATTENTION_EXCEPTION;
    }
}

unsafe extern "C" fn poll(ctx: *mut WorkerContext) {
    let e = events(ctx);
    e.polls += 1;
    // SAFETY: as above; polls record the stack for the tests of walks.
    unsafe {
        if e.space != 0 {
            e.frames = super::walk_frames(&*(e.space as *const CodeSpace), &*ctx, 1000);
        }
        let c = &mut *ctx;
        c.attention &= !2;
        if c.scan_top < c.real_stack_limit {
            throw(ctx, 0x5AFE);
        }
        c.stack_limit = c.real_stack_limit;
    }
}

unsafe extern "C" fn inc_slow(ctx: *mut WorkerContext, id: u64) {
    events(ctx).slow_incs.push(id as u32);
}

unsafe extern "C" fn log_full(ctx: *mut WorkerContext) {
    events(ctx).log_full += 1;
    // SAFETY: the log has 4 entries in these tests.
    unsafe { (*ctx).log_cur = (*ctx).log_end - 16 };
}

unsafe extern "C" fn store_shared(ctx: *mut WorkerContext, id: u32, slot: u64, v: u64) {
    events(ctx).shared_stores.push((id, slot, v));
}

unsafe extern "C" fn alloc_slow(ctx: *mut WorkerContext, class: u32, meta: u32) -> u64 {
    let e = events(ctx);
    e.slow_allocs += 1;
    if e.fail_alloc {
        // SAFETY: as in `throw`.
        unsafe { throw(ctx, 0x00E) };
        return 0;
    }
    // SAFETY: class is an inline class; the region is large enough for the tests.
    unsafe {
        let c = &mut *ctx;
        let run = &mut c.bump[class as usize];
        if run.cur == 0 {
            run.cur = (shape::HEAP_OFFSET / 8) as u32 + class * 0x10000;
        }
        let id = run.cur;
        run.cur += (class + 1) * 2;
        run.end = run.cur + 3 * (class + 1) * 2;
        let p = (c.heap_base + id as u64 * 8) as *mut u32;
        *p = shape::RC_NEW;
        *p.add(1) = meta;
        id as u64
    }
}

/// Calls nothing, but records the walk; returns garbage above 32 bits.
unsafe extern "C" fn trace(ctx: *mut WorkerContext, a: u32, b: u32) -> u64 {
    let e = events(ctx);
    // SAFETY: called by generated code with scan_top set.
    unsafe {
        e.frames = super::walk_frames(&*(e.space as *const CodeSpace), &*ctx, 1000);
        if a == 99 {
            (*ctx).stack_limit = u64::MAX;
        }
    }
    (a as u64 + b as u64) | 0xFFFF_FFFF_0000_0000
}

unsafe extern "C" fn char_code_at(_: *mut WorkerContext, s: u64, i: u32) -> u64 {
    (s & 0xFFFF) + i as u64
}

unsafe extern "C" fn lazy_compile(ctx: *mut WorkerContext, cell: u32) -> u64 {
    // SAFETY: tests that use lazy cells put the machine there.
    let m = unsafe { &mut *((*ctx).driver as *mut Machine) };
    let id = m.module.funcs.ids().nth(cell as usize).expect("one cell per function");
    if m.module.bodies[id].is_none() {
        // SAFETY: as in `throw`.
        unsafe { throw(ctx, 0xBAD) };
        return 0;
    }
    m.compile(id)
}

impl Machine {
    pub fn new() -> Machine {
        let mut table = vec![unexpected as *const () as u64; RtFn::ALL.len()];
        for (f, p) in [
            (RtFn::F64ToInt32, f64_to_int32 as *const () as u64),
            (RtFn::Throw, throw as *const () as u64),
            (RtFn::Poll, poll as *const () as u64),
            (RtFn::IncSlow, inc_slow as *const () as u64),
            (RtFn::LogFull, log_full as *const () as u64),
            (RtFn::StoreShared, store_shared as *const () as u64),
            (RtFn::StoreSharedWord, store_shared as *const () as u64),
            (RtFn::InitShared, store_shared as *const () as u64),
            (RtFn::InitSharedWord, store_shared as *const () as u64),
            (RtFn::AllocSlow, alloc_slow as *const () as u64),
            (RtFn::AllocLarge, trace as *const () as u64),
            (RtFn::StrCharCodeAt, char_code_at as *const () as u64),
        ] {
            table[f as usize] = p;
        }
        let space = Box::new(CodeSpace::new(&table, DEFAULT_CODE_BYTES).expect("code space"));
        // SAFETY: a fresh mapping.
        let region = unsafe {
            rustix::mm::mmap_anonymous(
                std::ptr::null_mut(),
                REGION,
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::PRIVATE | MapFlags::NORESERVE,
            )
        }
        .expect("region")
        .cast::<u8>();
        // SAFETY: all fields are integers.
        let mut ctx: Box<WorkerContext> = Box::new(unsafe { std::mem::zeroed() });
        let mut log = vec![0u32; 4];
        let mut events = Box::new(Events::default());
        space.init_context(&mut ctx);
        ctx.heap_base = region as u64;
        ctx.log_cur = log.as_mut_ptr() as u64;
        ctx.log_end = ctx.log_cur + 16;
        ctx.runtime = &mut *events as *mut Events as u64;
        ctx.compile_hook = lazy_compile as *const () as u64;
        events.space = &*space as *const CodeSpace as usize;
        Machine {
            space,
            ctx,
            module: Module::new(),
            stack: Stack::new(1 << 20).expect("stack"),
            events,
            log,
            region,
            fast: false,
            baseline: false,
        }
    }

    pub fn declare(&mut self, name: &str, params: &[Ty], ret: Ty) -> FuncId {
        let cell = self.module.funcs.len() as u32;
        let sig = Sig { params: params.to_vec(), ret };
        let id = self.module.add_func(FuncDecl {
            name: name.into(),
            sig,
            cell,
            nothrow: false,
            pure_: false,
            always_inline: false,
            no_inline: false,
        });
        self.space.ensure_cells(cell as usize + 1).expect("cells");
        id
    }

    /// Gives a declared function its body.
    pub fn define(&mut self, id: FuncId, body: impl FnOnce(&mut Builder, &[Value])) {
        let decl = self.module.funcs[id].clone();
        let ret = (decl.sig.ret != Ty::Void).then_some(decl.sig.ret);
        let mut b = Builder::new(Func::new(&*decl.name, decl.sig.params.clone(), ret));
        let entry = b.block();
        b.switch_to(entry);
        let args: Vec<Value> = decl.sig.params.iter().map(|&t| b.param(entry, t)).collect();
        b.seal(entry);
        body(&mut b, &args);
        self.module.bodies[id] = Some(b.finish());
    }

    pub fn func(
        &mut self,
        name: &str,
        params: &[Ty],
        ret: Ty,
        body: impl FnOnce(&mut Builder, &[Value]),
    ) -> FuncId {
        let id = self.declare(name, params, ret);
        self.define(id, body);
        id
    }

    pub fn code(&self, id: FuncId) -> x64::CompiledCode {
        let mut options = Options { fast: self.fast, disassemble: true, ..Options::default() };
        let done = |f: FuncId| self.space.address(f).is_some();
        options.compiled = &done;
        if self.baseline {
            options.features = x64::Features::BASELINE;
        }
        let f = self.module.bodies[id].as_ref().expect("body");
        x64::compile(f, id, &self.module, &options).unwrap_or_else(|e| panic!("{e}"))
    }

    pub fn compile(&mut self, id: FuncId) -> u64 {
        let code = self.code(id);
        if std::env::var_os("SHOW").is_some() {
            println!("{}", code.disassembly);
        }
        let at = self.space.add(&code).expect("place");
        self.space.publish(self.module.funcs[id].cell, at);
        at
    }

    /// Runs a compiled function with raw argument bits.
    pub fn call(&mut self, id: FuncId, args: &[u64]) -> Result<u64, Uncaught> {
        let sig = self.module.funcs[id].sig.clone();
        let args: Vec<(Ty, u64)> = sig.params.iter().copied().zip(args.iter().copied()).collect();
        let code = self.space.cell(self.module.funcs[id].cell);
        self.ctx.driver = self as *mut Machine as u64;
        // SAFETY: the context belongs to this machine and nothing runs on it.
        let r = unsafe { self.space.invoke(&mut *self.ctx, code, &self.stack, &args) };
        r.map(|(i, f)| if sig.ret.is_float() { f } else { i })
    }

    /// A u32 of the heap region.
    pub fn word(&mut self, id: u32, byte: usize) -> &mut u32 {
        // SAFETY: tests use ids inside the region.
        unsafe { &mut *(self.region.add(id as usize * 8 + byte) as *mut u32) }
    }

    pub fn wide(&mut self, id: u32, byte: usize) -> &mut u64 {
        // SAFETY: as above; cells are 8-aligned.
        unsafe { &mut *(self.region.add(id as usize * 8 + byte) as *mut u64) }
    }

    pub fn byte(&mut self, at: usize) -> &mut u8 {
        // SAFETY: as above.
        unsafe { &mut *self.region.add(at) }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // SAFETY: nothing refers to the region any more.
        unsafe {
            let _ = rustix::mm::munmap(self.region.cast(), REGION);
        }
    }
}

pub fn ret1(
    m: &mut Machine,
    params: &[Ty],
    ret: Ty,
    body: impl FnOnce(&mut Builder, &[Value]) -> Value,
) -> FuncId {
    let id = m.func("f", params, ret, |b, a| {
        let v = body(b, a);
        b.ret(v);
    });
    m.compile(id);
    id
}

pub fn call_rt(b: &mut Builder, f: RtFn, args: &[Value]) -> Value {
    b.call(Op::CallRt, f.sig().ret, f as u32, args, u32::MAX)
}

//! The assembly routines that generated code shares.
//!
//! ```text
//! entry       saves what SysV callees save, switches to the given stack, calls, stores results
//! lazy        r11d = cell: asks the driver for code, goes on there with the arguments intact
//! attention   exception pending: unwind; else poll
//! poll        poll, run destructors that are due, then unwind if one of these threw
//! preserving  one per runtime function that inline sequences call on their slow path
//!
//! stack inside a stub:
//!   arguments / result | return | rax rcx .. r13 | xmm0..15 (low halves) | <- scan_top | return again | rbp
//! ```
//! All registers are on the stack while the runtime runs, so that a conservative scan
//! sees every reference; the two words below `scan_top` let stack walks begin. While
//! destructors run, the word above their frame is the `scan_top` of the poll, through
//! which walks go on in the function that polled.

use super::unwind::find_pad;
use super::{CodeSpace, ExecError};
use crate::x64::asm::{Asm, Label, Opnd, at, mem};
use crate::x64::minst::Cc;
use crate::x64::regs::{self, CTX, HEAP, xmm};
use crate::x64::{CompiledCode, Stub, Target};
use iced_x86::{Code, Register};
use std::mem::offset_of;
use ultra_abi::RtFn;
use ultra_abi::layout::{ATTENTION_DESTROY, ATTENTION_EXCEPTION, ctx};
use ultra_abi::value::RtTy;

use Opnd::{Imm, Reg as R};
use Register::*;

/// Runtime functions that inline sequences call with all registers preserved.
const PRESERVING: [RtFn; 9] = [
    RtFn::AllocSlow,
    RtFn::LogFull,
    RtFn::IncSlow,
    RtFn::StoreShared,
    RtFn::StoreSharedWord,
    RtFn::InitShared,
    RtFn::InitSharedWord,
    RtFn::F64ToInt32,
    RtFn::StrCharCodeAt,
];

const SAVED: [Register; 13] = [RAX, RCX, RDX, RBX, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13];
const XMM_BYTES: i32 = 16 * 8;
/// Bytes between `scan_top` and the return address.
pub(super) const SAVE_BYTES: i32 = XMM_BYTES + 8 * SAVED.len() as i32;

/// What `entry` loads and stores.
#[repr(C)]
pub(super) struct EntryFrame {
    pub code: u64,
    /// Highest address of the stack to run on, 16-byte aligned.
    pub stack_top: u64,
    pub ints: [u64; 8],
    pub floats: [u64; 8],
    /// Words for the stack area; an even number.
    pub stack_args: *const u64,
    pub stack_len: u64,
    pub result_int: u64,
    pub result_float: u64,
}

/// Signature of the entry stub; returns 0, or 1 for an uncaught exception.
pub(super) type Entry =
    unsafe extern "sysv64" fn(*mut ultra_abi::layout::WorkerContext, *mut EntryFrame) -> u64;

fn cx(off: i32) -> Opnd {
    at(CTX, off)
}

fn slot_of(r: Register) -> i32 {
    let i = SAVED.iter().position(|&s| s == r).expect("a saved register") as i32;
    XMM_BYTES + 8 * (SAVED.len() as i32 - 1 - i)
}

fn save(a: &mut Asm) {
    for r in SAVED {
        a.op(Code::Push_r64, &[R(r)]);
    }
    a.op(Code::Sub_rm64_imm32, &[R(RSP), Imm(XMM_BYTES as i64)]);
    for n in 0..16 {
        a.op(Code::Movsd_xmmm64_xmm, &[at(RSP, 8 * n), R(regs::full(xmm(n as usize)))]);
    }
    a.op(Code::Mov_rm64_r64, &[cx(ctx::SCAN_TOP), R(RSP)]);
    // rbx keeps rsp over the call and its alignment.
    a.op(Code::Mov_r64_rm64, &[R(RBX), R(RSP)]);
    a.op(Code::Push_rm64, &[at(RBX, SAVE_BYTES)]);
    a.op(Code::Push_r64, &[R(RBP)]);
    a.op(Code::And_rm64_imm8, &[R(RSP), Imm(-16)]);
    a.op(Code::Mov_r64_rm64, &[R(RDI), R(CTX)]);
}

fn restore(a: &mut Asm) {
    a.op(Code::Mov_r64_rm64, &[R(RSP), R(RBX)]);
    for n in 0..16 {
        a.op(Code::Movsd_xmm_xmmm64, &[R(regs::full(xmm(n as usize))), at(RSP, 8 * n)]);
    }
    a.op(Code::Add_rm64_imm32, &[R(RSP), Imm(XMM_BYTES as i64)]);
    for r in SAVED.into_iter().rev() {
        a.op(Code::Pop_r64, &[R(r)]);
    }
}

/// Leaves the stub for the unwinder when an exception is pending.
fn unwind_if_pending(a: &mut Asm, unwind: Label) {
    a.op(Code::Test_rm32_imm32, &[cx(ctx::ATTENTION), Imm(ATTENTION_EXCEPTION as i64)]);
    a.jcc(Cc::Ne, unwind);
}

/// Goes to the landing pad; rbx is as `save` left it, rbp is the frame of the caller.
fn unwind_code(a: &mut Asm, shared: u64) {
    a.op(Code::Mov_r64_rm64, &[R(RSI), at(RBX, SAVE_BYTES)]);
    a.op(Code::Mov_r64_rm64, &[R(RDX), R(RBP)]);
    a.op(Code::Mov_r64_rm64, &[R(RDI), R(CTX)]);
    a.op(Code::Mov_r64_imm64, &[R(RCX), Imm(shared as i64)]);
    a.op(Code::Mov_r64_imm64, &[R(RAX), Imm(find_pad as *const () as u64 as i64)]);
    a.op(Code::Call_rm64, &[R(RAX)]);
    a.op(Code::Mov_r64_rm64, &[R(RBP), cx(ctx::UNWIND_FP)]);
    a.op(Code::Mov_r64_rm64, &[R(RSP), R(RDX)]);
    a.op(Code::Jmp_rm64, &[R(RAX)]);
}

/// Returns the code with the label of the return address of the call that runs destructors.
fn poll(shared: u64, first_check: bool) -> (Asm, Label) {
    let mut a = Asm::new();
    let unwind = a.label();
    save(&mut a);
    if first_check {
        unwind_if_pending(&mut a, unwind);
    }
    a.call(Target::Runtime(RtFn::Poll));
    unwind_if_pending(&mut a, unwind);
    let done = a.label();
    a.op(Code::Test_rm32_imm32, &[cx(ctx::ATTENTION), Imm(ATTENTION_DESTROY as i64)]);
    a.jcc(Cc::E, done);
    // Generated code keeps no register but rbp; two words keep the alignment.
    a.op(Code::Push_r64, &[R(RBX)]);
    a.op(Code::Push_r64, &[R(RBX)]);
    a.op(Code::Call_rm64, &[cx(ctx::DESTROY_ENTRY)]);
    let returned = a.here();
    a.op(Code::Pop_r64, &[R(RBX)]);
    a.op(Code::Pop_r64, &[R(RBX)]);
    a.bind(done);
    restore(&mut a);
    a.op(Code::Retnq, &[]);
    a.bind(unwind);
    unwind_code(&mut a, shared);
    (a, returned)
}

fn preserving(rt: RtFn) -> Asm {
    let mut a = Asm::new();
    save(&mut a);
    let (locs, _) = regs::assign(rt.sig().params.iter().copied(), &regs::RT_INT_ARGS);
    for (i, loc) in locs.into_iter().enumerate() {
        let from = at(RBX, SAVE_BYTES + 8 + 8 * i as i32);
        if let regs::ArgLoc::Reg(p) = loc {
            let code =
                if rt.sig().params[i].is_float() { Code::Movsd_xmm_xmmm64 } else { Code::Mov_r64_rm64 };
            a.op(code, &[R(regs::full(p)), from]);
        }
    }
    a.call(Target::Runtime(rt));
    let to = at(RBX, SAVE_BYTES + 8);
    match rt.sig().ret {
        RtTy::Void => {}
        t if t.is_float() => a.op(Code::Movsd_xmmm64_xmm, &[to, R(XMM0)]),
        _ => a.op(Code::Mov_rm64_r64, &[to, R(RAX)]),
    }
    restore(&mut a);
    a.op(Code::Retnq, &[]);
    a
}

fn lazy(shared: u64) -> Asm {
    let mut a = Asm::new();
    let unwind = a.label();
    save(&mut a);
    a.op(Code::Mov_r32_rm32, &[R(RSI), R(R11)]);
    a.op(Code::Call_rm64, &[cx(ctx::COMPILE_HOOK)]);
    a.op(Code::Test_rm64_r64, &[R(RAX), R(RAX)]);
    a.jcc(Cc::E, unwind);
    a.op(Code::Mov_rm64_r64, &[at(RBX, slot_of(R11)), R(RAX)]);
    restore(&mut a);
    a.op(Code::Jmp_rm64, &[R(R11)]);
    a.bind(unwind);
    unwind_code(&mut a, shared);
    a
}

const CALLEE_SAVED: [Register; 6] = [RBP, RBX, R12, R13, R14, R15];

/// Returns the code with the labels of its call's return address and of the exit for exceptions.
fn entry() -> (Asm, Label, Label) {
    let mut a = Asm::new();
    let field = |off: usize| at(RSI, off as i32);
    for r in CALLEE_SAVED {
        a.op(Code::Push_r64, &[R(r)]);
    }
    a.op(Code::Push_r64, &[R(RSI)]);
    a.op(Code::Mov_r64_rm64, &[R(CTX), R(RDI)]);
    a.op(Code::Mov_r64_rm64, &[R(HEAP), cx(ctx::HEAP_BASE)]);
    a.op(Code::Mov_r64_rm64, &[R(RAX), field(offset_of!(EntryFrame, stack_top))]);
    a.op(Code::Mov_rm64_r64, &[at(RAX, -8), R(RSP)]);
    a.op(Code::Lea_r64_m, &[R(RSP), at(RAX, -16)]);
    a.op(Code::Xor_r32_rm32, &[R(RBP), R(RBP)]);
    a.op(Code::Mov_rm64_r64, &[cx(ctx::BASE_SP), R(RSP)]);
    a.op(Code::Mov_rm64_r64, &[cx(ctx::BASE_FP), R(RBP)]);
    // Stack arguments, last first.
    let (again, done) = (a.label(), a.label());
    a.op(Code::Mov_r64_rm64, &[R(RCX), field(offset_of!(EntryFrame, stack_len))]);
    a.op(Code::Mov_r64_rm64, &[R(RDX), field(offset_of!(EntryFrame, stack_args))]);
    a.bind(again);
    a.op(Code::Test_rm64_r64, &[R(RCX), R(RCX)]);
    a.jcc(Cc::E, done);
    a.op(Code::Push_rm64, &[Opnd::Mem(mem(RDX, RCX, 8, -8))]);
    a.op(Code::Dec_rm64, &[R(RCX)]);
    a.jmp(again);
    a.bind(done);
    a.op(Code::Mov_r64_rm64, &[R(R11), field(offset_of!(EntryFrame, code))]);
    for n in 0..8 {
        a.op(Code::Movsd_xmm_xmmm64, &[R(regs::full(xmm(n))), field(offset_of!(EntryFrame, floats) + 8 * n)]);
    }
    // rsi is the base of these loads, so it comes last.
    for (n, p) in regs::INT_ARGS.into_iter().enumerate() {
        if p != regs::RSI {
            a.op(Code::Mov_r64_rm64, &[R(regs::full(p)), field(offset_of!(EntryFrame, ints) + 8 * n)]);
        }
    }
    a.op(Code::Mov_r64_rm64, &[R(RSI), field(offset_of!(EntryFrame, ints) + 8)]);
    a.op(Code::Call_rm64, &[R(R11)]);
    let returned = a.here();
    let exit = a.label();
    a.op(Code::Mov_r64_rm64, &[R(RSP), cx(ctx::BASE_SP)]);
    a.op(Code::Mov_r64_rm64, &[R(RSP), at(RSP, 8)]);
    a.op(Code::Pop_r64, &[R(RSI)]);
    a.op(Code::Mov_rm64_r64, &[field(offset_of!(EntryFrame, result_int)), R(RAX)]);
    a.op(Code::Movsd_xmmm64_xmm, &[field(offset_of!(EntryFrame, result_float)), R(XMM0)]);
    a.op(Code::Xor_r32_rm32, &[R(RAX), R(RAX)]);
    a.bind(exit);
    for r in CALLEE_SAVED.into_iter().rev() {
        a.op(Code::Pop_r64, &[R(r)]);
    }
    a.op(Code::Retnq, &[]);
    let thrown = a.here();
    a.op(Code::Mov_r64_rm64, &[R(RSP), at(RSP, 8)]);
    a.op(Code::Pop_r64, &[R(RSI)]);
    a.op(Code::Mov_r32_imm32, &[R(RAX), Imm(1)]);
    a.jmp(exit);
    (a, returned, thrown)
}

/// Assembles all stubs into a fresh space.
pub(super) fn install(space: &mut CodeSpace) -> Result<(), ExecError> {
    let shared = &*space.shared as *const super::Shared as u64;
    let put = |space: &CodeSpace, asm: Asm| -> Result<(u64, Vec<u32>), ExecError> {
        let done = asm.finish().map_err(ExecError::Stub)?;
        let code = CompiledCode { bytes: done.bytes, relocs: done.relocs, ..CompiledCode::default() };
        let mut w = space.writer.lock().unwrap_or_else(|e| e.into_inner());
        Ok((space.place(&mut w, &code, false)?, done.labels))
    };
    let (asm, returned, thrown) = entry();
    let (at, labels) = put(space, asm)?;
    space.entry = at;
    {
        let mut registry = space.shared.registry.write().unwrap_or_else(|e| e.into_inner());
        registry.base_return = at + labels[returned.0 as usize] as u64;
        registry.base_unwind = at + labels[thrown.0 as usize] as u64;
    }
    space.lazy = put(space, lazy(shared))?.0;
    let mut stubs = Vec::new();
    for (stub, first_check) in [(Stub::Attention, true), (Stub::Poll, false)] {
        let (asm, returned) = poll(shared, first_check);
        let (at, labels) = put(space, asm)?;
        stubs.push((stub, at));
        let mut registry = space.shared.registry.write().unwrap_or_else(|e| e.into_inner());
        registry.destroy_returns.push(at + labels[returned.0 as usize] as u64);
    }
    for rt in PRESERVING {
        stubs.push((Stub::Preserving(rt), put(space, preserving(rt))?.0));
    }
    space.writer.lock().unwrap_or_else(|e| e.into_inner()).stubs = stubs;
    Ok(())
}

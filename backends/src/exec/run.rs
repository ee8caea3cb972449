//! Entering generated code on a stack of its own.

use super::stubs::{Entry, EntryFrame};
use super::{CodeSpace, ExecError, Shared};
use crate::x64::regs::{self, ArgLoc};
use rustix::mm::{MapFlags, ProtFlags};
use std::ops::Range;
use std::sync::Mutex;
use std::thread::ThreadId;
use ultra_abi::layout::WorkerContext;
use ultra_ir::Ty;

const GUARD: usize = 64 << 10;
/// Kept free below the limit that prologues check: runtime functions use at most
/// 64 KiB, stubs and one frame lie on top of that.
const RESERVE: usize = 256 << 10;

/// Size of the main stack in bytes: `ULTRA_STACK` (bytes, or with a suffix k or m), or 8 MiB.
pub fn default_stack_size() -> usize {
    let parse = |s: String| {
        let s = s.trim().to_ascii_lowercase();
        let (digits, unit) = match s.strip_suffix('k') {
            Some(d) => (d, 1 << 10),
            None => s.strip_suffix('m').map_or((s.as_str(), 1), |d| (d, 1 << 20)),
        };
        digits.parse::<usize>().ok().and_then(|n| n.checked_mul(unit))
    };
    std::env::var("ULTRA_STACK").ok().and_then(parse).unwrap_or(8 << 20)
}

/// A stack for generated code, with a guard area below it.
pub struct Stack {
    base: *mut u8,
    bytes: usize,
}

// SAFETY: a stack is plain memory; whoever holds it decides which thread runs on it.
unsafe impl Send for Stack {}

impl Stack {
    /// Maps a stack with `bytes` of usable space, at least 64 KiB.
    pub fn new(bytes: usize) -> Result<Stack, ExecError> {
        let bytes = bytes.clamp(64 << 10, 1 << 36).next_multiple_of(4096) + GUARD + RESERVE;
        // SAFETY: a fresh mapping at an address of the system's choice.
        let base = unsafe {
            rustix::mm::mmap_anonymous(
                std::ptr::null_mut(),
                bytes,
                ProtFlags::READ | ProtFlags::WRITE,
                MapFlags::PRIVATE | MapFlags::NORESERVE,
            )?
        };
        // SAFETY: the start of the mapping just made, which holds nothing yet.
        unsafe { rustix::mm::mprotect(base, GUARD, rustix::mm::MprotectFlags::empty())? };
        Ok(Stack { base: base.cast(), bytes })
    }

    fn top(&self) -> u64 {
        self.base as u64 + self.bytes as u64
    }

    fn limit(&self) -> u64 {
        self.base as u64 + (GUARD + RESERVE) as u64
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `new` and nothing runs on it any more.
        unsafe {
            let _ = rustix::mm::munmap(self.base.cast(), self.bytes);
        }
    }
}

/// The exception word that left the outermost generated function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uncaught(pub u64);

/// A run of generated code under way: what a stack walk on its thread may look at.
#[derive(Clone)]
pub(super) struct Run {
    /// Address of the context.
    ctx: usize,
    thread: ThreadId,
    /// Addresses of the stack that the code runs on.
    pub stack: Range<u64>,
    /// Address of the space's `Shared`.
    pub shared: usize,
}

static RUNS: Mutex<Vec<Run>> = Mutex::new(Vec::new());

impl Run {
    /// The innermost run on a context, if this thread is in it. It lasts at least until
    /// the caller returns, since its `invoke` is on the stack of this thread.
    pub fn of(ctx: *const WorkerContext) -> Option<Run> {
        let thread = std::thread::current().id();
        let runs = RUNS.lock().unwrap_or_else(|e| e.into_inner());
        runs.iter().rfind(|r| r.ctx == ctx as usize && r.thread == thread).cloned()
    }
}

/// Keeps a run in the list for as long as it lasts.
struct Entered(Run);

impl Entered {
    fn new(ctx: *const WorkerContext, stack: &Stack, shared: &Shared) -> Entered {
        let stack = stack.base as u64 + GUARD as u64..stack.top();
        let run = Run {
            ctx: ctx as usize,
            thread: std::thread::current().id(),
            stack,
            shared: shared as *const Shared as usize,
        };
        RUNS.lock().unwrap_or_else(|e| e.into_inner()).push(run.clone());
        Entered(run)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut runs = RUNS.lock().unwrap_or_else(|e| e.into_inner());
        if let Some(at) = runs.iter().rposition(|r| r.ctx == self.0.ctx && r.thread == self.0.thread) {
            runs.remove(at);
        }
    }
}

impl CodeSpace {
    /// Runs the function at `code`, which takes and returns nothing.
    ///
    /// # Safety
    /// `ctx` is a valid context whose tables belong to this space and whose heap base,
    /// log and runtime fit the code; `code` came from `add` of this space (or is in one
    /// of its cells) and takes no parameters; no generated code runs on `ctx` or `stack`.
    pub unsafe fn call_main(
        &self,
        ctx: *mut WorkerContext,
        code: u64,
        stack: &Stack,
    ) -> Result<(), Uncaught> {
        // SAFETY: the caller's promises are those of `invoke`.
        unsafe { self.invoke(ctx, code, stack, &[]) }.map(|_| ())
    }

    /// Runs a function with arguments of the given types as raw bits; returns the bits of
    /// the integer and the float result register.
    ///
    /// # Safety
    /// As for `call_main`; the types are those of the function's parameters.
    pub unsafe fn invoke(
        &self,
        ctx: *mut WorkerContext,
        code: u64,
        stack: &Stack,
        args: &[(Ty, u64)],
    ) -> Result<(u64, u64), Uncaught> {
        let (locs, words) = regs::assign(args.iter().map(|a| a.0), &regs::INT_ARGS);
        let mut area = vec![0u64; words.next_multiple_of(2) as usize];
        let mut frame = EntryFrame {
            code,
            stack_top: stack.top() & !15,
            ints: [0; 8],
            floats: [0; 8],
            stack_args: std::ptr::null(),
            stack_len: area.len() as u64,
            result_int: 0,
            result_float: 0,
        };
        for (&(ty, bits), loc) in args.iter().zip(locs) {
            match loc {
                ArgLoc::Stack(n) => area[n as usize] = bits,
                ArgLoc::Reg(p) if ty.is_float() => frame.floats[p.hw_enc()] = bits,
                ArgLoc::Reg(p) => {
                    let n = regs::INT_ARGS.iter().position(|&q| q == p).expect("an argument register");
                    frame.ints[n] = bits;
                }
            }
        }
        frame.stack_args = area.as_ptr();
        let _entered = Entered::new(ctx, stack, &self.shared);
        // SAFETY: the caller promises a valid context that nobody else uses now.
        let status = unsafe {
            (*ctx).stack_base = stack.top();
            // Until the code enters the runtime there is nothing to walk.
            (*ctx).scan_top = stack.top();
            (*ctx).real_stack_limit = stack.limit();
            (*ctx).stack_limit = stack.limit();
            let entry: Entry = std::mem::transmute::<u64, Entry>(self.entry);
            entry(ctx, &mut frame)
        };
        if status == 0 {
            return Ok((frame.result_int, frame.result_float));
        }
        // SAFETY: as above; generated code has returned.
        unsafe {
            (*ctx).attention &= !ultra_abi::layout::ATTENTION_EXCEPTION;
            Err(Uncaught((*ctx).exception))
        }
    }
}

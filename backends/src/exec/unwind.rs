//! Finding frames: the unwinder and stack walks.
//!
//! ```text
//! [fp+8] return address into the caller      [fp] the caller's fp      fp - frame_size = sp
//! ```
//! Only frames of generated code are on the chain; it ends at the entry stub. A walk
//! starts at `ctx.scan_top`: the word below it is the innermost return address, and the
//! next one the frame pointer, unless the return address is of a direct runtime call,
//! where rsp stood at the bottom of the frame.

use super::{CodeSpace, Shared};
use ultra_abi::layout::WorkerContext;

/// A frame of a stack trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Function id in the module.
    pub func: u32,
    /// Source position (byte offset) of the call, or u32::MAX.
    pub pos: u32,
}

/// Where to continue after a throw.
#[repr(C)]
pub(crate) struct Resume {
    pc: u64,
    sp: u64,
}

/// Finds the landing pad for an exception at return address `pc` in the frame `fp`.
///
/// # Safety
/// `ctx` and `shared` are valid; `fp` is the frame pointer of the generated function
/// that `pc` returns into, and its chain leads to the entry stub.
pub(crate) unsafe extern "sysv64" fn find_pad(ctx: *mut WorkerContext, pc: u64, fp: u64, shared: *const Shared) -> Resume {
    // SAFETY: promised by the caller.
    let (ctx, shared) = unsafe { (&mut *ctx, &*shared) };
    let registry = shared.registry.read().unwrap_or_else(|e| e.into_inner());
    let (mut pc, mut fp) = (pc, fp);
    while fp != 0 && pc != registry.base_return {
        if let Some(s) = registry.find(pc)
            && s.site.pad != u32::MAX
        {
            ctx.unwind_fp = fp;
            return Resume { pc: s.func.start + s.site.pad as u64, sp: fp - s.func.frame_size as u64 };
        }
        // SAFETY: frames of generated functions start with the caller's fp and the return address.
        (pc, fp) = unsafe { (*((fp + 8) as *const u64), *(fp as *const u64)) };
    }
    ctx.unwind_fp = ctx.base_fp;
    Resume { pc: registry.base_unwind, sp: ctx.base_sp }
}

/// The frames of generated code on the stack of a context, innermost first, at most `limit`.
///
/// # Safety
/// Called by a runtime function that generated code called on this context (with effects
/// that set `scan_top`, or through a stub), on the same thread.
pub unsafe fn walk_frames(space: &CodeSpace, ctx: &WorkerContext, limit: usize) -> Vec<Frame> {
    let registry = space.shared.registry.read().unwrap_or_else(|e| e.into_inner());
    let mut out = Vec::new();
    let top = ctx.scan_top;
    if top == 0 {
        return out;
    }
    // SAFETY: the call that entered the runtime left its return address below scan_top.
    let mut pc = unsafe { *((top - 8) as *const u64) };
    let mut fp = match registry.find(pc) {
        Some(s) if s.site.runtime => top + s.func.frame_size as u64,
        // SAFETY: stubs push rbp after the return address.
        _ => unsafe { *((top - 16) as *const u64) },
    };
    while fp != 0 && pc != registry.base_return && out.len() < limit {
        if let Some(s) = registry.find(pc) {
            out.push(Frame { func: s.func.id, pos: s.site.pos });
        }
        // SAFETY: as in `find_pad`.
        (pc, fp) = unsafe { (*((fp + 8) as *const u64), *(fp as *const u64)) };
    }
    out
}

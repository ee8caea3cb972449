//! Finding frames: the unwinder and stack walks.
//!
//! ```text
//! [fp+8] return address into the caller      [fp] the caller's fp      fp - frame_size = sp
//! ```
//! Only frames of generated code are on the chain; it ends at the entry stub. A walk
//! starts at `ctx.scan_top`: the word below it is the innermost return address, and the
//! next one the frame pointer, unless the return address is of a direct runtime call,
//! where rsp stood at the bottom of the frame.

use super::run::Run;
use super::stubs::SAVE_BYTES;
use super::{CodeSpace, Registry, Shared, Site};
use ultra_abi::layout::WorkerContext;

/// A frame of a stack trace; an inlined call is a frame of the function it was inlined into.
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
pub(crate) unsafe extern "sysv64" fn find_pad(
    ctx: *mut WorkerContext,
    pc: u64,
    fp: u64,
    shared: *const Shared,
) -> Resume {
    // SAFETY: promised by the caller.
    let (ctx, shared) = unsafe { (&mut *ctx, &*shared) };
    let registry = shared.registry.read().unwrap_or_else(|e| e.into_inner());
    let (mut pc, mut fp) = (pc, fp);
    // Few positions are enough to find one outside the library.
    let (mut passed, mut count) = ([0; 16], 0);
    while fp != 0 && pc != registry.base_return {
        if let Some(s) = registry.find(pc) {
            if s.site.pad != u32::MAX {
                ctx.unwind_fp = fp;
                return Resume { pc: s.func.start + s.site.pad as u64, sp: fp - s.func.frame_size as u64 };
            }
            for pos in s.offsets().take(passed.len() - count) {
                passed[count] = pos;
                count += 1;
            }
        }
        // SAFETY: frames of generated functions start with the caller's fp and the return
        // address; above a frame that a poll called lie the words that its stub pushed.
        unsafe {
            let frame = fp;
            (pc, fp) = (*((frame + 8) as *const u64), *(frame as *const u64));
            if registry.destroy_returns.contains(&pc) {
                pc = *((*((frame + 16) as *const u64) + SAVE_BYTES as u64) as *const u64);
            }
        }
    }
    *shared.uncaught.lock().unwrap_or_else(|e| e.into_inner()) = passed[..count].to_vec();
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
    // SAFETY: the walk reads words that calls and prologues of generated code have pushed.
    walk(
        &registry,
        ctx.scan_top,
        |at| Some(unsafe { *(at as *const u64) }),
        |site| {
            out.extend(site.offsets().take(limit - out.len()).map(|pos| Frame { func: site.func.id, pos }));
            out.len() < limit
        },
    );
    out
}

/// A frame of a stack trace with the name of its function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFrame {
    pub frame: Frame,
    pub name: Box<str>,
}

/// The frames of generated code below the runtime function that is running, innermost
/// first, at most `limit`: for the texts of error stacks.
///
/// `ctx` says which run is meant and may be any pointer. There are no frames when this
/// thread is not in a run on that context.
pub fn frames(ctx: *const WorkerContext, limit: usize) -> Vec<NamedFrame> {
    let mut out = Vec::new();
    let Some(run) = Run::of(ctx) else { return out };
    // SAFETY: the run lasts until this returns. Its `invoke` was promised a valid context, and
    // borrows the space whose `Shared` this is.
    let (top, shared) = unsafe { ((&raw const (*ctx).scan_top).read(), &*(run.shared as *const Shared)) };
    if limit == 0 || !run.stack.contains(&top) {
        return out;
    }
    let read = |at: u64| {
        let inside = at >= top - 16 && at.is_multiple_of(8) && run.stack.contains(&at);
        // SAFETY: an aligned word of the run's stack, which `invoke` borrows. Words from
        // `top - 16` on belong to generated code, which waits for the runtime to return.
        inside.then(|| unsafe { *(at as *const u64) })
    };
    let registry = shared.registry.read().unwrap_or_else(|e| e.into_inner());
    walk(&registry, top, read, |site| {
        let all = site.offsets().take(limit - out.len());
        out.extend(all.map(|pos| NamedFrame {
            frame: Frame { func: site.func.id, pos },
            name: site.func.name.clone(),
        }));
        out.len() < limit
    });
    out
}

/// Visits call sites from the runtime call at `top` outwards until `visit` wants no more,
/// the entry stub is reached, or a word cannot be read.
fn walk(
    registry: &Registry,
    top: u64,
    read: impl Fn(u64) -> Option<u64>,
    mut visit: impl FnMut(Site) -> bool,
) -> Option<()> {
    if top < 16 {
        return None;
    }
    // The call that entered the runtime left its return address below `top`.
    let mut pc = read(top - 8)?;
    let mut fp = match registry.find(pc) {
        Some(s) if s.site.runtime => top + s.func.frame_size as u64,
        // Stubs push rbp after the return address.
        _ => read(top - 16)?,
    };
    while fp != 0 && pc != registry.base_return {
        if let Some(s) = registry.find(pc)
            && !visit(s)
        {
            return None;
        }
        // Frames start with the caller's fp and the return address; callers lie higher.
        let next = read(fp)?;
        pc = read(fp.checked_add(8)?)?;
        if registry.destroy_returns.contains(&pc) {
            pc = read(read(fp.checked_add(16)?)?.checked_add(SAVE_BYTES as u64)?)?;
        }
        if next != 0 && next <= fp {
            return None;
        }
        fp = next;
    }
    Some(())
}

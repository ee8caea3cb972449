//! Publication: marking everything that an object reaches as shared.
//!
//! Invariant S: a shared object never refers to a local one. So before a reference is
//! stored where another goroutine can see it, all that it reaches is marked, each
//! object once; the search stops at objects that are shared or immortal already.

use crate::ctx;
use crate::mem::object::header_ptr;
use crate::rc::trace::each_child;
use ultra_abi::layout::WorkerContext;
use ultra_abi::shape::{RC_IMMORTAL, RC_SHARED};
use ultra_abi::value::REF_NULL;

/// Marks `id` and all that it reaches as shared.
///
/// # Safety
/// `ctx` must be the live context of the calling worker and `id` 0, 1 or a live object.
pub unsafe fn publish(ctx: *mut WorkerContext, id: u32) {
    if id <= REF_NULL {
        return;
    }
    // SAFETY: what a live object reaches is live; local headers are written by this worker alone.
    unsafe {
        let mut work = Vec::new();
        let mark = |id: u32, work: &mut Vec<u32>| {
            let rc = &raw mut (*header_ptr(ctx, id)).rc;
            if *rc & (RC_SHARED | RC_IMMORTAL) == 0 {
                *rc |= RC_SHARED;
                work.push(id);
            }
        };
        mark(id, &mut work);
        while let Some(id) = work.pop() {
            let (shapes, payloads) = (&*ctx::shapes(ctx), &*ctx::payloads(ctx));
            each_child(header_ptr(ctx, id).cast(), shapes, payloads, |child| mark(child, &mut work));
        }
    }
}

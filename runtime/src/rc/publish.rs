//! Publication: marking everything that an object reaches as shared.
//!
//! Invariant S: a shared object never refers to a local one. So before a reference is
//! stored where another goroutine can see it, all that it reaches is marked, each
//! object once; the search stops at objects that are shared or immortal already.
//! A published object has a count of at least 1 from the store that follows until it
//! dies, so it is never on a zero list.

use crate::ctx;
use crate::mem::object::head;
use crate::mutant;
use crate::rc::trace::{each_child, is_acyclic};
use crate::worker::Worker;
use ultra_abi::layout::WorkerContext;
use ultra_abi::shape::*;
use ultra_abi::value::REF_NULL;

/// Marks `id` and all that it reaches as shared. The caller stores a counted reference to
/// it before the next scan.
///
/// # Safety
/// `ctx` must be the live context of the calling worker and `id` 0, 1 or a live object.
pub unsafe fn publish(ctx: *mut WorkerContext, id: u32) {
    if id <= REF_NULL {
        return;
    }
    // SAFETY: what a live object reaches is live; local headers are written by this worker alone.
    unsafe {
        let (rt, w) = (&*ctx::runtime(ctx), &mut *ctx::worker(ctx));
        let watched = w.is_watched();
        let mut work = Vec::new();
        let mut mark = |id: u32, work: &mut Vec<u32>| {
            let head = head(ctx, id);
            let rc = head.rc();
            if rc & (RC_SHARED | RC_IMMORTAL) == 0 {
                head.set_rc(rc | RC_SHARED);
                work.push(id);
                if watched && !mutant::on("publication_not_noted") {
                    note(w, id, is_acyclic(rt, head.meta()));
                }
            }
        };
        mark(id, &mut work);
        while let Some(id) = work.pop() {
            each_child(head(ctx, id).ptr(), &rt.shapes, &rt.payloads, |child| mark(child, &mut work));
        }
    }
}

/// A collection of local garbage passes over what becomes shared meanwhile: one of shared garbage looks at it.
unsafe fn note(w: &mut Worker, id: u32, acyclic: bool) {
    w.note_touched(id);
    if !acyclic {
        // SAFETY: the object is live.
        let head = unsafe { w.runtime().heap.head(id) };
        w.enter_candidate(head, id);
    }
}

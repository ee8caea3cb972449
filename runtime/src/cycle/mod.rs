//! The collector of garbage cycles.
//!
//! Counts free everything but objects that refer to each other in a circle. An object
//! whose count was decremented, but not to 0, or which left the young or zero list
//! having been stored into the heap when nothing referred to it, may belong to such a
//! circle: it is a *candidate*. From the candidates the collector follows references,
//! and compares each count with the references that it met: where they are equal,
//! nothing else refers to the object.
//!
//! ```text
//! local garbage, small   a few ten thousand objects at most: by the worker, within a scan
//! local garbage, large   on the collector's thread, while the goroutine runs on:
//!     scan      candidates handed over; from here on every store notes what it touches
//!     thread    closure of the candidates, then their counts
//!     scan      what was touched, and what the stack holds, handed over
//!     thread    verdict: what was touched or recounted is alive, with all that it reaches
//!     scans     the rest is freed, so many objects at a time
//! shared garbage         the same, with every worker, and freed by the thread: each
//!                        member is first claimed, if its count still is what it was
//! ```
//! Counts are never changed to find garbage. What dies while the thread looks stays in
//! quarantine; candidates are kept in place by bit B. A candidate is forgotten only if
//! an object outside, which nobody touched, keeps it alive: what a stack alone holds
//! gets no decrement when it is let go.
//! The number of candidates that starts a collection follows success, as in Nim's ORC.

mod job;
mod shared;
mod task;
mod trial;

pub(crate) use job::Call;
pub use job::Cycles;
pub use task::Task;

use crate::ctx::Runtime;
use crate::mem::head::Head;
use crate::rc::reap::Reaper;
use crate::worker::Worker;
use ultra_abi::shape::RC_COLLECTOR;

/// Candidates that start a collection, at first and at least.
pub(crate) const THRESHOLD: usize = 8192;
const THRESHOLD_MIN: usize = 2048;
/// Objects that a worker looks through within one scan: about 2 ms.
const INLINE_LIMIT: usize = 32_768;
/// Members of garbage cycles that one scan frees.
const FREE_AT_ONCE: usize = 32_768;
/// Dead objects kept for being candidates, at which the candidates may be sifted, and their bytes.
/// They hold up whole pages, so they must be few; with half of the candidates dead a sift is cheap.
const ZOMBIES: usize = 32;
const ZOMBIE_BYTES: usize = 1 << 20;

/// The next threshold, after a collection that freed some of the objects it looked at.
pub(crate) fn next_threshold(now: usize, freed: usize, looked_at: usize) -> usize {
    if freed * 2 >= looked_at { (now / 3 * 2).max(THRESHOLD_MIN) } else { (now + now / 2).min(1 << 26) }
}

impl Worker {
    /// Enters an object among the candidates, if it is not there.
    pub(crate) fn enter_candidate(&mut self, head: Head, id: u32) {
        let rc = head.rc();
        if rc & RC_COLLECTOR != 0 {
            return;
        }
        if head.is_shared() {
            if head.set(RC_COLLECTOR as u64) as u32 & RC_COLLECTOR == 0 {
                self.candidates.push(id);
            }
        } else {
            head.set_rc(rc | RC_COLLECTOR);
            self.task.candidates.push(id);
        }
    }
}

/// The collector's part of a scan: answers calls and looks for small garbage.
///
/// # Safety
/// All logged decrements must be applied or queued, and `pins` be what the stack holds.
pub(crate) unsafe fn at_scan(rt: &Runtime, w: &mut Worker) {
    w.answer(rt);
    rt.cycles.offer(&mut w.candidates);
    rt.cycles.start_if_due(rt, w);
    // SAFETY: the caller vouches for the state of the worker.
    unsafe {
        if w.task.job.is_some() {
            task::attend(rt, w);
        }
        if !w.task.doomed.is_empty() {
            let mut doomed = std::mem::take(&mut w.task.doomed);
            let mut reaper = Reaper::new(rt, w, FREE_AT_ONCE);
            reaper.free_garbage(&mut doomed, if rt.options.audit { usize::MAX } else { FREE_AT_ONCE });
            reaper.bury();
            w.task.doomed = doomed;
        }
        if w.task.job.is_none() && w.task.doomed.is_empty() && is_due(rt, w) {
            task::collect(rt, w, INLINE_LIMIT);
        } else if w.zombies >= ZOMBIES.max(w.task.candidates.len() / 2) || w.zombie_bytes >= ZOMBIE_BYTES {
            task::sift(rt, w);
        }
    }
}

fn is_due(rt: &Runtime, w: &Worker) -> bool {
    let many = w.task.candidates.len() >= w.task.threshold || rt.heap.over_limit();
    let zeal = rt.options.collect_every.is_some_and(|every| (w.scans.scans + 1).is_multiple_of(every.into()));
    !w.task.candidates.is_empty() && (many || zeal)
}

/// Collects until nothing more is found. The program has ended: no stack holds anything,
/// and no other worker runs.
///
/// # Safety
/// As `at_scan`, for the only worker.
pub(crate) unsafe fn collect_all(rt: &Runtime, w: &mut Worker) -> usize {
    // SAFETY: passed on.
    unsafe { task::collect(rt, w, usize::MAX) + shared::collect_alone(rt, w) }
}

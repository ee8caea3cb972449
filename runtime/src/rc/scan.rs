//! The scan: pins what the stack refers to, applies decrements, frees what is dead.
//!
//! ```text
//! epoch      read
//! pin        every word of the stack that is or points into an object
//! log        decrements of local objects applied, of shared ones queued
//! zero list  objects found at 0 on an earlier stack: freed if they still are at 0
//! young      cells handed out since the last scan: freed if they are at 0
//! collector  garbage cycles looked for, its calls answered
//! unpin      local objects that are at 0 now are only on the stack: zero list
//! epoch      acknowledged: what this worker held before is counted or gone
//! matured    queued decrements that every worker has acknowledged are applied
//! pages      pages that lost cells are sorted
//! ```
//! A pin of a local object is a temporary increment, so the test "is it dead" is the
//! test of the count and costs nothing extra where most objects are looked at. Once
//! there are several workers a stale word may refer to a local object of another one,
//! whose count must not be written: pins are a set then, which is asked before anything
//! is freed. A pin of a shared object is an increment whose decrement is queued, so it
//! holds until this worker has scanned again.
//! Bit Z means that the zero list holds the object: whoever takes its count to 0 leaves
//! it to that list.

use crate::ctx::{self, Runtime};
use crate::host::Instant;
use crate::mem::alloc::Run;
use crate::mem::head::Head;
use crate::mutant;
use crate::rc::audit::Fault;
use crate::rc::barrier::word_id;
use crate::rc::destroy;
use crate::rc::poll::request_poll;
use crate::rc::reap::Reaper;
use crate::worker::Worker;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;
use ultra_abi::layout::{ATTENTION_POLL, WorkerContext};
use ultra_abi::shape::*;

/// Objects whose count is beyond this are not pinned: the log is far too short to free them.
const PIN_BELOW: u32 = 1 << 26;
/// Objects that a scan frees, beside young ones, before it leaves the rest to the next: about 2 ms.
const SCAN_BUDGET: usize = 40_000;

#[derive(Default, Clone, Copy, Debug)]
pub struct ScanStats {
    pub scans: u64,
    pub time: Duration,
    pub longest: Duration,
    /// Stack words that kept an object alive, summed over scans.
    pub pins: u64,
    /// Decrements applied from logs.
    pub decrements: u64,
    /// Objects freed as parts of garbage cycles.
    pub cyclic: u64,
}

impl ScanStats {
    pub(crate) fn add(&mut self, other: &ScanStats) {
        self.scans += other.scans;
        self.time += other.time;
        self.longest = self.longest.max(other.longest);
        self.pins += other.pins;
        self.decrements += other.decrements;
        self.cyclic += other.cyclic;
    }
}

/// Scans: see the module's picture. Frees nothing that the stack refers to.
///
/// # Safety
/// `ctx` must be the live context of the calling worker, and every reference that is
/// in use must be counted or lie in `scan_top..stack_base` or be the pending exception.
pub unsafe fn scan(ctx: *mut WorkerContext) {
    // SAFETY: passed on.
    unsafe { scan_with(ctx, SCAN_BUDGET) }
}

/// As `scan`, freeing at most so many objects that are not young.
///
/// # Safety
/// As `scan`.
pub unsafe fn scan_with(ctx: *mut WorkerContext, budget: usize) {
    let started = Instant::now();
    // SAFETY: the caller vouches for `ctx`; the worker is this thread's own.
    unsafe {
        let (rt, w) = (&*ctx::runtime(ctx), &mut *ctx::worker(ctx));
        let epoch = rt.workers.epoch();
        retire_runs(ctx, w);
        // The collector's call can change it during this scan.
        let many = rt.heap.is_many();
        let stack_bytes = pin_stack(ctx, rt, w);
        let unlimited = rt.options.audit || rt.heap.is_tight();
        let mut reaper = Reaper::new(rt, w, if unlimited { usize::MAX } else { budget });
        reaper.resume();
        reaper.apply_log(ctx);
        reaper.visit_zero_list();
        reaper.visit_young();
        reaper.bury();
        w.scans.pins += w.pins.len() as u64;
        crate::cycle::at_scan(rt, w);
        if !many {
            unpin(rt, w);
        }
        w.pins.clear();
        w.pinned.clear();
        w.stamp(rt);
        w.progress.seen.store(epoch, SeqCst);
        while let Some(ids) = w.matured(rt) {
            let mut reaper = Reaper::new(rt, w, if unlimited { usize::MAX } else { budget });
            reaper.apply_matured(&ids);
            reaper.bury();
        }
        let destroy = destroy::settle(rt, w);
        w.stamp(rt);
        reopen_runs(ctx, w);
        w.alloc.sort_pages(&rt.heap);
        w.set_scan_threshold(stack_bytes);
        // What asked for a poll has been done.
        (*ctx).attention &= !ATTENTION_POLL;
        (*ctx).barrier = w.barrier();
        if destroy {
            request_poll(ctx);
        }
        w.note_scan(started);
        if rt.options.audit && rt.workers.len() == 1 && !rt.cycles.is_running() {
            let faults = rt.audit();
            assert!(faults.is_empty(), "count audit: {}", list(&faults));
        }
    }
}

/// The first few faults, for a panic message.
fn list(faults: &[Fault]) -> String {
    faults.iter().take(10).map(Fault::to_string).collect::<Vec<_>>().join("; ")
}

/// Ends the runs being bumped through at their cursor, so that young runs hold objects only.
unsafe fn retire_runs(ctx: *mut WorkerContext, w: &mut Worker) {
    for class in 0..INLINE_CLASSES {
        // SAFETY: the caller vouches for `ctx`.
        let bump = unsafe { (*ctx).bump[class] };
        w.alloc.retire_run(class, bump.cur);
    }
}

/// Enters what is left of the runs as young again: new objects will be there.
unsafe fn reopen_runs(ctx: *mut WorkerContext, w: &mut Worker) {
    for class in 0..INLINE_CLASSES {
        // SAFETY: the caller vouches for `ctx`.
        let bump = unsafe { (*ctx).bump[class] };
        w.alloc.reopen_run(class, Run { start: bump.cur, end: bump.end });
    }
}

/// Pins what the stack and the pending exception refer to; returns the bytes of stack in use.
unsafe fn pin_stack(ctx: *mut WorkerContext, rt: &Runtime, w: &mut Worker) -> usize {
    let heap = &rt.heap;
    // SAFETY: the caller vouches for the stack's bounds; its words are initialised memory of generated frames.
    unsafe {
        let (top, base) = ((*ctx).scan_top.next_multiple_of(8), (*ctx).stack_base);
        pin(rt, w, word_id((*ctx).exception));
        destroy::pin_roots(rt, w);
        let (first, end) = heap.id_range();
        let (low, bytes) = (heap.addr(first) as u64, (end - first) as u64 * ID_SCALE as u64);
        let mut at = top;
        while at < base {
            let word = (at as *const u64).read();
            for id in [word as u32, (word >> 32) as u32] {
                if id.wrapping_sub(first) < end - first {
                    // Where ids are addresses, interior ones have the size of ids too.
                    let id = if ID_SCALE == 1 { heap.object_at_address(id.into()).unwrap_or(id) } else { id };
                    pin(rt, w, id);
                }
            }
            if ID_SCALE != 1
                && word.wrapping_sub(low) < bytes
                && let Some(id) = heap.object_at_address(word)
            {
                pin(rt, w, id);
            }
            at += 8;
        }
        base.saturating_sub(top) as usize
    }
}

/// Keeps the object at `id` alive, if there is one, until this scan is over; a shared one until the next.
pub(crate) unsafe fn pin(rt: &Runtime, w: &mut Worker, id: u32) {
    let Some(id) = rt.heap.object_at_id(id) else { return };
    // SAFETY: the heap says that an object starts there.
    let head = unsafe { rt.heap.head(id) };
    let old = head.rc();
    if old & RC_IMMORTAL != 0 || old & RC_COUNT_MASK >= PIN_BELOW {
        return;
    }
    if !mutant::on("pins_not_logged") {
        w.note_touched(id);
    }
    if old & RC_SHARED != 0 {
        if !mutant::on("no_temporary_increment") && head.temporary_inc() {
            w.unstamped.push(id);
        }
        return;
    }
    if rt.heap.is_many() {
        w.pinned.insert(id);
    } else {
        head.set_rc(old + 1);
    }
    w.pins.push(id);
}

/// Takes the pins off local objects; what is at 0 now goes to the zero list.
unsafe fn unpin(rt: &Runtime, w: &mut Worker) {
    for &id in &w.pins {
        // SAFETY: a pinned object was not freed.
        let head: Head = unsafe { rt.heap.head(id) };
        let new = head.rc() - 1;
        if new & (RC_COUNT_MASK | RC_IMMORTAL | RC_ZERO_LISTED) == 0 {
            head.set_rc(new | RC_ZERO_LISTED);
            w.zero_list.push(id);
        } else {
            head.set_rc(new);
        }
    }
}

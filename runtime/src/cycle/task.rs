//! Garbage cycles of local objects: what belongs to one goroutine.

use crate::ctx::Runtime;
use crate::cycle::job::{LocalJob, Stage};
use crate::cycle::trial::{Kind, Trial, Verdict};
use crate::cycle::{THRESHOLD, next_threshold};
use crate::mem::head::Head;
use crate::mem::idset::IdMap;
use crate::mutant;
use crate::rc::destroy;
use crate::rc::reap::{Doomed, Reaper};
use crate::worker::Worker;
use std::sync::Arc;
use ultra_abi::shape::{META_DEAD, META_FINALIZE, RC_COLLECTOR, RC_ZERO_LISTED};

/// Entries of a log that are sorted and made unique.
const LOG_ENTRIES: usize = 1 << 18;
/// Entries of log and quarantine beyond which the worker waits for the collector.
const BACKLOG_ENTRIES: usize = 1 << 20;

/// What a goroutine takes along from worker to worker.
#[derive(Debug)]
pub struct Task {
    /// Local objects that may have become parts of garbage cycles; their B bit is set.
    pub(crate) candidates: Vec<u32>,
    pub(crate) threshold: usize,
    /// A collection under way.
    pub(crate) job: Option<Arc<LocalJob>>,
    /// What was touched since it began.
    log: Vec<u32>,
    log_limit: usize,
    /// Garbage that is not freed yet.
    pub(crate) doomed: Doomed,
}

impl Default for Task {
    fn default() -> Task {
        Task {
            candidates: Vec::new(),
            threshold: THRESHOLD,
            job: None,
            log: Vec::new(),
            log_limit: LOG_ENTRIES,
            doomed: Doomed::default(),
        }
    }
}

impl Task {
    #[inline]
    pub(crate) fn is_watched(&self) -> bool {
        self.job.is_some()
    }

    /// Whether scans still have to free garbage or wait for the collector.
    pub(crate) fn is_busy(&self) -> bool {
        self.job.is_some() || !self.doomed.is_empty()
    }

    /// Adds what another task brought along.
    pub(crate) fn join(&mut self, other: Task) {
        debug_assert!(!other.is_busy());
        self.candidates.extend(other.candidates);
        self.threshold = self.threshold.max(other.threshold);
    }

    #[inline]
    pub(crate) fn note_touched(&mut self, id: u32) {
        if self.job.is_some() {
            self.log.push(id);
        }
    }

    fn tidy_log(&mut self) {
        if self.log.len() > self.log_limit {
            self.log.sort_unstable();
            self.log.dedup();
            self.log_limit = (self.log.len() * 2).max(LOG_ENTRIES);
        }
    }
}

/// Takes the candidates, frees those that are dead, and clears bit B of the others.
unsafe fn take_candidates(rt: &Runtime, w: &mut Worker) -> Vec<u32> {
    (w.zombies, w.zombie_bytes) = (0, 0);
    let mut candidates = std::mem::take(&mut w.task.candidates);
    candidates.extend(rt.workers.take_left_behind());
    candidates.retain(|&id| {
        // SAFETY: a cell with bit B stays what it is until it is taken off the list here.
        let head: Head = unsafe { rt.heap.head(id) };
        if head.is_shared() {
            // It was published, and is a candidate among shared objects from now on.
            head.clear(RC_COLLECTOR as u64);
            w.enter_candidate(head, id);
            return false;
        }
        head.set_rc(head.rc() & !RC_COLLECTOR);
        if head.meta() & META_DEAD != 0 && head.rc() & RC_ZERO_LISTED == 0 {
            if w.is_watched() && !mutant::on("no_quarantine") {
                // It may have died after a collection began that still looks at it.
                w.quarantine.push(id);
            } else {
                // SAFETY: the object died before, and its references are dropped.
                unsafe { w.alloc.free(&rt.heap, head, id) };
            }
            return false;
        }
        head.meta() & META_DEAD == 0
    });
    candidates
}

/// Looks for garbage among at most `limit` objects; leaves more to the collector's thread.
/// The number of objects freed.
///
/// # Safety
/// As `cycle::at_scan`.
pub unsafe fn collect(rt: &Runtime, w: &mut Worker, limit: usize) -> usize {
    // SAFETY: the caller vouches for the state of the worker, whose own objects these are.
    unsafe {
        let roots = take_candidates(rt, w);
        if roots.is_empty() {
            return 0;
        }
        let limit = if crate::sync::HAS_THREADS && rt.options.collector_thread { limit } else { usize::MAX };
        if roots.len() * 2 > limit {
            start(rt, w, roots);
            return 0;
        }
        let mut trial = Trial::default();
        trial.close(rt, &roots, Kind::Local, limit, false, &|| false);
        trial.count(rt);
        let mut pins = IdMap::default();
        w.pins.iter().for_each(|&id| pins.insert(id));
        w.destroyer.roots().for_each(|id| pins.insert(id));
        let verdict = trial.verdict(rt, Kind::Local, &pins);
        let verdict = trial.spare_due(rt, verdict);
        destroy::queue_members(rt, w, &verdict.due);
        let freed = verdict.garbage.len();
        w.task.threshold = next_threshold(w.task.threshold, freed, trial.ids.len());
        if trial.cut {
            free_now(rt, w, verdict.garbage);
            start(rt, w, verdict.keep);
        } else {
            keep(rt, w, &verdict.keep);
            free_now(rt, w, verdict.garbage);
        }
        freed
    }
}

/// Frees candidates that died, and keeps the others.
///
/// # Safety
/// As `cycle::at_scan`.
pub unsafe fn sift(rt: &Runtime, w: &mut Worker) {
    // SAFETY: passed on.
    let alive = unsafe { take_candidates(rt, w) };
    keep(rt, w, &alive);
}

unsafe fn free_now(rt: &Runtime, w: &mut Worker, garbage: Vec<u32>) {
    // SAFETY: nothing but garbage refers to garbage.
    unsafe {
        let mut reaper = Reaper::new(rt, w, usize::MAX);
        reaper.free_garbage(&mut Doomed::new(garbage), usize::MAX);
    }
}

fn keep(rt: &Runtime, w: &mut Worker, candidates: &[u32]) {
    for &id in candidates {
        // SAFETY: the verdict keeps live objects only.
        let head = unsafe { rt.heap.head(id) };
        if head.meta() & META_DEAD == 0 {
            w.enter_candidate(head, id);
        }
    }
}

/// Leaves a collection to the thread; from now on stores are noted.
fn start(rt: &Runtime, w: &mut Worker, roots: Vec<u32>) {
    if roots.is_empty() {
        return;
    }
    if rt.options.audit || !rt.cycles.begin_local(rt, w, roots.clone()) {
        // The scan ends with all work done, or there is no thread: collect here, however long it takes.
        for id in roots {
            // SAFETY: the roots are live objects of this goroutine.
            w.enter_candidate(unsafe { rt.heap.head(id) }, id);
        }
        // SAFETY: as in `collect`, from which this comes.
        unsafe { collect_unlimited(rt, w) };
    }
}

unsafe fn collect_unlimited(rt: &Runtime, w: &mut Worker) {
    // SAFETY: passed on; without a limit nothing is left to the thread.
    unsafe {
        collect(rt, w, usize::MAX);
    }
}

/// What weak references lead to is dead from now on, however long freeing it takes.
fn condemn_weak(rt: &Runtime, garbage: &[u32]) {
    for &id in garbage {
        // SAFETY: garbage of this goroutine is changed by its worker alone.
        let head = unsafe { rt.heap.head(id) };
        if head.meta() & META_FINALIZE != 0 {
            head.set_meta(head.meta() | META_DEAD);
        }
    }
}

/// Goes on with a collection under way.
///
/// # Safety
/// As `cycle::at_scan`.
pub unsafe fn attend(rt: &Runtime, w: &mut Worker) {
    w.task.tidy_log();
    let Some(job) = w.task.job.clone() else { return };
    let behind = w.task.log.len() + w.quarantine.len() > BACKLOG_ENTRIES;
    while behind && matches!(job.stage(), Stage::Tracing | Stage::Reported) {
        w.answer(rt);
        crate::sync::pause();
    }
    match job.stage() {
        Stage::Wanted => {
            let mut log = std::mem::take(&mut w.task.log);
            if mutant::on("no_second_handshake") {
                log.clear();
            }
            job.report(log);
        }
        Stage::Done => {
            let Verdict { garbage, keep: again, due } = job.take_result();
            // SAFETY: the job found that nothing refers to them.
            unsafe { destroy::queue_members(rt, w, &due) };
            condemn_weak(rt, &garbage);
            w.task.threshold = next_threshold(w.task.threshold, garbage.len(), job.looked_at());
            w.task.job = None;
            w.task.log = Vec::new();
            w.end_quarantine(rt);
            keep(rt, w, &again);
            w.task.doomed = Doomed::new(garbage);
        }
        Stage::Tracing | Stage::Reported => {}
    }
}

//! Garbage cycles of shared objects: found and freed by the collector's thread.

use crate::ctx::Runtime;
use crate::cycle::job::Call;
use crate::cycle::next_threshold;
use crate::cycle::trial::{Kind, Trial, Verdict};
use crate::mem::head::DEAD;
use crate::mem::idset::IdMap;
use crate::mutant;
use crate::rc::destroy;
use crate::rc::reap::{Doomed, Reaper};
use crate::worker::Worker;
use ultra_abi::shape::{META_DEAD, RC_COLLECTOR, RC_ZERO_LISTED};

/// One collection, with both handshakes. For the collector's thread.
pub fn collect(rt: &Runtime) {
    let worker = Worker::detached(rt);
    // SAFETY: the worker was just made, and is this thread's own until it is handed on.
    unsafe {
        let w = &mut *worker;
        if rt.cycles.demand(rt, Call::Watch) {
            examine(rt, w);
        }
        rt.cycles.demand(rt, Call::Idle);
        rt.cycles.take_reports();
        Worker::hand_on(worker);
    }
}

unsafe fn examine(rt: &Runtime, w: &mut Worker) {
    // SAFETY: every worker keeps what it frees in place until the call is Idle again.
    unsafe {
        let roots = take_candidates(rt, w);
        let mut trial = Trial::default();
        if !trial.close(rt, &roots, Kind::Shared, usize::MAX, true, &|| rt.cycles.is_stopping()) {
            return keep(rt, w, &roots);
        }
        trial.count(rt);
        if !rt.cycles.demand(rt, Call::Report) {
            return keep(rt, w, &roots);
        }
        let mut touched = IdMap::default();
        rt.cycles.take_reports().into_iter().for_each(|id| touched.insert(id));
        let verdict = trial.verdict(rt, Kind::Shared, &touched);
        let verdict = claim(rt, &mut trial, verdict);
        let verdict = spare_due(rt, w, &mut trial, verdict);
        keep(rt, w, &verdict.keep);
        let (freed, looked_at) = (verdict.garbage.len(), trial.ids.len());
        rt.cycles.set_threshold(|now| next_threshold(now, freed, looked_at));
        let mut reaper = Reaper::new(rt, w, usize::MAX);
        reaper.free_garbage(&mut Doomed::new(verdict.garbage), usize::MAX);
    }
}

/// Claims each member; where one was taken up meanwhile, it and all that it reaches live.
unsafe fn claim(rt: &Runtime, trial: &mut Trial, verdict: Verdict) -> Verdict {
    if mutant::on("no_claim") {
        return verdict;
    }
    let mut failed = Vec::new();
    for &id in &verdict.garbage {
        // SAFETY: members stay in place.
        if !unsafe { rt.heap.head(id) }.claim(trial.count_of(id)) {
            failed.push(id);
        }
    }
    if failed.is_empty() {
        return verdict;
    }
    let mut last = trial.revive(rt, &failed);
    let garbage: IdMap = last.garbage.iter().fold(IdMap::default(), |mut set, &id| {
        set.insert(id);
        set
    });
    for &id in verdict.garbage.iter().filter(|&&id| !garbage.contains(id)) {
        if !failed.contains(&id) {
            // SAFETY: as above.
            unsafe { rt.heap.head(id) }.clear(DEAD);
        }
        last.keep.push(id);
    }
    last
}

/// Queues members whose destructor is due; they and all that they reach are not dead yet.
unsafe fn spare_due(rt: &Runtime, w: &mut Worker, trial: &mut Trial, verdict: Verdict) -> Verdict {
    let before = verdict.garbage.clone();
    // SAFETY: members stay in place, and nobody else has the garbage among them.
    unsafe {
        let verdict = trial.spare_due(rt, verdict);
        if verdict.due.is_empty() {
            return verdict;
        }
        let mut garbage = IdMap::default();
        verdict.garbage.iter().for_each(|&id| garbage.insert(id));
        for id in before.into_iter().filter(|&id| !garbage.contains(id)) {
            rt.heap.head(id).clear(DEAD);
        }
        destroy::queue_members(rt, w, &verdict.due);
        verdict
    }
}

/// Takes the shared candidates, frees those that are dead, and clears bit B of the others.
unsafe fn take_candidates(rt: &Runtime, w: &mut Worker) -> Vec<u32> {
    let mut candidates = rt.cycles.take_candidates();
    candidates.retain(|&id| {
        // SAFETY: a cell with bit B stays what it is until it is taken off the list here.
        let head = unsafe { rt.heap.head(id) };
        let before = head.clear(RC_COLLECTOR as u64);
        if before & DEAD == 0 {
            return true;
        }
        if before as u32 & RC_ZERO_LISTED == 0 {
            // SAFETY: the object died before, and its references are dropped.
            unsafe { w.alloc.free(&rt.heap, head, id) };
        }
        false
    });
    candidates
}

fn keep(rt: &Runtime, w: &mut Worker, candidates: &[u32]) {
    for &id in candidates {
        // SAFETY: members stay in place until the end of the collection.
        let head = unsafe { rt.heap.head(id) };
        if head.meta() & META_DEAD == 0 && head.meta() != 0 {
            w.enter_candidate(head, id);
        }
    }
}

/// A collection when no other worker runs and no stack holds anything. The number of objects freed.
///
/// # Safety
/// As `cycle::collect_all`.
pub unsafe fn collect_alone(rt: &Runtime, w: &mut Worker) -> usize {
    // SAFETY: the caller vouches that nobody else touches the heap.
    unsafe {
        rt.cycles.offer(&mut w.candidates);
        let roots = take_candidates(rt, w);
        let mut trial = Trial::default();
        trial.close(rt, &roots, Kind::Shared, usize::MAX, false, &|| false);
        trial.count(rt);
        let mut held = IdMap::default();
        w.destroyer.roots().for_each(|id| held.insert(id));
        let verdict = trial.verdict(rt, Kind::Shared, &held);
        let verdict = spare_due(rt, w, &mut trial, verdict);
        keep(rt, w, &verdict.keep);
        let freed = verdict.garbage.len();
        let mut reaper = Reaper::new(rt, w, usize::MAX);
        reaper.free_garbage(&mut Doomed::new(verdict.garbage), usize::MAX);
        freed
    }
}

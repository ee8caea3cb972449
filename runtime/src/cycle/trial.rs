//! Trial deletion without changing a count: closure, counts, verdict.
//!
//! ```text
//! ids       candidates, then what they reach, each object once
//! edges     for each object, the members that it refers to, in the order of `ids`
//! external  count of an object - edges that lead to it
//! ```
//! All steps may run while the program does: edges are recorded as they are met and
//! counts are read after all edges; whatever changes meanwhile is in `touched`, or has
//! another count at the verdict.

use crate::ctx::Runtime;
use crate::mem::head::Head;
use crate::mem::idset::IdMap;
use crate::mutant;
use crate::rc::destroy;
use crate::rc::trace;
use crate::sync::step;
use ultra_abi::shape::*;

/// Referred to from outside, or held, or reached from such an object.
const LIVE: u8 = 1;
/// Reached from an object that is referred to from outside and that nobody touched.
const SOUND: u8 = 2;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Local,
    Shared,
}

#[derive(Default, Debug)]
pub struct Trial {
    index: IdMap,
    pub ids: Vec<u32>,
    /// For each object, where its edges begin; one more at the end.
    first: Vec<u32>,
    edges: Vec<u32>,
    counts: Vec<u32>,
    internal: Vec<u32>,
    marks: Vec<u8>,
    roots: usize,
    /// Some object was left out, so candidates cannot be judged by what refers to them.
    pub cut: bool,
}

/// What a trial found.
#[derive(Default, Debug)]
pub struct Verdict {
    pub garbage: Vec<u32>,
    /// Candidates that have to be looked at again.
    pub keep: Vec<u32>,
    /// Members that get their destructors before they can be garbage.
    pub due: Vec<u32>,
}

/// Whether the object can be in a cycle that this trial may free, and can be looked into.
fn may_enter(rt: &Runtime, head: Head, kind: Kind) -> bool {
    let (rc, meta) = (head.rc(), head.meta());
    let wanted = if kind == Kind::Shared { RC_SHARED } else { 0 };
    if rc & (RC_SHARED | RC_IMMORTAL) != wanted {
        return false;
    }
    meta & META_SHAPE_MASK != 0 && !trace::is_acyclic(rt, meta)
}

/// Whether references of the object are in the host's tables, where another thread cannot read them.
fn is_opaque(rt: &Runtime, meta: u32) -> bool {
    meta & META_OVERFLOW != 0 || rt.shapes.desc(meta & META_SHAPE_MASK).kind == ObjKind::Native as u8
}

impl Trial {
    /// Follows references from `roots`. With `running` the program changes them meanwhile.
    /// False when `stop` asked for an end.
    ///
    /// # Safety
    /// Roots are objects, alive or in quarantine, and so is all that they reach for as long as this runs.
    pub unsafe fn close(
        &mut self,
        rt: &Runtime,
        roots: &[u32],
        kind: Kind,
        limit: usize,
        running: bool,
        stop: &dyn Fn() -> bool,
    ) -> bool {
        for &id in roots {
            if self.ids.len() < limit {
                self.enter(id);
            } else {
                self.cut = true;
            }
        }
        self.roots = self.ids.len();
        let mut at = 0;
        while at < self.ids.len() {
            if running && at.is_multiple_of(1024) && stop() {
                return false;
            }
            self.first.push(self.edges.len() as u32);
            // SAFETY: passed on.
            unsafe { self.follow(rt, self.ids[at], at, kind, limit, running) };
            at += 1;
        }
        self.first.push(self.edges.len() as u32);
        true
    }

    fn enter(&mut self, id: u32) -> u32 {
        let next = self.ids.len() as u32;
        let index = self.index.get_or_insert(id, next);
        if index == next {
            self.ids.push(id);
            self.marks.push(0);
        }
        index
    }

    unsafe fn follow(&mut self, rt: &Runtime, id: u32, at: usize, kind: Kind, limit: usize, running: bool) {
        step();
        // SAFETY: the caller vouches for the object.
        unsafe {
            let head = rt.heap.head(id);
            let meta = head.meta();
            if running && is_opaque(rt, meta) {
                self.marks[at] |= LIVE;
                self.cut = true;
                return;
            }
            trace::each_child(head.ptr(), &rt.shapes, &rt.payloads, |child| {
                // What is read while it is written may be anything.
                if running && rt.heap.object_at_id(child).is_none() {
                    return;
                }
                if let Some(index) = self.index.get(child) {
                    return self.edges.push(index);
                }
                if !may_enter(rt, rt.heap.head(child), kind) {
                    return;
                }
                if self.ids.len() < limit {
                    let index = self.enter(child);
                    self.edges.push(index);
                } else {
                    self.cut = true;
                }
            });
        }
    }

    /// Reads the counts, after all edges, and adds up the references from members.
    ///
    /// # Safety
    /// As `close`.
    pub unsafe fn count(&mut self, rt: &Runtime) {
        for &id in &self.ids {
            step();
            // SAFETY: the caller vouches for the object.
            self.counts.push(unsafe { rt.heap.head(id) }.rc() & RC_COUNT_MASK);
        }
        self.internal = vec![0; self.ids.len()];
        for &to in &self.edges {
            self.internal[to as usize] += 1;
        }
    }

    /// Whether a member changed since it was counted.
    unsafe fn has_changed(&self, rt: &Runtime, at: usize, kind: Kind) -> bool {
        // SAFETY: the caller vouches for the object.
        let head = unsafe { rt.heap.head(self.ids[at]) };
        let (rc, meta) = (head.rc(), head.meta());
        let recounted = rc & RC_COUNT_MASK != self.counts[at] && !mutant::on("no_recount");
        let published = (rc & RC_SHARED != 0) != (kind == Kind::Shared);
        recounted || published || meta & META_DEAD != 0 || meta == 0
    }

    /// Says what is garbage, and which candidates must be looked at again.
    ///
    /// # Safety
    /// As `close`; `touched` holds what stores and stacks referred to since it began.
    pub unsafe fn verdict(&mut self, rt: &Runtime, kind: Kind, touched: &IdMap) -> Verdict {
        let mut live = Vec::new();
        let mut sound = Vec::new();
        for at in 0..self.ids.len() {
            step();
            // SAFETY: the caller vouches for the object.
            let changed = unsafe { self.has_changed(rt, at, kind) };
            let held = touched.contains(self.ids[at]) && !mutant::on("no_second_handshake");
            let external = self.counts[at] != self.internal[at] || self.counts[at] == 0;
            if self.marks[at] & LIVE != 0 || changed || held || external {
                live.push(at as u32);
            }
            if !changed && !held && self.counts[at] > self.internal[at] {
                sound.push(at as u32);
            }
        }
        self.spread(live, LIVE);
        if !self.cut {
            self.spread(sound, SOUND);
        }
        self.result(rt)
    }

    /// Takes members out of the garbage, with all that they reach.
    pub fn revive(&mut self, rt: &Runtime, members: &[u32]) -> Verdict {
        let found = members.iter().filter_map(|&id| self.index.get(id)).collect();
        if mutant::on("no_forward_abort") {
            for at in found {
                let at: u32 = at;
                self.marks[at as usize] |= LIVE;
            }
        } else {
            self.spread(found, LIVE);
        }
        self.result(rt)
    }

    /// Takes members whose destructor is due out of the garbage, with all that they reach.
    ///
    /// # Safety
    /// As `close`.
    pub unsafe fn spare_due(&mut self, rt: &Runtime, verdict: Verdict) -> Verdict {
        // SAFETY: the caller vouches for the objects.
        let is_due = |id: &u32| destroy::is_due(unsafe { rt.heap.head(*id) }.meta());
        let due: Vec<u32> = verdict.garbage.iter().copied().filter(is_due).collect();
        if due.is_empty() {
            return verdict;
        }
        let mut next = self.revive(rt, &due);
        next.keep.extend(verdict.keep);
        next.keep.extend(&due);
        next.due = due;
        next
    }

    fn result(&self, rt: &Runtime) -> Verdict {
        let mut verdict = Verdict::default();
        for (at, &id) in self.ids.iter().enumerate() {
            // SAFETY: members are cells in use, or in quarantine.
            let dead = unsafe { rt.heap.head(id) }.meta() & META_DEAD != 0;
            if self.marks[at] & LIVE == 0 {
                verdict.garbage.push(id);
            } else if at < self.roots && self.marks[at] & SOUND == 0 && !dead {
                verdict.keep.push(id);
            }
        }
        verdict
    }

    fn spread(&mut self, mut work: Vec<u32>, mark: u8) {
        work.iter().for_each(|&at| self.marks[at as usize] |= mark);
        while let Some(at) = work.pop() {
            let at = at as usize;
            for e in self.first[at]..self.first[at + 1] {
                let to = self.edges[e as usize];
                if self.marks[to as usize] & mark == 0 {
                    self.marks[to as usize] |= mark;
                    work.push(to);
                }
            }
        }
    }

    /// Number of references to the object that did not come from members, at the time of `count`.
    pub fn count_of(&self, id: u32) -> u32 {
        self.index.get(id).map_or(0, |at| self.counts[at as usize])
    }
}

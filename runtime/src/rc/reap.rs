//! Freeing: applies decrements and frees what they leave without references.
//!
//! Iterative: objects whose count reaches 0 are put on a stack of our own, so that a
//! long list needs no deep recursion. Budgeted: what is left when a scan has freed
//! enough is *buried* (META says dead, bit Z that its own references are still
//! counted) and reaped by later scans.
//!
//! ```text
//! count 0 ->  children decremented  ->  cell free
//!   |                               ->  quarantine   while a collection may look at the cell
//!   '-> buried, if time is up       ->  zombie       while the collector has it as candidate (bit B)
//! ```
//! Every death passes `Reaper::kill`, in which what hangs on an object is released.

use crate::ctx::Runtime;
use crate::mem::alloc::{LARGE_RUN, Run};
use crate::mem::head::{DEAD, Head};
use crate::mem::page::{GRANULE_IDS, PAGE_SHIFT, WORDS};
use crate::mem::region::ObjectId;
use crate::mutant;
use crate::rc::barrier::word_id;
use crate::rc::destroy;
use crate::rc::trace;
use crate::worker::Worker;
use ultra_abi::layout::WorkerContext;
use ultra_abi::shape::*;
use ultra_abi::value::REF_NULL;

/// What keeps an object whose count is 0 from being freed on the spot.
const NOT_DEAD: u32 = RC_COUNT_MASK | RC_IMMORTAL | RC_ZERO_LISTED;
/// Pins that are searched for an object whose count a pin may be.
const FEW_PINS: usize = 64;
/// Ids that one word of a page's bitmap describes.
const WORD_IDS: u32 = 64 * GRANULE_IDS;
/// Bits of a header in which a dead object equals the `key` of its shape's maps.
const DEAD_SHAPE_MASK: u64 = (u32::MAX as u64) << 32 | (RC_COUNT_MASK | RC_IMMORTAL | RC_COLLECTOR) as u64;

/// The maps of a shape, and the META of its objects in the upper half of `key`.
#[derive(Clone, Copy)]
struct ShapeMaps {
    key: u64,
    refs: u64,
    words: u64,
}

impl ShapeMaps {
    /// Matches no header: a dead object has none of these bits.
    const NONE: ShapeMaps = ShapeMaps { key: u64::MAX, refs: 0, words: 0 };
}

/// Frees dead objects and whatever only they refer to.
pub(crate) struct Reaper<'a> {
    rt: &'a Runtime,
    w: &'a mut Worker,
    base: *mut u8,
    /// Objects that may still be freed.
    budget: usize,
    /// Decrements of shared objects are due at once: their references have been gone for an epoch.
    matured: bool,
    /// Nothing but its bit stands between a dead cell and its next use.
    plain: bool,
}

impl<'a> Reaper<'a> {
    pub fn new(rt: &'a Runtime, w: &'a mut Worker, budget: usize) -> Reaper<'a> {
        let plain = !rt.heap.is_careful() && !w.is_watched() && w.pinned.is_empty();
        Reaper { base: rt.heap.base(), rt, w, budget, matured: false, plain }
    }

    #[inline(always)]
    fn head(&self, id: u32) -> Head {
        // SAFETY: ids here are of cells of pages in use.
        unsafe { Head::new(self.base.wrapping_add(id as usize * ID_SCALE as usize)) }
    }

    /// Goes on with what earlier scans had no time for.
    pub unsafe fn resume(&mut self) {
        if !self.w.backlog.is_empty() {
            std::mem::swap(&mut self.w.dead, &mut self.w.backlog);
            // SAFETY: buried objects are dead.
            unsafe { self.reap() };
        }
    }

    /// Applies the logged decrements of local objects; those of shared ones are queued.
    pub unsafe fn apply_log(&mut self, ctx: *mut WorkerContext) {
        let start = self.w.log_start();
        // SAFETY: `start..log_cur` are the entries written since the last scan, each a counted reference that is gone.
        unsafe {
            let len = ((*ctx).log_cur - start as u64) as usize / 4;
            for &id in std::slice::from_raw_parts(start, len) {
                self.decrement(id);
            }
            (*ctx).log_cur = start as u64;
            let overflow = std::mem::take(&mut self.w.log_overflow);
            for &id in &overflow {
                self.decrement(id);
            }
            self.w.scans.decrements += (len + overflow.len()) as u64;
            self.reap();
        }
    }

    /// Applies decrements of shared objects whose references have been gone for an epoch.
    pub unsafe fn apply_matured(&mut self, ids: &[u32]) {
        self.matured = true;
        for &id in ids {
            // SAFETY: each entry is a counted reference that is gone.
            unsafe { self.decrement(id) };
        }
        // SAFETY: what is in `dead` is dead.
        unsafe { self.reap() };
    }

    pub unsafe fn visit_zero_list(&mut self) {
        let mut list = std::mem::take(&mut self.w.zero_list);
        for id in list.drain(..) {
            let head = self.head(id);
            let rc = head.rc();
            if rc & RC_SHARED != 0 {
                head.clear(RC_ZERO_LISTED as u64);
                self.survived(head, id, rc);
                continue;
            }
            head.set_rc(rc & !RC_ZERO_LISTED);
            if rc & (RC_COUNT_MASK | RC_IMMORTAL) == 0 {
                self.w.dead.push(id);
            } else {
                self.survived(head, id, rc);
            }
        }
        // SAFETY: what is in `dead` has left the list and is at 0.
        unsafe { self.reap() };
        // Those that the stack refers to have come back.
        if self.w.zero_list.is_empty() {
            self.w.zero_list = list;
        }
    }

    /// Visits the cells handed out since the last scan, the newest first: what refers to
    /// an object is mostly younger than it, so its count is 0 by the time it is visited,
    /// and memory is read in one direction.
    pub unsafe fn visit_young(&mut self) {
        let mut runs = std::mem::take(&mut self.w.alloc.young);
        while let Some(run) = runs.pop() {
            // SAFETY: runs hold live objects and cells with META 0, from start to end.
            unsafe {
                if run.end == LARGE_RUN {
                    let bytes = self.rt.heap.capacity(ObjectId(run.start));
                    self.w.alloc.note_allocated(1, bytes);
                    self.visit_newborn(run.start);
                } else {
                    self.sweep(run);
                }
            }
        }
        self.w.alloc.young = runs;
        self.w.alloc.young_bytes = 0;
    }

    /// Visits the cells of a run from its end to its start.
    ///
    /// One comparison of the header decides for most: dead, and of the shape seen last.
    #[inline(never)]
    unsafe fn sweep(&mut self, run: Run) {
        let index = run.start >> PAGE_SHIFT;
        let page = self.rt.heap.page(index);
        let many = self.rt.heap.is_many();
        let step = page.cell() / ID_SCALE;
        self.w.alloc.note_allocated((run.end - run.start) / step, step * ID_SCALE);
        let base = self.base;
        let mut maps = ShapeMaps::NONE;
        // Freed cells of one word of the bitmap, whose first id is `floor`.
        let (mut floor, mut bits, mut freed) = (run.end, 0u64, 0);
        // Whether something may be in `dead`.
        let mut more = false;
        let mut id = run.end;
        while id > run.start {
            id -= step;
            if id < floor {
                if bits != 0 {
                    page.release((floor / WORD_IDS) as usize % WORDS, bits, many);
                    freed += bits.count_ones();
                }
                (floor, bits) = (id & !(WORD_IDS - 1), 0);
            }
            // SAFETY: `id` starts a cell that was handed out; its META tells whether an object is there.
            unsafe {
                let head = Head::new(base.wrapping_add(id as usize * ID_SCALE as usize));
                let header = head.word();
                if header & DEAD_SHAPE_MASK != maps.key {
                    let Some(found) = self.look(head, id, header) else { continue };
                    maps = found;
                }
                let object = head.ptr();
                let mut children = maps.refs;
                while children != 0 {
                    let child = object.add(8).cast::<u32>().add(children.trailing_zeros() as usize).read();
                    children &= children - 1;
                    if child > REF_NULL {
                        let head = Head::new(base.wrapping_add(child as usize * ID_SCALE as usize));
                        let old = head.rc();
                        // A plain decrement to 0 that leaves the object to its list.
                        if old & !RC_CANDIDATE == (RC_ZERO_LISTED | 1) {
                            head.set_rc(old - 1);
                        } else {
                            self.decrement(child);
                            more = true;
                        }
                    }
                }
                if maps.words != 0 {
                    trace::mapped(object, (0, maps.words), &mut |child| self.decrement(child));
                    more = true;
                }
                head.set_word(0);
                bits |= 1 << (id / GRANULE_IDS % 64);
                if more {
                    self.reap();
                    more = false;
                }
            }
        }
        if bits != 0 {
            page.release((floor / WORD_IDS) as usize % WORDS, bits, many);
            freed += bits.count_ones();
        }
        if freed != 0 {
            self.w.alloc.note_freed(&self.rt.heap, index, freed as u64);
        }
    }

    /// Finishes the visit of a young cell that is not dead and of the last shape: the maps
    /// to go on with when it is dead, else `None`.
    #[inline]
    unsafe fn look(&mut self, head: Head, id: u32, header: u64) -> Option<ShapeMaps> {
        let rc = header as u32;
        if rc & (RC_COUNT_MASK | RC_IMMORTAL) != 0 {
            if rc & RC_CANDIDATE == 0 && rc & (RC_ZERO_LISTED | RC_SHARED) == RC_ZERO_LISTED {
                head.set_rc(rc & !RC_ZERO_LISTED);
            } else {
                self.leave_young(head, id, rc);
            }
            return None;
        }
        let found = self.maps_of(header);
        if found.is_none() {
            // SAFETY: passed on.
            unsafe { self.visit_newborn(id) };
        }
        found
    }

    /// What the maps of a dead object's shape say, unless they leave something out.
    #[inline(never)]
    fn maps_of(&self, header: u64) -> Option<ShapeMaps> {
        let meta = (header >> 32) as u32;
        if meta == 0 || !self.plain || meta & META_DEAD != 0 || header as u32 & RC_COLLECTOR != 0 {
            return None;
        }
        let desc = self.rt.shapes.desc(meta & META_SHAPE_MASK);
        let key = (meta as u64) << 32;
        (!trace::is_special(meta, desc)).then_some(ShapeMaps {
            key,
            refs: desc.ref_map,
            words: desc.word_map,
        })
    }

    /// Takes an object that survives off the young list.
    #[inline(never)]
    fn leave_young(&mut self, head: Head, id: u32, rc: u32) {
        if rc & RC_ZERO_LISTED != 0 {
            if rc & RC_SHARED != 0 {
                head.clear(RC_ZERO_LISTED as u64);
            } else {
                head.set_rc(rc & !RC_ZERO_LISTED);
            }
        }
        self.survived(head, id, rc);
    }

    unsafe fn visit_newborn(&mut self, id: u32) {
        let head = self.head(id);
        let header = head.header();
        if header.meta == 0 || header.meta & META_DEAD != 0 {
            return;
        }
        if header.rc & (RC_COUNT_MASK | RC_IMMORTAL) != 0 {
            return self.leave_young(head, id, header.rc);
        }
        head.set_rc(header.rc & !RC_ZERO_LISTED);
        self.w.dead.push(id);
        // SAFETY: the object is dead, and has left its list.
        unsafe { self.reap() };
    }

    /// A candidate when it survives: bit C says that a store took the object's count from 0 to 1.
    #[inline]
    fn survived(&mut self, head: Head, id: u32, rc: u32) {
        if rc & RC_CANDIDATE != 0 && !mutant::on("no_young_candidates") {
            self.candidate(head, id, rc);
        }
    }

    /// Enters an object that may be part of a garbage cycle for the collector to look at.
    #[inline(never)]
    fn candidate(&mut self, head: Head, id: u32, rc: u32) {
        if rc & (RC_COLLECTOR | RC_IMMORTAL) != 0 {
            return;
        }
        if trace::is_acyclic(self.rt, head.meta()) {
            return;
        }
        self.w.enter_candidate(head, id);
    }

    /// Takes one off the count of `id`; notes it as dead when that was the last.
    #[inline(always)]
    unsafe fn decrement(&mut self, id: u32) {
        let head = self.head(id);
        let old = head.rc();
        if old & (NOT_DEAD | RC_SHARED) == 1 {
            head.set_rc(old - 1);
            self.w.dead.push(id);
        } else {
            // SAFETY: passed on.
            unsafe { self.decrement_other(head, id, old) }
        }
    }

    /// As `decrement`, for objects that do not die of it at once.
    #[inline(never)]
    unsafe fn decrement_other(&mut self, head: Head, id: u32, old: u32) {
        if old & (RC_IMMORTAL | RC_SHARED) != 0 {
            // SAFETY: the caller held a counted reference, so the object is live.
            return unsafe { self.decrement_flagged(head, id) };
        }
        debug_assert!(old & RC_COUNT_MASK > 0, "object {id:#x} is decremented below 0");
        let new = old - 1;
        head.set_rc(new);
        if new & RC_COUNT_MASK != 0 {
            if new & RC_COLLECTOR == 0 && !self.is_only_pinned(id, new) {
                self.candidate(head, id, new);
            }
        } else if new & NOT_DEAD == 0 || mutant::on("no_list_bit") {
            self.w.dead.push(id);
        }
    }

    /// Whether a pin is all that is left of the count: the object is on its way out, in no cycle.
    /// Where pins are a set they are not in the count.
    #[inline]
    fn is_only_pinned(&self, id: u32, rc: u32) -> bool {
        rc & RC_COUNT_MASK == 1
            && self.w.pinned.is_empty()
            && self.w.pins.len() <= FEW_PINS
            && self.w.pins.contains(&id)
    }

    #[cold]
    #[inline(never)]
    unsafe fn decrement_flagged(&mut self, head: Head, id: u32) {
        if head.is_immortal() {
            return;
        }
        if !self.matured && !mutant::on("shared_decrements_at_once") {
            return self.w.unstamped.push(id);
        }
        let new = head.shared_dec();
        if new as u32 & NOT_DEAD == 0 {
            self.w.dead.push(id);
        } else if new as u32 & RC_COUNT_MASK != 0 {
            self.candidate(head, id, new as u32);
        }
    }

    /// Frees the objects of `dead` and those whose last reference was theirs, within the budget.
    ///
    /// As in `sweep`, one comparison tells most: local, no candidate, and of the shape seen last.
    #[inline(never)]
    unsafe fn reap(&mut self) {
        let mut maps = ShapeMaps::NONE;
        while let Some(id) = self.w.dead.pop() {
            if self.budget == 0 {
                self.w.dead.push(id);
                return self.bury();
            }
            let head = self.head(id);
            let header = head.word();
            if header & (DEAD_SHAPE_MASK | RC_SHARED as u64) != maps.key {
                match self.maps_of(header) {
                    Some(found) if header as u32 & RC_SHARED == 0 => maps = found,
                    _ => {
                        if !self.plain && self.keep_pinned(id) {
                            continue;
                        }
                        self.budget -= 1;
                        // SAFETY: objects of `dead` have count 0 and nothing refers to them.
                        unsafe { self.kill(id) };
                        continue;
                    }
                }
            }
            self.budget -= 1;
            // SAFETY: as above; the maps are those of the object's shape, and tell everything.
            unsafe {
                trace::mapped(head.ptr(), (maps.refs, maps.words), &mut |child| self.decrement(child));
                self.w.alloc.free(&self.rt.heap, head, id);
            }
        }
    }

    /// Puts a dead object that the stack refers to on the zero list.
    #[inline(never)]
    fn keep_pinned(&mut self, id: u32) -> bool {
        if self.w.pinned.is_empty() || !self.w.pinned.contains(id) {
            return false;
        }
        let head = self.head(id);
        // What was buried is dead for good: a stale word refers to it.
        if head.is_shared() || head.meta() & META_DEAD != 0 {
            return false;
        }
        head.set_rc(head.rc() | RC_ZERO_LISTED);
        self.w.zero_list.push(id);
        true
    }

    /// Leaves what is dead to the next scan.
    pub fn bury(&mut self) {
        for id in std::mem::take(&mut self.w.dead) {
            if self.keep_pinned(id) {
                continue;
            }
            let head = self.head(id);
            if head.is_shared() {
                head.set(DEAD | RC_ZERO_LISTED as u64);
            } else {
                head.set_meta(head.meta() | META_DEAD);
                head.set_rc(head.rc() | RC_ZERO_LISTED);
            }
            self.w.backlog.push(id);
        }
    }

    /// Ends one object whose count is 0: drops its references, then its memory.
    #[inline(never)]
    unsafe fn kill(&mut self, id: u32) {
        let head = self.head(id);
        let meta = head.meta();
        debug_assert!(meta & META_SHAPE_MASK != 0, "object {id:#x} is freed twice");
        // SAFETY: the object is dead, and its fields are initialised.
        unsafe {
            if meta & META_FINALIZE != 0 && destroy::survives(self.rt, self.w, id) {
                return;
            }
            self.drop_children(head, id, meta, &mut |reaper, child| reaper.decrement(child));
            self.release(head, id, meta);
        }
    }

    /// Calls `drop` with each reference of a dead object; releases its parts on the host.
    #[inline(never)]
    pub unsafe fn drop_children(
        &mut self,
        head: Head,
        id: u32,
        meta: u32,
        drop: &mut dyn FnMut(&mut Self, u32),
    ) {
        let desc = self.rt.shapes.desc(meta & META_SHAPE_MASK);
        let rt = self.rt;
        // SAFETY: the caller vouches for the object.
        unsafe {
            if trace::is_special(meta, desc) {
                trace::special(head.ptr(), meta, &rt.shapes, &rt.payloads, &mut |child| drop(self, child));
                if desc.kind == ObjKind::Native as u8 {
                    // The index of its payload is in bytes 8..12.
                    rt.payloads.remove(head.ptr().cast::<u32>().add(2).read());
                }
                if meta & META_OVERFLOW != 0 {
                    rt.payloads.remove_overflow(id);
                }
                if meta & META_FINALIZE != 0 {
                    let released = destroy::bury(rt, self.w, id);
                    released
                        .into_iter()
                        .map(word_id)
                        .filter(|&id| id > REF_NULL)
                        .for_each(|id| drop(self, id));
                }
            } else {
                trace::mapped(head.ptr(), (desc.ref_map, desc.word_map), &mut |child| drop(self, child));
            }
        }
    }

    /// Gives up the memory of a dead object whose references are dropped.
    pub unsafe fn release(&mut self, head: Head, id: u32, meta: u32) {
        if self.plain && head.rc() & (RC_COLLECTOR | RC_SHARED) == 0 {
            // SAFETY: the object is dead.
            return unsafe { self.w.alloc.free(&self.rt.heap, head, id) };
        }
        // SAFETY: as above.
        unsafe { self.release_watched(head, id, meta) }
    }

    #[cold]
    #[inline(never)]
    unsafe fn release_watched(&mut self, head: Head, id: u32, meta: u32) {
        let rc = head.rc();
        // A shared candidate may be taken off the collector's list at this moment.
        let listed = if rc & RC_SHARED != 0 {
            head.clear(RC_ZERO_LISTED as u64);
            head.set(DEAD) as u32 & RC_COLLECTOR != 0
        } else {
            head.set_word(((meta | META_DEAD) as u64) << 32 | (rc & RC_COLLECTOR) as u64);
            rc & RC_COLLECTOR != 0
        };
        if listed && !mutant::on("no_candidate_bit") {
            let bytes = self.rt.heap.capacity(ObjectId(id));
            self.w.zombie_bytes += bytes as usize;
            self.w.zombies += 1;
        } else if self.w.is_watched() && !mutant::on("no_quarantine") {
            self.w.note_touched(id);
            self.w.quarantine.push(id);
        } else {
            // SAFETY: the object is dead, and nobody else knows it.
            unsafe { self.w.alloc.free(&self.rt.heap, head, id) };
        }
    }

    /// Frees members of garbage cycles, at most `n` more visits of one. In three rounds: all are
    /// marked as dead, then their references to others are dropped, then their memory.
    ///
    /// # Safety
    /// The objects must be unreachable, and no reference outside them lead to any.
    pub unsafe fn free_garbage(&mut self, doomed: &mut Doomed, mut n: usize) {
        while n > 0 && doomed.round < ROUNDS {
            let Some(&id) = doomed.ids.get(doomed.at) else {
                (doomed.round, doomed.at) = (doomed.round + 1, 0);
                continue;
            };
            (doomed.at, n) = (doomed.at + 1, n - 1);
            let head = self.head(id);
            // SAFETY: the object is garbage with initialised fields, and each round visits it once.
            unsafe {
                match doomed.round {
                    0 if head.is_shared() => _ = head.set(DEAD),
                    0 => head.set_meta(head.meta() | META_DEAD),
                    1 => self.drop_children(head, id, head.meta(), &mut |reaper, child| {
                        if reaper.head(child).meta() & META_DEAD == 0 {
                            reaper.decrement(child);
                        }
                    }),
                    _ => self.release(head, id, head.meta()),
                }
            }
        }
        if doomed.round == ROUNDS {
            self.w.scans.cyclic += doomed.ids.len() as u64;
            *doomed = Doomed::default();
        }
        // SAFETY: what is in `dead` is dead.
        unsafe { self.reap() };
    }
}

const ROUNDS: u8 = 3;

/// Members of garbage cycles on their way out.
#[derive(Default, Debug)]
pub(crate) struct Doomed {
    ids: Vec<u32>,
    round: u8,
    at: usize,
}

impl Doomed {
    pub fn new(ids: Vec<u32>) -> Doomed {
        Doomed { ids, round: 0, at: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

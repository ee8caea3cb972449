//! The scan: pins what the stack refers to, applies decrements, frees what is dead.
//!
//! ```text
//! pin       every word of the stack that is or points into an object: count + 1
//! log       logged decrements; whatever reaches 0 is freed with its children
//! zero list objects found at 0 on an earlier stack: freed if they still are at 0
//! young     cells handed out since the last scan: freed if they are at 0
//! unpin     count - 1; whatever is at 0 now is only on the stack: zero list
//! pages     pages that lost cells are sorted
//! ```
//! A pin is a temporary increment, so the test "is it dead" is the test of the count
//! and costs nothing extra where most objects are looked at. Bit Z means that the zero
//! list holds the object: whoever takes its count to 0 leaves it to that list.
//! Freeing is iterative: objects whose count reaches 0 are put on a stack of our own.

use crate::ctx::{self, Runtime};
use crate::mem::heap::{Heap, LARGE_RUN, Run};
use crate::mem::page::{GRANULE_IDS, PAGE_SHIFT};
use crate::mem::payload::Payloads;
use crate::mem::region::ObjectId;
use crate::mem::shape::ShapeTable;
use crate::rc::audit::Fault;
use crate::rc::barrier::word_id;
use crate::rc::destroy::{self, Destroyer};
use crate::rc::poll::request_poll;
use crate::rc::trace;
use std::sync::atomic::{AtomicU32, Ordering};
use crate::host::Instant;
use std::time::Duration;
use ultra_abi::layout::{ATTENTION_POLL, Header, WorkerContext};
use ultra_abi::shape::*;
use ultra_abi::value::REF_NULL;

/// Objects whose count is beyond this are not pinned: the log is far too short to free them.
const PIN_BELOW: u32 = 1 << 26;
/// What keeps an object whose count is 0 from being freed on the spot.
const NOT_DEAD: u32 = RC_COUNT_MASK | RC_IMMORTAL | RC_ZERO_LISTED | RC_COLLECTOR;

#[derive(Default, Clone, Copy, Debug)]
pub struct ScanStats {
    pub scans: u64,
    pub time: Duration,
    /// Stack words that kept an object alive, summed over scans.
    pub pins: u64,
    /// Decrements applied from logs.
    pub decrements: u64,
}

/// Scans: see the module's picture. Frees nothing that the stack refers to.
///
/// # Safety
/// `ctx` must be the live context of the calling worker, and every reference that is
/// in use must be counted or lie in `scan_top..stack_base` or be the pending exception.
pub unsafe fn scan(ctx: *mut WorkerContext) {
    let started = Instant::now();
    // SAFETY: the caller vouches for `ctx`; the parts of the runtime are used one at a time or are different fields.
    unsafe {
        let rt = &mut *ctx::runtime(ctx);
        retire_runs(ctx, &mut rt.heap);
        let stack_bytes = pin_stack(ctx, rt);
        let log_start = rt.log_start();
        let mut reaper = Reaper {
            heap: &mut rt.heap,
            shapes: &rt.shapes,
            payloads: &mut rt.payloads,
            destroyer: &mut rt.destroyer,
            dead: std::mem::take(&mut rt.dead),
        };
        rt.scans.decrements += reaper.apply_log(ctx, log_start, &mut rt.log_overflow);
        reaper.visit_zero_list(&mut rt.zero_list);
        reaper.visit_young();
        rt.dead = reaper.dead;
        rt.scans.pins += rt.pins.len() as u64;
        unpin(&rt.heap, &mut rt.pins, &mut rt.zero_list);
        let destroy = rt.destroyer.settle(&rt.heap, &mut rt.zero_list);
        reopen_runs(ctx, &mut rt.heap);
        rt.heap.sort_pages();
        rt.set_scan_threshold(stack_bytes);
        // What asked for a poll has been done.
        (*ctx).attention &= !ATTENTION_POLL;
        (*ctx).stack_limit = rt.prologue_limit((*ctx).real_stack_limit);
        if destroy {
            request_poll(ctx);
        }
        rt.scans.scans += 1;
        rt.scans.time += started.elapsed();
        if rt.options.audit {
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
unsafe fn retire_runs(ctx: *mut WorkerContext, heap: &mut Heap) {
    for class in 0..INLINE_CLASSES {
        // SAFETY: the caller vouches for `ctx`.
        let bump = unsafe { (*ctx).bump[class] };
        heap.retire_run(class, bump.cur);
    }
}

/// Enters what is left of the runs as young again: new objects will be there.
unsafe fn reopen_runs(ctx: *mut WorkerContext, heap: &mut Heap) {
    for class in 0..INLINE_CLASSES {
        // SAFETY: the caller vouches for `ctx`.
        let bump = unsafe { (*ctx).bump[class] };
        heap.reopen_run(class, Run { start: bump.cur, end: bump.end });
    }
}

/// Pins what the stack and the pending exception refer to; returns the bytes of stack in use.
unsafe fn pin_stack(ctx: *mut WorkerContext, rt: &mut Runtime) -> usize {
    // SAFETY: the caller vouches for the stack's bounds; its words are initialised memory of generated frames.
    unsafe {
        let (top, base) = ((*ctx).scan_top.next_multiple_of(8), (*ctx).stack_base);
        let (heap, pins) = (&rt.heap, &mut rt.pins);
        pin(heap, word_id((*ctx).exception), pins);
        for id in rt.destroyer.roots() {
            pin(heap, id, pins);
        }
        let (first, end) = heap.id_range();
        let (low, bytes) = (heap.addr(first) as u64, (end - first) as u64 * ID_SCALE as u64);
        let mut at = top;
        while at < base {
            let word = (at as *const u64).read();
            for id in [word as u32, (word >> 32) as u32] {
                if id.wrapping_sub(first) < end - first {
                    // Where ids are addresses, interior ones have the size of ids too.
                    let id = if ID_SCALE == 1 { heap.object_at_address(id.into()).unwrap_or(id) } else { id };
                    pin(heap, id, pins);
                }
            }
            if ID_SCALE != 1
                && word.wrapping_sub(low) < bytes
                && let Some(id) = heap.object_at_address(word)
            {
                pin(heap, id, pins);
            }
            at += 8;
        }
        base.saturating_sub(top) as usize
    }
}

/// Increments the count of the object at `id`, if there is one.
unsafe fn pin(heap: &Heap, id: u32, pins: &mut Vec<u32>) {
    let Some(id) = heap.object_at_id(id) else { return };
    // SAFETY: the heap says that an object starts there.
    let rc = unsafe { AtomicU32::from_ptr(&raw mut (*heap.addr(id).cast::<Header>()).rc) };
    let old = rc.load(Ordering::Relaxed);
    if old & RC_IMMORTAL != 0 || old & RC_COUNT_MASK >= PIN_BELOW {
        return;
    }
    if old & RC_SHARED != 0 {
        rc.fetch_add(1, Ordering::AcqRel);
    } else {
        rc.store(old + 1, Ordering::Relaxed);
    }
    pins.push(id);
}

/// Takes the pins off; what is at 0 now goes to the zero list.
unsafe fn unpin(heap: &Heap, pins: &mut Vec<u32>, zero_list: &mut Vec<u32>) {
    for id in pins.drain(..) {
        // SAFETY: a pinned object was not freed; this worker alone runs.
        unsafe {
            let rc = &raw mut (*heap.addr(id).cast::<Header>()).rc;
            let new = *rc - 1;
            *rc = new;
            if new & (RC_COUNT_MASK | RC_IMMORTAL | RC_ZERO_LISTED) == 0 {
                *rc |= RC_ZERO_LISTED;
                zero_list.push(id);
            }
        }
    }
}

/// Ids that one word of a page's bitmap describes.
const WORD_IDS: u32 = 64 * GRANULE_IDS;
/// Bits of a header in which a dead object equals the `key` of its shape's maps.
const DEAD_SHAPE_MASK: u64 = (u32::MAX as u64) << 32 | (NOT_DEAD & !RC_ZERO_LISTED) as u64;

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
struct Reaper<'a> {
    heap: &'a mut Heap,
    shapes: &'a ShapeTable,
    payloads: &'a mut Payloads,
    destroyer: &'a mut Destroyer,
    /// Objects that are dead and not yet freed.
    dead: Vec<u32>,
}

impl Reaper<'_> {
    unsafe fn apply_log(&mut self, ctx: *mut WorkerContext, start: *const u32, overflow: &mut Vec<u32>) -> u64 {
        let base = self.heap.base();
        // SAFETY: `start..log_cur` are the entries written since the last scan, each a counted reference that is gone.
        unsafe {
            let len = ((*ctx).log_cur - start as u64) as usize / 4;
            for &id in std::slice::from_raw_parts(start, len).iter().chain(overflow.iter()) {
                decrement(base, id, &mut self.dead);
            }
            self.reap();
            (*ctx).log_cur = start as u64;
            let count = (len + overflow.len()) as u64;
            overflow.clear();
            count
        }
    }

    unsafe fn visit_zero_list(&mut self, zero_list: &mut Vec<u32>) {
        for id in zero_list.drain(..) {
            // SAFETY: an object on the zero list is only freed by this loop.
            unsafe {
                let rc = &raw mut (*self.heap.addr(id).cast::<Header>()).rc;
                *rc &= !RC_ZERO_LISTED;
                if *rc & NOT_DEAD == 0 {
                    self.dead.push(id);
                }
            }
        }
        // SAFETY: what is in `dead` has left the list and is at 0.
        unsafe { self.reap() };
    }

    /// Visits the cells handed out since the last scan, the newest first: what refers to
    /// an object is mostly younger than it, so its count is 0 by the time it is visited,
    /// and memory is read in one direction.
    unsafe fn visit_young(&mut self) {
        let mut runs = std::mem::take(&mut self.heap.young);
        while let Some(run) = runs.pop() {
            // SAFETY: runs hold live objects and cells with META 0, from start to end.
            unsafe {
                if run.end == LARGE_RUN {
                    self.heap.note_allocated(1, self.heap.capacity(ObjectId(run.start)));
                    self.visit_newborn(run.start);
                } else {
                    self.sweep(run);
                }
            }
        }
        self.heap.young = runs;
        self.heap.young_bytes = 0;
    }

    /// Visits the cells of a run from its end to its start.
    ///
    /// One comparison of the header decides for most: dead, and of the shape seen last.
    #[inline(never)]
    unsafe fn sweep(&mut self, run: Run) {
        let index = run.start >> PAGE_SHIFT;
        let step = self.heap.page(index).cell / ID_SCALE;
        self.heap.note_allocated((run.end - run.start) / step, step * ID_SCALE);
        let (base, taken) = (self.heap.base(), self.heap.taken_words());
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
                    // SAFETY: the page holds the run; no reference to its entry is held.
                    unsafe { taken.clear(floor / WORD_IDS, bits) };
                    freed += bits.count_ones();
                }
                (floor, bits) = (id & !(WORD_IDS - 1), 0);
            }
            let object = base.wrapping_add(id as usize * ID_SCALE as usize);
            // SAFETY: `id` starts a cell that was handed out; its META tells whether an object is there.
            unsafe {
                let header = object.cast::<u64>().read();
                if header & DEAD_SHAPE_MASK != maps.key {
                    if header as u32 & (NOT_DEAD & !RC_ZERO_LISTED) != 0 {
                        leave_young(object, header as u32);
                        continue;
                    }
                    let Some(found) = self.maps_of((header >> 32) as u32) else {
                        self.reap_newborn(id, header);
                        continue;
                    };
                    maps = found;
                }
                let mut children = maps.refs;
                while children != 0 {
                    let child = object.add(8).cast::<u32>().add(children.trailing_zeros() as usize).read();
                    children &= children - 1;
                    if child > REF_NULL {
                        let rc = base.wrapping_add(child as usize * ID_SCALE as usize).cast::<u32>();
                        let old = rc.read();
                        if old & (RC_IMMORTAL | RC_SHARED) == 0 {
                            rc.write(old - 1);
                            if (old - 1) & NOT_DEAD != 0 {
                                continue;
                            }
                        }
                        self.decremented(rc, old, child);
                        more = true;
                    }
                }
                if maps.words != 0 {
                    self.drop_words(object, maps.words);
                    more = true;
                }
                object.cast::<u64>().write(0);
                bits |= 1 << (id / GRANULE_IDS % 64);
                if more {
                    self.reap();
                    more = false;
                }
            }
        }
        if bits != 0 {
            // SAFETY: as above.
            unsafe { taken.clear(floor / WORD_IDS, bits) };
            freed += bits.count_ones();
        }
        if freed != 0 {
            self.heap.note_freed(index, freed as u64);
        }
    }

    /// Finishes a decrement of `id` that was not plain: `old` has flags, or was the last.
    #[cold]
    #[inline(never)]
    unsafe fn decremented(&mut self, rc: *mut u32, old: u32, id: u32) {
        if old & (RC_IMMORTAL | RC_SHARED) == 0 {
            self.dead.push(id);
        } else {
            // SAFETY: the caller held a counted reference, so the object is live.
            unsafe { decrement_flagged(rc, id, &mut self.dead) };
        }
    }

    #[inline(never)]
    unsafe fn drop_words(&mut self, object: *mut u8, words: u64) {
        let (base, dead) = (self.heap.base(), &mut self.dead);
        // SAFETY: the caller found the map in the descriptor of the object's shape.
        unsafe { trace::mapped(object, (0, words), &mut |child| decrement(base, child, dead)) };
    }

    /// What the maps of an object's shape say, unless they leave something out.
    #[inline(never)]
    fn maps_of(&self, meta: u32) -> Option<ShapeMaps> {
        if meta == 0 || self.heap.is_careful() {
            return None;
        }
        let desc = self.shapes.desc(meta & META_SHAPE_MASK);
        let key = (meta as u64) << 32;
        (!trace::is_special(meta, desc)).then_some(ShapeMaps { key, refs: desc.ref_map, words: desc.word_map })
    }

    #[inline(never)]
    unsafe fn reap_newborn(&mut self, id: u32, header: u64) {
        if header >> 32 != 0 {
            self.dead.push(id);
            // SAFETY: the object is dead.
            unsafe { self.reap() };
        }
    }

    unsafe fn visit_newborn(&mut self, id: u32) {
        // SAFETY: the caller vouches for the object.
        unsafe {
            let object = self.heap.addr(id);
            let header = object.cast::<Header>().read();
            if header.rc & (NOT_DEAD & !RC_ZERO_LISTED) != 0 || header.meta == 0 {
                return leave_young(object, header.rc);
            }
            self.dead.push(id);
            self.reap();
        }
    }

    /// Frees the objects of `dead` and those whose last reference was theirs.
    #[inline(never)]
    unsafe fn reap(&mut self) {
        let base = self.heap.base();
        while let Some(id) = self.dead.pop() {
            // SAFETY: objects of `dead` are live cells with count 0 that nothing refers to.
            unsafe {
                let object = self.heap.addr(id);
                let meta = (*object.cast::<Header>()).meta;
                if meta & META_FINALIZE != 0 && destroy::survives(self.heap, self.payloads, self.destroyer, id) {
                    continue;
                }
                let desc = self.shapes.desc(meta & META_SHAPE_MASK);
                let dead = &mut self.dead;
                if trace::is_special(meta, desc) {
                    trace::special(object, meta, self.shapes, self.payloads, &mut |child| decrement(base, child, dead));
                    self.drop_host_parts(id, meta, desc.kind);
                } else {
                    trace::mapped(object, (desc.ref_map, desc.word_map), &mut |child| decrement(base, child, dead));
                }
                self.heap.free(id);
            }
        }
    }

    #[inline(never)]
    unsafe fn drop_host_parts(&mut self, id: u32, meta: u32, kind: u8) {
        if kind == ObjKind::Native as u8 {
            // SAFETY: an object of this kind has the index of its payload in bytes 8..12.
            let index = unsafe { self.heap.addr(id).cast::<u32>().add(2).read() };
            self.payloads.remove(index);
        }
        if meta & META_OVERFLOW != 0 {
            self.payloads.remove_overflow(id);
        }
        if meta & META_FINALIZE != 0 {
            // SAFETY: the object has left every list and is freed next.
            let released = unsafe { destroy::bury(self.heap, self.payloads, self.destroyer, id) };
            for word in released.into_iter().filter(|&word| word_id(word) > REF_NULL) {
                // SAFETY: the weak table counted the word.
                unsafe { decrement(self.heap.base(), word_id(word), &mut self.dead) };
            }
        }
    }
}

/// Takes an object that survives off the young list.
#[inline]
unsafe fn leave_young(object: *mut u8, flags: u32) {
    if flags & RC_ZERO_LISTED == 0 {
        return;
    }
    // SAFETY: the header is of a live object; a shared one is only accessed atomically.
    unsafe {
        let rc = object.cast::<u32>();
        if flags & RC_SHARED != 0 {
            AtomicU32::from_ptr(rc).fetch_and(!RC_ZERO_LISTED, Ordering::AcqRel);
        } else {
            rc.write(flags & !RC_ZERO_LISTED);
        }
    }
}

/// Takes one off the count of `id` in the region at `base`; notes it as dead when that was the last.
#[inline]
unsafe fn decrement(base: *mut u8, id: u32, dead: &mut Vec<u32>) {
    // SAFETY: the caller held a counted reference, so the object is live.
    unsafe {
        let rc = base.wrapping_add(id as usize * ID_SCALE as usize).cast::<u32>();
        let old = *rc;
        if old & (RC_IMMORTAL | RC_SHARED) != 0 {
            return decrement_flagged(rc, id, dead);
        }
        debug_assert!(old & RC_COUNT_MASK > 0, "object {id:#x} is decremented below 0");
        *rc = old - 1;
        if (old - 1) & NOT_DEAD == 0 {
            dead.push(id);
        }
    }
}

#[cold]
#[inline(never)]
unsafe fn decrement_flagged(rc: *mut u32, id: u32, dead: &mut Vec<u32>) {
    // SAFETY: as in `decrement`; a shared count is only accessed atomically.
    let rc = unsafe { AtomicU32::from_ptr(rc) };
    if rc.load(Ordering::Relaxed) & RC_IMMORTAL != 0 {
        return;
    }
    let new = rc.fetch_sub(1, Ordering::AcqRel) - 1;
    if new & NOT_DEAD == 0 {
        dead.push(id);
    }
}

//! The end of a program: last scan and collection, leak report, and figures.
//!
//! After a normal exit nothing but immortal objects should be alive. What is left is
//! one of three: held by an external reference that nobody released, garbage that only
//! cycles keep alive and the collector missed, or a leak, whose count is higher than the
//! references that exist. Each is a fault.

use crate::ctx::Runtime;
use crate::object::cx::{Cx, Res, Word, object_of};
use crate::object::property;
use crate::rc::audit::LiveClass;
use crate::rc::poll::mem_release;
use crate::rc::scan::scan_with;
use crate::string::heap;
use crate::sync::lock;
use crate::worker::Worker;
use hashbrown::{HashMap, HashSet};
use std::time::Duration;
use ultra_abi::layout::{Header, WorkerContext};
use ultra_abi::shape::{RC_COUNT_MASK, RC_IMMORTAL};
use ultra_abi::value::{UNDEFINED, from_object};

/// What is alive at exit, by class: immortal objects are not counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeakReport {
    /// Reachable from external references.
    pub held: Vec<LiveClass>,
    /// Kept alive only by references among garbage.
    pub cyclic: Vec<LiveClass>,
    /// Their count, or that of an object which reaches them, is too high: a bug.
    pub leaked: Vec<LiveClass>,
}

impl LeakReport {
    pub fn is_clean(&self) -> bool {
        self.held.is_empty() && self.leaked.is_empty() && self.cyclic.is_empty()
    }
}

/// Figures for `--mem-stats`.
#[derive(Clone, Debug)]
pub struct MemStats {
    pub objects_allocated: u64,
    pub bytes_allocated: u64,
    pub objects_freed: u64,
    pub peak_bytes: u64,
    /// Increments done out of line.
    pub slow_counts: u64,
    pub decrements: u64,
    /// Objects freed as parts of garbage cycles.
    pub cyclic: u64,
    pub scans: u64,
    pub scan_time: Duration,
    pub longest_scan: Duration,
    /// Allocations that the zeal mode `failalloc` counted, while it is on.
    pub could_have_failed: Option<u64>,
    pub live: Vec<LiveClass>,
}

/// A figure for the program: 0 objects allocated, 1 bytes allocated, 2 objects freed, 3 peak
/// bytes, 4 live objects, 5 live bytes, 6 destructors run. Up to the last scan, but for 4 and 5.
pub fn figure(rt: &Runtime, which: i32) -> f64 {
    let live = |of: fn(&LiveClass) -> u64| rt.live_objects(false).iter().map(of).sum::<u64>();
    // SAFETY: figures of other workers may be stale; they are plain numbers.
    let figures = unsafe { rt.workers.figures() };
    (match which {
        0 => figures.alloc.objects_allocated,
        1 => figures.alloc.bytes_allocated,
        2 => figures.alloc.objects_freed,
        3 => rt.heap.peak_pages() as u64 * ultra_abi::shape::PAGE_SIZE as u64,
        4 => live(|c| c.count),
        5 => live(|c| c.bytes),
        _ => figures.destroyed,
    }) as f64
}

/// An object with the number of live objects of each class, in order of name.
pub fn live_by_class(cx: Cx) -> Res<Word> {
    // SAFETY: the context is live; the list is made before anything is allocated.
    let classes = unsafe { (*crate::ctx::runtime(cx.ctx())).live_objects(false) };
    let object = from_object(property::new_object(cx)?);
    for class in classes {
        let name = heap::from_str(cx, &class.name)?;
        property::set_element(cx, object, name, (class.count as f64).to_bits())?;
    }
    Ok(object)
}

impl Runtime {
    /// References to an object from the heap, without those whose end is logged. 0 for
    /// what is no object or lives for ever.
    pub fn reference_count(&self, word: Word) -> u32 {
        let Some(id) = object_of(word) else { return 0 };
        // SAFETY: an object word refers to a live object.
        let rc = unsafe { (*self.heap.addr(id).cast::<Header>()).rc };
        if rc & RC_IMMORTAL != 0 {
            return 0;
        }
        // SAFETY: the worker of the program's thread asks.
        let pending = unsafe { (*self.main_worker()).pending_decrements() };
        let gone = pending.into_iter().filter(|&p| p == id).count() as u32;
        (rc & RC_COUNT_MASK).saturating_sub(gone)
    }

    /// Figures up to the last scan.
    pub fn mem_stats(&self) -> MemStats {
        // SAFETY: figures are asked for when no other worker runs.
        let figures = unsafe { self.workers.figures() };
        let (alloc, scans) = (&figures.alloc, &figures.scans);
        MemStats {
            objects_allocated: alloc.objects_allocated,
            bytes_allocated: alloc.bytes_allocated,
            objects_freed: alloc.objects_freed,
            peak_bytes: self.heap.peak_pages() as u64 * ultra_abi::shape::PAGE_SIZE as u64,
            slow_counts: figures.slow_counts,
            decrements: scans.decrements,
            cyclic: scans.cyclic,
            scans: scans.scans,
            scan_time: scans.time,
            longest_scan: scans.longest,
            // SAFETY: as above.
            could_have_failed: self.options.fail_alloc.map(|_| unsafe { (*self.main_worker()).allocations }),
            live: self.live_objects(false),
        }
    }

    /// Releases one external reference of each of `roots`, frees all that is dead, garbage
    /// cycles included, and reports what is left. Generated code must have ended and other
    /// workers been retired: the stack counts as empty.
    pub fn shutdown(&mut self, roots: &[u32]) -> LeakReport {
        self.release_roots(roots);
        self.trial_collect()
    }

    /// Releases one external reference of each of `roots` and frees all that is dead; what
    /// has a destructor is queued. Generated code must have ended.
    pub fn release_roots(&mut self, roots: &[u32]) {
        let ctx = self.context();
        // SAFETY: the context is live and no generated frame is left, so the stack is empty.
        unsafe {
            // Through a pointer made from `self`, which is what is borrowed here.
            (*ctx).runtime = (&raw mut *self) as u64;
            for &id in roots {
                mem_release(ctx, id);
            }
            (*ctx).exception = UNDEFINED;
            (*ctx).scan_top = 0;
            (*ctx).stack_base = 0;
            self.collect_everything();
        }
    }

    /// Scans and collects until nothing more is freed.
    ///
    /// # Safety
    /// The main worker's stack must be empty, and no other worker run.
    unsafe fn collect_everything(&mut self) {
        let (ctx, worker) = (self.context(), self.main_worker());
        self.cycles.stop();
        // SAFETY: the caller vouches that this worker is alone, and its stack empty.
        unsafe {
            loop {
                drain(ctx, &mut *worker, self);
                if crate::cycle::collect_all(self, &mut *worker) == 0 {
                    break;
                }
            }
            drain(ctx, &mut *worker, self);
        }
    }

    /// Sorts the objects that are alive by what keeps them alive, given an empty stack.
    pub fn trial_collect(&self) -> LeakReport {
        let mut rest: HashMap<u32, Header> = HashMap::new();
        self.each_object(|id, header| {
            if header.rc & RC_IMMORTAL == 0 {
                rest.insert(id, header);
            }
        });
        let held = self.take_reachable(&mut rest, lock(&self.externals).ids());
        let mut internal: HashMap<u32, u32> = HashMap::new();
        for &id in rest.keys() {
            // SAFETY: the object is live, and its fields are initialised.
            unsafe { self.each_child_of(id, |child| *internal.entry(child).or_insert(0) += 1) };
        }
        let too_high =
            |id: &u32, header: &Header| header.rc & RC_COUNT_MASK > internal.get(id).copied().unwrap_or(0);
        let mut sources: Vec<u32> =
            rest.iter().filter(|(id, header)| too_high(id, header)).map(|(&id, _)| id).collect();
        sources.sort_unstable();
        let leaked = self.take_reachable(&mut rest, sources);
        LeakReport { held: self.by_class(held), leaked: self.by_class(leaked), cyclic: self.by_class(rest) }
    }

    /// Moves what the roots reach out of `rest`.
    fn take_reachable(&self, rest: &mut HashMap<u32, Header>, roots: Vec<u32>) -> HashMap<u32, Header> {
        let mut reached = HashMap::new();
        let mut seen: HashSet<u32> = roots.iter().copied().collect();
        let mut work = roots;
        while let Some(id) = work.pop() {
            if let Some(header) = rest.remove(&id) {
                reached.insert(id, header);
            }
            // SAFETY: roots are live and so is what live objects refer to.
            unsafe {
                self.each_child_of(id, |child| {
                    if seen.insert(child) {
                        work.push(child);
                    }
                });
            }
        }
        reached
    }

    fn by_class(&self, objects: HashMap<u32, Header>) -> Vec<LiveClass> {
        let mut classes: HashMap<&str, LiveClass> = HashMap::new();
        for (&id, header) in &objects {
            let name = self.class_name(header.meta);
            let class =
                classes.entry(name).or_insert_with(|| LiveClass { name: name.into(), count: 0, bytes: 0 });
            class.count += 1;
            class.bytes += self.heap.capacity(crate::ObjectId(id)) as u64;
        }
        let mut classes: Vec<LiveClass> = classes.into_values().collect();
        classes.sort();
        classes
    }
}

/// Scans until nothing waits for an epoch or for time.
unsafe fn drain(ctx: *mut WorkerContext, w: &mut Worker, rt: &Runtime) {
    // SAFETY: passed on from the caller.
    unsafe {
        scan_with(ctx, usize::MAX);
        while !w.is_idle(rt) {
            scan_with(ctx, usize::MAX);
        }
    }
}

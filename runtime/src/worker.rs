//! Workers: threads that run generated code, and what each of them has in hand.
//!
//! ```text
//! worker   context, allocation pages, log, lists of the scan, queue of shared decrements
//! task     what a goroutine takes along from worker to worker: its cycle candidates
//! epoch    one number for all; a worker has seen it when a scan that read it is over
//! ```
//! A decrement of a shared object is queued with the epoch at which its reference was
//! already gone, and applied when every worker has seen a later one: each has then
//! scanned since, so whoever still holds the object has counted it for the time being
//! (the scheme of Bacon and Rajan's Recycler, with epochs per worker as in QSBR).
//! Invariant: what is local is only ever touched by the worker that runs its goroutine;
//! a worker that lets go of a goroutine keeps nothing local of it (`suspend`).

use crate::ctx::Runtime;
use crate::cycle::{Call, Task};
use crate::host::Instant;
use crate::mem::alloc::{Alloc, AllocStats};
use crate::mem::idset::IdMap;
use crate::mem::options::Options;
use crate::mutant;
use crate::rc::destroy::{self, Destroyer};
use crate::rc::scan::{ScanStats, scan};
use crate::sync::{Mutex, MutexGuard, lock, step};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::*};
use ultra_abi::layout::{BumpRun, WorkerContext};
use ultra_abi::shape::*;
use ultra_abi::value::UNDEFINED;

/// Entries of the decrement log. 64 KiB of ids stay in the second-level cache, and a
/// scan's fixed cost is spread over enough of them.
const LOG_ENTRIES: usize = 16 << 10;
/// Bytes allocated between scans: what is young still is in the second-level cache then.
pub const SCAN_BYTES: usize = 256 << 10;
/// Decrements waiting for an epoch beyond which a worker asks the others for one.
const QUEUE_ENTRIES: usize = 4096;

/// How far a worker has come, for other threads to see.
#[derive(Debug)]
pub struct Progress {
    /// Epoch that the last scan read at its start.
    pub seen: AtomicU64,
    /// Somebody wants a scan.
    pub asked: AtomicBool,
    /// Last call of the collector that the worker has answered.
    pub heard: AtomicU32,
    /// Runs no generated code and touches no object.
    pub offline: AtomicBool,
    /// Address of `stack_limit` in its context.
    stack_limit: u64,
}

impl Progress {
    /// Makes the worker poll soon. Only while it is registered.
    fn ask(&self) {
        self.asked.store(true, SeqCst);
        // SAFETY: contexts are freed after their worker left the list, whose lock the caller holds.
        unsafe { AtomicU64::from_ptr(self.stack_limit as *mut u64) }.store(u64::MAX, SeqCst);
    }
}

#[derive(Debug)]
struct Entry {
    progress: Arc<Progress>,
    worker: *mut Worker,
}

/// Decrements of shared objects whose references were gone at an epoch.
#[derive(Debug)]
pub(crate) struct Batch {
    stamp: u64,
    pub ids: Vec<u32>,
}

/// All workers of a runtime.
#[derive(Debug)]
pub struct Workers {
    list: Mutex<Vec<Entry>>,
    epoch: AtomicU64,
    /// Decrements of workers that have ended.
    orphans: Mutex<Vec<Batch>>,
    has_orphans: AtomicBool,
    /// Candidates of goroutines that have ended.
    candidates: Mutex<Vec<u32>>,
    /// Objects whose destructor is due and whose goroutine is gone, each with a counted reference.
    pub(crate) destroy_mail: Mutex<Vec<u32>>,
    /// Figures of workers that have ended.
    gone: Mutex<Figures>,
}

/// Sums over workers.
#[derive(Default, Clone, Copy, Debug)]
pub struct Figures {
    pub alloc: AllocStats,
    pub scans: ScanStats,
    pub slow_counts: u64,
    /// Destructors run, and those that ended by an exception.
    pub destroyed: u64,
    pub failed: u64,
}

// SAFETY: the pointers of the list are only followed by their own thread, or while all others are stopped.
unsafe impl Send for Workers {}
// SAFETY: as above.
unsafe impl Sync for Workers {}

impl Default for Workers {
    fn default() -> Workers {
        Workers {
            list: Mutex::default(),
            epoch: AtomicU64::new(1),
            orphans: Mutex::default(),
            has_orphans: AtomicBool::new(false),
            candidates: Mutex::default(),
            destroy_mail: Mutex::default(),
            gone: Mutex::default(),
        }
    }
}

impl Workers {
    pub fn epoch(&self) -> u64 {
        step();
        self.epoch.load(SeqCst)
    }

    /// Ends the epoch `stamp`, unless somebody did already.
    fn advance(&self, stamp: u64) {
        let _ = self.epoch.compare_exchange(stamp, stamp + 1, SeqCst, SeqCst);
    }

    /// The latest epoch that every worker has seen.
    fn seen_by_all(&self) -> u64 {
        step();
        if mutant::on("no_grace_period") {
            return u64::MAX;
        }
        let list = lock(&self.list);
        let online = list.iter().filter(|entry| !entry.progress.offline.load(SeqCst));
        online.map(|entry| entry.progress.seen.load(SeqCst)).min().unwrap_or(u64::MAX)
    }

    /// Asks all workers that have not seen a later epoch than `stamp` for a scan.
    pub(crate) fn ask(&self, stamp: u64) {
        for entry in lock(&self.list).iter() {
            if entry.progress.seen.load(SeqCst) <= stamp {
                entry.progress.ask();
            }
        }
    }

    /// Whether each worker has answered `call` or is offline. Those that have not are asked to.
    pub(crate) fn answered(&self, call: u32) -> bool {
        let list = lock(&self.list);
        let mut all = true;
        for Entry { progress, .. } in list.iter() {
            if !progress.offline.load(SeqCst) && progress.heard.load(SeqCst) != call {
                progress.ask();
                all = false;
            }
        }
        all
    }

    /// Runs `change` while no worker comes, goes, or changes between online and offline.
    pub(crate) fn hold<T>(&self, change: impl FnOnce() -> T) -> T {
        let _list = lock(&self.list);
        change()
    }

    /// Calls `visit` with each worker.
    ///
    /// # Safety
    /// No other worker may run meanwhile.
    pub unsafe fn each(&self, mut visit: impl FnMut(&mut Worker)) {
        let workers: Vec<*mut Worker> = lock(&self.list).iter().map(|entry| entry.worker).collect();
        for worker in workers {
            // SAFETY: workers of the list are live, and the caller excludes their threads.
            visit(unsafe { &mut *worker });
        }
    }

    /// Number of workers.
    pub fn len(&self) -> usize {
        lock(&self.list).len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes over decrements of a worker that ends, or of the collector.
    pub(crate) fn adopt(&self, ids: Vec<u32>) {
        if !ids.is_empty() {
            let stamp = self.epoch();
            self.advance(stamp);
            lock(&self.orphans).push(Batch { stamp, ids });
            self.has_orphans.store(true, SeqCst);
        }
    }

    /// Takes over the candidates of a goroutine that has ended: nothing but they themselves
    /// can refer to them.
    pub(crate) fn leave_behind(&self, task: &mut Task) {
        lock(&self.candidates).append(&mut task.candidates);
    }

    /// Candidates that goroutines left behind.
    pub(crate) fn take_left_behind(&self) -> Vec<u32> {
        std::mem::take(&mut lock(&self.candidates))
    }

    /// Candidates that goroutines left behind and nobody took yet.
    pub(crate) fn left_behind(&self) -> Vec<u32> {
        lock(&self.candidates).clone()
    }

    /// Sums over all workers so far.
    ///
    /// # Safety
    /// No other worker may run meanwhile.
    pub unsafe fn figures(&self) -> Figures {
        let mut figures = *lock(&self.gone);
        // SAFETY: passed on.
        unsafe { self.each(|w| w.add_to(&mut figures)) };
        figures
    }

    fn orphans(&self) -> MutexGuard<'_, Vec<Batch>> {
        lock(&self.orphans)
    }
}

/// What one thread that runs generated code has in hand.
pub struct Worker {
    pub alloc: Alloc,
    pub scans: ScanStats,
    /// Objects with count 0 that a scan found on the stack; their Z bit is set.
    pub zero_list: Vec<u32>,
    /// Decrements that runtime functions logged while the log was full.
    pub log_overflow: Vec<u32>,
    /// What the goroutine that runs here has brought along.
    pub task: Task,
    /// Destructors that are due, and the variables that delay some.
    pub destroyer: Destroyer,
    /// Local objects that the scan under way found on the stack.
    pub(crate) pins: Vec<u32>,
    /// The same as a set, where counts of local objects are not raised for it.
    pub(crate) pinned: IdMap,
    /// Dead objects of the scan under way, kept for its capacity.
    pub(crate) dead: Vec<u32>,
    /// Dead objects that the last scan had no time for.
    pub(crate) backlog: Vec<u32>,
    /// Decrements of shared objects that await a stamp, and those that await an epoch.
    pub(crate) unstamped: Vec<u32>,
    queue: VecDeque<Batch>,
    queued: usize,
    /// Shared objects that may have become parts of garbage cycles.
    pub(crate) candidates: Vec<u32>,
    /// What stores, scans and publications touched during a collection of shared garbage.
    pub(crate) touched: Option<Vec<u32>>,
    /// Freed cells that a collection may still look at.
    pub(crate) quarantine: Vec<u32>,
    /// Bytes of large dead objects that are kept because the collector knows them.
    pub(crate) zombie_bytes: usize,
    /// Number of all such objects.
    pub(crate) zombies: usize,
    pub(crate) perturbation: u64,
    pub(crate) progress: Arc<Progress>,
    pub(crate) allocations: u64,
    log: Box<[u32]>,
    scan_threshold: usize,
    occasions: u32,
    context: *mut WorkerContext,
    rt: *const Runtime,
}

impl Worker {
    /// A worker for a thread, online and without a stack. The first of a runtime is its main
    /// worker; a further one is started by the thread of another.
    pub fn start(rt: &Runtime) -> *mut Worker {
        let worker = Worker::detached(rt);
        let mut list = lock(&rt.workers.list);
        if !list.is_empty() {
            rt.heap.set_many();
        }
        // SAFETY: the worker was just made.
        unsafe {
            (*worker).join(rt);
            list.push(Entry { progress: Arc::clone(&(*worker).progress), worker });
        }
        worker
    }

    /// A worker that nobody waits for: it holds nothing but what it frees.
    pub(crate) fn detached(rt: &Runtime) -> *mut Worker {
        let mut log = vec![0u32; LOG_ENTRIES].into_boxed_slice();
        let bounds = log.as_mut_ptr_range();
        let context = Box::into_raw(Box::new(new_context(rt, bounds.start as u64, bounds.end as u64)));
        // SAFETY: the context was just made.
        let stack_limit = unsafe { &raw mut (*context).stack_limit } as u64;
        let progress = Arc::new(Progress {
            seen: AtomicU64::new(0),
            asked: AtomicBool::new(false),
            heard: AtomicU32::new(0),
            offline: AtomicBool::new(false),
            stack_limit,
        });
        let worker = Box::into_raw(Box::new(Worker {
            alloc: Alloc::default(),
            scans: ScanStats::default(),
            zero_list: Vec::new(),
            log_overflow: Vec::new(),
            task: Task::default(),
            destroyer: Destroyer::default(),
            pins: Vec::new(),
            pinned: IdMap::default(),
            dead: Vec::new(),
            backlog: Vec::new(),
            unstamped: Vec::new(),
            queue: VecDeque::new(),
            queued: 0,
            candidates: Vec::new(),
            touched: None,
            quarantine: Vec::new(),
            zombie_bytes: 0,
            zombies: 0,
            perturbation: rt.options.perturb.unwrap_or(0) as u64,
            progress,
            allocations: 0,
            log,
            scan_threshold: SCAN_BYTES,
            occasions: 0,
            context,
            rt,
        }));
        // SAFETY: the context was just made.
        unsafe { (*context).worker = worker as u64 };
        worker
    }

    /// Ends a detached worker.
    ///
    /// # Safety
    /// `worker` must come from `detached` and not be used again.
    pub(crate) unsafe fn hand_on(worker: *mut Worker) {
        // SAFETY: the caller vouches for the worker.
        unsafe {
            let w = &mut *worker;
            let rt = w.runtime();
            debug_assert!(w.backlog.is_empty() && w.quarantine.is_empty());
            rt.cycles.offer(&mut w.candidates);
            lock(&rt.workers.destroy_mail).extend(w.destroyer.take_counted());
            rt.workers.adopt(std::mem::take(&mut w.unstamped));
            w.alloc.give_up(&rt.heap);
            Worker::discard(worker);
        }
    }

    /// Ends a worker whose goroutine was suspended or has ended: hands on what it has.
    ///
    /// # Safety
    /// `worker` must come from `start`, with an empty stack, and not be used again.
    pub unsafe fn retire(worker: *mut Worker) {
        // SAFETY: the caller vouches for the worker.
        unsafe {
            let rt = &*(*worker).rt;
            let ctx = (*worker).context;
            let mut task = Worker::suspend(ctx);
            while (*worker).is_watched() {
                crate::sync::pause();
                drop(Worker::suspend(ctx));
            }
            // Local garbage of a goroutine that has ended is nobody else's: any task may take it.
            rt.workers.leave_behind(&mut task);
            let w = &mut *worker;
            w.alloc.give_up(&rt.heap);
            for batch in std::mem::take(&mut w.queue) {
                rt.workers.orphans().push(batch);
                rt.workers.has_orphans.store(true, SeqCst);
            }
            w.hand_over(rt);
            Worker::discard(worker);
        }
    }

    /// Takes a worker off the list and frees it.
    ///
    /// # Safety
    /// `worker` must come from `start` and not be used again.
    pub(crate) unsafe fn discard(worker: *mut Worker) {
        // SAFETY: the caller vouches for the worker; it is off the list before it is freed.
        unsafe {
            let rt = &*(*worker).rt;
            (*worker).add_to(&mut lock(&rt.workers.gone));
            lock(&rt.workers.list).retain(|entry| !std::ptr::eq(entry.worker, worker));
            drop(Box::from_raw((*worker).context));
            drop(Box::from_raw(worker));
        }
    }

    /// Empties the hands of a worker whose goroutine suspends or ends: nothing on its stack is in
    /// use. What belongs to the goroutine is returned, to be passed to `resume` on any worker.
    ///
    /// # Safety
    /// `ctx` must be the live context of the calling thread's worker.
    pub unsafe fn suspend(ctx: *mut WorkerContext) -> Task {
        // SAFETY: the caller vouches for `ctx`; an empty stack is a valid one.
        unsafe {
            let (top, base) = ((*ctx).scan_top, (*ctx).stack_base);
            (*ctx).scan_top = base;
            let w = &mut *crate::ctx::worker(ctx);
            if let Some(job) = &w.task.job {
                w.runtime().cycles.cancel(job);
            }
            if !mutant::on("no_drain") {
                loop {
                    destroy::mail(ctx);
                    scan(ctx);
                    if w.backlog.is_empty() && !w.task.is_busy() && w.destroyer.is_idle() {
                        break;
                    }
                }
                debug_assert!(w.zero_list.is_empty());
            }
            (*ctx).scan_top = top;
            let task = std::mem::take(&mut w.task);
            (*ctx).barrier = w.barrier();
            task
        }
    }

    /// Goes on with a goroutine that `suspend` let go of.
    ///
    /// # Safety
    /// As `suspend`; the worker must have no goroutine.
    pub unsafe fn resume(ctx: *mut WorkerContext, task: Task) {
        // SAFETY: the caller vouches for `ctx`.
        unsafe {
            let w = &mut *crate::ctx::worker(ctx);
            // Garbage of goroutines that have ended is nobody else's.
            w.task.join(task);
            (*ctx).barrier = w.barrier();
        }
    }

    /// Before a blocking call: others no longer wait for this worker.
    ///
    /// # Safety
    /// As `suspend`, but the stack may hold references; they stay as they are.
    pub unsafe fn go_offline(ctx: *mut WorkerContext) {
        // SAFETY: the caller vouches for `ctx`.
        unsafe {
            scan(ctx);
            let w = &mut *crate::ctx::worker(ctx);
            let rt = &*w.rt;
            let _list = lock(&rt.workers.list);
            w.hand_over(rt);
            w.progress.offline.store(true, SeqCst);
        }
    }

    /// After a blocking call.
    ///
    /// # Safety
    /// As `go_offline`.
    pub unsafe fn go_online(ctx: *mut WorkerContext) {
        // SAFETY: the caller vouches for `ctx`.
        unsafe {
            let w = &mut *crate::ctx::worker(ctx);
            let rt = &*w.rt;
            let _list = lock(&rt.workers.list);
            w.join(rt);
            w.progress.offline.store(false, SeqCst);
        }
    }

    /// Takes part in epoch and collection as they are. The list's lock is held.
    fn join(&mut self, rt: &Runtime) {
        self.progress.seen.store(rt.workers.epoch.load(SeqCst), SeqCst);
        self.answer(rt);
        // SAFETY: the context lives as long as the worker.
        unsafe { (*self.context).barrier = self.barrier() };
    }

    /// Gives the collector what it asked for, or may ask for while the worker is gone.
    pub(crate) fn hand_over(&mut self, rt: &Runtime) {
        self.answer(rt);
        if let Some(touched) = &mut self.touched {
            rt.cycles.report(std::mem::take(touched));
        }
        rt.cycles.offer(&mut self.candidates);
    }

    /// Answers the collector's latest call.
    pub(crate) fn answer(&mut self, rt: &Runtime) {
        let call = rt.cycles.call();
        let heard = self.progress.heard.load(Relaxed);
        if call == heard {
            return;
        }
        if Call::job(call) != Call::job(heard) || Call::of(call) == Call::Idle {
            self.touched = None;
            self.end_quarantine(rt);
        }
        match Call::of(call) {
            Call::Idle => {}
            Call::Watch => {
                rt.heap.set_many();
                self.touched.get_or_insert_default();
            }
            Call::Report => rt.cycles.report(self.touched.replace(Vec::new()).unwrap_or_default()),
        }
        // SAFETY: the context lives as long as the worker.
        unsafe { (*self.context).barrier = self.barrier() };
        self.progress.heard.store(call, SeqCst);
    }

    /// What `WorkerContext::barrier` has to be.
    pub(crate) fn barrier(&self) -> i32 {
        let all = self.touched.is_some() || self.task.is_watched() || self.runtime().options.publish_all;
        if all { i32::MAX } else { 0 }
    }

    /// Whether this is the worker of the program's thread.
    pub(crate) fn is_main(&self) -> bool {
        std::ptr::eq(self, self.runtime().main_worker())
    }

    /// Whether freed cells must wait for the end of a collection.
    #[inline]
    pub(crate) fn is_watched(&self) -> bool {
        self.touched.is_some() || self.task.is_watched()
    }

    /// Frees the cells that waited, unless a collection may still look at them.
    pub(crate) fn end_quarantine(&mut self, rt: &Runtime) {
        if self.is_watched() {
            return;
        }
        for id in std::mem::take(&mut self.quarantine) {
            // SAFETY: the cell is dead and nobody looks at it any more.
            unsafe { self.alloc.free(&rt.heap, rt.heap.head(id), id) };
        }
    }

    /// Notes an object that a collection under way must not free.
    #[inline]
    pub(crate) fn note_touched(&mut self, id: u32) {
        if id > 1 {
            if let Some(touched) = &mut self.touched {
                touched.push(id);
            }
            self.task.note_touched(id);
        }
    }

    pub(crate) fn runtime(&self) -> &'static Runtime {
        // SAFETY: the runtime outlives its workers.
        unsafe { &*self.rt }
    }

    pub fn context(&self) -> *mut WorkerContext {
        self.context
    }

    /// See `Runtime::set_stack`.
    ///
    /// # Safety
    /// No generated code may run on this worker.
    pub unsafe fn set_stack(&mut self, base: u64, limit: u64) {
        // SAFETY: the context lives as long as the worker.
        unsafe {
            (*self.context).stack_base = base;
            (*self.context).scan_top = base;
            (*self.context).real_stack_limit = limit;
            self.reset_stack_limit();
        }
    }

    /// Ends the request for a poll, unless zeal wants one at every prologue.
    pub(crate) fn reset_stack_limit(&mut self) {
        let all = self.runtime().options.polls_always();
        // SAFETY: the context lives as long as the worker; others only ever raise the limit.
        unsafe {
            let limit = if all { u64::MAX } else { (*self.context).real_stack_limit };
            AtomicU64::from_ptr(&raw mut (*self.context).stack_limit).store(limit, SeqCst);
        }
    }

    /// Whether somebody asked for a scan since the last question.
    pub(crate) fn was_asked(&self) -> bool {
        self.progress.asked.load(Relaxed) && self.progress.asked.swap(false, SeqCst)
    }

    /// Address of the first entry of the decrement log.
    pub(crate) fn log_start(&self) -> *const u32 {
        self.log.as_ptr()
    }

    /// Whether so much was allocated since the last scan that another is due.
    #[inline]
    pub fn scan_is_due(&self) -> bool {
        self.alloc.young_bytes >= self.scan_threshold
    }

    /// Sets when the next scan is due, given the bytes of stack in use: at least twice
    /// as many bytes are allocated in between, so that deep recursion stays cheap.
    pub(crate) fn set_scan_threshold(&mut self, stack_bytes: usize) {
        self.scan_threshold = SCAN_BYTES.max(stack_bytes * 2);
    }

    /// Counts an occasion to scan; true at every Nth under zeal.
    pub(crate) fn zeal_scan(&mut self) -> bool {
        let Some(every) = self.runtime().options.scan_every else { return false };
        self.occasions += 1;
        self.occasions.is_multiple_of(every)
    }

    /// Counts an allocation; true when zeal wants it to fail.
    pub(crate) fn allocation_must_fail(&mut self, options: &Options) -> bool {
        self.allocations += 1;
        options.fail_alloc == Some(self.allocations)
    }

    /// Under zeal: lets the thread wait or yield, as a seeded sequence says.
    pub(crate) fn perturb(&mut self) {
        if self.perturbation == 0 {
            return;
        }
        self.perturbation ^= self.perturbation << 13;
        self.perturbation ^= self.perturbation >> 7;
        self.perturbation ^= self.perturbation << 17;
        crate::sync::disturb(self.perturbation % 64);
    }

    /// Stamps the decrements of shared objects that this scan met, and asks for an epoch if they are many.
    pub(crate) fn stamp(&mut self, rt: &Runtime) {
        if self.unstamped.is_empty() {
            return;
        }
        let stamp = rt.workers.epoch();
        let ids = std::mem::take(&mut self.unstamped);
        self.queued += ids.len();
        self.queue.push_back(Batch { stamp, ids });
        rt.workers.advance(stamp);
        if self.queued > QUEUE_ENTRIES {
            rt.workers.ask(stamp);
        }
    }

    /// A batch of decrements that every worker has seen to be gone.
    pub(crate) fn matured(&mut self, rt: &Runtime) -> Option<Vec<u32>> {
        if self.queue.is_empty() && !rt.workers.has_orphans.load(Relaxed) {
            return None;
        }
        let seen = rt.workers.seen_by_all();
        if self.queue.front().is_some_and(|batch| batch.stamp < seen) {
            let ids = self.queue.pop_front()?.ids;
            self.queued -= ids.len();
            return Some(ids);
        }
        let mut orphans = rt.workers.orphans();
        let at = orphans.iter().position(|batch| batch.stamp < seen)?;
        let batch = orphans.swap_remove(at);
        rt.workers.has_orphans.store(!orphans.is_empty(), SeqCst);
        Some(batch.ids)
    }

    /// Ids whose decrement is logged or queued but not applied.
    pub(crate) fn pending_decrements(&self) -> Vec<u32> {
        // SAFETY: the context lives as long as the worker; entries before `log_cur` were written.
        let logged = unsafe {
            let len = ((*self.context).log_cur - self.log_start() as u64) as usize / 4;
            std::slice::from_raw_parts(self.log_start(), len)
        };
        let queued = self.queue.iter().flat_map(|batch| &batch.ids);
        logged.iter().chain(&self.log_overflow).chain(&self.unstamped).chain(queued).copied().collect()
    }

    /// Decrements of workers that have ended.
    pub(crate) fn orphaned_decrements(rt: &Runtime) -> Vec<u32> {
        rt.workers.orphans().iter().flat_map(|batch| batch.ids.clone()).collect()
    }

    /// Whether nothing waits for an epoch, the collector, or time.
    pub(crate) fn is_idle(&self, rt: &Runtime) -> bool {
        let waiting =
            self.queue.is_empty() && !rt.workers.has_orphans.load(SeqCst) && self.unstamped.is_empty();
        waiting && self.backlog.is_empty() && self.quarantine.is_empty() && !self.task.is_busy()
    }

    fn add_to(&self, figures: &mut Figures) {
        let (to, from) = (&mut figures.alloc, &self.alloc.stats);
        to.objects_allocated += from.objects_allocated;
        to.bytes_allocated += from.bytes_allocated;
        to.objects_freed += from.objects_freed;
        figures.scans.add(&self.scans);
        figures.destroyed += self.destroyer.run;
        figures.failed += self.destroyer.failed;
        // SAFETY: the context lives as long as the worker.
        figures.slow_counts += unsafe { (*self.context).stat_slow_counts };
    }

    pub(crate) fn note_scan(&mut self, started: Instant) {
        self.scans.scans += 1;
        let time = started.elapsed();
        self.scans.time += time;
        self.scans.longest = self.scans.longest.max(time);
    }
}

fn new_context(rt: &Runtime, log_start: u64, log_end: u64) -> WorkerContext {
    WorkerContext {
        stack_limit: 0,
        attention: 0,
        barrier: 0,
        log_cur: log_start,
        log_end,
        exception: UNDEFINED,
        heap_base: rt.heap.base() as u64,
        cells: 0,
        runtime_table: 0,
        stack_base: 0,
        real_stack_limit: 0,
        scan_top: 0,
        base_sp: 0,
        base_fp: 0,
        runtime: (&raw const *rt) as u64,
        worker: 0,
        compile_hook: 0,
        driver: 0,
        stat_slow_counts: 0,
        unwind_pc: 0,
        unwind_fp: 0,
        destroy_entry: 0,
        bump: [BumpRun { cur: 0, end: 0 }; INLINE_CLASSES],
    }
}

//! The collector's thread, and how workers and thread call each other.
//!
//! ```text
//! worker -> thread   candidates, jobs for local garbage: under a lock, with a condition variable
//! thread -> workers  one word, `call`: job number * 4 + what is wanted; answered at scans
//! ```
//! The thread starts with the first work for it. It never changes a local object: it
//! reads headers and slots of those whose goroutine handed it a job, which keeps all
//! that it may meet in place until the job is done.

use crate::ctx::Runtime;
use crate::cycle::shared;
use crate::cycle::trial::{Kind, Trial, Verdict};
use crate::cycle::{THRESHOLD, ZOMBIE_BYTES};
use crate::mem::idset::IdMap;
use crate::mutant;
use crate::sync::{self, Condvar, Mutex, lock, step};
use crate::worker::Worker;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicUsize, Ordering::*};

/// What the collector wants of all workers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Call {
    /// Nothing: whatever was in quarantine is free.
    Idle,
    /// Notes of everything that is touched from the next scan on.
    Watch,
    /// These notes, and what the stack holds.
    Report,
}

impl Call {
    pub fn of(word: u32) -> Call {
        match word & 3 {
            0 => Call::Idle,
            1 => Call::Watch,
            _ => Call::Report,
        }
    }

    pub fn job(word: u32) -> u32 {
        word >> 2
    }
}

/// How far a job for local garbage is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    Tracing,
    /// The thread waits for a report.
    Wanted,
    Reported,
    Done,
}

/// A collection of one goroutine's garbage by the collector's thread.
#[derive(Debug)]
pub struct LocalJob {
    stage: AtomicU8,
    cancelled: AtomicBool,
    looked_at: AtomicUsize,
    roots: Vec<u32>,
    data: Mutex<(Vec<u32>, Verdict)>,
}

impl LocalJob {
    pub fn stage(&self) -> Stage {
        step();
        match self.stage.load(SeqCst) {
            0 => Stage::Tracing,
            1 => Stage::Wanted,
            2 => Stage::Reported,
            _ => Stage::Done,
        }
    }

    fn enter(&self, stage: Stage) {
        self.stage.store(stage as u8, SeqCst);
    }

    pub fn report(&self, log: Vec<u32>) {
        lock(&self.data).0 = log;
        self.enter(Stage::Reported);
    }

    pub fn take_result(&self) -> Verdict {
        std::mem::take(&mut lock(&self.data).1)
    }

    pub fn looked_at(&self) -> usize {
        self.looked_at.load(Relaxed)
    }

    /// Whether the worker, or the end of the program, wants the job given up.
    fn is_cancelled(&self, rt: &Runtime) -> bool {
        self.cancelled.load(SeqCst) || rt.cycles.is_stopping()
    }

    /// The thread's side of the job.
    fn run(&self, rt: &Runtime) {
        let mut trial = Trial::default();
        let keep_all = || Verdict { keep: self.roots.clone(), ..Verdict::default() };
        // SAFETY: the worker keeps in place whatever can be reached from the roots until the job is done.
        let verdict = unsafe {
            if trial.close(rt, &self.roots, Kind::Local, usize::MAX, true, &|| self.is_cancelled(rt)) {
                trial.count(rt);
                self.enter(Stage::Wanted);
                rt.workers.ask(u64::MAX);
                while self.stage() != Stage::Reported && !self.is_cancelled(rt) {
                    sync::pause();
                }
                if self.is_cancelled(rt) {
                    keep_all()
                } else {
                    let mut touched = IdMap::default();
                    lock(&self.data).0.iter().for_each(|&id| touched.insert(id));
                    let verdict = trial.verdict(rt, Kind::Local, &touched);
                    trial.spare_due(rt, verdict)
                }
            } else {
                keep_all()
            }
        };
        self.looked_at.store(trial.ids.len(), Relaxed);
        lock(&self.data).1 = verdict;
        self.enter(Stage::Done);
        rt.workers.ask(u64::MAX);
    }
}

#[derive(Default, Debug)]
struct State {
    started: bool,
    stop: bool,
    local: VecDeque<Arc<LocalJob>>,
    /// Shared candidates; their B bit is set.
    candidates: Vec<u32>,
    urgent: bool,
    threshold: usize,
}

/// What the runtime knows of its collector.
#[derive(Debug)]
pub struct Cycles {
    state: Mutex<State>,
    wake: Condvar,
    call: AtomicU32,
    /// What workers touched during a collection of shared garbage.
    reports: Mutex<Vec<u32>>,
    thread: Mutex<Option<sync::Thread>>,
    stopping: AtomicBool,
}

impl Default for Cycles {
    fn default() -> Cycles {
        Cycles {
            state: Mutex::new(State { threshold: THRESHOLD, ..State::default() }),
            wake: Condvar::new(),
            call: AtomicU32::new(0),
            reports: Mutex::default(),
            thread: Mutex::new(None),
            stopping: AtomicBool::new(false),
        }
    }
}

/// The runtime, for the collector's thread, which is joined before the runtime is freed.
struct Shared(*const Runtime);

// SAFETY: the thread uses those parts of the runtime alone that are made for several threads.
unsafe impl Send for Shared {}

impl Cycles {
    /// The latest call.
    #[inline]
    pub fn call(&self) -> u32 {
        self.call.load(SeqCst)
    }

    /// Calls all workers, and waits until each has answered. False when the collector is to stop.
    pub(crate) fn demand(&self, rt: &Runtime, what: Call) -> bool {
        let now = self.call();
        let job = Call::job(now) + (what == Call::Watch) as u32;
        let call = job << 2 | what as u32;
        rt.workers.hold(|| self.call.store(call, SeqCst));
        while what != Call::Idle && !rt.workers.answered(call) {
            if self.is_stopping() {
                return false;
            }
            sync::pause();
        }
        true
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(SeqCst)
    }

    /// Whether the thread may be at work.
    pub fn is_running(&self) -> bool {
        lock(&self.state).started
    }

    pub(crate) fn report(&self, touched: Vec<u32>) {
        if !mutant::on("no_second_handshake") {
            lock(&self.reports).extend(touched);
        }
    }

    pub(crate) fn take_reports(&self) -> Vec<u32> {
        std::mem::take(&mut *lock(&self.reports))
    }

    /// Hands over shared candidates.
    pub(crate) fn offer(&self, candidates: &mut Vec<u32>) {
        if candidates.is_empty() {
            return;
        }
        let mut state = lock(&self.state);
        state.candidates.append(candidates);
        if state.candidates.len() >= state.threshold && state.started {
            self.wake.notify_one();
        }
    }

    /// Shared candidates that wait for the collector.
    pub(crate) fn candidates(&self) -> Vec<u32> {
        lock(&self.state).candidates.clone()
    }

    pub(crate) fn take_candidates(&self) -> Vec<u32> {
        let mut state = lock(&self.state);
        state.urgent = false;
        std::mem::take(&mut state.candidates)
    }

    pub(crate) fn set_threshold(&self, next: impl FnOnce(usize) -> usize) {
        let mut state = lock(&self.state);
        state.threshold = next(state.threshold);
    }

    /// Starts the thread if there are enough shared candidates for it. For a worker's scan.
    pub(crate) fn start_if_due(&self, rt: &Runtime, w: &mut Worker) {
        let mut state = lock(&self.state);
        let due = state.candidates.len() >= state.threshold || w.zombie_bytes >= ZOMBIE_BYTES;
        if due && !state.candidates.is_empty() && sync::HAS_THREADS && rt.options.collector_thread {
            state.urgent = true;
            self.start(rt, &mut state);
            self.wake.notify_one();
        }
    }

    /// Hands a collection of local garbage to the thread. False when there can be none.
    pub(crate) fn begin_local(&self, rt: &Runtime, w: &mut Worker, roots: Vec<u32>) -> bool {
        if !sync::HAS_THREADS || !rt.options.collector_thread || self.is_stopping() {
            return false;
        }
        let job = Arc::new(LocalJob {
            stage: AtomicU8::new(0),
            cancelled: AtomicBool::new(false),
            looked_at: AtomicUsize::new(0),
            roots,
            data: Mutex::default(),
        });
        let mut state = lock(&self.state);
        self.start(rt, &mut state);
        if state.started {
            w.task.job = Some(Arc::clone(&job));
            state.local.push_back(job);
            self.wake.notify_one();
        }
        state.started
    }

    /// Asks the thread to give a job up, which is done when this returns.
    pub(crate) fn cancel(&self, job: &Arc<LocalJob>) {
        job.cancelled.store(true, SeqCst);
        {
            let mut state = lock(&self.state);
            // The thread may be waiting for this very worker, on behalf of another job.
            if let Some(at) = state.local.iter().position(|other| Arc::ptr_eq(other, job)) {
                state.local.remove(at);
                lock(&job.data).1 = Verdict { keep: job.roots.clone(), ..Verdict::default() };
                job.enter(Stage::Done);
            }
        }
        while job.stage() != Stage::Done {
            sync::pause();
        }
    }

    fn start(&self, rt: &Runtime, state: &mut State) {
        if !state.started {
            let shared = Shared(rt);
            let thread = sync::spawn("ultra-cycles", move || {
                // The whole value moves, not its field.
                let shared = shared;
                // SAFETY: the runtime outlives the thread.
                let rt = unsafe { &*{ shared }.0 };
                rt.cycles.work(rt);
            });
            state.started = thread.is_some();
            *lock(&self.thread) = thread;
        }
    }

    /// The thread: takes jobs until it is stopped.
    fn work(&self, rt: &Runtime) {
        loop {
            let mut state = lock(&self.state);
            while !state.stop
                && state.local.is_empty()
                && !state.urgent
                && state.candidates.len() < state.threshold
            {
                state = self.wake.wait(state).unwrap_or_else(|e| e.into_inner());
            }
            if let Some(job) = state.local.pop_front() {
                if state.stop {
                    job.cancelled.store(true, SeqCst);
                }
                drop(state);
                job.run(rt);
            } else if state.stop {
                return;
            } else {
                drop(state);
                shared::collect(rt);
            }
        }
    }

    /// Ends the thread; collections under way are given up.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, SeqCst);
        {
            let mut state = lock(&self.state);
            state.stop = true;
            state.local.iter().for_each(|job| job.cancelled.store(true, SeqCst));
            self.wake.notify_one();
        }
        let thread = lock(&self.thread).take();
        if let Some(thread) = thread {
            sync::join(thread);
        }
        lock(&self.state).started = false;
    }
}

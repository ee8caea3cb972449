//! Destructors: which objects wait for theirs, and which variables hold objects that have one.
//!
//! ```text
//! variable ── scope_hold ──> holds ── scope_exit ──┬─ proven alone: queue
//!                                                  └─ else, if nothing counts it: ask for a scan
//! scan finds it dead ─────────────────────────────────────────────> queue (not freed)
//! queue ── destroy_next ──> destructor, called by generated code ──> dies again, is freed
//! ```
//! META_FINALIZE asks the death path to look here. META_DESTROYED says that no
//! destructor is due any more: it has been queued, or there is none. It is set before
//! the destructor runs, so no object gets its destructor twice, resurrected or not.
//!
//! Neither list counts references to local objects: a scan pins what is on them. A local
//! object that a scan queues has count 0 and goes to the zero list, which frees it once
//! it is neither queued nor used. The queue counts what is shared: nobody else may free it.
//! A worker that lets go of its goroutine mails its queue to the main one's next poll.
//!
//! A mark is the length of `holds` when a scope began. Whatever way control leaves the
//! scope, cutting back to the mark releases what its variables hold, last first; so a
//! handler also releases what calls that threw have left.

use crate::ctx::{self, Runtime};
use crate::mem::object::head as header;
use crate::object::cx::Cx;
use crate::rc::barrier::log_dec;
use crate::rc::poll::request_poll;
use crate::rc::publish::publish;
use crate::rc::scan::pin;
use crate::sync::lock;
use crate::weak;
use crate::worker::Worker;
use std::collections::VecDeque;
use ultra_abi::layout::{ATTENTION_DESTROY, WorkerContext};
use ultra_abi::rtfn::{HOLD_ALIASED, HOLD_ALONE, HOLD_RETURNED};
use ultra_abi::shape::*;
use ultra_abi::value::{REF_NULL, TAG_OBJECT, UNDEFINED, from_object, tag};

/// How far down a release looks for another variable that holds the object.
const ALIAS_SEARCH: usize = 64;
/// Bytes of stack below a poll without which destructors wait for the next poll.
const STACK_NEEDED: u64 = 32 << 10;

/// A variable of a scope that control is in.
#[derive(Clone, Copy, Debug, Default)]
struct Hold {
    /// The object, or 0.
    id: u32,
    flags: i32,
}

/// An object whose destructor, or a registry whose callback, is due.
#[derive(Clone, Copy, Debug)]
struct Due {
    id: u32,
    /// The queue has a counted reference.
    counted: bool,
}

/// Destructors due and variables that delay them, of one worker.
#[derive(Debug, Default)]
pub struct Destroyer {
    holds: Vec<Hold>,
    /// Objects whose destructor is due, in the order in which it will run.
    queue: VecDeque<Due>,
    /// What the scan under way found dead; not yet on the zero list.
    found: Vec<u32>,
    /// Calls of generated code that drain the queue, nested.
    draining: u32,
    /// A poll has asked for such a call, which has not begun.
    asked: bool,
    /// Destructors run.
    pub run: u64,
    /// Destructors that ended by an exception.
    pub failed: u64,
}

/// Whether a META asks for a destructor that has not been queued.
#[inline]
pub const fn is_due(meta: u32) -> bool {
    meta & (META_FINALIZE | META_DESTROYED) == META_FINALIZE
}

/// A scan found `id` dead: queues it when its destructor is due. Whether it stays.
///
/// # Safety
/// `id` is an object of the heap that nobody refers to.
pub(crate) unsafe fn survives(rt: &Runtime, w: &mut Worker, id: u32) -> bool {
    // SAFETY: the caller vouches for the object.
    let head = unsafe { rt.heap.head(id) };
    if !is_due(head.meta()) {
        return false;
    }
    let counted = head.is_shared();
    if counted {
        head.set((META_DESTROYED as u64) << 32);
        head.shared_inc();
    } else {
        head.set_meta(head.meta() | META_DESTROYED);
        w.destroyer.found.push(id);
    }
    // SAFETY: the heap is the table's.
    unsafe { rt.payloads.weak.end_cells(&rt.heap, id) };
    w.destroyer.queue.push_back(Due { id, counted });
    true
}

/// Members of garbage cycles have destructors that are due: queues those. They stay, with
/// all that they refer to, and are garbage again when the destructors have run.
///
/// # Safety
/// The members are objects of the heap that only others of them refer to.
pub(crate) unsafe fn queue_members(rt: &Runtime, w: &mut Worker, members: &[u32]) {
    for &id in members {
        // SAFETY: the caller vouches for the objects.
        unsafe {
            let head = rt.heap.head(id);
            let counted = head.is_shared();
            if counted {
                head.set((META_DESTROYED as u64) << 32);
                head.shared_inc();
            } else {
                head.set_meta(head.meta() | META_DESTROYED);
            }
            rt.payloads.weak.end_cells(&rt.heap, id);
            w.destroyer.queue.push_back(Due { id, counted });
        }
    }
}

/// Takes an object that is freed next out of the weak table; words whose references go with it.
///
/// # Safety
/// `id` is an object of the heap whose references have been released.
pub(crate) unsafe fn bury(rt: &Runtime, w: &mut Worker, id: u32) -> Vec<u64> {
    // SAFETY: the caller vouches for the object.
    let loss = unsafe { rt.payloads.weak.bury(&rt.heap, id) };
    w.destroyer.queue.retain(|due| due.id != id);
    for id in loss.notify {
        if w.destroyer.queue.iter().any(|due| due.id == id) {
            continue;
        }
        // SAFETY: a registry in the table is an object, though it may be dying.
        let head = unsafe { rt.heap.head(id) };
        let counted = head.is_shared();
        if head.meta() & META_DEAD == 0 && (!counted || head.temporary_inc()) {
            w.destroyer.queue.push_back(Due { id, counted });
        }
    }
    loss.released
}

/// Pins what must survive a scan: what variables hold, and what waits for its destructor.
///
/// # Safety
/// To be called by the scan of `w`, while it pins.
pub(crate) unsafe fn pin_roots(rt: &Runtime, w: &mut Worker) {
    let mut destroyer = std::mem::take(&mut w.destroyer);
    // SAFETY: both lists hold live objects.
    unsafe {
        for hold in destroyer.holds.iter().filter(|hold| hold.id > REF_NULL) {
            pin(rt, w, hold.id);
        }
        for due in destroyer.queue.iter_mut().filter(|due| !due.counted) {
            let head = rt.heap.head(due.id);
            if head.is_shared() && head.temporary_inc() {
                // It was published while it waited.
                due.counted = true;
            } else {
                pin(rt, w, due.id);
            }
        }
    }
    w.destroyer = destroyer;
}

/// Ends a scan: what it queued waits on the zero list. True when destructors are due.
///
/// # Safety
/// To be called by the scan of `w`, when it frees nothing more.
pub(crate) unsafe fn settle(rt: &Runtime, w: &mut Worker) -> bool {
    for id in std::mem::take(&mut w.destroyer.found) {
        // SAFETY: `survives` saw to it that the scan did not free the object.
        let head = unsafe { rt.heap.head(id) };
        if head.rc() & (RC_COUNT_MASK | RC_IMMORTAL | RC_ZERO_LISTED) == 0 {
            head.set_rc(head.rc() | RC_ZERO_LISTED);
            w.zero_list.push(id);
        }
    }
    !w.destroyer.queue.is_empty()
}

/// Leaves what waits for its destructor to the main worker: this one lets go of its goroutine.
///
/// # Safety
/// `ctx` is the live context of the calling worker.
pub(crate) unsafe fn mail(ctx: *mut WorkerContext) {
    // SAFETY: the caller vouches for the context; what is queued is alive.
    unsafe {
        let w = &mut *ctx::worker(ctx);
        for due in std::mem::take(&mut w.destroyer.queue) {
            if !due.counted {
                publish(ctx, due.id);
                header(ctx, due.id).shared_inc();
            }
            lock(&(*ctx::runtime(ctx)).workers.destroy_mail).push(due.id);
        }
    }
}

impl Destroyer {
    /// Objects that the lists keep alive without counting them.
    pub(crate) fn roots(&self) -> impl Iterator<Item = u32> + '_ {
        let queued = self.queue.iter().filter(|due| !due.counted).map(|due| due.id);
        self.holds.iter().map(|hold| hold.id).chain(queued).filter(|&id| id > REF_NULL)
    }

    /// Whether no destructor is due.
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty()
    }

    fn take_mail(&mut self, rt: &Runtime) {
        let mail = std::mem::take(&mut *lock(&rt.workers.destroy_mail));
        self.queue.extend(mail.into_iter().map(|id| Due { id, counted: true }));
    }

    /// Objects to which the queue has a counted reference.
    pub(crate) fn counted(&self) -> impl Iterator<Item = u32> + '_ {
        self.queue.iter().filter(|due| due.counted).map(|due| due.id)
    }

    /// Takes over the queue of another worker, all of it counted.
    pub(crate) fn take_counted(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.queue).into_iter().map(|due| due.id).collect()
    }

    /// Whether another variable holds the object: `None` when the search gave up.
    fn is_held(&self, id: u32) -> Option<bool> {
        let mut rest = self.holds.iter().rev();
        if rest.by_ref().take(ALIAS_SEARCH).any(|h| h.id == id) {
            return Some(true);
        }
        rest.next().is_none().then_some(false)
    }
}

/// The object that an `any` word refers to, if its class has a destructor that is due.
unsafe fn due(ctx: *mut WorkerContext, word: u64) -> Option<u32> {
    let id = word as u32;
    // SAFETY: a word with this tag refers to a live object.
    (tag(word) == TAG_OBJECT && id > REF_NULL && unsafe { is_due(header(ctx, id).meta()) }).then_some(id)
}

/// Takes a variable's hold off an object.
unsafe fn release(ctx: *mut WorkerContext, hold: Hold) {
    if hold.id <= REF_NULL || hold.flags & HOLD_RETURNED != 0 {
        return;
    }
    // SAFETY: a held object is live; the runtime's parts are used one at a time.
    unsafe {
        let head = header(ctx, hold.id);
        let destroyer = destroyer(ctx);
        if !is_due(head.meta()) {
            return;
        }
        let held = if hold.flags & (HOLD_ALONE | HOLD_ALIASED) == HOLD_ALONE {
            Some(false)
        } else {
            destroyer.is_held(hold.id)
        };
        if hold.flags & HOLD_ALONE != 0 && held == Some(false) && !head.is_shared() {
            head.set_meta(head.meta() | META_DESTROYED);
            destroyer.queue.push_back(Due { id: hold.id, counted: false });
            weak::forget_target(ctx, hold.id);
        } else if held != Some(true) && head.rc() & RC_COUNT_MASK == 0 {
            request_poll(ctx);
        }
    }
}

/// The lists of the calling worker.
unsafe fn destroyer<'a>(ctx: *mut WorkerContext) -> &'a mut Destroyer {
    // SAFETY: the caller vouches for the context; a worker's lists are its thread's own.
    unsafe { &mut (*ctx::worker(ctx)).destroyer }
}

/// Begins a scope with so many variables; its mark.
///
/// # Safety
/// As every entry point: `ctx` is the live context of the calling worker.
pub unsafe extern "C" fn scope_enter(ctx: *mut WorkerContext, variables: i32) -> i32 {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        let holds = &mut destroyer(ctx).holds;
        let mark = holds.len();
        holds.resize(mark + variables as usize, Hold::default());
        mark as i32
    }
}

/// A variable (mark plus number) takes a value; true when destructors are due.
///
/// # Safety
/// As `scope_enter`; `word` is a valid `any`.
pub unsafe extern "C" fn scope_hold(ctx: *mut WorkerContext, variable: i32, word: u64, flags: i32) -> u32 {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        let id = due(ctx, word).unwrap_or(0);
        let holds = &mut destroyer(ctx).holds;
        let Some(slot) = holds.get_mut(variable as usize) else { return 0 };
        let old = std::mem::replace(slot, Hold { id, flags });
        if old.id != id {
            release(ctx, old);
        }
        u32::from(!destroyer(ctx).queue.is_empty())
    }
}

/// Leaves all scopes begun since the mark; true when destructors are due.
///
/// # Safety
/// As `scope_enter`.
pub unsafe extern "C" fn scope_exit(ctx: *mut WorkerContext, mark: i32) -> u32 {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        loop {
            let holds = &mut destroyer(ctx).holds;
            if holds.len() <= mark as usize {
                break;
            }
            let Some(hold) = holds.pop() else { break };
            release(ctx, hold);
        }
        u32::from(!destroyer(ctx).queue.is_empty())
    }
}

/// Begins (1) or ends (0) a call that drains the queue.
///
/// # Safety
/// As `scope_enter`.
pub unsafe extern "C" fn destroy_drain(ctx: *mut WorkerContext, begins: i32) {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        let destroyer = destroyer(ctx);
        (*ctx).attention &= !ATTENTION_DESTROY;
        match begins {
            0 => destroyer.draining -= 1,
            _ => {
                destroyer.draining += 1;
                destroyer.asked = false;
            }
        }
    }
}

/// The next object whose destructor is due, or undefined.
///
/// # Safety
/// As `scope_enter`.
pub unsafe extern "C" fn destroy_next(ctx: *mut WorkerContext) -> u64 {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        let destroyer = destroyer(ctx);
        loop {
            let Some(Due { id, counted }) = destroyer.queue.pop_front() else { return UNDEFINED };
            // A registry may have died since it was queued.
            if header(ctx, id).meta() & META_DEAD != 0 {
                continue;
            }
            if counted {
                // The caller's stack holds it from now on.
                log_dec(ctx, id);
            }
            destroyer.run += 1;
            return from_object(id);
        }
    }
}

/// Reports an exception that left a destructor, as an uncaught one is reported; the
/// program goes on, and its exit status will be 1.
///
/// # Safety
/// As `scope_enter`; `exception` is a valid `any`.
pub unsafe extern "C" fn destroy_failed(ctx: *mut WorkerContext, exception: u64) {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        let rt = ctx::runtime(ctx);
        destroyer(ctx).failed += 1;
        let text = (*rt).format_uncaught(exception);
        Cx::new(ctx).library().console.output.write(crate::host::Stream::Err, text.as_bytes());
    }
}

/// After a poll: asks the stub to drain the queue, unless that is under way or the
/// stack is nearly used up.
///
/// # Safety
/// As `scope_enter`.
pub unsafe fn ask_to_drain(ctx: *mut WorkerContext) {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        let destroyer = destroyer(ctx);
        if (*ctx::worker(ctx)).is_main() {
            destroyer.take_mail(&*ctx::runtime(ctx));
        }
        let room = (*ctx).scan_top.saturating_sub((*ctx).real_stack_limit) > STACK_NEEDED;
        let idle = destroyer.draining == 0 && !destroyer.asked;
        if !destroyer.queue.is_empty() && idle && (*ctx).destroy_entry != 0 && room {
            destroyer.asked = true;
            (*ctx).attention |= ATTENTION_DESTROY;
        }
    }
}

impl Runtime {
    /// Queues the destructors of what the module scopes hold, the last variable first.
    pub fn destroy_module_variables(&mut self, scopes: &[u32]) {
        let mut order = Vec::new();
        for &scope in scopes.iter().rev() {
            let mut slots = Vec::new();
            // SAFETY: the scope objects are kept alive by external references.
            unsafe { self.each_child_of(scope, |child| slots.push(child)) };
            order.extend(slots.into_iter().rev());
        }
        for id in order {
            self.queue_if_due(id);
        }
    }

    /// Queues every object that is still alive and has a destructor due, in order of id.
    pub fn destroy_everything(&mut self) {
        let mut all = Vec::new();
        self.each_object(|id, header| {
            if is_due(header.meta) && header.rc & RC_IMMORTAL == 0 {
                all.push(id);
            }
        });
        for id in all {
            self.queue_if_due(id);
        }
    }

    fn queue_if_due(&mut self, id: u32) {
        // SAFETY: `id` is a live object, and generated code has ended.
        unsafe {
            let head = self.heap.head(id);
            if is_due(head.meta()) {
                let counted = head.is_shared();
                head.set((META_DESTROYED as u64) << 32);
                if counted {
                    head.shared_inc();
                }
                (*self.main_worker()).destroyer.queue.push_back(Due { id, counted });
            }
        }
    }

    /// Whether destructors are due.
    pub fn must_destroy(&self) -> bool {
        // SAFETY: the main worker lives as long as the runtime.
        unsafe {
            let destroyer = &mut (*self.main_worker()).destroyer;
            destroyer.take_mail(self);
            !destroyer.is_idle()
        }
    }

    /// Destructors that ended by an exception.
    pub fn failed_destructors(&self) -> u64 {
        // SAFETY: asked for when the program has ended.
        unsafe { self.workers.figures() }.failed
    }
}

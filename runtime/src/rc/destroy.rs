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
//! Neither list counts its references: a scan pins what is on them. An object that a
//! scan queues has count 0 and goes to the zero list, which frees it once it is neither
//! queued nor used.
//!
//! A mark is the length of `holds` when a scope began. Whatever way control leaves the
//! scope, cutting back to the mark releases what its variables hold, last first; so a
//! handler also releases what calls that threw have left.

use crate::ctx::{self, Runtime};
use crate::mem::head::Head;
use crate::mem::object::{head, header_ptr};
use crate::object::cx::Cx;
use crate::rc::poll::request_poll;
use crate::weak;
use crate::worker::Worker;
use std::collections::VecDeque;
use ultra_abi::layout::{ATTENTION_DESTROY, Header, WorkerContext};
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

/// Destructors due and variables that delay them, of one worker.
#[derive(Debug, Default)]
pub struct Destroyer {
    holds: Vec<Hold>,
    /// Objects whose destructor is due, in the order in which it will run.
    queue: VecDeque<u32>,
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

/// Notes that no destructor of the object is due any more.
fn set_destroyed(head: Head) {
    if head.is_shared() {
        head.set((META_DESTROYED as u64) << 32);
    } else {
        head.set_meta(head.meta() | META_DESTROYED);
    }
}

/// A scan found `id` dead: queues it when its destructor is due. Whether it stays.
pub(crate) fn survives(rt: &Runtime, w: &mut Worker, head: Head, id: u32) -> bool {
    if !is_due(head.meta()) {
        return false;
    }
    set_destroyed(head);
    end_weak_references(rt, id);
    w.destroyer.found.push(id);
    w.destroyer.queue.push_back(id);
    true
}

fn end_weak_references(rt: &Runtime, id: u32) {
    if let Some(cell) = rt.payloads.weak.take_cell(id) {
        // SAFETY: a cell in the table is live.
        unsafe { rt.heap.addr(cell).add(weak::CELL_TARGET as usize).cast::<u32>().write(0) };
    }
}

/// Takes an object that is freed next out of the weak table; words whose references go with it.
///
/// # Safety
/// `id` is an object of the heap whose references have been released.
pub(crate) unsafe fn bury(rt: &Runtime, w: &mut Worker, id: u32) -> Vec<u64> {
    end_weak_references(rt, id);
    // SAFETY: the caller vouches for the object.
    let target = unsafe {
        let meta = (*rt.heap.addr(id).cast::<Header>()).meta;
        let is_cell = meta & META_SHAPE_MASK == SHAPE_WEAK_CELL;
        is_cell.then(|| rt.heap.addr(id).add(weak::CELL_TARGET as usize).cast::<u32>().read())
    };
    let queue = &mut w.destroyer.queue;
    if !queue.is_empty() {
        queue.retain(|&q| q != id);
    }
    let loss = rt.payloads.weak.bury(id, target);
    for registry in loss.notify {
        if !queue.contains(&registry) {
            queue.push_back(registry);
        }
    }
    loss.released
}

impl Worker {
    /// Ends a scan: what it queued waits on the zero list. True when destructors are due.
    pub(crate) fn settle_destructors(&mut self, rt: &Runtime) -> bool {
        for id in std::mem::take(&mut self.destroyer.found) {
            // SAFETY: `survives` saw to it that the scan did not free the object.
            let head = unsafe { Head::new(rt.heap.addr(id)) };
            let rc = head.rc();
            if rc & (RC_COUNT_MASK | RC_IMMORTAL | RC_ZERO_LISTED) == 0 {
                if head.is_shared() {
                    head.set(RC_ZERO_LISTED as u64);
                } else {
                    head.set_rc(rc | RC_ZERO_LISTED);
                }
                self.zero_list.push(id);
            }
        }
        !self.destroyer.queue.is_empty()
    }

    /// Of garbage in cycles: what is due for its destructor is queued, and then nothing is freed
    /// yet. All of it is looked at again once the destructors have run.
    pub(crate) fn spare_undestroyed(&mut self, rt: &Runtime, garbage: Vec<u32>) -> Vec<u32> {
        // SAFETY: members of garbage are live objects.
        let head = |id: u32| unsafe { Head::new(rt.heap.addr(id)) };
        if !garbage.iter().any(|&id| is_due(head(id).meta())) {
            return garbage;
        }
        for id in garbage {
            survives(rt, self, head(id), id);
            self.enter_candidate(head(id), id);
        }
        Vec::new()
    }
}

impl Destroyer {
    /// Objects that must survive a scan: those that variables hold or whose destructor is due.
    pub fn roots(&self) -> impl Iterator<Item = u32> + '_ {
        self.holds.iter().map(|h| h.id).chain(self.queue.iter().copied()).filter(|&id| id > REF_NULL)
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
    (tag(word) == TAG_OBJECT && id > REF_NULL && unsafe { is_due((*header_ptr(ctx, id)).meta) }).then_some(id)
}

/// Takes a variable's hold off an object.
unsafe fn release(ctx: *mut WorkerContext, hold: Hold) {
    if hold.id <= REF_NULL || hold.flags & HOLD_RETURNED != 0 {
        return;
    }
    // SAFETY: a held object is live; the runtime's parts are used one at a time.
    unsafe {
        let header = header_ptr(ctx, hold.id);
        let destroyer = &mut (*ctx::worker(ctx)).destroyer;
        if !is_due((*header).meta) {
            return;
        }
        let held = if hold.flags & (HOLD_ALONE | HOLD_ALIASED) == HOLD_ALONE {
            Some(false)
        } else {
            destroyer.is_held(hold.id)
        };
        if hold.flags & HOLD_ALONE != 0 && held == Some(false) {
            set_destroyed(head(ctx, hold.id));
            destroyer.queue.push_back(hold.id);
            weak::forget_target(ctx, hold.id);
        } else if held != Some(true) && (*header).rc & RC_COUNT_MASK == 0 {
            request_poll(ctx);
        }
    }
}

/// Begins a scope with so many variables; its mark.
///
/// # Safety
/// As every entry point: `ctx` is the live context of the calling worker.
pub unsafe extern "C" fn scope_enter(ctx: *mut WorkerContext, variables: i32) -> i32 {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        let holds = &mut (*ctx::worker(ctx)).destroyer.holds;
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
        let holds = &mut (*ctx::worker(ctx)).destroyer.holds;
        let Some(slot) = holds.get_mut(variable as usize) else { return 0 };
        let old = std::mem::replace(slot, Hold { id, flags });
        if old.id != id {
            release(ctx, old);
        }
        u32::from(!(*ctx::worker(ctx)).destroyer.queue.is_empty())
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
            let holds = &mut (*ctx::worker(ctx)).destroyer.holds;
            if holds.len() <= mark as usize {
                break;
            }
            let Some(hold) = holds.pop() else { break };
            release(ctx, hold);
        }
        u32::from(!(*ctx::worker(ctx)).destroyer.queue.is_empty())
    }
}

/// Begins (1) or ends (0) a call that drains the queue.
///
/// # Safety
/// As `scope_enter`.
pub unsafe extern "C" fn destroy_drain(ctx: *mut WorkerContext, begins: i32) {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        let destroyer = &mut (*ctx::worker(ctx)).destroyer;
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
        let destroyer = &mut (*ctx::worker(ctx)).destroyer;
        let Some(id) = destroyer.queue.pop_front() else { return UNDEFINED };
        destroyer.run += 1;
        from_object(id)
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
        (*ctx::worker(ctx)).destroyer.failed += 1;
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
        let destroyer = &mut (*ctx::worker(ctx)).destroyer;
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
        let head = unsafe { Head::new(self.heap.addr(id)) };
        if is_due(head.meta()) {
            set_destroyed(head);
            self.destroyer().queue.push_back(id);
        }
    }

    /// The destructors of the main worker.
    pub fn destroyer(&mut self) -> &mut Destroyer {
        // SAFETY: the main worker lives as long as the runtime, and generated code does not run meanwhile.
        unsafe { &mut (*self.main).destroyer }
    }

    /// Whether destructors are due.
    pub fn must_destroy(&mut self) -> bool {
        !self.destroyer().queue.is_empty()
    }
}

//! Stores of counted references, as Rust code does them.
//!
//! ```text
//! store   container local:   inc new; load old; store new; log dec(old)
//!         container shared:  publish new; inc new; xchg; log dec(old)
//!         while a collection looks on, either also notes container, old and new
//! init    fresh container:   inc new; store
//! ```
//! One comparison tells the first case from the others: count word, as a signed number,
//! against `WorkerContext::barrier`. The shared bit is its sign.
//! The increment comes first, so that storing a slot's own value into it cannot let
//! its count touch 0. A count that a non-initialising store takes from 0 to 1 sets the
//! candidate bit: only such objects can close a cycle.

use crate::ctx;
use crate::mem::object::{addr, head};
use crate::mutant;
use crate::rc::poll::request_poll;
use crate::rc::publish;
use crate::sync::step;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use ultra_abi::layout::WorkerContext;
use ultra_abi::shape::*;
use ultra_abi::value::{REF_NULL, TAG_BOX, TAG_OBJECT, TAG_STRING, tag};

/// The id that a word counts, or 0: objects, heap strings and boxes.
#[inline]
pub const fn word_id(word: u64) -> u32 {
    match tag(word) {
        TAG_OBJECT | TAG_STRING | TAG_BOX => word as u32,
        _ => 0,
    }
}

/// Counts one more reference to `id`; nothing for `undefined` and `null`.
///
/// # Safety
/// `ctx` must be the live context of the calling worker and `id` 0, 1 or a live object.
#[inline]
pub unsafe fn inc(ctx: *mut WorkerContext, id: u32) {
    if id <= REF_NULL {
        return;
    }
    // SAFETY: the caller vouches for the object; a local object's header is written by this worker alone.
    unsafe {
        let head = head(ctx, id);
        let rc = head.rc();
        if rc & (RC_SHARED | RC_IMMORTAL) == 0 {
            head.set_rc(rc + 1);
        } else {
            inc_flagged(ctx, id);
        }
    }
}

/// Increments the count of a shared object; nothing for an immortal one.
///
/// # Safety
/// As `inc`, and `id` must be an object.
#[cold]
#[inline(never)]
pub unsafe fn inc_flagged(ctx: *mut WorkerContext, id: u32) {
    // SAFETY: the caller vouches for the object; its count is only accessed atomically once it is shared.
    unsafe {
        (*ctx).stat_slow_counts += 1;
        head(ctx, id).shared_inc();
    }
}

/// As `inc`, marking the object as a candidate when its count was 0.
#[inline]
unsafe fn inc_stored(ctx: *mut WorkerContext, id: u32) {
    if id <= REF_NULL {
        return;
    }
    // SAFETY: as in `inc`.
    unsafe {
        let head = head(ctx, id);
        let old = head.rc();
        if old & (RC_SHARED | RC_IMMORTAL) != 0 {
            if old & (RC_COUNT_MASK | RC_IMMORTAL) == 0 {
                head.set(RC_CANDIDATE as u64);
            }
            return inc_flagged(ctx, id);
        }
        let candidate = if old & RC_COUNT_MASK == 0 { RC_CANDIDATE } else { 0 };
        head.set_rc((old + 1) | candidate);
    }
}

/// As `inc` for a slot that Rust code writes by itself, other than to initialise a new object:
/// the object may close a cycle, and a collection under way must know.
///
/// # Safety
/// As `inc`.
#[inline]
pub unsafe fn inc_raw(ctx: *mut WorkerContext, id: u32) {
    // SAFETY: passed on.
    unsafe {
        if (*ctx).barrier != 0 {
            (*ctx::worker(ctx)).note_touched(id);
        }
        inc_stored(ctx, id);
    }
}

/// Counts one more reference to what a string or `any` word refers to.
///
/// # Safety
/// As `inc`, for the word's id.
#[inline]
pub unsafe fn inc_word(ctx: *mut WorkerContext, word: u64) {
    // SAFETY: passed on.
    unsafe { inc(ctx, word_id(word)) }
}

/// Logs that a reference to `id` is gone; the next scan applies it.
///
/// # Safety
/// As `inc`; the reference must have been counted.
#[inline]
pub unsafe fn log_dec(ctx: *mut WorkerContext, id: u32) {
    if id <= REF_NULL {
        return;
    }
    // SAFETY: `log_cur..log_end` is the unused part of this worker's log.
    unsafe {
        if (*ctx).barrier != 0 {
            (*ctx::worker(ctx)).note_touched(id);
        }
        if (*ctx).log_cur == (*ctx).log_end {
            return log_dec_overflow(ctx, id);
        }
        ((*ctx).log_cur as *mut u32).write(id);
        (*ctx).log_cur += 4;
    }
}

/// The log is full, but runtime functions never scan: keeps the entry aside and asks for a poll.
#[cold]
unsafe fn log_dec_overflow(ctx: *mut WorkerContext, id: u32) {
    // SAFETY: the caller vouches for `ctx`.
    unsafe {
        (*ctx::worker(ctx)).log_overflow.push(id);
        request_poll(ctx);
    }
}

/// As `log_dec` for what a string or `any` word refers to.
///
/// # Safety
/// As `log_dec`, for the word's id.
#[inline]
pub unsafe fn log_dec_word(ctx: *mut WorkerContext, word: u64) {
    // SAFETY: passed on.
    unsafe { log_dec(ctx, word_id(word)) }
}

/// Whether stores into the container take the long way: it is shared, or stores are watched.
#[inline(always)]
unsafe fn is_guarded(ctx: *mut WorkerContext, container: u32) -> bool {
    // SAFETY: the caller vouches for the object.
    unsafe { (head(ctx, container).rc() as i32) < (*ctx).barrier }
}

/// Stores a reference into a 4-byte slot at byte `offset` of `container`.
///
/// # Safety
/// `ctx` must be the live context of the calling worker, `container` a live object
/// with an initialised reference slot there, and `new` 0, 1 or a live object.
#[inline]
pub unsafe fn store_ref(ctx: *mut WorkerContext, container: u32, offset: u32, new: u32) {
    // SAFETY: the caller vouches for the slot.
    unsafe {
        let slot = addr(ctx, container, offset).cast::<u32>();
        if is_guarded(ctx, container) {
            return guarded_store_ref(ctx, container, slot, new, false);
        }
        inc_stored(ctx, new);
        let old = slot.replace(new);
        log_dec(ctx, old);
    }
}

/// Stores a string or `any` word into an 8-byte slot at byte `offset` of `container`.
///
/// # Safety
/// As `store_ref`, for a word slot.
#[inline]
pub unsafe fn store_word(ctx: *mut WorkerContext, container: u32, offset: u32, new: u64) {
    // SAFETY: the caller vouches for the slot.
    unsafe {
        let slot = addr(ctx, container, offset).cast::<u64>();
        if is_guarded(ctx, container) {
            return guarded_store_word(ctx, container, slot, new, false);
        }
        inc_stored(ctx, word_id(new));
        let old = slot.replace(new);
        log_dec_word(ctx, old);
    }
}

/// Initialises a reference slot of an object that nothing else refers to yet.
///
/// # Safety
/// As `store_ref`, except that the slot need not be initialised.
#[inline]
pub unsafe fn init_ref(ctx: *mut WorkerContext, container: u32, offset: u32, new: u32) {
    // SAFETY: the caller vouches for the slot.
    unsafe {
        let slot = addr(ctx, container, offset).cast::<u32>();
        if is_guarded(ctx, container) {
            return guarded_store_ref(ctx, container, slot, new, true);
        }
        inc(ctx, new);
        slot.write(new);
    }
}

/// Initialises a string or `any` slot of an object that nothing else refers to yet.
///
/// # Safety
/// As `init_ref`, for a word slot.
#[inline]
pub unsafe fn init_word(ctx: *mut WorkerContext, container: u32, offset: u32, new: u64) {
    // SAFETY: the caller vouches for the slot.
    unsafe {
        let slot = addr(ctx, container, offset).cast::<u64>();
        if is_guarded(ctx, container) {
            return guarded_store_word(ctx, container, slot, new, true);
        }
        inc_word(ctx, new);
        slot.write(new);
    }
}

/// Makes `new` countable in `container`: published if that is shared, then counted.
unsafe fn take_up(ctx: *mut WorkerContext, container: u32, new: u32, init: bool) {
    if new <= REF_NULL {
        return;
    }
    // SAFETY: passed on from the caller.
    unsafe {
        let shared = head(ctx, container).is_shared() && !mutant::on("no_publication");
        if shared || (*ctx::runtime(ctx)).options.publish_all {
            publish::publish(ctx, new);
        }
        if init { inc(ctx, new) } else { inc_stored(ctx, new) }
    }
}

/// Notes a store for a collection under way.
unsafe fn note_store(ctx: *mut WorkerContext, container: u32, old: u32, new: u32) {
    // SAFETY: the caller vouches for `ctx`.
    let w = unsafe { &mut *ctx::worker(ctx) };
    if w.is_watched() {
        for (id, mutation) in
            [(container, "container_not_noted"), (old, "old_not_noted"), (new, "new_not_noted")]
        {
            if !mutant::on(mutation) && !mutant::on("stores_not_noted") {
                w.note_touched(id);
            }
        }
    }
}

/// A store into a container that is shared, or while stores are watched: publishes what
/// becomes reachable, counts it, exchanges, and notes all three. `init` for the first store into a slot.
///
/// # Safety
/// As `store_ref`, for the slot's address.
#[inline(never)]
pub unsafe fn guarded_store_ref(
    ctx: *mut WorkerContext,
    container: u32,
    slot: *mut u32,
    new: u32,
    init: bool,
) {
    // SAFETY: the caller vouches for slot and object; slots of shared objects are accessed atomically.
    unsafe {
        let slot = AtomicU32::from_ptr(slot);
        if mutant::on("count_after_store") {
            let old = if init { 0 } else { slot.swap(new, Ordering::AcqRel) };
            step();
            take_up(ctx, container, new, init);
            note_store(ctx, container, old, new);
            return log_dec(ctx, old);
        }
        take_up(ctx, container, new, init);
        step();
        let old = if init {
            slot.store(new, Ordering::Release);
            0
        } else {
            slot.swap(new, Ordering::AcqRel)
        };
        step();
        note_store(ctx, container, old, new);
        log_dec(ctx, old);
    }
}

/// As `guarded_store_ref` for a word slot.
///
/// # Safety
/// As `store_word`, for the slot's address.
#[inline(never)]
pub unsafe fn guarded_store_word(
    ctx: *mut WorkerContext,
    container: u32,
    slot: *mut u64,
    new: u64,
    init: bool,
) {
    // SAFETY: as in `guarded_store_ref`.
    unsafe {
        let slot = AtomicU64::from_ptr(slot);
        take_up(ctx, container, word_id(new), init);
        step();
        let old = if init {
            slot.store(new, Ordering::Release);
            0
        } else {
            word_id(slot.swap(new, Ordering::AcqRel))
        };
        step();
        note_store(ctx, container, old, word_id(new));
        log_dec(ctx, old);
    }
}

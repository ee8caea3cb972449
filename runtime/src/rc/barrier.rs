//! Stores of counted references, as Rust code does them.
//!
//! ```text
//! store   container local:   inc new; load old; store new; log dec(old)
//!         container shared:  publish new; inc new; xchg; log dec(old)
//! init    fresh container:   inc new; store
//! ```
//! The increment comes first, so that storing a slot's own value into it cannot let
//! its count touch 0. A count that a non-initialising store takes from 0 to 1 sets the
//! candidate bit: only such objects can close a cycle.

use crate::ctx;
use crate::mem::object::{addr, header_ptr};
use crate::rc::poll::request_poll;
use crate::rc::publish;
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
        let rc = &raw mut (*header_ptr(ctx, id)).rc;
        if *rc & (RC_SHARED | RC_IMMORTAL) == 0 {
            *rc += 1;
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
        let rc = AtomicU32::from_ptr(&raw mut (*header_ptr(ctx, id)).rc);
        if rc.load(Ordering::Relaxed) & RC_IMMORTAL == 0 {
            rc.fetch_add(1, Ordering::AcqRel);
        }
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
        let rc = &raw mut (*header_ptr(ctx, id)).rc;
        let old = *rc;
        if old & (RC_SHARED | RC_IMMORTAL) != 0 {
            return inc_flagged(ctx, id);
        }
        let candidate = if old & RC_COUNT_MASK == 0 { RC_CANDIDATE } else { 0 };
        *rc = (old + 1) | candidate;
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
        (*ctx::runtime(ctx)).log_overflow.push(id);
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

#[inline]
unsafe fn is_shared(ctx: *mut WorkerContext, id: u32) -> bool {
    // SAFETY: the caller vouches for the object.
    unsafe { (*header_ptr(ctx, id)).rc & RC_SHARED != 0 }
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
        if is_shared(ctx, container) {
            return store_shared_ref(ctx, slot, new);
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
        if is_shared(ctx, container) {
            return store_shared_any(ctx, slot, new);
        }
        inc_stored(ctx, word_id(new));
        let old = slot.replace(new);
        log_dec_word(ctx, old);
    }
}

/// Stores into a slot of a shared container: publishes what becomes reachable, then exchanges.
///
/// # Safety
/// As `store_ref`, for the slot's address.
#[inline(never)]
pub unsafe fn store_shared_ref(ctx: *mut WorkerContext, slot: *mut u32, new: u32) {
    // SAFETY: the caller vouches for slot and object; slots of shared objects are accessed atomically.
    unsafe {
        publish::publish(ctx, new);
        inc(ctx, new);
        let old = AtomicU32::from_ptr(slot).swap(new, Ordering::AcqRel);
        log_dec(ctx, old);
    }
}

/// As `store_shared_ref` for a word slot.
///
/// # Safety
/// As `store_word`, for the slot's address.
#[inline(never)]
pub unsafe fn store_shared_any(ctx: *mut WorkerContext, slot: *mut u64, new: u64) {
    // SAFETY: as in `store_shared_ref`.
    unsafe {
        publish::publish(ctx, word_id(new));
        inc_word(ctx, new);
        let old = AtomicU64::from_ptr(slot).swap(new, Ordering::AcqRel);
        log_dec_word(ctx, old);
    }
}

/// Initialises a reference slot of an object that nothing else refers to yet.
///
/// # Safety
/// As `store_ref`, except that the slot need not be initialised and the container must be local.
#[inline]
pub unsafe fn init_ref(ctx: *mut WorkerContext, container: u32, offset: u32, new: u32) {
    // SAFETY: the caller vouches for the slot.
    unsafe {
        inc(ctx, new);
        addr(ctx, container, offset).cast::<u32>().write(new);
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
        inc_word(ctx, new);
        addr(ctx, container, offset).cast::<u64>().write(new);
    }
}

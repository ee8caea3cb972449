//! Entry points of the memory manager, called by compiled code.
//!
//! Only `alloc_slow`, `log_full` and `poll` scan, because below them lie generated
//! frames alone. Every other runtime function asks for a poll instead.

use crate::ctx::{self, Runtime};
use crate::mem::object::{self, addr, alloc};
use crate::mem::region::ObjectId;
use crate::rc::barrier;
use crate::rc::destroy;
use crate::rc::publish;
use crate::rc::scan::scan;
use crate::sync::lock;
use ultra_abi::layout::{ATTENTION_DESTROY, ATTENTION_EXCEPTION, ATTENTION_POLL, Header, WorkerContext};
use ultra_abi::shape::{HEADER_SIZE, INLINE_CLASSES, RC_NEW};
use ultra_abi::value::{Kind, from_object};

/// Asks generated code to call `poll` at its next prologue or after this runtime call.
///
/// # Safety
/// `ctx` must be the live context of the calling worker.
pub unsafe fn request_poll(ctx: *mut WorkerContext) {
    // SAFETY: the caller vouches for `ctx`.
    unsafe {
        (*ctx).attention |= ATTENTION_POLL;
        (*ctx).stack_limit = u64::MAX;
    }
}

/// Leaves `word` as the pending exception.
///
/// # Safety
/// As `request_poll`; `word` must be a valid `any`.
pub unsafe fn set_exception(ctx: *mut WorkerContext, word: u64) {
    // SAFETY: the caller vouches for `ctx`.
    unsafe {
        (*ctx).exception = word;
        (*ctx).attention |= ATTENTION_EXCEPTION;
    }
}

/// Leaves the preallocated RangeError about an exhausted heap as the pending exception.
///
/// # Safety
/// As `request_poll`.
#[cold]
pub unsafe fn throw_out_of_memory(ctx: *mut WorkerContext) {
    // SAFETY: the caller vouches for `ctx`.
    unsafe { set_exception(ctx, from_object((*ctx::runtime(ctx)).memory_error)) }
}

/// After a scan: throws when the heap still is over its limit.
///
/// # Safety
/// As `request_poll`.
unsafe fn report_limit(ctx: *mut WorkerContext) -> bool {
    // SAFETY: the caller vouches for `ctx`.
    unsafe {
        let heap = &*ctx::heap(ctx);
        if heap.over_limit() {
            heap.report_limit();
            throw_out_of_memory(ctx);
            return true;
        }
        heap.end_grace();
        false
    }
}

/// # Safety
/// As every entry point: `ctx` is the live context of the calling worker, whose
/// generated frames lie at `scan_top..stack_base`.
pub unsafe extern "C" fn alloc_slow(ctx: *mut WorkerContext, class: i32, meta: i32) -> u32 {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        let w = ctx::worker(ctx);
        if (*w).scan_is_due() || (*w).zeal_scan() || (*w).was_asked() {
            scan(ctx);
            if report_limit(ctx) {
                return 0;
            }
        }
        let class = class as usize;
        assert!(class < INLINE_CLASSES, "inline size class {class} does not exist");
        if object::must_fail(ctx) {
            throw_out_of_memory(ctx);
            return 0;
        }
        let mut taken = object::take_from_new_run(ctx, class);
        if taken.is_none() {
            // What is dead may be enough.
            scan(ctx);
            taken = object::take_from_new_run(ctx, class);
        }
        let Some(id) = taken else {
            throw_out_of_memory(ctx);
            return 0;
        };
        addr(ctx, id, 0).cast::<Header>().write(Header { rc: RC_NEW, meta: meta as u32 });
        id
    }
}

/// # Safety
/// As `alloc_slow`.
pub unsafe extern "C" fn alloc_large(ctx: *mut WorkerContext, size: i32, meta: i32) -> u32 {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        match u32::try_from(size).ok().and_then(|size| alloc(ctx, size.max(HEADER_SIZE), meta as u32)) {
            Some(id) => id.0,
            None => {
                throw_out_of_memory(ctx);
                0
            }
        }
    }
}

/// # Safety
/// As `alloc_slow`.
pub unsafe extern "C" fn log_full(ctx: *mut WorkerContext) {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe { scan(ctx) }
}

/// # Safety
/// As `alloc_slow`, and `id` is a live object.
pub unsafe extern "C" fn inc_slow(ctx: *mut WorkerContext, id: u32) {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe { barrier::inc_flagged(ctx, id) }
}

/// # Safety
/// As `alloc_slow`; `slot` is the address of a reference slot of `container`.
pub unsafe extern "C" fn store_shared(ctx: *mut WorkerContext, container: u32, slot: *mut u32, new: u32) {
    debug_assert!(container > 1);
    // SAFETY: the caller keeps the contract of entry points.
    unsafe { barrier::guarded_store_ref(ctx, container, slot, new, false) }
}

/// # Safety
/// As `alloc_slow`; `slot` is the address of a word slot of `container`.
pub unsafe extern "C" fn store_shared_word(
    ctx: *mut WorkerContext,
    container: u32,
    slot: *mut u64,
    new: u64,
) {
    debug_assert!(container > 1);
    // SAFETY: the caller keeps the contract of entry points.
    unsafe { barrier::guarded_store_word(ctx, container, slot, new, false) }
}

/// # Safety
/// As `store_shared`, for a slot that holds nothing yet.
pub unsafe extern "C" fn init_shared(ctx: *mut WorkerContext, container: u32, slot: *mut u32, new: u32) {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe { barrier::guarded_store_ref(ctx, container, slot, new, true) }
}

/// # Safety
/// As `store_shared_word`, for a slot that holds nothing yet.
pub unsafe extern "C" fn init_shared_word(ctx: *mut WorkerContext, container: u32, slot: *mut u64, new: u64) {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe { barrier::guarded_store_word(ctx, container, slot, new, true) }
}

/// # Safety
/// As `alloc_slow`.
pub unsafe extern "C" fn poll(ctx: *mut WorkerContext) {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        let (rt, w) = (ctx::runtime(ctx), ctx::worker(ctx));
        let asked = (*ctx).attention & ATTENTION_POLL != 0;
        // What asked for destructors may be the poll of the code that runs them.
        (*ctx).attention &= !(ATTENTION_POLL | ATTENTION_DESTROY);
        // The limit is lowered first: who asks afterwards raises it again.
        (*w).reset_stack_limit();
        (*w).perturb();
        let over = (*rt).heap.over_limit();
        if (*w).was_asked() || asked || over || (*w).zeal_scan() || (*rt).options.epoch_at_every_poll {
            scan(ctx);
            // Destructors that the scan found due are asked for below.
            (*ctx).attention &= !ATTENTION_POLL;
            (*w).reset_stack_limit();
        }
        if (*ctx).scan_top < (*ctx).real_stack_limit {
            let error = (*rt).new_stack_error(ctx);
            set_exception(ctx, from_object(error));
        } else if !report_limit(ctx) {
            destroy::ask_to_drain(ctx);
        }
    }
}

/// # Safety
/// As `alloc_slow`.
pub unsafe extern "C" fn mem_alloc_managed(ctx: *mut WorkerContext, size: i32, meta: i32) -> u32 {
    // SAFETY: passed on.
    unsafe { alloc_large(ctx, size, meta) }
}

/// # Safety
/// As `alloc_slow`; `id` is 0, 1 or a live object.
pub unsafe extern "C" fn mem_add_ref(ctx: *mut WorkerContext, id: u32) {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        if id > 1 {
            lock(&(*ctx::runtime(ctx)).externals).add(id);
            (*ctx::worker(ctx)).note_touched(id);
            barrier::inc(ctx, id);
        }
    }
}

/// # Safety
/// As `alloc_slow`; `id` is 0, 1 or an object that `mem_add_ref` was called for.
pub unsafe extern "C" fn mem_release(ctx: *mut WorkerContext, id: u32) {
    // SAFETY: the caller keeps the contract of entry points.
    unsafe {
        // A release without a reference would free the object under its owners.
        if id > 1 && lock(&(*ctx::runtime(ctx)).externals).remove(id) {
            (*ctx::worker(ctx)).note_touched(id);
            barrier::log_dec(ctx, id);
        }
    }
}

/// # Safety
/// As `alloc_slow`; `id` is 0, 1 or a live object.
pub unsafe extern "C" fn mem_share(ctx: *mut WorkerContext, id: u32) {
    // SAFETY: the caller keeps the contract of entry points; the external reference is the store that follows publication.
    unsafe {
        publish::publish(ctx, id);
        mem_add_ref(ctx, id);
    }
}

/// # Safety
/// As `alloc_slow`.
pub unsafe extern "C" fn goroutine_alloc_shared(ctx: *mut WorkerContext, size: i32, meta: i32) -> u32 {
    // SAFETY: the caller keeps the contract of entry points; the fields of a new object are zero.
    unsafe {
        let id = alloc_large(ctx, size, meta);
        mem_share(ctx, id);
        id
    }
}

/// # Safety
/// As `alloc_slow`; both are live objects, and the first byte field of a scope's
/// shape called `parent` is a reference.
pub unsafe extern "C" fn mem_set_parent_scope(ctx: *mut WorkerContext, scope: u32, parent: u32) {
    // SAFETY: the caller keeps the contract of entry points; the slot list names a reference of the object.
    unsafe {
        let rt = ctx::runtime(ctx);
        let shape = object::shape_of(ctx, ObjectId(scope));
        let slot = (*rt)
            .shapes
            .slot(shape, PARENT_SCOPE)
            .filter(|slot| slot.kind == Kind::Ref)
            .map(|slot| slot.offset);
        match slot {
            Some(offset) => barrier::store_ref(ctx, scope, offset, parent),
            None => Runtime::throw_range(ctx, "Object is not a scope with a parent"),
        }
    }
}

/// Name of the slot that refers to the enclosing scope.
pub const PARENT_SCOPE: &str = "%parent";

/// # Safety
/// As `alloc_slow`.
pub unsafe extern "C" fn object_create(ctx: *mut WorkerContext, class: i32, property_count: i32) -> u32 {
    // SAFETY: the caller keeps the contract of entry points; default bytes fill the fields of a new object exactly.
    unsafe {
        let shapes = &*ctx::shapes(ctx);
        let Some(shape) = shapes.of_class(class as u32) else {
            Runtime::throw_range(ctx, "Class is not registered");
            return 0;
        };
        let info = shapes.info(shape);
        if property_count as usize != info.slots.len() {
            Runtime::throw_range(ctx, "Property count does not match the class");
            return 0;
        }
        let Some(id) = object::alloc_uninit(ctx, info.size, shape) else {
            throw_out_of_memory(ctx);
            return 0;
        };
        let fields = addr(ctx, id.0, HEADER_SIZE);
        fields.copy_from_nonoverlapping(info.defaults.as_ptr(), info.defaults.len());
        id.0
    }
}

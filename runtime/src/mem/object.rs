//! Access to objects by id, and allocation from Rust.
//!
//! These functions take the worker's context, from which base address and bump runs
//! are found as compiled code finds them. Nothing here scans or frees: an id in a
//! local variable of a runtime function stays valid until that function returns.

use crate::ctx;
use crate::mem::head::Head;
use crate::mem::page::class_size;
use crate::mem::region::ObjectId;
use crate::rc::poll::request_poll;
use ultra_abi::layout::{Header, WorkerContext};
use ultra_abi::shape::{HEADER_SIZE, ID_SCALE, INLINE_MAX, META_SHAPE_MASK, PAGE_SIZE, RC_NEW, size_class};

/// Address of byte `offset` of the object.
///
/// # Safety
/// `ctx` must be a live context.
#[inline]
pub unsafe fn addr(ctx: *mut WorkerContext, id: u32, offset: u32) -> *mut u8 {
    // SAFETY: the caller vouches for `ctx`.
    let base = unsafe { (*ctx).heap_base };
    (base as *mut u8).wrapping_add(id as usize * ID_SCALE as usize + offset as usize)
}

/// # Safety
/// `ctx` must be a live context.
#[inline]
pub unsafe fn header_ptr(ctx: *mut WorkerContext, id: u32) -> *mut Header {
    // SAFETY: passed on.
    unsafe { addr(ctx, id, 0).cast() }
}

/// The header of the object at `id`, as other threads may see it.
///
/// # Safety
/// `ctx` must be a live context and `id` start a cell of the heap.
#[inline(always)]
pub unsafe fn head(ctx: *mut WorkerContext, id: u32) -> Head {
    // SAFETY: memory of cells stays committed.
    unsafe { Head::new(addr(ctx, id, 0)) }
}

/// The header of a live object.
///
/// # Safety
/// `ctx` must be a live context and `id` a live object.
#[inline]
pub unsafe fn header(ctx: *mut WorkerContext, id: ObjectId) -> Header {
    // SAFETY: a live object starts with its header.
    unsafe { header_ptr(ctx, id.0).read() }
}

/// # Safety
/// As `header`.
#[inline]
pub unsafe fn meta(ctx: *mut WorkerContext, id: ObjectId) -> u32 {
    // SAFETY: passed on.
    unsafe { header(ctx, id).meta }
}

/// # Safety
/// As `header`.
#[inline]
pub unsafe fn shape_of(ctx: *mut WorkerContext, id: ObjectId) -> u32 {
    // SAFETY: passed on.
    unsafe { meta(ctx, id) & META_SHAPE_MASK }
}

/// Reads a field of any kind.
///
/// # Safety
/// `id` must be a live object that has a `T` at byte `offset`.
#[inline]
pub unsafe fn read<T: Copy>(ctx: *mut WorkerContext, id: ObjectId, offset: u32) -> T {
    // SAFETY: the caller vouches for the field.
    unsafe { addr(ctx, id.0, offset).cast::<T>().read() }
}

/// Writes a field that is not counted. Counted fields go through `rc::store_*` and `rc::init_*`.
///
/// # Safety
/// `id` must be a live object that has a `T` at byte `offset`.
#[inline]
pub unsafe fn write<T: Copy>(ctx: *mut WorkerContext, id: ObjectId, offset: u32, value: T) {
    // SAFETY: the caller vouches for the field.
    unsafe { addr(ctx, id.0, offset).cast::<T>().write(value) }
}

/// A new object of `size` bytes (header included), count 0, all fields zero.
/// `meta` is its shape and META bits. `None` when the heap is exhausted: the caller
/// reports with `rc::poll::throw_out_of_memory`.
///
/// # Safety
/// `ctx` must be the live context of the calling worker.
#[inline]
pub unsafe fn alloc(ctx: *mut WorkerContext, size: u32, meta: u32) -> Option<ObjectId> {
    // SAFETY: a new cell is at least `size` bytes long and nothing else refers to it.
    unsafe {
        let id = take_memory(ctx, size, true)?;
        head(ctx, id).set_word(u64::from(meta) << 32 | u64::from(RC_NEW));
        // Runs of pages are zeroed page by page, where they are not zero already.
        if size <= PAGE_SIZE {
            addr(ctx, id, HEADER_SIZE).write_bytes(0, size.saturating_sub(HEADER_SIZE) as usize);
        }
        Some(ObjectId(id))
    }
}

/// As `alloc`, but fields hold anything; for objects without counted fields, or whose
/// fields are all written before the caller returns.
///
/// # Safety
/// As `alloc`.
#[inline]
pub unsafe fn alloc_uninit(ctx: *mut WorkerContext, size: u32, meta: u32) -> Option<ObjectId> {
    // SAFETY: as in `alloc`.
    unsafe {
        let id = take_memory(ctx, size, false)?;
        head(ctx, id).set_word(u64::from(meta) << 32 | u64::from(RC_NEW));
        Some(ObjectId(id))
    }
}

/// A cell or run of pages without a header.
#[inline]
unsafe fn take_memory(ctx: *mut WorkerContext, size: u32, zero: bool) -> Option<u32> {
    if size > INLINE_MAX {
        // SAFETY: passed on from the caller.
        return unsafe { alloc_outside_runs(ctx, size, zero) };
    }
    let class = size_class(size.max(1)) as usize;
    // SAFETY: ids between `cur` and `end` of a run are free cells of the class, owned by this worker.
    unsafe {
        let run = &raw mut (*ctx).bump[class];
        let (id, next) = ((*run).cur, (*run).cur + class_size(class) / ID_SCALE);
        if next > (*run).end {
            return take_refilled(ctx, class);
        }
        (*run).cur = next;
        Some(id)
    }
}

/// # Safety
/// As `alloc`.
#[cold]
#[inline(never)]
unsafe fn take_refilled(ctx: *mut WorkerContext, class: usize) -> Option<u32> {
    // SAFETY: passed on from the caller.
    unsafe { if must_fail(ctx) { None } else { take_from_new_run(ctx, class) } }
}

/// Counts an allocation outside the runs; true when zeal wants it to fail.
///
/// # Safety
/// As `alloc`.
pub unsafe fn must_fail(ctx: *mut WorkerContext) -> bool {
    // SAFETY: the caller vouches for `ctx`.
    unsafe { (*ctx::worker(ctx)).allocation_must_fail(&(*ctx::runtime(ctx)).options) }
}

/// Refills the run of `class` and takes its first cell; never scans. `must_fail` is asked
/// before, once for each allocation however often this is tried.
///
/// # Safety
/// As `alloc`.
#[cold]
#[inline(never)]
pub unsafe fn take_from_new_run(ctx: *mut WorkerContext, class: usize) -> Option<u32> {
    // SAFETY: the caller vouches for `ctx`; the heap is a field of its own in the runtime.
    unsafe {
        let (worker, rt) = (&mut *ctx::worker(ctx), &*ctx::runtime(ctx));
        let run = worker.alloc.refill(&rt.heap, class)?;
        let bump = &raw mut (*ctx).bump[class];
        (*bump).cur = run.start + class_size(class) / ID_SCALE;
        (*bump).end = run.end;
        request_poll_if_due(ctx);
        Some(run.start)
    }
}

#[inline(never)]
unsafe fn alloc_outside_runs(ctx: *mut WorkerContext, size: u32, zero: bool) -> Option<u32> {
    // SAFETY: as in `take_from_new_run`.
    unsafe {
        let (worker, rt) = (&mut *ctx::worker(ctx), &*ctx::runtime(ctx));
        if must_fail(ctx) {
            return None;
        }
        let id = worker.alloc.alloc_cell(&rt.heap, size, zero)?;
        request_poll_if_due(ctx);
        Some(id.0)
    }
}

/// # Safety
/// `ctx` must be the live context of the calling worker.
unsafe fn request_poll_if_due(ctx: *mut WorkerContext) {
    // SAFETY: the caller vouches for `ctx`.
    unsafe {
        if (*ctx::worker(ctx)).scan_is_due() || (*ctx::heap(ctx)).over_limit() {
            request_poll(ctx);
        }
    }
}

/// Bytes the object may use where it is, header included.
///
/// # Safety
/// `ctx` must be a live context and `id` a live object.
pub unsafe fn capacity(ctx: *mut WorkerContext, id: ObjectId) -> u32 {
    // SAFETY: the caller vouches for `ctx`.
    unsafe { (*ctx::heap(ctx)).capacity(id) }
}

/// Makes the object able to hold `bytes` where it is; new bytes are zero beyond the
/// old `capacity`. False when it must move.
///
/// # Safety
/// As `capacity`.
pub unsafe fn grow_in_place(ctx: *mut WorkerContext, id: ObjectId, bytes: u32) -> bool {
    // SAFETY: the caller vouches for `ctx`.
    unsafe {
        let grown = (*ctx::worker(ctx)).alloc.grow_in_place(&*ctx::heap(ctx), id, bytes);
        request_poll_if_due(ctx);
        grown
    }
}

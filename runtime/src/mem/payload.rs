//! Host-side parts of objects: tables of Maps, Sets and dictionaries, iterators, and so on.
//!
//! The object's first field (bytes 8..12) is an index into a slab that the runtime
//! owns. The slab is emptied with the object. Whatever a payload refers to is counted
//! like a heap slot, so payloads change their references through `inc`/`log_dec`.

use crate::ctx;
use crate::mem::object::{alloc, head, header_ptr, meta};
use crate::mem::region::ObjectId;
use crate::mem::shape::PAYLOAD_OBJECT_SIZE;
use crate::rc::barrier::{inc, log_dec_word};
use crate::rc::publish::publish;
use crate::sync::{Mutex, lock};
use hashbrown::HashMap;
use std::any::Any;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use ultra_abi::layout::WorkerContext;
use ultra_abi::shape::META_OVERFLOW;

/// What the memory manager asks of a host-side payload.
pub trait Payload: Any {
    /// Calls `visit` with every counted word (an `any`, a string word, or a reference
    /// boxed as an object) that the payload holds, once per reference.
    fn each_child(&self, visit: &mut dyn FnMut(u64));
    /// Bytes of host memory, roughly, for statistics.
    fn host_bytes(&self) -> usize {
        0
    }
}

#[derive(Default)]
struct Slab {
    entries: Vec<Option<Box<dyn Payload>>>,
    free: Vec<u32>,
    /// For each object with META_OVERFLOW, the dictionary of its further properties.
    overflow: HashMap<u32, u32>,
}

/// The slab of payloads; indices are reused. The lock is for the slab; a payload is its object's.
#[derive(Default)]
pub struct Payloads {
    slab: Mutex<Slab>,
    /// Some object has or had a dictionary of further properties.
    any_overflow: AtomicBool,
    /// Weak references, WeakMaps and registries.
    pub weak: crate::weak::Weak,
}

// SAFETY: payloads are reached through their object, whose owner has them to itself.
unsafe impl Sync for Payloads {}
// SAFETY: as above.
unsafe impl Send for Payloads {}

impl Payloads {
    pub fn insert(&self, payload: Box<dyn Payload>) -> u32 {
        let mut slab = lock(&self.slab);
        if let Some(index) = slab.free.pop() {
            slab.entries[index as usize] = Some(payload);
            return index;
        }
        slab.entries.push(Some(payload));
        (slab.entries.len() - 1) as u32
    }

    pub fn remove(&self, index: u32) -> Option<Box<dyn Payload>> {
        let mut slab = lock(&self.slab);
        let payload = slab.entries.get_mut(index as usize)?.take();
        if payload.is_some() {
            slab.free.push(index);
        }
        payload
    }

    /// The payload, which stays in place until it is removed.
    pub fn get(&self, index: u32) -> Option<*mut dyn Payload> {
        let mut slab = lock(&self.slab);
        let payload = slab.entries.get_mut(index as usize)?.as_deref_mut()?;
        Some(payload)
    }

    /// Whether some object has or had further properties: references from it that its class
    /// does not tell of may close a cycle through instances of any class.
    #[inline]
    pub fn any_overflow(&self) -> bool {
        self.any_overflow.load(Relaxed)
    }

    /// The dictionary of further properties of an object whose META_OVERFLOW is set.
    pub fn overflow_of(&self, id: u32) -> Option<u32> {
        lock(&self.slab).overflow.get(&id).copied()
    }

    pub(crate) fn remove_overflow(&self, id: u32) {
        lock(&self.slab).overflow.remove(&id);
    }

    /// Payloads in use.
    pub fn len(&self) -> usize {
        let slab = lock(&self.slab);
        slab.entries.len() - slab.free.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The dictionary of further properties of `id`, if it has one.
///
/// # Safety
/// `ctx` must be the live context of the calling worker and `id` a live object.
#[inline]
pub unsafe fn overflow(ctx: *mut WorkerContext, id: ObjectId) -> Option<ObjectId> {
    // SAFETY: passed on from the caller.
    unsafe {
        if meta(ctx, id) & META_OVERFLOW == 0 {
            return None;
        }
        (*ctx::payloads(ctx)).overflow_of(id.0).map(ObjectId)
    }
}

/// Gives `id`, which has none, a dictionary of further properties: counted, traced and
/// released as if the object had a slot for it.
///
/// # Safety
/// As `overflow`, and `dictionary` must be a live object.
pub unsafe fn set_overflow(ctx: *mut WorkerContext, id: ObjectId, dictionary: ObjectId) {
    // SAFETY: passed on from the caller; a local object's header is written by this worker alone.
    unsafe {
        let head = head(ctx, id.0);
        debug_assert_eq!(head.meta() & META_OVERFLOW, 0, "the object has a dictionary already");
        if head.is_shared() {
            publish(ctx, dictionary.0);
        }
        inc(ctx, dictionary.0);
        (*ctx::worker(ctx)).note_touched(id.0);
        (*ctx::worker(ctx)).note_touched(dictionary.0);
        let payloads = &*ctx::payloads(ctx);
        payloads.any_overflow.store(true, Relaxed);
        lock(&payloads.slab).overflow.insert(id.0, dictionary.0);
        if head.is_shared() {
            head.set((META_OVERFLOW as u64) << 32);
        } else {
            head.set_meta(head.meta() | META_OVERFLOW);
        }
    }
}

impl std::fmt::Debug for Payloads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Payloads({})", self.len())
    }
}

/// A new object of a payload shape (`SHAPE_NATIVE`) that owns `payload`, whose references must be counted already.
/// `None` when the heap is exhausted; the payload is dropped then, with its references.
///
/// # Safety
/// `ctx` must be the live context of the calling worker.
pub unsafe fn alloc_with_payload(
    ctx: *mut WorkerContext,
    shape: u32,
    payload: Box<dyn Payload>,
) -> Option<ObjectId> {
    // SAFETY: passed on from the caller.
    unsafe {
        let Some(id) = alloc(ctx, PAYLOAD_OBJECT_SIZE, shape) else {
            payload.each_child(&mut |word| log_dec_word(ctx, word));
            return None;
        };
        let index = (*ctx::payloads(ctx)).insert(payload);
        header_ptr(ctx, id.0).cast::<u32>().add(2).write(index);
        Some(id)
    }
}

/// The payload of `id` as a `T`; `None` when it is of another type.
///
/// # Safety
/// `ctx` must be the live context of the calling worker and `id` a live object of a
/// payload shape. The result must not be used after anything that can replace or drop
/// the payload, nor while a second reference from this function to it is in use.
#[inline]
pub unsafe fn payload<'a, T: Payload>(ctx: *mut WorkerContext, id: ObjectId) -> Option<&'a mut T> {
    // SAFETY: the caller vouches for object and context; bytes 8..12 of a payload object are its index.
    unsafe {
        let index = header_ptr(ctx, id.0).cast::<u32>().add(2).read();
        let entry: &mut dyn Any = &mut *(*ctx::payloads(ctx)).get(index)?;
        entry.downcast_mut::<T>()
    }
}

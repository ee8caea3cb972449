//! Host-side parts of objects: tables of Maps, Sets and dictionaries, iterators, and so on.
//!
//! The object's first field (bytes 8..12) is an index into a slab that the runtime
//! owns. The slab is emptied with the object. Whatever a payload refers to is counted
//! like a heap slot, so payloads change their references through `inc`/`log_dec`.

use crate::ctx;
use crate::mem::object::{alloc, header_ptr, meta};
use crate::mem::region::ObjectId;
use crate::mem::shape::PAYLOAD_OBJECT_SIZE;
use crate::rc::barrier::inc;
use crate::rc::publish::publish;
use hashbrown::HashMap;
use std::any::Any;
use ultra_abi::layout::WorkerContext;
use ultra_abi::shape::{META_OVERFLOW, RC_SHARED};

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

/// The slab of payloads; indices are reused.
#[derive(Default)]
pub struct Payloads {
    entries: Vec<Option<Box<dyn Payload>>>,
    free: Vec<u32>,
    /// For each object with META_OVERFLOW, the dictionary of its further properties.
    overflow: HashMap<u32, u32>,
    /// Weak references, WeakMaps and registries.
    pub weak: crate::weak::Weak,
}

impl Payloads {
    pub fn insert(&mut self, payload: Box<dyn Payload>) -> u32 {
        if let Some(index) = self.free.pop() {
            self.entries[index as usize] = Some(payload);
            return index;
        }
        self.entries.push(Some(payload));
        (self.entries.len() - 1) as u32
    }

    pub fn remove(&mut self, index: u32) -> Option<Box<dyn Payload>> {
        let payload = self.entries.get_mut(index as usize)?.take();
        if payload.is_some() {
            self.free.push(index);
        }
        payload
    }

    pub fn get(&self, index: u32) -> Option<&dyn Payload> {
        self.entries.get(index as usize)?.as_deref()
    }

    pub fn get_mut(&mut self, index: u32) -> Option<&mut dyn Payload> {
        self.entries.get_mut(index as usize)?.as_deref_mut()
    }

    /// The dictionary of further properties of an object whose META_OVERFLOW is set.
    pub fn overflow_of(&self, id: u32) -> Option<u32> {
        self.overflow.get(&id).copied()
    }

    pub(crate) fn remove_overflow(&mut self, id: u32) {
        self.overflow.remove(&id);
    }

    /// Payloads in use.
    pub fn len(&self) -> usize {
        self.entries.len() - self.free.len()
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
        let header = header_ptr(ctx, id.0);
        debug_assert_eq!((*header).meta & META_OVERFLOW, 0, "the object has a dictionary already");
        if (*header).rc & RC_SHARED != 0 {
            publish(ctx, dictionary.0);
        }
        inc(ctx, dictionary.0);
        (*ctx::payloads(ctx)).overflow.insert(id.0, dictionary.0);
        (*header).meta |= META_OVERFLOW;
    }
}

impl std::fmt::Debug for Payloads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Payloads({})", self.len())
    }
}

/// A new object of a payload shape (`SHAPE_NATIVE`) that owns `payload`, whose references must be counted already.
/// `None` when the heap is exhausted; the payload is dropped then.
///
/// # Safety
/// `ctx` must be the live context of the calling worker.
pub unsafe fn alloc_with_payload(ctx: *mut WorkerContext, shape: u32, payload: Box<dyn Payload>) -> Option<ObjectId> {
    // SAFETY: passed on from the caller.
    unsafe {
        let id = alloc(ctx, PAYLOAD_OBJECT_SIZE, shape)?;
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
        let entry: &mut dyn Any = (*ctx::payloads(ctx)).get_mut(index)?;
        entry.downcast_mut::<T>()
    }
}

//! Finding the references that an object holds.

use crate::ctx::Runtime;
use crate::mem::payload::Payloads;
use crate::mem::shape::ShapeTable;
use crate::rc::barrier::word_id;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use ultra_abi::layout::{SHAPE_ACYCLIC, SHAPE_LARGE, SHAPE_SPECIAL, ShapeDesc, Store};
use ultra_abi::shape::{HEADER_SIZE, META_FINALIZE, META_OVERFLOW, META_SHAPE_MASK, ObjKind, store_shape};
use ultra_abi::value::{Kind, REF_NULL};

/// Calls `visit` with every id that the object at `object` refers to, once per reference.
///
/// # Safety
/// `object` must be the address of a live object all of whose counted fields are initialised.
#[inline]
pub unsafe fn each_child(
    object: *mut u8,
    shapes: &ShapeTable,
    payloads: &Payloads,
    mut visit: impl FnMut(u32),
) {
    // SAFETY: the shape of a live object is registered and says where its references are.
    unsafe {
        let meta = object.cast::<u32>().add(1).read();
        let desc = shapes.desc(meta & META_SHAPE_MASK);
        if is_special(meta, desc) {
            special(object, meta, shapes, payloads, &mut visit);
        } else {
            mapped(object, (desc.ref_map, desc.word_map), &mut visit);
        }
    }
}

/// A slot that another thread may be writing: slots never tear.
#[inline(always)]
unsafe fn load(slot: *mut u32) -> u32 {
    // SAFETY: the caller vouches for the slot.
    unsafe { AtomicU32::from_ptr(slot).load(Relaxed) }
}

/// As `load`, for a word slot.
#[inline(always)]
unsafe fn load_word(slot: *mut u64) -> u64 {
    // SAFETY: the caller vouches for the slot.
    unsafe { AtomicU64::from_ptr(slot).load(Relaxed) }
}

/// Whether the maps of the shape leave out some reference of an object with this META.
#[inline]
pub fn is_special(meta: u32, desc: &ShapeDesc) -> bool {
    desc.flags & SHAPE_SPECIAL != 0 || meta & (META_OVERFLOW | META_FINALIZE) != 0
}

/// Whether no cycle of references leads through an object with this META. What the compiler
/// knows of a class holds until some object gets properties that its class does not have.
#[inline]
pub fn is_acyclic(rt: &Runtime, meta: u32) -> bool {
    let desc = rt.shapes.desc(meta & META_SHAPE_MASK);
    if desc.flags & SHAPE_ACYCLIC == 0 || meta & META_OVERFLOW != 0 {
        return false;
    }
    let leads_on = desc.ref_map | desc.word_map != 0 || desc.flags & SHAPE_LARGE != 0;
    !(leads_on && desc.kind == ObjKind::Instance as u8 && rt.payloads.any_overflow())
}

/// Visits the slots that the maps of a shape (references, words) describe.
///
/// # Safety
/// As `each_child`, for an object of this shape.
#[inline]
pub unsafe fn mapped(object: *mut u8, maps: (u64, u64), visit: &mut impl FnMut(u32)) {
    // SAFETY: a set bit means that the word is a slot of the object.
    unsafe {
        let slots = object.add(HEADER_SIZE as usize).cast::<u32>();
        let mut map = maps.0;
        while map != 0 {
            let id = load(slots.add(map.trailing_zeros() as usize));
            map &= map - 1;
            if id > REF_NULL {
                visit(id);
            }
        }
        let mut map = maps.1;
        while map != 0 {
            let id = word_id(load_word(slots.add(map.trailing_zeros() as usize).cast::<u64>()));
            map &= map - 1;
            if id > REF_NULL {
                visit(id);
            }
        }
    }
}

/// Visits the references of objects of which the maps do not tell everything: stores,
/// payloads, objects too large for the maps, and objects with further properties.
///
/// # Safety
/// As `each_child`, for an object with this META.
#[inline(never)]
pub unsafe fn special(
    object: *mut u8,
    meta: u32,
    shapes: &ShapeTable,
    payloads: &Payloads,
    visit: &mut dyn FnMut(u32),
) {
    let shape = meta & META_SHAPE_MASK;
    let desc = shapes.desc(shape);
    if meta & META_OVERFLOW != 0
        && let Some(dictionary) = payloads.overflow_of(shapes.id_at(object))
    {
        visit(dictionary);
    }
    if meta & META_FINALIZE != 0 {
        payloads.weak.each_value(shapes.id_at(object), &mut |word| visit_id(word_id(word), visit));
    }
    // SAFETY: the caller vouches for the object; its kind says which of the layouts it has.
    unsafe {
        if desc.kind == ObjKind::Store as u8 {
            return elements(object, shape, visit);
        }
        if desc.flags & SHAPE_SPECIAL == 0 {
            return mapped(object, (desc.ref_map, desc.word_map), &mut |id| visit(id));
        }
        if desc.flags & SHAPE_LARGE != 0 {
            for slot in shapes.info(shape).slots.iter().filter(|slot| slot.kind.is_counted()) {
                let at = object.add(slot.offset as usize);
                let id = if slot.kind == Kind::Ref { load(at.cast()) } else { word_id(load_word(at.cast())) };
                visit_id(id, visit);
            }
            return;
        }
        let index = object.cast::<u32>().add(2).read();
        if let Some(payload) = payloads.get(index) {
            (*payload).each_child(&mut |word| visit_id(word_id(word), visit));
        }
    }
}

unsafe fn elements(object: *mut u8, shape: u32, visit: &mut dyn FnMut(u32)) {
    // SAFETY: `len` elements of the store's kind follow its header.
    unsafe {
        let header = object.cast::<Store>();
        // Another thread may change the length meanwhile, but never beyond the capacity.
        let len = load(&raw mut (*header).len).min(load(&raw mut (*header).cap)) as usize;
        let first = object.add(size_of::<Store>());
        if shape == store_shape(Kind::Ref) {
            for i in 0..len {
                visit_id(load(first.cast::<u32>().add(i)), visit);
            }
        } else if shape == store_shape(Kind::Any) || shape == store_shape(Kind::Str) {
            for i in 0..len {
                visit_id(word_id(load_word(first.cast::<u64>().add(i))), visit);
            }
        }
    }
}

#[inline]
fn visit_id(id: u32, visit: &mut dyn FnMut(u32)) {
    if id > REF_NULL {
        visit(id);
    }
}

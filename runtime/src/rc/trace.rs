//! Finding the references that an object holds.

use crate::mem::payload::Payloads;
use crate::mem::shape::ShapeTable;
use crate::rc::barrier::word_id;
use ultra_abi::layout::{SHAPE_LARGE, SHAPE_SPECIAL, ShapeDesc, Store};
use ultra_abi::shape::{HEADER_SIZE, META_FINALIZE, META_OVERFLOW, META_SHAPE_MASK, ObjKind, store_shape};
use ultra_abi::value::{Kind, REF_NULL};

/// Calls `visit` with every id that the object at `object` refers to, once per reference.
///
/// # Safety
/// `object` must be the address of a live object all of whose counted fields are initialised.
#[inline]
pub unsafe fn each_child(object: *mut u8, shapes: &ShapeTable, payloads: &Payloads, mut visit: impl FnMut(u32)) {
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

/// Whether the maps of the shape leave out some reference of an object with this META.
#[inline]
pub fn is_special(meta: u32, desc: &ShapeDesc) -> bool {
    desc.flags & SHAPE_SPECIAL != 0 || meta & (META_OVERFLOW | META_FINALIZE) != 0
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
            let id = slots.add(map.trailing_zeros() as usize).read();
            map &= map - 1;
            if id > REF_NULL {
                visit(id);
            }
        }
        let mut map = maps.1;
        while map != 0 {
            let id = word_id(slots.add(map.trailing_zeros() as usize).cast::<u64>().read());
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
pub unsafe fn special(object: *mut u8, meta: u32, shapes: &ShapeTable, payloads: &Payloads, visit: &mut dyn FnMut(u32)) {
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
                let id = if slot.kind == Kind::Ref { at.cast::<u32>().read() } else { word_id(at.cast::<u64>().read()) };
                visit_id(id, visit);
            }
            return;
        }
        let index = object.cast::<u32>().add(2).read();
        if let Some(payload) = payloads.get(index) {
            payload.each_child(&mut |word| visit_id(word_id(word), visit));
        }
    }
}

unsafe fn elements(object: *mut u8, shape: u32, visit: &mut dyn FnMut(u32)) {
    // SAFETY: `len` elements of the store's kind follow its header.
    unsafe {
        let len = object.cast::<Store>().read().len as usize;
        let first = object.add(size_of::<Store>());
        if shape == store_shape(Kind::Ref) {
            for i in 0..len {
                visit_id(first.cast::<u32>().add(i).read(), visit);
            }
        } else if shape == store_shape(Kind::Any) || shape == store_shape(Kind::Str) {
            for i in 0..len {
                visit_id(word_id(first.cast::<u64>().add(i).read()), visit);
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


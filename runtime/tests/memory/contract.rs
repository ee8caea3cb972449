//! One test per promise of the memory manager.

use crate::model::{LARGE_LAST, LARGE_SIZE, Machine};
use ultra_abi::layout::{ATTENTION_EXCEPTION, ATTENTION_POLL, ErrorObject};
use ultra_abi::shape::*;
use ultra_abi::value::{EMPTY_STRING, Kind, UNDEFINED, from_object, tag};
use ultra_runtime::mem::{self, shape::ClassSpec, shape::SlotSpec};
use ultra_runtime::rc::poll::PARENT_SCOPE;
use ultra_runtime::{Error, ObjectId, Options, Runtime, entry, rc};

fn machine() -> Machine {
    Machine::new(Options { poison: true, ..Options::default() })
}

/// Message of the pending exception, which must be a RangeError; takes it off.
fn take_range_error(m: &Machine) -> String {
    // SAFETY: the context is live; an exception of these tests is an `ErrorObject` with a flat message.
    unsafe {
        assert_ne!((*m.ctx).attention & ATTENTION_EXCEPTION, 0, "an exception is pending");
        let id = ObjectId((*m.ctx).exception as u32);
        assert_eq!(mem::shape_of(m.ctx, id), ErrorClass::RangeError.shape());
        let message = m.at::<ErrorObject>(id.0, 0).read().message as u32;
        let len = m.at::<u32>(message, 8).read() as usize;
        let bytes = std::slice::from_raw_parts(m.at::<u8>(message, 16), len);
        (*m.ctx).attention &= !ATTENTION_EXCEPTION;
        (*m.ctx).exception = UNDEFINED;
        String::from_utf8(bytes.to_vec()).unwrap()
    }
}

#[test]
fn a_fresh_runtime_has_only_immortal_objects() {
    let m = machine();
    assert!(m.live().is_empty());
    assert!(!m.rt.live_objects(true).is_empty());
    m.check_audit();
}

#[test]
fn a_long_list_is_freed_without_recursion() {
    let mut m = machine();
    let mut head = 0;
    for _ in 0..1_000_000 {
        m.stack[0] = head as u64;
        head = m.node(head, 0);
    }
    m.stack[0] = head as u64;
    m.scan();
    assert_eq!(m.live().len(), 1_000_000);
    m.stack[0] = 0;
    m.scan();
    assert!(m.live().len() > 900_000, "one scan frees a part");
    m.check_audit();
    let mut scans = 0;
    while !m.live().is_empty() {
        m.scan();
        scans += 1;
    }
    assert!(scans > 10 && scans < 40, "{scans}");
    assert!(m.rt.heap.used_pages() < 10);
}

#[test]
fn memory_of_a_dead_object_is_poisoned_and_its_header_is_zero() {
    let mut m = machine();
    let id = m.node(0, 0);
    m.scan();
    assert!(!m.is_live(id));
    // SAFETY: the page is still in use or in the pool, and its memory is readable.
    unsafe {
        assert_eq!(m.at::<u64>(id, 0).read(), 0);
        assert_eq!(m.at::<u64>(id, 8).read(), 0xD5D5_D5D5_D5D5_D5D5);
    }
}

#[test]
fn interior_addresses_keep_large_objects_alive() {
    let mut m = machine();
    let id = m.array(&vec![0; 100_000]);
    // SAFETY: the array is live.
    let store = unsafe { mem::read::<u32>(m.ctx, ObjectId(id), 8) };
    m.stack[3] = m.at::<u8>(store, 300_001) as u64;
    m.scan();
    assert!(m.is_live(store) && !m.is_live(id));
    m.stack[3] = m.at::<u8>(store, 16 + 400_000 + PAGE_SIZE) as u64;
    m.scan();
    assert!(!m.is_live(store));
}

#[test]
fn the_pending_exception_is_a_root() {
    let mut m = machine();
    let id = m.node(0, 0);
    // SAFETY: the object is live.
    unsafe { rc::poll::set_exception(m.ctx, from_object(id)) };
    m.scan();
    assert!(m.is_live(id));
}

#[test]
fn storing_a_slots_own_value_keeps_it_alive() {
    let mut m = machine();
    let child = m.node(0, 0);
    let parent = m.node(child, 0);
    m.stack[0] = parent as u64;
    m.scan();
    // SAFETY: both are live.
    unsafe { rc::store_ref(m.ctx, parent, 8, child) };
    m.scan();
    assert!(m.is_live(child) && m.count(child) == 1);
}

#[test]
fn a_store_that_takes_a_count_from_zero_marks_a_candidate() {
    let mut m = machine();
    let (a, b) = (m.node(0, 0), m.node(0, 0));
    let parent = m.node(a, 0);
    m.stack[0] = parent as u64;
    // SAFETY: both are live.
    unsafe { rc::store_ref(m.ctx, parent, 12, b) };
    assert_eq!(m.header(a).rc & RC_CANDIDATE, 0);
    assert_ne!(m.header(b).rc & RC_CANDIDATE, 0);
}

#[test]
fn counts_saturate_into_immortality() {
    let mut m = machine();
    let id = m.node(0, 0);
    // SAFETY: the node is live; its count is set to the highest that is not immortal.
    unsafe {
        m.at::<u32>(id, 0).write(RC_COUNT_MASK);
        rc::inc(m.ctx, id);
        assert_eq!(m.header(id).rc, RC_IMMORTAL);
        rc::inc(m.ctx, id);
        rc::log_dec(m.ctx, id);
    }
    m.scan();
    assert!(m.is_live(id) && m.header(id).rc == RC_IMMORTAL);
}

#[test]
fn decrements_beyond_the_log_are_kept_and_ask_for_a_poll() {
    let mut m = machine();
    let child = m.node(0, 0);
    let parent = m.node(child, 0);
    m.stack[0] = parent as u64;
    for _ in 0..40_000 {
        // SAFETY: both are live.
        unsafe { rc::store_ref(m.ctx, parent, 8, child) };
    }
    m.check_audit();
    // SAFETY: the context is live.
    unsafe {
        assert_ne!((*m.ctx).attention & ATTENTION_POLL, 0);
        assert_eq!((*m.ctx).stack_limit, u64::MAX);
        entry::poll(m.ctx);
        assert_eq!((*m.ctx).attention & ATTENTION_POLL, 0);
        assert_eq!((*m.ctx).stack_limit, (*m.ctx).real_stack_limit);
    }
    assert_eq!(m.count(child), 1);
    m.check_audit();
}

#[test]
fn runtime_functions_ask_for_a_scan_and_do_not_scan() {
    let mut m = machine();
    let scans = m.scans();
    for _ in 0..100_000 {
        m.array(&[]);
    }
    assert_eq!(m.scans(), scans);
    // SAFETY: the context is live.
    unsafe {
        assert_ne!((*m.ctx).attention & ATTENTION_POLL, 0);
        entry::poll(m.ctx);
    }
    while !m.live().is_empty() {
        m.scan();
    }
}

#[test]
fn the_real_stack_limit_throws() {
    let m = machine();
    // SAFETY: the context is live.
    unsafe {
        (*m.ctx).real_stack_limit = (*m.ctx).scan_top + 8;
        entry::poll(m.ctx);
    }
    assert_eq!(take_range_error(&m), "Maximum call stack size exceeded");
}

#[test]
fn the_heap_limit_throws_and_the_program_can_go_on() {
    let mut m = Machine::new(Options { heap_limit: 2 << 20, ..Options::default() });
    let mut head = 0;
    let thrown = (0..1_000_000).any(|_| {
        head = m.node(head, 0);
        m.stack[0] = head as u64;
        // SAFETY: the context is live.
        unsafe {
            if (*m.ctx).attention & ATTENTION_POLL != 0 {
                entry::poll(m.ctx);
            }
            (*m.ctx).attention & ATTENTION_EXCEPTION != 0
        }
    });
    assert!(thrown);
    assert_eq!(take_range_error(&m), "Out of memory: heap limit reached");
    m.stack[0] = 0;
    m.scan();
    assert!(m.live().is_empty());
    let node = m.node(0, 0);
    // SAFETY: the context is live.
    assert_eq!(unsafe { (*m.ctx).attention } & ATTENTION_EXCEPTION, 0);
    assert!(m.is_live(node));
}

#[test]
fn exhaustion_without_polls_fails_the_allocation() {
    let mut m = Machine::new(Options { heap_limit: 1 << 20, ..Options::default() });
    // SAFETY: the context is live; a failed allocation yields no object.
    unsafe {
        // Beyond the limit there is the reserve, since only a poll frees what is dead.
        let failed = (0..100_000).find(|_| entry::alloc_large(m.ctx, 4096, SHAPE_STR_FLAT as i32) == 0);
        assert!(failed.is_some_and(|n| n > 10_000), "{failed:?}");
        assert_eq!(take_range_error(&m), "Out of memory: heap limit reached");
        assert_eq!(entry::alloc_large(m.ctx, i32::MAX, SHAPE_STR_FLAT as i32), 0);
        assert_eq!(entry::alloc_large(m.ctx, -5, SHAPE_STR_FLAT as i32), 0);
    }
    m.scan();
    assert!(m.live().is_empty());
}

#[test]
fn compiled_allocation_scans_and_then_reports_the_limit() {
    let mut m = Machine::new(Options { heap_limit: 1 << 20, ..Options::default() });
    let failed = (0..10_000_000).find(|_| m.alloc_inline(512, SHAPE_STR_FLAT) == 0);
    assert!(failed.is_none(), "what is dead is freed at scans");
    let mut head = 0;
    let failed = (0..10_000_000).find(|_| {
        m.stack[0] = head as u64;
        let id = m.alloc_inline(16, m.node);
        if id != 0 {
            // SAFETY: both are live.
            unsafe {
                rc::init_ref(m.ctx, id, 8, head);
                rc::init_ref(m.ctx, id, 12, 0);
            }
            head = id;
        }
        id == 0
    });
    assert!(failed.is_some_and(|n| n > 60_000), "{failed:?}");
    assert_eq!(take_range_error(&m), "Out of memory: heap limit reached");
    m.stack[0] = 0;
    m.scan();
    assert!(m.live().is_empty());
}

#[test]
fn failalloc_fails_one_allocation() {
    let mut m = Machine::new(Options { fail_alloc: Some(3), ..Options::default() });
    let ids: Vec<u32> = (0..5).map(|_| m.alloc_inline(16, m.node)).collect();
    assert_eq!(ids.iter().position(|&id| id == 0), Some(2));
    assert_eq!(ids.iter().filter(|&&id| id == 0).count(), 1);
}

#[test]
fn large_objects_grow_where_they_are() {
    let m = machine();
    // SAFETY: strings have no counted fields.
    unsafe {
        let id = mem::alloc(m.ctx, 100_000, SHAPE_STR_FLAT).unwrap();
        assert_eq!(mem::capacity(m.ctx, id), 4 * PAGE_SIZE);
        assert!(mem::grow_in_place(m.ctx, id, 1_000_000));
        assert!(mem::capacity(m.ctx, id) >= 1_000_000);
        assert_eq!(m.at::<u8>(id.0, 999_999).read(), 0);
        let behind = mem::alloc(m.ctx, 100_000, SHAPE_STR_FLAT).unwrap();
        assert!(!mem::grow_in_place(m.ctx, id, 2_000_000));
        assert!(behind.0 > id.0);
    }
}

#[test]
fn freed_pages_are_used_again_for_anything() {
    let mut m = machine();
    for round in 0..20u32 {
        for _ in 0..200 {
            m.node(0, 0);
            // SAFETY: strings have no counted fields.
            unsafe {
                let id = mem::alloc(m.ctx, 16 + round * 700, SHAPE_STR_FLAT).unwrap();
                for offset in 8..16 + round * 700 {
                    assert_eq!(m.at::<u8>(id.0, offset).read(), 0, "allocation from Rust is zeroed");
                }
                mem::alloc(m.ctx, 40_000 + round * 5_000, SHAPE_STR_FLAT).unwrap();
            }
        }
        m.scan();
        assert!(m.live().is_empty());
    }
    assert!(m.rt.heap.peak_pages() < 2_000, "{}", m.rt.heap.peak_pages());
}

#[test]
fn a_page_of_another_class_shows_no_stale_objects() {
    let mut m = Machine::new(Options { poison: false, ..Options::default() });
    for _ in 0..5 * 1024 {
        let id = m.alloc_inline(32, m.mixed);
        // SAFETY: all fields of the new object are written.
        unsafe {
            rc::init_ref(m.ctx, id, 8, 0);
            rc::init_word(m.ctx, id, 16, 0x0000_0041_0000_0000);
            mem::write(m.ctx, ObjectId(id), 24, 2.5f64);
        }
    }
    m.scan();
    let pages = m.rt.heap.peak_pages();
    for _ in 0..4 * 2048 {
        let id = m.node(0, 0);
        assert!(!m.is_live(id + 2), "the next cell was not allocated yet");
        m.stack[0] = id as u64 + 2;
    }
    assert!(m.rt.heap.peak_pages() <= pages + 1, "pages were used again");
    m.scan();
    m.check_audit();
}

#[test]
fn pages_with_room_are_filled_and_emptied() {
    let mut m = Machine::new(Options { poison: true, collect_every: Some(1), ..Options::default() });
    let holder = m.array(&[0; 10_000]);
    m.stack[0] = holder as u64;
    // SAFETY: the array is live and so is its store.
    let store = unsafe { mem::read::<u32>(m.ctx, ObjectId(holder), 8) };
    let empty = m.rt.heap.used_pages();
    let fill = |m: &mut Machine, range: std::iter::StepBy<std::ops::Range<u32>>, full: bool| {
        for i in range {
            let id = if full { m.node(0, 0) } else { 0 };
            // SAFETY: the store has so many references.
            unsafe { rc::store_ref(m.ctx, store, 16 + i * 4, id) };
        }
        m.scan();
        m.check_audit();
    };
    fill(&mut m, (0..10_000).step_by(1), true);
    let peak = m.rt.heap.used_pages();
    for _ in 0..3 {
        fill(&mut m, (0..10_000).step_by(2), false);
        assert_eq!(m.live().len(), 5_002);
        fill(&mut m, (0..10_000).step_by(2), true);
        assert!(m.rt.heap.used_pages() <= peak + 1, "room in pages is used");
        fill(&mut m, (0..10_000).step_by(2), false);
        fill(&mut m, (1..10_000).step_by(2), false);
        assert_eq!(m.live().len(), 2);
        assert!(
            m.rt.heap.used_pages() <= empty + 1,
            "empty pages return to the pool: {} of {empty}",
            m.rt.heap.used_pages()
        );
        fill(&mut m, (0..10_000).step_by(1), true);
    }
    assert_eq!(m.live().len(), 10_002);
}

#[test]
fn slots_beyond_the_maps_are_counted() {
    let mut m = machine();
    let child = m.node(0, 0);
    // SAFETY: `alloc_large` zeroes the fields; the last is an `any`.
    unsafe {
        let id = entry::alloc_large(m.ctx, LARGE_SIZE as i32, m.large as i32);
        rc::store_word(m.ctx, id, LARGE_LAST, from_object(child));
        m.stack[0] = id as u64;
    }
    m.scan();
    assert!(m.is_live(child));
    m.check_audit();
    m.stack[0] = 0;
    m.scan();
    assert!(!m.is_live(child));
}

#[test]
fn payloads_are_dropped_with_their_object() {
    let mut m = machine();
    let child = m.node(0, 0);
    let map = m.map(&[child, child]);
    m.stack[0] = map as u64;
    m.scan();
    assert_eq!((m.count(child), m.rt.payloads.len()), (2, 1));
    m.stack[0] = 0;
    m.scan();
    assert!(!m.is_live(child) && m.rt.payloads.is_empty());
}

#[test]
fn further_properties_live_and_die_with_their_object() {
    let mut m = machine();
    let (child, holder) = (m.node(0, 0), m.node(0, 0));
    let dictionary = m.map(&[child]);
    m.stack[0] = holder as u64;
    // SAFETY: all are live.
    unsafe {
        assert_eq!(mem::overflow(m.ctx, ObjectId(holder)), None);
        mem::set_overflow(m.ctx, ObjectId(holder), ObjectId(dictionary));
        m.scan();
        m.check_audit();
        assert_eq!(mem::overflow(m.ctx, ObjectId(holder)), Some(ObjectId(dictionary)));
    }
    assert!(m.is_live(child));
    m.stack[0] = 0;
    m.scan();
    assert!(m.live().is_empty() && m.rt.payloads.is_empty());
    assert_eq!(m.rt.payloads.overflow_of(holder), None);
}

#[test]
fn publication_marks_what_is_reachable() {
    let mut m = machine();
    let leaf = m.node(0, 0);
    let middle = m.array(&[leaf]);
    let root = m.node(0, 0);
    m.stack[0] = root as u64;
    // SAFETY: all are live.
    unsafe {
        entry::mem_share(m.ctx, root);
        rc::store_ref(m.ctx, root, 8, middle);
    }
    for id in [root, middle, leaf] {
        assert_ne!(m.header(id).rc & RC_SHARED, 0);
    }
    m.check_audit();
    // SAFETY: the slot is the left reference of the live root.
    unsafe { entry::store_shared(m.ctx, root, m.at::<u32>(root, 8) as u64, 0) };
    m.scan();
    assert_eq!(m.live().len(), 4, "a decrement of a shared object waits for an epoch");
    m.scan();
    assert_eq!(m.live(), [root]);
}

#[test]
fn object_create_fills_in_defaults() {
    let mut m = machine();
    let slots = [("a", 8, Kind::Any), ("s", 16, Kind::Str), ("n", 24, Kind::F64), ("r", 32, Kind::Ref)];
    let mut slots: Vec<SlotSpec> =
        slots.iter().map(|&(name, offset, kind)| SlotSpec::new(name, offset, kind)).collect();
    slots[2].default = 1.5f64.to_bits();
    let spec = ClassSpec { class_index: 7, slots, ..ClassSpec::new("C", ObjKind::Instance, 48) };
    m.rt.register_class(spec).unwrap();
    // SAFETY: the class is registered with these slots.
    unsafe {
        let id = entry::object_create(m.ctx, 7, 4);
        assert_eq!(m.at::<u64>(id, 8).read(), UNDEFINED);
        assert_eq!(m.at::<u64>(id, 16).read(), EMPTY_STRING);
        assert_eq!(m.at::<f64>(id, 24).read(), 1.5);
        assert_eq!(m.at::<u32>(id, 32).read(), 0);
        assert_eq!(entry::object_create(m.ctx, 7, 3), 0);
        assert_eq!(take_range_error(&m), "Property count does not match the class");
        assert_eq!(entry::object_create(m.ctx, 8, 0), 0);
        assert_eq!(take_range_error(&m), "Class is not registered");
    }
}

#[test]
fn scopes_refer_to_their_parents() {
    let mut m = machine();
    let slots = vec![SlotSpec::new(PARENT_SCOPE, 8, Kind::Ref)];
    let shape =
        m.rt.register_class(ClassSpec { slots, ..ClassSpec::new("scope", ObjKind::Instance, 16) }).unwrap();
    // SAFETY: scopes are zeroed by `mem_alloc_managed`.
    unsafe {
        let outer = entry::mem_alloc_managed(m.ctx, 16, shape as i32);
        let inner = entry::mem_alloc_managed(m.ctx, 16, shape as i32);
        m.stack[0] = inner as u64;
        entry::mem_set_parent_scope(m.ctx, inner, outer);
        m.scan();
        assert_eq!((m.is_live(outer), m.count(outer)), (true, 1));
        let node = m.node(0, 0);
        entry::mem_set_parent_scope(m.ctx, node, outer);
        assert_eq!(take_range_error(&m), "Object is not a scope with a parent");
        m.stack[0] = 0;
        m.scan();
        assert!(!m.is_live(outer));
    }
}

#[test]
fn external_references_keep_alive_until_released() {
    let mut m = machine();
    let id = m.node(0, 0);
    // SAFETY: the object is live while it is used.
    unsafe {
        entry::mem_add_ref(m.ctx, id);
        entry::mem_add_ref(m.ctx, id);
        entry::mem_release(m.ctx, id);
        m.scan();
        assert!(m.is_live(id));
        entry::mem_release(m.ctx, id);
        entry::mem_release(m.ctx, id);
        m.check_audit();
        m.scan();
        assert!(!m.is_live(id));
    }
}

#[test]
fn the_audit_finds_what_is_wrong() {
    let mut m = machine();
    let child = m.node(0, 0);
    let parent = m.node(child, 0);
    m.stack[0] = parent as u64;
    m.scan();
    m.check_audit();
    // SAFETY: the writes break counts and flags on purpose; no scan follows.
    unsafe {
        m.at::<u32>(child, 0).write(2);
        assert_eq!(m.rt.audit().len(), 1, "a count that is too high");
        m.at::<u32>(child, 0).write(1);
        m.at::<u32>(parent, 0).write(m.header(parent).rc | RC_SHARED);
        assert_eq!(m.rt.audit().len(), 1, "a shared object refers to a local one");
        m.at::<u32>(parent, 0).write(m.header(parent).rc & !(RC_SHARED | RC_ZERO_LISTED));
        assert_eq!(m.rt.audit().len(), 1, "on the zero list without its bit");
        m.at::<u32>(parent, 0).write(m.header(parent).rc | RC_ZERO_LISTED);
        m.at::<u32>(parent, 12).write(parent + 1000);
        assert_eq!(m.rt.audit().len(), 1, "a reference to a free cell");
    }
}

#[test]
fn the_leak_report_tells_what_is_held_from_leaks() {
    let mut m = machine();
    let (a, b) = (m.node(0, 0), m.node(0, 0));
    let (leaf, held) = (m.node(0, 0), m.array(&[]));
    let leaked = m.node(leaf, 0);
    // SAFETY: all are live; the count of `leaked` is raised without a reference.
    unsafe {
        rc::store_ref(m.ctx, a, 8, b);
        rc::store_ref(m.ctx, b, 8, a);
        rc::inc(m.ctx, leaked);
        entry::mem_add_ref(m.ctx, held);
    }
    let report = m.rt.shutdown(&[]);
    let count = |classes: &[rc::audit::LiveClass], name: &str| {
        classes.iter().find(|c| c.name == name).map(|c| c.count)
    };
    assert_eq!(count(&report.cyclic, "Node"), None, "cycles are collected");
    assert_eq!(count(&report.leaked, "Node"), Some(2));
    assert_eq!(count(&report.held, "Array"), Some(1));
    assert!(!report.is_clean());
}

#[test]
fn shapes_know_their_ancestors() {
    let mut m = machine();
    let mut shape = 0;
    let mut chain = Vec::new();
    for i in 0..6 {
        let spec =
            ClassSpec { parent_shape: shape, ..ClassSpec::new(format!("C{i}"), ObjKind::Instance, 16) };
        shape = m.rt.register_class(spec).unwrap();
        chain.push(shape);
    }
    let desc = *m.rt.shapes.desc(shape);
    assert_eq!((desc.depth, desc.parent), (5, chain[4]));
    assert_eq!([desc.display0, desc.display1, desc.display2, desc.display3], chain[..4]);
    assert!(m.rt.shapes.derives(shape, chain[0]) && !m.rt.shapes.derives(chain[0], shape));
    let error = *m.rt.shapes.desc(ErrorClass::TypeError.shape());
    assert_eq!((error.display0, error.display1), (SHAPE_ERROR0, ErrorClass::TypeError.shape()));
    assert_eq!(error.word_map, 1 | 1 << 2 | 1 << 4);
}

#[test]
fn bad_shapes_are_errors() {
    let mut m = machine();
    for (offset, kind) in
        [(4, Kind::Ref), (10, Kind::Ref), (12, Kind::Any), (16, Kind::I32), (u32::MAX - 3, Kind::Ref)]
    {
        let slots = vec![SlotSpec::new("x", offset, kind)];
        let made = m.rt.register_class(ClassSpec { slots, ..ClassSpec::new("C", ObjKind::Instance, 16) });
        assert!(matches!(made, Err(Error::Shape(_))), "{offset}");
    }
    let orphan = ClassSpec { parent_shape: 5000, ..ClassSpec::new("C", ObjKind::Instance, 16) };
    assert!(matches!(m.rt.register_class(orphan), Err(Error::Shape(_))));
    assert!(matches!(
        Runtime::new(Options { heap_limit: 0, ..Options::default() }).map(drop),
        Ok(()) | Err(Error::NoMemory)
    ));
}

#[test]
fn zeal_scans_at_every_allocation() {
    let mut m =
        Machine::new(Options { scan_every: Some(1), poison: true, audit: true, ..Options::default() });
    for _ in 0..50 {
        let left = m.node(0, 0);
        m.stack[1] = left as u64;
        let tree = m.node(left, left);
        m.stack[0] = tree as u64;
    }
    assert!(m.scans() >= 100);
    m.scan();
    assert_eq!(m.live().len(), 2);
    assert_eq!(tag(m.stack[0]), 0);
}

#[test]
fn figures_add_up() {
    let mut m = machine();
    let before = m.rt.mem_stats();
    for _ in 0..100 {
        m.node(0, 0);
    }
    m.stack[0] = m.node(0, 0) as u64;
    m.scan();
    let after = m.rt.mem_stats();
    assert_eq!(after.objects_freed - before.objects_freed, 100);
    assert_eq!(
        after.objects_allocated - after.objects_freed,
        m.rt.live_objects(true).iter().map(|c| c.count).sum::<u64>()
    );
    assert_eq!((after.live[0].name.as_str(), after.live[0].count), ("Node", 1));
    assert!(after.peak_bytes >= PAGE_SIZE as u64);
}

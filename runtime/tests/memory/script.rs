//! Random heap scripts against a model.
//!
//! The model knows which objects exist and what they refer to. After every scan it
//! demands that what is reachable lives, that nothing lives but what the stack, an
//! external reference or a live object refers to (garbage cycles stay until the collector
//! finds them, and shared objects until an epoch is over), that contents are the model's,
//! and that the count audit is clean. At the end nothing may be left.
//! `ULTRA_FUZZ_CASES` sets the number of cases; failing ones are kept.

use crate::model::{LARGE_LAST, LARGE_SIZE, Machine, STACK, Words};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use std::collections::{BTreeMap, BTreeSet};
use ultra_abi::shape::*;
use ultra_abi::value::{UNDEFINED, from_heap_string, from_object};
use ultra_runtime::mem;
use ultra_runtime::{ObjectId, Options, entry, rc};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Class {
    Node,
    Mixed,
    Large,
    Array(u8),
    BigArray,
    Map(u8),
    Text(u16),
}

/// How a reference lies on the stack.
#[derive(Clone, Copy, Debug)]
enum Form {
    Low,
    High,
    Boxed,
    Address(u16),
}

#[derive(Clone, Debug)]
enum Op {
    New(Class, usize, Form),
    /// Stores what one stack slot refers to into a field of what another refers to.
    Store(usize, u8, usize),
    Load(usize, u8, usize, Form),
    Forget(usize),
    /// Puts a word that is not a reference on the stack.
    Noise(usize, u64),
    /// Allocates so many nodes and chains every so manyth to what a slot refers to.
    Burst(u16, u16, usize),
    AddRef(usize),
    Release(usize),
    Share(usize),
    Scan,
    Poll,
}

fn class() -> impl Strategy<Value = Class> {
    prop_oneof![
        6 => Just(Class::Node),
        2 => Just(Class::Mixed),
        1 => Just(Class::Large),
        2 => (0..9u8).prop_map(Class::Array),
        1 => Just(Class::BigArray),
        2 => (0..4u8).prop_map(Class::Map),
        1 => (0..700u16).prop_map(Class::Text),
    ]
}

fn form() -> impl Strategy<Value = Form> {
    prop_oneof![Just(Form::Low), Just(Form::High), Just(Form::Boxed), any::<u16>().prop_map(Form::Address)]
}

fn op() -> impl Strategy<Value = Op> {
    let slot = 0..STACK;
    prop_oneof![
        10 => (class(), slot.clone(), form()).prop_map(|(c, s, f)| Op::New(c, s, f)),
        8 => (slot.clone(), any::<u8>(), slot.clone()).prop_map(|(o, f, v)| Op::Store(o, f, v)),
        4 => (slot.clone(), any::<u8>(), slot.clone(), form()).prop_map(|(o, f, d, form)| Op::Load(o, f, d, form)),
        5 => slot.clone().prop_map(Op::Forget),
        1 => (slot.clone(), any::<u32>()).prop_map(|(s, n)| Op::Noise(s, n as u64)),
        1 => (0..300u16, 1..70u16, slot.clone()).prop_map(|(n, k, s)| Op::Burst(n, k, s)),
        1 => slot.clone().prop_map(Op::AddRef),
        1 => slot.clone().prop_map(Op::Release),
        1 => slot.prop_map(Op::Share),
        3 => Just(Op::Scan),
        1 => Just(Op::Poll),
    ]
}

#[derive(Clone, Debug)]
struct Object {
    class: Class,
    size: u32,
    fields: Vec<u32>,
    /// Store of an array: an object that scripts do not touch directly.
    store: Option<u32>,
}

struct World {
    machine: Machine,
    objects: BTreeMap<u32, Object>,
    external: BTreeMap<u32, u32>,
    /// Something was published.
    shared: bool,
    serial: f64,
}

impl World {
    fn new(options: Options) -> World {
        World {
            machine: Machine::new(options),
            objects: BTreeMap::new(),
            external: BTreeMap::new(),
            shared: false,
            serial: 0.0,
        }
    }

    /// The object that a stack word keeps alive, by the model's own reckoning.
    fn referent(&self, word: u64) -> Vec<u32> {
        let base = self.machine.rt.heap.base() as u64;
        let holds = |&(id, object): &(&u32, &Object)| {
            let start = base + *id as u64 * 8;
            word as u32 == *id
                || (word >> 32) as u32 == *id
                || (start..start + object.size as u64).contains(&word)
        };
        self.objects.iter().filter(holds).map(|(&id, _)| id).collect()
    }

    /// The object that a slot refers to, when a script put it there.
    fn slot(&self, slot: usize) -> Option<u32> {
        let is_store = |id: &u32| {
            matches!(self.objects[id].class, Class::BigArray | Class::Array(_))
                && self.objects[id].store.is_none()
        };
        self.referent(self.machine.stack[slot]).into_iter().find(|id| !is_store(id))
    }

    fn put(&mut self, slot: usize, id: u32, form: Form) {
        let size = self.objects[&id].size as u64;
        self.machine.stack[slot] = match form {
            Form::Low => id as u64,
            Form::High => (id as u64) << 32 | 7,
            Form::Boxed => from_object(id),
            Form::Address(at) => self.machine.at::<u8>(id, 0) as u64 + at as u64 % size,
        };
    }

    /// Makes an object and its store and enters them. What a scan before the allocation
    /// freed can be handed out again; anything else cannot.
    fn create(&mut self, class: Class) -> u32 {
        let before = self.machine.scans();
        let made = self.allocate(class);
        if self.machine.scans() != before {
            self.forget_dead(&made);
        }
        let id = made[0].0;
        for (id, object) in made {
            assert!(self.objects.insert(id, object).is_none(), "a live cell was handed out again");
        }
        id
    }

    fn allocate(&mut self, class: Class) -> Vec<(u32, Object)> {
        let (id, size, fields) = match class {
            Class::Node => (self.machine.node(0, 0), 16, 2),
            Class::Mixed => (self.create_mixed(), 32, 2),
            Class::Large => (self.create_large(), LARGE_SIZE, 2),
            Class::Array(n) => (self.machine.array(&vec![0; n as usize]), 16, n as usize),
            Class::BigArray => (self.machine.array(&vec![0; 12_000]), 16, 12_000),
            Class::Map(n) => (self.machine.map(&[]), 16, n as usize),
            Class::Text(n) => (self.create_text(n), 16 + n as u32, 0),
        };
        let mut object = Object { class, size, fields: vec![0; fields], store: None };
        if !matches!(class, Class::Array(_) | Class::BigArray) {
            return vec![(id, object)];
        }
        // SAFETY: the array is live and has its store at offset 8.
        let store = unsafe { mem::read::<u32>(self.machine.ctx, ObjectId(id), 8) };
        object.store = Some(store);
        let elements = Object { class, size: 16 + fields as u32 * 4, fields: Vec::new(), store: None };
        vec![(id, object), (store, elements)]
    }

    fn create_mixed(&mut self) -> u32 {
        let m = &mut self.machine;
        let id = m.alloc_inline(32, m.mixed);
        self.serial += 1.0;
        // SAFETY: all fields of the new object are written.
        unsafe {
            rc::init_ref(m.ctx, id, 8, 0);
            rc::init_word(m.ctx, id, 16, UNDEFINED);
            mem::write(m.ctx, ObjectId(id), 24, self.serial);
        }
        id
    }

    fn create_large(&mut self) -> u32 {
        let m = &mut self.machine;
        // SAFETY: `alloc_large` zeroes the fields; an `any` of zero is a number.
        unsafe { entry::alloc_large(m.ctx, LARGE_SIZE as i32, m.large as i32) }
    }

    fn create_text(&mut self, bytes: u16) -> u32 {
        let m = &mut self.machine;
        // SAFETY: a flat string has no counted fields.
        unsafe { mem::alloc(m.ctx, 16 + bytes as u32, SHAPE_STR_FLAT).unwrap().0 }
    }

    fn word(&self, value: u32) -> u64 {
        match self.objects.get(&value) {
            None => UNDEFINED,
            Some(object) if matches!(object.class, Class::Text(_)) => from_heap_string(value),
            Some(_) => from_object(value),
        }
    }

    fn store(&mut self, container: u32, field: u8, value: u32) {
        let object = &self.objects[&container];
        if object.fields.is_empty() {
            return;
        }
        let field = field as usize % object.fields.len();
        let (class, store, word) = (object.class, object.store, self.word(value));
        let ctx = self.machine.ctx;
        // SAFETY: container and value are live, and the class has such a slot.
        unsafe {
            match (class, field) {
                (Class::Node, _) => rc::store_ref(ctx, container, 8 + field as u32 * 4, value),
                (Class::Mixed | Class::Large, 0) => rc::store_ref(ctx, container, 8, value),
                (Class::Mixed, _) => rc::store_word(ctx, container, 16, word),
                (Class::Large, _) => rc::store_word(ctx, container, LARGE_LAST, word),
                (Class::Array(_) | Class::BigArray, _) => {
                    rc::store_ref(ctx, store.unwrap(), 16 + field as u32 * 4, value)
                }
                (Class::Map(_), _) => self.store_payload(container, field, value, word),
                (Class::Text(_), _) => unreachable!("texts have no fields"),
            }
        }
        self.objects.get_mut(&container).unwrap().fields[field] = value;
    }

    fn store_payload(&mut self, container: u32, field: usize, value: u32, word: u64) {
        let ctx = self.machine.ctx;
        // SAFETY: a Map of these tests has `Words`, which nothing else refers to meanwhile.
        unsafe {
            if self.machine.header(container).rc & RC_SHARED != 0 || self.machine.rt.options.publish_all {
                rc::publish::publish(ctx, value);
            }
            rc::inc_raw(ctx, rc::word_id(word));
            let words = &mut mem::payload::<Words>(ctx, ObjectId(container)).unwrap().0;
            words.resize(words.len().max(field + 1), UNDEFINED);
            let old = std::mem::replace(&mut words[field], word);
            rc::log_dec_word(ctx, old);
        }
    }

    fn run(&mut self, op: &Op) {
        match *op {
            Op::New(class, slot, form) => {
                let id = self.create(class);
                self.put(slot, id, form);
            }
            Op::Burst(count, every, slot) => {
                for i in 0..count {
                    let id = self.create(Class::Node);
                    if i % every.max(1) == 0 {
                        let next = self.slot(slot).unwrap_or(0);
                        self.store(id, 0, next);
                        self.put(slot, id, Form::Low);
                    }
                }
            }
            Op::Store(container, field, value) => {
                let value = self.slot(value).unwrap_or(0);
                if let Some(container) = self.slot(container) {
                    self.store(container, field, value);
                }
            }
            Op::Load(container, field, slot, form) => {
                let Some(container) = self.slot(container) else { return };
                let fields = &self.objects[&container].fields;
                if let Some(&id) = fields.get(field as usize % fields.len().max(1)).filter(|&&id| id > 1) {
                    self.put(slot, id, form);
                }
            }
            Op::Forget(slot) => self.machine.stack[slot] = 0,
            Op::Noise(slot, word) => {
                self.machine.stack[slot] = word;
                // A word that happens to be an id may refer to something dead, which must not be used.
                if !self.referent(word).is_empty() {
                    self.machine.stack[slot] = 0;
                }
            }
            Op::AddRef(slot) => {
                if let Some(id) = self.slot(slot) {
                    *self.external.entry(id).or_insert(0) += 1;
                    // SAFETY: the object is live.
                    unsafe { entry::mem_add_ref(self.machine.ctx, id) };
                }
            }
            Op::Release(slot) => {
                let Some(id) = self.slot(slot) else { return };
                // SAFETY: the object is live; a release without a reference is ignored.
                unsafe { entry::mem_release(self.machine.ctx, id) };
                if let Some(count) = self.external.get_mut(&id) {
                    *count -= 1;
                    if *count == 0 {
                        self.external.remove(&id);
                    }
                }
            }
            Op::Share(slot) => {
                if let Some(id) = self.slot(slot) {
                    self.shared = true;
                    // SAFETY: the object is live.
                    unsafe { entry::mem_share(self.machine.ctx, id) };
                    *self.external.entry(id).or_insert(0) += 1;
                }
            }
            Op::Scan => {
                self.machine.scan();
                self.check();
            }
            Op::Poll => {
                let before = self.machine.scans();
                // SAFETY: the context is live and its stack is the vector.
                unsafe { entry::poll(self.machine.ctx) };
                if self.machine.scans() == before {
                    self.machine.check_audit();
                } else {
                    self.check();
                }
            }
        }
    }

    /// What must be alive after a scan: everything but what only dead objects refer to.
    fn expected(&self) -> BTreeMap<u32, Object> {
        let mut alive = self.objects.clone();
        let pinned: Vec<u32> = self.machine.stack.iter().flat_map(|&word| self.referent(word)).collect();
        loop {
            let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
            for object in alive.values() {
                for &child in object.fields.iter().chain(&object.store).filter(|&&child| child > 1) {
                    *counts.entry(child).or_insert(0) += 1;
                }
            }
            let before = alive.len();
            alive.retain(|id, _| {
                counts.contains_key(id) || self.external.contains_key(id) || pinned.contains(id)
            });
            if alive.len() == before {
                return alive;
            }
        }
    }

    /// What the stack or an external reference leads to: it must be alive.
    fn reachable(&self) -> BTreeSet<u32> {
        let pinned = self.machine.stack.iter().flat_map(|&word| self.referent(word));
        let mut work: Vec<u32> = pinned.chain(self.external.keys().copied()).collect();
        let mut reached = BTreeSet::new();
        while let Some(id) = work.pop() {
            if reached.insert(id) {
                let object = &self.objects[&id];
                work.extend(object.fields.iter().chain(&object.store).filter(|&&child| child > 1));
            }
        }
        reached
    }

    /// Whether garbage may be freed, or outlive a scan, for other reasons than counts.
    fn is_inexact(&self) -> bool {
        let options = &self.machine.rt.options;
        self.shared || options.publish_all || options.collect_every.is_some()
    }

    /// Forgets objects that a scan freed. `new` were made after it.
    fn forget_dead(&mut self, new: &[(u32, Object)]) {
        let reachable = self.reachable();
        let expected = self.expected();
        let live: BTreeSet<u32> =
            self.machine.live().into_iter().filter(|id| new.iter().all(|(made, _)| made != id)).collect();
        if self.is_inexact() {
            assert!(reachable.iter().all(|id| live.contains(id)), "something reachable was freed");
            assert!(live.iter().all(|id| self.objects.contains_key(id)), "something is alive that never was");
            self.objects.retain(|id, _| live.contains(id));
        } else {
            let wanted: BTreeSet<u32> = expected.keys().copied().collect();
            assert_eq!(live, wanted, "the heap and the model disagree on what is alive");
            self.objects = expected;
        }
    }

    fn check(&mut self) {
        self.forget_dead(&[]);
        self.machine.check_audit();
        for (&id, object) in &self.objects {
            self.check_contents(id, object);
        }
    }

    fn check_contents(&self, id: u32, object: &Object) {
        let m = &self.machine;
        for (i, &value) in object.fields.iter().enumerate().take(64) {
            // SAFETY: the object is live and of this class.
            let found = unsafe {
                match (object.class, i) {
                    (Class::Node, _) => m.at::<u32>(id, 8 + i as u32 * 4).read(),
                    (Class::Mixed | Class::Large, 0) => m.at::<u32>(id, 8).read(),
                    (Class::Mixed, _) => rc::word_id(m.at::<u64>(id, 16).read()),
                    (Class::Large, _) => rc::word_id(m.at::<u64>(id, LARGE_LAST).read()),
                    (Class::Array(_) | Class::BigArray, _) => {
                        m.at::<u32>(object.store.unwrap(), 16 + i as u32 * 4).read()
                    }
                    (Class::Map(_), _) => {
                        let words = &mem::payload::<Words>(m.ctx, ObjectId(id)).unwrap().0;
                        words.get(i).map_or(0, |&word| rc::word_id(word))
                    }
                    (Class::Text(_), _) => 0,
                }
            };
            assert_eq!(found, value, "field {i} of {id:#x} ({:?})", object.class);
        }
    }

    /// Ends the program: nothing may be left.
    fn finish(mut self) {
        self.machine.stack.fill(0);
        let roots: Vec<u32> =
            self.external.iter().flat_map(|(&id, &n)| std::iter::repeat_n(id, n as usize)).collect();
        self.external.clear();
        let report = self.machine.rt.shutdown(&roots);
        assert!(report.is_clean(), "{report:?}");
        assert!(self.machine.live().is_empty() && self.machine.rt.payloads.is_empty());
        let stats = self.machine.rt.mem_stats();
        let immortal = self.machine.rt.live_objects(true).iter().map(|c| c.count).sum::<u64>();
        assert_eq!(stats.objects_allocated, stats.objects_freed + immortal);
        self.machine.check_audit();
    }
}

fn options() -> impl Strategy<Value = Options> {
    let zeal = (prop::option::weighted(0.3, 1..9u32), prop::option::weighted(0.3, 1..4u32));
    (any::<bool>(), prop::bool::weighted(0.2), zeal, prop::bool::weighted(0.2)).prop_map(
        |(poison, no_reuse, (scan_every, collect_every), publish_all)| Options {
            poison,
            no_reuse,
            scan_every,
            collect_every,
            publish_all,
            ..Options::default()
        },
    )
}

fn cases() -> u32 {
    std::env::var("ULTRA_FUZZ_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(2000)
}

const REGRESSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../proptest-regressions/heap.txt");

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn heap_scripts_agree_with_the_model(options in options(), listed in any::<bool>(), script in prop::collection::vec(op(), 1..120)) {
        let mut world = World::new(options);
        world.machine.birth = if listed { RC_NEW } else { 0 };
        for op in &script {
            world.run(op);
        }
        world.machine.scan();
        world.check();
        world.finish();
    }
}

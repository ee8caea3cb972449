//! Several workers that share objects, on real threads.
//!
//! Each thread runs random stores, loads and scans on a table of shared slots and on
//! objects of its own. Whatever a thread holds must stay what it was: every node has a
//! number that is a function of its birth, written once, and checked at every look.
//! When all have ended, nothing may be left.

use crate::model::Machine;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;
use ultra_abi::layout::{Header, WorkerContext};
use ultra_abi::shape::*;
use ultra_abi::value::Kind;
use ultra_runtime::mem::{self, shape::ClassSpec, shape::SlotSpec};
use ultra_runtime::worker::Worker;
use ultra_runtime::{ObjectId, Options, Runtime, entry, rc};

/// Slots of a thread's simulated stack.
const SLOTS: usize = 8;
/// Reference slots of the table that all threads have.
const SHARED: u32 = 16;

#[derive(Clone, Copy)]
struct World {
    rt: *const Runtime,
    table: u32,
    shape: u32,
}

// SAFETY: threads use the runtime through workers of their own.
unsafe impl Send for World {}

struct Hand {
    world: World,
    ctx: *mut WorkerContext,
    stack: Box<[u64; SLOTS]>,
    seed: u64,
}

/// What a node's last field holds, from its other number.
fn stamp(n: u32) -> u32 {
    n.wrapping_mul(0x9E37_79B1) ^ 0x5bd1_e995
}

impl Hand {
    fn new(world: World, worker: *mut Worker, seed: u64) -> Hand {
        let mut stack = Box::new([0; SLOTS]);
        let range = stack.as_mut_ptr_range();
        // SAFETY: the worker is this thread's; the boxed array does not move.
        unsafe {
            let ctx = (*worker).context();
            (*ctx).scan_top = range.start as u64;
            (*ctx).stack_base = range.end as u64;
            Hand { world, ctx, stack, seed: seed | 1 }
        }
    }

    fn random(&mut self, n: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        (self.seed >> 11) % n
    }

    fn field(&self, id: u32, offset: u32) -> *mut u32 {
        // SAFETY: only the address is computed.
        unsafe { mem::object::addr(self.ctx, id, offset).cast() }
    }

    fn load(&self, id: u32, offset: u32) -> u32 {
        // SAFETY: the object is live and has a reference there.
        unsafe { AtomicU32::from_ptr(self.field(id, offset)) }.load(Ordering::Acquire)
    }

    fn check(&self, id: u32) {
        // SAFETY: the object is held by the stack.
        unsafe {
            let header: Header = self.field(id, 0).cast::<Header>().read_volatile();
            assert_eq!(header.meta & META_SHAPE_MASK, self.world.shape, "object {id:#x} is no node any more");
            let n = self.field(id, 16).read();
            assert_eq!(self.field(id, 20).read(), stamp(n), "node {id:#x} is torn");
        }
    }

    /// A node, as compiled code makes it.
    fn node(&mut self) -> u32 {
        let n = self.random(1 << 32) as u32;
        let class = size_class(32);
        // SAFETY: cells of a run are free and belong to this thread; all fields are written.
        unsafe {
            let run = &raw mut (*self.ctx).bump[class as usize];
            let (id, next) = ((*run).cur, (*run).cur + 32 / ID_SCALE);
            let id = if next > (*run).end {
                entry::alloc_slow(self.ctx, class as i32, self.world.shape as i32)
            } else {
                (*run).cur = next;
                self.field(id, 0).cast::<u64>().write((self.world.shape as u64) << 32 | RC_NEW as u64);
                id
            };
            rc::init_ref(self.ctx, id, 8, 0);
            rc::init_ref(self.ctx, id, 12, 0);
            self.field(id, 16).write(n);
            self.field(id, 20).write(stamp(n));
            id
        }
    }

    fn step(&mut self) {
        let (a, b) = (self.random(SLOTS as u64) as usize, self.random(SLOTS as u64) as usize);
        let (x, y) = (self.stack[a] as u32, self.stack[b] as u32);
        let field = 8 + 4 * self.random(2) as u32;
        let shared = 16 + 4 * self.random(SHARED as u64) as u32;
        let table = self.world.table;
        // SAFETY: what is on the stack is live, and nodes have references at 8 and 12.
        unsafe {
            match self.random(20) {
                0..5 => self.stack[a] = self.node() as u64,
                5..9 if x != 0 => rc::store_ref(self.ctx, x, field, y),
                9..12 if x != 0 => self.take(b, x, field),
                12..14 => self.take(a, table, shared),
                14..16 => rc::store_ref(self.ctx, table, shared, x),
                16 => self.stack[a] = 0,
                17 => entry::poll(self.ctx),
                18 => rc::scan::scan(self.ctx),
                _ => {
                    // A cycle that nothing holds.
                    let (p, q) = (self.node(), 0);
                    self.stack[a] = p as u64;
                    let q2 = self.node();
                    rc::store_ref(self.ctx, p, 8, q2);
                    rc::store_ref(self.ctx, q2, 8, p);
                    if self.random(3) == 0 {
                        rc::store_ref(self.ctx, table, shared, p);
                    }
                    self.stack[a] = q;
                }
            }
            if (*self.ctx).attention & 2 != 0 {
                entry::poll(self.ctx);
            }
        }
    }

    /// Loads a reference onto the stack and looks at what it leads to.
    fn take(&mut self, to: usize, from: u32, offset: u32) {
        let id = self.load(from, offset);
        self.stack[to] = id as u64;
        if id != 0 {
            self.check(id);
        }
    }

    fn run(&mut self, steps: u32) {
        for n in 0..steps {
            self.step();
            for slot in 0..SLOTS {
                if self.stack[slot] != 0 {
                    self.check(self.stack[slot] as u32);
                }
            }
            // SAFETY: the context is this thread's; a suspended task goes on where it was.
            unsafe {
                if n % 977 == 500 {
                    Worker::go_offline(self.ctx);
                    thread::sleep(Duration::from_micros(100));
                    Worker::go_online(self.ctx);
                }
                if n % 1499 == 700 {
                    self.stack.fill(0);
                    let task = Worker::suspend(self.ctx);
                    Worker::resume(self.ctx, task);
                }
            }
        }
        self.stack.fill(0);
    }
}

fn play(options: Options, threads: u64, steps: u32, seed: u64) -> ultra_runtime::rc::leak::MemStats {
    let mut m = Machine::new(options);
    let slots = [("a", 8, Kind::Ref), ("b", 12, Kind::Ref), ("n", 16, Kind::U32), ("stamp", 20, Kind::U32)];
    let slots = slots.iter().map(|&(name, offset, kind)| SlotSpec::new(name, offset, kind)).collect();
    let shape =
        m.rt.register_class(ClassSpec { slots, ..ClassSpec::new("N", ObjKind::Instance, 32) }).unwrap();
    // SAFETY: the table is a store of so many references, all 0, and becomes shared with an external reference.
    let table = unsafe {
        let table = mem::alloc(m.ctx, 16 + SHARED * 4, store_shape(Kind::Ref)).unwrap().0;
        mem::write(m.ctx, ObjectId(table), 8, SHARED);
        mem::write(m.ctx, ObjectId(table), 12, SHARED);
        entry::mem_share(m.ctx, table);
        table
    };
    let world = World { rt: &raw const *m.rt, table, shape };
    thread::scope(|scope| {
        for t in 0..threads {
            // SAFETY: the runtime outlives the scope, and this thread runs no generated code meanwhile.
            let worker = unsafe { Worker::start(&*world.rt) } as usize;
            scope.spawn(move || {
                let world = world;
                let worker = worker as *mut Worker;
                let mut hand = Hand::new(world, worker, seed * 1000 + t * 7 + 1);
                hand.run(steps);
                // SAFETY: the stack is empty and the worker is not used again.
                unsafe { Worker::retire(worker) };
            });
        }
        // SAFETY: the context is this thread's; it waits without touching an object.
        unsafe { Worker::go_offline(m.ctx) };
    });
    // SAFETY: all other threads have ended.
    unsafe { Worker::go_online(m.ctx) };
    m.check_audit();
    let report = m.rt.shutdown(&[table]);
    assert!(report.is_clean(), "{report:?}");
    m.check_audit();
    m.rt.mem_stats()
}

/// Factor by which `ULTRA_FUZZ_CASES` exceeds its default.
fn rounds() -> u64 {
    std::env::var("ULTRA_FUZZ_CASES")
        .ok()
        .and_then(|text| text.parse::<u64>().ok())
        .map_or(1, |n| (n / 2000).max(1))
}

#[test]
fn threads_share_without_loss() {
    for seed in 0..rounds() * 4 {
        let stats = play(Options { poison: seed % 2 == 0, ..Options::default() }, 3, 20_000, seed + 1);
        assert!(stats.objects_freed > 10_000, "{stats:?}");
    }
}

#[test]
fn threads_share_under_zeal() {
    for seed in 0..rounds() * 4 {
        let options = Options {
            poison: true,
            scan_every: Some(3),
            collect_every: Some(2),
            perturb: Some(seed as u32 + 1),
            ..Options::default()
        };
        play(options, 3, 6_000, seed + 100);
    }
}

#[test]
fn shared_garbage_is_collected_while_threads_run() {
    let stats = play(Options::default(), 2, 400_000, 5);
    assert!(stats.cyclic > 20_000, "{stats:?}");
}

#[test]
fn everything_published_at_birth() {
    for seed in 0..rounds() * 2 {
        play(Options { publish_all: true, poison: true, ..Options::default() }, 2, 20_000, seed + 300);
    }
}

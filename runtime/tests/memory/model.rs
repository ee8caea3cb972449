//! A runtime driven as compiled code drives it, on a stack that is a vector.

use ultra_abi::layout::{Header, WorkerContext};
use ultra_abi::shape::*;
use ultra_abi::value::{Kind, from_object};
use ultra_runtime::mem::{self, Payload, shape::ClassSpec, shape::SlotSpec};
use ultra_runtime::{ObjectId, Options, Runtime, entry, rc};

/// Slots of the simulated stack.
pub const STACK: usize = 24;

/// A host-side payload that holds words.
pub struct Words(pub Vec<u64>);

impl Payload for Words {
    fn each_child(&self, visit: &mut dyn FnMut(u64)) {
        self.0.iter().for_each(|&word| visit(word));
    }
}

/// A runtime with the shapes of the tests.
pub struct Machine {
    pub rt: Box<Runtime>,
    pub ctx: *mut WorkerContext,
    pub stack: Box<[u64; STACK]>,
    /// Count word of new objects: `RC_NEW`, or 0, which must work too.
    pub birth: u32,
    /// Two references.
    pub node: u32,
    /// A reference, an `any` and a number.
    pub mixed: u32,
    /// More than the maps describe: references at its start and its end.
    pub large: u32,
}

pub const LARGE_SIZE: u32 = 528;
pub const LARGE_LAST: u32 = 520;

impl Machine {
    pub fn new(options: Options) -> Machine {
        let mut rt = Runtime::new(options).unwrap();
        let class = |name: &str, size, slots: &[(&str, u32, Kind)]| ClassSpec {
            slots: slots.iter().map(|&(name, offset, kind)| SlotSpec::new(name, offset, kind)).collect(),
            ..ClassSpec::new(name, ObjKind::Instance, size)
        };
        let node = rt
            .register_class(class("Node", 16, &[("left", 8, Kind::Ref), ("right", 12, Kind::Ref)]))
            .unwrap();
        let mixed = [("ref", 8, Kind::Ref), ("any", 16, Kind::Any), ("n", 24, Kind::F64)];
        let mixed = rt.register_class(class("Mixed", 32, &mixed)).unwrap();
        let large = [("first", 8, Kind::Ref), ("last", LARGE_LAST, Kind::Any)];
        let large = rt.register_class(class("Large", LARGE_SIZE, &large)).unwrap();
        let ctx = rt.context();
        let mut stack = Box::new([0; STACK]);
        let range = stack.as_mut_ptr_range();
        // SAFETY: the context is live, and the boxed array does not move.
        unsafe {
            (*ctx).scan_top = range.start as u64;
            (*ctx).stack_base = range.end as u64;
        }
        Machine { rt, ctx, stack, birth: RC_NEW, node, mixed, large }
    }

    /// Allocates as compiled code does: bump, or `alloc_slow`. Fields hold anything.
    pub fn alloc_inline(&mut self, size: u32, meta: u32) -> u32 {
        let class = size_class(size);
        // SAFETY: cells of a run are free and belong to this thread.
        unsafe {
            let run = &raw mut (*self.ctx).bump[class as usize];
            let id = (*run).cur;
            let next = id + (class + 1) * CELL_ALIGN / ID_SCALE;
            if next > (*run).end {
                return entry::alloc_slow(self.ctx, class as i32, meta as i32);
            }
            (*run).cur = next;
            self.at::<Header>(id, 0).write(Header { rc: self.birth, meta });
            id
        }
    }

    pub fn at<T>(&self, id: u32, offset: u32) -> *mut T {
        self.rt.heap.addr(id).wrapping_add(offset as usize).cast()
    }

    pub fn node(&mut self, left: u32, right: u32) -> u32 {
        let id = self.alloc_inline(16, self.node);
        // SAFETY: the node is new; its children are live.
        unsafe {
            rc::init_ref(self.ctx, id, 8, left);
            rc::init_ref(self.ctx, id, 12, right);
        }
        id
    }

    /// An array of references with its store.
    pub fn array(&mut self, elements: &[u32]) -> u32 {
        let bytes = 16 + elements.len() as u32 * 4;
        // SAFETY: header and elements of the store are written before anything can look at them.
        unsafe {
            let store = mem::alloc(self.ctx, bytes, store_shape(Kind::Ref)).unwrap().0;
            mem::write(self.ctx, ObjectId(store), 8, elements.len() as u32);
            mem::write(self.ctx, ObjectId(store), 12, elements.len() as u32);
            for (i, &element) in elements.iter().enumerate() {
                rc::init_ref(self.ctx, store, 16 + i as u32 * 4, element);
            }
            let array = mem::alloc(self.ctx, 16, array_shape(Kind::Ref)).unwrap().0;
            rc::init_ref(self.ctx, array, 8, store);
            array
        }
    }

    /// A Map whose payload refers to the objects.
    pub fn map(&mut self, children: &[u32]) -> u32 {
        let words: Vec<u64> = children.iter().map(|&id| from_object(id)).collect();
        // SAFETY: the children are live and counted once per word.
        unsafe {
            words.iter().for_each(|&word| rc::inc_word(self.ctx, word));
            mem::alloc_with_payload(self.ctx, SHAPE_NATIVE, Box::new(Words(words))).unwrap().0
        }
    }

    pub fn header(&self, id: u32) -> Header {
        // SAFETY: ids of tests are of cells that exist, free or not.
        unsafe { self.at::<Header>(id, 0).read() }
    }

    pub fn count(&self, id: u32) -> u32 {
        self.header(id).rc & RC_COUNT_MASK
    }

    pub fn is_live(&self, id: u32) -> bool {
        self.rt.heap.object_at_id(id).is_some()
    }

    pub fn scans(&self) -> u64 {
        // SAFETY: the runtime outlives the machine's context.
        unsafe { (*ultra_runtime::ctx::worker(self.ctx)).scans.scans }
    }

    pub fn scan(&mut self) {
        // SAFETY: the stack is the vector.
        unsafe { rc::scan::scan(self.ctx) }
    }

    /// Objects that are not immortal.
    pub fn live(&self) -> Vec<u32> {
        let mut ids = Vec::new();
        self.rt.each_object(|id, header| {
            if header.rc & RC_IMMORTAL == 0 {
                ids.push(id);
            }
        });
        ids
    }

    pub fn check_audit(&self) {
        let faults = self.rt.audit();
        assert!(faults.is_empty(), "{}", faults.iter().map(|f| format!("{f}\n")).collect::<String>());
    }
}

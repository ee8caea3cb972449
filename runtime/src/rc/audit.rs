//! The count audit: recounts the heap and compares.
//!
//! At a safepoint, the count of every object is exactly the number of references in
//! heap slots and payloads, plus external references, plus decrements that are logged
//! but not applied (invariant I3). The audit also holds that no shared object refers
//! to a local one (I4), that bit Z marks exactly the zero list and young objects and bit
//! B exactly the candidates (I5), and that every reference leads to a live object.

use crate::ctx::Runtime;
use crate::mem::heap::Heap;
use crate::mem::page::{PAGE_IDS, PAGE_SHIFT, Use};
use crate::rc::trace::each_child;
use crate::sync::lock;
use crate::worker::Worker;
use hashbrown::{HashMap, HashSet};
use std::fmt;
use ultra_abi::layout::Header;
use ultra_abi::shape::*;

/// A way in which the heap contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    Count { id: u32, class: String, stored: u32, found: u32 },
    Dangling { from: u32, class: String, to: u32 },
    SharedToLocal { from: u32, to: u32 },
    ZeroBit { id: u32, listed: bool },
    CandidateBit { id: u32, listed: bool },
    External { id: u32 },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Count { id, class, stored, found } => {
                write!(f, "object {id:#x} ({class}) has count {stored}, but {found} references")
            }
            Fault::Dangling { from, class, to } => {
                write!(f, "object {from:#x} ({class}) refers to {to:#x}, which is free")
            }
            Fault::SharedToLocal { from, to } => {
                write!(f, "shared object {from:#x} refers to local object {to:#x}")
            }
            Fault::ZeroBit { id, listed } => {
                write!(f, "object {id:#x}: on a list is {listed}, but bit Z says otherwise")
            }
            Fault::CandidateBit { id, listed } => {
                write!(f, "object {id:#x}: a candidate is {listed}, but bit B says otherwise")
            }
            Fault::External { id } => write!(f, "external reference to {id:#x}, which is free"),
        }
    }
}

impl Runtime {
    /// Calls `visit` with every object that is alive, in order of id.
    pub fn each_object(&self, mut visit: impl FnMut(u32, Header)) {
        self.each_cell(|id, header| {
            if header.meta & META_DEAD == 0 {
                visit(id, header);
            }
        });
    }

    /// As `each_object`, with the dead ones whose references still count.
    fn each_cell(&self, mut visit: impl FnMut(u32, Header)) {
        for (index, page) in self.heap.pages_in_use() {
            Heap::each_taken(index, page, |id| {
                // SAFETY: a taken cell is in committed memory; META tells whether an object is there.
                let header = unsafe { self.heap.head(id) }.header();
                if header.meta != 0 && (header.meta & META_DEAD == 0 || header.rc & RC_ZERO_LISTED != 0) {
                    visit(id, header);
                }
            });
        }
    }

    /// Calls `visit` with every reference that the object holds.
    ///
    /// # Safety
    /// `id` must be a live object whose counted fields are initialised.
    pub unsafe fn each_child_of(&self, id: u32, visit: impl FnMut(u32)) {
        // SAFETY: passed on.
        unsafe { each_child(self.heap.addr(id), &self.shapes, &self.payloads, visit) }
    }

    /// Name of the class of a shape.
    pub fn class_name(&self, meta: u32) -> &str {
        &self.shapes.info(meta & META_SHAPE_MASK).name
    }

    /// Recounts everything. Empty when the heap agrees with itself; ordered otherwise.
    ///
    /// To be called where all counted fields of all objects are initialised, while no other worker runs.
    pub fn audit(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut found: HashMap<u32, u32> = HashMap::new();
        let mut headers: HashMap<u32, Header> = HashMap::new();
        self.each_cell(|id, header| {
            headers.insert(id, header);
        });
        self.each_cell(|from, header| {
            // SAFETY: the object is live; its fields are initialised at a safepoint.
            unsafe {
                self.each_child_of(from, |to| {
                    *found.entry(to).or_insert(0) += 1;
                    match headers.get(&to) {
                        None => faults.push(Fault::Dangling {
                            from,
                            class: self.class_name(header.meta).into(),
                            to,
                        }),
                        Some(child)
                            if header.rc & RC_SHARED != 0 && child.rc & (RC_SHARED | RC_IMMORTAL) == 0 =>
                        {
                            faults.push(Fault::SharedToLocal { from, to });
                        }
                        Some(_) => {}
                    }
                });
            }
        });
        let externals = lock(&self.externals);
        for id in externals.ids() {
            *found.entry(id).or_insert(0) += externals.count(id);
            if !headers.contains_key(&id) {
                faults.push(Fault::External { id });
            }
        }
        drop(externals);
        let hands = self.hands();
        for &id in &hands.decrements {
            *found.entry(id).or_insert(0) += 1;
        }
        for (&id, header) in &headers {
            if header.rc & RC_IMMORTAL != 0 {
                continue;
            }
            let (stored, found) = (header.rc & RC_COUNT_MASK, found.get(&id).copied().unwrap_or(0));
            if stored != found {
                faults.push(Fault::Count { id, class: self.class_name(header.meta).into(), stored, found });
            }
            if header.meta & META_DEAD != 0 {
                continue;
            }
            // Whoever allocates may leave the bit of a young object clear.
            let marked = header.rc & RC_ZERO_LISTED != 0;
            if marked != hands.zero.contains(&id) && !(marked && hands.young.contains(&id)) {
                faults.push(Fault::ZeroBit { id, listed: !marked });
            }
            let marked = header.rc & RC_COLLECTOR != 0;
            if marked != hands.candidates.contains(&id) {
                faults.push(Fault::CandidateBit { id, listed: !marked });
            }
        }
        faults.sort();
        faults
    }

    /// What all workers and the collector have in hand.
    fn hands(&self) -> Hands {
        let mut hands = Hands { decrements: Worker::orphaned_decrements(self), ..Hands::default() };
        hands.candidates.extend(self.cycles.candidates());
        hands.candidates.extend(self.workers.left_behind());
        hands.decrements.extend(lock(&self.workers.destroy_mail).iter());
        // SAFETY: the caller of the audit excludes other threads.
        unsafe {
            self.workers.each(|w| {
                hands.decrements.extend(w.pending_decrements());
                hands.decrements.extend(w.destroyer.counted());
                hands.zero.extend(w.zero_list.iter().copied());
                hands.candidates.extend(w.candidates.iter().chain(&w.task.candidates).copied());
                self.add_young(w, &mut hands.young);
            });
        }
        hands
    }

    /// Adds the ids of the cells handed out since the worker's last scan.
    fn add_young(&self, w: &Worker, young: &mut HashSet<u32>) {
        for run in &w.alloc.young {
            let step = match self.heap.page(run.start >> PAGE_SHIFT).usage() {
                Use::Large => PAGE_IDS,
                _ => self.heap.page(run.start >> PAGE_SHIFT).cell() / ID_SCALE,
            };
            young.extend((run.start..run.end.max(run.start + 1)).step_by(step as usize));
        }
    }

    /// Number and bytes of objects by class name, in order of name. Immortal objects
    /// are left out unless asked for.
    pub fn live_objects(&self, immortals: bool) -> Vec<LiveClass> {
        let mut by_name: HashMap<&str, (u64, u64)> = HashMap::new();
        self.each_object(|id, header| {
            if immortals || header.rc & RC_IMMORTAL == 0 {
                let entry = by_name.entry(self.class_name(header.meta)).or_default();
                entry.0 += 1;
                entry.1 += self.heap.capacity(crate::ObjectId(id)) as u64;
            }
        });
        let mut classes: Vec<LiveClass> = by_name
            .into_iter()
            .map(|(name, (count, bytes))| LiveClass { name: name.into(), count, bytes })
            .collect();
        classes.sort();
        classes
    }
}

/// Live objects of one class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LiveClass {
    pub name: String,
    pub count: u64,
    pub bytes: u64,
}

/// What lies in the hands of workers and collector.
#[derive(Default)]
struct Hands {
    decrements: Vec<u32>,
    zero: HashSet<u32>,
    young: HashSet<u32>,
    candidates: HashSet<u32>,
}

//! The count audit: recounts the heap and compares.
//!
//! At a safepoint, the count of every object is exactly the number of references in
//! heap slots and payloads, plus external references, plus decrements that are logged
//! but not applied (invariant I3). The audit also holds that no shared object refers
//! to a local one (I4), that bit Z marks exactly the zero list and young objects (I5),
//! and that every reference leads to a live object.

use crate::ctx::Runtime;
use crate::mem::page::{GRANULE_IDS, PAGE_IDS, PAGE_SHIFT, Page, Use};
use crate::rc::trace::each_child;
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
    External { id: u32 },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Count { id, class, stored, found } => {
                write!(f, "object {id:#x} ({class}) has count {stored}, but {found} references")
            }
            Fault::Dangling { from, class, to } => write!(f, "object {from:#x} ({class}) refers to {to:#x}, which is free"),
            Fault::SharedToLocal { from, to } => write!(f, "shared object {from:#x} refers to local object {to:#x}"),
            Fault::ZeroBit { id, listed } => write!(f, "object {id:#x}: on a list is {listed}, but bit Z says otherwise"),
            Fault::External { id } => write!(f, "external reference to {id:#x}, which is free"),
        }
    }
}

impl Runtime {
    /// Calls `visit` with every object, in order of id.
    pub fn each_object(&self, mut visit: impl FnMut(u32, Header)) {
        for (index, page) in self.heap.pages_in_use() {
            each_taken(index, page, |id| {
                // SAFETY: a taken cell is in committed memory; META tells whether an object is there.
                let header = unsafe { self.heap.addr(id).cast::<Header>().read() };
                if header.meta != 0 {
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

    /// Ids whose decrement is logged but not applied.
    pub(crate) fn pending_decrements(&self) -> Vec<u32> {
        // SAFETY: the context lives as long as the runtime; entries before `log_cur` were written.
        let logged = unsafe {
            let len = ((*self.context()).log_cur - self.log_start() as u64) as usize / 4;
            std::slice::from_raw_parts(self.log_start(), len)
        };
        logged.iter().chain(&self.log_overflow).copied().collect()
    }

    /// Recounts everything. Empty when the heap agrees with itself; ordered otherwise.
    ///
    /// To be called where all counted fields of all objects are initialised.
    pub fn audit(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut found: HashMap<u32, u32> = HashMap::new();
        let mut headers: HashMap<u32, Header> = HashMap::new();
        self.each_object(|id, header| {
            headers.insert(id, header);
        });
        self.each_object(|from, header| {
            // SAFETY: the object is live; its fields are initialised at a safepoint.
            unsafe {
                self.each_child_of(from, |to| {
                    *found.entry(to).or_insert(0) += 1;
                    match headers.get(&to) {
                        None => faults.push(Fault::Dangling { from, class: self.class_name(header.meta).into(), to }),
                        Some(child) if header.rc & RC_SHARED != 0 && child.rc & (RC_SHARED | RC_IMMORTAL) == 0 => {
                            faults.push(Fault::SharedToLocal { from, to });
                        }
                        Some(_) => {}
                    }
                });
            }
        });
        for id in self.externals.ids() {
            *found.entry(id).or_insert(0) += self.externals.count(id);
            if !headers.contains_key(&id) {
                faults.push(Fault::External { id });
            }
        }
        for id in self.pending_decrements() {
            *found.entry(id).or_insert(0) += 1;
        }
        let (listed, young) = (self.zero_list.iter().copied().collect::<HashSet<u32>>(), self.young_ids());
        for (&id, header) in &headers {
            if header.rc & RC_IMMORTAL != 0 {
                continue;
            }
            let (stored, found) = (header.rc & RC_COUNT_MASK, found.get(&id).copied().unwrap_or(0));
            if stored != found {
                faults.push(Fault::Count { id, class: self.class_name(header.meta).into(), stored, found });
            }
            // Whoever allocates may leave the bit of a young object clear.
            let marked = header.rc & RC_ZERO_LISTED != 0;
            if marked != listed.contains(&id) && !(marked && young.contains(&id)) {
                faults.push(Fault::ZeroBit { id, listed: !marked });
            }
        }
        faults.sort();
        faults
    }

    /// Ids of the cells handed out since the last scan.
    fn young_ids(&self) -> HashSet<u32> {
        let mut listed = HashSet::new();
        for run in &self.heap.young {
            let step = match self.heap.page(run.start >> PAGE_SHIFT).usage {
                Use::Large => PAGE_IDS,
                _ => self.heap.page(run.start >> PAGE_SHIFT).cell / ID_SCALE,
            };
            listed.extend((run.start..run.end.max(run.start + 1)).step_by(step as usize));
        }
        listed
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
        let mut classes: Vec<LiveClass> =
            by_name.into_iter().map(|(name, (count, bytes))| LiveClass { name: name.into(), count, bytes }).collect();
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

fn each_taken(index: u32, page: &Page, mut visit: impl FnMut(u32)) {
    let first = index * PAGE_IDS;
    if page.usage == Use::Large {
        return visit(first);
    }
    for (w, &word) in page.taken.iter().enumerate() {
        let mut bits = word;
        while bits != 0 {
            visit(first + (w as u32 * 64 + bits.trailing_zeros()) * GRANULE_IDS);
            bits &= bits - 1;
        }
    }
}

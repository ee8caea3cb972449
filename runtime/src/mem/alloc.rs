//! What one worker allocates from, and how it frees.
//!
//! Allocation hands out *runs* of adjacent free cells, which compiled code bumps
//! through; a run of a fresh page is the entire page. Freed cells only clear a bit, in
//! whatever page they are; the pages are sorted when a scan is over.
//! Invariants: a worker's current pages belong to it alone. Every run handed out is
//! recorded in `young` until the next scan, so the young objects are exactly the cells
//! of those runs.

use crate::mem::head::Head;
use crate::mem::heap::{Heap, POISON, RESERVE};
use crate::mem::page::{CLASSES, GRANULE_IDS, NO_PAGE, PAGE_IDS, PAGE_SHIFT, Use, class_for};
use crate::mem::region::ObjectId;
use ultra_abi::shape::{ID_SCALE, INLINE_CLASSES, PAGE_SIZE};

/// No run is being bumped through.
const NO_RUN: usize = usize::MAX;
/// End of the `Run` of an object that is a run of pages.
pub const LARGE_RUN: u32 = 0;

#[derive(Clone, Copy, Debug)]
struct Current {
    page: u32,
    /// Granule up to which cells were handed out.
    cursor: u32,
}

/// A run of cells handed out since the last scan: ids of its start and end.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub start: u32,
    pub end: u32,
}

#[derive(Default, Clone, Copy, Debug)]
pub struct AllocStats {
    pub objects_allocated: u64,
    pub bytes_allocated: u64,
    pub objects_freed: u64,
}

#[derive(Debug)]
pub struct Alloc {
    current: [Current; CLASSES],
    touched: Vec<u32>,
    pub young: Vec<Run>,
    /// For each inline class, the index in `young` of the run being bumped through.
    active: [usize; INLINE_CLASSES],
    /// Bytes of runs and large objects handed out since the last scan.
    pub young_bytes: usize,
    pub stats: AllocStats,
}

impl Default for Alloc {
    fn default() -> Alloc {
        Alloc {
            current: [Current { page: NO_PAGE, cursor: 0 }; CLASSES],
            touched: Vec::new(),
            young: Vec::new(),
            active: [NO_RUN; INLINE_CLASSES],
            young_bytes: 0,
            stats: AllocStats::default(),
        }
    }
}

impl Alloc {
    /// The next run of free cells of `class`, marked as taken and entered in the young
    /// list. `None` when even the reserve beyond the limit is in use.
    pub fn refill(&mut self, heap: &Heap, class: usize) -> Option<Run> {
        let run = self.take_run(heap, class, heap.max_run)?;
        self.active[class] = self.young.len() - 1;
        Some(run)
    }

    /// Ends the run of `class` that is being bumped through at `cur`.
    pub fn retire_run(&mut self, class: usize, cur: u32) {
        let active = std::mem::replace(&mut self.active[class], NO_RUN);
        if let Some(run) = self.young.get_mut(active) {
            run.end = cur;
        }
    }

    /// Makes what is left of a run young again, to be bumped through further.
    pub fn reopen_run(&mut self, class: usize, rest: Run) {
        if rest.start < rest.end {
            self.active[class] = self.young.len();
            self.young.push(rest);
        }
    }

    /// Adds objects of `bytes` each to the statistics.
    #[inline]
    pub fn note_allocated(&mut self, objects: u32, bytes: u32) {
        self.stats.objects_allocated += objects as u64;
        self.stats.bytes_allocated += objects as u64 * bytes as u64;
    }

    /// Notes that cells of the page were freed.
    pub fn note_freed(&mut self, heap: &Heap, index: u32, objects: u64) {
        self.stats.objects_freed += objects;
        if heap.page(index).touch() {
            self.touched.push(index);
        }
    }

    fn take_run(&mut self, heap: &Heap, class: usize, max_cells: u32) -> Option<Run> {
        loop {
            let Current { page: index, cursor } = self.current[class];
            if index != NO_PAGE {
                let page = heap.page(index);
                if let Some((start, end)) = page.next_run(cursor as usize, max_cells) {
                    page.take(start, end, heap.is_many());
                    self.current[class].cursor = end as u32;
                    let first = index * PAGE_IDS;
                    let run = Run {
                        start: first + start as u32 * GRANULE_IDS,
                        end: first + end as u32 * GRANULE_IDS,
                    };
                    self.young.push(run);
                    self.young_bytes += ((run.end - run.start) * ID_SCALE) as usize;
                    return Some(run);
                }
                self.current[class].page = NO_PAGE;
                heap.give_back(index);
            }
            let page = heap.page_to_fill(class, RESERVE)?;
            self.current[class] = Current { page, cursor: 0 };
        }
    }

    /// Memory for an object of more than `INLINE_MAX` bytes, which hold anything; those of
    /// runs of pages are zero when `zero` asks for it. The caller writes the header at once.
    pub fn alloc_cell(&mut self, heap: &Heap, bytes: u32, zero: bool) -> Option<ObjectId> {
        if let Some(class) = class_for(bytes) {
            return self.take_run(heap, class, 1).map(|run| ObjectId(run.start));
        }
        let id = heap.take_run_of_pages(bytes, zero)? * PAGE_IDS;
        self.young.push(Run { start: id, end: LARGE_RUN });
        self.young_bytes += bytes.next_multiple_of(PAGE_SIZE) as usize;
        Some(ObjectId(id))
    }

    /// Makes the object able to hold `bytes` where it is; new bytes are zero.
    /// False when the pages behind it are in use or it is not a run of pages.
    pub fn grow_in_place(&mut self, heap: &Heap, id: ObjectId, bytes: u32) -> bool {
        let Some(more) = heap.grow_in_place(id, bytes) else { return false };
        self.young_bytes += more as usize * PAGE_SIZE as usize;
        true
    }

    /// Frees the memory of a dead object. Its children are the caller's business.
    ///
    /// # Safety
    /// `id` must be an object that nothing will use again.
    #[inline]
    pub unsafe fn free(&mut self, heap: &Heap, head: Head, id: u32) {
        let index = id >> PAGE_SHIFT;
        self.stats.objects_freed += 1;
        // The header is cleared before the bit, so that whoever takes the cell finds META 0.
        head.set_word(0);
        let page = heap.page(index);
        if page.usage() == Use::CellsTouched && !heap.is_careful() {
            page.clear_taken(id % PAGE_IDS, heap.is_many());
        } else {
            self.free_slow(heap, id);
        }
    }

    #[cold]
    #[inline(never)]
    fn free_slow(&mut self, heap: &Heap, id: u32) {
        let index = id >> PAGE_SHIFT;
        if heap.poison {
            let bytes = heap.capacity(ObjectId(id)) as usize;
            // SAFETY: the object is dead, so its memory is ours; the header stays 0.
            unsafe { heap.addr(id).add(8).write_bytes(POISON, bytes - 8) };
        }
        if heap.no_reuse {
            return;
        }
        let page = heap.page(index);
        if page.usage() == Use::Large {
            return heap.free_large(index);
        }
        page.clear_taken(id % PAGE_IDS, heap.is_many());
        if page.touch() {
            self.touched.push(index);
        }
    }

    /// Sorts the pages in which this worker freed cells. Called at the end of a scan.
    pub fn sort_pages(&mut self, heap: &Heap) {
        for current in self.current.iter_mut().filter(|current| current.page != NO_PAGE) {
            // Cells before the cursor may be free again.
            if heap.page(current.page).usage() == Use::CellsTouched {
                current.cursor = 0;
            }
        }
        heap.sort_pages(&mut self.touched);
    }

    /// Lets others allocate from this worker's pages, and from what is left of its runs, in
    /// which there must be no object.
    pub fn give_up(&mut self, heap: &Heap) {
        for run in std::mem::take(&mut self.young) {
            let index = run.start >> PAGE_SHIFT;
            let step = heap.page(index).cell() / ID_SCALE;
            for id in (run.start..run.end).step_by(step as usize) {
                heap.page(index).clear_taken(id % PAGE_IDS, heap.is_many());
            }
            self.note_freed(heap, index, 0);
        }
        self.sort_pages(heap);
        for current in &mut self.current {
            let page = std::mem::replace(&mut current.page, NO_PAGE);
            if page != NO_PAGE {
                heap.give_back(page);
            }
        }
    }
}

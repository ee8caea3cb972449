//! The page allocator: cells of size classes, runs of pages, and what goes back to the system.
//!
//! Allocation hands out *runs* of adjacent free cells, which compiled code bumps
//! through; a run of a fresh page is the entire page. Freed cells only clear a bit.
//! When a scan is over, the pages that lost cells are sorted: empty ones return to
//! the pool, and those with enough room are allocated from again.
//!
//! ```text
//! pool: hot pages (a stack) and ranges by address ->  current page of a class  ->  full
//!         ^ empty after a scan                          ^ room list (1/16 free)  <-  '
//! ```
//! Invariants: a page is in the pool, or a page of cells, or part of one large
//! object. Every run handed out is recorded in `young` until the next scan, so the
//! young objects are exactly the cells of those runs.

use crate::Error;
use crate::mem::options::Options;
use crate::mem::page::{
    CLASSES, Contents, GRANULE_IDS, Listed, NO_PAGE, PAGE_IDS, PAGE_SHIFT, Page, PageTable, REGION_PAGES, Use, WORDS, class_for,
    class_size,
};
use crate::mem::region::{Growing, ObjectId, Reservation, reserve_region};
use std::collections::BTreeMap;
use ultra_abi::layout::Header;
use ultra_abi::shape::{
    HEAP_OFFSET, ID_SCALE, INLINE_CLASSES, PAGE_SIZE, REGION_SIZE, SHAPES_OFFSET, VTABLES_OFFSET, VTABLES_SIZE,
};

/// Pages by which the heap grows: 4 MiB.
const GROW_PAGES: u32 = 128;
/// Free pages kept at hand for reuse while they are likely still in the cache: 512 KiB.
const HOT_PAGES: usize = 16;
/// Free memory that is kept rather than returned to the system, at least: 4 MiB.
const KEEP_PAGES: u32 = 128;
/// Pages that compiled allocation may use beyond the limit before it fails: 64 MiB.
/// The limit is reported at the next poll, so that allocation hardly ever fails where
/// only a poll can throw.
pub const INLINE_RESERVE: u32 = 2048;
/// No run is being bumped through.
const NO_RUN: usize = usize::MAX;
const FIRST_PAGE: u32 = (HEAP_OFFSET / PAGE_SIZE as u64) as u32;
/// What freed memory is filled with in poison mode.
pub const POISON: u8 = 0xD5;

#[derive(Clone, Copy, Debug)]
struct ClassState {
    current: u32,
    /// Granule in the current page up to which cells were handed out.
    cursor: u32,
    room: u32,
}

/// End of the `Run` of an object that is a run of pages.
pub const LARGE_RUN: u32 = 0;

/// A run of cells handed out since the last scan: ids of its start and end.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub start: u32,
    pub end: u32,
}

#[derive(Default, Clone, Copy, Debug)]
pub struct HeapStats {
    pub objects_allocated: u64,
    pub bytes_allocated: u64,
    pub objects_freed: u64,
    /// Highest number of pages in use at any time.
    pub peak_pages: u32,
}

/// Access to the bitmaps of pages by word.
#[derive(Clone, Copy, Debug)]
pub struct TakenWords {
    pages: *mut Page,
}

impl TakenWords {
    /// Marks the cells that start at the set bits as free; word `w` describes ids from `w * 128` on.
    ///
    /// # Safety
    /// The page of the word must be in use, and no reference to its entry may be held.
    #[inline]
    pub unsafe fn clear(self, word: u32, bits: u64) {
        let (page, word) = (word as usize / WORDS, word as usize % WORDS);
        // SAFETY: entries of pages in use are committed; the caller excludes other references.
        unsafe { (*self.pages.add(page)).taken[word] &= !bits };
    }
}

#[derive(Debug)]
pub struct Heap {
    region: Reservation,
    shapes_part: Growing,
    vtables_part: Growing,
    heap_part: Growing,
    table: PageTable,
    /// First page never used, and the first without an entry in the table.
    top: u32,
    table_top: u32,
    pub used_pages: u32,
    limit_pages: u32,
    free_dirty_pages: u32,
    hot: Vec<u32>,
    ranges: BTreeMap<u32, u32>,
    classes: [ClassState; CLASSES],
    touched: Vec<u32>,
    pub young: Vec<Run>,
    /// For each inline class, the index in `young` of the run being bumped through.
    active: [usize; INLINE_CLASSES],
    /// Bytes of runs and large objects handed out since the last scan.
    pub young_bytes: usize,
    pub stats: HeapStats,
    max_run: u32,
    pub poison: bool,
    pub no_reuse: bool,
}

impl Heap {
    /// Reserves the region and its tables.
    ///
    /// # Errors
    /// When the system refuses the address space.
    pub fn new(options: &Options) -> Result<Heap, Error> {
        let end = REGION_PAGES - FIRST_PAGE - INLINE_RESERVE;
        let limit = (options.heap_limit / PAGE_SIZE as u64).min(end as u64);
        Ok(Heap {
            region: reserve_region()?,
            shapes_part: Growing::new(SHAPES_OFFSET, VTABLES_OFFSET, 64 << 10),
            vtables_part: Growing::new(VTABLES_OFFSET, VTABLES_OFFSET + VTABLES_SIZE, 64 << 10),
            heap_part: Growing::new(HEAP_OFFSET, REGION_SIZE, (GROW_PAGES * PAGE_SIZE) as usize),
            table: PageTable::new()?,
            top: FIRST_PAGE,
            table_top: FIRST_PAGE,
            used_pages: 0,
            limit_pages: limit as u32,
            free_dirty_pages: 0,
            hot: Vec::with_capacity(HOT_PAGES),
            ranges: BTreeMap::new(),
            classes: [ClassState { current: NO_PAGE, cursor: 0, room: NO_PAGE }; CLASSES],
            touched: Vec::new(),
            young: Vec::new(),
            active: [NO_RUN; INLINE_CLASSES],
            young_bytes: 0,
            stats: HeapStats::default(),
            max_run: if options.one_cell_runs() { 1 } else { u32::MAX },
            poison: options.poison || options.no_reuse,
            no_reuse: options.no_reuse,
        })
    }

    /// Address of id 0.
    #[inline]
    pub fn base(&self) -> *mut u8 {
        self.region.base()
    }

    #[inline]
    pub fn addr(&self, id: u32) -> *mut u8 {
        self.base().wrapping_add(id as usize * ID_SCALE as usize)
    }

    /// Whether the heap holds more than its limit: a poll then throws.
    pub fn over_limit(&self) -> bool {
        self.used_pages > self.limit_pages
    }

    /// Pages in use, in address order of their first page: large objects count once.
    pub fn pages_in_use(&self) -> impl Iterator<Item = (u32, &Page)> {
        (FIRST_PAGE..self.top)
            .map(|index| (index, self.page(index)))
            .filter(|(_, page)| page.is_cells() || page.usage == Use::Large)
    }

    #[inline]
    pub fn page(&self, index: u32) -> &Page {
        debug_assert!((FIRST_PAGE..self.table_top).contains(&index));
        // SAFETY: entries below `table_top` are committed, and any bytes written there came from `Page` values.
        unsafe { &*self.table.base().add(index as usize) }
    }

    #[inline]
    pub fn page_mut(&mut self, index: u32) -> &mut Page {
        debug_assert!((FIRST_PAGE..self.table_top).contains(&index));
        // SAFETY: as in `page`; `&mut self` excludes other references into the table.
        unsafe { &mut *self.table.base().add(index as usize) }
    }

    /// Makes the shape descriptors below this offset accessible.
    #[must_use]
    pub fn ensure_shapes(&mut self, end: u64) -> bool {
        self.shapes_part.ensure(&self.region, end as usize)
    }

    /// Makes the method tables below this offset accessible.
    #[must_use]
    pub fn ensure_vtables(&mut self, end: u64) -> bool {
        self.vtables_part.ensure(&self.region, end as usize)
    }

    /// The next run of free cells of `class`, marked as taken and entered in the young
    /// list. `None` when `reserve` pages more than the limit are in use.
    pub fn refill(&mut self, class: usize, reserve: u32) -> Option<Run> {
        let run = self.take_run(class, self.max_run, reserve)?;
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

    /// Whether freed memory needs more than its bit cleared: poison, or no reuse.
    #[inline]
    pub fn is_careful(&self) -> bool {
        self.poison || self.no_reuse
    }

    /// The bitmaps of all pages, for a sweep that frees many cells.
    pub fn taken_words(&mut self) -> TakenWords {
        TakenWords { pages: self.table.base() }
    }

    /// Notes that cells of the page were freed by `TakenWords::clear`.
    pub fn note_freed(&mut self, index: u32, objects: u64) {
        self.stats.objects_freed += objects;
        let page = self.page_mut(index);
        if page.usage == Use::Cells {
            page.usage = Use::CellsTouched;
            self.touched.push(index);
        }
    }

    fn take_run(&mut self, class: usize, max_cells: u32, reserve: u32) -> Option<Run> {
        loop {
            let state = self.classes[class];
            if state.current != NO_PAGE {
                let page = self.page_mut(state.current);
                if let Some((start, end)) = page.next_run(state.cursor as usize, max_cells) {
                    page.take(start, end);
                    self.classes[class].cursor = end as u32;
                    let first = state.current * PAGE_IDS;
                    let run = Run { start: first + start as u32 * GRANULE_IDS, end: first + end as u32 * GRANULE_IDS };
                    let bytes = (run.end - run.start) * ID_SCALE;
                    self.young.push(run);
                    self.young_bytes += bytes as usize;
                    return Some(run);
                }
                page.listed = Listed::Full;
                self.classes[class].current = NO_PAGE;
            }
            let next = match state.room {
                NO_PAGE => self.fresh_page(class, reserve)?,
                page => {
                    self.unlink(page);
                    page
                }
            };
            self.page_mut(next).listed = Listed::Current;
            self.classes[class].current = next;
            self.classes[class].cursor = 0;
        }
    }

    /// A page of `class` without objects, taken from the pool.
    fn fresh_page(&mut self, class: usize, reserve: u32) -> Option<u32> {
        let index = match self.hot.iter().rposition(|&p| self.page(p).class as usize == class) {
            Some(at) if self.may_use(1, reserve) => self.hot.swap_remove(at),
            _ => self.take_pages(1, reserve)?,
        };
        let cell = class_size(class);
        let start = self.addr(index * PAGE_IDS);
        let page = self.page_mut(index);
        let reusable = match page.contents {
            Contents::Zero => true,
            Contents::FreeCells => page.class as usize == class,
            Contents::Anything => false,
        };
        if !reusable {
            // SAFETY: the page is in the pool, so nothing else uses its memory, which was committed when it was first used.
            unsafe { start.write_bytes(0, PAGE_SIZE as usize) };
        }
        page.usage = Use::Cells;
        page.contents = Contents::Anything;
        page.class = class as u8;
        page.cell = cell;
        page.reciprocal = (1u64 << 32).div_ceil(cell as u64) as u32;
        page.next = NO_PAGE;
        page.prev = NO_PAGE;
        page.taken = [0; _];
        self.note_used(1);
        Some(index)
    }

    fn may_use(&self, pages: u32, reserve: u32) -> bool {
        pages <= (self.limit_pages + reserve).saturating_sub(self.used_pages)
    }

    fn note_used(&mut self, pages: u32) {
        self.used_pages += pages;
        self.stats.peak_pages = self.stats.peak_pages.max(self.used_pages);
    }

    /// Takes `count` adjacent pages out of the pool or from above the top.
    fn take_pages(&mut self, count: u32, reserve: u32) -> Option<u32> {
        if !self.may_use(count, reserve) {
            return None;
        }
        if count == 1
            && let Some(page) = self.hot.pop()
        {
            return Some(page);
        }
        let found = self.ranges.iter().find(|&(_, &len)| len >= count).map(|(&start, &len)| (start, len));
        if let Some((start, len)) = found {
            self.ranges.remove(&start);
            if len > count {
                self.ranges.insert(start + count, len - count);
            }
            self.forget_dirty(start, count);
            return Some(start);
        }
        self.grow_top(count)
    }

    fn grow_top(&mut self, count: u32) -> Option<u32> {
        let start = self.top;
        let end = start.checked_add(count).filter(|&end| end <= REGION_PAGES)?;
        if !self.heap_part.ensure(&self.region, end as usize * PAGE_SIZE as usize) {
            return None;
        }
        if end > self.table_top {
            let target = end.next_multiple_of(GROW_PAGES).min(REGION_PAGES);
            if !self.table.commit(self.table_top, target) {
                return None;
            }
            self.table_top = target;
        }
        self.top = end;
        Some(start)
    }

    fn forget_dirty(&mut self, start: u32, count: u32) {
        let dirty = (start..start + count).filter(|&p| self.page(p).contents != Contents::Zero).count();
        self.free_dirty_pages -= dirty as u32;
    }

    /// Returns pages to the ranges of the pool.
    fn release_pages(&mut self, start: u32, count: u32) {
        let mut dirty = 0;
        for index in start..start + count {
            let page = self.page_mut(index);
            page.usage = Use::Free;
            dirty += (page.contents != Contents::Zero) as u32;
        }
        self.free_dirty_pages += dirty;
        let (mut first, mut len) = (start, count);
        if let Some((&before, &before_len)) = self.ranges.range(..start).next_back()
            && before + before_len == start
        {
            first = before;
            len += before_len;
        }
        if let Some(after_len) = self.ranges.remove(&(start + count)) {
            len += after_len;
        }
        self.ranges.insert(first, len);
    }

    /// A new object of more bytes than a page holds. Also enters it in the young list.
    fn alloc_run(&mut self, bytes: u32, zero: bool) -> Option<ObjectId> {
        let count = bytes.div_ceil(PAGE_SIZE);
        let start = self.take_pages(count, 0)?;
        if zero {
            self.zero_pages(start, count);
        }
        for index in start..start + count {
            let page = self.page_mut(index);
            page.contents = Contents::Anything;
            page.usage = Use::LargeTail;
            page.span = index - start;
        }
        let head = self.page_mut(start);
        head.usage = Use::Large;
        head.span = count;
        head.cell = 0;
        self.note_used(count);
        let id = start * PAGE_IDS;
        self.young.push(Run { start: id, end: LARGE_RUN });
        self.young_bytes += count as usize * PAGE_SIZE as usize;
        Some(ObjectId(id))
    }

    fn zero_pages(&mut self, start: u32, count: u32) {
        for index in start..start + count {
            let at = self.addr(index * PAGE_IDS);
            let page = self.page_mut(index);
            if page.contents != Contents::Zero {
                // SAFETY: the page was just taken out of the pool, so nothing else uses its memory.
                unsafe { at.write_bytes(0, PAGE_SIZE as usize) };
            }
            page.contents = Contents::Anything;
        }
    }

    /// Memory for an object of more than `INLINE_MAX` bytes, which hold anything; those of
    /// runs of pages are zero when `zero` asks for it. The caller writes the header at once.
    pub fn alloc_cell(&mut self, bytes: u32, zero: bool) -> Option<ObjectId> {
        match class_for(bytes) {
            Some(class) => self.take_run(class, 1, 0).map(|run| ObjectId(run.start)),
            None => self.alloc_run(bytes, zero),
        }
    }

    /// Bytes that the object may use, header included: its cell or run of pages.
    pub fn capacity(&self, id: ObjectId) -> u32 {
        let page = self.page(id.0 >> PAGE_SHIFT);
        match page.usage {
            Use::Large => page.span.saturating_mul(PAGE_SIZE),
            _ => page.cell,
        }
    }

    /// Makes the object able to hold `bytes` where it is; new bytes are zero.
    /// False when the pages behind it are in use or it is not a run of pages.
    pub fn grow_in_place(&mut self, id: ObjectId, bytes: u32) -> bool {
        if bytes <= self.capacity(id) {
            return true;
        }
        let start = id.0 >> PAGE_SHIFT;
        let page = self.page(start);
        if page.usage != Use::Large {
            return false;
        }
        let old = page.span;
        let more = bytes.div_ceil(PAGE_SIZE) - old;
        let end = start + old;
        if !self.may_use(more, 0) {
            return false;
        }
        if let Some(&len) = self.ranges.get(&end).filter(|&&len| len >= more) {
            self.ranges.remove(&end);
            if len > more {
                self.ranges.insert(end + more, len - more);
            }
            self.forget_dirty(end, more);
        } else if end != self.top || self.grow_top(more).is_none() {
            return false;
        }
        self.zero_pages(end, more);
        for index in end..end + more {
            let page = self.page_mut(index);
            page.usage = Use::LargeTail;
            page.span = index - start;
        }
        self.page_mut(start).span = old + more;
        self.note_used(more);
        self.young_bytes += more as usize * PAGE_SIZE as usize;
        true
    }

    /// The object that an aligned word on a stack would keep alive if it is an id.
    #[inline]
    pub fn object_at_id(&self, id: u32) -> Option<u32> {
        let index = id >> PAGE_SHIFT;
        if !(FIRST_PAGE..self.top).contains(&index) {
            return None;
        }
        let page = self.page(index);
        let starts_here = match page.usage {
            Use::Cells | Use::CellsTouched => page.is_taken(id % PAGE_IDS),
            Use::Large => id.is_multiple_of(PAGE_IDS),
            Use::Free | Use::LargeTail => false,
        };
        (starts_here && self.meta(id) != 0).then_some(id)
    }

    /// The object that contains this address.
    #[inline]
    pub fn object_at_address(&self, address: u64) -> Option<u32> {
        let offset = address.wrapping_sub(self.base() as u64);
        let index = offset / PAGE_SIZE as u64;
        if index < FIRST_PAGE as u64 || index >= self.top as u64 {
            return None;
        }
        let index = index as u32;
        let page = self.page(index);
        let id = match page.usage {
            Use::Cells | Use::CellsTouched => {
                let cell = (offset % PAGE_SIZE as u64) * page.reciprocal as u64 >> 32;
                index * PAGE_IDS + cell as u32 * (page.cell / ID_SCALE)
            }
            Use::Large => index * PAGE_IDS,
            Use::LargeTail => (index - page.span) * PAGE_IDS,
            Use::Free => return None,
        };
        self.object_at_id(id)
    }

    /// Range of ids below which and from which on no object exists.
    pub fn id_range(&self) -> (u32, u32) {
        (FIRST_PAGE * PAGE_IDS, self.top.saturating_mul(PAGE_IDS))
    }

    #[inline]
    fn meta(&self, id: u32) -> u32 {
        // SAFETY: `id` starts a cell of a page in use, whose memory is committed.
        unsafe { (*self.addr(id).cast::<Header>()).meta }
    }

    /// Frees the memory of a dead object. Its children are the caller's business.
    ///
    /// # Safety
    /// `id` must be a live object that nothing will use again.
    #[inline]
    pub unsafe fn free(&mut self, id: u32) {
        let index = id >> PAGE_SHIFT;
        let careful = self.is_careful();
        self.stats.objects_freed += 1;
        // SAFETY: a live object's header is in committed memory.
        unsafe { self.addr(id).cast::<u64>().write(0) };
        let page = self.page_mut(index);
        if page.usage == Use::CellsTouched && !careful {
            page.clear_taken(id % PAGE_IDS);
        } else {
            self.free_slow(id);
        }
    }

    #[cold]
    #[inline(never)]
    fn free_slow(&mut self, id: u32) {
        let index = id >> PAGE_SHIFT;
        if self.poison {
            let bytes = self.capacity(ObjectId(id)) as usize;
            // SAFETY: the object is dead, so its memory is ours; the header stays 0.
            unsafe { self.addr(id).add(8).write_bytes(POISON, bytes - 8) };
        }
        if self.no_reuse {
            return;
        }
        let page = self.page_mut(index);
        if page.usage == Use::Large {
            let span = page.span;
            self.used_pages -= span;
            self.release_pages(index, span);
            return;
        }
        page.clear_taken(id % PAGE_IDS);
        if page.usage == Use::Cells {
            page.usage = Use::CellsTouched;
            self.touched.push(index);
        }
    }

    /// Sorts the pages that lost cells since the last call, and returns memory that
    /// is not likely to be needed soon. Called at the end of a scan.
    pub fn sort_pages(&mut self) {
        let mut touched = std::mem::take(&mut self.touched);
        for index in touched.drain(..) {
            self.sort_page(index);
        }
        self.touched = touched;
        let keep = KEEP_PAGES.max(self.used_pages / 4);
        if self.free_dirty_pages > keep {
            self.discard_free();
        }
    }

    fn sort_page(&mut self, index: u32) {
        let page = self.page_mut(index);
        page.usage = Use::Cells;
        let class = page.class as usize;
        if page.listed == Listed::Current {
            self.classes[class].cursor = 0;
            return;
        }
        let (taken, cells) = (page.taken_cells(), page.cells());
        if taken == 0 {
            if page.listed == Listed::Room {
                self.unlink(index);
            }
            self.pool_page(index);
        } else if page.listed == Listed::Full && (cells - taken) * 16 >= cells {
            self.link(index);
        }
    }

    fn pool_page(&mut self, index: u32) {
        let page = self.page_mut(index);
        page.usage = Use::Free;
        page.contents = Contents::FreeCells;
        self.used_pages -= 1;
        if self.hot.len() < HOT_PAGES {
            self.hot.push(index);
        } else {
            self.release_pages(index, 1);
        }
    }

    fn discard_free(&mut self) {
        let ranges: Vec<(u32, u32)> = self.ranges.iter().map(|(&start, &len)| (start, len)).collect();
        for (start, len) in ranges {
            let dirty = (start..start + len).any(|p| self.page(p).contents != Contents::Zero);
            let bytes = PAGE_SIZE as usize;
            if dirty && self.region.discard(start as usize * bytes, len as usize * bytes) {
                self.forget_dirty(start, len);
                for index in start..start + len {
                    self.page_mut(index).contents = Contents::Zero;
                }
            }
        }
    }

    fn link(&mut self, index: u32) {
        let class = self.page(index).class as usize;
        let head = self.classes[class].room;
        let page = self.page_mut(index);
        page.listed = Listed::Room;
        page.prev = NO_PAGE;
        page.next = head;
        if head != NO_PAGE {
            self.page_mut(head).prev = index;
        }
        self.classes[class].room = index;
    }

    fn unlink(&mut self, index: u32) {
        let page = self.page_mut(index);
        let (class, prev, next) = (page.class as usize, page.prev, page.next);
        page.listed = Listed::Full;
        match prev {
            NO_PAGE => self.classes[class].room = next,
            _ => self.page_mut(prev).next = next,
        }
        if next != NO_PAGE {
            self.page_mut(next).prev = prev;
        }
    }
}

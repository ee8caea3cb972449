//! The pages of the heap, which all workers share: the pool, and pages with room.
//!
//! ```text
//! pool: hot pages (a stack) and ranges by address ->  current page of a worker  ->  full
//!         ^ empty after a scan                          ^ room list (1/16 free)  <-  '
//! ```
//! What a worker allocates from is in `mem::alloc`. Pages change hands whole: through
//! the pool when they are empty, through the room list of their class when they are not.
//! Invariants: a page is in the pool, or a page of cells, or part of one large object.
//! Lists and uses of pages change under one lock; the number of pages in use and the
//! top may be read without it. The META word of every free cell of a page in use is 0.

use crate::Error;
use crate::mem::head::Head;
use crate::mem::options::Options;
use crate::mem::page::{
    CLASSES, Contents, GRANULE_IDS, Listed, NO_PAGE, PAGE_IDS, PAGE_SHIFT, Page, PageTable, REGION_PAGES, Use,
};
use crate::mem::region::{Growing, ObjectId, Reservation, reserve_region};
use crate::sync::{Mutex, MutexGuard, lock};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::*};
use ultra_abi::shape::*;

/// Pages by which the heap grows: 4 MiB.
const GROW_PAGES: u32 = 128;
/// Free pages kept at hand for reuse while they are likely still in the cache: 512 KiB.
const HOT_PAGES: usize = 16;
/// Free memory that is kept rather than returned to the system, at least: 4 MiB.
const KEEP_PAGES: u32 = 128;
/// Pages that small objects may use beyond the limit before allocation fails: 64 MiB.
/// The limit is reported at the next poll, which frees what is dead first.
pub const RESERVE: u32 = 2048;
/// Pages that a program may use after each report of the limit before the next one, so that
/// the code that handles the error can allocate: 2 MiB.
const GRACE: u32 = 64;
pub(crate) const FIRST_PAGE: u32 = (HEAP_OFFSET / PAGE_SIZE as u64) as u32;
/// What freed memory is filled with in poison mode.
pub const POISON: u8 = 0xD5;

/// What changes under the lock.
#[derive(Debug)]
pub(crate) struct Pool {
    shapes_part: Growing,
    vtables_part: Growing,
    heap_part: Growing,
    /// First page without an entry in the table.
    table_top: u32,
    free_dirty_pages: u32,
    hot: Vec<u32>,
    ranges: BTreeMap<u32, u32>,
    /// First page of each class's list of pages with room.
    pub room: [u32; CLASSES],
}

#[derive(Debug)]
pub struct Heap {
    region: Reservation,
    table: PageTable,
    pool: Mutex<Pool>,
    /// First page never used.
    top: AtomicU32,
    used: AtomicU32,
    peak: AtomicU32,
    limit_pages: u32,
    /// Pages in use up to which the program knows that it is over the limit, or 0.
    reported: AtomicU32,
    /// More than one thread may free cells, so bitmaps change by atomic operations.
    many: AtomicBool,
    pub max_run: u32,
    pub poison: bool,
    pub no_reuse: bool,
}

impl Heap {
    /// Reserves the region and its tables.
    ///
    /// # Errors
    /// When the system refuses the address space.
    pub fn new(options: &Options) -> Result<Heap, Error> {
        let end = REGION_PAGES - FIRST_PAGE - RESERVE;
        let limit = (options.heap_limit / PAGE_SIZE as u64).min(end as u64);
        let pool = Pool {
            shapes_part: Growing::new(SHAPES_OFFSET, VTABLES_OFFSET, 64 << 10),
            vtables_part: Growing::new(VTABLES_OFFSET, VTABLES_OFFSET + VTABLES_SIZE, 64 << 10),
            heap_part: Growing::new(HEAP_OFFSET, REGION_SIZE, (GROW_PAGES * PAGE_SIZE) as usize),
            table_top: FIRST_PAGE,
            free_dirty_pages: 0,
            hot: Vec::with_capacity(HOT_PAGES),
            ranges: BTreeMap::new(),
            room: [NO_PAGE; CLASSES],
        };
        Ok(Heap {
            region: reserve_region()?,
            table: PageTable::new()?,
            pool: Mutex::new(pool),
            top: AtomicU32::new(FIRST_PAGE),
            used: AtomicU32::new(0),
            peak: AtomicU32::new(0),
            limit_pages: limit as u32,
            reported: AtomicU32::new(0),
            many: AtomicBool::new(false),
            max_run: if options.one_cell_runs() { 1 } else { u32::MAX },
            poison: options.poison || options.no_reuse,
            no_reuse: options.no_reuse,
        })
    }

    pub(crate) fn pool(&self) -> MutexGuard<'_, Pool> {
        lock(&self.pool)
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

    /// The header of the cell at `id`.
    ///
    /// # Safety
    /// `id` must start a cell of a page that is in use, or was once.
    #[inline(always)]
    pub unsafe fn head(&self, id: u32) -> Head {
        // SAFETY: memory of pages stays committed for good.
        unsafe { Head::new(self.addr(id)) }
    }

    /// From now on several threads may free cells. Called before the second of them starts.
    pub fn set_many(&self) {
        self.many.store(true, SeqCst);
    }

    #[inline]
    pub fn is_many(&self) -> bool {
        self.many.load(Relaxed)
    }

    #[inline]
    pub fn used_pages(&self) -> u32 {
        self.used.load(Relaxed)
    }

    /// Highest number of pages in use at any time.
    pub fn peak_pages(&self) -> u32 {
        self.peak.load(Relaxed)
    }

    /// Whether the heap holds more than its limit, and than was reported: a poll that cannot
    /// free enough then throws.
    pub fn over_limit(&self) -> bool {
        let used = self.used_pages();
        used > self.limit_pages && used > self.reported.load(Relaxed)
    }

    /// The program is told that the heap is over its limit.
    pub fn report_limit(&self) {
        self.reported.store(self.used_pages().saturating_add(GRACE), Relaxed);
    }

    /// Ends the grace that a report gave once the heap is below its limit.
    pub fn end_grace(&self) {
        if self.reported.load(Relaxed) != 0 && self.used_pages() <= self.limit_pages {
            self.reported.store(0, Relaxed);
        }
    }

    /// Whether the heap holds more than its limit, known to the program or not.
    pub fn is_tight(&self) -> bool {
        self.used_pages() > self.limit_pages
    }

    /// Pages in use, in address order of their first page: large objects count once.
    pub fn pages_in_use(&self) -> impl Iterator<Item = (u32, &Page)> {
        (FIRST_PAGE..self.top.load(Acquire))
            .map(|index| (index, self.page(index)))
            .filter(|(_, page)| page.is_cells() || page.usage() == Use::Large)
    }

    #[inline]
    pub fn page(&self, index: u32) -> &Page {
        debug_assert!(index >= FIRST_PAGE && index < self.top.load(Acquire));
        // SAFETY: entries below the top are committed, and zero bytes are a valid entry.
        unsafe { &*self.table.base().add(index as usize) }
    }

    /// Makes the shape descriptors below this offset accessible.
    #[must_use]
    pub fn ensure_shapes(&self, end: u64) -> bool {
        self.pool().shapes_part.ensure(&self.region, end as usize)
    }

    /// Makes the method tables below this offset accessible.
    #[must_use]
    pub fn ensure_vtables(&self, end: u64) -> bool {
        self.pool().vtables_part.ensure(&self.region, end as usize)
    }

    /// Whether freed memory needs more than its bit cleared: poison, or no reuse.
    #[inline]
    pub fn is_careful(&self) -> bool {
        self.poison || self.no_reuse
    }

    fn may_use(&self, pages: u32, reserve: u32) -> bool {
        pages <= (self.limit_pages + reserve).saturating_sub(self.used_pages())
    }

    /// Pages that a large object of `count` may use beyond the limit, since what it replaces is
    /// often dead, but only freed at the next poll. `None` for one that can never fit.
    fn large_reserve(&self, count: u32) -> Option<u32> {
        (count <= self.limit_pages).then_some(RESERVE.max(count))
    }

    fn note_used(&self, pages: u32) {
        let used = self.used.fetch_add(pages, Relaxed) + pages;
        self.peak.fetch_max(used, Relaxed);
    }

    fn note_unused(&self, pages: u32) {
        self.used.fetch_sub(pages, Relaxed);
    }

    /// A page of `class` to allocate from, with room if there is one, else from the pool. It becomes current.
    pub(crate) fn page_to_fill(&self, class: usize, reserve: u32) -> Option<u32> {
        let mut pool = self.pool();
        let index = match pool.room[class] {
            NO_PAGE => self.fresh_page(&mut pool, class, reserve)?,
            index => {
                self.unlink(&mut pool, index);
                index
            }
        };
        self.page(index).set_listed(Listed::Current);
        Some(index)
    }

    /// A page of `class` without objects, taken from the pool.
    fn fresh_page(&self, pool: &mut Pool, class: usize, reserve: u32) -> Option<u32> {
        let index = match pool.hot.iter().rposition(|&p| self.page(p).class() == class) {
            Some(at) if self.may_use(1, reserve) => pool.hot.swap_remove(at),
            _ => self.take_pages(pool, 1, reserve)?,
        };
        let start = self.addr(index * PAGE_IDS);
        let page = self.page(index);
        let reusable = match page.contents() {
            Contents::Zero => true,
            Contents::FreeCells => page.class() == class,
            Contents::Anything => false,
        };
        if !reusable {
            // SAFETY: the page is in the pool, so nothing else uses its memory, which was committed when it was first used.
            unsafe { start.write_bytes(0, PAGE_SIZE as usize) };
        }
        page.become_cells(class);
        self.note_used(1);
        Some(index)
    }

    /// Takes `count` adjacent pages out of the pool or from above the top.
    fn take_pages(&self, pool: &mut Pool, count: u32, reserve: u32) -> Option<u32> {
        if !self.may_use(count, reserve) {
            return None;
        }
        if count == 1
            && let Some(page) = pool.hot.pop()
        {
            return Some(page);
        }
        let found = pool.ranges.iter().find(|&(_, &len)| len >= count).map(|(&start, &len)| (start, len));
        if let Some((start, len)) = found {
            pool.ranges.remove(&start);
            if len > count {
                pool.ranges.insert(start + count, len - count);
            }
            self.forget_dirty(pool, start, count);
            return Some(start);
        }
        self.grow_top(pool, count)
    }

    fn grow_top(&self, pool: &mut Pool, count: u32) -> Option<u32> {
        let start = self.top.load(Relaxed);
        let end = start.checked_add(count).filter(|&end| end <= REGION_PAGES)?;
        if !pool.heap_part.ensure(&self.region, end as usize * PAGE_SIZE as usize) {
            return None;
        }
        if end > pool.table_top {
            let target = end.next_multiple_of(GROW_PAGES).min(REGION_PAGES);
            if !self.table.commit(pool.table_top, target) {
                return None;
            }
            pool.table_top = target;
        }
        self.top.store(end, Release);
        Some(start)
    }

    fn forget_dirty(&self, pool: &mut Pool, start: u32, count: u32) {
        let dirty = (start..start + count).filter(|&p| self.page(p).contents() != Contents::Zero).count();
        pool.free_dirty_pages -= dirty as u32;
    }

    /// Returns pages to the ranges of the pool.
    fn release_pages(&self, pool: &mut Pool, start: u32, count: u32) {
        let mut dirty = 0;
        for index in start..start + count {
            let page = self.page(index);
            page.set_usage(Use::Free);
            dirty += (page.contents() != Contents::Zero) as u32;
        }
        pool.free_dirty_pages += dirty;
        let (mut first, mut len) = (start, count);
        if let Some((&before, &before_len)) = pool.ranges.range(..start).next_back()
            && before + before_len == start
        {
            first = before;
            len += before_len;
        }
        if let Some(after_len) = pool.ranges.remove(&(start + count)) {
            len += after_len;
        }
        pool.ranges.insert(first, len);
    }

    /// Pages for an object of more bytes than one holds; zeroed when `zero` asks for it.
    pub(crate) fn take_run_of_pages(&self, bytes: u32, zero: bool) -> Option<u32> {
        let count = bytes.div_ceil(PAGE_SIZE);
        let start = {
            let mut pool = self.pool();
            let start = self.take_pages(&mut pool, count, self.large_reserve(count)?)?;
            self.note_used(count);
            start
        };
        // Nobody else knows the pages; they are zeroed without the lock.
        if zero {
            self.zero_pages(start, count);
        } else {
            // SAFETY: the pages are ours; a header of 0 is no object.
            unsafe { self.head(start * PAGE_IDS).set_word(0) };
        }
        let _pool = self.pool();
        self.tails(start, 1, count);
        let head = self.page(start);
        head.set_contents(Contents::Anything);
        head.set_span(count);
        head.set_cell(0);
        head.set_usage(Use::Large);
        Some(start)
    }

    /// Makes pages `from..to` of the run that begins at `start` its further pages.
    fn tails(&self, start: u32, from: u32, to: u32) {
        for n in from..to {
            let page = self.page(start + n);
            page.set_contents(Contents::Anything);
            page.set_span(n);
            page.set_usage(Use::LargeTail);
        }
    }

    fn zero_pages(&self, start: u32, count: u32) {
        for index in start..start + count {
            let at = self.addr(index * PAGE_IDS);
            if self.page(index).contents() != Contents::Zero {
                // SAFETY: the page was just taken out of the pool, so nothing else uses its memory.
                unsafe { at.write_bytes(0, PAGE_SIZE as usize) };
            }
        }
    }

    /// Bytes that the object may use, header included: its cell or run of pages.
    pub fn capacity(&self, id: ObjectId) -> u32 {
        let page = self.page(id.0 >> PAGE_SHIFT);
        match page.usage() {
            Use::Large => page.span().saturating_mul(PAGE_SIZE),
            _ => page.cell(),
        }
    }

    /// Makes the object able to hold `bytes` where it is; new bytes are zero. `None` when
    /// the pages behind it are in use or it is not a run of pages, else the pages added.
    pub(crate) fn grow_in_place(&self, id: ObjectId, bytes: u32) -> Option<u32> {
        if bytes <= self.capacity(id) {
            return Some(0);
        }
        let start = id.0 >> PAGE_SHIFT;
        let page = self.page(start);
        if page.usage() != Use::Large {
            return None;
        }
        let old = page.span();
        let more = bytes.div_ceil(PAGE_SIZE) - old;
        let end = start + old;
        let mut pool = self.pool();
        if !self.may_use(more, self.large_reserve(more)?) {
            return None;
        }
        if let Some(&len) = pool.ranges.get(&end).filter(|&&len| len >= more) {
            pool.ranges.remove(&end);
            if len > more {
                pool.ranges.insert(end + more, len - more);
            }
            self.forget_dirty(&mut pool, end, more);
        } else {
            if end != self.top.load(Relaxed) {
                return None;
            }
            self.grow_top(&mut pool, more)?;
        }
        self.zero_pages(end, more);
        self.tails(start, old, old + more);
        page.set_span(old + more);
        self.note_used(more);
        Some(more)
    }

    /// The object that an aligned word on a stack would keep alive if it is an id.
    #[inline]
    pub fn object_at_id(&self, id: u32) -> Option<u32> {
        let index = id >> PAGE_SHIFT;
        if index < FIRST_PAGE || index >= self.top.load(Acquire) {
            return None;
        }
        let page = self.page(index);
        let starts_here = match page.usage() {
            Use::Cells | Use::CellsTouched => page.is_taken(id % PAGE_IDS),
            Use::Large => id.is_multiple_of(PAGE_IDS),
            Use::Free | Use::LargeTail => false,
        };
        if !starts_here {
            return None;
        }
        // SAFETY: `id` starts a cell of a page in use.
        let meta = unsafe { self.head(id) }.meta();
        (meta != 0 && meta & META_DEAD == 0).then_some(id)
    }

    /// The object that contains this address.
    #[inline]
    pub fn object_at_address(&self, address: u64) -> Option<u32> {
        let offset = address.wrapping_sub(self.base() as u64);
        let index = offset / PAGE_SIZE as u64;
        if index < FIRST_PAGE as u64 || index >= self.top.load(Acquire) as u64 {
            return None;
        }
        let index = index as u32;
        let page = self.page(index);
        let id = match page.usage() {
            Use::Cells | Use::CellsTouched => {
                let cell = (offset % PAGE_SIZE as u64) * page.reciprocal() as u64 >> 32;
                index * PAGE_IDS + cell as u32 * (page.cell() / ID_SCALE)
            }
            Use::Large => index * PAGE_IDS,
            // The run may be freed by another worker meanwhile, and its length be stale.
            Use::LargeTail => index.checked_sub(page.span())? * PAGE_IDS,
            Use::Free => return None,
        };
        self.object_at_id(id)
    }

    /// Range of ids below which and from which on no object exists.
    pub fn id_range(&self) -> (u32, u32) {
        (FIRST_PAGE * PAGE_IDS, self.top.load(Acquire).saturating_mul(PAGE_IDS))
    }

    /// Returns the pages of a large object whose header is 0.
    pub(crate) fn free_large(&self, index: u32) {
        let mut pool = self.pool();
        let span = self.page(index).span();
        self.note_unused(span);
        self.release_pages(&mut pool, index, span);
    }

    /// Sorts pages that lost cells, and returns memory that is not likely to be needed
    /// soon. `keep` are the caller's current pages.
    pub(crate) fn sort_pages(&self, touched: &mut Vec<u32>) {
        if touched.is_empty() {
            return;
        }
        let mut pool = self.pool();
        for index in touched.drain(..) {
            self.sort_page(&mut pool, index);
        }
        if pool.free_dirty_pages > KEEP_PAGES.max(self.used_pages() / 4) {
            self.discard_free(&mut pool);
        }
    }

    /// Gives all free memory back to the system.
    pub fn trim(&self) {
        let mut pool = self.pool();
        for index in std::mem::take(&mut pool.hot) {
            self.release_pages(&mut pool, index, 1);
        }
        self.discard_free(&mut pool);
    }

    fn sort_page(&self, pool: &mut Pool, index: u32) {
        let page = self.page(index);
        // Cells freed from here on make somebody sort the page again.
        if page.usage() != Use::CellsTouched {
            return;
        }
        page.set_usage(Use::Cells);
        if page.listed() == Listed::Current {
            return;
        }
        self.place(pool, index);
    }

    /// Puts a page that nobody allocates from where it belongs by the number of its taken cells.
    fn place(&self, pool: &mut Pool, index: u32) {
        let page = self.page(index);
        let (taken, cells) = (page.taken_cells(), page.cells());
        if taken == 0 {
            if page.listed() == Listed::Room {
                self.unlink(pool, index);
            }
            self.pool_page(pool, index);
        } else if page.listed() == Listed::Full && (cells - taken) * 16 >= cells {
            self.link(pool, index);
        }
    }

    /// Takes back a page that a worker allocated from.
    pub(crate) fn give_back(&self, index: u32) {
        let mut pool = self.pool();
        self.page(index).set_listed(Listed::Full);
        self.place(&mut pool, index);
    }

    fn pool_page(&self, pool: &mut Pool, index: u32) {
        let page = self.page(index);
        page.set_usage(Use::Free);
        page.set_contents(Contents::FreeCells);
        self.note_unused(1);
        if pool.hot.len() < HOT_PAGES {
            pool.hot.push(index);
        } else {
            self.release_pages(pool, index, 1);
        }
    }

    fn discard_free(&self, pool: &mut Pool) {
        let ranges: Vec<(u32, u32)> = pool.ranges.iter().map(|(&start, &len)| (start, len)).collect();
        for (start, len) in ranges {
            let dirty = (start..start + len).any(|p| self.page(p).contents() != Contents::Zero);
            let bytes = PAGE_SIZE as usize;
            if dirty && self.region.discard(start as usize * bytes, len as usize * bytes) {
                self.forget_dirty(pool, start, len);
                for index in start..start + len {
                    self.page(index).set_contents(Contents::Zero);
                }
            }
        }
    }

    fn link(&self, pool: &mut Pool, index: u32) {
        let page = self.page(index);
        let class = page.class();
        let head = pool.room[class];
        page.set_listed(Listed::Room);
        page.set_prev(NO_PAGE);
        page.set_next(head);
        if head != NO_PAGE {
            self.page(head).set_prev(index);
        }
        pool.room[class] = index;
    }

    fn unlink(&self, pool: &mut Pool, index: u32) {
        let page = self.page(index);
        let (class, prev, next) = (page.class(), page.prev(), page.next());
        page.set_listed(Listed::Full);
        match prev {
            NO_PAGE => pool.room[class] = next,
            _ => self.page(prev).set_next(next),
        }
        if next != NO_PAGE {
            self.page(next).set_prev(prev);
        }
    }

    /// Calls `visit` with the id of every taken cell of a page: objects, and cells without one.
    pub(crate) fn each_taken(index: u32, page: &Page, mut visit: impl FnMut(u32)) {
        let first = index * PAGE_IDS;
        if page.usage() == Use::Large {
            return visit(first);
        }
        for (w, word) in page.taken.iter().enumerate() {
            let mut bits = word.load(Acquire);
            while bits != 0 {
                visit(first + (w as u32 * 64 + bits.trailing_zeros()) * GRANULE_IDS);
                bits &= bits - 1;
            }
        }
    }
}

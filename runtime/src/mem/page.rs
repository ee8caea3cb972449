//! Size classes and the table of pages.
//!
//! A page is 32 KiB of the region and holds cells of one size, or is part of a run
//! of pages that holds one large object. What the allocator knows about a page is
//! kept here, outside the region, so that objects are packed without gaps and a
//! stray write into the heap does not reach it.
//!
//! ```text
//! page     | cell | cell | cell | ...          cells of `cell` bytes
//! taken    1 0 0   1 0 0   0 0 0               one bit per 16 bytes, set at the start of a taken cell
//! ```
//! A bit per 16 bytes instead of one per cell means that freeing needs no division,
//! and a set bit says at once that an id is the start of a cell.
//! Invariants: a taken cell with META 0 is not an object (it is part of a run that
//! is being bumped through, or was freed and is quarantined); the META word of every
//! free cell of a page in use is 0.

use crate::Error;
use crate::mem::region::Reservation;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering::*};
use ultra_abi::shape::{
    CELL_ALIGN, ID_SCALE, INLINE_CLASSES, INLINE_MAX, PAGE_SIZE, REGION_SIZE, size_class,
};

/// Ids per page.
pub const PAGE_IDS: u32 = PAGE_SIZE / ID_SCALE;
/// Ids per granule of 16 bytes.
pub const GRANULE_IDS: u32 = CELL_ALIGN / ID_SCALE;
pub const PAGE_SHIFT: u32 = PAGE_IDS.trailing_zeros();
const GRANULES: usize = (PAGE_SIZE / CELL_ALIGN) as usize;
/// Words of a page's bitmap.
pub const WORDS: usize = GRANULES / 64;
pub const REGION_PAGES: u32 = (REGION_SIZE / PAGE_SIZE as u64) as u32;
/// "No page" in links.
pub const NO_PAGE: u32 = u32::MAX;

/// Cell sizes above `INLINE_MAX`: steps of 12 to 33 %, each the largest multiple of 16
/// of which a whole number fills a page.
const LARGE_CELLS: [u32; 17] =
    [640, 768, 896, 1024, 1280, 1536, 1792, 2048, 2720, 3264, 4096, 5456, 6544, 8192, 10912, 16384, 32768];
pub const CLASSES: usize = INLINE_CLASSES + LARGE_CELLS.len();

/// Bytes of a cell of `class`.
#[inline]
pub const fn class_size(class: usize) -> u32 {
    if class < INLINE_CLASSES { (class as u32 + 1) * CELL_ALIGN } else { LARGE_CELLS[class - INLINE_CLASSES] }
}

/// The class whose cells hold `bytes`, or `None` when a run of pages is needed.
#[inline]
pub fn class_for(bytes: u32) -> Option<usize> {
    if bytes <= INLINE_MAX {
        return Some(size_class(if bytes == 0 { 1 } else { bytes }) as usize);
    }
    LARGE_CELLS.iter().position(|&size| bytes <= size).map(|i| i + INLINE_CLASSES)
}

/// For each class, the bits at which its cells start.
static STARTS: [[u64; WORDS]; CLASSES] = starts();

const fn starts() -> [[u64; WORDS]; CLASSES] {
    let mut table = [[0; WORDS]; CLASSES];
    let mut class = 0;
    while class < CLASSES {
        let granules = (class_size(class) / CELL_ALIGN) as usize;
        let mut at = 0;
        while at + granules <= GRANULES {
            table[class][at / 64] |= 1 << (at % 64);
            at += granules;
        }
        class += 1;
    }
    table
}

/// What a page is used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Use {
    Free = 0,
    /// Cells of one class; no cell was freed since the last time pages were sorted.
    Cells,
    /// As `Cells`, and noted in the heap's list of pages with freed cells.
    CellsTouched,
    /// First page of a large object.
    Large,
    /// A further page of a large object.
    LargeTail,
}

/// Which list of its class a page of cells is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Listed {
    /// Not worth allocating from.
    Full = 0,
    Room,
    /// Being allocated from by one worker.
    Current,
}

/// What the memory of a free page holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Contents {
    Zero = 0,
    /// The META words of all cells of the page's class are 0.
    FreeCells,
    Anything,
}

/// What is known of a page. All-zero bytes are a free page. Any thread may look at an
/// entry: a scan meets stale words that lead to any page. Who changes what:
/// `usage` under the heap's lock, but for Cells -> CellsTouched, which whoever frees a
/// cell may do; bits of `taken` are set by the worker whose current page it is and
/// cleared by whoever frees the cell; everything else under the lock.
#[repr(C, align(64))]
#[derive(Debug)]
pub struct Page {
    usage: AtomicU8,
    listed: AtomicU8,
    contents: AtomicU8,
    class: AtomicU8,
    /// Bytes of a cell.
    cell: AtomicU32,
    /// `ceil(2^32 / cell)`: an offset times this, shifted right by 32, is the index of its cell.
    reciprocal: AtomicU32,
    /// Links of the room list of the class.
    next: AtomicU32,
    prev: AtomicU32,
    /// Of a large object's first page: pages in its run. Of a further page: distance to the first.
    span: AtomicU32,
    pub taken: [AtomicU64; WORDS],
}

macro_rules! fields {
    ($($get:ident, $set:ident;)*) => { $(
        #[inline]
        pub fn $get(&self) -> u32 {
            self.$get.load(Relaxed)
        }

        #[inline]
        pub fn $set(&self, value: u32) {
            self.$get.store(value, Relaxed);
        }
    )* };
}

impl Page {
    fields! {
        cell, set_cell;
        next, set_next;
        prev, set_prev;
        span, set_span;
    }

    #[inline]
    pub fn usage(&self) -> Use {
        match self.usage.load(Acquire) {
            0 => Use::Free,
            1 => Use::Cells,
            2 => Use::CellsTouched,
            3 => Use::Large,
            _ => Use::LargeTail,
        }
    }

    #[inline]
    pub fn set_usage(&self, usage: Use) {
        self.usage.store(usage as u8, SeqCst);
    }

    /// Notes that the page has freed cells; true for the one who has to tell the heap.
    #[inline]
    pub fn touch(&self) -> bool {
        let (from, to) = (Use::Cells as u8, Use::CellsTouched as u8);
        self.usage.load(SeqCst) == from && self.usage.compare_exchange(from, to, SeqCst, SeqCst).is_ok()
    }

    #[inline]
    pub fn listed(&self) -> Listed {
        match self.listed.load(Relaxed) {
            0 => Listed::Full,
            1 => Listed::Room,
            _ => Listed::Current,
        }
    }

    pub fn set_listed(&self, listed: Listed) {
        self.listed.store(listed as u8, Relaxed);
    }

    pub fn contents(&self) -> Contents {
        match self.contents.load(Relaxed) {
            0 => Contents::Zero,
            1 => Contents::FreeCells,
            _ => Contents::Anything,
        }
    }

    pub fn set_contents(&self, contents: Contents) {
        self.contents.store(contents as u8, Relaxed);
    }

    #[inline]
    pub fn class(&self) -> usize {
        self.class.load(Relaxed) as usize
    }

    #[inline]
    pub fn reciprocal(&self) -> u32 {
        self.reciprocal.load(Relaxed)
    }

    /// Makes a free page one of cells of `class`, none of them taken.
    pub fn become_cells(&self, class: usize) {
        let cell = class_size(class);
        self.class.store(class as u8, Relaxed);
        self.set_cell(cell);
        self.reciprocal.store((1u64 << 32).div_ceil(cell as u64) as u32, Relaxed);
        self.set_contents(Contents::Anything);
        self.set_next(NO_PAGE);
        self.set_prev(NO_PAGE);
        self.taken.iter().for_each(|word| word.store(0, Relaxed));
        self.set_usage(Use::Cells);
    }

    #[inline]
    fn bits(&self, word: usize) -> u64 {
        self.taken[word].load(Acquire)
    }

    /// The next run of free cells at or after `cursor` (in granules), at most `max_cells` long.
    /// The result is in granules: start and end.
    pub fn next_run(&self, cursor: usize, max_cells: u32) -> Option<(usize, usize)> {
        let starts = &STARTS[self.class()];
        let start = first_bit(cursor, |w| starts[w] & !self.bits(w))?;
        let cell = self.cell();
        let granules = (cell / CELL_ALIGN) as usize;
        let last = (PAGE_SIZE / cell) as usize * granules;
        let end = first_bit(start + 1, |w| self.bits(w)).unwrap_or(last);
        let end = if max_cells as usize >= (end - start) / granules {
            end
        } else {
            start + max_cells as usize * granules
        };
        Some((start, end))
    }

    /// Marks the cells of granules `start..end` as taken. Only for whoever allocates from the page.
    pub fn take(&self, start: usize, end: usize, many: bool) {
        let starts = &STARTS[self.class()];
        for w in start / 64..end.div_ceil(64) {
            let mut mask = starts[w];
            if w == start / 64 {
                mask &= u64::MAX << (start % 64);
            }
            if w == end / 64 {
                mask &= (1 << (end % 64)) - 1;
            }
            if many {
                self.taken[w].fetch_or(mask, AcqRel);
            } else {
                self.taken[w].store(self.bits(w) | mask, Relaxed);
            }
        }
    }

    /// Marks the cells that start at the set bits of a word as free. `many` says that other threads may do so too.
    #[inline]
    pub fn release(&self, word: usize, bits: u64, many: bool) {
        if many {
            self.taken[word].fetch_and(!bits, SeqCst);
        } else {
            self.taken[word].store(self.taken[word].load(Relaxed) & !bits, Relaxed);
        }
    }

    pub fn taken_cells(&self) -> u32 {
        self.taken.iter().map(|word| word.load(SeqCst).count_ones()).sum()
    }

    pub fn cells(&self) -> u32 {
        PAGE_SIZE / self.cell()
    }

    pub fn is_cells(&self) -> bool {
        matches!(self.usage(), Use::Cells | Use::CellsTouched)
    }

    /// Whether a taken cell starts at this id-offset within the page.
    #[inline]
    pub fn is_taken(&self, id_in_page: u32) -> bool {
        let granule = id_in_page / GRANULE_IDS;
        id_in_page.is_multiple_of(GRANULE_IDS) && self.bits(granule as usize / 64) >> (granule % 64) & 1 != 0
    }

    /// Marks the cell that starts at this id-offset within the page as free.
    #[inline]
    pub fn clear_taken(&self, id_in_page: u32, many: bool) {
        let granule = id_in_page / GRANULE_IDS;
        self.release(granule as usize / 64, 1 << (granule % 64), many);
    }
}

/// Index of the first set bit at or after `from` in the words that `word` yields.
#[inline]
fn first_bit(from: usize, word: impl Fn(usize) -> u64) -> Option<usize> {
    let mut w = from / 64;
    if w >= WORDS {
        return None;
    }
    let mut bits = word(w) & (u64::MAX << (from % 64));
    while bits == 0 {
        w += 1;
        if w == WORDS {
            return None;
        }
        bits = word(w);
    }
    Some(w * 64 + bits.trailing_zeros() as usize)
}

/// One `Page` per page of the region, in memory that is committed as the heap grows.
/// All-zero bytes are a valid free page.
#[derive(Debug)]
pub struct PageTable {
    memory: Reservation,
}

impl PageTable {
    /// Reserves the table.
    ///
    /// # Errors
    /// When the system refuses the address space.
    pub fn new() -> Result<PageTable, Error> {
        Ok(PageTable { memory: Reservation::new(REGION_PAGES as usize * size_of::<Page>())? })
    }

    /// Makes the entries of pages `from..to` accessible; false when the system refuses.
    /// Both must be multiples of 64, which keeps entries on whole system pages.
    #[must_use]
    pub fn commit(&self, from: u32, to: u32) -> bool {
        debug_assert!(from.is_multiple_of(64) && to.is_multiple_of(64));
        let size = size_of::<Page>();
        self.memory.commit(from as usize * size, (to - from) as usize * size)
    }

    #[inline]
    pub fn base(&self) -> *mut Page {
        self.memory.base().cast()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_cover_every_size_up_to_a_page() {
        for bytes in 0..=PAGE_SIZE {
            let class = class_for(bytes).unwrap();
            assert!(class_size(class) >= bytes);
            assert!(class == 0 || class_size(class - 1) < bytes);
            assert!(class_size(class).is_multiple_of(CELL_ALIGN));
        }
        assert_eq!(class_for(PAGE_SIZE + 1), None);
    }

    #[test]
    fn reciprocals_divide_exactly() {
        for class in 0..CLASSES {
            let cell = class_size(class);
            let reciprocal = (1u64 << 32).div_ceil(cell as u64);
            for offset in 0..PAGE_SIZE as u64 {
                assert_eq!(offset * reciprocal >> 32, offset / cell as u64);
            }
        }
    }

    #[test]
    fn entries_fill_whole_system_pages() {
        assert_eq!(size_of::<Page>() * 64 % 4096, 0);
    }
}

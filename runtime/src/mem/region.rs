//! The reserved address range in which every heap object lives.
//!
//! ```text
//! base                                                              base + 32 GiB
//! | no access | shape descriptors | method tables | ... | pages of the heap ...  |
//!               SHAPES_OFFSET       VTABLES_OFFSET        HEAP_OFFSET
//! ```
//! An `ObjectId` is a byte offset from `base` divided by 8, so an address is one
//! addition away and ids are half the size of pointers. Address space is reserved
//! without access; parts become accessible in steps as they are first needed, so
//! that a system which counts committed memory is only charged for what is used.
//! Invariant: bytes below `SHAPES_OFFSET` are never accessible, so the ids 0
//! (`undefined`) and 1 (`null`) never resolve.

use crate::Error;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags};
use std::ptr::{self, NonNull};
use ultra_abi::shape::{ID_SCALE, REGION_SIZE};

/// Names a heap object: its byte offset in the region divided by 8.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(transparent)]
pub struct ObjectId(pub u32);

impl ObjectId {
    /// Byte offset of the object in the region.
    #[inline]
    pub const fn offset(self) -> u64 {
        self.0 as u64 * ID_SCALE as u64
    }
}

/// An address range that is reserved at once and made accessible piecewise from its start.
#[derive(Debug)]
pub struct Reservation {
    base: NonNull<u8>,
    len: usize,
}

// SAFETY: the range belongs to this value alone; access is through raw pointers whose users state their own rules.
unsafe impl Send for Reservation {}

impl Reservation {
    /// Reserves `len` bytes without access.
    ///
    /// # Errors
    /// When the system refuses the address space.
    pub fn new(len: usize) -> Result<Reservation, Error> {
        // SAFETY: an anonymous private mapping at an address of the kernel's choice overlaps nothing.
        let base = unsafe {
            rustix::mm::mmap_anonymous(ptr::null_mut(), len, ProtFlags::empty(), MapFlags::PRIVATE | MapFlags::NORESERVE)
        }
        .map_err(|e| Error::Reserve { bytes: len as u64, reason: e.to_string() })?;
        let base = NonNull::new(base.cast::<u8>()).ok_or(Error::Reserve { bytes: len as u64, reason: "address 0".into() })?;
        Ok(Reservation { base, len })
    }

    #[inline]
    pub fn base(&self) -> *mut u8 {
        self.base.as_ptr()
    }

    /// Makes `offset..offset + len` readable and writable; false when the system refuses.
    #[must_use]
    pub fn commit(&self, offset: usize, len: usize) -> bool {
        debug_assert!(offset + len <= self.len);
        // SAFETY: the range lies inside this reservation, which nothing but this value's owner uses.
        unsafe {
            rustix::mm::mprotect(self.base().add(offset).cast(), len, MprotectFlags::READ | MprotectFlags::WRITE).is_ok()
        }
    }

    /// Gives the memory of `offset..offset + len` back; it reads as zero afterwards.
    /// False when the system refuses, in which case contents are unchanged.
    pub fn discard(&self, offset: usize, len: usize) -> bool {
        debug_assert!(offset + len <= self.len);
        // SAFETY: the range lies inside this reservation and the caller owns its contents, which it gives up.
        unsafe { rustix::mm::madvise(self.base().add(offset).cast(), len, rustix::mm::Advice::LinuxDontNeed).is_ok() }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `new` with this length and is not used after its owner is gone.
        let _ = unsafe { rustix::mm::munmap(self.base.as_ptr().cast(), self.len) };
    }
}

/// A part of a reservation that becomes accessible from its start in steps.
#[derive(Debug)]
pub struct Growing {
    start: usize,
    committed: usize,
    end: usize,
    step: usize,
}

impl Growing {
    pub const fn new(start: u64, end: u64, step: usize) -> Growing {
        Growing { start: start as usize, committed: start as usize, end: end as usize, step }
    }

    /// Makes everything up to offset `end` accessible; false when that is outside the part or refused.
    #[must_use]
    pub fn ensure(&mut self, reservation: &Reservation, end: usize) -> bool {
        if end <= self.committed {
            return true;
        }
        if end > self.end {
            return false;
        }
        let target = (self.start + (end - self.start).next_multiple_of(self.step)).min(self.end);
        if !reservation.commit(self.committed, target - self.committed) {
            return false;
        }
        self.committed = target;
        true
    }
}

/// Reserves the region of the heap.
///
/// # Errors
/// When the system refuses 32 GiB of address space.
pub fn reserve_region() -> Result<Reservation, Error> {
    Reservation::new(REGION_SIZE as usize)
}

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
use ultra_abi::shape::ID_SCALE;

#[cfg(target_arch = "wasm32")]
pub use linear::{Reservation, reserve_region, set_region_end};
#[cfg(not(target_arch = "wasm32"))]
pub use mapped::{Reservation, reserve_region};

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

/// Address space of the operating system.
#[cfg(not(target_arch = "wasm32"))]
mod mapped {
    use super::Error;
    use rustix::mm::{MapFlags, MprotectFlags, ProtFlags};
    use std::ptr::{self, NonNull};
    use ultra_abi::shape::REGION_SIZE;

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
                rustix::mm::mmap_anonymous(
                    ptr::null_mut(),
                    len,
                    ProtFlags::empty(),
                    MapFlags::PRIVATE | MapFlags::NORESERVE,
                )
            }
            .map_err(|e| Error::Reserve { bytes: len as u64, reason: e.to_string() })?;
            let base = NonNull::new(base.cast::<u8>())
                .ok_or(Error::Reserve { bytes: len as u64, reason: "address 0".into() })?;
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
                rustix::mm::mprotect(
                    self.base().add(offset).cast(),
                    len,
                    MprotectFlags::READ | MprotectFlags::WRITE,
                )
                .is_ok()
            }
        }

        /// Gives the memory of `offset..offset + len` back; it reads as zero afterwards.
        /// False when the system refuses, in which case contents are unchanged.
        pub fn discard(&self, offset: usize, len: usize) -> bool {
            debug_assert!(offset + len <= self.len);
            // SAFETY: the range lies inside this reservation and the caller owns its contents, which it gives up.
            unsafe {
                rustix::mm::madvise(self.base().add(offset).cast(), len, rustix::mm::Advice::LinuxDontNeed)
                    .is_ok()
            }
        }
    }

    impl Drop for Reservation {
        fn drop(&mut self) {
            // SAFETY: the mapping was made by `new` with this length and is not used after its owner is gone.
            let _ = unsafe { rustix::mm::munmap(self.base.as_ptr().cast(), self.len) };
        }
    }

    /// Reserves the region of the heap.
    ///
    /// # Errors
    /// When the system refuses 32 GiB of address space.
    pub fn reserve_region() -> Result<Reservation, Error> {
        Reservation::new(REGION_SIZE as usize)
    }
}

/// Linear memory, where everything is accessible and nothing is given back.
#[cfg(target_arch = "wasm32")]
mod linear {
    use super::Error;
    use std::alloc::{Layout, alloc_zeroed, dealloc};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use ultra_abi::shape::REGION_SIZE;

    const ALIGN: usize = 64 << 10;

    /// Size of the memory before anything grew it: what lies beyond belongs to the allocator of the runtime.
    static REGION_END: AtomicUsize = AtomicUsize::new(0);

    /// Says where the region ends; called once, before the first allocation of the runtime.
    pub fn set_region_end(end: usize) {
        REGION_END.store(end.min(REGION_SIZE as usize), Ordering::Relaxed);
    }

    /// A part of linear memory: the region, or a block of the runtime's allocator.
    #[derive(Debug)]
    pub struct Reservation {
        /// 0 for the region, whose offsets are addresses.
        base: usize,
        len: usize,
    }

    impl Reservation {
        /// Takes `len` bytes of zeros from the allocator.
        ///
        /// # Errors
        /// When there is no memory.
        pub fn new(len: usize) -> Result<Reservation, Error> {
            let refused = |reason: &str| Error::Reserve { bytes: len as u64, reason: reason.into() };
            let layout = Layout::from_size_align(len, ALIGN).map_err(|e| refused(&e.to_string()))?;
            if len == 0 {
                return Err(refused("nothing is asked for"));
            }
            // SAFETY: the layout is not empty.
            let base = unsafe { alloc_zeroed(layout) } as usize;
            if base == 0 { Err(refused("memory cannot grow")) } else { Ok(Reservation { base, len }) }
        }

        #[inline]
        pub fn base(&self) -> *mut u8 {
            self.base as *mut u8
        }

        /// Whether `offset..offset + len` exists.
        #[must_use]
        pub fn commit(&self, offset: usize, len: usize) -> bool {
            offset.checked_add(len).is_some_and(|end| end <= self.len)
        }

        /// Linear memory cannot be given back: always false, and contents are unchanged.
        pub fn discard(&self, _offset: usize, _len: usize) -> bool {
            false
        }
    }

    impl Drop for Reservation {
        fn drop(&mut self) {
            if self.base != 0 {
                // SAFETY: `new` took this block with this layout; its owner is gone.
                unsafe { dealloc(self.base(), Layout::from_size_align_unchecked(self.len, ALIGN)) }
            }
        }
    }

    /// The region: linear memory from address 0 to the end that the host has set.
    ///
    /// # Errors
    /// When the host has set none.
    pub fn reserve_region() -> Result<Reservation, Error> {
        match REGION_END.load(Ordering::Relaxed) {
            0 => Err(Error::Reserve {
                bytes: REGION_SIZE,
                reason: "the host has not set the region's end".into(),
            }),
            len => Ok(Reservation { base: 0, len }),
        }
    }
}

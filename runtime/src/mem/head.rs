//! The header of an object, as threads may look at it.
//!
//! ```text
//! local   count word written by one worker alone (plain stores), read by the collector
//! shared  changed by atomic operations on all 8 bytes, so that "alive and counted" is one test
//! ```
//! Relaxed loads and stores compile to plain moves, so local objects pay nothing.

use crate::sync::step;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::*};
use ultra_abi::layout::Header;
use ultra_abi::shape::*;

/// META of the upper half of a header.
pub const DEAD: u64 = (META_DEAD as u64) << 32;

/// The address of a header.
#[derive(Clone, Copy, Debug)]
pub struct Head(*mut u8);

impl Head {
    /// # Safety
    /// `at` must be the address of a cell in committed memory of the heap, for as long as the value is used.
    #[inline(always)]
    pub unsafe fn new(at: *mut u8) -> Head {
        Head(at)
    }

    #[inline(always)]
    pub fn ptr(self) -> *mut u8 {
        self.0
    }

    #[inline(always)]
    fn all(self) -> &'static AtomicU64 {
        // SAFETY: by the promise of `new` the header is readable and writable; it is 8-byte aligned.
        unsafe { AtomicU64::from_ptr(self.0.cast()) }
    }

    #[inline(always)]
    fn half(self, n: usize) -> &'static AtomicU32 {
        // SAFETY: as `all`.
        unsafe { AtomicU32::from_ptr(self.0.cast::<u32>().add(n)) }
    }

    #[inline(always)]
    pub fn rc(self) -> u32 {
        self.half(0).load(Relaxed)
    }

    /// Replaces the count word of a local object.
    #[inline(always)]
    pub fn set_rc(self, rc: u32) {
        self.half(0).store(rc, Relaxed);
    }

    #[inline(always)]
    pub fn meta(self) -> u32 {
        self.half(1).load(Relaxed)
    }

    /// Replaces META of an object that only this worker can reach.
    #[inline(always)]
    pub fn set_meta(self, meta: u32) {
        self.half(1).store(meta, Relaxed);
    }

    /// Count word in the lower half, META in the upper.
    #[inline(always)]
    pub fn word(self) -> u64 {
        self.all().load(Relaxed)
    }

    #[inline(always)]
    pub fn set_word(self, word: u64) {
        self.all().store(word, Release);
    }

    pub fn header(self) -> Header {
        let word = self.word();
        Header { rc: word as u32, meta: (word >> 32) as u32 }
    }

    #[inline]
    pub fn is_shared(self) -> bool {
        self.rc() & RC_SHARED != 0
    }

    #[inline]
    pub fn is_immortal(self) -> bool {
        self.rc() & RC_IMMORTAL != 0
    }

    /// One more reference to a shared object; immortals are left alone.
    #[inline]
    pub fn shared_inc(self) {
        step();
        if !self.is_immortal() {
            self.all().fetch_add(1, AcqRel);
        }
    }

    /// One reference less to a shared object: the header afterwards.
    #[inline]
    pub fn shared_dec(self) -> u64 {
        step();
        let old = self.all().fetch_sub(1, AcqRel);
        debug_assert!(old as u32 & RC_COUNT_MASK > 0, "a shared object is decremented below 0");
        old - 1
    }

    /// Counts a reference that a stack holds, if the object is shared, alive and counted
    /// by somebody: a stale word may refer to one that is about to be freed.
    #[inline]
    pub fn temporary_inc(self) -> bool {
        step();
        if crate::mutant::on("unconditional_increment") {
            self.all().fetch_add(1, AcqRel);
            return true;
        }
        let mut old = self.word();
        loop {
            let rc = old as u32;
            if rc & RC_SHARED == 0 || rc & RC_IMMORTAL != 0 || rc & RC_COUNT_MASK == 0 || old & DEAD != 0 {
                return false;
            }
            match self.all().compare_exchange_weak(old, old + 1, AcqRel, Relaxed) {
                Ok(_) => return true,
                Err(now) => old = now,
            }
        }
    }

    /// Marks a shared object as dead if its count still is `count`: nobody can take a reference from now on.
    pub fn claim(self, count: u32) -> bool {
        step();
        let mut old = self.word();
        loop {
            if old as u32 & RC_COUNT_MASK != count || old & DEAD != 0 {
                return false;
            }
            match self.all().compare_exchange_weak(old, old | DEAD, AcqRel, Relaxed) {
                Ok(_) => return true,
                Err(now) => old = now,
            }
        }
    }

    /// Sets bits of a shared object's header: what it was before.
    #[inline]
    pub fn set(self, bits: u64) -> u64 {
        step();
        self.all().fetch_or(bits, AcqRel)
    }

    /// Clears bits of a shared object's header: what it was before.
    #[inline]
    pub fn clear(self, bits: u64) -> u64 {
        step();
        self.all().fetch_and(!bits, AcqRel)
    }
}

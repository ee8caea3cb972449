//! Deferred reference counts: barriers, the decrement log, scans, and their checks.
//!
//! References on stacks and in registers are not counted. A count is the number of
//! references from heap slots plus explicit external ones. Decrements are logged and
//! applied by a scan, which first pins what the stack refers to; so a store never
//! frees, and nothing that is in use can vanish under its user.

pub mod audit;
pub mod barrier;
pub mod destroy;
pub mod leak;
pub mod poll;
pub mod publish;
pub(crate) mod reap;
pub mod scan;
pub mod trace;

pub use barrier::{
    inc, inc_raw, inc_word, init_ref, init_word, log_dec, log_dec_word, store_ref, store_word, word_id,
};
pub use poll::{request_poll, throw_out_of_memory};

//! The contract between compiled code and the runtime: value tags, the flat structs
//! that compiled code touches, and the table of runtime functions that it calls.
//!
//! Everything here is data. Layouts, offsets, signatures and tests elsewhere expand
//! from these lists, so no other file writes a numeric field offset or a tag.
//! Invariants: `no_std`, no `unsafe`, no host pointer inside a heap struct.
#![no_std]

#[cfg(test)]
extern crate std;

pub mod layout;
pub mod rtfn;
pub mod shape;
pub mod value;

pub use layout::{FieldInfo, STRUCTS, StructId, StructInfo};
pub use rtfn::{Effects, RtFn, RtSig};
pub use value::{Kind, RtTy};

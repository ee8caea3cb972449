//! Specialisation: from dynamic functions to typed code, once per (function, argument types).
//!
//! ```text
//! program ── infer ──> types of values, cells, specialisations     (whole program, to a fixpoint)
//!         ── layout ─> ClassData: offsets, kinds, maps             (once, when types are final)
//!         ── lower ──> typed Func                                  (per specialisation, on first call)
//! ```

pub mod acyclic;
pub mod builtins;
pub mod early;
pub mod escape;
pub mod infer;
pub mod layout;
pub mod lower;
pub mod plan;
pub mod share;
pub mod ty;
pub mod world;

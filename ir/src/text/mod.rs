//! The text form of modules and functions: written for dumps, read for tests.
//!
//! Both directions derive from the op table, so a new operation needs nothing here.
//!
//! ```text
//! str str0 = "name"
//! sig sig0 = (i32, ref) -> f64
//! global global0 = 70000000
//! class class0 Point shape=64 size=24 depth=0 leaf { x: f64 @8, y: f64 @16 immutable }
//! class class1 Point3 extends class0 shape=65 size=32 depth=1 { z: f64 @24 }
//! decl fn0 helper(i32) -> i32 cell=0 nothrow
//! func fn1 main(i32, f64) -> f64 cell=1 {
//! block0(v0: i32, v1: f64):
//!     v2: i32 = iconst 10
//!     v3 = icmp.slt v0, v2
//!     branch v3, block1(v1), block2
//! block1(v4: f64):
//!     return v4
//! block2 cold:
//!     v5: i32 = call fn0(v0)
//!     v6: f64 = s_to_f v5
//!     return v6
//! }
//! ```
//! A result carries its type where the op leaves it open. Fields are named by the
//! class that declares them (`class0.x`) or by their runtime struct (`Store.len`), so
//! that the text does not depend on field numbers. Value and block numbers survive
//! a round trip. What only the driver fills (literal words) is not part of the text.

pub mod filetest;
mod read;
mod write;

pub use filetest::run_filetest;
pub use read::{ParseError, parse_func, parse_module};
pub use write::{func_to_string, module_to_string};

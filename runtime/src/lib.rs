//! The runtime that compiled programs call.
pub mod convert;

//! Arithmetic and conversions against Rust.

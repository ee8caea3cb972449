//! Memory operations.

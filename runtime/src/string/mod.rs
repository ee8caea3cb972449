//! Strings: immediate, flat and sliced words, and the algorithms on them.

pub mod atoms;
pub mod chars;
pub mod concat;
pub mod heap;
pub mod ops;

#[cfg(test)]
mod tests;

//! Arrays: an object with a contiguous store of one element kind.

pub mod ops;
pub mod sort;
pub mod store;
pub mod typed;

#[cfg(test)]
mod tests;

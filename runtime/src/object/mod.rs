//! Values and objects: access to the heap, typed slots, tables, properties.

pub mod bigint;
pub mod cx;
pub mod dynamic;
pub mod property;
pub mod slot;
pub mod symbol;
pub mod table;
pub mod value;

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

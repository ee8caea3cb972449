//! The `ultra` compiler as a library: source text to checked, lowered and running programs.

pub mod diag;
pub mod source;
pub mod syntax;
pub mod program;
pub mod spec;

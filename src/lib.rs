//! The `ultra` compiler as a library: source text to checked, lowered and running programs.

pub mod check;
pub mod cmd;
pub mod diag;
pub mod driver;
pub mod host;
pub mod library;
pub mod lower;
pub mod modules;
pub mod program;
pub mod resolve;
pub mod source;
pub mod spec;
pub mod syntax;

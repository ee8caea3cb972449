//! Conversions between numbers and text, on slices: nothing here touches the heap.
//!
//! `number` writes doubles as ECMA-262 prints them, `parse` reads text by the
//! grammars of `Number(string)`, `parseInt` and `parseFloat`, `int` narrows and
//! saturates. The heap's strings enter as `Chars`.

pub mod int;
pub mod number;
pub mod parse;

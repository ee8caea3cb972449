//! Built-in objects that need the runtime: Math and JSON.

pub mod json;
pub mod json_parse;
pub mod math;

//! Which Unicode properties `\p{...}` may name.
//!
//! The tables belong to the library that executes regular expressions; asking it keeps the early
//! error and the execution in step.

/// Whether `Name` or `Name=Value` is a property that ECMA-262 knows, one of characters.
pub(super) fn is_known(text: &str) -> bool {
    regress::Regex::with_flags(&format!("\\p{{{text}}}"), "u").is_ok()
}

//! The `ultra` command.

fn main() {}

//! The `ultra` compiler as a library: source text to checked, lowered and running programs.

//! Machine-code and WebAssembly backends.

pub mod wasm;

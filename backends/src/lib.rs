//! Machine-code and WebAssembly backends.
//!
//! `x64` turns a typed-dialect function into bytes, relocations and tables; it is a
//! pure function without `unsafe`. `exec` owns executable memory and everything that
//! runs: entry, lazy compilation, unwinding and stack walks. `wasm` turns a module into
//! one WebAssembly module, also without `unsafe`.

pub mod exec;
pub mod wasm;
pub mod x64;

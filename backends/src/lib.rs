//! Machine-code and WebAssembly backends.

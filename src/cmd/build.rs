//! `ultra build`: compiles a program to a WebAssembly module.

use std::path::Path;

use crate::driver::{self, Failure, Options};
use crate::source::SourceFile;
use crate::syntax::Dialect;

/// Writes the module beside the program, with the extension `wasm`, or to `output`.
pub fn build(file: &SourceFile, dialect: Dialect, options: &Options, output: Option<&Path>) -> u8 {
    let bytes = match driver::build_wasm(file, dialect, options) {
        Ok(bytes) => bytes,
        Err(Failure::Diagnostics(text)) => {
            eprint!("{text}");
            return 1;
        }
        Err(Failure::Setup(message)) => {
            eprintln!("ultra: {message}");
            return 1;
        }
    };
    let beside = Path::new(file.path()).with_extension("wasm");
    let path = output.unwrap_or(&beside);
    match std::fs::write(path, bytes) {
        Ok(()) => 0,
        Err(e) => {
            eprintln!("ultra: cannot write '{}': {e}", path.display());
            1
        }
    }
}

//! `ultra run`: compiles and runs a program.

use crate::driver::{self, Failure, Options};
use crate::source::SourceFile;
use crate::syntax::Dialect;

pub fn run(file: &SourceFile, dialect: Dialect, options: &Options) -> u8 {
    match driver::run(file, dialect, options) {
        Ok(status) => status as u8,
        Err(Failure::Diagnostics(text)) => {
            eprint!("{text}");
            1
        }
        Err(Failure::Setup(message)) => {
            eprintln!("ultra: {message}");
            1
        }
    }
}

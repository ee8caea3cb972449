//! `ultra check`: reports what is wrong with a program and runs nothing.

use crate::driver::{self, Options};
use crate::source::SourceFile;
use crate::syntax::Dialect;

pub fn check(file: &SourceFile, dialect: Dialect, options: &Options) -> u8 {
    let (text, failed) = driver::check(file, dialect, options.color);
    eprint!("{text}");
    failed as u8
}

//! The text form of the IR, the verifier and single passes: one test per file of
//! `tests/ir` and `tests/opt`, run by the reader that `ultra-ir` has for them.

use super::{file_name, files, trial};
use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    let mut out = Vec::new();
    for directory in ["ir", "opt"] {
        for path in files(&format!("tests/{directory}"), &["filetest"]) {
            let name = format!("{directory}/{}", file_name(&path));
            out.push(trial(name, move || ultra_ir::text::run_filetest(&path)));
        }
    }
    out
}

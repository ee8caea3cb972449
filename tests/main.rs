//! All integration tests, in one binary: each data file under `tests/` becomes a test.
//!
//! ```text
//! tests/run, examples   programs x modes      suite/run.rs      expected: NAME.out, pending.txt
//! tests/fail            programs that fail    suite/fail.rs     expected: NAME.err
//! tests/ir, tests/opt   IR and passes         suite/filetest.rs expected: in the file
//! (no data)             the command           suite/cli.rs      expected: in the test
//! tests/parse           trees, diagnostics    suite/parse.rs    expected: NAME.tree
//! (generated)           broken programs       suite/mutate.rs   an answer in time
//! (outside)             parser conformance    suite/judge.rs    see there
//! tests/check           diagnostics          suite/check.rs    expected: NAME.out; run programs clean
//! docs/language.md      examples             suite/language.rs expected: in the document
//! docs                  tables and names      suite/docs.rs     expected: the document
//! ```
//! Tests are independent processes or pure functions, so they run in parallel. Environment:
//! `ULTRA_BLESS=1` rewrites expectations and prints what changed, `ULTRA_FULL=1` runs every
//! program in every mode, `ULTRA_SEED=N` chooses another sample of modes.

mod suite;

use libtest_mimic::Arguments;

fn main() -> std::process::ExitCode {
    let args = Arguments::from_args();
    let mut trials = suite::run::trials();
    trials.extend(suite::fail::trials());
    trials.extend(suite::filetest::trials());
    trials.extend(suite::check::trials());
    trials.extend(suite::docs::trials());
    trials.extend(suite::cli::trials());
    trials.extend(suite::judge::trials());
    trials.extend(suite::memory::trials());
    trials.extend(suite::mutate::trials());
    trials.extend(suite::parse::trials());
    trials.extend(suite::language::trials());
    libtest_mimic::run(&args, trials).exit_code()
}

//! Optimisation passes over the typed dialect.
//!
//! A pass is a function `run(&mut Func, &Module) -> bool` (whether it changed anything) in
//! a file of its own that does one thing. `optimize` is the list of what runs, in order.
//! Every pass leaves a function that the verifier accepts; debug builds check that.

pub mod barrier;
pub mod checks;
pub mod cleanup;
pub mod copy;
pub mod dce;
pub mod edit;
pub mod effects;
pub mod expand;
pub mod guard;
pub mod gvn;
pub mod inline;
pub mod intrep;
pub mod layout;
pub mod licm;
pub mod localize;
pub mod rangefold;
pub mod rotate;
pub mod scalar;
pub mod sccp;
pub mod simplify;
pub mod sink;
pub mod split;
pub mod ssa;

use crate::verify::{Dialect, verify};
use crate::{Func, Module};
use std::time::Instant;

/// How much work to spend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OptLevel {
    /// Nothing but what code generation needs.
    None,
    Full,
}

/// What runs, and under which limits.
#[derive(Clone, Debug)]
pub struct Options {
    pub level: OptLevel,
    /// Run the verifier after each pass.
    pub verify: bool,
}

impl Options {
    /// The options of a level; the verifier runs in debug builds.
    pub fn new(level: OptLevel) -> Options {
        Options { level, verify: cfg!(debug_assertions) }
    }
}

/// One pass.
#[derive(Clone, Copy)]
pub struct Pass {
    pub name: &'static str,
    pub run: fn(&mut Func, &Module) -> bool,
}

macro_rules! passes {
    ($($name:literal = $run:path;)*) => {
        /// Every pass by name, for tests and dumps.
        pub const PASSES: &[Pass] = &[ $( Pass { name: $name, run: $run } ),* ];
    };
}

passes! {
    "cleanup" = cleanup::run;
    "sccp" = sccp::run;
    "gvn" = gvn::run;
    "dce" = dce::run;
    "guard" = guard::run;
    "intrep" = intrep::run;
    "rangefold" = rangefold::run;
    "expand" = expand::run;
    "rotate" = rotate::run;
    "split" = split::run;
    "licm" = licm::run;
    "checks" = checks::run;
    "scalar" = scalar::run;
    "barrier" = barrier::run;
    "sink" = sink::run;
    "localize" = localize::run;
    "layout" = layout::run;
}

/// The pass with a name.
pub fn pass(name: &str) -> Option<Pass> {
    PASSES.iter().copied().find(|p| p.name == name)
}

/// Sees a function around each pass: for dumps and for time by name.
pub trait Hook {
    fn before(&mut self, _pass: &'static str, _f: &Func) {}
    fn after(&mut self, _pass: &'static str, _f: &Func, _changed: bool, _nanos: u64) {}
}

/// A hook that does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHook;

impl Hook for NoHook {}

/// The sequence that `optimize` runs at the full level.
pub const PIPELINE: &[&str] = &[
    // Tidy up what lowering and inlining left.
    "cleanup",
    "sccp",
    "cleanup",
    "gvn",
    "dce",
    "cleanup",
    // Objects that nobody else sees, and barriers of the others.
    "scalar",
    "barrier",
    "cleanup",
    "gvn",
    "dce",
    // Whole numbers that come in as doubles.
    "guard",
    // Integers out of doubles, then what ranges decide.
    "intrep",
    "gvn",
    "dce",
    "rangefold",
    "sccp",
    "cleanup",
    "dce",
    // What stayed a remainder of doubles.
    "expand",
    // Loops: test at the bottom, invariants out, and what that uncovered.
    "rotate",
    "cleanup",
    "split",
    "licm",
    "cleanup",
    "gvn",
    "rangefold",
    "cleanup",
    "licm",
    "gvn",
    "dce",
    "cleanup",
    "checks",
    "cleanup",
    "gvn",
    "dce",
    "sink",
    "localize",
    "layout",
];

/// Optimises one function. Panics in debug builds when a pass breaks an invariant of the IR,
/// with the text of the function before and after.
pub fn optimize(f: &mut Func, m: &Module, options: &Options, hook: &mut dyn Hook) {
    if options.level == OptLevel::None {
        run_pass(f, m, "cleanup", options, hook);
        return;
    }
    for name in PIPELINE {
        run_pass(f, m, name, options, hook);
    }
}

/// Runs one pass by name, timed, with the hook around it; whether it changed anything.
pub fn run_pass(
    f: &mut Func,
    m: &Module,
    name: &'static str,
    options: &Options,
    hook: &mut dyn Hook,
) -> bool {
    let Some(pass) = pass(name) else { panic!("no pass is called {name}") };
    hook.before(name, f);
    let old = options.verify.then(|| f.clone());
    let start = Instant::now();
    let changed = (pass.run)(f, m);
    let nanos = start.elapsed().as_nanos() as u64;
    if let Some(old) = old
        && let Err(e) = verify(f, m, Dialect::Typed)
    {
        let text = |f: &Func| crate::text::func_to_string(f, m);
        panic!("{name} broke a rule: {e}\nbefore:\n{}\nafter:\n{}", text(&old), text(f));
    }
    hook.after(name, f, changed, nanos);
    changed
}

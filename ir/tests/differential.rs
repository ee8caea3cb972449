//! Random functions before and after each pass and the pipeline, compared by the oracle.
//! `ULTRA_FUZZ_CASES` sets the number of functions, `ULTRA_FUZZ_SEED` the first seed,
//! `ULTRA_FUZZ_PASS` restricts the test to one pass.

use std::panic::{AssertUnwindSafe, catch_unwind};
use ultra_ir::pass::inline::{InlineOptions, inline};
use ultra_ir::pass::{NoHook, OptLevel, Options, PASSES, optimize, run_pass};
use ultra_ir::testing::{Case, Config, generate, run};
use ultra_ir::text::{func_to_string, module_to_string, parse_module};
use ultra_ir::verify::{Dialect, verify};
use ultra_ir::{Func, FuncId};

const FUEL: u64 = 60_000;

fn env(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|s| s.parse().ok()).unwrap_or(default)
}

fn body(case: &Case) -> &Func {
    case.module.bodies[case.main].as_ref().expect("generated")
}

/// Runs `change` on the main function and compares what can be seen on a few inputs.
fn compare(case: &Case, what: &str, change: impl FnOnce(&mut Func)) {
    let old = body(case);
    let mut new = old.clone();
    let text = |f: &Func| func_to_string(f, &case.module);
    if catch_unwind(AssertUnwindSafe(|| change(&mut new))).is_err() {
        panic!("seed {}: {what} panicked on\n{}", case.seed, module_to_string(&case.module));
    }
    if let Err(e) = verify(&new, &case.module, Dialect::Typed) {
        panic!("seed {}: {what}: {e}\n{}\n{}", case.seed, text(old), text(&new));
    }
    for input in 0..4 {
        let before = run(&case.module, old, FUEL, case.seed * 7 + input);
        if !before.is_valid() {
            assert!(
                !matches!(before.exit, Err(ultra_ir::interp::Exit::Trap(_))),
                "seed {}: the generator made a trap: {:?}\n{}",
                case.seed,
                before.exit,
                text(old)
            );
            continue;
        }
        let after = run(&case.module, &new, FUEL * 8, case.seed * 7 + input);
        assert!(
            before.same(&after),
            "seed {} input {input}: {what} changed the result\n{before:#?}\n{after:#?}\n{}\n{}",
            case.seed,
            module_to_string(&case.module),
            text(&new)
        );
    }
}

#[test]
fn passes_keep_what_can_be_seen() {
    let first = env("ULTRA_FUZZ_SEED", 1);
    let only = std::env::var("ULTRA_FUZZ_PASS").ok();
    let options = Options { verify: false, ..Options::new(OptLevel::Full) };
    for seed in first..first + env("ULTRA_FUZZ_CASES", 150) {
        let case = generate(seed, &Config::default());
        verify(body(&case), &case.module, Dialect::Typed)
            .unwrap_or_else(|e| panic!("seed {seed}: generator: {e}"));
        for p in PASSES {
            if only.as_deref().is_none_or(|o| o == p.name) {
                compare(&case, p.name, |f| {
                    run_pass(f, &case.module, p.name, &options, &mut NoHook);
                });
            }
        }
        let inlined = |f: &mut Func| {
            inline(
                f,
                case.main,
                &case.module,
                &|id| case.module.bodies[id].as_ref(),
                &InlineOptions::default(),
            );
        };
        if only.as_deref().is_none_or(|o| o == "inline") {
            compare(&case, "inline", inlined);
        }
        if only.as_deref().is_none_or(|o| o == "all") {
            compare(&case, "inline and the pipeline", |f| {
                inlined(f);
                optimize(f, &case.module, &Options::new(OptLevel::Full), &mut NoHook);
            });
            compare(&case, "the pipeline", |f| {
                optimize(f, &case.module, &Options::new(OptLevel::Full), &mut NoHook)
            });
        }
    }
}

/// A generator whose programs all ran out of fuel, or all threw at once, would test nothing.
#[test]
fn most_programs_return() {
    let (mut returned, mut threw, mut steps) = (0, 0, 0);
    for seed in 1..=200 {
        let case = generate(seed, &Config::default());
        let o = run(&case.module, body(&case), FUEL, seed);
        returned += o.exit.is_ok() as u32;
        threw += matches!(o.exit, Err(ultra_ir::interp::Exit::Throw(_))) as u32;
        steps += o.steps;
    }
    println!("{returned} returned, {threw} threw, {steps} instructions");
    assert!(
        returned >= 120 && threw >= 5 && steps > 20_000,
        "{returned} returned, {threw} threw, {steps} instructions"
    );
}

#[test]
fn text_round_trips() {
    for seed in 1..100 {
        let case = generate(seed, &Config::default());
        let text = module_to_string(&case.module);
        let again = parse_module(&text).unwrap_or_else(|e| panic!("seed {seed}: {e}\n{text}"));
        assert!(module_to_string(&again) == text, "seed {seed}");
        assert!(again.bodies[FuncId(0)].is_some());
    }
}

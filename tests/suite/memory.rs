//! Programs that run out of memory.
//!
//! `tests/memory/limit_*`: programs whose first line is `// limit SIZE`; they meet that heap
//! limit, catch the error and go on, with the expected output and nothing alive at exit.
//!
//! Failing allocations: each of the chosen programs of `tests/run` is run once for every
//! allocation that it makes, with that one failing. The program may end only by an exception
//! or as if nothing had been, and nothing may be alive afterwards. By default an evenly
//! spread sample of each program's allocations fails; with `ULTRA_FULL=1` every one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use libtest_mimic::Trial;

use super::process::{End, Outcome, ultra};
use super::{difference, file_name, files, flag, read, root, trial};

const LIMIT: Duration = Duration::from_secs(60);
/// Allocations of each program that fail unless all do.
const SAMPLE: u64 = 12;
/// What `--mem-stats` prints before the number of allocations that could have failed.
const COUNT: &str = "could have failed";

/// Programs of `tests/run` that between them use every kind of allocation.
const CHOSEN: [&str; 24] = [
    "a_arrays_higher.ts",
    "a_class_inherit.ts",
    "a_closures_mutated.ts",
    "a_defaults_rest.ts",
    "a_exceptions.ts",
    "a_linked_list.ts",
    "a_strings_methods.ts",
    "a_strings_slices_alive.ts",
    "a_typed_arrays.uts",
    "b_any_dynamic.ts",
    "b_arrays_sort.ts",
    "b_bigint_symbols.ts",
    "b_destructuring_objects.ts",
    "b_forin_delete.ts",
    "b_iteration_protocol.ts",
    "b_map_during_iteration.ts",
    "b_objects_dynamic.ts",
    "b_set_algebra.ts",
    "b_string_build.ts",
    "c_inspect_collections.ts",
    "c_json_round_trip.ts",
    "c_weak_map.ts",
    "c_console_table.ts",
    "c_to_primitive.ts",
];

pub fn trials() -> Vec<Trial> {
    let limited = files("tests/memory", &["uts"]).into_iter().flat_map(|path| {
        ["-O0", ""].map(|level| {
            let path = path.clone();
            trial(format!("memory/{} [O{}]", file_name(&path), level.trim_start_matches("-O")), move || {
                check_limited(&path, level)
            })
        })
    });
    let failing =
        CHOSEN.into_iter().map(|name| trial(format!("memory/failalloc/{name}"), move || check_failing(name)));
    limited.chain(failing).collect()
}

fn run(path: &Path, options: &[&str], env: &[(&str, &str)]) -> Result<Outcome, String> {
    let file = file_name(path);
    let mut args = vec!["--check-leaks"];
    args.extend(options.iter().filter(|option| !option.is_empty()));
    args.push(&file);
    ultra(&args, path.parent().unwrap_or(Path::new(".")), env, LIMIT)
}

fn check_limited(path: &Path, level: &str) -> Result<(), String> {
    let text = read(path).unwrap_or_default();
    let limit = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("// limit "))
        .ok_or("the first line must be `// limit SIZE`")?;
    let outcome = run(path, &[level], &[("ULTRA_HEAP_LIMIT", limit)])?;
    let expected = read(&path.with_extension("out")).ok_or("the expected output is missing")?;
    if outcome.end != End::Exit(0) {
        return Err(format!("{}: {}", outcome.end, outcome.first_errors()));
    }
    if outcome.stdout != expected {
        return Err(format!("the output differs\n{}", difference(&expected, &outcome.stdout)));
    }
    Ok(())
}

fn check_failing(name: &str) -> Result<(), String> {
    let path: PathBuf = root("tests/run").join(name);
    let zeal = |n: u64| format!("failalloc={n}");
    // One that is never reached shows how many there are.
    let whole = run(&path, &["--mem-stats"], &[("ULTRA_ZEAL", &zeal(u32::MAX.into()))])?;
    let count: u64 = whole
        .stderr
        .lines()
        .find_map(|line| line.strip_prefix(COUNT)?.trim().parse().ok())
        .ok_or_else(|| format!("{}: no number of allocations: {}", whole.end, whole.first_errors()))?;
    if count == 0 {
        return Err("no allocation can fail".into());
    }
    let step = if flag("ULTRA_FULL") { 1 } else { count.div_ceil(SAMPLE) };
    for n in (1..=count).step_by(step as usize) {
        let outcome = run(&path, &[], &[("ULTRA_ZEAL", &zeal(n))])?;
        let clean = matches!(outcome.end, End::Exit(0 | 1)) && !outcome.stderr.contains("panicked");
        if !clean {
            return Err(format!("failalloc={n} of {count}: {}: {}", outcome.end, outcome.first_errors()));
        }
    }
    Ok(())
}

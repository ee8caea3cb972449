//! Filetests: one file holds a module, what to do with it, and what must come out.
//!
//! ```text
//! ; test gvn dce            passes by name, or `print`, `verify`, `inline`, `optimize`
//! ; run 30                  optional: arguments for the last function, run before and after
//! <module text>
//! ; check
//! <expected output>
//! ```
//! The output is the text of every function (for `verify`, the error). With `run` it also
//! has the result and the number of instructions executed by the oracle before and after,
//! so that the effect of a pass is pinned. `ULTRA_BLESS=1` rewrites the expectation and
//! prints the difference.

use super::{func_to_string, module_to_string, parse_module};
use crate::ids::*;
use crate::interp::{Observed, observe};
use crate::pass::inline::{InlineOptions, inline};
use crate::pass::{NoHook, OptLevel, Options, PASSES, optimize, run_pass};
use crate::verify::{Dialect, verify};
use crate::{Module, Ty};
use std::fmt::Write;
use std::path::Path;

const MARK: &str = "; check\n";

/// Runs one filetest. The error says what differs.
pub fn run_filetest(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let (input, expected) = text.split_once(MARK).unwrap_or((&text, ""));
    let actual = run(input).map_err(|e| format!("{}: {e}", path.display()))?;
    if actual == expected {
        return Ok(());
    }
    let diff = difference(expected, &actual);
    if std::env::var_os("ULTRA_BLESS").is_some() {
        println!("{}\n{diff}", path.display());
        let mut input = input.to_string();
        if !input.ends_with('\n') {
            input.push('\n');
        }
        return std::fs::write(path, format!("{input}{MARK}{actual}"))
            .map_err(|e| format!("{}: {e}", path.display()));
    }
    Err(format!("{}:\n{diff}", path.display()))
}

/// The output of a filetest's input.
pub fn run(input: &str) -> Result<String, String> {
    let header = |key: &str| input.lines().find_map(|l| l.strip_prefix(key)).map(str::trim);
    let steps: Vec<&str> = header("; test ").ok_or("no `; test` line")?.split_whitespace().collect();
    let mut m = parse_module(input).map_err(|e| e.to_string())?;
    let mut out = String::new();
    if steps == ["print"] {
        return Ok(module_to_string(&m));
    }
    for f in m.bodies.values().flatten() {
        if let Err(e) = verify(f, &m, if steps == ["verify"] { Dialect::Any } else { Dialect::Typed }) {
            if steps == ["verify"] {
                let _ = writeln!(out, "{e}");
                continue;
            }
            return Err(e.to_string());
        }
    }
    if steps == ["verify"] {
        return Ok(out);
    }
    let before = header("; run").map(|args| observed(&m, args)).transpose()?;
    for id in m.funcs.ids() {
        let Some(mut f) = m.bodies[id].clone() else { continue };
        for step in &steps {
            apply(&mut f, id, &m, step)?;
        }
        verify(&f, &m, Dialect::Typed).map_err(|e| format!("{e}\n{}", func_to_string(&f, &m)))?;
        out.push_str(&func_to_string(&f, &m));
        m.bodies[id] = Some(f);
    }
    if let Some(before) = before {
        let after = observed(&m, header("; run").unwrap_or(""))?;
        if !before.same(&after) {
            return Err(format!("the result changed: {before:?} {after:?}"));
        }
        let _ = writeln!(out, "; result {}", after.heap.replace('\n', " "));
        let _ = writeln!(
            out,
            "; instructions {} -> {}, objects {} -> {}",
            before.steps, after.steps, before.allocations, after.allocations
        );
    }
    Ok(out)
}

fn apply(f: &mut crate::Func, id: FuncId, m: &Module, step: &str) -> Result<(), String> {
    let options = Options::new(OptLevel::Full);
    match step {
        "optimize" => optimize(f, m, &options, &mut NoHook),
        "inline" => {
            inline(f, id, m, &|id| m.bodies[id].as_ref(), &InlineOptions::default());
        }
        name => match PASSES.iter().find(|p| p.name == name) {
            Some(p) => {
                run_pass(f, m, p.name, &options, &mut NoHook);
            }
            None => return Err(format!("unknown pass {name}")),
        },
    }
    Ok(())
}

/// Runs the last function that has a body.
fn observed(m: &Module, args: &str) -> Result<Observed, String> {
    let last = m.funcs.ids().rev().find(|&id| m.bodies[id].is_some()).ok_or("no function")?;
    let Some(f) = m.bodies[last].as_ref() else { return Err("no function".into()) };
    let words: Vec<&str> = args.split_whitespace().collect();
    if words.len() != f.params.len() {
        return Err(format!("{} arguments for {:?}", words.len(), f.params));
    }
    let number = |w: &str| w.parse::<f64>().map_err(|_| format!("bad argument {w}"));
    let mut bits = Vec::new();
    for (w, ty) in words.iter().zip(&f.params) {
        bits.push(match ty {
            Ty::F64 => number(w)?.to_bits(),
            Ty::I32 => number(w)? as i32 as u32 as u64,
            Ty::I64 => number(w)? as i64 as u64,
            Ty::Bool => (number(w)? != 0.0) as u64,
            ty => return Err(format!("no argument of type {}", ty.name())),
        });
    }
    let o = observe(m, f, 50_000_000, &|_| bits.clone());
    if o.is_valid() { Ok(o) } else { Err(format!("the run failed: {:?}", o.exit)) }
}

/// Lines that differ, by the longest common head and tail.
fn difference(old: &str, new: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let most = (a.len() - head).min(b.len() - head);
    let tail = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(x, y)| x == y).count();
    let mut out = format!("@ line {} of the expectation\n", head + 1);
    for l in &a[head..a.len() - tail] {
        let _ = writeln!(out, "-{l}");
    }
    for l in &b[head..b.len() - tail] {
        let _ = writeln!(out, "+{l}");
    }
    out
}

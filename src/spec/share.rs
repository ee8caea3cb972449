//! How much of a program inference leaves to run time: `--dump=inference`.
//!
//! Counted are the operations whose code depends on a type: operators, tests, properties, elements,
//! calls. One is *open* when that type is `any` (or names no single layout), so that it becomes a
//! call of the runtime or a test of tags; what an operation results in does not matter to it. Each
//! counts once, and once more by how often its block is expected to run for one run of its function
//! (`ultra_ir::analysis::freq`: 8 times per loop).
//!
//! Counts are over specialisations, since each has code of its own; unreachable blocks have none.

use std::fmt::Write;

use ultra_ir::analysis::{cfg::Cfg, cfg::DomTree, freq::frequencies, loops::LoopForest};
use ultra_ir::{Func, InstData, Op, StrId, Ty, Value};

use super::infer::{CallPlan, GetPlan, call_plan, get_plan};
use super::layout::function_name;
use super::ty::{NULLISH, Obj, T};
use super::world::{SpecId, World};

/// How many operations there are, and how many of them are open.
#[derive(Clone, Copy, Default, Debug)]
struct Count {
    all: u32,
    open: u32,
    all_weight: f64,
    open_weight: f64,
    in_loops: u32,
    open_in_loops: u32,
}

impl Count {
    fn add(&mut self, other: Count) {
        self.all += other.all;
        self.open += other.open;
        self.all_weight += other.all_weight;
        self.open_weight += other.open_weight;
        self.in_loops += other.in_loops;
        self.open_in_loops += other.open_in_loops;
    }

    fn line(&self, name: &str) -> String {
        let percent = |open: f64, all: f64| if all == 0.0 { 0.0 } else { 100.0 * open / all };
        format!(
            "{name}: {} of {} operations any, {:.1} %; weighted {:.1} %; in loops {} of {}",
            self.open,
            self.all,
            percent(f64::from(self.open), f64::from(self.all)),
            percent(self.open_weight, self.all_weight),
            self.open_in_loops,
            self.in_loops,
        )
    }
}

/// A line per specialisation with its open operations, those with most of them first, and the sum.
pub fn report(w: &World) -> String {
    let mut rows: Vec<(SpecId, Count)> =
        w.specs.ids().map(|s| (s, count(w, s))).filter(|r| r.1.all > 0).collect();
    rows.sort_by(|a, b| b.1.open_weight.total_cmp(&a.1.open_weight).then(a.0.cmp(&b.0)));
    let mut sum = Count::default();
    let mut own = Count::default();
    let mut out = String::new();
    for (s, c) in &rows {
        sum.add(*c);
        let name = function_name(w, w.specs[*s].func);
        if !crate::library::is_library(&name) {
            own.add(*c);
        }
        let _ = writeln!(out, "{}", c.line(&format!("{s} {name}")));
    }
    let _ = writeln!(out, "{}", own.line("program"));
    let _ = writeln!(out, "{}", sum.line("with library"));
    out
}

fn count(w: &World, s: SpecId) -> Count {
    let spec = &w.specs[s];
    let body = &w.prog.fns[spec.func].body;
    let mut out = Count::default();
    if body.layout.is_empty() {
        return out;
    }
    let cfg = Cfg::new(body);
    let dom = DomTree::new(body, &cfg);
    let loops = LoopForest::new(body, &cfg, &dom);
    let freq = frequencies(body, &cfg, &loops);
    for &block in body.layout.iter().filter(|&&b| spec.reachable[b]) {
        let weight = f64::from(freq[block]);
        let looped = u32::from(loops.depth(block) > 0);
        for &inst in &body.blocks[block].insts {
            let Some(open) = is_open(w, s, body, &body.insts[inst]) else { continue };
            let open = u32::from(open);
            out.add(Count {
                all: 1,
                open,
                all_weight: weight,
                open_weight: weight * f64::from(open),
                in_loops: looped,
                open_in_loops: looped & open,
            });
        }
    }
    out
}

/// Whether an operation is left to run time; none for those that depend on no type.
fn is_open(w: &World, s: SpecId, body: &Func, d: &InstData) -> Option<bool> {
    let ty = |v: Value| w.specs[s].types[v];
    let first = |d: &InstData| body.values_of(d.list()).next().map_or(T::ANY, ty);
    Some(match d.op {
        Op::JsUnary | Op::JsTruthy | Op::JsToStr | Op::JsToNumeric => is_any(ty(d.arg_a())),
        Op::JsBinary => {
            let (a, b) = (ty(d.arg_a()), ty(d.arg_b()));
            // Comparisons with null and undefined need no type.
            !a.is_unit() && !b.is_unit() && (is_any(a) || is_any(b))
        }
        Op::JsGet => {
            let o = ty(d.arg_a());
            !o.is_bottom() && matches!(get_plan(w, o, StrId(d.b)), GetPlan::Dyn)
        }
        Op::JsSet => is_unknown(ty(d.arg_a())),
        Op::JsElemGet | Op::JsElemSet => is_unknown(ty(d.arg_a())) || is_any(ty(d.arg_b())),
        Op::JsDelete | Op::JsApply | Op::JsNewApply => is_unknown(ty(d.arg_a())),
        Op::JsCall | Op::JsNew => is_unknown(first(d)),
        Op::JsCallMethod => {
            let o = first(d);
            !o.is_bottom() && matches!(call_plan(w, o, StrId(d.a)), CallPlan::Dyn)
        }
        Op::JsIter | Op::JsIterMore | Op::JsIterValue | Op::JsIterNext => is_unknown(ty(d.arg_a())),
        _ => return None,
    })
}

/// Whether a value is kept with a tag.
fn is_any(t: T) -> bool {
    !t.is_bottom() && !t.is_unit() && t != T::BIG && t.rep() == Ty::Any
}

/// Whether a value is of no class, array or function in particular.
fn is_unknown(t: T) -> bool {
    let base = t.without(NULLISH);
    !base.is_bottom() && (is_any(base) || matches!(base.obj, Obj::Any | Obj::Func))
}

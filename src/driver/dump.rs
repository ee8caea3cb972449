//! `--dump=...`: what each stage produced, on stderr (on stdout for tokens and tree).

use std::fmt::Write;

use ultra_ir::pass::Hook;
use ultra_ir::text::func_to_string;
use ultra_ir::{Func, Module};

use super::{Options, Timing};
use crate::program::Program;
use crate::source::SourceFile;
use crate::spec::layout::function_name;
use crate::spec::ty::{Obj, T};
use crate::spec::world::World;
use crate::syntax::{Dialect, Interner, dump_ast, dump_tokens, parse};

/// A stage to show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Dump {
    Tokens,
    Ast,
    /// Dynamic functions, before types.
    Dynamic,
    Types,
    /// The share of operations that inference leaves open.
    Inference,
    /// Typed functions when they are compiled.
    Ir,
    /// Typed functions after a pass.
    IrPass(String),
    Asm,
}

impl Dump {
    pub const NAMES: &'static str = "tokens, ast, js, types, inference, ir, ir:PASS, asm";

    /// Reads one name of the list.
    pub fn parse(text: &str) -> Option<Dump> {
        Some(match text {
            "tokens" => Dump::Tokens,
            "ast" => Dump::Ast,
            "js" => Dump::Dynamic,
            "types" => Dump::Types,
            "inference" => Dump::Inference,
            "ir" => Dump::Ir,
            "asm" => Dump::Asm,
            _ => Dump::IrPass(text.strip_prefix("ir:")?.to_string()),
        })
    }
}

/// Tokens and tree of the file.
pub fn front(file: &SourceFile, dialect: Dialect, options: &Options) -> Option<String> {
    let mut out = String::new();
    if options.dumps.contains(&Dump::Tokens) {
        out += &dump_tokens(file, dialect, &mut Interner::default());
    }
    if options.dumps.contains(&Dump::Ast) {
        let mut names = Interner::default();
        let parsed = parse(file, dialect, &mut names);
        out += &dump_ast(&parsed, &names);
    }
    (!out.is_empty()).then_some(out)
}

pub fn lowered(program: &Program, options: &Options) {
    if !options.dumps.contains(&Dump::Dynamic) {
        return;
    }
    let mut module = Module::new();
    module.strings = program.strings.table.clone();
    for f in program.fns.values() {
        if !crate::library::is_library(&program.strings.text(f.name)) {
            eprintln!("{}", func_to_string(&f.body, &module));
        }
    }
}

pub fn types(world: &World, options: &Options) {
    if options.dumps.contains(&Dump::Inference) {
        eprint!("{}", crate::spec::share::report(world));
    }
    if !options.dumps.contains(&Dump::Types) {
        return;
    }
    for s in world.specs.ids() {
        let spec = &world.specs[s];
        let key: Vec<String> = spec.key.iter().map(|t| type_text(world, *t)).collect();
        eprintln!(
            "{s} {}({}) -> {}",
            function_name(world, spec.func),
            key.join(", "),
            type_text(world, world.cell(spec.ret))
        );
    }
    for class in world.cls.ids() {
        let c = &world.cls[class];
        let fields: Vec<String> = c
            .fields
            .iter()
            .map(|f| format!("{}: {}", world.prog.strings.text(f.name), type_text(world, world.cell(f.cell))))
            .collect();
        eprintln!("{class} {} {{ {} }}", world.prog.strings.text(c.name), fields.join(", "));
    }
}

/// A type in words.
pub fn type_text(w: &World, t: T) -> String {
    use crate::spec::ty::*;
    if t == T::ANY {
        return "any".into();
    }
    let mut parts: Vec<String> = Vec::new();
    for (bit, name) in [
        (NUM, "number"),
        (LIT, "literal"),
        (F32, "float32"),
        (BOOL, "boolean"),
        (STR, "string"),
        (POS, "position"),
        (OTHER, "other"),
        (BIG, "bigint"),
    ] {
        if t.has(bit) {
            parts.push(name.into());
        }
    }
    for k in ultra_ir::Kind::ALL.iter().take(8) {
        if t.has(INT0 << *k as u32) {
            parts.push(k.name().into());
        }
    }
    if t.has(OBJ) {
        parts.push(match t.obj {
            Obj::Class(c) => {
                let name = w.prog.strings.text(w.cls[c].name);
                if name.is_empty() { format!("{{{c}}}") } else { name }
            }
            Obj::Arr(c) => format!("[{}]", cell_text(w, c)),
            Obj::Fn(f) => format!("fn {}", function_name(w, f)),
            Obj::ClassVal(d) => format!("class {}", w.prog.strings.text(w.prog.classes[d].name)),
            Obj::Global(g) => crate::spec::builtins::GLOBALS[g as usize].name.into(),
            Obj::Map(k, v) => format!("Map<{}, {}>", cell_text(w, k), cell_text(w, v)),
            Obj::Set(c) => format!("Set<{}>", cell_text(w, c)),
            Obj::Func => "function".into(),
            Obj::Typed(k) => format!("typed array of {}", k.name()),
            Obj::Any | Obj::None => "object".into(),
        });
    }
    if t.has(UNDEF) {
        parts.push("undefined".into());
    }
    if t.has(NULL) {
        parts.push("null".into());
    }
    if parts.is_empty() { "never".into() } else { parts.join(" | ") }
}

/// An element type; arrays in arrays are not followed, since types may be recursive.
fn cell_text(w: &World, c: crate::spec::ty::CellId) -> String {
    let t = w.cell(c);
    match t.obj {
        Obj::Arr(_) | Obj::Map(..) | Obj::Set(_) => "...".into(),
        _ => type_text(w, t),
    }
}

pub fn func(stage: &str, f: &Func, m: &Module, options: &Options) {
    let wanted = match stage {
        "final" => options.dumps.contains(&Dump::Ir),
        _ => options.dumps.contains(&Dump::IrPass(stage.into())),
    };
    if wanted && !crate::library::is_library(&f.name) {
        eprintln!("; {stage}\n{}", func_to_string(f, m));
    }
}

/// Times passes, and shows functions after those that were asked for.
pub struct PassHook<'a> {
    pub options: &'a Options,
    pub module: &'a Module,
    pub time: &'a mut Timing,
}

impl Hook for PassHook<'_> {
    fn after(&mut self, pass: &'static str, f: &Func, _changed: bool, nanos: u64) {
        self.time.add(pass, std::time::Duration::from_nanos(nanos));
        func(pass, f, self.module, self.options);
    }
}

/// Figures of the heap.
pub fn mem_stats(rt: &ultra_runtime::Runtime) -> String {
    let s = rt.mem_stats();
    let mut out = String::new();
    let _ = writeln!(out, "objects allocated {}", s.objects_allocated);
    let _ = writeln!(out, "bytes allocated   {}", s.bytes_allocated);
    let _ = writeln!(out, "objects freed     {}", s.objects_freed);
    let _ = writeln!(out, "peak bytes        {}", s.peak_bytes);
    let _ = writeln!(out, "decrements        {}", s.decrements);
    let _ = writeln!(out, "slow counts       {}", s.slow_counts);
    let _ = writeln!(out, "freed in cycles   {}", s.cyclic);
    let (time, longest) = (s.scan_time.as_secs_f64() * 1e3, s.longest_scan.as_secs_f64() * 1e3);
    let _ = writeln!(out, "scans             {} in {time:.3} ms, the longest {longest:.3} ms", s.scans);
    if let Some(n) = s.could_have_failed {
        let _ = writeln!(out, "could have failed {n}");
    }
    for class in &s.live {
        let _ = writeln!(out, "live at exit      {class:?}");
    }
    out
}

//! From a source file to a finished run: the one place that sees both the compiler
//! and the runtime.
//!
//! ```text
//! front end ─> Program ─> infer ─> layout          before anything runs
//! link:   classes -> shapes, scopes -> root objects, literals -> words
//! run:    main's cell -> lazy stub -> compile hook -> lower, optimise, emit, publish
//! ```
//! A function is compiled when it is first called. The compile hook is the only way
//! from generated code into the compiler; what the compiler cannot do there becomes
//! an exception of the program.

mod dump;
mod link;
mod timing;
mod trace;
mod wasm;

use std::rc::Rc;

use ultra_abi::shape::ErrorClass;
use ultra_backends::exec::{CodeSpace, Service, Stack, run_main};
use ultra_backends::x64;
use ultra_ir::{Func, FuncId, Table};
use ultra_runtime::Runtime;

use crate::check::Which;
use crate::diag::{Diagnostic, render};
use crate::library::Selection;
use crate::modules::{self, Module, ModuleId};
use crate::program::Program;
use crate::source::SourceFile;
use crate::spec::infer::infer;
use crate::spec::layout::Code;
use crate::spec::lower::lower;
use crate::spec::world::World;
use crate::syntax::{Dialect, Interner, Parsed, parse_more};

pub use dump::Dump;
pub use timing::Timing;
pub use wasm::build_wasm;

/// What a run should do besides running.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub dumps: Vec<Dump>,
    pub time_passes: bool,
    pub mem_stats: bool,
    /// Skip optimisation.
    pub unoptimized: bool,
    pub color: bool,
    /// Report objects that are alive at a normal exit, and fail.
    pub check_leaks: bool,
    /// What follows the program on the command line.
    pub args: Vec<String>,
}

/// Why nothing was run.
#[derive(Debug)]
pub enum Failure {
    /// Rendered diagnostics.
    Diagnostics(String),
    /// The machine refuses what a run needs.
    Setup(String),
}

/// Checks a program: its rendered diagnostics, and whether one is an error.
pub fn check(file: &SourceFile, dialect: Dialect, color: bool) -> (String, bool) {
    let time = &mut Timing::default();
    let front = Front::parse(file, dialect, Vec::new(), time);
    match front.and_then(|mut f| f.lower(time).map(|(_, w)| (w, f.whole)).map_err(|d| (file.clone(), d))) {
        Ok((warnings, file)) => (show(&file, &warnings, color), false),
        Err((file, diags)) => (show(&file, &diags, color), true),
    }
}

fn show(file: &SourceFile, diags: &[Diagnostic], color: bool) -> String {
    let mut in_order: Vec<&Diagnostic> = diags.iter().collect();
    in_order.sort_by_key(|d| d.span.start);
    in_order.iter().map(|d| render(d, file, color) + "\n\n").collect()
}

/// The command line as the program sees it: the command, the program, then its arguments.
fn argv(file: &SourceFile, options: &Options) -> Vec<String> {
    let command = std::env::current_exe().map_or_else(|_| "ultra".into(), |p| p.display().to_string());
    let program = crate::host::absolute(std::path::Path::new(file.path())).display().to_string();
    [command, program].into_iter().chain(options.args.iter().cloned()).collect()
}

/// The tree, unless the checker found an error that stops a program of this dialect.
fn checked(
    file: &SourceFile,
    parsed: Parsed,
    modules: &Table<ModuleId, Module>,
    names: &mut Interner,
    dialect: Dialect,
) -> Result<Parsed, Vec<Diagnostic>> {
    let tree = Rc::new(parsed);
    let found = crate::check::check(file, &tree, modules, Which::Ultra, names, dialect).diagnostics;
    let mut stops: Vec<Diagnostic> = found.into_iter().filter(|d| d.code.stops_run()).collect();
    if !stops.is_empty() {
        stops.splice(..0, tree.diagnostics.iter().cloned());
        return Err(stops);
    }
    // The checker is gone, and with it every other owner of the tree.
    Rc::into_inner(tree).ok_or_else(Vec::new)
}

/// A file on its way through the front end, together with the parts of the library that it uses.
///
/// The library's text follows the file's, so that positions of the file stay as they are.
struct Front {
    whole: SourceFile,
    parsed: Parsed,
    names: Interner,
    selection: Selection,
    dialect: Dialect,
    modules: Table<ModuleId, Module>,
    /// The command line of the program.
    args: Vec<String>,
}

/// The text of a program and what is wrong with it.
type Found = (SourceFile, Vec<Diagnostic>);

impl Front {
    fn parse(
        file: &SourceFile,
        dialect: Dialect,
        args: Vec<String>,
        time: &mut Timing,
    ) -> Result<Front, Found> {
        let mut names = Interner::default();
        let loaded = time.measure("parse", || modules::load(file, dialect, &mut names))?;
        let (whole, mut parsed, modules) = (loaded.file, loaded.parsed, loaded.modules);
        // The checker adds the names of its own declarations to the table.
        let selection = Selection::mentioned(&names, whole.text());
        if dialect.is_ultra() || modules.values().any(|m| m.dialect.is_ultra()) {
            let tree = time.measure("check", || checked(&whole, parsed, &modules, &mut names, dialect));
            parsed = match tree {
                Ok(tree) => tree,
                Err(found) => return Err((whole, found)),
            };
        }
        Ok(Front { whole, parsed, names, selection, dialect, modules, args })
    }

    /// Lowers the program; again as long as lowering asks for more of the library.
    fn lower(&mut self, time: &mut Timing) -> Result<(Program, Vec<Diagnostic>), Vec<Diagnostic>> {
        loop {
            self.add_library(time);
            let parsed = &self.parsed;
            let (program, mut diags) = time.measure("lower", || {
                crate::lower::lower_program(
                    &self.whole,
                    parsed,
                    &self.names,
                    self.dialect,
                    &self.modules,
                    &self.args,
                )
            });
            if self.selection.extend(&program.gaps) {
                continue;
            }
            diags.extend(parsed.diagnostics.iter().cloned());
            return if diags.iter().any(Diagnostic::is_error) { Err(diags) } else { Ok((program, diags)) };
        }
    }

    fn add_library(&mut self, time: &mut Timing) {
        let more = self.selection.take_text();
        if more.is_empty() {
            return;
        }
        let from = self.whole.text().len();
        let Ok(whole) = self.whole.followed_by(&format!("\n;\n{more}")) else { return };
        let parsed = std::mem::take(&mut self.parsed);
        let (names, dialect) = (&mut self.names, self.dialect);
        self.parsed = time.measure("parse", || parse_more(parsed, &whole, from, dialect, names));
        self.whole = whole;
    }

    /// Lowers and infers the program with all of the library that it uses.
    fn world(&mut self, time: &mut Timing) -> Result<(World, Vec<Diagnostic>), Vec<Diagnostic>> {
        loop {
            let (program, warnings) = self.lower(time)?;
            let mut world = World::new(program);
            time.measure("infer", || infer(&mut world));
            if !self.selection.extend(&world.prog.gaps) {
                return Ok((world, warnings));
            }
        }
    }
}

/// Compiles and runs a program; its exit status.
///
/// # Errors
/// When the program has errors or the machine refuses memory.
pub fn run(file: &SourceFile, dialect: Dialect, options: &Options) -> Result<i32, Failure> {
    let mut time = Timing::default();
    if let Some(text) = dump::front(file, dialect, options) {
        print!("{text}");
    }
    let (world, file) = world(file, dialect, options, &mut time)?;
    dump::lowered(&world.prog, options);
    let runtime_options = ultra_runtime::Options::from_env().map_err(|e| Failure::Setup(e.to_string()))?;
    let session = Session::link(&file, world, options, runtime_options, time)?;
    Ok(session.execute())
}

/// The typed program behind a file, and its text; its warnings are printed.
fn world(
    file: &SourceFile,
    dialect: Dialect,
    options: &Options,
    time: &mut Timing,
) -> Result<(World, SourceFile), Failure> {
    let failed = |(file, diags): Found| Failure::Diagnostics(show(&file, &diags, options.color));
    let mut front = Front::parse(file, dialect, argv(file, options), time).map_err(failed)?;
    match front.world(time) {
        Ok((world, warnings)) => {
            if !warnings.is_empty() {
                eprint!("{}", show(&front.whole, &warnings, options.color));
            }
            Ok((world, front.whole))
        }
        Err(diags) => Err(failed((front.whole, diags))),
    }
}

/// How often destructors that make objects with destructors are followed at exit.
const MAX_LAST_ROUNDS: u32 = 100;
/// Address space for machine code.
const CODE_BYTES: usize = 256 << 20;

struct Session {
    world: World,
    code: Code,
    runtime: Box<Runtime>,
    space: Rc<CodeSpace>,
    file: SourceFile,
    options: Options,
    time: Timing,
    /// Optimised bodies, kept for inlining.
    bodies: Table<FuncId, State>,
    /// Static function and class values that exist already.
    functions_made: usize,
    /// Objects that live until the program ends.
    roots: Vec<u32>,
}

#[derive(Clone, Default)]
enum State {
    #[default]
    New,
    /// Being prepared: a recursive call finds it so.
    Busy,
    Ready(Rc<Func>),
    /// Cannot be compiled; the reason was or will be reported where it is called.
    Failed,
}

impl Session {
    /// Lays out and links a program: everything before its first instruction.
    fn link(
        file: &SourceFile,
        world: World,
        options: &Options,
        runtime_options: ultra_runtime::Options,
        mut time: Timing,
    ) -> Result<Session, Failure> {
        let setup = |e: &dyn std::fmt::Display| Failure::Setup(e.to_string());
        dump::types(&world, options);
        let code = time.measure("layout", || Code::new(&world));
        let runtime = time.measure("runtime", || Runtime::new(runtime_options)).map_err(|e| setup(&e))?;
        let space =
            CodeSpace::new(&ultra_runtime::entry::entry_points(), CODE_BYTES).map_err(|e| setup(&e))?;
        let mut session = Session {
            world,
            code,
            runtime,
            space: Rc::new(space),
            file: file.clone(),
            options: options.clone(),
            time,
            bodies: Table::new(),
            functions_made: 0,
            roots: Vec::new(),
        };
        let started = std::time::Instant::now();
        let linked = link::link(&mut session);
        session.time.add("link", started.elapsed());
        trace::install(&session.file, &session.world.prog);
        session.runtime.set_stack_trace_hook(trace::stack);
        linked.map_err(Failure::Setup)?;
        if let Some(drain) = session.world.drain {
            // The stub that calls it cannot report that it does not compile.
            let cell = session.code.module.funcs[session.code.spec_func[drain]].cell;
            let code = session.compile_cell(cell).map_err(Failure::Setup)?;
            session.runtime.context_mut().destroy_entry = code;
        }
        Ok(session)
    }

    fn execute(mut self) -> i32 {
        let stack = match Stack::new(ultra_backends::exec::default_stack_size()) {
            Ok(s) => s,
            Err(e) => {
                eprintln!("ultra: {e}");
                return 1;
            }
        };
        let main = self.world.prog.main;
        let spec = self.world.spec(main, vec![crate::spec::ty::T::UNDEF]);
        let cell = self.code.module.funcs[self.code.spec_func[spec]].cell;
        let space = Rc::clone(&self.space);
        let ctx = self.runtime.leak_context();
        let result = run_main(&space, ctx, &mut self, cell, &stack);
        let mut status = match result {
            Ok(()) => 0,
            Err(exception) => {
                let text = self.uncaught(exception.0);
                self.runtime.write(ultra_runtime::host::Stream::Err, text.as_bytes());
                1
            }
        };
        if status == 0 && self.world.drain.is_some() {
            self.destroy_rest(&stack);
        }
        if status == 0 && self.runtime.failed_destructors() > 0 {
            status = 1;
        }
        let status = self.finish(status);
        // The process ends now: its memory need not be given back piece by piece.
        std::mem::forget(self);
        std::mem::forget(stack);
        status
    }

    /// At a normal exit: runs the destructors of what is dead, of module variables, and of
    /// everything else. Module variables stay as they are, since destructors may use them.
    fn destroy_rest(&mut self, stack: &Stack) {
        self.runtime.release_roots(&[]);
        for _ in 0..MAX_LAST_ROUNDS {
            self.run_destructors(stack);
            self.runtime.destroy_module_variables(&self.roots);
            self.run_destructors(stack);
            self.runtime.destroy_everything();
            if !self.runtime.must_destroy() {
                return;
            }
        }
    }

    fn run_destructors(&mut self, stack: &Stack) {
        let Some(drain) = self.world.drain.filter(|_| self.runtime.must_destroy()) else { return };
        let cell = self.code.module.funcs[self.code.spec_func[drain]].cell;
        let space = Rc::clone(&self.space);
        let ctx = self.runtime.leak_context();
        if let Err(exception) = run_main(&space, ctx, self, cell, stack) {
            let text = self.uncaught(exception.0);
            self.runtime.write(ultra_runtime::host::Stream::Err, text.as_bytes());
        }
    }

    fn uncaught(&mut self, exception: u64) -> String {
        let place = trace::heading(&self.space.thrown_at());
        let text = self.runtime.format_uncaught(exception);
        // As Node lays it out: an empty line between the place and an error, none before other values.
        let gap = if place.is_empty() || !self.runtime.is_error(exception) { "" } else { "\n" };
        format!("{place}{gap}{text}\nUltra v{}\n", env!("CARGO_PKG_VERSION"))
    }

    fn finish(&mut self, status: i32) -> i32 {
        self.runtime.flush();
        let mut status = status;
        // After an uncaught exception destructors have not run, and keep their objects.
        let all_freed = status == 0 || self.world.drain.is_none();
        if all_freed || self.options.mem_stats {
            let roots = std::mem::take(&mut self.roots);
            if self.options.check_leaks || self.options.mem_stats {
                let report = self.runtime.shutdown(&roots);
                if self.options.mem_stats {
                    eprint!("{}", dump::mem_stats(&self.runtime));
                }
                if self.options.check_leaks && all_freed && !report.is_clean() {
                    eprintln!("ultra: objects alive at exit: {report:?}");
                    status = 70;
                }
            }
        }
        if self.options.time_passes {
            eprint!("{}", self.time.report());
        }
        status
    }

    /// The optimised body of a function, made when first asked for.
    fn body(&mut self, id: FuncId) -> Result<Rc<Func>, String> {
        if self.bodies.get(id).is_none() {
            self.bodies.set(id, State::New);
        }
        if let State::Ready(f) = &self.bodies[id] {
            return Ok(Rc::clone(f));
        }
        self.bodies[id] = State::Busy;
        let started = std::time::Instant::now();
        let lowered = lower(&mut self.world, &mut self.code, id);
        self.time.add("specialise", started.elapsed());
        let mut func = match lowered {
            Ok(f) => f,
            Err(e) => {
                self.bodies[id] = State::Failed;
                let at = self.file.line_col(e.pos);
                return Err(format!(
                    "not supported yet: {} ({}:{}:{})",
                    e.what,
                    self.file.path_at(e.pos),
                    at.line,
                    at.col
                ));
            }
        };
        self.sync()?;
        dump::func("lower", &func, &self.code.module, &self.options);
        if !self.options.unoptimized {
            self.inline(id, &mut func);
        }
        self.optimize(&mut func);
        dump::func("final", &func, &self.code.module, &self.options);
        let func = Rc::new(func);
        self.bodies[id] = State::Ready(Rc::clone(&func));
        Ok(func)
    }

    /// Inlines callees, which are prepared first. A function that is being prepared
    /// further out (mutual recursion) stays a call.
    fn inline(&mut self, id: FuncId, func: &mut Func) {
        let mut callees: Vec<FuncId> = func
            .layout
            .iter()
            .flat_map(|&b| &func.blocks[b].insts)
            .map(|&i| &func.insts[i])
            .filter(|d| d.op == ultra_ir::Op::Call)
            .map(|d| FuncId(d.a))
            .collect();
        callees.sort_unstable();
        callees.dedup();
        for callee in callees {
            if callee != id && !matches!(self.bodies.get(callee), Some(State::Busy | State::Failed)) {
                // What fails here fails again, with its message, where it is called.
                let _ = self.body(callee);
            }
        }
        let started = std::time::Instant::now();
        let bodies = &self.bodies;
        let find = |id: FuncId| match bodies.get(id) {
            Some(State::Ready(f)) => Some(&**f),
            _ => None,
        };
        let options = ultra_ir::pass::inline::InlineOptions::default();
        ultra_ir::pass::inline::inline(func, id, &self.code.module, &find, &options);
        self.time.add("inline", started.elapsed());
        dump::func("inline", func, &self.code.module, &self.options);
    }

    /// Gives new literals and function values their runtime words.
    fn sync(&mut self) -> Result<(), String> {
        let full = || "out of memory for literals".to_string();
        let strings = &self.world.prog.strings.table;
        let module = &mut self.code.module;
        for i in module.strings.len()..strings.len() {
            module.strings.push(strings[ultra_ir::StrId(i as u32)].clone());
        }
        for i in module.string_words.len()..module.strings.len() {
            let word =
                self.runtime.intern_utf16(&module.strings[ultra_ir::StrId(i as u32)]).map_err(|_| full())?;
            module.string_words.push(word);
        }
        while self.functions_made < self.code.static_functions.len() {
            let (global, func) = self.code.static_functions[self.functions_made];
            module.globals[global] =
                self.runtime.new_static_function(module.funcs[func].cell).ok_or_else(full)?;
            self.functions_made += 1;
        }
        Ok(())
    }

    fn optimize(&mut self, func: &mut Func) {
        let level = if self.options.unoptimized {
            ultra_ir::pass::OptLevel::None
        } else {
            ultra_ir::pass::OptLevel::Full
        };
        let mut hook =
            dump::PassHook { options: &self.options, module: &self.code.module, time: &mut self.time };
        let options = ultra_ir::pass::Options::new(level);
        ultra_ir::pass::optimize(func, &self.code.module, &options, &mut hook);
    }

    fn compile_cell(&mut self, cell: u32) -> Result<u64, String> {
        let id = FuncId(cell);
        debug_assert_eq!(self.code.module.funcs[id].cell, cell);
        let func = self.body(id)?;
        let started = std::time::Instant::now();
        let options = x64::Options {
            disassemble: self.options.dumps.contains(&Dump::Asm),
            fast: false,
            compiled: &|id| self.space.address(id).is_some(),
            ..x64::Options::default()
        };
        let code = x64::compile(&func, id, &self.code.module, &options).map_err(|e| e.to_string())?;
        if !code.disassembly.is_empty() {
            eprintln!("{}", code.disassembly);
        }
        let address = self.space.add(&code).map_err(|e| e.to_string())?;
        self.space.publish(cell, address);
        self.time.add("codegen", started.elapsed());
        Ok(address)
    }
}

impl Service for Session {
    fn compile(&mut self, cell: u32) -> Option<u64> {
        // A fault of the compiler must not take the process down: it becomes an exception of the program.
        let compiled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.compile_cell(cell)));
        match compiled.unwrap_or_else(|_| Err("internal error of the compiler".into())) {
            Ok(address) => Some(address),
            Err(message) => {
                self.runtime.throw(ErrorClass::Error, &message);
                None
            }
        }
    }
}

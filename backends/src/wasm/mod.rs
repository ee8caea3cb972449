//! WebAssembly: a module of typed IR becomes one WebAssembly module.
//!
//! ```text
//! types      one entry per distinct signature
//! imports    env.memory, env.ctx (address of the worker context), str.<n> and global.<n> (constants made
//!            from the image), rt.<name> for each runtime function used
//! functions  bodies of the IR module in order of id, then the helpers used
//! table 0    code cells: "cells"; empty cells trap when called
//! tag 0      (i64): an exception is an any word
//! exports    what the caller names, "cells" and "exception" (the tag)
//! custom     "ultra.image": classes, literals, globals and function records (`image.rs`)
//!            "ultra.layout": JSON with the offsets that a host needs, so that no other file repeats them
//! ```
//! The convention, with what it costs, is in `docs/wasm-abi.md`. The module holds no
//! state: one is instantiated per worker, over one shared memory, each with its own
//! context. All functions of the input are emitted; the dynamic dialect has been
//! specialised away before, and what is left of it is an error that names the operation.

mod cfg;
mod code;
mod func;
mod helpers;
mod image;
mod live;
mod ops;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use ultra_abi::RtFn;
use ultra_abi::layout::{STRUCTS, WorkerContext, ctx};
use ultra_abi::shape::linear::{SHAPES_OFFSET, VTABLES_OFFSET};
use ultra_ir::{ClassId, FuncId, GlobalId, Kind, Module, StrId};
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, Elements, EntityType, ExportKind, ExportSection, FunctionSection,
    GlobalType, ImportSection, MemoryType, NameMap, NameSection, RefType, TableSection, TableType, TagKind,
    TagSection, TagType, TypeSection, ValType,
};

pub use cfg::Irreducible;
use code::{Callee, Code, Helper};
use image::Image;

/// Why a module could not be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WasmError {
    /// An operation that this backend does not know.
    Unsupported { func: Box<str>, op: &'static str },
    /// An edge into the middle of a loop, which structured control flow cannot express.
    Irreducible { func: Box<str>, edge: Irreducible },
    /// A limit of the engines is passed.
    TooLarge { func: Box<str>, what: &'static str },
    /// The function breaks a rule that the verifier checks.
    Malformed { func: Box<str>, what: Box<str> },
    /// The export list names a function without a body.
    NoBody { func: Box<str> },
    /// Code names a global of which the options do not say what it is.
    UnknownGlobal { global: GlobalId },
}

impl fmt::Display for WasmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WasmError::Unsupported { func, op } => {
                write!(f, "{func}: `{op}` is not supported for WebAssembly")
            }
            WasmError::Irreducible { func, edge } => {
                write!(f, "{func}: irreducible control flow: {} enters a loop at {}", edge.0, edge.1)
            }
            WasmError::TooLarge { func, what } => write!(f, "{func}: too large for WebAssembly: {what}"),
            WasmError::Malformed { func, what } => write!(f, "{func}: malformed: {what}"),
            WasmError::UnknownGlobal { global } => write!(f, "{global}: nothing says what this global is"),
            WasmError::NoBody { func } => write!(f, "{func}: exported, but it has no body"),
        }
    }
}

impl std::error::Error for WasmError {}

/// What a module is compiled for.
#[derive(Debug, Clone)]
pub struct WasmOptions {
    /// Name and function of each export.
    pub exports: Vec<(String, FuncId)>,
    /// Limits of the imported memory in pages of 64 KiB.
    pub min_pages: u32,
    pub max_pages: u32,
    /// Whether the memory is shared between workers.
    pub shared: bool,
    /// Address of the descriptor of shape 0.
    pub shapes_base: u32,
    /// Address of the first word of the method tables.
    pub vtables_base: u32,
    /// Write a name section, for stack traces and profilers.
    pub names: bool,
    /// Shapes of the program, in order and without gaps from the first program shape on.
    pub classes: Vec<ClassInfo>,
    /// What each global is that code names.
    pub globals: Vec<(GlobalId, GlobalInit)>,
    /// Function records, in the order that closures number them.
    pub functions: Vec<FunctionInfo>,
}

/// What the runtime registers of a class, an object literal's shape or a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassInfo {
    pub name: Box<str>,
    pub shape: u32,
    /// Shape of the base class, or 0.
    pub parent_shape: u32,
    /// Bytes of an instance, header included.
    pub size: u32,
    /// Class-registry entry, or `u32::MAX` for an object literal.
    pub class_index: u32,
    /// No instance can be part of a reference cycle.
    pub acyclic: bool,
    /// All slots, inherited ones included.
    pub slots: Vec<SlotInfo>,
    /// Code cell of each method.
    pub methods: Vec<u32>,
}

/// A slot of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotInfo {
    pub name: Box<str>,
    pub kind: Kind,
    /// Bytes from the object's address.
    pub offset: u32,
    /// Bits that the slot starts with.
    pub default: u64,
}

/// How the runtime makes a global before the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GlobalInit {
    /// An instance of a class, fields at their defaults (a module's scope).
    Instance(ClassId),
    /// The value of a function without environment, by its record.
    Closure(u32),
}

/// What the runtime knows of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionInfo {
    pub name: Box<str>,
    /// Value of its `length`.
    pub arity: u32,
    /// Whether it is a class constructor.
    pub is_class: bool,
    /// Shape of instances when it is a class, else 0.
    pub shape: u32,
}

impl Default for WasmOptions {
    /// The runtime's map of the region, at address 0, in a memory of up to 4 GiB.
    fn default() -> Self {
        WasmOptions {
            exports: Vec::new(),
            min_pages: 0,
            max_pages: 1 << 16,
            shared: true,
            shapes_base: SHAPES_OFFSET as u32,
            vtables_base: VTABLES_OFFSET as u32,
            names: true,
            classes: Vec::new(),
            globals: Vec::new(),
            functions: Vec::new(),
        }
    }
}

/// What functions share while they are emitted.
pub(crate) struct Unit {
    types: BTreeMap<(Vec<ValType>, Option<ValType>), u32>,
    type_list: Vec<(Vec<ValType>, Option<ValType>)>,
    shapes_base: u32,
    vtables_base: u32,
    /// Index of the WebAssembly global that holds each imported literal and global.
    literals: BTreeMap<StrId, u32>,
    globals: BTreeMap<GlobalId, u32>,
}

impl Unit {
    /// The index of a function type.
    fn type_index(&mut self, params: Vec<ValType>, result: Option<ValType>) -> u32 {
        let next = self.type_list.len() as u32;
        let list = &mut self.type_list;
        *self.types.entry((params, result)).or_insert_with_key(|key| {
            list.push(key.clone());
            next
        })
    }
}

/// A function of the output before indices are known.
struct Output {
    name: String,
    type_index: u32,
    params: u32,
    locals: Vec<ValType>,
    code: Code,
}

/// Compiles all bodies of `module`, which the verifier has accepted and which are in the typed dialect.
///
/// # Errors
/// See `WasmError`; nothing is returned for part of a module.
pub fn compile_module(module: &Module, options: &WasmOptions) -> Result<Vec<u8>, WasmError> {
    let image = Image::of(module);
    // Global 0 is the context.
    let first = code::CTX_GLOBAL + 1;
    let mut unit = Unit {
        types: BTreeMap::new(),
        type_list: Vec::new(),
        shapes_base: options.shapes_base,
        vtables_base: options.vtables_base,
        literals: image.literals.iter().copied().zip(first..).collect(),
        globals: image.globals.iter().copied().zip(first + image.literals.len() as u32..).collect(),
    };
    let mut outputs: Vec<(Callee, Output)> = Vec::new();
    for (id, body) in module.bodies.iter() {
        if let Some(body) = body {
            outputs.push((Callee::Func(id), output(&mut unit, module, id, body)?));
        }
    }
    let mut used: BTreeSet<Callee> = outputs.iter().flat_map(|(_, o)| o.code.callees()).collect();
    add_helpers(&mut unit, &mut outputs, &mut used);
    let runtime: Vec<RtFn> =
        used.iter().filter_map(|c| if let Callee::Rt(f) = c { Some(*f) } else { None }).collect();
    assemble(module, options, &image, unit, outputs, &runtime)
}

fn output(unit: &mut Unit, module: &Module, id: FuncId, body: &ultra_ir::Func) -> Result<Output, WasmError> {
    let f = func::emit(unit, module, id, body)?;
    let params = f.params.len() as u32;
    let type_index = unit.type_index(f.params, f.result);
    Ok(Output { name: module.funcs[id].name.to_string(), type_index, params, locals: f.locals, code: f.code })
}

/// Adds the helpers that anything uses, and what those use.
fn add_helpers(unit: &mut Unit, outputs: &mut Vec<(Callee, Output)>, used: &mut BTreeSet<Callee>) {
    let mut done = BTreeSet::new();
    loop {
        let next = Helper::ALL.into_iter().find(|&h| used.contains(&Callee::Helper(h)) && !done.contains(&h));
        let Some(helper) = next else { return };
        done.insert(helper);
        let body = helper.body();
        used.extend(body.code.callees());
        let params = body.params.len() as u32;
        let type_index = unit.type_index(body.params, body.result);
        let locals = body.locals.iter().flat_map(|&(n, ty)| std::iter::repeat_n(ty, n as usize)).collect();
        outputs.push((
            Callee::Helper(helper),
            Output { name: format!("{helper:?}"), type_index, params, locals, code: body.code },
        ));
    }
}

fn assemble(
    module: &Module,
    options: &WasmOptions,
    image: &Image,
    mut unit: Unit,
    outputs: Vec<(Callee, Output)>,
    runtime: &[RtFn],
) -> Result<Vec<u8>, WasmError> {
    let mut imports = ImportSection::new();
    imports.import("env", "memory", memory_type(options));
    imports.import("env", "ctx", constant_global(ValType::I32));
    for id in &image.literals {
        imports.import("str", &id.0.to_string(), constant_global(ValType::I64));
    }
    for id in &image.globals {
        imports.import("global", &id.0.to_string(), constant_global(ValType::I32));
    }
    let mut index: BTreeMap<Callee, u32> = BTreeMap::new();
    let mut names = NameMap::new();
    for (i, &f) in runtime.iter().enumerate() {
        let (params, result) = func::runtime_signature(f);
        imports.import("rt", f.sig().name, EntityType::Function(unit.type_index(params, result)));
        index.insert(Callee::Rt(f), i as u32);
        names.append(i as u32, &format!("rt.{}", f.sig().name));
    }
    let mut functions = FunctionSection::new();
    for (i, (callee, out)) in outputs.iter().enumerate() {
        let at = (runtime.len() + i) as u32;
        functions.function(out.type_index);
        index.insert(*callee, at);
        names.append(at, &out.name);
    }
    let tag_type = unit.type_index(vec![ValType::I64], None);
    let mut code = CodeSection::new();
    for (_, out) in outputs {
        code.function(&out.code.finish(out.params, &out.locals, |callee| index[&callee]));
    }

    let mut wasm = wasm_encoder::Module::new();
    wasm.section(&type_section(&unit));
    wasm.section(&imports);
    wasm.section(&functions);
    let cells = cell_table(module, &index)?;
    wasm.section(TableSection::new().table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: cells.len() as u64,
        maximum: Some(cells.len() as u64),
        shared: false,
    }));
    wasm.section(TagSection::new().tag(TagType { kind: TagKind::Exception, func_type_idx: tag_type }));
    wasm.section(&export_section(module, options, &index)?);
    wasm.section(&element_section(&cells));
    wasm.section(&code);
    let image = image.encode(module, options)?;
    wasm.section(&CustomSection { name: "ultra.image".into(), data: image.into() });
    wasm.section(&CustomSection {
        name: "ultra.layout".into(),
        data: layout_json(options, runtime).into_bytes().into(),
    });
    if options.names {
        let mut section = NameSection::new();
        section.functions(&names);
        wasm.section(&section);
    }
    Ok(wasm.finish())
}

/// For `host.mjs`: offsets in the worker context and in the heap structs, and the numbers of
/// the imported runtime functions in the table of runtime functions.
fn layout_json(options: &WasmOptions, runtime: &[RtFn]) -> String {
    let context = [
        ("stack_limit", ctx::STACK_LIMIT),
        ("attention", ctx::ATTENTION),
        ("log_cur", ctx::LOG_CUR),
        ("log_end", ctx::LOG_END),
        ("exception", ctx::EXCEPTION),
        ("stack_base", ctx::STACK_BASE),
        ("real_stack_limit", ctx::REAL_STACK_LIMIT),
        ("scan_top", ctx::SCAN_TOP),
        ("bump", ctx::BUMP),
    ];
    let fields: Vec<String> = context.iter().map(|(name, at)| format!("\"{name}\":{at}")).collect();
    let structs: Vec<String> = STRUCTS
        .iter()
        .map(|s| {
            let fields: Vec<String> =
                s.fields.iter().map(|f| format!("\"{}\":{}", f.name, f.offset)).collect();
            format!("\"{}\":{{\"$size\":{},{}}}", s.name, s.size, fields.join(","))
        })
        .collect();
    let runtime: Vec<String> =
        runtime.iter().map(|&f| format!("\"{}\":{}", f.sig().name, f as u32)).collect();
    format!(
        "{{\"shapes_base\":{},\"vtables_base\":{},\"context_size\":{},\"context\":{{{}}},\"structs\":{{{}}},\"runtime\":{{{}}}}}",
        options.shapes_base,
        options.vtables_base,
        size_of::<WorkerContext>(),
        fields.join(","),
        structs.join(","),
        runtime.join(",")
    )
}

fn memory_type(options: &WasmOptions) -> MemoryType {
    MemoryType {
        minimum: options.min_pages.into(),
        maximum: Some(options.max_pages.into()),
        memory64: false,
        shared: options.shared,
        page_size_log2: None,
    }
}

fn constant_global(val_type: ValType) -> GlobalType {
    GlobalType { val_type, mutable: false, shared: false }
}

fn type_section(unit: &Unit) -> TypeSection {
    let mut types = TypeSection::new();
    for (params, result) in &unit.type_list {
        types.ty().function(params.iter().copied(), result.iter().copied());
    }
    types
}

/// Longest function table; the engines accept 10,000,000 entries.
const MAX_CELLS: u32 = 10_000_000;

/// Function index of each code cell.
fn cell_table(module: &Module, index: &BTreeMap<Callee, u32>) -> Result<Vec<Option<u32>>, WasmError> {
    let mut cells = Vec::new();
    for (id, decl) in module.funcs.iter() {
        let Some(&at) = index.get(&Callee::Func(id)) else { continue };
        if decl.cell == u32::MAX {
            // Never called through a cell.
            continue;
        }
        if decl.cell >= MAX_CELLS {
            return Err(WasmError::TooLarge { func: decl.name.clone(), what: "code cell" });
        }
        let cell = decl.cell as usize;
        if cell >= cells.len() {
            cells.resize(cell + 1, None);
        }
        cells[cell] = Some(at);
    }
    Ok(cells)
}

/// One segment for each run of filled cells.
fn element_section(cells: &[Option<u32>]) -> wasm_encoder::ElementSection {
    let mut elements = wasm_encoder::ElementSection::new();
    let mut at = 0;
    while at < cells.len() {
        let run: Vec<u32> = cells[at..].iter().map_while(|c| *c).collect();
        if !run.is_empty() {
            elements.active(None, &ConstExpr::i32_const(at as i32), Elements::Functions((&run).into()));
        }
        at += run.len().max(1);
    }
    elements
}

fn export_section(
    module: &Module,
    options: &WasmOptions,
    index: &BTreeMap<Callee, u32>,
) -> Result<ExportSection, WasmError> {
    let mut exports = ExportSection::new();
    for (name, id) in &options.exports {
        let at = index.get(&Callee::Func(*id));
        let at = at.ok_or_else(|| WasmError::NoBody {
            func: module.funcs.get(*id).map_or("?".into(), |f| f.name.clone()),
        })?;
        exports.export(name, ExportKind::Func, *at);
    }
    exports.export("cells", ExportKind::Table, 0);
    exports.export("exception", ExportKind::Tag, code::TAG);
    Ok(exports)
}

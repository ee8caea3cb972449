//! The x86-64 backend.
//!
//! ```text
//! IR Func -> isel (MInsts on virtual registers) -> regalloc2 -> emit (block layout,
//! branch relaxation, iced-x86) -> CompiledCode: bytes + relocations + call sites
//! ```
//! Invariants: r15 is the worker context and r14 the heap base; rbp chains the frames
//! of all functions that call; I32, Bool and Ref values are zero-extended in their
//! 64-bit registers, so that they index memory directly. Compiling has no side effects.

pub mod asm;
pub mod disasm;
mod emit;
mod isel;
mod magic;
pub mod minst;
mod moves;
pub mod regs;

use std::fmt;
use ultra_abi::RtFn;
use ultra_ir::{Func, FuncId, Module};

/// Instruction-set extensions beyond SSE2 that code may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    pub sse41: bool,
    pub lzcnt: bool,
    pub bmi2: bool,
}

impl Features {
    /// The baseline that every x86-64 processor has.
    pub const BASELINE: Features = Features { sse41: false, lzcnt: false, bmi2: false };

    /// What the processor that runs this has.
    pub fn detect() -> Features {
        #[cfg(target_arch = "x86_64")]
        {
            Features {
                sse41: is_x86_feature_detected!("sse4.1"),
                lzcnt: is_x86_feature_detected!("lzcnt"),
                bmi2: is_x86_feature_detected!("bmi2"),
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        Features::BASELINE
    }
}

/// How to compile one function.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    pub features: Features,
    /// Allocate registers in one fast pass: for code that runs once.
    pub fast: bool,
    /// Keep a disassembly in the result.
    pub disassemble: bool,
    /// Whether a function has machine code already, so that calls can be direct.
    pub compiled: &'a dyn Fn(FuncId) -> bool,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options { features: Features::detect(), fast: false, disassemble: false, compiled: &|_| false }
    }
}

/// Why a function could not be compiled.
#[derive(Debug, Clone)]
pub enum CompileError {
    /// An operation that does not belong to the typed dialect, or a malformed one.
    Unsupported { func: String, what: String },
    /// Register allocation failed.
    Allocation { func: String, what: String },
    /// An instruction could not be encoded.
    Encoding { func: String, what: String },
    /// The frame does not fit the address range of frames.
    FrameTooLarge { func: String, bytes: u64 },
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CompileError::Unsupported { func, what } => {
                write!(f, "{func}: not supported by the x86-64 backend: {what}")
            }
            CompileError::Allocation { func, what } => {
                write!(f, "{func}: register allocation failed: {what}")
            }
            CompileError::Encoding { func, what } => write!(f, "{func}: encoding failed: {what}"),
            CompileError::FrameTooLarge { func, bytes } => {
                write!(f, "{func}: frame of {bytes} bytes is too large")
            }
        }
    }
}

impl std::error::Error for CompileError {}

/// Shared assembly routines that generated code calls; `exec` provides them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Stub {
    /// Keeps all registers; unwinds when an exception is pending, else polls.
    Attention,
    /// Keeps all registers; polls, then unwinds if that left an exception.
    Poll,
    /// Keeps all registers; arguments in stack slots from the caller's rsp up, result in the first.
    Preserving(RtFn),
}

/// What a relocation points to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// Machine code of a function.
    Func(FuncId),
    /// A code cell (8 bytes holding a code address).
    Cell(u32),
    /// The entry of a runtime function in the table of addresses.
    Runtime(RtFn),
    Stub(Stub),
}

/// A 32-bit field relative to its own end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reloc {
    pub offset: u32,
    pub target: Target,
}

/// What is known about a return address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CallSite {
    /// Return address, from the start of the code.
    pub ret: u32,
    /// Landing pad from the start of the code, or u32::MAX.
    pub pad: u32,
    /// Source position (byte offset), or u32::MAX.
    pub pos: u32,
    /// A direct call of a runtime function: rbp follows from rsp and the frame size.
    pub runtime: bool,
}

/// Machine code of one function, not yet placed.
#[derive(Clone, Debug, Default)]
pub struct CompiledCode {
    pub id: u32,
    pub name: String,
    /// Code, then constants.
    pub bytes: Vec<u8>,
    /// Bytes of instructions at the start of `bytes`.
    pub code_len: u32,
    pub relocs: Vec<Reloc>,
    /// Sorted by return address.
    pub call_sites: Vec<CallSite>,
    /// What positions of inlined calls mean; see `ultra_ir::source_offsets`.
    pub inlined: Vec<(u32, u32)>,
    /// Bytes between rbp and rsp inside the function; 0 when it has no frame.
    pub frame_size: u32,
    pub disassembly: String,
}

/// Compiles one function of the typed dialect.
pub fn compile(
    func: &Func,
    id: FuncId,
    module: &Module,
    options: &Options<'_>,
) -> Result<CompiledCode, CompileError> {
    let vcode = isel::select(func, id, module, options)?;
    let output = allocate(func, &vcode, options)?;
    emit::emit(func, id, vcode, &output, options)
}

fn allocate(
    func: &Func,
    vcode: &minst::VCode,
    options: &Options<'_>,
) -> Result<regalloc2::Output, CompileError> {
    let env = regs::machine_env();
    let algorithm = if options.fast { regalloc2::Algorithm::Fastalloc } else { regalloc2::Algorithm::Ion };
    let ra =
        regalloc2::RegallocOptions { verbose_log: false, validate_ssa: cfg!(debug_assertions), algorithm };
    let fail = |what: String| CompileError::Allocation { func: func.name.clone(), what };
    let mut output = regalloc2::run(vcode, env, &ra).map_err(|e| fail(format!("{e:?}\n{}", vcode.dump())))?;
    if cfg!(debug_assertions) {
        let mut checker = regalloc2::checker::Checker::new(vcode, env);
        checker.prepare(&output);
        checker.run().map_err(|e| fail(format!("checker: {e:?}")))?;
    }
    if !options.fast {
        moves::remove_redundant(vcode, &mut output);
    }
    Ok(output)
}

//! Executable memory and everything that runs in it.
//!
//! ```text
//! one reservation, so that 32-bit relative operands reach everything:
//! | runtime table 4 KiB | code cells 8 MiB (8 bytes each) | code (RX) ............ |
//!                                                          ^ the same memory file is mapped
//!                                                            RW elsewhere: code is written there
//! ```
//! Code is only added, never patched; a function is replaced by storing its new
//! address into its cell. A cell starts with the address of a thunk that asks the
//! driver to compile the function.
//! Invariants: the registry knows every return address of generated code; nothing
//! here uses thread-local state, the shared part is found through addresses that the
//! stubs embed.

#![allow(unsafe_code)]

mod engine;
mod run;
mod stubs;
mod unwind;

#[cfg(test)]
mod tests;

pub use engine::{Service, run_main};
pub use run::{Stack, Uncaught, default_stack_size};
pub use unwind::{Frame, NamedFrame, frames, walk_frames};

use crate::x64::{CompiledCode, Stub, Target};
use rustix::fs::MemfdFlags;
use rustix::mm::{MapFlags, ProtFlags};
use std::ffi::c_void;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, RwLock};
use ultra_abi::RtFn;
use ultra_abi::layout::WorkerContext;
use ultra_ir::FuncId;

/// Room for the table of runtime entry points.
const RUNTIME_BYTES: usize = 4096;
/// Most functions that a program can have.
pub const MAX_CELLS: usize = 1 << 20;
const TABLES: usize = RUNTIME_BYTES + MAX_CELLS * 8;
/// Default size of the code area; address space only.
pub const DEFAULT_CODE_BYTES: usize = 256 << 20;
const CODE_ALIGN: usize = 16;

/// Why code could not be placed.
#[derive(Debug)]
pub enum ExecError {
    /// The system refused a mapping.
    Map(rustix::io::Errno),
    OutOfSpace,
    /// A direct call to a function without code.
    Unresolved(Target),
    TooManyCells,
    TooManyRuntimeFunctions,
    /// A stub could not be assembled.
    Stub(String),
}

impl fmt::Display for ExecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExecError::Map(e) => write!(f, "cannot map code memory: {e}"),
            ExecError::OutOfSpace => write!(f, "code memory is full"),
            ExecError::Unresolved(t) => write!(f, "unresolved reference to {t:?}"),
            ExecError::TooManyCells => write!(f, "more than {MAX_CELLS} functions"),
            ExecError::TooManyRuntimeFunctions => write!(f, "the table of runtime functions is too small"),
            ExecError::Stub(e) => write!(f, "cannot assemble a stub: {e}"),
        }
    }
}

impl std::error::Error for ExecError {}

impl From<rustix::io::Errno> for ExecError {
    fn from(e: rustix::io::Errno) -> Self {
        ExecError::Map(e)
    }
}

/// A placed function.
pub(crate) struct Placed {
    pub start: u64,
    pub len: u32,
    pub id: u32,
    pub frame_size: u32,
    pub sites: Box<[crate::x64::CallSite]>,
    pub inlined: Box<[(u32, u32)]>,
    pub name: Box<str>,
}

/// What unwinding and stack walks look up. Sorted by address, since code is only appended.
#[derive(Default)]
pub(crate) struct Registry {
    pub funcs: Vec<Placed>,
    /// Return address of the entry stub's call.
    pub base_return: u64,
    /// Where an uncaught exception leaves the entry stub.
    pub base_unwind: u64,
    /// Return addresses of the calls in stubs that run destructors.
    pub destroy_returns: Vec<u64>,
}

/// A call site and the function it is in.
pub(crate) struct Site<'a> {
    pub func: &'a Placed,
    pub site: crate::x64::CallSite,
}

impl Site<'_> {
    /// Byte offsets of the source, innermost first.
    pub fn offsets(&self) -> impl Iterator<Item = u32> + '_ {
        ultra_ir::source_offsets(&self.func.inlined, self.site.pos)
    }
}

impl Registry {
    pub fn find(&self, pc: u64) -> Option<Site<'_>> {
        let n = self.funcs.partition_point(|f| f.start <= pc);
        let func = self.funcs.get(n.checked_sub(1)?)?;
        let offset = u32::try_from(pc - func.start).ok().filter(|&o| o <= func.len)?;
        let at = func.sites.binary_search_by_key(&offset, |s| s.ret).ok()?;
        Some(Site { func, site: func.sites[at] })
    }
}

struct Writer {
    /// Next free byte of the code area.
    used: usize,
    /// Latest code of each function by id.
    latest: Vec<u64>,
    stubs: Vec<(Stub, u64)>,
    cells: usize,
}

/// The parts that stubs point to; its address never changes.
pub(crate) struct Shared {
    pub registry: RwLock<Registry>,
    /// Source positions of the frames at the last throw that nothing caught, innermost first.
    pub uncaught: Mutex<Vec<u32>>,
}

/// Code memory with its tables.
pub struct CodeSpace {
    /// Start of the reservation.
    base: *mut u8,
    reserved: usize,
    /// Writable view of the code area.
    write: *mut u8,
    code_bytes: usize,
    writer: Mutex<Writer>,
    shared: Box<Shared>,
    entry: u64,
    lazy: u64,
}

// SAFETY: the mappings are owned by the value and live until it is dropped; code bytes
// are written under the `writer` lock, cells only by atomic stores.
unsafe impl Send for CodeSpace {}
// SAFETY: as above; the registry has its own lock.
unsafe impl Sync for CodeSpace {}

impl CodeSpace {
    /// Reserves code memory and assembles the stubs. `runtime` holds the entry points,
    /// indexed by `RtFn`, each `extern "C" fn(ctx, params...)`.
    pub fn new(runtime: &[u64], code_bytes: usize) -> Result<CodeSpace, ExecError> {
        if runtime.len() * 8 > RUNTIME_BYTES || RtFn::ALL.len() * 8 > RUNTIME_BYTES {
            return Err(ExecError::TooManyRuntimeFunctions);
        }
        let code_bytes = code_bytes.next_multiple_of(4096);
        let reserved = TABLES + code_bytes;
        let rw = ProtFlags::READ | ProtFlags::WRITE;
        let fd = rustix::fs::memfd_create(c"ultra-code", MemfdFlags::CLOEXEC)?;
        rustix::fs::ftruncate(&fd, code_bytes as u64)?;
        // SAFETY: a fresh reservation at an address of the system's choice.
        let base = unsafe {
            rustix::mm::mmap_anonymous(
                std::ptr::null_mut(),
                reserved,
                ProtFlags::empty(),
                MapFlags::PRIVATE | MapFlags::NORESERVE,
            )?
        };
        // SAFETY: replaces the start of our own reservation, which nobody uses yet.
        unsafe {
            rustix::mm::mmap_anonymous(
                base,
                TABLES,
                rw,
                MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED,
            )?
        };
        let code = base.cast::<u8>().wrapping_add(TABLES).cast::<c_void>();
        // SAFETY: replaces the rest of our own reservation.
        unsafe {
            rustix::mm::mmap(
                code,
                code_bytes,
                ProtFlags::READ | ProtFlags::EXEC,
                MapFlags::SHARED | MapFlags::FIXED,
                &fd,
                0,
            )?
        };
        // SAFETY: a fresh mapping at an address of the system's choice.
        let write =
            unsafe { rustix::mm::mmap(std::ptr::null_mut(), code_bytes, rw, MapFlags::SHARED, &fd, 0)? };
        let mut space = CodeSpace {
            base: base.cast(),
            reserved,
            write: write.cast(),
            code_bytes,
            writer: Mutex::new(Writer { used: 0, latest: Vec::new(), stubs: Vec::new(), cells: 0 }),
            shared: Box::new(Shared {
                registry: RwLock::new(Registry::default()),
                uncaught: Mutex::default(),
            }),
            entry: 0,
            lazy: 0,
        };
        for (i, &entry) in runtime.iter().enumerate() {
            space.word(8 * i).store(entry, Ordering::Relaxed);
        }
        stubs::install(&mut space)?;
        Ok(space)
    }

    /// Where the exception was thrown that ended a run: source positions of the innermost
    /// frames at the throw, innermost first.
    pub fn thrown_at(&self) -> Vec<u32> {
        self.shared.uncaught.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }

    /// A word of the tables, at a byte offset.
    fn word(&self, offset: usize) -> &AtomicU64 {
        assert!(offset + 8 <= TABLES && offset.is_multiple_of(8));
        // SAFETY: the offset is inside the tables, which are mapped readable and
        // writable for the life of `self`; all accesses by Rust are atomic.
        unsafe { AtomicU64::from_ptr(self.base.add(offset).cast()) }
    }

    fn cell_offset(cell: u32) -> usize {
        RUNTIME_BYTES + 8 * cell as usize
    }

    fn code_address(&self, offset: usize) -> u64 {
        self.base as u64 + (TABLES + offset) as u64
    }

    /// Address of the table of code cells, for `ctx.cells`.
    pub fn cells(&self) -> u64 {
        self.base as u64 + RUNTIME_BYTES as u64
    }

    /// Address of the table of runtime entry points, for `ctx.runtime_table`.
    pub fn runtime_table(&self) -> u64 {
        self.base as u64
    }

    /// Makes cells up to `count` exist; new ones compile their function when called.
    pub fn ensure_cells(&self, count: usize) -> Result<(), ExecError> {
        if count > MAX_CELLS {
            return Err(ExecError::TooManyCells);
        }
        let mut w = self.writer.lock().unwrap_or_else(|e| e.into_inner());
        while w.cells < count {
            let at = w.used.next_multiple_of(CODE_ALIGN);
            let here = self.code_address(at);
            // mov r11d, cell; jmp lazy
            let mut thunk = [0u8; 11];
            thunk[..2].copy_from_slice(&[0x41, 0xBB]);
            thunk[2..6].copy_from_slice(&(w.cells as u32).to_le_bytes());
            thunk[6] = 0xE9;
            thunk[7..].copy_from_slice(&(self.lazy.wrapping_sub(here + 11) as i32).to_le_bytes());
            self.write_code(at, &thunk)?;
            w.used = at + thunk.len();
            self.word(Self::cell_offset(w.cells as u32)).store(here, Ordering::Release);
            w.cells += 1;
        }
        Ok(())
    }

    fn write_code(&self, at: usize, bytes: &[u8]) -> Result<(), ExecError> {
        if at + bytes.len() > self.code_bytes {
            return Err(ExecError::OutOfSpace);
        }
        // SAFETY: the range is inside the writable view; the caller holds the writer
        // lock (or is constructing the space) and no function in use lies in the range.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.write.add(at), bytes.len()) };
        Ok(())
    }

    /// Places code and returns its address. Direct calls need the callee's code to be placed already.
    pub fn add(&self, code: &CompiledCode) -> Result<u64, ExecError> {
        let mut w = self.writer.lock().unwrap_or_else(|e| e.into_inner());
        self.place(&mut w, code, true)
    }

    fn place(&self, w: &mut Writer, code: &CompiledCode, function: bool) -> Result<u64, ExecError> {
        let at = w.used.next_multiple_of(CODE_ALIGN);
        let start = self.code_address(at);
        let mut bytes = code.bytes.clone();
        for r in &code.relocs {
            let target = match r.target {
                Target::Func(f) if function && f.0 == code.id => start,
                Target::Func(f) => w.latest.get(f.0 as usize).copied().unwrap_or(0),
                Target::Cell(c) => self.base as u64 + Self::cell_offset(c) as u64,
                Target::Runtime(rt) => self.base as u64 + 8 * rt as u64,
                Target::Stub(s) => w.stubs.iter().find(|x| x.0 == s).map_or(0, |x| x.1),
            };
            if target == 0 {
                return Err(ExecError::Unresolved(r.target));
            }
            let field = r.offset as usize;
            let rel = target.wrapping_sub(start + field as u64 + 4) as i32;
            bytes[field..field + 4].copy_from_slice(&rel.to_le_bytes());
        }
        self.write_code(at, &bytes)?;
        w.used = at + bytes.len();
        if function {
            let id = code.id as usize;
            if w.latest.len() <= id {
                w.latest.resize(id + 1, 0);
            }
            w.latest[id] = start;
            let placed = Placed {
                start,
                len: bytes.len() as u32,
                id: code.id,
                frame_size: code.frame_size,
                sites: code.call_sites.clone().into(),
                inlined: code.inlined.clone().into(),
                name: code.name.as_str().into(),
            };
            self.shared.registry.write().unwrap_or_else(|e| e.into_inner()).funcs.push(placed);
        }
        Ok(start)
    }

    /// Address of a function's latest code.
    pub fn address(&self, id: FuncId) -> Option<u64> {
        let w = self.writer.lock().unwrap_or_else(|e| e.into_inner());
        w.latest.get(id.0 as usize).copied().filter(|&a| a != 0)
    }

    /// Makes calls through a cell reach `address`.
    pub fn publish(&self, cell: u32, address: u64) {
        self.word(Self::cell_offset(cell)).store(address, Ordering::Release);
    }

    /// The address in a cell.
    pub fn cell(&self, cell: u32) -> u64 {
        self.word(Self::cell_offset(cell)).load(Ordering::Acquire)
    }

    /// Fills the fields of a worker context that lead to this space.
    pub fn init_context(&self, ctx: &mut WorkerContext) {
        ctx.cells = self.cells();
        ctx.runtime_table = self.runtime_table();
    }

    /// Names of functions by address, in the format of perf's map files.
    pub fn perf_map(&self) -> String {
        use std::fmt::Write;
        let registry = self.shared.registry.read().unwrap_or_else(|e| e.into_inner());
        let mut out = String::new();
        for f in &registry.funcs {
            let _ = writeln!(out, "{:x} {:x} {}", f.start, f.len, f.name);
        }
        out
    }
}

impl Drop for CodeSpace {
    fn drop(&mut self) {
        // SAFETY: both mappings were made by `new`; no code of this space can run any
        // more, because running it borrows the space.
        unsafe {
            let _ = rustix::mm::munmap(self.base.cast(), self.reserved);
            let _ = rustix::mm::munmap(self.write.cast(), self.code_bytes);
        }
    }
}

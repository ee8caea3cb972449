//! The runtime as a WebAssembly module: what a host calls to start a program.
//!
//! Compiled programs import the runtime's functions; on this target a function's
//! address is its index in the function table, which the linker exports, so that the
//! host takes them from there by the order of the table of runtime functions.
//!
//! Order of calls: `ultra_init` once, before anything allocates; then `ultra_new`; then
//! the program's image, written into `ultra_buffer`, to `ultra_image`; then the program,
//! with the literals and globals that were made. The module is used by one thread.

mod image;

use std::ptr;
use std::sync::Mutex;
use ultra_abi::layout::WorkerContext;
use ultra_runtime::host::{Output, Stream};
use ultra_runtime::mem::region::set_region_end;
use ultra_runtime::{Error, Options, Runtime};

/// Bytes that the host writes for the runtime to read.
static BUFFER: Mutex<Vec<u8>> = Mutex::new(Vec::new());
/// What the last image was made into.
static LOADED: Mutex<image::Loaded> = Mutex::new(image::Loaded { literals: Vec::new(), globals: Vec::new(), roots: Vec::new() });

/// # Safety
/// `ctx` comes from `ultra_new`.
unsafe fn runtime<'a>(ctx: *mut WorkerContext) -> &'a mut Runtime {
    // SAFETY: a context made by `ultra_new` points to a runtime that lives as long as the module,
    // and the exports of this file, called from JavaScript, never nest.
    unsafe { &mut *((*ctx).runtime as *mut Runtime) }
}

/// Says where the heap region ends: the size in bytes that the memory was made with.
#[unsafe(no_mangle)]
pub extern "C" fn ultra_init(region_end: usize) {
    set_region_end(region_end);
    // A fault of the runtime ends in a trap; its message has no other way out.
    std::panic::set_hook(Box::new(|info| {
        let mut output = Output::default();
        output.write(Stream::Err, format!("ultra: {info}\n").as_bytes());
    }));
}

/// Makes the runtime with a shadow stack of so many bytes; the address of its context, or null
/// after an error message. The first `zeal_len` bytes of the buffer name zeal modes, as ULTRA_ZEAL does natively.
#[unsafe(no_mangle)]
pub extern "C" fn ultra_new(stack_bytes: usize, zeal_len: usize) -> *mut WorkerContext {
    let made = options(zeal_len).and_then(Runtime::new);
    let runtime = match made {
        Ok(runtime) => runtime,
        Err(e) => {
            Output::default().write(Stream::Err, format!("ultra: {e}\n").as_bytes());
            return ptr::null_mut();
        }
    };
    // The runtime and the stack live as long as the module.
    let runtime = Box::leak(runtime);
    let stack = Box::leak(vec![0u128; stack_bytes / 16].into_boxed_slice());
    let bounds = stack.as_ptr_range();
    let ctx = runtime.context();
    // SAFETY: the context belongs to the runtime just made, and nothing runs yet.
    unsafe {
        (*ctx).stack_base = bounds.end as u64;
        (*ctx).real_stack_limit = bounds.start as u64;
        (*ctx).stack_limit = bounds.start as u64;
    }
    ctx
}

fn options(zeal_len: usize) -> Result<Options, Error> {
    let buffer = BUFFER.lock().unwrap_or_else(|e| e.into_inner());
    let text = String::from_utf8_lossy(buffer.get(..zeal_len).unwrap_or_default());
    let mut options = Options::default();
    options.set_zeal(&text)?;
    Ok(options)
}

/// Table index of the runtime function with this number.
#[unsafe(no_mangle)]
pub extern "C" fn ultra_entry(index: usize) -> usize {
    ultra_runtime::entry::entry_points().get(index).map_or(0, |&f| f as usize)
}

/// Room for `len` bytes, valid until the next call.
#[unsafe(no_mangle)]
pub extern "C" fn ultra_buffer(len: usize) -> *mut u8 {
    let mut buffer = BUFFER.lock().unwrap_or_else(|e| e.into_inner());
    buffer.clear();
    buffer.resize(len, 0);
    buffer.as_mut_ptr()
}

/// Makes what the image in the buffer describes. 0, or 1 after an error message on stderr.
///
/// # Safety
/// `ctx` comes from `ultra_new`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ultra_image(ctx: *mut WorkerContext) -> i32 {
    // SAFETY: passed on from the caller.
    let runtime = unsafe { runtime(ctx) };
    let buffer = BUFFER.lock().unwrap_or_else(|e| e.into_inner());
    match image::load(runtime, &buffer) {
        Ok(loaded) => {
            *LOADED.lock().unwrap_or_else(|e| e.into_inner()) = loaded;
            0
        }
        Err(e) => {
            runtime.write(Stream::Err, format!("program image: {e}\n").as_bytes());
            1
        }
    }
}

/// Word of the image's literal with this index.
#[unsafe(no_mangle)]
pub extern "C" fn ultra_literal(index: usize) -> u64 {
    let loaded = LOADED.lock().unwrap_or_else(|e| e.into_inner());
    loaded.literals.get(index).copied().unwrap_or(ultra_abi::value::EMPTY_STRING)
}

/// Id of the image's global with this index.
#[unsafe(no_mangle)]
pub extern "C" fn ultra_global(index: usize) -> u32 {
    let loaded = LOADED.lock().unwrap_or_else(|e| e.into_inner());
    loaded.globals.get(index).copied().unwrap_or(0)
}

/// Prints an exception that nothing caught.
///
/// # Safety
/// `ctx` comes from `ultra_new`; `exception` is a live `any` word.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ultra_uncaught(ctx: *mut WorkerContext, exception: u64) {
    // SAFETY: passed on from the caller.
    let runtime = unsafe { runtime(ctx) };
    let text = runtime.format_uncaught(exception);
    runtime.write(Stream::Err, text.as_bytes());
}

/// Writes buffered output.
///
/// # Safety
/// `ctx` comes from `ultra_new`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ultra_flush(ctx: *mut WorkerContext) {
    // SAFETY: passed on from the caller.
    unsafe { runtime(ctx) }.flush();
}

/// Ends the program: frees all that is dead; the number of objects that are left, immortal ones apart.
///
/// # Safety
/// `ctx` comes from `ultra_new`, and no compiled code runs any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ultra_end(ctx: *mut WorkerContext) -> u32 {
    // SAFETY: passed on from the caller.
    let runtime = unsafe { runtime(ctx) };
    runtime.flush();
    let roots = LOADED.lock().unwrap_or_else(|e| e.into_inner()).roots.split_off(0);
    let report = runtime.shutdown(&roots);
    [&report.held, &report.cyclic, &report.leaked].into_iter().flatten().map(|l| l.count as u32).sum()
}

//! The runtime as a WebAssembly module: what a host calls to start a program.
//!
//! Compiled programs import the runtime's functions; on this target a function's
//! address is its index in the function table, which the linker exports, so that the
//! host takes them from there by the order of the table of runtime functions.
//!
//! Order of calls: `ultra_init` once, before anything allocates; then `ultra_new`; then
//! classes, literals and globals; then the program.

use std::ptr;
use ultra_abi::layout::WorkerContext;
use ultra_runtime::mem::region::set_region_end;
use ultra_runtime::{Options, Runtime};

/// Says where the heap region ends: the size in bytes that the memory was made with.
#[unsafe(no_mangle)]
pub extern "C" fn ultra_init(region_end: usize) {
    set_region_end(region_end);
}

/// Makes the runtime with a shadow stack of so many bytes; the address of its context, or null
/// when there is not enough memory.
#[unsafe(no_mangle)]
pub extern "C" fn ultra_new(stack_bytes: usize) -> *mut WorkerContext {
    let Ok(runtime) = Runtime::new(Options::default()) else { return ptr::null_mut() };
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

/// Table index of the runtime function with this number.
#[unsafe(no_mangle)]
pub extern "C" fn ultra_entry(index: usize) -> usize {
    ultra_runtime::entry::entry_points().get(index).map_or(0, |&f| f as usize)
}

//! Runs a program whose functions a service compiles on their first call.
//!
//! The service is reached through `WorkerContext::driver`, which points to a record on
//! the stack of `run_main` for as long as generated code runs.

use super::{CodeSpace, Stack, Uncaught};
use ultra_abi::layout::WorkerContext;

/// Compiles functions on demand.
pub trait Service {
    /// Machine code of the function in a cell, published there. `None` when an exception
    /// is pending instead.
    fn compile(&mut self, cell: u32) -> Option<u64>;
}

/// What the compile hook finds through the context.
struct Record<'a> {
    service: &'a mut dyn Service,
}

unsafe extern "C" fn hook(ctx: *mut WorkerContext, cell: u32) -> u64 {
    // SAFETY: generated code passes its context, whose `driver` was set by `run_main`, which is still active.
    let record = unsafe { &mut *((*ctx).driver as *mut Record<'_>) };
    record.service.compile(cell).unwrap_or(0)
}

/// Runs the function in a cell, which takes and returns nothing, on `stack`.
///
/// The context must be that of a runtime whose entry points `space` was made with, and
/// `init_context` of `space` must have been applied to it; it is used by address for
/// the whole run, so the caller must not touch it meanwhile.
pub fn run_main(
    space: &CodeSpace,
    ctx: &mut WorkerContext,
    service: &mut dyn Service,
    cell: u32,
    stack: &Stack,
) -> Result<(), Uncaught> {
    let mut record = Record { service };
    ctx.driver = (&raw mut record) as u64;
    ctx.compile_hook = hook as *const () as u64;
    let code = space.cell(cell);
    // SAFETY: the cell holds compiled code or a thunk that compiles it; the context fits by the caller's promise.
    let result = unsafe { space.call_main(ctx, code, stack) };
    ctx.driver = 0;
    result
}

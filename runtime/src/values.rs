//! State of strings, arrays, objects and output that the runtime owns.

use crate::builtins::math::Random;
use crate::console::ConsoleState;
use crate::host::Clock;
use crate::object::property::NameTables;
use crate::string::atoms::Atoms;
use hashbrown::HashMap;
use ultra_abi::layout::WorkerContext;

/// Text of the frames of a new error, innermost first: each line starts with "\n    at ".
pub type StackTraceHook = fn(*mut WorkerContext) -> String;

/// Everything that is not memory management and outlives a call.
#[derive(Default, Debug)]
pub struct ValuesState {
    pub atoms: Atoms,
    pub names: NameTables,
    pub console: ConsoleState,
    pub random: Random,
    pub clock: Clock,
    /// Set by the driver; without it a stack text is its first line alone.
    pub stack_trace_hook: Option<StackTraceHook>,
    /// Functions that are `async` and/or generators, by index, for printing: bits 1 and 2.
    pub function_flavors: HashMap<u32, u8>,
}

//! State of strings, arrays, objects and output that the runtime owns.

use crate::builtins::math::Random;
use crate::console::{self, ConsoleState};
use crate::ctx::Runtime;
use crate::host::{Clock, Sink, Stream};
use crate::object::cx::{Cx, Word};
use crate::object::property::{self, NameTables};
use crate::string::atoms::{self, Atoms};
use crate::string::chars::Chars;
use crate::string::heap;
use crate::{Error, error};
use hashbrown::HashMap;
use ultra_abi::layout::WorkerContext;

/// Text of the frames of a new error, innermost first: each line starts with "\n    at ".
pub type StackTraceHook = fn(*mut WorkerContext) -> String;

/// Everything that is not memory management and outlives a call.
#[derive(Default, Debug)]
pub struct ValuesState {
    pub atoms: Atoms,
    pub names: NameTables,
    pub symbols: Vec<crate::object::symbol::Symbol>,
    pub console: ConsoleState,
    pub random: Random,
    pub clock: Clock,
    /// Set by the driver; without it a stack text is its first line alone.
    pub stack_trace_hook: Option<StackTraceHook>,
    /// Functions that are `async` and/or generators, by index, for printing: bits 1 and 2.
    pub function_flavors: HashMap<u32, u8>,
    /// Results of `typeof` as atoms.
    pub type_names: Vec<(&'static str, Word)>,
}

/// What the driver asks of strings, errors and output.
impl Runtime {
    fn cx(&self) -> Cx {
        // SAFETY: the context is this runtime's; callers pass only its values.
        unsafe { Cx::new(self.context()) }
    }

    /// The immortal string word with this text: for literals and property names.
    ///
    /// # Errors
    /// When the heap has no room.
    pub fn intern(&mut self, text: &str) -> Result<u64, Error> {
        let atom = atoms::intern_str(self.cx(), text);
        atom.map_err(|_| self.no_memory())
    }

    /// As `intern`, for code units: literals may hold lone surrogates.
    ///
    /// # Errors
    /// As `intern`.
    pub fn intern_utf16(&mut self, units: &[u16]) -> Result<u64, Error> {
        let atom = atoms::intern(self.cx(), Chars::Utf16(units));
        atom.map_err(|_| self.no_memory())
    }

    fn no_memory(&self) -> Error {
        self.cx().clear_exception();
        Error::NoMemory
    }

    /// Makes an immortal closure the method that dynamic code finds by name; see
    /// `object::property::register_method` for which shape stands for what.
    ///
    /// # Errors
    /// As `intern`.
    pub fn register_method(&mut self, shape: u32, name: &str, closure: u32) -> Result<(), Error> {
        let done = property::register_method(self.cx(), shape, name, closure);
        done.map_err(|_| self.no_memory())
    }

    /// Whether a value is an error object.
    pub fn is_error(&self, word: u64) -> bool {
        crate::object::cx::object_of(word).is_some_and(|id| error::is_error(self.cx(), id))
    }

    /// Says what tells the frames of new errors.
    pub fn set_stack_trace_hook(&mut self, hook: StackTraceHook) {
        self.cx().library().stack_trace_hook = Some(hook);
    }

    /// What is printed about an exception that nobody caught; ends with a line feed.
    pub fn format_uncaught(&mut self, exception: u64) -> String {
        error::format_uncaught(self.cx(), exception)
    }

    /// Text of a string word, with U+FFFD for lone surrogates.
    pub fn string_text(&self, word: u64) -> String {
        heap::chars(self.cx(), &word).to_utf8()
    }

    /// A value as console.log prints it.
    pub fn display(&mut self, word: u64) -> String {
        console::inspect::top_level(self.cx(), word, false)
    }

    /// Writes to a standard stream in order with the program's own output.
    pub fn write(&mut self, stream: Stream, bytes: &[u8]) {
        self.values.console.output.write(stream, bytes);
    }

    /// Writes buffered output: at exit, and before the process is left by other ways.
    pub fn flush(&mut self) {
        self.values.console.output.flush();
    }

    /// Collects output in memory from now on, for tests and embedding.
    pub fn capture_output(&mut self) {
        self.flush();
        self.values.console.output.sink = Sink::Memory(Vec::new(), Vec::new());
    }

    /// What was captured since: output and errors.
    pub fn take_output(&mut self) -> (Vec<u8>, Vec<u8>) {
        match &mut self.values.console.output.sink {
            Sink::Memory(out, err) => (std::mem::take(out), std::mem::take(err)),
            Sink::Process => (Vec::new(), Vec::new()),
        }
    }
}

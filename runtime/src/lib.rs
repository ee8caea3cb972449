//! The runtime that compiled programs call.
//!
//! `mem` owns objects' memory, `rc` counts references and frees what is dead, `ctx`
//! is the state of one program, `entry` the functions that compiled code calls.

pub mod api;
pub mod array;
pub mod builtins;
pub mod console;
pub mod convert;
pub mod ctx;
pub mod cycle;
pub mod entry;
pub mod error;
pub mod host;
pub mod mem;
pub mod mutant;
pub mod object;
pub mod rc;
pub mod string;
pub mod sync;
pub mod values;
pub mod weak;
pub mod worker;

pub use ctx::{FunctionRecord, Runtime, make_immortal};
pub use mem::options::Options;
pub use mem::{ClassSpec, ObjectId, SlotSpec};

/// Why a runtime could not be set up or extended.
#[derive(Debug, Clone, PartialEq)]
pub enum Error {
    /// The system refuses address space.
    Reserve { bytes: u64, reason: String },
    /// The heap limit leaves no room for the first objects.
    NoMemory,
    /// A shape cannot be registered.
    Shape(String),
    /// An environment variable has a value without meaning.
    Option { name: &'static str, value: String },
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Reserve { bytes, reason } => {
                write!(f, "cannot reserve {bytes} bytes of address space: {reason}")
            }
            Error::NoMemory => write!(f, "the heap limit leaves no room for the runtime's own objects"),
            Error::Shape(what) => write!(f, "cannot register a shape: {what}"),
            Error::Option { name, value } => write!(f, "{name}: {value:?} is not understood"),
        }
    }
}

impl std::error::Error for Error {}

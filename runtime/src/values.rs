//! State of strings, arrays, objects and output that the runtime owns.

/// Everything that is not memory management and outlives a call.
#[derive(Default, Debug)]
pub struct ValuesState {}

//! The intermediate representation: ids, operations, functions, text, verifier, oracle and passes.

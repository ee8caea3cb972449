//! Tests of the memory manager: each contract by itself, and random heap scripts
//! against a model.

mod contract;
mod model;
mod script;
mod threads;

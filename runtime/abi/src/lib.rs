#![no_std]
//! The contract between compiled code and the runtime.

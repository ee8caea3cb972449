//! The intermediate representation of `ultra`.
//!
//! One SSA form with two dialects. The **dynamic** dialect (`js.*`) has the meaning
//! of the source language on values of unknown type; lowering of the syntax tree
//! produces it once per function. The **typed** dialect works on registers, fields
//! and elements; specialisation turns the first into the second once per (function,
//! argument types). Passes, oracle and backends see only the typed dialect.
//!
//! Invariants: instructions are 16 bytes and Copy; operand lists are pooled; a value
//! is defined once and has no aliases; every entity is a 4-byte id and facts about it
//! live in tables keyed by that id; the op table alone defines an operation's shape.

pub mod analysis;
pub mod builder;
pub mod func;
pub mod ids;
pub mod interp;
pub mod module;
pub mod op;
pub mod pass;
pub mod testing;
pub mod text;
pub mod verify;

pub use func::{BlockCall, BlockData, Def, Func, INLINED, InstData, ListRef, source_offsets};
pub use ids::{Block, BlockCallId, ClassId, FieldId, FuncId, GlobalId, Inst, SigId, StrId, Table, Value};
pub use module::{ClassData, FieldData, FuncDecl, Module, Sig};
pub use op::Op;
pub use ultra_abi::value::{Kind, RtTy as Ty};

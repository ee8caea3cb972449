//! What an instruction may do to memory and control, in the terms that passes ask for.
//!
//! Memory is divided into alias classes: one per field, one per element kind, one for
//! frame areas and other raw words, one for shapes. Two places of different classes never
//! overlap: fields by the registry, element kinds because a store has one kind for life.

use crate::ids::*;
use crate::op::*;
use crate::verify::may_throw;
use crate::{Func, InstData, Module};
use ultra_abi::rtfn::{Effects, RtFn};

/// An alias class.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub enum Alias {
    Field(FieldId),
    /// Elements of a `Kind`.
    Elem(u8),
    Raw,
    Shape,
}

/// Which classes an instruction may write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clobber {
    None,
    One(Alias),
    /// Everything but immutable fields.
    All,
}

/// Effects of a runtime call's row.
pub fn rt_effects(d: &InstData) -> Effects {
    RtFn::from_index(d.a).map_or(Effects(u8::MAX), |f| f.sig().effects)
}

/// The class that a simple load reads.
pub fn reads(d: &InstData) -> Option<Alias> {
    match d.op {
        Op::LoadField => Some(Alias::Field(FieldId(d.b))),
        Op::LoadElem => Some(Alias::Elem(d.aux as u8)),
        Op::PtrLoad => Some(Alias::Raw),
        Op::ShapeOf | Op::IsInstance => Some(Alias::Shape),
        _ => None,
    }
}

pub fn clobbers(m: &Module, d: &InstData) -> Clobber {
    match d.op {
        Op::StoreField => Clobber::One(Alias::Field(FieldId(d.c))),
        Op::StoreElem => Clobber::One(Alias::Elem(d.aux as u8)),
        Op::PtrStore => Clobber::One(Alias::Raw),
        Op::Call if m.funcs[FuncId(d.a)].pure_ => Clobber::None,
        Op::CallRt => {
            let e = rt_effects(d);
            // An exception or a scan writes nothing that the program can see by itself.
            if e.has(Effects::WRITE) { Clobber::All } else { Clobber::None }
        }
        op if op.fx().has(Fx::CALL) => Clobber::All,
        _ => Clobber::None,
    }
}

/// Whether the result depends on the operands alone, so that equal instructions can be merged.
/// Loads are not pure by themselves; see `reads`.
pub fn is_pure(m: &Module, d: &InstData) -> bool {
    match d.op {
        Op::CallRt => rt_effects(d) == Effects::PURE,
        Op::Call => m.funcs[FuncId(d.a)].pure_ && m.funcs[FuncId(d.a)].nothrow,
        op => op.fx().0 & !Fx::COMM.0 == 0,
    }
}

/// Whether the instruction can go when nothing uses its result.
pub fn is_removable(m: &Module, d: &InstData) -> bool {
    match d.op {
        Op::CallRt => rt_effects(d).removable(),
        Op::StackSlot => true,
        op if op.fx().has(Fx::READ) || op.fx().has(Fx::ALLOC) => !op.fx().has(Fx::WRITE),
        _ => is_pure(m, d),
    }
}

/// Whether the instruction may run where the program would not have run it: it has no effect,
/// cannot trap and does not rely on what a check has proven.
pub fn is_speculatable(f: &Func, m: &Module, d: &InstData) -> bool {
    match d.op {
        Op::SDiv | Op::UDiv | Op::SRem | Op::URem => {
            super::edit::const_int(f, d.arg_b()).is_some_and(|c| c != 0)
        }
        // These hold only under a check, or read memory at an unchecked place.
        Op::AnyToF64 | Op::AnyToRef | Op::AnyToStr | Op::AnyToBool | Op::StrCharCode | Op::StoreData => false,
        Op::Call | Op::CallRt => false,
        _ => is_pure(m, d),
    }
}

/// Whether control may leave after this instruction other than to the next one.
pub fn may_leave(f: &Func, m: &Module, i: Inst) -> bool {
    let op = f.insts[i].op;
    may_throw(f, m, i) || op.fx().has(Fx::CALL)
}

/// Whether a stack scan may run at this instruction.
pub fn may_scan(m: &Module, d: &InstData) -> bool {
    match d.op {
        Op::NewObject => true,
        Op::CallRt => {
            let e = rt_effects(d);
            e.has(Effects::SCAN) || e.has(Effects::ALLOC) || e.has(Effects::THROW)
        }
        Op::Call if m.funcs[FuncId(d.a)].pure_ => true,
        op => op.fx().has(Fx::CALL),
    }
}

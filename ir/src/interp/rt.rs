//! Runtime functions of the oracle: a small deterministic set behind a trait.

use super::Exit;
use super::heap::Heap;
use super::scalar::{is_reserved, to_int32};
use crate::{Kind, Module};
use ultra_abi::rtfn::RtFn;
use ultra_abi::value::*;

/// Runtime functions as the oracle calls them. Arguments and result are bit patterns.
pub trait Runtime {
    /// Runs one function; `Exit::Throw` carries the thrown `any` word.
    fn call(&mut self, m: &Module, heap: &mut Heap, f: RtFn, args: &[u64]) -> Result<u64, Exit>;
}

/// Arithmetic, strings, arrays, throws, and console output kept as a trace.
#[derive(Clone, Debug, Default)]
pub struct BasicRuntime {
    /// What was written, one entry per call, in a form that does not depend on object ids.
    pub trace: Vec<String>,
}

/// `a % b` of doubles as ECMAScript defines it, which is what Rust's `%` computes.
fn rem(a: f64, b: f64) -> f64 {
    a % b
}

/// ECMAScript `**`: NaN for a base of magnitude 1 and an infinite or NaN exponent.
fn pow(a: f64, b: f64) -> f64 {
    if b.is_nan() || (a.abs() == 1.0 && b.is_infinite()) { f64::NAN } else { a.powf(b) }
}

fn number(x: f64) -> u64 {
    if x.is_nan() { CANONICAL_NAN } else { x.to_bits() }
}

impl Runtime for BasicRuntime {
    fn call(&mut self, m: &Module, heap: &mut Heap, rt: RtFn, args: &[u64]) -> Result<u64, Exit> {
        let f = |i: usize| f64::from_bits(args[i]);
        let units = |i: usize| {
            heap.units(args[i]).ok_or_else(|| Exit::Trap(format!("{} of no string", rt.sig().name)))
        };
        Ok(match rt {
            RtFn::MathRem => number(rem(f(0), f(1))),
            RtFn::MathPow => number(pow(f(0), f(1))),
            RtFn::F64ToInt32 => to_int32(f(0)) as u32 as u64,
            RtFn::Poll | RtFn::LogFull => 0,
            RtFn::Throw => return Err(Exit::Throw(args[0])),
            RtFn::ThrowKind => return Err(Exit::Throw(f64::to_bits(1000.0 + args[0] as f64))),
            RtFn::NewArray => {
                let kind =
                    *Kind::ALL.get(args[0] as usize).ok_or_else(|| Exit::Trap("kind of new_array".into()))?;
                let fill = match kind {
                    Kind::F64 => HOLE_F64,
                    Kind::Any => HOLE,
                    Kind::Str => EMPTY_STRING,
                    _ => 0,
                };
                heap.new_array(m, kind, args[1] as u32, (args[2] as u32).max(args[1] as u32), fill)
            }
            RtFn::StrConcat => {
                let both = [units(0)?, units(1)?].concat();
                heap.string(&both)
            }
            RtFn::StrEq => (args[0] == args[1]) as u64,
            RtFn::StrLen => units(0)?.len() as u64,
            RtFn::StrCharCodeAt => units(0)?.get(args[1] as usize).map_or(u32::MAX as u64, |&u| u as u64),
            RtFn::AnyStrictEq => {
                let both = is_double(args[0]) && is_double(args[1]);
                (if both { f(0) == f(1) } else { args[0] == args[1] }) as u64
            }
            RtFn::AnyTruthy => match args[0] {
                UNDEFINED | NULL | FALSE | EMPTY_STRING => 0,
                w if is_double(w) => (f(0) != 0.0 && !f(0).is_nan()) as u64,
                _ => 1,
            },
            RtFn::AnyToF64 if is_double(args[0]) => args[0],
            RtFn::ConsoleWrite => {
                self.trace.push(heap.describe(m, &[(Kind::Any, args[1])]));
                0
            }
            RtFn::ConsoleEnd => {
                self.trace.push("end of line".into());
                0
            }
            RtFn::F64ToStr if is_reserved(args[0]) => {
                heap.string(&"undefined".encode_utf16().collect::<Vec<_>>())
            }
            RtFn::F64ToStr => heap.string(&format!("{}", f(0)).encode_utf16().collect::<Vec<_>>()),
            _ => return Err(Exit::Trap(format!("the oracle has no {}", rt.sig().name))),
        })
    }
}

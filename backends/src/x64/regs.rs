//! Registers: numbering, the calling convention, and the allocator's view of the machine.

use iced_x86::Register;
use regalloc2::{MachineEnv, PReg, PRegSet, RegClass};
use std::sync::LazyLock;
use ultra_ir::Ty;

/// The worker context.
pub const CTX: Register = Register::R15;
/// The base of the heap region.
pub const HEAP: Register = Register::R14;

pub const RAX: PReg = PReg::new(0, RegClass::Int);
pub const RCX: PReg = PReg::new(1, RegClass::Int);
pub const RDX: PReg = PReg::new(2, RegClass::Int);
pub const RBX: PReg = PReg::new(3, RegClass::Int);
pub const RSI: PReg = PReg::new(6, RegClass::Int);
pub const RDI: PReg = PReg::new(7, RegClass::Int);
pub const R8: PReg = PReg::new(8, RegClass::Int);
pub const R9: PReg = PReg::new(9, RegClass::Int);
pub const R10: PReg = PReg::new(10, RegClass::Int);
pub const R11: PReg = PReg::new(11, RegClass::Int);
pub const R12: PReg = PReg::new(12, RegClass::Int);
pub const R13: PReg = PReg::new(13, RegClass::Int);
pub const XMM0: PReg = PReg::new(0, RegClass::Float);

/// Integer-class argument registers between generated functions, in order.
pub const INT_ARGS: [PReg; 8] = [RDI, RSI, RDX, RCX, R8, R9, RAX, RBX];
/// Integer-class argument registers of runtime functions after the context in rdi.
pub const RT_INT_ARGS: [PReg; 5] = [RSI, RDX, RCX, R8, R9];
pub const FLOAT_ARGS: usize = 8;

pub const fn xmm(n: usize) -> PReg {
    PReg::new(n, RegClass::Float)
}

const GPR64: [Register; 16] = [
    Register::RAX,
    Register::RCX,
    Register::RDX,
    Register::RBX,
    Register::RSP,
    Register::RBP,
    Register::RSI,
    Register::RDI,
    Register::R8,
    Register::R9,
    Register::R10,
    Register::R11,
    Register::R12,
    Register::R13,
    Register::R14,
    Register::R15,
];
const GPR32: [Register; 16] = [
    Register::EAX,
    Register::ECX,
    Register::EDX,
    Register::EBX,
    Register::ESP,
    Register::EBP,
    Register::ESI,
    Register::EDI,
    Register::R8D,
    Register::R9D,
    Register::R10D,
    Register::R11D,
    Register::R12D,
    Register::R13D,
    Register::R14D,
    Register::R15D,
];
const GPR16: [Register; 16] = [
    Register::AX,
    Register::CX,
    Register::DX,
    Register::BX,
    Register::SP,
    Register::BP,
    Register::SI,
    Register::DI,
    Register::R8W,
    Register::R9W,
    Register::R10W,
    Register::R11W,
    Register::R12W,
    Register::R13W,
    Register::R14W,
    Register::R15W,
];
const GPR8: [Register; 16] = [
    Register::AL,
    Register::CL,
    Register::DL,
    Register::BL,
    Register::SPL,
    Register::BPL,
    Register::SIL,
    Register::DIL,
    Register::R8L,
    Register::R9L,
    Register::R10L,
    Register::R11L,
    Register::R12L,
    Register::R13L,
    Register::R14L,
    Register::R15L,
];
const XMM: [Register; 16] = [
    Register::XMM0,
    Register::XMM1,
    Register::XMM2,
    Register::XMM3,
    Register::XMM4,
    Register::XMM5,
    Register::XMM6,
    Register::XMM7,
    Register::XMM8,
    Register::XMM9,
    Register::XMM10,
    Register::XMM11,
    Register::XMM12,
    Register::XMM13,
    Register::XMM14,
    Register::XMM15,
];

/// The 64-bit (or xmm) register of an allocation.
pub fn full(p: PReg) -> Register {
    match p.class() {
        RegClass::Int => GPR64[p.hw_enc()],
        _ => XMM[p.hw_enc()],
    }
}

/// `r` (a 64-bit or xmm register) in a width of 1, 2, 4, 8 or 16 bytes.
pub fn sized(r: Register, bytes: u32) -> Register {
    if !r.is_gpr64() {
        return r;
    }
    let n = r.number();
    match bytes {
        1 => GPR8[n],
        2 => GPR16[n],
        4 => GPR32[n],
        _ => GPR64[n],
    }
}

pub fn r32(r: Register) -> Register {
    sized(r, 4)
}

pub fn r8(r: Register) -> Register {
    sized(r, 1)
}

pub fn class_of(ty: Ty) -> RegClass {
    if ty.is_float() { RegClass::Float } else { RegClass::Int }
}

/// Where an argument goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgLoc {
    Reg(PReg),
    /// Word of the stack area at the caller's rsp.
    Stack(u32),
}

/// Assigns argument locations; returns them with the number of stack words.
pub fn assign(types: impl Iterator<Item = Ty>, ints: &[PReg]) -> (Vec<ArgLoc>, u32) {
    let (mut i, mut f, mut s) = (0, 0, 0);
    let locs = types
        .map(|ty| {
            if ty.is_float() && f < FLOAT_ARGS {
                f += 1;
                return ArgLoc::Reg(xmm(f - 1));
            }
            if !ty.is_float() && i < ints.len() {
                i += 1;
                return ArgLoc::Reg(ints[i - 1]);
            }
            s += 1;
            ArgLoc::Stack(s - 1)
        })
        .collect();
    (locs, s)
}

/// The registers that the allocator may use.
pub fn machine_env() -> &'static MachineEnv {
    static ENV: LazyLock<MachineEnv> = LazyLock::new(|| {
        let ints: PRegSet = [RAX, RCX, RDX, RSI, RDI, R8, R9, R10, R11, RBX].into_iter().collect();
        let late: PRegSet = [R12, R13].into_iter().collect();
        let floats: PRegSet = (0..16).map(xmm).collect();
        MachineEnv {
            preferred_regs_by_class: [ints, floats, PRegSet::empty()],
            non_preferred_regs_by_class: [late, PRegSet::empty(), PRegSet::empty()],
            scratch_by_class: [None, None, None],
            fixed_stack_slots: vec![],
        }
    });
    &ENV
}

/// Every allocatable register: what a call of generated code clobbers.
pub fn all_clobbers() -> PRegSet {
    PRegSet::from(machine_env())
}

/// What a call of a runtime function clobbers.
pub fn runtime_clobbers() -> PRegSet {
    let mut s = all_clobbers();
    for p in [RBX, R12, R13] {
        s.remove(p);
    }
    s
}

//! Machine instructions on virtual registers, and the view of them that regalloc2 wants.
//!
//! Most instructions are an iced `Code` with generic operands: to add one is to choose
//! a code. Sequences with inner control flow (barriers, allocation, conversions with a
//! slow path) are one `MInst` each, expanded when code is emitted, so that the allocator
//! never sees a branch in the middle of a block. Flags live only between neighbours:
//! nothing but allocator moves, which keep flags, comes between their setter and user.

use iced_x86::{Code, Register};
use regalloc2::{Block, Inst, InstRange, Operand, PRegSet, RegClass, VReg};
use ultra_abi::RtFn;
use ultra_abi::value::Kind;
use ultra_ir::FuncId;

/// Condition codes with their encoding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Cc {
    O,
    No,
    B,
    Ae,
    E,
    Ne,
    Be,
    A,
    S,
    Ns,
    P,
    Np,
    L,
    Ge,
    Le,
    G,
}

impl Cc {
    const ALL: [Cc; 16] = [
        Cc::O,
        Cc::No,
        Cc::B,
        Cc::Ae,
        Cc::E,
        Cc::Ne,
        Cc::Be,
        Cc::A,
        Cc::S,
        Cc::Ns,
        Cc::P,
        Cc::Np,
        Cc::L,
        Cc::Ge,
        Cc::Le,
        Cc::G,
    ];

    pub fn inverse(self) -> Cc {
        Cc::ALL[(self as u8 ^ 1) as usize]
    }

    pub fn setcc(self) -> Code {
        use Code::*;
        [
            Seto_rm8, Setno_rm8, Setb_rm8, Setae_rm8, Sete_rm8, Setne_rm8, Setbe_rm8, Seta_rm8, Sets_rm8,
            Setns_rm8, Setp_rm8, Setnp_rm8, Setl_rm8, Setge_rm8, Setle_rm8, Setg_rm8,
        ][self as usize]
    }

    pub fn cmov(self, wide: bool) -> Code {
        use Code::*;
        let c = [
            [Cmovo_r32_rm32, Cmovo_r64_rm64],
            [Cmovno_r32_rm32, Cmovno_r64_rm64],
            [Cmovb_r32_rm32, Cmovb_r64_rm64],
            [Cmovae_r32_rm32, Cmovae_r64_rm64],
            [Cmove_r32_rm32, Cmove_r64_rm64],
            [Cmovne_r32_rm32, Cmovne_r64_rm64],
            [Cmovbe_r32_rm32, Cmovbe_r64_rm64],
            [Cmova_r32_rm32, Cmova_r64_rm64],
            [Cmovs_r32_rm32, Cmovs_r64_rm64],
            [Cmovns_r32_rm32, Cmovns_r64_rm64],
            [Cmovp_r32_rm32, Cmovp_r64_rm64],
            [Cmovnp_r32_rm32, Cmovnp_r64_rm64],
            [Cmovl_r32_rm32, Cmovl_r64_rm64],
            [Cmovge_r32_rm32, Cmovge_r64_rm64],
            [Cmovle_r32_rm32, Cmovle_r64_rm64],
            [Cmovg_r32_rm32, Cmovg_r64_rm64],
        ];
        c[self as usize][wide as usize]
    }
}

/// A condition on the flags. Comparing floats for equality needs two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cond {
    One(Cc),
    And(Cc, Cc),
    Or(Cc, Cc),
}

impl Cond {
    pub fn inverse(self) -> Cond {
        match self {
            Cond::One(c) => Cond::One(c.inverse()),
            Cond::And(a, b) => Cond::Or(a.inverse(), b.inverse()),
            Cond::Or(a, b) => Cond::And(a.inverse(), b.inverse()),
        }
    }
}

/// A register named by an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reg {
    None,
    /// Operand of the instruction by index.
    Op(u8),
    Phys(Register),
    /// The start of the area of stack slots (rsp plus the area of outgoing arguments).
    Slots,
}

/// A memory operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mem {
    pub base: Reg,
    pub index: Reg,
    pub scale: u8,
    pub disp: i32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arg {
    None,
    Reg(Reg),
    Imm(i64),
    Mem(Mem),
    /// Constant of the function's pool.
    Const(u32),
}

/// The function that a call calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Callee {
    Direct(FuncId),
    /// Through a cell known now.
    Cell(u32),
    /// Through the cell whose index is in the register of operand 0 (r11).
    Index,
    /// Method table slot; the receiver is in rdi, r11 is free.
    Virtual(u32),
    Runtime(RtFn),
    /// Safepoint poll.
    Poll,
}

/// What a call does; also a terminator when `exc` holds the normal and the handler block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CallInfo {
    pub callee: Callee,
    pub exc: Option<(Block, Block)>,
    pub ret: ultra_ir::Ty,
}

/// Rounding of `MKind::Round`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounding {
    Floor,
    Ceil,
    Trunc,
}

/// Barrier of a counted store. Operand order is documented where it is emitted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StoreInfo {
    pub kind: Kind,
    pub full: bool,
    /// Whether the stored object becomes a candidate for the collector when its count was 0.
    pub candidate: bool,
    /// Slot address; base is heap or an element pointer.
    pub slot: Mem,
    /// Address of the container's RC word.
    pub rc: Mem,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum MKind {
    /// An instruction with up to three explicit operands.
    Ins(Code, [Arg; 3]),
    /// Operand 0 := immediate.
    MovImm(u64),
    /// Defines the parameters in their registers.
    Params,
    Jump(Block),
    Branch(Cond, Block, Block),
    /// ops: value, two temporaries. Index into `VCode::switches`.
    Switch(u32),
    Ret,
    Unreachable,
    Call(CallInfo),
    /// ops: dividend (rax), divisor, quotient (rax), remainder (rdx).
    Div {
        signed: bool,
        wide: bool,
        check: bool,
    },
    /// Operand 0 := condition as 0 or 1; for two conditions operand 1 is a temporary.
    SetCond(Cond),
    /// ops: value when true (tied to 2), value when false, result.
    SelectF(Cond),
    /// ops: a (tied to 2), b, result.
    MinMax {
        max: bool,
        wide: bool,
    },
    /// ops: source, result, integer temporary.
    Round {
        how: Rounding,
        wide: bool,
    },
    /// ops: source, result.
    ToSSat {
        from_wide: bool,
        wide: bool,
    },
    /// ops: source, result, integer temporary, float temporary.
    ToUSat {
        from_wide: bool,
        wide: bool,
    },
    /// ops: source, result.
    ToInt32,
    /// 64-bit unsigned to float. ops: source, result, temporary.
    UToF {
        wide: bool,
    },
    /// ops: source, result.
    AnyFromNumber,
    /// ops: source (tied), result.
    Canon,
    /// ops: result, temporary.
    /// Also a terminator, as a call is.
    NewObject {
        class: u32,
        bytes: u32,
        meta: u32,
        exc: Option<(Block, Block)>,
    },
    /// ops: value, temporary, temporary, then registers of the memory operands.
    Store(u32),
    /// ops: string, result.
    StrLen,
    /// ops: string, index, result, temporary.
    StrCharCode,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clobber {
    None,
    Runtime,
    All,
}

#[derive(Clone, Copy, Debug)]
pub struct MInst {
    pub kind: MKind,
    pub ops: (u32, u32),
    pub clobber: Clobber,
    /// Source position, or u32::MAX.
    pub pos: u32,
}

#[derive(Clone, Debug, Default)]
pub struct MBlock {
    pub insts: (u32, u32),
    pub succs: Vec<Block>,
    pub preds: Vec<Block>,
    pub params: Vec<VReg>,
    /// Arguments of each successor, aligned with `succs`.
    pub args: Vec<Vec<VReg>>,
    pub cold: bool,
}

/// Cases of a switch.
#[derive(Clone, Debug)]
pub struct SwitchData {
    pub default: Block,
    /// Sorted by value.
    pub cases: Vec<(i32, Block)>,
}

/// A function as machine instructions, in the order in which the allocator sees blocks.
#[derive(Clone, Debug, Default)]
pub struct VCode {
    pub insts: Vec<MInst>,
    pub operands: Vec<Operand>,
    pub blocks: Vec<MBlock>,
    /// Order in which blocks are emitted.
    pub order: Vec<Block>,
    pub num_vregs: usize,
    pub switches: Vec<SwitchData>,
    pub stores: Vec<StoreInfo>,
    /// 16-byte constants (smaller ones are repeated or padded).
    pub consts: Vec<u128>,
    /// Bytes of stack slots and of outgoing arguments.
    pub slot_bytes: u32,
    pub out_bytes: u32,
    /// Offsets of stack slots, by the value that names them.
    pub slots: Vec<(ultra_ir::Value, i32)>,
    pub has_calls: bool,
    /// Something may unwind from here although nothing is called on the hot path.
    pub can_throw: bool,
    pub stack_params: bool,
}

impl VCode {
    pub fn ops(&self, i: &MInst) -> &[Operand] {
        &self.operands[i.ops.0 as usize..i.ops.1 as usize]
    }

    /// Instructions with their operands, for error messages.
    pub fn dump(&self) -> String {
        use std::fmt::Write;
        let mut s = String::new();
        for (n, b) in self.blocks.iter().enumerate() {
            let _ = writeln!(s, "mblock{n} {:?} -> {:?} {:?}", b.params, b.succs, b.args);
            for i in b.insts.0..b.insts.1 {
                let m = &self.insts[i as usize];
                let _ = writeln!(s, "  {i}: {:?} {:?}", m.kind, self.ops(m));
            }
        }
        s
    }
}

impl regalloc2::Function for VCode {
    fn num_insts(&self) -> usize {
        self.insts.len()
    }
    fn num_blocks(&self) -> usize {
        self.blocks.len()
    }
    fn entry_block(&self) -> Block {
        Block::new(0)
    }
    fn block_insns(&self, block: Block) -> InstRange {
        let (a, b) = self.blocks[block.index()].insts;
        InstRange::new(Inst::new(a as usize), Inst::new(b as usize))
    }
    fn block_succs(&self, block: Block) -> &[Block] {
        &self.blocks[block.index()].succs
    }
    fn block_preds(&self, block: Block) -> &[Block] {
        &self.blocks[block.index()].preds
    }
    fn block_params(&self, block: Block) -> &[VReg] {
        &self.blocks[block.index()].params
    }
    fn is_ret(&self, insn: Inst) -> bool {
        matches!(self.insts[insn.index()].kind, MKind::Ret | MKind::Unreachable)
    }
    fn is_branch(&self, insn: Inst) -> bool {
        match self.insts[insn.index()].kind {
            MKind::Jump(_) | MKind::Branch(..) | MKind::Switch(_) => true,
            MKind::Call(c) => c.exc.is_some(),
            MKind::NewObject { exc, .. } => exc.is_some(),
            _ => false,
        }
    }
    fn branch_blockparams(&self, block: Block, _insn: Inst, succ_idx: usize) -> &[VReg] {
        &self.blocks[block.index()].args[succ_idx]
    }
    fn inst_operands(&self, insn: Inst) -> &[Operand] {
        self.ops(&self.insts[insn.index()])
    }
    fn inst_clobbers(&self, insn: Inst) -> PRegSet {
        let i = &self.insts[insn.index()];
        let mut set = match i.clobber {
            Clobber::None => return PRegSet::empty(),
            Clobber::Runtime => super::regs::runtime_clobbers(),
            Clobber::All => super::regs::all_clobbers(),
        };
        // A register cannot be both defined and clobbered.
        for op in self.ops(i) {
            if let (regalloc2::OperandKind::Def, regalloc2::OperandConstraint::FixedReg(p)) =
                (op.kind(), op.constraint())
            {
                set.remove(p);
            }
        }
        set
    }
    fn num_vregs(&self) -> usize {
        self.num_vregs
    }
    fn spillslot_size(&self, _: RegClass) -> usize {
        1
    }
}

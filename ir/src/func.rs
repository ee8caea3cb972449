//! A function: named tables of values, instructions and blocks.
//!
//! ```text
//! blocks  block0: params [v0 v1], insts [inst0 inst1 ...]   (last one is the terminator)
//! insts   16 bytes each: op, ty, aux, a, b, c                (meaning of a, b, c by the op's format)
//! lists   one pool of u32: [len, item, item, ...] at a ListRef
//! calls   block calls: target and argument list
//! ```

use crate::ids::*;
use crate::op::{Format, Op, Rule};
use crate::{Ty, ids::Table};

/// A list in `Func::lists`; 0 is the empty list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(transparent)]
pub struct ListRef(pub u32);

impl ListRef {
    pub const EMPTY: ListRef = ListRef(0);
}

/// One instruction. The op's `Format` says what a, b and c hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(C)]
pub struct InstData {
    pub op: Op,
    /// Result type, `Void` for none.
    pub ty: Ty,
    pub aux: u16,
    pub a: u32,
    pub b: u32,
    pub c: u32,
}

const _: () = assert!(size_of::<InstData>() == 16);

impl InstData {
    pub const fn new(op: Op, ty: Ty) -> InstData {
        InstData { op, ty, aux: 0, a: u32::MAX, b: u32::MAX, c: u32::MAX }
    }

    pub const fn aux(mut self, aux: u16) -> InstData {
        self.aux = aux;
        self
    }

    pub const fn imm64(op: Op, ty: Ty, imm: u64) -> InstData {
        InstData { op, ty, aux: 0, a: u32::MAX, b: imm as u32, c: (imm >> 32) as u32 }
    }

    /// The 64-bit immediate of an `Imm64` instruction.
    #[inline]
    pub const fn imm(&self) -> u64 {
        self.b as u64 | (self.c as u64) << 32
    }

    #[inline]
    pub const fn arg_a(&self) -> Value {
        Value(self.a)
    }

    #[inline]
    pub const fn arg_b(&self) -> Value {
        Value(self.b)
    }

    #[inline]
    pub const fn arg_c(&self) -> Value {
        Value(self.c)
    }

    /// The value list of a `Call` instruction.
    #[inline]
    pub const fn list(&self) -> ListRef {
        ListRef(self.b)
    }
}

/// A branch target with the values for its block parameters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlockCall {
    pub block: Block,
    pub args: ListRef,
}

/// Where a value is defined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Def {
    Inst(Inst),
    Param(Block, u32),
}

#[derive(Clone, Copy, Debug)]
pub struct ValueData {
    pub ty: Ty,
    pub def: Def,
}

/// Marks a position as an index of `Func::inlined`.
pub const INLINED: u32 = 1 << 31;

/// The byte offsets behind a position, innermost first: more than one where code was inlined.
pub fn source_offsets(inlined: &[(u32, u32)], pos: u32) -> impl Iterator<Item = u32> + '_ {
    let mut next = Some(pos);
    std::iter::from_fn(move || {
        let pos = next?;
        let (offset, outer) = match pos {
            u32::MAX => (pos, None),
            _ if pos & INLINED == 0 => (pos, None),
            // What is outside was entered before what is inside, so indices fall.
            _ => inlined
                .get((pos & !INLINED) as usize)
                .map_or((u32::MAX, None), |&(inner, outer)| (inner, Some(outer))),
        };
        next = outer;
        Some(offset)
    })
}

#[derive(Clone, Debug, Default)]
pub struct BlockData {
    pub params: Vec<Value>,
    pub insts: Vec<Inst>,
    /// Not expected to run: laid out after everything else.
    pub cold: bool,
}

/// A function body.
#[derive(Clone, Debug, Default)]
pub struct Func {
    pub name: String,
    /// Types of the entry block's parameters.
    pub params: Vec<Ty>,
    pub ret: Option<Ty>,
    pub values: Table<Value, ValueData>,
    pub insts: Table<Inst, InstData>,
    /// Result of each instruction, or `Value::NONE`.
    pub results: Table<Inst, Value>,
    /// Source position of each instruction: a byte offset, `INLINED` and an index of `inlined`,
    /// or u32::MAX.
    pub positions: Table<Inst, u32>,
    /// Positions of inlined instructions: the byte offset in the callee, and the position of the
    /// call, which may be inlined itself.
    pub inlined: Vec<(u32, u32)>,
    pub blocks: Table<Block, BlockData>,
    /// Blocks in program order; the first is the entry. Blocks not listed do not exist.
    pub layout: Vec<Block>,
    pub block_calls: Table<BlockCallId, BlockCall>,
    pub lists: Vec<u32>,
}

impl Func {
    pub fn new(name: impl Into<String>, params: Vec<Ty>, ret: Option<Ty>) -> Func {
        Func { name: name.into(), params, ret, lists: vec![0], ..Func::default() }
    }

    pub fn entry(&self) -> Block {
        self.layout[0]
    }

    pub fn ty(&self, v: Value) -> Ty {
        self.values[v].ty
    }

    /// The instruction that defines `v`, if it is no block parameter.
    pub fn def_inst(&self, v: Value) -> Option<Inst> {
        match self.values[v].def {
            Def::Inst(i) => Some(i),
            Def::Param(..) => None,
        }
    }

    /// The defining instruction's data, if `v` is no block parameter.
    pub fn def(&self, v: Value) -> Option<&InstData> {
        self.def_inst(v).map(|i| &self.insts[i])
    }

    pub fn result(&self, inst: Inst) -> Option<Value> {
        self.results[inst].some()
    }

    // Lists.

    pub fn make_list(&mut self, items: impl IntoIterator<Item = u32>) -> ListRef {
        let at = self.lists.len();
        self.lists.push(0);
        self.lists.extend(items);
        let len = self.lists.len() - at - 1;
        if len == 0 {
            self.lists.truncate(at);
            return ListRef::EMPTY;
        }
        self.lists[at] = len as u32;
        ListRef(at as u32)
    }

    pub fn make_values(&mut self, values: &[Value]) -> ListRef {
        self.make_list(values.iter().map(|v| v.0))
    }

    pub fn list(&self, list: ListRef) -> &[u32] {
        let at = list.0 as usize;
        let len = self.lists[at] as usize;
        &self.lists[at + 1..at + 1 + len]
    }

    pub fn list_mut(&mut self, list: ListRef) -> &mut [u32] {
        let at = list.0 as usize;
        let len = self.lists[at] as usize;
        &mut self.lists[at + 1..at + 1 + len]
    }

    /// The values of a list.
    pub fn values_of(
        &self,
        list: ListRef,
    ) -> impl DoubleEndedIterator<Item = Value> + ExactSizeIterator + Clone + '_ {
        self.list(list).iter().map(|&v| Value(v))
    }

    // Construction.

    /// A new block, not yet in the layout.
    pub fn create_block(&mut self) -> Block {
        self.blocks.push(BlockData::default())
    }

    pub fn append_to_layout(&mut self, block: Block) {
        debug_assert!(!self.layout.contains(&block) || self.layout.len() > 4096);
        self.layout.push(block);
    }

    pub fn add_param(&mut self, block: Block, ty: Ty) -> Value {
        let index = self.blocks[block].params.len() as u32;
        let v = self.values.push(ValueData { ty, def: Def::Param(block, index) });
        self.blocks[block].params.push(v);
        v
    }

    /// Creates an instruction (and its result value) without placing it in a block.
    pub fn make_inst(&mut self, data: InstData, pos: u32) -> Inst {
        let inst = self.insts.push(data);
        let result = match data.ty {
            Ty::Void => Value::NONE,
            ty => self.values.push(ValueData { ty, def: Def::Inst(inst) }),
        };
        self.results.push(result);
        self.positions.push(pos);
        inst
    }

    /// Appends an instruction to a block; its result or `Value::NONE`.
    pub fn push_inst(&mut self, block: Block, data: InstData, pos: u32) -> Value {
        let inst = self.make_inst(data, pos);
        self.blocks[block].insts.push(inst);
        self.results[inst]
    }

    pub fn make_block_call(&mut self, block: Block, args: &[Value]) -> BlockCallId {
        let args = self.make_values(args);
        self.block_calls.push(BlockCall { block, args })
    }

    /// Result type that the op's rule gives for these operands; `explicit` where the rule leaves it open.
    pub fn result_ty(&self, data: &InstData, explicit: Ty) -> Ty {
        match data.op.info().rule {
            Rule::None => Ty::Void,
            Rule::Is(ty) => ty,
            Rule::SameA => self.ty(data.arg_a()),
            Rule::SameB => self.ty(data.arg_b()),
            Rule::Explicit => explicit,
        }
    }

    // Inspection.

    pub fn terminator(&self, block: Block) -> Option<Inst> {
        self.blocks[block].insts.last().copied().filter(|&i| self.insts[i].op.is_terminator())
    }

    /// Calls `f` with each value operand of an instruction, block-call arguments included.
    pub fn for_each_arg(&self, inst: Inst, mut f: impl FnMut(Value)) {
        let d = self.insts[inst];
        let target = |bc: u32, f: &mut dyn FnMut(Value)| {
            for v in self.values_of(self.block_calls[BlockCallId(bc)].args) {
                f(v);
            }
        };
        match d.op.info().format {
            Format::Nullary | Format::Imm64 | Format::Imm => {}
            Format::Unary | Format::UnaryImm => f(d.arg_a()),
            Format::Binary | Format::BinaryImm => {
                f(d.arg_a());
                f(d.arg_b());
            }
            Format::Ternary => {
                f(d.arg_a());
                f(d.arg_b());
                f(d.arg_c());
            }
            Format::Call => self.values_of(d.list()).for_each(f),
            Format::Jump => target(d.a, &mut f),
            Format::Branch => {
                f(d.arg_a());
                target(d.b, &mut f);
                target(d.c, &mut f);
            }
            Format::Switch => {
                f(d.arg_a());
                for &bc in self.list(ListRef(d.b)) {
                    target(bc, &mut f);
                }
            }
            Format::BrExc => {
                target(d.a, &mut f);
                target(d.b, &mut f);
            }
        }
    }

    /// Replaces each value operand of an instruction, block-call arguments included.
    pub fn map_args(&mut self, inst: Inst, mut f: impl FnMut(Value) -> Value) {
        let mut d = self.insts[inst];
        match d.op.info().format {
            Format::Nullary | Format::Imm64 | Format::Imm => {}
            Format::Unary | Format::UnaryImm => d.a = f(d.arg_a()).0,
            Format::Binary | Format::BinaryImm => {
                d.a = f(d.arg_a()).0;
                d.b = f(d.arg_b()).0;
            }
            Format::Ternary => {
                d.a = f(d.arg_a()).0;
                d.b = f(d.arg_b()).0;
                d.c = f(d.arg_c()).0;
            }
            Format::Call => {
                for v in self.list_mut(d.list()) {
                    *v = f(Value(*v)).0;
                }
            }
            Format::Jump | Format::BrExc | Format::Branch | Format::Switch => {
                if matches!(d.op.info().format, Format::Branch | Format::Switch) {
                    d.a = f(d.arg_a()).0;
                }
                for bc in self.target_ids(inst) {
                    let args = self.block_calls[bc].args;
                    for v in self.list_mut(args) {
                        *v = f(Value(*v)).0;
                    }
                }
            }
        }
        self.insts[inst] = d;
    }

    /// The block calls of a terminator, in order.
    pub fn target_ids(&self, inst: Inst) -> smallvec::SmallVec<[BlockCallId; 2]> {
        let d = &self.insts[inst];
        let mut out = smallvec::SmallVec::new();
        match d.op.info().format {
            Format::Jump => out.push(BlockCallId(d.a)),
            Format::Branch => out.extend([BlockCallId(d.b), BlockCallId(d.c)]),
            Format::BrExc => out.extend([BlockCallId(d.a), BlockCallId(d.b)]),
            Format::Switch => out.extend(self.list(ListRef(d.b)).iter().map(|&b| BlockCallId(b))),
            _ => {}
        }
        out
    }

    /// Successor blocks, with repetitions when a terminator names one twice.
    pub fn successors(&self, block: Block) -> smallvec::SmallVec<[Block; 2]> {
        match self.terminator(block) {
            Some(t) => self.target_ids(t).iter().map(|&bc| self.block_calls[bc].block).collect(),
            None => smallvec::SmallVec::new(),
        }
    }

    /// Whether the instruction is followed by `br_exc` in its block, and that terminator's handler call.
    pub fn handler_after(&self, block: Block, index: usize) -> Option<BlockCallId> {
        let insts = &self.blocks[block].insts;
        let next = *insts.get(index + 1)?;
        let d = &self.insts[next];
        (d.op == Op::BrExc).then_some(BlockCallId(d.b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_round_trip() {
        let mut f = Func::new("f", vec![], None);
        assert_eq!(f.make_values(&[]), ListRef::EMPTY);
        let l = f.make_values(&[Value(3), Value(5)]);
        assert_eq!(f.values_of(l).collect::<Vec<_>>(), [Value(3), Value(5)]);
        assert!(f.list(ListRef::EMPTY).is_empty());
    }
}

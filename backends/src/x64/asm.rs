//! A small assembler over iced's encoder: labels, short and near jumps, constants.
//!
//! Instructions go to one buffer as they come. Jumps, labels and alignments are items
//! between its bytes; `finish` starts with all jumps short, widens those that do not
//! reach until nothing changes, and only then gives every byte its place:
//!
//! ```text
//! buffer   bytes....|jcc L1|bytes......|L1:|align|bytes...
//! result   code (jumps in their final size) | pad to 16 | constants | jump tables
//! ```

use super::minst::Cc;
use super::{CallSite, Reloc, Target};
use iced_x86::{Code, Encoder, Instruction, MemoryOperand, Register};
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label(pub u32);

/// An operand with physical registers.
#[derive(Clone, Copy, Debug)]
pub enum Opnd {
    Reg(Register),
    Mem(MemoryOperand),
    Imm(i64),
    Const(u32),
    Table(u32),
}

#[derive(Clone, Copy, Debug)]
enum Item {
    Jcc(Cc, Label),
    Jmp(Label),
    Bind(Label),
    Align(u32),
}

#[derive(Clone, Copy, Debug)]
enum FixTarget {
    Const(u32),
    Table(u32),
}

#[derive(Clone, Copy, Debug)]
struct Fix {
    field: u32,
    end: u32,
    target: FixTarget,
}

pub struct Asm {
    buf: Vec<u8>,
    items: Vec<(u32, Item)>,
    labels: u32,
    pub consts: Vec<u128>,
    tables: Vec<Vec<Label>>,
    fixes: Vec<Fix>,
    relocs: Vec<(u32, Target)>,
    calls: Vec<(u32, Option<Label>, u32, bool)>,
    encoder: Encoder,
    error: Option<String>,
}

/// Bytes and tables of finished code.
#[derive(Debug, Default)]
pub struct Finished {
    pub bytes: Vec<u8>,
    pub code_len: u32,
    pub relocs: Vec<Reloc>,
    pub call_sites: Vec<CallSite>,
    /// Offset of each label, or u32::MAX when it was never bound.
    pub labels: Vec<u32>,
}

/// A memory operand `[base + index*scale + disp]`; `Register::None` for what is absent.
pub fn mem(base: Register, index: Register, scale: u32, disp: i32) -> MemoryOperand {
    MemoryOperand::new(base, index, scale, disp as i64, if disp == 0 { 0 } else { 1 }, false, Register::None)
}

pub fn at(base: Register, disp: i32) -> Opnd {
    Opnd::Mem(mem(base, Register::None, 1, disp))
}

/// Widths of the general registers that a code takes, as `known | width of operand i << 4i`
/// (iced's table of operand kinds is made for all codes at once when it is first asked, which
/// takes longer than compiling a small program).
static WIDTHS: [AtomicU32; CODES] = [const { AtomicU32::new(0) }; CODES];

/// At least the number of iced's codes; there are 4,936.
const CODES: usize = 5120;

fn operand_size(code: Code, i: u32) -> u32 {
    let cell = &WIDTHS[code as usize];
    let mut widths = cell.load(Ordering::Relaxed);
    if widths == 0 {
        widths = widths_of(code);
        cell.store(widths, Ordering::Relaxed);
    }
    widths >> (4 * i) & 15
}

/// Reads the widths from the code's name, which lists its operands: `Movzx_r32_rm8`, `VEX_Andn_r32_r32_rm32`.
fn widths_of(code: Code) -> u32 {
    let name = format!("{code:?}");
    let skip = 1 + name.starts_with("VEX_") as usize;
    let starts = |word: &str, with: [&str; 2]| with.iter().any(|p| word.starts_with(p));
    let width = |word: &str| match word {
        _ if starts(word, ["r8", "rm8"]) => 1,
        _ if starts(word, ["r16", "rm16"]) => 2,
        _ if starts(word, ["r32", "rm32"]) => 4,
        _ => 8,
    };
    name.split('_').skip(skip).take(5).enumerate().fold(KNOWN, |all, (i, word)| all | width(word) << (4 * i))
}

/// Marks an entry of `WIDTHS` that has been filled, for codes without operands.
const KNOWN: u32 = 1 << 31;

impl Asm {
    pub fn new() -> Asm {
        Asm {
            buf: Vec::with_capacity(512),
            items: Vec::new(),
            labels: 0,
            consts: Vec::new(),
            tables: Vec::new(),
            fixes: Vec::new(),
            relocs: Vec::new(),
            calls: Vec::new(),
            encoder: Encoder::new(64),
            error: None,
        }
    }

    fn pos(&self) -> u32 {
        self.buf.len() as u32
    }

    fn fail(&mut self, what: String) {
        self.error.get_or_insert(what);
    }

    pub fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    pub fn bind(&mut self, l: Label) {
        self.items.push((self.pos(), Item::Bind(l)));
    }

    pub fn here(&mut self) -> Label {
        let l = self.label();
        self.bind(l);
        l
    }

    pub fn jmp(&mut self, l: Label) {
        self.items.push((self.pos(), Item::Jmp(l)));
    }

    pub fn jcc(&mut self, cc: Cc, l: Label) {
        self.items.push((self.pos(), Item::Jcc(cc, l)));
    }

    pub fn align(&mut self, to: u32) {
        self.items.push((self.pos(), Item::Align(to)));
    }

    /// A constant of the pool, in 16 bytes.
    pub fn constant(&mut self, bits: u128) -> u32 {
        if let Some(i) = self.consts.iter().position(|&c| c == bits) {
            return i as u32;
        }
        self.consts.push(bits);
        self.consts.len() as u32 - 1
    }

    /// A jump table; entries are label offsets from the table's start.
    pub fn table(&mut self, labels: Vec<Label>) -> u32 {
        self.tables.push(labels);
        self.tables.len() as u32 - 1
    }

    /// Emits an instruction. Registers are given in 64 bits and take the width of the code.
    pub fn op(&mut self, code: Code, ops: &[Opnd]) {
        let r = |i: usize, r: Register| super::regs::sized(r, operand_size(code, i as u32));
        let rip = |m: &Opnd| -> Option<(MemoryOperand, Option<FixTarget>)> {
            let rel = || MemoryOperand::with_base_displ_size(Register::RIP, 0, 8);
            match *m {
                Opnd::Mem(m) => Some((m, None)),
                Opnd::Const(c) => Some((rel(), Some(FixTarget::Const(c)))),
                Opnd::Table(t) => Some((rel(), Some(FixTarget::Table(t)))),
                _ => None,
            }
        };
        let mut fix = None;
        let mut m = |o: &Opnd| {
            let (m, f) = rip(o).expect("memory operand");
            fix = f;
            m
        };
        use Opnd::{Const, Imm, Mem, Reg, Table};
        let ins = match ops {
            [] => Ok(Instruction::with(code)),
            [Reg(a)] => Instruction::with1(code, r(0, *a)),
            [Imm(a)] => Instruction::with1(code, *a as i32),
            [a @ (Mem(_) | Const(_) | Table(_))] => Instruction::with1(code, m(a)),
            [Reg(a), Reg(b)] => Instruction::with2(code, r(0, *a), r(1, *b)),
            [Reg(a), b @ (Mem(_) | Const(_) | Table(_))] => Instruction::with2(code, r(0, *a), m(b)),
            [a @ (Mem(_) | Const(_) | Table(_)), Reg(b)] => Instruction::with2(code, m(a), r(1, *b)),
            [Reg(a), Imm(b)] => Instruction::with2(code, r(0, *a), *b),
            [a @ (Mem(_) | Const(_) | Table(_)), Imm(b)] => Instruction::with2(code, m(a), *b as i32),
            [Reg(a), Reg(b), Reg(c)] => Instruction::with3(code, r(0, *a), r(1, *b), r(2, *c)),
            [Reg(a), Reg(b), Imm(c)] => Instruction::with3(code, r(0, *a), r(1, *b), *c as i32),
            [Reg(a), b @ (Mem(_) | Const(_) | Table(_)), Imm(c)] => {
                Instruction::with3(code, r(0, *a), m(b), *c as i32)
            }
            [Reg(a), b @ (Mem(_) | Const(_) | Table(_)), Reg(c)] => {
                Instruction::with3(code, r(0, *a), m(b), r(2, *c))
            }
            _ => return self.fail(format!("{code:?} {ops:?}")),
        };
        match ins {
            Ok(i) => self.encode(i, fix),
            Err(e) => self.fail(format!("{code:?} {ops:?}: {e}")),
        }
    }

    fn encode(&mut self, mut ins: Instruction, fix: Option<FixTarget>) {
        if fix.is_some() {
            ins.set_memory_displacement64(0);
        }
        match self.encoder.encode(&ins, 0) {
            Ok(_) => {}
            Err(e) => return self.fail(format!("{ins:?}: {e}")),
        }
        let bytes = self.encoder.take_buffer();
        let at = self.pos();
        self.buf.extend_from_slice(&bytes);
        if let Some(target) = fix {
            let off = self.encoder.get_constant_offsets().displacement_offset() as u32;
            self.fixes.push(Fix { field: at + off, end: self.pos(), target });
        }
        let mut bytes = bytes;
        bytes.clear();
        self.encoder.set_buffer(bytes);
    }

    /// A call or jump through a 32-bit relative field. `Stub` and `Func` are reached
    /// directly, cells and runtime functions through their table entry.
    pub fn call(&mut self, target: Target) {
        match target {
            Target::Func(_) | Target::Stub(_) => self.buf.push(0xE8),
            Target::Cell(_) | Target::Runtime(_) => self.buf.extend([0xFF, 0x15]),
        }
        self.relocs.push((self.pos(), target));
        self.buf.extend([0; 4]);
    }

    /// Notes that the instruction just emitted is a call.
    pub fn call_site(&mut self, pad: Option<Label>, pos: u32) {
        self.calls.push((self.pos(), pad, pos, false));
    }

    /// The same for a direct call of a runtime function, made with rsp at the frame's bottom.
    pub fn runtime_site(&mut self, pad: Option<Label>, pos: u32) {
        self.calls.push((self.pos(), pad, pos, true));
    }

    pub fn finish(mut self) -> Result<Finished, String> {
        if let Some(e) = self.error.take() {
            return Err(e);
        }
        let n = self.items.len();
        let mut wide = vec![false; n];
        let mut offset = vec![0u32; n];
        let mut labels = vec![u32::MAX; self.labels as usize];
        let size = |item: Item, wide: bool, at: u32| match (item, wide) {
            (Item::Jcc(..), true) => 6,
            (Item::Jmp(_), true) => 5,
            (Item::Jcc(..) | Item::Jmp(_), false) => 2,
            (Item::Bind(_), _) => 0,
            (Item::Align(to), _) => at.next_multiple_of(to) - at,
        };
        loop {
            let mut shift = 0;
            for (i, &(pos, item)) in self.items.iter().enumerate() {
                offset[i] = pos + shift;
                if let Item::Bind(l) = item {
                    labels[l.0 as usize] = offset[i];
                }
                shift += size(item, wide[i], offset[i]);
            }
            let mut changed = false;
            for (i, &(_, item)) in self.items.iter().enumerate() {
                if let (Item::Jcc(_, l) | Item::Jmp(l), false) = (item, wide[i]) {
                    let target = labels[l.0 as usize];
                    if target == u32::MAX {
                        return Err(format!("label {} is not bound", l.0));
                    }
                    let rel = target as i64 - (offset[i] as i64 + 2);
                    if rel != rel as i8 as i64 {
                        wide[i] = true;
                        changed = true;
                    }
                }
            }
            if !changed {
                break;
            }
        }
        let mut out = Vec::with_capacity(self.buf.len() + n * 4);
        let mut done = 0;
        for (i, &(pos, item)) in self.items.iter().enumerate() {
            out.extend_from_slice(&self.buf[done as usize..pos as usize]);
            done = pos;
            debug_assert_eq!(out.len() as u32, offset[i]);
            let end = offset[i] + size(item, wide[i], offset[i]);
            let rel = |l: Label| labels[l.0 as usize] as i32 - end as i32;
            match item {
                Item::Jcc(cc, l) if wide[i] => {
                    out.extend([0x0F, 0x80 + cc as u8]);
                    out.extend(rel(l).to_le_bytes());
                }
                Item::Jcc(cc, l) => out.extend([0x70 + cc as u8, rel(l) as u8]),
                Item::Jmp(l) if wide[i] => {
                    out.push(0xE9);
                    out.extend(rel(l).to_le_bytes());
                }
                Item::Jmp(l) => out.extend([0xEB, rel(l) as u8]),
                Item::Bind(_) => {}
                Item::Align(_) => nops(&mut out, (end - offset[i]) as usize),
            }
        }
        out.extend_from_slice(&self.buf[done as usize..]);
        // Bytes before an item stay before it: an end lies left of items at its place, a start right of them.
        let shift_of = |index: usize| -> u32 {
            if index == 0 {
                return 0;
            }
            let (pos, item) = self.items[index - 1];
            offset[index - 1] + size(item, wide[index - 1], offset[index - 1]) - pos
        };
        let start = |at: u32| at + shift_of(self.items.partition_point(|i| i.0 <= at));
        let end = |at: u32| at + shift_of(self.items.partition_point(|i| i.0 < at));
        let code_len = out.len() as u32;
        if !self.consts.is_empty() || !self.tables.is_empty() {
            out.resize(out.len().next_multiple_of(16), 0xCC);
        }
        let consts_at = out.len() as u32;
        for c in &self.consts {
            out.extend(c.to_le_bytes());
        }
        let mut tables_at = Vec::new();
        for t in &self.tables {
            let at = out.len() as i32;
            tables_at.push(at as u32);
            for l in t {
                out.extend((labels[l.0 as usize] as i32 - at).to_le_bytes());
            }
        }
        for f in &self.fixes {
            let target = match f.target {
                FixTarget::Const(c) => consts_at + 16 * c,
                FixTarget::Table(t) => tables_at[t as usize],
            };
            let rel = target as i32 - end(f.end) as i32;
            let at = start(f.field) as usize;
            out[at..at + 4].copy_from_slice(&rel.to_le_bytes());
        }
        let relocs = self.relocs.iter().map(|&(at, target)| Reloc { offset: start(at), target }).collect();
        let mut call_sites: Vec<CallSite> = self
            .calls
            .iter()
            .map(|&(at, pad, pos, runtime)| CallSite {
                ret: end(at),
                pad: pad.map_or(u32::MAX, |l| labels[l.0 as usize]),
                pos,
                runtime,
            })
            .collect();
        call_sites.sort_by_key(|c| c.ret);
        Ok(Finished { bytes: out, code_len, relocs, call_sites, labels })
    }
}

impl Default for Asm {
    fn default() -> Self {
        Asm::new()
    }
}

/// Fills with the multi-byte no-operations that both vendors recommend.
fn nops(out: &mut Vec<u8>, mut n: usize) {
    const NOPS: [&[u8]; 9] = [
        &[0x90],
        &[0x66, 0x90],
        &[0x0F, 0x1F, 0x00],
        &[0x0F, 0x1F, 0x40, 0x00],
        &[0x0F, 0x1F, 0x44, 0x00, 0x00],
        &[0x66, 0x0F, 0x1F, 0x44, 0x00, 0x00],
        &[0x0F, 0x1F, 0x80, 0x00, 0x00, 0x00, 0x00],
        &[0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
        &[0x66, 0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
    ];
    while n > 0 {
        let k = n.min(9);
        out.extend_from_slice(NOPS[k - 1]);
        n -= k;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iced_x86::{EncodingKind, OpCodeOperandKind as K};

    #[test]
    fn widths_read_from_names_are_those_of_the_operands() {
        let usual = |c: &Code| matches!(c.op_code().encoding(), EncodingKind::Legacy | EncodingKind::VEX);
        for code in Code::values().filter(usual).filter(|c| !format!("{c:?}").contains("_KNC_")) {
            for i in 0..code.op_code().op_count() {
                let width = match code.op_code().op_kind(i) {
                    K::r8_or_mem | K::r8_reg | K::r8_opcode => 1,
                    K::r16_or_mem | K::r16_reg | K::r16_opcode => 2,
                    K::r32_or_mem | K::r32_reg | K::r32_opcode | K::r32_vvvv => 4,
                    K::r64_or_mem | K::r64_reg | K::r64_opcode | K::r64_vvvv | K::mem => 8,
                    K::xmm_reg | K::xmm_or_mem => 8,
                    _ => continue,
                };
                assert_eq!(operand_size(code, i), width, "{code:?} {i}");
            }
        }
    }
}

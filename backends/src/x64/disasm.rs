//! Disassembly for dumps.

use super::{CompiledCode, Reloc};
use iced_x86::{Decoder, DecoderOptions, Formatter, Instruction, IntelFormatter};
use std::fmt::Write;

/// Text of a function's code, one instruction a line, with the targets of relocations.
pub fn disassemble(code: &CompiledCode) -> String {
    let mut out = format!("{} (frame {} bytes)\n", code.name, code.frame_size);
    let mut decoder = Decoder::new(64, &code.bytes[..code.code_len as usize], DecoderOptions::NONE);
    let mut formatter = IntelFormatter::new();
    formatter.options_mut().set_branch_leading_zeros(false);
    formatter.options_mut().set_space_after_operand_separator(true);
    let mut ins = Instruction::default();
    let mut text = String::new();
    while decoder.can_decode() {
        decoder.decode_out(&mut ins);
        text.clear();
        formatter.format(&ins, &mut text);
        let _ = write!(out, "{:6x}  {text}", ins.ip());
        if let Some(r) = code.relocs.iter().find(|r: &&Reloc| r.offset as u64 + 4 == ins.next_ip()) {
            let _ = write!(out, "    ; {:?}", r.target);
        }
        if let Ok(i) = code.call_sites.binary_search_by_key(&(ins.next_ip() as u32), |c| c.ret)
            && code.call_sites[i].pad != u32::MAX
        {
            let _ = write!(out, "    ; pad {:x}", code.call_sites[i].pad);
        }
        out.push('\n');
    }
    out
}

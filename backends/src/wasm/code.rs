//! A function body under construction: a list of instructions with calls by symbol.
//!
//! Function indices are known only when all imports are, so calls name a `Callee`
//! and `resolve` replaces them at the end. A read of the local just written becomes
//! a tee, or nothing where that was the only read.

use std::borrow::Cow;
use ultra_abi::RtFn;
use ultra_abi::layout::ctx;
use ultra_ir::FuncId;
use wasm_encoder::{BlockType, Catch, Ieee32, Ieee64, Instruction as I, MemArg, ValType};

/// What a call names before indices are known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub enum Callee {
    /// A function of the module.
    Func(FuncId),
    /// A runtime function: an import.
    Rt(RtFn),
    /// A helper of the module itself, emitted when used.
    Helper(Helper),
}

/// Code that is too long to stand at each use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Helper {
    /// `() -> i64`: takes the pending exception from the context.
    TakeException,
    /// `()`: throws the pending exception.
    Raise,
    /// `(word: i64)`: counts what a string or any word refers to.
    IncWord,
    /// `(fp: i32, id: i32)`: logs a decrement.
    LogRef,
    /// `(fp: i32, word: i64)`: logs a decrement of what a word refers to.
    LogWord,
    /// `(word: i64) -> i32`: length of a string.
    StrLen,
    /// `(word: i64, index: i32) -> i32`: code unit at an index that is in bounds.
    StrCharCode,
    /// `(a: i64, b: i64) -> i32`: whether the signed product overflows.
    MulOv64,
}

impl Helper {
    pub const ALL: [Helper; 8] = [
        Helper::TakeException,
        Helper::Raise,
        Helper::IncWord,
        Helper::LogRef,
        Helper::LogWord,
        Helper::StrLen,
        Helper::StrCharCode,
        Helper::MulOv64,
    ];
}

const FUNC: u32 = 0;
const RT: u32 = 1 << 30;
const HELPER: u32 = 2 << 30;
const SPACE: u32 = 3 << 30;

impl Callee {
    fn encode(self) -> u32 {
        match self {
            Callee::Func(f) => FUNC | f.0,
            Callee::Rt(f) => RT | f as u32,
            Callee::Helper(h) => HELPER | h as u32,
        }
    }

    fn decode(word: u32) -> Callee {
        let at = (word & !SPACE) as usize;
        match word & SPACE {
            FUNC => Callee::Func(FuncId(at as u32)),
            RT => Callee::Rt(RtFn::ALL[at]),
            _ => Callee::Helper(Helper::ALL[at]),
        }
    }
}

/// Index of the only tag.
pub const TAG: u32 = 0;
/// Index of the imported global that holds the worker context's address.
pub const CTX_GLOBAL: u32 = 0;

/// Instructions of one body.
#[derive(Debug, Default)]
pub struct Code {
    insts: Vec<I<'static>>,
}

impl Code {
    pub fn new() -> Code {
        Code::default()
    }

    pub fn push(&mut self, inst: I<'static>) -> &mut Code {
        self.insts.push(inst);
        self
    }

    pub fn i32(&mut self, v: i32) -> &mut Code {
        self.push(I::I32Const(v))
    }

    pub fn i64(&mut self, v: u64) -> &mut Code {
        self.push(I::I64Const(v as i64))
    }

    pub fn f64_bits(&mut self, bits: u64) -> &mut Code {
        self.push(I::F64Const(Ieee64::new(bits)))
    }

    pub fn f32_bits(&mut self, bits: u32) -> &mut Code {
        self.push(I::F32Const(Ieee32::new(bits)))
    }

    /// Reads a local. `last` says that this is the only read of what was written last.
    pub fn get_once(&mut self, local: u32, last: bool) -> &mut Code {
        let written = matches!(self.insts.last(), Some(I::LocalSet(l)) if *l == local);
        if written {
            self.insts.pop();
        }
        match (written, last) {
            (true, true) => {}
            (true, false) => self.insts.push(I::LocalTee(local)),
            (false, _) => self.insts.push(I::LocalGet(local)),
        }
        self
    }

    pub fn get(&mut self, local: u32) -> &mut Code {
        self.get_once(local, false)
    }

    pub fn set(&mut self, local: u32) -> &mut Code {
        self.push(I::LocalSet(local))
    }

    pub fn tee(&mut self, local: u32) -> &mut Code {
        self.push(I::LocalTee(local))
    }

    pub fn call(&mut self, callee: Callee) -> &mut Code {
        self.push(I::Call(callee.encode()))
    }

    pub fn rt(&mut self, f: RtFn) -> &mut Code {
        self.call(Callee::Rt(f))
    }

    pub fn helper(&mut self, h: Helper) -> &mut Code {
        self.call(Callee::Helper(h))
    }

    /// The worker context's address.
    pub fn context(&mut self) -> &mut Code {
        self.push(I::GlobalGet(CTX_GLOBAL))
    }

    /// Loads a 32-bit word of the context; of 64-bit words the low half, which is all that is used here.
    pub fn load_context(&mut self, offset: i32) -> &mut Code {
        self.context().push(I::I32Load(mem(offset as u32, 2)))
    }

    /// Tells the runtime where this stack's frames begin.
    pub fn set_scan_top(&mut self, fp: u32) -> &mut Code {
        self.context().get(fp).push(I::I32Store(mem(ctx::SCAN_TOP as u32, 2)))
    }

    pub fn block(&mut self) -> &mut Code {
        self.push(I::Block(BlockType::Empty))
    }

    pub fn block_i64(&mut self) -> &mut Code {
        self.push(I::Block(BlockType::Result(ValType::I64)))
    }

    pub fn if_(&mut self) -> &mut Code {
        self.push(I::If(BlockType::Empty))
    }

    pub fn else_(&mut self) -> &mut Code {
        self.push(I::Else)
    }

    pub fn end(&mut self) -> &mut Code {
        self.push(I::End)
    }

    pub fn br(&mut self, depth: u32) -> &mut Code {
        self.push(I::Br(depth))
    }

    /// Opens a `try_table` whose exceptions go, with their word, to the block directly around it.
    pub fn try_table(&mut self) -> &mut Code {
        self.push(I::TryTable(BlockType::Empty, Cow::Borrowed(&[Catch::One { tag: TAG, label: 0 }])))
    }

    /// Everything the body calls.
    pub fn callees(&self) -> impl Iterator<Item = Callee> + '_ {
        self.insts.iter().filter_map(|i| match i {
            I::Call(word) => Some(Callee::decode(*word)),
            _ => None,
        })
    }

    /// Encodes the body. `locals` are the types of what follows the parameters; unused ones are left out.
    pub fn finish(
        mut self,
        params: u32,
        locals: &[ValType],
        index: impl Fn(Callee) -> u32,
    ) -> wasm_encoder::Function {
        let mut used = vec![false; locals.len()];
        for inst in &mut self.insts {
            if let Some(l) = local_of(inst).filter(|l| **l >= params) {
                used[(*l - params) as usize] = true;
            }
        }
        // Locals of one type stand together, so that the declaration is one entry each.
        let mut place = vec![0; locals.len()];
        let mut declared: Vec<(u32, ValType)> = Vec::new();
        let mut next = params;
        for ty in [ValType::I32, ValType::I64, ValType::F32, ValType::F64] {
            let first = next;
            for (i, _) in locals.iter().enumerate().filter(|&(i, t)| used[i] && *t == ty) {
                place[i] = next;
                next += 1;
            }
            if next > first {
                declared.push((next - first, ty));
            }
        }
        let mut f = wasm_encoder::Function::new(declared);
        for mut inst in self.insts {
            if let Some(l) = local_of(&mut inst).filter(|l| **l >= params) {
                *l = place[(*l - params) as usize];
            }
            match inst {
                I::Call(word) => f.instruction(&I::Call(index(Callee::decode(word)))),
                other => f.instruction(&other),
            };
        }
        f
    }
}

/// The local that an instruction names.
fn local_of<'a>(inst: &'a mut I<'static>) -> Option<&'a mut u32> {
    match inst {
        I::LocalGet(l) | I::LocalSet(l) | I::LocalTee(l) => Some(l),
        _ => None,
    }
}

/// A memory operand; `align` is the exponent of a power of two.
pub fn mem(offset: u32, align: u32) -> MemArg {
    MemArg { offset: offset.into(), align, target: Default::default(), ordering: None }
}

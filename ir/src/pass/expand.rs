//! Remainders of doubles that are mostly integers.
//!
//! `a % b` on doubles is a call of the runtime. What `intrep` could not turn into a remainder
//! of integers is expanded into a test and such a remainder, with the call as the cold path:
//!
//! ```text
//! r = math_rem(a, b)   ->    k = f_to_s a; branch bits(s_to_f k) == bits(a), whole, slow
//!                            whole: q = k srem |b|; branch k >= 0, join(s_to_f q), below
//!                            below: branch q != 0, join(s_to_f q), slow        -0 is no integer
//!                            slow: (cold) r' = math_rem(a, b); jump join(r')
//! ```
//! A divisor that is not constant is tested in the same way, and for being positive. Comparing
//! bits keeps out -0 and NaN. Runs after `intrep`, which knows more than these tests do.

use super::edit::{Subst, const_f64, make};
use super::simplify::{bin, un};
use crate::analysis::range::EXACT;
use crate::ids::*;
use crate::op::*;
use crate::{Func, InstData, Module, Ty};
use ultra_abi::rtfn::RtFn;

/// Most remainders that are expanded in one function.
const MAX: usize = 40;

pub fn run(f: &mut Func, _m: &Module) -> bool {
    let mut subst = Subst::new(f);
    let mut left = MAX;
    // The rest of an expanded block is a new block, which is visited in its turn.
    let mut at = 0;
    while at < f.layout.len() {
        let b = f.layout[at];
        at += 1;
        let found = f.blocks[b].insts.iter().position(|&i| is_rem(f, i));
        if let Some(k) = found.filter(|_| left > 0 && !f.blocks[b].cold) {
            left -= 1;
            expand(f, b, k, &mut subst);
        }
    }
    subst.apply(f);
    left < MAX
}

fn is_rem(f: &Func, i: Inst) -> bool {
    let d = &f.insts[i];
    if d.op != Op::CallRt || d.a != RtFn::MathRem as u32 {
        return false;
    }
    // A constant divisor must be an integer, or the integer path would never be taken.
    let b = f.values_of(d.list()).nth(1);
    b.is_some_and(|b| const_f64(f, b).is_none_or(|c| c.trunc() == c && c != 0.0 && c.abs() <= EXACT))
}

/// Adds instructions to the end of a block.
struct Out<'a> {
    f: &'a mut Func,
    block: Block,
    pos: u32,
}

impl Out<'_> {
    fn put(&mut self, d: InstData) -> Value {
        let (i, v) = make(self.f, d, self.pos);
        self.f.blocks[self.block].insts.push(i);
        v
    }

    fn cmp(&mut self, cc: IntCc, a: Value, b: Value) -> Value {
        self.put(InstData { aux: cc as u16, ..bin(Op::ICmp, a, b) })
    }

    fn konst(&mut self, c: i64) -> Value {
        self.put(InstData::imm64(Op::IConst, Ty::I64, c as u64))
    }

    /// Goes on in `to` where the condition holds.
    fn branch(&mut self, c: Value, to: Block, args: &[Value], other: Block, unlikely: u16) {
        let (x, y) = (self.f.make_block_call(to, args), self.f.make_block_call(other, &[]));
        let d = InstData { a: c.0, b: x.0, c: y.0, aux: unlikely, ..InstData::new(Op::Branch, Ty::Void) };
        self.f.push_inst(self.block, d, self.pos);
    }

    /// The integer that a double is; leaves for `slow` where it is none. Continues in a new block.
    fn whole(&mut self, v: Value, slow: Block) -> Value {
        let k = self.put(un(Op::FToS, Ty::I64, v));
        let x = self.put(un(Op::SToF, Ty::F64, k));
        let (p, q) = (self.put(un(Op::FBits, Ty::I64, x)), self.put(un(Op::FBits, Ty::I64, v)));
        let same = self.cmp(IntCc::Eq, p, q);
        self.next(same, slow);
        k
    }

    /// Continues in a new block where a condition holds that it mostly does.
    fn next(&mut self, c: Value, slow: Block) {
        let next = self.f.create_block();
        self.branch(c, next, &[], slow, 2);
        self.f.layout.push(next);
        self.block = next;
    }
}

fn expand(f: &mut Func, b: Block, k: usize, subst: &mut Subst) {
    let rest = f.blocks[b].insts.split_off(k + 1);
    let Some(call) = f.blocks[b].insts.pop() else { return };
    let Some(old) = f.result(call) else { return };
    let pos = f.positions[call];
    let args: Vec<Value> = f.values_of(f.insts[call].list()).collect();
    let (join, slow, below) = (f.create_block(), f.create_block(), f.create_block());
    f.blocks[slow].cold = true;
    let result = f.add_param(join, Ty::F64);
    f.blocks[join].insts = rest;
    subst.set(old, result);

    let mut out = Out { f, block: b, pos };
    let x = out.whole(args[0], slow);
    let y = match const_f64(out.f, args[1]) {
        Some(c) => out.konst(c.abs() as i64),
        None => {
            let y = out.whole(args[1], slow);
            let zero = out.konst(0);
            let positive = out.cmp(IntCc::Sgt, y, zero);
            out.next(positive, slow);
            y
        }
    };
    let q = out.put(bin(Op::SRem, x, y));
    let r = out.put(un(Op::SToF, Ty::F64, q));
    let zero = out.konst(0);
    let up = out.cmp(IntCc::Sge, x, zero);
    out.branch(up, join, &[r], below, 0);
    out.block = below;
    let some = out.cmp(IntCc::Ne, q, zero);
    out.branch(some, join, &[r], slow, 0);
    out.block = slow;
    let list = out.f.make_values(&args);
    let again = InstData { a: RtFn::MathRem as u32, ..InstData::new(Op::CallRt, Ty::F64) };
    let v = out.put(InstData { b: list.0, ..again });
    let call = out.f.make_block_call(join, &[v]);
    out.f.push_inst(slow, InstData { a: call.0, ..InstData::new(Op::Jump, Ty::Void) }, pos);
    f.layout.extend([below, join, slow]);
}

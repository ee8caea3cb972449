//! Builds functions: instructions at a cursor, and SSA form from assignments to variables.
//!
//! Variables become block parameters on the fly as in Braun et al., "Simple and
//! Efficient Construction of Static Single Assignment Form" (CC 2013): a read in an
//! unsealed block makes a provisional parameter whose arguments are filled in when
//! the block is sealed. `finish` removes parameters whose arguments all agree.

use crate::func::*;
use crate::ids::*;
use crate::op::{Op, Rule};
use crate::{Ty, entity};
use hashbrown::HashMap;

entity! {
    /// A source variable during SSA construction.
    Var = "var";
}

/// Builds one function.
pub struct Builder {
    pub func: Func,
    current: Option<Block>,
    pos: u32,
    vars: Table<Var, Ty>,
    /// Current definition of a variable at the end of a block.
    defs: HashMap<(Var, Block), Value>,
    sealed: Table<Block, bool>,
    /// Parameters of unsealed blocks waiting for arguments.
    incomplete: Table<Block, Vec<(Var, Value)>>,
    /// Block calls that lead to a block, with the block they leave.
    preds: Table<Block, Vec<(Block, BlockCallId)>>,
    /// Variable that each block parameter made here stands for, in order of creation.
    phis: Vec<(Block, Value)>,
}

impl Builder {
    pub fn new(func: Func) -> Builder {
        Builder {
            func,
            current: None,
            pos: u32::MAX,
            vars: Table::new(),
            defs: HashMap::new(),
            sealed: Table::new(),
            incomplete: Table::new(),
            preds: Table::new(),
            phis: Vec::new(),
        }
    }

    /// A new block; place it with `switch_to`.
    pub fn block(&mut self) -> Block {
        let b = self.func.create_block();
        self.sealed.push(false);
        self.incomplete.push(Vec::new());
        self.preds.push(Vec::new());
        b
    }

    /// Continues in `block`, adding it to the layout when it is new there.
    pub fn switch_to(&mut self, block: Block) {
        if self.func.blocks[block].insts.is_empty() && !self.func.layout.contains(&block) {
            self.func.layout.push(block);
        }
        self.current = Some(block);
    }

    pub fn current(&self) -> Option<Block> {
        self.current
    }

    /// Whether code emitted now can be reached: a block is open.
    pub fn is_open(&self) -> bool {
        self.current.is_some()
    }

    pub fn has_preds(&self, block: Block) -> bool {
        !self.preds[block].is_empty()
    }

    /// Source position for the instructions that follow.
    pub fn set_pos(&mut self, pos: u32) {
        self.pos = pos;
    }

    pub fn pos(&self) -> u32 {
        self.pos
    }

    /// Declares that no more predecessors will come.
    pub fn seal(&mut self, block: Block) {
        if std::mem::replace(&mut self.sealed[block], true) {
            return;
        }
        for (var, param) in std::mem::take(&mut self.incomplete[block]) {
            self.fill_param(block, var, param);
        }
    }

    // Variables.

    pub fn var(&mut self, ty: Ty) -> Var {
        self.vars.push(ty)
    }

    /// Assigns a variable in the current block. No effect where code is unreachable.
    pub fn set(&mut self, var: Var, value: Value) {
        if let Some(b) = self.current {
            self.defs.insert((var, b), value);
        }
    }

    /// Reads a variable in the current block, which must be open.
    pub fn get(&mut self, var: Var) -> Value {
        let b = self.current.expect("read of a variable in unreachable code");
        self.read(var, b)
    }

    fn read(&mut self, var: Var, block: Block) -> Value {
        // Chains of single predecessors are walked in a loop, so that long
        // straight-line programs do not recurse.
        let mut b = block;
        let value = loop {
            if let Some(&v) = self.defs.get(&(var, b)) {
                break v;
            }
            if self.sealed[b] && self.preds[b].len() == 1 {
                b = self.preds[b][0].0;
                continue;
            }
            break self.read_join(var, b);
        };
        self.defs.insert((var, block), value);
        value
    }

    fn read_join(&mut self, var: Var, block: Block) -> Value {
        let ty = self.vars[var];
        if self.sealed[block] && self.preds[block].is_empty() {
            // No assignment reaches here: the variable is undefined.
            return self.undefined(ty, block);
        }
        let param = self.func.add_param(block, ty);
        self.phis.push((block, param));
        self.defs.insert((var, block), param);
        if self.sealed[block] {
            self.fill_param(block, var, param);
        } else {
            self.incomplete[block].push((var, param));
        }
        param
    }

    fn fill_param(&mut self, block: Block, var: Var, _param: Value) {
        for i in 0..self.preds[block].len() {
            let (pred, bc) = self.preds[block][i];
            let v = self.read(var, pred);
            let mut args: Vec<Value> = self.func.values_of(self.func.block_calls[bc].args).collect();
            args.push(v);
            let list = self.func.make_values(&args);
            self.func.block_calls[bc].args = list;
        }
    }

    fn undefined(&mut self, ty: Ty, block: Block) -> Value {
        let data = match ty {
            Ty::Any => InstData::imm64(Op::AnyConst, ty, ultra_abi::value::UNDEFINED),
            Ty::Str => InstData::imm64(Op::AnyConst, Ty::Any, ultra_abi::value::UNDEFINED),
            Ty::F64 => InstData::imm64(Op::F64Const, ty, ultra_abi::value::UNDEFINED_F64),
            Ty::F32 => InstData::imm64(Op::F32Const, ty, 0),
            Ty::Bool => InstData::imm64(Op::BConst, ty, 0),
            Ty::Ref => InstData::imm64(Op::RefConst, ty, 0),
            _ => InstData::imm64(Op::IConst, ty, 0),
        };
        let inst = self.func.make_inst(data, u32::MAX);
        self.func.blocks[block].insts.insert(0, inst);
        self.func.results[inst]
    }

    // Instructions.

    /// Appends an instruction with the type its rule gives. Code after a terminator is dropped:
    /// the caller checks `is_open` before it needs a result.
    pub fn emit(&mut self, mut data: InstData) -> Value {
        let block = self.current.expect("instruction in unreachable code");
        if data.op.info().rule != Rule::Explicit {
            data.ty = self.func.result_ty(&data, data.ty);
        }
        self.func.push_inst(block, data, self.pos)
    }

    pub fn imm64(&mut self, op: Op, ty: Ty, imm: u64) -> Value {
        self.emit(InstData::imm64(op, ty, imm))
    }

    pub fn iconst(&mut self, ty: Ty, v: i64) -> Value {
        self.imm64(Op::IConst, ty, v as u64)
    }

    pub fn f64const(&mut self, v: f64) -> Value {
        self.imm64(Op::F64Const, Ty::F64, v.to_bits())
    }

    pub fn nullary(&mut self, op: Op) -> Value {
        self.emit(InstData::new(op, Ty::Void))
    }

    pub fn imm(&mut self, op: Op, imm: u32) -> Value {
        self.emit(InstData { a: imm, ..InstData::new(op, Ty::Void) })
    }

    pub fn unary(&mut self, op: Op, a: Value) -> Value {
        self.emit(InstData { a: a.0, ..InstData::new(op, Ty::Void) })
    }

    /// Unary operation whose result type the rule leaves open.
    pub fn unary_ty(&mut self, op: Op, ty: Ty, a: Value) -> Value {
        self.emit(InstData { a: a.0, ..InstData::new(op, ty) })
    }

    pub fn unary_aux(&mut self, op: Op, aux: u16, a: Value) -> Value {
        self.emit(InstData { a: a.0, aux, ..InstData::new(op, Ty::Void) })
    }

    pub fn unary_imm(&mut self, op: Op, ty: Ty, a: Value, imm: u32) -> Value {
        self.emit(InstData { a: a.0, b: imm, ..InstData::new(op, ty) })
    }

    pub fn binary(&mut self, op: Op, a: Value, b: Value) -> Value {
        self.emit(InstData { a: a.0, b: b.0, ..InstData::new(op, Ty::Void) })
    }

    pub fn binary_aux(&mut self, op: Op, aux: u16, a: Value, b: Value) -> Value {
        self.emit(InstData { a: a.0, b: b.0, aux, ..InstData::new(op, Ty::Void) })
    }

    pub fn binary_imm(&mut self, op: Op, a: Value, b: Value, imm: u32, aux: u16) -> Value {
        self.emit(InstData { a: a.0, b: b.0, c: imm, aux, ..InstData::new(op, Ty::Void) })
    }

    pub fn ternary(&mut self, op: Op, aux: u16, a: Value, b: Value, c: Value) -> Value {
        self.emit(InstData { a: a.0, b: b.0, c: c.0, aux, ..InstData::new(op, Ty::Void) })
    }

    /// A `Call`-format instruction with immediate `imm`, arguments and immediate `c`.
    pub fn call(&mut self, op: Op, ty: Ty, imm: u32, args: &[Value], c: u32) -> Value {
        let list = self.func.make_values(args);
        self.emit(InstData { a: imm, b: list.0, c, ..InstData::new(op, ty) })
    }

    // Terminators. Each closes the current block.

    fn edge(&mut self, target: Block, args: &[Value]) -> BlockCallId {
        let from = self.current.expect("branch in unreachable code");
        debug_assert!(!self.sealed[target], "edge to sealed {target}");
        let bc = self.func.make_block_call(target, args);
        self.preds[target].push((from, bc));
        bc
    }

    /// `args` match parameters that the target was given explicitly with `param`.
    pub fn jump(&mut self, target: Block, args: &[Value]) {
        let bc = self.edge(target, args);
        self.emit(InstData { a: bc.0, ..InstData::new(Op::Jump, Ty::Void) });
        self.current = None;
    }

    pub fn branch(&mut self, cond: Value, then: Block, els: Block) {
        self.branch_args(cond, 0, then, &[], els, &[]);
    }

    /// `aux` 1 marks the first target unlikely, 2 the second.
    pub fn branch_args(
        &mut self,
        cond: Value,
        aux: u16,
        then: Block,
        then_args: &[Value],
        els: Block,
        else_args: &[Value],
    ) {
        let b = self.edge(then, then_args);
        let c = self.edge(els, else_args);
        self.emit(InstData { a: cond.0, b: b.0, c: c.0, aux, ..InstData::new(Op::Branch, Ty::Void) });
        self.current = None;
    }

    /// `cases` are (value, target); values are distinct.
    pub fn switch(&mut self, value: Value, default: Block, cases: &[(i32, Block)]) {
        let mut targets = vec![self.edge(default, &[]).0];
        for &(_, block) in cases {
            targets.push(self.edge(block, &[]).0);
        }
        let b = self.func.make_list(targets);
        let c = self.func.make_list(cases.iter().map(|&(v, _)| v as u32));
        self.emit(InstData { a: value.0, b: b.0, c: c.0, ..InstData::new(Op::Switch, Ty::Void) });
        self.current = None;
    }

    /// Ends the block after an instruction that may throw: goes on in `ok`, or in `handler`.
    pub fn br_exc(&mut self, ok: Block, handler: Block) {
        let a = self.edge(ok, &[]);
        let b = self.edge(handler, &[]);
        self.emit(InstData { a: a.0, b: b.0, ..InstData::new(Op::BrExc, Ty::Void) });
        self.current = None;
    }

    pub fn ret(&mut self, value: Value) {
        self.unary(Op::Return, value);
        self.current = None;
    }

    pub fn ret_void(&mut self) {
        self.nullary(Op::ReturnVoid);
        self.current = None;
    }

    pub fn unreachable(&mut self) {
        self.nullary(Op::Unreachable);
        self.current = None;
    }

    /// Adds an explicit parameter to a block that has no predecessors yet.
    pub fn param(&mut self, block: Block, ty: Ty) -> Value {
        debug_assert!(self.preds[block].is_empty());
        self.func.add_param(block, ty)
    }

    /// Seals what is left, removes trivial block parameters and unreachable blocks, and returns the function.
    pub fn finish(mut self) -> Func {
        for b in self.func.blocks.ids() {
            self.seal(b);
        }
        remove_trivial_params(&mut self.func, &self.phis);
        self.func
    }
}

/// Removes parameters whose arguments are all one value (or the parameter itself),
/// to a fixpoint, and rewrites their uses.
fn remove_trivial_params(func: &mut Func, phis: &[(Block, Value)]) {
    let mut incoming: Table<Block, Vec<BlockCallId>> = Table::filled(func.blocks.len(), Vec::new());
    for &b in &func.layout {
        if let Some(t) = func.terminator(b) {
            for bc in func.target_ids(t) {
                incoming[func.block_calls[bc].block].push(bc);
            }
        }
    }
    let mut replaced: Table<Value, Value> = Table::filled(func.values.len(), Value::NONE);
    fn resolve(replaced: &Table<Value, Value>, mut v: Value) -> Value {
        while let Some(r) = replaced[v].some() {
            v = r;
        }
        v
    }
    loop {
        let mut changed = false;
        for &(block, param) in phis {
            if !replaced[param].is_none() {
                continue;
            }
            let Def::Param(_, index) = func.values[param].def else { continue };
            let mut same = Value::NONE;
            let mut trivial = true;
            for &bc in &incoming[block] {
                let arg = resolve(&replaced, Value(func.list(func.block_calls[bc].args)[index as usize]));
                if arg == param || arg == same {
                    continue;
                }
                if !same.is_none() {
                    trivial = false;
                    break;
                }
                same = arg;
            }
            if trivial && !same.is_none() {
                replaced[param] = same;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    // Drop the parameters and the matching arguments, block by block.
    for block in func.blocks.ids() {
        let params = std::mem::take(&mut func.blocks[block].params);
        if params.iter().any(|&p| !replaced[p].is_none()) {
            for &bc in &incoming[block] {
                let args: Vec<u32> = func
                    .list(func.block_calls[bc].args)
                    .iter()
                    .zip(&params)
                    .filter(|(_, p)| replaced[**p].is_none())
                    .map(|(a, _)| *a)
                    .collect();
                func.block_calls[bc].args = func.make_list(args);
            }
        }
        let kept: Vec<Value> = params.into_iter().filter(|&p| replaced[p].is_none()).collect();
        for (i, &p) in kept.iter().enumerate() {
            func.values[p].def = Def::Param(block, i as u32);
        }
        func.blocks[block].params = kept;
    }
    for block in func.layout.clone() {
        for i in 0..func.blocks[block].insts.len() {
            let inst = func.blocks[block].insts[i];
            func.map_args(inst, |v| resolve(&replaced, v));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loop_makes_one_parameter_per_changing_variable() {
        let mut b = Builder::new(Func::new("f", vec![Ty::I32], Some(Ty::I32)));
        let (entry, head, body, exit) = (b.block(), b.block(), b.block(), b.block());
        b.switch_to(entry);
        let n = b.param(entry, Ty::I32);
        b.seal(entry);
        let (i, k) = (b.var(Ty::I32), b.var(Ty::I32));
        let zero = b.iconst(Ty::I32, 0);
        b.set(i, zero);
        b.set(k, n);
        b.jump(head, &[]);
        b.switch_to(head);
        let (iv, kv) = (b.get(i), b.get(k));
        let c = b.binary_aux(Op::ICmp, crate::op::IntCc::Slt as u16, iv, kv);
        b.branch(c, body, exit);
        b.switch_to(body);
        b.seal(body);
        let one = b.iconst(Ty::I32, 1);
        let iv = b.get(i);
        let next = b.binary(Op::IAdd, iv, one);
        b.set(i, next);
        b.jump(head, &[]);
        b.seal(head);
        b.switch_to(exit);
        b.seal(exit);
        let r = b.get(i);
        b.ret(r);
        let f = b.finish();
        assert_eq!(f.blocks[head].params.len(), 1);
        assert!(f.blocks[body].params.is_empty() && f.blocks[exit].params.is_empty());
    }
}

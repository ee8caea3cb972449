//! Checks a function against the op table and the rules of SSA form.
//!
//! What must hold: the last instruction of every block, and only that one, is a
//! terminator; operands exist, have the types of the op's row and are defined on every
//! path to their use; block calls match the parameters of their target; `br_exc` stands
//! directly after an instruction that may throw, its handler starts with `catch_value`,
//! and `catch_value` stands nowhere else; immediates name existing entities and `aux` a
//! value of its enumeration; entry parameters are those of the function.

use crate::analysis::{Cfg, DomTree};
use crate::ids::*;
use crate::op::*;
use crate::{Def, Func, InstData, Kind, ListRef, Module, Ty};
use std::fmt;
use ultra_abi::rtfn::{Effects, RtFn};

/// The first rule that a function breaks.
#[derive(Clone, Debug)]
pub struct VerifyError {
    pub func: String,
    pub block: Block,
    pub inst: Option<Inst>,
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.func, self.block)?;
        if let Some(i) = self.inst {
            write!(f, ", {i}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for VerifyError {}

/// Which dialect a function may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    Any,
    /// No operation of the dynamic dialect.
    Typed,
}

/// Checks a function; the first broken rule is the error.
pub fn verify(f: &Func, m: &Module, dialect: Dialect) -> Result<(), VerifyError> {
    let mut v = Verifier { f, m, dialect, block: Block::NONE, inst: None };
    v.run().map_err(|message| VerifyError { func: f.name.clone(), block: v.block, inst: v.inst, message })
}

struct Verifier<'a> {
    f: &'a Func,
    m: &'a Module,
    dialect: Dialect,
    block: Block,
    inst: Option<Inst>,
}

type Res = Result<(), String>;

macro_rules! ensure {
    ($cond:expr, $($msg:tt)*) => { if !$cond { return Err(format!($($msg)*)); } };
}

/// Whether an instruction may leave by an exception, from the op table and the callee's row.
pub fn may_throw(f: &Func, m: &Module, inst: Inst) -> bool {
    let d = &f.insts[inst];
    match d.op {
        Op::Call => m.funcs.get(FuncId(d.a)).is_none_or(|x| !x.nothrow),
        Op::CallRt => RtFn::from_index(d.a).is_none_or(|x| x.sig().effects.has(Effects::THROW)),
        op => op.fx().has(Fx::THROW),
    }
}

impl Verifier<'_> {
    fn run(&mut self) -> Res {
        ensure!(!self.f.layout.is_empty(), "no blocks");
        let mut placed = Table::filled(self.f.insts.len(), false);
        let mut listed = Table::filled(self.f.blocks.len(), false);
        for &b in &self.f.layout {
            self.block = b;
            ensure!(self.f.blocks.get(b).is_some(), "does not exist");
            ensure!(!std::mem::replace(&mut listed[b], true), "is in the layout twice");
            self.params(b)?;
            let insts = &self.f.blocks[b].insts;
            ensure!(!insts.is_empty(), "is empty");
            for (at, &i) in insts.iter().enumerate() {
                self.inst = Some(i);
                ensure!(self.f.insts.get(i).is_some(), "does not exist");
                ensure!(!std::mem::replace(&mut placed[i], true), "is placed twice");
                let d = &self.f.insts[i];
                ensure!(
                    d.op.is_terminator() == (at + 1 == insts.len()),
                    "{} at position {at} of {}",
                    d.op.name(),
                    insts.len()
                );
                ensure!(
                    self.dialect == Dialect::Any || !d.op.is_dynamic(),
                    "dynamic operation {}",
                    d.op.name()
                );
                self.operands(i, d)?;
                self.result(i, d)?;
                self.immediates(d)?;
                self.position(b, at, i, d)?;
            }
            self.inst = None;
        }
        for &b in &self.f.layout {
            self.block = b;
            for s in self.f.successors(b) {
                ensure!(listed[s], "goes to {s}, which is not in the layout");
            }
        }
        self.dominance()
    }

    fn params(&self, b: Block) -> Res {
        for (i, &p) in self.f.blocks[b].params.iter().enumerate() {
            ensure!(
                self.f.values.get(p).is_some_and(|v| v.def == Def::Param(b, i as u32)),
                "parameter {p} does not know its place"
            );
            ensure!(self.f.ty(p) != Ty::Void, "parameter {p} has no type");
        }
        if b == self.f.entry() {
            let tys: Vec<Ty> = self.f.blocks[b].params.iter().map(|&p| self.f.ty(p)).collect();
            ensure!(tys == self.f.params, "entry parameters {tys:?} differ from {:?}", self.f.params);
            ensure!(!self.f.blocks[b].cold, "the entry is cold");
        }
        Ok(())
    }

    fn operands(&self, i: Inst, d: &InstData) -> Res {
        let info = d.op.info();
        if info.format == Format::Switch {
            let (t, c) = (self.f.list(ListRef(d.b)), self.f.list(ListRef(d.c)));
            ensure!(
                !t.is_empty() && t.len() == c.len() + 1,
                "switch with {} targets and {} cases",
                t.len(),
                c.len()
            );
            let mut sorted = c.to_vec();
            sorted.sort_unstable();
            ensure!(sorted.windows(2).all(|w| w[0] != w[1]), "switch with a repeated case");
        }
        for bc in self.f.target_ids(i) {
            let Some(call) = self.f.block_calls.get(bc) else { return Err(format!("{bc} does not exist")) };
            ensure!(self.f.blocks.get(call.block).is_some(), "{} does not exist", call.block);
            ensure!(call.block != self.f.entry(), "branch to the entry");
            let params = &self.f.blocks[call.block].params;
            let args: Vec<Value> = self.f.values_of(call.args).collect();
            ensure!(
                args.len() == params.len(),
                "{} arguments for {} parameters of {}",
                args.len(),
                params.len(),
                call.block
            );
            for (&a, &p) in args.iter().zip(params) {
                ensure!(self.f.values.get(a).is_some(), "{a} does not exist");
                ensure!(
                    self.f.ty(a) == self.f.ty(p),
                    "{a} of type {} for {p} of type {}",
                    self.f.ty(a).name(),
                    self.f.ty(p).name()
                );
            }
        }
        let mut missing = None;
        self.f.for_each_arg(i, |v| {
            if self.f.values.get(v).is_none() {
                missing = Some(v);
            }
        });
        ensure!(missing.is_none(), "operand {} does not exist", missing.unwrap_or(Value::NONE));
        for (cls, v) in info.args.iter().zip([d.arg_a(), d.arg_b(), d.arg_c()]) {
            let ty = self.f.ty(v);
            let same = info.args.len() > 0 && *cls == Cls::SameA;
            let ok = if same { ty == self.f.ty(d.arg_a()) } else { fits(*cls, ty) };
            ensure!(ok, "{}: operand {v} of type {} is not {cls:?}", info.name, ty.name());
        }
        self.special_operands(d)
    }

    /// Rules that a row cannot express.
    fn special_operands(&self, d: &InstData) -> Res {
        let f = self.f;
        match d.op {
            Op::Select => ensure!(f.ty(d.arg_b()) == f.ty(d.arg_c()), "select of two types"),
            Op::ICmp => ensure!(!f.ty(d.arg_a()).is_float(), "icmp of floats"),
            Op::Return => ensure!(
                f.ret == Some(f.ty(d.arg_a())),
                "returns {} instead of {:?}",
                f.ty(d.arg_a()).name(),
                f.ret
            ),
            Op::ReturnVoid => ensure!(f.ret.is_none(), "returns nothing instead of {:?}", f.ret),
            Op::StoreField => {
                let kind = self.m.fields.get(FieldId(d.c)).map(|x| x.kind);
                ensure!(
                    kind.is_some_and(|k| k.reg_ty() == f.ty(d.arg_b())),
                    "stores {} into {kind:?}",
                    f.ty(d.arg_b()).name()
                );
            }
            Op::StoreElem => {
                let kind = Kind::ALL.get((d.aux & 0xff) as usize);
                ensure!(
                    kind.is_some_and(|k| k.reg_ty() == f.ty(d.arg_c())),
                    "stores {} into {kind:?}",
                    f.ty(d.arg_c()).name()
                );
            }
            Op::Call => {
                if let Some(callee) = self.m.funcs.get(FuncId(d.a)) {
                    self.args(d, &callee.sig.params, 0)?;
                    ensure!(
                        d.ty == callee.sig.ret,
                        "call yields {}, callee {}",
                        d.ty.name(),
                        callee.sig.ret.name()
                    );
                }
            }
            Op::CallRt => {
                if let Some(rt) = RtFn::from_index(d.a) {
                    self.args(d, rt.sig().params, 0)?;
                    ensure!(
                        d.ty == rt.sig().ret,
                        "call_rt yields {}, {} {}",
                        d.ty.name(),
                        rt.sig().name,
                        rt.sig().ret.name()
                    );
                }
            }
            Op::CallVirtual | Op::CallCell => {
                let Some(sig) = self.m.sigs.get(SigId(d.c)) else {
                    return Err(format!("{} does not exist", SigId(d.c)));
                };
                let skip = (d.op == Op::CallCell) as usize;
                if d.op == Op::CallCell {
                    ensure!(
                        f.values_of(d.list()).next().is_some_and(|v| f.ty(v) == Ty::I32),
                        "call_cell without a cell index"
                    );
                } else {
                    ensure!(
                        f.values_of(d.list()).next().is_some_and(|v| f.ty(v) == Ty::Ref),
                        "call_virtual without a receiver"
                    );
                }
                self.args(d, &sig.params, skip)?;
                ensure!(d.ty == sig.ret, "call yields {}, signature {}", d.ty.name(), sig.ret.name());
            }
            _ => {}
        }
        Ok(())
    }

    fn args(&self, d: &InstData, params: &[Ty], skip: usize) -> Res {
        let tys: Vec<Ty> = self.f.values_of(d.list()).skip(skip).map(|v| self.f.ty(v)).collect();
        ensure!(tys == params, "arguments {tys:?} for parameters {params:?}");
        Ok(())
    }

    fn result(&self, i: Inst, d: &InstData) -> Res {
        let r = self.f.results[i];
        ensure!(r.is_none() == (d.ty == Ty::Void), "result {r} of an instruction of type {}", d.ty.name());
        if let Some(r) = r.some() {
            ensure!(
                self.f.values.get(r).is_some_and(|v| v.def == Def::Inst(i) && v.ty == d.ty),
                "result {r} does not know its definition"
            );
        }
        let rule = d.op.info().rule;
        let ty = self.f.result_ty(d, d.ty);
        ensure!(d.ty == ty, "{} yields {}, not {}", d.op.name(), ty.name(), d.ty.name());
        let explicit_ok = match d.op {
            Op::IConst => d.ty.is_int(),
            Op::SToF | Op::UToF => d.ty.is_float(),
            Op::FToS | Op::FToSSat | Op::FToUSat => d.ty.is_int(),
            Op::LoadField => self.m.fields.get(FieldId(d.b)).is_some_and(|x| x.kind.reg_ty() == d.ty),
            Op::LoadElem => Kind::ALL.get((d.aux & 0xff) as usize).is_some_and(|k| k.reg_ty() == d.ty),
            Op::PtrLoad => d.ty != Ty::Void,
            _ => true,
        };
        ensure!(rule != Rule::Explicit || explicit_ok, "{} cannot yield {}", d.op.name(), d.ty.name());
        Ok(())
    }

    fn immediates(&self, d: &InstData) -> Res {
        let info = d.op.info();
        let word = match info.format {
            Format::Imm | Format::Call => d.a,
            Format::UnaryImm => d.b,
            Format::BinaryImm => d.c,
            _ => 0,
        };
        let m = self.m;
        let ok = match info.imm {
            ImmKind::None | ImmKind::Number | ImmKind::Decl => true,
            ImmKind::Str => m.strings.get(StrId(word)).is_some(),
            ImmKind::Field => m.fields.get(FieldId(word)).is_some(),
            ImmKind::Class => m.classes.get(ClassId(word)).is_some(),
            ImmKind::Func => m.funcs.get(FuncId(word)).is_some(),
            ImmKind::Rt => RtFn::from_index(word).is_some(),
            ImmKind::Sig => m.sigs.get(SigId(word)).is_some(),
            ImmKind::Global => m.globals.get(GlobalId(word)).is_some(),
        };
        ensure!(ok, "{}: immediate {word} names no {:?}", info.name, info.imm);
        let ok = match d.op {
            Op::ICmp => IntCc::get(d.aux).is_some(),
            Op::FCmp => FloatCc::get(d.aux).is_some(),
            Op::AnyIs => AnyTest::get(d.aux).is_some(),
            Op::StoreField => Barrier::get(d.aux).is_some(),
            Op::LoadElem => Kind::ALL.get(d.aux as usize).is_some(),
            Op::StoreElem => {
                Kind::ALL.get((d.aux & 0xff) as usize).is_some() && Barrier::get(d.aux >> 8).is_some()
            }
            Op::Branch => d.aux <= 2,
            Op::BConst | Op::RefConst => d.imm() <= 1,
            Op::IConst if d.ty == Ty::I32 => d.imm() as i64 == d.imm() as i32 as i64,
            _ => true,
        };
        ensure!(ok, "{}: bad aux or immediate", info.name);
        Ok(())
    }

    fn position(&self, b: Block, at: usize, i: Inst, d: &InstData) -> Res {
        let insts = &self.f.blocks[b].insts;
        if d.op == Op::CatchValue {
            ensure!(at == 0, "catch_value at position {at}");
        }
        for (n, bc) in self.f.target_ids(i).into_iter().enumerate() {
            let target = self.f.block_calls[bc].block;
            let catches =
                self.f.blocks[target].insts.first().is_some_and(|&x| self.f.insts[x].op == Op::CatchValue);
            let handler = d.op == Op::BrExc && n == 1;
            ensure!(
                catches == handler,
                "{target} {}",
                if handler {
                    "does not start with catch_value"
                } else {
                    "is a handler but no exception leads there"
                }
            );
        }
        if d.op == Op::BrExc {
            let before = at.checked_sub(1).map(|x| insts[x]);
            ensure!(
                before.is_some_and(|x| may_throw(self.f, self.m, x)),
                "br_exc after an instruction that cannot throw"
            );
            if let Some(v) = before.and_then(|x| self.f.result(x)) {
                let handler = self.f.block_calls[BlockCallId(d.b)];
                ensure!(
                    self.f.values_of(handler.args).all(|a| a != v),
                    "{v} goes to the handler of the instruction that defines it"
                );
            }
        }
        Ok(())
    }

    fn dominance(&mut self) -> Res {
        let cfg = Cfg::new(self.f);
        let dom = DomTree::new(self.f, &cfg);
        let mut order = Table::filled(self.f.insts.len(), (Block::NONE, 0u32));
        for &b in &self.f.layout {
            for (at, &i) in self.f.blocks[b].insts.iter().enumerate() {
                order[i] = (b, at as u32);
            }
        }
        for &b in cfg.rpo.iter() {
            self.block = b;
            for (at, &i) in self.f.blocks[b].insts.iter().enumerate() {
                self.inst = Some(i);
                let mut bad = None;
                self.f.for_each_arg(i, |v| {
                    let ok = match self.f.values[v].def {
                        Def::Inst(def) => {
                            let (block, index) = order.get(def).copied().unwrap_or((Block::NONE, 0));
                            !block.is_none()
                                && if block == b { (index as usize) < at } else { dom.dominates(block, b) }
                        }
                        Def::Param(block, index) => {
                            !block.is_none()
                                && self.f.blocks[block].params.get(index as usize) == Some(&v)
                                && dom.dominates(block, b)
                        }
                    };
                    if !ok {
                        bad = Some(v);
                    }
                });
                ensure!(
                    bad.is_none(),
                    "{} is not defined on every path to its use",
                    bad.unwrap_or(Value::NONE)
                );
            }
        }
        self.thrown_results(&cfg, &dom, &order)
    }

    /// The result of an instruction before `br_exc` exists only where the normal edge leads.
    fn thrown_results(&mut self, cfg: &Cfg, dom: &DomTree, order: &Table<Inst, (Block, u32)>) -> Res {
        let mut normal = Table::filled(self.f.values.len(), Block::NONE);
        let mut any = false;
        for &b in &cfg.rpo {
            let insts = &self.f.blocks[b].insts;
            if let [.., before, last] = insts[..]
                && self.f.insts[last].op == Op::BrExc
                && let Some(v) = self.f.result(before)
            {
                normal[v] = self.f.block_calls[BlockCallId(self.f.insts[last].a)].block;
                any = true;
            }
        }
        if !any {
            return Ok(());
        }
        for &b in &cfg.rpo {
            self.block = b;
            for &i in &self.f.blocks[b].insts {
                let mut bad = None;
                self.f.for_each_arg(i, |v| {
                    let ok = normal[v];
                    if ok.is_none() {
                        return;
                    }
                    let Def::Inst(def) = self.f.values[v].def else { return };
                    let here = order[def].0 == b;
                    let only =
                        cfg.preds[ok].iter().all(|p| p.block == order[def].0 || dom.dominates(ok, p.block));
                    if !here && !(only && dom.dominates(ok, b)) {
                        bad = Some(v);
                    }
                });
                self.inst = Some(i);
                ensure!(
                    bad.is_none(),
                    "{} is used where the instruction that defines it may have thrown",
                    bad.unwrap_or(Value::NONE)
                );
            }
        }
        Ok(())
    }
}

fn fits(cls: Cls, ty: Ty) -> bool {
    match cls {
        Cls::Int | Cls::Index => ty.is_int(),
        Cls::Float => ty.is_float(),
        Cls::I32 => ty == Ty::I32,
        Cls::I64 => ty == Ty::I64,
        Cls::F32 => ty == Ty::F32,
        Cls::F64 => ty == Ty::F64,
        Cls::Bool => ty == Ty::Bool,
        Cls::Ref => ty == Ty::Ref,
        Cls::Str => ty == Ty::Str,
        Cls::Any => ty == Ty::Any,
        Cls::Ptr => ty == Ty::Ptr,
        Cls::T | Cls::SameA => ty != Ty::Void,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::parse_module;

    fn check(body: &str) -> Result<(), VerifyError> {
        let text = format!(
            "class class0 P size=24 {{ x: f64 @8, n: ref @16 }}\ndecl g() -> i32\nfunc f(i32, f64, ref) -> i32 {{\nblock0(v0: i32, v1: f64, v2: ref):\n{body}\n}}\n"
        );
        let m = parse_module(&text).unwrap();
        verify(m.bodies[FuncId(1)].as_ref().unwrap(), &m, Dialect::Typed)
    }

    #[test]
    fn accepts() {
        check("v3 = iadd v0, v0 return v3").unwrap();
        check("v3: i32 = call fn0() br_exc block1(v3), block2(v0) block1(v4: i32): return v4 block2(v5: i32): v6 = catch_value return v5").unwrap();
        check("jump block1(v0) block1(v3: i32): v4 = icmp.eq v3, v0 branch v4, block1(v0), block2 block2: return v3").unwrap();
    }

    #[test]
    fn rejects() {
        for (body, why) in [
            ("v3 = iadd v0, v1 return v3", "SameA"),
            ("v3 = fadd v1, v1 return v3", "returns"),
            ("return v0 v3 = iadd v0, v0", "position"),
            ("v3 = iadd v0, v0", "position"),
            ("branch v0, block1, block1 block1: return v0", "Bool"),
            ("jump block1(v0) block1: return v0", "arguments"),
            ("jump block1(v1) block1(v3: i32): return v0", "type"),
            (
                "v9 = icmp.eq v0, v0 branch v9, block1, block2 block1: v3 = iadd v0, v0 jump block2 block2: return v3",
                "every path",
            ),
            ("v3 = iadd v4, v0 v4 = iadd v0, v0 return v3", "every path"),
            (
                "v3 = iadd v0, v0 br_exc block1, block2 block1: return v0 block2: v4 = catch_value return v0",
                "cannot throw",
            ),
            ("v3: i32 = call fn0() br_exc block1, block1 block1: return v0", "catch_value"),
            (
                "v3: i32 = call fn0() br_exc block1, block2(v3) block1: return v3 block2(v5: i32): v4 = catch_value return v0",
                "handler of the",
            ),
            ("jump block1 block1: v4 = catch_value return v0", "no exception"),
            ("v3: i32 = load_field v2, class0.x return v3", "yield"),
            ("store_field v2, v0, class0.x return v0", "stores"),
            ("v3: i32 = call fn0(v0) return v3", "arguments"),
            ("v3: i32 = call_rt str_len(v0) return v3", "arguments"),
            ("v3 = js.undef return v0", "dynamic"),
            ("jump block0(v0, v1, v2)", "entry"),
            ("v3 = stack_slot 1 v4: i32 = load_elem.f64 v3, v0 return v4", "yield"),
        ] {
            let e = check(body).expect_err(body);
            assert!(e.message.contains(why), "{body}: {e}");
        }
    }
}

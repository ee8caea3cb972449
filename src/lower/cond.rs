//! Conditions: branches with short circuit, and what each outcome proves about variables.
//!
//! A narrowed variable gets a new SSA value on the branch where the test holds. Where branches
//! meet again the value before is put back, unless the variable was assigned, so that a test
//! leaves no block parameter behind.

use ultra_ir::builder::Var;
use ultra_ir::func::InstData;
use ultra_ir::op::NarrowTest;
use ultra_ir::{Block, Op, Ty, Value};

use super::function::Body;
use crate::resolve::{BindingId, Target};
use crate::syntax::ast::{AssignOp, BinaryOp, Expr, ExprId, LogicalOp, Pat, StrValue, UnaryOp};

/// A variable that holds a narrowed value.
#[derive(Clone, Copy)]
pub(super) struct Narrow {
    var: Var,
    before: Value,
    /// Number of assignments when it was narrowed.
    assigned: u32,
}

/// One thing that a test proves.
struct Fact {
    binding: BindingId,
    test: NarrowTest,
    /// Class declaration for class tests.
    class: u32,
}

/// The hint for a branch whose targets are exchanged.
fn flip(unlikely: u16) -> u16 {
    [0, 2, 1].get(usize::from(unlikely)).copied().unwrap_or(0)
}

impl Body<'_, '_> {
    /// Branches on a condition. `base` is the number of narrowings in force around the condition.
    /// `unlikely` is the `aux` of the branch: 1 when `yes` is cold, 2 when `no` is.
    pub fn cond(&mut self, id: ExprId, yes: Block, no: Block, base: usize, unlikely: u16) {
        match self.ast[id] {
            Expr::Paren(e) => self.cond(e, yes, no, base, unlikely),
            Expr::Unary { op: UnaryOp::Not, operand } => {
                self.cond(operand, no, yes, base, flip(unlikely));
            }
            Expr::Logical { op: LogicalOp::And, left, right } => {
                let both = self.block();
                self.cond(left, both, no, base, unlikely & 2);
                self.enter(both);
                self.narrow_by(left, true);
                self.cond(right, yes, no, base, unlikely);
            }
            Expr::Logical { op: LogicalOp::Or, left, right } => {
                let neither = self.block();
                self.cond(left, yes, neither, base, unlikely & 1);
                self.enter(neither);
                self.narrow_by(left, false);
                self.cond(right, yes, no, base, unlikely);
            }
            _ => {
                let (test, negated) = match self.nullish_test(id) {
                    Some(test) => test,
                    None => {
                        let v = self.expr(id);
                        (self.b.unary(Op::JsTruthy, v), false)
                    }
                };
                self.restore(base);
                if negated {
                    self.b.branch_args(test, flip(unlikely), no, &[], yes, &[]);
                } else {
                    self.b.branch_args(test, unlikely, yes, &[], no, &[]);
                }
                self.narrows.truncate(base);
            }
        }
    }

    /// `x == null` and `x === undefined` as tests that cannot throw, and whether the condition
    /// is the opposite.
    fn nullish_test(&mut self, id: ExprId) -> Option<(Value, bool)> {
        let Expr::Binary { op, left, right } = self.ast[id] else { return None };
        let (strict, negated) = match op {
            BinaryOp::Eq => (false, false),
            BinaryOp::Ne => (false, true),
            BinaryOp::StrictEq => (true, false),
            BinaryOp::StrictNe => (true, true),
            _ => return None,
        };
        let is_null = self.nullish_literal(right)?;
        let op = match (strict, is_null) {
            (false, _) => Op::JsIsNullish,
            (true, false) => Op::JsIsUndef,
            (true, true) => return None,
        };
        let v = self.expr(left);
        let test = self.b.unary(op, v);
        Some((test, negated))
    }

    /// Puts back the values before the narrowings above `base`.
    pub fn restore(&mut self, base: usize) {
        for i in (base..self.narrows.len()).rev() {
            let n = self.narrows[i];
            if self.assigned[n.var.0 as usize] == n.assigned {
                self.b.set(n.var, n.before);
            }
        }
    }

    /// Narrows variables by the outcome of a condition.
    pub fn narrow_by(&mut self, cond: ExprId, outcome: bool) {
        let mut facts = Vec::new();
        self.facts(cond, outcome, &mut facts);
        for fact in facts {
            let Some(var) = self.local_of(fact.binding) else { continue };
            let before = self.b.get(var);
            let data = InstData {
                a: before.0,
                b: fact.class,
                aux: fact.test as u16,
                ..InstData::new(Op::JsNarrow, Ty::Void)
            };
            let v = self.b.emit(data);
            self.narrows.push(Narrow { var, before, assigned: self.assigned[var.0 as usize] });
            self.b.set(var, v);
        }
    }

    pub fn narrow(&mut self, v: Value, test: NarrowTest) -> Value {
        self.b.emit(InstData { a: v.0, aux: test as u16, ..InstData::new(Op::JsNarrow, Ty::Void) })
    }

    fn facts(&self, id: ExprId, outcome: bool, out: &mut Vec<Fact>) {
        match self.ast[id] {
            Expr::Paren(e) => self.facts(e, outcome, out),
            Expr::Unary { op: UnaryOp::Not, operand } => self.facts(operand, !outcome, out),
            Expr::Logical { op, left, right } => {
                let both = if outcome { LogicalOp::And } else { LogicalOp::Or };
                if op == both {
                    self.facts(left, outcome, out);
                    self.facts(right, outcome, out);
                }
            }
            Expr::Binary { op, left, right } => self.comparison(op, left, right, outcome, out),
            _ if outcome => self.fact(id, NarrowTest::Truthy, out),
            _ => {}
        }
    }

    /// The local variable whose value an expression is.
    fn subject(&self, id: ExprId) -> Option<BindingId> {
        let r = self.l.r;
        let reference = match self.ast[self.ast.unparen(id)] {
            Expr::Name(_) => *r.expr_ref.get(self.ast.unparen(id))?,
            Expr::Assign { op: AssignOp::Assign, target, .. } if matches!(self.ast[target], Pat::Name(_)) => {
                *r.pat_ref.get(target)?
            }
            _ => return None,
        };
        match r.refs[reference].target {
            Target::Binding(b) if !r.bindings[b].captured && r.bindings[b].frame == self.frame => Some(b),
            _ => None,
        }
    }

    fn fact(&self, id: ExprId, test: NarrowTest, out: &mut Vec<Fact>) {
        if let Some(binding) = self.subject(id) {
            out.push(Fact { binding, test, class: u32::MAX });
        }
    }

    fn comparison(&self, op: BinaryOp, left: ExprId, right: ExprId, outcome: bool, out: &mut Vec<Fact>) {
        let (equal, strict) = match op {
            BinaryOp::StrictEq => (outcome, true),
            BinaryOp::StrictNe => (!outcome, true),
            BinaryOp::Eq => (outcome, false),
            BinaryOp::Ne => (!outcome, false),
            BinaryOp::InstanceOf => {
                let class = self.l.r.class_of_expr(self.ast, right).and_then(|c| self.l.class_ids.get(c));
                if let (Some(binding), Some(class)) = (self.subject(left), class) {
                    let test = if outcome { NarrowTest::Class } else { NarrowTest::NotClass };
                    out.push(Fact { binding, test, class: class.0 });
                }
                return;
            }
            _ => return,
        };
        for (a, b) in [(left, right), (right, left)] {
            if let Expr::Unary { op: UnaryOp::Typeof, operand } = self.ast[self.ast.unparen(a)] {
                if let Some(test) = self.typeof_test(b, equal) {
                    self.fact(operand, test, out);
                }
            } else if let Some(is_null) = self.nullish_literal(b) {
                let test = match (strict, is_null, equal) {
                    (false, _, true) => NarrowTest::Nullish,
                    (false, _, false) => NarrowTest::NotNullish,
                    (true, true, true) => NarrowTest::Null,
                    (true, true, false) => NarrowTest::NotNull,
                    (true, false, true) => NarrowTest::Undefined,
                    (true, false, false) => NarrowTest::NotUndefined,
                };
                self.fact(a, test, out);
            }
        }
    }

    /// Whether an expression is `null` (true) or `undefined` (false).
    fn nullish_literal(&self, id: ExprId) -> Option<bool> {
        match self.ast[self.ast.unparen(id)] {
            Expr::Null => Some(true),
            Expr::Name(n) if n == crate::syntax::well_known::UNDEFINED => {
                self.l.global_name(id).map(|_| false)
            }
            _ => None,
        }
    }

    fn typeof_test(&self, literal: ExprId, equal: bool) -> Option<NarrowTest> {
        let Expr::String(StrValue::Text(name)) = self.ast[self.ast.unparen(literal)] else { return None };
        Some(match (self.l.names.resolve(name), equal) {
            ("string", true) => NarrowTest::Str,
            ("string", false) => NarrowTest::NotStr,
            ("number", true) => NarrowTest::Number,
            ("number", false) => NarrowTest::NotNumber,
            ("boolean", true) => NarrowTest::Bool,
            ("boolean", false) => NarrowTest::NotBool,
            ("undefined", true) => NarrowTest::Undefined,
            ("undefined", false) => NarrowTest::NotUndefined,
            ("object", true) => NarrowTest::Object,
            ("function", true) => NarrowTest::Function,
            _ => return None,
        })
    }
}

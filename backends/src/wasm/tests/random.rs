//! Random structured programs: what WebAssembly computes is what a direct evaluation of the program gives.
//!
//! Programs assign to four variables inside nested conditions, loops with `break` and
//! `continue`, and switches; every loop counts down a fuel variable.

use super::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const VARS: usize = 4;
const FUEL: i32 = 60;

#[derive(Clone, Debug)]
enum Stmt {
    /// x = y op z + k
    Assign(usize, Op, usize, usize, i32),
    /// Parallel exchange of two variables: makes cycles among block arguments.
    Swap(usize, usize),
    If(usize, IntCc, usize, Vec<Stmt>, Vec<Stmt>),
    While(usize, IntCc, usize, Vec<Stmt>),
    Switch(usize, Vec<Vec<Stmt>>),
    Break,
    Continue,
    Return(usize),
}

fn stmt() -> impl Strategy<Value = Stmt> {
    let var = || 0..VARS;
    let op = prop::sample::select(vec![Op::IAdd, Op::ISub, Op::IMul, Op::IXor]);
    let cc = || prop::sample::select(IntCc::ALL.to_vec());
    let leaf = prop_oneof![
        6 => (var(), op, var(), var(), -3..4i32).prop_map(|(x, op, y, z, k)| Stmt::Assign(x, op, y, z, k)),
        3 => (var(), var()).prop_map(|(x, y)| Stmt::Swap(x, y)),
        1 => Just(Stmt::Break),
        1 => Just(Stmt::Continue),
        1 => var().prop_map(Stmt::Return),
    ];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        let list = || prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            (var(), cc(), var(), list(), list()).prop_map(|(x, c, y, a, b)| Stmt::If(x, c, y, a, b)),
            (var(), cc(), var(), list()).prop_map(|(x, c, y, a)| Stmt::While(x, c, y, a)),
            (var(), prop::collection::vec(list(), 1..4)).prop_map(|(x, arms)| Stmt::Switch(x, arms)),
        ]
    })
}

// Evaluation.

enum Flow {
    Next,
    Break,
    Continue,
    Return(i32),
}

struct State {
    vars: [i32; VARS],
    fuel: i32,
}

fn compare(cc: IntCc, a: i32, b: i32) -> bool {
    let (ua, ub) = (a as u32, b as u32);
    match cc {
        IntCc::Eq => a == b,
        IntCc::Ne => a != b,
        IntCc::Slt => a < b,
        IntCc::Sle => a <= b,
        IntCc::Sgt => a > b,
        IntCc::Sge => a >= b,
        IntCc::Ult => ua < ub,
        IntCc::Ule => ua <= ub,
        IntCc::Ugt => ua > ub,
        IntCc::Uge => ua >= ub,
    }
}

fn eval(list: &[Stmt], s: &mut State) -> Flow {
    for stmt in list {
        let flow = match stmt {
            Stmt::Assign(x, op, y, z, k) => {
                let (a, b) = (s.vars[*y], s.vars[*z]);
                let r = match op {
                    Op::IAdd => a.wrapping_add(b),
                    Op::ISub => a.wrapping_sub(b),
                    Op::IMul => a.wrapping_mul(b),
                    _ => a ^ b,
                };
                s.vars[*x] = r.wrapping_add(*k);
                Flow::Next
            }
            Stmt::Swap(x, y) => {
                s.vars.swap(*x, *y);
                Flow::Next
            }
            Stmt::If(x, cc, y, a, b) => eval(if compare(*cc, s.vars[*x], s.vars[*y]) { a } else { b }, s),
            Stmt::While(x, cc, y, body) => loop {
                s.fuel -= 1;
                if s.fuel < 0 || !compare(*cc, s.vars[*x], s.vars[*y]) {
                    break Flow::Next;
                }
                match eval(body, s) {
                    Flow::Break => break Flow::Next,
                    Flow::Return(v) => break Flow::Return(v),
                    Flow::Next | Flow::Continue => {}
                }
            },
            Stmt::Switch(x, arms) => match arms.get(s.vars[*x] as u32 as usize) {
                Some(arm) => eval(arm, s),
                None => Flow::Next,
            },
            Stmt::Break => Flow::Break,
            Stmt::Continue => Flow::Continue,
            Stmt::Return(x) => Flow::Return(s.vars[*x]),
        };
        if !matches!(flow, Flow::Next) {
            return flow;
        }
    }
    Flow::Next
}

fn evaluate(program: &[Stmt], args: [i32; VARS]) -> i32 {
    let mut s = State { vars: args, fuel: FUEL };
    match eval(program, &mut s) {
        Flow::Return(v) => v,
        _ => s.vars.iter().fold(0, |h, &v| i32::wrapping_mul(h, 31).wrapping_add(v)),
    }
}

// Lowering.

struct Lower<'b> {
    b: &'b mut Builder,
    vars: Vec<ultra_ir::builder::Var>,
    fuel: ultra_ir::builder::Var,
    /// Where break and continue go; outside of loops both leave the program.
    targets: Vec<(ultra_ir::Block, ultra_ir::Block)>,
    end: ultra_ir::Block,
}

impl Lower<'_> {
    fn list(&mut self, list: &[Stmt]) {
        for stmt in list {
            if !self.b.is_open() {
                return;
            }
            self.stmt(stmt);
        }
    }

    fn condition(&mut self, x: usize, cc: IntCc, y: usize) -> Value {
        let (x, y) = (self.b.get(self.vars[x]), self.b.get(self.vars[y]));
        self.b.binary_aux(Op::ICmp, cc as u16, x, y)
    }

    fn go(&mut self, to: ultra_ir::Block) {
        if self.b.is_open() {
            self.b.jump(to, &[]);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Assign(x, op, y, z, k) => {
                let (y, z) = (self.b.get(self.vars[*y]), self.b.get(self.vars[*z]));
                let r = self.b.binary(*op, y, z);
                let k = self.b.iconst(Ty::I32, i64::from(*k));
                let r = self.b.binary(Op::IAdd, r, k);
                self.b.set(self.vars[*x], r);
            }
            Stmt::Swap(x, y) => {
                let (vx, vy) = (self.b.get(self.vars[*x]), self.b.get(self.vars[*y]));
                self.b.set(self.vars[*x], vy);
                self.b.set(self.vars[*y], vx);
            }
            Stmt::If(x, cc, y, then, els) => {
                let c = self.condition(*x, *cc, *y);
                let (t, e, join) = (self.b.block(), self.b.block(), self.b.block());
                self.b.branch(c, t, e);
                for (block, list) in [(t, then), (e, els)] {
                    self.b.switch_to(block);
                    self.list(list);
                    self.go(join);
                }
                self.follow(join);
            }
            Stmt::While(x, cc, y, body) => {
                let (head, fueled, inside, exit) =
                    (self.b.block(), self.b.block(), self.b.block(), self.b.block());
                self.b.jump(head, &[]);
                self.b.switch_to(head);
                let f = self.b.get(self.fuel);
                let one = self.b.iconst(Ty::I32, 1);
                let f = self.b.binary(Op::ISub, f, one);
                self.b.set(self.fuel, f);
                let zero = self.b.iconst(Ty::I32, 0);
                let out = self.b.binary_aux(Op::ICmp, IntCc::Slt as u16, f, zero);
                self.b.branch(out, exit, fueled);
                self.b.switch_to(fueled);
                let c = self.condition(*x, *cc, *y);
                self.b.branch(c, inside, exit);
                self.b.switch_to(inside);
                self.targets.push((exit, head));
                self.list(body);
                self.targets.pop();
                self.go(head);
                self.b.switch_to(exit);
            }
            Stmt::Switch(x, arms) => {
                let v = self.b.get(self.vars[*x]);
                let blocks: Vec<_> = arms.iter().map(|_| self.b.block()).collect();
                let join = self.b.block();
                let cases: Vec<_> = blocks.iter().enumerate().map(|(i, &b)| (i as i32, b)).collect();
                self.b.switch(v, join, &cases);
                for (arm, &block) in arms.iter().zip(&blocks) {
                    self.b.switch_to(block);
                    self.list(arm);
                    self.go(join);
                }
                self.b.switch_to(join);
            }
            Stmt::Break | Stmt::Continue => {
                let to = match self.targets.last() {
                    Some(&(exit, head)) => {
                        if matches!(stmt, Stmt::Break) {
                            exit
                        } else {
                            head
                        }
                    }
                    None => self.end,
                };
                self.b.jump(to, &[]);
            }
            Stmt::Return(x) => {
                let v = self.b.get(self.vars[*x]);
                self.b.ret(v);
            }
        }
    }

    /// Goes on in a block if anything leads there.
    fn follow(&mut self, block: ultra_ir::Block) {
        if self.b.has_preds(block) {
            self.b.switch_to(block);
        }
    }
}

fn lower(u: &mut Unit, name: &str, program: &[Stmt]) {
    u.function(name, &[Ty::I32; VARS], Ty::I32, |b, p, _| {
        let vars: Vec<_> = (0..VARS).map(|_| b.var(Ty::I32)).collect();
        for (&var, &value) in vars.iter().zip(p) {
            b.set(var, value);
        }
        let fuel = b.var(Ty::I32);
        let f = b.iconst(Ty::I32, i64::from(FUEL));
        b.set(fuel, f);
        let end = b.block();
        let mut l = Lower { b, vars, fuel, targets: Vec::new(), end };
        l.list(program);
        l.go(end);
        let vars = std::mem::take(&mut l.vars);
        if b.has_preds(end) {
            b.switch_to(end);
            let mut h = b.iconst(Ty::I32, 0);
            let k = b.iconst(Ty::I32, 31);
            for &var in &vars {
                let v = b.get(var);
                h = b.binary(Op::IMul, h, k);
                h = b.binary(Op::IAdd, h, v);
            }
            b.ret(h);
        }
    });
}

#[test]
fn random_programs_agree() {
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let strategy = prop::collection::vec(stmt(), 1..8);
    let mut u = Unit::new();
    let (mut script, mut expected) =
        (String::from("const c = (n, ...a) => log(n, p.call(n, ...a));"), Vec::new());
    let mut nodes = 0;
    for k in 0..300 {
        let program = strategy.new_tree(&mut runner).expect("a program").current();
        let name = format!("f{k}");
        lower(&mut u, &name, &program);
        nodes += format!("{program:?}").len();
        for args in [[0, 1, 2, 3], [5, -7, 0, 1], [1, 1, 1, 1], [i32::MIN, 2, -1, 100]] {
            script += &format!("c('{name}',{});", args.map(|a| a.to_string()).join(","));
            expected.push(format!("{name} {}", evaluate(&program, args)));
        }
    }
    assert!(nodes > 50_000, "the programs are too small to mean anything: {nodes}");
    u.run(&script, &expected.join("\n"));
}

//! Error stacks: frames of generated code as a runtime function sees them through `exec::frames`.

use ultra_abi::RtFn;
use ultra_abi::layout::WorkerContext;
use ultra_abi::shape::ThrowKind;
use ultra_abi::value::UNDEFINED;
use ultra_backends::exec::{CodeSpace, Service, Stack, frames, run_main};
use ultra_backends::x64;
use ultra_ir::builder::Builder;
use ultra_ir::{Func, FuncDecl, FuncId, Module, Op, Sig, Ty};
use ultra_runtime::Runtime;

fn hook(ctx: *mut WorkerContext) -> String {
    assert!(
        std::thread::spawn({
            let at = ctx as usize;
            move || frames(at as *const WorkerContext, 10).is_empty()
        })
        .join()
        .expect("no panic"),
        "another thread is not in the run"
    );
    frames(ctx, 4).iter().map(|f| format!("\n    at {} ({})", f.name, f.frame.pos)).collect()
}

fn declare(m: &mut Module, name: &str) -> FuncId {
    let cell = m.funcs.len() as u32;
    let sig = Sig { params: vec![Ty::I32], ret: Ty::Void };
    m.add_func(FuncDecl {
        name: name.into(),
        sig,
        cell,
        nothrow: false,
        pure_: false,
        always_inline: false,
        no_inline: false,
    })
}

/// `name(n)`: below 1 it throws at position `pos`, else it calls `callee` with n - 1 at `pos + 1`.
fn define(m: &mut Module, id: FuncId, callee: FuncId, pos: u32) {
    let mut b = Builder::new(Func::new(&*m.funcs[id].name.clone(), vec![Ty::I32], None));
    let (entry, bottom, deeper) = (b.block(), b.block(), b.block());
    b.switch_to(entry);
    let n = b.param(entry, Ty::I32);
    b.seal(entry);
    let zero = b.iconst(Ty::I32, 0);
    let done = b.binary_aux(Op::ICmp, ultra_ir::op::IntCc::Sle as u16, n, zero);
    b.branch(done, bottom, deeper);
    b.seal(bottom);
    b.seal(deeper);
    b.switch_to(bottom);
    b.set_pos(pos);
    let kind = b.iconst(Ty::I32, ThrowKind::DivideByZero as i64);
    let operand = b.imm64(Op::AnyConst, Ty::Any, UNDEFINED);
    b.call(Op::CallRt, Ty::Void, RtFn::ThrowKind as u32, &[kind, operand], 0);
    b.unreachable();
    b.switch_to(deeper);
    let one = b.iconst(Ty::I32, 1);
    let less = b.binary(Op::ISub, n, one);
    b.set_pos(pos + 1);
    b.call(Op::Call, Ty::Void, callee.0, &[less], 0);
    b.ret_void();
    m.bodies[id] = Some(b.finish());
}

struct Lazy<'a> {
    m: &'a Module,
    space: &'a CodeSpace,
    /// Names of the frames that each compilation saw.
    seen: Vec<Vec<String>>,
    ctx: *const WorkerContext,
}

impl Service for Lazy<'_> {
    fn compile(&mut self, cell: u32) -> Option<u64> {
        self.seen.push(frames(self.ctx, 10).into_iter().map(|f| f.name.into()).collect());
        let id = self.m.funcs.ids().nth(cell as usize)?;
        let code = x64::compile(self.m.bodies[id].as_ref()?, id, self.m, &x64::Options::default())
            .expect("compiles");
        let at = self.space.add(&code).expect("room");
        self.space.publish(cell, at);
        Some(at)
    }
}

#[test]
fn errors_and_the_compiler_see_the_frames() {
    let mut m = Module::new();
    let (ping, pong) = (declare(&mut m, "ping"), declare(&mut m, "pong"));
    define(&mut m, ping, pong, 100);
    define(&mut m, pong, ping, 200);
    let main = m.add_func(FuncDecl {
        name: "main".into(),
        sig: Sig { params: vec![], ret: Ty::Void },
        cell: 2,
        nothrow: false,
        pure_: false,
        always_inline: false,
        no_inline: false,
    });
    let mut b = Builder::new(Func::new("main", vec![], None));
    let entry = b.block();
    b.switch_to(entry);
    b.seal(entry);
    let two = b.iconst(Ty::I32, 2);
    b.set_pos(7);
    b.call(Op::Call, Ty::Void, ping.0, &[two], 0);
    b.ret_void();
    m.bodies[main] = Some(b.finish());

    let mut rt = Runtime::new(ultra_runtime::Options::default()).expect("runtime");
    rt.values.stack_trace_hook = Some(hook);
    let space = CodeSpace::new(&ultra_runtime::entry::entry_points(), 1 << 20).expect("code space");
    space.ensure_cells(3).expect("cells");
    let ctx = rt.leak_context();
    space.init_context(ctx);
    assert_eq!(frames(ctx, 10), [], "nothing runs yet");
    let stack = Stack::new(1 << 20).expect("stack");
    let mut service = Lazy { m: &m, space: &space, seen: vec![], ctx };
    let end = run_main(&space, ctx, &mut service, 2, &stack).expect_err("throws");
    assert_eq!(service.seen, [vec![], vec!["main".to_string()], vec!["ping".into(), "main".into()]]);
    assert_eq!(frames(rt.context(), 10), [], "the run is over");
    let text = rt.format_uncaught(end.0);
    let expected = "RangeError: Division by zero\n    at ping (100)\n    at pong (201)\n    at ping (101)\n    at main (7)";
    assert!(text.contains(expected), "{text}");
}

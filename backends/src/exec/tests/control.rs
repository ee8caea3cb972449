//! Branches, loops, calls, exceptions, stack overflow, lazy compilation.

use super::*;
use ultra_ir::op::IntCc;

pub fn icmp(b: &mut Builder, cc: IntCc, x: Value, y: Value) -> Value {
    b.binary_aux(Op::ICmp, cc as u16, x, y)
}

fn define_fib(m: &mut Machine) -> FuncId {
    let id = m.declare("fib", &[Ty::I32], Ty::I32);
    m.define(id, |b, a| {
        let (small, rec) = (b.block(), b.block());
        let two = b.iconst(Ty::I32, 2);
        let c = icmp(b, IntCc::Slt, a[0], two);
        b.branch(c, small, rec);
        b.switch_to(small);
        b.seal(small);
        b.ret(a[0]);
        b.switch_to(rec);
        b.seal(rec);
        let one = b.iconst(Ty::I32, 1);
        let x = b.binary(Op::ISub, a[0], one);
        let r1 = b.call(Op::Call, Ty::I32, id.0, &[x], u32::MAX);
        let y = b.binary(Op::ISub, a[0], two);
        let r2 = b.call(Op::Call, Ty::I32, id.0, &[y], u32::MAX);
        let s = b.binary(Op::IAdd, r1, r2);
        b.ret(s);
    });
    id
}

#[test]
fn fib() {
    for fast in [false, true] {
        let mut m = Machine::new();
        m.fast = fast;
        let id = define_fib(&mut m);
        m.compile(id);
        assert_eq!(m.call(id, &[20]), Ok(6765));
    }
}

#[test]
fn lazy_cells_compile_on_first_call() {
    let mut m = Machine::new();
    let id = define_fib(&mut m);
    let main = m.func("main", &[Ty::F64, Ty::I32], Ty::F64, |b, a| {
        let r = b.call(Op::Call, Ty::I32, id.0, &[a[1]], u32::MAX);
        let f = b.unary_ty(Op::SToF, Ty::F64, r);
        let s = b.binary(Op::FAdd, f, a[0]);
        b.ret(s);
    });
    // Not compiled here: the cell's thunk does it.
    assert_eq!(m.call(main, &[0.5f64.to_bits(), 10]), Ok(55.5f64.to_bits()));
    assert!(m.space.address(id).is_some());
    // A body that does not compile leaves as an exception.
    let missing = m.declare("missing", &[], Ty::Void);
    let caller = m.func("caller", &[], Ty::Void, |b, _| {
        b.call(Op::Call, Ty::Void, missing.0, &[], u32::MAX);
        b.ret_void();
    });
    assert_eq!(m.call(caller, &[]), Err(Uncaught(0xBAD)));
}

#[test]
fn loop_sums() {
    let mut m = Machine::new();
    let id = m.func("sum", &[Ty::I32], Ty::I64, |b, a| {
        let (head, body, exit) = (b.block(), b.block(), b.block());
        let (i, s) = (b.var(Ty::I32), b.var(Ty::I64));
        let zero = b.iconst(Ty::I32, 0);
        let z64 = b.iconst(Ty::I64, 0);
        b.set(i, zero);
        b.set(s, z64);
        b.jump(head, &[]);
        b.switch_to(head);
        let iv = b.get(i);
        let c = icmp(b, IntCc::Slt, iv, a[0]);
        b.branch(c, body, exit);
        b.switch_to(body);
        b.seal(body);
        let iv = b.get(i);
        let w = b.unary(Op::SExt32, iv);
        let sq = b.binary(Op::IMul, w, w);
        let sv = b.get(s);
        let n = b.binary(Op::IAdd, sv, sq);
        b.set(s, n);
        let one = b.iconst(Ty::I32, 1);
        let next = b.binary(Op::IAdd, iv, one);
        b.set(i, next);
        b.jump(head, &[]);
        b.seal(head);
        b.switch_to(exit);
        b.seal(exit);
        let r = b.get(s);
        b.ret(r);
    });
    m.compile(id);
    assert_eq!(m.call(id, &[1000]), Ok((0..1000u64).map(|i| i * i).sum()));
    assert_eq!(m.call(id, &[0]), Ok(0));
}

#[test]
fn many_arguments() {
    let mut m = Machine::new();
    let mut types = Vec::new();
    for i in 0..30 {
        types.push(if i % 2 == 0 { Ty::I64 } else { Ty::F64 });
    }
    // Weighted sum of all arguments.
    let callee = m.func("callee", &types, Ty::F64, |b, a| {
        let mut sum = b.f64const(0.0);
        for (i, &v) in a.iter().enumerate() {
            let f = if i % 2 == 0 { b.unary_ty(Op::SToF, Ty::F64, v) } else { v };
            let w = b.f64const(i as f64 + 1.0);
            let p = b.binary(Op::FMul, f, w);
            sum = b.binary(Op::FAdd, sum, p);
        }
        b.ret(sum);
    });
    let types2 = types.clone();
    let caller = m.func("caller", &types, Ty::F64, |b, a| {
        let mut args = a.to_vec();
        args.swap(0, 28);
        args.swap(1, 29);
        let _ = &types2;
        let r = b.call(Op::Call, Ty::F64, callee.0, &args, u32::MAX);
        let r2 = b.call(Op::Call, Ty::F64, callee.0, a, u32::MAX);
        let s = b.binary(Op::FSub, r, r2);
        b.ret(s);
    });
    m.compile(callee);
    m.compile(caller);
    let args: Vec<u64> =
        (0..30).map(|i| if i % 2 == 0 { i * 7 } else { (i as f64 * 1.5).to_bits() }).collect();
    let value = |i: usize| if i % 2 == 0 { args[i] as f64 } else { f64::from_bits(args[i]) };
    let plain: f64 = (0..30).map(|i| value(i) * (i as f64 + 1.0)).sum();
    let mut order: Vec<usize> = (0..30).collect();
    order.swap(0, 28);
    order.swap(1, 29);
    let swapped: f64 = (0..30).map(|i| value(order[i]) * (i as f64 + 1.0)).sum();
    assert_eq!(m.call(callee, &args), Ok(plain.to_bits()));
    assert_eq!(m.call(caller, &args), Ok((swapped - plain).to_bits()));
}

/// thrower(n): throws n + 100 when n is odd, else returns n.
fn thrower(m: &mut Machine) -> FuncId {
    m.func("thrower", &[Ty::I32], Ty::I32, |b, a| {
        let (bad, good) = (b.block(), b.block());
        let one = b.iconst(Ty::I32, 1);
        let odd = b.binary(Op::IAnd, a[0], one);
        let zero = b.iconst(Ty::I32, 0);
        let c = icmp(b, IntCc::Ne, odd, zero);
        b.branch(c, bad, good);
        b.switch_to(bad);
        b.seal(bad);
        let w = b.unary(Op::SExt32, a[0]);
        let k = b.iconst(Ty::I64, 100);
        let s = b.binary(Op::IAdd, w, k);
        let f = b.unary(Op::FFromBits, s);
        let any = b.unary(Op::AnyFromF64, f);
        b.set_pos(77);
        call_rt(b, RtFn::Throw, &[any]);
        b.unreachable();
        b.switch_to(good);
        b.seal(good);
        b.ret(a[0]);
    })
}

#[test]
fn exceptions_through_frames() {
    for fast in [false, true] {
        let mut m = Machine::new();
        m.fast = fast;
        let t = thrower(&mut m);
        let middle = m.func("middle", &[Ty::I32], Ty::I32, |b, a| {
            let r = b.call(Op::Call, Ty::I32, t.0, a, u32::MAX);
            let s = b.binary(Op::IAdd, r, a[0]);
            b.ret(s);
        });
        // try { return middle(n) + k } catch (e) { return bits(e) - n + k }
        let outer = m.func("outer", &[Ty::I32, Ty::I64], Ty::I64, |b, a| {
            let (ok, handler) = (b.block(), b.block());
            let r = b.call(Op::Call, Ty::I32, middle.0, &a[..1], u32::MAX);
            b.br_exc(ok, handler);
            b.switch_to(ok);
            b.seal(ok);
            let w = b.unary(Op::SExt32, r);
            let s = b.binary(Op::IAdd, w, a[1]);
            b.ret(s);
            b.switch_to(handler);
            b.seal(handler);
            let e = b.nullary(Op::CatchValue);
            let f = b.unary(Op::AnyToF64, e);
            let bits = b.unary(Op::FBits, f);
            let w = b.unary(Op::SExt32, a[0]);
            let d = b.binary(Op::ISub, bits, w);
            let s = b.binary(Op::IAdd, d, a[1]);
            b.ret(s);
        });
        for f in [t, middle, outer] {
            m.compile(f);
        }
        assert_eq!(m.call(outer, &[4, 1000]), Ok(1008));
        assert_eq!(m.call(outer, &[5, 1000]), Ok(1100));
        assert_eq!(m.ctx.attention, 0);
        assert_eq!(m.call(middle, &[7]), Err(Uncaught(107)));
        assert_eq!(m.ctx.attention, 0);
        assert_eq!(m.call(outer, &[9, 0]), Ok(100));
    }
}

#[test]
fn runtime_throw_is_caught_in_the_same_function() {
    let mut m = Machine::new();
    let id = m.func("f", &[Ty::I64, Ty::F64], Ty::F64, |b, a| {
        let (ok, handler) = (b.block(), b.block());
        let f = b.unary(Op::FFromBits, a[0]);
        let any = b.unary(Op::AnyFromF64, f);
        call_rt(b, RtFn::Throw, &[any]);
        b.br_exc(ok, handler);
        b.switch_to(ok);
        b.seal(ok);
        b.unreachable();
        b.switch_to(handler);
        b.seal(handler);
        let e = b.nullary(Op::CatchValue);
        let f = b.unary(Op::AnyToF64, e);
        let s = b.binary(Op::FAdd, f, a[1]);
        b.ret(s);
    });
    m.compile(id);
    assert_eq!(m.call(id, &[2.5f64.to_bits(), 1.0f64.to_bits()]), Ok(3.5f64.to_bits()));
}

#[test]
fn stack_overflow_is_an_exception() {
    let mut m = Machine::new();
    let id = m.declare("deep", &[Ty::I64], Ty::I64);
    m.define(id, |b, a| {
        let one = b.iconst(Ty::I64, 1);
        let n = b.binary(Op::IAdd, a[0], one);
        let r = b.call(Op::Call, Ty::I64, id.0, &[n], u32::MAX);
        let s = b.binary(Op::IAdd, r, a[0]);
        b.ret(s);
    });
    let outer = m.func("outer", &[], Ty::I64, |b, _| {
        let (ok, handler) = (b.block(), b.block());
        let z = b.iconst(Ty::I64, 0);
        let r = b.call(Op::Call, Ty::I64, id.0, &[z], u32::MAX);
        b.br_exc(ok, handler);
        b.switch_to(ok);
        b.seal(ok);
        b.ret(r);
        b.switch_to(handler);
        b.seal(handler);
        let e = b.nullary(Op::CatchValue);
        let f = b.unary(Op::AnyToF64, e);
        let bits = b.unary(Op::FBits, f);
        b.ret(bits);
    });
    m.compile(id);
    m.compile(outer);
    assert_eq!(m.call(outer, &[]), Ok(0x5AFE));
    assert_eq!(m.events.polls, 1);
    assert!(m.events.frames.len() == 1000 && m.events.frames[0].func == id.0);
}

#[test]
fn polls_keep_registers_and_walk_the_stack() {
    let mut m = Machine::new();
    let id = m.func("poller", &[Ty::I64, Ty::F64, Ty::Ref], Ty::F64, |b, a| {
        b.set_pos(5);
        b.nullary(Op::Poll);
        let f = b.unary_ty(Op::SToF, Ty::F64, a[0]);
        let s = b.binary(Op::FAdd, f, a[1]);
        b.ret(s);
    });
    let outer = m.func("outer", &[Ty::I64, Ty::F64, Ty::Ref], Ty::F64, |b, a| {
        b.set_pos(9);
        let r = b.call(Op::Call, Ty::F64, id.0, a, u32::MAX);
        let s = b.binary(Op::FAdd, r, a[1]);
        b.ret(s);
    });
    m.compile(id);
    m.compile(outer);
    let args = [3, 0.5f64.to_bits(), 1];
    assert_eq!(m.call(outer, &args), Ok(4.0f64.to_bits()));
    assert_eq!(m.events.polls, 0);
    // The test runtime raises the limit when asked for 99: the next prologue and loop poll see it.
    let forced = m.func("forced", &[Ty::I64, Ty::F64, Ty::Ref], Ty::F64, |b, a| {
        let n = b.iconst(Ty::I32, 99);
        call_rt(b, RtFn::AllocLarge, &[n, n]);
        let r = b.call(Op::Call, Ty::F64, outer.0, a, u32::MAX);
        let s = b.binary(Op::FAdd, r, a[1]);
        call_rt(b, RtFn::AllocLarge, &[n, n]);
        b.set_pos(21);
        b.nullary(Op::Poll);
        let w = b.unary_ty(Op::SToF, Ty::F64, a[0]);
        let t = b.binary(Op::FMul, s, w);
        b.ret(t);
    });
    m.compile(forced);
    assert_eq!(m.call(forced, &args), Ok(13.5f64.to_bits()));
    assert_eq!(m.events.polls, 2);
    assert_eq!(m.events.frames, [super::super::Frame { func: forced.0, pos: 21 }]);
    let trace_fn = m.func("trace", &[], Ty::Ref, |b, _| {
        let one = b.iconst(Ty::I32, 40);
        let two = b.iconst(Ty::I32, 2);
        b.set_pos(11);
        let r = call_rt(b, RtFn::AllocLarge, &[one, two]);
        b.ret(r);
    });
    let top = m.func("top", &[], Ty::Ref, |b, _| {
        b.set_pos(13);
        let r = b.call(Op::Call, Ty::Ref, trace_fn.0, &[], u32::MAX);
        b.ret(r);
    });
    m.compile(trace_fn);
    m.compile(top);
    // The upper half of the runtime's result register is not part of the value.
    assert_eq!(m.call(top, &[]), Ok(42));
    let frames: Vec<(u32, u32)> = m.events.frames.iter().map(|f| (f.func, f.pos)).collect();
    assert_eq!(frames, [(trace_fn.0, 11), (top.0, 13)]);
}

#[test]
fn attention_after_a_runtime_call_polls() {
    let mut m = Machine::new();
    let id = m.func("f", &[Ty::I32, Ty::I32, Ty::F64], Ty::F64, |b, a| {
        let r = call_rt(b, RtFn::AllocLarge, &a[..2]);
        let any = b.unary(Op::AnyFromRef, r);
        let f = b.unary(Op::AnyToF64, any);
        let bits = b.unary(Op::FBits, f);
        let n = b.unary_ty(Op::SToF, Ty::F64, bits);
        let _ = n;
        let i = b.unary(Op::Trunc, bits);
        let g = b.unary_ty(Op::UToF, Ty::F64, i);
        let s = b.binary(Op::FAdd, g, a[2]);
        b.ret(s);
    });
    m.compile(id);
    m.ctx.attention = 2;
    assert_eq!(m.call(id, &[30, 12, 0.25f64.to_bits()]), Ok(42.25f64.to_bits()));
    assert_eq!((m.events.polls, m.ctx.attention), (1, 0));
}

#[test]
fn switches() {
    for cases in [
        vec![0, 1, 2, 3, 4, 5],
        vec![-3, 1, 100, 5000, i32::MIN, i32::MAX, 77],
        vec![7],
        vec![i32::MAX - 2, i32::MAX - 1, i32::MAX, i32::MAX - 3],
        vec![],
    ] {
        let mut m = Machine::new();
        let cases2 = cases.clone();
        let id = m.func("sw", &[Ty::I32], Ty::I32, |b, a| {
            let default = b.block();
            let shared = b.block();
            // Every third case shares a target.
            let blocks: Vec<_> = cases2
                .iter()
                .enumerate()
                .map(|(i, &v)| (v, if i % 3 == 2 { shared } else { b.block() }))
                .collect();
            b.switch(a[0], default, &blocks);
            for (i, &(_, block)) in blocks.iter().enumerate() {
                if block != shared {
                    b.switch_to(block);
                    b.seal(block);
                    let r = b.iconst(Ty::I32, i as i64 + 10);
                    b.ret(r);
                }
            }
            for (block, v) in [(default, -1), (shared, 5)] {
                if b.has_preds(block) {
                    b.switch_to(block);
                    b.seal(block);
                    let r = b.iconst(Ty::I32, v);
                    b.ret(r);
                }
            }
        });
        m.compile(id);
        let mut probes: Vec<i32> =
            cases.iter().flat_map(|&c| [c, c.wrapping_add(1), c.wrapping_sub(1)]).collect();
        probes.extend([0, -1, i32::MIN, i32::MAX, 50]);
        for p in probes {
            let want = match cases.iter().position(|&c| c == p) {
                Some(i) if i % 3 == 2 => 5,
                Some(i) => i as i32 + 10,
                None => -1,
            };
            assert_eq!(m.call(id, &[p as u32 as u64]), Ok(want as u32 as u64), "{cases:?} {p}");
        }
    }
}

#[test]
fn call_through_a_computed_cell() {
    let mut m = Machine::new();
    let (f, g) = (
        define_fib(&mut m),
        m.func("double", &[Ty::I32], Ty::I32, |b, a| {
            let s = b.binary(Op::IAdd, a[0], a[0]);
            b.ret(s);
        }),
    );
    let h = m.func("apply", &[Ty::I32, Ty::I32], Ty::I32, |b, a| {
        let r = b.call(Op::CallCell, Ty::I32, 0, a, 0);
        let one = b.iconst(Ty::I32, 1);
        let s = b.binary(Op::IAdd, r, one);
        b.ret(s);
    });
    m.compile(h);
    let cell = |m: &Machine, f: FuncId| m.module.funcs[f].cell as u64;
    let (cf, cg) = (cell(&m, f), cell(&m, g));
    assert_eq!(m.call(h, &[cf, 10]), Ok(56));
    assert_eq!(m.call(h, &[cg, 10]), Ok(21));
}

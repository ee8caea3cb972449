//! Small kernels: their results, and with `SHOW` set their code.

use super::control::icmp;
use super::*;
use ultra_abi::Kind;
use ultra_ir::InstData;
use ultra_ir::builder::Var;
use ultra_ir::op::IntCc;

fn load_elem(b: &mut Builder, kind: Kind, p: Value, i: Value) -> Value {
    b.emit(InstData { a: p.0, b: i.0, aux: kind as u16, ..InstData::new(Op::LoadElem, kind.reg_ty()) })
}

/// for (var = start; var < end; var += step) body
fn for_loop(
    b: &mut Builder,
    var: Var,
    start: Value,
    end: Value,
    step: Value,
    body: impl FnOnce(&mut Builder),
) {
    let (head, inside, exit) = (b.block(), b.block(), b.block());
    b.set(var, start);
    b.jump(head, &[]);
    b.switch_to(head);
    let i = b.get(var);
    let c = icmp(b, IntCc::Slt, i, end);
    b.branch(c, inside, exit);
    b.switch_to(inside);
    b.seal(inside);
    body(b);
    let i = b.get(var);
    let n = b.binary(Op::IAdd, i, step);
    b.set(var, n);
    b.jump(head, &[]);
    b.seal(head);
    b.switch_to(exit);
    b.seal(exit);
}

#[test]
fn sieve() {
    let mut m = Machine::new();
    let id = m.func("sieve", &[Ty::Ref, Ty::I32], Ty::I32, |b, a| {
        let p = b.unary(Op::StoreData, a[0]);
        let (i, j, count) = (b.var(Ty::I32), b.var(Ty::I32), b.var(Ty::I32));
        let (zero, one, two) = (b.iconst(Ty::I32, 0), b.iconst(Ty::I32, 1), b.iconst(Ty::I32, 2));
        b.set(count, zero);
        for_loop(b, i, two, a[1], one, |b| {
            let (prime, next) = (b.block(), b.block());
            let iv = b.get(i);
            let composite = load_elem(b, Kind::Bool, p, iv);
            b.branch(composite, next, prime);
            b.switch_to(prime);
            b.seal(prime);
            let c = b.get(count);
            let c1 = b.binary(Op::IAdd, c, one);
            b.set(count, c1);
            let start = b.binary(Op::IAdd, iv, iv);
            for_loop(b, j, start, a[1], iv, |b| {
                let jv = b.get(j);
                let t = b.imm64(Op::BConst, Ty::Bool, 1);
                b.ternary(Op::StoreElem, Kind::Bool as u16, p, jv, t);
            });
            b.jump(next, &[]);
            b.switch_to(next);
            b.seal(next);
        });
        let r = b.get(count);
        b.ret(r);
    });
    m.compile(id);
    assert_eq!(m.call(id, &[(shape::HEAP_OFFSET / 8), 10000]), Ok(1229));
}

#[test]
fn matmul() {
    let mut m = Machine::new();
    // c[i*n+j] = sum a[i*n+k] * b[k*n+j]
    let id = m.func("matmul", &[Ty::Ref, Ty::Ref, Ty::Ref, Ty::I32], Ty::Void, |b, a| {
        let [pa, pb, pc] = [0, 1, 2].map(|k| b.unary(Op::StoreData, a[k]));
        let n = a[3];
        let (i, j, k, sum) = (b.var(Ty::I32), b.var(Ty::I32), b.var(Ty::I32), b.var(Ty::F64));
        let (zero, one) = (b.iconst(Ty::I32, 0), b.iconst(Ty::I32, 1));
        for_loop(b, i, zero, n, one, |b| {
            for_loop(b, j, zero, n, one, |b| {
                let z = b.f64const(0.0);
                b.set(sum, z);
                for_loop(b, k, zero, n, one, |b| {
                    let (iv, jv, kv) = (b.get(i), b.get(j), b.get(k));
                    let r = b.binary(Op::IMul, iv, n);
                    let r = b.binary(Op::IAdd, r, kv);
                    let x = load_elem(b, Kind::F64, pa, r);
                    let s = b.binary(Op::IMul, kv, n);
                    let s = b.binary(Op::IAdd, s, jv);
                    let y = load_elem(b, Kind::F64, pb, s);
                    let t = b.binary(Op::FMul, x, y);
                    let old = b.get(sum);
                    let new = b.binary(Op::FAdd, old, t);
                    b.set(sum, new);
                });
                let (iv, jv) = (b.get(i), b.get(j));
                let r = b.binary(Op::IMul, iv, n);
                let r = b.binary(Op::IAdd, r, jv);
                let v = b.get(sum);
                b.ternary(Op::StoreElem, Kind::F64 as u16, pc, r, v);
            });
        });
        b.ret_void();
    });
    m.compile(id);
    let n = 7usize;
    let base = (shape::HEAP_OFFSET / 8) as u32;
    let (pa, pb, pc) = (base, base + 1000, base + 2000);
    let value = |i: usize| (i * 37 % 11) as f64 - 3.5;
    for i in 0..n * n {
        *m.wide(pa, 16 + 8 * i) = value(i).to_bits();
        *m.wide(pb, 16 + 8 * i) = value(i + 5).to_bits();
    }
    m.call(id, &[pa as u64, pb as u64, pc as u64, n as u64]).unwrap();
    for i in 0..n {
        for j in 0..n {
            let want: f64 = (0..n).map(|k| value(i * n + k) * value(k * n + j + 5)).sum();
            assert_eq!(*m.wide(pc, 16 + 8 * (i * n + j)), want.to_bits());
        }
    }
}

#[test]
fn float_pressure_spills() {
    // More live floats and integers than registers, in a loop with a call.
    for fast in [false, true] {
        let mut m = Machine::new();
        m.fast = fast;
        let twice = m.func("twice", &[Ty::F64], Ty::F64, |b, a| {
            let s = b.binary(Op::FAdd, a[0], a[0]);
            b.ret(s);
        });
        let id = m.func("pressure", &[Ty::I32, Ty::F64], Ty::F64, |b, a| {
            let vars: Vec<Var> = (0..24).map(|_| b.var(Ty::F64)).collect();
            let ints: Vec<Var> = (0..16).map(|_| b.var(Ty::I64)).collect();
            for (n, &v) in vars.iter().enumerate() {
                let k = b.f64const(n as f64);
                let x = b.binary(Op::FAdd, a[1], k);
                b.set(v, x);
            }
            for (n, &v) in ints.iter().enumerate() {
                let k = b.iconst(Ty::I64, n as i64);
                b.set(v, k);
            }
            let i = b.var(Ty::I32);
            let (zero, one) = (b.iconst(Ty::I32, 0), b.iconst(Ty::I32, 1));
            for_loop(b, i, zero, a[0], one, |b| {
                for w in 0..vars.len() {
                    let (x, y) = (b.get(vars[w]), b.get(vars[(w + 7) % vars.len()]));
                    let s = b.binary(Op::FSub, y, x);
                    b.set(vars[w], s);
                }
                let x = b.get(vars[3]);
                let r = b.call(Op::Call, Ty::F64, twice.0, &[x], u32::MAX);
                b.set(vars[3], r);
                for w in 0..ints.len() {
                    let (x, y) = (b.get(ints[w]), b.get(ints[(w + 5) % ints.len()]));
                    let s = b.binary(Op::IAdd, x, y);
                    b.set(ints[w], s);
                }
            });
            let mut sum = b.f64const(0.0);
            for &v in &vars {
                let x = b.get(v);
                sum = b.binary(Op::FAdd, sum, x);
            }
            for &v in &ints {
                let x = b.get(v);
                let f = b.unary_ty(Op::SToF, Ty::F64, x);
                sum = b.binary(Op::FAdd, sum, f);
            }
            b.ret(sum);
        });
        m.compile(twice);
        m.compile(id);
        let (mut vars, mut ints): (Vec<f64>, Vec<i64>) =
            ((0..24).map(|n| 0.5 + n as f64).collect(), (0..16).collect());
        for _ in 0..5 {
            for w in 0..24 {
                vars[w] = vars[(w + 7) % 24] - vars[w];
            }
            vars[3] *= 2.0;
            for w in 0..16 {
                ints[w] += ints[(w + 5) % 16];
            }
        }
        let want = ints.iter().fold(vars.iter().fold(0.0, |s, &x| s + x), |s, &x| s + x as f64);
        assert_eq!(m.call(id, &[5, 0.5f64.to_bits()]), Ok(want.to_bits()));
    }
}

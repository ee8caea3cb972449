//! Arithmetic and conversions against Rust.

use super::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};
use ultra_ir::op::{FloatCc, IntCc};

fn runner(cases: u32) -> TestRunner {
    let persist = FileFailurePersistence::Direct("../proptest-regressions/x64.txt");
    TestRunner::new(Config { cases, failure_persistence: Some(Box::new(persist)), ..Config::default() })
}

const INTS: [Op; 10] =
    [Op::IAdd, Op::ISub, Op::IMul, Op::IAnd, Op::IOr, Op::IXor, Op::Shl, Op::SShr, Op::UShr, Op::INeg];

fn eval32(op: Op, a: u32, b: u32) -> u32 {
    match op {
        Op::IAdd => a.wrapping_add(b),
        Op::ISub => a.wrapping_sub(b),
        Op::IMul => a.wrapping_mul(b),
        Op::IAnd => a & b,
        Op::IOr => a | b,
        Op::IXor => a ^ b,
        Op::Shl => a.wrapping_shl(b),
        Op::SShr => (a as i32).wrapping_shr(b) as u32,
        Op::UShr => a.wrapping_shr(b),
        Op::INeg => a.wrapping_neg(),
        Op::SDiv => (a as i32).wrapping_div(b as i32) as u32,
        Op::SRem => (a as i32).wrapping_rem(b as i32) as u32,
        Op::UDiv => a / b,
        Op::URem => a % b,
        _ => unreachable!(),
    }
}

fn eval64(op: Op, a: u64, b: u64) -> u64 {
    match op {
        Op::IAdd => a.wrapping_add(b),
        Op::ISub => a.wrapping_sub(b),
        Op::IMul => a.wrapping_mul(b),
        Op::IAnd => a & b,
        Op::IOr => a | b,
        Op::IXor => a ^ b,
        Op::Shl => a.wrapping_shl(b as u32),
        Op::SShr => (a as i64).wrapping_shr(b as u32) as u64,
        Op::UShr => a.wrapping_shr(b as u32),
        Op::INeg => a.wrapping_neg(),
        Op::SDiv => (a as i64).wrapping_div(b as i64) as u64,
        Op::SRem => (a as i64).wrapping_rem(b as i64) as u64,
        Op::UDiv => a / b,
        Op::URem => a % b,
        _ => unreachable!(),
    }
}

/// Integers with the interesting ones in front.
fn int64() -> impl Strategy<Value = u64> {
    prop_oneof![
        any::<u64>(),
        any::<i8>().prop_map(|x| x as i64 as u64),
        any::<i32>().prop_map(|x| x as i64 as u64),
        (0u32..64).prop_map(|k| 1u64 << k),
        (0u32..64).prop_map(|k| (1u64 << k).wrapping_sub(1)),
        Just(i64::MIN as u64),
        Just(i32::MIN as i64 as u64),
    ]
}

/// An operation on earlier values: (op, left, right, constant instead of right).
type Step = (usize, usize, usize, Option<u64>);

fn straight_line(wide: bool, baseline: bool, fast: bool, steps: &[Step], args: [u64; 3]) -> (u64, u64) {
    let ty = if wide { Ty::I64 } else { Ty::I32 };
    let mut m = Machine::new();
    (m.baseline, m.fast) = (baseline, fast);
    let args = if wide { args } else { args.map(|a| a as u32 as u64) };
    let mut values = args.to_vec();
    let id = m.func("line", &[ty; 3], ty, |b, a| {
        let mut vs = a.to_vec();
        for &(op, x, y, c) in steps {
            let op = INTS[op % INTS.len()];
            let (x, yi) = (x % vs.len(), y % vs.len());
            let (y, yv) = match c {
                Some(c) => {
                    let c = if wide { c } else { c as i32 as i64 as u64 };
                    (b.iconst(ty, c as i64), if wide { c } else { c as u32 as u64 })
                }
                None => (vs[yi], values[yi]),
            };
            let v = if op == Op::INeg { b.unary(op, vs[x]) } else { b.binary(op, vs[x], y) };
            vs.push(v);
            values.push(if wide {
                eval64(op, values[x], yv)
            } else {
                eval32(op, values[x] as u32, yv as u32) as u64
            });
        }
        // The result mixes everything, so that all values stay live.
        let mut r = vs[0];
        for &v in &vs[1..] {
            let three = b.iconst(ty, 3);
            let t = b.binary(Op::IMul, r, three);
            r = b.binary(Op::IXor, t, v);
        }
        b.ret(r);
    });
    let mut want = values[0];
    for &v in &values[1..] {
        want =
            if wide { want.wrapping_mul(3) ^ v } else { ((want as u32).wrapping_mul(3) ^ v as u32) as u64 };
    }
    m.compile(id);
    (m.call(id, &args).expect("no exception"), want)
}

#[test]
fn random_straight_line_code() {
    let step = (0..INTS.len(), 0usize..40, 0usize..40, prop::option::of(int64()));
    let input = (
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        prop::collection::vec(step, 1..40),
        [int64(), int64(), int64()],
    );
    runner(96)
        .run(&input, |(wide, baseline, fast, steps, args)| {
            let (got, want) = straight_line(wide, baseline, fast, &steps, args);
            prop_assert_eq!(got, want);
            Ok(())
        })
        .unwrap();
}

#[test]
fn division_by_constants() {
    let mut divisors: Vec<i64> = vec![
        1,
        -1,
        2,
        -2,
        3,
        -3,
        5,
        6,
        7,
        -7,
        9,
        10,
        11,
        12,
        25,
        100,
        125,
        625,
        641,
        1000,
        -1000,
        1 << 16,
        65535,
        65537,
    ];
    divisors.extend([
        i32::MAX as i64,
        i32::MIN as i64,
        i32::MAX as i64 - 1,
        0x7FFF_FFFE,
        0xFFFF_FFFF,
        0x8000_0001,
        0xAAAA_AAAB,
        1_000_000_007,
    ]);
    let mut seed = 0x9E37_79B9_7F4A_7C15u64;
    for _ in 0..24 {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        divisors.push((seed >> (seed & 31)) as i64);
    }
    divisors.extend([i64::MAX, i64::MIN, i64::MIN + 1, 0x7FFF_FFFF_FFFF_FFFE, -0x1234_5678_9ABC]);
    let ops = [Op::SDiv, Op::SRem, Op::UDiv, Op::URem];
    let mut m = Machine::new();
    for &d in &divisors {
        for wide in [false, true] {
            let ty = if wide { Ty::I64 } else { Ty::I32 };
            let d = if wide { d } else { d as i32 as i64 };
            if d == 0 {
                continue;
            }
            for op in ops {
                let f = ret1(&mut m, &[ty], ty, |b, a| {
                    let c = b.iconst(ty, d);
                    b.binary(op, a[0], c)
                });
                let g = ret1(&mut m, &[ty, ty], ty, |b, a| b.binary(op, a[0], a[1]));
                let du = d as u64;
                let mut probes = vec![
                    0,
                    1,
                    2,
                    du,
                    du.wrapping_sub(1),
                    du.wrapping_add(1),
                    du.wrapping_mul(2),
                    du.wrapping_mul(7).wrapping_sub(1),
                    u64::MAX,
                    i64::MIN as u64,
                    i64::MAX as u64,
                    0x7FFF_FFFF,
                    0x8000_0000,
                    0xFFFF_FFFF,
                ];
                for k in 1..12u64 {
                    probes.push(seed.rotate_left(k as u32 * 5) ^ k);
                }
                for x in probes {
                    let (x, want, divisor) = if wide {
                        (x, eval64(op, x, du), du)
                    } else {
                        (x as u32 as u64, eval32(op, x as u32, d as u32) as u64, d as u32 as u64)
                    };
                    assert_eq!(m.call(f, &[x]), Ok(want), "{op:?} {x:#x} by {d:#x} wide {wide}");
                    assert_eq!(
                        m.call(g, &[x, divisor]),
                        Ok(want),
                        "{op:?} {x:#x} by register {d:#x} wide {wide}"
                    );
                }
            }
        }
    }
}

const FLOATS: [f64; 34] = [
    0.0,
    -0.0,
    0.5,
    -0.5,
    1.0,
    -1.0,
    1.5,
    -1.5,
    2.5,
    1e-310,
    -1e-310,
    255.9,
    2147483646.9,
    2147483647.0,
    2147483647.5,
    2147483648.0,
    -2147483648.0,
    -2147483648.9,
    -2147483649.0,
    4294967295.0,
    4294967295.9,
    4294967296.0,
    4503599627370497.5,
    9007199254740993.0,
    9223372036854774784.0,
    9223372036854775808.0,
    -9223372036854775808.0,
    -9223372036854777856.0,
    18446744073709549568.0,
    18446744073709551616.0,
    1e300,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

fn int32_of(x: f64) -> u32 {
    if x.is_finite() { x.trunc().rem_euclid(4294967296.0) as u64 as u32 } else { 0 }
}

fn round_like(op: Op, x: f64) -> f64 {
    match op {
        Op::FFloor => x.floor(),
        Op::FCeil => x.ceil(),
        _ => x.trunc(),
    }
}

#[test]
fn float_to_int() {
    for baseline in [false, true] {
        let mut m = Machine::new();
        m.baseline = baseline;
        for single in [false, true] {
            let fty = if single { Ty::F32 } else { Ty::F64 };
            let mut ops = Vec::new();
            for op in [Op::FToS, Op::FToSSat, Op::FToUSat] {
                for ty in [Ty::I32, Ty::I64] {
                    ops.push((op, ty, ret1(&mut m, &[fty], ty, |b, a| b.unary_ty(op, ty, a[0]))));
                }
            }
            let rounds: Vec<_> = [Op::FFloor, Op::FCeil, Op::FTrunc]
                .into_iter()
                .map(|op| (op, ret1(&mut m, &[fty], fty, |b, a| b.unary(op, a[0]))))
                .collect();
            let to_i32 = ret1(&mut m, &[Ty::F64], Ty::I32, |b, a| b.unary(Op::FToInt32, a[0]));
            for x in FLOATS {
                let (bits, x) =
                    if single { ((x as f32).to_bits() as u64, x as f32 as f64) } else { (x.to_bits(), x) };
                for &(op, ty, f) in &ops {
                    let t = x.trunc();
                    let want = match (op, ty) {
                        (Op::FToS, Ty::I32) => {
                            (if t >= -2147483648.0 && t <= 2147483647.0 { t as i32 } else { i32::MIN }) as u32
                                as u64
                        }
                        (Op::FToS, _) => {
                            (if t >= -9223372036854775808.0 && t < 9223372036854775808.0 {
                                t as i64
                            } else {
                                i64::MIN
                            }) as u64
                        }
                        (Op::FToSSat, Ty::I32) => x as i32 as u32 as u64,
                        (Op::FToSSat, _) => x as i64 as u64,
                        (_, Ty::I32) => x as u32 as u64,
                        (_, _) => x as u64,
                    };
                    assert_eq!(m.call(f, &[bits]), Ok(want), "{op:?} {ty:?} of {x} single {single}");
                }
                for &(op, f) in &rounds {
                    let got = m.call(f, &[bits]).unwrap();
                    let got = if single { f32::from_bits(got as u32) as f64 } else { f64::from_bits(got) };
                    let want = round_like(op, x);
                    assert!(
                        got.to_bits() == want.to_bits() || got.is_nan() && want.is_nan(),
                        "{op:?} of {x}: {got} for {want} baseline {baseline}"
                    );
                }
                if !single {
                    assert_eq!(m.call(to_i32, &[bits]), Ok(int32_of(x) as u64), "ToInt32 of {x}");
                }
            }
        }
    }
}

#[test]
fn int_to_float() {
    let mut m = Machine::new();
    let ints = [
        0u64,
        1,
        2,
        0x7FFF_FFFF,
        0x8000_0000,
        0xFFFF_FFFF,
        1 << 53,
        (1 << 53) + 1,
        (1 << 54) + 3,
        i64::MAX as u64,
        i64::MIN as u64,
        u64::MAX,
        u64::MAX - 1024,
        0x8000_0000_0000_0401,
        0x8000_0080_0000_0001,
    ];
    for from in [Ty::I32, Ty::I64] {
        for to in [Ty::F32, Ty::F64] {
            let s = ret1(&mut m, &[from], to, |b, a| b.unary_ty(Op::SToF, to, a[0]));
            let u = ret1(&mut m, &[from], to, |b, a| b.unary_ty(Op::UToF, to, a[0]));
            for x in ints {
                let x = if from == Ty::I32 { x as u32 as u64 } else { x };
                let signed = if from == Ty::I32 { x as u32 as i32 as i64 } else { x as i64 };
                let bits = |single: f32, double: f64| {
                    if to == Ty::F32 { single.to_bits() as u64 } else { double.to_bits() }
                };
                let low = |r: u64| if to == Ty::F32 { r as u32 as u64 } else { r };
                assert_eq!(
                    low(m.call(s, &[x]).unwrap()),
                    bits(signed as f32, signed as f64),
                    "signed {x:#x} {to:?}"
                );
                assert_eq!(low(m.call(u, &[x]).unwrap()), bits(x as f32, x as f64), "unsigned {x:#x} {to:?}");
            }
        }
    }
}

#[test]
fn float_compares_minmax_and_selects() {
    let mut m = Machine::new();
    let values = [0.0, -0.0, 1.0, -1.0, 3.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    for &cc in FloatCc::ALL {
        let set = ret1(&mut m, &[Ty::F64; 2], Ty::I32, |b, a| {
            let c = b.binary_aux(Op::FCmp, cc as u16, a[0], a[1]);
            b.unary(Op::BToI, c)
        });
        let select_f = ret1(&mut m, &[Ty::F64; 2], Ty::F64, |b, a| {
            let c = b.binary_aux(Op::FCmp, cc as u16, a[0], a[1]);
            let (x, y) = (b.f64const(10.0), b.f64const(20.0));
            b.ternary(Op::Select, 0, c, x, y)
        });
        let select_i = ret1(&mut m, &[Ty::F64; 2], Ty::I64, |b, a| {
            let c = b.binary_aux(Op::FCmp, cc as u16, a[0], a[1]);
            let n = b.unary(Op::BNot, c);
            let (x, y) = (b.iconst(Ty::I64, 20), b.iconst(Ty::I64, 10));
            b.ternary(Op::Select, 0, n, x, y)
        });
        let branch = m.func("br", &[Ty::F64; 2], Ty::I32, |b, a| {
            let (t, e) = (b.block(), b.block());
            let c = b.binary_aux(Op::FCmp, cc as u16, a[0], a[1]);
            b.branch(c, t, e);
            for (block, v) in [(t, 1), (e, 0)] {
                b.switch_to(block);
                b.seal(block);
                let r = b.iconst(Ty::I32, v);
                b.ret(r);
            }
        });
        m.compile(branch);
        for x in values {
            for y in values {
                let want = match cc {
                    FloatCc::Eq => x == y,
                    FloatCc::Ne => x != y,
                    FloatCc::Lt => x < y,
                    FloatCc::Le => x <= y,
                    FloatCc::Gt => x > y,
                    FloatCc::Ge => x >= y,
                };
                let args = [x.to_bits(), y.to_bits()];
                assert_eq!(m.call(set, &args), Ok(want as u64), "{x} {cc:?} {y}");
                assert_eq!(m.call(branch, &args), Ok(want as u64), "branch {x} {cc:?} {y}");
                assert_eq!(
                    m.call(select_f, &args),
                    Ok(if want { 10.0f64 } else { 20.0 }.to_bits()),
                    "select {x} {cc:?} {y}"
                );
                assert_eq!(m.call(select_i, &args), Ok(if want { 10 } else { 20 }), "select {x} {cc:?} {y}");
            }
        }
    }
    for max in [false, true] {
        let op = if max { Op::FMax } else { Op::FMin };
        let f = ret1(&mut m, &[Ty::F64; 2], Ty::F64, |b, a| b.binary(op, a[0], a[1]));
        for x in values {
            for y in values {
                let got = f64::from_bits(m.call(f, &[x.to_bits(), y.to_bits()]).unwrap());
                let want = if x.is_nan() || y.is_nan() {
                    f64::NAN
                } else if x == y {
                    if x.is_sign_negative() != max { x } else { y }
                } else if (x < y) != max {
                    x
                } else {
                    y
                };
                assert!(
                    got.to_bits() == want.to_bits() || got.is_nan() && want.is_nan(),
                    "{op:?} {x} {y}: {got}"
                );
            }
        }
    }
}

#[test]
fn int_compares() {
    let mut m = Machine::new();
    let values = [
        0u64,
        1,
        2,
        127,
        128,
        u64::MAX,
        i64::MAX as u64,
        i64::MIN as u64,
        0x7FFF_FFFF,
        0x8000_0000,
        0xFFFF_FFFF,
    ];
    for wide in [false, true] {
        let ty = if wide { Ty::I64 } else { Ty::I32 };
        for &cc in IntCc::ALL {
            let f = ret1(&mut m, &[ty; 2], Ty::Bool, |b, a| b.binary_aux(Op::ICmp, cc as u16, a[0], a[1]));
            let zero = ret1(&mut m, &[ty], Ty::Bool, |b, a| {
                let z = b.iconst(ty, 0);
                b.binary_aux(Op::ICmp, cc as u16, a[0], z)
            });
            let swapped = ret1(&mut m, &[ty], Ty::Bool, |b, a| {
                let z = b.iconst(ty, 127);
                b.binary_aux(Op::ICmp, cc as u16, z, a[0])
            });
            let eval = |x: u64, y: u64| {
                let (sx, sy) = if wide {
                    (x as i64, y as i64)
                } else {
                    (x as u32 as i32 as i64, y as u32 as i32 as i64)
                };
                let (x, y) = if wide { (x, y) } else { (x as u32 as u64, y as u32 as u64) };
                (match cc {
                    IntCc::Eq => x == y,
                    IntCc::Ne => x != y,
                    IntCc::Slt => sx < sy,
                    IntCc::Sle => sx <= sy,
                    IntCc::Sgt => sx > sy,
                    IntCc::Sge => sx >= sy,
                    IntCc::Ult => x < y,
                    IntCc::Ule => x <= y,
                    IntCc::Ugt => x > y,
                    IntCc::Uge => x >= y,
                }) as u64
            };
            for x in values {
                let x = if wide { x } else { x as u32 as u64 };
                assert_eq!(m.call(zero, &[x]), Ok(eval(x, 0)), "{x:#x} {cc:?} 0");
                assert_eq!(m.call(swapped, &[x]), Ok(eval(127, x)), "127 {cc:?} {x:#x}");
                for y in values {
                    let y = if wide { y } else { y as u32 as u64 };
                    assert_eq!(m.call(f, &[x, y]), Ok(eval(x, y)), "{x:#x} {cc:?} {y:#x}");
                }
            }
        }
    }
}

#[test]
fn unary_ints_and_overflow() {
    for baseline in [false, true] {
        let mut m = Machine::new();
        m.baseline = baseline;
        let values = [
            0u64,
            1,
            0x7F,
            0x80,
            0xFF,
            0x8000,
            0xFFFF,
            0x7FFF_FFFF,
            0x8000_0000,
            0xFFFF_FFFF,
            i64::MAX as u64,
            i64::MIN as u64,
            u64::MAX,
        ];
        for wide in [false, true] {
            let ty = if wide { Ty::I64 } else { Ty::I32 };
            let cut = |x: u64| if wide { x } else { x as u32 as u64 };
            type Eval = fn(u64, bool) -> u64;
            let ops: [(Op, Eval); 6] = [
                (Op::SExt8, |x, _| x as i8 as i64 as u64),
                (Op::SExt16, |x, _| x as i16 as i64 as u64),
                (Op::ZExt8, |x, _| x as u8 as u64),
                (Op::ZExt16, |x, _| x as u16 as u64),
                (Op::INot, |x, _| !x),
                (
                    Op::Clz,
                    |x, wide| if wide { x.leading_zeros() as u64 } else { (x as u32).leading_zeros() as u64 },
                ),
            ];
            for (op, eval) in ops {
                let f = ret1(&mut m, &[ty], ty, |b, a| b.unary(op, a[0]));
                for x in values {
                    assert_eq!(m.call(f, &[cut(x)]), Ok(cut(eval(x, wide))), "{op:?} {x:#x}");
                }
            }
            for (test, plain) in [(Op::SAddOv, Op::IAdd), (Op::SSubOv, Op::ISub), (Op::SMulOv, Op::IMul)] {
                let set = ret1(&mut m, &[ty; 2], Ty::Bool, |b, a| b.binary(test, a[0], a[1]));
                // The sum where it fits, else 12345: one instruction and a jump.
                let fused = m.func("ov", &[ty; 2], ty, |b, a| {
                    let (bad, good) = (b.block(), b.block());
                    let s = b.binary(plain, a[0], a[1]);
                    let o = b.binary(test, a[0], a[1]);
                    b.branch(o, bad, good);
                    b.switch_to(bad);
                    b.seal(bad);
                    let k = b.iconst(ty, 12345);
                    b.ret(k);
                    b.switch_to(good);
                    b.seal(good);
                    b.ret(s);
                });
                m.compile(fused);
                for x in values {
                    for y in values {
                        let sign = |v: u64| if wide { v as i64 as i128 } else { v as u32 as i32 as i128 };
                        let (sx, sy) = (sign(x), sign(y));
                        let exact = match plain {
                            Op::IAdd => sx + sy,
                            Op::ISub => sx - sy,
                            _ => sx * sy,
                        };
                        let over =
                            if wide { exact != exact as i64 as i128 } else { exact != exact as i32 as i128 };
                        let args = [cut(x), cut(y)];
                        assert_eq!(m.call(set, &args), Ok(over as u64), "{test:?} {x:#x} {y:#x}");
                        assert_eq!(
                            m.call(fused, &args),
                            Ok(if over { 12345 } else { cut(exact as u64) }),
                            "{test:?} fused {x:#x} {y:#x}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn boxing() {
    use ultra_abi::value;
    let mut m = Machine::new();
    let plain = ret1(&mut m, &[Ty::F64], Ty::Any, |b, a| b.unary(Op::AnyFromF64, a[0]));
    let number = ret1(&mut m, &[Ty::F64], Ty::Any, |b, a| b.unary_aux(Op::AnyFromF64, 1, a[0]));
    let canon = ret1(&mut m, &[Ty::F64], Ty::F64, |b, a| b.unary(Op::FCanon, a[0]));
    for x in FLOATS {
        let bits = x.to_bits();
        for f in [plain, number, canon] {
            assert_eq!(m.call(f, &[bits]), Ok(bits), "{x}");
        }
    }
    for bits in [value::UNDEFINED_F64, value::HOLE_F64] {
        assert_eq!(m.call(number, &[bits]), Ok(value::UNDEFINED));
        assert_eq!(m.call(canon, &[bits]), Ok(value::CANONICAL_NAN));
    }
    let from_ref = ret1(&mut m, &[Ty::Ref], Ty::Any, |b, a| b.unary(Op::AnyFromRef, a[0]));
    let to_ref = ret1(&mut m, &[Ty::Any], Ty::Ref, |b, a| b.unary(Op::AnyToRef, a[0]));
    for (r, word) in [
        (0, value::UNDEFINED),
        (1, value::NULL),
        (2, value::from_object(2)),
        (0xFFFF_FFFE, value::from_object(0xFFFF_FFFE)),
    ] {
        assert_eq!(m.call(from_ref, &[r]), Ok(word));
        assert_eq!(m.call(to_ref, &[word]), Ok(r));
    }
    let from_bool = ret1(&mut m, &[Ty::Bool], Ty::Any, |b, a| b.unary(Op::AnyFromBool, a[0]));
    let to_bool = ret1(&mut m, &[Ty::Any], Ty::Bool, |b, a| b.unary(Op::AnyToBool, a[0]));
    for x in [false, true] {
        assert_eq!(m.call(from_bool, &[x as u64]), Ok(value::from_bool(x)));
        assert_eq!(m.call(to_bool, &[value::from_bool(x)]), Ok(x as u64));
    }
    use ultra_ir::op::AnyTest;
    let words = [
        0,
        1.5f64.to_bits(),
        f64::NAN.to_bits(),
        0xFFF8_0000_0000_0000,
        value::from_object(64),
        value::from_heap_string(64),
        value::small_string(b"abc").unwrap(),
        value::EMPTY_STRING,
        (value::TAG_INT32 << 48) | 5,
        (value::TAG_INT48 << 48) | 9,
        value::UNDEFINED,
        value::NULL,
        value::TRUE,
        value::FALSE,
        value::HOLE,
        value::ABSENT,
        value::TAG_BOX << 48 | 1 << 32 | 64,
    ];
    for &t in AnyTest::ALL {
        let f = ret1(&mut m, &[Ty::Any], Ty::Bool, |b, a| b.unary_aux(Op::AnyIs, t as u16, a[0]));
        for w in words {
            let tag = value::tag(w);
            let nullish = w == value::UNDEFINED || w == value::NULL;
            let want = match t {
                AnyTest::Double => value::is_double(w),
                AnyTest::Str => tag == value::TAG_STRING || tag == value::TAG_SMALL_STRING,
                AnyTest::Object => tag == value::TAG_OBJECT,
                AnyTest::Bool => w == value::TRUE || w == value::FALSE,
                AnyTest::Undefined => w == value::UNDEFINED,
                AnyTest::Null => w == value::NULL,
                AnyTest::Nullish => nullish,
                AnyTest::ObjectOrNullish => nullish || tag == value::TAG_OBJECT,
                AnyTest::Absent => w == value::ABSENT,
            };
            assert_eq!(m.call(f, &[w]), Ok(want as u64), "{t:?} {w:#x}");
        }
    }
}

#[test]
fn float_arithmetic() {
    let mut m = Machine::new();
    let values = [0.0, -0.0, 1.0, -2.5, 3.25, 1e300, 1e-300, f64::INFINITY, f64::NAN];
    type Eval = fn(f64, f64) -> f64;
    let ops: [(Op, Eval); 4] = [
        (Op::FAdd, |a, b| a + b),
        (Op::FSub, |a, b| a - b),
        (Op::FMul, |a, b| a * b),
        (Op::FDiv, |a, b| a / b),
    ];
    let same = |a: u64, b: f64| a == b.to_bits() || f64::from_bits(a).is_nan() && b.is_nan();
    for (op, eval) in ops {
        let f = ret1(&mut m, &[Ty::F64; 2], Ty::F64, |b, a| b.binary(op, a[0], a[1]));
        let c = ret1(&mut m, &[Ty::F64], Ty::F64, |b, a| {
            let k = b.f64const(1.5);
            let x = b.binary(op, k, a[0]);
            let z = b.f64const(0.0);
            b.binary(op, x, z)
        });
        for x in values {
            assert!(same(m.call(c, &[x.to_bits()]).unwrap(), eval(eval(1.5, x), 0.0)));
            for y in values {
                assert!(same(m.call(f, &[x.to_bits(), y.to_bits()]).unwrap(), eval(x, y)), "{op:?} {x} {y}");
            }
        }
    }
    let neg = ret1(&mut m, &[Ty::F64], Ty::F64, |b, a| b.unary(Op::FNeg, a[0]));
    let abs = ret1(&mut m, &[Ty::F32], Ty::F32, |b, a| b.unary(Op::FAbs, a[0]));
    let sqrt = ret1(&mut m, &[Ty::F64], Ty::F64, |b, a| b.unary(Op::FSqrt, a[0]));
    let single = ret1(&mut m, &[Ty::F64], Ty::F64, |b, a| {
        let s = b.unary(Op::FDemote, a[0]);
        b.unary(Op::FPromote, s)
    });
    for x in values {
        assert_eq!(m.call(neg, &[x.to_bits()]), Ok((-x).to_bits()));
        assert!(same(m.call(sqrt, &[x.to_bits()]).unwrap(), x.sqrt()));
        assert!(same(m.call(single, &[x.to_bits()]).unwrap(), x as f32 as f64));
        assert_eq!(
            m.call(abs, &[(x as f32).to_bits() as u64]).map(|r| r as u32),
            Ok((x as f32).abs().to_bits())
        );
    }
}

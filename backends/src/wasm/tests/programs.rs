//! Whole programs, one property of the backend each.

use super::*;

fn icmp(b: &mut Builder, cc: IntCc, x: Value, y: Value) -> Value {
    b.binary_aux(Op::ICmp, cc as u16, x, y)
}

#[test]
fn fib() {
    let mut u = Unit::new();
    let fib = u.declare("fib", &[Ty::I32], Ty::I32);
    u.define(fib, |b, p, _| {
        let (base, rec) = (b.block(), b.block());
        let two = b.iconst(Ty::I32, 2);
        let small = icmp(b, IntCc::Slt, p[0], two);
        b.branch(small, base, rec);
        b.switch_to(base);
        b.ret(p[0]);
        b.switch_to(rec);
        let one = b.iconst(Ty::I32, 1);
        let x = b.binary(Op::ISub, p[0], one);
        let x = b.call(Op::Call, Ty::I32, fib.0, &[x], u32::MAX);
        let y = b.binary(Op::ISub, p[0], two);
        let y = b.call(Op::Call, Ty::I32, fib.0, &[y], u32::MAX);
        let sum = b.binary(Op::IAdd, x, y);
        b.ret(sum);
    });
    u.run("log(p.call('fib', 10), p.call('fib', 25), p.call('fib', 1)); log(stats.polls)", "55 75025 1\n0");
}

/// `while (true)` recursion ends in the runtime's exception, and the stack is usable afterwards.
#[test]
fn deep_recursion_meets_the_limit() {
    let mut u = Unit::new();
    let down = u.declare("down", &[Ty::I32], Ty::I32);
    u.define(down, |b, p, _| {
        let one = b.iconst(Ty::I32, 1);
        let next = b.binary(Op::IAdd, p[0], one);
        let r = b.call(Op::Call, Ty::I32, down.0, &[next], u32::MAX);
        let r = b.binary(Op::IAdd, r, one);
        b.ret(r);
    });
    u.run(
        "for (let i = 0; i < 2; i++) { try { p.call('down', 0); log('returned'); } catch (e) { log(e.message); } } log(stats.polls)",
        "uncaught exception 0xfffc00000000dead\nuncaught exception 0xfffc00000000dead\n2",
    );
}

/// Fills `flags[from], flags[from + step], ...` in a helper loop of the caller's; counts primes below n.
#[test]
fn sieve() {
    let mut u = Unit::new();
    u.function("sieve", &[Ty::I32], Ty::I32, |b, p, m| {
        let n = p[0];
        let kind = b.iconst(Ty::I32, Kind::U8 as i64);
        let one = b.iconst(Ty::I32, 1);
        let zero = b.iconst(Ty::I32, 0);
        let two = b.iconst(Ty::I32, 2);
        let array = b.call(Op::CallRt, Ty::Ref, RtFn::NewArray as u32, &[kind, n, n], u32::MAX);
        let field = m.struct_field(ultra_abi::StructId::Array, "store");
        let store = b.unary_imm(Op::LoadField, Ty::Ref, array, field.0);
        let data = b.unary(Op::StoreData, store);
        let (i, j, count) = (b.var(Ty::I32), b.var(Ty::I32), b.var(Ty::I32));
        b.set(i, two);
        b.set(count, zero);
        let (head, body, prime, inner, mark, next, done) =
            (b.block(), b.block(), b.block(), b.block(), b.block(), b.block(), b.block());
        b.jump(head, &[]);
        b.switch_to(head);
        let iv = b.get(i);
        let more = icmp(b, IntCc::Slt, iv, n);
        b.branch(more, body, done);
        b.switch_to(body);
        b.nullary(Op::Poll);
        let iv = b.get(i);
        let flag = b.emit(ultra_ir::InstData {
            a: data.0,
            b: iv.0,
            aux: Kind::U8 as u16,
            ..ultra_ir::InstData::new(Op::LoadElem, Ty::I32)
        });
        let composite = icmp(b, IntCc::Ne, flag, zero);
        b.branch(composite, next, prime);
        b.switch_to(prime);
        let c = b.get(count);
        let c = b.binary(Op::IAdd, c, one);
        b.set(count, c);
        let iv = b.get(i);
        let start = b.binary(Op::IAdd, iv, iv);
        b.set(j, start);
        b.jump(inner, &[]);
        b.switch_to(inner);
        let jv = b.get(j);
        let more = icmp(b, IntCc::Slt, jv, n);
        b.branch(more, mark, next);
        b.switch_to(mark);
        let jv = b.get(j);
        b.ternary(Op::StoreElem, Kind::U8 as u16, data, jv, one);
        let iv = b.get(i);
        let jn = b.binary(Op::IAdd, jv, iv);
        b.set(j, jn);
        b.jump(inner, &[]);
        b.switch_to(next);
        let iv = b.get(i);
        let ni = b.binary(Op::IAdd, iv, one);
        b.set(i, ni);
        b.jump(head, &[]);
        b.switch_to(done);
        let c = b.get(count);
        b.ret(c);
    });
    // A poll in each round of the outer loop finds the array through its store's address or its own.
    u.run("log(p.call('sieve', 100), p.call('sieve', 100000))", "25 9592");
}

/// A list of nodes with string labels: allocation, fields, concatenation, lengths and code units.
#[test]
fn classes_and_strings() {
    let mut u = Unit::new();
    let node = u.class(
        "Node",
        ClassId::NONE,
        64,
        &[("next", Kind::Ref, 8), ("value", Kind::I32, 12), ("label", Kind::Str, 16)],
        24,
        true,
    );
    let (next, value, label) = {
        let f = &u.module.classes[node].fields;
        (f[0], f[1], f[2])
    };
    let dash = u.literal("-");
    // build(n): n nodes, labels "-0", "-0-1", ...
    u.function("build", &[Ty::I32], Ty::Ref, |b, p, _| {
        let (i, list, text) = (b.var(Ty::I32), b.var(Ty::Ref), b.var(Ty::Str));
        let zero = b.iconst(Ty::I32, 0);
        b.set(i, zero);
        let null = b.imm64(Op::RefConst, Ty::Ref, 1);
        b.set(list, null);
        let empty = b.imm(Op::StrConst, dash.0);
        b.set(text, empty);
        let (head, body, done) = (b.block(), b.block(), b.block());
        b.jump(head, &[]);
        b.switch_to(head);
        let iv = b.get(i);
        let more = icmp(b, IntCc::Slt, iv, p[0]);
        b.branch(more, body, done);
        b.switch_to(body);
        let iv = b.get(i);
        let digits = b.call(Op::CallRt, Ty::Str, RtFn::I32ToStr as u32, &[iv], u32::MAX);
        let old = b.get(text);
        let t = b.call(Op::CallRt, Ty::Str, RtFn::StrConcat as u32, &[old, digits], u32::MAX);
        b.set(text, t);
        let o = b.imm(Op::NewObject, node.0);
        let rest = b.get(list);
        b.binary_imm(Op::StoreField, o, rest, next.0, Barrier::Init as u16);
        b.binary_imm(Op::StoreField, o, iv, value.0, 0);
        b.binary_imm(Op::StoreField, o, t, label.0, Barrier::Init as u16);
        b.set(list, o);
        let one = b.iconst(Ty::I32, 1);
        let iv = b.binary(Op::IAdd, iv, one);
        b.set(i, iv);
        b.jump(head, &[]);
        b.switch_to(done);
        let l = b.get(list);
        b.ret(l);
    });
    // sum(list): value + length of label + its last code unit, for each node.
    u.function("sum", &[Ty::Ref], Ty::I32, |b, p, _| {
        let (at, total) = (b.var(Ty::Ref), b.var(Ty::I32));
        b.set(at, p[0]);
        let zero = b.iconst(Ty::I32, 0);
        b.set(total, zero);
        let (head, body, done) = (b.block(), b.block(), b.block());
        b.jump(head, &[]);
        b.switch_to(head);
        let o = b.get(at);
        let end = b.unary(Op::RefIsNullish, o);
        b.branch(end, done, body);
        b.switch_to(body);
        let o = b.get(at);
        let v = b.unary_imm(Op::LoadField, Ty::I32, o, value.0);
        let s = b.unary_imm(Op::LoadField, Ty::Str, o, label.0);
        let n = b.unary_imm(Op::LoadField, Ty::Ref, o, next.0);
        let len = b.unary(Op::StrLen, s);
        let one = b.iconst(Ty::I32, 1);
        let last = b.binary(Op::ISub, len, one);
        let unit = b.binary(Op::StrCharCode, s, last);
        let t = b.get(total);
        let t = b.binary(Op::IAdd, t, v);
        let t = b.binary(Op::IAdd, t, len);
        let t = b.binary(Op::IAdd, t, unit);
        b.set(total, t);
        b.set(at, n);
        b.jump(head, &[]);
        b.switch_to(done);
        let t = b.get(total);
        b.ret(t);
    });
    // Labels "-0", "-01", ... "-0123456789101112": lengths 2..; the last digit's code unit.
    let (mut text, mut expected) = (String::from("-"), 0);
    for i in 0..13 {
        text.push_str(&i.to_string());
        expected += i + text.len() as i32 + i32::from(*text.as_bytes().last().expect("not empty"));
    }
    u.run(
        "const l = p.call('build', 13); rooted.add(l); log(p.call('sum', l)); log(str(new DataView(p.memory.buffer).getBigUint64(l + 16, true))); log(stats.scans > 12)",
        &format!("{expected}\n{text}\ntrue"),
    );
}

/// References in parameters, results, loops and across calls survive scans at every allocation.
#[test]
fn references_are_findable_at_every_scan() {
    let mut u = Unit::new();
    let tree =
        u.class("Tree", ClassId::NONE, 65, &[("left", Kind::Ref, 8), ("right", Kind::Ref, 12)], 16, true);
    let (left, right) = (u.module.classes[tree].fields[0], u.module.classes[tree].fields[1]);
    let make = u.declare("make", &[Ty::I32], Ty::Ref);
    u.define(make, |b, p, _| {
        let (leaf, inner) = (b.block(), b.block());
        let zero = b.iconst(Ty::I32, 0);
        let null = b.imm64(Op::RefConst, Ty::Ref, 1);
        let is_leaf = icmp(b, IntCc::Eq, p[0], zero);
        b.branch(is_leaf, leaf, inner);
        b.switch_to(leaf);
        let o = b.imm(Op::NewObject, tree.0);
        b.binary_imm(Op::StoreField, o, null, left.0, Barrier::Init as u16);
        b.binary_imm(Op::StoreField, o, null, right.0, Barrier::Init as u16);
        b.ret(o);
        b.switch_to(inner);
        let one = b.iconst(Ty::I32, 1);
        let d = b.binary(Op::ISub, p[0], one);
        let l = b.call(Op::Call, Ty::Ref, make.0, &[d], u32::MAX);
        let r = b.call(Op::Call, Ty::Ref, make.0, &[d], u32::MAX);
        let o = b.imm(Op::NewObject, tree.0);
        b.binary_imm(Op::StoreField, o, l, left.0, Barrier::Init as u16);
        b.binary_imm(Op::StoreField, o, r, right.0, Barrier::Init as u16);
        b.ret(o);
    });
    let check = u.declare("check", &[Ty::Ref], Ty::I32);
    u.define(check, |b, p, _| {
        let (leaf, inner) = (b.block(), b.block());
        let l = b.unary_imm(Op::LoadField, Ty::Ref, p[0], left.0);
        let end = b.unary(Op::RefIsNullish, l);
        b.branch(end, leaf, inner);
        b.switch_to(leaf);
        let one = b.iconst(Ty::I32, 1);
        b.ret(one);
        b.switch_to(inner);
        let x = b.call(Op::Call, Ty::I32, check.0, &[l], u32::MAX);
        let r = b.unary_imm(Op::LoadField, Ty::Ref, p[0], right.0);
        let y = b.call(Op::Call, Ty::I32, check.0, &[r], u32::MAX);
        let s = b.binary(Op::IAdd, x, y);
        let one = b.iconst(Ty::I32, 1);
        let s = b.binary(Op::IAdd, s, one);
        b.ret(s);
    });
    // swap(t): full barriers on both slots; 16 log entries fill the fixture's log.
    u.function("swap", &[Ty::Ref, Ty::I32], Ty::I32, |b, p, _| {
        let i = b.var(Ty::I32);
        b.set(i, p[1]);
        let (head, body, done) = (b.block(), b.block(), b.block());
        b.jump(head, &[]);
        b.switch_to(head);
        let iv = b.get(i);
        let zero = b.iconst(Ty::I32, 0);
        let more = icmp(b, IntCc::Sgt, iv, zero);
        b.branch(more, body, done);
        b.switch_to(body);
        let l = b.unary_imm(Op::LoadField, Ty::Ref, p[0], left.0);
        let r = b.unary_imm(Op::LoadField, Ty::Ref, p[0], right.0);
        b.binary_imm(Op::StoreField, p[0], r, left.0, Barrier::Full as u16);
        b.binary_imm(Op::StoreField, p[0], l, right.0, Barrier::Full as u16);
        let iv = b.get(i);
        let one = b.iconst(Ty::I32, 1);
        let iv = b.binary(Op::ISub, iv, one);
        b.set(i, iv);
        b.jump(head, &[]);
        b.switch_to(done);
        let n = b.call(Op::Call, Ty::I32, check.0, &[p[0]], u32::MAX);
        b.ret(n);
    });
    u.run(
        "const t = p.call('make', 6); rooted.add(t); log(p.call('check', t), objects.size);
         const [l, r] = [u32(t + 8), u32(t + 12)];
         log(p.call('swap', t, 31), u32(t + 8) === r, u32(t + 12) === l, u32(l), u32(r), stats.logged, (u32(CTX + layout.context.log_cur) - 0x2000) / 4);
         p.call('make', 3); p.call('make', 3); log(stats.poisoned);",
        "127 127\n127 true true 32 32 48 14\n15",
    );
}

/// Exceptions of calls and of runtime functions reach the handler of the right frame, with references intact.
#[test]
fn exceptions() {
    let mut u = Unit::new();
    let thrower = u.function("thrower", &[Ty::I32], Ty::I32, |b, p, _| {
        let (bad, good) = (b.block(), b.block());
        let three = b.iconst(Ty::I32, 3);
        let is = icmp(b, IntCc::Eq, p[0], three);
        b.branch(is, bad, good);
        b.switch_to(bad);
        let w = b.imm64(Op::AnyConst, Ty::Any, ultra_abi::value::TRUE);
        b.call(Op::CallRt, Ty::Void, RtFn::Throw as u32, &[w], u32::MAX);
        b.unreachable();
        b.switch_to(good);
        b.ret(p[0]);
    });
    // catcher(n): sum of thrower(i) for i < n, 1000 for each exception that was TRUE.
    u.function("catcher", &[Ty::I32], Ty::I32, |b, p, _| {
        let (i, total) = (b.var(Ty::I32), b.var(Ty::I32));
        let zero = b.iconst(Ty::I32, 0);
        b.set(i, zero);
        b.set(total, zero);
        let (head, body, ok, caught, direct, next, done) =
            (b.block(), b.block(), b.block(), b.block(), b.block(), b.block(), b.block());
        b.jump(head, &[]);
        b.switch_to(head);
        let iv = b.get(i);
        let more = icmp(b, IntCc::Slt, iv, p[0]);
        b.branch(more, body, done);
        b.switch_to(body);
        let iv = b.get(i);
        let r = b.call(Op::Call, Ty::I32, thrower.0, &[iv], u32::MAX);
        b.br_exc(ok, caught);
        b.switch_to(ok);
        let t = b.get(total);
        let t = b.binary(Op::IAdd, t, r);
        b.set(total, t);
        let five = b.iconst(Ty::I32, 5);
        let iv = b.get(i);
        let again = icmp(b, IntCc::Eq, iv, five);
        b.branch(again, direct, next);
        b.switch_to(direct);
        let w = b.imm64(Op::AnyConst, Ty::Any, ultra_abi::value::TRUE);
        b.call(Op::CallRt, Ty::Void, RtFn::Throw as u32, &[w], u32::MAX);
        let never = b.block();
        b.br_exc(never, caught);
        b.switch_to(never);
        b.unreachable();
        b.switch_to(caught);
        let e = b.nullary(Op::CatchValue);
        let is = b.unary_aux(Op::AnyIs, ultra_ir::op::AnyTest::Bool as u16, e);
        let as_int = b.unary(Op::BToI, is);
        let thousand = b.iconst(Ty::I32, 1000);
        let add = b.binary(Op::IMul, as_int, thousand);
        let t = b.get(total);
        let t = b.binary(Op::IAdd, t, add);
        b.set(total, t);
        b.jump(next, &[]);
        b.switch_to(next);
        let one = b.iconst(Ty::I32, 1);
        let iv = b.get(i);
        let iv = b.binary(Op::IAdd, iv, one);
        b.set(i, iv);
        b.jump(head, &[]);
        b.switch_to(done);
        let t = b.get(total);
        b.ret(t);
    });
    // 0+1+2+4+5+6+7, and two exceptions.
    u.run(
        "log(p.call('catcher', 8), p.call('catcher', 3)); try { p.call('thrower', 3) } catch (e) { log(e.message) }",
        "2025 3\nuncaught exception 0xfffe000000000003",
    );
}

#[test]
fn virtual_calls_and_instance_tests() {
    let mut u = Unit::new();
    let base = u.class("Base", ClassId::NONE, 70, &[("x", Kind::I32, 8)], 16, false);
    let derived = u.class("Derived", base, 71, &[], 16, true);
    let x = u.module.classes[base].fields[0];
    let sig = u.module.intern_sig(Sig { params: vec![Ty::Ref, Ty::I32], ret: Ty::I32 });
    let methods = [(Op::IAdd, "base_m"), (Op::IMul, "derived_m")].map(|(op, name)| {
        u.function(name, &[Ty::Ref, Ty::I32], Ty::I32, |b, p, _| {
            let v = b.unary_imm(Op::LoadField, Ty::I32, p[0], x.0);
            let r = b.binary(op, v, p[1]);
            b.ret(r);
        })
    });
    for (name, class) in [("make_base", base), ("make_derived", derived)] {
        u.function(name, &[Ty::I32], Ty::Ref, |b, p, _| {
            let o = b.imm(Op::NewObject, class.0);
            b.binary_imm(Op::StoreField, o, p[0], x.0, 0);
            b.ret(o);
        });
    }
    u.function("call", &[Ty::Ref, Ty::I32], Ty::I32, |b, p, _| {
        let r = b.call(Op::CallVirtual, Ty::I32, 1, &[p[0], p[1]], sig.0);
        b.ret(r);
    });
    u.function("cell", &[Ty::I32, Ty::Ref, Ty::I32], Ty::I32, |b, p, _| {
        let r = b.call(Op::CallCell, Ty::I32, 2, &[p[0], p[1], p[2]], sig.0);
        b.ret(r);
    });
    u.function("is", &[Ty::Ref], Ty::I32, |b, p, _| {
        let a = b.unary_imm(Op::IsInstance, Ty::Bool, p[0], base.0);
        let d = b.unary_imm(Op::IsInstance, Ty::Bool, p[0], derived.0);
        let a = b.unary(Op::BToI, a);
        let d = b.unary(Op::BToI, d);
        let one = b.iconst(Ty::I32, 1);
        let a = b.binary(Op::Shl, a, one);
        let r = b.binary(Op::IOr, a, d);
        b.ret(r);
    });
    let (bm, dm) = (methods[0].0, methods[1].0);
    u.run(
        &format!(
            "const D = layout.structs.ShapeDesc, desc = (s) => layout.shapes_base + s * D.$size;
             put(desc(70) + D.display0, 70); put(desc(71) + D.display0, 70); put(desc(71) + D.display1, 71);
             put(desc(70) + D.vtable, 10); put(desc(71) + D.vtable, 20);
             put(layout.vtables_base + 4 * 11, {bm}); put(layout.vtables_base + 4 * 21, {dm});
             const b = p.call('make_base', 5); rooted.add(b); const d = p.call('make_derived', 5); rooted.add(d);
             log(p.call('call', b, 7), p.call('call', d, 7), p.call('cell', {dm}, b, 3), p.call('is', b), p.call('is', d));"
        ),
        "12 35 15 2 3",
    );
}

#[test]
fn switches() {
    let mut u = Unit::new();
    for (name, values) in [("dense", [3, 4, 6, -1]), ("sparse", [i32::MIN, 0, 1_000_000, i32::MAX])] {
        u.function(name, &[Ty::I32], Ty::I32, |b, p, _| {
            let blocks: Vec<_> = (0..4).map(|_| b.block()).collect();
            let (default, join) = (b.block(), b.block());
            let r = b.var(Ty::I32);
            // The third case shares the block of the first.
            let cases: Vec<_> = values.iter().zip([0, 1, 0, 3]).map(|(&v, k)| (v, blocks[k])).collect();
            b.switch(p[0], default, &cases);
            for (k, &block) in blocks.iter().enumerate() {
                if k == 2 {
                    continue;
                }
                b.switch_to(block);
                let v = b.iconst(Ty::I32, 10 + k as i64);
                b.set(r, v);
                b.jump(join, &[]);
            }
            b.switch_to(default);
            let v = b.iconst(Ty::I32, -5);
            b.set(r, v);
            b.jump(join, &[]);
            b.switch_to(join);
            let v = b.get(r);
            b.ret(v);
        });
    }
    u.run(
        "log(...[3, 4, 6, -1, 5, 0, 1e9].map((v) => p.call('dense', v))); log(...[-(2 ** 31), 0, 1e6, 2 ** 31 - 1, 1].map((v) => p.call('sparse', v)))",
        "10 11 10 13 -5 -5 -5\n10 11 10 13 -5",
    );
}

/// Results at the edges of each operation's domain.
#[test]
fn arithmetic() {
    let mut u = Unit::new();
    let i32s: [i32; 7] = [0, 1, -1, 7, -300, i32::MIN, i32::MAX];
    let i64s: [i64; 8] = [0, 1, -1, 7, -300, i64::MIN, i64::MAX, 1 << 40];
    let f64s: [f64; 10] =
        [0.0, -0.0, 1.5, -2.5, 1e10, -1e19, 4294967299.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    let mut script = String::new();
    let mut expected = Vec::new();
    let bool_text = |b: bool| i32::from(b).to_string();

    type I32Fn = fn(i32, i32) -> i32;
    let ops: [(Op, I32Fn); 12] = [
        (Op::IAdd, i32::wrapping_add),
        (Op::ISub, i32::wrapping_sub),
        (Op::IMul, i32::wrapping_mul),
        (Op::IAnd, |a, b| a & b),
        (Op::IOr, |a, b| a | b),
        (Op::IXor, |a, b| a ^ b),
        (Op::Shl, |a, b| a.wrapping_shl(b as u32)),
        (Op::SShr, |a, b| a.wrapping_shr(b as u32)),
        (Op::UShr, |a, b| (a as u32).wrapping_shr(b as u32) as i32),
        (Op::SAddOv, |a, b| a.checked_add(b).is_none().into()),
        (Op::SSubOv, |a, b| a.checked_sub(b).is_none().into()),
        (Op::SMulOv, |a, b| a.checked_mul(b).is_none().into()),
    ];
    let divisions: [(Op, I32Fn); 4] = [
        (Op::SDiv, i32::wrapping_div),
        (Op::SRem, i32::wrapping_rem),
        (Op::UDiv, |a, b| (a as u32 / b as u32) as i32),
        (Op::URem, |a, b| (a as u32 % b as u32) as i32),
    ];
    for (op, f) in ops.into_iter().chain(divisions) {
        let ret = if matches!(op, Op::SAddOv | Op::SSubOv | Op::SMulOv) { Ty::Bool } else { Ty::I32 };
        let name = format!("{}.32", op.name());
        u.function(&name, &[Ty::I32, Ty::I32], ret, |b, p, _| {
            let r = b.binary(op, p[0], p[1]);
            b.ret(r);
        });
        for a in i32s {
            for b in i32s {
                if b == 0 && divisions.iter().any(|d| d.0 == op) {
                    continue;
                }
                script += &format!("log('{name}', p.call('{name}', {a}, {b}));");
                expected.push(format!("{name} {}", f(a, b)));
            }
        }
    }
    type I64Fn = fn(i64, i64) -> i64;
    let ops: [(Op, I64Fn); 9] = [
        (Op::IMul, i64::wrapping_mul),
        (Op::Shl, |a, b| a.wrapping_shl(b as u32)),
        (Op::UShr, |a, b| (a as u64).wrapping_shr(b as u32) as i64),
        (Op::SAddOv, |a, b| a.checked_add(b).is_none().into()),
        (Op::SSubOv, |a, b| a.checked_sub(b).is_none().into()),
        (Op::SMulOv, |a, b| a.checked_mul(b).is_none().into()),
        (Op::SDiv, i64::wrapping_div),
        (Op::SRem, i64::wrapping_rem),
        (Op::UDiv, |a, b| (a as u64 / b as u64) as i64),
    ];
    for (op, f) in ops {
        let ret = if matches!(op, Op::SAddOv | Op::SSubOv | Op::SMulOv) { Ty::Bool } else { Ty::I64 };
        let name = format!("{}.64", op.name());
        u.function(&name, &[Ty::I64, Ty::I64], ret, |b, p, _| {
            let r = b.binary(op, p[0], p[1]);
            b.ret(r);
        });
        for a in i64s {
            for b in i64s {
                if b == 0 && matches!(op, Op::SDiv | Op::SRem | Op::UDiv) {
                    continue;
                }
                script += &format!("log('{name}', p.call('{name}', {a}n, {b}n));");
                expected.push(format!("{name} {}", f(a, b)));
            }
        }
    }
    let js = |x: f64| {
        if x.is_nan() {
            "NaN".into()
        } else if x.is_infinite() {
            format!("{}Infinity", if x < 0.0 { "-" } else { "" })
        } else {
            format!("{x:?}")
        }
    };
    type Convert = (Op, Ty, fn(f64) -> String);
    let conversions: [Convert; 7] = [
        (Op::FToS, Ty::I32, |x| {
            if x > -2147483649.0 && x < 2147483648.0 { x as i32 } else { i32::MIN }.to_string()
        }),
        (Op::FToS, Ty::I64, |x| {
            if x > -9.3e18 && x < 9223372036854775808.0 { x as i64 } else { i64::MIN }.to_string()
        }),
        (Op::FToSSat, Ty::I32, |x| (x as i32).to_string()),
        (Op::FToUSat, Ty::I64, |x| (x as u64 as i64).to_string()),
        (Op::FToInt32, Ty::I32, |x| {
            if x.is_finite() { (x as i128 as i64 as i32).to_string() } else { "0".into() }
        }),
        (Op::FBits, Ty::I64, |x| (x.to_bits() as i64).to_string()),
        (Op::AnyFromF64, Ty::Any, |x| (x.to_bits() as i64).to_string()),
    ];
    for (op, ty, f) in conversions {
        let name = format!("{}.{}", op.name(), ty.name());
        u.function(&name, &[Ty::F64], ty, |b, p, _| {
            let r = b.emit(ultra_ir::InstData {
                a: p[0].0,
                aux: u16::from(op == Op::AnyFromF64),
                ..ultra_ir::InstData::new(op, ty)
            });
            b.ret(r);
        });
        for x in f64s {
            script += &format!("log('{name}', p.call('{name}', {}));", js(x));
            expected.push(format!("{name} {}", f(x)));
        }
    }
    // The reserved NaNs: JavaScript cannot pass them, so they are made inside.
    for (k, bits) in [ultra_abi::value::UNDEFINED_F64, ultra_abi::value::HOLE_F64, 2.5f64.to_bits()]
        .into_iter()
        .enumerate()
    {
        for (op, want) in [
            (Op::AnyFromF64, if k < 2 { ultra_abi::value::UNDEFINED } else { bits }),
            (Op::FCanon, if k < 2 { ultra_abi::value::CANONICAL_NAN } else { bits }),
        ] {
            let name = format!("reserved{k}.{}", op.name());
            u.function(&name, &[], Ty::I64, |b, _, _| {
                let x = b.imm64(Op::F64Const, Ty::F64, bits);
                let r = b.unary_aux(op, 1, x);
                let r = match op {
                    Op::FCanon => b.unary(Op::FBits, r),
                    _ => {
                        // An any word has no integer type: through a double it keeps its bits here.
                        let d = b.unary(Op::AnyToF64, r);
                        b.unary(Op::FBits, d)
                    }
                };
                b.ret(r);
            });
            script += &format!("log('{name}', p.call('{name}'));");
            expected.push(format!("{name} {}", want as i64));
        }
    }
    // Tests of any words.
    use ultra_abi::value as v;
    use ultra_ir::op::AnyTest;
    let words = [
        1.5f64.to_bits(),
        v::UNDEFINED,
        v::NULL,
        v::TRUE,
        v::FALSE,
        v::ABSENT,
        v::from_object(4096),
        v::EMPTY_STRING,
        v::from_heap_string(64),
    ];
    for &test in AnyTest::ALL {
        let name = format!("is.{}", test.name());
        u.function(&name, &[Ty::Any], Ty::Bool, |b, p, _| {
            let r = b.unary_aux(Op::AnyIs, test as u16, p[0]);
            b.ret(r);
        });
        for w in words {
            let want = match test {
                AnyTest::Double => v::is_double(w),
                AnyTest::Str => matches!(v::tag(w), v::TAG_STRING | v::TAG_SMALL_STRING),
                AnyTest::Object => v::tag(w) == v::TAG_OBJECT,
                AnyTest::Bool => w == v::TRUE || w == v::FALSE,
                AnyTest::Undefined => w == v::UNDEFINED,
                AnyTest::Null => w == v::NULL,
                AnyTest::Nullish => w == v::UNDEFINED || w == v::NULL,
                AnyTest::ObjectOrNullish => v::tag(w) == v::TAG_OBJECT || w == v::UNDEFINED || w == v::NULL,
                AnyTest::Absent => w == v::ABSENT,
            };
            script += &format!("log('{name}', p.call('{name}', {w}n));");
            expected.push(format!("{name} {}", bool_text(want)));
        }
    }
    u.function("box", &[Ty::Ref], Ty::Any, |b, p, _| {
        let r = b.unary(Op::AnyFromRef, p[0]);
        b.ret(r);
    });
    for (id, want) in [(0, v::UNDEFINED), (1, v::NULL), (4096, v::from_object(4096))] {
        script += &format!("log('box', p.call('box', {id}));");
        expected.push(format!("box {}", want as i64));
    }
    u.run(&script, &expected.join("\n"));
}

#[test]
fn errors_name_function_and_operation() {
    let mut u = Unit::new();
    u.function("dynamic", &[Ty::Any], Ty::Any, |b, p, _| {
        let r = b.binary_aux(Op::JsBinary, 0, p[0], p[0]);
        b.ret(r);
    });
    let e = u.compile().expect_err("the dynamic dialect is not compiled");
    assert_eq!(e.to_string(), "dynamic: `js.binary` is not supported for WebAssembly");

    let mut u = Unit::new();
    let callee = u.declare("callee", &[], Ty::Void);
    u.function("caller", &[], Ty::Void, |b, _, _| {
        b.call(Op::Call, Ty::Void, callee.0, &[], u32::MAX);
        b.ret_void();
    });
    let e = u.compile().expect_err("a callee without body");
    assert_eq!(e.to_string(), "caller: `call of a function without a body` is not supported for WebAssembly");

    // Two blocks that jump into each other, entered at both.
    let mut u = Unit::new();
    u.function("twisted", &[Ty::Bool], Ty::Void, |b, p, _| {
        let (x, y) = (b.block(), b.block());
        b.branch(p[0], x, y);
        b.switch_to(x);
        b.jump(y, &[]);
        b.switch_to(y);
        b.jump(x, &[]);
    });
    let e = u.compile().expect_err("irreducible");
    assert!(matches!(e, WasmError::Irreducible { .. }), "{e}");
    assert!(e.to_string().starts_with("twisted: irreducible control flow"), "{e}");
}

#[test]
fn field_ids_of_runtime_structs_compile() {
    let mut u = Unit::new();
    let rc = u.module.struct_field(ultra_abi::StructId::Header, "rc");
    u.function("rc", &[Ty::Ref], Ty::I32, |b, p, _| {
        let r = b.unary_imm(Op::LoadField, Ty::I32, p[0], FieldId::from_index(rc.index()).0);
        b.ret(r);
    });
    u.run("put(0x300000, 77); log(p.call('rc', 0x300000))", "77");
}

/// Counted elements: the store's header is found from the element address, old and new values are counted.
#[test]
fn counted_elements() {
    let mut u = Unit::new();
    for (name, kind, ty) in [("set_ref", Kind::Ref, Ty::Ref), ("set_str", Kind::Str, Ty::Str)] {
        u.function(name, &[Ty::Ref, Ty::I32, ty], Ty::Void, |b, p, m| {
            let field = m.struct_field(ultra_abi::StructId::Array, "store");
            let store = b.unary_imm(Op::LoadField, Ty::Ref, p[0], field.0);
            let data = b.unary(Op::StoreData, store);
            b.ternary(Op::StoreElem, kind as u16 | (Barrier::Full as u16) << 8, data, p[1], p[2]);
            b.ret_void();
        });
    }
    u.run(
        "const S = layout.structs.Store.$size, count = (o) => u32(o) & 0xffff;
         const a = rt.new_array(0, 11, 4, 4), x = rt.new_array(0, 0, 0, 0), y = rt.new_array(0, 0, 0, 0);
         const s = u32(a + 8);
         p.call('set_ref', a, 2, x); p.call('set_ref', a, 2, y); p.call('set_ref', a, 3, 1); p.call('set_ref', a, 3, y);
         log(u32(s + S + 8) === y, u32(s + S + 12) === y, count(x), count(y), (u32(CTX + layout.context.log_cur) - 0x2000) / 4);
         const b = rt.new_array(0, 12, 2, 2), t = u32(b + 8), long = word('a longer string'), id = Number(long & 0xffffffffn);
         p.call('set_str', b, 1, long); p.call('set_str', b, 1, word('tiny')); p.call('set_str', b, 0, long);
         log(count(id), u32(t + S) === id, str(new DataView(p.memory.buffer).getBigUint64(t + S + 8, true)), (u32(CTX + layout.context.log_cur) - 0x2000) / 4);
         put(s, 0x80000000); p.call('set_ref', a, 0, x); log(u32(s + S) === x, count(x));",
        "true true 1 2 1\n2 true tiny 2\ntrue 1",
    );
}

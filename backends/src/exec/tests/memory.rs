//! Memory operations: fields, elements, barriers, allocation, strings, instance tests.

use super::control::icmp;
use super::*;
use ultra_abi::layout::StructId;
use ultra_abi::shape::{RC_CANDIDATE, RC_IMMORTAL, RC_NEW, RC_SHARED, SHAPES_OFFSET, VTABLES_OFFSET};
use ultra_abi::{Kind, value};
use ultra_ir::module::{ClassData, FieldData};
use ultra_ir::op::{Barrier, IntCc};
use ultra_ir::{ClassId, FieldId};

const A: u32 = (shape::HEAP_OFFSET / 8) as u32 + 0x100000;
const B: u32 = A + 64;
const C: u32 = A + 128;

fn class(
    m: &mut Machine,
    parent: ClassId,
    shape: u32,
    leaf: bool,
    kinds: &[Kind],
) -> (ClassId, Vec<FieldId>) {
    let id = ClassId(m.module.classes.len() as u32);
    let depth = if parent.is_none() { 0 } else { m.module.classes[parent].depth + 1 };
    let mut offset = 8u32;
    let fields: Vec<FieldId> = kinds
        .iter()
        .map(|&kind| {
            offset = offset.next_multiple_of(kind.size());
            let f = m.module.fields.push(FieldData {
                name: "x".into(),
                kind,
                offset,
                immutable: false,
                class: id,
            });
            offset += kind.size();
            f
        })
        .collect();
    m.module.classes.push(ClassData {
        name: "K".into(),
        parent,
        shape,
        size: offset,
        depth,
        fields: fields.clone(),
        leaf,
        acyclic: false,
        meta_bits: 0,
    });
    (id, fields)
}

fn value_ty(kind: Kind) -> Ty {
    kind.reg_ty()
}

#[test]
fn fields_of_every_kind() {
    let mut m = Machine::new();
    for kind in Kind::ALL {
        let (_, fields) = class(&mut m, ClassId::NONE, 70, true, &[Kind::I8, kind]);
        let ty = value_ty(kind);
        let store = m.func("store", &[Ty::Ref, ty], Ty::Void, |b, a| {
            b.binary_imm(Op::StoreField, a[0], a[1], fields[1].0, Barrier::None as u16);
            b.ret_void();
        });
        m.compile(store);
        let load = ret1(&mut m, &[Ty::Ref], ty, |b, a| b.unary_imm(Op::LoadField, ty, a[0], fields[1].0));
        let word = 0x0123_4567_89AB_CDEF;
        m.call(store, &[A as u64, word]).unwrap();
        let got = m.call(load, &[A as u64]).unwrap();
        let want = match kind {
            Kind::I8 => word as i8 as i32 as u32 as u64,
            Kind::U8 | Kind::Bool => word as u8 as u64,
            Kind::I16 => word as i16 as i32 as u32 as u64,
            Kind::U16 => word as u16 as u64,
            Kind::I32 | Kind::U32 | Kind::Ref | Kind::F32 => word as u32 as u64,
            _ => word,
        };
        assert_eq!(got, want, "{kind:?}");
        // Through elements of a store, at a constant, a variable and an offset index.
        let elem = m.func("elem", &[Ty::Ref, Ty::I32, ty], ty, |b, a| {
            let p = b.unary(Op::StoreData, a[0]);
            b.ternary(Op::StoreElem, kind as u16, p, a[1], a[2]);
            let one = b.iconst(Ty::I32, -1);
            let i = b.binary(Op::IAdd, a[1], one);
            let prev = b.emit(ultra_ir::InstData {
                a: p.0,
                b: i.0,
                aux: kind as u16,
                ..ultra_ir::InstData::new(Op::LoadElem, ty)
            });
            b.ternary(Op::StoreElem, kind as u16, p, a[1], prev);
            let two = b.iconst(Ty::I32, 2);
            let r = b.emit(ultra_ir::InstData {
                a: p.0,
                b: two.0,
                aux: kind as u16,
                ..ultra_ir::InstData::new(Op::LoadElem, ty)
            });
            b.ret(r);
        });
        m.compile(elem);
        // a[2] = v; a[2] = a[1]; return a[2], after a[1] = v.
        m.call(elem, &[B as u64, 1, word]).unwrap();
        m.call(elem, &[B as u64, 1, word]).unwrap();
        let set1 = m.func("set1", &[Ty::Ref, ty], Ty::Void, |b, a| {
            let p = b.unary(Op::StoreData, a[0]);
            let i = b.iconst(Ty::I32, 1);
            b.ternary(Op::StoreElem, kind as u16, p, i, a[1]);
            b.ret_void();
        });
        m.compile(set1);
        m.call(set1, &[B as u64, word]).unwrap();
        assert_eq!(m.call(elem, &[B as u64, 2, 0]), Ok(want), "{kind:?} element");
        assert_eq!(*m.byte(B as usize * 8 + 16 + kind.size() as usize * 2), word as u8, "{kind:?} in memory");
    }
}

/// A machine with a function that stores its second argument into a counted field of its first.
fn storer(kind: Kind, barrier: Barrier) -> (Machine, FuncId) {
    let mut m = Machine::new();
    let (_, fields) = class(&mut m, ClassId::NONE, 70, true, &[kind]);
    let id = m.func("store", &[Ty::Ref, value_ty(kind)], Ty::Void, |b, a| {
        b.binary_imm(Op::StoreField, a[0], a[1], fields[0].0, barrier as u16);
        b.ret_void();
    });
    m.compile(id);
    (m, id)
}

#[test]
fn barriers_count_new_and_log_old() {
    for kind in [Kind::Ref, Kind::Any, Kind::Str] {
        let word = |id: u32| match kind {
            Kind::Ref => id as u64,
            Kind::Any => value::from_object(id),
            _ => value::from_heap_string(id),
        };
        let (mut m, f) = storer(kind, Barrier::Full);
        m.call(f, &[A as u64, word(B)]).unwrap();
        let candidate = if kind == Kind::Str { 0 } else { RC_CANDIDATE };
        assert_eq!(*m.word(B, 0), 1 | candidate, "{kind:?}");
        assert_eq!(m.ctx.log_cur, m.log.as_ptr() as u64, "nothing old");
        m.call(f, &[A as u64, word(C)]).unwrap();
        assert_eq!((m.log[0], m.ctx.log_cur), (B, m.log.as_ptr() as u64 + 4));
        // A second increment does not touch the candidate bit.
        *m.word(B, 0) = 5;
        m.call(f, &[A as u64, word(B)]).unwrap();
        assert_eq!((*m.word(B, 0), m.log[1]), (6, C));
        // Immortals are not counted, shared objects go through the runtime.
        *m.word(C, 0) = RC_IMMORTAL;
        m.call(f, &[A as u64, word(C)]).unwrap();
        assert_eq!((*m.word(C, 0), m.log[2]), (RC_IMMORTAL, B));
        *m.word(B, 0) = RC_SHARED | 7;
        assert_eq!(m.events.log_full, 0);
        m.call(f, &[A as u64, word(B)]).unwrap();
        assert_eq!((m.events.slow_incs.as_slice(), m.events.log_full), (&[B][..], 1), "{kind:?}");
        // What is no heap reference is neither counted nor logged.
        m.call(f, &[A as u64, if kind == Kind::Ref { 1 } else { value::small_string(b"xy").unwrap() }])
            .unwrap();
        let cur = m.ctx.log_cur;
        m.call(f, &[A as u64, if kind == Kind::Ref { 0 } else { value::EMPTY_STRING }]).unwrap();
        assert_eq!(m.ctx.log_cur, cur);
        // A shared container.
        *m.word(A, 0) = RC_SHARED | 1;
        m.call(f, &[A as u64, word(B)]).unwrap();
        let slot = m.ctx.heap_base + A as u64 * 8 + 8;
        assert_eq!(m.events.shared_stores, [(A, slot, word(B))]);
    }
    let (mut m, f) = storer(Kind::Any, Barrier::Full);
    for w in [1.5f64.to_bits(), value::TRUE, value::UNDEFINED, (value::TAG_INT48 << 48) | B as u64] {
        m.call(f, &[A as u64, w]).unwrap();
        assert_eq!(*m.word(B, 0), 0, "{w:#x}");
    }
    let boxed = value::TAG_BOX << 48 | value::BOX_INT64 << 32 | B as u64;
    m.call(f, &[A as u64, boxed]).unwrap();
    assert_eq!(*m.word(B, 0), 1 | RC_CANDIDATE);
    assert_eq!(*m.wide(A, 8), boxed);
}

#[test]
fn initialising_stores_only_count() {
    let (mut m, f) = storer(Kind::Ref, Barrier::Init);
    *m.word(A, 8) = C;
    m.call(f, &[A as u64, B as u64]).unwrap();
    assert_eq!((*m.word(A, 8), *m.word(B, 0), m.ctx.log_cur), (B, 1, m.log.as_ptr() as u64));
}

#[test]
fn element_barriers_use_the_store_header() {
    let mut m = Machine::new();
    let id = m.func("set", &[Ty::Ref, Ty::I32, Ty::Ref], Ty::Void, |b, a| {
        let p = b.unary(Op::StoreData, a[0]);
        let aux = Kind::Ref as u16 | (Barrier::Full as u16) << 8;
        b.ternary(Op::StoreElem, aux, p, a[1], a[2]);
        b.ret_void();
    });
    m.compile(id);
    m.call(id, &[A as u64, 3, B as u64]).unwrap();
    assert_eq!((*m.word(A, 16 + 12), *m.word(B, 0)), (B, 1 | RC_CANDIDATE));
    *m.word(A, 0) = RC_SHARED;
    m.call(id, &[A as u64, 3, C as u64]).unwrap();
    let slot = m.ctx.heap_base + A as u64 * 8 + 28;
    assert_eq!(m.events.shared_stores, [(A, slot, C as u64)]);
}

#[test]
fn allocation_bumps_and_refills() {
    let mut m = Machine::new();
    let (k, fields) = class(&mut m, ClassId::NONE, 71, true, &[Kind::Ref, Kind::F64]);
    // Builds a list of n nodes; each points to the one before.
    let id = m.func("list", &[Ty::I32, Ty::F64], Ty::Ref, |b, a| {
        let (head, body, exit) = (b.block(), b.block(), b.block());
        let (i, last) = (b.var(Ty::I32), b.var(Ty::Ref));
        let zero = b.iconst(Ty::I32, 0);
        let none = b.imm64(Op::RefConst, Ty::Ref, 1);
        b.set(i, zero);
        b.set(last, none);
        b.jump(head, &[]);
        b.switch_to(head);
        let iv = b.get(i);
        let c = icmp(b, IntCc::Slt, iv, a[0]);
        b.branch(c, body, exit);
        b.switch_to(body);
        b.seal(body);
        let o = b.imm(Op::NewObject, k.0);
        let l = b.get(last);
        b.binary_imm(Op::StoreField, o, l, fields[0].0, Barrier::Init as u16);
        b.binary_imm(Op::StoreField, o, a[1], fields[1].0, 0);
        b.set(last, o);
        let one = b.iconst(Ty::I32, 1);
        let iv = b.get(i);
        let n = b.binary(Op::IAdd, iv, one);
        b.set(i, n);
        b.jump(head, &[]);
        b.seal(head);
        b.switch_to(exit);
        b.seal(exit);
        let r = b.get(last);
        b.ret(r);
    });
    m.compile(id);
    let mut at = m.call(id, &[10, 2.5f64.to_bits()]).unwrap() as u32;
    let mut n = 0;
    while at != 1 {
        assert_eq!(*m.word(at, 4), 71);
        assert_eq!(*m.word(at, 0), RC_NEW + (n > 0) as u32, "count of node {n}");
        assert_eq!(*m.wide(at, 16), 2.5f64.to_bits());
        at = *m.word(at, 8);
        n += 1;
    }
    assert_eq!((n, m.events.slow_allocs), (10, 3));
}

#[test]
fn globals_are_addresses() {
    let mut m = Machine::new();
    let (_, fields) = class(&mut m, ClassId::NONE, 72, true, &[Kind::I32]);
    let g = m.module.globals.push(A);
    let far = m.module.globals.push(0x9000_0000);
    let id = ret1(&mut m, &[Ty::I32], Ty::I32, |b, a| {
        let o = b.imm(Op::GlobalRef, g.0);
        let v = b.unary_imm(Op::LoadField, Ty::I32, o, fields[0].0);
        let s = b.binary(Op::IAdd, v, a[0]);
        b.binary_imm(Op::StoreField, o, s, fields[0].0, 0);
        s
    });
    *m.word(A, 8) = 40;
    assert_eq!(m.call(id, &[2]), Ok(42));
    assert_eq!(*m.word(A, 8), 42);
    // Beyond the reach of a displacement the id goes through a register.
    let f = ret1(&mut m, &[], Ty::Ref, |b, _| b.imm(Op::GlobalRef, far.0));
    assert_eq!(m.call(f, &[]), Ok(0x9000_0000));
}

#[test]
fn strings() {
    let mut m = Machine::new();
    let len = ret1(&mut m, &[Ty::Str], Ty::I32, |b, a| b.unary(Op::StrLen, a[0]));
    let code = ret1(&mut m, &[Ty::Str, Ty::I32], Ty::I32, |b, a| b.binary(Op::StrCharCode, a[0], a[1]));
    let small = value::small_string(b"h\xE9llo").unwrap();
    assert_eq!(m.call(len, &[small]), Ok(5));
    for (i, c) in b"h\xE9llo".iter().enumerate() {
        assert_eq!(m.call(code, &[small, i as u64]), Ok(*c as u64));
    }
    *m.word(A, 4) = shape::SHAPE_STR_FLAT;
    *m.word(A, 8) = 300;
    *m.byte(A as usize * 8 + 16 + 299) = 0xFE;
    assert_eq!(m.call(len, &[value::from_heap_string(A)]), Ok(300));
    assert_eq!(m.call(code, &[value::from_heap_string(A), 299]), Ok(0xFE));
    *m.word(B, 4) = shape::SHAPE_STR_FLAT | shape::META_UTF16;
    *m.word(B, 16) = 0x2603_0041;
    assert_eq!(m.call(code, &[value::from_heap_string(B), 1]), Ok(0x2603));
    *m.word(C, 4) = shape::SHAPE_STR_SLICE;
    assert_eq!(m.call(code, &[value::from_heap_string(C), 5]), Ok((C & 0xFFFF) as u64 + 5));
}

#[test]
fn instances_and_virtual_calls() {
    let mut m = Machine::new();
    let (base, _) = class(&mut m, ClassId::NONE, 80, false, &[Kind::I32]);
    let (derived, _) = class(&mut m, base, 81, true, &[Kind::I32]);
    let is_base =
        ret1(&mut m, &[Ty::Ref], Ty::Bool, |b, a| b.unary_imm(Op::IsInstance, Ty::Bool, a[0], base.0));
    let is_derived =
        ret1(&mut m, &[Ty::Ref], Ty::Bool, |b, a| b.unary_imm(Op::IsInstance, Ty::Bool, a[0], derived.0));
    let shape_of = ret1(&mut m, &[Ty::Ref], Ty::I32, |b, a| b.unary(Op::ShapeOf, a[0]));
    let method = m.func("method", &[Ty::Ref, Ty::I32], Ty::I32, |b, a| {
        let k = b.iconst(Ty::I32, 100);
        let s = b.binary(Op::IAdd, a[1], k);
        b.ret(s);
    });
    m.compile(method);
    let invoke = ret1(&mut m, &[Ty::Ref, Ty::I32], Ty::I32, |b, a| b.call(Op::CallVirtual, Ty::I32, 2, a, 0));
    let set = |m: &mut Machine, shape: u32, field: &str, v: u32| {
        let off =
            SHAPES_OFFSET as usize + shape as usize * 64 + StructId::ShapeDesc.field(field).offset as usize;
        *m.word((off / 8) as u32, off % 8) = v;
    };
    for (s, d1) in [(80, 0), (81, 81), (90, 0)] {
        set(&mut m, s, "display0", if s == 90 { 90 } else { 80 });
        set(&mut m, s, "display1", d1);
        set(&mut m, s, "vtable", 6);
    }
    let slot = VTABLES_OFFSET as usize + 4 * (6 + 2);
    let cell = m.module.funcs[method].cell;
    *m.word((slot / 8) as u32, slot % 8) = cell;
    for (id, s, want) in [(A, 80, (1, 0)), (B, 81, (1, 1)), (C, 90, (0, 0))] {
        // Other bits of the word do not matter.
        *m.word(id, 4) = s | shape::META_FINALIZE;
        assert_eq!(m.call(is_base, &[id as u64]), Ok(want.0));
        assert_eq!(m.call(is_derived, &[id as u64]), Ok(want.1));
        assert_eq!(m.call(shape_of, &[id as u64]), Ok(s as u64));
        assert_eq!(m.call(invoke, &[id as u64, 7]), Ok(107));
    }
}

#[test]
fn stack_slots() {
    let mut m = Machine::new();
    let id = ret1(&mut m, &[Ty::Any, Ty::I32], Ty::Any, |b, a| {
        let s = b.imm(Op::StackSlot, 2);
        let t = b.imm(Op::StackSlot, 1);
        b.binary_imm(Op::PtrStore, s, a[0], 8, 0);
        b.binary_imm(Op::PtrStore, t, a[1], 0, 0);
        let n = b.unary_imm(Op::PtrLoad, Ty::I32, t, 0);
        let w = b.unary(Op::SExt32, n);
        let f = b.unary(Op::FFromBits, w);
        let any = b.unary(Op::AnyFromF64, f);
        b.binary_imm(Op::PtrStore, s, any, 0, 0);
        let x = b.unary_imm(Op::PtrLoad, Ty::I64, s, 0);
        let y = b.unary_imm(Op::PtrLoad, Ty::I64, s, 8);
        let z = b.binary(Op::IAdd, x, y);
        let f = b.unary(Op::FFromBits, z);
        b.unary(Op::AnyFromF64, f)
    });
    assert_eq!(m.call(id, &[1000, 24]), Ok(1024));
}

#[test]
fn exhausted_memory_unwinds() {
    let mut m = Machine::new();
    let (k, _) = class(&mut m, ClassId::NONE, 73, true, &[]);
    let id = m.func("make", &[], Ty::Ref, |b, _| {
        let o = b.imm(Op::NewObject, k.0);
        b.ret(o);
    });
    m.compile(id);
    m.events.fail_alloc = true;
    assert_eq!(m.call(id, &[]), Err(Uncaught(0x00E)));
    m.events.fail_alloc = false;
    assert!(m.call(id, &[]).is_ok());
}

#[test]
fn byte_tests_in_memory() {
    for kind in [Kind::Bool, Kind::U8, Kind::I8] {
        for imm in [0, 1, 200, 255, -1] {
            let mut m = Machine::new();
            let (_, fields) = class(&mut m, ClassId::NONE, 70, true, &[kind]);
            let id = m.func("test", &[Ty::Ref], Ty::I32, |b, a| {
                let (yes, no, again) = (b.block(), b.block(), b.block());
                let ty = kind.reg_ty();
                let v = b.unary_imm(Op::LoadField, ty, a[0], fields[0].0);
                let c = if ty == Ty::Bool {
                    v
                } else {
                    let k = b.iconst(Ty::I32, imm);
                    icmp(b, IntCc::Eq, v, k)
                };
                b.branch(c, yes, no);
                b.switch_to(yes);
                b.seal(yes);
                // The same condition in another block.
                b.branch(c, again, no);
                b.switch_to(again);
                b.seal(again);
                let one = b.iconst(Ty::I32, 1);
                b.ret(one);
                b.switch_to(no);
                b.seal(no);
                let zero = b.iconst(Ty::I32, 0);
                b.ret(zero);
            });
            m.compile(id);
            let single = m.func("single", &[Ty::Ref], Ty::Bool, |b, a| {
                let v = b.unary_imm(Op::LoadField, kind.reg_ty(), a[0], fields[0].0);
                let k = if kind == Kind::Bool {
                    b.imm64(Op::BConst, Ty::Bool, imm as u64 & 1)
                } else {
                    b.iconst(Ty::I32, imm)
                };
                let c = icmp(b, IntCc::Ne, v, k);
                b.ret(c);
            });
            m.compile(single);
            for byte in [0u8, 1, 200, 255] {
                let byte = if kind == Kind::Bool { byte & 1 } else { byte };
                *m.byte(A as usize * 8 + 8) = byte;
                let value = if kind == Kind::I8 { byte as i8 as i64 } else { byte as i64 };
                let want = if kind == Kind::Bool { byte != 0 } else { value == imm };
                assert_eq!(m.call(id, &[A as u64]), Ok(want as u64), "{kind:?} {byte} {imm}");
                let differs = if kind == Kind::Bool { value != imm & 1 } else { value != imm };
                assert_eq!(m.call(single, &[A as u64]), Ok(differs as u64), "{kind:?} {byte} != {imm}");
            }
        }
    }
}

//! Values, tables, properties, arrays, errors and JSON on a real heap.

use crate::array::{ops, sort, store};
use crate::builtins::{json, json_parse};
use crate::console::inspect::top_level;
use crate::convert::number::f64_text;
use crate::ctx::FunctionRecord;
use crate::error;
use crate::mem::shape::{ClassSpec, SlotSpec};
use crate::object::cx::*;
use crate::object::table::{self, Table};
use crate::object::testing::{exception, json, s, text, with_cx};
use crate::object::{property, slot, value};
use crate::string::heap;
use proptest::prelude::*;
use ultra_abi::rtfn::{ArithOp, UnaryOp};
use ultra_abi::shape::*;
use ultra_abi::value::*;

fn n(x: f64) -> Word {
    from_f64(x)
}

fn show(cx: Cx, word: Word) -> String {
    top_level(cx, word, false)
}

fn class(cx: Cx, name: &str, parent: u32, slots: &[(&str, u32, Kind)], size: u32) -> u32 {
    let slots = slots.iter().map(|&(n, at, k)| SlotSpec::new(n, at, k)).collect();
    let spec = ClassSpec { slots, parent_shape: parent, ..ClassSpec::new(name, ObjKind::Instance, size) };
    cx.register_shape(spec).expect("room for a shape")
}

fn point(cx: Cx) -> Word {
    let slots = [
        ("x", 8, Kind::I32),
        ("y", 12, Kind::U8),
        ("s", 16, Kind::Str),
        ("n", 24, Kind::F64),
        ("r", 32, Kind::Ref),
    ];
    let shape = class(cx, "Point", 0, &slots, 40);
    let id = cx.alloc(40, shape).expect("memory");
    cx.write(id, 16, EMPTY_STRING);
    from_object(id)
}

#[test]
fn typed_slots_check_what_is_stored() {
    with_cx(|cx| {
        let p = point(cx);
        let set = |name: &str, w: Word| property::set(cx, p, s(cx, name), w);
        assert_eq!(set("x", n(-5.0)), Ok(()));
        assert_eq!(set("s", s(cx, "a text that is long")), Ok(()));
        assert_eq!(set("n", UNDEFINED), Ok(()));
        assert_eq!(set("r", p), Ok(()));
        assert_eq!(
            show(cx, p),
            "<ref *1> Point {\n  x: -5,\n  y: 0,\n  s: 'a text that is long',\n  n: undefined,\n  r: [Circular *1]\n}"
        );
        set("r", NULL).expect("null is a reference");
        set("y", n(256.0)).expect_err("too large");
        assert_eq!(exception(cx), "RangeError: Value 256 does not fit uint8");
        set("x", n(1.5)).expect_err("not integral");
        assert_eq!(exception(cx), "RangeError: Value 1.5 does not fit int32");
        set("x", s(cx, "7")).expect_err("not a number");
        assert_eq!(exception(cx), "TypeError: Expected int32, got string '7'");
        set("s", n(1.0)).expect_err("not a string");
        assert_eq!(exception(cx), "TypeError: Expected string, got number 1");
        // Further properties live beside the object.
        set("extra", n(1.0)).expect("overflow");
        set("extra2", s(cx, "another long text")).expect("overflow");
        assert_eq!(property::get(cx, p, s(cx, "extra")), Ok(n(1.0)));
        assert_eq!(property::delete(cx, p, s(cx, "extra")), Ok(true));
        assert_eq!(property::has(cx, p, s(cx, "extra")), Ok(false));
        assert_eq!(
            show(cx, p),
            "Point {\n  x: -5,\n  y: 0,\n  s: 'a text that is long',\n  n: undefined,\n  r: null,\n  extra2: 'another long text'\n}"
        );
    });
}

#[test]
fn dynamic_objects_become_dictionaries() {
    with_cx(|cx| {
        let object = from_object(property::new_object(cx).expect("memory"));
        let twin = from_object(property::new_object(cx).expect("memory"));
        for i in 0..20 {
            let name = s(cx, &format!("property{i}"));
            property::set(cx, object, name, s(cx, &format!("value number {i}"))).expect("memory");
            if i < 8 {
                property::set(cx, twin, name, n(i as f64)).expect("memory");
                assert_eq!(cx.shape(object as u32), cx.shape(twin as u32));
            }
        }
        assert_eq!(cx.kind(object as u32), ObjKind::Dictionary);
        assert_eq!(cx.kind(twin as u32), ObjKind::Instance);
        let got = property::get(cx, object, s(cx, "property13")).expect("memory");
        assert_eq!(text(cx, got), "value number 13");
        property::delete(cx, twin, s(cx, "property3")).expect("deletable");
        assert_eq!(cx.kind(twin as u32), ObjKind::Dictionary);
        property::set(cx, twin, s(cx, "property3"), TRUE).expect("memory");
        property::set(cx, twin, s(cx, "5"), FALSE).expect("memory");
        let keys = property::entries(cx, twin, 0).expect("memory");
        let joined = ops::join(cx, keys, None).expect("memory");
        assert_eq!(
            text(cx, joined),
            "5,property0,property1,property2,property4,property5,property6,property7,property3"
        );
    });
}

#[test]
fn reading_of_every_base() {
    with_cx(|cx| {
        let get = |base: Word, name: &str| property::get(cx, base, s(cx, name));
        assert_eq!(get(s(cx, "héllo!"), "length"), Ok(n(6.0)));
        assert_eq!(get(s(cx, "héllo!"), "1"), Ok(s(cx, "é")));
        assert_eq!(get(n(5.0), "foo"), Ok(UNDEFINED));
        get(UNDEFINED, "foo").expect_err("no object");
        assert_eq!(exception(cx), "TypeError: Cannot read properties of undefined (reading 'foo')");
        property::set(cx, NULL, s(cx, "a"), TRUE).expect_err("no object");
        assert_eq!(exception(cx), "TypeError: Cannot set properties of null (setting 'a')");
        property::set(cx, s(cx, "abc"), s(cx, "foo"), TRUE).expect_err("no object");
        assert_eq!(exception(cx), "TypeError: Cannot create property 'foo' on string 'abc'");
        property::has(cx, n(5.0), s(cx, "a")).expect_err("no object");
        assert_eq!(exception(cx), "TypeError: Cannot use 'in' operator to search for 'a' in 5");
        let array = json(cx, "[1,2,3]");
        assert_eq!(get(array, "length"), Ok(n(3.0)));
        assert_eq!(property::get_element(cx, array, n(1.0)), Ok(n(2.0)));
        assert_eq!(property::get_element(cx, array, s(cx, "2")), Ok(n(3.0)));
        assert_eq!(property::get_element(cx, array, n(-1.0)), Ok(UNDEFINED));
        property::set_element(cx, array, n(5.0), TRUE).expect("memory");
        property::set(cx, array, s(cx, "tag"), TRUE).expect("memory");
        assert_eq!(show(cx, array), "[ 1, 2, 3, <2 empty items>, true, tag: true ]");
        property::set(cx, array, s(cx, "length"), n(1.0)).expect("memory");
        property::delete(cx, array, s(cx, "0")).expect("memory");
        assert_eq!(show(cx, array), "[ <1 empty item>, tag: true ]");
        property::set(cx, array, s(cx, "length"), n(-1.0)).expect_err("negative");
        assert_eq!(exception(cx), "RangeError: Invalid array length");
    });
}

#[test]
fn integers_keep_their_type() {
    with_cx(|cx| {
        let i = |v: i64| value::from_i64(cx, v).expect("memory");
        let u = |v: u64| value::from_u64(cx, v).expect("memory");
        let arith = |op, a, b| show(cx, value::arith(cx, op, a, b).expect("no error"));
        assert_eq!(show(cx, i(i64::MIN)), "-9223372036854775808");
        assert_eq!(show(cx, u(u64::MAX)), "18446744073709551615");
        assert_eq!(show(cx, value::add(cx, i(i64::MAX), i(1)).expect("memory")), "-9223372036854775808");
        assert_eq!(arith(ArithOp::Mul, i(1 << 40), i(1 << 20)), "1152921504606846976");
        assert_eq!(arith(ArithOp::Div, i(-7), i(2)), "-3");
        assert_eq!(arith(ArithOp::Sub, u(0), u(1)), "18446744073709551615");
        assert_eq!(arith(ArithOp::Mul, i(3), n(0.5)), "1.5");
        assert_eq!(arith(ArithOp::Shl, i(1), n(40.0)), "1099511627776");
        assert_eq!(arith(ArithOp::Shl, n(1.0), n(33.0)), "2");
        assert_eq!(arith(ArithOp::UShr, n(-1.0), n(0.0)), "4294967295");
        value::arith(cx, ArithOp::Rem, i(1), i(0)).expect_err("division");
        assert_eq!(exception(cx), "RangeError: Division by zero");
        assert!(value::strict_eq(cx, i(5), n(5.0)) && value::strict_eq(cx, u(5), i(5)));
        assert!(!value::strict_eq(cx, i((1 << 53) + 1), n(9007199254740992.0)));
        assert_eq!(value::compare(cx, u(u64::MAX), i(-1)), Ok(Some(std::cmp::Ordering::Greater)));
        let neg = value::unary(cx, UnaryOp::Neg, i(5)).expect("memory");
        assert_eq!((show(cx, neg), value::type_of(cx, neg)), ("-5".into(), "number"));
        assert_eq!(slot::any_to_i64(cx, n(9007199254740993.0), Kind::I64), Ok(9007199254740992));
        assert_eq!(slot::any_to_u64(cx, i(-1)), Err(Thrown));
        assert_eq!(exception(cx), "RangeError: Value -1 does not fit uint64");
    });
}

#[test]
fn dynamic_operators() {
    with_cx(|cx| {
        let add = |a, b| show(cx, value::add(cx, a, b).expect("no error"));
        let array = json(cx, "[1,[2,null],\"x\"]");
        assert_eq!(add(n(1.0), s(cx, "a")), "1a");
        assert_eq!(add(array, n(1.0)), "1,2,,x1");
        assert_eq!(add(json(cx, "{}"), UNDEFINED), "[object Object]undefined");
        assert_eq!(add(TRUE, NULL), "1");
        assert_eq!(add(UNDEFINED, n(1.0)), "NaN");
        let eq = |a, b| value::loose_eq(cx, a, b).expect("no error");
        assert!(
            eq(UNDEFINED, NULL) && !eq(UNDEFINED, n(0.0)) && eq(s(cx, "1"), n(1.0)) && eq(TRUE, s(cx, "1"))
        );
        assert!(
            eq(json(cx, "[5]"), n(5.0))
                && !eq(json(cx, "[]"), json(cx, "[]"))
                && !eq(n(f64::NAN), n(f64::NAN))
        );
        assert_eq!(value::compare(cx, s(cx, "a"), s(cx, "B")), Ok(Some(std::cmp::Ordering::Greater)));
        assert_eq!(value::compare(cx, s(cx, "10"), n(9.0)), Ok(Some(std::cmp::Ordering::Greater)));
        assert_eq!(value::compare(cx, UNDEFINED, n(9.0)), Ok(None));
        for (w, kind, truth) in [
            (UNDEFINED, "undefined", false),
            (NULL, "object", false),
            (n(f64::NAN), "number", false),
            (EMPTY_STRING, "string", false),
            (s(cx, "0"), "string", true),
            (json(cx, "[]"), "object", true),
            (TRUE, "boolean", true),
        ] {
            assert_eq!((value::type_of(cx, w), value::truthy(cx, w)), (kind, truth));
        }
    });
}

#[derive(Clone, Debug)]
enum Op {
    Set(u8, i32),
    Delete(u8),
    Clear,
    Visit,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        10 => (any::<u8>(), any::<i32>()).prop_map(|(k, v)| Op::Set(k, v)),
        8 => any::<u8>().prop_map(Op::Delete),
        1 => Just(Op::Clear),
        3 => Just(Op::Visit),
    ]
}

/// Keys of several kinds: numbers, immediate and heap strings.
fn key(cx: Cx, k: u8) -> Word {
    match k % 4 {
        0 => n(k as f64),
        1 => s(cx, &format!("k{k}")),
        2 => s(cx, &format!("a longer key {k}")),
        _ => value::from_i64(cx, k as i64 + (1 << 60)).expect("memory"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn tables_agree_with_a_list(all in prop::collection::vec(op(), 1..400)) {
        with_cx(|cx| {
            let map = table::new(cx, SHAPE_MAP).expect("memory");
            let mut model: Vec<(u8, i32)> = Vec::new();
            // A loop over the map that goes on while it changes: what it has still to see.
            let (mut position, mut pending) = (0, Vec::<u8>::new());
            for op in &all {
                match *op {
                    Op::Set(k, v) => {
                        map.set(cx, key(cx, k), n(v as f64)).expect("memory");
                        match model.iter_mut().find(|(m, _)| *m == k) {
                            Some(entry) => entry.1 = v,
                            None => {
                                model.push((k, v));
                                pending.push(k);
                            }
                        }
                    }
                    Op::Delete(k) => {
                        let was = model.iter().any(|&(m, _)| m == k);
                        assert_eq!(map.delete(cx, key(cx, k)), was);
                        model.retain(|&(m, _)| m != k);
                        pending.retain(|&m| m != k);
                    }
                    Op::Clear => {
                        map.clear(cx);
                        model.clear();
                        pending.clear();
                    }
                    Op::Visit => match map.next_position(cx, position) {
                        Some(at) => {
                            let entry = map.at(cx, at).expect("a live entry");
                            assert!(value::strict_eq(cx, map.key(cx, entry), key(cx, pending.remove(0))));
                            position = at + 1;
                        }
                        None => assert!(pending.is_empty()),
                    },
                }
                assert_eq!(map.len(cx) as usize, model.len());
            }
            for &(k, v) in &model {
                assert_eq!(map.get(cx, key(cx, k)), Some(n(v as f64)));
            }
            let values: Vec<Word> = map.live(cx).map(|e| map.value(cx, e)).collect();
            assert_eq!(values, model.iter().map(|&(_, v)| n(v as f64)).collect::<Vec<_>>());
            // Churn does not make the table grow without bound.
            assert!(map.used(cx) as usize <= model.len().max(8) * 4 + 512);
        });
    }

    #[test]
    fn arrays_agree_with_vectors(
        start in prop::collection::vec(-9i32..9, 0..20),
        at in -25i32..25,
        count in 0i32..8,
        items in prop::collection::vec(-9i32..9, 0..6),
    ) {
        with_cx(|cx| {
            for kind in [Kind::Any, Kind::F64, Kind::I8, Kind::I32, Kind::I64] {
                let make = |list: &[i32]| {
                    let array = store::new_array(cx, kind, 0, 0).expect("memory");
                    list.iter().for_each(|&v| { ops::push(cx, array, n(v as f64)).expect("fits"); });
                    array
                };
                let read = |array: u32| -> Vec<i32> {
                    let words = (0..store::array_len(cx, array)).map(|i| ops::get(cx, array, i).expect("memory"));
                    words.map(|w| value::to_f64(cx, w).expect("a number") as i32).collect()
                };
                let (array, other) = (make(&start), make(&items));
                let mut model = start.clone();
                let from = ops::relative(at, model.len() as u32) as usize;
                let to = (from + count as usize).min(model.len());
                let removed = ops::splice(cx, array, at, count, other).expect("fits");
                let expected: Vec<i32> = model.splice(from..to, items.iter().copied()).collect();
                assert_eq!(read(removed), expected);
                assert_eq!(read(array), model);
                ops::unshift(cx, array, n(7.0)).expect("fits");
                model.insert(0, 7);
                ops::reverse(cx, array);
                model.reverse();
                assert_eq!(value::to_f64(cx, ops::shift(cx, array).expect("memory")).expect("a number") as i32, model.remove(0));
                let all = ops::concat(cx, array, from_object(other)).expect("memory");
                model.extend(&items);
                assert_eq!(read(all), model);
                let find = |w| model.iter().position(|&m| m == w).map_or(-1, |i| i as i32);
                assert_eq!(ops::index_of(cx, all, n(3.0), 0), Ok(find(3)));
                let last = model.iter().rposition(|&m| m == 3).map_or(-1, |i| i as i32);
                assert_eq!(ops::last_index_of(cx, all, n(3.0), i32::MAX), Ok(last));
                sort::by_number(cx, all, false).expect("numbers");
                model.sort();
                assert_eq!(read(all), model);
                sort::by_text(cx, all).expect("memory");
                model.sort_by_key(|v| v.to_string());
                assert_eq!(read(all), model);
            }
        });
    }
}

#[test]
fn arrays_of_references_count_right() {
    with_cx(|cx| {
        let array = store::new_array(cx, Kind::Any, 0, 0).expect("memory");
        for i in 0..1000 {
            ops::push(cx, array, s(cx, &format!("element number {i}"))).expect("memory");
        }
        let part = ops::slice(cx, array, 10, -10).expect("memory");
        ops::splice(cx, array, 0, 500, part).expect("memory");
        ops::fill(cx, array, json(cx, "{\"a\":[1]}"), 5, 10).expect("memory");
        ops::pop(cx, array).expect("memory");
        let mixed = ops::concat(cx, part, n(1.0)).expect("memory");
        store::set_array_len(cx, mixed, 3).expect("memory");
        assert_eq!(ops::includes(cx, mixed, s(cx, "element number 11"), 0), Ok(true));
        let texts = ops::convert(cx, mixed, Kind::Str).expect("strings");
        assert_eq!(store::element_kind(cx, texts), Kind::Str);
        let numbers = json(cx, "[3,null,10,2]");
        sort::by_text(cx, numbers as u32).expect("memory");
        assert_eq!(show(cx, numbers), "[ 10, 2, 3, null ]");
    });
}

#[test]
fn errors_print_as_in_node() {
    with_cx(|cx| {
        let make = |class, m: &str| error::new(cx, class, s(cx, m), UNDEFINED).expect("memory");
        let plain = make(ErrorClass::TypeError, "went wrong");
        assert_eq!(show(cx, from_object(plain)), "[TypeError: went wrong]");
        let options = from_object(property::new_object(cx).expect("memory"));
        property::set(cx, options, s(cx, "cause"), from_object(plain)).expect("memory");
        cx.library().stack_trace_hook = Some(|_| "\n    at main (file.uts:1:2)".into());
        let outer = error::new(cx, ErrorClass::Error, s(cx, "outer"), options).expect("memory");
        property::set(cx, from_object(outer), s(cx, "code"), n(5.0)).expect("memory");
        let want =
            "Error: outer\n    at main (file.uts:1:2) {\n  code: 5,\n  [cause]: [TypeError: went wrong]\n}";
        assert_eq!(show(cx, from_object(outer)), want);
        assert_eq!(error::format_uncaught(cx, from_object(outer)), format!("{want}\n"));
        let nested = store::array_of(cx, Kind::Any, &[from_object(outer)]).expect("memory");
        assert_eq!(
            show(cx, from_object(nested)),
            "[\n  Error: outer\n      at main (file.uts:1:2) {\n    code: 5,\n    [cause]: [TypeError: went wrong]\n  }\n]"
        );
        let renamed = error::new(cx, ErrorClass::Error, s(cx, "q"), UNDEFINED).expect("memory");
        property::set(cx, from_object(renamed), s(cx, "name"), s(cx, "Custom")).expect("memory");
        assert_eq!(show(cx, from_object(renamed)), "Custom: q\n    at main (file.uts:1:2)");
        cx.library().stack_trace_hook = None;
        let slots = [
            ("message", 8, Kind::Str),
            ("stack", 16, Kind::Any),
            ("cause", 24, Kind::Any),
            ("field", 32, Kind::F64),
        ];
        for (name, parent, want) in [
            ("Foo", ErrorClass::Error, "Foo [Error]: x] {\n  field: 0\n}"),
            ("ValidationError", ErrorClass::Error, "ValidationError: x] {\n  field: 0\n}"),
            ("MyTypeError", ErrorClass::TypeError, "MyTypeError: x] {\n  field: 0\n}"),
        ] {
            let shape = class(cx, name, parent.shape(), &slots, 40);
            let id = cx.alloc(40, shape).expect("memory");
            cx.write(id, error::MESSAGE, EMPTY_STRING);
            error::init(cx, id, s(cx, "x"), UNDEFINED).expect("memory");
            let flat = show(cx, from_object(id)).replace(" { field: 0 }", " {\n  field: 0\n}");
            assert_eq!(flat, format!("[{want}"));
            assert!(error::is_error(cx, id));
        }
        assert_eq!(text(cx, value::to_str(cx, from_object(plain)).expect("memory")), "TypeError: went wrong");
    });
}

#[test]
fn containers_and_functions_print_as_in_node() {
    with_cx(|cx| {
        let record =
            |name: &str, is_class, shape| FunctionRecord { name: name.into(), arity: 2, is_class, shape };
        let a = class(cx, "A", 0, &[("p", 8, Kind::Any)], 16);
        let b = class(cx, "B", a, &[("p", 8, Kind::Any)], 16);
        let mut functions = Vec::new();
        for r in [record("f", false, 0), record("", false, 0), record("A", true, a), record("B", true, b)] {
            // SAFETY: the context is live, and nothing else refers to the records.
            let all = unsafe { &mut *crate::ctx::functions(cx.ctx()) };
            all.push(r);
            let id = cx.alloc(16, SHAPE_CLOSURE).expect("memory");
            cx.write(id, 8, all.len() as u32 - 1);
            functions.push(from_object(id));
        }
        let list = store::array_of(cx, Kind::Any, &functions).expect("memory");
        assert_eq!(
            show(cx, from_object(list)),
            "[\n  [Function: f],\n  [Function (anonymous)],\n  [class A],\n  [class B extends A]\n]"
        );
        assert_eq!(property::get(cx, functions[0], s(cx, "name")), Ok(s(cx, "f")));
        assert_eq!(property::get(cx, functions[0], s(cx, "length")), Ok(n(2.0)));
        property::set(cx, functions[0], s(cx, "a"), n(1.0)).expect("memory");
        assert_eq!(show(cx, functions[0]), "[Function: f] { a: 1 }");
        assert_eq!(value::type_of(cx, functions[1]), "function");
        let map = table::new(cx, SHAPE_MAP).expect("memory");
        assert_eq!(show(cx, from_object(map.0)), "Map(0) {}");
        map.set(cx, s(cx, "k"), json(cx, "{\"a\":[1,{\"b\":{}}]}")).expect("memory");
        map.set(cx, n(-0.0), UNDEFINED).expect("memory");
        assert_eq!(show(cx, from_object(map.0)), "Map(2) { 'k' => { a: [ 1, [Object] ] }, 0 => undefined }");
        let set = table::new(cx, SHAPE_SET).expect("memory");
        (0..120).for_each(|i| set.set(cx, n(i as f64), UNDEFINED).expect("memory"));
        let shown = show(cx, from_object(set.0));
        assert!(
            shown.starts_with("Set(120) {\n  0,\n  1,") && shown.ends_with("  99,\n  ... 20 more items\n}")
        );
        let instance = cx.alloc(16, b).expect("memory");
        cx.write(instance, 8, UNDEFINED);
        assert_eq!(show(cx, from_object(instance)), "B { p: undefined }");
        let empty = from_object(cx.alloc(16, class(cx, "Empty", 0, &[], 8)).expect("memory"));
        assert_eq!(show(cx, empty), "Empty {}");
        let deep = json(cx, "{\"a\":{\"b\":{}}}");
        let inner = property::get(cx, property::get(cx, deep, s(cx, "a")).expect("memory"), s(cx, "b"))
            .expect("memory");
        property::set(cx, inner, s(cx, "c"), from_object(instance)).expect("memory");
        assert_eq!(show(cx, deep), "{ a: { b: { c: [B] } } }");
        let holes = store::new_array(cx, Kind::F64, 3, 0).expect("memory");
        ops::set(cx, holes, 1, n(-0.0)).expect("memory");
        assert_eq!(show(cx, from_object(holes)), "[ <1 empty item>, -0, <1 empty item> ]");
    });
}

#[test]
fn cycles_are_named() {
    with_cx(|cx| {
        let a = json(cx, "{\"name\":\"a\",\"list\":[{}]}");
        let list = property::get(cx, a, s(cx, "list")).expect("memory");
        let inner = property::get_element(cx, list, n(0.0)).expect("memory");
        property::set(cx, inner, s(cx, "up"), a).expect("memory");
        assert_eq!(show(cx, a), "<ref *1> { name: 'a', list: [ { up: [Circular *1] } ] }");
        json::stringify(cx, a, UNDEFINED).expect_err("a cycle");
        assert_eq!(
            exception(cx),
            "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    |     property 'list' -> object with constructor 'Array'\n    |     index 0 -> object with constructor 'Object'\n    --- property 'up' closes the circle"
        );
        property::delete(cx, inner, s(cx, "up")).expect("memory");
    });
}

#[test]
fn json_round_trips_and_words_errors_as_v8() {
    with_cx(|cx| {
        let out = |text: &str, indent: Word| {
            let word = json::stringify(cx, json(cx, text), indent).expect("no cycle");
            heap::chars(cx, &word).to_utf8()
        };
        for t in [
            "{\"b\":1,\"a\":[true,null,\"x\\\"\\u0001\\n\"],\"c\":{}}",
            "[]",
            "-1.5e-7",
            "\"é😀\\ud800\"",
            "[[],{}]",
        ] {
            assert_eq!(out(t, UNDEFINED), t);
        }
        assert_eq!(
            out("{\"a\":[1,{}],\"b\":{}}", n(2.0)),
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {}\n}"
        );
        assert_eq!(out("[1]", s(cx, "--")), "[\n--1\n]");
        assert_eq!(json::stringify(cx, UNDEFINED, UNDEFINED), Ok(UNDEFINED));
        assert_eq!(text(cx, json::stringify(cx, n(f64::NAN), UNDEFINED).expect("memory")), "null");
        for (input, want) in [
            ("{", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"),
            ("{\"a\"", "Expected ':' after property name in JSON at position 4 (line 1 column 5)"),
            ("{\"a\":", "Unexpected end of JSON input"),
            ("{\"a\":1,", "Expected double-quoted property name in JSON at position 7 (line 1 column 8)"),
            ("[1", "Expected ',' or ']' after array element in JSON at position 2 (line 1 column 3)"),
            ("[1,", "Unexpected end of JSON input"),
            ("-", "No number after minus sign in JSON at position 1 (line 1 column 2)"),
            ("1.", "Unterminated fractional number in JSON at position 2 (line 1 column 3)"),
            ("1e", "Exponent part is missing a number in JSON at position 2 (line 1 column 3)"),
            ("\"", "Unterminated string in JSON at position 1 (line 1 column 2)"),
            ("\"\\", "Unexpected end of JSON input"),
            ("\"\\u12", "Bad Unicode escape in JSON at position 5 (line 1 column 6)"),
            ("\"\\x\"", "Bad escaped character in JSON at position 2 (line 1 column 3)"),
            ("\"a\nb\"", "Bad control character in string literal in JSON at position 2 (line 1 column 3)"),
            ("00", "Unexpected number in JSON at position 1 (line 1 column 2)"),
            (
                "[1,\n\n 2 3]",
                "Expected ',' or ']' after array element in JSON at position 8 (line 3 column 4)",
            ),
            ("[}", "Unexpected token '}', \"[}\" is not valid JSON"),
            ("tr", "Unexpected end of JSON input"),
            ("tru ", "Unexpected token ' ', \"tru \" is not valid JSON"),
            ("é", "Unexpected token 'é', \"é\" is not valid JSON"),
            ("1 2", "Unexpected non-whitespace character after JSON at position 2 (line 1 column 3)"),
            ("undefined", "\"undefined\" is not valid JSON"),
            ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "Unexpected token 'x', \"xxxxxxxxxx\"... is not valid JSON"),
            ("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[x", "Unexpected token 'x', ...\"[[[[[[[[[[x\" is not valid JSON"),
        ] {
            json_parse::parse(cx, s(cx, input)).expect_err(input);
            assert_eq!(exception(cx), format!("SyntaxError: {want}"), "{input}");
        }
        json_parse::parse(cx, s(cx, &"[".repeat(100_000))).expect_err("too deep");
        assert_eq!(exception(cx), "RangeError: Maximum call stack size exceeded");
        let nested = json(cx, &format!("{}{}", "[".repeat(1500), "]".repeat(1500)));
        let options = crate::console::inspect::Options { depth: usize::MAX, ..Default::default() };
        let deep = crate::console::inspect::inspect(cx, nested, options);
        assert!(deep.contains("[Array: Inspection interrupted prematurely."));
        value::to_str(cx, nested).expect_err("deeper than join goes");
        assert_eq!(exception(cx), "RangeError: Maximum call stack size exceeded");
        // Near the limit of the stack the same work ends with an error, not with a crash.
        let here = 0u8;
        // SAFETY: the context is live; the limit is put back below.
        unsafe { (*cx.ctx()).real_stack_limit = (&raw const here) as u64 + (64 << 10) };
        json::stringify(cx, nested, UNDEFINED).expect_err("no stack");
        // SAFETY: as above.
        unsafe { (*cx.ctx()).real_stack_limit = 0 };
        assert_eq!(exception(cx), "RangeError: Maximum call stack size exceeded");
        assert_eq!(f64_text(0.1).as_slice(), b"0.1");
    });
}

#[test]
fn maps_take_every_key() {
    with_cx(|cx| {
        let map = table::new(cx, SHAPE_MAP).expect("memory");
        let object = json(cx, "{}");
        let keys = [
            n(f64::NAN),
            n(0.0),
            s(cx, "0"),
            TRUE,
            NULL,
            UNDEFINED,
            object,
            value::from_i64(cx, 7).expect("memory"),
        ];
        for (i, &k) in keys.iter().enumerate() {
            map.set(cx, k, n(i as f64)).expect("memory");
        }
        assert_eq!(map.len(cx), 8);
        assert_eq!(Table(map.0).get(cx, n(-0.0)), Some(n(1.0)));
        assert_eq!(map.get(cx, n(f64::NAN)), Some(n(0.0)));
        assert_eq!(map.get(cx, n(7.0)), Some(n(7.0)));
        assert_eq!(map.get(cx, json(cx, "{}")), None);
        // A map that holds itself is a cycle: it is broken here, as nothing collects it.
        map.set(cx, s(cx, "self"), from_object(map.0)).expect("memory");
        assert!(show(cx, from_object(map.0)).contains("'self' => [Circular *1]"));
        map.clear(cx);
        assert_eq!(map.get(cx, TRUE), None);
    });
}

#[test]
fn methods_are_found_by_shape() {
    with_cx(|cx| {
        let closure = cx.alloc(16, SHAPE_CLOSURE).expect("memory");
        // SAFETY: the closure is live and refers to nothing.
        unsafe { crate::make_immortal(cx.ctx(), closure) };
        let base = class(cx, "Base", 0, &[], 8);
        let derived = class(cx, "Derived", base, &[], 8);
        for (shape, name) in [
            (base, "method"),
            (SHAPE_ARRAY0, "push"),
            (SHAPE_STR_FLAT, "trim"),
            (SHAPE_EMPTY_OBJECT, "valueOf"),
        ] {
            property::register_method(cx, shape, name, closure).expect("memory");
        }
        let object = from_object(cx.alloc(16, derived).expect("memory"));
        let get = |w, name| property::get(cx, w, s(cx, name)).expect("no error");
        let found = from_object(closure);
        assert_eq!(get(object, "method"), found);
        assert_eq!(get(object, "push"), UNDEFINED);
        assert_eq!(get(json(cx, "[]"), "push"), found);
        assert_eq!(get(from_object(store::new_array(cx, Kind::I8, 0, 0).expect("memory")), "push"), found);
        assert_eq!(get(s(cx, "text"), "trim"), found);
        assert_eq!(get(json(cx, "{\"a\":1}"), "valueOf"), found);
        assert_eq!(property::has_own(cx, object, s(cx, "method")), Ok(false));
    });
}

#[test]
fn hashes_of_small_integers_differ_in_their_low_bits() {
    for start in [0, 1000, 1 << 20] {
        let mut low: Vec<u32> =
            (start..start + 1024).map(|i| crate::string::heap::mix(f64::from(i).to_bits()) & 4095).collect();
        low.sort_unstable();
        low.dedup();
        // 1024 values drawn at random from 4096 leave about 906 different ones.
        assert!(low.len() > 800, "{} of 1024 from {start}", low.len());
    }
}

//! Typed arrays: conversion of elements, properties, printing, JSON and methods.

use super::{ops, store, typed};
use crate::builtins::json;
use crate::console::inspect::top_level;
use crate::object::cx::*;
use crate::object::testing::{exception, json as parse, s, text, with_cx};
use crate::object::{dynamic, property};
use ultra_abi::shape::*;
use ultra_abi::value::*;

fn n(x: f64) -> Word {
    from_f64(x)
}

fn array(cx: Cx, kind: Kind, elements: &[f64]) -> Word {
    let words: Vec<Word> = elements.iter().map(|&x| n(x)).collect();
    let source = store::array_of(cx, Kind::Any, &words).expect("memory");
    from_object(typed::from(cx, kind, from_object(source)).expect("numbers"))
}

fn show(cx: Cx, word: Word) -> String {
    top_level(cx, word, false)
}

#[test]
fn shapes_follow_the_kinds() {
    for (i, kind) in TYPED_KINDS.into_iter().enumerate() {
        assert_eq!(typed_shape(kind), Some(SHAPE_TYPED0 + i as u32));
        with_cx(|cx| {
            let a = typed::new(cx, kind, 3).expect("memory");
            assert_eq!((store::element_kind(cx, a), cx.kind(a)), (kind, ObjKind::Array));
            assert_eq!(
                show(cx, from_object(a)),
                format!("{}(3) [ 0, 0, 0 ]", typed::class_name(cx.shape(a)).unwrap())
            );
        });
    }
    assert_eq!([Kind::I64, Kind::Any, Kind::Bool].map(typed_shape), [None; 3]);
}

#[test]
fn elements_are_converted_as_they_are_stored() {
    let values = [-1.0, 300.5, 4294967296.0 + 7.0, -2147483649.0, f64::NAN, f64::INFINITY, 1e-3];
    for (kind, want) in [
        (Kind::I8, "Int8Array(7) [\n  -1, 44, 7, -1,\n   0,  0, 0\n]"),
        (Kind::U8, "Uint8Array(7) [\n  255, 44, 7, 255,\n    0,  0, 0\n]"),
        (Kind::I16, "Int16Array(7) [\n  -1, 300, 7, -1,\n   0,   0, 0\n]"),
        (Kind::U32, "Uint32Array(7) [ 4294967295, 300, 7, 2147483647, 0, 0, 0 ]"),
        (
            Kind::F32,
            "Float32Array(7) [\n  -1,\n  300.5,\n  4294967296,\n  -2147483648,\n  NaN,\n  Infinity,\n  0.0010000000474974513\n]",
        ),
    ] {
        with_cx(|cx| assert_eq!(show(cx, array(cx, kind, &values)), want));
    }
    with_cx(|cx| {
        let a = array(cx, Kind::U8, &[1.0, 2.0, 3.0]);
        let set = |key: Word, w: Word| property::set_element(cx, a, key, w);
        set(n(0.0), s(cx, "0x1ff")).expect("a number's text");
        set(n(1.0), UNDEFINED).expect("NaN");
        set(n(2.0), from_bool(true)).expect("a boolean");
        assert_eq!(show(cx, a), "Uint8Array(3) [ 255, 0, 1 ]");
        // No index out of range is a property, whatever it looks like.
        for key in [n(3.0), n(-1.0), n(1.5), n(f64::NAN), s(cx, "-0"), s(cx, "7")] {
            set(key, n(9.0)).expect("ignored");
            assert_eq!(property::get_element(cx, a, key), Ok(UNDEFINED));
        }
        assert_eq!(show(cx, a), "Uint8Array(3) [ 255, 0, 1 ]");
        set(s(cx, "tag"), n(9.0)).expect("a property");
        assert_eq!(show(cx, a), "Uint8Array(3) [ 255, 0, 1, tag: 9 ]");
    });
}

#[test]
fn doubles_keep_no_reserved_nan() {
    with_cx(|cx| {
        let a = array(cx, Kind::F64, &[0.5, f64::NAN, -0.0]);
        let id = object_of(a).unwrap();
        property::set_element(cx, a, n(0.0), UNDEFINED).expect("NaN");
        assert_eq!(show(cx, a), "Float64Array(3) [ NaN, NaN, -0 ]");
        // Compiled code may have copied one out of a `number`.
        cx.write(store::store_of(cx, id), store::offset(Kind::F64, 2), UNDEFINED_F64);
        assert_eq!(property::get_element(cx, a, n(2.0)), Ok(CANONICAL_NAN));
    });
}

#[test]
fn sizes_are_inherited_properties() {
    with_cx(|cx| {
        let a = array(cx, Kind::I32, &[1.0, 2.0, 3.0]);
        let get = |name: &str| property::get(cx, a, s(cx, name));
        assert_eq!(get("length"), Ok(n(3.0)));
        assert_eq!(get("byteLength"), Ok(n(12.0)));
        assert_eq!(get("BYTES_PER_ELEMENT"), Ok(n(4.0)));
        assert_eq!(property::has(cx, a, s(cx, "length")), Ok(true));
        assert_eq!(property::has_own(cx, a, s(cx, "length")), Ok(false));
        property::set(cx, a, s(cx, "length"), n(1.0)).expect_err("no setter");
        assert_eq!(
            exception(cx),
            "TypeError: Cannot set property length of [object Object] which has only a getter"
        );
        property::delete(cx, a, s(cx, "1")).expect_err("not configurable");
        assert_eq!(exception(cx), "TypeError: Cannot delete property '1' of [object Int32Array]");
        assert_eq!(property::delete(cx, a, s(cx, "5")), Ok(true));
        let keys = property::entries(cx, a, 0).expect("memory");
        assert_eq!(show(cx, from_object(keys)), "[ '0', '1', '2' ]");
    });
}

#[test]
fn made_from_lengths_and_lists() {
    with_cx(|cx| {
        let from = |source: Word| typed::from(cx, Kind::I16, source).map(|a| show(cx, from_object(a)));
        assert_eq!(from(n(2.9)).as_deref(), Ok("Int16Array(2) [ 0, 0 ]"));
        assert_eq!(from(UNDEFINED).as_deref(), Ok("Int16Array(0) []"));
        assert_eq!(from(s(cx, "2")).as_deref(), Ok("Int16Array(2) [ 0, 0 ]"));
        assert_eq!(
            from(parse(cx, "[1, \"2\", null, [4], {}]")).as_deref(),
            Ok("Int16Array(5) [ 1, 2, 0, 4, 0 ]")
        );
        assert_eq!(from(parse(cx, "{\"length\": 3, \"1\": 7}")).as_deref(), Ok("Int16Array(3) [ 0, 7, 0 ]"));
        assert_eq!(from(array(cx, Kind::U16, &[65535.0])).as_deref(), Ok("Int16Array(1) [ -1 ]"));
        assert!(from(n(-1.0)).is_err());
        assert_eq!(exception(cx), "RangeError: Invalid typed array length: -1");
        typed::new(cx, Kind::F64, 1 << 40).expect_err("too long");
        assert_eq!(exception(cx), "RangeError: Invalid typed array length: 1099511627776");
        typed::new(cx, Kind::Str, 1).expect_err("no such class");
        assert_eq!(exception(cx), "TypeError: There are no typed arrays of string");
    });
}

#[test]
fn json_has_indices_for_names() {
    with_cx(|cx| {
        let a = array(cx, Kind::U8, &[1.0, 2.0]);
        let out = json::stringify(cx, a, UNDEFINED).expect("text");
        assert_eq!(text(cx, out), "{\"0\":1,\"1\":2}");
        let list = store::array_of(cx, Kind::Any, &[a, array(cx, Kind::F32, &[])]).expect("memory");
        let out = json::stringify(cx, from_object(list), n(1.0)).expect("text");
        assert_eq!(text(cx, out), "[\n {\n  \"0\": 1,\n  \"1\": 2\n },\n {}\n]");
    });
}

#[test]
fn methods_keep_the_length() {
    with_cx(|cx| {
        let a = array(cx, Kind::I8, &[3.0, -1.0, 10.0, 2.0]);
        let call = |name: &str, args: &[Word]| {
            dynamic::method_call(cx, a, s(cx, name), args).map(|r| r.map(|w| show(cx, w)))
        };
        assert_eq!(call("sort", &[]), Ok(Some("Int8Array(4) [ -1, 2, 3, 10 ]".into())));
        assert_eq!(call("slice", &[n(1.0), n(-1.0)]), Ok(Some("Int8Array(2) [ 2, 3 ]".into())));
        assert_eq!(call("join", &[s(cx, "-")]), Ok(Some("-1-2-3-10".into())));
        assert_eq!(call("indexOf", &[n(3.0)]), Ok(Some("2".into())));
        assert_eq!(call("fill", &[n(129.0), n(3.0)]), Ok(Some("Int8Array(4) [ -1, 2, 3, -127 ]".into())));
        assert_eq!(call("set", &[parse(cx, "[7, 8]"), n(2.0)]), Ok(Some("undefined".into())));
        assert_eq!(show(cx, a), "Int8Array(4) [ -1, 2, 7, 8 ]");
        assert_eq!(call("push", &[n(1.0)]), Ok(None));
        assert!(call("set", &[parse(cx, "[7, 8]"), n(3.0)]).is_err());
        assert_eq!(exception(cx), "RangeError: offset is out of bounds");
        // An array takes it as one value, and spreads what iterates over it.
        let plain = object_of(parse(cx, "[0]")).unwrap();
        let joined = ops::concat(cx, plain, a).expect("memory");
        assert_eq!(show(cx, from_object(joined)), "[ 0, Int8Array(4) [ -1, 2, 7, 8 ] ]");
        let items = dynamic::iter_to_array(cx, a, dynamic::OF).expect("iterable");
        assert_eq!(show(cx, from_object(items)), "[ -1, 2, 7, 8 ]");
        let copy = ops::convert(cx, object_of(a).unwrap(), Kind::I8).expect("fits");
        assert_eq!(show(cx, from_object(copy)), "[ -1, 2, 7, 8 ]");
    });
}

#[test]
fn inspection_nests_and_abbreviates() {
    with_cx(|cx| {
        let a = array(cx, Kind::U8, &[1.0]);
        let nest = |w: Word| from_object(store::array_of(cx, Kind::Any, &[w]).expect("memory"));
        assert_eq!(show(cx, nest(nest(a))), "[ [ Uint8Array(1) [ 1 ] ] ]");
        assert_eq!(show(cx, nest(nest(nest(a)))), "[ [ [ [Uint8Array] ] ] ]");
        let long = typed::new(cx, Kind::U8, 150).expect("memory");
        let shown = show(cx, from_object(long));
        assert!(shown.starts_with("Uint8Array(150) [\n  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,\n"), "{shown}");
        assert!(shown.ends_with("  ... 50 more items\n]"), "{shown}");
    });
}

//! String words against a model of plain code units.

use crate::object::cx::*;
use crate::object::testing::{exception, s, text, with_cx};
use crate::string::chars::Chars;
use crate::string::{atoms, concat, heap, ops};
use proptest::prelude::*;
use ultra_abi::value::*;

fn units(cx: Cx, word: Word) -> Vec<u16> {
    heap::chars(cx, &word).units().collect()
}

/// Canonical form: short Latin-1 texts are immediate, and hashes agree with equality.
fn check_form(cx: Cx, word: Word) {
    let chars = heap::chars(cx, &word);
    let short = chars.len() <= SMALL_STRING_MAX && chars.is_latin1();
    assert_eq!(tag(word) == TAG_SMALL_STRING, short, "{chars:?}");
    let wide: Vec<u16> = chars.units().collect();
    let again = heap::from_utf16(cx, &wide).expect("memory");
    assert!(heap::equals(cx, word, again));
    assert_eq!(heap::hash(cx, word), heap::hash(cx, again));
}

#[derive(Clone, Debug)]
enum Step {
    New(Vec<u16>),
    /// Strings are named by their number modulo how many there are.
    Concat(usize, usize),
    Concat3(usize, usize, usize),
    Slice(usize, usize, usize),
    AppendMany(usize, Vec<u16>, u8),
    PrependMany(usize, Vec<u16>, u8),
    Replace(usize, usize, usize),
    Upper(usize),
}

fn some_units() -> impl Strategy<Value = Vec<u16>> {
    let unit = prop::sample::select(vec![97u16, 98, 32, 0xE9, 0xFF, 0x100, 0x4E2D, 0xD83D, 0xDE00]);
    prop_oneof![
        3 => prop::collection::vec(97u16..100, 0..8),
        1 => prop::collection::vec(97u16..100, 60..200),
        2 => prop::collection::vec(unit, 0..90),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let i = 0usize..1000;
    prop_oneof![
        some_units().prop_map(Step::New),
        (i.clone(), i.clone()).prop_map(|(a, b)| Step::Concat(a, b)),
        (i.clone(), i.clone(), i.clone()).prop_map(|(a, b, c)| Step::Concat3(a, b, c)),
        (i.clone(), i.clone(), i.clone()).prop_map(|(a, b, c)| Step::Slice(a, b, c)),
        (i.clone(), some_units(), 1u8..60).prop_map(|(a, u, n)| Step::AppendMany(a, u, n)),
        (i.clone(), some_units(), 1u8..60).prop_map(|(a, u, n)| Step::PrependMany(a, u, n)),
        (i.clone(), i.clone(), i.clone()).prop_map(|(a, b, c)| Step::Replace(a, b, c)),
        i.prop_map(Step::Upper),
    ]
}

type Pair = (Word, Vec<u16>);

fn replace_first(text: &[u16], what: &[u16], with: &[u16]) -> Vec<u16> {
    match (0..=text.len()).find(|&i| text[i..].starts_with(what)) {
        Some(i) => [&text[..i], with, &text[i + what.len()..]].concat(),
        None => text.to_vec(),
    }
}

fn apply(cx: Cx, all: &[Pair], step: &Step) -> Pair {
    let at = |i: usize| &all[i % all.len()];
    match step {
        Step::New(u) => (heap::from_utf16(cx, u).expect("memory"), u.clone()),
        Step::Concat(a, b) => {
            let (a, b) = (at(*a), at(*b));
            (concat::concat(cx, a.0, b.0).expect("memory"), [&a.1[..], &b.1].concat())
        }
        Step::Concat3(a, b, c) => {
            let (a, b, c) = (at(*a), at(*b), at(*c));
            let all = concat::concat_all(cx, &[a.0, b.0, c.0]).expect("memory");
            let three = concat::concat3(cx, a.0, b.0, c.0).expect("memory");
            assert!(heap::equals(cx, all, three));
            (three, [&a.1[..], &b.1, &c.1].concat())
        }
        Step::Slice(a, from, to) => {
            let a = at(*a);
            let n = a.1.len() + 1;
            let (from, to) = ((from % n).min(to % n), (from % n).max(to % n));
            (heap::slice(cx, a.0, from, to).expect("memory"), a.1[from..to].to_vec())
        }
        Step::AppendMany(a, u, n) | Step::PrependMany(a, u, n) => {
            let mut pair = at(*a).clone();
            let part = heap::from_utf16(cx, u).expect("memory");
            for _ in 0..*n {
                pair = if matches!(step, Step::AppendMany(..)) {
                    (concat::concat(cx, pair.0, part).expect("memory"), [&pair.1[..], u].concat())
                } else {
                    (concat::concat(cx, part, pair.0).expect("memory"), [&u[..], &pair.1].concat())
                };
            }
            pair
        }
        Step::Replace(a, b, c) => {
            let (a, b, c) = (at(*a), at(*b), at(*c));
            (ops::replace(cx, a.0, b.0, c.0, false).expect("memory"), replace_first(&a.1, &b.1, &c.1))
        }
        Step::Upper(a) => {
            let a = at(*a);
            let upper = String::from_utf16_lossy(&a.1);
            if upper.contains('\u{FFFD}') {
                return a.clone();
            }
            (ops::to_upper(cx, a.0).expect("memory"), upper.to_uppercase().encode_utf16().collect())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn words_agree_with_code_units(steps in prop::collection::vec(step(), 1..40)) {
        with_cx(|cx| {
            let mut all: Vec<Pair> = vec![(EMPTY_STRING, Vec::new())];
            for step in &steps {
                let pair = apply(cx, &all, step);
                if pair.1.len() < 20_000 {
                    all.push(pair);
                }
            }
            // Older strings must not see what was appended later to their buffers.
            for (word, model) in &all {
                assert_eq!(&units(cx, *word), model);
                check_form(cx, *word);
            }
            for (a, b) in all.iter().zip(all.iter().skip(1)) {
                assert_eq!(heap::equals(cx, a.0, b.0), a.1 == b.1);
                assert_eq!(heap::chars(cx, &a.0).compare(heap::chars(cx, &b.0)), a.1.cmp(&b.1));
            }
        });
    }
}

#[test]
fn appending_is_linear_and_aliases_stay() {
    with_cx(|cx| {
        let part = s(cx, "0123456789");
        let mut all = EMPTY_STRING;
        let mut half = EMPTY_STRING;
        for i in 0..20_000 {
            all = concat::concat(cx, all, part).expect("memory");
            if i == 9_999 {
                half = all;
            }
        }
        assert_eq!(heap::len(cx, all), 200_000);
        // The half and the whole share an end no more: both can go on.
        let other = concat::concat(cx, half, s(cx, "X")).expect("memory");
        assert_eq!(heap::unit_at(cx, other, 100_000), Some(b'X' as u16));
        assert_eq!(heap::unit_at(cx, all, 100_000), Some(b'0' as u16));
    });
}

#[test]
fn atoms_are_unique() {
    with_cx(|cx| {
        let a = atoms::intern_str(cx, "property").expect("memory");
        let built = concat::concat(cx, s(cx, "prop"), s(cx, "erty")).expect("memory");
        assert_ne!(a, built);
        assert_eq!(atoms::intern_word(cx, built), Ok(a));
        assert_eq!(atoms::find_word(cx, s(cx, "unknown name")), None);
        assert_eq!(atoms::intern_str(cx, "abc"), Ok(s(cx, "abc")));
        let wide = atoms::intern_str(cx, "中文 name").expect("memory");
        assert_eq!(atoms::find(cx, heap::chars(cx, &wide)), Some(wide));
        assert!(!heap::equals(cx, a, wide));
    });
}

#[test]
fn functions_of_the_prototype() {
    with_cx(|cx| {
        let t = |w: Res<Word>| text(cx, w.expect("memory"));
        let abc = s(cx, "abcdef");
        assert_eq!(t(ops::slice(cx, abc, -3, -1)), "de");
        assert_eq!(t(ops::slice(cx, abc, 4, 2)), "");
        assert_eq!(t(ops::substring(cx, abc, 4, -2)), "abcd");
        assert_eq!(t(ops::trim(cx, s(cx, "\u{FEFF} x \n"), true, true)), "x");
        assert_eq!(t(ops::trim(cx, s(cx, "   "), true, true)), "");
        assert_eq!(t(ops::repeat(cx, s(cx, "ab"), 3.7)), "ababab");
        assert_eq!(t(ops::pad(cx, abc, 10, s(cx, "123"), false)), "1231abcdef");
        assert_eq!(t(ops::pad(cx, abc, 8, s(cx, "123"), true)), "abcdef12");
        let replace = |a: &str, b: &str, c: &str, all| t(ops::replace(cx, s(cx, a), s(cx, b), s(cx, c), all));
        assert_eq!(replace("aXbXc", "X", "[$&$$$`$']", true), "a[X$abXc]b[X$aXbc]c");
        assert_eq!(replace("abc", "", "-", true), "-a-b-c-");
        assert_eq!(replace("abc", "", "-", false), "-abc");
        assert_eq!(replace("abc", "x", "-", true), "abc");
        assert_eq!(ops::repeat(cx, abc, -1.0), Err(Thrown));
        assert_eq!(exception(cx), "RangeError: Invalid count value: -1");
        assert_eq!(ops::repeat(cx, abc, 1e9), Err(Thrown));
        assert_eq!(exception(cx), "RangeError: Invalid string length");
        assert_eq!(ops::from_code_point(cx, 1114112.0), Err(Thrown));
        assert_eq!(exception(cx), "RangeError: Invalid code point 1114112");
        assert_eq!(units(cx, ops::from_code_point(cx, 128512.0).expect("memory")), [0xD83D, 0xDE00]);
    });
}

#[test]
fn splitting() {
    with_cx(|cx| {
        let split = |a: &str, by: &str, limit: Word| {
            let array = ops::split(cx, s(cx, a), s(cx, by), limit).expect("memory");
            text(cx, crate::array::ops::join(cx, array, Some(s(cx, "|"))).expect("memory"))
        };
        assert_eq!(split("a,b,,c", ",", UNDEFINED), "a|b||c");
        assert_eq!(split("abc", "", UNDEFINED), "a|b|c");
        assert_eq!(split("a,b,c", ",", 2f64.to_bits()), "a|b");
        assert_eq!(split("abc", "x", UNDEFINED), "abc");
        assert_eq!(split("", ",", UNDEFINED), "");
        assert_eq!(split("a,b", ",", 0), "");
    });
}

#[test]
fn equality_crosses_encodings() {
    with_cx(|cx| {
        let long: String = std::iter::repeat_n("latin text ", 20).collect();
        let wide = s(cx, &format!("{long}中"));
        let narrow = s(cx, &long);
        let slice = heap::slice(cx, wide, 0, long.len()).expect("memory");
        assert!(matches!(heap::chars(cx, &slice), Chars::Utf16(_)));
        assert!(heap::equals(cx, slice, narrow));
        assert_eq!(heap::hash(cx, slice), heap::hash(cx, narrow));
    });
}

//! Tests of the whole syntax layer: programs that must parse, errors that must be found, trees,
//! and properties over arbitrary text.

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn file(text: &str) -> SourceFile {
    SourceFile::new("test", text).expect("test texts are short")
}

fn parse_text(text: &str, dialect: Dialect) -> (Parsed, Interner) {
    let mut interner = Interner::new();
    let parsed = parse(&file(text), dialect, &mut interner);
    (parsed, interner)
}

/// The codes and places of the diagnostics, such as `U0201@4..5`.
fn errors(text: &str, dialect: Dialect) -> Vec<String> {
    let (parsed, _) = parse_text(text, dialect);
    parsed.diagnostics.iter().map(|d| format!("{}@{:?}", d.code, d.span)).collect()
}

fn codes(text: &str, dialect: Dialect) -> Vec<&'static str> {
    let (parsed, _) = parse_text(text, dialect);
    parsed.diagnostics.iter().map(|d| d.code.as_str()).collect()
}

fn check(text: &str, dialect: Dialect, expected: Expect) {
    let (parsed, interner) = parse_text(text, dialect);
    let mut out = dump_ast(&parsed, &interner);
    for d in &parsed.diagnostics {
        out.push_str(&format!("{} {:?} {}\n", d.code, d.span, d.message));
    }
    expected.assert_eq(&out);
}

const GOOD_JS: &[&str] = &[
    "a = b\n++c\nd",
    "var a = 1, b, {c, d: [e = 2, ...f], ...g} = h;",
    "x = a ? (b, c) : d => e",
    "x = a ? (b) : c => d",
    "x = a ? (b) => (c) : d => e",
    "for (var i = 0, n = (a in b) ? 1 : 2; i < n; i++) { continue }",
    "for (var x in y) ; for (x of y) ; for (let of of xs) ; for (async of => {}; false;) break",
    "for (let [a, b] of c) { let d } for (const k in o) {} for ({a = 1} of b) ;",
    "for (var i = 1 in {}) ;",
    "if (a) function f() {} else b",
    "a: for (;;) { b: { break b } continue a }",
    "switch (a) { case 1: case 2: b; break; default: c }",
    "try { a } catch { b } finally { c } try {} catch ({ message }) {}",
    "x = /[/]\\//gi.test(y) / 2 / z; if (a) /re/.exec(b); x = a++ / 2; x = {} / 1",
    "x = `a${b}c${`d${e}`}f`; tag`\\u${1}`; new Foo`x`",
    "function* g() { yield; yield* a; yield b, c; const x = yield }",
    "async function f() { await a; for await (const x of y) ; await using }",
    "x = async () => await y; x = async x => x; async (a, b); async\nfoo",
    "x = (a, {b}, [c] = [], ...d) => ({}); y = () => {}\n(z)",
    "class A extends B { #x = 1; static #y; static { this.#y = 2; #x in this } get a() { return this.#x } set a(v) {} static async *gen() {} 'str'() {} 1() {} [c]() {} get; set; static; async; constructor() { super(); super.x } }",
    "class A { static static = 1; get\nx() {} static async = 2; static get = 3; 'constructor'() {} }",
    "x = { a, b: 1, c() {}, get d() { return 1 }, set d(v) {}, async e() {}, *f() {}, async *g() {}, [h]: 1, 'i': 2, 3: 4, ...j, get, set, async, await: 1, if: 2 }",
    "({ a = 1, b: { c = 2 } } = d); [a = 1, , ...b] = c; [a.b, c[d]] = e; [{ a = 1 }] = b",
    "a ?? b; a?.b?.[c]?.(d); a ? .5 : 1; delete a?.b; (a && b) ?? c; a ??= b; a ||= c; a &&= d; a **= 2",
    "-(a ** b); 2 ** -1; (-1) ** 2; a ** b ** c; !a in b; typeof a instanceof b",
    "new A; new A(); new A.B.C(x).d; new (a())(); new new A()(); function t() { new.target }",
    "import('x').then(y); import('x', { with: {} })",
    "0x1F; 0b11; 0o17; 017; 089; 1_000; .5; 5.; 1e10; 10n; 0xFFn; '\\\n'; '\\0'; '\\x41\\u{1F600}'",
    "var \\u0061b = 1; var ünïcode, $, _; var let_; let\nawait_; var yield_, async, of, get, set, static_, await",
    "label: { } debugger; ; with (a) { b } var yield = 1; let = 2; var package",
    "(function () { 'use strict'; return this })()",
    "do x++; while (x < 5) y",
    "a\n/b/g",
    "function f(a, a) { return arguments } function f() {} var f; function g(x) { var x; function x() {} }",
    "{ function f() {} function f() {} } try {} catch (e) { var e }",
    "<!-- html comment\nx\n--> also",
    "#!/usr/bin/env node\nx",
    "throw a, b; if (a) ; else if (b) ; else ;",
    "x = y => { } \n [1].map(f)",
    "f(a => a, b => ({ c }), async function () {}, class {}, function named() {})",
    "var { [a]: b, 'c': d, 0: e } = f; for (const { a: { b = 1 } } of c) {}",
    "x = a\n?.b\n.c; a\n(b)",
    "eval('x'); (0, eval)('y')",
    "if (a) { } /re/g.test(x)",
    "x = function () {} / 1; y = ((a) / b) / (c); z = (a /b/ c, (d) => e)",
    "async () => { for await (x of y); }; async function* g() { yield await x }",
    "a = b ? c : d ? e : f; a = b, c; a = (b, c)",
    "x = [,]; x = [, a, , b, ]; f(...a, b, ); ",
];

const GOOD_MODULES: &[&str] = &[
    "import a from 'a'; import * as b from 'b'; import { c, d as e, default as f, 'g h' as i } from 'c'; import 'x'; import j, { k } from 'l'; import m, * as n from 'o'",
    "import json from './x.json' with { type: 'json' }; export * from 'a'; export * as b from 'c'; export { d, e as f, g as default, h as 'i j' } from 'k'",
    "export const a = 1, { b, c } = d; export function e() {} export class F {} export default function () {}",
    "export default class {} export { x as y }; let x",
    "export default (a, b) => c; const d = await e; for await (const f of g) ;",
    "export default async function f() {} import.meta.url",
    "import defer * as x from 'y'; import source z from 'w'; import { type } from 'v'; import source from 'u'",
];

const GOOD_TS: &[&str] = &[
    "let a: number, b: string[] = [], c: Array<Map<string, number>>, d: [a: number, b?: string, ...c: any[]];",
    "function f<T extends U = V, const W>(this: X, a?: T, ...b: T[]): asserts a is T { return a! }",
    "function f(a: string): number; function f(a: any) { return 1 }",
    "interface A<T> extends B<T>, C { a: number; b?: string, readonly c: T; (x: T): void; new (x: T): A<T>; [k: string]: any; m?(): void; get d(): number; set d(v: number) }",
    "type A = B | C & D; type E = | F | G; type H = { [K in keyof T]: T[K] }; type I = { -readonly [K in T as `x${K}`]+?: T[K] }",
    "type A<T> = T extends (infer U extends string)[] ? U : T extends Promise<infer V> ? V : never;",
    "type F = (a: number, ...b: string[]) => void; type C = new (a: A) => B; type AC = abstract new () => B; type G = <T>(x: T) => x is string",
    "type A = typeof b.c<D>; type E = import('f').G<H>; type I = readonly string[]; type J = unique symbol; type K = L['m'][number]; type N = -1 | 1n | 'x' | true | `a${B}`",
    "type U = () => void | string; type P = (A | B)[]; type O = {}; type Q = (() => void)[]; type R = keyof typeof x",
    "enum A { B, C = 1, D = 'x', 'E' = B | C } const enum F { G } declare enum H { I }",
    "abstract class A<T> extends B<T> implements C, D<T> { private readonly a: number = 1; protected static b?: string; c!: T; declare d: any; abstract e(): void; abstract f: number; override g() {} constructor(private x: number, public readonly y?: string, protected z = 1) { super() } [k: string]: any; m<T>(): void; m() {} accessor n = 1; static readonly o = 2; readonly; declare; abstract; private }",
    "x = a as B; x = a as const; x = a satisfies B; x = <T>a; x = a!; x = a!.b!.c![0]!(); (a as B) = c; for (const x of y as Z[]) ;",
    "f<T>(x); new A<B>(); a < b > c; f<A, B<C>>(); f<T>`x`; const g = h<T>; a < b || c > d; x = a<b>(c); i<j>>k",
    "const f = <T,>(x: T): T => x; const g = async <T>(x: T) => x; const h = (x: number): x is string => true; const i = async (x: T): Promise<T> => x",
    "x = a ? (b: number): string => c : d; x = a ? (b) : (c): d => e; x = a ? (b) => c : d",
    "declare const a: number; declare function f(): void; declare module 'x' { export const y: number; export default z } declare global { interface Window {} } declare namespace A.B { let c } declare let d: any; declare class E { m(): void; f }",
    "namespace A { export const b = 1; namespace C {} } module D {} type = 1; declare; namespace; abstract; interface\nX",
    "import type { A } from 'a'; import { type B, C } from 'b'; import type D from 'd'; import type from 'e'; import F = require('f'); import G = H.I; export type { A }; export = x; export as namespace Y; export import J = K.L; export type M = 1; export interface N {} export enum O {} export abstract class P {} export declare const Q: 1; import type * as R from 's'",
    "@dec class A { @a.b() @(c) m(@d x) {} @e f = 1; @g static [h] = 2 } @i export class B {} export @j class C {} @k() abstract class D {} x = @l class {}",
    "let x: A.B.C<D>[] | null = null!, y: void, z: this, w: object; let { a, b }: { a: string; b: number } = c; catch_: try {} catch (e: unknown) {}",
    "let f: (a: number) => (b: string) => void; let o: { a(): void, b: () => void; 'c': 1; 2: 3; [Symbol.x]: 4 }; var v: new () => A; let g: (x?: number) => x is string",
    "using a = b; for (using c of d) ; async function f() { await using e = g }",
    "function assert(x: any): asserts x {} class A { is(): this is B { return true } }",
    "type A = B extends C ? D : E; let x: A extends B ? C : D = y; function f(a = <T>(b: T) => b) {}",
    "var a = x as any as string[]; if (a < b && c > d) {} for (let i = 0; i < n; i++) {} a = b < c; while (a<b) c()",
    "class A { get x(): number { return 1 } set x(v: number) {} static { } ; 'a': string; 1 = 2; static async *m<T>() {} }",
    "let x = y as any\nlet z = { a: <any>b, c: d as E }; export default interface Foo {}",
    "type T1 = [first: string, second?: number]; type T2 = [...A, ...B]; type T3 = [A?]; type T4 = readonly [x: 1]; type T5<in out T> = T",
    "function f({ a, b }: { a: number, b: string } = {}, [c]: number[]) {} (async <T>(x: T) => {})(1); let fn = function <T>(x: T) {}",
    "const x = { m<T>(a: T): T { return a }, async n(): Promise<void> {}, get p(): number { return 1 } }",
];

const GOOD_UTS: &[&str] = &[
    "if x == 5\n  console.log(\"x is 5\")\nelse if y {\n z() } else w()",
    "if (a) && b { c }\nif (a) b\nif (a)\n  -b\nwhile x < 10 { x++ }\nswitch v { case 1: a }\nif !done { x }",
    "for let i: int64 = 0; i < 100; ++i { print i }\nfor let item of list\n  print item\nfor ;; { break }\nfor i = 0; i < 3; i++\n  f(i)",
    "for each k, v in item { print k, v }\nfor each v in item print v\nfor each (const [a, b] in c) {}",
    "for (;;) { for (;;) { for (;;) { break 2 } continue 1 } }",
    "print a, b\nprint \"x\", ...y\nprint(a)\nprint (a + b) * 2, c\nprint -1\nprint [1, 2]\nprint `a${b}`\nprint = 3\nprint.x\nprint [0]",
    "free x\nfree shallow x.y\nfree(x)\nfree = 1\nlet shallow = free",
    "go f(a, b)\nlet p = await go obj.m(x)\ngo function () { x }\ngo async () => { y }\ngo (function () {})()\ngo(x)\ngo = 1\nlet q = go f?.(1)\ngo (a) => b",
    "atomic x++\natomic x += e\natomic { x = 1; y = 2 }\natomic ++x\natomic = 1\natomic this.n -= 1\nlet old = atomic n++",
    "f(5, c=10, d = { e: 1 })\nnew P(1, x=2)\nf((a = b), a == b)",
    "fast function f(a: int64): int64 { return a }\ninline fast function g() {}\nlet h = fast function () {}\nlet fast = 1, inline = 2\nexport default fast function () {}",
    "class D extends A, B<T>, C.E { weak parent: Node; weak = 1; x: int64; destructor() {} operator + (a: P, b: P) { return a } operator - (a: P) {} operator ! (a: P) {} operator [] (a: P, i: int64) {} operator []= (a: P, i, v) {} operator [:] (a: P, s) {} operator () (a: P) {} operator @ (a: P, b: P) {} operator == (a: P, b: P): boolean { } operator < (a: P, b: P) {} operator() {} }",
    "class E { operator = 1; operator; destructor = 2 }\nlet operator, weak, destructor",
    "let p = new P{ x: 1, y: 2 }\nlet q = new P(1){ z }\nlet r = new P\n{ block }\nif new P == p { x }",
    "x[1:2]; x[:]; x[::2]; x[a:b:c]; x[:, 1:3, ::2]; x[1, :]; x[-1]; x[a ? b : c]; x[a ? b : c : d]; x[(a) : b]; x?.[1:2]",
    "x[anything goes here]; y[2016-01-01 to 2017]; z['it''s']",
    "let a: [int64], b: [A, B], c: [[float64]], d: [int64][], e: [A,]",
    "let m = a @ b @ c\n@dec class X {}",
    "function f() { await g() }\nlet x = await y\nconst h = () => await z",
    "if (a) { b } else { c }\nif (x as any).y == 1 { z }\nfor (let i = 0; i < n; i++) x\nwhile (a) (b)()",
    "let f = x => { y }\nif list.some(x => { return x > 1 }) { y }\nif f({ a: 1 }) { z }\nif a[0] == (b) { c }",
    "try { a } catch e { b }\nfor const [k, v] of m { w }\nfor x in y { z }\ndo { a } while b\nc",
    "go f(1)\nprint f(x)[0].y, z\nlet v: int64 = 9223372036854775807",
];

#[test]
fn good_programs_have_no_errors() {
    let sets = [
        (GOOD_JS, Dialect::Js),
        (GOOD_MODULES, Dialect::Js),
        (GOOD_TS, Dialect::Ts),
        (GOOD_UTS, Dialect::Uts),
    ];
    let mut failures = String::new();
    for (set, dialect) in sets {
        for text in set {
            let source = file(text);
            let parsed = parse(&source, dialect, &mut Interner::new());
            for d in &parsed.diagnostics {
                failures.push_str(&crate::diag::render(d, &source, false));
                failures.push_str("\n\n");
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn early_errors_are_found() {
    let js: &[(&str, &[&str])] = &[
        ("let a; let a", &["U0201"]),
        ("let a; var a", &["U0201"]),
        ("{ let a; { var a } }", &["U0201"]),
        ("function f(a) { let a }", &["U0201"]),
        ("try {} catch (e) { let e }", &["U0201"]),
        ("switch (a) { case 1: let b; case 2: let b }", &["U0201"]),
        ("1 = 2", &["U0202"]),
        ("a + b = c", &["U0202"]),
        ("f() = 1", &["U0202"]),
        ("[a, b + c] = d", &["U0202"]),
        ("a++ ++", &["U0102"]),
        ("for (1 of x) ;", &["U0202"]),
        ("break", &["U0203"]),
        ("continue", &["U0204"]),
        ("switch (a) { case 1: continue }", &["U0204"]),
        ("for (;;) { function f() { break } }", &["U0203"]),
        ("import 'a'; return 1", &["U0205"]),
        ("class A { static { return } }", &["U0205"]),
        ("for (;;) { break a }", &["U0206"]),
        ("a: a: b", &["U0207"]),
        ("a: { continue a }", &["U0208"]),
        ("function f() { await x }", &["U0209"]),
        ("'use strict'; with (a) b", &["U0211"]),
        ("'use strict'; delete a", &["U0212"]),
        ("'use strict'; eval = 1", &["U0213"]),
        ("(a, a) => b", &["U0214"]),
        ("function f(a = 1) { 'use strict' }", &["U0215"]),
        ("class A { constructor() {} constructor() {} }", &["U0216"]),
        ("class A { get constructor() {} }", &["U0217"]),
        ("class A { #a; #a }", &["U0218"]),
        ("class A { a() { this.#b } }", &["U0219"]),
        ("export { a }", &["U0223"]),
        ("export let a; export { a }", &["U0222"]),
        ("let let = 1", &["U0224"]),
        ("new.target", &["U0225"]),
        ("const a", &["U0110"]),
        ("({ a = 1 })", &["U0127"]),
        ("a ?? b || c", &["U0107"]),
        ("-a ** b", &["U0108"]),
        ("var if = 1", &["U0104"]),
        ("'use strict'; var static", &["U0104"]),
        ("'use strict'; 017", &["U0011"]),
        ("if (a) let b", &["U0106"]),
        ("if (a) class B {}", &["U0106"]),
        ("[...a, b] = c", &["U0111"]),
        ("throw\na", &["U0105"]),
        ("super.x", &["U0124"]),
        ("function f() { super() }", &["U0124"]),
        ("try {}", &["U0118"]),
        ("\"abc", &["U0002"]),
        ("`abc", &["U0003"]),
        ("/* abc", &["U0004"]),
        ("/abc", &["U0005"]),
        ("/a/gg", &["U0008"]),
        ("\\u0069f (a)", &["U0010"]),
        ("1__0; 3a; 0x", &["U0007", "U0007", "U0007"]),
        ("'\\u{110000}'", &["U0006"]),
        ("let x: number", &["U0109"]),
        ("function f() { import a from 'b' }", &["U0131"]),
    ];
    let mut failures = String::new();
    for (text, expected) in js {
        let found = codes(text, Dialect::Js);
        if found != *expected {
            failures.push_str(&format!("{text}: {found:?} instead of {expected:?}\n"));
        }
    }
    assert!(failures.is_empty(), "{failures}");
    let uts: &[(&str, &[&str])] = &[
        ("go f", &["U0113"]),
        ("atomic x", &["U0114"]),
        ("f(a=1, 2)", &["U0120"]),
        ("for (;;) { break 1 }", &["U0128"]),
        ("class A { operator + (a: A, b: A, c: A) {} }", &["U0129"]),
        ("class A { destructor(x) {} }", &["U0117"]),
        ("if x { let a; let a }", &["U0201"]),
    ];
    for (text, expected) in uts {
        assert_eq!(codes(text, Dialect::Uts), *expected, "{text}");
    }
}

#[test]
fn several_errors_are_reported_at_their_places() {
    assert_eq!(
        errors("let a = ;\nlet b = 1\nfoo(,\nlet c = )\nb = 2 3\n", Dialect::Js),
        ["U0101@8..9", "U0101@24..25", "U0101@30..31", "U0101@34..35", "U0102@42..43"]
    );
}

#[test]
fn operators_and_statements() {
    check(
        "a + b * c ** d ** e - f\nx = y ? z : w, v?.[0].p()\nif (a) b; else c",
        Dialect::Js,
        expect![[r#"
            ExprStmt
              Binary -
                Binary +
                  Name a
                  Binary *
                    Name b
                    Binary **
                      Name c
                      Binary **
                        Name d
                        Name e
                Name f
            ExprStmt
              Sequence
                Assign =
                  Name x
                  Conditional
                    Name y
                    Name z
                    Name w
                OptionalChain
                  Call
                    Member p
                      Index ?.
                        Name v
                        Number 0
            If
              Name a
              then: ExprStmt
                Name b
              else: ExprStmt
                Name c
        "#]],
    );
}

#[test]
fn ultrascript_statements() {
    check(
        "if x == 5\n  print x, y\nfor each k, v in m { free shallow k }\nlet p = new P{ a: 1 }\nawait go f(1, c=2)\np[1:, ::-1]\np[2016-01 to 17]\natomic n += 1\n",
        Dialect::Uts,
        expect![[r#"
            If
              Binary ==
                Name x
                Number 5
              then: Print
                arg: Name x
                arg: Name y
            ForEach let
              key: Name k
              value: Name v
              in: Name m
              Block
                Free shallow
                  Name k
            Var let
              Declarator
                Name p
                init: New
                  Name P
                  fields: Fields
                    Prop
                      key: a
                      Number 1
            ExprStmt
              Await
                Go
                  Call
                    Name f
                    arg: Number 1
                    arg: Named
                      c
                      Number 2
            ExprStmt
              Subscript "1:, ::-1"
                Name p
                Slice
                  start: Number 1
                Slice
                  step: Unary -
                    Number 1
            ExprStmt
              RawSubscript "2016-01 to 17"
                Name p
            ExprStmt
              Atomic
                Assign +=
                  Name n
                  Number 1
        "#]],
    );
}

#[test]
fn classes_and_types() {
    check(
        "class A<T> extends B, C { weak p: [int64]; operator - (a: A): A { return a } constructor(private x = 1) {} }\ntype F<T> = T extends (infer U)[] ? { readonly [K in keyof U]?: U[K] } : never",
        Dialect::Uts,
        expect![[r#"
            Class A
              TypeParam T
              extends: Name B
              extends: Name C
              Field weak
                key: p
                type: ArrayType
                  Ref int64
              Member operator unary -
                Operator
                  Param
                    Name a
                    type: Ref A
                  returns: Ref A
                  Return
                    Name a
              Member
                key: constructor
                Constructor
                  Param private
                    Name x
                    default: Number 1
            TypeAlias F
              TypeParam T
              ConditionalType
                Ref T
                extends: ArrayType
                  ParenType
                    Infer U
                Mapped K readonly optional
                  in: Keyof
                    Ref U
                  type: IndexedType
                    Ref U
                    Ref K
                Type Never
        "#]],
    );
}

#[test]
fn literals_keep_exact_values() {
    check(
        "9223372036854775807; 1e3; .5; 0xFFn; '\\ud800x'; `a${b}\\n`; /a[/]b/g",
        Dialect::Js,
        expect![[r#"
        ExprStmt
          Number 9223372036854775807
        ExprStmt
          Number 1000.0
        ExprStmt
          Number 0.5
        ExprStmt
          BigInt 0xFF
        ExprStmt
          String utf16[d800, 0078]
        ExprStmt
          Template "a" "\n"
            Name b
        ExprStmt
          RegExp /a[/]b/g
    "#]],
    );
}

#[test]
fn tokens_are_listed_as_the_grammar_reads_them() {
    let mut interner = Interner::new();
    let text = "a = /b/g / `c${d}e`\n#x";
    expect![[r##"
        0..1 identifier "a"
        2..3 punctuator "="
        4..8 regular expression "/b/g"
        9..10 punctuator "/"
        11..15 template head "`c${"
        15..16 identifier "d"
        16..19 template tail "}e`"
        20..22 private name "#x" newline
    "##]]
    .assert_eq(&dump_tokens(&file(text), Dialect::Js, &mut interner));
}

#[test]
fn the_content_decides_whether_a_file_is_a_module() {
    let (script, _) = parse_text("var a = 017", Dialect::Js);
    assert!(!script.is_module && !script.is_strict && script.diagnostics.is_empty());
    let (module, _) = parse_text("import 'x'; var a = 017", Dialect::Js);
    assert!(module.is_module && module.is_strict);
    assert_eq!(module.diagnostics.len(), 1);
    let (awaits, _) = parse_text("const a = await b", Dialect::Js);
    assert!(awaits.is_module && awaits.has_top_level_await);
    let (common, _) = parse_text("if (a) { return 1 }", Dialect::Js);
    assert!(common.diagnostics.is_empty());
    assert_eq!(common.top_level_return, Some(ast::Span::new(9, 15)));
    let (ultra, _) = parse_text("x", Dialect::Uts);
    assert!(ultra.is_module && !ultra.has_top_level_await);
}

/// Openings that nest; each is repeated far past the limit.
const NESTS: &[&str] = &[
    "(",
    "[",
    "{",
    "a(",
    "a[",
    "x = {a:",
    "`${",
    "!",
    "-",
    "new ",
    "a ? ",
    "a ? b : ",
    "a => ",
    "() => {",
    "if (a) ",
    "if (a) ; else ",
    "while (a) ",
    "for (;;) ",
    "a: ",
    "function f() {",
    "class A { a() {",
    "class A { a = ",
    "[[",
    "({a:",
    "async () => {",
    "a = ",
    "a ** ",
    "a ?? (",
    "let [",
    "let {a: ",
    "typeof ",
    "await ",
    "yield ",
    "go ",
    "atomic ",
    "print ",
    "let x: ",
    "let x: [",
    "let x: {a: ",
    "let x: (a: ",
    "let x: A<",
    "let x: keyof ",
    "<T>",
    "<T>(",
    "(a = ",
    "(a: ",
    "a ? (b) : ",
    "a<",
    "a<b<",
    "(a): ",
    "f<(",
    "namespace A {",
    "@a(",
    "import(",
    "switch (a) { case ",
    "try {",
    "export default ",
    "x[a ",
    "x[1:",
    "new P{a:",
    "for each a in ",
    "free ",
    "do ",
    "(x = (y): z => ",
    "type A = B extends ",
    "type A = infer B extends ",
    "a?.",
    "a.b",
    "a+",
    "a,",
    "a||",
    "`",
    "/",
    "\"",
];

#[test]
fn deep_nesting_is_an_error_and_not_an_overflow() {
    for dialect in [Dialect::Js, Dialect::Ts, Dialect::Uts] {
        for nest in NESTS {
            parse_text(&nest.repeat(20_000), dialect);
        }
    }
    let (parsed, _) = parse_text(&"(".repeat(5000), Dialect::Js);
    assert_eq!(parsed.diagnostics.first().map(|d| d.code.as_str()), Some("U0103"));
    let fits = 60;
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("() => {", "}"), ("if (a) {", "}")]
    {
        let text = format!("{}{}", open.repeat(fits), close.repeat(fits));
        let text = if open == "(" { text.replace("()", "(1)") } else { text };
        assert_eq!(codes(&text, Dialect::Uts), [""; 0], "{open}");
    }
}

#[test]
fn chains_of_operators_have_no_limit_and_members_one() {
    let sum = |n: usize| vec!["a"; n].join(" + ");
    assert_eq!(codes(&sum(1500), Dialect::Js), [""; 0]);
    assert_eq!(codes(&sum(50_000), Dialect::Js), [""; 0]);
    let members = format!("a{}", ".b".repeat(50_000));
    assert_eq!(codes(&members, Dialect::Js), ["U0103"]);
    let (parsed, interner) = parse_text(&sum(1500), Dialect::Js);
    assert!(dump_ast(&parsed, &interner).lines().count() > 2900);
}

/// Counts nodes instead of measuring time: an attempt that is repeated leaves unreachable nodes.
fn nodes(text: &str, dialect: Dialect) -> usize {
    let (parsed, _) = parse_text(text, dialect);
    let ast = &parsed.ast;
    ast.expr_count() + ast.stmt_count() + ast.pat_count() + ast.type_count() + ast.function_count()
}

#[test]
fn attempts_do_not_multiply_work() {
    let shapes: &[(&str, &str, &str)] = &[
        ("(a = ", "1", ")"),
        ("(a: b = ", "1", ")"),
        ("(a = ", "1", "): T => x"),
        ("x ? (", "a", ") : b"),
        ("x ? (a = ", "1", ") : b"),
        ("f<T>(", "1", ")"),
        ("<T>(", "1", ")"),
        ("<T>(a = ", "1", ") => b"),
        ("x[", "1", "]"),
        ("x[a ? ", "1", ": 2]"),
        ("async (a = ", "1", ")"),
        ("{", "a", "}"),
    ];
    for (open, core, close) in shapes {
        let text = |n: usize| format!("{}{core}{}", open.repeat(n), close.repeat(n));
        let (small, large) = (nodes(&text(8), Dialect::Uts), nodes(&text(16), Dialect::Uts));
        // Quadratic growth would give a factor of 4, repeated attempts one of 2^8.
        assert!(large <= small * 4 + 64, "{open}: {small} to {large}");
    }
}

#[test]
fn long_files_take_linear_time() {
    let unit = "function f(a: number, b = [1, 2, (3)]): string { return a < b ? `x${a}` : (b as any).c((d) => d / 2) }\n";
    let count = |n: usize| nodes(&unit.repeat(n), Dialect::Ts);
    assert_eq!(count(2000), 10 * count(200));
}

fn any_dialect() -> impl Strategy<Value = Dialect> {
    prop_oneof![Just(Dialect::Js), Just(Dialect::Ts), Just(Dialect::Uts)]
}

/// Parses, prints and renders; the point is that nothing panics.
fn exercise(text: &str, dialect: Dialect) {
    let source = file(text);
    let mut interner = Interner::new();
    let parsed = parse(&source, dialect, &mut interner);
    for d in &parsed.diagnostics {
        crate::diag::render(d, &source, false);
        assert!(d.span.end as usize <= text.len() + 8, "{d:?}");
    }
    dump_ast(&parsed, &interner);
    dump_tokens(&source, dialect, &mut Interner::new());
}

/// A program of the tests above with pieces cut out, doubled, swapped or replaced.
fn mutate(text: &str, edits: &[(usize, usize, u8)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let junk: Vec<char> = "(){}[]<>`'\"/\\#@;:,.?=!*\n$\u{2028}\u{1F600}aé0".chars().collect();
    for &(at, len, kind) in edits {
        if chars.is_empty() {
            break;
        }
        let at = at % chars.len();
        let end = (at + len % 8).min(chars.len());
        match kind % 4 {
            0 => drop(chars.drain(at..end)),
            1 => chars.insert(at, junk[len % junk.len()]),
            2 => {
                let piece: Vec<char> = chars[at..end].to_vec();
                chars.splice(at..at, piece);
            }
            _ => chars.truncate(at),
        }
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), dialect in any_dialect()) {
        exercise(&String::from_utf8_lossy(&bytes), dialect);
    }

    #[test]
    fn random_tokens_never_panic(picks in proptest::collection::vec(0usize..96, 0..60), dialect in any_dialect()) {
        let words: Vec<&str> = "( ) { } [ ] < > ; , . ?. ? : = => + ++ - * ** / ! ~ @ # ... && ?? == a b 1 2n 'x' `y` `${ } / \
            if else for while do of in let const var function class extends new this super return break continue throw try \
            catch switch case default async await yield get set static import export from as type interface enum namespace \
            declare abstract keyof infer is go print free each atomic fast operator weak destructor typeof delete void null \
            #p \\u0061 label: \n".split_inclusive(char::is_whitespace).collect();
        let text: String = picks.iter().map(|&i| words[i % words.len()]).collect();
        exercise(&text, dialect);
    }

    #[test]
    fn mutated_programs_never_panic(
        which in 0usize..1000,
        edits in proptest::collection::vec((any::<usize>(), any::<usize>(), any::<u8>()), 1..6),
        dialect in any_dialect(),
    ) {
        let all: Vec<&str> = [GOOD_JS, GOOD_MODULES, GOOD_TS, GOOD_UTS].concat();
        exercise(&mutate(all[which % all.len()], &edits), dialect);
    }
}

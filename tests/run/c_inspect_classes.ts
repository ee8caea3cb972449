class Empty {}
class Point { x = 1; y = 2; }
class Sub extends Point { z = [1, 2]; method() {} get g() { return 1; } static s = 5; #p = 1; }
class Tagged { get [Symbol.toStringTag]() { return "Tag"; } a = 1; }
class Custom { [Symbol.for("nodejs.util.inspect.custom")]() { return "custom!"; } }
class ArraySub extends Array {}
class MapSub extends Map {}
console.log(new Empty(), new Point(), new Sub(), new Tagged(), new Custom());
console.log([new Point(), new Empty()], { p: new Point(), e: new Empty() });
console.log(Empty, Sub, Point.prototype, [Empty], { c: Empty });
console.log(class {}, function () {}, () => {}, function named() {}, async () => {}, function* gen() {}, async function* ag() {});
const f: any = function withProps() {};
f.a = 1;
f.b = "two";
console.log(f, Math.max, console.log, Symbol("desc"), Symbol.iterator);
const a = new ArraySub();
a.push(1, 2);
console.log(a, new MapSub([[1, 2]]));
console.log(new (class { q = 1; })(), new (class extends Point {})());
const anonymous = new (class { constructor(public inner: any) {} })(new Point());
console.log(anonymous);
console.log(Object.setPrototypeOf({ a: 1 }, Point.prototype), Object.create(Point.prototype));
console.log(Math, JSON, globalThis === globalThis, Reflect.ownKeys(Point.prototype).length);
console.log(new Date(0), [new Date(86400000)], new Date(NaN), /re+/gi, [/x/]);
console.log((function () { return arguments; } as any)(1, "a"), Promise.resolve(5), new Promise(() => {}));
console.log(new WeakMap(), new WeakSet(), new Proxy({ a: 1 }, {}), (function* () {})());
class Node_ { next: any = null; constructor(public v: number) {} }
const n = new Node_(1);
n.next = new Node_(2);
n.next.next = new Node_(3);
n.next.next.next = new Node_(4);
console.log(n);
n.next.next = n;
console.log(n);

function* count(from: number, to: number): Generator<number> {
  for (let i = from; i <= to; i++) yield i;
}
console.log([...count(1, 5)].join());
let s = 0;
for (const v of count(1, 100)) {
  if (v > 10) break;
  s += v;
}
console.log(s);
function* fib(): Generator<number> {
  let [a, b] = [0, 1];
  for (;;) {
    yield a;
    [a, b] = [b, a + b];
  }
}
const out: number[] = [];
for (const f of fib()) {
  if (f > 100) break;
  out.push(f);
}
console.log(out.join());
function* talk(): Generator<string, string, number> {
  const a = yield "first";
  const b = yield "got " + a;
  return "sum " + (a + b);
}
const t = talk();
let r = t.next();
console.log(r.value, r.done);
r = t.next(5);
console.log(r.value, r.done);
r = t.next(6);
console.log(r.value, r.done, t.next().done);
function* deleg(): Generator<any> {
  yield 0;
  const x = yield* inner();
  yield x;
  yield* [7, 8];
}
function* inner(): Generator<any, string> {
  yield "i";
  return "returned";
}
console.log([...deleg()].join());
function* guarded(): Generator<number> {
  try {
    yield 1;
    yield 2;
  } catch (e) {
    yield -1;
  } finally {
    console.log("cleanup");
  }
}
for (const v of guarded()) break;
const g = guarded();
g.next();
console.log(g.throw(new Error("x")).value, g.next().done);
const iterable = {
  *[Symbol.iterator]() {
    for (const c of "abc") yield c + c;
  },
};
console.log([...iterable].join(), Array.from(iterable, (x) => x[0]).join());
class Range {
  constructor(private n: number) {}
  [Symbol.iterator]() {
    let i = 0;
    const n = this.n;
    return { next: () => (i < n ? { value: i++, done: false } : { value: undefined, done: true }), return() { console.log("closed"); return {} as any; } };
  }
}
for (const x of new Range(3)) if (x === 1) break;
const [p, q] = new Range(5);
console.log(p, q, [...new Range(4)].join());

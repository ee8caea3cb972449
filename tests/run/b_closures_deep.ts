function memo<A, R>(f: (a: A) => R): (a: A) => R {
  const cache = new Map<A, R>();
  return (a) => {
    if (!cache.has(a)) cache.set(a, f(a));
    return cache.get(a)!;
  };
}
let calls = 0;
const slow = memo((n: number) => { calls++; return n * n; });
console.log(slow(4), slow(4), slow(5), calls);
const fib: (n: number) => number = memo((n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2)));
console.log(fib(80));
function curry(f: (...a: number[]) => number, ...bound: number[]): any {
  return (...rest: number[]) => {
    const all = [...bound, ...rest];
    return all.length >= 3 ? f(...all) : curry(f, ...all);
  };
}
const add3 = curry((a, b, c) => a * 100 + b * 10 + c);
console.log(add3(1)(2)(3), add3(1, 2)(3), add3(4, 5, 6));
function pipeline(...fs: ((x: number) => number)[]): (x: number) => number {
  return (x) => fs.reduce((v, f) => f(v), x);
}
console.log(pipeline((x) => x + 1, (x) => x * 10, (x) => x - 3)(4));
const obj = {
  n: 10,
  arrow() { return [1, 2].map((x) => x + this.n).join(); },
  regular() { return function (this: any) { return typeof this; }(); },
};
console.log(obj.arrow());
const unbound = obj.arrow.bind({ n: 100 } as any);
console.log(unbound(), obj.arrow.call({ n: 5 }), Math.max.apply(null, [1, 8, 3]));
function makeStack() {
  let items: string[] = [];
  const self = { push: (s: string) => { items.push(s); return self; }, drain: () => { const r = items.join(""); items = []; return r; } };
  return self;
}
const st = makeStack();
console.log(st.push("a").push("b").drain(), st.push("c").drain(), st.drain() === "");
const handlers: { [k: string]: (n: number) => string } = {};
for (const [k, m] of [["dbl", 2], ["tri", 3]] as [string, number][]) handlers[k] = (n) => k + n * m;
console.log(handlers.dbl(5), handlers["tri"](5));
let shared = 0;
const inc = () => ++shared, get = () => shared;
inc(); inc();
console.log(get(), shared);

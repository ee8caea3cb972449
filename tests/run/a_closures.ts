function counter(): () => number {
  let n = 0;
  return () => ++n;
}
const c1 = counter();
const c2 = counter();
console.log(c1(), c1(), c1(), c2());

const fs: (() => number)[] = [];
for (let i = 0; i < 3; i++) fs.push(() => i * 10);
console.log(fs.map((f) => f()).join());

const gs: (() => number)[] = [];
for (var v = 0; v < 3; v++) gs.push(() => v);
console.log(gs.map((f) => f()).join());

const hs: (() => string)[] = [];
for (const w of ["a", "b", "c"]) hs.push(() => w + w);
console.log(hs.map((f) => f()).join());

function adder(a: number) {
  return function (b: number) {
    return function (c: number) {
      return a + b + c;
    };
  };
}
console.log(adder(1)(2)(3));

function compose(f: (x: number) => number, g: (x: number) => number): (x: number) => number {
  return (x) => f(g(x));
}
const inc = (x: number) => x + 1;
const dbl = (x: number) => x * 2;
console.log(compose(inc, dbl)(5), compose(dbl, inc)(5));

function makeAccount(balance: number) {
  return {
    deposit(n: number) { balance += n; return balance; },
    get() { return balance; },
  };
}
const acc = makeAccount(10);
acc.deposit(5);
console.log(acc.deposit(7), acc.get());

let total = 0;
const bump = (n: number) => { total += n; };
for (let i = 0; i < 5; i++) bump(i);
console.log(total);
for (let i = 0; i < 2; i++) {
  const f = () => i++;
  f();
  console.log("i", i);
}
console.log((function (x: number) { return x * x; })(12), ((x) => x)("iife"));

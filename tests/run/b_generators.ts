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

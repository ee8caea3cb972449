const [a, b, c = 30, ...rest] = [1, 2, undefined, 4, 5] as any[];
console.log(a, b, c, rest.join());
const { x, y: renamed, z = "dflt", ...others } = { x: 1, y: 2, p: 3, q: 4 } as any;
console.log(x, renamed, z, Object.keys(others).join());
const { inner: { deep: [first, { second }] } } = { inner: { deep: [10, { second: 20 }] } };
console.log(first, second);
function f({ a, b = 5 }: { a: number; b?: number }, [c, d]: number[] = [7, 8]): number {
  return a * 1000 + b * 100 + c * 10 + d;
}
console.log(f({ a: 1 }), f({ a: 1, b: 2 }, [3, 4]));
let m = 1, n = 2;
[m, n] = [n, m + n];
console.log(m, n);
const [, , third] = "xyz";
console.log(third);
for (const [k, v] of Object.entries({ one: 1, two: 2 })) console.log(k, v);
for (const { id, tags: [t0] } of [{ id: 1, tags: ["a", "b"] }, { id: 2, tags: [] as string[] }]) console.log(id, t0);
const o: any = {};
({ a: o.p, b: o["q"] } = { a: 5, b: 6 });
console.log(o.p, o.q);
const key = "dyn";
const { [key]: dynamic } = { dyn: "found" } as any;
console.log(dynamic);
function minmax(xs: number[]): [number, number] {
  return [Math.min(...xs), Math.max(...xs)];
}
const [lo, hi] = minmax([3, 1, 4, 1, 5]);
console.log(lo, hi);
try {
  const { q } = null as any;
} catch (e) {
  console.log(e.name);
}
try {
  const [q] = 5 as any;
} catch (e) {
  console.log(e.name);
}
const swap = ([p, q]: [number, number]): [number, number] => [q, p];
console.log(swap([1, 2]).join());

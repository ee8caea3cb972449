function sum(first: number, ...rest: number[]): number {
  let s = first;
  for (const r of rest) s += r;
  return s * 10 + rest.length;
}
console.log(sum(1), sum(1, 2), sum(1, 2, 3, 4, 5));
const xs = [1, 2, 3];
console.log(sum(0, ...xs), sum(...(xs as [number, ...number[]])), sum(9, ...xs, 4, ...xs), sum(1, ...[]));
function tail(...args: string[]): string { return args.slice(1).join("-") + args.length; }
console.log(tail(), tail("a"), tail("a", "b", "c"), tail(..."hello"));
const copy = [...xs];
copy[0] = 99;
copy.push(4);
console.log(xs.join(), copy.join(), [...xs, ...copy].length, [0, ...xs, 0].join());
const o = { a: 1, b: "x" };
const p = { ...o, b: "y", c: [1] };
const q = { ...p, ...{ a: 2 } };
q.c.push(2);
console.log(p.a, p.b, p.c.length, q.a, q.b, o.b, Object.keys(q).join());
const { a, ...others } = q;
console.log(a, Object.keys(others).join(), others.b);
const [h, , third = "none", ...more] = ["p", "q"] as string[];
console.log(h, third, more.length);
class Acc {
  items: number[] = [];
  add(...ns: number[]): this { this.items.push(...ns); return this; }
}
console.log(new Acc().add(1).add().add(2, 3, ...xs).items.join());
const wrap = (f: (...a: number[]) => number) => (...a: number[]) => f(...a.map((x) => x + 1));
console.log(wrap(Math.max)(3, 9, 4), wrap(sum as any)(1, 1));
let big: number[] = [];
for (let i = 0; i < 5000; i++) big.push(i);
console.log(Math.max(...big), sum(0, ...big));

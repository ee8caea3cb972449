console.log([1.5, -2.5].map(Math.abs).join(), ["1", "2"].map(Number), [0, 1, "", "a"].filter(Boolean), [1, 2].map(String));
console.log(["10", "10", "10"].map(parseInt), Math.max.apply(null, [1, 8, 3]), Math.max.call(null, 1, 2));
const o = { n: 1, add(x: number, y = 0) { return this.n + x + y; } };
const f = o.add.bind({ n: 100 } as any, 5);
console.log(f(), f(1), o.add.call({ n: 7 } as any, 1), o.add.apply({ n: 7 } as any, [1, 2]));
const any: any = (a: number, b: number) => a - b;
console.log(any.call(null, 5, 3), any.apply(null, [1, 2]), any.bind(null, 10)(4));
function count() { return arguments.length + ":" + Array.from(arguments).join(); }
console.log((count as any)(1, 2, 3), (count as any)());
class Command { log: string[] = []; apply(x: number) { this.log.push("apply" + x); return this; } call() { return this.log.join(); } }
console.log(new Command().apply(1).apply(2).call());
const max: any = Math.max;
console.log(typeof max, max.name, max(4, 9), typeof Number, typeof parseInt);
for (const g of [() => { const u: any = {}; u.f(); }, () => { const u: any = 3; u(); }, () => { const u: any = null; u.z = 1; }, () => { (null as any).b(); }]) {
  try {
    g();
  } catch (e) {
    console.log((e as Error).message);
  }
}

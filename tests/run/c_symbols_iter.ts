const sym = Symbol("mine");
const o: any = { [sym]: 1, plain: 2 };
console.log(o[sym], sym.toString(), sym.description, Object.keys(o).join(), Object.getOwnPropertySymbols(o).length);
console.log(Symbol.for("k") === Symbol.for("k"), Symbol("k") === Symbol("k"), Symbol.keyFor(Symbol.for("k")), typeof sym);
const prim = { [Symbol.toPrimitive](hint: string) { return hint === "number" ? 42 : hint === "string" ? "str" : "default"; } } as any;
console.log(+prim, `${prim}`, prim + "", prim * 2);
class Even { static [Symbol.hasInstance](n: any) { return n % 2 === 0; } }
console.log((2 as any) instanceof Even, (3 as any) instanceof Even);
function* nat() { let n = 1; while (true) yield n++; }
console.log(nat().filter((x) => x % 3 === 0).map((x) => x * x).take(4).toArray().join());
console.log([1, 2, 3].values().reduce((a, b) => a + b), nat().drop(5).next().value, nat().take(3).some((x) => x === 2));
const it = [1, 2, 3][Symbol.iterator]();
it.next();
console.log([...it].join(), it.next().done);
const handler: ProxyHandler<any> = {
  get: (t, k) => (k in t ? t[k] : "no " + String(k)),
  set(t, k, v) { t[k] = v * 2; return true; },
  has: (t, k) => k === "magic" || k in t,
  deleteProperty(t, k) { console.log("delete", String(k)); return delete t[k]; },
};
const p = new Proxy({ a: 1 } as any, handler);
p.b = 5;
console.log(p.a, p.b, p.c, "magic" in p, "x" in p, delete p.a, Object.keys(p).join());
console.log(Reflect.has({ x: 1 }, "x"), Reflect.ownKeys({ a: 1, [Symbol.iterator]: 2 }).length, Reflect.apply(Math.max, null, [1, 2]), Reflect.construct(Date, [0]).getTime());
const d = Object.getOwnPropertyDescriptor({ get v() { return 1; } }, "v")!;
console.log(typeof d.get, d.set, d.enumerable, d.configurable);
const def: any = {};
Object.defineProperty(def, "hidden", { value: 7, enumerable: false });
Object.defineProperty(def, "calc", { get: () => 99, enumerable: true });
console.log(def.hidden, def.calc, Object.keys(def).join(), JSON.stringify(def));
try { def.hidden = 8; } catch (e) { console.log(e.name); }
console.log(Object.fromEntries([["a", 1], ["b", 2]]).b, Object.is(NaN, NaN), Object.is(0, -0), Object.entries({ x: 1 })[0].join());
console.log(structuredClone({ a: [1, { b: 2 }], d: new Map([[1, 2]]) }).a.length, new Set([1, 2, 3]).union(new Set([4])).size, [...new Set([1, 2, 3]).intersection(new Set([2, 3, 9]))].join());

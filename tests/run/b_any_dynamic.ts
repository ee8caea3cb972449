function add(a: any, b: any): any { return a + b; }
console.log(add(1, 2), add("1", 2), add(1, "2"), add(null, 1), add(true, true), add([1], [2]), add({}, 1), add(undefined, "x"));
function get(o: any, k: any): any { return o[k]; }
console.log(get([10, 20], 1), get([10, 20], "1"), get("hey", 2), get({ a: 5 }, "a"), get([1], "length"), get("ab", "length"), get({ 7: "n" }, 7), get([1], 5));
class P { x = 3; m(n: number) { return this.x * n; } get twice() { return this.x * 2; } }
const p: any = new P();
console.log(p.x, p.m(4), p.twice, get(p, "x"), p["m"](5), p.none);
p.x = "s";
console.log(p.x + 1, typeof p.x);
p.x = 2.5;
p.x += 1;
p.x++;
console.log(p.x, p.x-- + --p.x, p.x);
let v: any = "5";
console.log(v * 2, v - 1, v + 1, -v, +v, v / "2", v % 3, v ** 2, v << 1, v | 8, ~v, !v);
v = 10;
v -= "3";
v <<= 1;
v ^= 3;
v **= 2;
console.log(v);
let n: any = 0;
for (let i: any = 0; i < 1000; i++) n = i % 2 ? n + i : n - i;
console.log(n);
const fns: any = { sq: (x: number) => x * x, "a b": (x: number) => -x };
console.log(fns.sq(7), fns["a b"](7), typeof fns.sq, "sq" in fns);
for (const bad of [() => { const u: any = undefined; u.x.y; }, () => { const u: any = {}; u.x.y; }, () => { const u: any = {}; u.f(); }, () => { const u: any = null; u.z = 1; }, () => { const u: any = 3; u(); }]) {
  try {
    bad();
  } catch (e) {
    console.log((e as Error).name, (e as Error).message);
  }
}
console.log(null == undefined, (null as any) == 0, ("" as any) == 0, ("1" as any) == 1, (NaN as any) == NaN, ([] as any) == "", ([2] as any) == 2, (true as any) == 1);
console.log((null as any) >= 0, (undefined as any) >= 0, ("b" as any) > "a", ("10" as any) < 9, ("a" as any) < 1);

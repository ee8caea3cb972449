class T { constructor(private n: number) {} toString(): string { return "T#" + this.n; } }
console.log([new T(1), new T(2)].join(), "" + [new T(3)], String([new T(4), [new T(5)]]), `${new T(6)}`);
class V { constructor(public n: number) {} valueOf(): number { return this.n; } }
const a: any = new V(40), b: any = new V(2);
console.log(a + b, a - b, a * b, a > b, a < b, -a, +b, `${b}`, a == 40, a === 40, Math.max(a, b));
const v: any = { valueOf() { return 42; }, toString() { return "str"; } };
console.log(v + 1, v * 2, v > 41, `${v}`, v + "", [v] + "", v == 42);
const p: any = { [Symbol.toPrimitive](hint: string) { return hint === "number" ? 7 : hint; } };
console.log(+p, `${p}`, p + "", p * 2);
const keys: any = {};
keys[new T(9) as any] = 1;
console.log(Object.keys(keys), keys["T#9"]);
try {
  const bad: any = { toString() { return {}; }, valueOf() { return {}; } };
  console.log(bad + 1);
} catch (e) {
  console.log((e as Error).message);
}

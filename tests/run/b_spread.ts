const a = [1, 2, 3];
const b = [0, ...a, ...[4, 5], 6];
console.log(b.join(), [...a].length, [...a] === a);
console.log([..."héllo"].join("-"), [...new Set([1, 1, 2])].join());
function f(p: number, q: number, r: number): string {
  return p + ":" + q + ":" + r;
}
console.log(f(...(a as [number, number, number])), f(...([9] as unknown as [number, number, number])));
console.log(Math.max(...a, 10, ...b));
const o = { x: 1, y: 2 };
const o2 = { ...o, y: 3, z: 4 };
const o3 = { y: 0, ...o };
console.log(o2.x, o2.y, o2.z, o3.y, Object.keys(o3).join());
console.log(Object.keys({ ...null, ...undefined, ...[7, 8] }).join());
const copy = { ...o };
copy.x = 100;
console.log(o.x, copy.x);
class P {
  constructor(public a: number, public b: number) {}
}
const p = new P(...([5, 6] as [number, number]));
console.log(p.a, p.b, { ...p }.b);
function collect(...args: any[]): string {
  return args.length + "[" + args.join("|") + "]";
}
console.log(collect(...a, "x", ...[], ..."yz"));
const matrix = [[1, 2], [3, 4]];
console.log([...matrix.map((r) => [...r, 0])].join(";"), matrix.flat().join(), matrix.flatMap((r) => r.map((x) => x * 2)).join());

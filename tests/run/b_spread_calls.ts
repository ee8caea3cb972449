const a = [1, 2, 3];
const b = [0, ...a, ...[4, 5], 6];
function f(p: number, q: number, r: number): string {
  return p + ":" + q + ":" + r;
}
console.log(f(...(a as [number, number, number])), f(...([9] as unknown as [number, number, number])));
console.log(Math.max(...a, 10, ...b));
function collect(...args: any[]): string {
  return args.length + "[" + args.join("|") + "]";
}
console.log(collect(...a, "x", ...[], ..."yz"));

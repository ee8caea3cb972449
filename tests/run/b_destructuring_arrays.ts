const [a, b, c = 30, ...rest] = [1, 2, undefined, 4, 5] as any[];
console.log(a, b, c, rest.join());
let m = 1, n = 2;
[m, n] = [n, m + n];
console.log(m, n);
const [, , third] = "xyz";
console.log(third);
function minmax(xs: number[]): [number, number] {
  return [Math.min(...xs), Math.max(...xs)];
}
const [lo, hi] = minmax([3, 1, 4, 1, 5]);
console.log(lo, hi);
const swap = ([p, q]: [number, number]): [number, number] => [q, p];
console.log(swap([1, 2]).join());

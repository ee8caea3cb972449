// Loops with two variables, in and out of bounds: the versions without bounds checks must not be entered wrongly.
function swapAll(a: number[], i: number, j: number): string {
  while (i < j) {
    const t = a[i];
    a[i] = a[j];
    a[j] = t;
    i++;
    j--;
  }
  return a.join(",") + " " + a.length;
}
function fresh(n: number): number[] {
  const a: number[] = [];
  for (let i = 0; i < n; i++) a.push(i * 3);
  return a;
}
for (const [i, j] of [[0, 7], [2, 5], [0, 8], [3, 9], [5, 5], [6, 2], [0, 1]]) console.log(swapAll(fresh(8), i, j));

function sumUntil(a: number[], i: number, j: number, di: number, dj: number): number {
  let s = 0;
  while (i <= j) {
    s += (a[i] === undefined ? 100 : a[i]) - (a[j] === undefined ? 1000 : a[j]) * 2;
    i += di;
    j -= dj;
  }
  return s;
}
for (const n of [0, 1, 5, 9]) console.log(sumUntil(fresh(n), 0, n - 1, 1, 1), sumUntil(fresh(n), 0, n, 1, 2), sumUntil(fresh(n), -1, n - 1, 3, 1));

// A second variable that moves along with the tested one.
function spread(a: number[], from: number, count: number, step: number): number {
  let s = 0;
  for (let i = 0, p = from; i < count; i++, p += 2) s += a[p] === undefined ? 7777 : a[p];
  for (let i = 0, p = from + count * 3; i < count; i++, p -= 3) s += a[p] === undefined ? 5555 : a[p];
  for (let i = 0; i < count; i++) s += a[i * step + from] === undefined ? 3333 : a[i * step + from];
  for (let i = count; i > 0; i--) s += a[from + i * step] === undefined ? 1111 : a[from + i * step];
  return s;
}
const big = fresh(100);
for (const [f, c, s] of [[0, 10, 3], [4, 32, 3], [5, 40, 2], [-1, 10, 4], [90, 20, -4], [0, 0, 5], [99, 1, 0], [50, 3, 1000000]]) {
  console.log(spread(big, f, c, s));
}

// Ends far away, and steps that would leave 32 bits.
function far(a: Int32Array, i: number, j: number): number {
  let n = 0;
  while (i < j && n < 20) {
    if (a[i] === undefined) n += 5;
    else n += a[i];
    i += 1000000;
    j -= 1;
  }
  return n;
}
console.log(far(new Int32Array(10).fill(1), 0, 2147483647), far(new Int32Array(10), 2147000000, 2147483647));

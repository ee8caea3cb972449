function permutations(xs: string[]): string[] {
  if (xs.length <= 1) return [xs.join("")];
  const out: string[] = [];
  for (let i = 0; i < xs.length; i++) {
    const rest = xs.slice(0, i).concat(xs.slice(i + 1));
    for (const p of permutations(rest)) out.push(xs[i] + p);
  }
  return out;
}
console.log(permutations(["a", "b", "c"]).join(), permutations("abcde".split("")).length);
function mergeSort(xs: number[]): number[] {
  if (xs.length < 2) return xs;
  const mid = xs.length >> 1;
  const l = mergeSort(xs.slice(0, mid)), r = mergeSort(xs.slice(mid));
  const out: number[] = [];
  let i = 0, j = 0;
  while (i < l.length && j < r.length) out.push(l[i] <= r[j] ? l[i++] : r[j++]);
  while (i < l.length) out.push(l[i++]);
  while (j < r.length) out.push(r[j++]);
  return out;
}
const big: number[] = [];
let seed = 12345;
for (let i = 0; i < 3000; i++) {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  big.push(seed % 1000);
}
const sorted = mergeSort(big);
let ok = true;
for (let i = 1; i < sorted.length; i++) if (sorted[i - 1] > sorted[i]) ok = false;
console.log(ok, sorted.length, sorted[0], sorted[1500], sorted[2999]);
function subsets(xs: number[], at: number, now: number[], out: number[][]): void {
  if (at === xs.length) {
    out.push(now.slice());
    return;
  }
  subsets(xs, at + 1, now, out);
  now.push(xs[at]);
  subsets(xs, at + 1, now, out);
  now.pop();
}
const all: number[][] = [];
subsets([1, 2, 3], 0, [], all);
console.log(all.map((s) => "{" + s.join("") + "}").join(" "));
function reverse(s: string): string {
  return s === "" ? "" : reverse(s.slice(1)) + s[0];
}
console.log(reverse("recursion"), reverse("x".repeat(500) + "y").slice(0, 3));
function hanoi(n: number, a: string, b: string, c: string, moves: string[]): number {
  if (n === 0) return 0;
  const x = hanoi(n - 1, a, c, b, moves);
  moves.push(a + b);
  return x + 1 + hanoi(n - 1, c, b, a, moves);
}
const moves: string[] = [];
console.log(hanoi(10, "A", "B", "C", moves), moves.slice(0, 5).join(), moves[1022]);

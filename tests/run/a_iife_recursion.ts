// Search by recursion: queens, permutations, subsets.
function queens(n: number): number {
  const cols: boolean[] = [];
  const d1: boolean[] = [];
  const d2: boolean[] = [];
  function place(r: number): number {
    if (r === n) return 1;
    let count = 0;
    for (let c = 0; c < n; c++) {
      if (cols[c] || d1[r + c] || d2[r - c + n]) continue;
      cols[c] = d1[r + c] = d2[r - c + n] = true;
      count += place(r + 1);
      cols[c] = d1[r + c] = d2[r - c + n] = false;
    }
    return count;
  }
  return place(0);
}
for (let n = 1; n <= 8; n++) console.log(n, queens(n));

function permutations(s: string): string[] {
  if (s.length <= 1) return [s];
  const out: string[] = [];
  for (let i = 0; i < s.length; i++) {
    for (const rest of permutations(s.slice(0, i) + s.slice(i + 1))) out.push(s[i] + rest);
  }
  return out;
}
console.log(permutations("abcd").join(" "));

function hanoi(n: number, from: string, to: string, via: string, moves: string[]): number {
  if (n === 0) return 0;
  const before = hanoi(n - 1, from, via, to, moves);
  moves.push(from + to);
  return before + 1 + hanoi(n - 1, via, to, from, moves);
}
const moves: string[] = [];
console.log(hanoi(4, "A", "C", "B", moves), moves.join(" "));
const subsets = (function go(i: number): number {
  return i === 0 ? 1 : 2 * go(i - 1);
})(10);
console.log(subsets);

const m = new Map<number, string>([[1, "a"], [2, "b"], [3, "c"]]);
let seen = "";
for (const [k, v] of m) {
  seen += k + v;
  if (k === 1) m.delete(2);
  if (k === 3 && !m.has(9)) m.set(9, "z");
}
console.log(seen, m.size);
const s = new Set<number>([1, 2, 3, 4]);
seen = "";
for (const v of s) {
  seen += v;
  s.delete(v);
  if (v < 3) s.add(v + 10);
}
console.log(seen, s.size);
seen = "";
const t = new Set<string>(["a"]);
t.forEach((v) => {
  seen += v;
  if (seen.length < 5) t.add(v + "x");
});
console.log(seen, t.size);

class Range {
  constructor(private n: number) {}
  [Symbol.iterator]() {
    let i = 0;
    const n = this.n;
    return {
      next: () => (i < n ? { value: i++, done: false } : { value: undefined, done: true }),
      return() { console.log("closed"); return { value: undefined, done: true }; },
    };
  }
}
for (const x of new Range(5)) {
  if (x === 2) break;
  console.log(x);
}
function first(): number {
  for (const x of new Range(3)) return x;
  return -1;
}
console.log(first());
try {
  for (const x of new Range(3)) throw new Error("stop" + x);
} catch (e) {
  console.log((e as Error).message);
}
outer: for (const x of [1, 2]) {
  for (const y of new Range(2)) {
    if (x === 1) continue outer;
    console.log(x, y);
  }
}
const [p, q] = new Range(4);
console.log(p, q, [...new Range(3)].join(), Math.max(...new Range(4)), new Set(new Range(3)).size, Array.from(new Range(2)).length);
const m = new Map<string, number>([["a", 1], ["b", 2], ["c", 3]]);
const order: string[] = [];
for (const [k, n] of m) {
  order.push(k + n);
  if (k === "a") m.delete("b");
  if (n < 5) m.set(k + "x", n + 4);
}
console.log(order.join());
const it = m.keys();
console.log(it.next().value, it.next(), [...it].join());
console.log([...[7, 8].entries()].join(";"), [...["a"].keys()].join(), [...m.values()].length, new Map(m.entries()).size);
console.log(m.keys(), new Set([1, "x"]).values(), m.entries(), [1].values());
for (const c of "a😀"[Symbol.iterator]()) console.log(c);
try {
  for (const x of 5 as any) console.log(x);
} catch (e) {
  console.log((e as Error).message);
}

function identity<T>(x: T): T { return x; }
console.log(identity(5), identity("s"), identity<boolean>(true));
class Stack<T> {
  private items: T[] = [];
  push(x: T): this { this.items.push(x); return this; }
  pop(): T | undefined { return this.items.pop(); }
  get size(): number { return this.items.length; }
  map<U>(f: (x: T) => U): Stack<U> {
    const s = new Stack<U>();
    for (const x of this.items) s.push(f(x));
    return s;
  }
}
const s = new Stack<number>().push(1).push(2).push(3);
const t = s.map((x) => "n" + x);
console.log(s.pop(), s.size, t.pop(), t.size, new Stack<string>().pop());
class Heap<T> {
  private a: T[] = [];
  constructor(private less: (x: T, y: T) => boolean) {}
  push(x: T): void {
    const a = this.a;
    let i = a.push(x) - 1;
    while (i > 0) {
      const p = (i - 1) >> 1;
      if (!this.less(a[i], a[p])) break;
      [a[i], a[p]] = [a[p], a[i]];
      i = p;
    }
  }
  pop(): T | undefined {
    const a = this.a;
    const top = a[0];
    const last = a.pop()!;
    if (a.length === 0) return top;
    a[0] = last;
    for (let i = 0; ;) {
      let c = 2 * i + 1;
      if (c >= a.length) break;
      if (c + 1 < a.length && this.less(a[c + 1], a[c])) c++;
      if (!this.less(a[c], a[i])) break;
      [a[i], a[c]] = [a[c], a[i]];
      i = c;
    }
    return top;
  }
}
const h = new Heap<number>((x, y) => x < y);
for (const x of [5, 2, 8, 1, 9, 3]) h.push(x);
console.log([1, 2, 3, 4, 5, 6].map(() => h.pop()).join());
const hs = new Heap<string>((x, y) => x > y);
for (const w of ["pear", "fig", "apple"]) hs.push(w);
console.log(hs.pop(), hs.pop(), hs.pop());
function groupBy<T, K extends string>(xs: T[], key: (x: T) => K): Record<K, T[]> {
  const out = {} as Record<K, T[]>;
  for (const x of xs) (out[key(x)] ??= []).push(x);
  return out;
}
const g = groupBy([1, 2, 3, 4, 5], (n) => (n % 2 ? "odd" : "even"));
console.log(g.odd.join(), g.even.join(), Object.keys(g).join());
type Result<T> = { ok: true; value: T } | { ok: false; error: string };
function parse(s: string): Result<number> {
  const n = Number(s);
  return Number.isNaN(n) ? { ok: false, error: "bad " + s } : { ok: true, value: n };
}
for (const r of ["12", "x"].map(parse)) console.log(r.ok ? r.value : r.error);

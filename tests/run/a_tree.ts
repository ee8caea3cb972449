class Tree {
  key: number;
  left: Tree | null = null;
  right: Tree | null = null;
  constructor(key: number) {
    this.key = key;
  }
  insert(k: number): boolean {
    if (k === this.key) return false;
    if (k < this.key) {
      if (this.left) return this.left.insert(k);
      this.left = new Tree(k);
    } else {
      if (this.right) return this.right.insert(k);
      this.right = new Tree(k);
    }
    return true;
  }
  depth(): number {
    const l = this.left ? this.left.depth() : 0;
    const r = this.right ? this.right.depth() : 0;
    return 1 + (l > r ? l : r);
  }
}
function collect(t: Tree | null, out: number[]): void {
  if (t === null) return;
  collect(t.left, out);
  out.push(t.key);
  collect(t.right, out);
}
let seed = 42;
function next(): number {
  seed = (seed * 16807) % 2147483647;
  return seed;
}
const root = new Tree(next() % 500);
let inserted = 1;
for (let i = 0; i < 1000; i++) if (root.insert(next() % 500)) inserted++;
const keys: number[] = [];
collect(root, keys);
let sorted = true;
for (let i = 1; i < keys.length; i++) if (keys[i - 1] >= keys[i]) sorted = false;
console.log(inserted, keys.length, sorted, root.depth());
console.log(keys[0], keys[keys.length - 1]);
class Pair {
  constructor(public l: Pair | null, public r: Pair | null) {}
}
function make(d: number): Pair {
  return d === 0 ? new Pair(null, null) : new Pair(make(d - 1), make(d - 1));
}
function check(p: Pair): number {
  return p.l === null ? 1 : 1 + check(p.l) + check(p.r!);
}
for (let d = 2; d <= 12; d += 2) console.log(d, check(make(d)));

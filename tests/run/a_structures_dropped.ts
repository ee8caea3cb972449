// Long lists, trees and cycles that become garbage in many shapes.
class Cell {
  next: Cell | null = null;
  other: Cell | null = null;
  data: number[] = [];
  constructor(public v: number) {}
}
function chain(n: number): Cell {
  let head = new Cell(0);
  for (let i = 1; i < n; i++) {
    const c = new Cell(i);
    c.next = head;
    head = c;
  }
  return head;
}
let head: Cell | null = chain(100000);
console.log(head.v, head.next!.v);
head = null;
for (let i = 0; i < 200; i++) {
  const ring = chain(20);
  let last = ring;
  while (last.next) last = last.next;
  last.next = ring;
  ring.other = ring;
  last.other = ring.next;
}
class Tree {
  kids: Tree[] = [];
  parent: Tree | null = null;
  constructor(public depth: number) {
    if (depth > 0) for (let i = 0; i < 3; i++) {
      const k = new Tree(depth - 1);
      k.parent = this;
      this.kids.push(k);
    }
  }
  count(): number { return this.kids.reduce((s, k) => s + k.count(), 1); }
}
const t = new Tree(6);
console.log(t.count());
let kept = t.kids[1].kids[2];
t.kids.length = 1;
console.log(t.count(), kept.count(), kept.parent!.depth, kept.parent!.parent === t);
class Observer {
  seen = "";
  handlers: ((s: string) => void)[] = [];
  constructor() { this.handlers.push((s) => { this.seen += s; }); }
  fire(s: string): void { for (const h of this.handlers) h(s); }
}
let text = "";
for (let i = 0; i < 100; i++) {
  const o = new Observer();
  o.fire("" + i);
  o.fire("!");
  if (i % 33 === 0) text += o.seen;
}
console.log(text);
const list = chain(10);
let p: Cell | null = list;
while (p) {
  if (p.next && p.next.v % 2 === 0) p.next = p.next.next;
  p = p.next;
}
let rest = "";
for (p = list; p; p = p.next) rest += p.v;
console.log(rest);

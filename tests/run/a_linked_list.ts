class Node_ {
  value: number;
  next: Node_ | null;
  constructor(value: number, next: Node_ | null) {
    this.value = value;
    this.next = next;
  }
}
class List {
  head: Node_ | null = null;
  size = 0;
  push(v: number): void {
    this.head = new Node_(v, this.head);
    this.size++;
  }
  pop(): number {
    const h = this.head!;
    this.head = h.next;
    this.size--;
    return h.value;
  }
  sum(): number {
    let s = 0;
    for (let n = this.head; n !== null; n = n.next) s += n.value;
    return s;
  }
  reverse(): void {
    let prev: Node_ | null = null;
    let cur = this.head;
    while (cur !== null) {
      const next: Node_ | null = cur.next;
      cur.next = prev;
      prev = cur;
      cur = next;
    }
    this.head = prev;
  }
}
const l = new List();
for (let i = 1; i <= 1000; i++) l.push(i);
console.log(l.size, l.sum(), l.head!.value);
l.reverse();
console.log(l.pop(), l.pop(), l.size, l.sum());
for (let round = 0; round < 20; round++) {
  const t = new List();
  for (let i = 0; i < 1000; i++) t.push(i ^ round);
  if (round % 5 === 0) console.log(round, t.sum());
}

// Memory churn: queues, rings and caches whose old content becomes garbage.
class Item {
  next: Item | null = null;
  prev: Item | null = null;
  constructor(public value: number) {}
}
class Deque {
  head: Item | null = null;
  tail: Item | null = null;
  length = 0;
  pushBack(v: number): void {
    const it = new Item(v);
    it.prev = this.tail;
    if (this.tail) this.tail.next = it;
    else this.head = it;
    this.tail = it;
    this.length++;
  }
  popFront(): number {
    const it = this.head!;
    this.head = it.next;
    if (this.head) this.head.prev = null;
    else this.tail = null;
    this.length--;
    return it.value;
  }
}
const d = new Deque();
let sum = 0;
for (let i = 0; i < 20000; i++) {
  d.pushBack(i);
  if (d.length > 100) sum += d.popFront();
}
console.log(d.length, sum);
while (d.length > 0) sum += d.popFront();
console.log(sum, d.head, d.tail);

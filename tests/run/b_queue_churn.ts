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
function ring(n: number): Item {
  const first = new Item(0);
  let last = first;
  for (let i = 1; i < n; i++) {
    const it = new Item(i);
    it.prev = last;
    last.next = it;
    last = it;
  }
  last.next = first;
  first.prev = last;
  return first;
}
let total = 0;
for (let r = 0; r < 2000; r++) {
  const a = ring(10);
  total += a.next!.next!.value + a.prev!.value;
}
console.log(total);
class Lru {
  private m = new Map<number, string>();
  misses = 0;
  get(k: number): string {
    let v = this.m.get(k);
    if (v === undefined) {
      this.misses++;
      v = "v" + k;
    } else this.m.delete(k);
    this.m.set(k, v);
    if (this.m.size > 50) this.m.delete(this.m.keys().next().value!);
    return v;
  }
}
const lru = new Lru();
let seed = 7, len = 0;
for (let i = 0; i < 20000; i++) {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  len += lru.get((seed >> 8) % 80).length;
}
console.log(lru.misses, len);

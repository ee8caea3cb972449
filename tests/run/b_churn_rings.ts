class Item {
  next: Item | null = null;
  prev: Item | null = null;
  constructor(public value: number) {}
}
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

// Cycles through properties that the class of an object does not have, and through
// instances of classes that are in no cycle by their own fields.
function ring(): number {
  const circular: any = { name: "c" };
  circular.self = circular;
  circular.inner = { up: circular };
  return circular.inner.up.self.name.length;
}
let sum = 0;
for (let i = 0; i < 1000; i++) sum += ring();
console.log(sum);

class Leaf {
  constructor(public label: string) {}
}
class Holder {
  constructor(public leaf: Leaf) {}
}
let kept: any = null;
for (let i = 0; i < 100; i++) {
  const leaf: any = new Leaf("leaf" + i);
  const holder = new Holder(leaf);
  leaf.owner = holder;
  if (i % 10 === 0) kept = holder;
}
console.log(kept.leaf.owner === kept, kept.leaf.label);
kept = kept.leaf;
kept = kept.owner;
console.log(kept.leaf.label);
kept = null;

// Objects alive in the frames that an exception leaves.
class Node1 {
  next: Node1 | null = null;
  constructor(public name: string) {}
}
class Failure extends Error {
  constructor(message: string, public depth: number) {
    super(message);
  }
}
let made = 0;
function make(n: number): Node1 {
  made++;
  const a = new Node1("n" + n);
  a.next = new Node1("m" + n);
  return a;
}
function down(n: number, keep: Node1[]): string {
  const mine = make(n);
  const text = mine.name + "/" + mine.next!.name;
  const list = [mine, make(n + 100)];
  if (n === 0) throw new Failure("bottom " + text, keep.length);
  keep.push(mine);
  try {
    return down(n - 1, keep) + text;
  } catch (e) {
    if (n % 3 !== 0) throw e;
    throw new Failure((e as Error).message + "<" + list[1].name, (e as Failure).depth + 1000);
  } finally {
    list[0].name += "*";
  }
}
for (let round = 0; round < 3; round++) {
  const keep: Node1[] = [];
  try {
    down(7 + round, keep);
    console.log("not reached");
  } catch (e) {
    if (e instanceof Failure) console.log(e.message, e.depth, keep.length, keep.map((k) => k.name).join(","));
  }
}
console.log(made);
function viaCallback(xs: number[]): number {
  const local = make(5);
  let n = 0;
  try {
    xs.forEach((x) => {
      const inner = make(x);
      if (x === 3) throw new Failure(inner.name + local.name, x);
      n += x;
    });
  } catch (e) {
    n += 1000 * (e as Failure).depth;
    console.log((e as Error).message);
  }
  return n;
}
console.log(viaCallback([1, 2, 3, 4]), viaCallback([1, 2]));

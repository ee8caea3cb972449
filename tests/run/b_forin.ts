const o = { a: 1, b: 2, c: 3 };
let keys = "";
for (const k in o) keys += k;
console.log(keys);
for (const i in [10, 20]) console.log(i, typeof i);
for (const i in "hi") console.log(i);
class A {
  own = 1;
  method() {}
}
class B extends A {
  second = 2;
}
for (const k in new B()) console.log(k);
const proto = { inherited: true };
const child = Object.create(proto);
child.mine = 1;
for (const k in child) console.log(k, Object.hasOwn(child, k));
for (const k in null as any) console.log("never", k);
for (const k in undefined as any) console.log("never", k);
for (const k in 5 as any) console.log("never", k);
const d: any = { x: 1, y: 2, z: 3 };
for (const k in d) {
  console.log(k);
  delete d.y;
}
let last: string;
for (last in o) if (last === "b") break;
console.log(last!);
const sparse = [1, , 3];
for (const i in sparse) console.log("i", i);
console.log(1 in sparse, 2 in sparse, sparse.length, sparse[1]);
outer: for (const p in o) {
  for (const q in o) {
    if (q === "b") continue outer;
    console.log(p + q);
  }
}

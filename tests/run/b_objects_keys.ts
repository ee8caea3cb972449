const o = { a: 1, b: "two", c: true };
console.log(Object.keys(o).join(), Object.values(o).join(), Object.entries(o).join(";"));
for (const k in o) console.log(k, o[k as keyof typeof o]);
const order: any = { z: 1, 2: "b", a: 2, 1: "a" };
console.log(Object.keys(order).join());
const target = Object.assign({}, { q: 1 }, { q: 2, r: 3 });
console.log(target.q, target.r);

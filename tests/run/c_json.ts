console.log(JSON.stringify({ a: 1, b: "two", c: [1, 2, { d: null }], e: undefined, f: () => 1, g: true }));
console.log(JSON.stringify([undefined, () => 1, NaN, Infinity, -0, null, "x"]), JSON.stringify("q\"uote\\\n\t\u0007"), JSON.stringify("\ud800"));
console.log(JSON.stringify(5), JSON.stringify(null), JSON.stringify(undefined), JSON.stringify(true), JSON.stringify([]), JSON.stringify({}));
console.log(JSON.stringify({ a: [1, { b: 2 }], c: {}, d: [] }, null, 2));
console.log(JSON.stringify([1, [2]], null, "--"));
console.log(JSON.stringify({ a: 1, b: 2, c: { a: 3, d: 4 } }, ["a", "c"]), JSON.stringify({ a: 1, b: "x" }, (k, v) => (typeof v === "number" ? v * 10 : v)));
console.log(JSON.stringify({ toJSON() { return { replaced: true }; } }), JSON.stringify(new Date(0)), JSON.stringify(new Map([[1, 2]])), JSON.stringify(new Set([1])));
class P { x = 1; #y = 2; get z() { return 3; } }
console.log(JSON.stringify(new P()), JSON.stringify(Object.create({ inherited: 1 })), JSON.stringify([new String("s"), new Number(1), Object(true)]));
const o = JSON.parse('{"a": [1, 2.5, -3e2], "b": {"c": "d\\u0041\\n"}, "t": true, "n": null, "e": {}}');
console.log(o.a[2], o.b.c, o.t, o.n, Object.keys(o).join());
console.log(JSON.parse(" [1 , 2 ] ").length, JSON.parse('"s"'), JSON.parse("1e3"), JSON.parse("null"));
console.log(JSON.parse('{"a":1,"b":[2]}', (k, v) => (typeof v === "number" ? v + 1 : v)).b[0], JSON.parse('{"a":1,"a":2}').a, JSON.parse('{"__proto__": 5}')["__proto__"]);
for (const bad of ["", "{", "[1,]", "{'a':1}", "01", "nul", '"\n"', "1 2", "{\"a\" 1}"]) {
  try {
    JSON.parse(bad);
    console.log("accepted", bad);
  } catch (e) {
    console.log(e.name, e.message);
  }
}
const c: any = {};
c.c = c;
try {
  JSON.stringify(c);
} catch (e) {
  console.log(e.name, e.message.split("\n")[0]);
}
try {
  JSON.stringify({ a: 1n });
} catch (e) {
  console.log(e.name, e.message);
}
let data: any[] = [];
for (let i = 0; i < 200; i++) data.push({ id: i, name: "n" + i, nested: { v: i / 4, tags: ["a", "b"] } });
const text = JSON.stringify(data);
const back = JSON.parse(text);
console.log(text.length, back.length, back[199].nested.v, JSON.stringify(back) === text);

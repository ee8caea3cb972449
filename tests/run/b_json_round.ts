const v = { s: "q\"\\\n\u00e9\u0001", n: [0, -1.5, 1e21, 1e-7], t: true, f: false, z: null, o: { e: {}, a: [] as any[], d: [[1], [2, [3]]] } };
const text = JSON.stringify(v);
console.log(text, text.length);
const back = JSON.parse(text);
console.log(back.s === v.s, back.n.join(), back.t, back.z, back.o.d[1][1][0], Object.keys(back).join());
console.log(JSON.stringify(back) === text);
class P { x = 1; y: number[] = [2]; private z = "p"; get w() { return 5; } m() {} }
console.log(JSON.stringify(new P()), JSON.stringify([new P(), null, undefined]), JSON.stringify({ u: undefined, f: () => 1 }));
const arr: any[] = [];
for (let i = 0; i < 100; i++) arr.push({ id: i, tags: ["t" + i, i % 2 === 0], next: i > 0 ? { ref: i - 1 } : null });
const big = JSON.stringify(arr);
const again = JSON.parse(big);
console.log(big.length, again.length, again[99].next.ref, again[50].tags[0], again[0].next, JSON.stringify(again) === big);
again[5].tags.push("new");
console.log(JSON.stringify(again[5]), JSON.stringify(arr[5]));
console.log(JSON.parse("[1,2,[3]]")[2][0], JSON.parse(' {"a" : "\\u0041\\t" } ').a, JSON.parse("-0"), JSON.parse("true"), JSON.parse('""') === "");
for (const bad of ["{", "[1,", "tru", "", "{\"a\":}"]) {
  try {
    JSON.parse(bad);
    console.log("accepted");
  } catch (e) {
    console.log(e instanceof SyntaxError);
  }
}

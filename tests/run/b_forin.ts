const o = { a: 1, b: 2, c: 3 };
let keys = "";
for (const k in o) keys += k;
console.log(keys);
for (const i in [10, 20]) console.log(i, typeof i);
for (const i in "hi") console.log(i);
let last: string;
for (last in o) if (last === "b") break;
console.log(last!);
outer: for (const p in o) {
  for (const q in o) {
    if (q === "b") continue outer;
    console.log(p + q);
  }
}

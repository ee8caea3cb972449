class Key { constructor(public n: number) {} }
const keys: Key[] = [];
const m = new Map<Key, string>();
for (let i = 0; i < 500; i++) {
  const k = new Key(i);
  keys.push(k);
  m.set(k, "v" + i);
}
console.log(m.size, m.get(keys[250]), m.get(new Key(250)), m.has(keys[499]));
for (let i = 0; i < 500; i += 3) m.delete(keys[i]);
console.log(m.size, m.has(keys[0]), m.get(keys[1]));
let sum = 0;
m.forEach((v, k) => { sum += k.n + v.length; });
console.log(sum);
const words = new Map<string, number[]>();
for (let i = 0; i < 300; i++) {
  const w = "w" + (i % 7);
  let list = words.get(w);
  if (list === undefined) {
    list = [];
    words.set(w, list);
  }
  list.push(i);
}
let line = "";
for (const [w, list] of words) line += w + ":" + list.length + "," + list[list.length - 1] + " ";
console.log(line);
const set = new Set<string>();
for (let i = 0; i < 1000; i++) set.add("k" + (i * i) % 97);
console.log(set.size, set.has("k" + 1), set.has("k5"), set.has("k" + 95));
const objs = new Set<object>();
const a = {}, b = {};
objs.add(a).add(b).add(a);
console.log(objs.size, objs.delete(a), objs.delete(a), objs.size);
const order = new Map<string, number>();
order.set("x", 1).set("y", 2).set("z", 3);
order.delete("x");
order.set("x", 4);
order.set("y", 5);
let o = "";
for (const [k, v] of order) o += k + v;
console.log(o);
const nested = new Map<string, Map<string, number>>();
nested.set("a", new Map<string, number>([["i", 1]]));
nested.get("a")!.set("j", 2);
console.log(nested.get("a")!.size, nested.get("b")?.size, nested.get("a")?.get("j"));

import { count, inc, default as anon } from "./live.mjs";
import * as ns from "./live.mjs";
import K from "./anonclass.mjs";
import A from "./arrow.mjs";
import { later, useLater } from "./cyc1.mjs";
console.log(count, ns.count); inc(); console.log(count, ns.count);
console.log(anon.name, K.name, new K().hi(), A.name, A());
console.log(ns);
console.log(Object.keys(ns), "inc" in ns);

console.log(later, useLater());
console.log(Object.entries(ns).length);
for (const k in ns) console.log(k);
const { inc: i2 } = ns; i2(); console.log(count);
console.log(import.meta.url.endsWith("a/main.mjs"), import.meta.filename.endsWith("a/main.mjs"), import.meta.dirname.endsWith("a"));
console.log(typeof import.meta.main, import.meta.main);

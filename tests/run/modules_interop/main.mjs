import data from "./d.json" with { type: "json" };
import def, { x, y } from "./c.cjs";
import esm from "./cjsesm.cjs";
console.log(data, data.a.b);
console.log(def, x, y);
console.log(esm);
import { helper } from "./ts.cjs"; console.log(helper());
console.log(import.meta.url.startsWith("file:///"), import.meta.main);

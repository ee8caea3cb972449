import fs1 = require("./eq");
import def, { default as def2 } from "./def.js";
import Def3 from "./reexp";
import { D } from "./reexp";
import "./side";
import { K, type T, NS, Abs } from "./misc";
import type * as M from "./misc";
import { type T as T2 } from "./misc";
import self, * as me from "./selfy";
const t: T = { k: K.B };
const t2: M.T = t;
class Sub extends Abs { go() { return "sub"; } }
console.log(fs1.answer, def(), def2 === def, new Def3().n, D === Def3, t2, K.A, NS.inner(2), new Sub().run());
console.log(self, me.twice(4));
let n = 0;
export { n as counter };
export const bump = () => ++n;
bump(); console.log(n);

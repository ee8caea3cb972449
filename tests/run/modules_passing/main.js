import pkg, { a, sub as Sub } from "pkg";
import e, { self } from "esm";
import { q } from "esm/f/q";
import { util } from "app/util";
import { int } from "#int";
import d from "./d.json" with { type: "json" };
console.log(a, new Sub().hi(), e, self.default, q, util, int, d, pkg);

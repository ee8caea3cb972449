import { B } from "./cyc4.mjs";
export class A { name = "A"; make() { return new B(this); } }
console.log(new A().make().a.name);

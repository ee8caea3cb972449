import { B } from "./cyc2.mjs";
export class A { b() { return new B(); } name = "A"; }
console.log(new A().b().name);

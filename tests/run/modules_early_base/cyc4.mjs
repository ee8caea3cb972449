import { A } from "./cyc3.mjs";
export class B { constructor(a) { this.a = a; } isA() { return this.a instanceof A } }

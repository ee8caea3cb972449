import { A } from "./main.mjs";
export class B extends A { name = "B"; }

// Circles: order of evaluation, live bindings, hoisted functions, and variables read too early.
import { isEven, log } from "./even.mjs";
import { a, getB } from "./a.mjs";
import { value, bump } from "./live.mjs";
log("main");
console.log(isEven(10), isEven(7));
console.log(a, getB());
console.log(value);
bump();
console.log(value);
import { early } from "./early.mjs";
console.log(early);
export const own = "own";
export function hoisted() {
  return "hoisted";
}

import { isOdd } from "./odd.mjs";
export function isEven(n) {
  return n === 0 || isOdd(n - 1);
}
export function log(text) {
  console.log("log", text);
}
log("even");

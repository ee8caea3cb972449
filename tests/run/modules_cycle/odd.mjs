import { isEven, log } from "./even.mjs";
export const isOdd = (n) => n !== 0 && isEven(n - 1);
log("odd");

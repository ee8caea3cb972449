import { b, getA } from "./b.mjs";
export const a = "a";
export const getB = () => b + getA();
console.log("a runs", b);

export { add } from "./math.ts";
export * from "./mul.ts";
export * as geometry from "./geometry.ts";
console.log("index");

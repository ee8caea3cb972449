export type OnlyType = { a: number };
console.log("never runs");

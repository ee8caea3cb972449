export const mul = (a: number, b: number) => a * b;
const hidden = "odd";
export { hidden as "string name" };
console.log("mul");

export const PI2 = 6.28;
export function add(a: number, b: number) {
  return a + b;
}
export default (x: number) => x * x;
console.log("math");

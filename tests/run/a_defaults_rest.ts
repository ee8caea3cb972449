function greet(name: string, greeting: string = "Hello", mark = "!"): string {
  return greeting + ", " + name + mark;
}
console.log(greet("Ann"));
console.log(greet("Bob", "Hi"));
console.log(greet("Cy", undefined, "?"));
let made = 0;
function make(n: number = ++made): number {
  return n;
}
console.log(make(), make(10), make(), made);
function area(w: number, h: number = w): number {
  return w * h;
}
console.log(area(3), area(3, 4));
function sum(...xs: number[]): number {
  let s = 0;
  for (const x of xs) s += x;
  return s;
}
console.log(sum(), sum(1), sum(1, 2, 3, 4));
function tail(first: string, ...rest: string[]): string {
  return first + rest.length + rest.join("");
}
console.log(tail("a"), tail("a", "b", "c"));
function optional(a: number, b?: number): string {
  return b === undefined ? "one " + a : "two " + (a + b);
}
console.log(optional(1), optional(1, 2));
console.log(sum(...[1, 2, 3]), sum(0, ...[10, 20], 30), Math.max(...[4, 9, 2]));
function count(): number {
  return arguments.length;
}
// @ts-ignore
console.log(count(), count(1, 2, 3), optional(1, 2, 3), greet.length, sum.length);

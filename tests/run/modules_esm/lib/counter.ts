export let count = 0;
export function increment() {
  count++;
  return count;
}
export class Point {
  constructor(
    public x: number,
    public y: number,
  ) {}
  sum(): number {
    return this.x + this.y;
  }
}
export interface Shape {
  kind: string;
  size: number;
}
export enum Color {
  red,
  green,
}
const counter = {
  name: "counter",
  next() {
    return increment();
  },
};
export { counter as default };
console.log("counter");

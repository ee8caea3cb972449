export function add(a: number, b: number): number {
  return a + b;
}
export default function twice(x: number) {
  return x * 2;
}
export interface Shape {
  area(): number;
}
export class Point implements Shape {
  constructor(public x: number, public y: number) {}
  area() {
    return this.x * this.y;
  }
}
export interface Named {
  name: string;
}
export type Id = string | number;
export enum Color {
  Red,
  Green,
}
export const limit = 10;
export type Pair<T> = [T, T];
const made = new Point(3, 4);
const halve = (x: number) => x / 2;
export { made, halve as half };
// This module has a mistake of its own.
const own: string = add(1, 2);

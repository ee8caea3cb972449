function f(a: number, b?: string): void {}
let x: T = y;
class A<T> {}
interface B {}
enum C { D }
x as T;

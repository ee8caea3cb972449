class A {
  m() {
    if (x) {
      y();
  }
  n() {}
}
interface B { a: ; b: string }
export const c = f(1, 2;
import { d from "e";
enum F { G = , H }
let k = (1 + ) * 2;

import { a } from "./a.mjs";
export const getA = () => a;
try {
  console.log(a);
} catch (e) {
  console.log(e.name, e.message);
}
try {
  console.log(getA());
} catch (e) {
  console.log(e.name, e.message);
}
export const b = "b";

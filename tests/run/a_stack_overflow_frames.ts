// Deep recursion is a RangeError; the program continues and can do it again.
class Box { constructor(public n: number, public inner: Box | null) {} }
let deepest = 0;
function dive(n: number, b: Box): number {
  deepest = n;
  const mine = new Box(n, b);
  const text = "level " + n;
  return dive(n + 1, mine) + text.length;
}
for (let i = 0; i < 3; i++) {
  deepest = 0;
  try {
    dive(0, new Box(-1, null));
  } catch (e) {
    console.log(e instanceof RangeError, (e as Error).message, deepest > 500);
  }
}
let finals = 0;
function withFinally(n: number): number {
  try {
    return withFinally(n + 1) + 1;
  } finally {
    finals++;
  }
}
try {
  withFinally(0);
} catch (e) {
  console.log((e as Error).name, finals > 100);
}
function recover(n: number): number {
  try {
    return recover(n + 1);
  } catch (e) {
    return n;
  }
}
console.log(recover(0) > 100);
const even = (n: number): boolean => (n === 0 ? true : odd(n - 1));
const odd = (n: number): boolean => (n === 0 ? false : even(n - 1));
console.log(even(1000), odd(777));
try {
  even(1e9);
} catch (e) {
  console.log((e as Error).name);
}

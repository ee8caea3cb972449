function forever(n: number): number {
  return forever(n + 1) + 1;
}
try {
  forever(0);
  console.log("not reached");
} catch (e) {
  console.log(e instanceof RangeError, e.name, e.message);
}
class Chain {
  next: Chain;
  constructor() {
    this.next = new Chain();
  }
}
let count = 0;
for (let i = 0; i < 3; i++) {
  try {
    new Chain();
  } catch (e) {
    if (e instanceof RangeError) count++;
  }
}
console.log(count);
let depth = 0;
function measure(): void {
  depth++;
  measure();
}
try {
  measure();
} catch {
  console.log(depth > 1000);
} finally {
  console.log("finally");
}
function bounded(n: number): number {
  return n === 0 ? 0 : 1 + bounded(n - 1);
}
console.log(bounded(5000));

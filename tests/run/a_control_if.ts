function classify(n: number): string {
  if (n < 0) {
    return "negative";
  } else if (n === 0) {
    return "zero";
  } else if (n < 10) {
    return "small";
  } else {
    return "large";
  }
}
for (const v of [-5, 0, 3, 10, 1000]) console.log(v, classify(v));

// Conditions of every kind convert to boolean.
function truth(v: any): string {
  return v ? "truthy" : "falsy";
}
console.log(truth(0), truth(-0), truth(NaN), truth(1), truth(-1));
console.log(truth(""), truth("0"), truth("false"));
console.log(truth(null), truth(undefined), truth(true), truth(false));

const a: number = 5;
const b: number = 7;
if (a < b && b < 10) console.log("both");
if (a > b || b > 6) console.log("either");
if (!(a === b)) console.log("not equal");

let calls = 0;
function touch(r: boolean): boolean {
  calls++;
  return r;
}
touch(false) && touch(true);
touch(true) || touch(true);
console.log("calls", calls);
console.log(a < b ? (a < 3 ? "x" : "y") : "z");

function words(s: string): string {
  let r = "";
  switch (s) {
    case "one": r += "1";
    case "two": r += "2"; break;
    default: r += "d";
    case "three": r += "3";
    case "four": {
      let inner = "4";
      r += inner;
      if (s === "four") break;
      r += "x";
    }
    case "five":
  }
  return r;
}
console.log(["one", "two", "three", "four", "five", "six", ""].map(words).join());
console.log(words("o" + "ne"), words("xfour".slice(1)));
function ints(n: number): number {
  let r = 0;
  switch (n) {
    case 1: case 2: case 3: r += 10;
    case 10: r += 1; break;
    case 1.5: return -1;
    case 2 ** 31: return -2;
    case -5: { r = 7; }
    case NaN: r += 100;
  }
  return r;
}
console.log([1, 2, 3, 10, 1.5, 2147483648, -5, NaN, 0, -0].map(ints).join());
function mixed(v: any): string {
  switch (v) {
    case 1: return "num";
    case "1": return "str";
    case null: return "null";
    case undefined: return "undef";
    case true: return "true";
    default: return "other";
  }
}
console.log([1, "1", null, undefined, true, false, 0].map(mixed).join());
function inLoop(): string {
  let r = "";
  loop: for (let i = 0; ; i++) {
    switch (i % 4) {
      case 0: continue;
      case 1: r += "a"; continue loop;
      case 2: r += "b"; break;
      default:
        r += "c";
        if (i > 8) break loop;
    }
    r += ".";
  }
  return r;
}
console.log(inLoop());
let calls = "";
const mark = (n: number) => { calls += n; return n; };
switch (3) {
  case mark(1): case mark(3): calls += "!"; case mark(4): calls += "?";
}
console.log(calls);

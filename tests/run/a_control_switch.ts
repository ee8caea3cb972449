function name(n: number): string {
  switch (n) {
    case 0:
      return "zero";
    case 1:
    case 2:
      return "one or two";
    case 10:
      return "ten";
    default:
      return "many";
  }
}
for (let i = 0; i < 4; i++) console.log(i, name(i));
console.log(name(10), name(-1), name(1.5));

function fall(n: number): string {
  let s = "";
  switch (n) {
    case 1:
      s += "a";
    case 2:
      s += "b";
      break;
    default:
      s += "d";
    case 3:
      s += "c";
  }
  return s;
}
console.log(fall(1), fall(2), fall(3), fall(4));

function days(month: string): number {
  switch (month) {
    case "feb": return 28;
    case "apr": case "jun": case "sep": case "nov": return 30;
    default: return 31;
  }
}
console.log(days("feb"), days("apr"), days("nov"), days("jan"));

function strict(v: any): string {
  switch (v) {
    case 1: return "number one";
    case "1": return "string one";
    case true: return "true";
    case null: return "null";
    default: return "other";
  }
}
console.log(strict(1), strict("1"), strict(true), strict(null), strict(undefined));

let t = 0;
for (let i = 0; i < 10; i++) {
  switch (i % 3) {
    case 0: continue;
    case 1: t += 1; break;
    default: t += 10;
  }
}
console.log(t);
switch (true) {
  case t > 100: console.log("over"); break;
  case t > 20: console.log("twenty"); break;
}

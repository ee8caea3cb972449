let v: any = 5;
console.log(v + 1, typeof v);
v = "text";
console.log(v + 1, typeof v, v.length);
v = [1, 2];
console.log(v + 1, typeof v, v.length);
v = { valueOf() { return 42; } };
console.log(v + 1, v * 2, v > 41, `${{ toString() { return "ts"; } }}`);
v = null;
console.log(v + 1, typeof v, v + "x");
v = undefined;
console.log(v + 1, typeof v);
v = true;
console.log(v + v, v + "1");
const vals: any[] = [0, 1, "", "0", "1", "a", null, undefined, true, false, NaN];
for (const a of vals) {
  let row = "";
  for (const b of vals) row += (a == b ? "1" : "0") + (a === b ? "1" : "0") + " ";
  console.log(row);
}
for (const a of [1, "2", null, true, "x"] as any[]) {
  let row = "";
  for (const b of [1, "2", null, true, "x"] as any[]) row += (a < b ? "<" : a > b ? ">" : a >= b ? "=" : "?");
  console.log(row);
}
function mixed(a: any, b: any): any {
  return a - b;
}
console.log(mixed(5, 3), mixed("5", "3"), mixed("x", 1), mixed(null, 1), mixed(true, [2]), mixed(undefined, 1));
const list: any[] = [1, "two", null, [3], { four: 4 }, () => 5];
for (const x of list) console.log(typeof x, x === null ? "null" : typeof x === "function" ? x() : Array.isArray(x));
console.log([10, 9, 8, "7"].map((x: any) => x - 1).join(), "10" > "9", 10 > ("9" as any));

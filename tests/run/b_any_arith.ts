let v: any = 5;
console.log(v + 1, typeof v);
v = "text";
console.log(v + 1, typeof v, v.length);
v = [1, 2];
console.log(v + 1, typeof v, v.length);
v = null;
console.log(v + 1, typeof v, v + "x");
v = undefined;
console.log(v + 1, typeof v);
v = true;
console.log(v + v, v + "1");
function mixed(a: any, b: any): any {
  return a - b;
}
console.log(mixed(5, 3), mixed("5", "3"), mixed("x", 1), mixed(null, 1), mixed(true, [2]), mixed(undefined, 1));

let x = 1;
{
  let x = 2;
  {
    let x = 3;
    console.log(x);
  }
  console.log(x);
}
console.log(x);
function shadow(x: number): number {
  x += 10;
  if (x > 5) {
    const x = 100;
    return x;
  }
  return x;
}
console.log(shadow(1), shadow(-50), x);
var v = 1;
if (v) {
  var v = 5;
}
console.log(v);
function hoisted(): string {
  const before = typeof later;
  var later = 3;
  return before + " " + typeof later;
}
console.log(hoisted());
console.log(typeof fn, typeof notDeclared);
function fn(): void {}
const k = 10;
let g = 0;
function useGlobals(): number {
  g += k;
  return g;
}
useGlobals();
useGlobals();
console.log(g);
try {
  early;
  let early = 1;
} catch (e) {
  console.log(e.name);
}
const t: number = 5, u: number = t * 2, w = u + t;
console.log(t, u, w);
let a = 1, b = 2;
[a, b] = [b, a];
console.log(a, b);
for (let x = 0; x < 1; x++) console.log("inner", x);
console.log(x);

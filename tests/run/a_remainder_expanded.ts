// Remainders of doubles inline and out of line: fractions, -0, infinities, NaN and numbers beyond 2^53.
const xs = [0, -0, 1, -1, 7, -7, 6, -6, 0.5, -0.5, 7.25, 1e15, 9007199254740993, 1e16, -1e16, 1e300, Infinity, -Infinity, NaN, 2147483648, -9223372036854775808, 9223372036854775808];
function show(v: number): string {
  return Object.is(v, -0) ? "-0" : "" + v;
}
function byConstant(v: number): string {
  let line = "";
  for (let i = 0; i < 2; i++) line += show(v % 3) + " " + show(v % -7) + " " + show(v % 1000003) + " " + show(v % 0.75) + " " + show(v % 8) + " " + show(v % 1) + ";";
  return line;
}
function byVariable(a: number, b: number): string {
  return show(a % b);
}
for (const x of xs) console.log(show(x), byConstant(x));
for (const x of xs) {
  let line = "";
  for (const y of xs) line += byVariable(x, y) + " ";
  console.log(line);
}
let seed = 42;
let text = "";
for (let i = 0; i < 10; i++) {
  seed = (seed * 16807) % 2147483647;
  text += seed + " ";
}
console.log(text);

const a: string = "Hello";
const b: string = 'World';
console.log(a + ", " + b + "!");
console.log(a.length, "".length, (a + b).length);
console.log(a[0], a[4], a[5], a.charAt(1), a.charAt(9) === "");
console.log(a.charCodeAt(0), a.charCodeAt(4), a.charCodeAt(5));
console.log(a === "Hello", a !== b, a < b, "a" < "B", "abc" < "abd", "ab" < "abc", "b" > "abc");
console.log("n: " + 1, "f: " + 0.5, "b: " + true, "u: " + undefined, "l: " + null);
console.log(1 + 2 + "3", "1" + 2 + 3);
let s = "";
for (let i = 0; i < 10; i++) s += i;
console.log(s, s.length);
s += "|";
s += s;
console.log(s);
console.log(`${a} ${b} ${1 + 2} ${a.length > 3 ? "long" : "short"}`);
console.log(`line one
line two`);
console.log("tab\tquote\"single'back\\slash", 'it\'s', "\x41\u0042\u{43}");
function rev(x: string): string {
  let r = "";
  for (let i = x.length - 1; i >= 0; i--) r += x[i];
  return r;
}
console.log(rev("stressed"), rev(""), rev("a"));
let vowels = 0;
for (const c of "the quick brown fox jumps over the lazy dog") {
  switch (c) {
    case "a": case "e": case "i": case "o": case "u": vowels++;
  }
}
console.log("vowels", vowels);

function join(n: number): string {
  let s = "";
  for (let i = 0; i < n; i++) s += "x";
  return s;
}
console.log(join(100000).length);
function checksum(s: string): number {
  let h = 0;
  for (let i = 0; i < s.length; i++) h = (h * 31 + s.charCodeAt(i)) | 0;
  return h;
}
let text = "";
for (let i = 0; i < 5000; i++) text += "word" + (i % 17) + " ";
console.log(text.length, checksum(text));
const words = text.trim().split(" ");
const freq: { [w: string]: number } = {};
for (const w of words) freq[w] = (freq[w] || 0) + 1;
console.log(Object.keys(freq).sort().slice(0, 5).map((k) => k + ":" + freq[k]).join(" "));
const parts: string[] = [];
for (let i = 0; i < 1000; i++) parts.push(i.toString(36));
console.log(checksum(parts.join("")), parts.join("").length);
let front = "";
for (let i = 0; i < 300; i++) front = (i % 10) + front;
console.log(front.slice(0, 20), front.length);
// A prefix stays what it was when the longer string goes on.
let a = "start";
const b = a;
a += "-one";
const c = a;
a += "-two";
let d = c + "-three";
console.log(a, b, c, d);
function caesar(s: string, k: number): string {
  let out = "";
  for (const ch of s) {
    const code = ch.charCodeAt(0);
    if (code >= 97 && code <= 122) out += String.fromCharCode(((code - 97 + k) % 26) + 97);
    else out += ch;
  }
  return out;
}
console.log(caesar("hello, world", 3), caesar(caesar("round trip", 10), 16));
function compress(s: string): string {
  let out = "";
  for (let i = 0; i < s.length;) {
    let j = i;
    while (j < s.length && s[j] === s[i]) j++;
    out += s[i] + (j - i > 1 ? j - i : "");
    i = j;
  }
  return out;
}
console.log(compress("aaabccddddde"), compress(""), compress("xyz"));

// Slices of a long string outlive the string they were cut from.
function build(n: number): string {
  let s = "";
  for (let i = 0; i < n; i++) s += String.fromCharCode(97 + (i * 7) % 26);
  return s;
}
let parts: string[] = [];
function cut(): void {
  const s = build(100000);
  console.log(s.length, s.slice(0, 8), s.slice(-8));
  for (let i = 0; i < 100; i++) parts.push(s.slice(i * 1000, i * 1000 + 5 + (i % 40)));
}
cut();
let churn = 0;
for (let i = 0; i < 50; i++) churn += build(1000).slice(3, 900).length;
console.log(churn, parts.length, parts[0], parts[1], parts[99]);
let joined = "";
for (const p of parts) joined = p + joined;
console.log(joined.length, joined.slice(0, 20), joined.charCodeAt(joined.length - 1));
let hash = 0;
for (let i = 0; i < joined.length; i++) hash = (hash * 31 + joined.charCodeAt(i)) | 0;
console.log(hash);
const sub = joined.slice(10, 500).slice(5, 100).substring(2, 30);
joined = "";
parts = [];
console.log(sub, sub.length, sub.indexOf("c"));
let doubling = "ab";
while (doubling.length < 100000) doubling += doubling;
console.log(doubling.length, doubling.lastIndexOf("ab"), doubling.slice(65535, 65540));
let front = "";
for (let i = 0; i < 3000; i++) front = (i % 10) + front;
console.log(front.length, front.slice(0, 12), front[2999]);

// Closures see later writes; each iteration of `let` has its own variable.
const fs: (() => number)[] = [];
for (let i = 0; i < 4; i++) {
  fs.push(() => i);
  i += 0;
  if (i === 2) fs.push(() => i * 100);
}
console.log(fs.map((f) => f()).join());
const gs: (() => number)[] = [];
for (let i = 0; i < 3; i++) {
  gs.push(() => i++);
}
console.log(gs[0](), gs[0](), gs[1](), gs[2](), gs[0]());
var shared: (() => number)[] = [];
for (var v = 0; v < 3; v++) shared.push(() => v);
console.log(shared.map((f) => f()).join());
const steps: [() => number, () => void][] = [];
for (let i = 0, j = 10; i < j; i += 3, j--) {
  steps.push([() => i * 100 + j, () => { i = 50; }]);
}
console.log(steps.map((s) => s[0]()).join());
steps[1][1]();
console.log(steps.map((s) => s[0]()).join());
let late = "before";
const read = () => late + late.length;
late = "after!";
console.log(read());
function pair() {
  let n = 0;
  let text = "";
  return { inc: () => { n++; text += n; return n; }, get: () => n + ":" + text };
}
const p = pair(), q = pair();
p.inc(); p.inc(); q.inc();
console.log(p.get(), q.get());
const ws: (() => string)[] = [];
let k = 0;
while (k < 3) {
  const name = "w" + k;
  let count = k * 10;
  ws.push(() => name + "=" + count++);
  count++;
  k++;
}
console.log(ws.map((w) => w()).join(" "), ws.map((w) => w()).join(" "));
for (const x of ["a", "b"]) for (const y of [1, 2]) ws.push(() => x + y);
console.log(ws.slice(3).map((w) => w()).join());

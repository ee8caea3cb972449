let sum = 0;
for (let i = 1; i <= 100; i++) sum += i;
console.log("for", sum);

let n = 27;
let steps = 0;
while (n !== 1) {
  n = n % 2 === 0 ? n / 2 : 3 * n + 1;
  steps++;
}
console.log("while", steps);

let k = 0;
do {
  k += 3;
} while (k < 10);
console.log("do", k);

do {
  k = -1;
} while (false);
console.log("once", k);

let evens = "";
for (let i = 0; i < 20; i++) {
  if (i % 2 === 1) continue;
  if (i > 12) break;
  evens += i + " ";
}
console.log(evens);

for (let i = 0, j = 10; i < j; i += 2, j--) console.log(i, j);

let m = 0;
for (;;) {
  if (++m === 5) break;
}
console.log("endless", m);

let down = 3;
while (down--) console.log("down", down);
console.log(down);

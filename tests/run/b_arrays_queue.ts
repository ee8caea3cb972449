const q: number[] = [];
for (let i = 0; i < 10000; i++) {
  q.push(i);
  if (i % 3 === 0) q.shift();
}
console.log(q.length, q[0], q[q.length - 1]);

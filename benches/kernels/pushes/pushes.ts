function fill(n) {
  const a = [];
  for (let i = 0; i < n; i++) a.push(i);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += a[i];
  return sum;
}

let total = 0;
for (let round = 0; round < 10; round++) total += fill(3000000);
console.log(total);

const big = new Map<number, number>();
for (let i = 0; i < 10000; i++) big.set(i * 7919 % 10007, i);
let sum = 0;
for (let i = 0; i < 10007; i++) sum += big.get(i) ?? 0;
console.log(big.size, sum);
for (let i = 0; i < 10007; i += 2) big.delete(i);
console.log(big.size);

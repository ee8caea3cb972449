function pipeline(a, rounds) {
  let total = 0;
  for (let r = 0; r < rounds; r++) {
    total += a.map((x) => x * 2 + r).filter((x) => x % 3 < 2).reduce((s, x) => s + x, 0);
  }
  return total;
}

function counters(n) {
  const make = (step) => {
    let count = 0;
    return () => (count += step);
  };
  const all = [make(1), make(2), make(3)];
  let last = 0;
  for (let i = 0; i < n; i++) last += all[i % 3]() & 3;
  return last;
}

const a = [];
for (let i = 0; i < 100000; i++) a.push(i);
console.log(pipeline(a, 50), counters(20000000));

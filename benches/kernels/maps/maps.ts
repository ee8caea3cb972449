function integers(n) {
  const m = new Map();
  for (let i = 0; i < n; i++) m.set(Math.imul(i, 7919) & 0xfffff, i);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += m.get(i & 0xfffff) ?? 0;
  for (let i = 0; i < n; i += 2) m.delete(i & 0xfffff);
  return sum + m.size;
}

function words(n) {
  const counts = new Map();
  for (let i = 0; i < n; i++) {
    const w = "word" + (i % 5003);
    counts.set(w, (counts.get(w) ?? 0) + 1);
  }
  let most = 0;
  for (const n of counts.values()) if (n > most) most = n;
  return most + counts.size;
}

console.log(integers(3000000), words(3000000));

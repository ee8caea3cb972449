function run(n) {
  const a = [];
  let seed = 12345;
  for (let i = 0; i < n; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    a.push(seed >>> 8);
  }
  a.sort((x, y) => x - y);
  let h = 0;
  for (let i = 0; i < n; i += 1000) h = (Math.imul(h, 31) + a[i]) | 0;
  return h;
}

console.log(run(1000000));

function fnv1a(n) {
  let h = 2166136261 | 0;
  for (let i = 0; i < n; i++) {
    h ^= i & 255;
    h = Math.imul(h, 16777619);
  }
  return h >>> 0;
}

console.log(fnv1a(150000000));

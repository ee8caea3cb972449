function multiply(n, a, b, c) {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const x = a[i * n + k];
      for (let j = 0; j < n; j++) c[i * n + j] += x * b[k * n + j];
    }
  }
}

function run(n) {
  const a = new Float64Array(n * n);
  const b = new Float64Array(n * n);
  const c = new Float64Array(n * n);
  const d = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      a[i * n + j] = (i * j + i) % 7 - 3;
      b[i * n + j] = (i + 2 * j) % 5 - 2;
    }
  }
  multiply(n, a, b, c);
  multiply(n, c, b, d);
  let sum = 0;
  for (let i = 0; i < n * n; i++) sum += d[i] * (i % 3 + 1);
  return sum;
}

console.log(run(512));

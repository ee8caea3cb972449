function a(i, j) {
  return 1 / (((i + j) * (i + j + 1) >> 1) + i + 1);
}

function timesVector(n, v, out) {
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += a(i, j) * v[j];
    out[i] = sum;
  }
}

function timesTransposed(n, v, out) {
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += a(j, i) * v[j];
    out[i] = sum;
  }
}

function spectralNorm(n) {
  const u = new Float64Array(n).fill(1);
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let i = 0; i < 10; i++) {
    timesVector(n, u, w);
    timesTransposed(n, w, v);
    timesVector(n, v, w);
    timesTransposed(n, w, u);
  }
  let uv = 0;
  let vv = 0;
  for (let i = 0; i < n; i++) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  return Math.sqrt(uv / vv);
}

console.log(spectralNorm(1500).toFixed(9));

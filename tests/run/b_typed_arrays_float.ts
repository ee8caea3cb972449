const f32 = new Float32Array([0.1, 1 / 3, 1e40]);
console.log(f32[0], f32[1], f32[2]);
const f64 = Float64Array.from([1, 2, 3], (x) => x / 2);
console.log(f64.join(), f64.map((x) => x * x).join(), f64.reduce((a, b) => a + b));
let sum = 0;
const big = new Float64Array(10000);
for (let i = 0; i < big.length; i++) big[i] = i * 0.5;
for (const x of big) sum += x;
console.log(sum);

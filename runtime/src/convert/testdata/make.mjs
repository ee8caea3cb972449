// Writes numbers.txt: texts of numbers as Node prints them. Run with Node 24: node make.mjs
// Each line: bits of the double in hexadecimal, what was called, its argument, the text.
import { writeFileSync } from 'node:fs';

let seed = 987654321;
const random = (n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
const view = new DataView(new ArrayBuffer(8));
const bits = (x) => {
  view.setFloat64(0, x);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
};
const anyDouble = () => {
  view.setUint32(0, random(65536) * 65536 + random(65536));
  view.setUint32(4, random(65536) * 65536 + random(65536));
  const x = view.getFloat64(0);
  return Number.isNaN(x) ? 0.1 : x;
};
const pool = [0, -0, 0.5, 1.5, 2.5, 1.005, 1.45, 8.345, 10.235, 1e21, 1e-7, 123.456, 0.000001, 5e-324, 1.7976931348623157e308,
  999.995, 0.05, 0.15, 0.25, 0.35, 1e20, 123456789012345680000, 4503599627370497.5, -1.5e-10, 25, 9.5, 99.99, 1 / 3, 2 ** 53, 2 ** -30];
const number = () => {
  switch (random(5)) {
    case 0: return pool[random(pool.length)];
    case 1: return anyDouble();
    case 2: return random(1000000) / 1000;
    case 3: return (random(2000001) - 1000000) / 2 ** random(12);
    default: return random(2147483647) * 2 ** (random(60) - 30);
  }
};
const out = [];
for (let i = 0; i < 400; i++) {
  const x = number();
  const digits = random(22);
  const radix = 2 + random(35);
  out.push(`${bits(x)} str 0 ${x}`);
  out.push(`${bits(x)} fixed ${digits} ${x.toFixed(digits)}`);
  out.push(`${bits(x)} precision ${digits + 1} ${x.toPrecision(digits + 1)}`);
  out.push(`${bits(x)} exponential ${digits} ${x.toExponential(digits)}`);
  if (Math.abs(x) < 1e60 && Math.abs(x) > 1e-60) out.push(`${bits(x)} radix ${radix} ${x.toString(radix)}`);
}
writeFileSync(new URL('./numbers.txt', import.meta.url), out.join('\n') + '\n');

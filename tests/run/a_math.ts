console.log(Math.sqrt(16), Math.sqrt(2), Math.abs(-5.5), Math.abs(3));
console.log(Math.floor(2.7), Math.floor(-2.1), Math.ceil(2.1), Math.ceil(-2.7), Math.round(2.5), Math.round(-2.5), Math.round(0.49999999999999994), Math.trunc(-4.7));
console.log(Math.max(1, 5, 3), Math.min(4, 2, 8), Math.max(), Math.min(), Math.max(1, NaN));
console.log(Math.pow(2, 10), Math.pow(2, 0.5), Math.pow(0, 0), Math.hypot(3, 4));
console.log(Math.sign(-3), Math.sign(0), Math.sign(7), Math.cbrt(27));
console.log(Math.PI, Math.E);
console.log(Math.sin(0), Math.cos(0), Math.atan2(1, 1).toFixed(10), Math.exp(1).toFixed(10), Math.log(Math.E), Math.log2(8), Math.log10(1000));
console.log(Math.imul(65536, 65536), Math.imul(-5, 12), Math.clz32(1), Math.clz32(0), Math.fround(5.05));
const r = Math.random();
console.log(r >= 0 && r < 1, typeof r);
console.log(Number.isInteger(5), Number.isInteger(5.5), Number.isNaN(NaN), isNaN(NaN), isFinite(1 / 0), Number.isSafeInteger(2 ** 53));
console.log(parseInt("42"), parseInt("42px"), parseInt("ff", 16), parseInt("0x1f"), parseInt("x"), parseInt("-7.9"), parseInt("101", 2));
console.log(parseFloat("3.14abc"), parseFloat(".5"), parseFloat("-1e3"), parseFloat("abc"), parseFloat("  2 "));
console.log(Number("12"), Number(""), Number("1x"), Number(true), Number(null), Number(undefined), Number("0x10"), Number(" 5 "));
console.log(+"3" + +"4", -"5", "6" * "7" as any, "8" - 3 as any, "9" / "3" as any);
let area = 0;
for (let i = 0; i < 100; i++) {
  const x = (i + 0.5) / 100;
  area += Math.sqrt(1 - x * x) / 100;
}
console.log((area * 4).toFixed(4));

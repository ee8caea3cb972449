for (const n of [0, 1, -1, 255, 0.5, 1e21, 1e-7, 123.456, -0, 1 / 3]) console.log(n.toString(), n.toFixed(2), n.toString(2).slice(0, 20), n.toString(16).slice(0, 12), n.toExponential(3), n.toPrecision(4));
console.log((255).toString(36), (-255).toString(16), (0.1).toString(3), (1e21).toString(7).length, (2 ** 53).toString(2).length);
console.log((1.45).toFixed(1), (8.345).toFixed(2), (0.000001).toFixed(7), (123.456).toFixed(0), (-1.5).toFixed(0), (1e-10).toFixed(2), (10.235).toFixed(2));
console.log((1234.5678).toExponential(), (0).toExponential(2), (1e21).toPrecision(3), (0.00001).toPrecision(1), (123456).toPrecision(2));
console.log(1e5, 1e20, 1e21, 1.5e300, 1e-5, 1e-6, 1e-7, 123e-20, 5e-324, 1.7976931348623157e308);
console.log(0.1 + 0.7, 1.1 * 3, 4.35 * 100, 1.005 * 1000, 9.95, 1 - 0.9, 0.1 * 3);
console.log(100 .toString(), 1..toString(), 1.0.toFixed(1), 5e-7.toString(), 1e100.toString().length);
console.log(2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, 2 ** 64, 2 ** 70, -(2 ** 31), 2 ** 1023, 2 ** -1074);
console.log(Number("1e3"), Number("1_000"), Number("0b11"), Number("-0x1"), Number("Infinity"), Number("."));
console.log(parseInt("123", 5), parseInt("z", 36), parseInt("12", 1), parseInt("9007199254740993"), parseInt("1e3"), parseInt(""), parseInt("0b1"), parseInt(null as any, 36));
try {
  (5).toString(1);
} catch (e) {
  console.log(e.name, e.message);
}
try {
  (5).toFixed(101);
} catch (e) {
  console.log(e.name, e.message);
}
console.log(Number.MAX_SAFE_INTEGER + 2, 0.1 + 0.2 === 0.3, Math.abs(0.3 - (0.1 + 0.2)) < Number.EPSILON, 5 / 2 | 0, -5 / 2 | 0, 1e10 | 0, 2 ** 32 + 5 >>> 0);
console.log(1n + 2n, 2n ** 100n, -7n / 2n, -7n % 2n, 5n > 4, 5n == 5 as any, typeof 5n, BigInt(10) * 3n, (123n).toString(16), BigInt.asIntN(8, 255n));

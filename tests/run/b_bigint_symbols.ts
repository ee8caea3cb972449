console.log(1n + 2n, 2n ** 100n, -7n / 2n, -7n % 2n, 5n > 4, 5n == 5 as any, typeof 5n, BigInt(10) * 3n, (123n).toString(16), BigInt.asIntN(8, 255n));
function f(n: bigint) { let r = 1n; for (let i = 1n; i <= n; i++) r *= i; return r; }
console.log(f(30n), `${f(25n)}`, 0xffn, 12345678901234567890n, -(2n ** 64n), ~5n, 7n & 3n, 1n << 70n, -5n >> 1n);
try { console.log((1n as any) + 1); } catch (e) { console.log((e as Error).message); }
try { console.log(1n / 0n); } catch (e) { console.log((e as Error).message); }
console.log(Number(2n ** 64n), BigInt("0x10"), BigInt(true), [3n, 1n], { a: 5n }, new Map([[1n, 2]]).get(1n), 2n < 3, 2n === 2n, 0n ? 1 : 2);
console.log(BigInt.asUintN(64, -1n), BigInt.asIntN(64, 2n**63n), 10n ** 30n / 7n, (10n**20n).toString(36), "" + 5n, 5n + "x");
const s = Symbol("foo"), o: any = { [s]: 1, b: 2, [Symbol.iterator]: 5 };
console.log(s.toString(), s.description, typeof s, o[s], Object.keys(o), Symbol.for("x") === Symbol.for("x"), Symbol.keyFor(Symbol.for("x")), s, Symbol.iterator);

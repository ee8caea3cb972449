console.log(1n + 2n, 2n ** 100n, -7n / 2n, -7n % 2n, 5n > 4, 5n == 5 as any, typeof 5n, BigInt(10) * 3n, (123n).toString(16), BigInt.asIntN(8, 255n));

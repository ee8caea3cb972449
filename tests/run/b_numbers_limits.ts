console.log(Number.MAX_SAFE_INTEGER + 2, 0.1 + 0.2 === 0.3, Math.abs(0.3 - (0.1 + 0.2)) < Number.EPSILON, 5 / 2 | 0, -5 / 2 | 0, 1e10 | 0, 2 ** 32 + 5 >>> 0);

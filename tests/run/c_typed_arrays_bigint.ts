const b64 = new BigInt64Array([5n, -(2n ** 63n)]);
b64[0] -= 6n;
console.log(b64.join(), new BigUint64Array(b64.buffer)[0]);

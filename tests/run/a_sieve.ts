function sieve(n: number): number[] {
  const composite: boolean[] = new Array(n + 1).fill(false);
  const primes: number[] = [];
  for (let i = 2; i <= n; i++) {
    if (composite[i]) continue;
    primes.push(i);
    for (let j = i * i; j <= n; j += i) composite[j] = true;
  }
  return primes;
}
const p = sieve(10000);
console.log(p.length, p[0], p[1], p[2], p[100], p[p.length - 1]);
let twins = 0;
for (let i = 1; i < p.length; i++) if (p[i] - p[i - 1] === 2) twins++;
console.log(twins);
function factor(n: number): string {
  let s = "";
  for (const q of p) {
    while (n % q === 0) {
      s += (s === "" ? "" : "*") + q;
      n /= q;
    }
    if (n === 1) break;
  }
  return s;
}
console.log(factor(360), factor(97), factor(1001), factor(65536));

// Plain recursion over numbers.
function fib(n: number): number {
  if (n < 2) return n;
  return fib(n - 1) + fib(n - 2);
}

function fact(n: number): number {
  return n <= 1 ? 1 : n * fact(n - 1);
}

function ackermann(m: number, n: number): number {
  if (m === 0) return n + 1;
  if (n === 0) return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}

console.log(fib(0), fib(1), fib(10), fib(24));
console.log(fact(5), fact(10), fact(20));
console.log(fact(25));
console.log(ackermann(2, 3), ackermann(2, 9));

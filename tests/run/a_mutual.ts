// Functions that call each other, used before their text is reached.
console.log(isEven(10), isOdd(10), isEven(7), isOdd(7));

function isEven(n: number): boolean {
  if (n === 0) return true;
  return isOdd(n - 1);
}
function isOdd(n: number): boolean {
  if (n === 0) return false;
  return isEven(n - 1);
}

function female(n: number): number {
  return n === 0 ? 1 : n - male(female(n - 1));
}
function male(n: number): number {
  return n === 0 ? 0 : n - female(male(n - 1));
}
for (let i = 0; i < 10; i++) console.log(i, female(i), male(i));

function gcd(a: number, b: number): number {
  while (b !== 0) {
    const t = a % b;
    a = b;
    b = t;
  }
  return a;
}
console.log(gcd(1071, 462), gcd(17, 5), gcd(0, 9));

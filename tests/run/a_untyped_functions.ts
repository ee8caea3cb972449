// No annotations: the same function is used with several kinds of argument.
function add(a, b) {
  return a + b;
}
console.log(add(1, 2));
console.log(add(0.5, 0.25));
console.log(add("x", "y"));
console.log(add("n=", 7));
console.log(add(true, 1));

function pick(flag, a, b) {
  if (flag) return a;
  return b;
}
console.log(pick(true, 1, "one"), pick(false, 1, "one"));

function nothing() {}
console.log(nothing());

function power(x, n) {
  let r = 1;
  for (let i = 0; i < n; i++) r *= x;
  return r;
}
console.log(power(2, 10), power(1.5, 3), power(7, 0));

function fibu(n) {
  return n < 2 ? n : fibu(n - 1) + fibu(n - 2);
}
console.log(fibu(20));

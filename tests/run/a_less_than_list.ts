const a = 3, b = 1;
console.log(a > b, a < b, a >= a, b);

let v: any;
v ??= { n: 0 };
v.n ||= 5;
v.n &&= v.n + 1;
console.log(v.n);
console.log(delete v?.n, v.n);

const obj = {
  n: 10,
  arrow() { return [1, 2].map((x) => x + this.n).join(); },
  regular() { return function (this: any) { return typeof this; }(); },
};
console.log(obj.arrow());

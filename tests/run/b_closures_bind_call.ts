const obj = {
  n: 10,
  arrow() { return [1, 2].map((x) => x + this.n).join(); },
  regular() { return function (this: any) { return typeof this; }(); },
};
console.log(obj.arrow());
const unbound = obj.arrow.bind({ n: 100 } as any);
console.log(unbound(), obj.arrow.call({ n: 5 }), Math.max.apply(null, [1, 8, 3]));

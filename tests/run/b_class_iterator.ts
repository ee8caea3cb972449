class Vec {
  constructor(public x = 0, public y = 0) {}
  *[Symbol.iterator]() { yield this.x; yield this.y; }
  static from([x, y]: number[]) { return new Vec(x, y); }
  get [Symbol.toStringTag]() { return "Vec"; }
}
console.log([...Vec.from([3, 4])].join(), Math.max(...new Vec(5, 9)), String(new Vec()));

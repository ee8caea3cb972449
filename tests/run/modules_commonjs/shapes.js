class Square {
  constructor(side) {
    this.side = side;
  }
  area() {
    return this.side * this.side;
  }
}
function area(r) {
  return r * r * 3;
}
let count = 1;
module.exports = {
  Square,
  area,
  count,
  grow() {
    this.count++;
  },
};

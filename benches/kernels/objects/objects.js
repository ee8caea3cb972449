class Shape {
  area() { return 0; }
  scaled(k) { return this; }
}
class Circle extends Shape {
  constructor(r) { super(); this.r = r; }
  area() { return 3 * this.r * this.r; }
  scaled(k) { return new Circle(this.r * k); }
}
class Rect extends Shape {
  constructor(w, h) { super(); this.w = w; this.h = h; }
  area() { return this.w * this.h; }
  scaled(k) { return new Rect(this.w * k, this.h * k); }
}
class Square extends Rect {
  constructor(side) { super(side, side); }
  scaled(k) { return new Square(this.w * k); }
}

function run(rounds) {
  const shapes = [];
  for (let i = 0; i < 999; i++) {
    shapes.push(i % 3 === 0 ? new Circle(i) : i % 3 === 1 ? new Rect(i, 2) : new Square(i));
  }
  let total = 0;
  for (let r = 0; r < rounds; r++) {
    for (const s of shapes) total += s.scaled(2).area() - s.area();
  }
  return total;
}

console.log(run(20000));

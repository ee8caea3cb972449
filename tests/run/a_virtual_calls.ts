// Calls through a base class over three levels, from arrays and fields.
class Shape {
  constructor(public id: number) {}
  area(): number { return 0; }
  name(): string { return "shape"; }
  show(): string { return this.name() + this.id + ":" + this.area(); }
}
class Rect extends Shape {
  constructor(id: number, protected w: number, protected h: number) { super(id); }
  area(): number { return this.w * this.h; }
  name(): string { return "rect"; }
}
class Square extends Rect {
  constructor(id: number, s: number) { super(id, s, s); }
  name(): string { return "square<" + super.name() + ">"; }
}
class Cube extends Square {
  area(): number { return 6 * super.area(); }
  grow(by: number): this { this.w += by; this.h += by; return this; }
}
class Plain extends Shape {}
const shapes: Shape[] = [];
for (let i = 0; i < 1000; i++) {
  const k = i % 5;
  shapes.push(k === 0 ? new Shape(i) : k === 1 ? new Rect(i, i, 2) : k === 2 ? new Square(i, 3) : k === 3 ? new Cube(i, 2) : new Plain(i));
}
let total = 0;
for (const s of shapes) total += s.area();
console.log(total, shapes.slice(0, 5).map((s) => s.show()).join(" "));
let counts = [0, 0, 0, 0];
for (const s of shapes) {
  if (s instanceof Cube) counts[0]++;
  else if (s instanceof Square) counts[1]++;
  else if (s instanceof Rect) counts[2]++;
  else counts[3]++;
}
console.log(counts.join());
console.log(new Cube(7, 1).grow(2).show(), (shapes[3] as Cube).grow(8).area());
class Holder {
  shape: Shape = new Plain(-1);
  swap(s: Shape): Shape {
    const old = this.shape;
    this.shape = s;
    return old;
  }
}
const h = new Holder();
console.log(h.swap(new Square(1, 4)).show(), h.swap(new Rect(2, 1, 5)).show(), h.shape.show());

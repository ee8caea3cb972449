class Shape {
  name: string;
  constructor(name: string) {
    this.name = name;
  }
  area(): number {
    return 0;
  }
  describe(): string {
    return this.name + " with area " + this.area();
  }
}
class Square extends Shape {
  side: number;
  constructor(side: number) {
    super("square");
    this.side = side;
  }
  area(): number {
    return this.side * this.side;
  }
}
class Rect extends Shape {
  constructor(public w: number, public h: number) {
    super("rect");
  }
  area(): number {
    return this.w * this.h;
  }
  describe(): string {
    return super.describe() + " (" + this.w + "x" + this.h + ")";
  }
}
class Cube extends Square {
  area(): number {
    return 6 * super.area();
  }
}
const shapes: Shape[] = [new Shape("blank"), new Square(3), new Rect(2, 5), new Cube(2)];
let total = 0;
for (const s of shapes) {
  console.log(s.describe());
  total += s.area();
}
console.log("total", total);
for (const s of shapes) console.log(s instanceof Shape, s instanceof Square, s instanceof Rect, s instanceof Cube);
console.log(shapes[3].constructor === Cube, Cube.name, shapes[1].constructor.name);

class Point {
  x: number;
  y: number;
  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }
  add(o: Point): Point {
    return new Point(this.x + o.x, this.y + o.y);
  }
  length(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
  toString(): string {
    return "(" + this.x + ", " + this.y + ")";
  }
}
const p = new Point(3, 4);
console.log(p.x, p.y, p.length());
const q = p.add(new Point(1, -1));
console.log(q.toString(), "" + q, `${q}`);
q.x = 10;
q.y += 5;
console.log(q.x, q.y, p.x);
const alias = p;
alias.x = 99;
console.log(p.x, alias === p, p === new Point(99, 4));

class Counter {
  count = 0;
  step = 1;
  inc(): Counter {
    this.count += this.step;
    return this;
  }
}
const c = new Counter();
c.inc().inc().inc();
c.step = 10;
c.inc();
console.log(c.count);
let last = p;
for (let i = 0; i < 1000; i++) last = last.add(new Point(1, 2));
console.log(last.x, last.y);

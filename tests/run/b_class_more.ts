class Base {
  static registry: string[] = [];
  static { Base.registry.push("static block"); }
  #secret = 7;
  protected kind = "base";
  constructor() {
    this.init();
  }
  init(): void {
    Base.registry.push("Base.init");
  }
  get secret() { return this.#secret; }
  static make<T extends Base>(this: new () => T): T { return new this(); }
  bump(): this { this.#secret++; return this; }
  static isBase(o: any): boolean { return #secret in o; }
}
class Derived extends Base {
  extra = "set after super";
  init(): void {
    Base.registry.push("Derived.init extra=" + this.extra);
    super.init();
  }
  override get secret() { return super.secret * 100; }
}
const d = Derived.make();
console.log(d.secret, d.bump().secret, d.extra, Base.registry.join("; "));
console.log(Base.isBase(d), Base.isBase({}));
abstract class Animal {
  abstract sound(): string;
  speak(): string { return `${this.constructor.name} says ${this.sound()}`; }
}
class Dog extends Animal { sound() { return "woof"; } }
const Cat = class extends Animal { sound() { return "meow"; } };
for (const a of [new Dog(), new Cat()]) console.log(a.speak());
class Vec {
  constructor(public x = 0, public y = 0) {}
  *[Symbol.iterator]() { yield this.x; yield this.y; }
  static from([x, y]: number[]) { return new Vec(x, y); }
  get [Symbol.toStringTag]() { return "Vec"; }
}
console.log([...Vec.from([3, 4])].join(), Math.max(...new Vec(5, 9)), String(new Vec()));
interface Shape { area(): number }
const shapes: Shape[] = [{ area: () => 2 }, { area() { return 3; } }];
console.log(shapes.reduce((s, x) => s + x.area(), 0));
console.log(typeof Dog, Dog.length, Object.getOwnPropertyNames(Dog.prototype).join());
const method = new Dog().sound;
console.log(method());
try {
  (Dog as any)();
} catch (e) {
  console.log(e.name, e.message);
}
class Temp { static #n = 0; static next() { return ++Temp.#n; } }
Temp.next();
console.log(Temp.next());

class Base {
  static registry: string[] = [];
  static { Base.registry.push("static block"); }
  protected kind = "base";
  constructor() {
    this.init();
  }
  init(): void {
    Base.registry.push("Base.init");
  }
  static make<T extends Base>(this: new () => T): T { return new this(); }
}
class Derived extends Base {
  extra = "set after super";
  init(): void {
    Base.registry.push("Derived.init extra=" + this.extra);
    super.init();
  }
}
const d = Derived.make();
console.log(d.extra); console.log(Base.registry.join());

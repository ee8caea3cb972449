class Base {
  #secret = 7;
  protected kind = "base";
  constructor() {
    this.init();
  }
  init(): void {}
  get secret() { return this.#secret; }
  bump(): this { this.#secret++; return this; }
  static isBase(o: any): boolean { return #secret in o; }
}
const d = new Base();
console.log(d.secret);
console.log(d.bump().secret);
console.log(Base.isBase(d), Base.isBase({}));

class Base {
  #secret = 7;
  get secret() { return this.#secret; }
  bump(): this { this.#secret++; return this; }
}
class Derived extends Base {
  override get secret() { return super.secret * 100; }
}
const d = new Derived();
console.log(d.secret);
console.log(d.bump().secret);

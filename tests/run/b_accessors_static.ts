class Temp {
  private c = 0;
  static count = 0;
  static readonly names: string[] = [];
  static #hidden = 1;
  constructor(public readonly name: string) {
    Temp.count++;
    Temp.names.push(name);
  }
  get f(): number { return this.c * 9 / 5 + 32; }
  set f(v: number) { this.c = (v - 32) * 5 / 9; }
  get label(): string { return `${this.name}:${this.c}`; }
  static get total(): string { return Temp.count + "/" + Temp.names.join(""); }
  static set hidden(n: number) { Temp.#hidden = n * 2; }
  static get hidden(): number { return Temp.#hidden; }
  static create(n: string): Temp { return new this(n); }
}
const t = new Temp("a");
t.f = 212;
console.log(t.f, t.label);
t.f -= 90;
console.log(t.label, Temp.total);
Temp.hidden = 21;
Temp.hidden++;
console.log(Temp.hidden, Temp.create("b").label, Temp.total, Temp.count);
class Sub extends Temp {
  static count2 = Temp.count * 10;
  get label(): string { return "sub " + this.name + this.f; }
  static make(): Sub { return new Sub("s"); }
}
const s: Temp = Sub.make();
console.log(s.label, Sub.count2, Sub.total, Sub.count);
const anyT: any = s;
anyT.f = 50;
console.log(anyT.label, anyT["f"], s.f);

class Account {
  static count = 0;
  static readonly rate = 0.05;
  static open(owner: string): Account {
    Account.count++;
    return new Account(owner);
  }
  private balance = 0;
  constructor(readonly owner: string) {}
  get total(): number {
    return this.balance;
  }
  set total(v: number) {
    if (v < 0) v = 0;
    this.balance = v;
  }
  deposit(n: number): void {
    this.total += n;
  }
  interest(): number {
    return this.balance * Account.rate;
  }
}
const a = Account.open("ann");
const b = Account.open("bob");
a.deposit(100);
a.deposit(50);
b.deposit(10);
b.total -= 25;
console.log(Account.count, a.owner, a.total, b.owner, b.total, a.interest());
a.total = 7;
console.log(a.total);

class Temp {
  celsius = 0;
  get fahrenheit(): number {
    return this.celsius * 9 / 5 + 32;
  }
  set fahrenheit(f: number) {
    this.celsius = (f - 32) * 5 / 9;
  }
  static freezing(): Temp {
    return new this();
  }
}
const t = Temp.freezing();
console.log(t.fahrenheit);
t.fahrenheit = 212;
console.log(t.celsius);

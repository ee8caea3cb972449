enum Op { Add = "+", Sub = "-", Mul = "*" }
enum Flag { None, A = 1, B = 2, C = 4, AB = A | B, Last = 1 << 10 }
enum Neg { Low = -2, Next, Zero, One }
function apply(op: Op, a: number, b: number): number {
  switch (op) {
    case Op.Add: return a + b;
    case Op.Sub: return a - b;
    case Op.Mul: return a * b;
  }
}
console.log([Op.Add, Op.Sub, Op.Mul].map((o) => o + apply(o, 6, 3)).join());
let f = Flag.A | Flag.C;
console.log(f, (f & Flag.B) !== 0, (f & Flag.C) !== 0, f & ~Flag.A, Flag.AB, Flag.Last);
console.log(Neg.Low, Neg.Next, Neg.Zero, Neg.One, Neg[-2], Neg[1], Flag[3], Flag[1024]);
class Item { kind: Neg = Neg.Zero; constructor(public flags: Flag = Flag.None) {} }
const it = new Item(Flag.B);
it.flags |= Flag.C;
it.kind++;
console.log(it.flags, it.kind === Neg.One, Neg[it.kind]);
const by: Record<Op, number> = { [Op.Add]: 1, [Op.Sub]: 2, [Op.Mul]: 3 };
console.log(by["+"], by[Op.Mul]);

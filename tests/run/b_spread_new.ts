class P {
  constructor(public a: number, public b: number) {}
}
const p = new P(...([5, 6] as [number, number]));
console.log(p.a, p.b, { ...p }.b);

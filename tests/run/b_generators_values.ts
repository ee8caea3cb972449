function* talk(): Generator<string, string, number> {
  const a = yield "first";
  const b = yield "got " + a;
  return "sum " + (a + b);
}
const t = talk();
let r = t.next();
console.log(r.value, r.done);
r = t.next(5);
console.log(r.value, r.done);
r = t.next(6);
console.log(r.value, r.done, t.next().done);

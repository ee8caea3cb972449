function* deleg(): Generator<any> {
  yield 0;
  const x = yield* inner();
  yield x;
  yield* [7, 8];
}
function* inner(): Generator<any, string> {
  yield "i";
  return "returned";
}
console.log([...deleg()].join());

function* guarded(): Generator<number> {
  try {
    yield 1;
    yield 2;
  } catch (e) {
    yield -1;
  } finally {
    console.log("cleanup");
  }
}
for (const v of guarded()) break;
const g = guarded();
g.next();
console.log(g.throw(new Error("x")).value, g.next().done);

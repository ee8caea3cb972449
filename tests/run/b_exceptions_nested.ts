const log: string[] = [];
function step(s: string): void {
  log.push(s);
}
function nested(n: number): string {
  try {
    step("t1");
    try {
      step("t2");
      if (n === 1) throw new Error("e1");
      if (n === 2) return "r2";
    } catch (e) {
      step("c2:" + e.message);
      throw new TypeError("from catch");
    } finally {
      step("f2");
    }
    step("after");
  } catch (e) {
    step("c1:" + e.name);
    return "caught";
  } finally {
    step("f1");
  }
  return "end";
}
for (const n of [0, 1, 2]) {
  log.length = 0;
  console.log(nested(n), log.join(" "));
}

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
function loopFinally(): string {
  let s = "";
  for (let i = 0; i < 4; i++) {
    try {
      if (i === 1) continue;
      if (i === 3) break;
      s += "b" + i;
    } finally {
      s += "f" + i;
    }
  }
  return s;
}
console.log(loopFinally());
function override(): number {
  for (;;) {
    try {
      return 1;
    } finally {
      break;
    }
  }
  return 2;
}
console.log(override());
function value(): number {
  let x = 1;
  try {
    return x;
  } finally {
    x = 2;
  }
}
console.log(value());
try {
  try {
    throw new Error("first");
  } finally {
    throw new Error("second");
  }
} catch (e) {
  console.log(e.message);
}
try {
  try {
    throw new Error("rethrown");
  } catch (e) {
    throw e;
  }
} catch (e) {
  console.log(e.message);
}
const cause = new Error("outer", { cause: new RangeError("inner") });
console.log((cause.cause as Error).message, cause instanceof Error, Object.prototype.toString.call(cause));
for (const f of [() => null!.x, () => undefinedName, () => [].reduce((a) => a), () => "x".repeat(-1), () => new Array(-1), () => (1).toFixed(200), () => (5 as any)()]) {
  try {
    f();
    console.log("no error");
  } catch (e) {
    console.log(e.constructor.name, e.message);
  }
}

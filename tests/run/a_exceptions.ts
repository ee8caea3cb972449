function risky(n: number): number {
  if (n > 2) throw new Error("too big: " + n);
  return n * 10;
}
for (let i = 1; i < 5; i++) {
  try {
    console.log(risky(i));
  } catch (e) {
    console.log("caught", (e as Error).message);
  } finally {
    console.log("finally", i);
  }
}
function f(): string {
  try {
    return "try";
  } finally {
    console.log("cleanup");
  }
}
console.log(f());
function g(): string {
  try {
    throw new Error("x");
  } catch {
    return "catch";
  } finally {
    return "finally wins";
  }
}
console.log(g());
try {
  throw 42;
} catch (e) {
  console.log("number", e);
}
try {
  throw "text";
} catch (e) {
  console.log("string", e);
}
class MyError extends Error {
  code: number;
  constructor(code: number) {
    super("code " + code);
    this.code = code;
    this.name = "MyError";
  }
}
try {
  throw new MyError(7);
} catch (e) {
  console.log(e instanceof MyError, e instanceof Error, e instanceof RangeError, e.code, e.message, e.name, String(e));
}
function deep(n: number): number {
  if (n === 0) throw new RangeError("bottom");
  return deep(n - 1) + 1;
}
try {
  deep(100);
} catch (e) {
  console.log(e.name, e.message);
}

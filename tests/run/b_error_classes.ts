class AppError extends Error {
  constructor(message: string, readonly code: number = 1) {
    super(message);
    this.name = new.target.name;
  }
  describe(): string {
    return `${this.name}#${this.code}: ${this.message}`;
  }
}
class NotFound extends AppError {
  constructor(what: string) {
    super(what + " not found", 404);
  }
}
function find(what: string): string {
  if (what === "x") throw new NotFound(what);
  if (what === "y") throw new AppError("general");
  if (what === "z") throw new SyntaxError("parse");
  return "ok " + what;
}
for (const w of ["a", "x", "y", "z"]) {
  try {
    console.log(find(w));
  } catch (e) {
    if (e instanceof NotFound) console.log("nf", e.describe(), e.code);
    else if (e instanceof AppError) console.log("app", e.describe());
    else console.log("other", e.name, e.message, e instanceof SyntaxError);
  }
}
console.log(String(new NotFound("k")), new AppError("m", 5).toString());
console.log(new NotFound("q") instanceof Error, Object.getPrototypeOf(NotFound) === AppError);
console.log(new Error("a").name, new TypeError("b").name, new RangeError("c").toString(), Error("no new").message);
console.log(typeof new Error("x").stack, new Error("first line").stack!.split("\n")[0]);
const e = new Error("m");
e.name = "Custom";
console.log(`${e}`, Object.keys(e).join());
try {
  throw { code: 5, text: "plain object" };
} catch ({ code, text }) {
  console.log(code, text);
}

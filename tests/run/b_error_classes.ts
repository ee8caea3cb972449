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

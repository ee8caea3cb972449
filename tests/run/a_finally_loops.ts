// Every way out of a try inside nested loops runs the finally blocks between.
let log = "";
function f(mode: number): string {
  outer: for (let i = 0; i < 3; i++) {
    try {
      for (let j = 0; j < 3; j++) {
        try {
          if (mode === 0 && j === 1) continue outer;
          if (mode === 1 && j === 1) break;
          if (mode === 2 && i === 1) break outer;
          if (mode === 3 && i + j === 2) return "ret" + i + j;
          if (mode === 4 && j === 2) throw new Error("t" + i);
          log += "b" + i + j;
        } finally {
          log += "f" + j;
          if (mode === 5 && j === 0) continue;
          log += "g";
        }
      }
    } catch (e) {
      log += "[" + (e as Error).message + "]";
      if (i === 1) return "caught";
    } finally {
      log += "F" + i + ";";
    }
  }
  return "end";
}
for (let m = 0; m < 6; m++) {
  log = "";
  const r = f(m);
  console.log(m, r, log);
}
function both(): string {
  let s = "";
  for (const x of ["a", "b", "c"]) {
    try {
      try {
        if (x === "b") return s + "!";
        s += x;
      } finally {
        s += "1";
      }
    } finally {
      s += "2";
      if (x === "b") console.log("left with", s);
    }
  }
  return s;
}
console.log(both());

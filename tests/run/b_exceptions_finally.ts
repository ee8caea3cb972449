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

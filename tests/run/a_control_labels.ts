outer: for (let i = 0; i < 5; i++) {
  for (let j = 0; j < 5; j++) {
    if (j === 3) continue outer;
    if (i === 2) break outer;
    console.log(i, j);
  }
}

block: {
  console.log("in block");
  if (sumTo(4) === 10) break block;
  console.log("never");
}

function sumTo(n: number): number {
  let s = 0;
  for (let i = 1; i <= n; i++) s += i;
  return s;
}

let count = 0;
a: while (true) {
  b: do {
    count++;
    if (count < 3) continue a;
    if (count < 5) continue b;
    break a;
  } while (count < 100);
}
console.log("count", count);

function firstPair(limit: number, product: number): string {
  search: for (let x = 1; x < limit; x++) {
    for (let y = x; y < limit; y++) {
      if (x * y === product) return x + "*" + y;
      if (x * y > product) continue search;
    }
  }
  return "none";
}
console.log(firstPair(50, 91), firstPair(50, 97));

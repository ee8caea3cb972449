let out = "";
a: for (let i = 0; i < 4; i++) {
  b: for (let j = 0; j < 4; j++) {
    c: for (let k = 0; k < 4; k++) {
      if (k === 3) continue b;
      if (j === 2) continue a;
      if (i === 3) break a;
      if (i === 1 && k === 1) break b;
      if (k === 0) continue c;
      out += "" + i + j + k + " ";
    }
  }
  out += "| ";
}
console.log(out);
let n = 0;
w: while (true) {
  do {
    n++;
    if (n % 5 === 0) continue w;
    if (n > 22) break w;
  } while (n % 7 !== 0);
  n += 100;
}
console.log(n);
block: {
  if (n > 5) break block;
  console.log("not reached");
}
const found: number[] = [];
primes: for (let p = 2; found.length < 15; p++) {
  for (const q of found) {
    if (q * q > p) break;
    if (p % q === 0) continue primes;
  }
  found.push(p);
}
console.log(found.join());
x: for (const s of ["ab", "cd", "ef"]) {
  for (const ch of s) {
    if (ch === "d") continue x;
    if (ch === "f") break x;
    n += ch.charCodeAt(0);
  }
}
console.log(n);

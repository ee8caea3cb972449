// Several converted values leave a loop over the same edges.
class Board {
  constructor(n) {
    this.n = n;
    this.rows = new Array(n).fill(true);
    this.ups = new Array(2 * n).fill(true);
    this.downs = new Array(2 * n).fill(true);
    this.queens = new Array(n).fill(-1);
  }
  free(r, c) {
    return this.rows[r] && this.ups[c + r] && this.downs[c - r + this.n - 1];
  }
  mark(r, c, v) {
    this.rows[r] = v;
    this.ups[c + r] = v;
    this.downs[c - r + this.n - 1] = v;
  }
  place(c) {
    for (let r = 0; r < this.n; r++) {
      if (this.free(r, c)) {
        this.queens[r] = c;
        this.mark(r, c, false);
        if (c === this.n - 1) return true;
        if (this.place(c + 1)) return true;
        this.mark(r, c, true);
      }
    }
    return false;
  }
}

for (const n of [4, 6, 8]) {
  const b = new Board(n);
  console.log(b.place(0), b.queens.join(","));
}
const b = new Board(3);
console.log(b.place(0), b.queens.join(","), b.rows.join());

class Range {
  constructor(private n: number) {}
  [Symbol.iterator]() {
    let i = 0;
    const n = this.n;
    return { next: () => (i < n ? { value: i++, done: false } : { value: undefined, done: true }), return() { console.log("closed"); return {} as any; } };
  }
}
for (const x of new Range(3)) if (x === 1) break;
const [p, q] = new Range(5);
console.log(p, q, [...new Range(4)].join());

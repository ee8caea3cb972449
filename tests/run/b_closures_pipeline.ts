function pipeline(...fs: ((x: number) => number)[]): (x: number) => number {
  return (x) => fs.reduce((v, f) => f(v), x);
}
console.log(pipeline((x) => x + 1, (x) => x * 10, (x) => x - 3)(4));

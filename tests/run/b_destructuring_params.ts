function f({ a, b = 5 }: { a: number; b?: number }, [c, d]: number[] = [7, 8]): number {
  return a * 1000 + b * 100 + c * 10 + d;
}
console.log(f({ a: 1 }), f({ a: 1, b: 2 }, [3, 4]));

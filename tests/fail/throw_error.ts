function inner(n: number): number {
  if (n === 0) throw new RangeError("n is zero")
  return inner(n - 1)
}
console.log("before")
inner(2)
console.log("never")

// The place is in this file.
export function fail(n: number) {
  throw new Error("failed " + n);
}

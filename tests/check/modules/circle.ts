import { pong } from "./circle2";
export function ping(n: number): number {
  return n > 0 ? pong(n - 1) : 0;
}

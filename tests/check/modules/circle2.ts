import { ping } from "./circle";
export function pong(n: number): number {
  return n > 0 ? ping(n - 1) : 1;
}

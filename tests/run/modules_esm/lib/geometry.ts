import { mul } from "./mul.ts";
export const area = (r: number) => mul(r, r);

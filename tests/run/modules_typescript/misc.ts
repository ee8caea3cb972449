export const enum K { A, B = "b" }
export type T = { k: K };
export namespace NS { export function inner(x: number) { return x * 2; } }
export abstract class Abs { abstract go(): string; run() { return "run " + this.go(); } }

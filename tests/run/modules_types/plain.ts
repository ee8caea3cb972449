export class Plain {
  y?: string;
  z: number;
  constructor(public x: number) {}
}
export function loose(x: any): number {
  return x;
}

export function one(x: number) {
  return x;
}
export interface Inner {
  deep: boolean;
}

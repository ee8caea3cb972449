export interface Shape {
  area: number;
  name: string;
}
export const named = (s: Shape) => s.name + "!";

enum Color { Red, Green, Blue }
enum Level { Low = 1, Mid = 5, High }
enum Dir { Up = "UP", Down = "DOWN" }
enum Bits { A = 1 << 0, B = 1 << 1, C = 1 << 2, All = A | B | C }
enum Mixed { No = 0, Yes = "YES" }
const enum Fast { X = 10, Y = X * 2 }
console.log(Color.Red, Color.Green, Color.Blue);
console.log(Color[0], Color[2], Color["Green"]);
console.log(Level.Low, Level.Mid, Level.High, Level[6]);
console.log(Dir.Up, Dir.Down, Dir.Up === "UP");
console.log(Bits.All, Bits.A | Bits.C, Bits[4], Mixed.No, Mixed.Yes, Mixed[0]);
console.log(Fast.X, Fast.Y);
function name(c: Color): string {
  switch (c) {
    case Color.Red: return "red";
    case Color.Green: return "green";
    default: return "other";
  }
}
console.log(name(Color.Red), name(Color.Blue), name(1));
let c: Color = Color.Green;
c++;
console.log(Color[c], c === Color.Blue, typeof Color.Red, typeof Dir.Up);

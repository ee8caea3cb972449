// Every form of import and export between files.
import counter, { count, increment as up, Point, type Shape, Color } from "./lib/counter.ts";
import * as math from "./lib/math.ts";
import { add, mul as times, geometry, "string name" as odd } from "./lib/index.ts";
import make from "./lib/anonymous.ts";
import Base from "./lib/base.ts";
import data from "./lib/data.json" with { type: "json" };
import type { OnlyType } from "./lib/types.ts";
import "./lib/effect.ts";

console.log("main");
console.log(count, up(), count, up(), count);
console.log(counter.name, counter.next());
class Point3 extends Point {
  z = 3;
  sum(): number {
    return super.sum() + this.z;
  }
}
console.log(new Point3(1, 2).sum(), new Point3(4, 5) instanceof Point);
const s: Shape = { kind: "circle", size: 2 };
console.log(s, Color.green);
console.log(math.add(1, 2), math.PI2, math.default(5));
console.log(add(3, 4), times(5, 6), geometry.area(2), odd);
console.log(make(2), make.name);
console.log(new Base().hello(), data.name, data.list[1], data.nested.ok);
const t: OnlyType = { a: 1 };
console.log(t.a);
const space = math;
console.log(Object.keys(space).join(), space["add"](8, 9));
export const unused = 1;
export default class {}

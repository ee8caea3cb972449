import twice, { add, Shape, Point, Named, Id, Color, limit, type Pair as P, made, half } from "./lib";
import * as lib from "./lib";
import type { Tree } from "./deep/tree";
import Widget from "./widget";
import { again, Inner, everything } from "./again";
import { data } from "./plain.js";
import { ping } from "./circle";
import answer from "./answer";

// What is right.
const s: Shape = new Point(1, 2);
const named: Named = { name: "n" };
const id: Id = 7;
const color: Color = Color.Green;
const pair: P<string> = ["a", "b"];
const tree: Tree<number> = { value: 1, children: [{ value: 2, children: [] }] };
const sum: number = add(1, 2) + lib.add(3, 4) + lib.limit + twice(2) + new lib.Point(1, 2).x + half(3);
const w: Widget = new Widget("w");
const q: lib.Pair<number> = [1, 2];
const inner: Inner = { deep: true };
data.anything.at.all();
everything.add(1, 2);
const n: number = answer.of.life + ping(3);
console.log(s.area(), named, id, color, pair, tree, sum, w.title, q, inner, made.x, n, again(1));

// What is not.
add("1", 2);
const wrong: string = limit;
new Point("x", 2);
const bad: Named = { nam: "n" };
const c2: Color = "red";
lib.add(1);
lib.missing;
const p2: P<string> = [1, "b"];
w.titel;
twice("x");
everything.add("x", 1);
answer.of.deth;
ping("x");
again();
const t2: Tree<number> = { value: "x", children: [] };
made.z;
limit = 3;
import { nothing } from "./lib";

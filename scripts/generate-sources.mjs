// Writes TypeScript programs of a given length for measuring the front end:
//
//     node scripts/generate-sources.mjs DIRECTORY LINES
//
// Each shape is one file, SHAPE.ts, and loads another part of the checker. All of them are free of
// errors. Twice the lines must take twice the time in every shape.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [directory, lines] = [process.argv[2], Number(process.argv[3])];
if (!directory || !(lines > 0)) {
  console.error("usage: generate-sources.mjs DIRECTORY LINES");
  process.exit(1);
}

/** Repeats a piece until there are enough lines. */
function repeat(piece, head = "", tail = "") {
  const parts = [head];
  for (let i = 0, n = 0; n < lines; i++) {
    const text = piece(i);
    n += text.split("\n").length - 1;
    parts.push(text);
  }
  parts.push(tail);
  return parts.join("");
}

/** What programs are made of; a piece may use the one before it. */
const pieces = {
  // Functions with loops, conditions and calls of each other.
  functions: i => `
function step${i}(values: number[], limit: number): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (v > limit) {
      sum += v * 2;
      continue;
    }
    while (count < v && sum < 1000) {
      count++;
      sum -= count % 3;
    }
  }
  if (sum > limit) {
    return ${i > 0 ? `step${i - 1}` : "Math.max"}(${i > 0 ? "[sum]" : "sum"}, count);
  }
  return sum + count;
}
`,

  // Functions without annotations: results come from bodies.
  unannotated: i => `
function make${i}(a = ${i}, b = "name${i}") {
  const point = { x: a, y: a + 1, label: b, parts: [a, a + 2] };
  const { x, label } = point;
  let best = null;
  for (const p of point.parts) {
    if (best === null || p > best) {
      best = p;
    }
  }
  return { total: x + point.y, name: label.toUpperCase(), best, next: ${i > 0 ? `make${i - 1}` : "Number"} };
}
const made${i} = make${i}(1);
const text${i} = made${i}.name + made${i}.total.toFixed(2);
`,

  // Interfaces, classes that implement and extend, generic containers.
  classes: i => `
interface Shape${i}<T> {
  readonly id: number;
  name?: string;
  area(scale: number): number;
  map<U>(f: (value: T) => U): U[];
}
abstract class Base${i} ${i % 8 ? `extends Base${i - 1} ` : ""}{
  protected items${i}: Map<string, number> = new Map();
  constructor(public size${i}: number) {
    ${i % 8 ? `super(size${i});` : ""}
  }
  add${i}(key: string, value: number): this {
    this.items${i}.set(key, value + this.size${i});
    return this;
  }
  abstract describe${i}(): string;
}
class Box${i}<T extends { length: number }> implements Shape${i}<T> {
  private values: T[] = [];
  static count = 0;
  constructor(readonly id: number, first: T) {
    this.values.push(first);
    Box${i}.count++;
  }
  get longest(): T | undefined {
    let found: T | undefined;
    for (const v of this.values) {
      if (!found || v.length > found.length) found = v;
    }
    return found;
  }
  area(scale: number): number {
    return this.values.reduce((sum, v) => sum + v.length, 0) * scale;
  }
  map<U>(f: (value: T) => U): U[] {
    return this.values.map(f);
  }
}
const box${i} = new Box${i}(${i}, "text");
const sizes${i}: number[] = box${i}.map(v => v.length).filter(n => n > 1);
`,

  // Discriminated unions and narrowing.
  unions: i => `
type Node${i} =
  | { kind: "number"; value: number }
  | { kind: "text"; value: string }
  | { kind: "pair"; left: Node${i}; right: Node${i} }
  | { kind: "list"; items: Node${i}[]; open?: boolean };
function weigh${i}(node: Node${i} | null | undefined): number {
  if (!node) return 0;
  switch (node.kind) {
    case "number":
      return node.value;
    case "text":
      return node.value.length;
    case "pair":
      return weigh${i}(node.left) + weigh${i}(node.right);
    case "list": {
      if (typeof node.open === "boolean" && node.open) {
        return node.items.length;
      }
      return node.items.map(weigh${i}).reduce((a, b) => a + b, 0);
    }
  }
}
export const weight${i} = weigh${i}({ kind: "pair", left: { kind: "number", value: ${i} }, right: { kind: "text", value: "a" } });
`,

  // Calls with functions as arguments: overloads and type arguments that are inferred.
  chains: i => `
const words${i} = ["alpha", "beta", "gamma${i}"];
const lengths${i} = words${i}
  .filter(w => w.length > ${i % 5})
  .map((w, at) => ({ word: w, at, size: w.length }))
  .sort((a, b) => a.size - b.size);
const table${i} = new Map(lengths${i}.map(l => [l.word, l.size] as const));
const sum${i} = [...table${i}.values()].reduce((a, b) => a + b, 0);
const joined${i} = Object.entries({ a: sum${i}, b: 2 }).map(([k, v]) => k + "=" + v.toFixed(1)).join(",");
async function load${i}(names: string[]): Promise<number> {
  const all = await Promise.all(names.map(async n => n.length + joined${i}.length));
  return all.reduce((a, b) => Math.max(a, b), sum${i});
}
`,

  // Plain JavaScript style: functions in variables, prototypes of no type.
  script: i => `
var counter${i} = (function () {
  var count = 0, names = {};
  function next(name) {
    names[name] = (names[name] || 0) + 1;
    return ++count;
  }
  return { next: next, get: function (name) { return names[name]; }, reset: function () { count = 0; } };
})();
function use${i}(list, done) {
  for (var i = 0, n = list.length; i < n; i++) {
    var item = list[i];
    if (item && item.name) {
      counter${i}.next(item.name);
    } else if (typeof item === "function") {
      item(function (error, value) { done(error || value); });
    }
  }
}
`,
};

const shapes = {
  ...Object.fromEntries(Object.entries(pieces).map(([name, piece]) => [name, () => repeat(piece)])),

  // All of these in turn: what a large program looks like.
  program: () => {
    const all = Object.values(pieces);
    return repeat(i => all[i % all.length](Math.floor(i / all.length)));
  },

  // One function as long as the file.
  long: () => repeat(i => `
  let v${i} = state.count + ${i};
  if (v${i} > state.limit) {
    state.count = v${i} - 1;
    last = v${i};
  } else if (last !== null && last > 3) {
    v${i} += last;
  }
  state.names.push("n" + v${i});
`, `export function run(state: { count: number; limit: number; names: string[] }): number {
  let last: number | null = null;
`, `  return last ?? 0;
}
`),

  // The same inside a loop, which is looked at until its types settle.
  loop: () => repeat(i => `
    let v${i} = state.count + ${i};
    if (v${i} > state.limit) {
      state.count = v${i} - 1;
      last = v${i};
    } else if (last !== null && last > 3) {
      v${i} += last;
    }
`, `export function run(state: { count: number; limit: number }): number {
  let last: number | null = null;
  for (let i = 0; i < 10; i++) {
`, `  }
  return last ?? 0;
}
`),

  // Tables: one literal.
  data: () => repeat(i => `
  { id: ${i}, name: "item ${i}", tags: ["a", "b${i % 7}"], price: ${i}.5, size: { w: ${i}, h: 2 }, note: ${i % 3 ? "null" : `"n${i}"`} },
`, "export const items = [", "];\nexport const first = items[0].name;\n"),

  // A table by name, and its type.
  keys: () => repeat(i => `
  key${i}: { code: ${i}, message: "message number ${i}" },
`, "export const messages = {", "};\nexport type Key = keyof typeof messages;\nexport const key: Key = \"key0\";\n"),

  // A union, an enum and a switch over it, each with thousands of members.
  wide: () => {
    const n = Math.floor(lines / 6);
    const each = f => Array.from({ length: n }, (_, i) => f(i)).join("");
    return `export enum Op {\n${each(i => `  Op${i},\n`)}}
export type Name = \n${each(i => `  | "name${i}"\n`)};
export function name(op: Op): Name {
  switch (op) {
${each(i => `    case Op.Op${i}:\n      return "name${i}";\n`)}  }
  return "name0";
}
export function parse(text: string): number {
${each(i => `  if (text === "name${i}") return ${i};\n`)}  return -1;
}
`;
  },

};

mkdirSync(directory, { recursive: true });
for (const [name, make] of Object.entries(shapes)) {
  writeFileSync(join(directory, `${name}.ts`), make());
}

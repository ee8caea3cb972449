// Compares how fast parsers of JavaScript and TypeScript read big files.
//
//     node benches/parse.mjs [--markdown] [-n ROUNDS] [FILE...]
//
// The peers oxc-parser, @swc/core, esbuild and typescript come from scripts/setup-peers, below
// $ULTRA_PEERS or target/peers; ultra is $ULTRA or target/release/ultra. Without files it reads
// typescript.js and lib.dom.d.ts of the peer typescript, lodash and three, as far as they are there.
//
// Each round runs every parser once on a file, so that a slow minute falls on all alike; the best
// of all rounds is shown, in milliseconds. The packages hand what they make to JavaScript: oxc and
// swc the tree, esbuild the printed program (it has no other interface), so the table compares what
// a user of each gets, and only the order of magnitude of the parsers. ultra reports the time of
// `check --time-passes`: reading, parsing and finding the imports.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const peers = join(process.env.ULTRA_PEERS ?? join(root, "target", "peers"), "parsers");
const ultra = process.env.ULTRA ?? join(root, "target", "release", "ultra");
const require = createRequire(join(peers, "package.json"));

const args = process.argv.slice(2);
const markdown = args.includes("--markdown");
const at = args.indexOf("-n");
const rounds = at < 0 ? 5 : Number(args[at + 1]);
let files = args.filter((a, i) => a !== "--markdown" && a !== "-n" && (at < 0 || i !== at + 1));
if (!files.length) {
  const inside = (p) => join(peers, "node_modules", p);
  const known = ["typescript/lib/typescript.js", "typescript/lib/lib.dom.d.ts", "lodash/lodash.js", "three/build/three.core.js"];
  files = known.map(inside).filter(existsSync);
}

function load(name) {
  try {
    return require(name);
  } catch (e) {
    console.error(`benches/parse.mjs: ${name} is not installed (scripts/setup-peers --parsers): ${String(e).split("\n")[0]}`);
    return null;
  }
}

const isTs = (path) => /\.[cm]?tsx?$/.test(path);

function viaUltra(path) {
  const out = spawnSync(ultra, ["check", "--time-passes", path], { encoding: "utf8", maxBuffer: 1 << 30 });
  const found = /parse ([\d.]+) ms/.exec(out.stderr ?? "");
  if (!found) throw new Error(`${ultra} does not parse ${path}`);
  return Number(found[1]);
}

const clock = (f) => {
  const start = process.hrtime.bigint();
  f();
  return Number(process.hrtime.bigint() - start) / 1e6;
};

const parsers = { ultra: viaUltra };
const add = (name, make) => {
  const lib = load(name);
  if (lib) parsers[name.replace("@swc/core", "swc")] = make(lib);
};
add("oxc-parser", (oxc) => (path, text) => clock(() => oxc.parseSync(path, text).program));
add("@swc/core", (swc) => (path, text) =>
  clock(() => swc.parseSync(text, { syntax: isTs(path) ? "typescript" : "ecmascript", target: "esnext" })));
add("esbuild", (esbuild) => (path, text) =>
  clock(() => esbuild.transformSync(text, { loader: isTs(path) ? "ts" : "js" })));
add("typescript", (ts) => (path, text) => clock(() => ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, false)));

const table = [["file", "KB", ...Object.keys(parsers)]];
for (const path of files) {
  const text = readFileSync(path, "utf8");
  const best = Object.fromEntries(Object.keys(parsers).map((p) => [p, Infinity]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, parse] of Object.entries(parsers)) {
      try {
        best[name] = Math.min(best[name], parse(path, text));
      } catch (e) {
        best[name] = NaN;
        if (round === 0) console.error(`benches/parse.mjs: ${name} on ${basename(path)}: ${String(e).split("\n")[0]}`);
      }
    }
  }
  const size = Math.round(statSync(path).size / 1000);
  const shown = (ms) => (Number.isNaN(ms) ? "fails" : ms.toFixed(0));
  table.push([basename(path), String(size), ...Object.values(best).map(shown)]);
}
if (markdown) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  console.log([line(table[0]), `|---|${"---:|".repeat(table[0].length - 1)}`, ...table.slice(1).map(line)].join("\n"));
} else {
  const width = table[0].map((_, i) => Math.max(...table.map((r) => r[i].length)));
  for (const row of table) console.log(row.map((c, i) => (i ? c.padStart(width[i]) : c.padEnd(width[i]))).join("  "));
}

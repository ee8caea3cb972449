// What TypeScript's checker says about source files, beside what `ultra check` says.
//
//   node scripts/typescript-check.mjs PATH/TO/typescript PATH/TO/ultra DIRECTORY [NTH] [--list]
//
// Takes every NTH file below the directory that is a program of its own: it names no other file
// and no options in comments, and TypeScript parses it. TypeScript checks it in strict mode with its
// own libraries. Compared are lines with errors of types. Prints totals: how many of TypeScript's
// lines are found (recall), and lines with errors here alone (false errors), with --list each of
// those and the codes of TypeScript that are missed most.
import { createRequire } from "node:module";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const plain = process.argv.slice(2).filter((a) => a !== "--list");
const list = process.argv.includes("--list");
const [module, ultra, directory, nth = "1"] = plain;
if (!directory) {
  console.error("usage: typescript-check.mjs PATH/TO/typescript PATH/TO/ultra DIRECTORY [NTH] [--list]");
  process.exit(2);
}
const ts = createRequire(import.meta.url)(resolve(module));

const options = {
  target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, strict: true, noEmit: true, types: [],
  moduleResolution: ts.ModuleResolutionKind.Bundler, lib: ["lib.esnext.d.ts", "lib.dom.d.ts"], skipLibCheck: true,
};

// Rules that this checker leaves out by intention: implicit `any`, unused code, names that cannot
// be found, modules, and what concerns emitted files.
const LEFT_OUT = new Set([
  1192, 1259, 1479, 2304, 2305, 2306, 2307, 2318, 2318, 2552, 2580, 2584, 2591, 2668, 2669, 2688, 2695, 2732, 2792, 2834, 2835,
  7005, 7006, 7008, 7009, 7010, 7011, 7013, 7015, 7016, 7017, 7018, 7019, 7020, 7022, 7023, 7024, 7025, 7026, 7027, 7028, 7029, 7030,
  7031, 7032, 7033, 7034, 7036, 7041, 7043, 7044, 7045, 7046, 7047, 7048, 7049, 7050, 7051, 7052, 7053, 7055, 7056, 7057,
  6133, 6138, 6192, 6196, 6198, 6199, 4020, 4025, 4031, 4060, 4094,
]);

function* files(path) {
  const entries = readdirSync(path, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const entry of entries) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) yield* files(inner);
    else if (/(?<!\.d)\.tsx?$/.test(entry.name)) yield inner;
  }
}

const cache = new Map();
const host = ts.createCompilerHost(options);
const libraries = dirname(ts.getDefaultLibFilePath(options));
const read = host.getSourceFile;
host.getSourceFile = (name, ...rest) => {
  if (!name.startsWith(libraries)) return read(name, ...rest);
  if (!cache.has(name)) cache.set(name, read(name, ...rest));
  return cache.get(name);
};

function theirs(path) {
  const program = ts.createProgram([path], options, host);
  const file = program.getSourceFile(path);
  if (program.getSyntacticDiagnostics(file).length) return null;
  const lines = new Map();
  for (const d of program.getSemanticDiagnostics(file)) {
    // Errors of the grammar are the business of another comparison.
    if (d.code < 2000) return null;
    const at = file.getLineAndCharacterOfPosition(d.start).line + 1;
    if (!lines.has(at)) lines.set(at, []);
    lines.get(at).push(d);
  }
  return lines;
}

function ours(path) {
  const out = spawnSync(ultra, ["check", "--json", path], { encoding: "utf8", maxBuffer: 1 << 28, timeout: 20000 });
  if (out.status !== 0 && out.status !== 1) return null;
  const lines = new Map();
  for (const line of out.stdout.split("\n").filter(Boolean)) {
    const d = JSON.parse(line);
    if (/^U0[012]/.test(d.code)) return null;
    if (d.severity === "error") lines.set(d.line, d);
  }
  return lines;
}

const counts = { files: 0, wanted: 0, found: 0, false: 0, falseFiles: 0, clean: 0, cleanFalse: 0, abnormal: 0 };
const missed = new Map();
let n = 0;
for (const path of files(directory)) {
  if (n++ % Number(nth)) continue;
  const text = readFileSync(path, "utf8");
  if (/\/\/\s*@|\/\/\/\s*<ref|\bfrom\s*["']|\bimport\s*[("']|require\(/.test(text)) continue;
  const [a, b] = [theirs(path), ours(path)];
  if (a === null) continue;
  if (b === null) {
    counts.abnormal++;
    continue;
  }
  counts.files++;
  let bad = 0;
  for (const [line, found] of a) {
    const codes = found.map((d) => d.code).filter((c) => !LEFT_OUT.has(c));
    if (!codes.length) continue;
    counts.wanted++;
    if (b.has(line)) counts.found++;
    else missed.set(codes[0], [...(missed.get(codes[0]) ?? []), `${path}:${line}`]);
  }
  // A diagnostic may start a line earlier or later than TypeScript's.
  for (const [line, d] of b) {
    if (a.has(line) || a.has(line - 1) || a.has(line + 1)) continue;
    bad++;
    if (list) console.log(`false ${path}:${line}: ${d.code} ${d.message}`);
  }
  counts.false += bad;
  counts.falseFiles += bad > 0;
  counts.clean += a.size === 0;
  counts.cleanFalse += a.size === 0 && bad > 0;
}
if (list) {
  const top = [...missed].sort((x, y) => y[1].length - x[1].length).slice(0, 40);
  for (const [code, where] of top) console.log(`missed TS${code} ${where.length} times: ${where.slice(0, 4).join(" ")}`);
}
const share = (100 * counts.found) / Math.max(counts.wanted, 1);
console.log(
  `${counts.files} programs, ${counts.clean} without errors in TypeScript; ${counts.found} of ${counts.wanted} lines with errors found (${share.toFixed(1)} %); ` +
  `${counts.false} lines with errors here alone in ${counts.falseFiles} programs, ${counts.cleanFalse} of them without any in TypeScript; ` +
  `${counts.abnormal} not compared: errors of syntax here alone`,
);

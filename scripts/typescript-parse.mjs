// What TypeScript says about the syntax of each source file below a directory.
//
//   node scripts/typescript-parse.mjs PATH/TO/typescript DIRECTORY [--checker]
//
// Prints one line per file: its path, a tab, and the lines with syntax errors and the first message, or nothing
// when the file has none. tests/suite/judge.rs compares these lines with this project's parser.
//
// TypeScript's parser leaves many errors of the grammar to its checker (a `const` without a value,
// `await` in the wrong place). With --checker the files named on standard input are checked one by
// one, without libraries and imports, and errors of the grammar (TS1xxx, TS17xxx, TS18xxx and a
// few others that ECMA-262 counts as early errors) are printed instead.
import { createRequire } from "node:module";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const [module, directory, mode] = process.argv.slice(2);
if (!module || !directory) {
  console.error("usage: node typescript-parse.mjs PATH/TO/typescript DIRECTORY [--checker]");
  process.exit(2);
}
const ts = createRequire(import.meta.url)(resolve(module));

// Errors of the checker outside the ranges that concern what may be written where: `super` and
// `new.target` outside methods, parameter properties, duplicate constructors, assignment targets.
const GRAMMAR = new Set([
  2335, 2336, 2337, 2338, 2340, 2364, 2357, 2369, 2371, 2372, 2374, 2377, 2386, 2387, 2389, 2390, 2391, 2392, 2393,
  2398, 2402, 2406, 2409, 2410, 2462, 2466, 2480, 2481, 2483, 2487, 2491, 2524, 2566, 2652, 2660, 2663, 2673, 2777, 2778, 2779, 2806,
]);
const isGrammar = ({ code }) => (code >= 1000 && code < 2000) || (code >= 17000 && code < 19000) || GRAMMAR.has(code);

function* files(path) {
  const entries = readdirSync(path, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const entry of entries) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) yield* files(inner);
    else if (/\.[cm]?tsx?$/.test(entry.name)) yield inner;
  }
}

function parseErrors(path) {
  const text = readFileSync(path, "utf8");
  const file = ts.createSourceFile(path, text, { languageVersion: ts.ScriptTarget.ESNext }, false);
  return { file, errors: file.parseDiagnostics };
}

function checkerErrors(path) {
  const options = {
    target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, noResolve: true, noLib: true,
    experimentalDecorators: !readFileSync(path, "utf8").includes("@experimentalDecorators: false"), jsx: ts.JsxEmit.Preserve, types: [], skipLibCheck: false,
  };
  const program = ts.createProgram([path], options);
  const file = program.getSourceFile(path);
  const all = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  return { file, errors: all.filter(isGrammar) };
}

const lines = [];
const names = mode === "--checker"
  ? readFileSync(0, "utf8").split("\n").filter((n) => n !== "").map((n) => join(directory, n))
  : files(directory);
for (const path of names) {
  let shown = "";
  try {
    const { file, errors } = mode === "--checker" ? checkerErrors(path) : parseErrors(path);
    if (errors.length) {
      const lineOf = (e) => file.getLineAndCharacterOfPosition(e.start).line + 1;
      const where = [...new Set(errors.map(lineOf))].join(",");
      shown = `line ${where}: TS${errors[0].code} ${ts.flattenDiagnosticMessageText(errors[0].messageText, " ")}`;
    }
  } catch (e) {
    shown = `line 0: TypeScript fails: ${String(e).split("\n")[0]}`;
  }
  lines.push(`${relative(directory, path)}\t${shown}`);
}
process.stdout.write(lines.join("\n") + "\n");

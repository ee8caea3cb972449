// What TypeScript's own parser says about each source file below a directory.
//
//   node scripts/typescript-parse.mjs PATH/TO/typescript DIRECTORY
//
// Prints one line per file: its path, a tab, and the first syntax error with its line, or nothing
// when the file has none. tests/suite/judge.rs compares these lines with this project's parser.
import { createRequire } from "node:module";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const [module, directory] = process.argv.slice(2);
if (!module || !directory) {
  console.error("usage: node typescript-parse.mjs PATH/TO/typescript DIRECTORY");
  process.exit(2);
}
const ts = createRequire(import.meta.url)(resolve(module));

function* files(path) {
  const entries = readdirSync(path, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const entry of entries) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) yield* files(inner);
    else if (/\.[cm]?tsx?$/.test(entry.name)) yield inner;
  }
}

const lines = [];
for (const path of files(directory)) {
  const text = readFileSync(path, "utf8");
  const file = ts.createSourceFile(path, text, { languageVersion: ts.ScriptTarget.ESNext }, false);
  const [error] = file.parseDiagnostics;
  let shown = "";
  if (error) {
    const { line } = file.getLineAndCharacterOfPosition(error.start);
    shown = `line ${line + 1}: TS${error.code} ${ts.flattenDiagnosticMessageText(error.messageText, " ")}`;
  }
  lines.push(`${relative(directory, path)}\t${shown}`);
}
process.stdout.write(lines.join("\n") + "\n");

// Packages: main, exports with conditions and patterns, imports, self-reference; tsconfig paths.
import plain, { twice } from "plain";
import { kind } from "dual";
import { deep } from "dual/deep/one";
import { name } from "@scope/esm";
import { internal } from "#internal";
import { own } from "fixture/own";
import { clamp } from "~/math";
import { widget } from "ui/widget";
import { based } from "src/based";
import { index } from "./src/util";
import cjs from "./src/uses.cjs";
console.log(plain.twice(2), twice(4), kind, deep, name);
console.log(internal, own, clamp(12), widget, based, index);
console.log(cjs.kind, cjs.helper());

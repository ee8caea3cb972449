import { a } from "./utils";
import { b } from "./folder";
import { c } from "no-such-package";
import fs from "node:fs";
import { d } from "./util.js";
console.log(a, b, c, fs, d);

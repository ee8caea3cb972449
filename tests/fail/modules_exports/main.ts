import { lenght, length } from "./lib.ts";
import value from "./lib.ts";
import { both } from "./stars.ts";
import { name } from "./data.json" with { type: "json" };
length = 3;
console.log(lenght, length, value, both, name);

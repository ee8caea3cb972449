import { fail } from "./lib.ts";
function start() {
  fail(1);
}
start();

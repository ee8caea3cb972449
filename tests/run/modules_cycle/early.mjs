import { own, hoisted } from "./main.mjs";
export let early = hoisted();
try {
  early += own;
} catch (e) {
  early += " " + e.name;
}

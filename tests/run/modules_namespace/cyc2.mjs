import { later, useLater } from "./cyc1.mjs";
export function peek() { return later; }
export const f = () => 1;
try { console.log(later); } catch (e) { console.log(e.name + ": " + e.message); }
console.log(typeof useLater);
try { peek(); } catch (e) { console.log(e.name + ": " + e.message); }

import { peek, f } from "./cyc2.mjs";
export const later = 42;
export function useLater() { return f() + peek(); }

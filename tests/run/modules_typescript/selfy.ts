import * as own from "./selfy";
export function twice(x: number) { return x * 2; }
export default own.twice(21);

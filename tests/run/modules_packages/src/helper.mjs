export function help(x) { return "helped " + x; }
export default "default";

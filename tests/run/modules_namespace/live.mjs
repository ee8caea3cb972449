export let count = 0;
export function inc() { count++; }
export default function () { return 1; }
export { count as "string name" };

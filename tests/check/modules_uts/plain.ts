export function plain(x: number) { return x + 1; }

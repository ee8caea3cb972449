const a = [1, 2, 3];
const b = [0, ...a, ...[4, 5], 6];
console.log(b.join(), [...a].length, [...a] === a);
console.log([..."héllo"].join("-"), [...new Set([1, 1, 2])].join());
console.log(Math.max(...a, 10, ...b));
const matrix = [[1, 2], [3, 4]];
console.log([...matrix.map((r) => [...r, 0])].join(";"), matrix.flat().join(), matrix.flatMap((r) => r.map((x) => x * 2)).join());

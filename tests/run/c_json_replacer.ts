console.log(JSON.stringify({ a: 1, b: 2, c: { a: 3, d: 4 } }, ["a", "c"]), JSON.stringify({ a: 1, b: "x" }, (k, v) => (typeof v === "number" ? v * 10 : v)));
console.log(JSON.stringify({ toJSON() { return { replaced: true }; } }), JSON.stringify(new Date(0)), JSON.stringify(new Map([[1, 2]])), JSON.stringify(new Set([1])));

console.log(JSON.stringify({ a: 1, b: "two", c: [1, 2, { d: null }], e: undefined, f: () => 1, g: true }));
console.log(JSON.stringify([undefined, () => 1, NaN, Infinity, -0, null, "x"]), JSON.stringify("q\"uote\\\n\t\u0007"), JSON.stringify("\ud800"));
console.log(JSON.stringify(5), JSON.stringify(null), JSON.stringify(undefined), JSON.stringify(true), JSON.stringify([]), JSON.stringify({}));
console.log(JSON.stringify({ a: [1, { b: 2 }], c: {}, d: [] }, null, 2));
console.log(JSON.stringify([1, [2]], null, "--"));

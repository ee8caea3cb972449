const { x, y: renamed, z = "dflt", ...others } = { x: 1, y: 2, p: 3, q: 4 } as any;
console.log(x, renamed, z, Object.keys(others).join());
const { inner: { deep: [first, { second }] } } = { inner: { deep: [10, { second: 20 }] } };
console.log(first, second);

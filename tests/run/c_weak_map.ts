const key = {};
const ws = new WeakMap<object, number>();
ws.set(key, 5);
console.log(ws.get(key), ws.has({}));

const odd = new Map<any, string>([[NaN, "nan"], [0, "zero"], ["1", "string"], [1, "number"]]);
console.log(odd.get(NaN), odd.get(-0), odd.get("1"), odd.get(1));
const key = {};
odd.set(key, "object");
console.log(odd.get(key), odd.get({}));

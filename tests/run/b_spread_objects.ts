const o = { x: 1, y: 2 };
const o2 = { ...o, y: 3, z: 4 };
const o3 = { y: 0, ...o };
console.log(o2.x, o2.y, o2.z, o3.y, Object.keys(o3).join());
console.log(Object.keys({ ...null, ...undefined, ...[7, 8] }).join());
const copy = { ...o };
copy.x = 100;
console.log(o.x, copy.x);

const i32 = new Int32Array(5).fill(7);
i32[2] = 2 ** 31;
i32.set([1, 2], 3);
console.log(i32.join(), i32.subarray(1, 3).length, i32.slice(3).join(), i32.indexOf(7));
console.log(new Uint16Array([5, 3, 9, 1]).sort().join(), [...new Uint8Array([1, 2])].length, new Int16Array(2).constructor.name);
const part = i32.subarray(1);
part[0] = 99;
console.log(i32[1], part.byteOffset);

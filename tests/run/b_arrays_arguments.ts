const arr: any = [1, 2];
const args = (function () { return Array.prototype.slice.call(arguments, 1).join(); } as any)(1, 2, 3);
console.log(args, Array.isArray(arr), arr instanceof Array, typeof arr, String([1, [2, 3]]), [] + "", [null, undefined, 1].join());

exports.x = 1;
exports.y = function y() { return 2 };
console.log(typeof module, typeof exports, typeof require, __filename.endsWith("c.cjs"), __dirname.endsWith("b"), this === exports);
console.log(module.id.endsWith("c.cjs"), require.main === module);

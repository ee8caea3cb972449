function load(r, name) { return r(name); }
console.log(load(require, "./a")(), typeof require);
console.log(require("./a").name);
try { load(require, "./zzz") } catch (e) { console.log(e.code); }
exports.b = 1;
const self = exports;
console.log(Object.keys(exports), "c" in exports);
if (self.b > 5) exports.c = 2;
console.log(exports);

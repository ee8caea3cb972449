const a = require("./a");
const { b } = require("./b.js");
console.log(a.name, a(), b, require("./dir"), require("./d.json").k);
console.log(module.exports === exports, typeof require);
function late() { return require("./late").v; }
console.log(late(), late());
const n = "./a"; console.log(require(n) === a);
console.log(__filename.split("/").pop(), __dirname.split("/").pop());
try { require("./nonexist") } catch (e) { console.log(e.code, e.message.split("\n")[0]); }
if (require.main === module) console.log("main");
exports.z = 1; console.log(module.exports);
console.log(this === module.exports);
require("./values");

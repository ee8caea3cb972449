// CommonJS: exports in all shapes, circles, JSON, and what is missing.
const { Animal, make } = require("./animal");
const shapes = require("./shapes.js");
const Whole = require("./whole");
const again = require("./animal.js");
const config = require("./config.json");
const index = require("./dir");
class Dog extends Animal {
  speak() {
    return super.speak() + " woof";
  }
}
console.log(new Dog("rex").speak(), make("cat").speak());
console.log(again.make === make, again.Animal === Animal);
console.log(shapes.area(2), new shapes.Square(3).area(), shapes.count);
shapes.grow();
console.log(shapes.count, Object.keys(shapes).join());
console.log(new Whole(4).twice(), Whole.name);
console.log(config.name, config.list.length, index);
console.log(require("./a").done, require("./b").done);
try {
  require("./missing");
} catch (e) {
  console.log(e.code, e.message.split("\n")[0]);
}
function load(name) {
  return require(name);
}
console.log(load("./whole") === Whole);
console.log(__filename.endsWith("main.js"), __dirname.length < __filename.length);
console.log(typeof module.exports, this === module.exports);
exports.main = true;
if (Whole) return;
console.log("not reached");

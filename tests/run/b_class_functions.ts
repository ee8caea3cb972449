abstract class Animal {
  abstract sound(): string;
  speak(): string { return `${this.constructor.name} says ${this.sound()}`; }
}
class Dog extends Animal { sound() { return "woof"; } }
console.log(typeof Dog, Dog.length, Object.getOwnPropertyNames(Dog.prototype).join());
const method = new Dog().sound;
console.log(method());
try {
  (Dog as any)();
} catch (e) {
  console.log(e.name, e.message);
}

abstract class Animal {
  abstract sound(): string;
  speak(): string { return `${this.constructor.name} says ${this.sound()}`; }
}
class Dog extends Animal { sound() { return "woof"; } }
const Cat = class extends Animal { sound() { return "meow"; } };
for (const a of [new Dog(), new Cat()]) console.log(a.speak());

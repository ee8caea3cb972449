"use strict";
class Animal {
  constructor(name) {
    this.name = name;
  }
  speak() {
    return this.name + " speaks";
  }
}
console.log("animal runs once");
exports.Animal = Animal;
exports.make = (name) => new Animal(name);

class Temp { static #n = 0; static next() { return ++Temp.#n; } }
Temp.next();
console.log(Temp.next());

const sym = Symbol("mine");
const o: any = { [sym]: 1, plain: 2 };
console.log(o[sym], sym.toString(), sym.description, Object.keys(o).join(), Object.getOwnPropertySymbols(o).length);
console.log(Symbol.for("k") === Symbol.for("k"), Symbol("k") === Symbol("k"), Symbol.keyFor(Symbol.for("k")), typeof sym);

console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
console.count();
console.count("label");
console.count();
console.assert(true, "not shown");
console.log();
console.debug("debug", [1]);

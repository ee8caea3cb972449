console.log("Hello, world!");
console.log();
console.log("a", "b", 1, true, null, undefined);

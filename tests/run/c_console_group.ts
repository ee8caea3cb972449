console.group("Group");
console.log("inside");
console.log("two\nlines");
console.group();
console.log({ a: 1, b: [1, 2] });
console.groupEnd();
console.info("info");
console.groupEnd();
console.log("outside");

console.log("aXbXc".split("X"), "abc".split(""), "".split(","), "".split("").length, "abc".split());
console.log("x".padStart(5, "ab"), "x".padEnd(5, "é"), "abc".substring(2, 0), "abc".substr(-2, 1), "abc".slice(2, 1) === "");
console.log("%", "50%", "abc".at(-4), "abc"[-1], "abc".charAt(-1) === "");
console.log("Hello".split("").reverse().map((c, i) => c + i).join(""), "abcabc".indexOf("c", 3), "abc".includes(""), "abc".indexOf(""));

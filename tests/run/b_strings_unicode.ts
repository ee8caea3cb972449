const s = "naïve café 日本 😀!";
console.log(s, s.length, [...s].length, s.toUpperCase());
console.log(s.charCodeAt(2), s.codePointAt(14), s.charCodeAt(14), s.charCodeAt(15), s.indexOf("日"), s.slice(-3));
for (const c of "a😀é") console.log(c, c.length, c.codePointAt(0));
console.log("\u0041\u{1F600}\x42", String.fromCodePoint(128512, 65), "é".normalize("NFD").length);
console.log("ß".toUpperCase(), "İ".toLowerCase().length, "ΑΣ".toLowerCase());
console.log("a" < "á", "Z" < "a", "10" < "9", "😀" > "\uFFFF", ["é", "z", "a"].sort().join());

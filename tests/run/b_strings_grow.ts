let big = "";
for (let i = 0; i < 1000; i++) big += String.fromCharCode(97 + (i % 26));
console.log(big.length, big.slice(500, 510), big.lastIndexOf("abc"), big.split("a").length);
let mix = "";
for (let i = 0; i < 5; i++) mix = "<" + mix + "é" + i + ">";
console.log(mix, mix.length);

const s = "The quick brown fox";
console.log(s.indexOf("quick"), s.indexOf("o"), s.indexOf("o", 13), s.indexOf("zebra"), s.lastIndexOf("o"));
console.log(s.slice(4, 9), s.slice(-3), s.slice(4, -4), s.slice(100) === "");
console.log(s.substring(4, 9), s.substring(9, 4), s.substring(-5, 3));
console.log(s.toUpperCase(), s.toLowerCase());
console.log(s.includes("brown"), s.includes("green"), s.startsWith("The"), s.startsWith("quick", 4), s.endsWith("fox"));
console.log("ab".repeat(3), "x".repeat(0) === "", "-".repeat(20));
console.log("5".padStart(3, "0"), "abc".padEnd(6, "12") + "|", "abc".padStart(2), "7".padStart(4) + "|");
console.log("[" + "  trim me \n".trim() + "]", "[" + "  x ".trimStart() + "]", "[" + " x  ".trimEnd() + "]");
console.log("a-b-c".replace("-", "+"), "a-b-c".replaceAll("-", "+"));
console.log("a,b,,c".split(",").length, "a,b,,c".split(",").join("|"), "abc".split("").join(" "));
console.log("one two three".split(" ")[1], "no".split(",")[0], "a b c d".split(" ", 2).join());
console.log("abc".at(0), "abc".at(-1), "abc".concat("def", "ghi"));
console.log("b".localeCompare("a") > 0, String.fromCharCode(72, 105));
const words = s.split(" ");
let out = "";
for (const w of words) out += w[0].toUpperCase() + w.slice(1).toLowerCase() + ".";
console.log(out);
console.log("abc".codePointAt(1), "x=1;y=2".split(";").map((p) => p.split("=")[1]).join());
function isPalindrome(x: string): boolean {
  const t = x.toLowerCase().split("").filter((c) => c >= "a" && c <= "z");
  return t.join("") === t.slice().reverse().join("");
}
console.log(isPalindrome("A man, a plan, a canal: Panama"), isPalindrome("Not one"));

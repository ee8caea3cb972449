const re = /(\d{4})-(\d{2})-(?<day>\d{2})/;
const m = re.exec("on 2024-03-15.")!;
console.log(m[0], m[1], m[2], m.groups!.day, m.index);
console.log("a1b22c333".match(/\d+/g)!.join(), "none".match(/\d/), /^a.c$/.test("abc"), /^a.c$/.test("a\nc"), /^a.c$/s.test("a\nc"));
console.log([..."k1=v1;k2=v2".matchAll(/(\w+)=(\w+)/g)].map((x) => x[1] + x[2] + x.index).join());
console.log("John Smith".replace(/(\w+)\s(\w+)/, "$2, $1"), "aBc".replace(/[a-z]/g, (c) => c.toUpperCase()), "x-y".replace(/-(.)/, (_, c) => c.toUpperCase()));
console.log("a, b ;c".split(/\s*[,;]\s*/).join("|"), "a1b2".split(/(\d)/).join("|"), "abc".search(/c/), "abc".search(/z/));
const sticky = /foo/y;
sticky.lastIndex = 3;
console.log(sticky.test("barfoo"), sticky.lastIndex, sticky.test("barfoo"), sticky.lastIndex);
const g = /o/g;
console.log(g.test("foo"), g.lastIndex, g.test("foo"), g.lastIndex, g.test("foo"), g.lastIndex);
console.log(/(a+)+b/.test("aaaaaaaaab"), /(?=.*\d)(?=.*[a-z]).{4,}/.test("ab12"), /(?<!\$)\b\d+/.exec("$5 10")![0], /(?<=\$)\d+/.exec("10 $42")![0]);
console.log(/\bfoo\b/i.test("a FOO b"), /[^\w\s]/.exec("hi!")![0], /(.)\1/.exec("hello")![0], /(?<c>.)\k<c>/.exec("book")![0]);
console.log("aaa".match(/a{2}/)![0], "<b><i>".match(/<.+?>/)![0], "<b><i>".match(/<.+>/)![0], "ab".match(/(x)?b/)![1]);
console.log(/\u{1F600}/u.test("😀"), "😀".match(/./)![0].length, "😀".match(/./u)![0].length, /\p{Lu}/u.exec("aÉ")![0]);
console.log(String(/a\/b/gi), new RegExp("a/b", "g").source, new RegExp("\\d+").flags === "", /x/dgimsuy.flags);
console.log("2020-01-02".replace(/(?<y>\d+)-(?<m>\d+)-(?<d>\d+)/, "$<d>/$<m>/$<y>"), "$1".replace("$1", "$$"), "abc".replace(/b/, "[$`|$&|$']"));
console.log("line1\nline2".match(/^\w+$/gm)!.join(), "x".padEnd(3).replace(/ /g, "."), "tel: 555-1234".match(/(\d+)-(\d+)/)!.slice(1).join());
try {
  new RegExp("(");
} catch (e) {
  console.log(e.name, e.message);
}
console.log("a.b*c".replace(/[.*]/g, "\\$&"), "CamelCaseString".replace(/([A-Z])/g, "_$1").toLowerCase(), /[\d-x]/.test("-"), /a|ab/.exec("abc")![0], /((a)|(b))+/.exec("ab")!.join());

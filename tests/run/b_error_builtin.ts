console.log(new Error("a").name, new TypeError("b").name, new RangeError("c").toString(), Error("no new").message);
const e = new Error("m");
e.name = "Custom";
console.log(`${e}`, Object.keys(e).join());
try {
  throw { code: 5, text: "plain object" };
} catch ({ code, text }) {
  console.log(code, text);
}

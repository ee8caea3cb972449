function makeStack() {
  let items: string[] = [];
  const self = { push: (s: string) => { items.push(s); return self; }, drain: () => { const r = items.join(""); items = []; return r; } };
  return self;
}
const st = makeStack();
console.log(st.push("a").push("b").drain(), st.push("c").drain(), st.drain() === "");
const handlers: { [k: string]: (n: number) => string } = {};
for (const [k, m] of [["dbl", 2], ["tri", 3]] as [string, number][]) handlers[k] = (n) => k + n * m;
console.log(handlers.dbl(5), handlers["tri"](5));
let shared = 0;
const inc = () => ++shared, get = () => shared;
inc(); inc();
console.log(get(), shared);

class Rec {
  constructor(public key: number, public order: number, public name: string) {}
}
const recs: Rec[] = [];
let seed = 99;
for (let i = 0; i < 2000; i++) {
  seed = (seed * 48271) % 2147483647;
  recs.push(new Rec(seed % 17, i, "r" + (seed % 5)));
}
recs.sort((a, b) => a.key - b.key);
let bad = 0;
for (let i = 1; i < recs.length; i++) {
  if (recs[i - 1].key > recs[i].key) bad++;
  if (recs[i - 1].key === recs[i].key && recs[i - 1].order > recs[i].order) bad++;
}
console.log(bad, recs[0].key, recs[1999].key, recs[1000].order);
recs.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
bad = 0;
for (let i = 1; i < recs.length; i++) if (recs[i - 1].name === recs[i].name && recs[i - 1].key > recs[i].key) bad++;
console.log(bad, recs[0].name, recs[1999].name);
console.log([5, 25, 100, 1, -1].sort().join(), [5, 25, 100, 1, -1].sort((a, b) => b - a).join());
console.log(["b", "B", "a", "aa", "", "Z"].sort().join("|"), [3, 1, 2].sort(() => 0).join());
const xs = [4, 3, 2, 1];
try {
  xs.sort((a, b) => {
    if (a === 2 || b === 2) throw new Error("compare");
    return a - b;
  });
} catch (e) {
  console.log((e as Error).message, xs.length);
}

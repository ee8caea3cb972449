const counts = new Map<string, number>();
for (const w of "the cat and the dog and the bird".split(" ")) counts.set(w, (counts.get(w) ?? 0) + 1);
console.log([...counts].map(([w, n]) => w + n).join(" "));
const copy = new Map(counts);
copy.set("new", 1);
console.log(copy.size, counts.size);

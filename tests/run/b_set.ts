const s = new Set<number>([3, 1, 3, 2, 1]);
console.log(s.size, [...s].join(), s.has(2), s.has(9));
s.add(7).delete(3);
console.log([...s].join());
const live = new Set([1]);
for (const v of live) if (v < 5) live.add(v + 1);
console.log([...live].join());

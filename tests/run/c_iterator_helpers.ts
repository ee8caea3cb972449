function* nat() { let n = 1; while (true) yield n++; }
console.log(nat().filter((x) => x % 3 === 0).map((x) => x * x).take(4).toArray().join());
console.log([1, 2, 3].values().reduce((a, b) => a + b), nat().drop(5).next().value, nat().take(3).some((x) => x === 2));
const it = [1, 2, 3][Symbol.iterator]();
it.next();
console.log([...it].join(), it.next().done);

const a = [3, 1, 2];
console.log(a.sort() === a, a.join(), a.toSorted((x, y) => y - x).join(), a.toReversed().join(), a.with(1, 9).join());

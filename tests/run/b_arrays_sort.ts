console.log([5, 1, 10].sort().join(), [true, false].sort().join(), [undefined, 3, null, 1].sort().join("|"), [3, undefined, 1].length);
const people = [{ n: "b", a: 30 }, { n: "a", a: 25 }, { n: "c", a: 30 }, { n: "d", a: 25 }];
console.log(people.slice().sort((x, y) => x.a - y.a).map((p) => p.n).join(""), people.map(({ n }) => n).join(""));

console.log(Array.from({ length: 4 }, (_, i) => i * i).join(), Array.of(7, 8).join(), Array.from("abc").join("-"));
const m = Array.from({ length: 3 }, () => new Array(3).fill(0));
for (let i = 0; i < 3; i++) m[i][i] = 1;
console.log(m.map((r) => r.join("")).join("/"));

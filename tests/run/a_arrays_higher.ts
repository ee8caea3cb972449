const a: number[] = [5, 3, 8, 1, 9, 2];
console.log(a.map((x) => x * 2).join());
console.log(a.filter((x) => x > 3).join());
console.log(a.reduce((s, x) => s + x, 0), a.reduce((m, x) => (x > m ? x : m)));
let seen = "";
a.forEach((x, i) => {
  seen += i + ":" + x + " ";
});
console.log(seen);
console.log(a.some((x) => x > 8), a.every((x) => x > 0), a.find((x) => x > 5), a.findIndex((x) => x === 1), a.find((x) => x > 50));
console.log(a.slice(1, 3).join(), a.slice(-2).join(), a.concat([7, 7], 6).join());
console.log(a.slice().sort((x, y) => x - y).join(), a.slice().sort((x, y) => y - x).join());
console.log([10, 9, 1, 100].sort().join(), ["pear", "apple", "fig"].sort().join());
console.log(a.slice().reverse().join(), a.join());
console.log(a.map((x) => "#" + x).join(""));
console.log(a.map((x, i) => x * i).filter((x) => x % 2 === 0).reduce((s, x) => s + x, 0));
const words = ["delta", "alpha", "charlie", "bravo"];
console.log(words.sort((p, q) => (p < q ? -1 : p > q ? 1 : 0)).join(" "));
console.log(words.map((w) => w.length).join());
console.log(a.splice(1, 2).join(), a.join());
a.splice(1, 0, 40, 50);
console.log(a.join(), a.lastIndexOf(2), a.at(-1));
const big: number[] = [];
let seed = 12345;
for (let i = 0; i < 1000; i++) {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  big.push(seed % 1000);
}
big.sort((x, y) => x - y);
let ok = true;
for (let i = 1; i < big.length; i++) if (big[i - 1] > big[i]) ok = false;
console.log(ok, big[0], big[999]);

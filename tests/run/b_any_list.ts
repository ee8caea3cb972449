const list: any[] = [1, "two", null, [3], { four: 4 }, () => 5];
for (const x of list) console.log(typeof x, x === null ? "null" : typeof x === "function" ? x() : Array.isArray(x));
console.log([10, 9, 8, "7"].map((x: any) => x - 1).join(), "10" > "9", 10 > ("9" as any));

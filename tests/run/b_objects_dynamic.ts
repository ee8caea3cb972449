const any: any = {};
any.added = 1;
any["more"] = 2;
for (let i = 0; i < 5; i++) any["k" + i] = i * i;
console.log(any.added, any.more, any.k4, any.missing);
console.log("added" in any, "nope" in any, any.hasOwnProperty("more"));
delete any.added;
console.log("added" in any, Object.keys(any).join());

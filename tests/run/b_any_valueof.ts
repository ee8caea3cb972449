let v: any = 5;
v = { valueOf() { return 42; } };
console.log(v + 1, v * 2, v > 41, `${{ toString() { return "ts"; } }}`);

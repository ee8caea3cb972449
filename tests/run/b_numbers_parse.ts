console.log(Number("1e3"), Number("1_000"), Number("0b11"), Number("-0x1"), Number("Infinity"), Number("."));
console.log(parseInt("123", 5), parseInt("z", 36), parseInt("12", 1), parseInt("9007199254740993"), parseInt("1e3"), parseInt(""), parseInt("0b1"), parseInt(null as any, 36));

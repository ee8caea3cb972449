class P { x = 1; #y = 2; get z() { return 3; } }
console.log(JSON.stringify(new P()), JSON.stringify(Object.create({ inherited: 1 })), JSON.stringify([new String("s"), new Number(1), Object(true)]));

console.log(Reflect.has({ x: 1 }, "x"), Reflect.ownKeys({ a: 1, [Symbol.iterator]: 2 }).length, Reflect.apply(Math.max, null, [1, 2]), Reflect.construct(Date, [0]).getTime());

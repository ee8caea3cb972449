console.log(Object.fromEntries([["a", 1], ["b", 2]]).b, Object.is(NaN, NaN), Object.is(0, -0), Object.entries({ x: 1 })[0].join());

console.log(structuredClone({ a: [1, { b: 2 }], d: new Map([[1, 2]]) }).a.length, new Set([1, 2, 3]).union(new Set([4])).size, [...new Set([1, 2, 3]).intersection(new Set([2, 3, 9]))].join());

console.log([1, [2, [3, [4]]]].flat().length, [1, [2, [3, [4]]]].flat(Infinity).join());
console.log([1, 2, 3, 4, 5].copyWithin(0, 3).join(), new Array(3).fill(0).map((_, i) => i).join(), [1, 2, 3].fill(9, 1).join());

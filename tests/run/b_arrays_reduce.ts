console.log([1, 2, 3].reduceRight((acc, x) => acc + x, ""), [[1, 2], [3]].reduce((x, y) => x.concat(y)).join(), [1, 2, 3].some((x) => x > 2));

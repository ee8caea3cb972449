console.log([1, 2, 3].findLast((x) => x < 3), [1, 2, 3].findLastIndex((x) => x > 5), [NaN].includes(NaN), [NaN].indexOf(NaN));

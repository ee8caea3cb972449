console.log(Object.groupBy([1, 2, 3], (x) => (x > 1 ? "big" : "small")).big!.join());

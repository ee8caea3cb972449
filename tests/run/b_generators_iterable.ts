const iterable = {
  *[Symbol.iterator]() {
    for (const c of "abc") yield c + c;
  },
};
console.log([...iterable].join(), Array.from(iterable, (x) => x[0]).join());

const sparse: any[] = [];
sparse[5] = "x";
console.log(sparse.length, sparse.indexOf("x"), sparse.join("-"), 3 in sparse, sparse.map(() => 1).join("-"));
let n = 0;
sparse.forEach(() => n++);
console.log(n, Object.keys(sparse).join());

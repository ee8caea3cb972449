const sparse = [1, , 3];
for (const i in sparse) console.log("i", i);
console.log(1 in sparse, 2 in sparse, sparse.length, sparse[1]);

const arr: any = [1, 2];
arr.extra = "prop";
console.log(arr.length, arr.extra, arr["1"], arr[-1], arr["01"]);
arr[-1] = "neg";
console.log(arr.length, arr[-1]);

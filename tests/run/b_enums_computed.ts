enum Len { L = "abc".length }
console.log(Len.L, Len[3]);

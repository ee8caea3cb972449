enum Merge { A }
enum Merge { B = 1 }
console.log(Merge.A, Merge.B, Merge[1]);

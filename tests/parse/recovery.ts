fucntion first() { return 1 }
const x = [1, 2 3];
let y = { a: 1 b: 2 };
let class = 3;
for (let i = 0, i < 10, i++) {}
cosnt z = 1;
let s = “text”;
if (a { b }
type T = | ;
function last( {
  return 1;

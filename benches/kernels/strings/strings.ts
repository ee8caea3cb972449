function append(n) {
  let s = "";
  for (let i = 0; i < n; i++) s += "x";
  return s.length;
}

function concat(n) {
  let total = 0;
  for (let i = 0; i < n; i++) {
    const s = "key" + i + ":" + (i & 7);
    total += s.length + s.charCodeAt(3);
  }
  return total;
}

console.log(append(10000000), concat(2000000));

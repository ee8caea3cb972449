const vals: any[] = [0, 1, "", "0", "1", "a", null, undefined, true, false, NaN];
for (const a of vals) {
  let row = "";
  for (const b of vals) row += (a == b ? "1" : "0") + (a === b ? "1" : "0") + " ";
  console.log(row);
}
for (const a of [1, "2", null, true, "x"] as any[]) {
  let row = "";
  for (const b of [1, "2", null, true, "x"] as any[]) row += (a < b ? "<" : a > b ? ">" : a >= b ? "=" : "?");
  console.log(row);
}

try {
  (5).toString(1);
} catch (e) {
  console.log(e.name, e.message);
}
try {
  (5).toFixed(101);
} catch (e) {
  console.log(e.name, e.message);
}

try {
  const { q } = null as any;
} catch (e) {
  console.log(e.name);
}
try {
  const [q] = 5 as any;
} catch (e) {
  console.log(e.name);
}

try {
  JSON.stringify({ a: 1n });
} catch (e) {
  console.log(e.name, e.message);
}

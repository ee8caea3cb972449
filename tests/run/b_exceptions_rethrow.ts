try {
  try {
    throw new Error("first");
  } finally {
    throw new Error("second");
  }
} catch (e) {
  console.log(e.message);
}
try {
  try {
    throw new Error("rethrown");
  } catch (e) {
    throw e;
  }
} catch (e) {
  console.log(e.message);
}

for (const bad of ["", "{", "[1,]", "{'a':1}", "01", "nul", '"\n"', "1 2", "{\"a\" 1}"]) {
  try {
    JSON.parse(bad);
    console.log("accepted", bad);
  } catch (e) {
    console.log(e.name, e.message);
  }
}

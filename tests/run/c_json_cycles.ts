const c: any = {};
c.c = c;
try {
  JSON.stringify(c);
} catch (e) {
  console.log(e.name, e.message.split("\n")[0]);
}

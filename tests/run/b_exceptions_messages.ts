for (const f of [() => null!.x, () => undefinedName, () => [].reduce((a) => a), () => "x".repeat(-1), () => new Array(-1), () => (1).toFixed(200), () => (5 as any)()]) {
  try {
    f();
    console.log("no error");
  } catch (e) {
    console.log(e.constructor.name, e.message);
  }
}

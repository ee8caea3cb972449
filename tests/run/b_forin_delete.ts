const d: any = { x: 1, y: 2, z: 3 };
for (const k in d) {
  console.log(k);
  delete d.y;
}

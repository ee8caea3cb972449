interface Shape { area(): number }
const shapes: Shape[] = [{ area: () => 2 }, { area() { return 3; } }];
console.log(shapes.reduce((s, x) => s + x.area(), 0));

const u: any = undefined;
console.log(u?.a.b.c.d, u?.[0].x, u?.());
let touched = 0;
const r = u?.f(touched++);
console.log(r, touched);

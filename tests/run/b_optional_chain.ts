type T = { name?: string; inner?: { value: number; f?: () => string } | null; list?: number[] };
const full: T = { name: "n", inner: { value: 5, f: () => "called" }, list: [1, 2] };
const empty: T = {};
const nul: T = { inner: null };
for (const t of [full, empty, nul]) {
  console.log(t.name?.length, t.inner?.value, t.inner?.f?.(), t.list?.[1], t?.inner?.["value"]);
}
console.log(empty.name ?? "default", full.name ?? "default", empty.list?.length ?? -1);
const u: any = undefined;
console.log(u?.a.b.c.d, u?.[0].x, u?.());
let touched = 0;
const r = u?.f(touched++);
console.log(r, touched);
try {
  u.a;
} catch (e) {
  console.log(e.name, e.message);
}
try {
  (null as any).b();
} catch (e) {
  console.log(e.name, e.message);
}
try {
  (full as any).nothing();
} catch (e) {
  console.log(e.name, e.message);
}
let v: any;
v ??= { n: 0 };
v.n ||= 5;
v.n &&= v.n + 1;
console.log(v.n);
console.log(delete v?.n, v.n);

type T = { name?: string; inner?: { value: number; f?: () => string } | null; list?: number[] };
const full: T = { name: "n", inner: { value: 5, f: () => "called" }, list: [1, 2] };
const u: any = undefined;
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

type T = { name?: string; inner?: { value: number; f?: () => string } | null; list?: number[] };
const full: T = { name: "n", inner: { value: 5, f: () => "called" }, list: [1, 2] };
const empty: T = {};
const nul: T = { inner: null };
for (const t of [full, empty, nul]) {
  console.log(t.name?.length, t.inner?.value, t.inner?.f?.(), t.list?.[1], t?.inner?.["value"]);
}
console.log(empty.name ?? "default", full.name ?? "default", empty.list?.length ?? -1);

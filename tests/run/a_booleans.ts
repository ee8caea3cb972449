const t: boolean = true;
const f: boolean = false;
console.log(t, f, !t, !f, !!t);
console.log(t && f, t || f, t === f, t !== f);
console.log(t && "kept", f || "fallback", f && "skipped", 0 || "zero", "" || "empty");
console.log(null ?? "dflt", undefined ?? 5, 0 ?? 5, "" ?? 5, f ?? true);

function xor(a: boolean, b: boolean): boolean {
  return a !== b;
}
for (const a of [false, true])
  for (const b of [false, true]) console.log(a, b, a && b, a || b, xor(a, b), !(a && b));

let trace = "";
function mark(s: string, r: boolean): boolean {
  trace += s;
  return r;
}
const r = mark("a", true) && (mark("b", false) || mark("c", true)) && !mark("d", false);
console.log(r, trace);

let flag = false;
flag ||= true;
console.log(flag);
flag &&= false;
console.log(flag);
let maybe: any = null;
maybe ??= 42;
maybe ??= 43;
console.log(maybe);
console.log(Boolean(0), Boolean("x"), Boolean(NaN), Boolean([]));
console.log(t ? 1 : 0, f ? 1 : 0, +t, +f);

const handler: ProxyHandler<any> = {
  get: (t, k) => (k in t ? t[k] : "no " + String(k)),
  set(t, k, v) { t[k] = v * 2; return true; },
  has: (t, k) => k === "magic" || k in t,
  deleteProperty(t, k) { console.log("delete", String(k)); return delete t[k]; },
};
const p = new Proxy({ a: 1 } as any, handler);
p.b = 5;
console.log(p.a, p.b, p.c, "magic" in p, "x" in p, delete p.a, Object.keys(p).join());

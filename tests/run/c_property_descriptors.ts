const d = Object.getOwnPropertyDescriptor({ get v() { return 1; } }, "v")!;
console.log(typeof d.get, d.set, d.enumerable, d.configurable);
const def: any = {};
Object.defineProperty(def, "hidden", { value: 7, enumerable: false });
Object.defineProperty(def, "calc", { get: () => 99, enumerable: true });
console.log(def.hidden, def.calc, Object.keys(def).join(), JSON.stringify(def));
try { def.hidden = 8; } catch (e) { console.log(e.name); }

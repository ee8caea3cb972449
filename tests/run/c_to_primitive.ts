const prim = { [Symbol.toPrimitive](hint: string) { return hint === "number" ? 42 : hint === "string" ? "str" : "default"; } } as any;
console.log(+prim, `${prim}`, prim + "", prim * 2);

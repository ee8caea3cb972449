const o: any = {};
({ a: o.p, b: o["q"] } = { a: 5, b: 6 });
console.log(o.p, o.q);
const key = "dyn";
const { [key]: dynamic } = { dyn: "found" } as any;
console.log(dynamic);

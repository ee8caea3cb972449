const proto = { inherited: true };
const child = Object.create(proto);
child.mine = 1;
for (const k in child) console.log(k, Object.hasOwn(child, k));

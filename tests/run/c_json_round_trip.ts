let data: any[] = [];
for (let i = 0; i < 200; i++) data.push({ id: i, name: "n" + i, nested: { v: i / 4, tags: ["a", "b"] } });
const text = JSON.stringify(data);
const back = JSON.parse(text);
console.log(text.length, back.length, back[199].nested.v, JSON.stringify(back) === text);

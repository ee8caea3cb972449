for (const [k, v] of Object.entries({ one: 1, two: 2 })) console.log(k, v);
for (const { id, tags: [t0] } of [{ id: 1, tags: ["a", "b"] }, { id: 2, tags: [] as string[] }]) console.log(id, t0);

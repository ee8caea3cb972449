const o = JSON.parse('{"a": [1, 2.5, -3e2], "b": {"c": "d\\u0041\\n"}, "t": true, "n": null, "e": {}}');
console.log(o.a[2], o.b.c, o.t, o.n, Object.keys(o).join());
console.log(JSON.parse(" [1 , 2 ] ").length, JSON.parse('"s"'), JSON.parse("1e3"), JSON.parse("null"));
console.log(JSON.parse('{"a":1,"b":[2]}', (k, v) => (typeof v === "number" ? v + 1 : v)).b[0], JSON.parse('{"a":1,"a":2}').a, JSON.parse('{"__proto__": 5}')["__proto__"]);

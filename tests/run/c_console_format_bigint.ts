console.log("%s|%s|%s|%s", "str", 5, -0, 1n);
console.log("%d|%d|%d|%d", "42", 4.5, "x", 5n);

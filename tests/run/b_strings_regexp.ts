console.log("a-b_c".split(/[-_]/).join(), "2024-01-15".replace(/(\d+)-(\d+)-(\d+)/, "$3/$2/$1"), "aaa".replace("a", "$&b"));
console.log("hello".replace("l", (m) => m.toUpperCase()), "hello".replaceAll("l", "[$&]"), "test123abc".match(/\d+/)![0]);

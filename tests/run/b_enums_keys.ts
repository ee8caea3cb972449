enum Color { Red, Green, Blue }
enum Dir { Up = "UP", Down = "DOWN" }
console.log(Object.keys(Color).join(), Object.values(Dir).join());
for (const k in Dir) console.log(k);

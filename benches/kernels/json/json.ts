class Point {
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
}

class Item {
  constructor(id, name, at, tags) {
    this.id = id;
    this.name = name;
    this.at = at;
    this.tags = tags;
  }
}

function run(n, rounds) {
  const items = [];
  for (let i = 0; i < n; i++) {
    items.push(new Item(i, "item " + i, new Point(i / 4, i * 0.5), ["a", "b\n", "tag" + (i % 10)]));
  }
  let total = 0;
  for (let r = 0; r < rounds; r++) {
    const text = JSON.stringify(items);
    const back = JSON.parse(text);
    total += text.length + back.length + back[n - 1].id + back[1].tags[2].length;
  }
  return total;
}

console.log(run(20000, 10));

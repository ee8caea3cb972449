class Lru {
  private m = new Map<number, string>();
  misses = 0;
  get(k: number): string {
    let v = this.m.get(k);
    if (v === undefined) {
      this.misses++;
      v = "v" + k;
    } else this.m.delete(k);
    this.m.set(k, v);
    if (this.m.size > 50) this.m.delete(this.m.keys().next().value!);
    return v;
  }
}
const lru = new Lru();
let seed = 7, len = 0;
for (let i = 0; i < 20000; i++) {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  len += lru.get((seed >> 8) % 80).length;
}
console.log(lru.misses, len);

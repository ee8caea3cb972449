function box(w: number, h = w * 2, area = w * h, name: string = `${w}x${h}=${area}`): string {
  return name + "/" + arguments_count(w, h, area);
}
function arguments_count(...xs: number[]): number { return xs.length; }
console.log(box(2), box(2, 3), box(2, undefined, 7), box(1, 1, 1, "n"));
let counter = 0;
function next(): number { return ++counter; }
function lazy(a = next(), b = next() + a, c = () => a + b): string {
  a += 100;
  return a + "," + b + "," + c();
}
console.log(lazy(), lazy(5), lazy(5, 6), counter);
const arrow = (a: number[], first = a[0], ...rest: number[]) => first + rest.length;
console.log(arrow([9]), arrow([9], 1), arrow([9], undefined, 1, 2));
class C {
  base = 10;
  plus(n = this.base, m = this.twice(n)): number { return n + m; }
  twice(n: number): number { return n * 2; }
  constructor(public tag = "t", public full = tag + "!") {}
}
console.log(new C().plus(), new C().plus(1), new C("x").full, new C("x", "y").full);
function opt(a?: number, b: number | null = null, s = ""): string {
  return typeof a + String(b) + s.length;
}
console.log(opt(), opt(1, 2, "abc"), opt(undefined, undefined, undefined), opt(0, null));
function nested(f = (x: number, y = x + 1) => x * y): number { return f(3) + f(3, 10); }
console.log(nested(), nested((x) => x));

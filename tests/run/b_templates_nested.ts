const rows = [["a", 1], ["b", 22], ["c", 333]] as [string, number][];
console.log(`<${rows.map(([k, v]) => `${k}=${v > 9 ? `[${`${v}`.length}]` : `(${v})`}`).join(`,`)}>`);
console.log(`${1}${"2"}${[3, 4]}${null}${undefined}${true}${{}}`, `a${``}b`, `\${x}`, `line
two`.length, `\``);
class T { constructor(private n: number) {} toString(): string { return `T#${this.n}`; } }
console.log(`${new T(5)} ${[new T(1), new T(2)]}`, "" + new T(7), new T(8) + "!");
const deep = (n: number): string => (n === 0 ? "." : `{${deep(n - 1)}${n}${deep(n - 1)}}`);
console.log(deep(3));
let order = "";
const e = (s: string) => { order += s; return s; };
console.log(`${e("1")}${`${e("2")}${e("3")}`}${e("4")}`, order);
console.log(`${0.1 + 0.2} ${-0} ${1e21} ${1 / 3} ${NaN} ${-1e-7}`);

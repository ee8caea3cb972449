class N { next?: N; val: number | null = null; constructor(public id: number, next?: N) { this.next = next; } hop(): N | undefined { return this.next; } }
const list = new N(1, new N(2, new N(3)));
console.log(list.next?.next?.id, list.next?.next?.next?.id, list.hop()?.hop()?.hop()?.id, list?.val ?? "none");
let evals = 0;
const side = () => { evals++; return "side"; };
console.log(list.val ?? side(), 0 ?? side(), "" ?? side(), false ?? side(), evals);
console.log(0 || "or", "" || "or", "a" && "and", 0 && "and", (null ?? undefined) ?? 5);
const m = new Map<string, { n: number }>();
m.set("a", { n: 1 });
console.log(m.get("a")?.n, m.get("b")?.n, (m.get("b")?.n ?? 0) + 1);
function len(s?: string | null): number { return s?.length ?? -1; }
console.log(len("abc"), len(""), len(null), len());
const arr: (number[] | undefined)[] = [[1], undefined];
console.log(arr[0]?.[0], arr[1]?.[0], arr[2]?.[0], arr[1]?.length);
let c: { x?: number; y?: number } = {};
c.x ??= 4;
c.x ??= 5;
c.y ||= 6;
c.y &&= 7;
console.log(c.x, c.y);
let u: string | undefined;
u ??= "set";
console.log(u, u?.toUpperCase().length);
list.next!.val = 0;
console.log(list.next?.val ?? "null", list.next?.val || "falsy");

const log: string[] = [];
const sleep = (ms: number) => new Promise<void>((r) => setTimeout(r, ms));
async function work(name: string, ms: number): Promise<string> {
  log.push("start " + name);
  await sleep(ms);
  log.push("end " + name);
  return name;
}
async function order(): Promise<void> {
  console.log("sync");
  setTimeout(() => console.log("timeout"), 0);
  Promise.resolve().then(() => console.log("micro"));
  queueMicrotask(() => console.log("queued"));
  await null;
  console.log("after await");
}
const p = order();
console.log("after call");
process.nextTick(() => console.log("tick"));
await p;
await sleep(5);
console.log((await Promise.all([work("a", 20), work("b", 5), work("c", 10)])).join());
console.log(log.join("; "));
console.log(await Promise.race([work("slow", 50), work("fast", 1)]));
console.log((await Promise.allSettled([Promise.resolve(1), Promise.reject(new Error("no"))])).map((r) => r.status).join());
try {
  await Promise.reject(new RangeError("rejected"));
} catch (e) {
  console.log(e.name, e.message);
} finally {
  console.log("finally");
}
try {
  await Promise.any([Promise.reject(1), Promise.reject(2)]);
} catch (e) {
  console.log(e.constructor.name, e.errors.join());
}
async function* ticks(n: number): AsyncGenerator<number> {
  for (let i = 0; i < n; i++) {
    await sleep(1);
    yield i;
  }
}
for await (const t of ticks(3)) console.log("step", t);
for await (const v of [Promise.resolve("x"), "y"]) console.log(v);
const chained = Promise.resolve(1).then((v) => v + 1).then((v) => { throw new Error("at " + v); }).catch((e) => e.message).finally(() => console.log("cleanup"));
console.log(await chained);
const { promise, resolve } = Promise.withResolvers<string>();
setTimeout(() => resolve("resolved later"), 2);
console.log(await promise);
const thenable = { then(f: (v: string) => void) { f("from thenable"); } };
console.log(await (thenable as any));
let n = 0;
const id = setInterval(() => { if (++n === 3) { clearInterval(id); console.log("interval done"); } }, 1);

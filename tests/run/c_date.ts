const d = new Date(Date.UTC(2024, 1, 29, 12, 34, 56, 789));
console.log(d.toISOString(), d.getTime(), JSON.stringify(d));
console.log(d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate(), d.getUTCDay(), d.getUTCHours(), d.getUTCMinutes(), d.getUTCSeconds(), d.getUTCMilliseconds());
console.log(new Date(0).toISOString(), new Date("2000-01-01").getTime(), new Date("2000-01-01T00:00:00Z").getTime(), new Date("2000-01-01T00:00:00+02:00").toISOString());
console.log(Date.parse("1970-01-02"), Date.UTC(1970, 0, 2), isNaN(new Date("garbage").getTime()), String(new Date(NaN)));
const e = new Date(Date.UTC(2023, 11, 31));
e.setUTCDate(e.getUTCDate() + 1);
console.log(e.toISOString());
e.setUTCMonth(13);
console.log(e.toISOString(), e.setUTCHours(25, 61, 61));
e.setUTCFullYear(2020, 1, 30);
console.log(e.toISOString());
console.log(new Date(2020, 0, 31).getMonth(), new Date(99, 0).getFullYear(), new Date(-1).toISOString(), new Date(8.64e15).toISOString());
try {
  new Date(8.64e15 + 1).toISOString();
} catch (err) {
  console.log(err.name, err.message);
}
console.log((new Date(5000) as any) - (new Date(2000) as any), new Date(1000) < new Date(2000), +new Date(7), typeof Date.now());
let leaps = 0;
for (let y = 1900; y <= 2100; y++) if (new Date(Date.UTC(y, 1, 29)).getUTCMonth() === 1) leaps++;
console.log(leaps, new Date("-000001-01-01T00:00:00Z").toISOString(), new Date("+010000-01-01T00:00:00Z").getUTCFullYear());
console.log(new Date(Date.UTC(2024, 6, 4)).toUTCString(), d.valueOf() === d.getTime(), Object.prototype.toString.call(d));

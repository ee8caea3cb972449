(a.b) => 1;
((a)) => 1;
(...a, b) => 1;
(a, ) + 1;
async (await) => 1;
function* g() { (x = yield) => 1; }
({ a = 1 });
() => {} || 1;
(a: number) => a;

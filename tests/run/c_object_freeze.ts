const frozen = Object.freeze({ f: 1 });
try { (frozen as any).f = 2; } catch (e) { console.log(e.name); }
console.log(frozen.f, Object.isFrozen(frozen));

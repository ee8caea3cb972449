// goal: script
"use strict";
with (a) b;
let c, c;
delete d;
function e(f, f) { 010; "\01"; }
eval = 1;
class G extends H { constructor() {} constructor() {} #i; #i; j() { this.#k; delete this.#i; } static prototype() {} }
({ __proto__: 1, "__proto__": 2 });
l: l: for (;;) { continue m; }
break;
return;
new.target;
import "n";
for (const o of p) function q() {}
let undefined_ = /(?<r>)(?<r>)[z-a]/;
function s(t = 1) { "use strict"; }
yield = 1;
a?.b = 1;
a ?? b || c;
-a ** b;

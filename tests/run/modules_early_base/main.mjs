import "./cyc3.mjs";
try { class B extends A {} } catch (e) { console.log(e.name, e.message); }
class A {}
class C extends A { }
console.log(new C());
function mk() { class L extends Late {} return new L(); }
try { mk() } catch (e) { console.log(e.message); }
class Late {}
console.log(mk());

const getset = { _v: 5, get v() { return this._v * 2; }, set v(n) { this._v = n; } };
getset.v = 7;
console.log(getset.v, getset._v);

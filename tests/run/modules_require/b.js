const c = require("./cyc"); exports.b = 1; exports.c = c; console.log("b sees", c);

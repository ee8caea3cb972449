const b = require("./b"); console.log("cyc sees", b); module.exports = { done: true };

const { kind } = require("dual");
const esm = require("./helper.mjs");
module.exports = { kind, helper: () => esm.help(esm.default) };

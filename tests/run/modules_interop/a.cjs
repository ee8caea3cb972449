module.exports = function foo() { return "foo" };

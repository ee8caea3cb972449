module.exports = ["index"]

console.log("once"); exports.v = 7

console.log("a")
console.log(nowhere)

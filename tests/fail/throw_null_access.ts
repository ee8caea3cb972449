let list: any = null
console.log(list.length)

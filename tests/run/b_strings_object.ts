const str: any = new String("obj");
console.log(typeof str, str + "!", str == "obj", str.length, "abc".isWellFormed(), "b".localeCompare("a"), "a".localeCompare("b"));

console.log(typeof new Error("x").stack, new Error("first line").stack!.split("\n")[0]);

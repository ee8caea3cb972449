console.log([..."hello"].entries().next().value!.join(), [...["a", "b"].keys()].join(), [...["a", "b"].entries()].join(";"));

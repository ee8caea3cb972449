console.log("effect");

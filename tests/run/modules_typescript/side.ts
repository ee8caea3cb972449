console.log("side");

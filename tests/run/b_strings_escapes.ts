console.log("one\ttwo".length, JSON.stringify("q\"\n\u0001é😀\\"), escape("ü"), encodeURIComponent("a b&é"), decodeURIComponent("%E2%82%AC"));

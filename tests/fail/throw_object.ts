throw { code: 7, why: "a plain object" }

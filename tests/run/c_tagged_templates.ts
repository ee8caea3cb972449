const tag = (strs: TemplateStringsArray, ...vals: any[]) => strs.raw.join("_") + vals.join();
console.log(tag`a${1}b${2}c\n`, String.raw`\t${5}`);

class ConfigError extends Error {
  constructor(key: string) {
    super("missing " + key);
    this.name = "ConfigError";
  }
}

class Loader {
  load(keys: string[]): number[] {
    return keys.map((k) => {
      if (k == "") throw new ConfigError("key");
      return k.length;
    });
  }
}

function deep(n: number): number {
  if (n == 0) return new Loader().load(["a", ""]).length;
  return deep(n - 1) + 1;
}

try {
  deep(2);
} catch (e) {
  console.log(e.stack);
}
try {
  deep(20);
} catch (e) {
	throw new Error("outer", { cause: e });
}

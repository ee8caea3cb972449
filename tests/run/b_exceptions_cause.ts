const cause = new Error("outer", { cause: new RangeError("inner") });
console.log((cause.cause as Error).message, cause instanceof Error, Object.prototype.toString.call(cause));

function curry(f: (...a: number[]) => number, ...bound: number[]): any {
  return (...rest: number[]) => {
    const all = [...bound, ...rest];
    return all.length >= 3 ? f(...all) : curry(f, ...all);
  };
}
const add3 = curry((a, b, c) => a * 100 + b * 10 + c);
console.log(add3(1)(2)(3), add3(1, 2)(3), add3(4, 5, 6));

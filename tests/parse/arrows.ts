x = a ? (b) : c => d;
x = a ? (b): c => d : e;
x = (a, { b, c: [d = 1] }, ...e) => ({});
x = async (a?: number, b: string = "c"): Promise<void> => await b;
x = async (a, b);
x = (this: Window, a = (b = c) => d) => a;
x = async <T>(y: T): T => y;
x = <U>(y);
x = <V>(y: V): y is V => true;

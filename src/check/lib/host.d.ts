//@ console Console
interface Console {
  log(...data: any): void; error(...data: any): void; warn(...data: any): void; info(...data: any): void;
  debug(...data: any): void; trace(...data: any): void; dir(item?: any, options?: any): void;
  dirxml(...data: any): void; table(data?: any, properties?: readonly string[]): void; assert(condition?: any, ...data: any): void;
  count(label?: string): void; countReset(label?: string): void; group(...label: any): void;
  groupCollapsed(...label: any): void; groupEnd(): void; time(label?: string): void;
  timeEnd(label?: string): void; timeLog(label?: string, ...data: any): void; clear(): void;
  timeStamp(label?: string): void; profile(label?: string): void; profileEnd(label?: string): void;
}
declare var console: Console;
//@ Date DateConstructor
interface Date {
  toString(): string; toDateString(): string; toTimeString(): string;
  toLocaleString(locales?: any, options?: any): string; toLocaleDateString(locales?: any, options?: any): string; toLocaleTimeString(locales?: any, options?: any): string;
  valueOf(): number; getTime(): number; getFullYear(): number; getUTCFullYear(): number; getMonth(): number;
  getUTCMonth(): number; getDate(): number; getUTCDate(): number; getDay(): number; getUTCDay(): number;
  getHours(): number; getUTCHours(): number; getMinutes(): number; getUTCMinutes(): number; getSeconds(): number;
  getUTCSeconds(): number; getMilliseconds(): number; getUTCMilliseconds(): number; getTimezoneOffset(): number;
  getYear(): number; setYear(year: number): number; toGMTString(): string;
  setTime(time: number): number; setMilliseconds(ms: number): number; setUTCMilliseconds(ms: number): number;
  setSeconds(s: number, ms?: number): number; setUTCSeconds(s: number, ms?: number): number;
  setMinutes(m: number, s?: number, ms?: number): number; setUTCMinutes(m: number, s?: number, ms?: number): number;
  setHours(h: number, m?: number, s?: number, ms?: number): number; setUTCHours(h: number, m?: number, s?: number, ms?: number): number;
  setDate(d: number): number; setUTCDate(d: number): number; setMonth(m: number, d?: number): number;
  setUTCMonth(m: number, d?: number): number; setFullYear(y: number, m?: number, d?: number): number;
  setUTCFullYear(y: number, m?: number, d?: number): number; toUTCString(): string; toISOString(): string; toJSON(key?: any): string;
  [Symbol.toPrimitive](hint: string): any;
}
interface DateConstructor {
  new (): Date;
  new (value: number | string | Date): Date;
  new (year: number, month: number, date?: number, hours?: number, minutes?: number, seconds?: number, ms?: number): Date;
  (): string;
  readonly prototype: Date;
  parse(text: string): number;
  UTC(year: number, month?: number, date?: number, hours?: number, minutes?: number, seconds?: number, ms?: number): number;
  now(): number;
}
declare var Date: DateConstructor;
//@ setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate queueMicrotask structuredClone
declare function setTimeout(f: (...args: any[]) => void, ms?: number, ...args: any[]): any;
declare function clearTimeout(id?: any): void;
declare function setInterval(f: (...args: any[]) => void, ms?: number, ...args: any[]): any;
declare function clearInterval(id?: any): void;
declare function setImmediate(f: (...args: any[]) => void, ...args: any[]): any;
declare function clearImmediate(id?: any): void;
declare function queueMicrotask(f: () => void): void;
declare function structuredClone<T = any>(value: T, options?: any): T;

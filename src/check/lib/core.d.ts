//@ Object ObjectConstructor PropertyDescriptor PropertyKey
type PropertyKey = string | number | symbol;
interface PropertyDescriptor {
  configurable?: boolean; enumerable?: boolean; value?: any; writable?: boolean;
  get?(): any; set?(v: any): void;
}
interface Object {
  constructor: Function;
  toString(): string;
  toLocaleString(): string;
  valueOf(): Object;
  hasOwnProperty(key: PropertyKey): boolean;
  isPrototypeOf(v: Object): boolean;
  propertyIsEnumerable(key: PropertyKey): boolean;
}
interface ObjectConstructor {
  new (value?: any): Object;
  (): any;
  (value: any): any;
  readonly prototype: Object;
  getPrototypeOf(o: any): any;
  setPrototypeOf(o: any, proto: object | null): any;
  getOwnPropertyDescriptor(o: any, key: PropertyKey): PropertyDescriptor | undefined;
  getOwnPropertyDescriptors(o: any): any;
  getOwnPropertyNames(o: any): string[];
  getOwnPropertySymbols(o: any): symbol[];
  create(o: object | null, properties?: any): any;
  defineProperty<T>(o: T, key: PropertyKey, attributes: PropertyDescriptor): T;
  defineProperties<T>(o: T, properties: any): T;
  seal<T>(o: T): T;
  freeze<T extends Function>(f: T): T;
  freeze<T extends { [key: string]: U | null | undefined | object }, U extends string | bigint | number | boolean | symbol>(o: T): Readonly<T>;
  freeze<T>(o: T): Readonly<T>;
  preventExtensions<T>(o: T): T;
  isSealed(o: any): boolean;
  isFrozen(o: any): boolean;
  isExtensible(o: any): boolean;
  keys(o: {}): string[];
  values<T>(o: { [key: string]: T } | ArrayLike<T>): T[];
  values(o: {}): any[];
  entries<T>(o: { [key: string]: T } | ArrayLike<T>): [string, T][];
  entries(o: {}): [string, any][];
  assign<T extends {}, U>(target: T, source: U): T & U;
  assign<T extends {}, U, V>(target: T, a: U, b: V): T & U & V;
  assign(target: object, ...sources: any[]): any;
  is(a: any, b: any): boolean;
  fromEntries<T = any>(entries: Iterable<readonly [PropertyKey, T]>): { [key: string]: T };
  fromEntries(entries: Iterable<readonly any[]>): any;
  hasOwn(o: object, key: PropertyKey): boolean;
  groupBy<K extends PropertyKey, T>(items: Iterable<T>, key: (item: T, index: number) => K): Partial<Record<K, T[]>>;
}
declare var Object: ObjectConstructor;
//@ Function FunctionConstructor CallableFunction NewableFunction
interface Function {
  apply(this: Function, self: any, args?: any): any;
  call(this: Function, self: any, ...args: any[]): any;
  bind(this: Function, self: any, ...args: any[]): any;
  toString(): string;
  prototype: any;
  readonly length: number;
  readonly name: string;
  arguments: any;
  caller: Function;
}
interface CallableFunction extends Function {}
interface NewableFunction extends Function {}
interface FunctionConstructor {
  new (...args: string[]): Function;
  (...args: string[]): Function;
  readonly prototype: Function;
}
declare var Function: FunctionConstructor;
//@ Boolean BooleanConstructor
interface Boolean { valueOf(): boolean; }
interface BooleanConstructor { new (value?: any): Boolean; <T>(value?: T): boolean; readonly prototype: Boolean; }
declare var Boolean: BooleanConstructor;
//@ Symbol SymbolConstructor
interface Symbol { toString(): string; valueOf(): symbol; readonly description: string | undefined; }
interface SymbolConstructor {
  (description?: string | number): symbol;
  readonly prototype: Symbol;
  for(key: string): symbol;
  keyFor(s: symbol): string | undefined;
  readonly iterator: unique symbol;
  readonly asyncIterator: unique symbol;
  readonly hasInstance: unique symbol;
  readonly isConcatSpreadable: unique symbol;
  readonly match: unique symbol;
  readonly matchAll: unique symbol;
  readonly replace: unique symbol;
  readonly search: unique symbol;
  readonly species: unique symbol;
  readonly split: unique symbol;
  readonly toPrimitive: unique symbol;
  readonly toStringTag: unique symbol;
  readonly unscopables: unique symbol;
  readonly dispose: unique symbol;
  readonly asyncDispose: unique symbol;
}
declare var Symbol: SymbolConstructor;
//@ String StringConstructor
interface String {
  toString(): string;
  charAt(pos: number): string;
  charCodeAt(index: number): number;
  codePointAt(pos: number): number | undefined;
  concat(...strings: string[]): string;
  indexOf(search: string, position?: number): number;
  lastIndexOf(search: string, position?: number): number;
  localeCompare(that: string, locales?: string | string[], options?: any): number;
  match(regexp: string | RegExp | { [key: string]: any }): RegExpMatchArray | null;
  matchAll(regexp: RegExp): RegExpStringIterator<RegExpExecArray>;
  replace(search: string | RegExp | { [key: string]: any }, value: string): string;
  replace(search: string | RegExp | { [key: string]: any }, replacer: (substring: string, ...args: any[]) => string): string;
  replaceAll(search: string | RegExp, value: string): string;
  replaceAll(search: string | RegExp, replacer: (substring: string, ...args: any[]) => string): string;
  search(regexp: string | RegExp | { [key: string]: any }): number;
  slice(start?: number, end?: number): string;
  split(separator: string | RegExp | { [key: string]: any }, limit?: number): string[];
  substring(start: number, end?: number): string;
  substr(from: number, length?: number): string;
  toLowerCase(): string;
  toUpperCase(): string;
  toLocaleLowerCase(locales?: string | string[]): string;
  toLocaleUpperCase(locales?: string | string[]): string;
  trim(): string;
  trimStart(): string;
  trimEnd(): string;
  trimLeft(): string;
  trimRight(): string;
  padStart(length: number, fill?: string): string;
  padEnd(length: number, fill?: string): string;
  repeat(count: number): string;
  startsWith(search: string, position?: number): boolean;
  endsWith(search: string, position?: number): boolean;
  includes(search: string, position?: number): boolean;
  normalize(form?: string): string;
  at(index: number): string | undefined;
  isWellFormed(): boolean;
  toWellFormed(): string;
  anchor(name: string): string; big(): string; bold(): string; fixed(): string; italics(): string;
  link(url: string): string; small(): string; strike(): string; sub(): string; sup(): string;
  readonly length: number;
  valueOf(): string;
  readonly [index: number]: string;
  [Symbol.iterator](): StringIterator<string>;
}
interface StringConstructor {
  new (value?: any): String;
  (value?: any): string;
  readonly prototype: String;
  fromCharCode(...codes: number[]): string;
  fromCodePoint(...codes: number[]): string;
  raw(template: { raw: readonly string[] | ArrayLike<string> }, ...substitutions: any[]): string;
}
declare var String: StringConstructor;
//@ Number NumberConstructor
interface Number {
  toString(radix?: number): string;
  toFixed(digits?: number): string;
  toExponential(digits?: number): string;
  toPrecision(precision?: number): string;
  toLocaleString(locales?: any, options?: any): string;
  valueOf(): number;
}
interface NumberConstructor {
  new (value?: any): Number;
  (value?: any): number;
  readonly prototype: Number;
  readonly MAX_VALUE: number;
  readonly MIN_VALUE: number;
  readonly NaN: number;
  readonly NEGATIVE_INFINITY: number;
  readonly POSITIVE_INFINITY: number;
  readonly EPSILON: number;
  readonly MAX_SAFE_INTEGER: number;
  readonly MIN_SAFE_INTEGER: number;
  isFinite(n: unknown): boolean;
  isInteger(n: unknown): boolean;
  isNaN(n: unknown): boolean;
  isSafeInteger(n: unknown): boolean;
  parseFloat(text: string): number;
  parseInt(text: string, radix?: number): number;
}
declare var Number: NumberConstructor;
//@ BigInt BigIntConstructor
interface BigInt { toString(radix?: number): string; toLocaleString(locales?: any, options?: any): string; valueOf(): bigint; }
interface BigIntConstructor {
  (value: bigint | boolean | number | string): bigint;
  readonly prototype: BigInt;
  asIntN(bits: number, n: bigint): bigint;
  asUintN(bits: number, n: bigint): bigint;
}
declare var BigInt: BigIntConstructor;
//@ Array ArrayConstructor ConcatArray
interface ConcatArray<T> { readonly length: number; readonly [n: number]: T; join(separator?: string): string; slice(start?: number, end?: number): T[]; }
interface Array<T> {
  length: number;
  toString(): string;
  toLocaleString(locales?: any, options?: any): string;
  pop(): T | undefined;
  push(...items: T[]): number;
  concat(...items: ConcatArray<T>[]): T[];
  concat(...items: (T | ConcatArray<T>)[]): T[];
  join(separator?: string): string;
  reverse(): T[];
  shift(): T | undefined;
  slice(start?: number, end?: number): T[];
  sort(compare?: (a: T, b: T) => number): this;
  splice(start: number, count?: number): T[];
  splice(start: number, count: number, ...items: T[]): T[];
  unshift(...items: T[]): number;
  indexOf(item: T, from?: number): number;
  lastIndexOf(item: T, from?: number): number;
  every<S extends T>(predicate: (value: T, index: number, array: T[]) => value is S, self?: any): this is S[];
  every(predicate: (value: T, index: number, array: T[]) => unknown, self?: any): boolean;
  some(predicate: (value: T, index: number, array: T[]) => unknown, self?: any): boolean;
  forEach(callback: (value: T, index: number, array: T[]) => void, self?: any): void;
  map<U>(callback: (value: T, index: number, array: T[]) => U, self?: any): U[];
  filter<S extends T>(predicate: (value: T, index: number, array: T[]) => value is S, self?: any): S[];
  filter(predicate: (value: T, index: number, array: T[]) => unknown, self?: any): T[];
  reduce(callback: (previous: T, current: T, index: number, array: T[]) => T): T;
  reduce(callback: (previous: T, current: T, index: number, array: T[]) => T, initial: T): T;
  reduce<U>(callback: (previous: U, current: T, index: number, array: T[]) => U, initial: U): U;
  reduceRight(callback: (previous: T, current: T, index: number, array: T[]) => T): T;
  reduceRight(callback: (previous: T, current: T, index: number, array: T[]) => T, initial: T): T;
  reduceRight<U>(callback: (previous: U, current: T, index: number, array: T[]) => U, initial: U): U;
  find<S extends T>(predicate: (value: T, index: number, array: T[]) => value is S, self?: any): S | undefined;
  find(predicate: (value: T, index: number, array: T[]) => unknown, self?: any): T | undefined;
  findIndex(predicate: (value: T, index: number, array: T[]) => unknown, self?: any): number;
  findLast<S extends T>(predicate: (value: T, index: number, array: T[]) => value is S, self?: any): S | undefined;
  findLast(predicate: (value: T, index: number, array: T[]) => unknown, self?: any): T | undefined;
  findLastIndex(predicate: (value: T, index: number, array: T[]) => unknown, self?: any): number;
  fill(value: T, start?: number, end?: number): this;
  copyWithin(target: number, start: number, end?: number): this;
  entries(): ArrayIterator<[number, T]>;
  keys(): ArrayIterator<number>;
  values(): ArrayIterator<T>;
  includes(item: T, from?: number): boolean;
  flatMap<U>(callback: (value: T, index: number, array: T[]) => U | ReadonlyArray<U>, self?: any): U[];
  flat<A, D extends number = 1>(this: A, depth?: D): FlatArray<A, D>[];
  at(index: number): T | undefined;
  toReversed(): T[];
  toSorted(compare?: (a: T, b: T) => number): T[];
  toSpliced(start: number, count?: number, ...items: T[]): T[];
  with(index: number, value: T): T[];
  [n: number]: T;
  [Symbol.iterator](): ArrayIterator<T>;
}
interface ArrayConstructor {
  new (length?: number): any[];
  new <T>(length: number): T[];
  new <T>(...items: T[]): T[];
  (length?: number): any[];
  <T>(length: number): T[];
  <T>(...items: T[]): T[];
  isArray(v: any): v is any[];
  readonly prototype: any[];
  from<T>(source: ArrayLike<T>): T[];
  from<T, U>(source: ArrayLike<T>, map: (v: T, k: number) => U, self?: any): U[];
  from<T>(source: Iterable<T> | ArrayLike<T>): T[];
  from<T, U>(source: Iterable<T> | ArrayLike<T>, map: (v: T, k: number) => U, self?: any): U[];
  fromAsync<T>(source: any): Promise<T[]>;
  of<T>(...items: T[]): T[];
}
declare var Array: ArrayConstructor;
//@ ReadonlyArray
interface ReadonlyArray<T> {
  readonly length: number;
  toString(): string;
  concat(...items: ConcatArray<T>[]): T[];
  concat(...items: (T | ConcatArray<T>)[]): T[];
  join(separator?: string): string;
  slice(start?: number, end?: number): T[];
  indexOf(item: T, from?: number): number;
  lastIndexOf(item: T, from?: number): number;
  every(predicate: (value: T, index: number, array: readonly T[]) => unknown, self?: any): boolean;
  some(predicate: (value: T, index: number, array: readonly T[]) => unknown, self?: any): boolean;
  forEach(callback: (value: T, index: number, array: readonly T[]) => void, self?: any): void;
  map<U>(callback: (value: T, index: number, array: readonly T[]) => U, self?: any): U[];
  filter<S extends T>(predicate: (value: T, index: number, array: readonly T[]) => value is S, self?: any): S[];
  filter(predicate: (value: T, index: number, array: readonly T[]) => unknown, self?: any): T[];
  reduce(callback: (previous: T, current: T, index: number, array: readonly T[]) => T): T;
  reduce(callback: (previous: T, current: T, index: number, array: readonly T[]) => T, initial: T): T;
  reduce<U>(callback: (previous: U, current: T, index: number, array: readonly T[]) => U, initial: U): U;
  reduceRight(callback: (previous: T, current: T, index: number, array: readonly T[]) => T): T;
  reduceRight<U>(callback: (previous: U, current: T, index: number, array: readonly T[]) => U, initial: U): U;
  find<S extends T>(predicate: (value: T, index: number, array: readonly T[]) => value is S, self?: any): S | undefined;
  find(predicate: (value: T, index: number, array: readonly T[]) => unknown, self?: any): T | undefined;
  findIndex(predicate: (value: T, index: number, array: readonly T[]) => unknown, self?: any): number;
  findLast(predicate: (value: T, index: number, array: readonly T[]) => unknown, self?: any): T | undefined;
  findLastIndex(predicate: (value: T, index: number, array: readonly T[]) => unknown, self?: any): number;
  entries(): ArrayIterator<[number, T]>;
  keys(): ArrayIterator<number>;
  values(): ArrayIterator<T>;
  includes(item: T, from?: number): boolean;
  flatMap<U>(callback: (value: T, index: number, array: T[]) => U | ReadonlyArray<U>, self?: any): U[];
  flat<A, D extends number = 1>(this: A, depth?: D): FlatArray<A, D>[];
  at(index: number): T | undefined;
  toReversed(): T[];
  toSorted(compare?: (a: T, b: T) => number): T[];
  toSpliced(start: number, count?: number, ...items: T[]): T[];
  with(index: number, value: T): T[];
  readonly [n: number]: T;
  [Symbol.iterator](): ArrayIterator<T>;
}
//@ ArrayLike FlatArray
interface ArrayLike<T> { readonly length: number; readonly [n: number]: T; }
type FlatArray<A, D extends number> = {
  done: A;
  recur: A extends ReadonlyArray<infer I> ? FlatArray<I, [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8][D]> : A;
}[D extends -1 ? "done" : "recur"];
//@ Iterator Iterable IterableIterator IteratorResult IteratorYieldResult IteratorReturnResult IteratorObject ArrayIterator MapIterator SetIterator StringIterator RegExpStringIterator Generator
interface IteratorYieldResult<T> { done?: false; value: T; }
interface IteratorReturnResult<R> { done: true; value: R; }
type IteratorResult<T, R = any> = IteratorYieldResult<T> | IteratorReturnResult<R>;
interface Iterator<T, R = any, N = any> {
  next(...args: [] | [N]): IteratorResult<T, R>;
  return?(value?: R): IteratorResult<T, R>;
  throw?(e?: any): IteratorResult<T, R>;
}
declare var Iterator: any;
interface Iterable<T, R = any, N = any> { [Symbol.iterator](): Iterator<T, R, N>; }
interface IterableIterator<T, R = any, N = any> extends Iterator<T, R, N> { [Symbol.iterator](): IterableIterator<T, R, N>; }
interface IteratorObject<T, R = unknown, N = unknown> extends Iterator<T, R, N> {
  [Symbol.iterator](): IteratorObject<T, R, N>;
  map<U>(callback: (value: T, index: number) => U): IteratorObject<U, undefined, unknown>;
  filter<S extends T>(predicate: (value: T, index: number) => value is S): IteratorObject<S, undefined, unknown>;
  filter(predicate: (value: T, index: number) => unknown): IteratorObject<T, undefined, unknown>;
  take(limit: number): IteratorObject<T, undefined, unknown>;
  drop(count: number): IteratorObject<T, undefined, unknown>;
  flatMap<U>(callback: (value: T, index: number) => Iterator<U, unknown, undefined> | Iterable<U, unknown, undefined>): IteratorObject<U, undefined, unknown>;
  reduce(callback: (previous: T, current: T, index: number) => T): T;
  reduce<U>(callback: (previous: U, current: T, index: number) => U, initial: U): U;
  toArray(): T[];
  forEach(callback: (value: T, index: number) => void): void;
  some(predicate: (value: T, index: number) => unknown): boolean;
  every(predicate: (value: T, index: number) => unknown): boolean;
  find(predicate: (value: T, index: number) => unknown): T | undefined;
}
interface ArrayIterator<T> extends IteratorObject<T, undefined, unknown> { [Symbol.iterator](): ArrayIterator<T>; }
interface MapIterator<T> extends IteratorObject<T, undefined, unknown> { [Symbol.iterator](): MapIterator<T>; }
interface SetIterator<T> extends IteratorObject<T, undefined, unknown> { [Symbol.iterator](): SetIterator<T>; }
interface StringIterator<T> extends IteratorObject<T, undefined, unknown> { [Symbol.iterator](): StringIterator<T>; }
interface RegExpStringIterator<T> extends IteratorObject<T, undefined, unknown> { [Symbol.iterator](): RegExpStringIterator<T>; }
interface Generator<T = unknown, R = any, N = any> extends IteratorObject<T, R, N> {
  next(...args: [] | [N]): IteratorResult<T, R>;
  return(value: R): IteratorResult<T, R>;
  throw(e: any): IteratorResult<T, R>;
  [Symbol.iterator](): Generator<T, R, N>;
}
//@ AsyncIterator AsyncIterable AsyncIterableIterator AsyncGenerator AsyncIteratorObject
interface AsyncIterator<T, R = any, N = any> {
  next(...args: [] | [N]): Promise<IteratorResult<T, R>>;
  return?(value?: R | PromiseLike<R>): Promise<IteratorResult<T, R>>;
  throw?(e?: any): Promise<IteratorResult<T, R>>;
}
interface AsyncIterable<T, R = any, N = any> { [Symbol.asyncIterator](): AsyncIterator<T, R, N>; }
interface AsyncIterableIterator<T, R = any, N = any> extends AsyncIterator<T, R, N> { [Symbol.asyncIterator](): AsyncIterableIterator<T, R, N>; }
interface AsyncIteratorObject<T, R = unknown, N = unknown> extends AsyncIterator<T, R, N> { [Symbol.asyncIterator](): AsyncIteratorObject<T, R, N>; }
interface AsyncGenerator<T = unknown, R = any, N = any> extends AsyncIteratorObject<T, R, N> {
  next(...args: [] | [N]): Promise<IteratorResult<T, R>>;
  return(value: R | PromiseLike<R>): Promise<IteratorResult<T, R>>;
  throw(e: any): Promise<IteratorResult<T, R>>;
  [Symbol.asyncIterator](): AsyncGenerator<T, R, N>;
}
//@ Promise PromiseConstructor PromiseLike PromiseSettledResult PromiseFulfilledResult PromiseRejectedResult PromiseWithResolvers
interface PromiseLike<T> {
  then<A = T, B = never>(resolved?: ((value: T) => A | PromiseLike<A>) | null | undefined, rejected?: ((reason: any) => B | PromiseLike<B>) | null | undefined): PromiseLike<A | B>;
}
interface Promise<T> {
  then<A = T, B = never>(resolved?: ((value: T) => A | PromiseLike<A>) | null | undefined, rejected?: ((reason: any) => B | PromiseLike<B>) | null | undefined): Promise<A | B>;
  catch<B = never>(rejected?: ((reason: any) => B | PromiseLike<B>) | null | undefined): Promise<T | B>;
  finally(done?: (() => void) | null | undefined): Promise<T>;
}
interface PromiseFulfilledResult<T> { status: "fulfilled"; value: T; }
interface PromiseRejectedResult { status: "rejected"; reason: any; }
type PromiseSettledResult<T> = PromiseFulfilledResult<T> | PromiseRejectedResult;
interface PromiseWithResolvers<T> { promise: Promise<T>; resolve: (value: T | PromiseLike<T>) => void; reject: (reason?: any) => void; }
interface PromiseConstructor {
  readonly prototype: Promise<any>;
  new <T>(executor: (resolve: (value: T | PromiseLike<T>) => void, reject: (reason?: any) => void) => void): Promise<T>;
  all<T extends readonly unknown[] | []>(values: T): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }>;
  all<T>(values: Iterable<T | PromiseLike<T>>): Promise<Awaited<T>[]>;
  race<T extends readonly unknown[] | []>(values: T): Promise<Awaited<T[number]>>;
  race<T>(values: Iterable<T | PromiseLike<T>>): Promise<Awaited<T>>;
  any<T extends readonly unknown[] | []>(values: T): Promise<Awaited<T[number]>>;
  any<T>(values: Iterable<T | PromiseLike<T>>): Promise<Awaited<T>>;
  allSettled<T extends readonly unknown[] | []>(values: T): Promise<{ -readonly [P in keyof T]: PromiseSettledResult<Awaited<T[P]>> }>;
  allSettled<T>(values: Iterable<T | PromiseLike<T>>): Promise<PromiseSettledResult<Awaited<T>>[]>;
  reject<T = never>(reason?: any): Promise<T>;
  resolve(): Promise<void>;
  resolve<T>(value: T): Promise<Awaited<T>>;
  resolve<T>(value: T | PromiseLike<T>): Promise<Awaited<T>>;
  withResolvers<T>(): PromiseWithResolvers<T>;
  try<T, U extends unknown[]>(f: (...args: U) => T | PromiseLike<T>, ...args: U): Promise<Awaited<T>>;
}
declare var Promise: PromiseConstructor;
//@ Map MapConstructor ReadonlyMap
interface Map<K, V> {
  clear(): void;
  delete(key: K): boolean;
  forEach(callback: (value: V, key: K, map: Map<K, V>) => void, self?: any): void;
  get(key: K): V | undefined;
  has(key: K): boolean;
  set(key: K, value: V): this;
  readonly size: number;
  entries(): MapIterator<[K, V]>;
  keys(): MapIterator<K>;
  values(): MapIterator<V>;
  [Symbol.iterator](): MapIterator<[K, V]>;
}
interface ReadonlyMap<K, V> {
  forEach(callback: (value: V, key: K, map: ReadonlyMap<K, V>) => void, self?: any): void;
  get(key: K): V | undefined;
  has(key: K): boolean;
  readonly size: number;
  entries(): MapIterator<[K, V]>;
  keys(): MapIterator<K>;
  values(): MapIterator<V>;
  [Symbol.iterator](): MapIterator<[K, V]>;
}
interface MapConstructor {
  new (): Map<any, any>;
  new <K, V>(entries?: readonly (readonly [K, V])[] | null): Map<K, V>;
  new <K, V>(iterable?: Iterable<readonly [K, V]> | null): Map<K, V>;
  readonly prototype: Map<any, any>;
  groupBy<K, T>(items: Iterable<T>, key: (item: T, index: number) => K): Map<K, T[]>;
}
declare var Map: MapConstructor;
//@ Set SetConstructor ReadonlySet ReadonlySetLike
interface ReadonlySetLike<T> { keys(): Iterator<T>; has(value: T): boolean; readonly size: number; }
interface Set<T> {
  add(value: T): this;
  clear(): void;
  delete(value: T): boolean;
  forEach(callback: (value: T, again: T, set: Set<T>) => void, self?: any): void;
  has(value: T): boolean;
  readonly size: number;
  entries(): SetIterator<[T, T]>;
  keys(): SetIterator<T>;
  values(): SetIterator<T>;
  union<U>(other: ReadonlySetLike<U>): Set<T | U>;
  intersection<U>(other: ReadonlySetLike<U>): Set<T & U>;
  difference<U>(other: ReadonlySetLike<U>): Set<T>;
  symmetricDifference<U>(other: ReadonlySetLike<U>): Set<T | U>;
  isSubsetOf(other: ReadonlySetLike<unknown>): boolean;
  isSupersetOf(other: ReadonlySetLike<unknown>): boolean;
  isDisjointFrom(other: ReadonlySetLike<unknown>): boolean;
  [Symbol.iterator](): SetIterator<T>;
}
interface ReadonlySet<T> {
  forEach(callback: (value: T, again: T, set: ReadonlySet<T>) => void, self?: any): void;
  has(value: T): boolean;
  readonly size: number;
  entries(): SetIterator<[T, T]>;
  keys(): SetIterator<T>;
  values(): SetIterator<T>;
  union<U>(other: ReadonlySetLike<U>): Set<T | U>;
  intersection<U>(other: ReadonlySetLike<U>): Set<T & U>;
  difference<U>(other: ReadonlySetLike<U>): Set<T>;
  isSubsetOf(other: ReadonlySetLike<unknown>): boolean;
  isSupersetOf(other: ReadonlySetLike<unknown>): boolean;
  [Symbol.iterator](): SetIterator<T>;
}
interface SetConstructor {
  new <T = any>(values?: readonly T[] | null): Set<T>;
  new <T>(iterable?: Iterable<T> | null): Set<T>;
  readonly prototype: Set<any>;
}
declare var Set: SetConstructor;
//@ WeakMap WeakSet WeakRef FinalizationRegistry WeakKey
type WeakKey = object | symbol;
interface WeakMap<K extends WeakKey, V> { delete(key: K): boolean; get(key: K): V | undefined; has(key: K): boolean; set(key: K, value: V): this; }
declare var WeakMap: { new <K extends WeakKey = WeakKey, V = any>(entries?: readonly (readonly [K, V])[] | null): WeakMap<K, V>; readonly prototype: any; };
interface WeakSet<T extends WeakKey> { add(value: T): this; delete(value: T): boolean; has(value: T): boolean; }
declare var WeakSet: { new <T extends WeakKey = WeakKey>(values?: readonly T[] | null): WeakSet<T>; readonly prototype: any; };
interface WeakRef<T extends WeakKey> { deref(): T | undefined; }
declare var WeakRef: { new <T extends WeakKey>(target: T): WeakRef<T>; readonly prototype: any; };
interface FinalizationRegistry<T> { register(target: WeakKey, held: T, token?: WeakKey): void; unregister(token: WeakKey): boolean; }
declare var FinalizationRegistry: { new <T>(cleanup: (held: T) => void): FinalizationRegistry<T>; readonly prototype: any; };
//@ Error ErrorConstructor ErrorOptions
interface ErrorOptions { cause?: unknown; }
interface Error { name: string; message: string; stack?: string; cause?: unknown; }
interface ErrorConstructor {
  new (message?: string, options?: ErrorOptions): Error;
  (message?: string, options?: ErrorOptions): Error;
  readonly prototype: Error;
  captureStackTrace(target: object, from?: Function): void;
  stackTraceLimit: number;
  isError(e: unknown): e is Error;
}
declare var Error: ErrorConstructor;
//@ EvalError RangeError ReferenceError SyntaxError TypeError URIError AggregateError
interface EvalError extends Error {}
interface RangeError extends Error {}
interface ReferenceError extends Error {}
interface SyntaxError extends Error {}
interface TypeError extends Error {}
interface URIError extends Error {}
interface AggregateError extends Error { errors: any[]; }
declare var EvalError: { new (message?: string, options?: ErrorOptions): EvalError; (message?: string, options?: ErrorOptions): EvalError; readonly prototype: EvalError; };
declare var RangeError: { new (message?: string, options?: ErrorOptions): RangeError; (message?: string, options?: ErrorOptions): RangeError; readonly prototype: RangeError; };
declare var ReferenceError: { new (message?: string, options?: ErrorOptions): ReferenceError; (message?: string, options?: ErrorOptions): ReferenceError; readonly prototype: ReferenceError; };
declare var SyntaxError: { new (message?: string, options?: ErrorOptions): SyntaxError; (message?: string, options?: ErrorOptions): SyntaxError; readonly prototype: SyntaxError; };
declare var TypeError: { new (message?: string, options?: ErrorOptions): TypeError; (message?: string, options?: ErrorOptions): TypeError; readonly prototype: TypeError; };
declare var URIError: { new (message?: string, options?: ErrorOptions): URIError; (message?: string, options?: ErrorOptions): URIError; readonly prototype: URIError; };
declare var AggregateError: { new (errors: Iterable<any>, message?: string, options?: ErrorOptions): AggregateError; (errors: Iterable<any>, message?: string, options?: ErrorOptions): AggregateError; readonly prototype: AggregateError; };
//@ Math
interface Math {
  readonly E: number; readonly LN10: number; readonly LN2: number; readonly LOG2E: number; readonly LOG10E: number;
  readonly PI: number; readonly SQRT1_2: number; readonly SQRT2: number;
  abs(x: number): number; acos(x: number): number; acosh(x: number): number; asin(x: number): number;
  asinh(x: number): number; atan(x: number): number; atanh(x: number): number; atan2(y: number, x: number): number;
  cbrt(x: number): number; ceil(x: number): number; clz32(x: number): number; cos(x: number): number;
  cosh(x: number): number; exp(x: number): number; expm1(x: number): number; floor(x: number): number;
  fround(x: number): number; f16round(x: number): number; hypot(...values: number[]): number; imul(x: number, y: number): number;
  log(x: number): number; log1p(x: number): number; log10(x: number): number; log2(x: number): number;
  max(...values: number[]): number; min(...values: number[]): number; pow(x: number, y: number): number;
  random(): number; round(x: number): number; sign(x: number): number; sin(x: number): number;
  sinh(x: number): number; sqrt(x: number): number; tan(x: number): number; tanh(x: number): number;
  trunc(x: number): number;
}
declare var Math: Math;
//@ JSON
interface JSON {
  parse(text: string, reviver?: (this: any, key: string, value: any) => any): any;
  stringify(value: any, replacer?: (this: any, key: string, value: any) => any, space?: string | number): string;
  stringify(value: any, replacer?: (number | string)[] | null, space?: string | number): string;
}
declare var JSON: JSON;
//@ RegExp RegExpConstructor RegExpMatchArray RegExpExecArray
interface RegExpMatchArray extends Array<string> { index?: number; input?: string; 0: string; groups?: { [key: string]: string }; indices?: any; }
interface RegExpExecArray extends Array<string> { index: number; input: string; 0: string; groups?: { [key: string]: string }; indices?: any; }
interface RegExp {
  exec(text: string): RegExpExecArray | null;
  test(text: string): boolean;
  toString(): string;
  readonly source: string; readonly flags: string; readonly global: boolean; readonly ignoreCase: boolean;
  readonly multiline: boolean; readonly sticky: boolean; readonly unicode: boolean; readonly dotAll: boolean;
  readonly hasIndices: boolean; readonly unicodeSets: boolean;
  lastIndex: number;
  compile(pattern: string, flags?: string): this;
  [Symbol.match](text: string): RegExpMatchArray | null;
  [Symbol.replace](text: string, value: any): string;
  [Symbol.split](text: string, limit?: number): string[];
}
interface RegExpConstructor {
  new (pattern: RegExp | string, flags?: string): RegExp;
  (pattern: RegExp | string, flags?: string): RegExp;
  readonly prototype: RegExp;
  escape(text: string): string;
  readonly "$1": string; readonly "$2": string; readonly "$3": string;
}
declare var RegExp: RegExpConstructor;
//@ ArrayBuffer SharedArrayBuffer ArrayBufferView ArrayBufferLike DataView
interface ArrayBuffer { readonly byteLength: number; slice(start?: number, end?: number): ArrayBuffer; resize(length?: number): void; readonly resizable: boolean; readonly maxByteLength: number; readonly detached: boolean; transfer(length?: number): ArrayBuffer; transferToFixedLength(length?: number): ArrayBuffer; }
declare var ArrayBuffer: { new (length: number, options?: { maxByteLength?: number }): ArrayBuffer; isView(v: any): boolean; readonly prototype: ArrayBuffer; };
interface SharedArrayBuffer { readonly byteLength: number; slice(start?: number, end?: number): SharedArrayBuffer; readonly growable: boolean; readonly maxByteLength: number; grow(length?: number): void; }
declare var SharedArrayBuffer: { new (length?: number, options?: { maxByteLength?: number }): SharedArrayBuffer; readonly prototype: SharedArrayBuffer; };
type ArrayBufferLike = ArrayBuffer | SharedArrayBuffer;
interface ArrayBufferView { buffer: ArrayBufferLike; byteLength: number; byteOffset: number; }
interface DataView {
  readonly buffer: ArrayBuffer; readonly byteLength: number; readonly byteOffset: number;
  getInt8(at: number): number; getUint8(at: number): number;
  getInt16(at: number, little?: boolean): number; getUint16(at: number, little?: boolean): number;
  getInt32(at: number, little?: boolean): number; getUint32(at: number, little?: boolean): number;
  getFloat16(at: number, little?: boolean): number;
  getFloat32(at: number, little?: boolean): number; getFloat64(at: number, little?: boolean): number;
  getBigInt64(at: number, little?: boolean): bigint; getBigUint64(at: number, little?: boolean): bigint;
  setInt8(at: number, value: number): void; setUint8(at: number, value: number): void;
  setInt16(at: number, value: number, little?: boolean): void; setUint16(at: number, value: number, little?: boolean): void;
  setInt32(at: number, value: number, little?: boolean): void; setUint32(at: number, value: number, little?: boolean): void;
  setFloat16(at: number, value: number, little?: boolean): void;
  setFloat32(at: number, value: number, little?: boolean): void; setFloat64(at: number, value: number, little?: boolean): void;
  setBigInt64(at: number, value: bigint, little?: boolean): void; setBigUint64(at: number, value: bigint, little?: boolean): void;
}
declare var DataView: { new (buffer: ArrayBufferLike, offset?: number, length?: number): DataView; readonly prototype: DataView; };
//@ Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array UltraTypedArray UltraTypedArrayConstructor
interface UltraTypedArray<E> {
  readonly BYTES_PER_ELEMENT: number; readonly buffer: ArrayBuffer; readonly byteLength: number; readonly byteOffset: number;
  readonly length: number;
  copyWithin(target: number, start: number, end?: number): this;
  every(predicate: (value: E, index: number, array: this) => unknown, self?: any): boolean;
  fill(value: E, start?: number, end?: number): this;
  filter(predicate: (value: E, index: number, array: this) => unknown, self?: any): this;
  find(predicate: (value: E, index: number, array: this) => unknown, self?: any): E | undefined;
  findIndex(predicate: (value: E, index: number, array: this) => unknown, self?: any): number;
  findLast(predicate: (value: E, index: number, array: this) => unknown, self?: any): E | undefined;
  findLastIndex(predicate: (value: E, index: number, array: this) => unknown, self?: any): number;
  forEach(callback: (value: E, index: number, array: this) => void, self?: any): void;
  includes(item: E, from?: number): boolean;
  indexOf(item: E, from?: number): number;
  join(separator?: string): string;
  lastIndexOf(item: E, from?: number): number;
  map(callback: (value: E, index: number, array: this) => E, self?: any): this;
  reduce(callback: (previous: E, current: E, index: number, array: this) => E): E;
  reduce<U>(callback: (previous: U, current: E, index: number, array: this) => U, initial: U): U;
  reduceRight(callback: (previous: E, current: E, index: number, array: this) => E): E;
  reduceRight<U>(callback: (previous: U, current: E, index: number, array: this) => U, initial: U): U;
  reverse(): this;
  set(source: ArrayLike<E>, offset?: number): void;
  slice(start?: number, end?: number): this;
  some(predicate: (value: E, index: number, array: this) => unknown, self?: any): boolean;
  sort(compare?: (a: E, b: E) => number): this;
  subarray(start?: number, end?: number): this;
  toLocaleString(): string; toString(): string;
  toReversed(): this; toSorted(compare?: (a: E, b: E) => number): this; with(index: number, value: E): this;
  at(index: number): E | undefined;
  entries(): ArrayIterator<[number, E]>; keys(): ArrayIterator<number>; values(): ArrayIterator<E>;
  [index: number]: E;
  [Symbol.iterator](): ArrayIterator<E>;
}
interface UltraTypedArrayConstructor<A, E> {
  readonly prototype: A; readonly BYTES_PER_ELEMENT: number;
  new (length: number): A;
  new (source: ArrayLike<E> | Iterable<E>): A;
  new (buffer: ArrayBufferLike, offset?: number, length?: number): A;
  new (): A;
  of(...items: E[]): A;
  from(source: ArrayLike<E> | Iterable<E>): A;
  from<T>(source: ArrayLike<T> | Iterable<T>, map: (v: T, k: number) => E, self?: any): A;
}
interface Int8Array<B = any> extends UltraTypedArray<number> {}
interface Uint8Array<B = any> extends UltraTypedArray<number> {}
interface Uint8ClampedArray<B = any> extends UltraTypedArray<number> {}
interface Int16Array<B = any> extends UltraTypedArray<number> {}
interface Uint16Array<B = any> extends UltraTypedArray<number> {}
interface Int32Array<B = any> extends UltraTypedArray<number> {}
interface Uint32Array<B = any> extends UltraTypedArray<number> {}
interface Float32Array<B = any> extends UltraTypedArray<number> {}
interface Float64Array<B = any> extends UltraTypedArray<number> {}
interface BigInt64Array<B = any> extends UltraTypedArray<bigint> {}
interface BigUint64Array<B = any> extends UltraTypedArray<bigint> {}
declare var Int8Array: UltraTypedArrayConstructor<Int8Array, number>;
declare var Uint8Array: UltraTypedArrayConstructor<Uint8Array, number>;
declare var Uint8ClampedArray: UltraTypedArrayConstructor<Uint8ClampedArray, number>;
declare var Int16Array: UltraTypedArrayConstructor<Int16Array, number>;
declare var Uint16Array: UltraTypedArrayConstructor<Uint16Array, number>;
declare var Int32Array: UltraTypedArrayConstructor<Int32Array, number>;
declare var Uint32Array: UltraTypedArrayConstructor<Uint32Array, number>;
declare var Float32Array: UltraTypedArrayConstructor<Float32Array, number>;
declare var Float64Array: UltraTypedArrayConstructor<Float64Array, number>;
declare var BigInt64Array: UltraTypedArrayConstructor<BigInt64Array, bigint>;
declare var BigUint64Array: UltraTypedArrayConstructor<BigUint64Array, bigint>;
//@ Reflect
declare namespace Reflect {
  function apply(f: Function, self: any, args: ArrayLike<any>): any;
  function construct(f: Function, args: ArrayLike<any>, target?: Function): any;
  function defineProperty(o: object, key: PropertyKey, attributes: PropertyDescriptor): boolean;
  function deleteProperty(o: object, key: PropertyKey): boolean;
  function get(o: object, key: PropertyKey, receiver?: any): any;
  function getOwnPropertyDescriptor(o: object, key: PropertyKey): PropertyDescriptor | undefined;
  function getPrototypeOf(o: object): object | null;
  function has(o: object, key: PropertyKey): boolean;
  function isExtensible(o: object): boolean;
  function ownKeys(o: object): (string | symbol)[];
  function preventExtensions(o: object): boolean;
  function set(o: object, key: PropertyKey, value: any, receiver?: any): boolean;
  function setPrototypeOf(o: object, proto: object | null): boolean;
}
//@ Proxy ProxyHandler
interface ProxyHandler<T extends object> {
  apply?(target: T, self: any, args: any[]): any;
  construct?(target: T, args: any[], newTarget: Function): object;
  defineProperty?(target: T, key: string | symbol, attributes: PropertyDescriptor): boolean;
  deleteProperty?(target: T, key: string | symbol): boolean;
  get?(target: T, key: string | symbol, receiver: any): any;
  getOwnPropertyDescriptor?(target: T, key: string | symbol): PropertyDescriptor | undefined;
  getPrototypeOf?(target: T): object | null;
  has?(target: T, key: string | symbol): boolean;
  isExtensible?(target: T): boolean;
  ownKeys?(target: T): ArrayLike<string | symbol>;
  preventExtensions?(target: T): boolean;
  set?(target: T, key: string | symbol, value: any, receiver: any): boolean;
  setPrototypeOf?(target: T, proto: object | null): boolean;
}
declare var Proxy: { new <T extends object>(target: T, handler: ProxyHandler<T>): T; revocable<T extends object>(target: T, handler: ProxyHandler<T>): { proxy: T; revoke: () => void }; };
//@ NaN Infinity parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval
declare var NaN: number;
declare var Infinity: number;
declare function parseInt(text: string, radix?: number): number;
declare function parseFloat(text: string): number;
declare function isNaN(n: number): boolean;
declare function isFinite(n: number): boolean;
declare function decodeURI(text: string): string;
declare function decodeURIComponent(text: string): string;
declare function encodeURI(text: string): string;
declare function encodeURIComponent(text: string | number | boolean): string;
declare function escape(text: string): string;
declare function unescape(text: string): string;
declare function eval(text: string): any;
//@ TemplateStringsArray IArguments
interface TemplateStringsArray extends ReadonlyArray<string> { readonly raw: readonly string[]; }
interface IArguments { [index: number]: any; length: number; callee: Function; [Symbol.iterator](): ArrayIterator<any>; }
